# %% [markdown]
# # A4 · Batch normalization
#
# In this notebook you write batch normalization yourself, forwards and backwards, for tables and for images. At the
# end you train a network with it, make it disappear at test time, and know what to do when the batches are tiny.
#
# Reckon with about six hours, best in two sittings; the table below says how they fall. In the paper that introduced it,
# the same network reached the same accuracy after 2.1 million training steps instead of 31.0 million (Ioffe & Szegedy
# 2015, Figure 3). *Why* it helps so much is still argued about. *What* it does is certain, and you will be able to compute
# every bit of it.
#
# **How to work.** Each of the eight exercises has an idea, a formula, a few numbers to follow with a pencil, a
# prediction, and a function to write. Replace the marked line in the function, run the cell, then run the `check(...)`
# cell below it: it tells you at once what is right, what is not, and where. Predictions earn nothing and cost nothing;
# put your guess in place of `None` before you look, and you are told what was to be seen. A guess that turns out wrong is
# the best thing that can happen here. Cells that only draw are folded; a click on their bar opens them.
#
# **How it is marked.** `check` tries a few cases. The hidden checks try more of what these pages ask for: other shapes,
# a batch of one, `float32`, huge offsets, steps in a row, and whether the arrays you were given are still as they were.
# A function that does part of the job earns part of the marks. A backward pass is judged with a correct forward pass if
# yours is not right yet.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `batchnorm_forward` | 50 | 4 |
# | 2 | `batchnorm_backward` | 90 | 4 |
# | 3 | `population_stats` | 10 | 1 |
# | 4 | `fuse_bn_linear` | 25 | 2 |
# | 5 | `fuse_bn_conv` | 15 | 1 |
# | 6 | `spatial_batchnorm_forward`, `spatial_batchnorm_backward` | 40 | 3 |
# | 7 | `mean_only_bn_forward`, `mean_only_bn_backward` | 15 | 1 |
# | 8 | `batch_renorm_forward`, `batch_renorm_backward` | 45 | 3 |
# | | three questions, answered in words | 45 | 3 |
#
# **What we agree on.** Books and libraries differ in all of these, so we say it once:
#
# | here | because |
# |---|---|
# | Rows are examples: `x` has shape `(N, D)`. | Statistics are per feature, over the rows. |
# | The variance is *biased*: divided by N, everywhere. | It is the spread of this batch, and the paper's choice. |
# | `eps` goes inside the root: $\sqrt{\sigma^2+\varepsilon}$. | Its square root is then smooth at zero variance. |
# | `alpha` weights the **new** batch. | CS231n's `momentum` weights the old value: there 0.9 is our 0.1. |
# | Arrays you are given keep their values. | Somebody else may still need them. |
# | `float32` data in, `float32` out, whatever the dtype of `gamma`, a running mean, or the cache. | One `float64` array in a sum silently doubles the memory of all that follows. |
#
# Everything can be written with NumPy alone; beyond it and the standard library nothing is there when your work is graded.
# The last cell, *Before you hand in*, shows how far you are. Run it whenever you like.

# %%
import numpy as np

from zeromean import check, progress, stages

# %% figure=true
from zeromean import figures
from zeromean.style import use
from zeromean.waiting import once_passed, reveal, when_ready

use()

# %% [markdown] covers="bn-forward"
# ## 1 · Forward
#
# A layer deep inside a network has no say in what it is fed. Batch normalization gives it inputs that it can rely on:
# whatever the layers below do, each feature arrives with mean 0 and variance 1 over the batch. Then two learned numbers
# per feature, $\gamma$ and $\beta$, let the network choose another scale and another centre if it wants them.
#
# With $i$ for the example and $j$ for the feature:
#
# $$\mu_j = \frac{1}{N}\sum_{i=1}^N x_{ij} \qquad \sigma_j^2 = \frac{1}{N}\sum_{i=1}^N (x_{ij}-\mu_j)^2$$
#
# $$\hat{x}_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\varepsilon}} \qquad y_{ij} = \gamma_j\,\hat{x}_{ij} + \beta_j$$
#
# Shapes: $x, \hat x, y$ are $(N, D)$; $\mu, \sigma^2, \gamma, \beta$ are $(D,)$.
#
# **By hand.** One feature, five examples, $\varepsilon = 0$, $\gamma = 2$, $\beta = 10$:
#
# | | | mean | variance |
# |---|---|---|---|
# | $x$ | 1, 3, 4, 5, 7 | 4 | (9 + 1 + 0 + 1 + 9) / 5 = 4 |
# | $\hat x$ | −1.5, −0.5, 0, 0.5, 1.5 | 0 | 1 |
# | $y$ | 7, 9, 10, 11, 13 | 10 | 4 |
#
# **At test time** there may be no batch: one photograph arrives, and the answer must not depend on who else is asking.
# So during training the layer keeps a memory of what it has seen,
#
# $$E_j \leftarrow (1-\alpha)\,E_j + \alpha\,\mu_j \qquad V_j \leftarrow (1-\alpha)\,V_j + \alpha\,\sigma_j^2$$
#
# and in test mode it uses $E$ and $V$ where it used $\mu$ and $\sigma^2$. With the batch above, $\alpha = 0.1$ and the
# usual start $E = 0$, $V = 1$, one step gives $E = 0.4$ and $V = 1.3$.
#
# Two things to be careful about:
#
# * **Two passes.** On paper $\sigma^2 = \overline{x^2} - \mu^2$. In `float32`, a feature with mean 10 000 has squares near
#   $10^8$, where neighbouring numbers are 8 apart: a variance of 1 drowns. Subtract the mean first, square afterwards.
# * **Replace, never edit.** Two layers may start with the *same* array of zeros. `bn_param["running_mean"] = ...` gives a
#   layer its own; `bn_param["running_mean"] += ...` on an array changes the array that both layers hold.
#
# **Predict.** $\gamma = 3$, $\beta = 5$. What comes out of a batch of one example, $x = 42$? Of a batch of two,
# $x = (42, 43)$? Of a batch of two, $x = (0, 1000)$?

# %% scratch=true
out_of_42 = None  # one number
out_of_42_and_43 = None  # two numbers, as a list
out_of_0_and_1000 = None  # two numbers, as a list

