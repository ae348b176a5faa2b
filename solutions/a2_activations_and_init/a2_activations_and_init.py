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
# | 6 | `init_weights` | 35 | 3 |
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

# %% [markdown]
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

# %% [markdown]
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

# %% [markdown]
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

# %% [markdown]
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

# %% [markdown]
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

# %% [markdown]
# ## 6 · The first weights
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
