"""What a forward pass keeps for its backward pass: it serves, it stays as it is, and it belongs to that one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from zeromean.checking import comparisons
from zeromean.checking.mismatch import describe_mismatch
from zeromean.checking.serving import NEAR

from autograder.suite.contract.ordered import Flaw, ordered
from autograder.suite.expectations import CheckFailed, Misfit, WrongCache, expect_close, expect_unchanged
from autograder.suite.gradients import gradients_of, in_a_tuple
from autograder.suite.listening import tell

Cases = Callable[[np.random.Generator], Iterator[tuple[Any, ...]]]


def cache_serves(pair: str, cases: Cases, *, points: float, after: str, proof: bool = True) -> Callable[..., None]:
    """Order the check that a backward pass can work with what ``<pair>_forward`` keeps.

    The cache is good if it is what the stub describes, or if the student's own backward pass gets right gradients from
    it. A case is as in `agrees_back`; `after` names the check of the output; ``proof=False`` orders no flaw, for a
    backward pass that needs nothing of its cache.
    """
    forward, backward = f"{pair}_forward", f"{pair}_backward"

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for args, dout in cases(rng):
            expected = gradients_of(reference, pair, args, dout)
            _, cache = student.forward_for_backward(forward, *args)
            tell("serves", cache, (dout, expected), "cache", backward=backward)
            differs = _differs(cache.student, cache.reference, "cache")
            if differs and not _serves(getattr(student, backward), dout, cache, expected):
                raise WrongCache(f"{differs}. Nor does your `{backward}` get right gradients from this cache.")

    other = "Your cache seems to hold something else than the stub describes. What will the backward pass read there?"
    halved = "result, cache = right({args})\nreturn result, tuple(0.5 * np.asarray(part) for part in cache)"
    flaws = [Flaw(f"{forward}_keeps_something_else", other, {forward: halved}, same_as="")]
    sentence = "the cache holds what the stub describes, or what your own backward pass needs"
    return ordered(check, sentence, points, after, flaws=flaws if proof else ())


def same_twice(pair: str, cases: Cases, *, points: float, after: str, proof: bool = True) -> Callable[..., None]:
    """Order the check that a second call of ``<pair>_backward`` with the same cache gives the same gradients.

    `dout` must stay as it is, too. A case is as in `agrees_back`; ``proof=False`` orders no flaw, for a backward pass
    that reads no more than signs: halving what it reads would change nothing.
    """
    backward = f"{pair}_backward"

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for args, dout in cases(rng):
            given = dout.copy()
            _, cache = student.forward_for_backward(f"{pair}_forward", *args)
            returned = in_a_tuple(getattr(student, backward)(given, cache))
            first = [np.copy(part) for part in returned]
            expect_unchanged(given, dout, "dout")
            second = in_a_tuple(getattr(student, backward)(given, cache))
            for now, then, before, name in zip(second, first, returned, reference.result_names(backward), strict=True):
                tell("same_again", (now, before), None, name)
                if isinstance(now, Misfit):
                    now.fail()
                if message := comparisons.same_again((now, then), None, name):
                    raise CheckFailed(message)

    hint = "You seem to work inside the arrays of the cache. Could the backward pass be run once more?"
    body = "result = right({args})\nfor part in cache:\n    part *= 0.5\nreturn result"
    flaw = Flaw(f"{backward}_edits_the_cache", hint, {backward: body}, same_as="")  # shows in the second call only
    sentence = "a second backward pass with the same cache gives the same: nothing in it is edited"
    return ordered(check, sentence, points, after, flaws=[flaw] if proof else ())


def passes_apart(pair: str, cases: Cases, *, points: float, after: str) -> Callable[..., None]:
    """Order the check that two forward passes keep apart what their backward passes need.

    All cases go forward first, then back in the same order. A case is as in `agrees_back`.
    """
    forward, backward = f"{pair}_forward", f"{pair}_backward"

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        problems = list(cases(rng))
        expected = [gradients_of(reference, pair, args, dout) for args, dout in problems]
        caches = [student.forward_for_backward(forward, *args)[1] for args, _ in problems]
        for (_, dout), cache, right in zip(problems, caches, expected, strict=True):
            got = in_a_tuple(getattr(student, backward)(dout.copy(), cache))
            for part, wanted, name in zip(got, right, reference.result_names(backward), strict=True):
                if differs := _differs(part, wanted, name):
                    raise CheckFailed(f"After another batch went forward, {differs}.")

    hint = "Your backward pass seems to work with the latest batch. What if two go forward before one goes back?"
    keeps = "global last_cache\nresult, last_cache = right({args})\nreturn result, last_cache"
    reads = "return right(dout, last_cache)"
    flaw = Flaw(f"{pair}_reads_the_latest", hint, {forward: keeps, backward: reads}, same_as="")
    sentence = "the gradients are those of the batch that the cache belongs to, also after another went forward"
    return ordered(check, sentence, points, after, flaws=[flaw])


def _differs(got: Any, right: Any, name: str) -> str | None:
    if isinstance(got, Misfit):
        got.fail()
    return describe_mismatch(got, right, name, rtol=NEAR, atol=NEAR)


def _serves(backward: Callable[..., Any], dout: np.ndarray, cache: Any, expected: Any) -> bool:
    """Whether a backward pass gets right gradients from a cache, whatever happens on the way."""
    try:
        for part, right in zip(in_a_tuple(backward(dout.copy(), cache)), expected, strict=True):
            expect_close(part, right, rtol=NEAR, atol=NEAR)
    except Exception:
        return False
    return True