# %% exercise="batchnorm_forward" points=4 minutes=50
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
        ``running_mean``, ``running_var``: shape (D,); zeros and ones when missing. In training
        mode the dict gets NEW arrays (of the biased batch variance), in the dtype of `x`; the old
        arrays keep their values. In test mode the dict stays as it is.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple ``(xhat, gamma, std)``
        For the backward pass: the normalized batch, shape (N, D), before `gamma` and `beta`;
        `gamma` as given; ``sqrt(var + eps)``, shape (D,).

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

# %% figure=true
with when_ready():
    def column(*values):  # one feature, one example per row
        x = np.array(values, dtype=float)[:, None]
        return batchnorm_forward(x, np.array([3.0]), np.array([5.0]), {"mode": "train"})[0]

    reveal(
        ("out of 42", out_of_42, column(42)),
        ("out of 42 and 43", out_of_42_and_43, column(42, 43)),
        ("out of 0 and 1000", out_of_0_and_1000, column(0, 1000)),
        then="""
            A batch of one is always the mean of its batch: the input is *gone*. A batch of two keeps one bit, "which of
            us is larger". The more examples share a batch, the more of each one survives. You have just met the reason
            for exercises 3, 7 and 8.
            """,
    )
    rng = np.random.default_rng(1)
    outs = {n: np.stack([column(*rng.standard_normal(n))[:, 0] for _ in range(40)]) for n in (1, 2, 3, 8)}
    figures.small_batches(outs, gamma=3.0, beta=5.0)

# %% [markdown]
# **Predict.** Ten ReLU layers without biases, 100 units each. Somebody halves all the weights. By what factor does the
# spread of the last layer's pre-activations change, without and with batch norm after each layer?

# %% scratch=true
factor_without = None
factor_with = None

# %% figure=true
with when_ready():
    rng = np.random.default_rng(2)
    x0 = rng.standard_normal((200, 100))
    weights = [np.sqrt(2 / 100) * rng.standard_normal((100, 100)) for _ in range(10)]

    def spread_by_layer(scale, normalize):
        x, spread = x0, []
        for W in weights:
            a = x @ (scale * W)
            if normalize:
                a, _ = batchnorm_forward(a, np.ones(100), np.zeros(100), {"mode": "train"})
            spread.append(a.std())
            x = np.maximum(a, 0)
        return np.array(spread)

    scales = {"weights × 2": 2, "weights × 1 (He)": 1, "weights × ½": 0.5}
    plain = {name: spread_by_layer(scale, False) for name, scale in scales.items()}
    normalized = {name: spread_by_layer(scale, True) for name, scale in scales.items()}

    def halving(spreads):
        return spreads["weights × ½"][-1] / spreads["weights × 1 (He)"][-1]

    reveal(
        ("halved, without batch norm", factor_without, halving(plain)),
        ("halved, with batch norm", factor_with, halving(normalized)),
        then=r"""
            Without batch norm each layer passes the factor on: $2^{-10} = 1/1024$. With it the factor never leaves the
            first layer, because $\mathrm{BN}(cWx) = \mathrm{BN}(Wx)$ for every $c > 0$ (as long as $\varepsilon$ is
            small beside the variance).
            """,
    )
    figures.signal_through_depth(plain, normalized)

# %% [markdown]
# **Predict.** A feature always has mean 5. Its running mean starts at 0, with $\alpha = 0.1$. What does it say after 10
# batches?

# %% scratch=true
after_10_batches = None

# %% figure=true
with when_ready():
    rng = np.random.default_rng(3)
    batches = 5 + rng.standard_normal((60, 256, 1))
    averages = {}
    for alpha in (0.5, 0.1, 0.02):
        memory, seen = {"mode": "train", "alpha": alpha}, []
        for batch in batches:
            batchnorm_forward(batch, np.ones(1), np.zeros(1), memory)
            seen.append(memory["running_mean"][0])
        averages[alpha] = np.array(seen)
    reveal(
        ("running mean after 10 batches", after_10_batches, averages[0.1][9]),
        then=r"""
            For a constant batch mean $\mu$ the memory after $t$ batches is

            $$E^{(t)} = \bigl(1-(1-\alpha)^t\bigr)\,\mu$$

            so 10 batches at $\alpha = 0.1$ reach 65 % of the truth, and 100 batches at $\alpha = 0.01$ only 63 %. A
            network that is tested after too few batches is tested with the wrong statistics. Nothing warns you.
            """,
    )
    figures.running_averages(averages, truth=5.0)

# %% [markdown] question="unit_variance" points=1 minutes=15 covers="question-13"
# **Question 1** (1 mark, about five sentences). Unit variance may be just wrong for a unit: a sigmoid behind it would
# only ever work on its nearly straight middle part.
#
# (a) Which $\gamma$ and $\beta$ make the layer return a given batch unchanged? Mind $\varepsilon$: the lecture slides say
# $\gamma = \sigma$; how far off is that for $\sigma = 10^{-3}$ and $\varepsilon = 10^{-5}$?
#
# (b) If the network can undo the normalization, what has been gained by doing it?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) $\gamma = \sqrt{\sigma^2+\varepsilon}$ and $\beta = \mu$. With $\gamma = \sigma$ the deviations come out multiplied by
# $\sigma/\sqrt{\sigma^2+\varepsilon} = 0.30$, that is 70 % too small; for $\sigma \approx 1$ the difference is about
# $5\cdot10^{-6}$ and nobody sees it. Accept any correct number that follows from the formula.
#
# (b) Centre and scale of each feature are now *two numbers of their own*, learned directly, instead of a side effect of
# all the weights below. The layers below can change without moving them, and the size of $W$ no longer matters. Accept:
# a better parametrization or conditioning of the same set of functions; the optimizer starts at a good place and leaves
# it only if that pays.
#
# **Common wrong ideas.** "Then batch norm does nothing": the functions may be the same, the path of the gradient is
# not. "$\gamma$ and $\beta$ are computed from the batch": they are parameters; only $\mu$ and $\sigma$ are computed.
# "Identity for every batch": $\gamma, \beta$ are fixed while $\mu, \sigma$ change from batch to batch; the identity holds
# for one batch, or for the running statistics in test mode. "$\gamma = \sigma^2$": forgets the root.
# ### END SOLUTION

