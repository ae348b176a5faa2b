"""Decides about a submission: every check of every exercise, tried on one student's session."""

from __future__ import annotations

import contextlib
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograder.bounds import CHECK_SECONDS, Overrun, processor_time
from autograder.judge.attempt import Attempt, attempt
from autograder.judge.clues import clue
from autograder.judge.collect import Suite, SuiteCheck, collect
from autograder.judge.hints import Suspects
from autograder.judge.record import CheckResult, ExerciseResult
from autograder.judge.reference import Reference, SuiteError
from autograder.judge.student import Answers, Call, Student
from autograder.suite.expectations import CheckFailed

UNDECIDED = "This check could not be decided, through no fault of yours. A person will look at it."


class Judge:
    """The checks of one assignment, collected once, and the reference they compare with.

    Parameters
    ----------
    folder : Path
        The folder with one ``test_<exercise>.py`` for each exercise.
    reference_cells : sequence of str
        The code that defines the reference, run once here.
    exercises : sequence of (name, points, functions)
        What there is to judge, in order.

    Raises
    ------
    SuiteError
        If some suite or the reference could not judge anybody.
    """

    def __init__(
        self,
        folder: Path,
        reference_cells: Sequence[str],
        exercises: Iterable[tuple[str, float, Sequence[str]]],
    ) -> None:
        self.suites = collect(folder, exercises)
        self.reference = Reference(reference_cells)
        self.namespace = self.reference.namespace
        for suite in self.suites:
            _refuse_unknown_functions(suite, self.reference)
        self.suspects = {suite.exercise: Suspects(self.namespace, suite.misconceptions) for suite in self.suites}

    def grade(self, session: Answers, seed: int = 0) -> tuple[ExerciseResult, ...]:
        """Try every check of every exercise on a student's session."""
        return tuple(self.grade_exercise(suite, session, seed) for suite in self.suites)

    def grade_exercise(self, suite: Suite, session: Answers, seed: int = 0) -> ExerciseResult:
        """Try the checks of one exercise, in order; then look for the misconceptions behind those that failed."""
        results: dict[str, CheckResult] = {}
        calls: dict[str, list[Call]] = {}
        for check in suite.checks:
            first = results.get(check.mark.after or "")
            if first and first.outcome != "passed":
                results[check.name] = _result(check, "skipped", skip_sentence(first.sentence))
            else:
                results[check.name], calls[check.name] = self._try(check, session, seed)
        failed = [name for name, result in results.items() if result.outcome == "failed"]
        with contextlib.suppress(Overrun), processor_time(CHECK_SECONDS), undisturbed():
            suspects = self.suspects[suite.exercise]
            explained = {name: suspects.explanations(calls[name]) for name in failed}
            if any(explained.values()):  # then what would fail as well is worth hearing
                waiting = [check for check in suite.checks if results[check.name].outcome == "skipped"]
                calls |= {check.name: self.attempted(check, session, seed).calls for check in waiting}
            for name, wrong in suspects.choose(explained, calls).items():
                results[name] = replace(results[name], hint=wrong.hint, misconception=wrong.name)
        return ExerciseResult(suite.exercise, suite.points, tuple(results.values()))

    def attempted(self, check: SuiteCheck, session: Answers, seed: int) -> Attempt:
        """Return what comes of a check, whose own code may take so much processor time and no more (`Overrun`)."""

        def run(student: Student) -> None:
            with undisturbed():
                check.function(**fixtures(check.name, check.fixtures, student, self.reference, seed))

        with processor_time(CHECK_SECONDS):
            return attempt(run, Student(session, self.reference))

    def _try(self, check: SuiteCheck, session: Answers, seed: int) -> tuple[CheckResult, list[Call]]:
        more = ""
        try:
            tried = self.attempted(check, session, seed)
        except Overrun as overrun:
            return _result(check, "error", UNDECIDED, detail=str(overrun)), []
        if tried.failure is None:
            result = _result(check, "passed", tried.note)
        elif isinstance(tried.failure, CheckFailed):
            with contextlib.suppress(Overrun), processor_time(CHECK_SECONDS), undisturbed():
                more = clue(tried.failure, tried.calls, self.reference)
            result = _result(check, "failed", f"{sentence(str(tried.failure))} {more}".rstrip())
        else:
            result = _result(check, "error", UNDECIDED, detail="".join(traceback.format_exception(tried.failure)))
        return result, tried.calls


def _refuse_unknown_functions(suite: Suite, reference: Reference) -> None:
    named = dict.fromkeys(suite.functions, "exercise") | dict.fromkeys(suite.equivalents, "equivalent")
    for replacement in (*suite.misconceptions, *suite.variants):
        named |= dict.fromkeys(replacement.functions, replacement.name)
    for function, where in named.items():
        try:
            reference.function(function)
        except AttributeError as error:
            raise SuiteError(f"{suite.exercise}, {where}: {error} Mend the name.") from None


def _result(check: SuiteCheck, outcome: Any, message: str = "", **details: str) -> CheckResult:
    return CheckResult(check.name, check.sentence, check.mark.weight, outcome, message, **details)


def fixtures(name: str, wanted: Iterable[str], student: Student, reference: Reference, seed: int) -> dict[str, Any]:
    """Return the arguments of a check, by the names it asks for."""
    made: dict[str, Callable[[], Any]] = {
        "student": lambda: student,
        "reference": lambda: reference,
        "rng": lambda: generator(name, seed),
    }
    return {fixture: made[fixture]() for fixture in wanted}


def generator(check: str, seed: int) -> np.random.Generator:
    """Return the random numbers of a check: the same for every submission of a run."""
    return np.random.default_rng([zlib.crc32(check.encode()), seed])


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore warnings, and restore the warning filters and NumPy's error state afterwards."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def skip_sentence(sentence: str) -> str:
    """Say for which check another one waits."""
    return f"This is tried as soon as `{sentence}` passes."


def sentence(message: str) -> str:
    """Close a message with a full stop, if it has no mark of its own."""
    return message if message.endswith((".", "?", "!")) else f"{message}."
