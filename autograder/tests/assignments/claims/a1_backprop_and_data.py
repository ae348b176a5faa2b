"""What A1 says, beside the code that shows it: its formulas, its numbers, its words about training."""

from __future__ import annotations

import re

import numpy as np
import pytest
from zeromean import digits

from autograder.authoring import course

RNG = np.random.default_rng(0)
X, W, B, DOUT = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2), RNG.normal(size=(5, 2))
SCORES, Y = RNG.normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
EXAMPLE, TARGET, W2, W3 = RNG.normal(size=3), RNG.uniform(size=2), RNG.normal(size=(4, 4)), RNG.normal(size=(2, 5))
HOUSES = np.array([[114.8, 0.00323], [338.1, 0.00183], [98.8, 0.00279]])


# ---- formulas ------------------------------------------------------------------------------------------------------


def sigmoid(solution):
    """Check values and slopes."""
    got = solution["sigmoid"](X)
    h = 1e-6
    slope = (solution["sigmoid"](X + h) - solution["sigmoid"](X - h)) / (2 * h)
    np.testing.assert_allclose(got * (1 - got), slope, atol=1e-9)
    return ((got, 1 / (1 + np.exp(-X))),)


def affine(solution):
    """Check each answer of a layer as a sum."""
    out, _ = solution["affine_forward"](X, W, B)
    return ((out, [[sum(X[n, d] * W[d, m] for d in range(3)) + B[m] for m in range(2)] for n in range(5)]),)


def affine_back(solution):
    """Check the three gradients as products of matrices."""
    dx, dw, db = solution["affine_backward"](DOUT, (X, W))
    return (dx, DOUT @ W.T), (dw, X.T @ DOUT), (db, sum(DOUT))


def probabilities():
    """Return the probabilities (N, C), one by one."""
    return np.array([[np.exp(s) / sum(np.exp(row)) for s in row] for row in SCORES])


def softmax(solution):
    """Check the loss."""
    p = probabilities()
    return ((solution["softmax_loss"](SCORES, Y)[0], -sum(np.log(p[n, Y[n]]) for n in range(5)) / 5),)


def softmax_back(solution):
    """Check the gradient of the scores."""
    return ((solution["softmax_loss"](SCORES, Y)[1], (probabilities() - np.eye(3)[Y]) / 5),)


def central(solution):
    """Check each entry of a gradient against the formula."""
    h = 0.3
    got = solution["numerical_gradient"](lambda at: float(np.sin(at).sum()), X, h)
    return ((got, (np.sin(X + h) - np.sin(X - h)) / (2 * h)),)


def error(solution):
    """Check the error, and the floor."""
    a, b = np.array([1.0, -2.0, 1e-9]), np.array([1.1, -2.1, -1e-9])
    each = [abs(p - q) / max(1e-8, abs(p) + abs(q)) for p, q in zip(a, b, strict=True)]
    return ((solution["relative_error"](a, b), max(each)),)


def network():
    """Return inputs and hidden units with their bias units, and the outputs."""
    inputs = np.append(1, EXAMPLE)
    hidden = np.append(1, 1 / (1 + np.exp(-W2 @ inputs)))
    return inputs, hidden, 1 / (1 + np.exp(-W3 @ hidden))


def mlp(solution):
    """Check the loss of the network."""
    y = network()[2]
    return ((solution["mlp_backprop"](EXAMPLE, TARGET, W2, W3)[0], sum((y[k] - TARGET[k]) ** 2 for k in range(2))),)


def mlp_back(solution):
    """Check both gradients of the sums, by way of the weights that are multiplied by them."""
    inputs, hidden, y = network()
    _, dW2, dW3, _ = solution["mlp_backprop"](EXAMPLE, TARGET, W2, W3)
    da3 = 2 * (y - TARGET) * y * (1 - y)
    da2 = W3[:, 1:].T @ da3 * hidden[1:] * (1 - hidden[1:])
    return (dW3, np.outer(da3, hidden)), (dW2, np.outer(da2, inputs))


def majority(solution):
    """Check both numbers, neuron by neuron."""
    m = np.array([max((W2[:, j] > 0).sum(), (W2[:, j] < 0).sum()) / len(W2) for j in range(4)])
    same, share = solution["gradient_sign_stats"](W2)
    return (same, (m == 1).mean()), (share, m.mean())


