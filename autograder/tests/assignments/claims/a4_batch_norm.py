"""What A4 says, beside the code that shows it: its formulas, its numbers, its words about training."""

from __future__ import annotations

import re

import numpy as np
import pytest

from autograder.authoring import course
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession
from autograder.tests.assignments.text import MINUS, column, listing


# ---- formulas ------------------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
X, DOUT, IMAGES = RNG.standard_normal((5, 3)), RNG.standard_normal((5, 3)), RNG.standard_normal((2, 3, 4, 5))
GAMMA, BETA, ONES, ZEROS = np.array([1.5, -2.0, 0.7]), np.array([0.3, 4.0, -1.0]), np.ones(3), np.zeros(3)
MU, VAR, EPS = X.sum(axis=0) / 5, ((X - X.sum(axis=0) / 5) ** 2).sum(axis=0) / 5, 0.01
XHAT = (X - MU) / np.sqrt(VAR + EPS)


def statistics(solution):
    """Check the mean and the variance of a batch."""
    param = {"mode": "train", "alpha": 1.0}
    solution["batchnorm_forward"](X, GAMMA, BETA, param)
    return (param["running_mean"], MU), (param["running_var"], VAR)


def normalized(solution):
    """Check the normalized batch and the output."""
    out, cache = solution["batchnorm_forward"](X, GAMMA, BETA, {"mode": "train", "eps": EPS})
    return (cache[0], XHAT), (out, GAMMA * XHAT + BETA)


def memory(solution):
    """Check one step of the running averages."""
    param = {"mode": "train", "alpha": 0.3, "running_mean": GAMMA, "running_var": GAMMA**2}
    solution["batchnorm_forward"](X, GAMMA, BETA, param)
    return (param["running_mean"], 0.7 * GAMMA + 0.3 * MU), (param["running_var"], 0.7 * GAMMA**2 + 0.3 * VAR)


def memory_after_t(solution):
    """Check the running mean after several equal batches."""
    param = {"mode": "train", "alpha": 0.3}
    for _ in range(6):
        solution["batchnorm_forward"](X, GAMMA, BETA, param)
    return ((param["running_mean"], (1 - 0.7**6) * MU),)


def projection(solution):
    """Check dx, one feature at a time, as vectors."""
    dx = solution["batchnorm_backward"](DOUT, (XHAT, GAMMA, np.sqrt(VAR + EPS)))[0]
    one = np.ones(5)
    for j in range(3):
        g, xhat = GAMMA[j] * DOUT[:, j], XHAT[:, j]
        expected = (g - one * (one @ g) / 5 - xhat * (xhat @ g) / 5) / np.sqrt(VAR[j] + EPS)
        yield dx[:, j], expected


def parameters(solution):
    """Check the gradients of gamma and beta."""
    _, dgamma, dbeta = solution["batchnorm_backward"](DOUT, (XHAT, GAMMA, np.sqrt(VAR + EPS)))
    return (dgamma, sum(DOUT[i] * XHAT[i] for i in range(5))), (dbeta, sum(DOUT))


def population(solution):
    """Check the population statistics of B = 5 batches of m = 4."""
    mean, var = solution["population_stats"](X, X**2, 4)
    return (mean, X.sum(axis=0) / 5), (var, 4 / 3 * (X**2).sum(axis=0) / 5)


def fused_linear(solution):
    """Check that the fused layer gives the right-hand side for every x."""
    W, b, E, V = RNG.standard_normal((4, 3)), BETA, MU, VAR
    W2, b2 = solution["fuse_bn_linear"](W, b, GAMMA, BETA, E, V, EPS)
    x = RNG.standard_normal((6, 4))
    return ((x @ W2 + b2, GAMMA * ((x @ W + b) - E) / np.sqrt(V + EPS) + BETA),)


def fused_conv(solution):
    """Check the fused convolution on single patches, where a convolution is a product."""
    W, patches = RNG.standard_normal((3, 2, 2, 2)), RNG.standard_normal((6, 2, 2, 2))
    W2, b2 = solution["fuse_bn_conv"](W, BETA, GAMMA, BETA, MU, VAR, EPS)
    conv = np.einsum("nchw,ochw->no", patches, W)
    fused = np.einsum("nchw,ochw->no", patches, W2) + b2
    return ((fused, GAMMA * (conv + BETA - MU) / np.sqrt(VAR + EPS) + BETA),)


