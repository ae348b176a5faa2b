"""Folding batch normalization into a convolution: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, unchanged, variant
from autograder.suite.inputs import affine
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.inputs import bn_param


def problem(rng, c_out, c_in, k, spread=1.0):
    """Return W, b, gamma, beta, mean, var of a convolution."""
    param = bn_param(rng, c_out, spread=spread)
    W, b = spread * rng.normal(size=(c_out, c_in, k, k)), spread * rng.uniform(3, 6, c_out)
    return W, b, *affine(rng, c_out), param["running_mean"], param["running_var"]


def layers(rng):
    """Yield ordinary layers."""
    yield problem(rng, 2, 3, 2)


def special(rng):
    """Yield layers of equal sizes, of sizes 1, with a scale of 0, and with a variance of 0."""
    yield from (problem(rng, 3, 3, 3, spread=1e3), problem(rng, 1, 1, 1))
    for position in (2, 5):
        layer = problem(rng, 2, 3, 2)
        layer[position][0] = 0.0
        yield layer


@points(2, visible=True)
def test_weights(student, rng):
    """the fused filters do to every patch what the convolution and its normalization do one after the other"""
    layer = problem(rng, 4, 3, 2)
    expected = fused(*layer, 0.0)[0]
    W2, _ = student.fuse_bn_conv(*layer, eps=0.0)
    expect_close(W2, expected, "W2")


@points(1.5, visible=True)
def test_bias(student, rng):
    """the fused bias does to a patch of zeros what the convolution and its normalization do one after the other"""
    layer = problem(rng, 4, 3, 2, spread=1e3)
    expected = fused(*layer, 1e-8)[1]
    _, b2 = student.fuse_bn_conv(*layer, eps=1e-8)
    expect_close(b2, expected, "b2")


@points(1.5, after="test_weights")
def test_equal_sizes(student, rng):
    """W2 is right when there are as many output channels as input channels, rows and columns"""
    layer = problem(rng, 3, 3, 3, spread=1e3)
    expected = fused(*layer, 1e-8)[0]
    W2, _ = student.fuse_bn_conv(*layer, eps=1e-8)
    expect_close(W2, expected, "W2")


@points(1, visible=True, after="test_bias")
def test_eps(student, rng):
    """eps is the one that is given, 1e-5 when none is, added once to the variance"""
    for eps, given in ((0.3, {"eps": 0.3}), (1e-5, {})):
        layer = problem(rng, 2, 1, 3, spread=0.01)
        weights, bias = fused(*layer, eps)
        W2, b2 = student.fuse_bn_conv(*layer, **given)
        expect_close(W2, weights, "W2")
        expect_close(b2, bias, "b2")


@points(0.5, after="test_weights")
def test_nothing_given_is_edited(student, rng):
    """what you are given stays as it is"""
    layer = problem(rng, 2, 3, 2)
    with unchanged(**dict(zip(("W", "b", "gamma", "beta", "mean", "var"), layer, strict=True))):
        student.fuse_bn_conv(*layer)


test_float32 = contract.keeps_dtype("fuse_bn_conv", layers, points=0.5, after="test_weights")
test_zero_eps = contract.given_zero("fuse_bn_conv", layers, "eps", default=1e-5, points=0.5, after="test_eps")
test_special_numbers = contract.agrees(
    "fuse_bn_conv",
    special,
    sentence="equal sizes, sizes of 1, a gamma of 0, and a feature that never varied are like any other",
    points=1,
    after="test_bias",
    squeeze=True,
)


def fused(W, b, gamma, beta, mean, var, eps):
    """Return filters and bias of the map "convolution, then test mode", read off patch by patch.

    Where the filters lie on the image, a convolution sees a patch (c_in, k, k); here, every patch with a single 1.
    """
    patches = np.eye(W[0].size).reshape(-1, *W.shape[1:])
    at_patches = np.tensordot(patches, W, axes=([1, 2, 3], [1, 2, 3])) + b
    b2 = oracle.affine_by(b, gamma, beta, mean, var, eps)
    return (oracle.affine_by(at_patches, gamma, beta, mean, var, eps) - b2).T.reshape(W.shape), b2


# ---------------------------------------------------------------- right, written differently


@variant("fuse_bn_conv")
def plain(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    std = np.sqrt(var + eps)
    scale = gamma / std
    W2 = W * scale.reshape(-1, 1, 1, 1)
    b2 = (b - mean) * scale + beta
    return W2, b2


@variant("fuse_bn_conv")
def filters_as_rows(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    scale = gamma * (var + eps) ** -0.5
    rows = np.diag(scale) @ W.reshape(len(W), -1)
    return rows.reshape(W.shape), scale * b + (beta - scale * mean)


@variant("fuse_bn_conv", equivalent={"b -> gamma #2": "a copy of the right shape, of which every entry is replaced"})
def one_filter_at_a_time(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    W2, b2 = W.copy(), b.copy()
    for o in range(W.shape[0]):
        W2[o] *= gamma[o] / np.sqrt(var[o] + eps)
        b2[o] = gamma[o] * (b[o] - mean[o]) / np.sqrt(var[o] + eps) + beta[o]
    return W2, b2


@variant("fuse_bn_conv")
def by_transposing_and_einsum(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    scale = gamma / np.sqrt(var + eps)
    return np.einsum("oikl,o->oikl", W, scale), np.einsum("o,o->o", b - mean, scale) + beta


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "second_axis_scaled": ("scale.reshape(-1, 1, 1, 1) -> scale.reshape(1, -1, 1, 1)",
        "The scale seems to go along the second axis of W. Which channels does the normalization see?"),
    "last_axis_scaled_when_it_fits": (
        "scale.reshape(-1, 1, 1, 1) -> (scale if W.shape[0] == W.shape[3] else scale.reshape(-1, 1, 1, 1))",
        "Where sizes happen to be equal, the scale seems to go along the last axis of W. Which axis is that?"),
    "last_axis_scaled": ("scale.reshape(-1, 1, 1, 1) -> scale",
        "The scale seems to go along the last axis of W. Which axis is that?"),
    "one_scale_for_all_channels": ("scale.reshape(-1, 1, 1, 1) -> scale.mean()",
        "One scale seems to serve all channels. How many gammas are there?"),
    "old_bias_not_scaled": ("(b - mean) * scale -> b - mean * scale",
        "Your old bias arrives unscaled. Does it not pass through the normalization like everything else?"),
    "old_bias_forgotten": ("(b - mean) * scale -> -mean * scale",
        "The old bias of the convolution seems to be lost. When may one leave it out?"),
    "mean_added": ("(b - mean) -> (b + mean)",
        "The running mean seems to enter your bias with the wrong sign."),
    "beta_scaled": ("(b - mean) * scale + beta -> (b - mean + beta) * scale",
        "beta seems to be scaled in your bias. Does it come before the scale, or after?"),
    "beta_subtracted": (" * scale + beta ->  * scale - beta",
        "beta seems to enter your bias with the wrong sign."),
    "divided_by_the_variance": ("np.sqrt(var + eps) -> var + eps",
        "You seem to divide by the variance. What does test mode divide by?"),
    "eps_forgotten": ("np.sqrt(var + eps) -> np.sqrt(var)",
        "eps seems to be missing. Would the fused filters agree with test mode for a channel that hardly varies?"),
    "eps_outside_the_root": ("np.sqrt(var + eps) -> np.sqrt(var) + eps",
        "Your eps seems to be added to the standard deviation. What does test mode add it to?"),
    "eps_hard_coded": ("np.sqrt(var + eps) -> np.sqrt(var + 1e-5)",
        "Your eps seems to be a number of your own. What if the network was trained with another?"),
    "gamma_forgotten": ("gamma / std -> 1 / std",
        "gamma seems to be missing. What does test mode do after it has divided?"),
    "gamma_made_positive": ("gamma / std -> np.abs(gamma) / std",
        "Your gamma seems to have lost its sign. May a scale be negative?"),
    "weights_edited": ("W2 = W * -> W2 = W; W2 *=",
        "You seem to scale the caller's W itself. What if they want to go on training?"),
    "bias_edited": ("b2 = (b - mean) * scale + beta -> b -= mean; b2 = b * scale + beta",
        "You seem to subtract inside the caller's b. What if they want to go on training?"),
    "promoted_to_float64": ("std = -> var = var.astype(float); std =",
        "Your fused filters are float64 whatever the filters were. Which line changes the dtype?"),
})