def standardized(solution):
    """Check the standardized data."""
    mean = sum(X) / 5
    spread = np.sqrt(sum((X - mean) ** 2) / 5)
    return ((solution["standardize"](X, X)[0], (X - mean) / spread),)


def images(solution):
    """Check the statistics of images."""
    x = RNG.integers(0, 256, (4, 2, 3, 2)).astype(np.uint8)
    mean = x.reshape(24, 2).astype(float).sum(axis=0) / 24
    std = np.sqrt(((x.reshape(24, 2) - mean) ** 2).sum(axis=0) / 24)
    yield solution["image_statistics"](x, "mean_image")[0], sum(x.astype(float)) / 4
    yield solution["image_statistics"](x, "channel_mean")[0], mean
    yield solution["image_statistics"](x, "channel_mean_std")[1], std


def whitening(solution):
    """Check both maps by what is free of signs and order."""
    centred = X - X.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred / 5)
    inverse = axes @ np.diag(1 / (values + 0.1)) @ axes.T
    for zca in (False, True):
        Z, _, T = solution["whiten"](X, 0.1, zca)
        yield Z, centred @ T
        yield T @ T.T, inverse
    yield T, axes @ np.diag((values + 0.1) ** -0.5) @ axes.T


def hessian(solution):
    """Check the eigenvalues of the mean of the outer products."""
    H = sum(np.outer(x, x) for x in X) / 5
    return ((solution["hessian_spectrum"](X)[0], np.linalg.eigvalsh(H)),)


def rates(solution):
    """Check condition number, limit and best rate."""
    values, condition, limit, best = solution["hessian_spectrum"](X)
    return (condition, values[-1] / values[0]), (limit, 2 / values[-1]), (best, 2 / (values[0] + values[-1]))


FORMULAS = {
    r"\sigma(x) = \frac{1}{1 + e^{-x}} \qquad \sigma'(x) = \sigma(x)\,\bigl(1 - \sigma(x)\bigr)": sigmoid,
    r"a_{nm} = \sum_{d=1}^D x_{nd}\,w_{dm} + b_m": affine,
    r"\frac{\partial L}{\partial x} = g\,w^\top \qquad "
    r"\frac{\partial L}{\partial w} = x^\top g \qquad "
    r"\frac{\partial L}{\partial b_m} = \sum_{n=1}^N g_{nm}": affine_back,
    r"p_{nc} = \frac{e^{s_{nc}}}{\sum_{k=1}^C e^{s_{nk}}} \qquad "
    r"L = -\frac1N \sum_{n=1}^N \log p_{n y_n}": softmax,
    r"\frac{\partial L}{\partial s_{nc}} = \frac{1}{N}\,\bigl(p_{nc} - [c = y_n]\bigr)": softmax_back,
    r"g_i = \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h}": central,
    r"\mathrm{error}(a, b) = \max_i\, \frac{|a_i - b_i|}{\max\bigl(\varepsilon,\; "
    r"|a_i| + |b_i|\bigr)}": error,
    r"a_2 = W_2\,\tilde x, \quad h = \sigma(a_2) \qquad "
    r"a_3 = W_3\,\tilde h, \quad y = \sigma(a_3) \qquad L = \sum_{k=1}^K (y_k - t_k)^2": mlp,
    r"\frac{\partial L}{\partial a_3} = 2\,(y - t) \odot y \odot (1 - y) \qquad "
    r"\frac{\partial L}{\partial a_2} = \bar W_3^\top \frac{\partial L}{\partial a_3} \odot h \odot (1 - h)": mlp_back,
    r"m_j = \frac1D\,\max\bigl(\#\{d : \mathrm{d}W_{dj} > 0\},\; \#\{d : \mathrm{d}W_{dj} < 0\}\bigr)": majority,
    r"z_{nd} = \frac{x_{nd} - \mu_d}{\sigma_d} \qquad \mu_d = \frac1N\sum_{n=1}^N x_{nd} \qquad "
    r"\sigma_d^2 = \frac1N\sum_{n=1}^N (x_{nd} - \mu_d)^2": standardized,
    r"\mu_{hwc} = \frac1N\sum_{n} x_{nhwc} \qquad \text{or} \qquad "
    r"\mu_c = \frac{1}{NHW}\sum_{n,h,w} x_{nhwc}, \quad \sigma_c^2 = \frac{1}{NHW}\sum_{n,h,w}(x_{nhwc} - \mu_c)^2": images,
    r"Z = (X - \mu)\,T \qquad T_{\mathrm{PCA}} = U\,(\Lambda + \varepsilon)^{-1/2} \qquad "
    r"T_{\mathrm{ZCA}} = U\,(\Lambda + \varepsilon)^{-1/2}\,U^\top": whitening,
    r"H = \frac1N \sum_{n=1}^N x_n x_n^\top": hessian,
    r"\kappa = \frac{\lambda_{\max}}{\lambda_{\min}} \qquad "
    r"\eta_{\mathrm{limit}} = \frac{2}{\lambda_{\max}} \qquad "
    r"\eta_{\mathrm{best}} = \frac{2}{\lambda_{\min} + \lambda_{\max}}": rates,
}