def channels(solution):
    """Check the mean and the variance of a channel."""
    param = {"mode": "train", "alpha": 1.0}
    solution["spatial_batchnorm_forward"](IMAGES, ONES, ZEROS, param)
    mu = sum(IMAGES[n, :, h, w] for n in range(2) for h in range(4) for w in range(5)) / 40
    var = sum((IMAGES[n, :, h, w] - mu) ** 2 for n in range(2) for h in range(4) for w in range(5)) / 40
    return (param["running_mean"], mu), (param["running_var"], var)


def mean_only(solution):
    """Check mean-only batch norm."""
    return ((solution["mean_only_bn_forward"](X, BETA)[0], X - MU + BETA),)


def renorm(solution, rmax=1.2, dmax=0.1):
    """Return what batch renorm makes of X, with E and S, and what the text says."""
    E, S = np.array([0.1, -2.0, 0.5]), np.array([1.0, 0.2, 4.0])
    param = {"running_mean": E, "running_std": S, "rmax": rmax, "dmax": dmax, "eps": EPS}
    out, (xhat, _, sigma_b, r, d) = solution["batch_renorm_forward"](X, GAMMA, BETA, param)
    return out, xhat, sigma_b, r, d, E, S


def corrections(solution):
    """Check r and d, clipped on both sides."""
    _, _, sigma_b, r, d, E, S = renorm(solution)
    return (r, np.clip(sigma_b / S, 1 / 1.2, 1.2)), (d, np.clip((MU - E) / S, -0.1, 0.1))


def corrected(solution):
    """Check the output of batch renorm."""
    out, xhat, sigma_b, r, d, *_ = renorm(solution)
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


# ---- numbers -------------------------------------------------------------------------------------------------------


def forward_by_hand(solution, says):
    """The table of exercise 1, and the step of the memory."""
    x, param = column(1, 3, 4, 5, 7), {"mode": "train", "eps": 0.0}
    y, (xhat, _, std) = solution["batchnorm_forward"](x, np.array([2.0]), np.array([10.0]), param)
    says(f"| $x$ | {listing(x)} | {listing(x.mean())} | (9 + 1 + 0 + 1 + 9) / 5 = {listing(std**2)} |")
    says(f"| $\\hat x$ | {listing(xhat)} | 0 | 1 |")
    says(f"| $y$ | {listing(y)} | {listing(y.mean())} | {listing(y.var())} |")
    memory = listing(param["running_mean"]), listing(param["running_var"])
    says("one step gives $E = {}$ and $V = {}$".format(*memory))


def float32_drowns(says):
    """Near 1e8 the numbers of float32 are as far apart as the text says, and one-pass variance fails."""
    says("mean 10 000 has squares near $10^8$, where neighbouring numbers are 8 apart")
    assert np.spacing(np.float32(1e4) ** 2) == 8
    x = (1e4 + np.random.default_rng(0).standard_normal(100)).astype(np.float32)
    assert abs((x**2).mean() - x.mean() ** 2 - 1) > 0.5 > abs(x.var() - 1)


def memory_fractions(solution, says):
    """The memory reaches the fractions of the truth that the text states."""
    says(f"10 batches at $\\alpha = 0.1$ reach {100 * (1 - 0.9**10):.0f} % of the truth")
    says(f"100 batches at $\\alpha = 0.01$ only {100 * (1 - 0.99**100):.0f} %")
    says(f"$2^{{-10}} = 1/{2**10}$")
    says("there 0.9 is our 0.1")


def identity_recovery(says):
    """The rubric of question 1: how far gamma = sigma is from the identity."""
    small, usual = (sigma / np.sqrt(sigma**2 + 1e-5) for sigma in (1e-3, 1.0))
    says(f"\\varepsilon}} = {small:.2f}$, that is {100 * (1 - small):.0f} % too small")
    says("about $5\\cdot10^{-6}$")
    assert 1 - usual == pytest.approx(5e-6, rel=1e-3)