# %% [markdown] covers="bn-backward figure-bn-graph"
# ## 2 · Backward
#
# If example 1 moves, $\mu$ and $\sigma$ move, and so *every* output of the batch moves. A gradient that forgets this is a
# gradient of another function: training with it drifts, because each step changes what the statistics then undo.
#
# There is a formula of one line for this gradient. You will find the gradient without it; once your function works, the
# notebook shows the line, and why it had to look as it does.
#
# **Walk back.** Here is the forward pass in stages, each a line of arithmetic:
#
# | stage | forward | shape | read by stage |
# |---|---|---|---|
# | 1 | `mu` = mean of `x` over the rows | (D,) | 2 |
# | 2 | `c` = `x` − `mu` | (N, D) | 3 and 5 |
# | 3 | `var` = mean of `c`² over the rows | (D,) | 4 |
# | 4 | `std` = √(`var` + ε) | (D,) | 5 |
# | 5 | `xhat` = `c` / `std` | (N, D) | 6 |
# | 6 | `out` = `gamma` · `xhat` + `beta` | (N, D) | the loss |
#
# Start at the bottom, where $\partial L/\partial y$ is given, and ask at each stage: if this number moved a little, what would
# the loss feel? Three rules are enough.
#
# * A gradient has the shape of the thing it belongs to. What all rows share ($\gamma$, $\beta$, `mu`, `std`) adds up what
#   each row contributes.
# * What is read twice (`c`, and `x` in stages 1 and 2) adds up two gradients.
# * A mean over $N$ rows hands each row $1/N$ of its gradient.
#
# **By hand.** The batch of exercise 1: $x = (1, 3, 4, 5, 7)$, $\sigma = 2$, $\gamma = 2$. Let the loss care about the first
# example only: $\partial L/\partial y = (1, 0, 0, 0, 0)$. If you do it right, you get
#
# | | |
# |---|---|
# | $\partial L/\partial x$ | 0.35, −0.35, −0.2, −0.05, 0.25 |
# | $\partial L/\partial\gamma$ and $\partial L/\partial\beta$ | −1.5 and 1 |
#
# Only one example has a loss, yet all five are pushed, and the pushes sum to 0.
#
# **Step by step.** Fill in a line for each stage, the last stage first; a name such as `dvar` stands for the gradient of the
# loss with respect to `var`. Nothing here is marked. The cell below points at the first line that is not right yet, so
# that a slip costs a minute and not an evening.

# %% stages="batchnorm_backward"
def walk_back(dout, c, std, gamma):
    """Return the gradient of each stage; dout and c have shape (N, D), std and gamma (D,)."""
    N = len(dout)
    ### BEGIN SOLUTION
    dxhat = dout * gamma  # (N, D), through stage 6
    dstd = -(dxhat * c).sum(axis=0) / std**2  # (D,), through stage 5
    dvar = dstd / (2 * std)  # (D,), through stage 4
    dc = dxhat / std + 2 * c * dvar / N  # (N, D), through stages 5 and 3
    dmu = -dc.sum(axis=0)  # (D,), through stage 2
    dx = dc + dmu / N  # (N, D), through stages 2 and 1
    ### END SOLUTION
    return {"dxhat": dxhat, "dstd": dstd, "dvar": dvar, "dc": dc, "dmu": dmu, "dx": dx}

# %% figure=true
with when_ready():
    x = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 0.0], [8.0, 9.0]])
    dout = np.array([[1.0, 0.5], [0.0, -1.0], [2.0, 0.0], [-1.0, 3.0]])
    c, std = x - x.mean(axis=0), np.sqrt(x.var(axis=0) + 0.5)
    stages("batchnorm_backward", walk_back(dout, c, std, gamma=np.array([2.0, -1.0])))

# %% [markdown]
# **Predict.** What is $\partial L/\partial x$ if the upstream gradient is the same for all examples, `dout = 1`? If
# `dout = xhat`? And for a batch of $N = 3$: in how many directions can `dx` still point?

# %% scratch=true
dx_if_dout_is_ones = None  # one number will do
dx_if_dout_is_xhat = None  # one number will do
directions_left_for_3 = None

# %% exercise="batchnorm_backward" points=4 minutes=90
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
    dgamma, dbeta : ndarray, shape (D,), dtype of `dout`

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
    return dx.astype(dout.dtype), dgamma.astype(dout.dtype), dbeta
    ### END SOLUTION

# %% check="batchnorm_backward"
check(batchnorm_backward)

# %% figure=true
with when_ready():
    x = np.array([[0.0], [1.0], [3.0]])
    _, (xhat, gamma, std) = batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train", "eps": 0.0})

    def dx_of(dout):
        return batchnorm_backward(dout, (xhat, gamma, std))[0]

    possible = np.column_stack([dx_of(dout[:, None]) for dout in np.eye(3)])
    reveal(
        ("largest dx if dout is ones", dx_if_dout_is_ones, np.abs(dx_of(np.ones((3, 1)))).max()),
        ("largest dx if dout is xhat", dx_if_dout_is_xhat, np.abs(dx_of(xhat)).max()),
        ("directions left for N = 3", directions_left_for_3, np.linalg.matrix_rank(possible, tol=1e-9)),
        then=r"""
            $N$ examples leave $N - 2$ directions: one for three examples, none for two. Moving all examples together
            changes no output, and neither does stretching them about their mean; where the output is flat, the gradient
            has nothing to say. The dotted line is what is left of $g$ above the plane of those two moves; your `dx` is
            that, divided by the standard deviation.
            """,
    )
    dout = np.array([[1.3], [-1.1], [1.8]])
    figures.projection(dout[:, 0], xhat[:, 0], dx_of(dout)[:, 0])

