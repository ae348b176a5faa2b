"""Holds that a student's ``check(f)`` and the grade say the same of the visible checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zeromean.checking.probes import VisibleExercise
from zeromean.checking.replay import Replay

from autograder.judge.attempt import attempt
from autograder.judge.collect import Replacement, Suite, SuiteCheck
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.reference import Namespace, exchanged
from autograder.judge.student import Student
from autograder.judge.unseen import SECONDS, BoundedSession, Functions, Slipped

DECIDED = {"passed": True, "failed": False, "unwritten": False}


def disagreements(judge: Judge, suite: Suite, shipped: VisibleExercise, slipped: Iterable[Slipped]) -> Iterator[str]:
    """Say of which program, right or wrong, a visible check says something else than the grade.

    The grade draws other numbers. The programs are all that are known, and every slip in a right one. A slip is
    compared until it fails in both places, since most do at once; the programs that an author wrote, to the end.
    """
    for program in (Replacement("the reference", {}, ""), *suite.variants, *suite.misconceptions):
        yield from _disagreements(judge, suite, shipped, program.name, program.functions, whole=True)
    for one in slipped:
        name = f"{one.program} with the slip `{one.change}`"
        yield from _disagreements(judge, suite, shipped, name, one.functions, whole=False)


def _disagreements(
    judge: Judge, suite: Suite, shipped: VisibleExercise, name: str, functions: Functions, *, whole: bool
) -> Iterator[str]:
    namespace = exchanged(judge.namespace, functions)
    outcomes = Replay(shipped, namespace, seconds=SECONDS).tries(recognising=False)
    for check in (check for check in suite.checks if check.mark.visible):
        with undisturbed():
            outcome = next(outcomes)
        passed = DECIDED.get(outcome.state)
        if passed is None:
            continue
        failure = _failure(judge, check, namespace)
        if passed == bool(failure):
            says = ("passed", "failed") if passed else ("failed", "passed")
            yield (
                f"of {name}, check(f) says `{says[0]}` and the grade `{says[1]}` in {check.name}: "
                f"{outcome.message or failure} Compare in the check what the student's functions return, and "
                "nothing else."
            )
        elif failure and not whole:
            return


def false_alarms(judge: Judge, suite: Suite, shipped: VisibleExercise, asked: Sequence[SuiteCheck]) -> Iterator[str]:
    """Say of which known program ``check(f)`` warns, though the grade takes no marks for it.

    `asked` are the hidden checks from which the warnings were made, in order.
    """
    for program in (*suite.variants, *suite.misconceptions):
        namespace = exchanged(judge.namespace, program.functions)
        with undisturbed():
            outcomes = [*Replay(shipped, namespace, seconds=SECONDS).tries(recognising=False)]
        for check, warning in zip(asked, shipped.warnings, strict=True):
            alone = replace(shipped, warnings=(warning,))
            with undisturbed():
                warned = Replay(alone, namespace, seconds=SECONDS).warnings(outcomes)
            if warned and not _failure(judge, check, namespace):
                yield f"of {program.name}, check(f) warns `{warned[0].message}`, and the grade passes {check.name}."


def _failure(judge: Judge, check: SuiteCheck, namespace: Namespace) -> str:
    """Return why a program fails a check when it is graded; an empty text if it passes."""

    def run(student: Student) -> None:
        with undisturbed():
            check.function(**fixtures(check.name, check.fixtures, student, judge.reference, 0))

    failure = attempt(run, Student(BoundedSession(namespace), judge.reference)).failure
    return "" if failure is None else str(failure) or type(failure).__name__
