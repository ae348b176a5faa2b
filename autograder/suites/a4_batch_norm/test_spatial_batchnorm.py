"""Batch normalization of images, forward and backward: checks; what proves them is in a file of its own."""

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
from autograder.suite.inputs import affine, batch
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.inputs import bn_param
from autograder.suites.a4_batch_norm.programs_spatial_batchnorm import *  # noqa: F403 - collected with the checks


def images(rng, n, c, height, width, spread=1.0):
    """Return n images whose channels have means and spreads of their own."""
    return np.moveaxis(batch(rng, n * height * width, c, spread).reshape(n, height, width, c), 3, 1).copy()


def problem(rng, n, c, height, width, eps=1e-5):
    """Return the arguments of a forward pass, and an upstream gradient."""
    gamma, beta = affine(rng, c)
    x = images(rng, n, c, height, width)
    return (x, gamma, beta, bn_param(rng, c, eps=eps)), rng.normal(size=x.shape) + 0.5


def both_modes(rng):
    """Yield the arguments of calls in either mode."""
    for mode in ("train", "test"):
        yield images(rng, 2, 3, 2, 2), *affine(rng, 3), bn_param(rng, 3, mode)


def special(rng):
    """Yield calls with a scale of 0, one channel, no running statistics, and a mean of 1e8."""
    x, (gamma, beta) = images(rng, 2, 3, 3, 2), affine(rng, 3)
    yield x, gamma * [1, 0, 1], beta, bn_param(rng, 3)
    for mode in ("train", "test"):
        yield x[:, :1], gamma[:1], beta[:1], bn_param(rng, 1, mode)
    yield 0.01 * x, gamma, beta, {"mode": "test"}
    yield x + 1e8, gamma, beta, bn_param(rng, 3)


def some(rng):
    """Yield an ordinary problem."""
    yield problem(rng, 2, 3, 2, 2)


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, n, 3, 2, 2) for n in (2, 2, 3))


def special_back(rng):
    """Yield problems with a gamma of 0, one channel, a single pixel, and a constant channel."""
    forward, dout = problem(rng, 2, 3, 2, 3)
    forward[1][1] = 0.0
    yield forward, dout
    yield from (problem(rng, 2, 1, 3, 2), problem(rng, 1, 2, 1, 1))
    forward, dout = problem(rng, 2, 3, 2, 3)
    forward[0][:, 1] = 3.0
    yield forward, dout


@points(3, visible=True)
def test_training_output(student, rng):
    """training mode: all pixels of a channel, over the whole batch, share one mean and one spread"""
    x, (gamma, beta) = images(rng, 3, 3, 4, 5, spread=1e3), affine(rng, 3)
    expected = oracle.spatial_batchnorm(x, gamma, beta, 1e-8)
    out, _ = student.spatial_batchnorm_forward(x, gamma, beta, bn_param(rng, 3, spread=1e3, eps=1e-8))
    expect_close(out, expected)


@points(3, visible=True)
def test_dx(student, rng):
    """dx follows every way in which a pixel changes the loss: directly, and through the statistics of its channel"""
    forward, dout = problem(rng, 3, 3, 4, 5)
    dx, _, _ = gradients_of(student, "spatial_batchnorm", forward, dout)
    expect_close(dx, gradients(forward, dout)[0], "dx")


@points(1.5, visible=True)
def test_dgamma_and_dbeta(student, rng):
    """dgamma and dbeta gather what every pixel of their channel contributes"""
    forward, dout = problem(rng, 2, 3, 3, 2)
    _, dgamma, dbeta = gradients_of(student, "spatial_batchnorm", forward, dout)
    expect_close(dgamma, gradients(forward, dout)[1], "dgamma")
    expect_close(dbeta, gradients(forward, dout)[2], "dbeta")


@points(1.5, after="test_training_output")
def test_output_of_other_shapes(student, rng):
    """training mode: out is right for equal sizes, for one image, for images of one pixel, and with any eps"""
    gamma, beta = affine(rng, 3)
    for x in (images(rng, 3, 3, 3, 3), images(rng, 1, 3, 2, 4)):
        expected = oracle.spatial_batchnorm(x, gamma, beta, 0.6)
        out, _ = student.spatial_batchnorm_forward(x, gamma, beta, bn_param(rng, 3, eps=0.6))
        expect_close(out, expected)
    pixels = batch(rng, 5, 3)
    expected = oracle.batchnorm(pixels, gamma, beta, 0.6)[:, :, None, None]
    out, _ = student.spatial_batchnorm_forward(pixels[:, :, None, None], gamma, beta, bn_param(rng, 3, eps=0.6))
    expect_close(out, expected, "out for images of one pixel")


@points(1.5, visible=True)
def test_running_statistics(student, rng):
    """training mode: each channel has one running mean and variance, which move as in `batchnorm_forward`"""
    (gamma, beta), param = affine(rng, 2), bn_param(rng, 2, eps=0.1)
    mean, var = param["running_mean"], param["running_var"]
    for n, alpha in ((3, 0.3), (1, 0.1), (2, 0.0)):
        x = images(rng, n, 2, 2, 4)
        pixels = np.concatenate(oracle.channels(x), axis=1)
        mean, var = oracle.moved(mean, oracle.mean(pixels), alpha), oracle.moved(var, oracle.variance(pixels), alpha)
        param["alpha"] = alpha
        student.spatial_batchnorm_forward(x, gamma, beta, param)
    expect_close(param["running_mean"], mean, "bn_param['running_mean']")
    expect_close(param["running_var"], var, "bn_param['running_var']")


