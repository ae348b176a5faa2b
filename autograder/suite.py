"""All that the author of a hidden suite imports.

A suite is one file, ``autograder/suites/<assignment>/test_<exercise>.py``: checks first, then the correct
variants and the misconceptions that prove the checks. ``docs/recipes/add-an-exercise.md`` walks through one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, TypeVar

import numpy as np
from autograd import make_vjp
from zeromean.mismatch import describe_mismatch

F = TypeVar("F", bound=Callable[..., Any])
Replacement = TypeVar("Replacement", bound=Callable[..., Any] | type)

TOLERANCE = 1e-9
MOST_GRADIENTS, DEEPEST = 10_000, 12
_GRADIENTS: dict[Hashable, tuple[np.ndarray, ...]] = {}


class CheckFailed(Exception):  # noqa: N818 - an outcome of grading, not an error of ours
    """What the student returned is not what was asked for; the message is read by the student."""


class CallFailed(CheckFailed):
    """A call of the student's function brought no result; `exception` names what it raised, if it did."""

    def __init__(self, message: str, exception: str = "") -> None:
        super().__init__(message)
        self.exception = exception


class Misfit:
    """Stands for one of several returned values that has the wrong shape or type.

    Whatever a check does with it fails that check, with the sentence; checks that need only the other values go on.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def fail(self, *_: Any, **__: Any) -> Any:
        """Fail the check."""
        raise CheckFailed(self._sentence)

    def __getattr__(self, name: str) -> Any:
        return self.fail()


for _used in ("array", "getitem", "len", "iter", "float", "bool", "neg", "abs", "eq", "lt", "gt"):
    setattr(Misfit, f"__{_used}__", Misfit.fail)
for _used in ("add", "sub", "mul", "truediv", "pow", "matmul"):
    setattr(Misfit, f"__{_used}__", Misfit.fail)
    setattr(Misfit, f"__r{_used}__", Misfit.fail)


@dataclass(frozen=True)
class Check:
    """How a check counts: its share of the exercise's marks, and what must pass before it is tried."""

    weight: float
    visible: bool = False
    after: str | None = None


@dataclass(frozen=True)
class Replaces:
    """Which of the student's functions a variant or misconception stands in for, and the hint it carries."""

    functions: tuple[str, ...]
    hint: str | None = None


def points(weight: float, *, visible: bool = False, after: str | None = None) -> Callable[[F], F]:
    """Mark a test function as a check.

    Parameters
    ----------
    weight : float
        Its share of the exercise's marks, relative to the other checks of the file. Positive.
    visible : bool
        Whether the student's ``check(f)`` tries it too. A visible check may only call the student's functions
        and compare what they return with `reference`, because it is recorded and shipped as data.
    after : str, optional
        The name of a check that must pass first; otherwise this one is skipped, and earns nothing.

    Raises
    ------
    ValueError
        If `weight` is not positive, or the function has no docstring for the student to read.
    """
    if weight <= 0:
        raise ValueError(f"@points needs a positive weight. Got {weight!r}.")

    def mark(function: F) -> F:
        if not inspect.getdoc(function):
            raise ValueError(f"{function.__name__} needs a docstring: it is the sentence that the student reads.")
        function.__check__ = Check(weight, visible, after)  # type: ignore[attr-defined]
        return function

    return mark


def misconception(function: str, hint: str) -> Callable[[F], F]:
    """Mark a wrong version of the student's function `function`; `hint` names the idea, never the fix."""

    def mark(wrong: F) -> F:
        wrong.__replaces__ = Replaces((function,), hint)  # type: ignore[attr-defined]
        return wrong

    return mark


def variant(*functions: str) -> Callable[[Replacement], Replacement]:
    """Mark a correct version written differently; for several functions at once, decorate a class of them."""

    def mark(right: Replacement) -> Replacement:
        right.__replaces__ = Replaces(functions)  # type: ignore[union-attr]
        return right

    return mark


