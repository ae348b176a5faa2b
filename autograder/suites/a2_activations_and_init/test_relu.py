"""ReLU, forward and backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, gradients_of, points, slips, unchanged, variant
from autograder.suites.a2_activations_and_init.inputs import signed, upstream


def forward_only(rng):
    """Yield the arguments of forward passes."""
    yield (signed(rng, 4, 3),)


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (((signed(rng, n, 3),), upstream(rng, n, 3)) for n in (4, 4, 5))


def shapes(rng):
    """Yield forward passes of a row, a column, one number, a vector, images, and numbers around 1000."""
    yield from ((signed(rng, *shape),) for shape in ((1, 4), (4, 1), (1, 1), (5,), (2, 3, 2, 2)))
    yield (1e3 * signed(rng, 3, 4),)


def shapes_back(rng):
    """Yield the same with an upstream gradient."""
    yield from ((args, upstream(rng, *args[0].shape)) for args in shapes(rng))


@points(1, visible=True)
def test_out(student, rng):
    """what is positive passes as it is, and what is negative becomes 0"""
    x = signed(rng, 4, 5)
    expected = (x + abs(x)) / 2
    out, _ = student.relu_forward(x)
    expect_close(out, expected)


@points(1, visible=True)
def test_dx(student, rng):
    """dx is dout where x was positive, and 0 elsewhere"""
    x, dout = signed(rng, 4, 5), upstream(rng, 4, 5)
    expected = np.array([g if v > 0 else 0.0 for g, v in zip(dout.flat, x.flat, strict=True)]).reshape(4, 5)
    (dx,) = gradients_of(student, "relu", (x,), dout)
    expect_close(dx, expected, "dx")


@points(0.5, visible=True, after="test_out")
def test_given_array_is_kept(student, rng):
    """the array that is cut off is a new one: x keeps its values"""
    x = signed(rng, 3, 4)
    with unchanged(x=x):
        student.relu_forward(x)


@points(0.5, after="test_dx")
def test_kink(student, rng):
    """a unit at exactly 0 is off: its output is 0, and it gets gradient 0"""
    x, dout = signed(rng, 4, 3), upstream(rng, 4, 3)
    x[1], x[2, 0] = 0.0, -0.0
    expected = np.array(
        [[g if v > 0 else 0.0 for g, v in zip(*rows, strict=True)] for rows in zip(dout, x, strict=True)]
    )
    out, _ = student.relu_forward(x)
    expect_close(out, (x + abs(x)) / 2)
    expect_close(gradients_of(student, "relu", (x,), dout)[0], expected, "dx")


@points(0.5, after="test_dx")
def test_dead_unit(student, rng):
    """a unit that is off for every example gets exactly 0, however large dout is"""
    x, dout = signed(rng, 4, 3), 1e6 * upstream(rng, 4, 3)
    x[:, 1] = -abs(x[:, 1])
    (dx,) = gradients_of(student, "relu", (x,), dout)
    expect_close(dx[:, 1], np.zeros(4), "dx of the dead unit", rtol=0, atol=0)


@points(0.5, after="test_out")
def test_nan_is_not_hidden(student, rng):
    """an entry that is nan stays nan, and the others are as they would be without it"""
    x = signed(rng, 3, 4)
    x[1, 2] = np.nan
    expected = (x + abs(x)) / 2
    out, _ = student.relu_forward(x)
    expect_close(out, expected)


@points(0.5, after="test_dx")
def test_nothing_given_is_edited(student, rng):
    """neither pass edits x or dout"""
    x, dout = signed(rng, 3, 4), upstream(rng, 3, 4)
    with unchanged(x=x, dout=dout):
        student.relu_forward(x)
        _, cache = student.forward_for_backward("relu_forward", x)
        student.relu_backward(dout, cache)


test_float32 = contract.keeps_dtype("relu_forward", forward_only, points=0.25, after="test_out", mixed=False)
test_float32_back = contract.keeps_dtype_back("relu", several, points=0.25, after="test_dx")
test_cache = contract.cache_serves("relu", several, points=0.5, after="test_out")
test_passes_apart = contract.passes_apart("relu", several, points=0.25, after="test_dx")
test_other_shapes = contract.agrees(
    "relu_forward",
    shapes,
    sentence="any shape will do: a row, a column, one number, images",
    points=0.25,
    after="test_out",
    squeeze=True,
)
test_other_shapes_back = contract.agrees_back(
    "relu",
    shapes_back,
    sentence="dx is right for any shape",
    points=0.25,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


SIGNS = "the backward pass reads no more than signs"
ZERO = "0 comes out either way"
HARMLESS = equivalent("relu_forward", {"x -> x.astype(float)": SIGNS})


@variant("relu_forward", equivalent={"x -> out #2": SIGNS, "x -> x.astype(float)": SIGNS})
def plain_forward(x):
    out = np.maximum(x, 0)
    return out, x


@variant("relu_backward", equivalent={"np.asarray(cache > 0, dout.dtype) -> cache > 0": "a gate has no dtype to win"})
def plain_backward(dout, cache):
    mask = np.asarray(cache > 0, dout.dtype)
    return dout * mask


@variant("relu_forward", equivalent={"x -> x.astype(float)": SIGNS})
def by_the_absolute_value(x):
    return (x + np.abs(x)) / 2, x


@variant("relu_backward")
def zeros_filled_in(dout, cache):
    dx = np.zeros_like(dout)
    on = cache > 0
    dx[on] = dout[on]
    return dx


@variant(
    "relu_forward",
    "relu_backward",
    equivalent={
        "x < 0 -> x <= 0": ZERO,
        "x -> out #2": "it is a copy of x there",
        "out -> x #3": SIGNS,
        "out > 0 -> (out > 0).astype(float)": SIGNS,
    },
)
class KeepsTheMask:
    """The cache is the mask, read off the output."""

    @staticmethod
    def relu_forward(x):
        out = x.copy()
        out[x < 0] = 0
        return out, out > 0

    @staticmethod
    def relu_backward(dout, cache):
        return np.where(cache, dout, np.zeros(1, dout.dtype))


@variant("relu_forward", "relu_backward", equivalent={"v <= 0 -> v < 0": ZERO, "x -> x.astype(float)": SIGNS})
class EntryByEntry:
    """A loop over the entries, forwards and backwards."""

    @staticmethod
    def relu_forward(x):
        entries = [0.0 if v <= 0 else v for v in x.ravel()]
        return np.array(entries, x.dtype).reshape(x.shape), x

    @staticmethod
    def relu_backward(dout, cache):
        dx = np.zeros_like(dout)
        for place in np.ndindex(dout.shape):
            if cache[place] > 0:
                dx[place] = dout[place]
        return dx


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_FORWARD = slips(plain_forward, {
    "x_cut_off_in_place": ("out = np.maximum(x, 0) -> x[x < 0] = 0; out = x",
        "You seem to cut off inside the caller's x. Will they still find their data afterwards?"),
    "absolute_value": ("np.maximum(x, 0) -> np.abs(x)",
        "Your out folds the negative side up. What does a unit that is off return?"),
    "negative_side_kept": ("np.maximum(x, 0) -> np.minimum(x, 0)",
        "Your out keeps the negative side. Which side passes?"),
    "leaks": ("np.maximum(x, 0) -> np.maximum(x, 0.01 * x)",
        "Something negative seems to leak through. Is this exercise 1, or 2?"),
    "capped_at_one": ("np.maximum(x, 0) -> np.clip(x, 0, 1)",
        "Your out never exceeds 1. Does a ReLU saturate on the positive side?"),
    "only_the_mask": ("np.maximum(x, 0) -> (x > 0).astype(x.dtype)",
        "Your out says which units are on, and not how much."),
    "softened": ("np.maximum(x, 0) -> np.log1p(np.exp(x))",
        "Your bend is a smooth one. What is exactly 0 for a ReLU?"),
    "shifted": ("np.maximum(x, 0) -> np.maximum(x - 1, 0)",
        "Your bend seems to sit somewhere else than at 0."),
    "largest_of_a_row": ("np.maximum(x, 0) -> np.maximum(x, 0) * (x == x.max(axis=-1, keepdims=True))",
        "Only the largest entry of each row passes. Do the entries know of each other?"),
    "nan_hidden": ("np.maximum(x, 0) -> np.where(x > 0, x, np.zeros(1, x.dtype))",
        "Your ReLU turns nan into 0. Who would then notice that something went wrong further down?"),
    "nan_hidden_by_fmax": ("np.maximum(x, 0) -> np.fmax(x, np.zeros(1, x.dtype))",
        "Your maximum prefers a number to nan. Who would then notice that something went wrong further down?"),
    "nan_spreads": ("np.maximum(x, 0) -> np.maximum(x, 0) + 0 * x.sum()",
        "One nan seems to spoil the whole array. Do the entries know of each other?"),
}, same_as={"nan_hidden": "nan_hidden_by_fmax", "nan_hidden_by_fmax": "nan_hidden"})

WRONG_BACKWARD = slips(plain_backward, {
    "gate_of_dout": ("cache > 0 -> dout > 0",
        "Your gate seems to open where dout is positive. Which of the two arrays went through the ReLU?"),
    "both_gates": ("cache > 0 -> (cache > 0) & (dout > 0)",
        "Negative gradients do not seem to come back at all. Does a ReLU cut dout off, too?"),
    "multiplied_by_x": ("dout * mask -> dout * np.maximum(cache, 0)",
        "Your dx seems to be multiplied by x. What is the slope of a ReLU at x = 7?"),
    "gradient_passed_on": ("dout * mask -> dout.copy()",
        "Your dx is dout everywhere. What comes back through a unit that is off?"),
    "gate_inverted": ("cache > 0 -> cache <= 0",
        "Your gate is open just where the unit was off."),
    "slope_returned": ("return dout * mask -> return mask",
        "You seem to return the slope alone. What about the gradient that comes from above?"),
    "slope_one_at_zero": ("cache > 0 -> cache >= 0",
        "A unit at exactly 0 seems to be on. Which slope did we agree on there?"),
    "slope_one_half_at_zero": ("np.asarray(cache > 0, dout.dtype) -> ((1 + np.sign(cache)) / 2).astype(dout.dtype)",
        "At exactly 0 your slope seems to be one half. Which did we agree on there?"),
    "sign_for_slope": ("np.asarray(cache > 0, dout.dtype) -> np.sign(cache).astype(dout.dtype)",
        "Where the unit was off, your dx is -dout. Which slope has the flat side?"),
    "dout_edited": ("return dout * mask -> dout *= mask; return dout",
        "You seem to multiply inside the caller's dout. Another branch may be about to read it."),
    "trickles": ("np.asarray(cache > 0, dout.dtype) -> np.where(cache > 0, 1, 1e-12).astype(dout.dtype)",
        "Something tiny comes back through a unit that is off. Is a dead unit almost dead, or dead?"),
    "summed_over_the_batch": ("return dout * mask -> return 0 * dout + (dout * mask).sum(axis=0)",
        "Your gradients seem to be added up over the batch. Does each example have an x of its own?"),
}, same_as={"trickles": ""})
