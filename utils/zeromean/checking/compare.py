"""Compares what a student's call gave with what the reference's call gave, part by part."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from zeromean.checking.encoding import arrays_in, decode, encode
from zeromean.checking.mismatch import describe_mismatch, differs
from zeromean.checking.probes import Step

RTOL, ATOL = 1e-7, 1e-8
RTOL32, ATOL32 = 1e-3, 1e-4


@dataclass(frozen=True)
class Wrong:
    """A wrong array beside the right one, of the same shape: what the map shows."""

    what: str
    got: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with a call, in words, and the array to show if it is one."""

    message: str
    wrong: Wrong | None = None


def refuse_signature(
    function: Callable[..., Any], parameters: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """Say how the parameters of `function` differ from those of the stub, if it cannot be called as it should be."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    mine, names = list(signature.parameters), [p.partition("=")[0] for p in parameters]
    permuted = mine != names and sorted(mine) == sorted(names)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        permuted = True
    if not permuted:
        return ""
    return (
        f"{function.__name__} has the parameters ({', '.join(mine)}), expected ({', '.join(parameters)}). "
        "Take the first line of the stub again."
    )


def compare(step: Step, result: Any, arguments: dict[str, Any]) -> Difference | None:
    """Compare what a call gave, and what it left in its arguments, with the reference's call."""
    if step.raises:
        return Difference(f"{step.function} returned a result; here it should raise {step.raises}.")
    expected = decode(step.result)
    message = _refuse_layout(step, result, expected)
    if message:
        return Difference(message)
    for got, right, what in _pairs(step, result, expected):
        if message := _describe(got, right, what):
            return Difference(closed(message), _first_wrong(got, right, what))
    for name, data in step.after.items():
        if isinstance(data, dict) and "dict" in data and (message := _refuse_left_layout(arguments[name], data, name)):
            return Difference(f"After the call, {message}")
    for name, key in step.left:
        if difference := _compare_left(step, name, key, arguments[name]):
            return difference
    return None


def closed(message: str) -> str:
    """End a message with a full stop, if it has no mark of its own."""
    return message if message.endswith((".", "?", "!")) else f"{message}."


def changed_arguments(step: Step, arguments: dict[str, Any]) -> list[str]:
    """Name the arrays that a call was given and edited, although the reference leaves them alone."""
    return [
        name
        for name, data in step.after.items()
        if isinstance(arguments[name], np.ndarray) and data == step.inputs[name] != encode(arguments[name])
    ]


def _refuse_layout(step: Step, result: Any, expected: Any) -> str:
    if result is None and expected is not None:
        return f"{step.function} returned None. Is there a `return` at its end?"
    if not isinstance(expected, tuple):
        return ""
    wanted = f"expected {len(expected)} values: {', '.join(step.returns)}"
    if not isinstance(result, (tuple, list)):
        kind = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else repr(type(result).__name__)
        return f"{step.function} returned one thing ({kind}), {wanted}."
    if len(result) != len(expected):
        return f"{step.function} returned {len(result)} value{'s'[: len(result) != 1]}, {wanted}."
    return ""


def _refuse_left_layout(left: Any, data: dict[str, Any], name: str) -> str:
    """Say what is missing in a dict after a call, or has another shape: as when graded, every check asks for it."""
    for key, expected in data["dict"]:
        if not isinstance(left, dict) or key not in left:
            return f"{name} has no {key!r}."
        right = decode(expected)
        if isinstance(right, np.ndarray) and np.shape(left[key]) != right.shape:
            return closed(describe_mismatch(left[key], right, f"{name}[{key!r}]") or f"{name}[{key!r}] is no array")
    return ""


def _pairs(step: Step, result: Any, expected: Any) -> Iterator[tuple[Any, Any, str]]:
    """Pair the parts of a result at which the check looks with the right ones and their names."""
    for part in step.parts:
        if isinstance(expected, tuple):
            yield result[part], expected[part], step.returns[part]
        else:
            yield result, expected, step.returns[0]


def _describe(got: Any, expected: Any, what: str) -> str:
    single = any(array.dtype == np.float32 for _, array in arrays_in(expected, what))
    rtol, atol = (RTOL32, ATOL32) if single else (RTOL, ATOL)
    message = describe_mismatch(got, expected, what, rtol=rtol, atol=atol)
    if message or not single:
        return message or ""
    for (name, mine), (_, right) in zip(arrays_in(got, what), arrays_in(expected, what), strict=False):
        if mine.dtype != right.dtype:
            return f"{name} has dtype {mine.dtype}, expected {right.dtype}: keep the dtype of the input"
    return ""


def _compare_left(step: Step, name: str, key: Any, left: Any) -> Difference | None:
    """Compare what a call left in an argument, or in one key of it, with what it should leave there."""
    expected, what = decode(step.after[name]), name
    if key is not None:
        if not isinstance(left, dict) or key not in left:
            return Difference(f"After the call, {name} has no {key!r}.")
        left, expected, what = left[key], expected[key], f"{name}[{key!r}]"
    message = _describe(left, expected, what)
    if not message:
        return None
    if step.after[name] == step.inputs[name]:
        advice = "Work on a copy." if key is None else "It should stay as it is."
        return Difference(f"{step.function} changed {what}, which it was given. {advice}")
    return Difference(closed(f"After the call, {message}"), _first_wrong(left, expected, what))


def _first_wrong(got: Any, expected: Any, what: str) -> Wrong | None:
    """Return the first wrong array of a wrong result, if it has the right shape and more than one entry."""
    for (name, mine), (_, right) in zip(arrays_in(got, what), arrays_in(expected, what), strict=False):
        comparable = mine.shape == right.shape and mine.size > 1 and {mine.dtype.kind, right.dtype.kind} <= set("fiu")
        if comparable and _describe(mine, right, name):
            single = right.dtype == np.float32
            mask = differs(mine, right, rtol=RTOL32 if single else RTOL, atol=ATOL32 if single else ATOL)
            return Wrong(name, mine, right, mask) if mask.any() else None
    return None