@points(1, visible=True)
def test_testing_output(student, rng):
    """test mode: the running statistics of each channel normalize it, and stay as they are"""
    x, (gamma, beta), param = images(rng, 2, 3, 4, 2), affine(rng, 3), bn_param(rng, 3, "test")
    mean, var = param["running_mean"].copy(), param["running_var"].copy()
    for eps in (0.3, 0.0):
        param["eps"] = eps
        expected = np.moveaxis(oracle.affine_by(np.moveaxis(x, 1, 3), gamma, beta, mean, var, eps), 3, 1)
        out, _ = student.spatial_batchnorm_forward(x, gamma, beta, param)
        expect_close(out, expected)
    expect_close(param["running_mean"], mean, "bn_param['running_mean']")
    expect_close(param["running_var"], var, "bn_param['running_var']")


@points(0.5, after="test_running_statistics")
def test_defaults(student, rng):
    """training mode: what bn_param leaves out is taken as eps 1e-5, alpha 0.1, running mean 0 and running variance 1"""
    x, (gamma, beta), param = images(rng, 2, 3, 2, 2, spread=0.01), affine(rng, 3), {"mode": "train"}
    pixels, expected = np.concatenate(oracle.channels(x), axis=1), oracle.spatial_batchnorm(x, gamma, beta, 1e-5)
    out, _ = student.spatial_batchnorm_forward(x, gamma, beta, param)
    expect_close(param["running_mean"], 0.1 * oracle.mean(pixels), "bn_param['running_mean']")
    expect_close(param["running_var"], 0.9 + 0.1 * oracle.variance(pixels), "bn_param['running_var']")
    expect_close(out, expected)


@points(0.5, after="test_training_output")
def test_large_offset(student, rng):
    """training mode: a channel whose mean is huge beside its spread is normalized as well as any other"""
    x, (gamma, beta) = images(rng, 3, 2, 3, 2) + 1e8, affine(rng, 2)
    expected = oracle.spatial_batchnorm(x, gamma, beta, 1e-5)
    out, _ = student.spatial_batchnorm_forward(x, gamma, beta, bn_param(rng, 2))
    expect_close(out, expected, rtol=0.02, atol=0.05)


@points(0.5, after="test_dx")
def test_dx_of_other_shapes(student, rng):
    """dx is right for equal sizes, for one image, for and for images of one pixel"""
    problems = [problem(rng, 3, 3, 3, 3, eps=0.7), problem(rng, 1, 2, 3, 2), problem(rng, 4, 2, 1, 1)]
    for forward, dout in problems:
        dx, _, _ = gradients_of(student, "spatial_batchnorm", forward, dout)
        expect_close(dx, gradients(forward, dout)[0], "dx")


@points(0.5, after="test_training_output")
def test_nothing_given_is_edited(student, rng):
    """x, gamma, beta, the running arrays and dout stay as they are"""
    (x, gamma, beta, param), dout = problem(rng, 2, 2, 3, 2)
    arrays = {key: param[key] for key in ("running_mean", "running_var")}
    with unchanged(x=x, gamma=gamma, beta=beta, dout=dout, **arrays):
        _, cache = student.forward_for_backward("spatial_batchnorm_forward", x, gamma, beta, param)
        student.spatial_batchnorm_forward(x, gamma, beta, param)
        student.spatial_batchnorm_backward(dout, cache)


test_float32 = contract.keeps_dtype("spatial_batchnorm_forward", both_modes, points=0.25, after="test_training_output")
test_float32_back = contract.keeps_dtype_back("spatial_batchnorm", some, points=0.25, after="test_dx")
test_cache = contract.cache_serves("spatial_batchnorm", some, points=0.5, after="test_training_output")
test_cache_is_kept = contract.same_twice("spatial_batchnorm", some, points=0.5, after="test_dx")
test_passes_apart = contract.passes_apart("spatial_batchnorm", several, points=0.25, after="test_dx")
test_zero_alpha = contract.given_zero(
    "spatial_batchnorm_forward", both_modes, "alpha", points=0.25, after="test_running_statistics"
)
test_zero_eps = contract.given_zero(
    "spatial_batchnorm_forward", both_modes, "eps", points=0.25, after="test_training_output"
)
test_special_numbers = contract.agrees(
    "spatial_batchnorm_forward",
    special,
    sentence="a gamma of 0, a single channel, what bn_param leaves out in test mode, and a huge mean are no exceptions",
    points=0.5,
    after="test_training_output",
    tolerance=1e-5,
    squeeze=True,
)
test_special_gradients = contract.agrees_back(
    "spatial_batchnorm",
    special_back,
    sentence="the gradients are right for a gamma of 0, a single channel, one pixel in all, and a constant channel",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


@points(0.25, visible=True, after="test_training_output")
def test_unknown_mode(student, rng):
    """a mode other than 'train' and 'test' raises ValueError"""
    x, (gamma, beta), param = images(rng, 2, 3, 2, 2), affine(rng, 3), bn_param(rng, 3, "evaluate")
    expect_raises("ValueError", student.spatial_batchnorm_forward, x, gamma, beta, param)


def gradients(forward, dout):
    """Return the gradients for x, gamma and beta of the definition, by automatic differentiation."""
    *arrays, param = forward
    eps = param["eps"]
    return vjp(lambda x, gamma, beta: oracle.spatial_batchnorm(x, gamma, beta, eps), *arrays, dout=dout)
