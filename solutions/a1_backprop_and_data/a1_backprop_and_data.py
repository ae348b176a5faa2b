# %% [markdown]
# # A1 · Backpropagation and data
#
# In this notebook you write the backward pass of a small network by hand, find out with numbers whether it is right, and
# prepare data so that gradient descent has an easy time. At the end a network made of your functions alone learns to read handwritten
# digits, from raw pixels and from prepared ones, and you can say what makes the difference.
#
# Reckon with about seven hours, best in three sittings: the pieces of a network (exercises 1 to 4), how to judge a gradient and a
# whole network (5 to 7), and what data do to descent (8 to 12).
#
# **How to work.** Each exercise has an idea, a formula, a few numbers to follow with a pencil, a prediction, and a function to
# write. Replace the marked line in the function, run the cell, then run the `check(...)` cell below it: it tells you at once what
# is right, what is not, and where. Predictions earn nothing and cost nothing; put your guess in place of `None` before you look.
# Cells that only draw are folded; a click on their bar opens them.
#
# **How it is marked.** `check` tries a few cases. The hidden checks try more of what these pages ask for: other shapes, axes of
# length 1, `float32`, huge numbers, and whether the arrays you were given are still as they were. A function that does part of
# the job earns part of the marks.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `sigmoid` | 20 | 1 |
# | 2 | `affine_forward` | 15 | 1 |
# | 3 | `affine_backward` | 35 | 2 |
# | 4 | `softmax_loss` | 40 | 2 |
# | 5 | `numerical_gradient` | 25 | 2 |
# | 6 | `relative_error` | 15 | 1 |
# | 7 | `mlp_backprop` | 60 | 3 |
# | 8 | `gradient_sign_stats` | 15 | 1 |
# | 9 | `standardize` | 25 | 2 |
# | 10 | `image_statistics` | 20 | 2 |
# | 11 | `whiten` | 40 | 3 |
# | 12 | `hessian_spectrum` | 30 | 2 |
# | | three questions, answered in words | 50 | 3 |
#
# **What we agree on.** Books and libraries differ in these, so we say it once:
#
# | here | because |
# |---|---|
# | Rows are examples: `x` has shape `(N, D)`; a neuron is a column of `w`. | A batch goes through in one product. |
# | A loss averages over the batch; backward passes only sum. | The 1/N appears once, in the loss. |
# | `f_backward` is handed the gradient of the loss, and the cache of `f_forward`. | Each can be written and judged by itself. |
# | Arrays you are given keep their values. | Somebody else may still need them. |
# | `float32` data in, `float32` out, unless the text asks for `float64`. | One `float64` array doubles the memory of all that follows. |
#
# Everything can be written with NumPy alone. The last cell, *Before you hand in*, shows how far you are.

# %%
import numpy as np

from zeromean import check, progress, stages

# %% figure=true
from IPython.display import display

from zeromean import digits, figures
from zeromean.gradients import check_gradient
from zeromean.style import use
from zeromean.tables import Table
from zeromean.waiting import once_passed, reveal, when_ready

use()

# %% [markdown] covers="sigmoid composition"
# ## 1 · A neuron's answer
#
# A neuron adds up its weighted inputs and then answers with a number between 0 and 1. The sigmoid is the classical answer:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} \qquad \sigma'(x) = \sigma(x)\,\bigl(1 - \sigma(x)\bigr)$$
#
# It works on every entry by itself, whatever the shape. The slope needs nothing but the value, which is why a forward pass keeps
# the value for later.
#
# **By hand.** $\sigma(0) = \frac12$, with slope $\frac14$. Where $e^{-x} = 3$, the value is $\frac14$ and the slope
# $\frac{3}{16}$.
#
# On paper $\sigma$ takes every value *between* 0 and 1 and never 0 or 1 themselves; *Training neural networks, part I* (slides,
# no author named) prints closed brackets. In a computer both occur, and they come in two kinds:
#
# * Far to the right, $1 + e^{-x}$ is rounded to 1. Nothing can be done, and nothing need be.
# * Far to the left, $e^{-x}$ overflows: `np.exp(800)` is `inf`. Yet $\sigma(-720) \approx 10^{-313}$ is a number that a computer
#   can hold. The two tails are mirror images, $\sigma(-x) = 1 - \sigma(x)$, but taking a difference from 1 costs all digits
#   of a small number. Find a form for each side that exponentiates only what cannot overflow.
#
# **Predict.** The slope of the sigmoid at $-10$, at 0 and at 10. A gradient that is carried back through ten sigmoids, each at
# its steepest place: by what factor does it shrink?

# %% scratch=true
slopes = None  # three numbers, as a list
factor_of_ten = None

# %% exercise="sigmoid" points=1 minutes=20
def sigmoid(x):
    """Map every number to between 0 and 1, without overflow on either side.

    Parameters
    ----------
    x : ndarray, shape (...), any number type
        It keeps its values.

    Returns
    -------
    out : ndarray, shape (...), dtype of `x`; float64 if `x` holds integers
        ``1 / (1 + exp(-x))`` for each entry, with all its digits also where it is tiny.

    Examples
    --------
    >>> sigmoid(np.array([0.0, 1000.0]))
    array([0.5, 1. ])
    """
    ### BEGIN SOLUTION
    if x.dtype.kind != "f":
        x = x.astype(float)
    small = np.exp(-np.abs(x))  # the exponent is never positive
    return np.where(x < 0, small, 1) / (1 + small)
    ### END SOLUTION

# %% check="sigmoid"
check(sigmoid)

# %% figure=true
with when_ready():
    at = np.array([-10.0, 0.0, 10.0])
    reveal(
        ("slopes at -10, 0, 10", slopes, sigmoid(at) * (1 - sigmoid(at))),
        ("factor of ten sigmoids", factor_of_ten, 0.25**10),
        then=r"""
            The slope is never more than ¼, and 0.000045 at $\pm 10$: a *saturated* unit, which hardly lets a gradient pass. Ten
            sigmoids leave at best $4^{-10} \approx$ one millionth of it. Deep networks were hard to train with sigmoids for
            this reason, and assignment 2 is about what is used instead.
            """,
    )
    x = np.linspace(-10, 10, 201)
    figures.sigmoid_and_slope(x, sigmoid(x))

# %% [markdown]
# ## 2 · A layer of neurons
#
# A dense layer gives every example to every neuron:
#
# $$a_{nm} = \sum_{d=1}^D x_{nd}\,w_{dm} + b_m$$
#
# Shapes: $x$ is $(N, D)$, one example per row; $w$ is $(D, M)$, a neuron per **column**; $b$ is $(M,)$ and $a$ is $(N, M)$.
# Texts that write $Wx$ keep examples in columns and neurons in rows. Lei Huang's slides *Normalization techniques in training of
# deep neural networks* do, and exercise 7 follows them; translate before you compare.
#
# Images arrive as $(N, C, H, W)$. The layer lays out each of them as one row of $D = CHW$ numbers, in the order in which they
# stand in memory.
#
# **By hand.** $x = (1, 2)$, two neurons with weights $(1, 0)$ and $(3, 4)$, biases 10 and 20: the answers are
# $1\cdot1 + 2\cdot0 + 10 = 11$ and $1\cdot3 + 2\cdot4 + 20 = 31$.
#
# **Predict.** `x = np.array([[1, 2, 3], [4, 5, 6]])` holds two examples. What is the first row of `x.reshape(3, 2).T`? It has the
# right shape.

# %% scratch=true
first_row = None  # three numbers, as a list

# %% exercise="affine_forward" points=1 minutes=15
def affine_forward(x, w, b):
    """Give each example to each neuron of a dense layer.

    Parameters
    ----------
    x : ndarray, shape (N, d_1, ..., d_k), float
        One example per entry of the first axis; ``D = d_1 * ... * d_k``.
    w : ndarray, shape (D, M)
        One neuron per column.
    b : ndarray, shape (M,)
        The bias of each neuron.

    Returns
    -------
    out : ndarray, shape (N, M), dtype of `x`
    cache : tuple ``(x, w)``
        For the backward pass: both as they were given, `x` in its own shape.

    Examples
    --------
    >>> x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 3.0], [0.0, 4.0]])
    >>> out, cache = affine_forward(x, w, np.array([10.0, 20.0]))
    >>> out
    array([[11., 31.]])
    """
    ### BEGIN SOLUTION
    rows = x.reshape(len(x), -1)
    return (rows @ w + b).astype(x.dtype), (x, w)
    ### END SOLUTION

# %% check="affine_forward"
check(affine_forward)

# %% figure=true
with when_ready():
    reveal(
        ("first row", first_row, np.array([[1, 2, 3], [4, 5, 6]]).reshape(3, 2).T[0]),
        then="""
            The row (1, 3, 5) is made of *two* examples. Reshaping keeps the order of memory and only moves the line breaks;
            turning round does not give the order back. A network that is fed like this still trains, badly, and nothing
            tells you. So keep the axis of the examples where it is.
            """,
    )

