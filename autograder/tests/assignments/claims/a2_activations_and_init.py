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


def both_spreads(solution):
    """Check s and w of one layer, as the text sums them."""
    ((m, s, w),) = solution["activation_stats"](X, [W[0]], np.tanh)
    h = np.tanh(X @ W[0])
    n, units = h.shape
    own = [sum(h[:, j]) / n for j in range(units)]
    total = sum((h[a, j] - m) ** 2 for a in range(n) for j in range(units)) / (n * units)
    return (s**2, total), (w**2, sum((h[a, j] - own[j]) ** 2 for a in range(n) for j in range(units)) / (n * units))


def parts_of_the_spread(solution):
    """Check that s^2 is w^2 and the variance of the units' means."""
    ((m, s, w),) = solution["activation_stats"](X, [W[0]], np.tanh)
    means = np.tanh(X @ W[0]).mean(axis=0)
    return ((s**2, w**2 + sum((mean - m) ** 2 for mean in means) / len(means)),)


def expected(f):
    """Return E[f(z)] for a unit Gaussian z, from the integral."""
    z = np.linspace(-12, 12, 1_000_001)
    return np.trapezoid(f(z) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), z)


def integral(solution):
    """Check the mean of tanh + 1 to the four digits that are promised."""
    mean, _, _ = solution["activation_moments"](lambda z: np.tanh(z) + 1)
    return ((round(mean, 4), round(expected(lambda z: np.tanh(z) + 1), 4)),)


def gain(solution):
    """Check the gain of a bend, to the four digits that are promised."""
    _, _, found = solution["activation_moments"](lambda z: np.tanh(z) + 1)
    return ((round(found, 4), round(1 / np.sqrt(expected(lambda z: (np.tanh(z) + 1) ** 2)), 4)),)


def layer_after_layer(solution):
    """Check the recursion of the mean squares through the cell that runs it."""
    cell = next(cell for cell in course.load("a2_activations_and_init").cells if "def predicted_stds" in cell.source)
    exec(cell.source, solution)
    m, stds = 1.0, []
    for _ in range(3):
        q = 1.5**2 * m
        m = expected(lambda z, q=q: np.tanh(np.sqrt(q) * z) ** 2)
        stds.append(np.sqrt(m))  # tanh has mean 0
    return ((solution["predicted_stds"](np.tanh, 1.5, 3).round(5), np.round(stds, 5)),)


def divided(solution):
    """Check one step of LSUV."""
    (new,) = solution["lsuv_init"](X, [W[0]], np.tanh)
    return ((new, W[0] / np.sqrt((X @ W[0]).var())),)


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
    r"s^2 = \frac{1}{NM}\sum_{n=1}^N\sum_{j=1}^M (h_{nj}-m)^2 \qquad "
    r"w^2 = \frac{1}{NM}\sum_{n=1}^N\sum_{j=1}^M (h_{nj}-\bar h_j)^2": both_spreads,
    r"s^2 = w^2 + \frac{1}{M}\sum_{j=1}^M (\bar h_j - m)^2": parts_of_the_spread,
    r"E[f(z)] = \int_{-\infty}^{\infty} f(z)\,\frac{e^{-z^2/2}}{\sqrt{2\pi}}\,dz": integral,
    r"g = \frac{1}{\sqrt{E[\varphi(z)^2]}}": gain,
    r"q_l = g^2\,m_{l-1} \qquad m_l = E\bigl[\varphi(\sqrt{q_l}\,z)^2\bigr]": layer_after_layer,
    r"W_l \leftarrow \frac{W_l}{\sqrt{\mathrm{Var}[h_{l-1}\,W_l]}}": divided,
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


def fans_by_hand(solution, says):
    """The convolution that is followed by hand, its fans and its spread."""
    inputs, outputs = solution["fans"]((16, 8, 3, 3))
    says(f"an output pixel reads {inputs} numbers, and an input pixel is read {outputs} times")
    says(rf"with its {inputs} inputs: the `he` spread is $\sqrt{{2/72}} = 1/6$")
    drawn = solution["init_weights"]((16, 8, 3, 3), "he", np.random.default_rng(0))
    assert drawn.std() == pytest.approx(1 / 6, rel=5 / np.sqrt(2 * drawn.size))
    says("Half of it, in every such layer")
    assert np.divide(*solution["fans"]((32, 16, 3, 3))) == 0.5


def eight(solution, says):
    """Of one draw, he over lecun is exactly 8 behind six layers of ReLU."""
    says(r"Exactly $\sqrt 2^{\,6} = 8$")
    says(r"He over Xavier is exactly $\sqrt2^{\,6} = 8$")
    ends = []
    for scheme in ("he", "lecun"):
        rng, x = np.random.default_rng(2), np.random.default_rng(1).standard_normal((64, 128))
        for _ in range(6):
            x = np.maximum(x @ solution["init_weights"]((128, 128), scheme, rng), 0)
        ends.append(x.std())
    assert ends[0] / ends[1] == pytest.approx(8)


