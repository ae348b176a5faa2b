"""Says in what way a wrong array is wrong: one factor, one amount, in each column its own, another order, signs."""

from __future__ import annotations

import numpy as np

from zeromean.checking.numbers import step_to

NEAR = 1e-6
NAN = "nan comes of the root or the logarithm of a negative number, of 0/0, or of a difference of infinities."
INFINITE = "An infinity comes of a division by 0, or of an exponential of something large."
FEWEST = 3  # numbers that must share a factor or an amount; one more for a scale and a shift
# What an axis is called, by the number of axes and its position; the first of four may be images or filters.
NAMES = {(2, 0): "row", (2, 1): "column", (4, 1): "channel", (4, 2): "row", (4, 3): "column"}


def regularity(got: np.ndarray, expected: np.ndarray) -> str:
    """Say what turns the right array into the one that came back; "" if nothing simple does."""
    if not {got.dtype.kind, expected.dtype.kind} <= set("fiu"):
        return ""
    got, expected = got.astype(float), expected.astype(float)
    if got.size == 1 and not np.isfinite(got).all():
        return NAN if np.isnan(got).all() else INFINITE
    if not got.size or not (np.isfinite(got).all() and np.isfinite(expected).all()):
        return ""
    if got.size == 1:
        return step_to(got.item(), expected.item())
    whole = _of_the_whole(got, expected)
    if whole or got.size < FEWEST:
        return whole
    return _of_each_line(got, expected) or _of_each_number(got, expected)


def where_wrong(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    """Say what turns the right numbers into the wrong ones where only a part is wrong; "" if nothing simple does."""
    if wrong.all() or np.count_nonzero(wrong) < FEWEST or not np.isfinite(got[wrong]).all():
        return ""
    found = regularity(got[wrong], expected[wrong])
    return f"Where it is wrong: {found[:1].lower()}{found[1:]}" if found else ""


def _of_the_whole(got: np.ndarray, expected: np.ndarray) -> str:
    factor, amount = _factor(got[None], expected[None]), _amount(got[None], expected[None])
    if factor is not None and factor[0]:
        times = "minus" if abs(factor[0] + 1) < NEAR else f"{factor[0]:.4g} times"
        return f"Every entry is {times} what it should be."
    if amount is not None:
        return f"Every entry is off by the same amount, {amount[0]:.4g}."
    if not got.any():
        return "Every entry is 0."
    if got.size >= FEWEST and np.ptp(got) <= NEAR * np.abs(got).max():
        return "All entries are the same."
    return ""


def _of_each_line(got: np.ndarray, expected: np.ndarray) -> str:
    """Look at each row, column, or slice along an axis by itself."""
    for axis in reversed(range(got.ndim)) if got.ndim > 1 else ():
        mine, right = (np.moveaxis(a, axis, 0).reshape(a.shape[axis], -1) for a in (got, expected))
        if mine.shape[1] < FEWEST:
            continue
        line = NAMES.get((got.ndim, axis), f"position along axis {axis}")
        if _factor(mine, right) is not None:
            return f"Each {line} is a multiple of what it should be."
        if _amount(mine, right) is not None:
            return f"In each {line}, every entry is off by the same amount."
        if mine.shape[1] > FEWEST and _straight(mine, right):
            return f"Each {line} is what it should be, but scaled and shifted."
    return ""


def _of_each_number(got: np.ndarray, expected: np.ndarray) -> str:
    if near(np.abs(got), np.abs(expected)):
        return "Only signs are wrong."
    if near(np.sort(got, axis=None), np.sort(expected, axis=None)):
        turned = got.ndim == 2 and got.shape == got.T.shape and near(got.T, expected)
        return "Rows and columns are exchanged." if turned else "The numbers are the right ones, in another order."
    if near(got * expected, np.ones_like(got)):
        return "Every entry is one over what it should be."
    if near(got, expected**2):
        return "Every entry is the square of what it should be."
    if (got >= 0).all() and near(got**2, expected):
        return "Every entry is the root of what it should be."
    return ""


def _factor(mine: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """Return the factor of each line, if every line has one."""
    mine, right = mine.reshape(len(mine), -1), right.reshape(len(mine), -1)
    size = (right**2).sum(axis=1)
    if not size.all():
        return None
    factor: np.ndarray = (mine * right).sum(axis=1) / size
    return factor if near(mine, factor[:, None] * right) else None


def _amount(mine: np.ndarray, right: np.ndarray) -> np.ndarray | None:
    """Return how far each line is off, if all in it are off by the same."""
    difference = (mine - right).reshape(len(mine), -1)
    amount: np.ndarray = difference.mean(axis=1)
    return amount if near(difference, np.broadcast_to(amount[:, None], difference.shape)) else None


def _straight(mine: np.ndarray, right: np.ndarray) -> bool:
    """Whether each line is a multiple of what it should be and a constant, and not the constant alone."""
    mine, right = (a - a.mean(axis=1, keepdims=True) for a in (mine, right))
    return bool(mine.any(axis=1).all()) and _factor(mine, right) is not None


def near(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two arrays (any shapes) are of one shape and agree to a millionth of the largest number on the right."""
    if left.shape != right.shape:
        return False
    return bool((np.abs(left - right) <= NEAR * np.abs(right).max(initial=0.0)).all())
