"""Programs, right and wrong, that prove the checks of `batchnorm_forward`."""

from __future__ import annotations

import numpy as np

from autograder.suite import slips, variant

ELSEWHERE = "the dtype of gradients is judged where the backward pass is"


@variant("batchnorm_forward")
def plain(x, gamma, beta, bn_param):
    gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
    mode, eps, alpha = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
    mean = np.asarray(bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype)), x.dtype)
    var = np.asarray(bn_param.get("running_var", np.ones(x.shape[1], x.dtype)), x.dtype)
    if mode == "train":
        mu, v = x.mean(axis=0), x.var(axis=0)
        bn_param["running_mean"] = (1 - alpha) * mean + alpha * mu
        bn_param["running_var"] = (1 - alpha) * var + alpha * v
        mean, var = mu, v
    elif mode != "test":
        raise ValueError(f"unknown mode {mode}")
    std = np.sqrt(var + eps)
    xhat = (x - mean) / std
    return gamma * xhat + beta, (xhat, gamma, std)


@variant(
    "batchnorm_forward", equivalent={"1 -> 2": "an empty shape in place of (D,), and the first batch broadcasts it"}
)
def broadcast_by_keepdims(x, gamma, beta, bn_param):
    gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
    if bn_param["mode"] not in ("train", "test"):
        raise ValueError(bn_param["mode"])
    features = x.shape[1:]
    running_mean = np.asarray(bn_param.setdefault("running_mean", np.zeros(features)), x.dtype)
    running_var = np.asarray(bn_param.setdefault("running_var", np.ones(features)), x.dtype)
    mu, var = running_mean[None], running_var[None]
    if bn_param["mode"] == "train":
        alpha = bn_param.get("alpha", 0.1)
        mu, var = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
        bn_param["running_mean"] = running_mean + alpha * (mu[0] - running_mean)
        bn_param["running_var"] = running_var + alpha * (var[0] - running_var)
    std = np.sqrt(var + bn_param.get("eps", 1e-5))
    xhat = (x - mu) / std
    return xhat * gamma[None] + beta[None], (xhat, gamma, std[0])


@variant("batchnorm_forward", equivalent={"np.add.reduce(x, axis=0) -> np.add.reduce(x)": "axis 0 is the default"})
def staged_with_own_buffers(x, gamma, beta, bn_param):
    mode, eps, alpha = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
    n, d = x.shape
    old_mean = np.asarray(bn_param.get("running_mean", np.zeros(d)), x.dtype)
    old_var = np.asarray(bn_param.get("running_var", np.ones(d)), x.dtype)
    if mode == "train":
        mean = np.add.reduce(x, axis=0) / n
        xhat = x - mean
        var = np.einsum("nd,nd->d", xhat, xhat) / n
        bn_param.update(
            running_mean=(1 - alpha) * old_mean + alpha * mean, running_var=(1 - alpha) * old_var + alpha * var
        )
    elif mode == "test":
        xhat, var = x - old_mean, old_var
    else:
        raise ValueError(f"no such mode: {mode}")
    std = (var + eps) ** 0.5
    xhat /= std
    out = xhat.copy()
    out *= gamma
    out += beta
    return out, (xhat, gamma, std)


@variant(
    "batchnorm_forward",
    equivalent={"np.zeros(d, dtype=x.dtype) -> np.zeros(d)": "only std of the cache, and whoever reads it rounds"},
)
def one_feature_at_a_time(x, gamma, beta, bn_param):
    eps, alpha, (n, d) = bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1), x.shape
    if bn_param["mode"] != "train" and bn_param["mode"] != "test":
        raise ValueError("mode is 'train' or 'test'")
    means = np.array(bn_param.get("running_mean", np.zeros(d)), dtype=x.dtype)
    variances = np.array(bn_param.get("running_var", np.ones(d)), dtype=x.dtype)
    out, xhat, std = np.zeros_like(x), np.zeros_like(x), np.zeros(d, dtype=x.dtype)
    for j in range(d):
        mu, var = means[j], variances[j]
        if bn_param["mode"] == "train":
            mu = sum(x[:, j].astype(np.float64)) / n
            var = sum((x[:, j].astype(np.float64) - mu) ** 2) / n
            means[j] += alpha * (mu - means[j])
            variances[j] += alpha * (var - variances[j])
        std[j] = np.sqrt(var + eps)
        xhat[:, j] = (x[:, j] - mu) / std[j]
        out[:, j] = gamma[j] * xhat[:, j] + beta[j]
    if bn_param["mode"] == "train":
        bn_param["running_mean"], bn_param["running_var"] = means, variances
    return out, (xhat, gamma, std)