# ---- numbers -------------------------------------------------------------------------------------------------------


def saturation(solution, says):
    """The slopes of exercise 1, and what ten sigmoids leave."""
    slope = solution["sigmoid"](np.array([10.0]))
    says(f"{(slope * (1 - slope))[0]:.6f} at $\\pm 10$")
    assert 0.25**10 == pytest.approx(1e-6, rel=0.05)
    quarter = solution["sigmoid"](np.array([-np.log(3)]))[0]
    assert (quarter, quarter * (1 - quarter)) == pytest.approx((1 / 4, 3 / 16))
    says("the value is $\\frac14$ and the slope $\\frac{3}{16}$")
    assert np.exp(-720.0) == pytest.approx(1e-313, rel=1)


def layers_by_hand(solution, says):
    """The small layers of exercises 2 and 3."""
    x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 3.0], [0.0, 4.0]])
    out, _ = solution["affine_forward"](x, w, np.array([10.0, 20.0]))
    says(f"+ 10 = {out[0, 0]:g}$ and $1\\cdot3 + 2\\cdot4 + 20 = {out[0, 1]:g}$")
    dx, dw, db = solution["affine_backward"](np.array([[10.0]]), (x, np.array([[3.0], [4.0]])))
    assert (dx.tolist(), dw.ravel().tolist(), db.tolist()) == ([[30, 40]], [10, 20], [10])
    says("$\\partial L/\\partial x = (30, 40)$")
    mixed = np.array([[1, 2, 3], [4, 5, 6]]).reshape(3, 2).T[0]
    says(f"The row ({', '.join(map(str, mixed))}) is made of *two* examples")


def losses_by_hand(solution, says):
    """The costs of exercise 4."""
    loss, _ = solution["softmax_loss"](np.array([[0.0, np.log(3)]]), np.array([0]))
    says(f"costs $\\ln 4 \\approx {loss:.3f}$")
    guesser, _ = solution["softmax_loss"](np.zeros((1, 10)), np.array([0]))
    says(f"$\\ln 10 \\approx {guesser:.3f}$: remember it")


def pencil(solution, says):
    """The table that is followed by hand is right, and exact for a step of 1."""

    def f(x):
        return x[0] ** 2 + x[0] * x[1]

    up, down = solution["numerical_gradient"](f, np.array([3.0, 1.0]), h=1.0)
    says(f"| $x_1$ | $f(4, 1) = {f((4, 1))}$ | $f(2, 1) = {f((2, 1))}$ | {up:g} |")
    says(f"| $x_2$ | $f(3, 2) = {f((3, 2))}$ | $f(3, 0) = {f((3, 0))}$ | {down:g} |")


def errors_of_a_cube(solution, says):
    """The errors that the prediction is about are those that the text tells."""
    central = solution["numerical_gradient"](lambda x: x[0] ** 3, np.ones(1), h=0.1)[0]
    assert central - 3 == pytest.approx(0.01)
    assert (1.1**3 - 1) / 0.1 - 3 == pytest.approx(0.31)
    says("off by exactly $h^2 = 0.01$, the one-sided one by $3h + h^2 = 0.31$")


