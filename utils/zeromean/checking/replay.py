"""Tries the visible checks of one exercise on a student's functions, and recognises well-known mistakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from zeromean.checking import caller
from zeromean.checking.examples import wrong_example
from zeromean.checking.fingerprints import explains
from zeromean.checking.made import Visit
from zeromean.checking.outcome import Outcome
from zeromean.checking.probes import Mistake, VisibleExercise
from zeromean.checking.trial import tried

RIGHT_EXAMPLE = "It gives what it says."


def nothing_written(outcomes: Iterable[Outcome]) -> bool:
    """Whether every check met a stub, or waits for one that did."""
    states = {outcome.state for outcome in outcomes}
    return "unwritten" in states and states <= {"unwritten", "waits"}


@dataclass
class Replay:
    """The checks of one exercise on one set of functions; `notes` collects what was noticed on the way.

    `prints` are the fingerprints of the calls that were made, by check and call.
    """

    exercise: VisibleExercise
    functions: Mapping[str, caller.Function]
    seconds: float = caller.SECONDS
    notes: list[str] = field(default_factory=list)
    prints: dict[tuple[int, int], Any] = field(default_factory=dict)
    too_slow: set[str] = field(default_factory=set)

    def outcomes(self) -> tuple[Outcome, ...]:
        """Try every check, in order; then look for well-known mistakes behind those that failed."""
        outcomes = [*self.tries()]
        failed = [number for number, outcome in enumerate(outcomes) if outcome.state == "failed"]
        return tuple(
            replace(outcome, hint=self._hint(number, failed)) if number in failed else outcome
            for number, outcome in enumerate(outcomes)
        )

    def tries(self, *, recognising: bool = True) -> Iterator[Outcome]:
        """Try one check after the other; unless mistakes are to be recognised, without fingerprints."""
        results: list[Outcome] = []
        visit = Visit(
            self.functions, self.exercise.functions, self.seconds, self.notes, self.too_slow, recognising=recognising
        )
        for number, check in enumerate(self.exercise.checks):
            before = results[check.after] if check.after is not None else None
            if before is not None and before.state != "passed":
                message = f'This is tried as soon as "{before.sentence}" passes.'
                results.append(Outcome(check.sentence, "waits", message))
            else:
                outcome, prints = tried(check, visit)
                results.append(outcome)
                self.prints |= {(number, call): shown for call, shown in prints.items()}
            yield results[-1]

    def warnings(self, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
        """Return what costs marks though no visible check asks for it; what is said already is left out."""
        visit = Visit(self.functions, self.exercise.functions, self.seconds, [], self.too_slow)
        said, found = {outcome.message for outcome in outcomes}, []
        for check in self.exercise.warnings:
            if check.after is None or outcomes[check.after].state == "passed":
                outcome, _ = tried(check, visit)
                if outcome.asked and outcome.message not in said:
                    said.add(outcome.message)
                    found.append(replace(outcome, state="warned"))
        return tuple(found)

    def examples(self, names: Mapping[str, Any]) -> tuple[Outcome, ...]:
        """Run the example of each docstring, for information: `names` are what the notebook defines."""
        found = []
        for name in self.exercise.functions:
            function = self.functions.get(name)
            if function is None or name in self.too_slow:
                continue
            example = partial(wrong_example, function, {**names, name: function})
            answer = caller.call(name, example, (), {}, self.seconds)
            if answer.result is not None:
                message = answer.result or RIGHT_EXAMPLE
                found.append(Outcome(f"the example of {name}'s docstring", "example", message))
        return tuple(found)

    def _hint(self, number: int, failed: Sequence[int]) -> str:
        """Return the idea behind a well-known mistake that does the same on the calls of a check.

        It must explain most of what failed: what fits one of two checks may fit it by chance. Of several, the one that
        fits most of all checks is chosen, then the first.
        """
        fits = [mistake for mistake in self.exercise.mistakes if self._explains(mistake, number)]
        fits = [mistake for mistake in fits if self._explains_most(mistake, failed)]
        if len(fits) < 2:
            return fits[0].hint if fits else ""
        everywhere = range(len(self.exercise.checks))
        return max(fits, key=lambda m: sum(self._explains(m, other, needed=False) for other in everywhere)).hint

    def _explains_most(self, mistake: Mistake, failed: Sequence[int]) -> bool:
        """Whether a mistake explains most of the failed checks that are about the functions in which it shows."""
        calls = {key: self.exercise.checks[key[0]].calls[key[1]] for key in mistake.prints}
        functions = {calls[key].function for key, shown in mistake.prints.items() if shown is not None}
        asked = {
            check for (check, _), probe in calls.items() if probe.function in functions and not probe.only_prepares
        }
        explained = [self._explains(mistake, number) for number in failed if number in asked]
        return 2 * sum(explained) > len(explained)

    def _explains(self, mistake: Mistake, number: int, *, needed: bool = True) -> bool:
        """Whether a mistake does what the student's functions did in one check (and not what is right)."""
        prints = {call: shown for (check, call), shown in mistake.prints.items() if check == number}
        if needed and all(shown is None for shown in prints.values()):
            return False
        rights = self.exercise.checks[number].rights
        return all(explains(shown, rights[call], self.prints.get((number, call))) for call, shown in prints.items())
