"""Random inputs without special values: every feature has its own mean and spread, every scale its own sign."""

from __future__ import annotations

import numpy as np


def alternating(d):
    """Return signs (d,): -1, 1, -1, ..."""
    return np.arange(d) % 2 * 2.0 - 1


def batch(rng, n, d, spread=1.0):
    """Return n examples (n, d) whose features have means of either sign and standard deviations around `spread`."""
    scale = spread * rng.uniform(0.6, 1.8, d)
    return rng.normal(size=(n, d)) * scale + 2 * scale * alternating(d)


def affine(rng, d):
    """Return gamma and beta (d,): negative and positive scales far from 1, shifts far from 0."""
    gamma, beta = rng.uniform(1.3, 2.5, (2, d))
    return gamma * alternating(d), beta


def bn_param(rng, d, mode="train", spread=1.0, eps=1e-5, alpha=0.1):
    """Return a `bn_param` whose running statistics (d,) are nowhere near 0 and 1."""
    mean, var = rng.uniform(1.5, 3, (2, d))
    return {
        "mode": mode,
        "eps": eps,
        "alpha": alpha,
        "running_mean": spread * mean,
        "running_var": spread**2 * var,
    }
