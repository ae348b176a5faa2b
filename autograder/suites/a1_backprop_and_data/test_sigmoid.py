"""The sigmoid: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, expect_dtype, points, slips, unchanged, variant
from autograder.suites.a1_backprop_and_data import oracle


def arguments(rng):
    """Yield an array of numbers of either sign."""
    yield (np.concatenate([rng.uniform(0.5, 6, 3), -rng.uniform(0.5, 6, 3)]).reshape(2, 3),)


def special(rng):
    """Yield arrays of other shapes, among them one that holds a single number and one that holds zeros."""
    for shape in ((1,), (4,), (1, 3), (2, 1, 2, 3)):
        yield (rng.normal(size=shape),)
    yield (np.zeros((2, 2)),)


@points(2, visible=True)
def test_values(student, rng):
    """each entry is mapped by itself to between 0 and 1, and 0 to one half"""
    (x,) = next(arguments(rng))
    x[0, 1] = 0.0
    expected = oracle.sigmoid(x)
    expect_close(student.sigmoid(x), expected)


@points(1, visible=True)
def test_far_out(student, rng):
    """far to the right the value is 1, far to the left 0"""
    for x, expected in ((rng.uniform(800, 1200, 4), np.ones(4)), (-rng.uniform(800, 1200, 4), np.zeros(4))):
        expect_close(student.sigmoid(x), expected)


@points(1, after="test_values")
def test_small_values_are_exact(student, rng):
    """around -40 the value is tiny, but it has all its digits"""
    x = rng.uniform(-45, -35, 4)
    expect_close(student.sigmoid(x), np.exp(x), rtol=1e-7, atol=0)


@points(1, after="test_values")
def test_nothing_overflows(student, rng):
    """around -720 the value is some 1e-313 and not 0: no exponential overflows on the way"""
    x = rng.uniform(-725, -715, 4)
    expect_close(student.sigmoid(x), np.exp(x), rtol=1e-7, atol=0)


@points(0.5, after="test_values")
def test_whole_numbers(student, rng):
    """integers of any size, and bytes, give float64"""
    for kind, low in ((np.int64, -9), (np.int8, -9), (np.uint8, 0)):
        x = rng.integers(low, 9, (2, 4)).astype(kind)
        expected = oracle.sigmoid(x.astype(float))
        out = student.sigmoid(x)
        expect_dtype(out, np.float64)
        expect_close(out, expected)


@points(0.5, after="test_values")
def test_input_is_kept(student, rng):
    """the array that you are given keeps its values"""
    (x,) = next(arguments(rng))
    with unchanged(x=x):
        student.sigmoid(x)


test_float32 = contract.keeps_dtype("sigmoid", arguments, points=0.5, after="test_values", mixed=False)
test_other_shapes = contract.agrees(
    "sigmoid",
    special,
    sentence="arrays of any shape come back in their shape",
    points=0.5,
    after="test_values",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


HALF = "at 0 both sides give one half"
NEAR = "between 0 and 1 nothing overflows on either side"
HARMLESS = equivalent("sigmoid", {"x < 0 -> x <= 0": HALF})


@variant("sigmoid", equivalent={"x < 0 -> x <= 0": HALF})
def plain(x):
    x = np.array(x, dtype=np.result_type(x, np.float32) if x.dtype.kind == "f" else float)
    small = np.exp(-np.abs(x))
    top = np.where(x < 0, small, np.ones_like(x))
    return top / (1 + small)


@variant("sigmoid", equivalent={"x < 0 -> x <= 0": HALF, "0 -> 1": NEAR})
def two_branches(x):
    out = np.zeros(x.shape, x.dtype if x.dtype.kind == "f" else float)
    left = x < 0
    e = np.exp(x[left].astype(out.dtype))
    out[left] = e / (1 + e)
    out[~left] = 1 / (1 + np.exp(-x[~left].astype(out.dtype)))
    return out


@variant("sigmoid", equivalent={"here > 0 -> here >= 0": HALF, "0 -> 1": NEAR})
def one_number_at_a_time(x):
    out = np.zeros(x.shape, x.dtype if x.dtype.kind == "f" else float)
    for index in np.ndindex(x.shape):
        here = out.dtype.type(x[index])
        if here > 0:
            out[index] = 1 / (1 + np.exp(-here))
        else:
            out[index] = np.exp(here) / (1 + np.exp(here))
    return out


@variant("sigmoid")
def by_logarithms(x):
    x = np.asarray(x, x.dtype if x.dtype.kind == "f" else float)
    return np.exp(-np.logaddexp(0, -x)).astype(x.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "overflows_to_the_left": ("np.abs(x) -> x", "np.where(x < 0, small, np.ones_like(x)) -> 1",
        "Far to the left your exponential overflows. Which numbers may safely be exponentiated?"),
    "overflows_to_the_right": ("np.exp(-np.abs(x)) -> np.exp(x)", "np.where(x < 0, small, np.ones_like(x)) -> small",
        "Far to the right your numerator and your denominator are both infinite. What is their ratio then?"),
    "clipped": ("    small -> \n    x = np.clip(x, -500, 500)\n    small",
        "Your argument seems to be clipped. Is the value beyond the clip really constant?"),
    "clipped_tightly": ("    small -> \n    x = np.clip(x, -30, 30)\n    small",
        "Your argument seems to be clipped early. Is the value beyond the clip really constant?"),
    "one_minus_the_mirror": ("top / (1 + small) -> 1 - np.where(x < 0, np.ones_like(x), small) / (1 + small)",
        "Your small values have lost their digits. What is left of 1e-18 once it has been subtracted from 1?"),
    "by_tanh": ("top / (1 + small) -> 0.5 + 0.5 * np.tanh(0.5 * x)",
        "Right in exact arithmetic; but what is left of a tiny value when it is the difference of two halves?"),
    "falls": ("x < 0 -> x > 0",
        "Your curve falls. Which sign belongs in the exponent?"),
    "symmetric": ("top / (1 + small) -> 1 / (1 + small)",
        "Your curve looks the same on both sides. Which side should be near 0?"),
    "bell": ("top / (1 + small) -> small / (1 + small)",
        "Your curve is a hill. Should the value not rise all the way to 1?"),
    "derivative": ("top / (1 + small) -> top / (1 + small) * (1 - top / (1 + small))",
        "You seem to return the slope of the sigmoid, not the sigmoid."),
    "tanh": ("top / (1 + small) -> np.tanh(x)",
        "Your values run from -1 to 1. Between which numbers should they lie?"),
    "twice_as_steep": ("np.exp(-np.abs(x)) -> np.exp(-2 * np.abs(x))",
        "Your curve is too steep. What stands in the exponent?"),
    "softmax": ("top / (1 + small) -> np.exp(x - x.max()) / np.exp(x - x.max()).sum()",
        "Your values sum to 1 over the array. Does one entry know of the others?"),
    "without_the_one": ("top / (1 + small) -> np.exp(np.clip(x, -700, 700))",
        "Your values grow beyond 1. What stands in the denominator besides the exponential?"),
    "rounded_to_zero": ("return top -> top[x < -100] = 0; return top",
        "Your values are exactly 0 far to the left. Is e^-720 zero?"),
    "in_place": ("    x = np.array(x, dtype=np.result_type(x, np.float32) if x.dtype.kind == \"f\" else float)\n -> ",
        "return top -> np.divide(top, 1 + small, out=x, casting='unsafe'); return top",
        "Your function seems to change the array that it was given."),
    "integers_cut_off": ("return top / (1 + small) -> return (top / (1 + small)).astype(given)",
        "    x = np.array -> \n    given = x.dtype\n    x = np.array",
        "Your result seems to be cut off to the type of x. Is one half a whole number?"),
    "always_float64": ("np.result_type(x, np.float32) if x.dtype.kind == \"f\" else float -> float",
        "What you return is float64, whatever comes in. Which line changes the dtype, and which one could mend it?"),
}, same_as={
    "always_float64": "sigmoid_in_float64",
    "overflows_to_the_left": "rounded_to_zero",
    "rounded_to_zero": "overflows_to_the_left", "by_tanh": "one_minus_the_mirror",
})
