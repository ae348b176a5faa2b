"""Mean-only batch normalization: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import expect_close, expect_dtype, expect_unchanged, points, slips, variant, vjp
from autograder.suite.inputs import affine, batch
from autograder.suites.a4_batch_norm import oracle


@points(2, visible=True)
def test_out(student, rng):
    """each feature loses its batch mean and gains beta; its spread stays"""
    x, (_, beta) = batch(rng, 5, 3), affine(rng, 3)
    expected = oracle.mean_only(x, beta)
    out, _ = student.mean_only_bn_forward(x, beta)
    expect_close(out, expected)


@points(2, visible=True)
def test_dx(student, rng):
    """dx follows both ways in which an example changes the loss: directly, and through the mean"""
    forward, dout = problem(rng, 5, 3)
    expected, _ = vjp(oracle.mean_only, *forward, dout=dout)
    dx, _ = backward(student, forward, dout)
    expect_close(dx, expected, "dx")


@points(1, visible=True)
def test_dbeta(student, rng):
    """dbeta gathers, over the batch, what each example contributes to the gradient of the shift"""
    forward, dout = problem(rng, 5, 3)
    _, expected = vjp(oracle.mean_only, *forward, dout=dout)
    _, dbeta = backward(student, forward, dout)
    expect_close(dbeta, expected, "dbeta")


@points(0.5, after="test_out")
def test_single_example(student, rng):
    """a batch of one example gives beta"""
    x, (_, beta) = batch(rng, 1, 4), affine(rng, 4)
    out, _ = student.mean_only_bn_forward(x, beta)
    expect_close(out, beta[None])


@points(0.5, after="test_dx")
def test_dx_of_other_shapes(student, rng):
    """dx is right for a square batch, and 0 for a single example"""
    forward, dout = problem(rng, 4, 4)
    expected, _ = vjp(oracle.mean_only, *forward, dout=dout)
    expect_close(backward(student, forward, dout)[0], expected, "dx")
    expect_close(backward(student, *problem(rng, 1, 4))[0], np.zeros((1, 4)), "dx for one example")


@points(0.5)
def test_nothing_given_is_edited(student, rng):
    """x, beta and dout stay as they are"""
    (x, beta), dout = problem(rng, 4, 3)
    before = x.copy(), beta.copy(), dout.copy()
    student.mean_only_bn_forward(x, beta)
    _, cache = student.forward_for_backward("mean_only_bn_forward", x, beta)
    student.mean_only_bn_backward(dout, cache)
    for now, then, name in zip((x, beta, dout), before, ("x", "beta", "dout"), strict=True):
        expect_unchanged(now, then, name)


@points(0.5)
def test_float32(student, rng):
    """float32 comes in, float32 goes out, forward and backward"""
    (x, beta), dout = problem(rng, 4, 3)
    x, beta, dout = (array.astype(np.float32) for array in (x, beta, dout))
    expect_dtype(student.mean_only_bn_forward(x, beta)[0], np.float32, "out")
    for got, name in zip(backward(student, (x, beta), dout), ("dx", "dbeta"), strict=True):
        expect_dtype(got, np.float32, name)


def problem(rng, n, d):
    """Return the arguments of a forward pass, and an upstream gradient."""
    return (batch(rng, n, d), affine(rng, d)[1]), rng.normal(size=(n, d)) + 0.5


def backward(student, forward, dout):
    """Return the student's gradients after the forward pass with the arguments `forward`."""
    _, cache = student.forward_for_backward("mean_only_bn_forward", *forward)
    return student.mean_only_bn_backward(dout.copy(), cache)


# ---------------------------------------------------------------- right, written differently


@variant("mean_only_bn_forward")
def plain_forward(x, beta):
    mean = x.mean(axis=0)
    out = x - mean + beta
    return out, x.shape


@variant(
    "mean_only_bn_forward",
    equivalent={
        "np.add.reduce(x, axis=0, keepdims=True) -> np.add.reduce(x, keepdims=True)": "axis 0 is the default",
        "np.add.reduce(x, axis=0, keepdims=True) -> np.add.reduce(x, axis=0)": "broadcasting adds the axis anyway",
    },
)
def shifted_copy(x, beta):
    out = x.copy()
    out += beta - np.add.reduce(x, axis=0, keepdims=True) / len(x)
    return out, x.shape


@variant("mean_only_bn_backward")
def plain_backward(dout, cache):
    n = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dx = dout - dbeta / n
    return dx, dbeta


