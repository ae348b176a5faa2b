"""Adds to the message of a failed check what the calls behind it show: an argument that is missing, a wrong memory."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from zeromean.checking import errormap
from zeromean.checking.compare import Wrong
from zeromean.checking.layout import alike

from autograder.judge.memory import left_behind
from autograder.judge.reference import Effect, Reference
from autograder.judge.student import Call
from autograder.judge.values import references_side
from autograder.suite.expectations import CheckFailed


def clue(failure: CheckFailed, calls: Sequence[Call], reference: Reference) -> str:
    """Return what there is to add to the message of a failure, in sentences; "" if nothing."""
    if failure.wrong is None:
        return ""
    found = [_pattern(failure.wrong, calls, reference), _memory(calls, reference)]
    return " ".join(filter(None, found))


def _pattern(wrong: Wrong, calls: Sequence[Call], reference: Reference) -> str:
    """Look at a wrong array beside the arguments of the call that brought it."""
    for call in reversed(calls):
        if not call.got.raised and any(_is(part, wrong.got) for part in _parts(call.got)):
            names = _parameters(call, reference)
            given = references_side(_by_name(names, call.args, call.kwargs))
            return errormap.pattern(replace(wrong, given=given, others=_others(call, names, reference)))
    return errormap.pattern(wrong)


def _memory(calls: Sequence[Call], reference: Reference) -> str:
    """Look at what the first wrong call left in the dicts that it was given."""
    for call in calls:
        right = alike(call.got.result, call.expected.result)
        if call.got.raised or call.expected.raised:
            return ""
        names = _parameters(call, reference)
        before, after, expected = (_by_name(names, one.args, one.kwargs) for one in (call, call.got, call.expected))
        if said := left_behind(call.function, right=right, before=before, after=after, expected=expected):
            return said
        if not right:
            return ""
    return ""


def _parameters(call: Call, reference: Reference) -> list[str]:
    return [*inspect.signature(reference.function(call.function)).parameters]


def _by_name(names: Sequence[str], args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    return {**dict(zip(names, map(references_side, args), strict=False)), **kwargs}


def _others(call: Call, names: Sequence[str], reference: Reference) -> dict[str, Any]:
    """Name what a call should return, and leave in its dicts."""
    result, known = call.expected.result, reference.result_names(call.function)
    parts = list(result) if isinstance(result, tuple) else [result]
    returned = dict(zip(known, parts, strict=False)) if len(known) == len(parts) else {}
    left = _by_name(names, call.expected.args, call.expected.kwargs)
    return {**returned, **{name: value for name, value in left.items() if isinstance(value, dict)}}


def _parts(effect: Effect) -> Iterator[Any]:
    """Yield every array and number that a call returned, or left in its dicts."""
    left = [value for value in (*effect.args, *effect.kwargs.values()) if isinstance(value, dict)]
    waiting = [effect.result, *left]
    while waiting:
        value = waiting.pop()
        if isinstance(value, (tuple, list, dict)):
            waiting += value.values() if isinstance(value, dict) else value
        else:
            yield value


def _is(part: Any, got: np.ndarray) -> bool:
    return isinstance(part, (np.ndarray, np.number, float, int)) and np.array_equal(part, got, equal_nan=False)
