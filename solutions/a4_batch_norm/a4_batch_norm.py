# %% [markdown]
# # A4 · Batch normalization

# %%
import numpy as np

from zeromean import check

# %% exercise="batchnorm_forward" points=4
def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize each feature of a batch, then scale and shift it.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row, one feature per column.
    gamma, beta : ndarray, shape (D,)
        Learned scale and shift of each feature.
    bn_param : dict
        ``mode``: ``'train'`` (use this batch) or ``'test'`` (use the running statistics).
        ``eps``: added to the variance, inside the root; 1e-5 when missing.
        ``alpha``: weight of the NEW batch in the running averages; 0.1 when missing.
        ``running_mean``, ``running_var``: shape (D,); zeros and ones when missing. In training mode the dict
        gets NEW arrays (biased batch variance); the old arrays keep their values. In test mode the dict stays
        as it is.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple ``(xhat, gamma, std)``
        For the backward pass: the normalized batch, shape (N, D), before `gamma` and `beta`; `gamma` as given;
        ``sqrt(var + eps)``, shape (D,).

    Raises
    ------
    ValueError
        If the mode is neither ``'train'`` nor ``'test'``.

    Notes
    -----
    Ioffe & Szegedy (2015), Algorithm 1 (training) and Algorithm 2, line 11 (test).

    Examples
    --------
    >>> x = np.array([[1.0, 10.0], [3.0, 30.0]])
    >>> out, cache = batchnorm_forward(x, np.array([1.0, 2.0]), np.zeros(2), {"mode": "train"})
    >>> out.round(3)
    array([[-1., -2.],
           [ 1.,  2.]])
    """
    ### BEGIN SOLUTION
    mode, eps, alpha = bn_param.get("mode"), bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.get("running_var", np.ones(x.shape[1]))
    if mode == "train":
        mean = x.mean(axis=0)
        var = ((x - mean) ** 2).mean(axis=0)  # two passes: E[x^2] - E[x]^2 cancels when the mean is large
        bn_param["running_mean"] = ((1 - alpha) * running_mean + alpha * mean).astype(x.dtype)
        bn_param["running_var"] = ((1 - alpha) * running_var + alpha * var).astype(x.dtype)
    elif mode == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError(f"bn_param['mode'] must be 'train' or 'test'. Got {mode!r}.")
    std = np.sqrt(var + eps).astype(x.dtype)
    xhat = ((x - mean) / std).astype(x.dtype)
    out = (gamma * xhat + beta).astype(x.dtype)
    return out, (xhat, gamma, std)
    ### END SOLUTION

# %% check="batchnorm_forward"
check(batchnorm_forward)

# %% exercise="batchnorm_backward" points=4
def batchnorm_backward(dout, cache):
    """Pull the gradient of the loss back through batch normalization in training mode.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output of `batchnorm_forward`. It keeps its values.
    cache : tuple ``(xhat, gamma, std)``
        What `batchnorm_forward` returned: shapes (N, D), (D,), (D,), with ``std = sqrt(var + eps)``.

    Returns
    -------
    dx : ndarray, shape (N, D), dtype of `dout`
    dgamma, dbeta : ndarray, shape (D,)

    Notes
    -----
    Ioffe & Szegedy (2015), Section 3, the six derivatives below Algorithm 1.

    Examples
    --------
    With two examples the output is always one +1 and one -1, whatever ``x`` is, so nothing flows back:

    >>> cache = (np.array([[-1.0], [1.0]]), np.array([3.0]), np.array([2.0]))
    >>> dx, dgamma, dbeta = batchnorm_backward(np.array([[5.0], [1.0]]), cache)
    >>> dx, dgamma, dbeta
    (array([[0.],
           [0.]]), array([-4.]), array([6.]))
    """
    ### BEGIN SOLUTION
    xhat, gamma, std = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / std
    return dx.astype(dout.dtype), dgamma, dbeta
    ### END SOLUTION

# %% check="batchnorm_backward"
check(batchnorm_backward)

# %% exercise="population_stats" points=1
def population_stats(batch_means, batch_vars, m):
    """Estimate the mean and variance of all data from the statistics of many batches.

    Parameters
    ----------
    batch_means, batch_vars : ndarray, shape (B, D)
        Mean and BIASED variance (divided by m) of each of B batches, one batch per row.
    m : int
        Number of examples in a batch, at least 2.

    Returns
    -------
    mean, var : ndarray, shape (D,)
        Both unbiased.

    Raises
    ------
    ValueError
        If ``m < 2``: one example says nothing about the spread.

    Notes
    -----
    Ioffe & Szegedy (2015), Algorithm 2, line 10.

    Examples
    --------
    >>> population_stats(np.array([[1.0], [3.0]]), np.array([[2.0], [4.0]]), m=4)
    (array([2.]), array([4.]))
    """
    ### BEGIN SOLUTION
    if m < 2:
        raise ValueError(f"The variance of all data needs batches of m >= 2 examples. Got m = {m}.")
    return batch_means.mean(axis=0), m / (m - 1) * batch_vars.mean(axis=0)
    ### END SOLUTION

# %% check="population_stats"
check(population_stats)

# %% exercise="fuse_bn_linear" points=2
def fuse_bn_linear(W, b, gamma, beta, mean, var, eps=1e-5):
    """Fold test-mode batch normalization into the linear layer before it.

    Parameters
    ----------
    W : ndarray, shape (D, M)
        Weights of the layer ``x @ W + b``; a neuron is a column.
    b : ndarray, shape (M,)
        Its bias.
    gamma, beta, mean, var : ndarray, shape (M,)
        Scale, shift and running statistics of the batch normalization that follows.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    W2 : ndarray, shape (D, M)
    b2 : ndarray, shape (M,)
        ``x @ W2 + b2`` equals test-mode batch normalization of ``x @ W + b`` for every x.

    Notes
    -----
    Jacob et al. (2018), Section 3.2, after Ioffe & Szegedy (2015), Algorithm 2, line 11.

    Examples
    --------
    >>> W2, b2 = fuse_bn_linear(np.array([[1.0]]), np.array([5.0]), np.array([2.0]), np.array([0.5]),
    ...                         mean=np.array([4.0]), var=np.array([16.0]), eps=0.0)
    >>> W2, b2
    (array([[0.5]]), array([1.]))
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return W * scale, (b - mean) * scale + beta
    ### END SOLUTION

