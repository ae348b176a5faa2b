"""Runs one check of a suite with whatever stands in a student's place, for those who write down what it does."""

from __future__ import annotations

from collections.abc import Callable

from autograder.judge.collect import SuiteCheck
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.student import Student

SEED, GRADES = 20_151_102, 0


def runner(judge: Judge, check: SuiteCheck, seed: int) -> Callable[[Student], None]:
    """Return the function that runs a check, with its random numbers, on a student."""

    def run(student: Student) -> None:
        with undisturbed():
            check.function(**fixtures(check.name, check.fixtures, student, judge.reference, seed))

    return run
