"""Leaky ReLU, forward and backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, gradients_of, points, slips, unchanged, variant, vjp
from autograder.suites.a2_activations_and_init import oracle
from autograder.suites.a2_activations_and_init.inputs import signed, upstream

SLOPES = (2.5, 1.0, -0.7, 0.0)  # steeper than the other side, straight, folded, flat


def forward_only(rng):
    """Yield the data of forward passes."""
    yield (signed(rng, 4, 3),)


def with_slope(rng):
    """Yield the arguments of forward passes with a slope."""
    yield signed(rng, 4, 3), rng.uniform(0.1, 0.4)


def several(rng):
    """Yield problems of equal and of other sizes, each with a slope of its own."""
    yield from (((signed(rng, n, 3), rng.uniform(0.1, 0.4)), upstream(rng, n, 3)) for n in (4, 4, 5))


def shapes(rng):
    """Yield forward passes of a row, a column, one number, a vector, images, and numbers around 1000."""
    for shape in ((1, 4), (4, 1), (1, 1), (5,), (2, 3, 2, 2)):
        yield signed(rng, *shape), 0.2
    yield 1e3 * signed(rng, 3, 4), 0.3


def shapes_back(rng):
    """Yield the same with an upstream gradient."""
    yield from ((args, upstream(rng, *args[0].shape)) for args in shapes(rng))


@points(1, visible=True)
def test_out(student, rng):
    """what is positive passes as it is, and what is negative is multiplied by the alpha that is given"""
    for alpha in rng.uniform([0.1, 0.4], [0.2, 0.8]):
        x = signed(rng, 4, 5)
        expected = oracle.leaky(x, alpha)
        out, _ = student.leaky_relu_forward(x, float(alpha))
        expect_close(out, expected)


@points(1, visible=True)
def test_dx(student, rng):
    """dx is dout where x was positive, and alpha times dout elsewhere"""
    x, dout, alpha = signed(rng, 4, 5), upstream(rng, 4, 5), float(rng.uniform(0.1, 0.4))
    expected, _ = vjp(oracle.leaky, x, alpha, dout=dout)
    (dx,) = gradients_of(student, "leaky_relu", (x, alpha), dout)
    expect_close(dx, expected, "dx")


@points(0.5, visible=True, after="test_out")
def test_steep_slope(student, rng):
    """an alpha above 1 makes the negative side the steeper one"""
    x, alpha = signed(rng, 3, 4), float(rng.uniform(1.5, 3))
    expected = oracle.leaky(x, alpha)
    out, _ = student.leaky_relu_forward(x, alpha)
    expect_close(out, expected)


@points(0.5, after="test_out")
def test_default(student, rng):
    """without alpha the slope is 0.01, on both ways"""
    x, dout = signed(rng, 4, 3), upstream(rng, 4, 3)
    expected, _ = vjp(oracle.leaky, x, 0.01, dout=dout)
    out, _ = student.leaky_relu_forward(x)
    expect_close(out, oracle.leaky(x, 0.01))
    expect_close(gradients_of(student, "leaky_relu", (x,), dout)[0], expected, "dx")


@points(1, after="test_dx")
def test_any_slope(student, rng):
    """out and dx have two branches for every alpha: above 1, exactly 1, negative, and 0"""
    for alpha in SLOPES:
        x, dout = signed(rng, 4, 3), upstream(rng, 4, 3)
        expected, _ = vjp(oracle.leaky, x, alpha, dout=dout)
        out, _ = student.leaky_relu_forward(x, alpha)
        expect_close(out, oracle.leaky(x, alpha))
        expect_close(gradients_of(student, "leaky_relu", (x, alpha), dout)[0], expected, "dx")


@points(0.5, after="test_dx")
def test_kink(student, rng):
    """at exactly 0 the slope is alpha"""
    x, dout, alpha = signed(rng, 4, 3), upstream(rng, 4, 3), float(rng.uniform(0.1, 0.4))
    x[1], x[2, 0] = 0.0, -0.0
    expected = [[g if v > 0 else alpha * g for g, v in zip(*rows, strict=True)] for rows in zip(dout, x, strict=True)]
    expect_close(gradients_of(student, "leaky_relu", (x, alpha), dout)[0], np.array(expected), "dx")


@points(0.5, after="test_dx")
def test_nothing_given_is_edited(student, rng):
    """neither pass edits x or dout"""
    x, dout = signed(rng, 3, 4), upstream(rng, 3, 4)
    with unchanged(x=x, dout=dout):
        student.leaky_relu_forward(x, 0.2)
        _, cache = student.forward_for_backward("leaky_relu_forward", x, 0.2)
        student.leaky_relu_backward(dout, cache)


test_alpha_zero = contract.given_zero(
    "leaky_relu_forward", forward_only, "alpha", points=0.25, after="test_out", default=0.01
)
test_float32 = contract.keeps_dtype("leaky_relu_forward", with_slope, points=0.25, after="test_out", mixed=False)
test_float32_back = contract.keeps_dtype_back("leaky_relu", several, points=0.25, after="test_dx")
test_cache = contract.cache_serves("leaky_relu", several, points=0.5, after="test_out")
test_second_backward = contract.same_twice("leaky_relu", several, points=0.25, after="test_dx", proof=False)
test_passes_apart = contract.passes_apart("leaky_relu", several, points=0.25, after="test_dx")
test_other_shapes = contract.agrees(
    "leaky_relu_forward",
    shapes,
    sentence="any shape will do: a row, a column, one number, images",
    points=0.25,
    after="test_out",
    squeeze=True,
)
test_other_shapes_back = contract.agrees_back(
    "leaky_relu",
    shapes_back,
    sentence="dx is right for any shape",
    points=0.25,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


ZERO = "alpha times 0 is 0, too"
HARMLESS = equivalent("leaky_relu_forward", {"x > 0 -> x >= 0": ZERO})


@variant("leaky_relu_forward", equivalent={"x > 0 -> x >= 0": ZERO})
def plain_forward(x, alpha=0.01):
    out = np.where(x > 0, x, alpha * x)
    return out, (x, alpha)


@variant("leaky_relu_backward")
def plain_backward(dout, cache):
    x, alpha = cache
    slope = np.where(x > 0, 1, alpha)
    return dout * slope.astype(dout.dtype)


@variant("leaky_relu_forward")
def two_halves_added(x, alpha=0.01):
    return np.maximum(x, 0) + alpha * np.minimum(x, 0), (x, alpha)


@variant("leaky_relu_backward")
def gates_added(dout, cache):
    x, alpha = cache
    on = (x > 0).astype(dout.dtype)
    return on * dout + alpha * (1 - on) * dout


@variant(
    "leaky_relu_forward",
    "leaky_relu_backward",
    equivalent={"slopes -> slopes.astype(float)": "the backward pass casts what it reads"},
)
class KeepsTheSlopes:
    """The cache is the slope of every entry, found in a loop."""

    @staticmethod
    def leaky_relu_forward(x, alpha=0.01):
        slopes = np.zeros_like(x)
        for place in np.ndindex(x.shape):
            slopes[place] = 1 if x[place] > 0 else alpha
        return slopes * x, slopes

    @staticmethod
    def leaky_relu_backward(dout, cache):
        return dout * np.asarray(cache, dout.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_FORWARD = slips(plain_forward, {
    "larger_of_the_two": ("np.where(x > 0, x, alpha * x) -> np.maximum(alpha * x, x)",
        "You seem to take the larger of alpha x and x. Is that the branch of x <= 0 for every alpha?"),
    "alpha_is_001": ("np.where(x > 0, x, alpha * x) -> np.where(x > 0, x, 0.01 * x)",
        "Your leak seems to be 0.01 whatever is asked for. Where does the caller put theirs?"),
    "alpha_is_01": ("np.where(x > 0, x, alpha * x) -> np.where(x > 0, x, 0.1 * x)",
        "Your leak seems to be 0.1 whatever is asked for. Where does the caller put theirs?"),
    "default_of_the_other_slide": ("alpha=0.01 -> alpha=0.1",
        "Without alpha your leak seems to be 0.1. Which default does the stub name?"),
    "alpha_on_the_positive_side": ("np.where(x > 0, x, alpha * x) -> np.where(x > 0, alpha * x, x)",
        "alpha seems to shrink the positive side. On which side is the leak?"),
    "alpha_on_both_sides": ("np.where(x > 0, x, alpha * x) -> alpha * x",
        "Your out is a straight line. What happens at 0?"),
    "no_leak": ("np.where(x > 0, x, alpha * x) -> np.maximum(x, 0)",
        "Nothing negative leaks through. What is alpha for?"),
    "leak_folded_up": ("np.where(x > 0, x, alpha * x) -> np.where(x > 0, x, -alpha * x)",
        "Your negative side goes up. Which sign has alpha x there?"),
    "floor_at_alpha": ("np.where(x > 0, x, alpha * x) -> np.maximum(x, -alpha)",
        "Your negative side is flat at -alpha. Is alpha a depth here, or a slope?"),
    "alpha_subtracted": ("alpha * x) -> x - alpha)",
        "Your negative side is shifted by alpha. Is alpha an offset, or a slope?"),
    "slope_one_minus_alpha": ("alpha * x) -> (1 - alpha) * x)",
        "Your negative side has the slope 1 - alpha. Is alpha what leaks, or what is held back?"),
    "x_edited": ("out = np.where(x > 0, x, alpha * x) -> x[x <= 0] *= alpha; out = x",
        "You seem to work inside the caller's x. Will they still find their data afterwards?"),
})

WRONG_BACKWARD = slips(plain_backward, {
    "leak_forgotten_on_the_way_back": ("np.where(x > 0, 1, alpha) -> np.where(x > 0, 1.0, 0.0)",
        "Your dx is that of a plain ReLU. What does the leak let back?"),
    "gate_of_dout": ("x > 0 -> dout > 0",
        "Your branches seem to be chosen by the sign of dout. Which array went through the bend?"),
    "alpha_is_001_on_the_way_back": ("np.where(x > 0, 1, alpha) -> np.where(x > 0, 1, 0.01)",
        "On the way back your leak seems to be 0.01 whatever was asked for. Where does the caller put theirs?"),
    "branches_exchanged": ("np.where(x > 0, 1, alpha) -> np.where(x > 0, alpha, 1)",
        "alpha seems to shrink the gradient of the positive side. On which side is the leak?"),
    "divided_by_alpha": ("np.where(x > 0, 1, alpha) -> np.where(x > 0, 1, 1 / alpha)",
        "Your dx seems to be divided by alpha. A small leak lets little through: on the way back as well?"),
    "multiplied_by_x": ("np.where(x > 0, 1, alpha) -> np.where(x > 0, x, alpha * x)",
        "Your dx seems to be multiplied by x. What is the slope of a straight line?"),
    "slope_one_at_zero": ("x > 0 -> x >= 0",
        "At exactly 0 your slope seems to be 1. To which side does 0 belong here?"),
    "slope_of_the_larger": ("np.where(x > 0, 1, alpha) -> np.where(x > alpha * x, 1, alpha)",
        "Your slope seems to be that of the larger of alpha x and x. Is that the branch of x <= 0 for every alpha?"),
    "dout_edited": ("return dout * slope.astype(dout.dtype) -> dout *= slope.astype(dout.dtype); return dout",
        "You seem to multiply inside the caller's dout. Another branch may be about to read it."),
    "slopes_written_into_the_cache": (
        "slope = np.where(x > 0, 1, alpha) -> slope = x; slope[x > 0] = 1; slope[x <= 0] = alpha",
        "You seem to write the slopes into the x of the cache. What will a second backward pass read there?"),
}, same_as={"slopes_written_into_the_cache": ""})
