"""Batch renormalization, forward and backward: checks; what proves them is in a file of its own."""

from __future__ import annotations

import numpy as np

from autograder.suite import (
    contract,
    expect_close,
    expect_raises,
    gradients_of,
    points,
    unchanged,
    vjp,
)
from autograder.suite.inputs import affine, alternating, batch
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.programs_batch_renorm import *  # noqa: F403 - collected with the checks


def problem(rng, n, d, rmax=1.5, dmax=0.8, eps=1e-5, spread=1.0):
    """Return x, gamma, beta and param with corrections below, within and above their limits, feature by feature.

    Nine features have every pair of r (too small, free, too large) and d (too small, free, too large).
    """
    x = batch(rng, n, d, spread)
    feature = np.arange(d)
    sigma = (oracle.variance(x) + eps) ** 0.5
    r = np.array([0.2, 1.2, 4.0])[feature % 3] * rng.uniform(0.9, 1.1, d)
    shift = np.array([2.0, 0.5, -2.0])[feature // 3 % 3] * rng.uniform(0.9, 1.1, d) * alternating(d)
    param = {"rmax": rmax, "dmax": dmax, "eps": eps, "alpha": 0.1, "running_std": sigma / r}
    return x, *affine(rng, d), {**param, "running_mean": oracle.mean(x) - shift * sigma / r}


def some_forward(rng):
    """Yield the arguments of a forward pass."""
    yield problem(rng, 5, 9)


def some(rng):
    """Yield a forward pass and an upstream gradient."""
    yield problem(rng, 4, 9), rng.normal(size=(4, 9)) + 0.5


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from ((problem(rng, n, 3), rng.normal(size=(n, 3))) for n in (4, 4, 5))


def special(rng):
    """Yield calls with a scale of 0, one feature, limits of 1 and 0, and a mean of 1e8."""
    x, gamma, beta, param = problem(rng, 5, 3)
    yield x, gamma * [1, 0, 1], beta, param
    yield problem(rng, 5, 1)
    yield problem(rng, 5, 3, rmax=1.0, dmax=0.0)
    yield x + 1e8, gamma, beta, {**param, "running_mean": param["running_mean"] + 1e8}


def special_back(rng):
    """Yield problems with a gamma of 0, one feature, one example, and a constant feature."""
    for position, value in ((1, 0.0), (0, 3.0)):
        forward = problem(rng, 6, 3)
        forward[position][..., 1] = value
        yield forward, rng.normal(size=(6, 3))
    yield from ((problem(rng, n, d), rng.normal(size=(n, d))) for n, d in ((4, 1), (1, 3)))


@points(2, visible=True)
def test_free_correction(student, rng):
    """when r and d may be as large as they like, out is x normalized by the running statistics"""
    x, gamma, beta, param = problem(rng, 6, 4, rmax=1e6, dmax=1e6)
    expected = gamma * ((x - param["running_mean"]) / param["running_std"]) + beta
    del param["alpha"]
    out, _ = student.batch_renorm_forward(x, gamma, beta, param)
    expect_close(out, expected)


@points(1.5, visible=True)
def test_no_correction(student, rng):
    """rmax = 1 and dmax = 0 leave no correction: out is that of batch normalization"""
    x, gamma, beta, param = problem(rng, 6, 4, rmax=1.0, dmax=0.0, eps=0.0)
    expected = oracle.batchnorm(x, gamma, beta, 0.0)
    out, _ = student.batch_renorm_forward(x, gamma, beta, param)
    expect_close(out, expected)


@points(2, visible=True)
def test_dx(student, rng):
    """dx follows every way in which an example changes the loss, with r and d held constant"""
    forward, dout = problem(rng, 6, 5), rng.normal(size=(6, 5)) + 0.5
    dx, _, _ = gradients_of(student, "batch_renorm", forward, dout)
    expect_close(dx, gradients(forward, dout)[0], "dx")


@points(2, visible=True, after="test_free_correction")
def test_clipping(student, rng):
    """r stays between 1/rmax and rmax, d between -dmax and dmax, each feature for itself"""
    x, gamma, beta, param = problem(rng, 5, 9, spread=1e3, eps=1e-8)
    _, r, d = oracle.renorm_corrections(x, param)
    expected = oracle.batch_renorm(x, gamma, beta, r, d, 1e-8)
    out, _ = student.batch_renorm_forward(x, gamma, beta, param)
    expect_close(out, expected)


@points(0.5, after="test_clipping")
def test_eps(student, rng):
    """sigma_B is the root of the batch variance plus the eps in param, 1e-5 when there is none"""
    x, gamma, beta, param = problem(rng, 4, 9, eps=0.4)
    for eps in (0.4, 1e-5):
        _, r, d = oracle.renorm_corrections(x, param)
        expected = oracle.batch_renorm(x, gamma, beta, r, d, eps)
        out, _ = student.batch_renorm_forward(x, gamma, beta, dict(param))
        expect_close(out, expected)
        param.pop("eps", None)


@points(0.5, after="test_clipping")
def test_single_example(student, rng):
    """a batch of one example gives gamma * d + beta"""
    x, gamma, beta, param = problem(rng, 1, 3)
    _, _, d = oracle.renorm_corrections(x, param)
    out, _ = student.batch_renorm_forward(x, gamma, beta, param)
    expect_close(out, (gamma * d + beta)[None])


@points(1.5, visible=True)
def test_running_statistics(student, rng):
    """the running mean and standard deviation move the fraction alpha of the way to those of the batch"""
    x, gamma, beta, param = problem(rng, 5, 3, eps=0.2)
    mean, std = param["running_mean"], param["running_std"]
    for rows, alpha in ((x, 0.3), (1.5 * x, 0.1), (x[:1], 0.0)):
        param["alpha"] = alpha
        sigma, _, _ = oracle.renorm_corrections(rows, param)
        mean, std = oracle.moved(mean, oracle.mean(rows), alpha), oracle.moved(std, sigma, alpha)
        student.batch_renorm_forward(rows, gamma, beta, param)
    expect_close(param["running_mean"], mean, "param['running_mean']")
    expect_close(param["running_std"], std, "param['running_std']")


@points(0.5, after="test_running_statistics")
def test_default_alpha(student, rng):
    """alpha is 0.1 when param has none"""
    x, gamma, beta, param = problem(rng, 5, 3)
    expected = oracle.moved(param["running_mean"], oracle.mean(x), param.pop("alpha"))
    student.batch_renorm_forward(x, gamma, beta, param)
    expect_close(param["running_mean"], expected, "param['running_mean']")


@points(1, visible=True)
def test_dgamma(student, rng):
    """dgamma gathers, over the batch, what each example contributes to the gradient of the scale"""
    forward, dout = problem(rng, 4, 3), rng.normal(size=(4, 3)) + 0.5
    _, dgamma, _ = gradients_of(student, "batch_renorm", forward, dout)
    expect_close(dgamma, gradients(forward, dout)[1], "dgamma")


@points(0.5, visible=True)
def test_dbeta(student, rng):
    """dbeta gathers, over the batch, what each example contributes to the gradient of the shift"""
    forward, dout = problem(rng, 4, 3), rng.normal(size=(4, 3)) + 0.5
    _, _, dbeta = gradients_of(student, "batch_renorm", forward, dout)
    expect_close(dbeta, gradients(forward, dout)[2], "dbeta")


@points(0.5, after="test_dx")
def test_dx_of_other_shapes(student, rng):
    """dx is right for a square batch with any eps, and 0 for one example"""
    problems = [(problem(rng, 4, 4, eps=0.7), rng.normal(size=(4, 4))), (problem(rng, 1, 3), rng.normal(size=(1, 3)))]
    for forward, dout in problems:
        dx, _, _ = gradients_of(student, "batch_renorm", forward, dout)
        expect_close(dx, gradients(forward, dout)[0], "dx")


@points(0.5, visible=True, after="test_free_correction")
def test_impossible_limits(student, rng):
    """rmax below 1, or dmax below 0, raises ValueError"""
    x, gamma, beta, param = problem(rng, 4, 3)
    for wrong in ({"rmax": 0.5}, {"dmax": -0.1}):
        expect_raises("ValueError", student.batch_renorm_forward, x, gamma, beta, {**param, **wrong})


@points(0.5, after="test_clipping")
def test_nothing_given_is_edited(student, rng):
    """x, gamma, beta, the running arrays and dout stay as they are; param gets new arrays"""
    (x, gamma, beta, param), dout = problem(rng, 4, 3), rng.normal(size=(4, 3))
    arrays = {key: param[key] for key in ("running_mean", "running_std")}
    with unchanged(x=x, gamma=gamma, beta=beta, dout=dout, **arrays):
        _, cache = student.forward_for_backward("batch_renorm_forward", x, gamma, beta, param)
        student.batch_renorm_forward(x, gamma, beta, param)
        student.batch_renorm_backward(dout, cache)


test_float32 = contract.keeps_dtype("batch_renorm_forward", some_forward, points=0.25, after="test_clipping")
test_float32_back = contract.keeps_dtype_back("batch_renorm", some, points=0.25, after="test_dx")
test_cache = contract.cache_serves("batch_renorm", some, points=0.5, after="test_clipping")
test_cache_is_kept = contract.same_twice("batch_renorm", some, points=0.5, after="test_dx")
test_passes_apart = contract.passes_apart("batch_renorm", several, points=0.25, after="test_dx")
test_zero_alpha = contract.given_zero(
    "batch_renorm_forward", some_forward, "alpha", points=0.25, after="test_running_statistics"
)
test_zero_eps = contract.given_zero("batch_renorm_forward", some_forward, "eps", points=0.25, after="test_clipping")
test_special_numbers = contract.agrees(
    "batch_renorm_forward",
    special,
    sentence="a gamma of 0, one feature, the narrowest limits, and a huge mean are like any other",
    points=0.5,
    after="test_clipping",
    tolerance=1e-5,
    squeeze=True,
)
test_special_gradients = contract.agrees_back(
    "batch_renorm",
    special_back,
    sentence="the gradients are right for a gamma of 0, with one feature, for one example, and for a constant feature",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


def gradients(forward, dout):
    """Return the gradients for x, gamma and beta of the definition, by automatic differentiation."""
    x, gamma, beta, param = forward
    _, r, d = oracle.renorm_corrections(x, param)
    eps = param["eps"]
    return vjp(lambda *arrays: oracle.batch_renorm(*arrays, r, d, eps), x, gamma, beta, dout=dout)
