"""What A4 says must be true: every formula and every number in its text is compared with its code."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder.authoring.course import load

ASSIGNMENT = load("a4_batch_norm")
TEXT = "\n".join(cell.source for cell in ASSIGNMENT.cells if cell.kind in ("text", "question", "figure"))
WORDS = re.sub(r"\s+", " ", TEXT)
MINUS = "\N{MINUS SIGN}"


def says(sentence: str) -> bool:
    """Return whether the text holds `sentence`, however its lines are broken."""
    return re.sub(r"\s+", " ", sentence) in WORDS


def listing(*values: float | np.ndarray) -> str:
    """Return numbers as the tables of the text show them."""
    numbers = np.concatenate([np.ravel(value) for value in values])
    return ", ".join(f"{round(n, 6) + 0.0:g}".replace("-", MINUS) for n in numbers)


def column(*values: float) -> np.ndarray:
    """Return one feature, one example per row."""
    return np.array(values, dtype=float)[:, None]


@pytest.fixture(scope="module")
def a4():
    """Return the names that the reference solution defines."""
    namespace: dict = {}
    for source in ASSIGNMENT.reference_cells:
        exec(source, namespace)
    return namespace


# ---- formulas ------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
X, DOUT, IMAGES = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3)), RNG.standard_normal((2, 3, 4, 5))
GAMMA, BETA, ONES, ZEROS = np.array([1.5, -2.0, 0.7]), np.array([0.3, 4.0, -1.0]), np.ones(3), np.zeros(3)
MU, VAR, EPS = X.sum(axis=0) / 5, ((X - X.sum(axis=0) / 5) ** 2).sum(axis=0) / 5, 0.01
XHAT = (X - MU) / np.sqrt(VAR + EPS)


def statistics(a4):
    """Check the mean and the variance of a batch."""
    param = {"mode": "train", "alpha": 1.0}
    a4["batchnorm_forward"](X, GAMMA, BETA, param)
    return (param["running_mean"], MU), (param["running_var"], VAR)


def normalized(a4):
    """Check the normalized batch and the output."""
    out, cache = a4["batchnorm_forward"](X, GAMMA, BETA, {"mode": "train", "eps": EPS})
    return (cache[0], XHAT), (out, GAMMA * XHAT + BETA)


def memory(a4):
    """Check one step of the running averages."""
    param = {"mode": "train", "alpha": 0.3, "running_mean": GAMMA, "running_var": GAMMA**2}
    a4["batchnorm_forward"](X, GAMMA, BETA, param)
    return (param["running_mean"], 0.7 * GAMMA + 0.3 * MU), (param["running_var"], 0.7 * GAMMA**2 + 0.3 * VAR)


def memory_after_t(a4):
    """Check the running mean after several equal batches."""
    param = {"mode": "train", "alpha": 0.3}
    for _ in range(6):
        a4["batchnorm_forward"](X, GAMMA, BETA, param)
    return ((param["running_mean"], (1 - 0.7**6) * MU),)


def projection(a4):
    """Check dx, one feature at a time, as vectors."""
    dx = a4["batchnorm_backward"](DOUT, (XHAT, GAMMA, np.sqrt(VAR + EPS)))[0]
    one = np.ones(5)
    for j in range(3):
        g, xhat = GAMMA[j] * DOUT[:, j], XHAT[:, j]
        expected = (g - one * (one @ g) / 5 - xhat * (xhat @ g) / 5) / np.sqrt(VAR[j] + EPS)
        yield dx[:, j], expected


def parameters(a4):
    """Check the gradients of gamma and beta."""
    _, dgamma, dbeta = a4["batchnorm_backward"](DOUT, (XHAT, GAMMA, np.sqrt(VAR + EPS)))
    return (dgamma, sum(DOUT[i] * XHAT[i] for i in range(5))), (dbeta, sum(DOUT))


def population(a4):
    """Check the population statistics of B = 5 batches of m = 4."""
    mean, var = a4["population_stats"](X, X**2, 4)
    return (mean, X.sum(axis=0) / 5), (var, 4 / 3 * (X**2).sum(axis=0) / 5)


def fused_linear(a4):
    """Check that the fused layer gives the right-hand side for every x."""
    W, b, E, V = RNG.standard_normal((4, 3)), BETA, MU, VAR
    W2, b2 = a4["fuse_bn_linear"](W, b, GAMMA, BETA, E, V, EPS)
    x = RNG.standard_normal((6, 4))
    return ((x @ W2 + b2, GAMMA * ((x @ W + b) - E) / np.sqrt(V + EPS) + BETA),)


def fused_conv(a4):
    """Check the fused convolution on single patches, where a convolution is a product."""
    W, patches = RNG.standard_normal((3, 2, 2, 2)), RNG.standard_normal((6, 2, 2, 2))
    W2, b2 = a4["fuse_bn_conv"](W, BETA, GAMMA, BETA, MU, VAR, EPS)
    conv = np.einsum("nchw,ochw->no", patches, W)
    fused = np.einsum("nchw,ochw->no", patches, W2) + b2
    return ((fused, GAMMA * (conv + BETA - MU) / np.sqrt(VAR + EPS) + BETA),)


def channels(a4):
    """Check the mean and the variance of a channel."""
    param = {"mode": "train", "alpha": 1.0}
    a4["spatial_batchnorm_forward"](IMAGES, ONES, ZEROS, param)
    mu = sum(IMAGES[n, :, h, w] for n in range(2) for h in range(4) for w in range(5)) / 40
    var = sum((IMAGES[n, :, h, w] - mu) ** 2 for n in range(2) for h in range(4) for w in range(5)) / 40
    return (param["running_mean"], mu), (param["running_var"], var)


def mean_only(a4):
    """Check mean-only batch norm."""
    return ((a4["mean_only_bn_forward"](X, BETA)[0], X - MU + BETA),)


def renorm(a4, rmax=1.2, dmax=0.1):
    """Return what batch renorm makes of X, with E and S, and what the text says."""
    E, S = np.array([0.1, -2.0, 0.5]), np.array([1.0, 0.2, 4.0])
    param = {"running_mean": E, "running_std": S, "rmax": rmax, "dmax": dmax, "eps": EPS}
    out, (xhat, _, sigma_b, r, d) = a4["batch_renorm_forward"](X, GAMMA, BETA, param)
    return out, xhat, sigma_b, r, d, E, S


def corrections(a4):
    """Check r and d, clipped on both sides."""
    _, _, sigma_b, r, d, E, S = renorm(a4)
    return (r, np.clip(sigma_b / S, 1 / 1.2, 1.2)), (d, np.clip((MU - E) / S, -0.1, 0.1))


def corrected(a4):
    """Check the output of batch renorm."""
    out, xhat, sigma_b, r, d, *_ = renorm(a4)
    return (out, GAMMA * (xhat * r + d) + BETA), (xhat, (X - MU) / sigma_b)


FORMULAS = {
    r"\mu_j = \frac{1}{N}\sum_{i=1}^N x_{ij} \qquad "
    r"\sigma_j^2 = \frac{1}{N}\sum_{i=1}^N (x_{ij}-\mu_j)^2": statistics,
    r"\hat{x}_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\varepsilon}} \qquad "
    r"y_{ij} = \gamma_j\,\hat{x}_{ij} + \beta_j": normalized,
    r"E_j \leftarrow (1-\alpha)\,E_j + \alpha\,\mu_j \qquad "
    r"V_j \leftarrow (1-\alpha)\,V_j + \alpha\,\sigma_j^2": memory,
    r"E^{(t)} = \bigl(1-(1-\alpha)^t\bigr)\,\mu": memory_after_t,
    r"\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2+\varepsilon}}\left(g \;-\; "
    r"\mathbf 1\,\frac{\mathbf 1^\top g}{N} \;-\; \hat x\,\frac{\hat x^\top g}{N}\right)": projection,
    r"\frac{\partial L}{\partial \gamma_j} = \sum_{i=1}^N \frac{\partial L}{\partial y_{ij}}\,\hat x_{ij} \qquad "
    r"\frac{\partial L}{\partial \beta_j} = \sum_{i=1}^N \frac{\partial L}{\partial y_{ij}}": parameters,
    r"E_j = \frac{1}{B}\sum_{b=1}^B \mu_{bj} \qquad "
    r"V_j = \frac{m}{m-1}\cdot\frac{1}{B}\sum_{b=1}^B \sigma_{bj}^2": population,
    r"x W' + b' \;=\; \gamma\,\frac{(xW + b) - E}{\sqrt{V+\varepsilon}} + \beta": fused_linear,
    r"\mathrm{conv}(x; W')_o + b'_o \;=\; "
    r"\gamma_o\,\frac{\mathrm{conv}(x; W)_o + b_o - E_o}{\sqrt{V_o+\varepsilon}} + \beta_o": fused_conv,
    r"\mu_c = \frac{1}{NHW}\sum_{n=1}^N\sum_{h=1}^H\sum_{w=1}^W x_{nchw} \qquad "
    r"\sigma_c^2 = \frac{1}{NHW}\sum_{n=1}^N\sum_{h=1}^H\sum_{w=1}^W (x_{nchw}-\mu_c)^2": channels,
    r"y_{ij} = x_{ij} - \mu_j + \beta_j": mean_only,
    r"r = \mathrm{clip}\!\left(\frac{\sigma_B}{S},\, \frac{1}{r_{\max}},\, r_{\max}\right) \qquad "
    r"d = \mathrm{clip}\!\left(\frac{\mu - E}{S},\, -d_{\max},\, d_{\max}\right)": corrections,
    r"y = \gamma\,(\hat x\, r + d) + \beta, \qquad \hat x = \frac{x-\mu}{\sigma_B}": corrected,
}


def test_every_displayed_formula_is_checked():
    """The formulas in the text are those that this file compares with the code, letter by letter."""
    assert re.findall(r"\$\$(.+?)\$\$", TEXT, re.DOTALL) == list(FORMULAS)


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula(a4, formula):
    """What a formula says is what the reference solution returns."""
    for got, expected in FORMULAS[formula](a4):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_forward_by_hand(a4):
    """The table of exercise 1, and the step of the memory."""
    x, param = column(1, 3, 4, 5, 7), {"mode": "train", "eps": 0.0}
    y, (xhat, _, std) = a4["batchnorm_forward"](x, np.array([2.0]), np.array([10.0]), param)
    assert says(f"| $x$ | {listing(x)} | {listing(x.mean())} | (9 + 1 + 0 + 1 + 9) / 5 = {listing(std**2)} |")
    assert says(f"| $\\hat x$ | {listing(xhat)} | 0 | 1 |")
    assert says(f"| $y$ | {listing(y)} | {listing(y.mean())} | {listing(y.var())} |")
    memory = listing(param["running_mean"]), listing(param["running_var"])
    assert says("one step gives $E = {}$ and $V = {}$".format(*memory))


def test_float32_drowns():
    """Near 1e8 the numbers of float32 are as far apart as the text says, and one-pass variance fails."""
    assert says("mean 10 000 has squares near $10^8$, where neighbouring numbers are 8 apart")
    assert np.spacing(np.float32(1e4) ** 2) == 8
    x = (1e4 + np.random.default_rng(0).standard_normal(100)).astype(np.float32)
    assert abs((x**2).mean() - x.mean() ** 2 - 1) > 0.5 > abs(x.var() - 1)


def test_memory_fractions(a4):
    """The memory reaches the fractions of the truth that the text states."""
    assert says(f"10 batches at $\\alpha = 0.1$ reach {100 * (1 - 0.9**10):.0f} % of the truth")
    assert says(f"100 batches at $\\alpha = 0.01$ only {100 * (1 - 0.99**100):.0f} %")
    assert says(f"$2^{{-10}} = 1/{2**10}$")
    assert says("there 0.9 is our 0.1")


def test_identity_recovery():
    """The rubric of question 1: how far gamma = sigma is from the identity."""
    small, usual = (sigma / np.sqrt(sigma**2 + 1e-5) for sigma in (1e-3, 1.0))
    assert says(f"\\varepsilon}} = {small:.2f}$, that is {100 * (1 - small):.0f} % too small")
    assert says("about $5\\cdot10^{-6}$")
    assert 1 - usual == pytest.approx(5e-6, rel=1e-3)


def test_backward_by_hand(a4):
    """The table of exercise 2, and that the pushes sum to nothing."""
    xhat, dout, gamma, std = column(-1.5, -0.5, 0, 0.5, 1.5), column(1, 0, 0, 0, 0), np.array([2.0]), np.array([2.0])
    dx, dgamma, dbeta = a4["batchnorm_backward"](dout, (xhat, gamma, std))
    g = gamma * dout
    assert says(f"| $g$ | {listing(g)} |")
    assert says(f"| {listing(g.mean())} and {listing((xhat * g).mean())} |")
    assert says(f"| $\\partial L/\\partial x$ | {listing(dx)} |")
    assert says(f"| {listing(dgamma)} and {listing(dbeta)} |")
    np.testing.assert_allclose([dx.sum(), (dx * xhat).sum()], 0, atol=1e-15)


@pytest.mark.parametrize("n", [2, 3, 7])
def test_directions(a4, n):
    """N examples leave N - 2 directions to dx."""
    _, cache = a4["batchnorm_forward"](RNG.standard_normal((n, 1)), ONES[:1], ZEROS[:1], {"mode": "train", "eps": 0.0})
    jacobian = np.column_stack([a4["batchnorm_backward"](row[:, None], cache)[0] for row in np.eye(n)])
    assert np.linalg.matrix_rank(jacobian, tol=1e-9) == n - 2
    assert says("$N$ examples leave $N - 2$ directions")


def test_population_by_hand(a4):
    """The coin of exercise 3, and the correction at 32."""
    batches = np.array([[a, b] for a in (0.0, 2.0) for b in (0.0, 2.0)])
    seen = batches.var(axis=1)
    assert says(f"biased variances are {listing(seen)}, on average ½")
    assert seen.mean() == 0.5
    assert a4["population_stats"](batches.mean(axis=1)[:, None], seen[:, None], 2) == (1, 1)
    assert says(f"At $m = 32$ the correction is {100 * (32 / 31 - 1):.0f} %")


def test_fusing_by_hand(a4):
    """The two small layers of exercises 4 and 5."""
    W2, b2 = a4["fuse_bn_linear"](*np.array([1.0, 5, 2, 0.5, 4, 16])[:, None, None], eps=0.0)
    assert says(f"= {listing(W2)}\\,x + {listing(b2)}$")
    vectors = np.array([[0, 0], [1, 3], [0, 0], [0, 1], [1, 1]])
    W2, b2 = a4["fuse_bn_conv"](np.ones((2, 1, 1, 1)), *vectors, eps=0.0)
    filters, biases = (listing(values).replace(", ", " and ") for values in (W2, b2))
    assert says(f"The filters become {filters}, the biases {biases}.")


def test_images_by_hand(a4):
    """The two images of exercise 6."""
    x = np.array([[1.0, 1], [5, 5]]).reshape(2, 1, 1, 2)
    _, (xhat, _, std) = a4["spatial_batchnorm_forward"](x, ONES[:1], ZEROS[:1], {"mode": "train", "eps": 0.0})
    assert says(f"mean {listing(x.mean())} and variance {listing(std**2)}")
    assert says(f"$\\hat x$ is ({listing(xhat[0])}) and ({listing(xhat[1])})")


def test_two_samples_one_code(a4):
    """Question 3: the values 0 and 10 get the same code in their batches."""
    assert says("Batch A holds the values 0 and 2, batch B holds 10 and 30. Show that 0 and 10 get the same code")
    for x, mean, std in ((column(0, 2), 1, 1), (column(10, 30), 20, 10)):
        assert (x.mean(), x.std()) == (mean, std)
        assert says(f"mean {mean}, std {std}, so {x[0, 0]:g} becomes {listing((x[0] - mean) / std)}.")


def test_mean_only_by_hand(a4):
    """The four numbers of exercise 7."""
    x = column(1, 3, 4, 8)
    out, cache = a4["mean_only_bn_forward"](x, np.array([10.0]))
    dx, _ = a4["mean_only_bn_backward"](column(1, 0, 0, 0), cache)
    assert says(f"has mean {listing(x.mean())}; with $\\beta = 10$ the output is ({listing(out)})")
    assert says(f"= ({listing(dx).replace(MINUS, '-')})$")


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("not clipped", (1e9, 1e9)),
        (r"$r_{\max} = 1.25$, $d_{\max} = 0.5$", (1.25, 0.5)),
        (r"$r_{\max} = 1$, $d_{\max} = 0$", (1, 0)),
    ],
)
def test_renorm_by_hand(a4, name, limits):
    """The table of exercise 8."""
    param = {"running_mean": ONES[:1], "running_std": 4 * ONES[:1], "eps": 0.0}
    param |= dict(zip(("rmax", "dmax"), limits, strict=True))
    y, (_, _, _, r, d) = a4["batch_renorm_forward"](column(3, 7), ONES[:1], ZEROS[:1], param)
    assert says(f"| {name} | {listing(r)} | {listing(d)} | {listing(y)} |")


def test_renorm_without_clipping_is_test_mode(a4):
    """Unclipped, batch renorm normalizes by the running statistics, as the text says."""
    out, *_, E, S = renorm(a4, rmax=1e9, dmax=1e9)
    np.testing.assert_allclose(out, GAMMA * (X - E) / S + BETA, rtol=1e-12)


def test_marks_table():
    """The table of marks names every function and gives its marks."""
    for number, cell in enumerate(ASSIGNMENT.exercises, start=1):
        names = ", ".join(f"`{name}`" for name in cell.functions)
        assert says(f"| {number} | {names} | {cell.minutes} | {cell.points:g} |")
    minutes, points = (sum(getattr(q, name) for q in ASSIGNMENT.questions) for name in ("minutes", "points"))
    assert says(f"three questions, answered in words | {minutes} | {points:g} |")


def test_number_from_the_paper():
    """The one measurement that is not ours is quoted with its source (BN-x5 against Inception)."""
    assert says("2.1 million training steps instead of 31.0 million (Ioffe & Szegedy 2015, Figure 3)")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a4: a4["batchnorm_forward"](X, GAMMA, BETA, {"mode": "eval"}), "must be 'train' or 'test'. Got 'eval'"),
        (lambda a4: a4["population_stats"](X, X, 1), "needs batches of m >= 2 examples. Got m = 1"),
        (lambda a4: renorm(a4, rmax=0.5), "rmax >= 1 and dmax >= 0. Got rmax = 0.5"),
        (lambda a4: renorm(a4, dmax=-1), "rmax >= 1 and dmax >= 0. Got rmax = 1.2 and dmax = -1"),
    ],
)
def test_refusals(a4, call, message):
    """What the stubs promise to refuse is refused, in a sentence that names the fix."""
    with pytest.raises(ValueError, match=re.escape(message)):
        call(a4)
