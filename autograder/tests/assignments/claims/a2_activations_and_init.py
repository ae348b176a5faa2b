"""What A2 says, beside the code that shows it: its formulas, its numbers, its words about signals and training."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from autograder.authoring import course
from autograder.tests.assignments.text import MINUS, column, listing

RNG = np.random.default_rng(0)
X, DOUT = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3))
SLOPES = np.array([0.3, -0.5, 1.7])


# ---- formulas ------------------------------------------------------------------------------------------------------


def rectified(solution):
    """Check ReLU and its gradient, entry by entry."""
    out, cache = solution["relu_forward"](X)
    dx = solution["relu_backward"](DOUT, cache)
    for x, y, g, back in zip(X.flat, out.flat, DOUT.flat, dx.flat, strict=True):
        yield (y, back), (max(0, x), g if x > 0 else 0)


def leaking(solution):
    """Check the two branches of a leaky ReLU."""
    out, _ = solution["leaky_relu_forward"](X, 1.3)
    return ((out, [[x if x > 0 else 1.3 * x for x in row] for row in X]),)


def parametric(solution):
    """Check the two branches of a PReLU, each unit with its slope."""
    out, _ = solution["prelu_forward"](X, SLOPES)
    return ((out, [[x if x > 0 else a * x for x, a in zip(row, SLOPES, strict=True)] for row in X]),)


def exponential(solution):
    """Check the two branches of an ELU."""
    out, _ = solution["elu_forward"](X, 0.8)
    return ((out, [[x if x > 0 else 0.8 * (np.exp(x) - 1) for x in row] for row in X]),)


W, B = RNG.standard_normal((3, 3, 2)), RNG.standard_normal((3, 2))


def piece(n, k, j):
    """Return one piece of one unit for one example, as the text sums it."""
    return sum(X[n, d] * W[k, d, j] for d in range(3)) + B[k, j]


def largest_piece(solution):
    """Check maxout, one unit and one example at a time."""
    out, _ = solution["maxout_forward"](X, W, B)
    return ((out, [[max(piece(n, k, j) for k in range(3)) for j in range(2)] for n in range(5)]),)


def switched(solution):
    """Return the gradients of a maxout layer, and dz (K, N, M) as the text writes it."""
    _, cache = solution["maxout_forward"](X, W, B)
    winner = [[max(range(3), key=lambda k, n=n, j=j: piece(n, k, j)) for j in range(2)] for n in range(5)]
    dz = np.array([[[DOUT[n, j] * (k == winner[n][j]) for j in range(2)] for n in range(5)] for k in range(3)])
    return solution["maxout_backward"](DOUT[:, :2], cache), dz


def told_to_weights(solution):
    """Check dW through dz."""
    (_, dW, _), dz = switched(solution)
    return ((dW, sum(X[n][None, :, None] * dz[:, n][:, None, :] for n in range(5))),)


def told_to_biases_and_inputs(solution):
    """Check db and dx through dz."""
    (dx, _, db), dz = switched(solution)
    return (db, sum(dz[:, n] for n in range(5))), (dx, sum(dz[k, :, j, None] * W[k, :, j] for k in range(3) for j in range(2)))


def handed_on(solution):
    """Check the variance behind a ReLU, within five standard errors, and return what the formula says."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2000, 300))
    z = x @ solution["init_weights"]((300, 500), "he", rng)
    assert np.maximum(z, 0).__pow__(2).mean() == pytest.approx(1, abs=0.05)
    return ((300 * (2 / 300) * 0.5, 1.0),)


FORMULAS = {
    r"y = \max(0, x) \qquad \frac{\partial L}{\partial x} = "
    r"\begin{cases} \partial L/\partial y & x > 0 \\ 0 & x \le 0 \end{cases}": rectified,
    r"y = \begin{cases} x & x > 0 \\ \alpha x & x \le 0 \end{cases}": leaking,
    r"y_{ij} = \begin{cases} x_{ij} & x_{ij} > 0 \\ \alpha_j\,x_{ij} & x_{ij} \le 0 \end{cases}": parametric,
    r"y = \begin{cases} x & x > 0 \\ \alpha\,(e^x - 1) & x \le 0 \end{cases}": exponential,
    r"y_{nj} = \max_{k}\; z_{knj}, \qquad z_{knj} = \sum_{d=1}^{D} x_{nd}\,W_{kdj} + b_{kj}": largest_piece,
    r"\frac{\partial L}{\partial z_{knj}} = \frac{\partial L}{\partial y_{nj}}\,\bigl[k = k^*_{nj}\bigr] \qquad "
    r"\frac{\partial L}{\partial W_{kdj}} = \sum_{n} x_{nd}\,\frac{\partial L}{\partial z_{knj}}": told_to_weights,
    r"\frac{\partial L}{\partial b_{kj}} = \sum_{n} \frac{\partial L}{\partial z_{knj}} \qquad "
    r"\frac{\partial L}{\partial x_{nd}} = \sum_{k}\sum_{j} W_{kdj}\,\frac{\partial L}{\partial z_{knj}}": told_to_biases_and_inputs,
    r"n_\mathrm{in} \cdot \frac{2}{n_\mathrm{in}} \cdot \frac{1}{2} = 1": handed_on,
}


# ---- bends ---------------------------------------------------------------------------------------------------------


