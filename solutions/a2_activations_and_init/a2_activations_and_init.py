# %% [markdown]
# # A2 · Activations and initialization
#
# In this notebook you write the activations between the layers of a network, forwards and backwards, and choose the random
# weights with which training begins. At the end you can tell before the first step whether a signal will live through ten
# layers, fade, or explode.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `init_weights` | 35 | 3 |
#
# **How to work.** Replace the marked line in the function, run the cell, then run the `check(...)` cell below it. Predictions
# earn nothing and cost nothing; put your guess in place of `None` before you look. Cells that only draw are folded.

# %%
import numpy as np

from zeromean import check, progress

# %% figure=true
from zeromean import figures
from zeromean.style import use
from zeromean.waiting import reveal, when_ready

use()

# %% [markdown]
# ## 1 · The first weights
#
# A neuron adds up `fan_in` products. If the inputs have variance 1 and the weights variance $v$, the sum has variance
# `fan_in` times $v$: too large a $v$, and ten layers multiply ten such factors; too small, and nothing is left. So the spread
# of the first weights must know how many inputs there are, and what the activation does to them.
#
# With $n_\mathrm{in}$ inputs to a neuron, $n_\mathrm{out}$ neurons that read an input, and $\mathcal N(0, s^2)$ for independent
# Gaussian draws with mean 0 and standard deviation $s$:
#
# | scheme | $s$ | made for |
# |---|---|---|
# | `small` | 0.01 | shallow nets |
# | `unit` | 1 | showing what goes wrong |
# | `lecun` | $1/\sqrt{n_\mathrm{in}}$ | keeping the variance of a linear layer |
# | `glorot` | $\sqrt{2/(n_\mathrm{in}+n_\mathrm{out})}$ | a compromise between both directions |
# | `he` | $\sqrt{2/n_\mathrm{in}}$ | ReLU, which keeps half of $E[z^2]$ |
#
# The variance that the `he` scheme hands on through a ReLU, in one line:
#
# $$n_\mathrm{in} \cdot \frac{2}{n_\mathrm{in}} \cdot \frac{1}{2} = 1$$
#
# **Who counts as an input?** In a dense layer $W$ has shape $(D_\mathrm{in}, D_\mathrm{out})$. In a convolution $W$ has shape
# $(C_\mathrm{out}, C_\mathrm{in}, k_H, k_W)$, and each output pixel reads a whole patch of every input channel.
#
# **Orthogonal** weights (Saxe et al. 2014) are another idea: a layer that only turns its input changes no length at all. As a
# matrix, a dense $W$ as it is and a convolution with one row for each output channel, either the rows or the columns,
# whichever are fewer, are orthogonal and of length 1. The QR decomposition of a Gaussian matrix gives such columns.
#
# **By hand.** A convolution with $3\times3$ filters, from 8 channels to 16:
#
# | $n_\mathrm{in}$ | $n_\mathrm{out}$ | $s$ of `he` |
# |---|---|---|
# | 72 | 144 | $\sqrt{2/72} = 1/6$ |
#
# **The generator is handed over.** Draw from `rng` and from nothing else. Then a run can be repeated, and two layers that are
# made one after the other differ.
#
# **Predict.** Six ReLU layers of 512 units, the same draw for every layer, once scaled as `lecun` says and once as `he` says.
# How many times larger are the activations of the last layer with `he`?

# %% scratch=true
he_over_lecun = None  # a number

# %% exercise="init_weights" points=3 minutes=35
def init_weights(shape, scheme, rng):
    """Draw the first weights of a layer.

    Parameters
    ----------
    shape : tuple of int
        ``(D_in, D_out)`` of a dense layer, or ``(C_out, C_in, kH, kW)`` of a convolution.
    scheme : str
        ``'small'``, ``'unit'``, ``'lecun'``, ``'glorot'``, ``'he'`` (independent Gaussian draws with mean 0)
        or ``'orthogonal'``.
    rng : numpy.random.Generator
        The only source of random numbers; it moves on.

    Returns
    -------
    W : ndarray, shape (D_in, D_out) or (C_out, C_in, kH, kW), float64

    Raises
    ------
    ValueError
        If there is no such scheme.

    Notes
    -----
    LeCun et al. (1998), section 4.6; Glorot & Bengio (2010), equation 12; He et al. (2015), equation 10;
    Saxe, McClelland & Ganguli (2014).

    Examples
    --------
    >>> W = init_weights((400, 300), "lecun", np.random.default_rng(0))
    >>> W.shape, round(float(W.std()), 2)
    ((400, 300), 0.05)
    """
    ### BEGIN SOLUTION
    kernel = int(np.prod(shape[2:]))
    inputs, outputs = (shape[0], shape[1]) if len(shape) == 2 else (shape[1] * kernel, shape[0] * kernel)
    spreads = {
        "small": 0.01,
        "unit": 1.0,
        "lecun": np.sqrt(1 / inputs),
        "glorot": np.sqrt(2 / (inputs + outputs)),
        "he": np.sqrt(2 / inputs),
    }
    if scheme in spreads:
        return spreads[scheme] * rng.standard_normal(shape)
    if scheme != "orthogonal":
        raise ValueError(f"scheme must be one of {', '.join(spreads)}, orthogonal. Got {scheme!r}.")
    rows, columns = shape[0], int(np.prod(shape[1:]))
    turn, _ = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    return (turn if rows >= columns else turn.T).reshape(shape)
    ### END SOLUTION

# %% check="init_weights"
check(init_weights)

# %% figure=true
with when_ready():
    x0 = np.random.default_rng(1).standard_normal((256, 512))

    def stds(scheme, act):
        rng, x, found = np.random.default_rng(2), x0, []
        for _ in range(6):
            x = act(x @ init_weights((512, 512), scheme, rng))
            found.append(x.std())
        return np.array(found)

    def relu(a):
        return np.maximum(a, 0)

    reveal(
        ("he over lecun, layer 6", he_over_lecun, stds("he", relu)[-1] / stds("lecun", relu)[-1]),
        then=r"""
            Exactly $\sqrt 2^{\,6} = 8$: a ReLU lets factors through, and each layer brings its own $\sqrt 2$. Nothing in
            this needs luck, because both nets were given the same draws.
            """,
    )
    schemes = ("small", "unit", "lecun", "glorot", "he", "orthogonal")
    figures.spread_by_scheme({scheme: stds(scheme, relu) for scheme in schemes})

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells* and save. The cell below tries all visible checks again and says what is
# left.

# %% figure=true
progress()
