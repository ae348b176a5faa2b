"""Programs, right and wrong, that prove the checks of `spatial_batchnorm`."""

from __future__ import annotations

import numpy as np

from autograder.suite import slips, variant


@variant("spatial_batchnorm_forward")
def by_axes(x, gamma, beta, bn_param):
    gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
    mode, eps, alpha = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
    mean = np.asarray(bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype)), x.dtype)
    var = np.asarray(bn_param.get("running_var", np.ones(x.shape[1], x.dtype)), x.dtype)
    if mode == "train":
        mu, v = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        bn_param["running_mean"] = (1 - alpha) * mean + alpha * mu
        bn_param["running_var"] = (1 - alpha) * var + alpha * v
        mean, var = mu, v
    elif mode != "test":
        raise ValueError(f"unknown mode {mode}")
    std = np.sqrt(var + eps)
    xhat = (x - mean[:, None, None]) / std[:, None, None]
    return gamma[:, None, None] * xhat + beta[:, None, None], (xhat, gamma, std)


@variant("spatial_batchnorm_forward")
def by_rows(x, gamma, beta, bn_param):
    gamma, beta = np.asarray(gamma, x.dtype), np.asarray(beta, x.dtype)
    mode, eps, alpha = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
    n, c, h, w = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, c)
    mean = np.asarray(bn_param.get("running_mean", np.zeros(c, x.dtype)), x.dtype)
    var = np.asarray(bn_param.get("running_var", np.ones(c, x.dtype)), x.dtype)
    if mode == "train":
        mu, v = rows.mean(axis=0), rows.var(axis=0)
        bn_param["running_mean"] = (1 - alpha) * mean + alpha * mu
        bn_param["running_var"] = (1 - alpha) * var + alpha * v
        mean, var = mu, v
    elif mode != "test":
        raise ValueError(f"unknown mode {mode}")
    std = np.sqrt(var + eps)
    xhat = (rows - mean) / std
    out = (gamma * xhat + beta).reshape(n, h, w, c).transpose(0, 3, 1, 2)
    return out, (xhat.reshape(n, h, w, c).transpose(0, 3, 1, 2), gamma, std)


@variant("spatial_batchnorm_backward")
def back_by_axes(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    axes, pixels = (0, 2, 3), dout.size // dout.shape[1]
    dbeta = dout.sum(axis=axes)
    dgamma = (dout * xhat).sum(axis=axes)
    dxhat = dout * gamma[:, None, None]
    mean_path = dxhat.sum(axis=axes, keepdims=True) / pixels
    variance_path = xhat * (dxhat * xhat).sum(axis=axes, keepdims=True) / pixels
    dx = (dxhat - mean_path - variance_path) / std[:, None, None]
    return dx, dgamma, dbeta


@variant("spatial_batchnorm_backward")
def back_by_rows(dout, cache):
    xhat, gamma, std = (np.asarray(part, dout.dtype) for part in cache)
    n, c, h, w = dout.shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, c)
    xrows = xhat.transpose(0, 2, 3, 1).reshape(-1, c)
    dgamma, dbeta = (rows * xrows).sum(axis=0), rows.sum(axis=0)
    dx = gamma / std * (rows - dbeta / len(rows) - xrows * dgamma / len(rows))
    return dx.reshape(n, h, w, c).transpose(0, 3, 1, 2), dgamma, dbeta


