# %% [markdown]
# # A2 · Activations and initialization
#
# A deep network is a long chain of two things: a linear layer, and a bend that keeps the chain from being one linear layer. In
# this notebook you write five kinds of bend, forwards and backwards, and the random weights with which training begins. At the
# end you redraw the figures that every lecture on this subject shows, at the sizes that are printed there; you predict each
# of them before a single weight is drawn; and you can bring a net that is dead on arrival to life.
#
# Reckon with about five hours, best in two sittings: the bends (exercises 1 to 5), then the weights (6 to 10).
#
# **How to work.** Each exercise has an idea, a formula, a few numbers to follow with a pencil, a prediction, and a function to
# write. Replace the marked line in the function, run the cell, then run the `check(...)` cell below it: it tells you at once
# what is right, what is not, and where. Predictions earn nothing and cost nothing; put your guess in place of `None` before you
# look. Cells that only draw are folded; a click on their bar opens them.
#
# **How it is marked.** `check` tries a few cases. The hidden checks try more of what these pages ask for: other shapes, a single
# example, numbers at the kink, huge and tiny ones, `float32`, and whether the arrays you were given are still as they were. A
# function that does part of the job earns part of the marks. A backward pass is judged with a correct forward pass if yours
# is not right yet.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `relu_forward`, `relu_backward` | 10 | 1 |
# | 2 | `leaky_relu_forward`, `leaky_relu_backward` | 10 | 1 |
# | 3 | `prelu_forward`, `prelu_backward` | 20 | 2 |
# | 4 | `elu_forward`, `elu_backward` | 15 | 1 |
# | 5 | `maxout_forward`, `maxout_backward` | 45 | 3 |
# | 6 | `fans` | 5 | 1 |
# | 7 | `init_weights` | 35 | 3 |
# | 8 | `activation_stats` | 20 | 2 |
# | 9 | `activation_moments` | 25 | 2 |
# | 10 | `lsuv_init` | 25 | 2 |
# | | three questions, answered in words | 50 | 3 |
#
# **What we agree on.**
#
# | here | because |
# |---|---|
# | Rows are examples: data `(N, D)`; a dense layer is `x @ W` with `W (D_in, D_out)`. | A neuron is a column of `W`. |
# | `f_forward` returns `(out, cache)`, `f_backward(dout, cache)` the gradients. | Each can be written, and judged, by itself. |
# | At a kink, 0 belongs to the left side. | A ReLU then has slope 0 at 0, and its relatives their `alpha`. |
# | Backward passes only sum; they never average. | The 1/N of the loss is in `dout` already. |
# | Arrays you are given keep their values. | Somebody else may still need them. |
# | `float32` data in, `float32` out, whatever the dtype of `alpha`, `W` or the cache. | One `float64` array doubles the memory of all that follows. |
# | Random numbers come from the generator that is handed over. | A run can be repeated. |
#
# Everything can be written with NumPy alone; beyond it and the standard library nothing is there when your work is graded.

# %%
import numpy as np

from zeromean import check, digits, progress, stages

# %% figure=true
from zeromean import figures
from zeromean.style import use
from zeromean.waiting import once_passed, reveal, when_ready

use()

# %% [markdown] covers="relu dead-units"
# ## 1 · ReLU
#
# A sigmoid is flat on both sides: where it is flat, its slope is nearly 0, and whatever gradient comes from above is
# multiplied by nearly 0. The *rectified linear unit* is flat on one side only. What is positive passes; what is negative is cut
# off:
#
# $$y = \max(0, x) \qquad \frac{\partial L}{\partial x} = \begin{cases} \partial L/\partial y & x > 0 \\ 0 & x \le 0 \end{cases}$$
#
# Shapes: $x$ and $y$ are alike, whatever their shape; each entry is bent by itself.
#
# **By hand.**
#
# | $x$ | −2 | 0 | 3 |
# |---|---|---|---|
# | $y$ | 0 | 0 | 3 |
# | $\partial L/\partial y$ | 5 | 5 | 5 |
# | $\partial L/\partial x$ | 0 | 0 | 5 |
#
# Two things to be careful about:
#
# * **Copy, never cut.** `x[x < 0] = 0` gives the right `out` and ruins the caller's `x`. The same holds for `dout`: in a residual
#   network, another branch is about to read it.
# * **Let trouble through.** If an entry of `x` is `nan`, something went wrong further down. A ReLU that turns it into 0 hides
#   the only trace.
#
# **Predict.** The lecture asks for the slope of a ReLU at three places. What is it at $x = -10$, $0$ and $10$?

# %% scratch=true
slope_at_minus_10 = None
slope_at_0 = None
slope_at_10 = None

# %% exercise="relu" points=1 minutes=10
def relu_forward(x):
    """Cut off what is negative.

    Parameters
    ----------
    x : ndarray, shape (...), float
        Pre-activations of any shape. It keeps its values.

    Returns
    -------
    out : ndarray, shape (...), dtype of `x`
        As `x`, with 0 in place of what is negative; ``nan`` stays ``nan``.
    cache : ndarray, shape (...)
        `x` as given.

    Notes
    -----
    Nair & Hinton (2010).

    Examples
    --------
    >>> relu_forward(np.array([-2.0, 0.0, 3.0]))[0]
    array([0., 0., 3.])
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0), x
    ### END SOLUTION


def relu_backward(dout, cache):
    """Pull the gradient of the loss back through `relu_forward`.

    Parameters
    ----------
    dout : ndarray, shape (...), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : ndarray, shape (...)
        The `x` that `relu_forward` was given.

    Returns
    -------
    dx : ndarray, shape (...), dtype of `dout`
        0 where `x` is 0 or less.

    Examples
    --------
    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 5.])
    """
    ### BEGIN SOLUTION
    return dout * (cache > 0)
    ### END SOLUTION

# %% check="relu"
check(relu_forward, relu_backward)

# %% figure=true
with when_ready():
    def relu_slope(x):
        return relu_backward(np.ones(1), relu_forward(np.array([x]))[1])[0]

    gauss = np.random.default_rng(0).standard_normal(20_000)
    line = np.linspace(-3, 3, 121)
    reveal(
        ("slope at -10", slope_at_minus_10, relu_slope(-10.0)),
        ("slope at 0", slope_at_0, relu_slope(0.0)),
        ("slope at 10", slope_at_10, relu_slope(10.0)),
        then=r"""
            On the positive side the slope is 1, however large $x$ is: nothing saturates. On the negative side nothing comes
            back at all. At 0 any slope from 0 to 1 would do; we take 0, so that a unit that is off gets exactly nothing. The
            right half of the picture is what becomes of numbers from a unit Gaussian: half of them are 0 now, and
            the mean is no longer 0 but about 0.4. Remember that number; it returns in exercise 9.
            """,
    )
    figures.bends(line, {"ReLU": relu_forward(line)[0]}, {"ReLU": relu_forward(gauss)[0]})

# %% [markdown] covers="leaky-relu slip-07"
# ## 2 · Leaky ReLU
#
# A unit whose pre-activation is negative for *every* example outputs 0 for every example, gets gradient 0 from every example,
# and never changes again: it is dead. One step at too high a rate is enough to push a unit there. A *leaky* ReLU lets a little
# through on the negative side as well:
#
# $$y = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}$$
#
# Shapes: $x$ and $y$ are alike; $\alpha$ is one number, the same for all. The backward pass is yours to find.
#
# **By hand.** With $\alpha = 0.1$: $x = (-2, 3)$ becomes $(-0.2, 3)$; the gradient $(5, 5)$ comes back as $(0.5, 5)$.
#
# Read the sources with care. On one slide of *Training Neural Networks, Part I* the leak is 0.1, on another it is 0.01, so it
# must be a parameter; and both slides write $\max(\alpha x, x)$.
#
# **Predict.** For $x = -3$ and $\alpha = 2$: what does our rule with two branches give, and what does $\max(\alpha x, x)$?

# %% scratch=true
by_two_branches = None
by_max = None

# %% exercise="leaky_relu" points=1 minutes=10
def leaky_relu_forward(x, alpha=0.01):
    """Let what is positive through, and of what is negative the share `alpha`.

    Parameters
    ----------
    x : ndarray, shape (...), float
        Pre-activations of any shape. It keeps its values.
    alpha : float
        Slope for ``x <= 0``. Any number: 0 makes a ReLU, 1 changes nothing, -1 gives the absolute value.

    Returns
    -------
    out : ndarray, shape (...), dtype of `x`
    cache : tuple ``(x, alpha)``
        As given.

    Notes
    -----
    Maas, Hannun & Ng (2013), equation 2.

    Examples
    --------
    >>> leaky_relu_forward(np.array([-2.0, 3.0]), alpha=0.1)[0]
    array([-0.2,  3. ])
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, alpha * x), (x, alpha)
    ### END SOLUTION


