"""Fingerprints of what calls do, so that a well-known mistake is recognised without shipping its code."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import numpy as np


def fingerprint(value: Any) -> Any:
    """Reduce a result to its structure, and each of its arrays to its size and two random projections."""
    leaves: list[np.ndarray] = []
    structure = _structure(value, leaves)
    return [structure, [_leaf_print(leaf.ravel()) for leaf in leaves]]


def raised_print(error: str, message: str = "") -> Any:
    """Return the fingerprint of a call that raised: the class, and the shapes of which the message speaks."""
    shapes = sorted(re.findall(r"\(\d[\d, ]*\)", message))
    return [" ".join(["raises", error, *shapes]), []]


def difference_of_prints(shown: Any, right: Any) -> Any:
    """Return the fingerprint `shown` with None for each array that is right; None if nothing is wrong at all."""
    if shown[0] != right[0]:
        return shown
    tolerance = _tolerance(right)
    leaves = [None if _same_leaf(a, b, tolerance) else a for a, b in zip(shown[1], right[1], strict=True)]
    return [shown[0], leaves] if any(leaf is not None for leaf in leaves) else None


def explains(mistake: Any, right: Any, shown: Any) -> bool:
    """Whether the fingerprint `shown` is that of a mistake, given as `difference_of_prints` gave it."""
    structure, leaves = mistake or (right[0], [None] * len(right[1]))
    if shown is None or shown[0] != structure or len(shown[1]) != len(leaves):
        return False
    expected = [right[1][i] if leaf is None else leaf for i, leaf in enumerate(leaves)]
    return all(_same_leaf(a, b, _tolerance(shown)) for a, b in zip(shown[1], expected, strict=True))


def _tolerance(shown: Any) -> float:
    return 1e-3 if "f4[" in shown[0] else 1e-6


def _same_leaf(one: list[float], other: list[float], tolerance: float) -> bool:
    limit = 1e-8 + tolerance * max(one[0], other[0])
    return all(abs(a - b) <= limit for a, b in zip(one, other, strict=True))


def _leaf_print(flat: np.ndarray) -> list[float]:
    """Return the root mean square of an array and two projections; entries that are not finite count as 0."""
    if not np.isfinite(flat).all():
        flat = np.nan_to_num(flat, nan=0.0, posinf=0.0, neginf=0.0)
    with np.errstate(all="ignore"):
        numbers = np.append(math.sqrt(flat @ flat), _weights(flat.size) @ flat) / math.sqrt(max(flat.size, 1))
    return [float(f"{number:.9g}") for number in numbers]


def _structure(value: Any, leaves: list[np.ndarray]) -> str:
    """Describe the structure of `value`, and which numbers are not finite; collect its numbers."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_structure(value[key], leaves)}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(_structure(item, leaves) for item in value) + ")"
    if isinstance(value, (np.ndarray, np.generic, float, int)) and np.asarray(value).dtype.kind in "fiub":
        leaf = np.asarray(value, dtype=float)
        leaves.append(leaf)
        strange = np.flatnonzero(~np.isfinite(leaf)).tolist()
        return f"{np.asarray(value).dtype.str[1:]}{list(leaf.shape)}{strange or ''}"
    return repr(value) if value is None or isinstance(value, str) else type(value).__name__


@lru_cache(maxsize=64)
def _weights(size: int) -> np.ndarray:
    """Weights in (-1, 1) that are the same with every version of NumPy: only raw streams are promised to be."""
    raw = np.random.PCG64(size).random_raw(2 * size) if size else np.zeros(0)
    return np.asarray(raw / 2.0**63 - 1.0).reshape(2, size)
