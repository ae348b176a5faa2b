"""Mean-only batch normalization: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, gradients_of, misconception, points, slips, unchanged, variant, vjp
from autograder.suite.inputs import affine, batch
from autograder.suites.a4_batch_norm import oracle


def problem(rng, n, d):
    """Return the arguments of a forward pass, and an upstream gradient."""
    return (batch(rng, n, d), affine(rng, d)[1]), rng.normal(size=(n, d)) + 0.5


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, n, 3) for n in (4, 4, 5))


def forward_only(rng):
    """Yield the arguments of forward passes."""
    yield from (forward for forward, _ in several(rng))


def special(rng):
    """Yield calls with one feature, equal sizes, a shift of 0, and a mean of 1e8."""
    yield from (problem(rng, n, d)[0] for n, d in ((4, 1), (3, 3)))
    yield batch(rng, 4, 3), np.zeros(3)
    yield batch(rng, 4, 3) + 1e8, affine(rng, 3)[1]


def special_back(rng):
    """Yield problems with one feature, one example, and equal sizes."""
    yield from (problem(rng, n, d) for n, d in ((4, 1), (1, 3), (3, 3)))


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
    dx, _ = gradients_of(student, "mean_only_bn", forward, dout)
    expect_close(dx, expected, "dx")


@points(1, visible=True)
def test_dbeta(student, rng):
    """dbeta gathers, over the batch, what each example contributes to the gradient of the shift"""
    forward, dout = problem(rng, 5, 3)
    _, expected = vjp(oracle.mean_only, *forward, dout=dout)
    _, dbeta = gradients_of(student, "mean_only_bn", forward, dout)
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
    expect_close(gradients_of(student, "mean_only_bn", forward, dout)[0], expected, "dx")
    expect_close(gradients_of(student, "mean_only_bn", *problem(rng, 1, 4))[0], np.zeros((1, 4)), "dx for one example")


@points(0.5, after="test_out")
def test_nothing_given_is_edited(student, rng):
    """x, beta and dout stay as they are"""
    (x, beta), dout = problem(rng, 4, 3)
    with unchanged(x=x, beta=beta, dout=dout):
        student.mean_only_bn_forward(x, beta)
        _, cache = student.forward_for_backward("mean_only_bn_forward", x, beta)
        student.mean_only_bn_backward(dout, cache)


test_float32 = contract.keeps_dtype("mean_only_bn_forward", forward_only, points=0.25, after="test_out")
test_float32_back = contract.keeps_dtype_back("mean_only_bn", several, points=0.25, after="test_dx", mixed=False)
test_cache = contract.cache_serves("mean_only_bn", several, points=0.5, after="test_out", proof=False)
test_passes_apart = contract.passes_apart("mean_only_bn", several, points=0.5, after="test_dx")
test_special_numbers = contract.agrees(
    "mean_only_bn_forward",
    special,
    sentence="one feature, equal sizes, a beta of 0, and a huge mean are like any other",
    points=0.5,
    after="test_out",
    tolerance=1e-6,
    squeeze=True,
)
test_special_gradients = contract.agrees_back(
    "mean_only_bn",
    special_back,
    sentence="the gradients are right with one feature, with one example, and with as many of both",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("mean_only_bn_forward")
def plain_forward(x, beta):
    mean, beta = x.mean(axis=0), np.asarray(beta, x.dtype)
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


@variant(
    "mean_only_bn_forward",
    "mean_only_bn_backward",
    equivalent={"centring -> centring.astype(float)": "the backward pass casts what it reads"},
)
class ByTheCentringMatrix:
    """Centring as a symmetric matrix, kept in the cache."""

    @staticmethod
    def mean_only_bn_forward(x, beta):
        n = x.shape[0]
        centring = np.eye(n, dtype=x.dtype) - 1 / n
        return centring @ x + np.asarray(beta, x.dtype), centring

    @staticmethod
    def mean_only_bn_backward(dout, cache):
        return np.asarray(cache, dout.dtype) @ dout, np.einsum("nd->d", dout)


@misconception(
    "mean_only_bn_forward", "mean_only_bn_backward", hint="Your cache seems to lack what you read from it.", same_as=""
)
class CacheLeftEmpty:
    """The forward pass keeps nothing, and the backward pass counts on it."""

    @staticmethod
    def mean_only_bn_forward(x, beta):
        return np.asarray(x - x.mean(axis=0) + beta, x.dtype), None

    @staticmethod
    def mean_only_bn_backward(dout, cache):
        n, _ = cache
        dbeta = dout.sum(axis=0)
        return dout - dbeta / n, dbeta


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