def backward_by_hand(solution, says):
    """The table of exercise 2, and that the pushes sum to nothing."""
    xhat, dout, gamma, std = column(-1.5, -0.5, 0, 0.5, 1.5), column(1, 0, 0, 0, 0), np.array([2.0]), np.array([2.0])
    dx, dgamma, dbeta = solution["batchnorm_backward"](dout, (xhat, gamma, std))
    g = gamma * dout
    says(f"| $g$ | {listing(g)} |")
    says(f"| {listing(g.mean())} and {listing((xhat * g).mean())} |")
    says(f"| $\\partial L/\\partial x$ | {listing(dx)} |")
    says(f"| {listing(dgamma)} and {listing(dbeta)} |")
    np.testing.assert_allclose([dx.sum(), (dx * xhat).sum()], 0, atol=1e-15)


def directions(solution, says):
    """N examples leave N - 2 directions to dx."""
    for n in (2, 3, 7):
        x = RNG.standard_normal((n, 1))
        _, cache = solution["batchnorm_forward"](x, ONES[:1], ZEROS[:1], {"mode": "train", "eps": 0.0})
        jacobian = np.column_stack([solution["batchnorm_backward"](row[:, None], cache)[0] for row in np.eye(n)])
        assert np.linalg.matrix_rank(jacobian, tol=1e-9) == n - 2
    says("$N$ examples leave $N - 2$ directions")


def population_by_hand(solution, says):
    """The coin of exercise 3, and the correction at 32."""
    batches = np.array([[a, b] for a in (0.0, 2.0) for b in (0.0, 2.0)])
    seen = batches.var(axis=1)
    says(f"biased variances are {listing(seen)}, on average ½")
    assert seen.mean() == 0.5
    assert solution["population_stats"](batches.mean(axis=1)[:, None], seen[:, None], 2) == (1, 1)
    says(f"At $m = 32$ the correction is {100 * (32 / 31 - 1):.0f} %")


def fusing_by_hand(solution, says):
    """The two small layers of exercises 4 and 5."""
    W2, b2 = solution["fuse_bn_linear"](*np.array([1.0, 5, 2, 0.5, 4, 16])[:, None, None], eps=0.0)
    says(f"= {listing(W2)}\\,x + {listing(b2)}$")
    vectors = np.array([[0, 0], [1, 3], [0, 0], [0, 1], [1, 1]])
    W2, b2 = solution["fuse_bn_conv"](np.ones((2, 1, 1, 1)), *vectors, eps=0.0)
    filters, biases = (listing(values).replace(", ", " and ") for values in (W2, b2))
    says(f"The filters become {filters}, the biases {biases}.")


def images_by_hand(solution, says):
    """The two images of exercise 6."""
    x = np.array([[1.0, 1], [5, 5]]).reshape(2, 1, 1, 2)
    _, (xhat, _, std) = solution["spatial_batchnorm_forward"](x, ONES[:1], ZEROS[:1], {"mode": "train", "eps": 0.0})
    says(f"mean {listing(x.mean())} and variance {listing(std**2)}")
    says(f"$\\hat x$ is ({listing(xhat[0])}) and ({listing(xhat[1])})")


def two_samples_one_code(solution, says):
    """Question 3: the values 0 and 10 get the same code in their batches."""
    says("Batch A holds the values 0 and 2, batch B holds 10 and 30. Show that 0 and 10 get the same code")
    for x, mean, std in ((column(0, 2), 1, 1), (column(10, 30), 20, 10)):
        assert (x.mean(), x.std()) == (mean, std)
        says(f"mean {mean}, std {std}, so {x[0, 0]:g} becomes {listing((x[0] - mean) / std)}.")


def mean_only_by_hand(solution, says):
    """The four numbers of exercise 7."""
    x = column(1, 3, 4, 8)
    out, cache = solution["mean_only_bn_forward"](x, np.array([10.0]))
    dx, _ = solution["mean_only_bn_backward"](column(1, 0, 0, 0), cache)
    says(f"has mean {listing(x.mean())}; with $\\beta = 10$ the output is ({listing(out)})")
    says(f"= ({listing(dx).replace(MINUS, '-')})$")


