"""Copies of plain data, small enough to be copied on the way: what a cell may edit in place."""

from __future__ import annotations

from typing import Any

import numpy as np

LARGEST = 1 << 20  # bytes of an array
MOST = 1000  # parts of a list, set or dict
DEEPEST = 4


def copied(value: Any, depth: int = 0) -> Any:
    """Return a copy of a list, set, dict or array; None for anything else, and for what is large or deep."""
    if type(value) is np.ndarray:
        return value.copy() if value.nbytes <= LARGEST and value.dtype != object else None
    if type(value) not in (list, dict, set) or len(value) > MOST or depth > DEEPEST:
        return None
    if type(value) is set:
        return set(value)
    if type(value) is dict:
        return {key: _part(part, depth) for key, part in value.items()}
    return [_part(part, depth) for part in value]


def _part(value: Any, depth: int) -> Any:
    copy = copied(value, depth + 1)
    return value if copy is None else copy


def same(one: Any, other: Any) -> bool:
    """Whether what `copied` looks at is the same in both; objects of other kinds, if they are one object or equal."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is np.ndarray:
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if type(one) is dict:
        return list(one) == list(other) and all(same(part, other[key]) for key, part in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(type(one) in (int, float, complex, str, bytes, bool, set) and one == other)
