"""Says what each column or channel of a wrong array is off by: a multiple of an argument, and perhaps a shift."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zeromean.checking.patterns import NEAR

FEWEST = 4  # numbers that a multiple must fit in each column; one more for a shift
AXES = {2: (1, "column"), 4: (1, "channel")}  # by the number of axes: which one counts the lines, and their name


def off_in_each(difference: np.ndarray, given: Mapping[str, np.ndarray]) -> str:
    """Say of which argument each line is off by a multiple of its own; "" if of none."""
    if difference.ndim not in AXES:
        return ""
    axis, line = AXES[difference.ndim]
    off = _lines(difference, axis)
    for shift in ("", " and a constant"):
        if off.shape[1] < FEWEST + bool(shift):
            continue
        for name, array in given.items():
            if array.shape == difference.shape and _fits(off, _lines(array, axis), shifted=bool(shift)):
                return f"In each {line} it is off by a multiple of `{name}`{shift}."
    return ""


def _lines(array: np.ndarray, axis: int) -> np.ndarray:
    """Lay the columns or channels out as rows."""
    return np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)


def _fits(off: np.ndarray, term: np.ndarray, *, shifted: bool) -> bool:
    """Whether each row is a multiple of the other array's row, and a constant where that is allowed."""
    if shifted:
        off, term = (a - a.mean(axis=1, keepdims=True) for a in (off, term))
    size = (term**2).sum(axis=1, keepdims=True)
    if not size.all() or not off.any():
        return False
    rest = off - (off * term).sum(axis=1, keepdims=True) / size * term
    return bool((np.abs(rest) <= NEAR * np.abs(off).max()).all())
