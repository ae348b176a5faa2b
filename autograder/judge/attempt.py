"""Tries a check on a student, and finds out whether a backward pass fails by its own fault or by its cache's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zeromean.checking.trial import NOT_THE_CACHE

from autograder.judge.student import Call, Student
from autograder.suite.expectations import CheckFailed, WrongCache


@dataclass(frozen=True)
class Attempt:
    """What came of a check: what made it fail, if anything; the calls that were made; what there is to say if not."""

    failure: Exception | None
    calls: list[Call]
    note: str = ""


def attempt(check: Callable[[Student], None], student: Student) -> Attempt:
    """Try a check; if it fails with a cache that the student made, try it once more with the reference's.

    If that passes, the backward pass is right, and the marks are its own.
    """
    failure = _failure(check, student)
    if student.own_caches and isinstance(failure, CheckFailed) and not isinstance(failure, WrongCache):
        again = student.with_trusted_caches()
        if _failure(check, again) is None:
            return Attempt(None, again.calls, NOT_THE_CACHE)
    return Attempt(failure, student.calls)


def _failure(check: Callable[[Student], None], student: Student) -> Exception | None:
    try:
        check(student)
    except Exception as failure:
        return failure
    return None