def leaky_relu_backward(dout, cache):
    """Pull the gradient of the loss back through `leaky_relu_forward`.

    Parameters
    ----------
    dout : ndarray, shape (...), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(x, alpha)``
        What `leaky_relu_forward` was given.

    Returns
    -------
    dx : ndarray, shape (...), dtype of `dout`

    Examples
    --------
    >>> leaky_relu_backward(np.array([5.0, 5.0]), (np.array([-2.0, 3.0]), 0.1))
    array([0.5, 5. ])
    """
    ### BEGIN SOLUTION
    x, alpha = cache
    return np.where(x > 0, dout, alpha * dout)
    ### END SOLUTION

# %% check="leaky_relu"
check(leaky_relu_forward, leaky_relu_backward)

# %% figure=true
with when_ready():
    two_branches = leaky_relu_forward(np.array([-3.0]), 2.0)[0][0]
    reveal(
        ("two branches", by_two_branches, two_branches),
        ("max(2x, x)", by_max, max(2.0 * -3.0, -3.0)),
        then=r"""
            The maximum picks the *other* branch as soon as $\alpha > 1$. For $\alpha \le 1$ the two agree, and no example on any
            slide would have shown the difference. In the next exercise $\alpha$ is learned, and nobody promises that it
            stays below 1.
            """,
    )

# %% [markdown]
# ### Born dead
#
# "Will not die", says the slide about the leaky ReLU. Let us see. Below is a network with one hidden layer of 64 units that
# learns to read digits. It starts with every bias at −3, so that hardly any unit is on for any image: the whole
# layer is born dead. `bend` and `unbend` are your functions, forwards and backwards.

# %%
def born_dead(bend, unbend, slopes=None, epochs=10, rate=1.0):
    data, rng = digits.load(), np.random.default_rng(0)
    first, offset = np.sqrt(2 / 64) * rng.standard_normal((64, 64)), np.full(64, -3.0)
    last, score_offset = rng.standard_normal((64, 10)) / 8, np.zeros(10)
    accuracies = []
    for _ in range(epochs):
        for rows in rng.permutation(1280).reshape(20, 64):
            x, extra = data.x[rows], () if slopes is None else (slopes,)
            h, cache = bend(x @ first + offset, *extra)
            scores = h @ last + score_offset
            p = np.exp(scores - scores.max(axis=1, keepdims=True))
            ds = (p / p.sum(axis=1, keepdims=True) - np.eye(10)[data.t[rows]]) / 64
            dz = unbend(ds @ last.T, cache)
            if slopes is not None:  # a bend that learns its slopes returns their gradient, too
                dz, dslopes = dz
                slopes = slopes - rate * dslopes
            last, score_offset = last - rate * (h.T @ ds), score_offset - rate * ds.sum(axis=0)
            first, offset = first - rate * (x.T @ dz), offset - rate * dz.sum(axis=0)
        scores = bend(data.x_test @ first + offset, *(() if slopes is None else (slopes,)))[0] @ last + score_offset
        accuracies.append((scores.argmax(axis=1) == data.t_test).mean())
    return np.array(accuracies), slopes

# %% [markdown]
# **Predict.** Ten classes, so guessing is right once in ten. What is the accuracy after 10 epochs with ReLU, with a leak of 0.01,
# and with a leak of 0.1?

# %% scratch=true
dead_relu = None
dead_leak_001 = None
dead_leak_01 = None

# %% figure=true
with when_ready():
    def leaking(alpha):
        return born_dead(lambda z: leaky_relu_forward(z, alpha), leaky_relu_backward)[0]

    births = {"ReLU": born_dead(relu_forward, relu_backward)[0], "leak 0.01": leaking(0.01), "leak 0.1": leaking(0.1)}
    reveal(
        ("ReLU", dead_relu, births["ReLU"][-1]),
        ("leak 0.01", dead_leak_001, births["leak 0.01"][-1]),
        ("leak 0.1", dead_leak_01, births["leak 0.1"][-1]),
        then="""
            A leak of 0.01 is not dead, but it sleeps soundly: its gradients are a hundred times smaller at first, and
            after 10 epochs it still guesses (give it 50, and it reads most digits). A leak of 0.1 wakes up within a few.
            Which of its two leaks the slide means matters more than whether there is one.
            """,
    )
    figures.born_dead(births, chance=0.1)

# %% [markdown] covers="prelu slip-08"
# ## 3 · PReLU
#
# If the right leak matters so much, let the network find it. A *parametric* ReLU has a slope $\alpha_j$ for each unit, and learns
# it like any weight:
#
# $$y_{ij} = \begin{cases} x_{ij} & x_{ij} > 0 \\ \alpha_j\,x_{ij} & x_{ij} \le 0 \end{cases}$$
#
# Shapes: $x$ and $y$ are $(N, D)$; $\alpha$ is $(D,)$. All $N$ examples share the $\alpha_j$ of a unit. Ask twice: if this number
# moved a little, what would the loss feel? Once for $x_{ij}$, once for $\alpha_j$.
#
# **By hand.** One unit, $\alpha = 0.5$, three examples:
#
# | $x$ | −4 | −2 | 3 |
# |---|---|---|---|
# | $y$ | −2 | −1 | 3 |
# | $\partial L/\partial y$ | 1 | 10 | 100 |
# | $\partial L/\partial x$ | 0.5 | 5 | 100 |
#
# and $\partial L/\partial\alpha = 1\cdot(-4) + 10\cdot(-2) = -24$: the positive example does not touch $\alpha$.
#
# **Predict.** The layer that was born dead gets PReLUs. Each starts with $\alpha = 0.01$, the leak that slept. What is the
# accuracy after 10 epochs now? And how large is the largest slope, in size, at the end?

# %% scratch=true
dead_prelu = None
largest_slope = None