def relu_by_hand(solution, says):
    """The table of exercise 1, and the mean of a rectified Gaussian."""
    x, dout = np.array([-2.0, 0, 3]), np.full(3, 5.0)
    out, cache = solution["relu_forward"](x)
    for name, row in (("$x$", x), ("$y$", out), (r"$\partial L/\partial y$", dout)):
        says(f"| {name} | {listing(row).replace(', ', ' | ')} |")
    says(rf"| $\partial L/\partial x$ | {listing(solution['relu_backward'](dout, cache)).replace(', ', ' | ')} |")
    says("the mean is no longer 0 but about 0.4")
    assert 1 / np.sqrt(2 * np.pi) == pytest.approx(0.4, abs=0.002)


def leaky_by_hand(solution, says):
    """The two numbers of exercise 2, and where the maximum picks the other branch."""
    x, dout = np.array([-2.0, 3]), np.array([5.0, 5])
    out, cache = solution["leaky_relu_forward"](x, 0.1)
    back = solution["leaky_relu_backward"](dout, cache)
    for row in (x, out, dout, back):
        says(f"({listing(row).replace(MINUS, '-')})$")
    says(r"as soon as $\alpha > 1$. For $\alpha \le 1$ the two agree")
    for alpha in (-0.5, 0.0, 0.3, 1.0, 1.01):
        same = np.array_equal(np.maximum(alpha * X, X), solution["leaky_relu_forward"](X, alpha)[0])
        assert same == (alpha <= 1)


def prelu_by_hand(solution, says):
    """The table of exercise 3."""
    x, dout = column(-4, -2, 3), column(1, 10, 100)
    out, cache = solution["prelu_forward"](x, np.array([0.5]))
    dx, dalpha = solution["prelu_backward"](dout, cache)
    for name, row in (("x", x), ("y", out), (r"\partial L/\partial y", dout), (r"\partial L/\partial x", dx)):
        says(f"| ${name}$ | {listing(row).replace(', ', ' | ')} |")
    says(rf"$\partial L/\partial\alpha = 1\cdot(-4) + 10\cdot(-2) = {dalpha[0]:g}$")


def elu_by_hand(solution, says):
    """The point of exercise 4, and the digits that a subtraction loses."""
    out, cache = solution["elu_forward"](np.array([-np.log(2)]), 2.0)
    says(rf"so $y = {out[0]:g}$, and the slope is $2\cdot\tfrac12 = {solution['elu_backward'](np.ones(1), cache)[0]:g}$")
    says("subtracts two numbers that agree in ten digits")
    assert abs((np.exp(-1e-10) - 1) / np.expm1(-1e-10) - 1) > 1e-8


def maxout_by_hand(solution, says):
    """The unit of exercise 5, on both ways."""
    out, cache = solution["maxout_forward"](column(2), np.array([[[3.0]], [[-1.0]]]), column(0, 1))
    dx, dW, db = solution["maxout_backward"](column(10), cache)
    says(f"so $y = {out.item():g}$")
    says(rf"| $\partial L/\partial W$ | {dW.flat[0]:g} | {dW.flat[1]:g} |")
    says(rf"| $\partial L/\partial b$ | {db.flat[0]:g} | {db.flat[1]:g} |")
    says(rf"$\partial L/\partial x = 10\cdot3 = {dx.item():g}$")
    says(r"$100\cdot50 + 50$ parameters")


def wakes_up(solution):
    """Which bends wake up a layer that is born dead, and when, for other seeds than the one that is drawn."""
    cell = next(cell for cell in course.load("a2_activations_and_init").cells if "def born_dead" in cell.source)
    for seed in range(3):
        exec(cell.source.replace("default_rng(0)", f"default_rng({seed})"), solution)
        born_dead = solution["born_dead"]

        def leak(alpha, epochs, born_dead=born_dead):
            bend = functools.partial(solution["leaky_relu_forward"], alpha=alpha)
            return born_dead(bend, solution["leaky_relu_backward"], epochs=epochs)[0]

        assert born_dead(solution["relu_forward"], solution["relu_backward"])[0].max() < 0.2
        assert leak(0.01, 50)[9] < 0.25 < 0.75 < leak(0.01, 50)[-1]
        assert leak(0.1, 10)[4] > 0.7
        learned, slopes = born_dead(solution["prelu_forward"], solution["prelu_backward"], np.full(64, 0.01))
        assert learned[-1] > 0.85
        assert (slopes < 0).mean() > 0.3
        assert np.abs(slopes).max() > 1.2
        assert born_dead(solution["elu_forward"], solution["elu_backward"])[0][-1] > 0.9


# ---- weights -------------------------------------------------------------------------------------------------------


def pencil(solution, says):
    """The convolution that is followed by hand has that spread."""
    says(r"| 72 | 144 | $\sqrt{2/72} = 1/6$ |")
    W = solution["init_weights"]((16, 8, 3, 3), "he", np.random.default_rng(0))
    assert W.std() == pytest.approx(1 / 6, rel=5 / np.sqrt(2 * W.size))


def eight(solution, says):
    """Of one draw, he over lecun is exactly 8 behind six layers of ReLU."""
    says(r"Exactly $\sqrt 2^{\,6} = 8$")
    ends = []
    for scheme in ("he", "lecun"):
        rng, x = np.random.default_rng(2), np.random.default_rng(1).standard_normal((64, 128))
        for _ in range(6):
            x = np.maximum(x @ solution["init_weights"]((128, 128), scheme, rng), 0)
        ends.append(x.std())
    assert ends[0] / ends[1] == pytest.approx(8)
