"""Recognises a misconception by what it does: the calls of a failed check, made again by each known wrong version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.judge.collect import Replacement
from autograder.judge.reference import Effect, Namespace, observe
from autograder.judge.student import Call
from autograder.judge.values import alike


@dataclass(frozen=True)
class Suspect:
    """A misconception, and the reference's namespace with it in place."""

    misconception: Replacement
    namespace: Namespace


def diagnose(calls: Sequence[Call], suspects: Iterable[Suspect]) -> Replacement | None:
    """Return the first misconception that does on every call what the student did, and not what is right."""
    for suspect in suspects:
        functions = suspect.misconception.functions
        relevant = [call for call in calls if call.function in functions] or calls
        if any(not _same(call.got, call.expected) for call in relevant) and _explains(suspect, relevant):
            return suspect.misconception
    return None


def _explains(suspect: Suspect, calls: Sequence[Call]) -> bool:
    for call in calls:
        function = suspect.namespace[call.function]
        if not _same(call.got, observe(function, call.function, call.args, call.kwargs)):
            return False
    return True


def _same(got: Effect, expected: Effect) -> bool:
    """Whether two calls raised the same, or returned the same and left their arguments in the same state."""
    if got.raised or expected.raised:
        return got.raised == expected.raised
    pairs = ((got.result, expected.result), (got.args, expected.args), (got.held, expected.held))
    return alike(got.kwargs, expected.kwargs) and all(alike(mine, theirs) for mine, theirs in pairs)