def putting_back_by_arithmetic(says):
    """Adding and taking away a step does not always give the number back."""
    says(f"`0.1 + 0.7 - 0.7` is {0.1 + 0.7 - 0.7}")


def errors_by_hand(solution, says):
    """The small arrays of exercise 6, and the mean that hides a wrong sign."""
    assert solution["relative_error"](np.array([1.0, 0, 4]), np.array([3.0, 0, 4])) == 0.5
    says("the errors are $\\frac24$, 0 and 0, so the error is 0.5")
    assert np.mean([0.0] * 999 + [1.0]) == 0.001
    says("0.001, which many would let pass")


def trials_of_the_layer(notebook):
    """At 1e-5 a trial agrees to nine or ten digits, at 1e-12 it is wrong in the fourth; whatever the seed."""
    errors = [notebook.names["compared_with_a_trial"](h) for h in (1e-5, 1e-12)]
    assert 1e-11 < errors[0] < 1e-8
    assert 1e-5 < errors[1] < 1e-2


def network_by_hand(solution, says):
    """The smallest network of exercise 7, and the pushes of two losses."""
    loss, dW2, dW3, _ = solution["mlp_backprop"](np.zeros(1), np.zeros(1), np.zeros((1, 2)), np.zeros((1, 2)))
    assert (loss, dW3.tolist(), dW2.tolist()) == (0.25, [[0.25, 0.125]], [[0, 0]])
    says("$W_3$ gets $(\\frac14, \\frac18)$")
    push = 2 * 0.999 * 0.999 * 0.001
    says(f"The squared error pushes with {push:.3f}")
    says("loss pushes with 0.999")


def signs_by_hand(solution, says):
    """The three neurons of exercise 8, and what is left of one sign in batches."""
    same, share = solution["gradient_sign_stats"](np.array([[1.0, -1, 0], [2, 3, -1]]))
    assert (same, share) == pytest.approx((1 / 3, 2 / 3))
    says("by chance alone it would be $2^{1-10} = 1/512$")
    fractions = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        dW = [rng.random((64, 10)).T @ rng.normal(size=(64, 1)) for _ in range(1000)]
        fractions.append(solution["gradient_sign_stats"](np.hstack(dW))[0])
    says("about 40 % of the neurons still have gradients of one sign at 64")
    np.testing.assert_allclose(fractions, 0.4, atol=0.06)


def standardized_by_hand(solution, says):
    """The numbers of exercise 9, and the pixels that are always white."""
    values = np.array([[1.0], [3.0], [5.0]])
    assert (values.mean(), values.var()) == (3, pytest.approx(8 / 3))
    says("mean 3, variance $\\frac83$")
    assert solution["standardize"](values, np.array([[3.0]]))[1] == 0
    assert (digits.images()[0].std(axis=0) == 0).sum() == 3
    says("three pixels are always white")
    assert 0 < np.full(3, 0.1).std() < 1e-16


def images_by_hand(solution, says):
    """The two images of exercise 10, wrapped bytes, and how many numbers are kept."""
    mean, std = solution["image_statistics"](np.array([[[[0, 10]]], [[[4, 30]]]], dtype=np.uint8), "channel_mean_std")
    assert (mean.tolist(), std.tolist()) == ([2, 20], [2, 10])
    with np.errstate(over="ignore"):
        says(f"`np.uint8(200) + np.uint8(100)` is {np.uint8(200) + np.uint8(100)}")
    says(f"{32 * 32 * 3}, 3 and 6.")


def whitened_by_hand(solution, says):
    """The four points of exercise 11."""
    points = np.array([[3.0, 1], [1, 3], [-3, -1], [-1, -3]])
    assert (points.T @ points / 4).tolist() == [[5, 3], [3, 5]]
    _, _, T = solution["whiten"](points, 1e-12, zca=True)
    says(f"\\approx {T[0, 0]:.3f}$ on its diagonal")
    says(f"\\approx {T[0, 1]:.3f}$ beside it")