# %% [markdown]
# ## 3 · Back through the layer
#
# Training asks how the loss $L$ changes when a weight moves. Backpropagation answers for one layer at a time: it is handed
# $\partial L/\partial a$, the *upstream gradient*, and passes on $\partial L/\partial x$, $\partial L/\partial w$ and
# $\partial L/\partial b$. Find them yourself. Three rules are enough:
#
# * A gradient has the shape of the thing it belongs to.
# * What is used several times adds up what each use contributes. A weight is used once by every example, an input once by
#   every neuron.
# * Backward passes only *sum*. The $1/N$ of an average stands in the loss, once, and arrives with the upstream gradient.
#
# | stage | forward | shape |
# |---|---|---|
# | 1 | `rows` = `x`, each example laid out in a row | (N, D) |
# | 2 | `prod` = `rows` @ `w` | (N, M) |
# | 3 | `out` = `prod` + `b` | (N, M) |
#
# **By hand.** One example $x = (1, 2)$, one neuron $w = (3, 4)$, upstream gradient 10. Then $\partial L/\partial x = (30, 40)$,
# $\partial L/\partial w = (10, 20)$ and $\partial L/\partial b = 10$: each gets what it was multiplied by.
#
# **Step by step.** Go through the stages from the last to the first. Nothing here is marked; the cell below points at the first
# line that is not right yet.

# %% stages="affine_backward"
def back_through_the_layer(dout, x, w):
    """Return the gradient of each stage; dout has shape (N, M), x (N, d1, d2), w (D, M)."""
    N = len(x)
    ### BEGIN SOLUTION
    db = np.einsum("nm->m", dout)  # (M,), through stage 3
    dprod = 1 * dout  # (N, M), through stage 3
    dw = np.einsum("nd,nm->dm", np.reshape(x, (N, len(w))), dprod)  # (D, M), through stage 2
    drows = np.einsum("nm,dm->nd", dprod, w)  # (N, D), through stage 2
    dx = np.reshape(drows, np.shape(x))  # (N, d1, d2), through stage 1
    ### END SOLUTION
    return {"db": db, "dprod": dprod, "dw": dw, "drows": drows, "dx": dx}

# %% figure=true
with when_ready():
    rng = np.random.default_rng(0)
    stages("affine_backward", back_through_the_layer(
        rng.integers(-3, 4, (3, 2)) * 1.0, rng.integers(-3, 4, (3, 2, 2)) * 1.0, rng.integers(-3, 4, (4, 2)) * 1.0
    ))

# %% [markdown]
# **Predict.** A batch of 50 examples with `dout = 1` everywhere. What is each entry of `db`?

# %% scratch=true
each_entry_of_db = None

# %% exercise="affine_backward" points=2 minutes=35
def affine_backward(dout, cache):
    """Pull the gradient of the loss back through a dense layer.

    Parameters
    ----------
    dout : ndarray, shape (N, M), float
        Gradient of the loss with respect to the output of `affine_forward`. It keeps its values.
    cache : tuple ``(x, w)``
        What `affine_forward` returned: shapes (N, d_1, ..., d_k) and (D, M).

    Returns
    -------
    dx : ndarray, shape (N, d_1, ..., d_k), dtype of `dout`
    dw : ndarray, shape (D, M), dtype of `dout`
    db : ndarray, shape (M,), dtype of `dout`
        Sums over the batch; nothing is divided by N.

    Examples
    --------
    >>> cache = (np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    >>> dx, dw, db = affine_backward(np.array([[10.0]]), cache)
    >>> dx, db
    (array([[30., 40.]]), array([10.]))
    """
    ### BEGIN SOLUTION
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    return dx.astype(dout.dtype), dw.astype(dout.dtype), dout.sum(axis=0)
    ### END SOLUTION

# %% check="affine_backward"
check(affine_backward)

# %% figure=true
with when_ready():
    x = np.random.default_rng(1).standard_normal((50, 3))
    db = affine_backward(np.ones((50, 2)), affine_forward(x, np.ones((3, 2)), np.zeros(2))[1])[2]
    reveal(
        ("each entry of db", each_entry_of_db, db[0]),
        then="""
            All 50 examples share the bias, so their 50 wishes add up. If the loss is an average, `dout` arrives with a factor
            1/50, and the sum becomes an average all by itself. Dividing here too would make it 1/50 of what it should be.
            """,
    )

# %% figure=true
once_passed(
    affine_backward,
    r"""
    **In matrices.** With $g = \partial L/\partial a$ and the rows laid out, your stages are

    $$\frac{\partial L}{\partial x} = g\,w^\top \qquad \frac{\partial L}{\partial w} = x^\top g \qquad \frac{\partial L}{\partial b_m} = \sum_{n=1}^N g_{nm}$$

    Shapes nearly force it: of $(N, M)$ and $(D, M)$ there is one product that is $(N, D)$. Only nearly; where $N = D = M$, all
    wrong products fit too, and that is why the hidden checks try that case.
    """,
)

# %% [markdown] covers="mlp-forward"
# ## 4 · A loss for classes
#
# The last layer gives each example $C$ scores. The softmax turns them into probabilities, and the loss is what the right class
# $y_n$ is thought to be worth:
#
# $$p_{nc} = \frac{e^{s_{nc}}}{\sum_{k=1}^C e^{s_{nk}}} \qquad L = -\frac1N \sum_{n=1}^N \log p_{n y_n}$$
#
# Shapes: $s$ and $p$ are $(N, C)$, $y$ is $(N,)$, $L$ is a number. Here, and nowhere else, stands the $1/N$.
#
# **By hand.** Scores $(0, \ln 3)$ give probabilities $\frac14$ and $\frac34$. If class 0 is right, the example costs
# $\ln 4 \approx 1.386$.
#
# Two things to be careful about:
#
# * **Overflow.** Adding the same number to a whole row changes no probability. So choose the number such that the largest
#   exponent of *that row* is 0. The maximum of the whole batch will not do: a row far below it becomes 0/0.
# * **The logarithm of 0.** A hopeless example has $p$ rounded to 0, and $\log 0 = -\infty$. Its cost is not infinite: it is the
#   distance of two scores, if you take the logarithm of the quotient before you divide.
#
# **Step by step.** The gradient with respect to the scores is a derivation of four lines, and then a surprise.
#
# | stage | forward | shape |
# |---|---|---|
# | 1 | `e` = exp of `s`, each entry | (N, C) |
# | 2 | `total` = sum of `e` over the classes | (N,) |
# | 3 | `picked` = score of the right class − log of `total` | (N,) |
# | 4 | `loss` = −mean of `picked` | a number |

# %% stages="softmax_loss"
def back_through_the_loss(e, total, right):
    """Return the gradient of each stage; e has shape (N, C), total (N,), right (N, C) is 1 at the right class, else 0."""
    N = len(total)
    ### BEGIN SOLUTION
    dpicked = np.full(N, -1 / N)  # (N,), through stage 4
    dtotal = -dpicked / total  # (N,), through stage 3
    de = np.repeat(dtotal[:, None], np.shape(e)[1], axis=1)  # (N, C), through stage 2
    ds = de * e + dpicked[:, None] * right  # (N, C), through stages 1 and 3
    ### END SOLUTION
    return {"dpicked": dpicked, "dtotal": dtotal, "de": de, "ds": ds}