def replacement_functions(replacement: Callable[..., Any] | type) -> dict[str, Callable[..., Any]]:
    """Return the functions, by name, that a variant or misconception puts in place of the reference's."""
    names: tuple[str, ...] = replacement.__replaces__.functions  # type: ignore[union-attr]
    if inspect.isclass(replacement):
        return {name: getattr(replacement, name) for name in names}
    return {names[0]: replacement}


def expect(condition: bool, message: str) -> None:
    """Fail the check with `message` unless `condition` holds."""
    if not condition:
        raise CheckFailed(message)


def expect_close(
    got: Any, expected: Any, what: str = "out", *, rtol: float = TOLERANCE, atol: float = TOLERANCE
) -> None:
    """Fail unless `got` has the shape of `expected` and every entry within ``atol + rtol*|expected|``."""
    if isinstance(got, Misfit):
        got.fail()
    message = describe_mismatch(got, expected, what, rtol=rtol, atol=atol)
    if message:
        raise CheckFailed(message)


def expect_unchanged(now: Any, before: np.ndarray, what: str) -> None:
    """Fail if an array that was handed to the student's function is no longer what it was."""
    if not np.array_equal(now, before, equal_nan=True):
        raise CheckFailed(f"your function changed `{what}`, an array it was given. Work on a copy.")


def expect_dtype(got: np.ndarray, dtype: Any, what: str = "out") -> None:
    """Fail unless the array `got` has the dtype asked for."""
    if np.asarray(got).dtype != np.dtype(dtype):
        raise CheckFailed(f"{what} has dtype {np.asarray(got).dtype}, expected {np.dtype(dtype)}.")


def expect_raises(exception: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless ``call(*args, **kwargs)`` raises; `exception` is the name of the type, such as "ValueError"."""
    try:
        call(*args, **kwargs)
    except CallFailed as failure:
        if failure.exception != exception:
            raise CheckFailed(f"a {exception} should be raised here. Instead: {failure}") from None
    else:
        raise CheckFailed(f"a {exception} should be raised here, but a result was returned.")


def vjp(function: Callable[..., Any], *args: Any, dout: np.ndarray) -> tuple[np.ndarray, ...]:
    """Pull `dout` back through `function` at `args`: the exact gradient for each argument, by autograd.

    `function` is written with ``autograd.numpy`` and returns one array of the shape of `dout`. It gets the same
    random numbers for every submission, so its gradients are computed once and kept; they are read-only.
    """
    try:
        key = key_of((function, args, dout))
    except TypeError:
        return _pulled_back(function, args, dout)
    if key not in _GRADIENTS:
        if len(_GRADIENTS) >= MOST_GRADIENTS:
            _GRADIENTS.clear()
        _GRADIENTS[key] = _pulled_back(function, args, dout)
    return _GRADIENTS[key]


def _pulled_back(function: Callable[..., Any], args: tuple[Any, ...], dout: np.ndarray) -> tuple[np.ndarray, ...]:
    gradients = tuple(np.asarray(make_vjp(function, argnum)(*args)[0](dout)) for argnum in range(len(args)))
    for gradient in gradients:
        gradient.setflags(write=False)
    return gradients


def key_of(value: Any, depth: int = 0) -> Hashable:
    """Return what tells a value from another of its kind: a function with all that it closes over, an array's bytes."""
    if depth > DEEPEST:
        raise TypeError("A value that holds itself has no key.")
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        value = tuple(value.items())
    if isinstance(value, (tuple, list)):
        return tuple(key_of(part, depth + 1) for part in value)
    if isinstance(value, FunctionType):
        held = tuple(cell.cell_contents for cell in value.__closure__ or ())
        return value.__code__, value.__module__, key_of((held, value.__defaults__), depth + 1)
    if isinstance(value, (int, float, complex, str, type(None), np.generic)) or callable(value):
        return type(value), value
    raise TypeError(f"A {type(value).__name__} has no key.")