@variant("spatial_batchnorm_forward", "spatial_batchnorm_backward")
class ChannelByChannel:
    """One channel at a time, and a cache that is a list of what each channel needs."""

    @staticmethod
    def spatial_batchnorm_forward(x, gamma, beta, bn_param):
        eps, alpha, out, cache = bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1), np.zeros_like(x), []
        channels = x.shape[1]
        mean = np.array(bn_param.get("running_mean", np.zeros(channels)), dtype=x.dtype)
        var = np.array(bn_param.get("running_var", np.ones(channels)), dtype=x.dtype)
        if bn_param["mode"] not in ("train", "test"):
            raise ValueError(bn_param["mode"])
        for c in range(channels):
            mu, v = mean[c], var[c]
            if bn_param["mode"] == "train":
                mu, v = np.mean(x[:, c]), np.mean((x[:, c] - np.mean(x[:, c])) ** 2)
                mean[c], var[c] = (1 - alpha) * mean[c] + alpha * mu, (1 - alpha) * var[c] + alpha * v
            centred = x[:, c] - mu
            out[:, c] = gamma[c] * centred / np.sqrt(v + eps) + beta[c]
            cache.append((centred, v + eps, gamma[c]))
        if bn_param["mode"] == "train":
            bn_param["running_mean"], bn_param["running_var"] = mean, var
        return out, cache

    @staticmethod
    def spatial_batchnorm_backward(dout, cache):
        dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(dout[0, :, 0, 0]), dout.sum(axis=(0, 2, 3))
        for c, (centred, var, gamma) in enumerate(cache):
            g = dout[:, c]
            dgamma[c] = np.vdot(g, centred) / np.sqrt(var)
            dx[:, c] = gamma / np.sqrt(var) * (g - g.mean() - centred * (g * centred).mean() / var)
        return dx, dgamma, dbeta


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG_BY_AXES = slips(by_axes, {
    "every_pixel_by_itself": ("axis=(0, 2, 3) -> axis=0",
        "(x - mean[:, None, None]) / std[:, None, None] -> (x - mean) / std",
        "Every position of the image seems to have statistics of its own. What do all pixels of a channel share?"),
    "images_normalized_one_by_one": (
        "mu, v = -> m, s = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True); mu, v =",
        "xhat = (x - mean[:, None, None]) / std[:, None, None] -> xhat = (x - m) / np.sqrt(s + eps) if mode == "
        "'train' else (x - mean[:, None, None]) / std[:, None, None]",
        "Each image seems to be normalized by itself. Over what does BATCH normalization average?"),
    "variances_of_images_averaged": ("x.var(axis=(0, 2, 3)) -> x.var(axis=(2, 3)).mean(axis=0)",
        "Your variance seems to be the average over the images of their own variances. Do their means not differ?"),
    "variance_of_image_means": ("x.var(axis=(0, 2, 3)) -> x.mean(axis=(2, 3)).var(axis=0)",
        "Your variance seems to be that of the image means. Do the pixels within an image not differ?"),
    "channels_share_statistics": (
        "x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3)) -> mean * 0 + x.mean(), var * 0 + x.var()",
        "All channels seem to share one mean and one spread. How many should there be?"),
    "unbiased_variance": ("x.var(axis=(0, 2, 3)) -> x.var(axis=(0, 2, 3), ddof=1)",
        "Your variance looks like the unbiased one. Which of the two does the stub ask for?"),
    "running_variance_unbiased": ("alpha * v -> alpha * v * x[:, 0].size / max(x[:, 0].size - 1, 1)",
        "Your running variance looks like an average of unbiased variances. Which variance does this course "
        "average?"),
    "one_pass_variance": ("x.var(axis=(0, 2, 3)) -> (x**2).mean(axis=(0, 2, 3)) - x.mean(axis=(0, 2, 3)) ** 2",
        "Your variance looks like E[x^2] - E[x]^2. What is left of a small difference between two huge numbers?"),
    "eps_outside_the_root": ("np.sqrt(var + eps) -> np.sqrt(var) + eps",
        "Your eps seems to be added to the standard deviation. What does the formula add it to?"),
    "settings_hard_coded": ('bn_param.get("eps", 1e-5) -> 1e-5', 'bn_param.get("alpha", 0.1) -> 0.1',
        "Your eps and alpha seem to be numbers of your own. Where does the caller put theirs?"),
    "every_setting_is_needed": ('bn_param.get("eps", 1e-5) -> bn_param["eps"]',
        'bn_param.get("alpha", 0.1) -> bn_param["alpha"]',
        "Your function seems to expect eps and alpha in bn_param. Some callers leave them out."),
    "alpha_weighs_the_old_value": ("(1 - alpha) * mean + alpha * mu -> alpha * mean + (1 - alpha) * mu",
        "(1 - alpha) * var + alpha * v -> alpha * var + (1 - alpha) * v",
        "alpha seems to weigh the old value here. Read what alpha means in this course."),
    "statistics_never_reach_the_caller": ("mode, eps, alpha = -> bn_param = dict(bn_param); mode, eps, alpha =",
        "You seem to keep the new statistics to yourself: the caller's bn_param still holds the old ones."),
    "mode_is_ignored": ('mode == "train" -> mode == "train" or "test"',
        "Your function seems to train whatever the mode says. Which modes does your condition let through?"),
    "batch_statistics_when_testing": ("std = -> mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3)); std =",
        "In test mode you seem to normalize by the batch at hand. What would the answer for one lonely image be?"),
    "statistics_updated_when_testing": ('if mode == "train": -> if mode in ("train", "test"):',
        'mean, var = mu, v -> mean, var = (mu, v) if mode == "train" else (mean, var)',
        "Test mode seems to update the running statistics too. May the images that you are tested on teach the "
        "model?"),
    "any_other_mode_is_testing": ('raise ValueError(f"unknown mode {mode}") -> pass',
        "Any mode but 'train' seems to count as test mode. A caller who mistypes it will never know."),
    "beta_inside_the_scale": ("xhat + beta[:, None, None], -> (xhat + beta[:, None, None]),",
        "beta seems to be multiplied by gamma on its way out. In which order do scale and shift come?"),
    "x_edited": ("xhat = -> x -= mean[:, None, None]; xhat =", "(x - mean[:, None, None]) / -> x /",
        "Your function seems to subtract the mean inside the caller's x. Will they still find their images "
        "afterwards?"),
    "promoted_to_float64": ("mode, eps, alpha = -> x = np.asarray(x, dtype=float); mode, eps, alpha =",
        "Your work seems to be done in float64, whatever comes in. Which line changes the dtype of x?"),
    "channel_axis_guessed": (
        "mode, eps, alpha = -> axes = tuple({0, 1, 2, 3} - {x.shape.index(len(gamma))}); mode, eps, alpha =",
        "axis=(0, 2, 3) -> axis=axes",
        "Your function seems to find the channel axis by its size. What if another axis has the same size?"),
})