# %% figure=true
once_passed(
    batchnorm_backward,
    r"""
    **All your stages in one line.** Look at one feature: $x$, $\hat x$ and the upstream gradient $\partial L/\partial y$ are
    vectors with $N$ entries. Write $g = \gamma\,\partial L/\partial y$, and $\mathbf 1$ for the vector of ones. Then

    $$\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2+\varepsilon}}\left(g \;-\; \mathbf 1\,\frac{\mathbf 1^\top g}{N} \;-\; \hat x\,\frac{\hat x^\top g}{N}\right)$$

    In words: *take out of $g$ its part along $\mathbf 1$ and its part along $\hat x$, then divide by the standard deviation.*
    The parameters are shared by all examples, so their gradients are sums:

    $$\frac{\partial L}{\partial \gamma_j} = \sum_{i=1}^N \frac{\partial L}{\partial y_{ij}}\,\hat x_{ij} \qquad \frac{\partial L}{\partial \beta_j} = \sum_{i=1}^N \frac{\partial L}{\partial y_{ij}}$$

    In the example by hand:

    | | |
    |---|---|
    | $g$ | 2, 0, 0, 0, 0 |
    | $\mathbf 1^\top g / N$ and $\hat x^\top g / N$ | 0.4 and −0.6 |
    | $\partial L/\partial x$ | 0.35, −0.35, −0.2, −0.05, 0.25 |

    The pushes sum to 0, and so do their products with $\hat x$. (With $\varepsilon > 0$ the line is still exact, while the
    projection is exact only for $\varepsilon = 0$: a tiny part along $\hat x$ then survives.) Your stages and the line give the
    same function, and either may be handed in.
    """,
)

# %% [markdown]
# ### What you just built buys you
#
# Both halves are there, so let us train. The network below has three hidden ReLU layers and learns which arm of a spiral
# a point lies on. Your two functions are called in it once each; the rest is assignments 1 and 2. Note what the layer in
# front of batch norm does *not* have: a bias of its own.

# %%
from copy import deepcopy


def spiral(n, rng):
    arm, t = rng.integers(3, size=n), rng.random(n)
    angle = 2 * np.pi * arm / 3 + 4 * t + 0.25 * rng.standard_normal(n)
    return 3 * t[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), arm


def new_net(scale, normalize, rng, sizes=(2, 32, 32, 32, 3)):
    return [
        {
            "W": scale * np.sqrt(2 / d) * rng.standard_normal((d, m)),
            "gamma": np.ones(m),
            "beta": np.zeros(m),
            "bn": {} if normalize and m != sizes[-1] else None,  # none after the last layer
        }
        for d, m in zip(sizes, sizes[1:])
    ]


def run_net(net, x, mode):
    trace = []
    for layer in net:
        z, cache = x @ layer["W"], None
        if layer["bn"] is None:
            z = z + layer["beta"]  # without batch norm, beta is the layer's bias
        else:
            layer["bn"]["mode"] = mode
            z, cache = batchnorm_forward(z, layer["gamma"], layer["beta"], layer["bn"])
        trace.append((x, z, cache))
        x = np.maximum(z, 0)
    return z, trace


def train_step(net, x, y, rate):
    scores, trace = run_net(net, x, "train")
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    dz = (p - np.eye(3)[y]) / len(y)
    for layer, (x_in, z, cache) in zip(net[::-1], trace[::-1]):
        if layer is not net[-1]:
            dz = dz * (z > 0)
        if cache is None:
            da, dbeta = dz, dz.sum(axis=0)
        else:
            da, dgamma, dbeta = batchnorm_backward(dz, cache)
            layer["gamma"] = layer["gamma"] - rate * dgamma
        dz = da @ layer["W"].T
        layer["W"] = layer["W"] - rate * x_in.T @ da
        layer["beta"] = layer["beta"] - rate * dbeta
    return -np.log(p[np.arange(len(y)), y]).mean()


def train(scale, normalize, steps=150, rate=0.1, batch=32):
    rng = np.random.default_rng(4)
    x, y = spiral(600, rng)
    net, losses, bands = new_net(scale, normalize, rng), [], []
    for step in range(steps):
        rows = rng.integers(600, size=batch)
        losses.append(train_step(net, x[rows], y[rows], rate))
        if step % 5 == 0:  # what the first ReLU of the last hidden layer receives
            _, trace = run_net(deepcopy(net), x[:256], "train")
            z = trace[-2][1][:, 0]
            bands.append([z.mean() - z.std(), z.mean(), z.mean() + z.std()])
    return net, np.array(losses), np.array(bands)

# %% [markdown]
# **Predict.** First weights as He would have them, 0.3 times that, and 0.1 times that. Which of the three get the
# loss below half of that of a guesser, in 150 steps at rate 0.1: without batch norm, and with?

# %% scratch=true
trains_without = None  # e.g. [1.0, 0.3]
trains_with = None

# %% figure=true
with when_ready():
    chance = np.log(3)  # the loss of a network that guesses
    plain, normalized = ({s: train(s, bn) for s in (1.0, 0.3, 0.1)} for bn in (False, True))

    def trained(runs):
        return [scale for scale, (_, losses, _) in runs.items() if losses[-10:].mean() < chance / 2]

    def curves(runs):
        return {f"weights × {scale:g}": losses for scale, (_, losses, _) in runs.items()}

    reveal(
        ("without batch norm", trains_without, trained(plain)),
        ("with batch norm", trains_with, trained(normalized)),
        then=r"""
            Be fair to the plain network: with the right first weights it does nearly as well, and its loss is less jumpy,
            because no batch mates disturb it. What batch norm buys is that you need not know the right weights. It also
            holds still what a ReLU gets to see while everything below it is learning (lower figure: mean, plus and minus
            one standard deviation). The shape of that distribution still changes; its mean and its spread now move only
            as $\beta$ and $\gamma$ do.
            """,
    )
    figures.loss_curves(curves(plain), curves(normalized), chance)
    figures.drift(plain[1.0][2], normalized[1.0][2], every=5)

# %% [markdown]
# ### The same network, used in five ways
#
# **Predict.** The network you trained is good. Now it is used on new points, in *training mode*: one point at a time, and
# one class at a time (all points of a batch are from the same arm). There are three classes. What is its accuracy?

# %% scratch=true
one_at_a_time = None
one_class_at_a_time = None

