"""Says how a wrong array hangs together with the call that brought it: which argument is missing, or where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from zeromean.checking.compare import leaves
from zeromean.checking.lines import off_in_each
from zeromean.checking.numbers import step_by
from zeromean.checking.patterns import NEAR, near

RARE = 0.05  # how likely a place may be by chance, if it is to be named
ENOUGH = 3  # numbers that one coefficient must fit; two more for a second one
SIGNS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "is negative": lambda array: array < 0,
    "is positive": lambda array: array > 0,
    "is 0": lambda array: array == 0,
    "is not positive": lambda array: array <= 0,
    "is not negative": lambda array: array >= 0,
}
Named = Mapping[str, np.ndarray]


def related(got: np.ndarray, expected: np.ndarray, given: Mapping[str, Any], others: Mapping[str, Any]) -> str:
    """Say what a wrong array has to do with what the call was given, or with what else is right; "" if nothing simple.

    Parameters
    ----------
    got, expected : ndarray of numbers, same shape
        A number is an array of shape ().
    given : mapping of str to value
        The arguments as they were before the call.
    others : mapping of str to value
        What else the call should return, or leave in its arguments.

    Returns
    -------
    str
        A sentence, such as "It is off by -0.1 times `dw`.".
    """
    if not ({got.dtype.kind, expected.dtype.kind} <= set("fiu") and np.isfinite(got).all()):
        return ""
    got, expected = got.astype(float), expected.astype(float)
    if not np.isfinite(expected).all():
        return ""
    arguments, right = dict(_arrays(given)), {name: a for name, a in _arrays(others) if not near(a, expected)}
    same = _same(got, arguments, "It is {} as it was given.") or _same(got, right, "It is what {} should be.")
    if same or got.size == 1:
        return same or step_by(got.item(), expected.item(), arguments)
    return (
        _factor(got, expected, arguments)
        or _sum(got - expected, {**arguments, **{f"the new {name}": array for name, array in right.items()}})
        or _mixture(got, expected, arguments)
        or off_in_each(got - expected, arguments)
    )


def place(wrong: np.ndarray, expected: np.ndarray, given: Mapping[str, Any]) -> str:
    """Say that an argument has one sign wherever an array is wrong, if that is no chance; "" otherwise."""
    arrays = {f"`{name}`": array for name, array in _arrays(given)} | {"the right number": expected}
    for name, array in arrays.items():
        if array.shape != wrong.shape or array.ndim == 0:
            continue
        for says, where in SIGNS.items():
            there = where(array)
            if not (wrong & ~there).any() and there.mean() ** np.count_nonzero(wrong) < RARE:
                return f"All that is wrong is where {name} {says}."
    return ""


def _arrays(values: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array and number by its name, those in a dict or list as ``state['v']``, ``stats[0]``."""
    for name, value in values.items():
        for part, array in leaves(value, name):
            if array.dtype.kind in "fiu" and np.isfinite(array).all():
                yield part, array.astype(float)


def _same(got: np.ndarray, arrays: Named, says: str) -> str:
    """Say that an array is one of some others, unless that could be by chance: a 0 or a 1 is often met."""
    telling = ((name, a) for name, a in arrays.items() if a.shape == got.shape and _is_telling(a))
    return next((says.format(f"`{name}`") for name, array in telling if near(got, array)), "")


def _factor(got: np.ndarray, expected: np.ndarray, arguments: Named) -> str:
    """Say that an argument is a factor too many, or one that is missing."""
    for name, array in arguments.items():
        if not _spreads(array, got.shape) or not _is_telling(array):
            continue
        if near(got, expected * array):
            return f"It is multiplied by `{name}` once too often."
        if near(got * array, expected):
            return f"The factor `{name}` is missing in it."
    return ""


def _sum(difference: np.ndarray, terms: Named) -> str:
    """Say by how many times one or two terms an array is off."""
    if difference.size < ENOUGH:
        return ""
    columns = {n: np.broadcast_to(a, difference.shape) for n, a in terms.items() if _varies(a, difference.shape)}
    pairs = combinations(columns, 2) if difference.size >= ENOUGH + 2 else ()
    for names in (*((name,) for name in columns), *pairs):
        found = _coefficients(difference, [columns[name] for name in names])
        if found is not None:
            parts = [f"{_number(c)} times {_quoted(name)}" for c, name in zip(found, names, strict=True)]
            return f"It is off by {' and '.join(parts)}."
    return ""


def _mixture(got: np.ndarray, expected: np.ndarray, arguments: Named) -> str:
    """Say that an array is a multiple of what it should be and a multiple of an argument."""
    if got.size < ENOUGH + 2:
        return ""
    for name, array in arguments.items():
        if _varies(array, got.shape):
            found = _coefficients(got, [expected, np.broadcast_to(array, got.shape)])
            if found is not None:
                return f"It is {_number(found[0])} times what it should be and {_number(found[1])} times `{name}`."
    return ""


def _coefficients(target: np.ndarray, terms: Iterable[np.ndarray]) -> np.ndarray | None:
    """Return how often each term is in the target, if that is all there is to it and each one counts."""
    matrix = np.stack([term.ravel() for term in terms], axis=1)
    found, _, rank, _ = np.linalg.lstsq(matrix, target.ravel(), rcond=1e-9)
    counts = np.abs(found * matrix).max(axis=0) > NEAR * np.abs(target).max()
    fits = rank == matrix.shape[1] and near((matrix @ found).reshape(target.shape), target)
    return found if fits and counts.all() else None


def _spreads(array: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether an array can be broadcast to a shape."""
    try:
        return np.broadcast_shapes(array.shape, shape) == shape
    except ValueError:
        return False


def _varies(array: np.ndarray, shape: tuple[int, ...]) -> bool:
    return array.ndim > 0 and _spreads(array, shape) and bool(np.ptp(array) > NEAR * np.abs(array).max())


def _is_telling(array: np.ndarray) -> bool:
    """Whether an array is not one that is met by chance: all 0, 1 or -1, or a single whole number."""
    return bool((np.abs(array) != np.round(np.abs(array))).any()) or (array.size > 1 and bool(np.ptp(array)))


def _quoted(name: str) -> str:
    return f"the new `{name.removeprefix('the new ')}`" if name.startswith("the new ") else f"`{name}`"


def _number(value: float) -> str:
    return f"{value:.4g}"