# %% check="fuse_bn_linear"
check(fuse_bn_linear)

# %% exercise="fuse_bn_conv" points=1
def fuse_bn_conv(W, b, gamma, beta, mean, var, eps=1e-5):
    """Fold test-mode batch normalization into the convolution before it.

    Parameters
    ----------
    W : ndarray, shape (C_out, C_in, k, k)
        Filters of the convolution.
    b : ndarray, shape (C_out,)
        Its bias, one number per output channel.
    gamma, beta, mean, var : ndarray, shape (C_out,)
        Scale, shift and running statistics of the batch normalization that follows.
    eps : float
        Added to the variance, inside the root.

    Returns
    -------
    W2 : ndarray, shape (C_out, C_in, k, k)
    b2 : ndarray, shape (C_out,)

    Notes
    -----
    Jacob et al. (2018), Section 3.2.

    Examples
    --------
    >>> W2, b2 = fuse_bn_conv(np.ones((2, 1, 1, 1)), np.zeros(2), np.array([1.0, 3.0]), np.zeros(2),
    ...                       mean=np.array([0.0, 1.0]), var=np.ones(2), eps=0.0)
    >>> W2.ravel(), b2
    (array([1., 3.]), array([ 0., -3.]))
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return W * scale[:, None, None, None], (b - mean) * scale + beta
    ### END SOLUTION

# %% check="fuse_bn_conv"
check(fuse_bn_conv)

# %% exercise="spatial_batchnorm" points=3
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Normalize each channel of a batch of images, then scale and shift it.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        A batch of N feature maps with C channels.
    gamma, beta : ndarray, shape (C,)
        Learned scale and shift of each channel.
    bn_param : dict
        As for `batchnorm_forward`; the running statistics have shape (C,).

    Returns
    -------
    out : ndarray, shape (N, C, H, W), dtype of `x`
    cache : tuple ``(xhat, gamma, std)``
        Shapes (N, C, H, W), (C,), (C,), with ``std = sqrt(var + eps)``.

    Raises
    ------
    ValueError
        If the mode is neither ``'train'`` nor ``'test'``.

    Notes
    -----
    Ioffe & Szegedy (2015), Section 3.2.

    Examples
    --------
    >>> x = np.arange(8.0).reshape(2, 1, 2, 2)
    >>> out, cache = spatial_batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> out.shape, cache[2].round(3)
    ((2, 1, 2, 2), array([2.291]))
    """
    ### BEGIN SOLUTION
    maps = np.moveaxis(x, 1, -1)  # (N, H, W, C): now every pixel is a row
    out, (xhat, gamma, std) = batchnorm_forward(maps.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    out, xhat = (np.moveaxis(rows.reshape(maps.shape), -1, 1) for rows in (out, xhat))
    return out, (xhat, gamma, std)
    ### END SOLUTION


def spatial_batchnorm_backward(dout, cache):
    """Pull the gradient of the loss back through `spatial_batchnorm_forward` in training mode.

    Parameters
    ----------
    dout : ndarray, shape (N, C, H, W), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(xhat, gamma, std)``
        What `spatial_batchnorm_forward` returned: shapes (N, C, H, W), (C,), (C,).

    Returns
    -------
    dx : ndarray, shape (N, C, H, W), dtype of `dout`
    dgamma, dbeta : ndarray, shape (C,)

    Examples
    --------
    >>> cache = (np.array([-1.0, 1.0]).reshape(2, 1, 1, 1), np.array([3.0]), np.array([2.0]))
    >>> dx, dgamma, dbeta = spatial_batchnorm_backward(np.array([5.0, 1.0]).reshape(2, 1, 1, 1), cache)
    >>> dx.shape, dgamma, dbeta
    ((2, 1, 1, 1), array([-4.]), array([6.]))
    """
    ### BEGIN SOLUTION
    xhat, gamma, std = cache
    maps, xhat = np.moveaxis(dout, 1, -1), np.moveaxis(xhat, 1, -1)
    rows = (maps.reshape(-1, gamma.size), (xhat.reshape(-1, gamma.size), gamma, std))
    dx, dgamma, dbeta = batchnorm_backward(*rows)
    return np.moveaxis(dx.reshape(maps.shape), -1, 1), dgamma, dbeta
    ### END SOLUTION

# %% check="spatial_batchnorm"
check(spatial_batchnorm_forward, spatial_batchnorm_backward)

# %% exercise="mean_only_batchnorm" points=1
def mean_only_bn_forward(x, beta):
    """Remove the batch mean of each feature and add a learned shift; leave the scale alone.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row.
    beta : ndarray, shape (D,)
        Learned shift of each feature.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple of int
        The shape of `x`.

    Notes
    -----
    Salimans & Kingma (2016), Section 4.

    Examples
    --------
    >>> out, cache = mean_only_bn_forward(np.array([[1.0], [5.0]]), np.array([10.0]))
    >>> out, cache
    (array([[ 8.],
           [12.]]), (2, 1))
    """
    ### BEGIN SOLUTION
    return (x - x.mean(axis=0) + beta).astype(x.dtype), x.shape
    ### END SOLUTION


def mean_only_bn_backward(dout, cache):
    """Pull the gradient of the loss back through `mean_only_bn_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple of int
        The shape of `x`.

    Returns
    -------
    dx : ndarray, shape (N, D), dtype of `dout`
    dbeta : ndarray, shape (D,)

    Examples
    --------
    >>> mean_only_bn_backward(np.array([[1.0], [5.0]]), (2, 1))
    (array([[-2.],
           [ 2.]]), array([6.]))
    """
    ### BEGIN SOLUTION
    return dout - dout.mean(axis=0), dout.sum(axis=0)
    ### END SOLUTION

# %% check="mean_only_batchnorm"
check(mean_only_bn_forward, mean_only_bn_backward)

# %% exercise="batch_renorm" points=3
def batch_renorm_forward(x, gamma, beta, param):
    """Normalize a batch by its own statistics, corrected towards the running ones (training mode).

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row.
    gamma, beta : ndarray, shape (D,)
        Learned scale and shift of each feature.
    param : dict
        ``running_mean``, ``running_std``: shape (D,), used BEFORE they are updated; the dict then gets NEW
        arrays, averaged as in `batchnorm_forward` (the standard deviation is averaged, not the variance).
        ``rmax`` (at least 1) and ``dmax`` (at least 0): how far the correction may go.
        ``eps``: 1e-5 when missing. ``alpha``: weight of the NEW batch; 0.1 when missing.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple ``(xhat, gamma, sigma_B, r, d)``
        ``xhat``, shape (N, D), is normalized by the batch, before the correction; ``sigma_B = sqrt(var + eps)``,
        ``r`` and ``d`` (after clipping) have shape (D,).

    Raises
    ------
    ValueError
        If ``rmax < 1`` or ``dmax < 0``.

    Notes
    -----
    Ioffe (2017), Algorithm 1.

    Examples
    --------
    >>> param = {"running_mean": np.array([1.0]), "running_std": np.array([4.0]), "rmax": 3.0, "dmax": 5.0, "eps": 0.0}
    >>> out, cache = batch_renorm_forward(np.array([[3.0], [7.0]]), np.ones(1), np.zeros(1), param)
    >>> out                       # (x - 1) / 4, as the running statistics would have it
    array([[0.5],
           [1.5]])
    >>> cache[3], cache[4], param["running_mean"]
    (array([0.5]), array([1.]), array([1.4]))
    """
    ### BEGIN SOLUTION
    rmax, dmax, eps, alpha = param["rmax"], param["dmax"], param.get("eps", 1e-5), param.get("alpha", 0.1)
    if rmax < 1 or dmax < 0:
        raise ValueError(f"Batch renorm needs rmax >= 1 and dmax >= 0. Got rmax = {rmax} and dmax = {dmax}.")
    mean, std = param["running_mean"], param["running_std"]
    mu_B = x.mean(axis=0)
    sigma_B = np.sqrt(((x - mu_B) ** 2).mean(axis=0) + eps).astype(x.dtype)
    xhat = ((x - mu_B) / sigma_B).astype(x.dtype)
    r = np.clip(sigma_B / std, 1 / rmax, rmax).astype(x.dtype)
    d = np.clip((mu_B - mean) / std, -dmax, dmax).astype(x.dtype)
    param["running_mean"] = ((1 - alpha) * mean + alpha * mu_B).astype(x.dtype)
    param["running_std"] = ((1 - alpha) * std + alpha * sigma_B).astype(x.dtype)
    out = (gamma * (xhat * r + d) + beta).astype(x.dtype)
    return out, (xhat, gamma, sigma_B, r, d)
    ### END SOLUTION


def batch_renorm_backward(dout, cache):
    """Pull the gradient of the loss back through `batch_renorm_forward`, with r and d held constant.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(xhat, gamma, sigma_B, r, d)``
        What `batch_renorm_forward` returned.

    Returns
    -------
    dx : ndarray, shape (N, D), dtype of `dout`
    dgamma, dbeta : ndarray, shape (D,)

    Notes
    -----
    Ioffe (2017), Section 3: "stop gradient" on r and d.

    Examples
    --------
    >>> cache = (np.array([[-1.0], [1.0]]), np.array([3.0]), np.array([2.0]), np.array([0.5]), np.array([1.0]))
    >>> dx, dgamma, dbeta = batch_renorm_backward(np.array([[5.0], [1.0]]), cache)
    >>> dgamma, dbeta
    (array([4.]), array([6.]))
    """
    ### BEGIN SOLUTION
    xhat, gamma, sigma_B, r, d = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * (xhat * r + d)).sum(axis=0)
    g = dout * gamma * r
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / sigma_B
    return dx.astype(dout.dtype), dgamma, dbeta
    ### END SOLUTION

# %% check="batch_renorm"
check(batch_renorm_forward, batch_renorm_backward)

# %% [markdown] question="unit_variance" points=1
# **Question 1.** What if zero mean and unit variance is too hard a constraint?
#
# ### BEGIN SOLUTION
# Rubric.
# ### END SOLUTION

# %% [markdown] question="placement" points=1
# **Question 2.** Why is the bias outside the normalization, and why not normalize after the activation?
#
# ### BEGIN SOLUTION
# Rubric.
# ### END SOLUTION

# %% [markdown] question="two_samples" points=1
# **Question 3.** Two different samples in two batches get the same code. Is that a problem?
#
# ### BEGIN SOLUTION
# Rubric.
# ### END SOLUTION
