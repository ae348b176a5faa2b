"""Programs, right and wrong, that prove the checks of `batch_renorm`."""

from __future__ import annotations

import numpy as np

from autograder.suite import slips, variant


@variant("batch_renorm_forward")
def plain_forward(x, gamma, beta, param):
    gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
    rmax, dmax, eps, alpha = param["rmax"], param["dmax"], param.get("eps", 1e-5), param.get("alpha", 0.1)
    if rmax < 1 or dmax < 0:
        raise ValueError("rmax must be at least 1, dmax at least 0")
    mean, std = np.asarray(param["running_mean"], x.dtype), np.asarray(param["running_std"], x.dtype)
    mu, var = x.mean(axis=0), x.var(axis=0)
    sigma = np.sqrt(var + eps)
    r = np.clip(sigma / std, 1 / rmax, rmax)
    d = np.clip((mu - mean) / std, -dmax, dmax)
    xhat = (x - mu) / sigma
    param["running_mean"] = (1 - alpha) * mean + alpha * mu
    param["running_std"] = (1 - alpha) * std + alpha * sigma
    return gamma * (xhat * r + d) + beta, (xhat, gamma, sigma, r, d)


@variant("batch_renorm_forward")
def limits_by_minimum_and_maximum(x, gamma, beta, param):
    if not (param["rmax"] >= 1 and param["dmax"] >= 0):
        raise ValueError("limits")
    a, n = param.get("alpha", 0.1), x.shape[0]
    mu = np.einsum("nd->d", x) / n
    centred = x - mu
    sigma = (np.einsum("nd,nd->d", centred, centred) / n + param.get("eps", 1e-5)) ** 0.5
    offset, running_std = mu - np.asarray(param["running_mean"], x.dtype), np.asarray(param["running_std"], x.dtype)
    r = np.minimum(np.maximum(sigma / running_std, 1 / param["rmax"]), param["rmax"])
    d = np.maximum(np.minimum(offset / running_std, param["dmax"]), -param["dmax"])
    param.update(running_mean=mu - (1 - a) * offset, running_std=running_std + a * (sigma - running_std))
    xhat = centred / sigma
    out = xhat * r
    out += d
    out *= gamma
    out += beta
    return out, (xhat, gamma, sigma, r, d)


@variant("batch_renorm_backward")
def plain_backward(dout, cache):
    xhat, gamma, sigma, r, d = (np.asarray(part, dout.dtype) for part in cache)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * (xhat * r + d)).sum(axis=0)
    dxhat = dout * gamma * r
    mean_path = dxhat.mean(axis=0)
    variance_path = xhat * (dxhat * xhat).mean(axis=0)
    dx = (dxhat - mean_path - variance_path) / sigma
    return dx, dgamma, dbeta


@variant(
    "batch_renorm_backward",
    equivalent={"centred = xhat * sigma -> centred = -(xhat * sigma)": "it enters twice, and the signs cancel"},
)
def staged_backward(dout, cache):
    xhat, gamma, sigma, r, d = (np.asarray(part, dout.dtype) for part in cache)
    dscaled = dout * gamma
    dxhat = dscaled * r
    centred = xhat * sigma
    dsigma = -(dxhat * centred).sum(axis=0) / sigma**2
    dcentred = dxhat / sigma + dsigma * centred / (len(dout) * sigma)
    dx = dcentred - dcentred.mean(axis=0)
    return dx, r * np.einsum("nd,nd->d", dout, xhat) + d * dout.sum(axis=0), np.add.reduce(dout)


