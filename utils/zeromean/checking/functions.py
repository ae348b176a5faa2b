"""Functions that a check may hand to a student's function, by the name under which they are shipped.

Code cannot be written down as data. A suite that needs a function to differentiate, or an activation, takes it from
here, so that the one that grades and the one behind ``check(f)`` are the same object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def sum_of_squares(x: np.ndarray) -> float:
    """Return the sum of the squares of all entries; its gradient is ``2 * x``."""
    return float(np.sum(np.asarray(x) ** 2))


def sum_of_cubes(x: np.ndarray) -> float:
    """Return the sum of the cubes of all entries; a central difference with step h is off by exactly h**2."""
    return float(np.sum(np.asarray(x) ** 3))


def product_with_next(x: np.ndarray) -> float:
    """Return the sum of products of each entry with the next: every entry's slope depends on its neighbours."""
    flat = np.asarray(x).ravel()
    return float(flat[:-1] @ flat[1:])


def relu(x: np.ndarray) -> np.ndarray:
    """Return the larger of 0 and each entry."""
    return np.asarray(np.maximum(x, 0))


def leaky_relu(x: np.ndarray) -> np.ndarray:
    """Return each entry, a tenth of it where it is negative."""
    return np.where(x > 0, x, 0.1 * np.asarray(x))


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return ``1 / (1 + exp(-x))``, by way of tanh, which cannot overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(x))


def step(x: np.ndarray) -> np.ndarray:
    """Return 1 where an entry is positive, else 0."""
    return np.where(np.asarray(x) > 0, 1.0, 0.0)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum of squares": sum_of_squares,
    "sum of cubes": sum_of_cubes,
    "product with next": product_with_next,
    "tanh": np.tanh,
    "relu": relu,
    "leaky relu": leaky_relu,
    "sigmoid": sigmoid,
    "step": step,
}


@dataclass(frozen=True)
class Stretched:
    """A function of the table, of ``width * x + place``: shipped by name, and yet one that nobody has met before."""

    name: str
    width: float
    place: float

    def __call__(self, x: np.ndarray) -> Any:
        """Return the function of the stretched and shifted entries."""
        return FUNCTIONS[self.name](self.width * np.asarray(x) + self.place)


def name_of(function: Any) -> str | None:
    """Return the name of a function of this table, or None if it is not in it."""
    return next((name for name, known in FUNCTIONS.items() if known is function), None)