def ravine_by_hand(solution, says):
    """Curvatures 1 and 100, and fifty features with mean 5."""
    _, condition, limit, best = solution["hessian_spectrum"](np.sqrt(2) * np.diag([10.0, 1.0]))
    assert (condition, limit) == pytest.approx((100, 0.02))
    says(f"$\\frac{{2}}{{101}} \\approx {best:.4f}$")
    says(f"each step then takes away {100 * (1 - 99 / 101):.0f} % of the distance")
    says(f"$1 + 50\\cdot 25 = {1 + 50 * 25}$")


def houses(solution, says):
    """The condition numbers of the table, and the ratios of question 2."""
    raw = solution["hessian_spectrum"](HOUSES)[1]
    centred = solution["hessian_spectrum"](HOUSES - HOUSES.mean(axis=0))[1]
    scaled = solution["hessian_spectrum"](HOUSES / HOUSES.std(axis=0))[1]
    both = solution["hessian_spectrum"](solution["standardize"](HOUSES, HOUSES)[0])[1]
    assert raw == pytest.approx(1.3859e10, rel=1e-3)
    says(f"Larger, by a factor of {centred / raw:.0f}! Scaling alone brings $1.4\\cdot10^{{10}}$ down to {scaled:.0f}, both")
    says(f"together to {both:.0f}, whitening to 1")
    ratios = HOUSES[:, 0] / HOUSES[:, 1]
    assert (ratios.min(), ratios.max()) == pytest.approx((35_000, 185_000), rel=0.02)
    mean, std = HOUSES.mean(axis=0), HOUSES.std(axis=0)
    assert (mean[0], std[0], mean[1], std[1]) == pytest.approx((184, 109, 0.0026, 0.0006), rel=0.05)


def refusals(solution):
    """What the stubs promise to refuse is refused, in a sentence that names the fix."""
    for message, call in {
        "of the same shape are compared. Got (3,) and (3, 1)": lambda: solution["relative_error"](X[0], X[:1].T),
        "must be 'mean_image', 'channel_mean' or 'channel_mean_std'. Got 'std'": lambda: solution["image_statistics"](X, "std"),
    }.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            call()


# ---- training ------------------------------------------------------------------------------------------------------


def training(solution, says):
    """Over several seeds, preparation makes the loss several times lower and the digits read no better."""
    cell = next(cell for cell in course.load("a1_backprop_and_data").cells if "def gradients_of_network" in cell.source)
    exec(cell.source, solution)
    pixels, labels = digits.images()
    order = np.random.default_rng(0).permutation(len(pixels))
    known, new = order[500:], order[:500]
    raw, raw_new = (pixels[rows].reshape(len(rows), -1).astype(float) for rows in (known, new))
    ready, ready_new = solution["standardize"](raw, raw_new)
    for seed in range(3):
        plain, plain_losses, plain_path, _ = solution["train"](raw, labels[known], 0.3, seed=seed)
        net, losses, path, _ = solution["train"](ready, labels[known], 3.0, seed=seed)
        assert plain_losses[-50:].mean() > 2.5 * losses[-50:].mean()
        shares = (
            solution["accuracy"](plain, raw_new, labels[new]),
            solution["accuracy"](net, ready_new, labels[new]),
        )
        assert abs(shares[0] - shares[1]) < 0.03
        assert min(shares) > 0.93
        assert way(plain_path) > 1.4 * way(path)
    says("about 95 % for all four")


def way(path):
    """Return the length of a path over the straight line from its start to its end."""
    return np.linalg.norm(np.diff(path, axis=0), axis=(1, 2)).sum() / np.linalg.norm(path[-1] - path[0])


def steepness_of_the_digits(solution, says):
    """One direction of the raw digits is fifteen times as steep as the next, and the limit is that of question 3."""
    pixels, _ = digits.images()
    order = np.random.default_rng(0).permutation(len(pixels))
    raw = pixels[order[500:]].reshape(-1, 64).astype(float)
    values, _, limit, _ = solution["hessian_spectrum"](raw)
    assert values[-1] / values[-2] == pytest.approx(15, abs=0.5)
    says("15 times, then hardly at all")
    says(f"for the raw digits is {limit:.5f}")
    centred = solution["hessian_spectrum"](raw - raw.mean(axis=0))[0]
    assert centred[-1] / centred[-2] < 1.2
