"""Recognises a misconception by what it does: the calls of a failed check, made again by each known wrong version."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from zeromean.checking.layout import alike

from autograder.judge.collect import Replacement
from autograder.judge.reference import Effect, Namespace, exchanged, observe
from autograder.judge.student import Call

MOST_SEEN = 3_000
LONGEST_QUOTE = 100
ENOUGH = 0.5  # of the calls that went wrong, on which a misconception must do what the student did


class Suspects:
    """The misconceptions of one exercise, and what each did when it was put in a student's place.

    Submissions are given the same arguments, so that what a misconception did for one tells what it does for the next.
    """

    def __init__(self, namespace: Namespace, misconceptions: Sequence[Replacement]) -> None:
        self._misconceptions = {wrong.name: wrong for wrong in misconceptions if wrong.shows}
        self._namespaces = {name: exchanged(namespace, w.functions) for name, w in self._misconceptions.items()}
        self._seen: dict[Hashable, Effect] = {}

    def explanations(self, calls: Sequence[Call]) -> list[str]:
        """Name the misconceptions that may be behind a failed check with these calls.

        A misconception explains it if it does on each call what the student did, and if this is not what is right. If
        none does, one that returns what the student returned is named, if it is the only one: the idea is the same,
        though the two differ in what they do to their arguments.
        """
        return self._by_effect(calls) or self._by_result(calls)

    def choose(
        self, explained: Mapping[str, Sequence[str]], tried: Mapping[str, Sequence[Call]]
    ) -> dict[str, Replacement]:
        """Return the one misconception behind each check that is explained, if it is behind enough of what is wrong.

        `tried` holds the calls of every check. Of several explanations, the one that fits most checks of the exercise
        is chosen (a check that passed tells as much), then the one defined first.
        """
        rivals = {wrong for few in explained.values() if len(few) > 1 for wrong in few}
        support = {wrong: sum(self._fits(wrong, calls) for calls in tried.values()) for wrong in rivals}
        best = {name: max(few, key=lambda wrong: support.get(wrong, 0)) for name, few in explained.items() if few}
        calls = [*chain(*tried.values())]
        enough = {wrong for wrong in set(best.values()) if self.share(wrong, calls) >= ENOUGH}
        return {name: self._misconceptions[wrong] for name, wrong in best.items() if wrong in enough}

    def share(self, name: str, calls: Sequence[Call]) -> float:
        """Return on which share of the calls that went wrong a misconception returns or raises what the student did."""
        wrong = [c for c in self._relevant(name, calls) if not _same(c.got, c.expected, c.expected)]
        effects = [(call, self._observe(name, call)) for call in wrong]
        agree = [_does(e, c) or _returned_alike(c.got, e) or _raised_alike(c.got, e) for c, e in effects]
        return sum(agree) / max(len(agree), 1)

    def _by_effect(self, calls: Sequence[Call]) -> list[str]:
        """Name the misconceptions that do what the student did; wrong calls come first, as they tell most apart."""
        wrong_calls = [call for call in calls if not _same(call.got, call.expected, call.expected)]
        if not wrong_calls:
            return []
        return [
            name
            for name in self._misconceptions
            if all(_does(self._observe(name, call), call) for call in self._each_once(name, wrong_calls, calls))
        ]

    def _by_result(self, calls: Sequence[Call]) -> list[str]:
        """Name the one misconception that returns what the student returned, where that is wrong."""
        wrong_calls = [call for call in calls if not _returned_alike(call.got, call.expected)]
        if not wrong_calls:
            return []
        found = [
            name
            for name, wrong in self._misconceptions.items()
            if all(call.function in wrong.functions for call in wrong_calls)
            and all(_returned_alike(call.got, self._observe(name, call)) for call in (*wrong_calls, *calls))
        ]
        return found if len(found) == 1 else []

    def _fits(self, name: str, calls: Sequence[Call]) -> bool:
        """Whether a misconception does what the student did on every call of its functions."""
        return all(_does(self._observe(name, call), call) for call in self._relevant(name, calls))

    def _relevant(self, name: str, calls: Sequence[Call]) -> Sequence[Call]:
        """Return the calls of its functions; all, for a helper that no check calls: it shows in what uses it."""
        functions = self._misconceptions[name].functions
        return [call for call in calls if call.function in functions] or calls

    def _each_once(self, name: str, wrong_calls: Sequence[Call], calls: Sequence[Call]) -> Iterator[Call]:
        """Yield the calls to compare, the wrong ones first; a walk of a thousand is not compared twice."""
        first = self._relevant(name, wrong_calls)
        yield from first
        known = set(map(id, first))
        yield from (call for call in self._relevant(name, calls) if id(call) not in known)

    def _observe(self, name: str, call: Call) -> Effect:
        """Make a student's call with the misconception in place, or remember what came of it."""
        key = call.key and (name, call.key)
        effect = self._seen.get(key)
        if effect is None:
            effect = observe(self._namespaces[name][call.function], call.function, call.args, call.kwargs)
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            if key:
                self._seen[key] = effect
        return effect


def _does(effect: Effect, call: Call) -> bool:
    """Whether the student's call did the same.

    Of two exceptions raised on purpose the types are compared, since everybody words them in another way; any other
    that is not the right one must also say the same.
    """
    wrong = effect.raised and not _raised_alike(effect, call.expected)
    if wrong and not (effect.on_purpose and call.got.on_purpose) and effect.said[:LONGEST_QUOTE] not in call.got.said:
        return False
    return _same(call.got, effect, call.expected)


def _same(got: Effect, other: Effect, right: Effect) -> bool:
    """Whether two calls raised the same, or returned the same and left their arguments in the same state."""
    if got.raised or other.raised:
        return _raised_alike(got, other)
    if not alike(got.result, other.result) or not alike(got.held, other.held):
        return False
    mine, theirs = (_of_interest((one.args, one.kwargs), (right.args, right.kwargs)) for one in (got, other))
    return alike(mine, theirs)


def _returned_alike(got: Effect, other: Effect) -> bool:
    """Whether two calls returned the same, whatever else they did."""
    return not got.raised and not other.raised and alike(got.result, other.result)


def _raised_alike(got: Effect, other: Effect) -> bool:
    """Whether two calls raised, and what the first raised is of the type of the second, or a kind of it."""
    return bool(other.raised) and other.raised[0] in got.raised


def _of_interest(value: Any, right: Any) -> Any:
    """Keep of every dict the keys that the right program leaves: what a student writes beside them is their own."""
    if isinstance(value, dict) and isinstance(right, dict):
        return {key: _of_interest(part, right[key]) for key, part in value.items() if key in right}
    if isinstance(value, tuple) and isinstance(right, tuple) and len(value) == len(right):
        return tuple(map(_of_interest, value, right))
    return value
