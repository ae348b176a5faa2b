"""Remembers what a visible check does with the reference, as steps that can be shipped."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from zeromean.checking.encoding import CACHE_OF, encode
from zeromean.checking.probes import Step

from autograder.judge.reference import Effect, Reference, documented_results, observe
from autograder.judge.student import Call, LocalSession, Student
from autograder.judge.values import ANYTHING, Cache
from autograder.suite.expectations import CheckFailed

# What another processor rounds differently must not change the file, and is far below what a student is allowed.
_BITS = {"f8": (30, 40), "f4": (16, 20), "f2": (8, 10)}


@dataclass(frozen=True)
class Recorded:
    """A step as data, and the call behind it, which misconceptions make again."""

    step: Step
    call: Call


class Recorder(Student):
    """The reference in a student's place; remembers every call, and which argument came from which result."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(LocalSession(reference.namespace), reference)
        self.recorded: list[Recorded] = []
        self._trusted = reference
        self._caches: list[tuple[int, Cache]] = []

    def forward_for_backward(self, name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Do what a student's proxy does, and remember that the call only prepares another."""
        expected = observe(self._trusted.function(name), name, args, kwargs)
        result = super().forward_for_backward(name, *args, **kwargs)
        self._remember(Call(name, args, kwargs, expected, expected), result, only_prepares=True)
        return result

    def _call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        try:
            result = super()._call(name, *args, **kwargs)
        except CheckFailed:
            self._remember(self.calls[-1], None)
            raise
        self._remember(self.calls[-1], result)
        return result

    def _remember(self, call: Call, result: Any, *, only_prepares: bool = False) -> None:
        if isinstance(result, tuple) and result and type(result[-1]) is Cache:
            self._caches.append((len(self.recorded), result[-1]))
        step = self._step(call)
        self.recorded.append(Recorded(replace(step, only_prepares=only_prepares), call))

    def _step(self, call: Call) -> Step:
        function = self._trusted.function(call.function)
        inputs = {name: self._encode(value) for name, value in _named(function, call.args, call.kwargs).items()}
        positional, effect = len(call.args), call.expected
        if effect.raised:
            return Step(call.function, inputs, positional, raises=effect.raised[0])
        left = {
            name: None if type(value) is Cache else _left(inputs[name], after)
            for (name, value), after in zip(
                _named(function, call.args, call.kwargs).items(),
                _named(function, effect.args, effect.kwargs).values(),
                strict=True,
            )
        }
        result, has_cache = whole(effect)
        names = _result_names(self._trusted, call.function, result)
        return Step(call.function, inputs, positional, names, encode(_steady(result)), left, "", has_cache)

    def _encode(self, value: Any) -> Any:
        """Encode an argument; the cache of an earlier step becomes a reference to it."""
        if type(value) is Cache:
            return {CACHE_OF: next(step for step, cache in self._caches if cache is value)}
        return encode(value)


def whole(effect: Effect) -> tuple[Any, bool]:
    """Put a result and its cache together again, and say whether it has one."""
    result = effect.result
    if isinstance(result, tuple) and result and result[-1] is ANYTHING:
        return (*result[:-1], effect.cache), True
    return result, False


def _named(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by parameter: those without a name first."""
    names = list(inspect.signature(function).parameters)
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _left(before: Any, after: Any) -> Any:
    """Encode what a call left in an argument: exactly when it is what was given."""
    encoded = encode(after)
    return encoded if encoded == before else encode(_steady(after))


def _result_names(reference: Reference, function: str, result: Any) -> tuple[str, ...]:
    """Return the names of the parts of a result: as documented, or else as in the code."""
    count = len(result) if isinstance(result, tuple) else 1
    for names in (documented_results(reference.function(function)), reference.result_names(function)):
        if len(names) == count:
            return names
    return ("the result",) if count == 1 else tuple(f"result {i + 1}" for i in range(count))


def _steady(value: Any) -> Any:
    """Drop the last bits of every float in a result."""
    if isinstance(value, (tuple, list)):
        return type(value)(_steady(item) for item in value)
    if isinstance(value, dict):
        return {key: _steady(item) for key, item in value.items()}
    if isinstance(value, float) and not isinstance(value, np.floating):
        return float(_steady(np.float64(value)))
    if not isinstance(value, (np.ndarray, np.floating)) or value.dtype.kind != "f":
        return value
    relative, absolute = _BITS[value.dtype.str[1:]]
    with np.errstate(all="ignore"):
        mantissa, exponent = np.frexp(np.rint(np.ldexp(value, absolute)) / 2.0**absolute)
        rounded = np.ldexp(np.rint(mantissa * 2.0**relative) / 2.0**relative, exponent).astype(value.dtype)
    return np.where(np.isfinite(value) & np.isfinite(rounded), rounded, value)[()]