# %% figure=true
with when_ready():
    net = train(1.0, True)[0]
    x, y = spiral(600, np.random.default_rng(5))

    def accuracy(groups, mode, forget=False):
        trial = deepcopy(net)
        for layer in trial:
            if forget and layer["bn"]:
                layer["bn"] = {}
        answers = np.empty(600, dtype=int)
        for rows in groups:
            answers[rows] = run_net(trial, x[rows], mode)[0].argmax(axis=1)
        return (answers == y).mean()

    points = np.arange(600)
    results = {
        "test mode": accuracy([points], "test"),
        "training mode, batches of 30": accuracy(points.reshape(20, 30), "train"),
        "training mode, one class at a time": accuracy([points[y == arm] for arm in range(3)], "train"),
        "training mode, one at a time": accuracy(points[:, None], "train"),
        "test mode, memory never filled": accuracy([points], "test", forget=True),
    }
    reveal(
        ("one at a time", one_at_a_time, results["training mode, one at a time"]),
        ("one class at a time", one_class_at_a_time, results["training mode, one class at a time"]),
        then=r"""
            One at a time, every point becomes $\beta$, and all get the same answer. One class at a time, the layer
            subtracts just what the class has in common: the very thing it should have told us. Forgetting to switch to
            test mode is among the most frequent mistakes in deep learning, and it raises no error.
            """,
    )
    figures.accuracies(results, chance=1 / 3)

# %% [markdown] covers="bn-test-time"
# ## 3 · Population statistics
#
# Running averages are a habit; the paper does something more careful. After training, run $B$ more batches through the
# network, keep their statistics, and average. One correction is needed: a batch of $m$ examples scatters about *its own*
# mean, which sits in its middle, so on average its variance is too small by the factor $(m-1)/m$.
#
# $$E_j = \frac{1}{B}\sum_{b=1}^B \mu_{bj} \qquad V_j = \frac{m}{m-1}\cdot\frac{1}{B}\sum_{b=1}^B \sigma_{bj}^2$$
#
# Shapes: $\mu_b$ and $\sigma_b^2$ are the rows of two $(B, D)$ arrays; $E$ and $V$ are $(D,)$.
#
# **By hand.** A coin shows 0 or 2: mean 1, variance 1. All batches of two are (0, 0), (0, 2), (2, 0), (2, 2). Their
# biased variances are 0, 1, 1, 0, on average ½: half of the truth. Times $\frac{2}{2-1}$ gives 1.
#
# **Predict.** Which fraction of the true variance does a batch see on average, for $m = 2$, $m = 8$ and $m = 32$?

# %% scratch=true
seen_by_2, seen_by_8, seen_by_32 = None, None, None

# %% exercise="population_stats" points=1 minutes=10
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
    mean, var : ndarray, shape (D,), dtype of the batch statistics
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

# %% figure=true
with when_ready():
    rng, rows, corrected = np.random.default_rng(6), [], []
    for m, guess in ((2, seen_by_2), (8, seen_by_8), (32, seen_by_32)):
        batches = rng.standard_normal((20_000, m))  # their true variance is 1
        means, seen = batches.mean(axis=1)[:, None], batches.var(axis=1)[:, None]
        rows.append((f"a batch of {m} sees", guess, seen.mean()))
        corrected.append(f"{population_stats(means, seen, m)[1][0]:.2f}")
    reveal(
        *rows,
        then="""
            At $m = 32$ the correction is 3 %, and no accuracy will ever show whether you made it. That is why the checks
            here look at numbers, not at accuracies: most mistakes in this notebook leave a network that still learns,
            only worse.
            """,
    )
    print("After your correction:", ", ".join(corrected))

# %% [markdown]
# ## 4 · Fusing with a linear layer
#
# In test mode $E$ and $V$ are constants. Then batch norm is a fixed scale and a fixed shift per feature, and a linear
# layer followed by a scale and a shift is again a linear layer. So it can be folded away: the network that you ship has no
# batch norm left in it, and the normalization costs nothing at all.
#
# You look for $W'$ $(D, M)$ and $b'$ $(M,)$ such that, for *every* $x$,
#
# $$x W' + b' \;=\; \gamma\,\frac{(xW + b) - E}{\sqrt{V+\varepsilon}} + \beta$$
#
# Collect on the right what multiplies $x$, and what does not. (The biased or the population variance, running or not: the
# function takes what it is given.)
#
# **By hand.** One input, one output: $W = 1$, $b = 5$, $E = 4$, $V = 16$, $\varepsilon = 0$, $\gamma = 2$, $\beta = 0.5$.
# Right-hand side: $2\,(x + 5 - 4)/4 + 0.5 = 0.5\,x + 1$.
#
# **Predict.** Could the pair also be fused in *training* mode, into one $W'$ and $b'$ that serve every batch?

# %% scratch=true
fuses_in_training_mode = None  # True or False

# %% exercise="fuse_bn_linear" points=2 minutes=25
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
    W2 : ndarray, shape (D, M), dtype of `W`
    b2 : ndarray, shape (M,), dtype of `W`
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
    return (W * scale).astype(W.dtype), ((b - mean) * scale + beta).astype(W.dtype)
    ### END SOLUTION

# %% check="fuse_bn_linear"
check(fuse_bn_linear)

# %% figure=true
with when_ready():
    rng = np.random.default_rng(7)
    W, b, gamma, beta = np.array([[1.5]]), np.array([2.0]), np.array([1.2]), np.array([0.3])
    memory = {"mode": "test", "running_mean": np.array([2.0]), "running_var": np.array([2.25])}
    x = np.linspace(-3, 3, 50)[:, None]
    two_steps, _ = batchnorm_forward(x @ W + b, gamma, beta, memory)
    W2, b2 = fuse_bn_linear(W, b, gamma, beta, memory["running_mean"], memory["running_var"])
    batches = []
    for n in range(3):
        bx = rng.normal(1.2 * (n - 1), 0.5 + 0.4 * n, (6, 1))
        batches.append((bx, batchnorm_forward(bx @ W + b, gamma, beta, {"mode": "train"})[0]))
    slopes = [np.polyfit(bx[:, 0], out[:, 0], 1)[0] for bx, out in batches]
    reveal(
        ("one line for every batch", fuses_in_training_mode, bool(np.ptp(slopes) < 1e-6)),
        then="""
            In training mode every batch brings its own mean and its own spread, so every batch has a line of its own, and
            no single layer can be all of them. In test mode there is one line: yours lies on it.
            """,
    )
    figures.one_line(x, two_steps, x @ W2 + b2, batches)

