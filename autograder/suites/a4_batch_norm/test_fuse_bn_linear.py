"""Folding batch normalization into a linear layer: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, unchanged, variant
from autograder.suite.inputs import affine
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.inputs import bn_param


def problem(rng, d, m, spread=1.0):
    """Return W, b, gamma, beta, mean, var of a layer with d inputs and m outputs."""
    param = bn_param(rng, m, spread=spread)
    b = spread * rng.uniform(3, 6, m)
    return spread * rng.normal(size=(d, m)), b, *affine(rng, m), param["running_mean"], param["running_var"]


def layers(rng):
    """Yield ordinary layers."""
    yield problem(rng, 3, 2)


def special(rng):
    """Yield layers of equal sizes, of sizes 1, with a scale of 0, and with a variance of 0."""
    yield from (problem(rng, 4, 4, spread=1e3), problem(rng, 1, 1))
    for position in (2, 5):
        layer = problem(rng, 3, 2)
        layer[position][0] = 0.0
        yield layer


@points(2, visible=True)
def test_weights(student, rng):
    """the fused weights do to every input what the layer and its normalization do one after the other"""
    layer = problem(rng, 3, 5)
    expected = fused(*layer, 0.0)[0]
    W2, _ = student.fuse_bn_linear(*layer, eps=0.0)
    expect_close(W2, expected, "W2")


@points(2, visible=True)
def test_bias(student, rng):
    """the fused bias does to an input of zeros what the layer and its normalization do one after the other"""
    layer = problem(rng, 3, 5, spread=1e3)
    expected = fused(*layer, 1e-8)[1]
    _, b2 = student.fuse_bn_linear(*layer, eps=1e-8)
    expect_close(b2, expected, "b2")


@points(1, after="test_weights")
def test_square_weights(student, rng):
    """W2 is right when W has as many rows as columns"""
    layer = problem(rng, 4, 4, spread=1e3)
    expected = fused(*layer, 1e-8)[0]
    W2, _ = student.fuse_bn_linear(*layer, eps=1e-8)
    expect_close(W2, expected, "W2")


@points(1, visible=True, after="test_bias")
def test_eps(student, rng):
    """eps is the one that is given, added once to the variance, in weights and bias alike"""
    layer = problem(rng, 2, 3)
    layer[-1][0] = 0.05
    weights, bias = fused(*layer, 0.3)
    W2, b2 = student.fuse_bn_linear(*layer, eps=0.3)
    expect_close(W2, weights, "W2")
    expect_close(b2, bias, "b2")


@points(0.5, visible=True, after="test_eps")
def test_default_eps(student, rng):
    """eps is 1e-5 when none is given"""
    layer = problem(rng, 2, 3, spread=0.01)
    weights, bias = fused(*layer, 1e-5)
    W2, b2 = student.fuse_bn_linear(*layer)
    expect_close(W2, weights, "W2")
    expect_close(b2, bias, "b2")


@points(0.5, after="test_weights")
def test_nothing_given_is_edited(student, rng):
    """what you are given stays as it is"""
    layer = problem(rng, 3, 2)
    with unchanged(**dict(zip(("W", "b", "gamma", "beta", "mean", "var"), layer, strict=True))):
        student.fuse_bn_linear(*layer)


test_float32 = contract.keeps_dtype("fuse_bn_linear", layers, points=0.5, after="test_weights")
test_zero_eps = contract.given_zero("fuse_bn_linear", layers, "eps", default=1e-5, points=0.5, after="test_eps")
test_special_numbers = contract.agrees(
    "fuse_bn_linear",
    special,
    sentence="equal sizes, sizes of 1, a gamma of 0, and a feature that never varied are like any other",
    points=1,
    after="test_bias",
    squeeze=True,
)


def fused(W, b, gamma, beta, mean, var, eps):
    """Return weights and bias of the map "layer, then test mode", read off at zero and at the unit vectors."""
    b2 = oracle.affine_by(b, gamma, beta, mean, var, eps)
    return oracle.affine_by(np.eye(len(W)) @ W + b, gamma, beta, mean, var, eps) - b2, b2


# ---------------------------------------------------------------- right, written differently


@variant("fuse_bn_linear")
def plain(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    std = np.sqrt(var + eps)
    scale = gamma / std
    W2 = W * scale
    b2 = (b - mean) * scale + beta
    return W2, b2


@variant("fuse_bn_linear")
def by_a_diagonal_matrix(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    scale = np.diag(gamma * (var + eps) ** -0.5)
    return W @ scale, b @ scale + (beta - mean @ scale)


@variant("fuse_bn_linear")
def one_neuron_at_a_time(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    W2, b2 = np.zeros_like(W), np.zeros_like(b)
    for j in range(W.shape[1]):
        s = gamma[j] / np.sqrt(var[j] + eps)
        W2[:, j] = s * W[:, j]
        b2[j] = beta[j] + s * b[j] - s * mean[j]
    return W2, b2


@variant("fuse_bn_linear")
def in_copies_by_einsum(W, b, gamma, beta, mean, var, eps=1e-5):
    b, gamma, beta, mean, var = (np.asarray(part, W.dtype) for part in (b, gamma, beta, mean, var))
    inverse = 1.0 / np.sqrt(var + eps)
    b = b.copy()
    b -= mean
    b *= inverse
    b *= gamma
    b += beta
    return np.einsum("dm,m,m->dm", W, gamma, inverse), b


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "rows_scaled": ("W * scale -> W * scale[:, None]",
        "The scale seems to go along the inputs. Is a neuron a row of W here, or a column?"),
    "rows_scaled_when_square": ("W * scale -> W * (scale[:, None] if W.shape[0] == W.shape[1] else scale)",
        "Your shapes decide which axis is scaled, and with as many rows as columns they decide wrongly."),
    "one_scale_for_all_neurons": ("W * scale -> W * scale.mean()",
        "One scale seems to serve all neurons. How many gammas are there?"),
    "weights_left_alone": ("W2 = W * scale -> W2 = W",
        "Your weights come back as they were. Does the normalization not stretch the outputs of this layer?"),
    "old_bias_not_scaled": ("(b - mean) * scale -> b - mean * scale",
        "Your old bias arrives unscaled. Does it not pass through the normalization like everything else?"),
    "old_bias_forgotten": ("(b - mean) * scale -> -mean * scale",
        "The old bias of the layer seems to be lost. When may one leave it out?"),
    "mean_forgotten": ("(b - mean) -> b",
        "The running mean seems to be missing in your bias."),
    "mean_added": ("(b - mean) -> (b + mean)",
        "The running mean seems to enter your bias with the wrong sign."),
    "mean_not_scaled": ("(b - mean) * scale + beta -> b * scale - mean + beta",
        "The running mean arrives unscaled in your bias. In which order does test mode subtract and divide?"),
    "beta_scaled": ("(b - mean) * scale + beta -> (b - mean + beta) * scale",
        "beta seems to be scaled in your bias. Does it come before the scale, or after?"),
    "beta_subtracted": (" * scale + beta ->  * scale - beta",
        "beta seems to enter your bias with the wrong sign."),
    "beta_forgotten": (" * scale + beta ->  * scale",
        "beta seems to be missing in your bias."),
    "old_bias_added_again": ("+ beta -> + beta + b",
        "The old bias seems to be in your bias twice: once through the normalization, once around it."),
    "divided_by_the_variance": ("np.sqrt(var + eps) -> var + eps",
        "You seem to divide by the variance. What does test mode divide by?"),
    "eps_forgotten": ("np.sqrt(var + eps) -> np.sqrt(var)",
        "eps seems to be missing. Would the fused layer agree with test mode for a feature that hardly varies?"),
    "eps_outside_the_root": ("np.sqrt(var + eps) -> np.sqrt(var) + eps",
        "Your eps seems to be added to the standard deviation. What does test mode add it to?"),
    "eps_hard_coded": ("np.sqrt(var + eps) -> np.sqrt(var + 1e-5)",
        "Your eps seems to be a number of your own. What if the layer was trained with another?"),
    "another_default_eps": ("eps=1e-5 -> eps=1e-8",
        "Your eps seems to have another default than the stub's."),
    "eps_in_the_weights_only": ("b2 = (b - mean) * scale + beta -> b2 = (b - mean) * gamma / np.sqrt(var) + beta",
        "Weights and bias seem to disagree about eps."),
    "gamma_forgotten": ("gamma / std -> 1 / std",
        "gamma seems to be missing. What does test mode do after it has divided?"),
    "gamma_made_positive": ("gamma / std -> np.abs(gamma) / std",
        "Your gamma seems to have lost its sign. May a scale be negative?"),
    "scale_upside_down": ("gamma / std -> std / gamma",
        "Your scale seems to be upside down."),
    "multiplied_by_std": ("gamma / std -> gamma * std",
        "You seem to multiply by the spread. What does normalizing do to a wide feature?"),
    "bias_not_divided": ("(b - mean) * scale -> (b - mean) * gamma",
        "Your weights are divided by the spread, your bias is not."),
    "weights_edited": ("W2 = W * scale -> W2 = W; W2 *= scale",
        "You seem to scale the caller's W itself. What if they want to go on training?"),
    "bias_edited": ("b2 = (b - mean) * scale + beta -> b -= mean; b2 = b * scale + beta",
        "You seem to subtract inside the caller's b. What if they want to go on training?"),
    "promoted_to_float64": ("std = -> var = var.astype(float); std =",
        "Your fused layer is float64 whatever the layer was. Which line changes the dtype?"),
})