@variant("batch_renorm_forward", "batch_renorm_backward")
class KeepsTheCorrectedInput:
    """The cache holds the corrected input and one common factor."""

    @staticmethod
    def batch_renorm_forward(x, gamma, beta, param):
        gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
        eps, alpha, rmax, dmax = param.get("eps", 1e-5), param.get("alpha", 0.1), param["rmax"], param["dmax"]
        if rmax < 1:
            raise ValueError("rmax")
        if dmax < 0:
            raise ValueError("dmax")
        running_mean, running_std = (np.asarray(param[key], x.dtype) for key in ("running_mean", "running_std"))
        mu = x.mean(axis=0)
        sigma = np.sqrt(((x - mu) ** 2).mean(axis=0) + eps)
        r = np.clip(sigma / running_std, 1 / rmax, rmax)
        d = np.clip((mu - running_mean) / running_std, -dmax, dmax)
        corrected = (x - mu) * (r / sigma) + d
        param["running_mean"] = running_mean + alpha * (mu - running_mean)
        param["running_std"] = running_std + alpha * (sigma - running_std)
        return gamma * corrected + beta, {"corrected": corrected, "xhat": (x - mu) / sigma, "factor": gamma * r / sigma}

    @staticmethod
    def batch_renorm_backward(dout, cache):
        corrected, xhat, factor = (np.asarray(cache[key], dout.dtype) for key in ("corrected", "xhat", "factor"))
        dx = dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)
        return factor * dx, (dout * corrected).sum(axis=0), dout.sum(axis=0)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_PLAIN_FORWARD = slips(plain_forward, {
    "r_upside_down": ("np.clip(sigma / std, -> np.clip(std / sigma,",
        "Your r seems to be upside down. If the batch is wider than usual, should the correction widen or "
        "narrow it?"),
    "r_without_a_lower_limit": ("np.clip(sigma / std, 1 / rmax, rmax) -> np.minimum(sigma / std, rmax)",
        "Your r seems to be free to become very small. Does rmax speak of one direction only?"),
    "r_never_below_one": ("1 / rmax, rmax) -> 1, rmax)",
        "Your r seems never to fall below 1. May a batch not be narrower than usual?"),
    "r_without_an_upper_limit": ("np.clip(sigma / std, 1 / rmax, rmax) -> np.maximum(sigma / std, 1 / rmax)",
        "Your r seems to be free to become very large."),
    "r_not_limited": ("np.clip(sigma / std, 1 / rmax, rmax) -> sigma / std",
        "Your r seems to have no limits. What is rmax for?"),
    "d_not_limited": ("np.clip((mu - mean) / std, -dmax, dmax) -> (mu - mean) / std",
        "Your d seems to have no limits. What is dmax for?"),
    "d_limited_on_one_side": ("np.clip((mu - mean) / std, -dmax, dmax) -> np.minimum((mu - mean) / std, dmax)",
        "Your d seems to have a limit on one side only."),
    "d_never_negative": ("np.clip((mu - mean) / std, -dmax, dmax) -> np.clip((mu - mean) / std, 0, dmax)",
        "Your d seems never to be negative. May a batch not lie below the running mean?"),
    "d_in_units_of_the_batch": ("(mu - mean) / std -> (mu - mean) / sigma",
        "Your d seems to be measured in standard deviations of the batch. In whose units should x end up?"),
    "d_with_the_wrong_sign": ("(mu - mean) / std, -> (mean - mu) / std,",
        "Your d seems to have the wrong sign. If the batch lies above the running mean, where should it end up?"),
    "d_not_divided": ("(mu - mean) / std, -> mu - mean,",
        "Your d seems to be in the units of x. In which units is the normalized x that it is added to?"),
    "d_limited_before_the_division": (
        "np.clip((mu - mean) / std, -dmax, dmax) -> np.clip(mu - mean, -dmax, dmax) / std",
        "Your d seems to be limited before it is divided. In which units is dmax?"),
    "d_by_the_limited_r": ("(mu - mean) / std, -> (mu - mean) / sigma * r,",
        "Your d seems to use r after it was limited. Do the two limits depend on each other?"),
    "limits_exchanged": ("1 / rmax, rmax) -> 1 / (1 + dmax), 1 + dmax)", "-dmax, dmax) -> -rmax, rmax)",
        "r and d seem to have exchanged their limits. Which of them is a ratio?"),
    "r_of_variances": ("sigma / std, -> (sigma / std) ** 2,",
        "Your r looks like a ratio of variances. What does it stretch?"),
    "r_and_d_exchanged": ("(xhat * r + d) -> (xhat * d + r)",
        "r and d seem to have changed places: which of the two stretches, and which shifts?"),
    "d_stretched_by_r": ("(xhat * r + d) -> (xhat + d) * r",
        "Your d seems to be stretched by r. In which order do the two corrections come?"),
    "d_outside_gamma": ("gamma * (xhat * r + d) + beta -> gamma * xhat * r + d + beta",
        "Your d seems to go around gamma. Is it part of the normalization, or of the shift?"),
    "no_correction_at_all": ("(xhat * r + d) -> xhat",
        "Your out looks like plain batch normalization: r and d have not spoken yet."),
    "running_statistics_alone": ("gamma * (xhat * r + d) -> gamma * (x - mean) / std",
        "Your out looks normalized by the running statistics alone. What happens to it beyond the limits of r "
        "and d?"),
    "unbiased_variance": ("x.var(axis=0) -> x.var(axis=0, ddof=1)",
        "Your batch variance looks like the unbiased one, over N - 1. Which of the two does this course use?"),
    "eps_outside_the_root": ("np.sqrt(var + eps) -> np.sqrt(var) + eps",
        "Your eps seems to be added to the standard deviation. What does the stub add it to?"),
    "eps_forgotten": ("np.sqrt(var + eps) -> np.sqrt(var)",
        "There seems to be no eps in your sigma_B. What happens to a feature that never varies?"),
    "eps_hard_coded": ('param.get("eps", 1e-5) -> 1e-5',
        "Your eps seems to be a number of your own. Where does the caller put theirs?"),
    "every_key_is_needed": ('param.get("eps", 1e-5) -> param["eps"]', 'param.get("alpha", 0.1) -> param["alpha"]',
        "Your function seems to expect eps and alpha in param. Some callers leave them out."),
    "r_without_eps": ("np.clip(sigma / std -> np.clip(np.sqrt(var) / std",
        "Your r and your normalization seem to use two different sigma_B. Which of them has eps in it?"),
    "updated_before_use": (
        "sigma = np.sqrt(var + eps) -> sigma = np.sqrt(var + eps)\n    mean, std = (1 - alpha) * mean + alpha * "
        "mu, (1 - alpha) * std + alpha * sigma", "(1 - alpha) * mean + alpha * mu\n -> mean\n",
        "(1 - alpha) * std + alpha * sigma\n    return -> std\n    return",
        "Your r and d seem to use running statistics that know this batch already. When does the update come?"),
    "variance_averaged": ("(1 - alpha) * std + alpha * sigma -> np.sqrt((1 - alpha) * std**2 + alpha * sigma**2)",
        "Your running spread looks like the root of an averaged variance. What does the stub average?"),
    "running_std_holds_variance": ("alpha * sigma -> alpha * var",
        "What you average under the name of a standard deviation looks like a variance."),
    "running_std_without_eps": ("alpha * sigma -> alpha * np.sqrt(var)",
        "The spread that you average seems to lack eps. Which sigma_B does r compare it with?"),
    "alpha_weighs_the_old_value": ("(1 - alpha) * mean + alpha * mu -> alpha * mean + (1 - alpha) * mu",
        "(1 - alpha) * std + alpha * sigma -> alpha * std + (1 - alpha) * sigma",
        "alpha seems to weigh the old value here. Read what alpha means in this course."),
    "alpha_hard_coded": ('param.get("alpha", 0.1) -> 0.1',
        "Your alpha seems to be a number of your own. Where does the caller put theirs?"),
    "only_the_mean_is_averaged": ("(1 - alpha) * std + alpha * sigma -> sigma",
        "Your running mean is an average, but your running standard deviation looks like that of the last batch"
        " alone."),
    "never_updated": ("(1 - alpha) * mean + alpha * mu -> mean", "(1 - alpha) * std + alpha * sigma -> std",
        "Your running statistics seem to stay where they started. Who teaches them?"),
    "running_array_edited": ("(1 - alpha) * mean + alpha * mu -> mean; mean *= 1 - alpha; mean += alpha * mu",
        "You seem to edit a running array itself. What happens to another layer that holds the same array?"),
    "x_edited": ("xhat = (x - mu) / sigma -> x -= mu; xhat = x / sigma",
        "Your function seems to subtract the mean inside the caller's x. Will they still find their data "
        "afterwards?"),
    "small_rmax_accepted": ("if rmax < 1 or dmax < 0 -> if rmax <= 0 or dmax < 0",
        "A largest ratio below 1 seems to be welcome. Which interval would it leave for r?"),
    "negative_dmax_accepted": ("if rmax < 1 or dmax < 0 -> if rmax < 1",
        "A negative limit for d seems to be welcome. Which interval would it leave?"),
    "plain_batchnorm_refused": ("rmax < 1 or dmax < 0 -> rmax <= 1 or dmax <= 0",
        "Limits that leave no correction at all seem to be refused. Does the stub forbid them?"),
    "promoted_to_float64": ("mu, var = -> x = np.asarray(x, dtype=float); mu, var =",
        "Your work seems to be done in float64, whatever comes in. Which line changes the dtype of x?"),
})