# %% [markdown] covers="bn-conv"
# ## 5 · Fusing with a convolution
#
# The same idea, one axis more to think about. The filters have shape $(C_\text{out}, C_\text{in}, k, k)$, and batch norm
# acts on the *output* channels, so channel $o$ has its own scale and shift:
#
# $$\mathrm{conv}(x; W')_o + b'_o \;=\; \gamma_o\,\frac{\mathrm{conv}(x; W)_o + b_o - E_o}{\sqrt{V_o+\varepsilon}} + \beta_o$$
#
# A convolution is linear in its filters: $\mathrm{conv}(x; s\,W) = s\,\mathrm{conv}(x; W)$. That is all you need.
#
# **By hand.** Two filters of size $1\times1$ on one channel, both 1; $b = (0, 0)$, $\gamma = (1, 3)$, $\beta = (0, 0)$,
# $E = (0, 1)$, $V = (1, 1)$, $\varepsilon = 0$. The filters become 1 and 3, the biases 0 and −3.
#
# **Predict.** `scale` has shape `(3,)`. Which axis of `W` does `W * scale` multiply if `W` has shape `(3, 3, 3, 3)`? And
# what happens if `W` has shape `(3, 8, 5, 5)`?

# %% scratch=true
axis_for_3333 = None  # 0, 1, 2, 3 or "error"
axis_for_3855 = None  # 0, 1, 2, 3 or "error"

# %% figure=true
with when_ready():
    def scaled_axis(shape):
        scale = np.array([1.0, 2.0, 3.0])
        try:
            product = np.ones(shape) * scale
        except ValueError:
            return "error"
        return next(axis for axis in range(4) if np.ptp(product, axis=axis).any())

    reveal(
        ("shape (3, 3, 3, 3)", axis_for_3333, scaled_axis((3, 3, 3, 3))),
        ("shape (3, 8, 5, 5)", axis_for_3855, scaled_axis((3, 8, 5, 5))),
        then="""
            The error is the lucky case. NumPy lines shapes up from the right, and when all sides happen to be 3 it
            multiplies the wrong one without a word. Try your functions on shapes in which every axis has a different
            length.
            """,
    )

# %% exercise="fuse_bn_conv" points=1 minutes=15
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
    W2 : ndarray, shape (C_out, C_in, k, k), dtype of `W`
    b2 : ndarray, shape (C_out,), dtype of `W`

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
    return (W * scale[:, None, None, None]).astype(W.dtype), ((b - mean) * scale + beta).astype(W.dtype)
    ### END SOLUTION

# %% check="fuse_bn_conv"
check(fuse_bn_conv)

# %% [markdown] question="placement" points=1 minutes=15 covers="question-14 question-15 bn-layer"
# **Question 2** (1 mark, about six sentences).
#
# (a) A layer computes `x @ W + b` and batch norm follows, in training mode. What is the gradient of the loss with respect
# to `b`, and why? Which parameter does the work of `b`, and why must it stand *outside* the normalization?
#
# (b) The lecture puts batch norm before the ReLU, not after it, with the hint "Gaussianity". Spell the argument out:
# compare the distribution of a pre-activation with that of a ReLU's output, and say what fixing mean and variance
# guarantees in each case.
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The gradient is exactly 0: `b` shifts all examples alike and the batch mean takes it out again (in the language of
# exercise 2, the sum of `dx` over the batch is 0). $\beta$ does its work, after the normalization; a shift before it
# would be removed. So the layer's own bias can be dropped.
#
# (b) A pre-activation is a sum of many terms and therefore roughly Gaussian; a Gaussian is *determined* by its mean and
# variance, so fixing them fixes the whole distribution. A ReLU's output is half zeros and a one-sided tail; its shape
# still varies freely when mean and variance are fixed, and after centring it is no longer non-negative either. Also good:
# before the ReLU about half of the units are active, for every unit; before a sigmoid it keeps clear of saturation.
#
# An answer that adds "in practice placing it after also works, and for sigmoid or tanh we measured it to be better"
# deserves full marks for (b) if the argument is there too.
#
# **Common wrong ideas.** "The gradient is small": it is zero. "b is learned by γ": γ scales. "After the ReLU batch norm
# would be useless": it is not, only the Gaussian argument is lost. "Batch norm makes the data Gaussian": it fixes two
# moments and leaves the shape as it was.
# ### END SOLUTION

# %% [markdown] covers="bn-conv question-17"
# ## 6 · Images
#
# A filter looks for the same thing everywhere, so its responses at all places belong together: *every pixel of every
# image is an example, every channel is a feature.*
#
# $$\mu_c = \frac{1}{NHW}\sum_{n=1}^N\sum_{h=1}^H\sum_{w=1}^W x_{nchw} \qquad \sigma_c^2 = \frac{1}{NHW}\sum_{n=1}^N\sum_{h=1}^H\sum_{w=1}^W (x_{nchw}-\mu_c)^2$$
#
# Shapes: $x$ is $(N, C, H, W)$; $\mu, \sigma^2, \gamma, \beta$ and the running statistics are $(C,)$. All else is as in
# exercises 1 and 2, and you may call your own functions of those exercises (what is wrong in them comes along).

# %% figure=true
figures.shared_entries()

# %% [markdown]
# **By hand.** Two images, one channel, $1\times2$ pixels: (1, 1) and (5, 5). The four numbers have mean 3 and variance 4, so
# $\hat x$ is (−1, −1) and (1, 1). Normalizing each image by itself would give 0 everywhere and lose which one is brighter.
#
# A `reshape` never moves a number; it only cuts the same row of memory into other pieces. In memory the pixels of one
# channel lie together, so `x.reshape(-1, C)` puts neighbouring *pixels* side by side and calls them channels. Bring the
# channel axis to the end first (`np.moveaxis` or `transpose`), and on the way back undo exactly what you did.
#
# **Predict.** `x` has shape `(16, 3, 8, 8)`. How many numbers share one mean? How many running means are kept? And
# if the batch is a single image: is the output just $\beta$, as in exercise 1?

# %% scratch=true
numbers_sharing_a_mean = None
running_means_kept = None
one_image_gives_beta = None  # True or False

# %% exercise="spatial_batchnorm" points=3 minutes=40
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
    dgamma, dbeta : ndarray, shape (C,), dtype of `dout`

    Examples
    --------
    >>> cache = (np.array([-1.0, 1.0]).reshape(2, 1, 1, 1), np.array([3.0]), np.array([2.0]))
    >>> dout = np.array([5.0, 1.0]).reshape(2, 1, 1, 1)
    >>> dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
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

# %% figure=true
with when_ready():
    x = np.random.default_rng(8).standard_normal((16, 3, 8, 8))
    memory = {"mode": "train", "alpha": 1.0}
    before, _ = spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), memory)
    alone, _ = spatial_batchnorm_forward(x[:1], np.ones(3), np.zeros(3), {"mode": "train"})
    x[0, 0, 0, 0] += 1.0  # touch one pixel, and see how many outputs change
    after, _ = spatial_batchnorm_forward(x, np.ones(3), np.zeros(3), memory)
    reveal(
        ("numbers that share a mean", numbers_sharing_a_mean, int((before != after).sum())),
        ("running means kept", running_means_kept, memory["running_mean"].size),
        ("one image gives beta", one_image_gives_beta, bool(np.allclose(alone, 0))),
        then=r"""
            One touched pixel moves every output of its channel, in all 16 images, and no output of the other two. A
            single image is still a batch of 64 examples per channel, so it does not vanish as a single row did in
            exercise 1; only the mean and the spread over the whole picture do.
            """,
    )

