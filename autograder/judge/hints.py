"""Recognises a misconception by what it does: the calls of a failed check, made again by each known wrong version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

    def relevant(self, calls: Sequence[Call]) -> Sequence[Call]:
        """Return the calls of the functions that it replaces; of a helper that nobody calls directly, all calls."""
        return [call for call in calls if call.function in self.misconception.functions] or calls

    def observe(self, call: Call) -> Effect:
        """Make a student's call again, with the misconception in place."""
        return observe(self.namespace[call.function], call.function, call.args, call.kwargs)


def diagnose(
    tried: Mapping[str, Sequence[Call]], failed: Iterable[str], suspects: Sequence[Suspect]
) -> dict[str, Replacement]:
    """Return the misconception behind each failed check, for those that look like one.

    `tried` holds the calls of every check of an exercise that was tried. A misconception explains a failed check if
    it does on each of its calls what the student did, and if this is not what is right. Of several, the one that
    fits most checks of the exercise is chosen (a check that passed tells as much), then the one defined first.
    """
    explaining = {name: _explanations(tried[name], suspects) for name in failed}
    rivals = {suspect.misconception.name: suspect for few in explaining.values() if len(few) > 1 for suspect in few}
    support = {name: sum(_fits(suspect, calls) for calls in tried.values()) for name, suspect in rivals.items()}
    return {
        name: max(few, key=lambda suspect: support.get(suspect.misconception.name, 0)).misconception
        for name, few in explaining.items()
        if few
    }


def _explanations(calls: Sequence[Call], suspects: Iterable[Suspect]) -> list[Suspect]:
    """Return the misconceptions that do what the student did; the wrong calls come first, as they tell most apart."""
    wrong = [call for call in calls if not _same(call.got, call.expected)]
    return [
        suspect
        for suspect in suspects
        if (telling := suspect.relevant(wrong)) and _fits(suspect, telling) and _fits(suspect, calls)
    ]


def _fits(suspect: Suspect, calls: Sequence[Call]) -> bool:
    """Whether a misconception does on every call what the student did."""
    return all(_same(call.got, suspect.observe(call)) for call in suspect.relevant(calls))


def _same(got: Effect, expected: Effect) -> bool:
    """Whether two calls raised the same, or returned the same and left their arguments in the same state."""
    if got.raised or expected.raised:
        return got.raised == expected.raised
    pairs = ((got.result, expected.result), (got.args, expected.args), (got.held, expected.held))
    return alike(got.kwargs, expected.kwargs) and all(alike(mine, theirs) for mine, theirs in pairs)
