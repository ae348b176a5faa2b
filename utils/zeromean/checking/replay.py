"""Tries the visible checks of one exercise on a student's functions, and says what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from zeromean.checking import caller
from zeromean.checking.compare import Wrong, changed_arguments, closed, compare, refuse_signature
from zeromean.checking.encoding import decode
from zeromean.checking.fingerprints import explains, fingerprint, raised_print
from zeromean.checking.probes import Check, Exercise, Mistake, Step

Function = Callable[..., Any]
State = Literal["passed", "failed", "unwritten", "waits"]


@dataclass(frozen=True)
class Outcome:
    """What came of one check; ``line`` is the student's own line that raised."""

    sentence: str
    state: State
    message: str = ""
    line: str = ""
    hint: str = ""
    wrong: Wrong | None = None


def nothing_written(outcomes: Iterable[Outcome]) -> bool:
    """Whether every check met a stub, or waits for one that did."""
    states = {outcome.state for outcome in outcomes}
    return "unwritten" in states and states <= {"unwritten", "waits"}


@dataclass
class Replay:
    """The checks of one exercise on one set of functions; `notes` collects what was noticed on the way."""

    exercise: Exercise
    functions: Mapping[str, Function]
    seconds: float = caller.SECONDS
    notes: list[str] = field(default_factory=list)
    too_slow: set[str] = field(default_factory=set)
    _prints: dict[tuple[int, int], Any] = field(default_factory=dict)
    _rights: dict[tuple[int, int], Any] = field(default_factory=dict)

    def outcomes(self) -> tuple[Outcome, ...]:
        """Try every check, in order; then look for well-known mistakes behind those that failed."""
        results: list[Outcome] = []
        for number, check in enumerate(self.exercise.checks):
            before = results[check.after] if check.after is not None else None
            if before is not None and before.state != "passed":
                message = f'This is tried as soon as "{before.sentence}" passes.'
                results.append(Outcome(check.sentence, "waits", message))
            else:
                trial = _Trial(check, self)
                results.append(trial.run())
                self._prints |= {(number, step): shown for step, shown in trial.prints.items()}
        return tuple(
            replace(outcome, hint=self._hint(number)) if outcome.state == "failed" else outcome
            for number, outcome in enumerate(results)
        )

    def note(self, *notes: str) -> None:
        """Remember what was noticed beside the checks; what a function prints, only the first time."""
        for note in notes:
            heads = {known.partition(": ")[0] for known in self.notes if " printed: " in known}
            if note not in self.notes and note.partition(": ")[0] not in heads:
                self.notes.append(note)

    def _hint(self, number: int) -> str:
        """Return the idea behind a well-known mistake that does the same on the calls of a check.

        Of several, the one that fits most of the other checks is chosen, then the first.
        """
        fits = [mistake for mistake in self.exercise.mistakes if self._explains(mistake, number)]
        if len(fits) < 2:
            return fits[0].hint if fits else ""
        everywhere = range(len(self.exercise.checks))
        return max(fits, key=lambda m: sum(self._explains(m, other, needed=False) for other in everywhere)).hint

    def _explains(self, mistake: Mistake, number: int, *, needed: bool = True) -> bool:
        """Whether a mistake does what the student's functions did in one check (and not what is right)."""
        prints = {call: shown for call, shown in mistake.prints.items() if call[0] == number}
        if needed and all(shown is None for shown in prints.values()):
            return False
        return all(explains(shown, self._right_print(call), self._prints.get(call)) for call, shown in prints.items())

    def _right_print(self, call: tuple[int, int]) -> Any:
        if call not in self._rights:
            self._rights[call] = self.exercise.checks[call[0]].steps[call[1]].right_print()
        return self._rights[call]


@dataclass
class _Trial:
    """One check being tried: what its calls handed on to later ones, and the fingerprints of what they did."""

    check: Check
    replay: Replay
    caches: dict[int, Any] = field(default_factory=dict)
    prints: dict[int, Any] = field(default_factory=dict)

    def run(self) -> Outcome:
        """Make every call, because each tells something about the idea behind it; the first fault is reported."""
        first: Outcome | None = None
        for position, step in enumerate(self.check.steps):
            if step.has_cache:
                self.caches[position] = decode(step.result)[-1]
            outcome = self._make(position, step)
            if not step.only_prepares:
                first = first or outcome
                if outcome is not None and outcome.state != "failed":
                    break
        return first or Outcome(self.check.sentence, "passed")

    def _make(self, position: int, step: Step) -> Outcome | None:
        """Make one call, and return what is wrong with it."""
        name = step.function
        function = self.replay.functions.get(name)
        if function is None:
            return self._outcome("unwritten", f"{name} is not defined yet. Run the cell that defines it.")
        if name in self.replay.too_slow:
            return self._outcome("waits", f"This is tried as soon as {name} comes to an end.")
        arguments = step.arguments(self.caches)
        args = tuple(arguments.values())[: step.positional]
        kwargs = dict(list(arguments.items())[step.positional :])
        message = refuse_signature(function, self.replay.exercise.functions.get(name, []), args, kwargs)
        if message:
            return self._outcome("failed", message)
        call = caller.call(function, args, kwargs, self.replay.seconds)
        self.replay.note(*call.notes)
        if call.trouble:
            return self._trouble(position, step, call.trouble)
        return self._compare(position, step, call.result, arguments)

    def _compare(self, position: int, step: Step, result: Any, arguments: dict[str, Any]) -> Outcome | None:
        if not step.only_prepares:
            self.prints[position] = fingerprint(step.seen(result, arguments))
        for name in changed_arguments(step, arguments):
            self.replay.note(f"{step.function} changed {name}, which it was given. Work on a copy.")
        difference = compare(step, result, arguments)
        if difference:
            return self._outcome("failed", difference.message, wrong=difference.wrong)
        if step.has_cache:
            self.caches[position] = result[-1]
        return None

    def _trouble(self, position: int, step: Step, trouble: caller.Trouble) -> Outcome | None:
        if trouble.errors and not step.only_prepares:
            self.prints[position] = raised_print(trouble.errors[0], trouble.said)
        if step.raises and step.raises in trouble.errors:
            return None
        if trouble.kind == "unwritten":
            return self._outcome("unwritten", trouble.sentence)
        if trouble.kind == "too slow":
            self.replay.too_slow.add(step.function)
        expected = f" Here it should raise {step.raises}." if step.raises else ""
        return self._outcome("failed", closed(trouble.sentence) + expected, line=trouble.line)

    def _outcome(self, state: State, message: str, *, line: str = "", wrong: Wrong | None = None) -> Outcome:
        return Outcome(self.check.sentence, state, message, line, wrong=wrong)