# %% exercise="prelu" points=2 minutes=20
def prelu_forward(x, alpha):
    """Let what is positive through, and of what is negative a share that each unit has of its own.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        Pre-activations, one example per row. It keeps its values.
    alpha : ndarray, shape (D,)
        Slope of each unit for ``x <= 0``: a parameter, of either sign, and of any size.

    Returns
    -------
    out : ndarray, shape (N, D), dtype of `x`
    cache : tuple ``(x, alpha)``
        As given.

    Notes
    -----
    He et al. (2015), equation 1.

    Examples
    --------
    >>> prelu_forward(np.array([[-4.0, -4.0], [3.0, -1.0]]), np.array([0.5, 2.0]))[0]
    array([[-2., -8.],
           [ 3., -2.]])
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, alpha * x).astype(x.dtype), (x, alpha)
    ### END SOLUTION


def prelu_backward(dout, cache):
    """Pull the gradient of the loss back through `prelu_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, D), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(x, alpha)``
        What `prelu_forward` was given: shapes (N, D) and (D,).

    Returns
    -------
    dx : ndarray, shape (N, D), dtype of `dout`
    dalpha : ndarray, shape (D,), dtype of `dout`

    Notes
    -----
    He et al. (2015), equations 2 and 3.

    Examples
    --------
    >>> cache = (np.array([[-4.0], [-2.0], [3.0]]), np.array([0.5]))
    >>> dx, dalpha = prelu_backward(np.array([[1.0], [10.0], [100.0]]), cache)
    >>> dx.ravel(), dalpha
    (array([  0.5,   5. , 100. ]), array([-24.]))
    """
    ### BEGIN SOLUTION
    x, alpha = cache
    dx = np.where(x > 0, dout, alpha * dout)
    dalpha = (dout * np.minimum(x, 0)).sum(axis=0)
    return dx.astype(dout.dtype), dalpha.astype(dout.dtype)
    ### END SOLUTION

# %% check="prelu"
check(prelu_forward, prelu_backward)

# %% figure=true
with when_ready():
    births["PReLU from 0.01"], learned = born_dead(prelu_forward, prelu_backward, np.full(64, 0.01))
    reveal(
        ("accuracy", dead_prelu, births["PReLU from 0.01"][-1]),
        ("largest slope", largest_slope, np.abs(learned).max()),
        then=r"""
            The units sleep at $x \approx -3$, so the gradient of $\alpha$ is large just where that of $x$ is small:
            $\alpha$ wakes first, and once it has grown, the weights can follow. Many slopes come out negative, and
            some beyond 1 in size: nobody would have set them by hand.
            """,
    )
    figures.born_dead(births, chance=0.1)

# %% [markdown] covers="elu"
# ## 4 · ELU
#
# All three of them have a kink, and none of them has a mean near 0. The *exponential linear unit* bends smoothly into a floor:
#
# $$y = \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}$$
#
# Shapes: $x$ and $y$ are alike; $\alpha$ is one number. For very negative $x$ the output settles at $-\alpha$: a unit that is off
# says so, without saying *how far* off. On the way back, look at the lower branch once more before you call `exp` a second
# time: its slope can be read from its value.
#
# **By hand.** With $\alpha = 2$ and $x = -\ln 2$: $e^x = \tfrac12$, so $y = -1$, and the slope is $2\cdot\tfrac12 = 1$.
#
# Two numbers that a computer gets wrong, if you let it:
#
# * `np.where(x > 0, x, alpha * (np.exp(x) - 1))` works out *both* branches for *every* entry and then throws one away. For
#   $x = 1000$ the one thrown away is infinite: a warning here, and `nan` if the branches are blended by multiplication.
# * For $x = -10^{-10}$, `np.exp(x) - 1` subtracts two numbers that agree in ten digits. NumPy has a function that does not.
#
# **Predict.** Numbers from a unit Gaussian, whose mean is 0, go through a ReLU, a leaky ReLU with 0.1, and an ELU with
# $\alpha = 1$. What is the mean of what comes out?

# %% scratch=true
mean_of_relu = None
mean_of_leaky = None
mean_of_elu = None

# %% exercise="elu" points=1 minutes=15
def elu_forward(x, alpha=1.0):
    """Let what is positive through, and bend what is negative into a floor at ``-alpha``.

    Parameters
    ----------
    x : ndarray, shape (...), float
        Pre-activations of any shape and size: 1000 gives 1000, -1000 gives ``-alpha``. It keeps its values.
    alpha : float
        Depth of the floor; any number, 0 too.

    Returns
    -------
    out : ndarray, shape (...), dtype of `x`
        Exact to all digits near 0 as well.
    cache : tuple ``(x, out, alpha)``
        `x` and `alpha` as given, and what is returned.

    Notes
    -----
    Clevert, Unterthiner & Hochreiter (2016), equation 15.

    Examples
    --------
    >>> elu_forward(np.array([-1000.0, 0.0, 1000.0]), alpha=2.0)[0]
    array([  -2.,    0., 1000.])
    """
    ### BEGIN SOLUTION
    out = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return out, (x, out, alpha)
    ### END SOLUTION


def elu_backward(dout, cache):
    """Pull the gradient of the loss back through `elu_forward`.

    Parameters
    ----------
    dout : ndarray, shape (...), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(x, out, alpha)``
        What `elu_forward` was given and returned.

    Returns
    -------
    dx : ndarray, shape (...), dtype of `dout`

    Examples
    --------
    >>> x = np.array([-np.log(2.0), 3.0])
    >>> elu_backward(np.array([5.0, 5.0]), (x, np.array([-1.0, 3.0]), 2.0))
    array([5., 5.])
    """
    ### BEGIN SOLUTION
    x, out, alpha = cache
    return np.where(x > 0, dout, (out + alpha) * dout).astype(dout.dtype)
    ### END SOLUTION

# %% check="elu"
check(elu_forward, elu_backward)

# %% figure=true
with when_ready():
    named = {
        "ReLU": lambda x: relu_forward(x)[0],
        "leaky, 0.1": lambda x: leaky_relu_forward(x, 0.1)[0],
        "ELU": lambda x: elu_forward(x)[0],
    }
    many = np.random.default_rng(3).standard_normal(400_000)
    reveal(
        ("mean of ReLU", mean_of_relu, named["ReLU"](many).mean()),
        ("mean of leaky ReLU", mean_of_leaky, named["leaky, 0.1"](many).mean()),
        ("mean of ELU", mean_of_elu, named["ELU"](many).mean()),
        then=r"""
            Closer to zero mean, as the slide says, but not there: no bend that is the identity on the right can be,
            unless it goes down on the left as far as it goes up on the right. And an ELU is not proof against a bad
            start either. Try `bias` −5 in the experiment at the end: its floor is flat, too.
            """,
    )
    births["ELU"], _ = born_dead(elu_forward, elu_backward)
    figures.bends(line, {n: f(line) for n, f in named.items()}, {n: f(gauss) for n, f in named.items()})
    figures.born_dead(births, chance=0.1)

# %% [markdown] covers="maxout"
# ## 5 · Maxout
#
# Why choose a bend at all? A *maxout* unit has $K$ linear pieces, each with weights and a bias of its own, and returns the
# largest. The bend is where one piece overtakes another, and all of it is learned:
#
# $$y_{nj} = \max_{k}\; z_{knj}, \qquad z_{knj} = \sum_{d=1}^{D} x_{nd}\,W_{kdj} + b_{kj}$$
#
# Shapes: $x$ is $(N, D)$, $W$ $(K, D, M)$, $b$ $(K, M)$, $z$ $(K, N, M)$, $y$ $(N, M)$. The maximum runs over the pieces $k$ of one
# unit $j$ and one example $n$; units do not compete. If two pieces tie, the first of them wins.
#
# **By hand.** One example $x = 2$, one unit, two pieces with $W = 3$, $b = 0$ and $W = -1$, $b = 1$: $z = (6, -1)$, so $y = 6$, and
# the first piece has won. With $\partial L/\partial y = 10$:
#
# | | piece 1 | piece 2 |
# |---|---|---|
# | $\partial L/\partial W$ | 20 | 0 |
# | $\partial L/\partial b$ | 10 | 0 |
#
# and $\partial L/\partial x = 10\cdot3 = 30$. Piece 2 learns nothing from this example.
#
# **Step by step.** Here is the forward pass in stages:
#
# | stage | forward | shape |
# |---|---|---|
# | 1 | `z` = `x` times each piece's weights, plus its bias | (K, N, M) |
# | 2 | `winner` = which piece is largest | (N, M), whole numbers from 0 to K − 1 |
# | 3 | `out` = the `z` of the winner | (N, M) |
#
# Walk back from `dout`. Nothing here is marked; the cell below points at the first line that is not right yet.

# %% stages="maxout"
def walk_back(dout, x, W, winner):
    """Return the gradient of each stage; dout and winner (N, M), x (N, D), W (K, D, M)."""
    ### BEGIN SOLUTION
    dz = np.stack([dout * (winner == k) for k in range(len(W))])  # (K, N, M), through stage 3
    db = dz.sum(axis=1)  # (K, M), through stage 1: who shares a bias?
    dW = np.stack([x.T @ piece for piece in dz])  # (K, D, M), through stage 1
    dx = sum(piece @ weights.T for piece, weights in zip(dz, W))  # (N, D), through stage 1: who reads x?
    ### END SOLUTION
    return {"dz": dz, "db": db, "dW": dW, "dx": dx}

# %% figure=true
with when_ready():
    x = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 4.0]])
    W = np.array([[[1.0], [0.0]], [[0.0], [2.0]]])
    dout, winner = np.array([[1.0], [-2.0], [0.5]]), np.array([[1], [0], [1]])
    stages("maxout", walk_back(dout, x, W, winner))

# %% [markdown]
# **Predict.** A dense layer with 100 inputs and 50 ReLU units has $100\cdot50 + 50$ parameters. How many has a maxout layer
# with $K = 2$? And of the gradients of all its weights, for one example: which share is exactly 0?

# %% scratch=true
maxout_parameters = None
share_of_zeros = None

# %% exercise="maxout" points=3 minutes=45
def maxout_forward(x, W, b):
    """Return, for each unit, the largest of its K linear pieces.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row. It keeps its values.
    W : ndarray, shape (K, D, M)
        Weights: piece, input, unit.
    b : ndarray, shape (K, M)
        A bias for each piece of each unit.

    Returns
    -------
    out : ndarray, shape (N, M), dtype of `x`
    cache : tuple ``(x, W, winner)``
        `x` and `W` as given; `winner`, shape (N, M), integers: the piece, 0 to K - 1, that is largest, the first of
        them if several are.

    Notes
    -----
    Goodfellow et al. (2013), section 3.

    Examples
    --------
    >>> W, b = np.array([[[3.0]], [[-1.0]]]), np.array([[0.0], [1.0]])
    >>> out, (_, _, winner) = maxout_forward(np.array([[2.0], [-2.0]]), W, b)
    >>> out.ravel(), winner.ravel()
    (array([6., 3.]), array([0, 1]))
    """
    ### BEGIN SOLUTION
    z = x @ W + b[:, None]  # (K, N, M): one product for each piece
    return z.max(axis=0).astype(x.dtype), (x, W, z.argmax(axis=0))
    ### END SOLUTION


def maxout_backward(dout, cache):
    """Pull the gradient of the loss back through `maxout_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, M), float
        Gradient of the loss with respect to the output. It keeps its values.
    cache : tuple ``(x, W, winner)``
        What `maxout_forward` returned: shapes (N, D), (K, D, M), (N, M).

    Returns
    -------
    dx : ndarray, shape (N, D), dtype of `dout`
    dW : ndarray, shape (K, D, M), dtype of `dout`
    db : ndarray, shape (K, M), dtype of `dout`

    Examples
    --------
    >>> cache = (np.array([[2.0]]), np.array([[[3.0]], [[-1.0]]]), np.array([[0]]))
    >>> dx, dW, db = maxout_backward(np.array([[10.0]]), cache)
    >>> dx, dW.ravel(), db.ravel()
    (array([[30.]]), array([20.,  0.]), array([10.,  0.]))
    """
    ### BEGIN SOLUTION
    x, W, winner = cache
    dz = dout * (winner == np.arange(len(W))[:, None, None])  # (K, N, M): only the winner is told
    dx = (dz @ W.transpose(0, 2, 1)).sum(axis=0)
    dW = x.T @ dz
    db = dz.sum(axis=1)
    return dx.astype(dout.dtype), dW.astype(dout.dtype), db.astype(dout.dtype)
    ### END SOLUTION

# %% check="maxout"
check(maxout_forward, maxout_backward)

# %% figure=true
with when_ready():
    rng = np.random.default_rng(5)
    x, W, b = rng.standard_normal((1, 100)), rng.standard_normal((2, 100, 50)), np.zeros((2, 50))
    out, cache = maxout_forward(x, W, b)
    _, dW, _ = maxout_backward(np.ones((1, 50)), cache)
    reveal(
        ("parameters", maxout_parameters, W.size + b.size),
        ("share of gradients that are 0", share_of_zeros, (dW == 0).mean()),
        then=r"""
            Twice the parameters, as the slide complains, and each example trains half of them. In return a unit can
            become what the data want. The picture is one unit with one input and three pieces; the thick line is your
            `out`, in the colour of your `winner`. With two pieces of which one is 0 it is a ReLU; if one is a tenth of
            the other, a leaky one; if one is minus the other, $|x|$. With enough pieces, any convex curve.
            """,
    )
    points = np.linspace(-3, 3, 241)[:, None]
    W, b = np.array([-1.0, 0.3, 1.2]).reshape(3, 1, 1), np.array([[-1.0], [0.2], [-1.0]])
    out, (_, _, winner) = maxout_forward(points, W, b)
    figures.pieces(points[:, 0], (points @ W + b[:, None])[..., 0], out[:, 0], winner[:, 0])

# %% figure=true
once_passed(
    maxout_backward,
    r"""
    **All your stages in two lines.** Write $[\,\cdot\,]$ for 1 where something holds and 0 elsewhere. The gradient of each piece,
    and then that of its weights, its bias and its input, are

    $$\frac{\partial L}{\partial z_{knj}} = \frac{\partial L}{\partial y_{nj}}\,\bigl[k = k^*_{nj}\bigr] \qquad \frac{\partial L}{\partial W_{kdj}} = \sum_{n} x_{nd}\,\frac{\partial L}{\partial z_{knj}}$$

    $$\frac{\partial L}{\partial b_{kj}} = \sum_{n} \frac{\partial L}{\partial z_{knj}} \qquad \frac{\partial L}{\partial x_{nd}} = \sum_{k}\sum_{j} W_{kdj}\,\frac{\partial L}{\partial z_{knj}}$$

    where $k^*_{nj}$ is the winner. The derivative of a maximum is a *switch*: in the forward pass it is set, in the backward pass
    it is read. A mask made by comparing $z$ with its maximum sets two switches when two pieces tie, and sends the gradient
    twice; the number of the winner cannot.
    """,
)

# %% [markdown] question="slopes" points=1 minutes=15 covers="question-01"
# **Question 1** (1 mark, about six sentences).
#
# (a) The lecture asks for the slope of a sigmoid $\sigma(x) = 1/(1+e^{-x})$ at $x = -10$, 0 and 10. Give all three. A gradient
# passes ten sigmoids, each at its best place: what is left of it? Compare with ten ReLUs that are on.
#
# (b) "Leaky ReLU will not die." What exactly can die in a ReLU, what cannot in a leaky one, and what did the layer that was
# born dead teach you about the difference between *not dead* and *learning*?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The slope is $\sigma(1-\sigma)$: $4.5\cdot10^{-5}$ at both ends, ¼ in the middle. At best $(1/4)^{10} \approx 10^{-6}$ is left,
# before any weight is counted; ten ReLUs that are on pass the gradient as it is. Accept "about a millionth".
#
# (b) A ReLU unit whose pre-activation is negative for *all* examples gets gradient 0 from all of them, and its weights stay as
# they are. In a leaky unit the gradient is never 0, only smaller by $\alpha$. A leak of 0.01 was as good as dead for 10 epochs:
# the step counts, and $\alpha$ (or the rate, or the number of epochs) decides whether "not zero" is enough.
#
# **Common wrong ideas.** "The slope of a sigmoid is 1 at 0": it is ¼. "A ReLU dies when it outputs 0": for one example that is
# its work; it dies when it does so for all. "A dead unit hurts nobody": its width is paid for and lost. "A bias of −3 is
# unrealistic": one step at a high rate makes it.
# ### END SOLUTION

# %% [markdown] covers="conv-fan-in slip-19"
# ## 6 · Fans
#
# From here on it is about the first weights. A neuron adds up as many products as it has inputs, its *fan-in*; an input is read
# by as many neurons as its *fan-out* says, and on the way back its gradient adds up that many. These two numbers
# decide how large a random weight may be.
#
# In a dense layer, $W$ has shape $(D_\mathrm{in}, D_\mathrm{out})$. In a convolution it has shape
# $(C_\mathrm{out}, C_\mathrm{in}, k_H, k_W)$: an output pixel reads a patch of $k_H \times k_W$ pixels in *every* input channel, and an
# input pixel is read at as many places of *every* output channel.
#
# **By hand.** With $3\times3$ filters, from 8 channels to 16, an output pixel reads 72 numbers, and an input pixel is
# read 144 times.
#
# **Predict.** A slide of *Normalization Techniques in Training DNNs* counts the *output* channels in He's formula, where He counts
# the input channels. A convolution has twice as many channels behind it as before it. By what factor does that change the
# variance of what comes out?

# %% scratch=true
variance_by_the_slide = None

# %% exercise="fans" points=1 minutes=5
def fans(shape):
    """Count the inputs of a neuron, and the neurons that read an input.

    Parameters
    ----------
    shape : tuple of int
        ``(D_in, D_out)`` of a dense layer, or ``(C_out, C_in, kH, kW)`` of a convolution.

    Returns
    -------
    fan_in : int
    fan_out : int

    Raises
    ------
    ValueError
        If the shape has neither two nor four sides.

    Examples
    --------
    >>> fans((3, 7)), fans((16, 8, 3, 3))
    ((3, 7), (72, 144))
    """
    ### BEGIN SOLUTION
    if len(shape) == 2:
        return shape
    if len(shape) != 4:
        raise ValueError(f"A shape has two sides (dense) or four (convolution). Got {shape}.")
    patch = shape[2] * shape[3]
    return shape[1] * patch, shape[0] * patch
    ### END SOLUTION

# %% check="fans"
check(fans)

# %% figure=true
with when_ready():
    inputs, outputs = fans((32, 16, 3, 3))
    reveal(
        ("variance, by the slide's count", variance_by_the_slide, inputs / outputs),
        then=r"""
            Half of it, in every such layer. The slide's count is not nonsense: it is the one that keeps the *gradient* steady
            on its way back. In a dense layer with as many outputs as inputs the two are the same, and nobody notices.
            """,
    )

# %% [markdown] covers="small-random he-initialization slip-20"
# ## 7 · The first weights
#
# If the inputs of a neuron have variance 1 and its weights variance $v$, the sum has variance `fan_in` times $v$: too large a
# $v$, and ten layers multiply ten such factors; too small, and nothing is left. So the spread of the first weights must know how
# many inputs there are, and what the bend does to them.
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
# **Orthogonal** weights (Saxe et al. 2014) are another idea: a layer that only turns its input changes no length at all. As a
# matrix, a dense $W$ as it is and a convolution with one row for each output channel, either the rows or the columns,
# whichever are fewer, are orthogonal and of length 1. The QR decomposition of a Gaussian matrix gives such columns.
#
# Names are a mess here. Both lectures call $1/\sqrt{n_\mathrm{in}}$ "Xavier", after Xavier Glorot; his paper has the compromise of
# the fourth line, and the third is older (LeCun 1998). We keep the two apart.
#
# **By hand.** The convolution of exercise 6, with its 72 inputs: the `he` spread is $\sqrt{2/72} = 1/6$.
#
# **The generator is handed over.** Draw from `rng` and from nothing else. Then a run can be repeated, and two layers that are
# made one after the other differ.
#
# **Predict.** Six ReLU layers of 256 units, the same draw for every layer, once scaled as `lecun` says and once as `he` says.
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
    inputs, outputs = fans(shape)
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
    x0 = np.random.default_rng(1).standard_normal((128, 256))

    def stds(scheme, act):
        rng, x, found = np.random.default_rng(2), x0, []
        for _ in range(6):
            x = act(x @ init_weights((256, 256), scheme, rng))
            found.append(x.std())
        return np.array(found)

    def relu(a):
        return relu_forward(a)[0]

    reveal(
        ("he over lecun, layer 6", he_over_lecun, stds("he", relu)[-1] / stds("lecun", relu)[-1]),
        then=r"""
            Exactly $\sqrt 2^{\,6} = 8$: a ReLU lets factors through, and each layer brings its own $\sqrt 2$. Nothing in
            this needs luck, because both nets were given the same draws.
            """,
    )
    schemes = ("small", "unit", "lecun", "glorot", "he", "orthogonal")
    figures.spread_by_scheme({scheme: stds(scheme, relu) for scheme in schemes})

# %% [markdown] covers="ten-by-500 six-by-4096 figure-histograms code-ten-layers"
# ## 8 · What a net does to its input
#
# The lectures show what happens to a batch on its way through ten layers: a histogram of the activations of each layer, their
# mean, and their standard deviation. You will write the measuring device.
#
# There are two standard deviations to be had, and slides show only one. Let $h$ be the activations of a layer, shape $(N, M)$, with
# $\bar h_j$ the mean of unit $j$ over the examples, and $m$ the mean of all entries:
#
# $$s^2 = \frac{1}{NM}\sum_{n=1}^N\sum_{j=1}^M (h_{nj}-m)^2 \qquad w^2 = \frac{1}{NM}\sum_{n=1}^N\sum_{j=1}^M (h_{nj}-\bar h_j)^2$$
#
# $s$ asks how much the *entries* differ, $w$ how much the *examples* do. Only what differs between examples says anything about
# the input. The rest of $s$ is what tells units from each other, whoever is asking:
#
# $$s^2 = w^2 + \frac{1}{M}\sum_{j=1}^M (\bar h_j - m)^2$$
#
# **By hand.** Two examples, two units: $h = ((0, 10), (2, 12))$. Then $m = 6$, $s^2 = 26$, $w^2 = 1$. The entries are far apart; the
# examples hardly differ.
#
# **Predict.** Ten layers of 500 units with `lecun` weights and 1000 examples from a unit Gaussian. *Lecture 05, CNNs II*
# (Xuming He) calls this scale, under the name Xavier, "nicely scaled for all layers". With tanh: what is the
# standard deviation in layer 1, and in layer 10? With sigmoids: which share of $s^2$ in layer 10 is still between examples?

# %% scratch=true
std_in_layer_1 = None
std_in_layer_10 = None
share_between_examples = None

# %% exercise="activation_stats" points=2 minutes=20
def activation_stats(X, Ws, act):
    """Send a batch through a net without biases, and measure the activations of every layer.

    Parameters
    ----------
    X : ndarray, shape (N, D), float
        One example per row. It keeps its values.
    Ws : list of ndarray, shape (D_l, D_l+1)
        The weights of each layer; layer l computes ``act(h @ W)`` of what the layer before it returned.
    act : function
        The activation: takes an array of any shape and returns one of the same shape.

    Returns
    -------
    stats : list of tuple ``(mean, std, within)``
        Three numbers for each layer, about its activations (behind `act`): the mean and the standard deviation of all
        entries, and the root of the variance over the examples, averaged over the units. Variances are biased.

    Examples
    --------
    >>> X = np.array([[0.0, 10.0], [2.0, 12.0]])
    >>> (mean, std, within), = activation_stats(X, [np.eye(2)], np.abs)
    >>> round(float(mean), 2), round(float(std**2), 2), round(float(within**2), 2)
    (6.0, 26.0, 1.0)
    """
    ### BEGIN SOLUTION
    stats, h = [], X
    for W in Ws:
        h = act(h @ W)
        stats.append((h.mean(), h.std(), np.sqrt(h.var(axis=0).mean())))
    return stats
    ### END SOLUTION

# %% check="activation_stats"
check(activation_stats)

# %%
def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def relu(z):
    return relu_forward(z)[0]


def weights(scheme, sizes, seed=0):  # those of a whole net, drawn one layer after the other
    rng = np.random.default_rng(seed)
    return [init_weights(shape, scheme, rng) for shape in zip(sizes, sizes[1:])]


def activations(X, Ws, act):  # what the histograms are made of
    layers = [X]
    for W in Ws:
        layers.append(act(layers[-1] @ W))
    return layers[1:]

# %% figure=true
with when_ready():
    batch, ten = np.random.default_rng(1).standard_normal((1000, 500)), [500] * 11
    steady = weights("lecun", ten)
    by_tanh, by_sigmoid = (np.array(activation_stats(batch, steady, act)) for act in (np.tanh, sigmoid))
    reveal(
        ("tanh, layer 1", std_in_layer_1, by_tanh[0, 1]),
        ("tanh, layer 10", std_in_layer_10, by_tanh[-1, 1]),
        ("sigmoid, share between examples", share_between_examples, (by_sigmoid[-1, 2] / by_sigmoid[-1, 1]) ** 2),
        then=r"""
            "Nicely scaled" is relative: tanh loses two thirds of its spread, slowly and with no end. But look at the
            sigmoids. Their standard deviation stays at 0.12 through all ten layers, and a slide that shows only that would
            call the net healthy. Yet the examples have become one: whatever comes in, the same comes out. No gradient can tell
            them apart any more.
            """,
    )
    figures.signal("tanh, lecun", activations(batch[:200], steady, np.tanh), by_tanh)
    figures.signal("sigmoid, lecun", activations(batch[:200], steady, sigmoid), by_sigmoid)

# %% [markdown]
# **And the gradients?** The lectures ask it of two nets: weights of 0.01 (all activations fade), and weights of 1.0 (nine units of
# ten are stuck at ±1). Below, a random gradient starts at the top of each and walks down through ten layers of tanh.
#
# **Predict.** How large are the gradients of the weights in layer 1, compared with those in layer 10, for weights of 0.01? And for
# weights of 1.0? (1: as large; 0.001: a thousand times smaller; 1000: a thousand times larger.)

# %% scratch=true
ratio_for_001 = None
ratio_for_1 = None

# %% figure=true
with when_ready():
    def gradient_sizes(Ws):
        layers = [batch, *activations(batch, Ws, np.tanh)]
        d, sizes = np.random.default_rng(2).standard_normal((1000, 500)) / 1000, []
        for W, x_in, h in zip(Ws[::-1], layers[-2::-1], layers[:0:-1]):
            d = d * (1 - h**2)
            sizes.append(np.sqrt(np.mean((x_in.T @ d) ** 2)))
            d = d @ W.T
        return np.array(sizes[::-1])

    nets = {"0.01": weights("small", ten), "lecun": steady, "1.0": weights("unit", ten)}
    sizes_of = {name: gradient_sizes(Ws) for name, Ws in nets.items()}
    reveal(
        ("weights of 0.01, layer 1 over layer 10", ratio_for_001, sizes_of["0.01"][0] / sizes_of["0.01"][-1]),
        ("weights of 1.0, layer 1 over layer 10", ratio_for_1, sizes_of["1.0"][0] / sizes_of["1.0"][-1]),
        then=r"""
            For 0.01 all layers get the *same*, and it is tiny: on the way up the input of a layer shrinks, on the way down the
            gradient does, and a weight's gradient is the product of the two. For 1.0 the slides say "local gradients all
            zero". The median of $1 - h^2$ is indeed 0. But the few units that are not stuck pass on so much, through weights so
            large, that the gradient *grows* about three and a half times in every layer on its way down. That net does not
            learn because it is chaotic, not because it is silent.
            """,
    )
    figures.sizes_by_layer(sizes_of)

# %% [markdown] question="first_gradients" points=1 minutes=20 covers="question-04 question-05 question-06 question-07"
# **Question 2** (1 mark, about six sentences).
#
# (a) What do the gradients of the weights look like if all weights start at 0 (tanh or ReLU, several layers)? And if all weights
# start at the same constant 0.5: what do the units of a layer have in common then, and for how long?
#
# (b) Put in your own words why the gradients are tiny for weights of 0.01, and why the answer "all zero" that the slides give
# for weights of 1.0 is right for the median and wrong for the net.
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) At 0 all activations are 0 and all gradients are exactly 0: nothing ever moves (a bias of the last layer may). At 0.5 all
# units of a layer see the same, so they return the same and get the same gradient: the columns of every $\partial L/\partial W$ are
# identical, and stay so after every step, for ever. The layer is one unit, many times over. Only something that tells
# units apart breaks the symmetry: random weights. (With softmax and a constant last layer the gradient of the hidden layers is
# exactly 0, because the entries of $p - y$ sum to 0. An answer that says so deserves the mark as well.)
#
# (b) A weight's gradient is (its input) times (the gradient at its output). With 0.01 the first fades on the way up, the second
# on the way down, each by the same factor in every layer. With 1.0 most units are saturated, so the median slope is 0; but
# the mean square of the slopes is not, it is multiplied by $n_\mathrm{in}$ times the variance of the weights, and the product is
# above 1: the gradient explodes towards the input.
#
# **Common wrong ideas.** "Constant weights are fine if they are small": the constant does not matter, the symmetry does.
# "Dropout or a bias would be needed": either breaks the symmetry, random weights do it more simply. "Saturated means no
# gradient at all": some units always sit near 0. "At 0 the last layer learns": its input is 0.
# ### END SOLUTION

# %% [markdown] covers="variance-derivation"
# ## 9 · Predicting the signal
#
# Can all this be known *before* any weight is drawn? Yes, nearly. A pre-activation is a sum of many small independent products, and
# such a sum is close to a Gaussian. All that one has to know of an activation $\varphi$ is what it makes of a unit Gaussian $z$:
#
# $$E[f(z)] = \int_{-\infty}^{\infty} f(z)\,\frac{e^{-z^2/2}}{\sqrt{2\pi}}\,dz$$
#
# its mean $E[\varphi(z)]$, its standard deviation $\sqrt{E[\varphi(z)^2] - E[\varphi(z)]^2}$, and the *gain* by which weights must make
# up for it:
#
# $$g = \frac{1}{\sqrt{E[\varphi(z)^2]}}$$
#
# All three are numbers. Why the second moment, and not the variance? The next layer adds up products of weights and *activations*,
# mean and all; the weights have mean 0, so what counts is $E[\varphi^2]$.
#
# **By hand.** A step, 1 for $z > 0$ and else 0: its mean is ½, $E[\varphi^2]$ is ½, so its standard deviation is ½ and its gain
# $\sqrt2$. For a ReLU, by symmetry, $E[\varphi^2] = \tfrac12 E[z^2] = \tfrac12$: the gain is $\sqrt2$ again, which is He's.
#
# Get the integral right to four digits, for bends with a kink or a jump as well. Two ways that do not: averaging ten thousand
# random draws (the error is about $1/\sqrt{10^4}$, one in a hundred), and a grid that stops at ±3 (three in a thousand lie beyond).
#
# **Predict.** What are the gains of a leaky ReLU with slope 0.1, and of tanh: above or below the $\sqrt2 \approx 1.41$ of a ReLU? Give
# a number.

# %% scratch=true
gain_of_leaky = None
gain_of_tanh = None

# %% exercise="activation_moments" points=2 minutes=25
def activation_moments(phi):
    """Find what an activation makes of a unit Gaussian.

    Parameters
    ----------
    phi : function
        The activation: takes an array of shape (n,), and returns one of the same shape. It may have kinks, and jumps of up to 1.

    Returns
    -------
    mean : float
        ``E[phi(z)]`` for a unit Gaussian z. All three are exact to 1e-4.
    std : float
        Standard deviation of ``phi(z)``.
    gain : float
        ``1 / sqrt(E[phi(z)**2])``.

    Notes
    -----
    Poole et al. (2016), equation 3, has the integral; the gain for rectifiers is that of He et al. (2015).

    Examples
    --------
    >>> mean, std, gain = activation_moments(lambda z: 3 + 4 * z)
    >>> round(float(mean), 3), round(float(std), 3), round(float(gain), 3)
    (3.0, 4.0, 0.2)
    """
    ### BEGIN SOLUTION
    z = np.linspace(-8, 8, 80_000)  # an even number, so that a jump at 0 falls between two of them
    share = np.exp(-(z**2) / 2)
    out = phi(z)
    mean, square = out @ share / share.sum(), out**2 @ share / share.sum()
    return mean, np.sqrt(square - mean**2), 1 / np.sqrt(square)
    ### END SOLUTION

# %% check="activation_moments"
check(activation_moments)

# %% figure=true
with when_ready():
    bends = {
        "step": lambda z: (z > 0).astype(float),
        "ReLU": relu,
        "leaky, 0.1": lambda z: leaky_relu_forward(z, 0.1)[0],
        "ELU": lambda z: elu_forward(z)[0],
        "tanh": np.tanh,
        "sigmoid": sigmoid,
    }
    moments = {name: activation_moments(phi) for name, phi in bends.items()}
    reveal(
        ("gain of leaky, 0.1", gain_of_leaky, moments["leaky, 0.1"][2]),
        ("gain of tanh", gain_of_tanh, moments["tanh"][2]),
        then=r"""
            A leak hands on a little more than a ReLU, so its weights may be a little smaller; tanh squeezes everything, so
            its weights must be larger than `lecun` makes them. That is why the signal of exercise 8 was fading. A sigmoid
            hands on a mean of ½ and hardly any spread: nearly all of its $E[\varphi^2]$ is the mean, the same for every example.
            """,
    )
    figures.moments(moments)

# %% [markdown]
# ### The eight pictures of the lectures
#
# Now chain the layers. Let weights have the standard deviation $g/\sqrt{n_\mathrm{in}}$, and let $m_{l}$ be the mean square of the
# activations of layer $l$, with $m_0 = 1$ for the input. The pre-activations of layer $l$ have variance $q_l$, and
#
# $$q_l = g^2\,m_{l-1} \qquad m_l = E\bigl[\varphi(\sqrt{q_l}\,z)^2\bigr]$$
#
# That is your `activation_moments`, applied to $\varphi(\sqrt{q_l}\,z)$. Only $g$ matters, not the width: a net of 500 units with weights
# of 0.01 has $g = 0.01\sqrt{500}$, one of 4096 units $g = 0.64$.

# %%
def predicted_stds(act, g, depth):
    m, stds = 1.0, []
    for _ in range(depth):
        q = g**2 * m
        _, std, gain = activation_moments(lambda z: act(np.sqrt(q) * z))
        m = 1 / gain**2
        stds.append(std)
    return np.array(stds)

# %% [markdown]
# Xuming He's *Lecture 05* and *Training Neural Networks, Part I* show eight such nets: three of 10 layers with 500 units and 1000
# examples, and five of 6 layers with 4096 units and 16 examples.
#
# **Predict.** Tanh with weights of 0.01: which power of ten is the standard deviation in the last layer of the net with 10 × 500
# units (−1 for 0.1)? Of the net with 6 × 4096? And how much larger is the signal of He's ReLU net than that of the one with Xavier's weights, after 6 layers?

# %% scratch=true
power_of_ten_10_by_500 = None
power_of_ten_6_by_4096 = None
he_over_xavier = None

# %% figure=true
with when_ready():
    settings = {  # name: activation, scheme, width, depth, examples, factor on the scheme's weights
        "tanh 0.01, 10 × 500": (np.tanh, "small", 500, 10, 1000, 1),
        "tanh 1.0, 10 × 500": (np.tanh, "unit", 500, 10, 1000, 1),
        "tanh Xavier, 10 × 500": (np.tanh, "lecun", 500, 10, 1000, 1),
        "tanh 0.01, 6 × 4096": (np.tanh, "small", 512, 6, 128, 8**0.5),
        "tanh 0.05, 6 × 4096": (np.tanh, "small", 512, 6, 128, 5 * 8**0.5),
        "tanh Xavier, 6 × 4096": (np.tanh, "lecun", 512, 6, 128, 1),
        "ReLU Xavier, 6 × 4096": (relu, "lecun", 512, 6, 128, 1),
        "ReLU He, 6 × 4096": (relu, "he", 512, 6, 128, 1),
    }
    measured, predicted, stacks = {}, {}, {}
    for name, (act, scheme, width, depth, examples, factor) in settings.items():
        X = np.random.default_rng(6).standard_normal((examples, width))
        Ws = [factor * W for W in weights(scheme, [width] * (depth + 1), seed=7)]
        measured[name] = np.array(activation_stats(X, Ws, act))[:, 1]
        stacks[name] = activations(X[:100], Ws, act)
        g = factor * {"small": 0.01 * width**0.5, "unit": width**0.5, "lecun": 1, "he": 2**0.5}[scheme]
        predicted[name] = predicted_stds(act, g, depth)
    reveal(
        ("0.01, 10 × 500, power of ten", power_of_ten_10_by_500, np.log10(measured["tanh 0.01, 10 × 500"][-1])),
        ("0.01, 6 × 4096, power of ten", power_of_ten_6_by_4096, np.log10(measured["tanh 0.01, 6 × 4096"][-1])),
        ("He over Xavier", he_over_xavier, measured["ReLU He, 6 × 4096"][-1] / measured["ReLU Xavier, 6 × 4096"][-1]),
        then=r"""
            The same "0.01" is death in one net and a mild fade in the other: what counts is $g$, 0.22 there and 0.64 here. The
            dashed lines were computed without drawing a single weight. The 4096 units were played by 512 here, with the same
            $g$; below you can have the real size. He over Xavier is exactly $\sqrt2^{\,6} = 8$, because a ReLU lets factors through
            and both nets were given the same draws.
            """,
    )
    figures.eight_settings(measured, predicted)
    figures.histograms(stacks)

# %% [markdown]
# At the printed size, one layer after the other, so that no more than one matrix of 4096 × 4096 is in memory (134 MB; a second or
# two). Change `act`, `scheme` and `factor` for the other four.

# %% figure=true
with when_ready():
    act, scheme, factor, rng = np.tanh, "small", 1, np.random.default_rng(8)
    X, full_size = rng.standard_normal((16, 4096)), []
    for _ in range(6):
        W = init_weights((4096, 4096), scheme, rng)
        full_size += activation_stats(factor * X, [W], act)
        X = act(factor * X @ W)
    print("std by layer, 6 × 4096:", ", ".join(f"{std:.4f}" for _, std, _ in full_size))
    print("predicted             :", ", ".join(f"{std:.4f}" for std in predicted_stds(np.tanh, 0.64, 6)))

# %% [markdown] covers="initialization-reading"
# ## 10 · Let the data decide
#
# A prediction needs a formula for the activation, and Gaussian inputs. *Layer-sequential unit-variance* initialization (LSUV) needs
# neither. It takes any weights, sends a batch through the net, and divides the weights of each layer, the first layer first,
# by what is measured:
#
# $$W_l \leftarrow \frac{W_l}{\sqrt{\mathrm{Var}[h_{l-1}\,W_l]}}$$
#
# Shapes: $h_{l-1}$ is $(N, D_l)$, what the layers *already mended* make of the batch; the variance is that of all entries of the
# pre-activations $h_{l-1} W_l$, $(N, D_{l+1})$, about their mean. The step is taken again while the variance is further than
# `tol` from 1, at most `max_iter` times; a layer that is within `tol` at once is left as it is.
#
# **By hand.** $x = (1, 3)$, two examples of one input, and two layers with the weights 4 and 5, `act` the absolute value. The first
# pre-activations are (4, 12), with variance 16: the weight becomes 1, and (1, 3) goes on. The second are (5, 15), with variance 25:
# the weight becomes 1. Whoever measures the second layer with the *old* first one sees (20, 60).
#
# **Predict.** Ten hidden layers of 100 ReLUs, digits as input, weights `small` (0.01). Before LSUV, which power of ten is the
# standard deviation of the last hidden layer (−1 for 0.1)? And after it, with ten layers of *sigmoids*, every pre-activation of
# variance 1: which share of the variance of the last activations is between examples?

# %% scratch=true
power_of_ten_before = None
sigmoid_share_after = None

# %% exercise="lsuv_init" points=2 minutes=25
def lsuv_init(X, Ws, act, tol=0.02, max_iter=10):
    """Scale the weights of a net so that the pre-activations of every layer have variance 1 on a batch.

    Parameters
    ----------
    X : ndarray, shape (N, D), float
        A batch, one example per row. It keeps its values.
    Ws : list of ndarray, shape (D_l, D_l+1)
        First weights of each layer; the arrays and the list stay as they are.
    act : function
        The activation between the layers; takes and returns an array.
    tol : float
        How far from 1 a variance may be: a layer whose variance is that near keeps its weights.
    max_iter : int
        At most so many divisions a layer.

    Returns
    -------
    new : list of ndarray, shape (D_l, D_l+1), each in the dtype of its `W`
        New arrays, also where nothing had to be scaled.

    Raises
    ------
    ValueError
        If the pre-activations of a layer do not vary at all, so that no factor can help.

    Notes
    -----
    Mishkin & Matas (2016), Algorithm 1, for weights that somebody else has drawn.

    Examples
    --------
    >>> lsuv_init(np.array([[1.0], [3.0]]), [np.array([[4.0]]), np.array([[5.0]])], np.abs)
    [array([[1.]]), array([[1.]])]
    """
    ### BEGIN SOLUTION
    new, h = [], X
    for W in Ws:
        W = W.copy()
        for _ in range(max_iter):
            variance = (h @ W).var()
            if variance <= 0:
                raise ValueError(f"The pre-activations of layer {len(new) + 1} do not vary. Got only {(h @ W).flat[0]:g}.")
            if abs(variance - 1) <= tol:
                break
            W = (W / np.sqrt(variance)).astype(W.dtype)
        new.append(W)
        h = act(h @ W)
    return new
    ### END SOLUTION

# %% check="lsuv_init"
check(lsuv_init)

# %% figure=true
with when_ready():
    images, deep = digits.load().x[:256], [64] + [100] * 10
    faint = weights("small", deep)
    before, after = (np.array(activation_stats(images, Ws, relu)) for Ws in (faint, lsuv_init(images, faint, relu)))
    asleep = np.array(activation_stats(images, lsuv_init(images, faint, sigmoid), sigmoid))
    reveal(
        ("power of ten, before", power_of_ten_before, np.log10(before[-1, 1])),
        ("sigmoid, share between examples", sigmoid_share_after, (asleep[-1, 2] / asleep[-1, 1]) ** 2),
        then=r"""
            LSUV heals the ReLU net whatever it was given. It also reports full success for the sigmoids: variance 1 in
            every layer. But it looks at *all* entries, and in a sigmoid net nearly all of the variance is between units and none
            of it between examples. A number that you can optimize is not the same as the thing you wanted.
            """,
    )
    figures.healed({"ReLU, before": before, "ReLU, after LSUV": after, "sigmoid, after LSUV": asleep})

# %% [markdown]
# ### Who trains?
#
# The measure of all this is training. Below, a net with ten hidden layers of 100 units learns the digits for 150 steps at rate 0.1.
# It is yours: your weights, your bend, your way back.

# %%
def train_deep(Ws, bend, unbend, steps=150, rate=0.1):
    data, rng = digits.load(), np.random.default_rng(9)
    net = [(W, np.zeros(W.shape[1])) for W in Ws]

    def run(x):
        trace = []
        for W, offset in net:
            z = x @ W + offset
            trace.append((x, z))
            x = bend(z)[0]
        return z, trace

    for _ in range(steps):
        rows = rng.integers(len(data.x), size=64)
        scores, trace = run(data.x[rows])
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        dz = (p / p.sum(axis=1, keepdims=True) - np.eye(10)[data.t[rows]]) / 64
        changes = []
        for (W, _), (x_in, _), (_, z_below) in zip(net[::-1], trace[::-1], [*trace[-2::-1], (None, None)]):
            changes.append((x_in.T @ dz, dz.sum(axis=0)))
            if z_below is not None:
                dz = unbend(dz @ W.T, bend(z_below)[1])
        net = [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(net, changes[::-1])]
    return (run(data.x_test)[0].argmax(axis=1) == data.t_test).mean()

# %% [markdown]
# **Predict.** ReLUs. Which of these get more than nine digits of ten right: `small`, `unit`, `lecun`, `he`, and `small` after LSUV?
# How does the sigmoid net do after LSUV?

# %% scratch=true
who_trains = None  # e.g. ["unit", "he"]; call the last one "small, LSUV"
sigmoid_accuracy = None

# %% figure=true
with when_ready():
    sizes = [*deep, 10]
    starts = {scheme: weights(scheme, sizes) for scheme in ("small", "unit", "lecun", "he")}
    starts["small, LSUV"] = lsuv_init(images, starts["small"], relu)
    accuracies = {name: train_deep(Ws, relu_forward, relu_backward) for name, Ws in starts.items()}
    squash = (lambda z: (sigmoid(z), sigmoid(z))), (lambda d, s: d * s * (1 - s))
    accuracies["sigmoid, LSUV"] = train_deep(lsuv_init(images, starts["small"], sigmoid), *squash)
    reveal(
        ("more than nine of ten", who_trains, [name for name, share in accuracies.items() if share > 0.9]),
        ("sigmoid after LSUV", sigmoid_accuracy, accuracies["sigmoid, LSUV"]),
        then=r"""
            Ten layers decide before the first step. `small` has no signal and `unit` far too much; `lecun` loses half of its
            variance in every layer, and learns late or not at all; `he` and LSUV hand on what they get, and learn. The
            sigmoids have unit variance and nothing to say.
            """,
    )
    figures.who_trains(accuracies, chance=0.1)

# %% [markdown] question="two_stds" points=1 minutes=15
# **Question 3** (1 mark, about six sentences).
#
# (a) A colleague shows you that the standard deviation of the activations is the same in all layers of a deep net, and concludes
# that the signal gets through. Which second number do you ask for, how is it related to the first, and what does it say in the
# sigmoid net? Why is ReLU with He's weights, too, less perfect than its constant standard deviation suggests?
#
# (b) He's gain uses $E[\varphi(z)^2]$ where one might have expected the variance of $\varphi(z)$. Which of the two does the next layer
# feel, and why? What would happen to a ReLU net scaled by the variance?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The spread within a unit, over examples: $s^2 = w^2 +$ the variance of the units' means. In the sigmoid net $w$ has gone to 0: each
# unit says the same to every example. In the ReLU net with He's weights the share of $w^2$ falls as well (to about a quarter in 10
# layers of 500): the activations are never negative, so examples become more and more alike, although nothing fades.
#
# (b) $\mathrm{Var}(\sum_i w_i h_i) = n\,\mathrm{Var}(w)\,E[h^2]$ when the weights have mean 0: the mean of $h$ counts as much as its spread. With
# the variance, $\tfrac12(1 - 1/\pi) = 0.34$ in place of $0.5$, the weights would be too large by $\sqrt{0.5/0.34} = 1.21$ in each layer,
# and the signal would grow by that factor each time.
#
# **Common wrong ideas.** "The mean does no harm, the bias takes it away": at the start biases are 0. "A constant std proves that
# gradients are fine": see question 2. "ReLU is not zero-centred, so $E[\varphi]$ must be subtracted first": that is another
# layer (batch norm, assignment 4). "Correlated examples are a matter of the data": here they are made by the net.
# ### END SOLUTION

# %% [markdown]
# ## An experiment of your own
#
# Change **one** ingredient, write down what you expect, and only then run it. A few to choose from:
#
# * `born_dead` with an ELU, and every bias at −5 instead of −3 (change the number in its cell). Its floor is flat, too.
# * `train_deep` with `orthogonal` weights, as they are and times $\sqrt2$. Which of the two is right for a ReLU?
# * Tanh in `train_deep` (`lambda z: (np.tanh(z), np.tanh(z))` and `lambda d, h: d * (1 - h**2)`) with `lecun` weights times 1,
#   1.3 and 1.6. Your `activation_moments` has an opinion.
# * LSUV with a batch of 2 examples in place of 256. When does it go wrong?
#
# It earns no mark. It is what people who work in this field do all day.

# %% scratch=true
expected = None  # in words or numbers, before you run

# for factor in (1, 2**0.5):
#     Ws = [factor * W for W in weights("orthogonal", [64] + [100] * 10 + [10])]
#     print(factor, train_deep(Ws, relu_forward, relu_backward))

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells*, so that you see your notebook as the grader will, and save it. Run All
# stops at the first check that does not pass; you may hand in all the same, since what comes after is marked too. Then
# run the cell below: it tries all visible checks again and says what is left.

# %% figure=true
progress()

# %% [markdown]
# You can now say of a deep net, before its first step, whether a signal lives in it. What it takes to keep that true *during*
# training is the subject of assignments 4 to 6.
#
# **Sources.** Lecture documents: *Training Neural Networks, Part I*; Xuming He (ShanghaiTech), *Lecture 05, CNNs II*; Lei Huang,
# *Normalization Techniques in Training DNNs*. Papers: Nair & Hinton (2010), *Rectified linear units improve restricted Boltzmann
# machines*. Maas, Hannun & Ng (2013), *Rectifier nonlinearities improve neural network acoustic models*. He et al. (2015),
# arXiv:1502.01852. Clevert, Unterthiner & Hochreiter (2016), arXiv:1511.07289. Goodfellow et al. (2013), arXiv:1302.4389. LeCun et
# al. (1998), *Efficient backprop*. Glorot & Bengio (2010), *Understanding the difficulty of training deep feedforward neural
# networks*. Saxe, McClelland & Ganguli (2014), arXiv:1312.6120. Poole et al. (2016), arXiv:1606.05340. Mishkin & Matas (2016),
# arXiv:1511.06422.
