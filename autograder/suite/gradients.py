"""Exact gradients of what an oracle computes, kept for those who ask again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from types import FunctionType
from typing import Any

import numpy as np
from autograd import make_vjp

MOST_GRADIENTS, DEEPEST = 10_000, 12
_GRADIENTS: dict[Hashable, tuple[np.ndarray, ...]] = {}


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


def gradients_of(who: Any, pair: str, forward: tuple[Any, ...], dout: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return what ``<pair>_backward`` of a student or the reference gives after ``<pair>_forward(*forward)``."""
    _, cache = who.forward_for_backward(f"{pair}_forward", *forward)
    return in_a_tuple(getattr(who, f"{pair}_backward")(dout.copy(), cache))


def in_a_tuple(result: Any) -> tuple[Any, ...]:
    """Return what a backward pass gave as a tuple, also where it is one gradient, which would come apart in rows."""
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


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