@variant("mean_only_bn_forward", "mean_only_bn_backward")
class ByTheCentringMatrix:
    """Centring as a symmetric matrix, kept in the cache."""

    @staticmethod
    def mean_only_bn_forward(x, beta):
        n = x.shape[0]
        centring = np.eye(n, dtype=x.dtype) - 1 / n
        return centring @ x + beta, centring

    @staticmethod
    def mean_only_bn_backward(dout, cache):
        return cache @ dout, np.einsum("nd->d", dout)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_PLAIN_BACKWARD = slips(plain_backward, {
    "mean_held_constant": (" - dbeta / n -> ",
        "Your dx lets dout pass as if the mean were a constant. Which examples is the mean made of?"),
    "sum_instead_of_mean": ("dbeta / n -> dbeta",
        "The detour through the mean looks N times too strong. How much does one example move the mean?"),
    "mean_path_added": ("dout - dbeta / n -> dout + dbeta / n",
        "The part of dx that comes through the mean seems to have the wrong sign."),
    "mean_over_features": ("dbeta / n -> dout.mean(axis=1, keepdims=True)",
        "The mean in your dx seems to run over the features. Over what did the forward pass average?"),
    "mean_over_everything": ("dbeta / n -> dout.mean()",
        "The mean in your dx seems to run over all entries at once. Do two features share a mean?"),
    "mean_path_one_off": ("dbeta / n -> dbeta / max(n - 1, 1)",
        "The detour through the mean seems to use N - 1. What did the forward pass divide its sum by?"),
    "divided_by_the_number_of_features": ("dbeta / n -> dbeta / dout.shape[1]",
        "You seem to divide a sum over the batch by the number of features. Which axis of dout counts the examples?"),
    "single_example_passed_through": ("dx = dout - dbeta / n -> dx = dout - dbeta / n if n > 1 else dout",
        "A batch of one example seems to be a special case for you. What does its output depend on?"),
    "dbeta_averaged": ("return dx, dbeta -> return dx, dbeta / n",
        "dbeta seems to be averaged over the batch. All examples share one beta: how do their wishes add up?"),
    "dbeta_after_centring": ("return dx, dbeta -> return dx, dx.sum(axis=0)",
        "Your dbeta looks like the sum of dx. Does beta come before the mean is removed, or after?"),
    "dbeta_not_summed": ("return dx, dbeta -> return dx, dout",
        "There seems to be one dbeta for each example. How many betas are there?"),
    "dout_edited": ("dx = dout - -> dx = dout; dx -=",
        "You seem to subtract inside the caller's dout. Another layer may still need it."),
    "backward_promoted": ("n = -> dout = dout.astype(float); n =",
        "Your gradients are float64 whatever comes in. Which line changes the dtype?"),
})

WRONG_PLAIN_FORWARD = slips(plain_forward, {
    "divided_by_the_spread": ("x - mean + beta -> (x - mean) / np.sqrt(x.var(axis=0) + 1e-5) + beta",
        "You seem to divide by the spread as well. What does the name of this layer promise?"),
    "row_mean_removed": ("x.mean(axis=0) -> x.mean(axis=1, keepdims=True)",
        "Each example seems to lose the mean over its own features. Whose mean should one feature be compared with?"),
    "one_mean_for_all_features": ("x.mean(axis=0) -> x.mean()",
        "One mean seems to serve all features at once. How many numbers should a mean over the batch have?"),
    "mean_left_in": ("x - mean + beta -> x + beta",
        "The mean seems to be still there."),
    "beta_forgotten": ("x - mean + beta -> x - mean",
        "beta seems to be missing."),
    "beta_subtracted": ("x - mean + beta -> x - mean - beta",
        "beta seems to enter with the wrong sign."),
    "median_removed": ("x.mean(axis=0) -> np.median(x, axis=0)",
        "Your features seem to lose their median, not their mean."),
    "x_edited": ("out = x - mean + beta -> out = x; out -= mean; out += beta",
        "You seem to work inside the caller's x. Will they still find their data afterwards?"),
    "forward_promoted": ("x.mean(axis=0) -> x.astype(float).mean(axis=0)",
        "Your out is float64 whatever comes in. Which line changes the dtype of x?"),
    "single_example_kept": ("x.mean(axis=0) -> x.mean(axis=0) if len(x) > 1 else 0 * x[0]",
        "A batch of one example seems to be a special case for you. What is the mean of one example?"),
})
