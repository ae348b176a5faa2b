"""Batch normalization, backward in training mode: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import (
    contract,
    expect_close,
    gradients_of,
    points,
    slips,
    variant,
    vjp,
)
from autograder.suite.inputs import affine, batch
from autograder.suites.a4_batch_norm import oracle
from autograder.suites.a4_batch_norm.inputs import bn_param


def problem(rng, n, d, eps=1e-5):
    """Return the arguments of a forward pass of n examples with d features, and an upstream gradient."""
    gamma, beta = affine(rng, d)
    return (batch(rng, n, d), gamma, beta, bn_param(rng, d, eps=eps)), rng.normal(size=(n, d)) + 0.5


def some(rng):
    """Yield an ordinary problem."""
    yield problem(rng, 5, 3)


def several(rng):
    """Yield problems of equal and of other sizes."""
    yield from (problem(rng, n, 3) for n in (5, 5, 4))


def special(rng):
    """Yield problems with a gamma of 0, one feature, one example, and a constant feature."""
    for position, value in ((1, 0.0), (0, 3.0)):
        forward, dout = problem(rng, 6, 3)
        forward[position][..., 1] = value
        yield forward, dout
    yield from (problem(rng, 4, 1), problem(rng, 1, 3))


@points(3, visible=True)
def test_dx(student, rng):
    """dx follows every way in which an example changes the loss: directly, through the mean, through the variance"""
    forward, dout = problem(rng, 6, 4)
    dx, _, _ = gradients_of(student, "batchnorm", forward, dout)
    expect_close(dx, gradients(forward, dout)[0], "dx")


@points(2, visible=True)
def test_dgamma(student, rng):
    """dgamma gathers, over the batch, what each example contributes to the gradient of the scale"""
    forward, dout = problem(rng, 6, 4)
    _, dgamma, _ = gradients_of(student, "batchnorm", forward, dout)
    expect_close(dgamma, gradients(forward, dout)[1], "dgamma")


@points(1.5, visible=True)
def test_dbeta(student, rng):
    """dbeta gathers, over the batch, what each example contributes to the gradient of the shift"""
    forward, dout = problem(rng, 6, 4)
    _, _, dbeta = gradients_of(student, "batchnorm", forward, dout)
    expect_close(dbeta, gradients(forward, dout)[2], "dbeta")


@points(1, after="test_dx")
def test_dx_of_other_shapes(student, rng):
    """dx is right for square batches, two examples, one feature, and any eps, also 0"""
    problems = [problem(rng, n, d, eps) for n, d, eps in ((4, 4, 1e-5), (2, 3, 1.5), (5, 1, 0.3), (6, 3, 0.0))]
    for forward, dout in problems:
        dx, _, _ = gradients_of(student, "batchnorm", forward, dout)
        expect_close(dx, gradients(forward, dout)[0], "dx")


@points(0.5, after="test_dx")
def test_single_example(student, rng):
    """a batch of one example has dx = 0, because its output is beta whatever x is"""
    dx, _, _ = gradients_of(student, "batchnorm", *problem(rng, 1, 3))
    expect_close(dx, np.zeros((1, 3)), "dx")


test_float32 = contract.keeps_dtype_back("batchnorm", some, points=0.5, after="test_dx")
test_cache_is_kept = contract.same_twice("batchnorm", some, points=0.5, after="test_dx")
test_passes_apart = contract.passes_apart("batchnorm", several, points=0.5, after="test_dx")
test_special_numbers = contract.agrees_back(
    "batchnorm",
    special,
    sentence="the gradients are right for a gamma of 0, with one feature, for one example, and for a constant feature",
    points=0.5,
    after="test_dx",
    squeeze=True,
)


def gradients(forward, dout):
    """Return the gradients for x, gamma and beta of the definition, by automatic differentiation."""
    *arrays, param = forward
    eps = param["eps"]
    return vjp(lambda x, gamma, beta: oracle.batchnorm(x, gamma, beta, eps), *arrays, dout=dout)


# ---------------------------------------------------------------- right, written differently


@variant("batchnorm_backward")
def plain(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    mean_path = dxhat.mean(axis=0)
    variance_path = xhat * (dxhat * xhat).mean(axis=0)
    dx = (dxhat - mean_path - variance_path) / std
    return dx, dgamma, dbeta


@variant(
    "batchnorm_backward",
    equivalent={"centred = xhat * std -> centred = -(xhat * std)": "it enters twice, and the signs cancel"},
)
def staged(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    n = dout.shape[0]
    centred = xhat * std
    dxhat = dout * gamma
    dvar = -0.5 * (dxhat * centred).sum(axis=0) * std**-3
    dmean = -dxhat.sum(axis=0) / std  # dvar adds nothing: the centred x has mean 0
    dx = dxhat / std + 2 * dvar * centred / n + dmean / n
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


@variant("batchnorm_backward")
def in_one_line_per_gradient(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    n = len(dout)
    dgamma, dbeta = np.einsum("nd,nd->d", dout, xhat), np.add.reduce(dout)
    return gamma / (n * std) * (n * dout - dbeta - xhat * dgamma), dgamma, dbeta


@variant(
    "batchnorm_backward",
    equivalent={
        "np.eye(n, dtype=dout.dtype) -> np.eye(n)": "what comes of it is stored in an array of the right dtype"
    },
)
def by_the_jacobian_of_each_feature(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for j in range(d):
        jacobian = np.eye(n, dtype=dout.dtype) - 1 / n - np.outer(xhat[:, j], xhat[:, j]) / n
        dx[:, j] = gamma[j] / std[j] * (jacobian @ dout[:, j])
        dgamma[j], dbeta[j] = dout[:, j] @ xhat[:, j], dout[:, j].sum()
    return dx, dgamma, dbeta


@variant("batchnorm_backward")
def in_a_buffer_of_its_own(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    dbeta, dgamma = dout.sum(axis=0), np.sum(dout * xhat, axis=0)
    dx = dout.copy()
    dx -= dbeta / dout.shape[0]
    dx -= xhat * (dgamma / dout.shape[0])
    dx *= gamma
    dx /= std
    return [dx, dgamma, dbeta]


@variant("batchnorm_forward", "batchnorm_backward")
class WithACacheOfItsOwn:
    """The cache holds what the backward pass multiplies by; of the forward pass, no more than it takes."""

    @staticmethod
    def batchnorm_forward(x, gamma, beta, bn_param):
        std = np.sqrt(x.var(axis=0) + bn_param["eps"])
        xhat = (x - x.mean(axis=0)) / std
        out = np.asarray(gamma * xhat + beta, x.dtype)
        return out, {"xhat": xhat, "slope": gamma / std}

    @staticmethod
    def batchnorm_backward(dout, cache):
        xhat, slope = (np.asarray(cache[key], dout.dtype) for key in ("xhat", "slope"))
        dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
        return slope * (dout - (dbeta + xhat * dgamma) / len(dout)), dgamma, dbeta


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_PLAIN = slips(plain, {
    # the paths into dx
    "statistics_held_constant": (" - mean_path - variance_path -> ",
        "Your dx is what you get when mean and variance are constants. Does an example not move both of them?"),
    "variance_held_constant": (" - variance_path -> ",
        "Your dx is what you get when the variance is a constant. Which examples is it made of?"),
    "mean_held_constant": (" - mean_path -> ",
        "Your dx is what you get when the mean is a constant. Which examples is it made of?"),
    "variance_path_added": (" - variance_path ->  + variance_path",
        "The part of dx that comes through the variance seems to have the wrong sign."),
    "mean_path_added": (" - mean_path ->  + mean_path",
        "The part of dx that comes through the mean seems to have the wrong sign."),
    "sums_instead_of_means": ("dxhat.mean(axis=0) -> dxhat.sum(axis=0)",
        "(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).sum(axis=0)",
        "Both detours of your dx look as if they were summed over the batch. How much does one example move a mean?"),
    "variance_path_summed": ("(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).sum(axis=0)",
        "The detour through the variance looks N times too strong. How much does one example move the variance?"),
    "mean_path_summed": ("dxhat.mean(axis=0) -> dxhat.sum(axis=0)",
        "The detour through the mean looks N times too strong. How much does one example move the mean?"),
    "means_over_features": ("dxhat.mean(axis=0) -> dxhat.mean(axis=1, keepdims=True)",
        "(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).mean(axis=1, keepdims=True)",
        "The means in your dx seem to run over the features. Over what did the forward pass average?"),
    "means_over_everything": ("dxhat.mean(axis=0) -> dxhat.mean()",
        "(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).mean()",
        "The means in your dx seem to run over all entries at once. Do two features share a mean?"),
    "divided_by_the_number_of_features": ("dxhat.mean(axis=0) -> dxhat.sum(axis=0) / dout.shape[1]",
        "(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).sum(axis=0) / dout.shape[1]",
        "You seem to divide sums over the batch by the number of features. Which axis of dout counts the examples?"),
    "unbiased_variance_path": ("(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).sum(axis=0) / max(len(dout) - 1, 1)",
        "The detour through the variance seems to use N - 1. What did the forward pass divide its variance by?"),
    "variance_path_without_xhat": ("xhat * (dxhat * xhat) -> (dxhat * xhat)",
        "In the detour through the variance, every example seems to get the same. Do all move the variance equally?"),
    "variance_path_without_projection": ("(dxhat * xhat).mean(axis=0) -> dxhat.mean(axis=0)",
        "The detour through the variance seems to forget how the upstream gradient lies along the normalized x."),
    "detours_without_gamma": ("dxhat.mean(axis=0) -> dout.mean(axis=0)", "(dxhat * xhat) -> (dout * xhat)",
        "The direct way of your dx goes through gamma, the detours seem to go around it."),
    "gamma_missing": ("dxhat = dout * gamma -> dxhat = dout",
        "gamma seems to be missing in your dx. What stands between the normalized x and out?"),
    "gamma_twice": ("/ std -> * gamma / std",
        "gamma seems to enter your dx twice."),
    "divided_by_gamma": ("dout * gamma -> dout / gamma",
        "Your dx seems to be divided by gamma. How does out change when the normalized x changes a little?"),
    "not_divided_by_std": (") / std -> )",
        "Your dx looks like the gradient for a feature of unit spread. What did the forward pass divide by?"),
    "divided_by_the_variance": ("/ std -> / std**2",
        "Your dx seems to be divided by the variance. What is the third part of the cache?"),
    "multiplied_by_std": ("/ std -> * std",
        "Your dx seems to be multiplied by the spread. Does a wide feature feel a small change of x more, or less?"),
    "root_taken_again": ("/ std -> / np.sqrt(std + 1e-5)",
        "You seem to take a root of std once more. What is the third part of the cache?"),
    "eps_added_again": ("/ std -> / np.sqrt(std**2 + 1e-5)",
        "You seem to add an eps to the variance in the backward pass. Is there one in std already?"),
    "averaged_over_the_batch": ("/ std -> / std / len(dout)",
        "Your dx is N times too small: it seems to be averaged over the batch. Who decides whether a loss is a "
        "mean?"),
    "single_example_passed_through": ("dx = ( -> dx = dxhat / std if len(dout) == 1 else (",
        "A batch of one example seems to be a special case for you. What does its output depend on?"),
    # dgamma and dbeta
    "dgamma_from_the_centred_x": ("dgamma = (dout * xhat) -> dgamma = (dout * xhat * std)",
        "Your dgamma seems to use x - mean. What is gamma multiplied by?"),
    "dgamma_with_gamma": ("dgamma = (dout * xhat) -> dgamma = (dout * gamma * xhat)",
        "gamma seems to be in your dgamma. How does out depend on gamma?"),
    "dbeta_with_gamma": ("dbeta = dout -> dbeta = (dout * gamma)",
        "gamma seems to be in your dbeta. In which order do scale and shift come?"),
    "parameter_gradients_averaged": ("(dout * xhat).sum(axis=0) -> (dout * xhat).mean(axis=0)",
        "dout.sum(axis=0) -> dout.mean(axis=0)",
        "dgamma and dbeta seem to be averaged over the batch. All examples share one gamma: how do their wishes"
        " add up?"),
    "dgamma_averaged": ("dgamma = (dout * xhat).sum(axis=0) -> dgamma = (dout * xhat).mean(axis=0)",
        "dgamma seems to be averaged over the batch, dbeta is not. Should the two be treated differently?"),
    "dgamma_summed_before_the_product": (
        "dgamma = (dout * xhat).sum(axis=0) -> dgamma = dout.sum(axis=0) * xhat.sum(axis=0)",
        "dgamma looks like a product of two sums. Is that the sum of the products?"),
    "parameter_gradients_not_summed": ("dgamma = (dout * xhat).sum(axis=0) -> dgamma = dout * xhat",
        "dbeta = dout.sum(axis=0) -> dbeta = dout",
        "There seems to be one dgamma and dbeta for each example. How many gammas are there?"),
    "parameter_gradients_over_features": ("(dout * xhat).sum(axis=0) -> (dout * xhat).sum(axis=1)",
        "dout.sum(axis=0) -> dout.sum(axis=1)",
        "dgamma and dbeta seem to be summed over the features. Which axis do the entries of gamma lie along?"),
    "one_dgamma_for_all_features": ("(dout * xhat).sum(axis=0) -> (dout * xhat).sum()",
        "dout.sum(axis=0) -> dout.sum()",
        "dgamma and dbeta seem to be single numbers. Does every feature not have its own gamma and beta?"),
    "parameter_gradients_with_an_extra_axis": ("(dout * xhat).sum(axis=0) -> (dout * xhat).sum(axis=0, keepdims=True)",
        "dout.sum(axis=0) -> dout.sum(axis=0, keepdims=True)",
        "dgamma and dbeta seem to have grown an axis of length 1. Could you subtract them from gamma and beta "
        "in place?"),
    "every_short_axis_squeezed": ("(dout * xhat).sum(axis=0) -> (dout * xhat).sum(axis=0, keepdims=True).squeeze()",
        "dout.sum(axis=0) -> dout.sum(axis=0, keepdims=True).squeeze()",
        "You seem to squeeze away every axis of length 1. What is left of gamma's axis when there is one feature?"),
    "turned_when_square": ("return dx, dgamma, dbeta -> return dx if len(dout) != len(gamma) else dx.T, dgamma, dbeta",
        "With as many examples as features, your dx seems to be turned on its side."),
    "dgamma_and_dbeta_exchanged": ("return dx, dgamma, dbeta -> return dx, dbeta, dgamma",
        "Your dgamma looks like dbeta, and the other way round. In which order are they returned?"),
    # memory and dtypes
    "dout_edited": ("dxhat = dout * gamma -> dxhat = dout; dxhat *= gamma",
        "You seem to multiply inside the caller's dout. Another layer may still need it."),
    "cache_edited": ("dout * gamma -> dout * gamma; xhat *= (dxhat * xhat).mean(axis=0)",
        "xhat * (dxhat * xhat).mean(axis=0) -> xhat",
        "You seem to work inside the arrays of the cache. Could the backward pass be run once more?"),
    "promoted_to_float64": (
        "np.asarray(part, dout.dtype) -> np.asarray(part, float)",
        "Your gradients seem to be computed in float64, whatever comes in. Which line changes the dtype?"),
}, same_as={"cache_edited": ""})

WRONG_STAGED = slips(staged, {
    # a stage of the graph
    "normalized_where_centred_belongs": ("centred = xhat * std -> centred = xhat",
        "In the staged derivation, the normalized x seems to stand where the centred x belongs."),
    "power_of_std_for_that_of_var": ("std**-3 -> std**-1.5",
        "A power of std seems to stand where the same power of the variance belongs."),
    "derivative_of_the_square": ("+ 2 * dvar -> + dvar",
        "The step back through the square seems to lack a factor. What is the derivative of (x - mean)^2?"),
    "derivative_of_the_root": ("-0.5 * (dxhat -> -1 * (dxhat",
        "The step back through 1/sqrt(var) seems to lack a factor. What is the derivative of var^(-1/2)?"),
    "sign_of_the_inverse_root": ("-0.5 * (dxhat -> 0.5 * (dxhat",
        "The step back through 1/sqrt(var) seems to have the wrong sign. Does 1/sqrt grow?"),
    "staged_variance_without_n": ("centred / n -> centred",
        "The step back through the mean of squares seems to forget how many examples share it."),
    "staged_mean_without_n": ("dmean / n -> dmean",
        "The step back through the mean seems to forget how many examples share it."),
}, same_as={
    "sign_of_the_inverse_root": "variance_path_added",
    "staged_variance_without_n": "variance_path_summed",
    "staged_mean_without_n": "mean_path_summed",
})