def spreads_by_hand(solution, says):
    """The four numbers of exercise 8."""
    ((mean, std, within),) = solution["activation_stats"](np.array([[0.0, 10], [2, 12]]), [np.eye(2)], np.abs)
    says(f"Then $m = {mean:g}$, $s^2 = {std**2:.0f}$, $w^2 = {within**2:.0f}$")


def moments_by_hand(solution, says):
    """What the text says of step and ReLU, of leaks, of tanh and of sigmoids."""
    moments = solution["activation_moments"]
    says("its mean is ½, $E[\\varphi^2]$ is ½, so its standard deviation is ½ and its gain $\\sqrt2$")
    np.testing.assert_allclose(moments(lambda z: (z > 0) * 1.0), (0.5, 0.5, np.sqrt(2)), atol=1e-4)
    relu, leak, tanh = (moments(f)[2] for f in (lambda z: np.maximum(z, 0), lambda z: np.maximum(z, z / 10), np.tanh))
    assert leak < relu < tanh
    assert relu == pytest.approx(np.sqrt(2), abs=1e-4)
    mean, std, _ = moments(lambda z: 0.5 * (1 + np.tanh(z / 2)))
    assert mean == pytest.approx(0.5)
    assert std**2 < 0.15 * (mean**2 + std**2)
    says("the weights would be too large by $\\sqrt{0.5/0.34} = 1.21$ in each layer")
    assert np.sqrt(0.5 / (0.5 * (1 - 1 / np.pi))) == pytest.approx(1.21, abs=0.005)
    assert 0.0025 < 1 - expected(lambda z: np.abs(z) < 3) < 0.003  # three in a thousand


def lsuv_by_hand(solution, says):
    """The two layers of exercise 10."""
    new = solution["lsuv_init"](column(1, 3), [column(4), column(5)], np.abs)
    assert [float(weight.item()) for weight in new] == [1, 1]
    says("The first pre-activations are (4, 12), with variance 16")
    says("The second are (5, 15), with variance 25")
    says("Whoever measures the second layer with the *old* first one sees (20, 60)")


def slopes_of_sigmoids(says):
    """The rubric of question 1."""
    slope = np.exp(-10) / (1 + np.exp(-10)) ** 2
    says(r"$4.5\cdot10^{-5}$ at both ends")
    assert slope == pytest.approx(4.5e-5, rel=0.01)
    assert 0.25**10 == pytest.approx(1e-6, rel=0.1)


# ---- signals -------------------------------------------------------------------------------------------------------


def printed_settings(notebook):
    """The eight nets are where the lectures print them, and within the bands around what is predicted."""
    measured, predicted = notebook.names["measured"], notebook.names["predicted"]
    for name, std in measured.items():
        band = {"tanh 1.0": 0.002, "tanh 0.05": 0.01, "tanh 0.01": 0.06}.get(name.partition(",")[0], 0.04)
        if name.startswith("ReLU"):
            assert 0.6 < std[-1] / predicted[name][-1] < 1.5
        else:
            np.testing.assert_allclose(std, predicted[name], rtol=band)
    assert measured["tanh 1.0, 10 × 500"] == pytest.approx(0.9817, abs=0.001)  # as printed: .981879 ... .981736
    assert measured["tanh 0.01, 10 × 500"][-1] == pytest.approx(2.99e-7, rel=0.06)
    assert measured["tanh 0.01, 6 × 4096"][-1] == pytest.approx(0.0461, rel=0.06)
    assert measured["tanh Xavier, 10 × 500"][[0, -1]] == pytest.approx([0.628, 0.229], rel=0.03)


def two_kinds_of_spread(notebook):
    """The sigmoids keep their standard deviation and lose their examples; LSUV does not notice."""
    stats, asleep = notebook.names["by_sigmoid"], notebook.names["asleep"]
    assert stats[-1, 1] == pytest.approx(0.12, abs=0.005)
    assert (stats[-1, 2] / stats[-1, 1]) ** 2 < 1e-4
    assert (asleep[-1, 2] / asleep[-1, 1]) ** 2 < 1e-3
    he = np.array(
        notebook.names["activation_stats"](
            notebook.names["batch"], notebook.names["weights"]("he", [500] * 11), notebook.names["relu"]
        )
    )
    assert 0.1 < (he[-1, 2] / he[-1, 1]) ** 2 < 0.4  # about a quarter, as the rubric of question 3 says


def gradients_at_the_start(notebook):
    """Equal in all layers for small weights, growing about three and a half times a layer for large ones."""
    sizes = notebook.names["sizes_of"]
    assert sizes["0.01"] == pytest.approx(sizes["0.01"][0], rel=0.05)
    assert sizes["0.01"][0] < 1e-6
    growth = (sizes["1.0"][0] / sizes["1.0"][-1]) ** (1 / 9)
    assert growth == pytest.approx(3.48, abs=0.15)


def who_learns(notebook):
    """He and LSUV learn the digits through ten hidden layers; the others do not get as far."""
    accuracies = notebook.names["accuracies"]
    assert [name for name, share in accuracies.items() if share > 0.9] == ["he", "small, LSUV"]
    assert max(accuracies["small"], accuracies["unit"], accuracies["sigmoid, LSUV"]) < 0.2
    assert accuracies["lecun"] < 0.85
