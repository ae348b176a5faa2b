"""PReLU, forward and backward: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, gradients_of, points, slips, unchanged, variant, vjp
from autograder.suites.a2_activations_and_init import oracle
from autograder.suites.a2_activations_and_init.inputs import signed, upstream


def slopes(rng, d):
    """Return slopes (d,): small ones, one above 1, a negative one, in this order."""
    return (np.array([0.2, 1.6, -0.6]) * rng.uniform(0.9, 1.3, 3))[np.arange(d) % 3]


def problem(rng, n, d):
    """Return the arguments of a forward pass, and an upstream gradient."""
    return (signed(rng, n, d), slopes(rng, d)), upstream(rng, n, d)


def forward_only(rng):
    """Yield the arguments of forward passes."""
    yield problem(rng, 4, 3)[0]


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, n, 3) for n in (4, 4, 5))


def special_back(rng):
    """Yield problems with one unit, one example, a single number, as many of both, and slopes of 0 and 1."""
    yield from (problem(rng, n, d) for n, d in ((4, 1), (1, 4), (1, 1), (3, 3)))
    (x, _), dout = problem(rng, 4, 3)
    yield (x, np.array([0.0, 1.0, 0.3])), dout


def special(rng):
    """Yield the forward passes of the same problems."""
    yield from (args for args, _ in special_back(rng))


@points(1, visible=True)
def test_out(student, rng):
    """what is negative is multiplied by the slope of its unit, and what is positive passes"""
    (x, alpha), _ = problem(rng, 5, 3)
    expected = oracle.leaky(x, alpha)
    out, _ = student.prelu_forward(x, alpha)
    expect_close(out, expected)


@points(1.5, visible=True)
def test_dx(student, rng):
    """dx is dout where x was positive, and elsewhere dout times the slope of the unit"""
    args, dout = problem(rng, 5, 3)
    expected, _ = vjp(oracle.leaky, *args, dout=dout)
    dx, _ = gradients_of(student, "prelu", args, dout)
    expect_close(dx, expected, "dx")


@points(2, visible=True)
def test_dalpha(student, rng):
    """dalpha gathers, over the batch, what each example on the negative side contributes to the slope of a unit"""
    args, dout = problem(rng, 5, 3)
    _, expected = vjp(oracle.leaky, *args, dout=dout)
    _, dalpha = gradients_of(student, "prelu", args, dout)
    expect_close(dalpha, expected, "dalpha")


@points(0.5, after="test_dx")
def test_kink(student, rng):
    """at exactly 0 the slope is alpha, and such an entry does not move alpha"""
    (x, alpha), dout = problem(rng, 4, 3)
    x[1] = 0.0
    expected, expected_slopes = (vjp(oracle.leaky, x, alpha, dout=dout)[i] for i in (0, 1))
    dx, dalpha = gradients_of(student, "prelu", (x, alpha), dout)
    expect_close(dx, expected, "dx")
    expect_close(dalpha, expected_slopes, "dalpha")


@points(0.5, after="test_dalpha")
def test_unit_that_is_always_on(student, rng):
    """a unit that is on for every example has dalpha 0, also when its slope is 0"""
    (x, alpha), dout = problem(rng, 4, 3)
    x[:, 1], alpha[1] = abs(x[:, 1]), 0.0
    _, expected = vjp(oracle.leaky, x, alpha, dout=dout)
    _, dalpha = gradients_of(student, "prelu", (x, alpha), dout)
    expect_close(dalpha, expected, "dalpha")


@points(0.5, after="test_dx")
def test_nothing_given_is_edited(student, rng):
    """neither pass edits x, alpha or dout"""
    (x, alpha), dout = problem(rng, 4, 3)
    with unchanged(x=x, alpha=alpha, dout=dout):
        student.prelu_forward(x, alpha)
        _, cache = student.forward_for_backward("prelu_forward", x, alpha)
        student.prelu_backward(dout, cache)


test_float32 = contract.keeps_dtype("prelu_forward", forward_only, points=0.5, after="test_out")
test_float32_back = contract.keeps_dtype_back("prelu", several, points=0.5, after="test_dx")
test_cache = contract.cache_serves("prelu", several, points=0.5, after="test_out")
test_second_backward = contract.same_twice("prelu", several, points=0.5, after="test_dx")
test_passes_apart = contract.passes_apart("prelu", several, points=0.5, after="test_dx")
test_special_numbers = contract.agrees(
    "prelu_forward",
    special,
    sentence="one unit, one example, as many of both, and slopes of 0 and 1 are like any other",
    points=0.5,
    after="test_out",
    squeeze=True,
)
test_special_gradients = contract.agrees_back(
    "prelu",
    special_back,
    sentence="the gradients are right with one unit, one example, as many of both, and slopes of 0 and 1",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


ZERO = "alpha times 0 is 0, too"
HARMLESS = equivalent("prelu_forward", {"x > 0 -> x >= 0": ZERO})


@variant("prelu_forward", equivalent={"x > 0 -> x >= 0": ZERO})
def plain_forward(x, alpha):
    alpha = np.asarray(alpha, x.dtype)
    out = np.where(x > 0, x, alpha * x)
    return out, (x, alpha)


@variant("prelu_backward")
def plain_backward(dout, cache):
    x, alpha = (np.asarray(part, dout.dtype) for part in cache)
    off = x <= 0
    dx = np.where(off, alpha * dout, dout)
    dalpha = np.where(off, x * dout, 0).sum(axis=0)
    return dx, dalpha


@variant("prelu_forward")
def halves_added(x, alpha):
    return (np.maximum(x, 0) + alpha * np.minimum(x, 0)).astype(x.dtype), (x, alpha)


@variant("prelu_backward")
def one_unit_after_another(dout, cache):
    x, alpha = cache
    dx, dalpha = np.zeros_like(dout), np.zeros_like(dout[0])
    for j in range(dout.shape[1]):
        off = x[:, j] <= 0
        dx[:, j] = dout[:, j]
        dx[off, j] = alpha[j] * dout[off, j]
        dalpha[j] = dout[off, j] @ x[off, j]
    return dx, dalpha


@variant("prelu_forward", "prelu_backward")
class KeepsTheSlopes:
    """The cache holds the slope of every entry, and the negative part of x."""

    @staticmethod
    def prelu_forward(x, alpha):
        below = np.minimum(x, 0)
        slopes = np.where(x > 0, np.ones_like(alpha), alpha).astype(x.dtype)
        return slopes * x, (slopes, below)

    @staticmethod
    def prelu_backward(dout, cache):
        slopes, below = (np.asarray(part, dout.dtype) for part in cache)
        return slopes * dout, np.einsum("nd,nd->d", dout, below)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_FORWARD = slips(plain_forward, {
    "larger_of_the_two": ("np.where(x > 0, x, alpha * x) -> np.maximum(alpha * x, x)",
        "You seem to take the larger of alpha x and x. What if a slope has grown beyond 1?"),
    "one_slope_for_all": ("alpha = np.asarray(alpha, x.dtype) -> alpha = np.asarray(alpha, x.dtype).mean()",
        "One slope seems to serve all units. How many are there?"),
    "first_slope_for_all": ("alpha = np.asarray(alpha, x.dtype) -> alpha = np.asarray(alpha, x.dtype)[0]",
        "Only the first slope seems to be used. How many are there?"),
    "slope_on_the_positive_side": ("np.where(x > 0, x, alpha * x) -> np.where(x > 0, alpha * x, x)",
        "The slope seems to act on the positive side."),
    "slope_on_both_sides": ("np.where(x > 0, x, alpha * x) -> alpha * x",
        "The slope seems to act on both sides. What passes as it is?"),
    "negative_slopes_cut_off": ("alpha * x) -> np.maximum(alpha, 0) * x)",
        "A negative slope seems to count as 0. May a parameter not become negative?"),
    "slopes_kept_below_one": ("alpha * x) -> np.minimum(alpha, 1) * x)",
        "A slope above 1 seems to count as 1. May a parameter not become large?"),
    "slopes_taken_as_sizes": ("alpha * x) -> np.abs(alpha) * x)",
        "A negative slope seems to lose its sign."),
    "no_slope": ("np.where(x > 0, x, alpha * x) -> np.maximum(x, 0)",
        "Your out is that of a plain ReLU. What is alpha for?"),
    "x_edited": ("out = np.where(x > 0, x, alpha * x) -> x *= np.where(x > 0, 1, alpha); out = x",
        "You seem to multiply inside the caller's x. Will they still find their data afterwards?"),
})

WRONG_BACKWARD = slips(plain_backward, {
    "dalpha_not_summed": (".sum(axis=0) -> ",
        "There seems to be one dalpha for each example. How many slopes are there?"),
    "dalpha_averaged": (".sum(axis=0) -> .mean(axis=0)",
        "dalpha seems to be averaged over the batch. Where is the 1/N of the loss already?"),
    "dalpha_summed_over_everything": (".sum(axis=0) -> .sum()",
        "dalpha seems to be one number for all units. How many slopes are there?"),
    "dalpha_summed_over_units": (".sum(axis=0) -> .sum(axis=1)",
        "dalpha seems to be summed over the units. Who shares a slope?"),
    "dalpha_with_the_slope": ("x * dout, 0) -> alpha * x * dout, 0)",
        "Your dalpha holds a factor alpha. What is the derivative of alpha x with respect to alpha?"),
    "dalpha_through_out": ("x * dout, 0).sum(axis=0) -> alpha * x * dout, 0).sum(axis=0) / alpha",
        "You seem to divide by alpha. May a slope not be 0?"),
    "dalpha_of_both_sides": ("np.where(off, x * dout, 0) -> (x * dout)",
        "Examples on the positive side seem to move alpha. Did they meet it?"),
    "dalpha_of_the_positive_side": ("np.where(off, x * dout, 0) -> np.where(off, 0, x * dout)",
        "dalpha seems to come from the positive side. Which examples met alpha?"),
    "dalpha_without_x": ("np.where(off, x * dout, 0) -> np.where(off, dout, 0)",
        "x seems to be missing in dalpha. Is alpha added, or does it multiply something?"),
    "dalpha_without_dout": ("np.where(off, x * dout, 0) -> np.where(off, x, 0)",
        "dout seems to be missing in dalpha. How much does the loss care about each output?"),
    "dalpha_by_the_size_of_x": ("np.where(off, x * dout, 0) -> np.where(off, -x * dout, 0)",
        "dalpha seems to have the wrong sign. Which sign has x where alpha acts?"),
    "slope_forgotten_in_dx": ("dx = np.where(off, alpha * dout, dout) -> dx = np.where(off, 0, dout)",
        "Your dx is that of a plain ReLU. What does the slope let back?"),
    "dx_with_x": ("np.where(off, alpha * dout, dout) -> np.where(off, alpha * x * dout, dout)",
        "Your dx seems to be multiplied by x on the negative side. What is the slope of a straight line?"),
    "gate_of_dout": ("off = x <= 0 -> off = dout <= 0",
        "Your branches seem to be chosen by the sign of dout. Which array went through the bend?"),
    "slope_one_at_zero": ("off = x <= 0 -> off = x < 0",
        "At exactly 0 your slope seems to be 1. To which side does 0 belong here?"),
    "gradients_exchanged": ("return dx, dalpha -> return dalpha, dx",
        "dx and dalpha seem to have changed places."),
    "dout_edited": ("return dx, dalpha -> dout *= np.where(off, alpha, 1); return dout, dalpha",
        "You seem to multiply inside the caller's dout. Another branch may be about to read it."),
})