# %% figure=true
with when_ready():
    e, right = np.array([[1.0, 3.0, 4.0], [2.0, 2.0, 1.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    stages("softmax_loss", back_through_the_loss(e, e.sum(axis=1), right))

# %% [markdown]
# **Predict.** A network that has learned nothing gives 10 classes the same score. What is its loss? And what does an example cost
# whose right class scores 1000 less than the only other one?

# %% scratch=true
loss_of_a_guesser = None
cost_of_a_hopeless_one = None

# %% exercise="softmax_loss" points=2 minutes=40
def softmax_loss(scores, y):
    """Return the cross-entropy of the softmax of a batch of scores, and its gradient.

    Parameters
    ----------
    scores : ndarray, shape (N, C), float
        It keeps its values. Rows may be shifted by 1000 or more.
    y : ndarray, shape (N,), int
        The right class of each example, 0 to C - 1.

    Returns
    -------
    loss : float
        The mean over the batch; natural logarithm. Finite for finite scores.
    dscores : ndarray, shape (N, C), dtype of `scores`
        The gradient of `loss` with respect to the scores.

    Examples
    --------
    >>> loss, dscores = softmax_loss(np.log([[1.0, 3.0]]), np.array([0]))
    >>> round(float(loss), 3), dscores.round(2)
    (1.386, array([[-0.75,  0.75]]))
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return -float(log_p[rows, y].mean()), dscores / len(y)
    ### END SOLUTION

# %% check="softmax_loss"
check(softmax_loss)

# %% figure=true
with when_ready():
    reveal(
        ("a guesser", loss_of_a_guesser, softmax_loss(np.zeros((1, 10)), np.array([3]))[0]),
        ("a hopeless example", cost_of_a_hopeless_one, softmax_loss(np.array([[0.0, 1000.0]]), np.array([0]))[0]),
        then=r"""
            $\ln 10 \approx 2.303$: remember it. A network for ten classes that starts at 20 has weights that are too large,
            and one that stays at 2.303 has learned nothing. A hopeless example costs as much as its scores are apart.
            """,
    )

# %% figure=true
once_passed(
    softmax_loss,
    r"""
    **The surprise.** Put your four lines together, and almost everything cancels:

    $$\frac{\partial L}{\partial s_{nc}} = \frac{1}{N}\,\bigl(p_{nc} - [c = y_n]\bigr)$$

    where $[c = y_n]$ is 1 for the right class and 0 for the others. Probability minus truth: each row sums to 0, what the right class
    gains the others lose, and a confident mistake pushes with its whole weight, however saturated the softmax is.
    """,
)

# %% [markdown] covers="training-overview"
# ## 5 · A gradient by trying
#
# You now have three backward passes, and only our word that they are right. Here is a judge of your own.
#
# A derivative asks what happens to $f$ when one number moves a little. So move it, and look. That is far too slow to train a
# network, since every number needs calls of $f$ of its own, and it is right without any calculus: the ideal judge of a
# gradient that was derived. It must be a good judge, though. One that looks to one side only is off by a multiple of $h$,
# and a right gradient seems wrong beside it.
#
# For every entry $i$ of $x$, with $e_i$ the array that is 1 there and 0 elsewhere:
#
# $$g_i = \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h}$$
#
# $x$, $e_i$ and $g$ have the same shape, whatever it is; $f$ returns one number.
#
# **By hand.** $f(x) = x_1^2 + x_1 x_2$ at $x = (3, 1)$, with $h = 1$:
#
# | | up | down | $g$ |
# |---|---|---|---|
# | $x_1$ | $f(4, 1) = 20$ | $f(2, 1) = 6$ | 7 |
# | $x_2$ | $f(3, 2) = 15$ | $f(3, 0) = 9$ | 3 |
#
# Though $h$ is not small at all, both are exact: the errors of the two sides cancel for everything up to a square.
#
# Three things to be careful about:
#
# * **One entry at a time.** The others stand where they were, to the last bit. Adding a step and taking it away again does
#   not always give a number back: `0.1 + 0.7 - 0.7` is 0.09999999999999998.
# * **The array is not yours.** Somebody else may hold `x`; move the entries of a copy.
# * **Whole numbers cannot move a little.** In an array of integers, `2 + 1e-5` is 2. Work in `float64`, whatever comes.
#
# **Predict.** $f(x) = x^3$ at $x = 1$, where the derivative is 3. What does the formula give for $h = 0.1$? And what does
# $(f(x+h) - f(x))/h$ give?

# %% scratch=true
both_sides = None  # a number
one_side = None  # a number

# %% exercise="numerical_gradient" points=2 minutes=25
def numerical_gradient(f, x, h=1e-5):
    """Estimate the gradient of a function by moving each entry of its argument up and down.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, float64, and returns a number.
    x : ndarray, shape (...), any number type
        Where to differentiate. It keeps its values.
    h : float
        How far an entry is moved to either side. Positive.

    Returns
    -------
    grad : ndarray, shape (...), float64
        A new array in the shape of `x`: ``(f(x + h e_i) - f(x - h e_i)) / (2 h)`` for each entry i.

    Notes
    -----
    The central difference; its error is of order h**2 (Press et al. (2007), *Numerical recipes*, section 5.7).

    Examples
    --------
    >>> numerical_gradient(lambda x: x[0] ** 2 + x[0] * x[1], np.array([3.0, 1.0]), h=1.0)
    array([7., 3.])
    """
    ### BEGIN SOLUTION
    moved = np.array(x, dtype=float)
    grad = np.zeros_like(moved)
    for index in np.ndindex(moved.shape):
        here = moved[index]
        moved[index] = here + h
        above = f(moved)
        moved[index] = here - h
        below = f(moved)
        moved[index] = here
        grad[index] = (above - below) / (2 * h)
    return grad
    ### END SOLUTION

# %% check="numerical_gradient"
check(numerical_gradient)

# %% figure=true
with when_ready():
    def cube(x):
        return float((x**3).sum())

    one = np.ones(1)
    reveal(
        ("both sides", both_sides, numerical_gradient(cube, one, h=0.1)[0]),
        ("one side", one_side, (cube(one + 0.1) - cube(one)) / 0.1),
        then=r"""
            Of a cube, the central difference is off by exactly $h^2 = 0.01$, the one-sided one by $3h + h^2 = 0.31$. Below
            you see both for $e^x$ as $h$ shrinks. First each error falls with its own slope; then the digits run out, and
            it *grows*: $f(x+h)$ and $f(x-h)$ agree in all but their last bits. Hence $h = 10^{-5}$ and not $10^{-12}$.
            """,
    )
    steps = np.logspace(-12, -0.5, 47)
    central = [abs(numerical_gradient(lambda x: np.exp(x[0]), one, h=h)[0] / np.e - 1) for h in steps]
    forward = [abs((np.exp(1 + h) - np.e) / h / np.e - 1) for h in steps]
    figures.errors_of_differences(steps, np.array(central), np.array(forward))

# %% [markdown]
# ## 6 · How far apart are two gradients?
#
# A difference of 0.001 is much between numbers around 0.002 and nothing between numbers around 1000. So each entry is measured
# by its own size, and the worst one decides: one wrong entry in a thousand is a wrong gradient, and any mean would hide it.
#
# $$\mathrm{error}(a, b) = \max_i\, \frac{|a_i - b_i|}{\max\bigl(\varepsilon,\; |a_i| + |b_i|\bigr)}$$
#
# $a$ and $b$ have the same shape, and the error is a number from 0 to 1. The floor $\varepsilon$ is for entries where both are
# (nearly) 0: without it two zeros give 0/0, and rounding noise around 0 looks like a total failure.
#
# **By hand.** $a = (1, 0, 4)$ and $b = (3, 0, 4)$: the errors are $\frac24$, 0 and 0, so the error is 0.5. Opposite signs always
# give 1.
#
# **Predict.** `a` is right except for one entry of 1000, where it has the wrong sign. What would the *mean* of the errors say?

# %% scratch=true
mean_of_errors = None

# %% exercise="relative_error" points=1 minutes=15
def relative_error(a, b, eps=1e-8):
    """Return the largest difference of two arrays, each entry measured by its own size.

    Parameters
    ----------
    a, b : ndarray, shape (...), the same for both, any number type
        They keep their values. The comparison is made in float64.
    eps : float
        The least size that an entry is measured by. Positive.

    Returns
    -------
    error : float
        The largest ``|a - b| / max(eps, |a| + |b|)``; NaN if an entry is NaN.

    Raises
    ------
    ValueError
        If the shapes differ. NumPy would compare a column with a row, everything with everything.

    Examples
    --------
    >>> float(relative_error(np.array([1.0, 0.0, 4.0]), np.array([3.0, 0.0, 4.0])))
    0.5
    """
    ### BEGIN SOLUTION
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError(f"Two arrays of the same shape are compared. Got {a.shape} and {b.shape}.")
    size = np.maximum(eps, np.abs(a) + np.abs(b))
    return float(np.max(np.abs(a - b) / size))
    ### END SOLUTION

# %% check="relative_error"
check(relative_error)

# %% figure=true
with when_ready():
    right = np.linspace(1, 2, 1000)
    wrong = right.copy()
    wrong[500] *= -1
    each = [relative_error(right[i : i + 1], wrong[i : i + 1]) for i in range(1000)]
    reveal(
        ("mean of the errors", mean_of_errors, np.mean(each)),
        then="""
            0.001, which many would let pass. Your maximum says 1.
            """,
    )

# %% [markdown]
# **Now judge your own work.** A layer and the loss, from the scores back to the weights: derived, and tried.

# %%
def layer_and_loss(w, x, b, y):
    return softmax_loss(affine_forward(x, w, b)[0], y)[0]


def compared_with_a_trial(h=1e-5):
    rng = np.random.default_rng(2)
    x, w, b, y = rng.standard_normal((5, 4)), rng.standard_normal((4, 3)), rng.standard_normal(3), rng.integers(0, 3, 5)
    scores, cache = affine_forward(x, w, b)
    _, dw, _ = affine_backward(softmax_loss(scores, y)[1], cache)
    return relative_error(dw, numerical_gradient(lambda at: layer_and_loss(at, x, b, y), w, h))

# %% [markdown]
# **Predict.** The power of ten of this error (a whole number, such as −3) for $h = 10^{-1}$, $10^{-5}$ and $10^{-12}$.

# %% scratch=true
powers_of_ten = None  # three whole numbers, as a list

# %% figure=true
with when_ready():
    errors = [compared_with_a_trial(h) for h in (1e-1, 1e-5, 1e-12)]
    reveal(
        ("powers of ten", powers_of_ten, np.round(np.log10(errors)).astype(int)),
        then=r"""
            At $h = 10^{-5}$ your derivation and the trial agree to nine or ten digits: your backward passes are right. At
            $10^{-12}$ the same right gradient looks wrong in its fourth digit, and no bug is to blame: two losses that agree in
            twelve digits have been subtracted. Whoever calls "an error of $10^{-5}$ is fine" a rule has met one of these two ends.
            """,
    )

# %% [markdown] covers="mlp-forward mlp-backward mlp-gradients"
# ## 7 · A network, derived
#
# Huang's slides work one small network out in full: inputs, a hidden layer, outputs, sigmoids in both, squared error. It fits on a page and contains everything that backpropagation is. In the
# slides a neuron is a **row** and a bias is the weight of a unit that is always 1, the unit number 0:
#
# $$a_2 = W_2\,\tilde x, \quad h = \sigma(a_2) \qquad a_3 = W_3\,\tilde h, \quad y = \sigma(a_3) \qquad L = \sum_{k=1}^K (y_k - t_k)^2$$
#
# Shapes: $\tilde x = (1, x)$ has $D+1$ entries, $\tilde h = (1, h)$ has $H+1$; $W_2$ is $(H, D+1)$, $W_3$ is $(K, H+1)$, their
# column 0 holds the biases; $y$ and the target $t$ have $K$ entries.
#
# **By hand.** One input $x = 0$, one hidden unit, one output, all weights 0, target 0. Then $h = y = \frac12$ and
# $L = \frac14$; $\partial L/\partial y = 1$, $\partial L/\partial a_3 = \frac14$, and $W_3$ gets $(\frac14, \frac18)$. The lower
# weights get 0: nothing comes back through $W_3 = 0$.
#
# Three things to be careful about: the sigmoid's slope is made of the *value* $h$, not of $\sigma$ taken once more; the bias unit
# passes no gradient down, since nothing made it; and $(y - t)^2$ or $(t - y)^2$ is the same, their derivatives differ in sign
# unless you remember which one moves.
#
# **Step by step.** From the loss to the inputs, as on the slides.

# %% stages="mlp_backprop"
def back_through_the_network(y, t, h, W2, W3):
    """Return the gradient of each stage; y and t have K entries, h has H, W2 is (H, D+1), W3 is (K, H+1)."""
    ### BEGIN SOLUTION
    dy = 2 * np.subtract(y, t)  # (K,), through the squared error
    da3 = dy * (y - np.square(y))  # (K,), through the upper sigmoid
    dh_and_bias = np.einsum("kh,k->h", W3, da3)  # (H+1,), through the upper weights, bias unit included
    da2 = dh_and_bias[1:] * (h - np.square(h))  # (H,), through the lower sigmoid; the bias unit ends here
    dx = np.einsum("hd,h->d", W2, da2)[1:]  # (D,), through the lower weights, without their bias unit
    ### END SOLUTION
    return {"dy": dy, "da3": da3, "dh_and_bias": dh_and_bias, "da2": da2, "dx": dx}

# %% figure=true
with when_ready():
    W2, W3 = np.array([[0.0, 1.0, -1.0], [1.0, 2.0, 0.0]]), np.array([[1.0, -2.0, 1.0]])
    stages("mlp_backprop", back_through_the_network(
        np.array([0.75]), np.array([0.25]), np.array([0.5, 0.25]), W2, W3
    ))

# %% [markdown]
# **Predict.** The output is $y = 0.999$ and the target 0: as wrong as can be. How large is $\partial L/\partial a_3$? And with the
# softmax loss of exercise 4, how large is the push on a score whose class has $p = 0.999$ and is wrong?

# %% scratch=true
push_of_the_squared_error = None
push_of_the_softmax_loss = None

# %% exercise="mlp_backprop" points=3 minutes=60
def mlp_backprop(x, t, W2, W3):
    """Run one example through a small network of sigmoids, and carry the squared error back.

    Parameters
    ----------
    x : ndarray, shape (D,), float
        The inputs, without their bias unit.
    t : ndarray, shape (K,)
        The target.
    W2 : ndarray, shape (H, D + 1)
        One hidden neuron per row; column 0 holds the biases.
    W3 : ndarray, shape (K, H + 1)
        One output neuron per row; column 0 holds the biases.

    Returns
    -------
    loss : float
        ``sum((y - t) ** 2)``.
    dW2 : ndarray, shape (H, D + 1), dtype of `x`
    dW3 : ndarray, shape (K, H + 1), dtype of `x`
    dx : ndarray, shape (D,), dtype of `x`
        The gradients of `loss`; finite also where the sigmoids saturate.

    Examples
    --------
    >>> loss, dW2, dW3, dx = mlp_backprop(np.zeros(1), np.zeros(1), np.zeros((1, 2)), np.zeros((1, 2)))
    >>> float(loss), dW3
    (0.25, array([[0.25 , 0.125]]))
    """
    ### BEGIN SOLUTION
    kind = x.dtype
    inputs = np.concatenate([[1], x])
    h = sigmoid(W2 @ inputs)
    hidden = np.concatenate([[1], h])
    y = sigmoid(W3 @ hidden)
    da3 = 2 * (y - t) * y * (1 - y)
    da2 = W3[:, 1:].T @ da3 * h * (1 - h)  # the bias unit passes nothing down
    dW2, dW3, dx = np.outer(da2, inputs), np.outer(da3, hidden), W2[:, 1:].T @ da2
    return ((y - t) ** 2).sum(), dW2.astype(kind), dW3.astype(kind), dx.astype(kind)
    ### END SOLUTION

# %% check="mlp_backprop"
check(mlp_backprop)

# %% figure=true
with when_ready():
    nearly = np.array([[np.log(999.0), 0.0]])  # the output is 0.999
    _, _, dW3, _ = mlp_backprop(np.zeros(1), np.zeros(1), np.zeros((1, 2)), nearly)
    _, dscores = softmax_loss(np.array([[np.log(999.0), 0.0]]), np.array([1]))
    reveal(
        ("push of the squared error", push_of_the_squared_error, dW3[0, 0]),
        ("push of the softmax loss", push_of_the_softmax_loss, dscores[0, 0]),
        then=r"""
            The squared error pushes with 0.002: the sigmoid's slope is all but gone just where the answer is most wrong. The softmax
            loss pushes with 0.999, because its logarithm undoes the exponential. That is why classes are learned with it.
            Below is your network with numbers: values go up, gradients come down, and the bias units are where a
            gradient ends.
            """,
    )
    x, t = np.array([1.0, -2.0]), np.array([1.0, 0.0])
    W2, W3 = np.array([[0.5, 1.0, 0.5], [-0.5, 0.25, -1.0]]), np.array([[0.0, 2.0, -1.0], [1.0, -1.0, 1.0]])
    _, dW2, dW3, dx = mlp_backprop(x, t, W2, W3)
    h = sigmoid(W2[:, 0] + W2[:, 1:] @ x)
    y = sigmoid(W3[:, 0] + W3[:, 1:] @ h)
    figures.network_with_values((x, h, y), (dx, dW2[:, 0], dW3[:, 0]), (W2, W3))

# %% figure=true
once_passed(
    mlp_backprop,
    r"""
    **In one breath.** Write $\odot$ for the product entry by entry, and $\bar W_3$ for $W_3$ without its column 0. Then

    $$\frac{\partial L}{\partial a_3} = 2\,(y - t) \odot y \odot (1 - y) \qquad \frac{\partial L}{\partial a_2} = \bar W_3^\top \frac{\partial L}{\partial a_3} \odot h \odot (1 - h)$$

    and each weight gets what it was multiplied by: $\partial L/\partial W_3$ is the outer product of $\partial L/\partial a_3$ and
    $\tilde h$, $\partial L/\partial W_2$ that of $\partial L/\partial a_2$ and $\tilde x$. A thousand layers are the same two lines
    a thousand times.
    """,
)

# %% [markdown] covers="sign-argument positive-inputs"
# ## 8 · Gradients of one sign
#
# You can carry a gradient back. Whether it takes you where you want to go depends on the data, and the first obstacle is a sign.
# For one neuron and one example, $\partial L/\partial w_d = g\,x_d$ with one upstream number $g$ for all $d$. If all inputs are
# positive, all its weights get gradients of the same sign, that of $g$. They must all grow or all shrink together.
#
# Two numbers describe this for a whole layer. For a neuron $j$ with $D$ gradients let
#
# $$m_j = \frac1D\,\max\bigl(\#\{d : \mathrm{d}W_{dj} > 0\},\; \#\{d : \mathrm{d}W_{dj} < 0\}\bigr)$$
#
# be the share of the more frequent sign. The first number is the fraction of neurons with $m_j = 1$, the second the mean of all
# $m_j$. A gradient of exactly 0 has no sign: it counts in $D$ and on neither side.
#
# **By hand.** Three neurons with the gradients $(1, 2)$, $(-1, 3)$ and $(0, -1)$ have majorities 1, ½ and ½. The fraction of one
# sign is ⅓, the mean majority ⅔.
#
# **Predict.** Ten inputs between 0 and 1, one example: what fraction of neurons has gradients of one sign? With the same inputs
# minus ½? Xuming He's slides *CNNs II* add that this is for a single element, and minibatches help. With a batch of 64 and upstream
# gradients of random sign, which fraction is left?

# %% scratch=true
fraction_positive = None
fraction_centred = None
fraction_positive_64 = None

# %% exercise="gradient_sign_stats" points=1 minutes=15
def gradient_sign_stats(dW):
    """Say how far the gradients of each neuron agree in sign.

    Parameters
    ----------
    dW : ndarray, shape (D, H), float
        Gradient of a weight matrix; one neuron per column.

    Returns
    -------
    same : float
        The fraction of neurons whose D gradients are all positive or all negative.
    majority : float
        For each neuron the share, among all D, of the more frequent sign; averaged over the neurons.

    Examples
    --------
    >>> same, majority = gradient_sign_stats(np.array([[1.0, -1.0], [2.0, 3.0]]))
    >>> float(same), float(majority)
    (0.5, 0.75)
    """
    ### BEGIN SOLUTION
    positive, negative = (dW > 0).sum(axis=0), (dW < 0).sum(axis=0)
    most = np.maximum(positive, negative)
    return (most == len(dW)).mean(), (most / len(dW)).mean()
    ### END SOLUTION

# %% check="gradient_sign_stats"
check(gradient_sign_stats)

# %% figure=true
with when_ready():
    rng = np.random.default_rng(3)

    def dw_of(x, neurons):
        g = rng.standard_normal((len(x), neurons))
        return affine_backward(g, affine_forward(x, np.zeros((x.shape[1], neurons)), np.zeros(neurons))[1])[1]

    def fraction(shift, n):
        return gradient_sign_stats(np.hstack([dw_of(rng.random((n, 10)) - shift, 1) for _ in range(1500)]))[0]

    found = {shift: np.array([fraction(shift, n) for n in (1, 2, 8, 64)]) for shift in (0.0, 0.5)}
    reveal(
        ("positive inputs, one example", fraction_positive, found[0.0][0]),
        ("centred inputs, one example", fraction_centred, found[0.5][0]),
        ("positive inputs, batch of 64", fraction_positive_64, found[0.0][3]),
        then=r"""
            All of them, then next to none: by chance alone it would be $2^{1-10} = 1/512$. A batch does help, but only partly:
            about 40 % of the neurons still have gradients of one sign at 64, and more examples change nothing, because
            all examples share the *mean* of the inputs. Only taking the mean away cures it. Below: each column is a neuron,
            each cell the sign of one gradient.
            """,
    )
    x = rng.random((64, 10))
    figures.signs_of_one_layer({
        "one example": dw_of(x[:1], 30), "batch of 64": dw_of(x, 30), "64, centred": dw_of(x - x.mean(axis=0), 30)
    })

# %% [markdown] question="one_sign" points=1 minutes=15 covers="question-02"
# **Question 1** (1 mark, about five sentences).
#
# (a) A neuron has two weights and positive inputs, and descends one example at a time. It stands at $w = (0, 0)$; the best weights
# are $(1, -1)$. In which directions can a single step go, and what does the path look like?
#
# (b) Both paths, with raw and with centred inputs, may need equally many steps. Which number shows the difference then, and
# why do larger batches not remove it?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) Both components of a gradient have the sign of the upstream number, so each step goes to the upper right or to the lower left;
# the wanted direction, to the lower right, is in neither quadrant. The path is a zigzag of the two. Accept a drawing.
#
# (b) The length of the path compared with the straight line. A batch sums gradients of examples that all share the mean of the
# inputs: the part of the gradient along that mean does not average out. Accept: "the ratio of path to distance", "wasted
# movement"; and "the mean input is positive for any batch".
#
# **Common wrong ideas.** "All weights become positive": gradients have one sign per step, weights do not. "It cannot reach
# (1, −1)": it can, by zigzag. "A batch of 64 has random signs": upstream signs are random, the inputs are still positive.
# "It needs more steps": often it does not.
# ### END SOLUTION

# %% [markdown] covers="zero-mean-unit-variance"
# ## 9 · Zero mean, unit spread
#
# So take the mean away. And while we are at it, give every feature the same spread, so that none is a thousand times louder than
# its neighbour because somebody measured it in grams:
#
# $$z_{nd} = \frac{x_{nd} - \mu_d}{\sigma_d} \qquad \mu_d = \frac1N\sum_{n=1}^N x_{nd} \qquad \sigma_d^2 = \frac1N\sum_{n=1}^N (x_{nd} - \mu_d)^2$$
#
# Shapes: $x$ and $z$ are $(N, D)$; $\mu$ and $\sigma$ are $(D,)$.
#
# **By hand.** Training data 1, 3, 5: mean 3, variance $\frac83$. A test value of 3 becomes 0, whatever the other test values
# are.
#
# Two things to be careful about:
#
# * **Test data belong to the future.** They are moved and stretched by the numbers of the *training* data. A single test image has
#   no mean worth the name, and a network that was trained on one map must be used with the same map.
# * **A feature that never varies** has spread 0; in the digits of this course three pixels are always white. Centre it and leave
#   its scale alone. "Never" means up to rounding: three times 0.1 has a computed spread near $10^{-17}$, and dividing by that
#   turns rounding noise into a feature.
#
# **Predict.** You standardize the test data by *their own* mean and spread. The test set consists of ten images of a 7. What does
# the mean of each pixel over the test set become, and what is left of "it is a 7"?

# %% scratch=true
mean_of_each_pixel = None

# %% exercise="standardize" points=2 minutes=25
def standardize(X_train, X_test, eps=1e-8):
    """Give every training feature mean 0 and standard deviation 1, and treat the test data alike.

    Parameters
    ----------
    X_train : ndarray, shape (N, D), float
        One example per row. It keeps its values.
    X_test : ndarray, shape (M, D), float
        It keeps its values, and its statistics play no role.
    eps : float
        A feature whose training standard deviation is at most `eps` counts as constant: it is centred, and
        divided by 1.

    Returns
    -------
    train : ndarray, shape (N, D), dtype of `X_train`
    test : ndarray, shape (M, D), dtype of `X_train`

    Examples
    --------
    >>> train, test = standardize(np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[5.0, 6.0]]))
    >>> train, test
    (array([[-1.,  0.],
           [ 1.,  0.]]), array([[3., 1.]]))
    """
    ### BEGIN SOLUTION
    mean, spread = X_train.mean(axis=0), X_train.std(axis=0)
    spread = np.where(spread > eps, spread, 1)
    train, test = (X_train - mean) / spread, (X_test - mean) / spread
    return train.astype(X_train.dtype), test.astype(X_train.dtype)
    ### END SOLUTION

# %% check="standardize"
check(standardize)

# %% figure=true
with when_ready():
    pixels, labels = digits.images()
    sevens = pixels[labels == 7][:10].reshape(10, -1) / 16.0
    own, _ = standardize(sevens, sevens)
    reveal(
        ("mean of each pixel", mean_of_each_pixel, np.abs(own.mean(axis=0)).max().round(12)),
        then="""
            Exactly 0 everywhere: what all ten images have in common, the seven, is what has been subtracted. Left is how each
            of them differs from the others.
            """,
    )

# %% [markdown] covers="image-means"
# ## 10 · Statistics of images
#
# Pixels all have the same unit, so images are usually centred only, and less is subtracted than one could. Three habits have
# names: AlexNet subtracts the *mean image*, VGG one mean per colour *channel*, ResNet also divides by one standard deviation per
# channel. Fewer numbers mean less to store, and no trace of where things usually are:
#
# $$\mu_{hwc} = \frac1N\sum_{n} x_{nhwc} \qquad \text{or} \qquad \mu_c = \frac{1}{NHW}\sum_{n,h,w} x_{nhwc}, \quad \sigma_c^2 = \frac{1}{NHW}\sum_{n,h,w}(x_{nhwc} - \mu_c)^2$$
#
# Shapes: here $x$ is $(N, H, W, C)$, as image files and most libraries for reading them have it: **channels last**, unlike the
# $(N, C, H, W)$ of the layers. The mean has the shape $(H, W, C)$ or $(C,)$.
#
# **By hand.** Two images of one pixel and two channels, $(0, 10)$ and $(4, 30)$: the mean image, and here the channel means too,
# are $(2, 20)$; the standard deviations are $(2, 10)$.
#
# Pixels come as bytes, and bytes wrap: `np.uint8(200) + np.uint8(100)` is 44. Compute in `float64`.
#
# **Predict.** How many numbers does each of the three keep for images of 32 × 32 pixels in 3 colours?

# %% scratch=true
numbers_kept = None  # three whole numbers, as a list

# %% exercise="image_statistics" points=2 minutes=20
def image_statistics(X, mode):
    """Return what images are centred by and divided by.

    Parameters
    ----------
    X : ndarray, shape (N, H, W, C), uint8
        Images, channels last. They keep their values.
    mode : str
        ``'mean_image'``: the mean over the images, for each pixel and channel.
        ``'channel_mean'``: the mean over images and pixels, for each channel.
        ``'channel_mean_std'``: that mean, and the (biased) standard deviation as scale.

    Returns
    -------
    mean : ndarray, shape (H, W, C) or (C,), float64
    scale : ndarray, shape (H, W, C) or (C,), float64
        In the shape of `mean`. Ones, except in the last mode; there too for a channel that never varies.

    Raises
    ------
    ValueError
        If there is no such mode.

    Examples
    --------
    >>> X = np.array([[[[0, 10]]], [[[4, 30]]]], dtype=np.uint8)
    >>> image_statistics(X, "channel_mean_std")
    (array([ 2., 20.]), array([ 2., 10.]))
    """
    ### BEGIN SOLUTION
    if mode not in ("mean_image", "channel_mean", "channel_mean_std"):
        raise ValueError(f"mode must be 'mean_image', 'channel_mean' or 'channel_mean_std'. Got {mode!r}.")
    over = (0,) if mode == "mean_image" else (0, 1, 2)
    mean = X.mean(axis=over)
    if mode != "channel_mean_std":
        return mean, np.ones(mean.shape)
    spread = X.std(axis=over)
    return mean, np.where(spread == 0, 1, spread)
    ### END SOLUTION

# %% check="image_statistics"
check(image_statistics)

# %% figure=true
with when_ready():
    colours = np.random.default_rng(4).integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)
    modes = ("mean_image", "channel_mean", "channel_mean_std")
    kept = [image_statistics(colours, mode) for mode in modes]
    reveal(
        ("numbers kept", numbers_kept, [kept[0][0].size, kept[1][0].size, kept[2][0].size + kept[2][1].size]),
        then=r"""
            3072, 3 and 6. The mean image is 3072 guesses at what a pixel usually is; the channel means are 3, each estimated from
            1024 times as many numbers. On our digits, below, the mean image knows that the corners are white; the channel
            mean makes white corners as unusual as black ones.
            """,
    )
    pixels, _ = digits.images()
    grey = pixels[..., None]
    centred = [grey[7, ..., 0] - np.squeeze(image_statistics(grey, mode)[0]) for mode in modes[:2]]
    figures.centred_images(grey[7, ..., 0], image_statistics(grey, "mean_image")[0][..., 0], *centred)

# %% [markdown] covers="pca-whitening whitening-steps figure-clouds"
# ## 11 · Whitening
#
# Two features may each have mean 0 and spread 1 and still say nearly the same. Along their diagonal the cloud is long, across it
# thin, and no scaling of single features changes that. Whitening first asks along which axes the cloud is long, and then stretches
# *those*.
#
# Let $C = \frac1N (X - \mu)^\top (X - \mu)$ be the covariance, $(D, D)$, and $C = U \Lambda U^\top$ its eigenvalues and (in the columns
# of $U$) axes:
#
# $$Z = (X - \mu)\,T \qquad T_{\mathrm{PCA}} = U\,(\Lambda + \varepsilon)^{-1/2} \qquad T_{\mathrm{ZCA}} = U\,(\Lambda + \varepsilon)^{-1/2}\,U^\top$$
#
# Shapes: $X$ and $Z$ are $(N, D)$, $\mu$ is $(D,)$, $U$, $\Lambda$ and $T$ are $(D, D)$. With $\varepsilon = 0$ the covariance of $Z$ is the
# identity; $\varepsilon$ keeps directions in check in which the data do not vary. PCA whitening leaves the data standing on
# their own axes; ZCA turns them back, so that every feature still looks like itself.
#
# **By hand.** Four points $(3, 1), (1, 3), (-3, -1), (-1, -3)$ have mean 0 and covariance $\begin{pmatrix}5&3\\3&5\end{pmatrix}$:
# eigenvalue 8 along $(1, 1)$ and 2 along $(1, -1)$. The ZCA matrix for $\varepsilon = 0$ has
# $\frac12\bigl(\frac{1}{\sqrt8} + \frac{1}{\sqrt2}\bigr) \approx 0.530$ on its diagonal, and
# $\frac12\bigl(\frac{1}{\sqrt8} - \frac{1}{\sqrt2}\bigr) \approx -0.177$ beside it: each feature, minus some of what the other
# has said already.
#
# **Predict.** How many different matrices $T$ make the covariance of a cloud of two features the identity?

# %% scratch=true
how_many = None  # a number, or float("inf")

# %% exercise="whiten" points=3 minutes=40
def whiten(X, eps=1e-5, zca=False):
    """Centre data, and stretch them along their principal axes until all directions have variance 1.

    Parameters
    ----------
    X : ndarray, shape (N, D), float
        One example per row. It keeps its values.
    eps : float
        Added to each eigenvalue of the (biased) covariance, inside the root. Positive where a direction may be flat.
    zca : bool
        Whether to turn the data back to where they came from.

    Returns
    -------
    Z : ndarray, shape (N, D), dtype of `X`
        ``(X - mean) @ T``.
    mean : ndarray, shape (D,), dtype of `X`
    T : ndarray, shape (D, D), dtype of `X`
        Its columns are the principal axes, each divided by the spread along it, in any order and of either sign;
        with `zca`, the symmetric matrix.

    Examples
    --------
    >>> X = np.array([[3.0, 1.0], [1.0, 3.0], [-3.0, -1.0], [-1.0, -3.0]])
    >>> Z, mean, T = whiten(X, 1e-12, zca=True)
    >>> T.round(3)
    array([[ 0.53 , -0.177],
           [-0.177,  0.53 ]])
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    centred = X - mean
    values, axes = np.linalg.eigh(centred.T @ centred / len(X))
    T = axes / np.sqrt(values + eps)
    if zca:
        T = T @ axes.T
    T = T.astype(X.dtype)
    return centred @ T, mean, T
    ### END SOLUTION

# %% check="whiten"
check(whiten)

# %% figure=true
with when_ready():
    rng = np.random.default_rng(5)
    raw = rng.standard_normal((150, 2)) @ np.array([[2.4, 1.5], [0.0, 0.8]]) + np.array([5.0, 3.0])
    centred = raw - raw.mean(axis=0)
    scaled, _ = standardize(raw, raw)
    axes = np.linalg.eigh(centred.T @ centred / 150)[1]
    white, _, T = whiten(raw, 1e-12)
    turned = white @ np.array([[0.6, -0.8], [0.8, 0.6]])
    ways = 1.0 if not np.allclose(turned.T @ turned / 150, np.eye(2)) else np.inf
    reveal(
        ("how many", how_many, ways),
        then=r"""
            Infinitely many: a white cloud looks the same however it is turned, so any turn may follow. PCA and ZCA are two of them; the
            second is the one that moves the points least. So nobody can ask for *the* whitened data, and our checks ask for
            what every whitening has in common.
            """,
    )
    figures.clouds({
        "raw": raw, "centred": centred, "scaled": scaled, "decorrelated": centred @ axes, "white (PCA)": white,
        "white (ZCA)": whiten(raw, 1e-12, zca=True)[0],
    })

# %% [markdown] covers="quadratic-loss one-rate ravine-table slip-09 slip-10 condition-number"
# ## 12 · What the data do to descent
#
# Why all this? For one linear neuron with squared error, $L = \frac{1}{2N}\sum_n (w^\top x_n - t_n)^2$, everything can be computed. Its
# second derivative does not even depend on the targets:
#
# $$H = \frac1N \sum_{n=1}^N x_n x_n^\top$$
#
# $H$ is $(D, D)$. Along each of its axes descent is by itself: with rate $\eta$ the distance from the best weights is multiplied at
# each step by $1 - \eta\lambda$, where $\lambda$ is that axis' eigenvalue. From this follows all that there is to know:
#
# $$\kappa = \frac{\lambda_{\max}}{\lambda_{\min}} \qquad \eta_{\mathrm{limit}} = \frac{2}{\lambda_{\max}} \qquad \eta_{\mathrm{best}} = \frac{2}{\lambda_{\min} + \lambda_{\max}}$$
#
# Beyond the limit the steepest direction grows. At the best rate the steepest and the flattest shrink alike, by
# $\frac{\kappa - 1}{\kappa + 1}$ a step: $\kappa$, the *condition number*, says how long it takes.
#
# **By hand.** $\lambda = 1$ and 100: the condition number is 100, the limit $\frac{2}{100} = 0.02$, the best rate
# $\frac{2}{101} \approx 0.0198$; each step then takes away 2 % of the distance. Devansh Arpit's slides
# *Normalization techniques* cap the rate by $1/\lambda_{\max}$, which is safe, and half of the limit.
#
# Note what stands in $H$: the *uncentred* mean of $x x^\top$. If each of 50 features has mean 5 and spread 1, one eigenvalue is
# $1 + 50\cdot 25 = 1251$ and the others are 1. A bias is one more feature, which is always 1. And a mean of squares is never curved
# downwards: an eigenvalue of $-10^{-17}$ is rounding, and stands for 0.
#
# **Predict.** Xuming He's slides have a table of three houses with features (114.8, 0.00323), (338.1, 0.00183), (98.8, 0.00279). The
# condition number of the raw data is about $10^{10}$. Is it smaller or larger after *centring alone*?

# %% scratch=true
after_centring = None  # "smaller" or "larger"

# %% exercise="hessian_spectrum" points=2 minutes=30
def hessian_spectrum(X, bias=False):
    """Say how gradient descent fares on the squared error of a linear neuron that is fed these data.

    Parameters
    ----------
    X : ndarray, shape (N, D), any number type
        One example per row. It keeps its values; the computation is in float64.
    bias : bool
        Whether the neuron has a bias: then a feature that is always 1 is added, and D below is one more.

    Returns
    -------
    eigenvalues : ndarray, shape (D,), float64
        Of the mean of ``x x^T``, not centred; ascending, none below 0.
    condition : float
        The largest over the smallest; ``inf`` if the smallest is 0.
    limit : float
        The rate beyond which descent diverges: ``2 / largest``.
    best : float
        The rate at which it converges fastest: ``2 / (smallest + largest)``.

    Notes
    -----
    LeCun et al. (1998), *Efficient backprop*, sections 5 and 6.

    Examples
    --------
    >>> eigenvalues, condition, limit, best = hessian_spectrum(np.array([[20.0, 0.0], [0.0, 2.0]]))
    >>> eigenvalues, float(condition), float(limit)
    (array([  2., 200.]), 100.0, 0.01)
    """
    ### BEGIN SOLUTION
    rows = np.array(X, dtype=float)
    if bias:
        rows = np.column_stack([rows, np.ones(len(rows))])
    eigenvalues = np.maximum(np.linalg.eigvalsh(rows.T @ rows / len(rows)), 0)
    low, high = eigenvalues[0], eigenvalues[-1]
    return eigenvalues, high / low if low > 0 else np.inf, 2 / high, 2 / (low + high)
    ### END SOLUTION

# %% check="hessian_spectrum"
check(hessian_spectrum)

# %% figure=true
with when_ready():
    houses = np.array([[114.8, 0.00323], [338.1, 0.00183], [98.8, 0.00279]])
    means = houses.mean(axis=0)
    tables = {
        "raw": houses, "centred": houses - means, "scaled": houses / houses.std(axis=0),
        "both": standardize(houses, houses)[0], "whitened": whiten(houses, 1e-15)[0],
    }
    conditions = {name: float(hessian_spectrum(table)[1]) for name, table in tables.items()}
    reveal(
        ("after centring", after_centring, "larger" if conditions["centred"] > conditions["raw"] else "smaller"),
        then=r"""
            Larger, by a factor of 19! Scaling alone brings $1.4\cdot10^{10}$ down to 15, both together to 28, whitening to 1.
            (The three houses are nearly on a line, hence the 28.) Question 2 asks you why. The next figure takes a cloud
            that one can draw, and lets your layer descend on it, at nine tenths of the best rate.
            """,
    )
    figures.condition_numbers(conditions)

# %% figure=true
with when_ready():
    rng = np.random.default_rng(6)
    before = rng.standard_normal((200, 2)) * np.array([1.0, 0.5]) + np.array([1.6, 0.5])
    goal = np.array([1.0, -1.0])
    after = whiten(before, 1e-12, zca=True)[0]

    def descent(x, steps):
        _, _, _, best = hessian_spectrum(x)
        w = np.zeros(2)
        path = [w]
        for _ in range(steps):
            _, dw, _ = affine_backward((x @ (w - goal))[:, None] / len(x), (x, w[:, None]))
            w = w - 0.9 * best * dw[:, 0]
            path.append(w)
        return np.array(path)

    figures.ravines({"raw": (before.T @ before / 200, descent(before, 60)), "whitened": (after.T @ after / 200, descent(after, 60))}, goal)

# %% [markdown] question="which_weight" points=1 minutes=20 covers="question-03 ravine-table"
# **Question 2** (1 mark, about six sentences). Take the three houses again, and a linear neuron without bias.
#
# (a) Which of the two weights gets the larger gradient, by about what factor? Which of the two needs the larger step?
#
# (b) Centring alone makes the condition number of this table *worse*. Explain how that can be, though the mean is what makes
# eigenvalues large. Why does centring help after scaling, on data like 500 houses with independent features?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The gradient of a weight is the upstream number times its input, so $w_1$ gets about 35 000 to 185 000 times as much (the ratio of
# the inputs in a row). But $w_2$ needs the larger step: its inputs are tiny, so it must become large before it changes
# any output. It is just the wrong way round.
#
# (b) The condition number is a *ratio*. Centring reduces both eigenvalues; it takes away much of the small feature (its mean, 0.0026, is four
# times its spread, 0.0006) and little of the large one (mean 184, spread 109), so the small eigenvalue falls more than the
# large. The scales differ by $10^5$, and centring does nothing about that. After scaling, both features have spread 1 and means of
# about 2 and 4: the common direction of the means is the large eigenvalue, and centring removes it.
#
# **Common wrong ideas.** "The larger gradient belongs to the more important feature." "Centring always helps": it removes the
# eigenvalue that the mean makes, which matters once scales are comparable. "Three examples are too few": true for statistics, the
# arithmetic is the same. "A smaller rate solves it": then $w_2$ never moves.
# ### END SOLUTION

# %% [markdown] covers="minibatch-loop data-lessons"
# ## All of it together
#
# Everything is there: two layers of yours, your sigmoid, your loss, your backward passes. Here they become a network that learns to
# read the digits, one small batch at a time. Only the step downhill is ours.

# %%
def gradients_of_network(net, x, y):
    """Run a batch through a hidden layer of sigmoids and back; return the loss and the gradients."""
    a, lower = affine_forward(x, net["W1"], net["b1"])
    h = sigmoid(a)
    scores, upper = affine_forward(h, net["W2"], net["b2"])
    loss, dscores = softmax_loss(scores, y)
    dh, dW2, db2 = affine_backward(dscores, upper)
    slope = h * (1 - h)
    _, dW1, db1 = affine_backward(dh * slope, lower)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def train(x, y, rate, steps=400, hidden=32, batch=64, seed=0):
    """Return the trained network, its losses, its first weights on the way, and the majority of signs at each step."""
    rng = np.random.default_rng(seed)
    d = x.shape[1]
    net = {
        "W1": rng.standard_normal((d, hidden)) / np.sqrt(d), "b1": np.zeros(hidden),
        "W2": rng.standard_normal((hidden, 10)) / np.sqrt(hidden), "b2": np.zeros(10),
    }
    losses, path, signs = [], [net["W1"]], []
    for _ in range(steps):
        rows = rng.integers(len(x), size=batch)
        loss, gradients = gradients_of_network(net, x[rows], y[rows])
        net = {name: value - rate * gradients[name] for name, value in net.items()}
        losses.append(loss)
        path.append(net["W1"])
        signs.append(gradient_sign_stats(gradients["W1"])[1])
    return net, np.array(losses), np.array(path), np.array(signs)


def accuracy(net, x, y):
    """Return the share of images whose right class has the highest score."""
    h = sigmoid(affine_forward(x, net["W1"], net["b1"])[0])
    return float((affine_forward(h, net["W2"], net["b2"])[0].argmax(axis=1) == y).mean())

# %% [markdown]
# Before a network is trained, it is tried: is the whole gradient right? Your two functions answer in a second. The same question
# can be put to `check_gradient`, which you may keep for all that you will ever derive. It tries each entry with two steps and to
# both sides, and says of each what it knows, and whether a trial can know anything.

# %% figure=true
with when_ready():
    rng = np.random.default_rng(7)
    small = {"W1": rng.standard_normal((6, 4)), "b1": np.zeros(4), "W2": rng.standard_normal((4, 3)), "b2": np.zeros(3)}
    x, y = rng.standard_normal((5, 6)), np.array([0, 1, 2, 1, 0])
    x[:, 2] = 0.0  # an input that is never there

    def loss_at(W1):
        return gradients_of_network(small | {"W1": W1}, x, y)[0]

    dW1 = gradients_of_network(small, x, y)[1]["W1"]
    display(check_gradient(loss_at, small["W1"], dW1))

# %% [markdown]
# **Where trials lie.** Three functions, three gradients that are *right*, and what your own comparison makes of them. For a kink: the sum
# of $|x|$ at $x = 10^{-6}$, nearer to 0 than the step. For `float32`: a sum of squares that answers in seven digits. For a zero: one
# number added to all scores, which changes no probability; its gradient is 0, measured without a floor.
#
# **Predict.** Which of the three does your `relative_error`, with `eps=1e-300`, call entirely wrong (an error near 1)?

# %% scratch=true
called_wrong = None  # a list of "kink", "float32", "zero"

# %% figure=true
with when_ready():
    def in_single(x):
        return np.float32(np.sum(x.astype(np.float32) ** 2) + np.float32(1000))

    scores, right = np.random.default_rng(8).standard_normal((7, 5)), np.array([0, 1, 2, 3, 4, 0, 1])
    _, dscores = softmax_loss(scores, right)
    cases = {
        "kink": (lambda x: np.sum(np.abs(x)), np.array([1e-6]), np.array([1.0])),
        "float32": (in_single, np.array([0.5]), np.array([1.0])),
        "zero": (lambda c: softmax_loss(scores + c, right)[0], np.array([0.5]), dscores.sum(keepdims=True)[0]),
    }
    errors = {
        name: relative_error(numerical_gradient(f, x), df, eps=1e-300) for name, (f, x, df) in cases.items()
    }
    reveal(
        ("called entirely wrong", called_wrong, [name for name, error in errors.items() if error > 0.5]),
        then=r"""
            All three, though all are right. At the kink one side of the step lies on the other branch. In `float32`, next to
            1000, two losses that differ by $10^{-5}$ are the same number. And of two numbers around $10^{-17}$ one cannot say anything
            relative. The maps show what `check_gradient` says of the same three. Move a kink away, compute in
            `float64`, keep a floor; then believe your comparison.
            """,
    )
    for f, x, df in cases.values():
        display(check_gradient(f, x, df))

# %% [markdown]
# ### Raw pixels, prepared pixels
#
# The pixels run from 0 to 16. We train the same network with the same seed on four preparations, each at the best of several rates.

# %%
from functools import cache


@cache
def runs_on_digits():
    """Return the images of each preparation, the labels, and the best of three runs on each; computed once."""
    pixels, labels = digits.images()
    order = np.random.default_rng(0).permutation(len(pixels))
    known, new = order[500:], order[:500]
    X, X_new = (pixels[rows].reshape(len(rows), -1).astype(float) for rows in (known, new))
    mean_image = image_statistics(pixels[known][..., None], "mean_image")[0].ravel()
    _, mean, T = whiten(X, 0.5)
    prepared = {
        "raw": (X, X_new),
        "centred": (X - mean_image, X_new - mean_image),
        "standardized": standardize(X, X_new),
        "whitened": ((X - mean) @ T, (X_new - mean) @ T),
    }
    best = {}
    for name, (x, _) in prepared.items():
        runs = [train(x, labels[known], rate) for rate in (0.3, 1.0, 3.0)]
        best[name] = min(runs, key=lambda run: run[1][-50:].mean())
    return prepared, labels[known], labels[new], best

# %% [markdown]
# **Predict.** How many times lower is the loss after 400 steps with standardized pixels than with raw ones? And how many more of the 500
# test images does the network read, in percent of them?

# %% scratch=true
times_lower = None
percent_more = None

# %% figure=true
with when_ready():
    prepared, labels, new_labels, best = runs_on_digits()
    ends = {name: run[1][-50:].mean() for name, run in best.items()}
    shares = {name: accuracy(best[name][0], prepared[name][1], new_labels) for name in prepared}
    reveal(
        ("times lower", times_lower, ends["raw"] / ends["standardized"]),
        ("percent more", percent_more, 100 * (shares["standardized"] - shares["raw"])),
        then=r"""
            The loss is several times lower, and the share of test images is nearly the same: about 95 % for all four, and which is
            first depends on the seed. That is an honest result, and a common one. Preparing data makes descent
            *easy*; what the network makes of new images is another question. On problems where raw data need ten times as
            long, or do not train at all, easy is what decides.
            """,
    )
    figures.training_on_digits({name: run[1] for name, run in best.items()})

# %% [markdown]
# **Why?** Three of your functions look at the same runs: how steep the loss is in its directions, how much the signs of the gradients
# agree at the start, and how long a way the first weights go, compared with the straight line from start to end.
#
# **Predict.** How many times steeper is the steepest direction of the raw digits than the second one? After centring?

# %% scratch=true
steeper_raw = None
steeper_centred = None

# %% figure=true
with when_ready():
    prepared, _, new_labels, best = runs_on_digits()
    eigenvalues = {name: hessian_spectrum(x)[0] for name, (x, _) in prepared.items()}
    rows = []
    for name, (net, losses, path, signs) in best.items():
        way = np.linalg.norm(np.diff(path, axis=0), axis=(1, 2)).sum() / np.linalg.norm(path[-1] - path[0])
        rows.append([
            name, f"{eigenvalues[name][-1]:.4g}", f"{2 / eigenvalues[name][-1]:.2g}", f"{signs[:100].mean():.2f}",
            f"{way:.1f}", f"{losses[-50:].mean():.3f}", f"{100 * accuracy(net, prepared[name][1], new_labels):.1f} %",
        ])
    reveal(
        ("raw", steeper_raw, eigenvalues["raw"][-1] / eigenvalues["raw"][-2]),
        ("centred", steeper_centred, eigenvalues["centred"][-1] / eigenvalues["centred"][-2]),
        then=r"""
            15 times, then hardly at all. One direction, that of the mean image, is fifteen times as steep as any other; it decides which
            rate is possible, and all others wait for it. With the mean it goes away. Scaling brings the pixels at
            the border, which are rarely inked, up to the others; whitening makes all directions alike, save the pixels that never
            change, which no preparation can bring to life.
            """,
    )
    display(Table(
        ["pixels", "largest eigenvalue", "limit of the rate", "majority of signs", "way / straight line", "loss", "read"], rows
    ))
    figures.spectra(eigenvalues)

# %% [markdown] question="ravine" points=1 minutes=15 covers="question-08"
# **Question 3** (1 mark, about six sentences).
#
# (a) What does gradient descent do in a ravine, that is, when the condition number is large? Say what happens along the steep and
# along the flat direction, at a small rate, near the limit, and beyond it.
#
# (b) The limit that `hessian_spectrum` gives for the raw digits is 0.00075; yet the network trained at 0.3. Give a reason why the number
# of a linear neuron with squared error need not hold for this network, and a reason why it is useful all the same.
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The distance along an axis is multiplied by $1 - \eta\lambda$ at each step. Small rate: the steep direction is done soon, the flat one
# creeps. Near the limit: the steep direction jumps from side to side and shrinks slowly (factor near −1), the flat one still creeps.
# Beyond it the steep direction grows, and all diverges, however flat the rest. Accept a drawing of the zigzag.
#
# (b) The network is not linear: its sigmoids saturate, their slopes (at most ¼) and the weights behind them scale the curvature down, and it
# changes on the way. It is useful because the first layer's curvature contains the same $E[xx^\top]$: a direction in which the
# data are large is steep for every neuron of that layer, so the *ratios* carry over though the limit does not.
#
# **Common wrong ideas.** "Descent gets stuck in the ravine": it is slow, not stuck. "A large rate always diverges": 2/λmax decides.
# "The limit is wrong": it is right for what it was derived for. "Whitening changes the minimum": for a linear neuron it
# changes the coordinates, and the same function is reached.
# ### END SOLUTION

# %% [markdown]
# ## An experiment of your own
#
# Change **one** ingredient, write down what you expect, and only then run it. A few to choose from:
#
# * Rates of 3, 10 and 30 for each preparation. Which of them forgives most?
# * `whiten` with an `eps` of 0.001 or of 10: what happens to the directions in which almost nothing varies?
# * The four preparations with weights that start ten times as large.
# * The whole network with `mlp_backprop`'s squared error in place of the softmax loss.
#
# It earns no mark. It is what people who work in this field do all day.

# %% scratch=true
expected = None  # in words or numbers, before you run

# x, x_new = prepared["whitened"]
# net, losses, path, signs = train(x, labels, rate=3.0)
# print(losses[-50:].mean(), accuracy(net, x_new, new_labels))

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells* and save. Run All stops at the first check that does not pass; you may
# hand in all the same, since what comes after is marked too. The cell below tries all visible checks again and says what is
# left.

# %% figure=true
progress()

# %% [markdown]
# You can derive a gradient, prove it, and say what the data do to it. What stands between the layers, and what the weights are before
# the first step, is assignment 2.
#
# **Sources.** LeCun, Bottou, Orr & Müller (1998), *Efficient backprop*. Press, Teukolsky, Vetterling & Flannery (2007), *Numerical
# recipes*. Bell & Sejnowski (1997), *The "independent components" of natural scenes are edge filters* (ZCA). Slides: Lei
# Huang, *Normalization techniques in training of deep neural networks*; Devansh Arpit, *Normalization techniques*; Xuming He, *CNNs
# II*; *Training neural networks, part I*, no author named.
