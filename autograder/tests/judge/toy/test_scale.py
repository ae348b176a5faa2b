# ruff: noqa: D102, D103, D400, D403, N805 -- a suite, as in autograder/suites
"""The suite of the toy exercise `scale`."""

from __future__ import annotations

import numpy as np

from autograder.suite import (
    expect_close,
    expect_dtype,
    expect_raises,
    expect_unchanged,
    misconception,
    points,
    variant,
)


def some(rng, dtype=float):
    return rng.normal(3, 1, (4, 3)).astype(dtype), 2.5, {"mean": rng.normal(size=3)}


@points(2, visible=True)
def test_values(student, reference, rng):
    """every entry is multiplied by the factor"""
    x, factor, state = some(rng)
    out, _ = student.scale_forward(x, factor, state)
    expect_close(out, reference.scale_forward(x, factor, {"mean": np.zeros(3)})[0])


@points(1)
def test_state(student, reference, rng):
    """the running mean follows `x` over two batches, and the old array keeps its values"""
    x, factor, state = some(rng)
    old, before = state["mean"], state["mean"].copy()
    theirs = {"mean": before}
    for _ in range(2):
        student.scale_forward(x, factor, state)
        reference.scale_forward(x, factor, theirs)
    expect_close(state["mean"], theirs["mean"], "state['mean']")
    expect_unchanged(old, before, "state['mean']")


@points(1, after="test_values")
def test_float32(student, rng):
    """float32 stays float32, and the input is left alone"""
    x, factor, state = some(rng, np.float32)
    before = x.copy()
    out, _ = student.scale_forward(x, factor, state)
    expect_unchanged(x, before, "x")
    expect_dtype(out, np.float32)


@points(1)
def test_zero_factor(student, rng):
    """a factor of 0 is refused with a ValueError"""
    x, _, state = some(rng)
    expect_raises("ValueError", student.scale_forward, x, 0, state)


@points(3)
def test_gradient(student, reference, rng):
    """both gradients are right"""
    out, cache = student.forward_for_backward("scale_forward", *some(rng))
    dout = rng.normal(size=out.shape)
    dx, count = student.scale_backward(dout, cache)
    wanted = reference.scale_backward(dout, cache)
    expect_close(dx, wanted[0], "dx")
    expect_close(count, wanted[1], "count")


@variant("scale_forward", "scale_backward")
class CacheOfAnotherLayout:
    def scale_forward(x, factor, state):
        if factor == 0:
            raise ValueError
        state["mean"] = (state["mean"] + x.mean(axis=0)) / 2
        return x * x.dtype.type(factor), {"factor": factor, "x": x}

    def scale_backward(dout, cache):
        return [cache["factor"] * dout, dout.sum(0)]


@misconception("scale_forward", hint="Adding is not scaling.")
def adds(x, factor, state):
    if factor == 0:
        raise ValueError
    state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
    return x + x.dtype.type(factor), (factor,)


@misconception("scale_forward", hint="The array in `state` may belong to somebody else.")
def edits_the_state(x, factor, state):
    if factor == 0:
        raise ValueError
    state["mean"] *= 0.5
    state["mean"] += 0.5 * x.mean(axis=0)
    return x * x.dtype.type(factor), (factor,)


@misconception("scale_forward", hint="The input is not yours to change.")
def edits_the_input(x, factor, state):
    if factor == 0:
        raise ValueError
    state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
    x *= x.dtype.type(factor)
    return x, (factor,)


@misconception("scale_forward", hint="A factor of 0 cannot be undone.")
def takes_any_factor(x, factor, state):
    state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
    return x * x.dtype.type(factor), (factor,)


@misconception("scale_forward", hint="A float64 constant makes everything float64.")
def promotes(x, factor, state):
    if factor == 0:
        raise ValueError
    state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
    return x * np.float64(factor), (factor,)


@misconception("scale_backward", hint="The factor is part of the derivative.")
def passes_dout_through(dout, cache):
    return dout, dout.sum(axis=0)


@misconception("scale_backward", hint="There are three axes only in your head.")
def sums_over_a_third_axis(dout, cache):
    return dout * cache[0], dout.sum(axis=2)


@misconception("scale_backward", hint="`dout` is not yours to change.")
def edits_dout(dout, cache):
    count = dout.sum(axis=0)
    dout *= cache[0]
    return dout, count