@variant(
    "batchnorm_forward",
    "batchnorm_backward",
    equivalent={
        "dx -> dx.astype(float)": ELSEWHERE,
        "(dout * xhat).sum(axis=0) -> (dout * xhat).sum(axis=0).astype(float)": ELSEWHERE,
        "dout.sum(axis=0) -> dout.sum(axis=0).astype(float)": ELSEWHERE,
        "dout -> dout.astype(float)": ELSEWHERE,
    },
)
class WithACacheOfItsOwn:
    """The cache holds what its own backward pass reads, and nothing in test mode."""

    @staticmethod
    def batchnorm_forward(x, gamma, beta, bn_param):
        gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
        eps, alpha, d = bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1), x.shape[1]
        rm = np.asarray(bn_param.get("running_mean", np.zeros(d, x.dtype)), x.dtype)
        rv = np.asarray(bn_param.get("running_var", np.ones(d, x.dtype)), x.dtype)
        if bn_param["mode"] == "test":
            return gamma * ((x - rm) * (1 / np.sqrt(rv + eps))) + beta, None
        if bn_param["mode"] != "train":
            raise ValueError("mode")
        xmu = x - x.mean(axis=0)
        var = (xmu**2).mean(axis=0)
        ivar = 1 / np.sqrt(var + eps)
        bn_param["running_mean"] = alpha * x.mean(axis=0) + (1 - alpha) * rm
        bn_param["running_var"] = alpha * var + (1 - alpha) * rv
        return gamma * (xmu * ivar) + beta, {"xmu": xmu, "ivar": ivar, "gamma": gamma}

    @staticmethod
    def batchnorm_backward(dout, cache):
        xhat = cache["xmu"] * cache["ivar"]
        dxhat = dout * cache["gamma"]
        dx = cache["ivar"] * (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0))
        return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    # which statistics
    "alpha_starts_at_nine_tenths": ('bn_param.get("alpha", 0.1) -> bn_param.get("alpha", 0.9)',
        "Without an alpha in bn_param, yours seems to be 0.9. Which default does the stub name, and what does "
        "it weigh?"),
    "alpha_weighs_the_old_value": ("(1 - alpha) * mean + alpha * mu -> alpha * mean + (1 - alpha) * mu",
        "(1 - alpha) * var + alpha * v -> alpha * var + (1 - alpha) * v",
        "alpha seems to weigh the old value here, as in some other courses and libraries. Read what alpha means"
        " in this one."),
    "unbiased_variance": ("x.var(axis=0) -> x.var(axis=0, ddof=1)",
        "Your variance looks like the unbiased one, over N - 1. Which of the two does the stub ask for?"),
    "normalizes_each_row": (
        "x.mean(axis=0), x.var(axis=0) -> x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)",
        "Each example seems to be normalized over its own features. Whose mean should one feature be compared with?"),
    "one_mean_for_all_features": ("x.mean(axis=0), x.var(axis=0) -> x.mean(), x.var()",
        "One mean and one variance seem to serve all features at once. How many numbers should a mean over the "
        "batch have?"),
    "running_variance_unbiased": ("alpha * v -> alpha * v * len(x) / max(len(x) - 1, 1)",
        "Your running variance looks like an average of unbiased variances, over N - 1, as some libraries keep "
        "it. Which variance does this course average?"),
    "only_the_division_is_unbiased": ("mean, var = mu, v -> mean, var = mu, x.var(axis=0, ddof=1)",
        "You seem to divide by an unbiased standard deviation, over N - 1, while your running variance is the "
        "biased one."),
    "variance_corrected_when_testing": (
        'np.sqrt(var + eps) -> np.sqrt((var if mode == "train" else var * len(x) / max(len(x) - 1, 1)) + eps)',
        "In test mode your running variance seems to be corrected by m/(m - 1) with the size of the test batch."
        " What would a single test example make of that?"),
    "mean_not_removed": ("(x - mean) / std -> x / std",
        "Your x is divided, but its mean seems to be still there."),
    "variance_without_centring": ("x.var(axis=0) -> (x**2).mean(axis=0)",
        "What you call the variance looks like the mean of the squares of x itself. Is that a spread when the "
        "mean is not 0?"),
    "variance_around_the_running_mean": ("x.var(axis=0) -> ((x - mean) ** 2).mean(axis=0)",
        "Your batch variance seems to be measured around the running mean. Around which mean do these examples "
        "scatter?"),
    "mean_absolute_deviation": ("x.var(axis=0) -> np.abs(x - x.mean(axis=0)).mean(axis=0) ** 2",
        "Your spread looks like the mean of |x - mean|, a different measure from the one that the formula uses."),
    "one_pass_variance": ("x.var(axis=0) -> (x**2).mean(axis=0) - x.mean(axis=0) ** 2",
        "Your variance looks like E[x^2] - E[x]^2. What is left of a small difference between two huge rounded "
        "numbers?"),
    "one_pass_variance_made_positive": ("x.var(axis=0) -> np.abs((x**2).mean(axis=0) - x.mean(axis=0) ** 2)",
        "Your variance looks like |E[x^2] - E[x]^2|. The absolute value hides a sign that should have worried "
        "you: where do the digits go?"),
    "one_pass_variance_cut_at_zero": ("x.var(axis=0) -> np.maximum((x**2).mean(axis=0) - x.mean(axis=0) ** 2, 0)",
        "Your variance looks like max(0, E[x^2] - E[x]^2). The cut hides a sign that should have worried you: "
        "where do the digits go?"),
    # root, eps, scale and shift
    "divides_by_the_variance": ("np.sqrt(var + eps) -> var + eps",
        "You seem to divide by the variance. Which units does x have after that division?"),
    "divides_by_the_variance_when_testing": (
        'np.sqrt(var + eps) -> np.sqrt(var + eps) if mode == "train" else var + eps',
        "Training looks right, but in test mode you seem to divide by the running variance. Which units does "
        "that leave?"),
    "eps_outside_the_root": ("np.sqrt(var + eps) -> np.sqrt(var) + eps",
        "Your eps seems to be added to the standard deviation. What does the formula add it to?"),
    "eps_inside_and_outside": ("/ std -> / (std + eps)",
        "Your eps seems to be counted twice, once inside the root and once outside."),
    "eps_forgotten": ("np.sqrt(var + eps) -> np.sqrt(var)",
        "There seems to be no eps in your root. What happens to a feature that never varies?"),
    "zero_spread_replaced": ("np.sqrt(var + eps) -> np.where(var > 0, np.sqrt(var), 1).astype(x.dtype)",
        "You seem to guard against a zero spread by replacing it. That leaves eps idle for every other feature."),
    "eps_twice_inside": ("np.sqrt(var + eps) -> np.sqrt(var + eps + eps)",
        "Your eps seems to be added to the variance twice on its way to the root."),
    "eps_squared": ("np.sqrt(var + eps) -> np.sqrt(var + eps**2)",
        "Under your root eps seems to be squared. What does the formula add to the variance?"),
    "eps_as_a_floor": ("np.sqrt(var + eps) -> np.sqrt(np.maximum(var, eps))",
        "Your eps seems to be a floor under the variance. What does the formula do with it when the variance is"
        " large?"),
    "eps_hard_coded": ('bn_param.get("eps", 1e-5) -> 1e-5',
        "Your eps seems to be a number of your own. Where does the caller put theirs?"),
    "no_eps_when_testing": ('np.sqrt(var + eps) -> np.sqrt(var + eps if mode == "train" else var)',
        "Training uses eps, test mode seems to go without it. Should the two disagree about one formula?"),
    "running_variance_with_eps": ("alpha * v -> alpha * (v + eps)",
        "Your running variance seems to carry eps along, so that test mode meets eps twice. When does eps come in?"),
    "beta_inside_the_scale": ("gamma * xhat + beta -> gamma * (xhat + beta)",
        "beta seems to be multiplied by gamma on its way out. In which order do scale and shift come?"),
    "no_scale_and_shift": ("gamma * xhat + beta -> xhat",
        "Your out looks like the normalized x itself: gamma and beta have not spoken yet."),
    "no_shift": ("gamma * xhat + beta -> gamma * xhat",
        "Your out looks scaled but not shifted: what does beta do?"),
    "scale_made_positive": ("gamma * xhat -> np.abs(gamma) * xhat",
        "Your gamma seems to have lost its sign. May a scale be negative?"),
    "no_scale_and_shift_when_testing": ('gamma * xhat + beta -> gamma * xhat + beta if mode == "train" else xhat',
        "In test mode your out looks like the normalized x without scale and shift. What did training learn "
        "gamma and beta for?"),
    # running statistics and modes
    "alpha_hard_coded": ('bn_param.get("alpha", 0.1) -> 0.1',
        "Your alpha seems to be a number of your own. Where does the caller put theirs?"),
    "eps_starts_at_1e_8": ('bn_param.get("eps", 1e-5) -> bn_param.get("eps", 1e-8)',
        "Without an eps in bn_param, yours seems to be 1e-8. Which default does the stub name?"),
    "running_statistics_add_up": ("(1 - alpha) * mean -> mean", "(1 - alpha) * var -> var",
        "Your running statistics seem to grow by every batch. What keeps an average from becoming a sum?"),
    "running_variance_holds_std": ("alpha * v -> alpha * np.sqrt(v)",
        "What you average under the name of a variance looks like a standard deviation."),
    "only_the_mean_is_averaged": ("(1 - alpha) * var + alpha * v -> v",
        "Your running mean is an average, but your running variance looks like that of the last batch alone."),
    "first_batch_starts_the_average": ("np.zeros(x.shape[1], x.dtype) -> x.mean(axis=0)",
        "np.ones(x.shape[1], x.dtype) -> x.var(axis=0)",
        "With nothing to start from, your running statistics seem to begin at those of the first batch. Where "
        "should they begin?"),
    "last_batch_only": ("(1 - alpha) * mean + alpha * mu -> mu", "(1 - alpha) * var + alpha * v -> v",
        "Your running statistics look like those of the last batch alone. What has become of all the earlier ones?"),
    "running_variance_never_moves": ("(1 - alpha) * var + alpha * v -> var",
        "Your running variance seems to stay where it started, while the running mean learns."),
    "zeros_count_as_missing": (
        "(1 - alpha) * mean + alpha * mu -> (1 - alpha) * mean + alpha * mu if mean.any() else mu",
        "(1 - alpha) * var + alpha * v -> (1 - alpha) * var + alpha * v if mean.any() else v",
        "Running statistics of zeros seem to count as 'no statistics yet' for you, and the first batch replaces"
        " them."),
    "single_example_teaches_nothing": ('bn_param.get("alpha", 0.1) -> bn_param.get("alpha", 0.1) * (len(x) > 1)',
        "A batch of one example seems to leave your running statistics as they were. Does it have no mean?"),
    "running_variance_starts_at_zero": ("np.ones( -> np.zeros(",
        "Your running variance seems to start from zeros when there is none. Would you divide by its root?"),
    "every_key_is_needed": ('bn_param.get("eps", 1e-5) -> bn_param["eps"]',
        'bn_param.get("alpha", 0.1) -> bn_param["alpha"]',
        'bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype)) -> bn_param["running_mean"]',
        'bn_param.get("running_var", np.ones(x.shape[1], x.dtype)) -> bn_param["running_var"]',
        "Your function seems to expect every key in bn_param. Some callers leave out what the stub gives a "
        "default for."),
    "training_uses_running_statistics": (
        'mean, var = mu, v -> mean, var = bn_param["running_mean"], bn_param["running_var"]',
        "In training mode you seem to normalize by the running statistics. Then a batch no longer has mean beta."),
    "batch_statistics_when_testing": ("std = -> mean, var = x.mean(axis=0), x.var(axis=0); std =",
        "In test mode you seem to normalize by the batch at hand. What would the answer for one lonely example be?"),
    "mode_is_ignored": ('mode == "train" -> mode == "train" or "test"',
        "Your function seems to train whatever the mode says. Which modes does your condition let through?"),
    "statistics_updated_when_testing": ('if mode == "train": -> if mode in ("train", "test"):',
        'mean, var = mu, v -> mean, var = (mu, v) if mode == "train" else (mean, var)',
        "Test mode seems to update the running statistics too. May the examples that you are tested on teach "
        "the model?"),
    "statistics_updated_then_used_when_testing": ('if mode == "train": -> if mode in ("train", "test"):',
        'std = -> if mode == "test":\n        mean, var = bn_param["running_mean"], bn_param["running_var"]\n'
        "    std =",
        "Test mode seems to update the running statistics before it uses them, so the answer leans on the test "
        "batch."),
    "any_other_mode_is_testing": ('raise ValueError(f"unknown mode {mode}") -> pass',
        "Any mode but 'train' seems to count as test mode. A caller who mistypes it will never know."),
    "any_other_mode_is_training": ('elif mode != "test": -> elif not mode:', 'if mode == "train" -> if mode != "test"',
        "Any mode but 'test' seems to count as training mode. A caller who mistypes it will never know."),
    "another_exception": ("raise ValueError( -> raise KeyError(",
        "An unknown mode raises something, but not the exception that the stub promises. What would a caller catch?"),
    "statistics_never_reach_the_caller": ("mode, eps, alpha = -> bn_param = dict(bn_param); mode, eps, alpha =",
        "You seem to keep the new statistics to yourself: the caller's bn_param still holds the old ones."),
    # memory, shapes and dtypes
    "running_arrays_edited": ("(1 - alpha) * mean + alpha * mu -> mean; mean *= 1 - alpha; mean += alpha * mu",
        "(1 - alpha) * var + alpha * v -> var; var *= 1 - alpha; var += alpha * v",
        "You seem to edit the running arrays themselves. What happens to another layer that holds the same array?"),
    "x_edited": ("xhat = (x - mean) / std -> x -= mean; xhat = x / std",
        "Your function seems to subtract the mean inside the caller's x. Will they still find their data "
        "afterwards?"),
    "gamma_edited": ("xhat = (x - mean) / std -> xhat = (x - mean) / std; gamma /= std",
        "gamma * xhat + beta -> gamma * (x - mean) + beta",
        "Your function seems to fold the spread into the caller's gamma. What will the next batch find there?"),
    "promoted_to_float64": ("mode, eps, alpha = -> x = np.asarray(x, dtype=float); mode, eps, alpha =",
        "Your work seems to be done in float64, whatever comes in. Which line changes the dtype of x?"),
    "created_arrays_are_float64": (", x.dtype) -> )",
        "The running arrays that you create seem to be float64 even when x is not. Which dtype does np.zeros "
        "choose?"),
    "running_arrays_with_an_extra_axis": (
        "x.mean(axis=0), x.var(axis=0) -> x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)",
        "Your running arrays seem to have grown an axis of length 1. Which shape does the stub give them?"),
}, same_as={
    "one_pass_variance_made_positive": "one_pass_variance",
    "one_pass_variance_cut_at_zero": "one_pass_variance",
})