def renorm_by_hand(solution, says):
    """The table of exercise 8."""
    for name, rmax, dmax in (
        ("not clipped", 1e9, 1e9),
        (r"$r_{\max} = 1.25$, $d_{\max} = 0.5$", 1.25, 0.5),
        (r"$r_{\max} = 1$, $d_{\max} = 0$", 1, 0),
    ):
        param = {"running_mean": ONES[:1], "running_std": 4 * ONES[:1], "eps": 0.0, "rmax": rmax, "dmax": dmax}
        y, (_, _, _, r, d) = solution["batch_renorm_forward"](column(3, 7), ONES[:1], ZEROS[:1], param)
        says(f"| {name} | {listing(r)} | {listing(d)} | {listing(y)} |")


def renorm_without_clipping_is_test_mode(solution):
    """Unclipped, batch renorm normalizes by the running statistics, as the text says."""
    out, *_, E, S = renorm(solution, rmax=1e9, dmax=1e9)
    np.testing.assert_allclose(out, GAMMA * (X - E) / S + BETA, rtol=1e-12)


def number_from_the_paper(says):
    """The one measurement that is not ours is quoted with its source (BN-x5 against Inception)."""
    says("2.1 million training steps instead of 31.0 million (Ioffe & Szegedy 2015, Figure 3)")


def refusals(solution):
    """What the stubs promise to refuse is refused, in a sentence that names the fix."""
    for message, call in {
        "must be 'train' or 'test'. Got 'eval'": lambda: solution["batchnorm_forward"](X, GAMMA, BETA, {"mode": "eval"}),
        "needs batches of m >= 2 examples. Got m = 1": lambda: solution["population_stats"](X, X, 1),
        "rmax >= 1 and dmax >= 0. Got rmax = 0.5": lambda: renorm(solution, rmax=0.5),
        "rmax >= 1 and dmax >= 0. Got rmax = 1.2 and dmax = -1": lambda: renorm(solution, dmax=-1),
    }.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            call()


# ---- training ------------------------------------------------------------------------------------------------------


def experiments(notebook):
    """What the cells print, and where the two nets train."""
    assert notebook.printed == "After your correction: 1.01, 1.00, 1.00\n"
    plain, normalized = notebook.names["plain"], notebook.names["normalized"]
    assert notebook.names["trained"](plain) == [1.0]
    assert notebook.names["trained"](normalized) == [1.0, 0.3, 0.1]


def training(solution):
    """What the text says about training holds for other seeds than the one that is drawn."""
    cell = next(cell for cell in course.load("a4_batch_norm").cells if "def train_step" in cell.source)
    for seed in range(4):
        exec(cell.source.replace("default_rng(4)", f"default_rng({seed})"), solution)
        train, run_net = solution["train"], solution["run_net"]
        (plain, plain_loss, plain_band), (net, loss, band) = train(1.0, False), train(1.0, True)
        x, y = solution["spiral"](600, np.random.default_rng(50))
        accuracy, plain_accuracy = ((run_net(n, x, "test")[0].argmax(axis=1) == y).mean() for n in (net, plain))
        assert accuracy > 0.94
        assert plain_accuracy > accuracy - 0.12
        assert np.diff(plain_loss[-75:]).std() < np.diff(loss[-75:]).std()
        assert np.ptp(plain_band[:, 1]) > 1.5 * np.ptp(band[:, 1])
        assert train(0.1, False)[1][-10:].mean() > 1.0 > 0.55 > train(0.1, True)[1][-10:].mean()
        alone = np.concatenate([run_net(net, row[None], "train")[0] for row in x]).argmax(axis=1)
        assert len(set(alone)) == 1


# ---- marks ---------------------------------------------------------------------------------------------------------


def half_a_forward_pass(prover):
    """A forward pass that knows training mode only, and keeps no statistics, earns about half of the marks."""

    def forward(x, gamma, beta, bn_param):
        centred = x - x.mean(axis=0)
        std = np.sqrt(np.mean(centred**2, axis=0) + bn_param.get("eps", 1e-5))
        return gamma * centred / std + beta, (centred / std, gamma, std)

    session = LocalSession(exchanged(prover.judge.namespace, {"batchnorm_forward": forward}))
    marks = {exercise.name: exercise.score for exercise in prover.judge.grade(session)}
    assert marks["batchnorm_forward"] == pytest.approx(2, abs=0.7)
