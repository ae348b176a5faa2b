"""ELU, forward and backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, gradients_of, points, slips, unchanged, variant, vjp
from autograder.suites.a2_activations_and_init import oracle
from autograder.suites.a2_activations_and_init.inputs import signed, upstream


def forward_only(rng):
    """Yield the data of forward passes."""
    yield (signed(rng, 4, 3),)


def with_depth(rng):
    """Yield the arguments of forward passes with a floor."""
    yield signed(rng, 4, 3), rng.uniform(1.3, 2)


def several(rng):
    """Yield problems of equal and of other sizes, each with a floor of its own."""
    yield from (((signed(rng, n, 3), rng.uniform(1.3, 2)), upstream(rng, n, 3)) for n in (4, 4, 5))


def shapes(rng):
    """Yield forward passes of a row, a column, one number, a vector, and images."""
    yield from ((signed(rng, *shape), 0.6) for shape in ((1, 4), (4, 1), (1, 1), (5,), (2, 3, 2, 2)))


def shapes_back(rng):
    """Yield the same with an upstream gradient."""
    yield from ((args, upstream(rng, *args[0].shape)) for args in shapes(rng))


@points(1, visible=True)
def test_out(student, rng):
    """what is positive passes, and what is negative bends towards the floor at -alpha"""
    x, alpha = signed(rng, 4, 5), float(rng.uniform(1.3, 2))
    expected = oracle.elu(x, alpha)
    out, _ = student.elu_forward(x, alpha)
    expect_close(out, expected)


@points(1, visible=True)
def test_dx(student, rng):
    """dx is dout times the slope: 1 where x was positive, and elsewhere what is left of it above the floor"""
    x, dout, alpha = signed(rng, 4, 5), upstream(rng, 4, 5), float(rng.uniform(1.3, 2))
    expected, _ = vjp(oracle.elu, x, alpha, dout=dout)
    (dx,) = gradients_of(student, "elu", (x, alpha), dout)
    expect_close(dx, expected, "dx")


@points(0.5, visible=True, after="test_out")
def test_huge_numbers(student, rng):
    """around 1000 the output is x itself, and around -1000 it is -alpha: nothing overflows"""
    x, alpha = 1e3 * signed(rng, 3, 4), float(rng.uniform(1.3, 2))
    expected = np.maximum(x, -alpha)
    out, _ = student.elu_forward(x, alpha)
    expect_close(out, expected)


@points(0.5, after="test_out")
def test_default(student, rng):
    """without alpha the floor lies at -1, on both ways"""
    x, dout = signed(rng, 4, 3), upstream(rng, 4, 3)
    expected, _ = vjp(oracle.elu, x, 1.0, dout=dout)
    out, _ = student.elu_forward(x)
    expect_close(out, oracle.elu(x, 1.0))
    expect_close(gradients_of(student, "elu", (x,), dout)[0], expected, "dx")


@points(0.5, after="test_dx")
def test_any_floor(student, rng):
    """out and dx are right for a shallow floor, for none, and for a ceiling"""
    for alpha in (0.3, 0.0, -0.7):
        x, dout = signed(rng, 4, 3), upstream(rng, 4, 3)
        expected, _ = vjp(oracle.elu, x, alpha, dout=dout)
        out, _ = student.elu_forward(x, alpha)
        expect_close(out, oracle.elu(x, alpha))
        expect_close(gradients_of(student, "elu", (x, alpha), dout)[0], expected, "dx")


@points(0.5, after="test_out")
def test_tiny_numbers(student, rng):
    """close to 0 all digits are right: at -1e-10 the output is -alpha * 1e-10, and not only nearly so"""
    x, alpha = 1e-10 * signed(rng, 3, 4), float(rng.uniform(1.3, 2))
    expected = oracle.leaky(x, alpha)
    out, _ = student.elu_forward(x, alpha)
    expect_close(out, expected, rtol=1e-9, atol=0)


@points(0.5, after="test_dx")
def test_huge_numbers_on_the_way_back(student, rng):
    """around 1000 the gradient passes as it is, and around -1000 nothing is left of it"""
    x, dout = 1e3 * signed(rng, 3, 4), upstream(rng, 3, 4)
    (dx,) = gradients_of(student, "elu", (x, 1.7), dout)
    expect_close(dx, np.where(x > 0, dout, 0.0), "dx")


@points(0.5, after="test_dx")
def test_kink(student, rng):
    """at exactly 0 the output is 0 and the slope is alpha"""
    x, dout, alpha = signed(rng, 4, 3), upstream(rng, 4, 3), float(rng.uniform(1.3, 2))
    x[1], x[2, 0] = 0.0, -0.0
    expected, _ = vjp(oracle.elu, x, alpha, dout=dout)
    out, _ = student.elu_forward(x, alpha)
    expect_close(out, oracle.elu(x, alpha))
    expect_close(gradients_of(student, "elu", (x, alpha), dout)[0], expected, "dx")


@points(0.5, after="test_dx")
def test_nothing_given_is_edited(student, rng):
    """neither pass edits x or dout"""
    x, dout = signed(rng, 3, 4), upstream(rng, 3, 4)
    with unchanged(x=x, dout=dout):
        student.elu_forward(x, 1.4)
        _, cache = student.forward_for_backward("elu_forward", x, 1.4)
        student.elu_backward(dout, cache)


test_alpha_zero = contract.given_zero("elu_forward", forward_only, "alpha", points=0.25, after="test_out", default=1.0)
test_float32 = contract.keeps_dtype("elu_forward", with_depth, points=0.25, after="test_out", mixed=False)
test_float32_back = contract.keeps_dtype_back("elu", several, points=0.25, after="test_dx")
test_cache = contract.cache_serves("elu", several, points=0.5, after="test_out")
test_second_backward = contract.same_twice("elu", several, points=0.25, after="test_dx")
test_passes_apart = contract.passes_apart("elu", several, points=0.25, after="test_dx")
test_other_shapes = contract.agrees(
    "elu_forward",
    shapes,
    sentence="any shape will do: a row, a column, one number, images",
    points=0.25,
    after="test_out",
    squeeze=True,
)
test_other_shapes_back = contract.agrees_back(
    "elu",
    shapes_back,
    sentence="dx is right for any shape",
    points=0.25,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


ZERO = "the bend is 0 at 0 on either side"
WARNS = "np.where throws the other branch away: a warning is all that is left"
HARMLESS = equivalent("elu_forward", {"x > 0 -> x >= 0": ZERO, "np.minimum(x, 0) -> x": WARNS, "0 -> 1 #2": WARNS})


@variant("elu_forward", equivalent={"np.minimum(x, 0) -> x": WARNS, "0 -> 1": WARNS, "x > 0 -> x >= 0": ZERO})
def plain_forward(x, alpha=1.0):
    below = np.minimum(x, 0)
    out = np.where(x > 0, x, alpha * np.expm1(below))
    return out, (x, out, alpha)


@variant("elu_backward")
def plain_backward(dout, cache):
    x, out, alpha = cache
    slope = np.where(x > 0, 1, out + alpha)
    return dout * slope.astype(dout.dtype)


@variant("elu_forward")
def halves_added(x, alpha=1.0):
    out = np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))
    return out, (x, out, alpha)


@variant("elu_backward", equivalent={"np.minimum(x, 0) -> x": WARNS, "0 -> 1": WARNS})
def exponential_once_more(dout, cache):
    x, _, alpha = cache
    left = alpha * np.exp(np.minimum(x, 0))
    return (dout * np.where(x > 0, 1, left)).astype(dout.dtype)


@variant(
    "elu_forward",
    "elu_backward",
    equivalent={"slope -> slope.astype(float)": "the backward pass casts what it reads"},
)
class OnlyWhatIsBelow:
    """The exponential is taken of what is negative alone; the cache is the slope."""

    @staticmethod
    def elu_forward(x, alpha=1.0):
        out, slope, off = x.copy(), np.ones_like(x), x <= 0
        out[off] = alpha * np.expm1(x[off])
        slope[off] = alpha * np.exp(x[off])
        return out, slope

    @staticmethod
    def elu_backward(dout, cache):
        return dout * np.asarray(cache, dout.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_FORWARD = slips(plain_forward, {
    "branches_blended": (
        "np.where(x > 0, x, alpha * np.expm1(below)) -> (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1)",
        "Something infinite seems to be multiplied by 0. Which branch is worked out where it is not needed?"),
    "digits_lost_near_zero": ("np.expm1(below) -> (np.exp(below) - 1)",
        "Near 0 your out has lost most of its digits. What happens when two numbers that are nearly equal are "
        "subtracted?"),
    "one_forgotten": ("np.expm1(below) -> np.exp(below)",
        "Your bend jumps at 0. What is e to the 0, and what must be left of it?"),
    "alpha_forgotten": ("alpha * np.expm1(below) -> np.expm1(below)",
        "Your floor seems to lie at -1 whatever is asked for. Where does the caller put theirs?"),
    "alpha_in_the_exponent": ("alpha * np.expm1(below) -> np.expm1(alpha * below)",
        "alpha seems to stand in the exponent. Is it a depth here, or a width?"),
    "alpha_on_the_exponential_only": ("alpha * np.expm1(below) -> (alpha * np.exp(below) - 1)",
        "alpha seems to multiply the exponential alone. What does the bracket hold?"),
    "floor_turned_up": ("alpha * np.expm1(below) -> -alpha * np.expm1(below)",
        "Your negative side goes up. On which side of 0 is the floor?"),
    "decays_to_zero": ("np.expm1(below) -> below * np.exp(below)",
        "Far on the negative side your out goes back to 0. Where is the floor?"),
    "straight_below": ("alpha * np.expm1(below) -> alpha * below",
        "Your negative side is straight. Where does it settle?"),
    "positive_side_scaled": ("np.where(x > 0, x, -> np.where(x > 0, alpha * x,",
        "alpha seems to act on the positive side as well. What passes as it is?"),
    "as_selu": ("alpha * np.expm1(below)) -> alpha * np.expm1(below)) * 1.0507009873554805",
        "Everything is a little too large, by one factor. That is a relative of the ELU, with a scale of its own."),
    "default_of_another": ("alpha=1.0 -> alpha=0.1",
        "Without alpha your floor lies elsewhere than at -1."),
    "x_edited": ("below = np.minimum(x, 0)\n -> x[x <= 0] = alpha * np.expm1(x[x <= 0])\n",
        "out = np.where(x > 0, x, alpha * np.expm1(below)) -> out = x",
        "You seem to work inside the caller's x. Will they still find their data afterwards?"),
})

WRONG_BACKWARD = slips(plain_backward, {
    "value_for_slope": ("out + alpha) -> out)",
        "On the negative side you seem to take the value for the slope. By what do the two differ?"),
    "alpha_missing_in_the_slope": ("out + alpha) -> np.exp(np.minimum(x, 0)))",
        "Your slope seems to be that of a floor at -1. What multiplies the exponential?"),
    "alpha_twice": ("out + alpha) -> alpha * (out + alpha))",
        "alpha seems to enter your slope twice. Is it in out already?"),
    "one_in_place_of_alpha": ("out + alpha) -> out + 1)",
        "You seem to add 1 where another number belongs. It is right for a floor at -1, and for no other."),
    "alpha_subtracted": ("out + alpha) -> out - alpha)",
        "Your slope is negative. How far above the floor is out?"),
    "leak_for_a_floor": ("out + alpha) -> alpha)",
        "Your slope on the negative side is the same everywhere. How does it fade towards the floor?"),
    "slope_of_out": ("out + alpha) -> alpha * np.exp(np.minimum(out, 0)))",
        "You seem to take the exponential of out. Of which array is it taken on the way forward?"),
    "gate_of_dout": ("x > 0 -> dout > 0",
        "Your branches seem to be chosen by the sign of dout. Which array went through the bend?"),
    "nothing_from_below": ("np.where(x > 0, 1, out + alpha) -> np.where(x > 0, 1.0, 0.0)",
        "Your dx is that of a plain ReLU. What comes back from just below 0?"),
    "slope_one_at_zero": ("x > 0 -> x >= 0",
        "At exactly 0 your slope seems to be 1. To which side does 0 belong here?"),
    "infinite_branch_blended": (
        "np.where(x > 0, 1, out + alpha) -> ((x > 0) + (x <= 0) * alpha * np.exp(x))",
        "Something infinite seems to be multiplied by 0 on the way back. Which branch is worked out where it is not "
        "needed?"),
    "dout_edited": ("return dout * slope.astype(dout.dtype) -> dout *= slope.astype(dout.dtype); return dout",
        "You seem to multiply inside the caller's dout. Another branch may be about to read it."),
})
