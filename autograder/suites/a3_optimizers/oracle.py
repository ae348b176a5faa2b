"""Memories of gradients as the weighted sums that they are, written without any recursion."""

from __future__ import annotations

import numpy as np


def discounted(values, factor):
    """Return for every t the sum over i <= t of ``factor^(t-i) values[i]``; values and result (T, ...)."""
    t = np.arange(len(values))
    age = t[:, None] - t
    weights = np.where(age >= 0, float(factor) ** np.maximum(age, 0), 0.0)
    return np.tensordot(weights, values, axes=1)


def mean(values, factor):
    """Return for every t the running mean from 0, whose newest value counts ``1 - factor``; (T, ...)."""
    return (1 - factor) * discounted(values, factor)


def by_rate(rates, values):
    """Return each value (T, ...) times its own rate (T,)."""
    return rates.reshape(-1, *[1] * (values.ndim - 1)) * values
