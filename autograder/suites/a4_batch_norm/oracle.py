"""What every function of the assignment must compute, written from the definitions alone.

The checks take values from here and gradients by automatic differentiation of what is here, so that a slip in the
course's solution cannot hide behind an equal slip in its checks. The variance is half the mean squared difference
of two examples, which is no solution's way to compute it, and the images are taken apart channel by channel.
"""

from __future__ import annotations

import autograd.numpy as np


def mean(x):
    """Return the mean (D,) of the examples x (N, D)."""
    return np.sum(x, axis=0) / len(x)


def variance(x):
    """Return the biased variance (D,) of the examples x (N, D)."""
    return np.mean((x[:, None] - x[None, :]) ** 2, axis=(0, 1)) / 2


def batchnorm(x, gamma, beta, eps):
    """Normalize x (N, D) by the statistics of the batch, then scale and shift."""
    return affine_by(x, gamma, beta, mean(x), variance(x), eps)


def affine_by(x, gamma, beta, mean, var, eps):
    """Normalize x (N, D) by given statistics (D,), then scale and shift, as test mode does."""
    return (x - mean) / (var + eps) ** 0.5 * gamma + beta


def moved(old, batch, alpha):
    """Return the running average `old` after one batch whose weight is alpha."""
    return old + alpha * (batch - old)


def channels(x):
    """Return each channel of the images x (N, C, H, W) as a column of examples (N*H*W, 1)."""
    return [np.reshape(x[:, c], (-1, 1)) for c in range(x.shape[1])]


def spatial_batchnorm(x, gamma, beta, eps):
    """Normalize each channel of x (N, C, H, W) over all its pixels, one channel after the other."""
    n, _, height, width = x.shape
    out = [batchnorm(pixels, gamma[c], beta[c], eps) for c, pixels in enumerate(channels(x))]
    return np.stack([np.reshape(pixels, (n, height, width)) for pixels in out], axis=1)


def mean_only(x, beta):
    """Remove the batch mean from x (N, D) and shift."""
    return x - mean(x) + beta


def renorm_corrections(x, param):
    """Return sigma_B, r and d (D,) of batch renormalization, each feature by itself."""
    sigma = (variance(x) + param.get("eps", 1e-5)) ** 0.5
    r, d = [], []
    for s, m, running_m, running_s in zip(sigma, mean(x), param["running_mean"], param["running_std"], strict=True):
        r.append(min(max(s / running_s, 1 / param["rmax"]), param["rmax"]))
        d.append(min(max((m - running_m) / running_s, -param["dmax"]), param["dmax"]))
    return sigma, np.array(r), np.array(d)


def batch_renorm(x, gamma, beta, r, d, eps):
    """Renormalize x (N, D) with the corrections r and d (D,) held fixed."""
    ones = np.ones(x.shape[1])
    return (batchnorm(x, ones, 0 * ones, eps) * r + d) * gamma + beta
