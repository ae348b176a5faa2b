"""Whether a value is laid out as another is, and whether it comes from the same idea; the grade asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zeromean.checking.mismatch import describe_mismatch

ATOMS: frozenset[type] = frozenset({int, float, complex, bool, str, bytes, type(None)})
_NUMBERS = (int, float, complex, np.number, np.bool_)
# No tolerance of a check: two programs with one idea round differently, two ideas differ by far more. Fingerprints,
# which recognise mistakes by two projections of nine digits, have one of their own for the same reason.
_ROUNDING = {2: 1e-2, 4: 1e-4, 8: 1e-8}


class Anything:
    """Stands for a part of a result that the student may lay out as they like, such as a cache."""


ANYTHING = Anything()


@dataclass(frozen=True, slots=True, eq=False)
class Cache:
    """What a ``*_forward`` returned last: the student's for the student, the reference's for the reference."""

    student: Any
    reference: Any


def fits(got: Any, expected: Any) -> bool:
    """Whether `got` is laid out like `expected`: containers, shapes and kinds of numbers, but not values.

    A list may stand for a tuple, an array for a list, and a dict may hold more keys. Where None or something that is
    neither a number nor a container is expected, anything is good.
    """
    kind = type(expected)
    if kind is np.ndarray:
        same_shape = type(got) is np.ndarray and got.shape == expected.shape
        return type(got) is Cache or (same_shape and (got.dtype is expected.dtype or _same_kind(got, expected)))
    if (type(got) is kind and kind in ATOMS) or type(got) is Cache:
        return True
    if kind is tuple or kind is list:
        sequence = isinstance(got, (tuple, list)) or (kind is list and type(got) is np.ndarray and got.ndim > 0)
        return sequence and len(got) == len(expected) and all(map(fits, got, expected))
    if kind is dict:
        return isinstance(got, dict) and all(key in got and fits(got[key], part) for key, part in expected.items())
    if isinstance(expected, _NUMBERS):
        single = isinstance(got, (*_NUMBERS, np.ndarray)) and np.ndim(got) == 0
        return single and _same_kind(np.asarray(got), np.asarray(expected))
    return True


def structure_mismatch(got: Any, expected: Any, what: str) -> str | None:
    """Say where `got` does not fit `expected`, or return None; shapes come before values, which do not matter."""
    if fits(got, expected):
        return None
    kind = getattr(got, "type_name", None)  # of what could not come out of the sandbox, only the type is known
    if isinstance(kind, str):
        return f"{what} is an object of type {kind}, expected an array or a number"
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() >= expected.keys():
        parts = [(got[key], part, f"{what}[{key!r}]") for key, part in expected.items()]
    elif isinstance(got, (tuple, list)) and isinstance(expected, (tuple, list)) and len(got) == len(expected):
        parts = [(*pair, f"{what}[{i}]") for i, pair in enumerate(zip(got, expected, strict=True))]
    else:
        return describe_mismatch(got, expected, what) or f"{what} is laid out in another way than expected"
    return next(message for part in parts if (message := structure_mismatch(*part)))


def alike(got: Any, expected: Any) -> bool:
    """Whether two results come from the same idea: same layout, same dtypes, values equal up to rounding."""
    if isinstance(got, (np.ndarray, *_NUMBERS)) and isinstance(expected, (np.ndarray, *_NUMBERS)):
        return _numbers_alike(np.asarray(got), np.asarray(expected))
    if type(expected) in (Anything, Cache) or type(got) in (Anything, Cache):
        return True
    if isinstance(got, (tuple, list)) and isinstance(expected, (tuple, list)):
        return len(got) == len(expected) and all(map(alike, got, expected))
    if isinstance(got, dict) and isinstance(expected, dict):
        return got.keys() == expected.keys() and all(alike(got[key], part) for key, part in expected.items())
    if type(got) is not type(expected):
        return False
    return bool(got == expected) if type(got) in ATOMS else True


def _numbers_alike(got: np.ndarray, expected: np.ndarray) -> bool:
    if got.shape != expected.shape or got.dtype != expected.dtype:
        return False
    if got.dtype.kind not in "fc":
        return got.dtype.kind in "biu" and np.array_equal(got, expected)
    rounding = _ROUNDING.get(got.real.dtype.itemsize, 1e-8)
    size = np.abs(expected).max(initial=0.0)
    if np.isfinite(size):
        return bool((np.abs(got - expected) <= rounding * size).all())
    finite = np.isfinite(expected)
    same = np.array_equal(got[~finite], expected[~finite], equal_nan=True)
    return same and _numbers_alike(got[finite], expected[finite])


def _same_kind(got: np.ndarray, expected: np.ndarray) -> bool:
    kinds = got.dtype.kind.replace("u", "i"), expected.dtype.kind.replace("u", "i")
    return kinds[0] == kinds[1] or (not expected.ndim and kinds == ("i", "f"))


def misfits_in(left: Any, expected: Any, what: str) -> dict[Any, str]:
    """Say of each key of a dict that a call left, and that has a place in the `expected` one, why it has none."""
    has = ", ".join(map(repr, left)) or "no keys at all"
    found = {key: f"{what} has no {key!r}; it has {has}" for key in expected if key not in left}
    for key, part in expected.items():
        if key in left and (message := structure_mismatch(left[key], part, f"{what}[{key!r}]")):
            found[key] = message
    return found
