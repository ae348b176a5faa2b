# %% [markdown]
# # A1 · Backpropagation and data
#
# In this notebook you write the backward pass of a small network by hand, find out with numbers whether it is right, and
# prepare data so that gradient descent has an easy time. First comes the tool that tells whether a gradient is right: you will
# not trust one without it again.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `numerical_gradient` | 25 | 2 |
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
# ## 1 · A gradient by trying
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
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells* and save. The cell below tries all visible checks again and says what is
# left.

# %% figure=true
progress()
