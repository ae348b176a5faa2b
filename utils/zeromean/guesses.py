"""How near a prediction came to what was computed, in a word or two."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

NEAR, NOTHING = 0.05, 1e-6  # five per cent is right; what is smaller than a millionth is meant to be 0


def short(value: Any) -> str:
    """Return numbers to three digits, and everything else as it prints."""
    numbers = _numbers(value)
    return str(value) if numbers is None else ", ".join(_digits(number) for number in numbers.tolist())


def verdict(predicted: Any, computed: Any) -> str:
    """Say whether a prediction is right, and by how much it misses.

    Parameters
    ----------
    predicted, computed : number, bool, str, or a list or array of numbers
        One number may stand for several that are equal.

    Examples
    --------
    >>> verdict(2, 1000.0), verdict(1050, 1000), verdict(-3, 3), verdict("error", 1)
    ('500 times too small', '✓', 'the other sign', '✗')
    """
    mine, right = _numbers(predicted), _numbers(computed)
    if mine is None or right is None:
        return "✓" if _equal(predicted, computed) else "✗"
    if mine.size != right.size and (mine.size != 1 or right.size == 0):
        return f"✗ {right.size} numbers, not {mine.size}"
    mine = np.broadcast_to(mine, right.shape)
    missed = np.abs(mine - right) > NEAR * np.abs(right) + NOTHING
    if not missed.any():
        return "✓"
    worst = int(np.argmax(np.where(missed, np.abs(mine - right), -1)))
    return _miss(float(mine[worst]), float(right[worst]))


def _miss(mine: float, right: float) -> str:
    if not math.isfinite(mine) or not math.isfinite(right):
        return "✗"
    if abs(right) <= NOTHING or mine == 0:
        return "✗ it is 0" if abs(right) <= NOTHING else "✗ it is not 0"
    if mine * right < 0:
        return "the other sign"
    ratio = mine / right
    size, word = (ratio, "large") if ratio > 1 else (1 / ratio, "small")
    return (
        f"{size:.{0 if size >= 10 else 1}f} times too {word}".replace(".0 ", " ")
        if size >= 2
        else f"off by {100 * abs(ratio - 1):.0f} %"
    )


def _equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except ValueError:
        return False


def _numbers(value: Any) -> np.ndarray | None:
    """Return what a value says in numbers, in a row; None if it is no number."""
    if isinstance(value, str | bool | np.bool_):
        return None
    try:
        return np.asarray(value, dtype=float).ravel()
    except (TypeError, ValueError):
        return None


def _digits(number: float) -> str:
    number = round(number, 9) + 0.0  # no -0, and no 1e-17 where 0 is meant
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e9 else f"{number:.3g}"
