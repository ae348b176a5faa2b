"""Random inputs without special values: every feature has its own mean and spread, every scale its own sign."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def alternating(d: int) -> Array:
    """Return signs (d,): -1, 1, -1, ..."""
    return np.asarray(np.arange(d) % 2 * 2.0 - 1)


def batch(rng: np.random.Generator, n: int, d: int, spread: float = 1.0) -> Array:
    """Return n examples (n, d) whose features have means of either sign and standard deviations around `spread`."""
    scale = spread * rng.uniform(0.6, 1.8, d)
    return np.asarray(rng.normal(size=(n, d)) * scale + 2 * scale * alternating(d))


def affine(rng: np.random.Generator, d: int) -> tuple[Array, Array]:
    """Return gamma and beta (d,): negative and positive scales far from 1, shifts far from 0."""
    gamma, beta = rng.uniform(1.3, 2.5, (2, d))
    return gamma * alternating(d), beta
