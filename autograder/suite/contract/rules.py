"""What every ``rule(w, dw, state)`` promises: it walks as its definition says, and remembers in its state."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.suite.contract.ordered import Flaw, ordered
from autograder.suite.contract.values import agrees
from autograder.suite.expectations import expect, expect_close, expect_unchanged

Array = np.ndarray
Cases = Callable[[np.random.Generator], Iterator[tuple[Any, ...]]]
Oracle = Callable[..., Array]
FIRST_RATE = """
    now = state["lr"]
    state["lr"] = state.setdefault("lr_at_first", now)
    result = right(w, dw, state)
    state["lr"] = now
    return result
"""
SHARED = """
    global shared
    try:
        known = any(key in state for key in MEMORY)
        state.update({key: value for key, value in shared.items() if known and np.shape(value) in ((), w.shape)})
    except NameError:
        pass
    result = right(w, dw, state)
    shared = {key: state[key] for key in MEMORY}
    return result
"""
INSIDE = """
    old = {key: state[key] for key in MEMORY if isinstance(state.get(key), np.ndarray)}
    result = right(w, dw, state)
    for key, array in old.items():
        array[...] = state[key]
        state[key] = array
    return result
"""
ANEW = "for key in MEMORY:\n    state.pop(key, None)\nreturn right(w, dw, state)"
NOWHERE = "return right(w, dw, dict(state))"
FIRST = """
    old = {key: state[key] for key in MEMORY if key in state}
    result = right(w, dw, state)
    state.update(old)
    return result