WRONG_BY_ROWS = slips(by_rows, {
    "reshaped_without_transposing": ("x.transpose(0, 2, 3, 1).reshape(-1, c) -> x.reshape(-1, c)",
        ".reshape(n, h, w, c).transpose(0, 3, 1, 2) -> .reshape(n, c, h, w)",
        "Your rows seem to mix pixels of several channels. Which axis runs fastest when you reshape?"),
    "reshaped_back_without_transposing": (".reshape(n, h, w, c).transpose(0, 3, 1, 2) -> .reshape(n, c, h, w)",
        "The way in looks right, but the way back seems to put the pixels elsewhere. In which order do your "
        "rows lie?"),
    "rows_and_columns_exchanged": (".transpose(0, 3, 1, 2) -> .transpose(0, 3, 2, 1)",
        "Rows and columns of the images seem to change places on the way back."),
    "another_permutation_back": (".transpose(0, 3, 1, 2) -> .transpose(0, 2, 1, 3)",
        "The way back does not undo the way in. Where has the channel axis gone in between?"),
    "another_permutation_in": ("x.transpose(0, 2, 3, 1).reshape(-1, c) -> x.transpose(0, 3, 2, 1).reshape(-1, c)",
        "The way back does not undo the way in. In which order do rows and columns lie in between?"),
})

