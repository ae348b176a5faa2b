"""Batch normalization, forward: checks; what proves them is in a file of its own."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, expect_raises, points, unchanged
from autograder.suite.inputs import affine, batch
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.inputs import bn_param
from autograder.suites.a4_batch_norm.programs_batchnorm_forward import *  # noqa: F403 - collected with the checks


def training(rng):
    """Yield the arguments of calls in training mode."""
    yield batch(rng, 5, 3), *affine(rng, 3), bn_param(rng, 3)


def both_modes(rng):
    """Yield the arguments of calls in either mode."""
    for mode in ("train", "test"):
        yield batch(rng, 5, 3), *affine(rng, 3), bn_param(rng, 3, mode)


def left_out(rng):
    """Yield calls whose bn_param leaves settings out, where eps is not small beside the variance."""
    x, (gamma, beta), param = batch(rng, 5, 3, spread=0.01), affine(rng, 3), bn_param(rng, 3)
    yield x, gamma, beta, {key: value for key, value in param.items() if key != "eps"}
    yield x, gamma, beta, {"mode": "test"}
    yield x, gamma, beta, {"mode": "test", "running_mean": param["running_mean"], "running_var": 1e-4 * beta}


def single(rng):
    """Yield calls in float32 whose bn_param has nothing but a mode."""
    x, (gamma, beta) = batch(rng, 5, 3), affine(rng, 3)
    for mode in ("train", "test"):
        yield *in_dtype(np.float32, x, gamma, beta), {"mode": mode}


def special(rng):
    """Yield calls with a scale of 0, with one feature, and with a mean of 1e8 beside a spread of 1."""
    x, (gamma, beta) = batch(rng, 6, 3), affine(rng, 3)
    yield x, gamma * [1, 0, 1], beta, bn_param(rng, 3)
    yield x[:, :1], gamma[:1], beta[:1], bn_param(rng, 1)
    yield x[:, :1], gamma[:1], beta[:1], bn_param(rng, 1, "test")
    yield x + 1e8, gamma, beta, bn_param(rng, 3)


def back(rng):
    """Yield the arguments of a forward pass, and an upstream gradient."""
    for args in training(rng):
        yield args, rng.normal(size=args[0].shape) + 0.5


@points(4, visible=True)
def test_training_output(student, rng):
    """training mode: each feature is normalized by its mean and spread in the batch, scaled by gamma and shifted"""
    x, (gamma, beta) = batch(rng, 7, 4, spread=1e3), affine(rng, 4)
    expected = oracle.batchnorm(x, gamma, beta, 1e-8)
    out, _ = student.batchnorm_forward(x, gamma, beta, bn_param(rng, 4, spread=1e3, eps=1e-8))
    expect_close(out, expected)


@points(2, visible=True)
def test_running_statistics(student, rng):
    """training mode: the running mean and variance move the fraction alpha of the way to those of the batch"""
    (gamma, beta), param, batches = affine(rng, 3), bn_param(rng, 3, eps=1e-3), [batch(rng, n, 3) for n in (5, 1, 4)]
    alphas = [0.3, 0.2, 0.0]
    expected = after_steps(param, batches, alphas)
    for x, alpha in zip(batches, alphas, strict=True):
        param["alpha"] = alpha
        student.batchnorm_forward(x, gamma, beta, param)
    expect_running(param, expected)


@points(2, visible=True)
def test_testing_output(student, rng):
    """test mode: the running statistics normalize, whatever the batch looks like"""
    x, (gamma, beta) = batch(rng, 6, 4, spread=1e3), affine(rng, 4)
    param = bn_param(rng, 4, "test", spread=1e3, eps=1e-8)
    expected = oracle.affine_by(x, gamma, beta, param["running_mean"], param["running_var"], 1e-8)
    out, _ = student.batchnorm_forward(x, gamma, beta, param)
    expect_close(out, expected)


@points(1, visible=True, after="test_training_output")
def test_eps_in_training(student, rng):
    """training mode: eps is the one in bn_param, added once to the variance, large or small"""
    gamma, beta = affine(rng, 3)
    for spread, eps in ((1.0, 0.7), (1e-3, 1e-5)):
        x = batch(rng, 6, 3, spread=spread)
        expected = oracle.batchnorm(x, gamma, beta, eps)
        out, _ = student.batchnorm_forward(x, gamma, beta, bn_param(rng, 3, eps=eps))
        expect_close(out, expected)


@points(0.5, visible=True, after="test_testing_output")
def test_eps_in_testing(student, rng):
    """test mode: eps is the one in bn_param, added once to the running variance"""
    x, (gamma, beta), param = batch(rng, 5, 3), affine(rng, 3), bn_param(rng, 3, "test", eps=0.4)
    param["running_var"][0] = 0.02
    expected = oracle.affine_by(x, gamma, beta, param["running_mean"], param["running_var"], 0.4)
    out, _ = student.batchnorm_forward(x, gamma, beta, param)
    expect_close(out, expected)


@points(1, after="test_running_statistics")
def test_running_after_several_batches(student, rng):
    """the running statistics are right after batches of 4, 1 and 6, even if they start at 0 and 1 and alpha changes"""
    (gamma, beta), batches = affine(rng, 4), [batch(rng, n, 4) for n in (4, 1, 6)]
    alphas = [0.5, 0.1, 0.8]
    param = {**bn_param(rng, 4), "running_mean": np.zeros(4), "running_var": np.ones(4)}
    expected = after_steps(param, batches, alphas)
    for x, alpha in zip(batches, alphas, strict=True):
        param["alpha"] = alpha
        student.batchnorm_forward(x, gamma, beta, param)
    expect_running(param, expected)


@points(0.5, after="test_running_statistics")
def test_two_layers(student, rng):
    """two layers that start from the same arrays keep statistics of their own"""
    (gamma, beta), start = affine(rng, 3), bn_param(rng, 3)
    layers, batches = [dict(start), dict(start)], [batch(rng, 5, 3), batch(rng, 5, 3)]
    expected = [after_steps(start, [x], [0.1]) for x in batches]
    for x, param in zip(batches, layers, strict=True):
        student.batchnorm_forward(x, gamma, beta, param)
    for param, statistics in zip(layers, expected, strict=True):
        expect_running(param, statistics)


@points(0.5, visible=True, after="test_running_statistics")
def test_default_statistics(student, rng):
    """training mode: what bn_param leaves out is taken as alpha 0.1, running mean 0 and running variance 1"""
    x, (gamma, beta), param = batch(rng, 5, 3), affine(rng, 3), {"mode": "train"}
    expected = after_steps({"running_mean": np.zeros(3), "running_var": np.ones(3)}, [x], [0.1])
    student.batchnorm_forward(x, gamma, beta, param)
    expect_running(param, expected)


@points(1, after="test_training_output")
def test_single_example_and_constant_feature(student, rng):
    """training mode: a batch of one example, and a feature that is constant over the batch, give beta"""
    (gamma, beta), x = affine(rng, 3), batch(rng, 5, 3, spread=1e3)
    x[:, 1] = 3.0
    expected = oracle.batchnorm(x, gamma, beta, 1e-8)
    out, _ = student.batchnorm_forward(x, gamma, beta, bn_param(rng, 3, eps=1e-8))
    expect_close(out, expected, "out with a constant feature")
    for d in (3, 1):
        out, _ = student.batchnorm_forward(x[:1, :d].copy(), gamma[:d], beta[:d], bn_param(rng, d))
        expect_close(out, beta[None, :d], "out for one example")


@points(1, after="test_training_output")
def test_large_offset(student, rng):
    """training mode: a feature whose mean is huge beside its spread is normalized as well as any other"""
    gamma, beta = affine(rng, 3)
    for dtype, offset in ((np.float32, 1e4), (np.float64, 1e8)):
        x = (offset + batch(rng, 16, 3)).astype(dtype)
        expected = oracle.batchnorm(x.astype(np.float64), gamma, beta, 1e-5)
        out, _ = student.batchnorm_forward(*in_dtype(dtype, x, gamma, beta, bn_param(rng, 3)))
        expect_close(out, expected, "out", rtol=0.02, atol=0.05)


test_float32 = contract.keeps_dtype("batchnorm_forward", both_modes, points=0.5, after="test_training_output")


test_zero_alpha = contract.given_zero(
    "batchnorm_forward", training, "alpha", points=0.25, after="test_running_statistics"
)
test_zero_eps = contract.given_zero("batchnorm_forward", both_modes, "eps", points=0.25, after="test_eps_in_training")
test_created_arrays_are_float32 = contract.agrees(
    "batchnorm_forward",
    single,
    sentence="running arrays that you create for a float32 batch are float32, and test mode needs none",
    points=0.5,
    after="test_default_statistics",
)
test_defaults = contract.agrees(
    "batchnorm_forward",
    left_out,
    sentence="what bn_param leaves out is eps 1e-5 and running statistics of 0 and 1, in both modes",
    points=1,
    after="test_testing_output",
)
test_special_numbers = contract.agrees(
    "batchnorm_forward",
    special,
    sentence="a gamma of 0, one feature, and a huge mean are like any other, in out and in the running statistics",
    points=0.5,
    after="test_training_output",
    tolerance=1e-5,
    squeeze=True,
)
test_cache = contract.cache_serves("batchnorm", back, points=1, after="test_training_output")


@points(1, after="test_training_output")
def test_nothing_given_is_edited(student, rng):
    """x, gamma, beta and the running arrays that you are given stay as they are; bn_param gets new arrays"""
    for x, gamma, beta, param in both_modes(rng):
        arrays = {key: param[key] for key in ("running_mean", "running_var")}
        with unchanged(x=x, gamma=gamma, beta=beta, **arrays):
            student.batchnorm_forward(x, gamma, beta, param)


@points(0.5, after="test_testing_output")
def test_example_alone(student, rng):
    """test mode: an example gets the same answer alone as among others"""
    x, (gamma, beta) = batch(rng, 5, 3, spread=1e3), affine(rng, 3)
    param = bn_param(rng, 3, "test", spread=1e3, eps=1e-8)
    expected = oracle.affine_by(x, gamma, beta, param["running_mean"], param["running_var"], 1e-8)
    for rows in (slice(2, 3), slice(1, 3)):
        out, _ = student.batchnorm_forward(x[rows].copy(), gamma, beta, dict(param))
        expect_close(out, expected[rows])


@points(1, after="test_testing_output")
def test_testing_learns_nothing(student, rng):
    """test mode: the running statistics stay as they are"""
    x, (gamma, beta), param = batch(rng, 5, 3), affine(rng, 3), bn_param(rng, 3, "test")
    expected = {key: param[key].copy() for key in ("running_mean", "running_var")}
    student.batchnorm_forward(x, gamma, beta, param)
    expect_running(param, expected)


@points(0.5, after="test_eps_in_training")
def test_without_eps(student, rng):
    """training mode, eps = 0: scaling x leaves out as it is, and gamma = std with beta = mean gives x back"""
    x, (gamma, beta) = batch(rng, 6, 4), affine(rng, 4)
    expected = oracle.batchnorm(x, gamma, beta, 0.0)
    out, _ = student.batchnorm_forward(1e-3 * x, gamma, beta, bn_param(rng, 4, eps=0.0))
    expect_close(out, expected, "out for a scaled x")
    std, mean = oracle.variance(x) ** 0.5, oracle.mean(x)
    out, _ = student.batchnorm_forward(x.copy(), std, mean, bn_param(rng, 4, eps=0.0))
    expect_close(out, x)


@points(0.5, visible=True, after="test_training_output")
def test_unknown_mode(student, rng):
    """a mode other than 'train' and 'test' raises ValueError"""
    x, (gamma, beta) = batch(rng, 4, 3), affine(rng, 3)
    for mode in ("evaluate", "Train"):
        expect_raises("ValueError", student.batchnorm_forward, x, gamma, beta, bn_param(rng, 3, mode))


def in_dtype(dtype, *args):
    """Return the arguments with every array, also those of a dict, in another dtype."""
    parts = [{k: in_dtype(dtype, v)[0] for k, v in a.items()} if isinstance(a, dict) else a for a in args]
    return [part.astype(dtype) if isinstance(part, np.ndarray) else part for part in parts]


def after_steps(param, batches, alphas):
    """Return what the running statistics of `param` become when the batches go through training mode."""
    mean, var = param["running_mean"], param["running_var"]
    for x, alpha in zip(batches, alphas, strict=True):
        mean, var = oracle.moved(mean, oracle.mean(x), alpha), oracle.moved(var, oracle.variance(x), alpha)
    return {"running_mean": mean, "running_var": var}


def expect_running(param, expected):
    """Fail unless `param` holds the running statistics that are expected."""
    for key, value in expected.items():
        expect_close(param[key], value, f"bn_param['{key}']")