# %% [markdown] question="two_samples" points=1 minutes=15 covers="question-16"
# **Question 3** (1 mark, about six sentences).
#
# (a) One feature. Batch A holds the values 0 and 2, batch B holds 10 and 30. Show that 0 and 10 get the same code, though
# they may well have different labels. Why does training survive this when batches are large and drawn at random? Why
# is there no such confusion in test mode? Name a situation in which it does serious harm.
#
# (b) Why does batch norm for images share one mean over all pixels of a channel? What would a convolutional layer lose if
# each position $(c, h, w)$ had statistics of its own?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) A: mean 1, std 1, so 0 becomes −1. B: mean 20, std 10, so 10 becomes −1. In a large random batch the statistics are
# nearly those of all data, so the same value gets nearly the same code in every batch; what is left acts as noise on the
# activations, a mild regularizer. In test mode the statistics are constants and the map is one-to-one (for $\gamma \ne
# 0$). It does harm when batches are small, or not random: one class per batch, one patient, one video, one episode; or
# when training mode is used for prediction.
#
# (b) A filter is the same at every position, and its responses are draws of one feature; pooling them gives many more
# examples per statistic and keeps the layer translation equivariant: a shifted input gives a shifted output. With statistics
# per position a pattern would be coded differently depending on where it appears, the layer would keep $C\cdot H\cdot W$
# of everything, and it would be tied to one image size.
#
# **Common wrong ideas.** "The network memorizes which batch it is in." "γ and β separate them again": they are the same for
# both. "Sharing over pixels is only to save memory." "Per-position statistics would be more accurate": fewer numbers each,
# $N$ instead of $NHW$.
# ### END SOLUTION

# %% [markdown] covers="other-normalizers"
# ## 7 · Mean-only batch normalization
#
# The mean of a batch is a much steadier thing than its variance. If something else looks after the scale (weight
# normalization does, in assignment 6), it is enough to centre:
#
# $$y_{ij} = x_{ij} - \mu_j + \beta_j$$
#
# Shapes: $x, y$ are $(N, D)$; $\mu, \beta$ are $(D,)$. The backward pass is yours to find. Ask what you asked in
# exercise 2: which moves of the whole batch leave the output as it is?
#
# **By hand.** $x = (1, 3, 4, 8)$ has mean 4; with $\beta = 10$ the output is (7, 9, 10, 14). Upstream gradient (1, 0, 0, 0)
# gives $\partial L/\partial x = (0.75, -0.25, -0.25, -0.25)$.
#
# **Predict.** Multiply $x$ by 10, with $\beta = 0$. By what is the output multiplied, in mean-only and in full batch norm?

# %% scratch=true
factor_mean_only = None
factor_full = None

# %% exercise="mean_only_batchnorm" points=1 minutes=15
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
    dbeta : ndarray, shape (D,), dtype of `dout`

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

# %% figure=true
with when_ready():
    x = np.random.default_rng(9).standard_normal((50, 1))
    small, large = (mean_only_bn_forward(scale * x, np.zeros(1))[0] for scale in (1, 10))
    small_full, large_full = (
        batchnorm_forward(scale * x, np.ones(1), np.zeros(1), {"mode": "train"})[0] for scale in (1, 10)
    )
    reveal(
        ("mean-only", factor_mean_only, large.std() / small.std()),
        ("full", factor_full, large_full.std() / small_full.std()),
        then="""
            Mean-only batch norm passes the scale on, so something else must keep it in hand; in return it never divides
            by the noisy spread of a small batch.
            """,
    )

# %% [markdown] covers="bn-weaknesses other-normalizers"
# ## 8 · Batch renormalization
#
# In training, an example is normalized by its batch; in test mode, by the running statistics. With small batches these are
# two different networks. Batch renormalization trains, as far as it dares, the one that will be used. Let $E$ and
# $S$ be the running mean and the running *standard deviation*, and $\sigma_B = \sqrt{\sigma^2+\varepsilon}$:
#
# $$r = \mathrm{clip}\!\left(\frac{\sigma_B}{S},\, \frac{1}{r_{\max}},\, r_{\max}\right) \qquad d = \mathrm{clip}\!\left(\frac{\mu - E}{S},\, -d_{\max},\, d_{\max}\right)$$
#
# $$y = \gamma\,(\hat x\, r + d) + \beta, \qquad \hat x = \frac{x-\mu}{\sigma_B}$$
#
# Shapes: $r, d, E, S, \sigma_B$ are $(D,)$. If nothing is clipped, $\hat x\,r + d = (x - E)/S$: just what test mode
# computes. In the backward pass $r$ and $d$ count as constants, so the gradient still knows about this batch. Only then do
# $E$ and $S$ take their usual step, with weight $\alpha$ for $\mu$ and $\sigma_B$.
#
# **By hand.** $x = (3, 7)$, so $\mu = 5$, $\sigma_B = 2$ (with $\varepsilon = 0$). Let $E = 1$, $S = 4$, $\gamma = 1$,
# $\beta = 0$.
#
# | | $r$ | $d$ | $y$ |
# |---|---|---|---|
# | not clipped | 0.5 | 1 | 0.5, 1.5 |
# | $r_{\max} = 1.25$, $d_{\max} = 0.5$ | 0.8 | 0.5 | −0.3, 1.3 |
# | $r_{\max} = 1$, $d_{\max} = 0$ | 1 | 0 | −1, 1 |
#
# The last row is batch norm. The first row is $(x - 1)/4$.
#
# **Predict.** Same $E = 1$, $S = 4$, and a batch of *one* example, $x = 3$. What does batch norm return, and what does batch
# renormalization with wide limits?

