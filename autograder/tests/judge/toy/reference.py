# ruff: noqa: D103 -- a solution, as in solutions/
import numpy as np


def scale_forward(x, factor, state):
    """Scale ``x`` (N, D) by `factor`, and keep a running mean (D,) of `x` in `state`."""
    if factor == 0:
        raise ValueError("factor must not be 0")
    state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
    out = shifted(x, 0.0) * np.asarray(factor, dtype=x.dtype)
    return out, (factor,)


def scale_backward(dout, cache):
    """Return the gradient for `x` (N, D) and for `factor` summed per feature (D,)."""
    (factor,) = cache
    dx = dout * factor
    count = dout.sum(axis=0)
    return dx, count


def shifted(x, by):
    return x + np.asarray(by, dtype=x.dtype)