WRONG_PLAIN_BACKWARD = slips(plain_backward, {
    "r_missing_in_dx": ("dxhat = dout * gamma * r -> dxhat = dout * gamma",
        "r seems to be missing in your dx. What does the normalized x meet on its way to out?"),
    "gradient_through_r_and_d": (" - mean_path - variance_path -> ",
        "Your dx is dout times constants, as if r and d undid the detours through mean and variance. Do they move?"),
    "variance_held_constant": (" - variance_path -> ",
        "Your dx is what you get when the batch variance is a constant. Is it one of the things held constant here?"),
    "mean_held_constant": (" - mean_path -> ",
        "Your dx is what you get when the batch mean is a constant. Is it one of the things held constant here?"),
    "corrected_where_normalized_belongs": (
        "xhat * (dxhat * xhat).mean -> (xhat * r + d) * (dxhat * (xhat * r + d)).mean",
        "In the detour through the variance, the corrected input seems to stand where the normalized one belongs."),
    "r_twice_in_the_variance_path": ("variance_path = xhat -> variance_path = xhat * r",
        "r seems to enter the detour through the variance twice."),
    "divided_by_r": ("dout * gamma * r -> dout * gamma / r",
        "Your dx seems to be divided by r. Does a larger r make out more sensitive, or less?"),
    "gamma_missing": ("dout * gamma * r -> dout * r",
        "gamma seems to be missing in your dx."),
    "sums_instead_of_means": (".mean(axis=0) -> .sum(axis=0)",
        "Both detours of your dx look as if they were summed over the batch. How much does one example move a mean?"),
    "unbiased_variance_path": ("(dxhat * xhat).mean(axis=0) -> (dxhat * xhat).sum(axis=0) / max(len(dout) - 1, 1)",
        "The detour through the variance seems to use N - 1. What did the forward pass divide its variance by?"),
    "dgamma_without_correction": ("(xhat * r + d) -> xhat",
        "Your dgamma looks like that of plain batch normalization. What is gamma multiplied by here?"),
    "dgamma_without_d": ("(xhat * r + d) -> xhat * r",
        "d seems to be missing in your dgamma. What is gamma multiplied by here?"),
    "dbeta_with_gamma": ("dbeta = dout -> dbeta = (dout * gamma)",
        "gamma seems to be in your dbeta. In which order do scale and shift come?"),
    "parameter_gradients_averaged": ("dout.sum(axis=0) -> dout.mean(axis=0)", "+ d)).sum(axis=0) -> + d)).mean(axis=0)",
        "dgamma and dbeta seem to be averaged over the batch. All examples share one gamma: how do their wishes"
        " add up?"),
    "dout_edited": ("dxhat = dout * gamma * r -> dxhat = dout; dxhat *= gamma * r",
        "You seem to multiply inside the caller's dout. Another layer may still need it."),
    "gradients_promoted_to_float64": ("dbeta = -> dout = dout.astype(float); dbeta =",
        "Your gradients seem to be computed in float64, whatever comes in. Which line changes the dtype?"),
    "single_example_passed_through": ("dx = ( -> dx = dxhat / sigma if len(dout) == 1 else (",
        "A batch of one example seems to be a special case for you. What does its output depend on?"),
})
