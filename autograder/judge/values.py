"""What goes into a call and what comes out of it: copied fast, compared for structure, compared for equality."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from zeromean.mismatch import describe_mismatch

_ATOMS = frozenset({int, float, complex, bool, str, bytes, type(None)})
_NUMBERS = (int, float, complex, np.number, np.bool_)
# Two programs with the same idea round differently; two ideas differ by far more.
_ROUNDING = {2: 1e-2, 4: 1e-4, 8: 1e-8}


class Anything:
    """Stands for a part of a result that the student may lay out as they like, such as a cache."""


ANYTHING = Anything()


@dataclass(frozen=True, slots=True, eq=False)
class Cache:
    """What a ``*_forward`` returned last: the student's for the student, the reference's for the reference."""

    student: Any
    reference: Any


def copied(value: Any, *, opened: bool = False) -> Any:
    """Copy arrays and the containers around them; `opened` puts the reference's side in place of a `Cache`."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy()
    if kind in _ATOMS:
        return value
    if kind is tuple:
        return tuple([copied(part, opened=opened) for part in value])
    if kind is dict:
        return {key: copied(part, opened=opened) for key, part in value.items()}
    if kind is list:
        return [copied(part, opened=opened) for part in value]
    if kind is Cache:
        return copied(value.reference) if opened else value
    if isinstance(value, np.ndarray):
        return np.array(value, subok=False)
    if callable(value) or kind is Anything or isinstance(value, np.generic):
        return value
    return copy.deepcopy(value)


def students_side(value: Any) -> Any:
    """Put the student's side in place of every `Cache`; everything else stays the object it is."""
    if type(value) is Cache:
        return value.student
    if type(value) in (tuple, list):
        parts = [students_side(part) for part in value]
        if any(part is not old for part, old in zip(parts, value, strict=True)):
            return type(value)(parts)
    return value


def held_arrays(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[np.ndarray]:
    """List the arrays inside dicts and lists among the arguments: a call may put others in their place."""
    held: list[np.ndarray] = []
    for value in (*args, *kwargs.values()):
        if type(value) is dict:
            held += _arrays_in(value.values())
        elif type(value) in (tuple, list):
            held += _arrays_in(value)
    return held


def _arrays_in(values: Iterable[Any]) -> list[np.ndarray]:
    direct = [value for value in values if type(value) is np.ndarray]
    return direct + held_arrays(tuple(value for value in values if type(value) is not np.ndarray), {})


def structure_mismatch(got: Any, expected: Any, what: str) -> str | None:
    """Say where `got` is not laid out like `expected`, or return None; values are of no concern here.

    A list may stand for a tuple, a dict may hold more keys, and where None or something that is neither a
    number nor a container is expected, anything is good.
    """
    if type(got) is Cache:
        return None
    if type(expected) is np.ndarray:
        if type(got) is np.ndarray and got.shape == expected.shape and _same_kind(got, expected):
            return None
        return describe_mismatch(got, expected, what)
    if isinstance(expected, (tuple, list)):
        parts = _sequence_parts(got, expected, what)
    elif isinstance(expected, dict):
        parts = _dict_parts(got, expected, what)
    elif isinstance(expected, _NUMBERS):
        is_number = isinstance(got, (*_NUMBERS, np.ndarray)) and np.ndim(got) == 0
        fits = is_number and _same_kind(np.asarray(got), np.asarray(expected))
        return None if fits else describe_mismatch(got, expected, what)
    else:
        return None
    if isinstance(parts, str):
        return parts
    return next((message for part in parts if (message := structure_mismatch(*part))), None)


def alike(got: Any, expected: Any) -> bool:
    """Whether two results come from the same idea: same layout, same dtypes, values equal up to rounding."""
    if isinstance(got, (np.ndarray, *_NUMBERS)) and isinstance(expected, (np.ndarray, *_NUMBERS)):
        return _numbers_alike(np.asarray(got), np.asarray(expected))
    if type(expected) in (Anything, Cache) or type(got) in (Anything, Cache):
        return True
    if isinstance(got, (tuple, list)) and isinstance(expected, (tuple, list)):
        return len(got) == len(expected) and all(map(alike, got, expected))
    if isinstance(got, dict) and isinstance(expected, dict):
        return all(key in got and alike(got[key], part) for key, part in expected.items())
    if type(got) is not type(expected):
        return False
    return bool(got == expected) if type(got) in _ATOMS else True


def _numbers_alike(got: np.ndarray, expected: np.ndarray) -> bool:
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    if got.dtype.kind not in "fc":
        return got.dtype.kind in "biu" and np.array_equal(got, expected)
    rounding = _ROUNDING.get(got.real.dtype.itemsize, 1e-8)
    size = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    return bool(np.allclose(got, expected, rtol=rounding, atol=rounding * float(size), equal_nan=True))


def _same_kind(got: np.ndarray, expected: np.ndarray) -> bool:
    kinds = got.dtype.kind.replace("u", "i"), expected.dtype.kind.replace("u", "i")
    return kinds[0] == kinds[1] or (not expected.ndim and kinds == ("i", "f"))


Parts = Iterator[tuple[Any, Any, str]]


def _sequence_parts(got: Any, expected: tuple[Any, ...] | list[Any], what: str) -> Parts | str:
    """Return the pairs to go on with, or what is wrong with the sequence itself."""
    row = type(got) is np.ndarray and type(expected) is list and got.ndim > 0
    if not (row or isinstance(got, (tuple, list))) or len(got) != len(expected):
        message = describe_mismatch(list(got) if row else got, expected, what)
        return message or f"{what} has {len(got)} parts, expected {len(expected)}"
    return ((part, wanted, f"{what}[{i}]") for i, (part, wanted) in enumerate(zip(got, expected, strict=True)))


def _dict_parts(got: Any, expected: dict[Any, Any], what: str) -> Parts | str:
    if not isinstance(got, dict) or any(key not in got for key in expected):
        return describe_mismatch(got, expected, what) or f"{what} lacks a key"
    return ((got[key], wanted, f"{what}[{key!r}]") for key, wanted in expected.items())