# %% scratch=true
bn_of_one = None
renorm_of_one = None

# %% exercise="batch_renorm" points=3 minutes=45
def batch_renorm_forward(x, gamma, beta, param):
    """Normalize a batch by its own statistics, corrected towards the running ones (training mode).

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row.
    gamma, beta : ndarray, shape (D,)
        Learned scale and shift of each feature.
    param : dict
        ``running_mean``, ``running_std``: shape (D,), used BEFORE they are updated; the dict then
        gets NEW arrays in the dtype of `x`, averaged as in `batchnorm_forward` (with `sigma_B` for
        the second).
        ``rmax`` (at least 1) and ``dmax`` (at least 0): how far the correction may go.
        ``eps``: 1e-5 when missing. ``alpha``: weight of the NEW batch; 0.1 when missing.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple ``(xhat, gamma, sigma_B, r, d)``
        ``xhat``, shape (N, D), is normalized by the batch, before the correction;
        ``sigma_B = sqrt(var + eps)``, ``r`` and ``d`` (after clipping) have shape (D,).

    Raises
    ------
    ValueError
        If ``rmax < 1`` or ``dmax < 0``.

    Notes
    -----
    Ioffe (2017), Algorithm 1.

    Examples
    --------
    >>> param = {"running_mean": np.array([1.0]), "running_std": np.array([4.0]),
    ...          "rmax": 3.0, "dmax": 5.0, "eps": 0.0}
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
    dgamma, dbeta : ndarray, shape (D,), dtype of `dout`

    Notes
    -----
    Ioffe (2017), Section 3: "stop gradient" on r and d.

    Examples
    --------
    >>> cache = (np.array([[-1.0], [1.0]]), *np.array([[3.0], [2.0], [0.5], [1.0]]))
    >>> dx, dgamma, dbeta = batch_renorm_backward(np.array([[5.0], [1.0]]), cache)
    >>> dgamma, dbeta
    (array([4.]), array([6.]))
    """
    ### BEGIN SOLUTION
    xhat, gamma, sigma_B, r, d = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * (xhat * r + d)).sum(axis=0).astype(dout.dtype)
    g = dout * gamma * r
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / sigma_B
    return dx.astype(dout.dtype), dgamma, dbeta
    ### END SOLUTION

# %% check="batch_renorm"
check(batch_renorm_forward, batch_renorm_backward)

# %% figure=true
with when_ready():
    one, zero = np.ones(1), np.zeros(1)

    def renorm(x, rmax, dmax, mean=zero, std=one):
        param = {"running_mean": mean, "running_std": std, "rmax": rmax, "dmax": dmax}
        return batch_renorm_forward(x, one, zero, param)

    single = np.array([[3.0]])
    reveal(
        ("batch norm of one example", bn_of_one, batchnorm_forward(single, one, zero, {"mode": "train"})[0]),
        ("batch renorm of one example", renorm_of_one, renorm(single, 1e6, 1e6, mean=one, std=4 * one)[0]),
        then=r"""
            The right picture follows one example, always $x = 1$, through 200 random batches. The wider the limits, the
            less its output depends on who else is in the batch. Training starts with $r_{\max} = 1$, $d_{\max} = 0$ and
            widens slowly (the paper ends at 3 and 5): at first the running statistics know nothing, and trusting them
            would be worse.
            """,
    )
    ratios = np.geomspace(0.1, 10, 41)
    r = np.array([renorm(np.array([[-ratio], [ratio]]), 3.0, 5.0)[1][3][0] for ratio in ratios])
    rng, sizes = np.random.default_rng(10), (2, 4, 8, 16, 32)
    layers = {
        "batch norm": lambda x: batchnorm_forward(x, one, zero, {"mode": "train"})[0],
        "renorm, rmax 1.5, dmax 0.5": lambda x: renorm(x, 1.5, 0.5)[0],
        "renorm, rmax 3, dmax 5": lambda x: renorm(x, 3.0, 5.0)[0],
    }
    mates = {n: [np.vstack([[[1.0]], rng.standard_normal((n - 1, 1))]) for _ in range(200)] for n in sizes}
    spreads = {
        name: np.array([np.std([layer(x)[0, 0] for x in mates[n]]) for n in sizes])
        for name, layer in layers.items()
    }
    figures.renorm(ratios, r, 3.0, spreads, sizes)

# %% [markdown]
# ## An experiment of your own
#
# Change **one** ingredient of the spiral network, write down what you expect, and only then run it. `train(scale,
# normalize, steps, rate, batch)` returns the network, its losses and what one ReLU received. A few to choose from:
#
# * Batches of 4, or of 2, in place of 32: with and without batch norm.
# * Rates of 0.3, 1, 3 and 10. At which does each of the two networks give up?
# * Batch norm behind the ReLU instead of before it (change `run_net` and `train_step`).
# * Your mean-only batch norm, or your batch renorm, in place of the full one.
#
# It earns no mark. It is what people who work in this field do all day.

# %% scratch=true
expected = None  # in words or numbers, before you run

# for batch in (32, 4):
#     _, losses, _ = train(1.0, True, batch=batch)
#     print(batch, losses[-10:].mean())

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells*, so that you see your notebook as the grader will, and save it. Run All
# stops at the first check that does not pass; you may hand in all the same, since what comes after is marked too. Then
# run the cell below: it tries all visible checks again and says what is left.

# %% figure=true
progress()

# %% [markdown]
# You have written the layer that made deep networks trainable, and met its price: every example is judged in the light of
# its neighbours. Assignment 5 keeps the idea and drops the neighbours.
#
# **Sources.** Ioffe & Szegedy (2015), *Batch normalization*, arXiv:1502.03167. Ioffe (2017), *Batch renormalization*,
# arXiv:1702.03275. Salimans & Kingma (2016), *Weight normalization*, arXiv:1602.07868. Jacob et al. (2018), *Quantization
# and training of neural networks*, arXiv:1712.05877. On why it helps: Santurkar et al. (2018), *How does batch
# normalization help optimization?*, arXiv:1805.11604.