"""


def walks(
    rule: str,
    oracle: Oracle,
    settings: Mapping[str, float],
    *,
    steps: int,
    sentence: str,
    points: float,
    after: str | None = None,
    visible: bool = False,
) -> Callable[..., None]:
    """Order the check that steps with changing gradients, and a rate that may fall, lead where they should.

    Parameters
    ----------
    rule : str
        The update rule.
    oracle : function
        ``oracle(gradients, rates, **settings)`` returns the sum of all steps, for gradients (T, 3, 2) and rates (T,).
    settings : mapping
        What the state holds beside the rate.
    steps : int
        How many steps. Behind two fifths of them the rate falls to a tenth, unless the check is visible.
    sentence, points, after, visible
        As for any check.
    """

    def check(student: Any, rng: np.random.Generator) -> None:
        w, state = rng.normal(size=(3, 2)), {"lr": 0.2, **settings}
        start, gradients, rates = w.copy(), [], [0.2] * steps
        for step in range(steps):
            if step == 0.4 * steps and not visible:
                rates[step:] = [0.02] * (steps - step)
                state["lr"] = 0.02
            gradients.append(rng.normal(size=(3, 2)) * rng.choice([0.2, 1, 5], (3, 2)))
            expected = start + oracle(np.array(gradients), np.array(rates[: step + 1]), **settings)
            w = getattr(student, rule)(w, gradients[-1].copy(), state)
            expect_close(w, expected, f"w after step {step + 1}")

    hint = "Your steps go on with the rate of the first one. When does your function look into the state?"
    flaws = [Flaw(f"{rule}_keeps_the_first_rate", hint, {rule: FIRST_RATE})] if not visible else []
    return ordered(check, sentence, points, after, visible, flaws)


def takes_turns(
    rule: str, settings: Mapping[str, float], memory: Sequence[str], *, points: float, after: str
) -> Callable[..., None]:
    """Order the check that parameters which take turns, each with a state of its own, do not know of each other."""

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        places = [rng.normal(size=(2, 3)) for _ in range(2)]
        states = [{"lr": rate, **settings} for rate in (0.1, 0.02)]
        right, kept = copy.deepcopy((places, states))
        for turn in (0, 1, 0, 0, 1):
            dw = rng.normal(size=(2, 3)) + turn
            right[turn] = getattr(reference, rule)(right[turn], dw.copy(), kept[turn])
            places[turn] = getattr(student, rule)(places[turn], dw, states[turn])
            expect_close(places[turn], right[turn], f"w of the {('first', 'second')[turn]} parameter")

    hint = "Your steps seem to remember another parameter. Where does each parameter's memory live?"
    flaw = Flaw(f"{rule}_shares_its_memory", hint, {rule: _with(memory, SHARED)}, same_as=("", f"{rule}_starts_anew"))
    sentence = "two parameters that take turns, each with a state of its own, do not know of each other"
    return ordered(check, sentence, points, after, flaws=[flaw])


def goes_on(rule: str, cases: Cases, memory: Sequence[str], *, points: float, after: str) -> Callable[..., None]:
    """Order the check that a step goes on from the memory that the state holds, and leaves the new one there.

    A case is ``(w, dw, state)`` with a memory that is not 0; the reference says what is right.
    """
    sentence = "a state that was kept goes on where it was, and holds the new memory afterwards"
    check = agrees(rule, cases, sentence=sentence, points=points, after=after)
    check.__flaws__ = (  # type: ignore[attr-defined]
        Flaw(
            f"{rule}_starts_anew",
            "Each of your steps seems to begin with an empty memory. What became of what the state holds?",
            {rule: _with(memory, ANEW)},
        ),
        Flaw(
            f"{rule}_keeps_its_memory_nowhere",
            "After your step the state looks as before. What will the next step start from?",
            {rule: NOWHERE},
        ),
        Flaw(
            f"{rule}_keeps_its_first_memory",
            "Your state remembers the first step, and then never changes. Which line should replace what it holds?",
            {rule: _with(memory, FIRST)},
        ),
    )
    return check


def replaces(rule: str, cases: Cases, memory: Sequence[str] = (), *, points: float, after: str) -> Callable[..., None]:
    """Order the check that a step edits nothing: not w, not dw, no array and no setting of the state.

    A case is ``(w, dw, state)``; `memory` names what a step replaces in the state.
    """

    def check(student: Any, rng: np.random.Generator) -> None:
        for w, dw, state in cases(rng):
            before = copy.deepcopy((w, dw, state))
            held = dict(state)
            new = getattr(student, rule)(w, dw, state)
            for now, then, what in zip((w, dw), before, ("w", "dw"), strict=False):
                expect_unchanged(now, then, what)
                expect(not np.shares_memory(new, now), f"what you return shares its memory with {what}.")
            for key, value in held.items():
                if isinstance(value, np.ndarray):
                    expect_unchanged(value, before[2][key], f"the old state[{key!r}]")
                    expect(state.get(key) is not value, f"the state should hold a new array {key}, not the old one.")
                elif key not in memory:
                    expect(state.get(key) == value, f"the state's {key} should stay as it is.")

    flaws = [
        Flaw(
            f"{rule}_works_inside_w",
            "You seem to work inside w. Who else holds that array?",
            {rule: "w[...] = right(w.copy(), dw, state)\nreturn w"},
        ),
        Flaw(
            f"{rule}_works_inside_dw",
            "You seem to work inside dw. Somebody may still need the gradient.",
            {rule: 'result = right(w, dw, state)\ndw *= state["lr"]\nreturn result'},
        ),
        Flaw(
            f"{rule}_lowers_the_rate",
            "Your step seems to change the rate that the state holds. Whose business is that?",
            {rule: 'result = right(w, dw, state)\nstate["lr"] *= 0.9\nreturn result'},
        ),
    ]
    if memory:
        hint = "You seem to work inside an array of the old state. Who else may hold it?"
        flaws.append(Flaw(f"{rule}_works_inside_its_memory", hint, {rule: _with(memory, INSIDE)}))
    kept = ", and the state gets new arrays" if memory else ", and so does the state"
    return ordered(check, f"w and dw keep their values{kept}", points, after, flaws=flaws)


def _with(memory: Sequence[str], body: str) -> str:
    """Write the names of a rule's memory into the body of a flaw."""
    return body.replace("MEMORY", repr(tuple(memory)))