WRONG_BACK_BY_AXES = slips(back_by_axes, {
    "only_images_counted": ("pixels = (0, 2, 3), dout.size // dout.shape[1] -> pixels = (0, 2, 3), dout.shape[0]",
        "Your means seem to count the images only. How many numbers share the statistics of a channel?"),
    "sums_instead_of_means": ("/ pixels -> ",
        "Both detours of your dx look as if they were summed over the channel. How much does one pixel move a mean?"),
    "images_held_apart": ("(0, 2, 3), dout.size // dout.shape[1] -> (2, 3), dout[0, 0].size",
        "sum(axis=axes) -> sum(axis=(0, 2, 3))",
        "Your dx is what you get when every image has statistics of its own. Who else moves the mean of a channel?"),
    "statistics_held_constant": (" - mean_path - variance_path -> ",
        "Your dx is what you get when mean and variance are constants. Does a pixel not move both of them?"),
    "variance_held_constant": (" - variance_path -> ",
        "Your dx is what you get when the variance is a constant. Which pixels is it made of?"),
    "mean_held_constant": (" - mean_path -> ",
        "Your dx is what you get when the mean is a constant. Which pixels is it made of?"),
    "gamma_missing": ("dout * gamma[:, None, None] -> dout",
        "gamma seems to be missing in your dx. What stands between the normalized x and out?"),
    "not_divided_by_std": (" / std[:, None, None] -> ",
        "Your dx looks like the gradient for a channel of unit spread. What did the forward pass divide by?"),
    "parameter_gradients_averaged": ("sum(axis=axes) -> mean(axis=axes)",
        "dgamma and dbeta seem to be averaged over the pixels. All pixels share one gamma: how do their wishes "
        "add up?"),
    "parameter_gradients_for_every_pixel": ("sum(axis=axes) -> sum(axis=0)",
        "There seems to be one dgamma and dbeta for each pixel of a channel. How many gammas are there?"),
    "dgamma_from_the_centred_x": ("dgamma = (dout * xhat) -> dgamma = (dout * xhat * std[:, None, None])",
        "Your dgamma seems to use x - mean. What is gamma multiplied by?"),
    "dgamma_with_gamma": ("dgamma = (dout * xhat) -> dgamma = (dout * gamma[:, None, None] * xhat)",
        "gamma seems to be in your dgamma. How does out depend on gamma?"),
    "dout_edited": ("dxhat = dout * -> dxhat = dout; dxhat *=",
        "You seem to multiply inside the caller's dout. Another layer may still need it."),
    "back_promoted_to_float64": ("axes, pixels = -> dout = dout.astype(float); axes, pixels =",
        "Your gradients seem to be computed in float64, whatever comes in. Which line changes the dtype?"),
    "channel_axis_guessed_on_the_way_back": (
        "axes, pixels = (0, 2, 3) -> axes, pixels = tuple({0, 1, 2, 3} - {dout.shape.index(len(gamma))})",
        "Your function seems to find the channel axis by its size. What if another axis has the same size?"),
})

WRONG_BACK_BY_ROWS = slips(back_by_rows, {
    "back_reshaped_without_transposing": (".transpose(0, 2, 3, 1) -> ",
        ".reshape(n, h, w, c).transpose(0, 3, 1, 2) -> .reshape(n, c, h, w)",
        "Your rows of dout seem to mix pixels of several channels. Which axis runs fastest when you reshape?"),
    "dx_reshaped_without_transposing": (".reshape(n, h, w, c).transpose(0, 3, 1, 2) -> .reshape(n, c, h, w)",
        "Your dx seems to hold the right numbers in other places. In which order do your rows lie?"),
    "dx_with_rows_and_columns_exchanged": (".transpose(0, 3, 1, 2) -> .transpose(0, 3, 2, 1)",
        "Rows and columns of dx seem to have changed places on the way back."),
    "xhat_not_transposed": ("xhat.transpose(0, 2, 3, 1) -> xhat",
        "dout and the normalized x seem to lie in different orders when you multiply them."),
})
