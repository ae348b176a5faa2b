# %% [markdown] slideshow={"slide_type": "slide"}
# # L6 · Batch normalization
#
# **Zero Mean**, lecture 6 of 9. Before it: L5, optimizers and schedules. After it:
# [assignment A4](../../assignments/a4_batch_norm/a4_batch_norm.ipynb), eight exercises, 22 marks.
#
# At the end you can
#
# * say what *covariate shift* is, when it hurts, and why it is only half of an explanation here,
# * write the forward pass, and see the backward pass as a **projection**,
# * say which statistics are used when, and what goes wrong when they are mixed up,
# * predict what batch norm does to scales, to learning rates, to depth, and to small batches,
# * tell which claims about it we could confirm on digits, and which not.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan (72 minutes).** Opening 2 · covariate shift 8 · internal shift 6 · whitening 6 · forward 8 · backward 9 ·
# test time 9 · fusion and images 4 · scale and rates 10 · placement and short cuts 6 · small batches 2 · claims 2.
#
# Run all cells before the class (under a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out whitening's demo and the histogram of skewness.

# %% slideshow={"slide_type": "skip"}
import autograd.numpy as np
import matplotlib.pyplot as plt
from autograd import grad
from zeromean import digits
from zeromean.training import nets
from zeromean.style import BLACK, BLUE, ORANGE, SKY, VERMILION, show, use
from zeromean.tables import Table
from zeromean.training.loop import descent, train

use()
rng = np.random.default_rng(6)
data = digits.load()

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · Covariate shift
#
# Two domains. The rule that makes $y$ from $x$ is **the same**, $P_1(Y|X) = P_2(Y|X)$; only the inputs differ,
# $P_1(X) \ne P_2(X)$ (Shimodaira 2000).
#
# A model $P_\theta(Y|X)$ is fitted by maximum likelihood. It spends its few parameters where the data are dense.
#
# **Predict.** $y = \sin(1.5x) + 0.3x$ in both domains, and we fit a straight line in each. Inputs near $-1$ in the first,
# near $1.5$ in the second. Do the two lines have the same slope? The same sign of the slope?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import covariate_shift

covariate_shift.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** The rule never changes, and yet the best lines do: they even have slopes of opposite
# sign. Fitted on one domain, a line is wrong on the other.


# %% slideshow={"slide_type": "subslide"}
def slopes(rule, seeds=10):
    """Return slopes (seeds, 2) of lines fitted to `rule` in both domains."""
    found = []
    for seed in range(seeds):
        draw = np.random.default_rng(seed)
        for mean in (-1.0, 1.5):
            x = draw.normal(mean, 0.6, 500)
            found.append(np.polyfit(x, rule(x) + 0.1 * draw.normal(size=500), 1)[0])
    return np.array(found).reshape(seeds, 2)


# %% slideshow={"slide_type": "subslide"}
bent = slopes(lambda x: np.sin(1.5 * x) + 0.3 * x)
straight = slopes(lambda x: 1 + 0.3 * x)
Table(
    ["the rule is", "slope, domain 1", "slope, domain 2"],
    [
        [
            name,
            *(
                f"{m:.3f} ± {s:.3f}"
                for m, s in zip(each.mean(axis=0), each.std(axis=0))
            ),
        ]
        for name, each in {"sin(1.5x) + 0.3x": bent, "1 + 0.3x": straight}.items()
    ],
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The second row is the half that slides leave out: when the model **can** express the rule, the shift changes nothing.
# Covariate shift hurts through *misspecification*, through a model too simple for the truth.
#
# A layer of a network is such a model: it never fits what is asked of it exactly.

# %% [markdown] slideshow={"slide_type": "notes"}
# 8 minutes with the demo. Move the two means together and apart. Then choose the model "the true form": the two fits
# agree, wherever the means are. Importance weights repair a line only where the domains overlap. The class fits these
# lines again in A7 (`covariate_shift_fit`).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 2 · The same story inside a network
#
# Ioffe & Szegedy (2015) read a network as a chain, $X_i \to X_{i+1}$ by $P(X_{i+1} | X_i)$:
#
# 1. Layer $i+1$ learns on inputs that layer $i$ makes.
# 2. Every SGD step changes layer $i$, so $P(X_i)$ moves: **internal covariate shift**.
# 3. The best parameters of layer $i+1$ move with it. Learning a moving target is slow.
#
# The plan: hold the distribution of $X_i$ still.
#
# **Predict.** Four layers of 100 ReLU units, 100 steps of rate 0.05. By how many of its initial standard deviations does
# the mean input of a unit in the last hidden layer move? And with batch norm?


# %% slideshow={"slide_type": "subslide"}
def before_and_after(norm, seed):
    """Return what enters the last ReLU (500, 100), before and after 100 steps."""
    net, split = nets.Net((64, 100, 100, 100, 100, 10), norm=norm), digits.load(seed)
    start = nets.init(net, np.random.default_rng(seed))
    end = train(net, split.x, split.t, lr=0.05, steps=100, seed=seed)
    passes = (start, (end.params, end.state))
    return [
        nets.forward(net, *each, split.x_test, training=True)[1].pre[-1]
        for each in passes
    ]


# %% slideshow={"slide_type": "subslide"}
def drift(first, last):
    """Return how far means move, in initial std, and how answers correlate."""
    moved = np.mean(abs(last.mean(axis=0) - first.mean(axis=0)) / first.std(axis=0))
    alike = np.mean(
        [np.corrcoef(first[:, j], last[:, j])[0, 1] for j in range(first.shape[1])]
    )
    return moved, alike


inputs = {
    norm: [before_and_after(norm, seed) for seed in range(3)]
    for norm in ("none", "batch")
}
drifts = {
    norm: np.mean([drift(*pair) for pair in pairs], axis=0)
    for norm, pairs in inputs.items()
}

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
figure, axes = plt.subplots(1, 2, sharey=True)
for axis, (norm, name) in zip(
    axes, {"none": "plain", "batch": "with batch norm"}.items()
):
    first, last = inputs[norm][0]
    unit = int(
        np.argsort(abs(last.mean(axis=0) - first.mean(axis=0)) / first.std(axis=0))[50]
    )
    edges = np.linspace(*((-1, 2) if norm == "none" else (-3, 3)), 41)
    for values, color, label in (
        (first, SKY, "before training"),
        (last, VERMILION, "after 100 steps"),
    ):
        axis.hist(
            values[:, unit], edges, density=True, color=color, alpha=0.6, label=label
        )
    axis.set(title=name, xlabel="input of one unit")
axes[0].set_ylabel("density over 500 images")
axes[0].legend()
show(
    figure,
    alt="Histograms of the input of the unit with the median drift. Plain: in 100 steps the histogram moves "
    "and widens. With batch norm: the two histograms lie on top of each other.",
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
Table(
    [
        "network",
        "the mean moves by",
        "correlation of a unit's answers, before and after",
    ],
    [
        [name, f"{drifts[norm][0]:.3f} std", f"{drifts[norm][1]:.2f}"]
        for norm, name in {"none": "plain", "batch": "batch norm"}.items()
    ],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** The first column is the success that is usually told: more than a hundred times less
# drift. But it is so *by construction*: batch norm sets the mean, so the mean cannot move, except through $\beta$.
#
# The second column is the limit of the story. Which image excites the unit changes **about as much** with batch norm as
# without. Two moments hold still, the representation does not; nor should it, it is learning.
#
# Santurkar et al. (2018) go further: with noise added *after* batch norm, so that the distributions shift more than in a
# plain network, training is still fast. We keep the story as the idea that led to the method, and look for better
# reasons in section 7.

# %% [markdown] slideshow={"slide_type": "notes"}
# 6 minutes. The honest sentence for the board: "batch norm stops the shift of two numbers per unit". Arpit's conclusion
# slide says that removing the shift *leads to* faster convergence. Ask how one could tell cause from company.
# We have not re-run Santurkar's experiment.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · From whitening to batch norm
#
# Input with mean 0 and covariance $I$ is best for SGD (L2; LeCun et al. 1998). So whiten every layer, at every step?
#
# | the wish | the trouble | the compromise |
# |---|---|---|
# | fix the whole distribution | infeasible | fix its first two moments |
# | over all data | a pass over the data for every step | over the **minibatch** |
# | decorrelate | a $D \times D$ inverse root, and its derivative | each unit **by itself** |
#
# (the chain of arguments on Arpit's page 15; Ioffe & Szegedy 2015, section 3)
#
# **Predict.** 100 units, a batch of 64. What is the rank of their covariance matrix?

# %% slideshow={"slide_type": "subslide"}
hidden = inputs["none"][0][1][:64]  # 64 images, 100 units
rank = np.linalg.matrix_rank(np.cov(hidden.T, bias=True))
units = hidden.shape[1]
print(f"rank {rank} of {units}: a batch of 64 cannot be whitened in {units} dimensions")
print(
    f"numbers to estimate: {units + units * (units + 1) // 2} for whitening, "
    f"{2 * units} for batch norm"
)

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import whitening

whitening.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** When the principal axes lie along the coordinate axes, batch norm *is* whitening. It is
# furthest from it when they lie at 45°: both variances are already equal, and dividing by them changes nothing
# (Arpit, page 16).

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Forward
#
# A batch $x$ of $N$ rows and $D$ columns; everything happens in each column $j$ by itself
# (Ioffe & Szegedy 2015, algorithm 1):
#
# $$\mu_j = \frac1N \sum_i x_{ij} \qquad \sigma_j^2 = \frac1N \sum_i (x_{ij} - \mu_j)^2 \qquad
# \hat x_{ij} = \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}} \qquad y_{ij} = \gamma_j \hat x_{ij} + \beta_j$$
#
# Conventions of this course: $1/N$, not $1/(N-1)$; $\varepsilon = 10^{-5}$ **inside** the root; $\gamma = 1$, $\beta = 0$ at the start.


# %% slideshow={"slide_type": "fragment"}
def normalize(x, eps=1e-5):
    """Give every column of the batch x (N, D) or (N,) the mean 0 and the variance 1."""
    centred = x - np.mean(x, axis=0)
    return centred / np.sqrt(np.mean(centred**2, axis=0) + eps)


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict** the output of `normalize` for (a) one example, (b) two examples, (c) a constant column,
# (d) a column around 10 000, in float32, when the variance is computed as $E[x^2] - E[x]^2$.

# %% slideshow={"slide_type": "fragment"}
print("(a) one example   ", normalize(np.array([3.7])))
print(
    "(b) two examples  ",
    normalize(np.array([3.7, 3.9])).round(2),
    normalize(np.array([-50.0, 0])).round(2),
)
print("(c) constant      ", normalize(np.full(4, 3.7)).round(6))
far = (1e4 + rng.standard_normal(64)).astype(np.float32)
one_pass = float(np.mean(far**2) - np.mean(far) ** 2)
two_pass = float(np.mean((far - np.mean(far)) ** 2))
print(
    f"(d) float32 variance: one pass {one_pass:.3f}, two passes {two_pass:.3f}, "
    f"truth {far.astype(float).var():.3f}"
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# (a) 0, whatever the example, so the output is $\beta$; (b) always $-1$ and $+1$; (c) 0, and $\varepsilon$ is why it is not 0/0;
# (d) cancellation eats all digits. Subtract the mean first.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Quiz 13 · What if mean 0 and variance 1 are too hard a constraint?
#
# Then the network learns them away: $\gamma$ and $\beta$ can give back what was taken. X. He's slide *Extra capacity* (and
# the same slide of Lecture 7) says that $\gamma = \sigma$, $\beta = \mu$ recovers the identity. **Predict**: exactly?

# %% slideshow={"slide_type": "fragment"}
rows = []
for sigma in (1.0, 0.1, 0.01, 0.001):
    x = sigma * rng.standard_normal(1000)
    errors = [
        np.max(abs(gamma * normalize(x) + x.mean() - x)) / np.max(abs(x))
        for gamma in (x.std(), np.sqrt(x.var() + 1e-5))
    ]
    rows.append([sigma, *errors])
Table(
    ["σ of x", "error with γ = σ", "error with γ = √(σ² + ε)"],
    [[sigma, f"{slip:.1e}", f"{right:.1e}"] for sigma, slip, right in rows],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **A slip in the slides.** $\gamma = \sigma$ is the identity only for $\varepsilon = 0$. With a spread of 0.001 it misses by about 70 %;
# $\gamma = \sqrt{\sigma^2 + \varepsilon}$ is exact.
#
# **Why have $\gamma$ and $\beta$ at all, then?** The scale is now *one number that SGD can move*, and no longer the joint doing of all
# weights of all earlier layers.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Unit Gaussian activations?
#
# X. He's slide *Normalize the inputs to a layer* promises them by $\hat x = (x - E[x]) / \sqrt{\mathrm{Var}[x]}$.
#
# **Predict.** A column of exponential numbers goes through batch norm. Is it Gaussian afterwards?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
skewed = rng.exponential(size=20000)
after = normalize(skewed)
skewness = float(np.mean(after**3))
figure, axis = plt.subplots(figsize=(7, 2.8))
edges = np.linspace(-3, 5, 81)
axis.hist(
    after, edges, density=True, color=SKY, label="exponential numbers after batch norm"
)
axis.plot(
    edges,
    np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi),
    color=BLACK,
    linestyle="--",
    label="Gaussian",
)
axis.set(
    xlabel="value",
    ylabel="density",
    title=f"mean 0, variance 1, skewness still {skewness:.1f}",
)
axis.legend()
show(
    figure,
    alt="Histogram of exponential numbers after batch norm: a sharp edge at -1 and a long tail, nothing "
    "like the bell curve drawn over it.",
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# Two moments, no more. Lecture 7 has the same slide with zero mean and unit variance in its words, which is right.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Quiz 14 · Why does the bias stand outside?
#
# A normalized layer is $\gamma_j \dfrac{w_j^T x - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}} + \beta_j$ (Arpit, page 17). **Predict** the gradient of a
# bias $b_j$ inside, $w_j^T x + b_j$.

# %% slideshow={"slide_type": "fragment"}
net = nets.Net(
    (64, 100, 100, 10), norm="batch"
)  # our nets keep a bias before the batch norm, for this experiment
params, state = nets.init(net, rng)
_, grads, _ = nets.loss_and_grad(net, params, state, data.x[:64], data.t[:64])
print(
    f"largest gradient of b {abs(grads['b0']).max():.1e}, "
    f"of beta {abs(grads['beta0']).max():.1e}"
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# $b_j$ moves $\mu_j$ by the same amount and is taken away again; only rounding is left of its gradient. So leave it out:
# $\beta_j$ does its work, after the normalization.

# %% [markdown] slideshow={"slide_type": "notes"}
# 8 minutes for section 4. (b) is worth a pause: with two examples, only the *order* of the two survives. It returns in
# section 9. Quiz 13 and 14 are written questions of A4.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 5 · Backward
#
# $x_{ij}$ reaches the loss on three paths: directly, through $\mu_j$, and through $\sigma_j^2$.
# With $g = \gamma \odot \dfrac{\partial L}{\partial y}$ and averages over the batch,
#
# $$\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \Big(
# \underbrace{g}_{\text{direct}} \;-\; \underbrace{\overline{g}}_{\text{through } \mu} \;-\;
# \underbrace{\hat x \; \overline{g \, \hat x}}_{\text{through } \sigma^2} \Big)$$
#
# (the six derivatives of Ioffe & Szegedy 2015, section 3, put together; Huang's slide 18 shows them as a picture)
#
# **Predict.** Leave one path out. Which sums over the batch stop being zero?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import bn_graph

bn_graph.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** Without the mean's path, $\sum_i dx_i \ne 0$. Without the variance's path,
# $\sum_i dx_i \hat x_i \ne 0$. Each of the wrong versions is far from the numerical gradient; A4 compares yours
# with exact derivatives.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The formula is a projection
#
# Add 5 to a column: the output stays. Double the column: the output stays ($\varepsilon = 0$). So the gradient must have no
# part along $\mathbf 1$ and no part along $\hat x$. **The way back removes from $g$ what a straight-line fit on $\hat x$ explains**:

# %% slideshow={"slide_type": "fragment"}
x, g = rng.standard_normal(8), rng.standard_normal(8)
# by autograd, so without a formula of ours:
dx = grad(lambda x: np.sum(g * normalize(x, eps=0)))(x)
line = np.polyfit(normalize(x, eps=0), g, 1)
residual = g - np.polyval(line, normalize(x, eps=0))
projection_error = np.max(abs(dx - residual / x.std()))
print(f"autograd and residual/std differ by {projection_error:.1e}")
print(
    f"sum of dx {dx.sum():.1e}, sum of dx * xhat {np.sum(dx * normalize(x, eps=0)):.1e}"
)

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
plane = np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt(
    [[2], [6]]
)  # two directions orthogonal to (1, 1, 1)
x3, g3 = np.array([0.2, 1.0, 2.6]), np.array([0.5, -1.3, 0.9])
xhat3 = normalize(x3, eps=0)
back = g3 - np.polyval(np.polyfit(xhat3, g3, 1), xhat3)
turn = np.linspace(0, 2 * np.pi, 200)
circle = np.sqrt(3) * np.array([np.cos(turn), np.sin(turn)])
figure, axis = plt.subplots(figsize=(7, 4))
axis.plot(*circle, color=BLACK, linewidth=1, label="all normalized batches of three")
axis.plot(
    [0, (plane @ xhat3)[0]],
    [0, (plane @ xhat3)[1]],
    color=SKY,
    linestyle="--",
    label="direction of x̂",
)
centred = g3 - g3.mean()
for vector, color, label in (
    (centred, ORANGE, "g without its mean"),
    (back, BLUE, "dx · std, along the circle"),
):
    arrow = {"color": color, "width": 2, "headwidth": 9}
    axis.annotate("", plane @ (xhat3 + vector), plane @ xhat3, arrowprops=arrow)
    axis.plot([], [], color=color, linewidth=3, label=label)
axis.plot(*(plane @ xhat3), "o", color=BLACK, label="x̂")
axis.set(
    aspect="equal",
    xlim=(-2.6, 6),
    ylim=(-3.2, 2),
    xlabel="first direction",
    ylabel="second direction",
)
axis.legend(loc="upper right")
show(
    figure,
    alt="In the plane orthogonal to (1, 1, 1), normalized batches of three lie on a circle. The upstream "
    "gradient points off the circle; what batch norm lets back is its part along the circle.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why bother? What if we hold μ and σ constant on the way back?
#
# Ioffe & Szegedy (2015, section 2) give a case of one bias. The layer adds $b$ and removes the mean; the gradient step
# forgets that the mean depends on $b$. **Predict** the loss and $b$ after 100 steps.

# %% slideshow={"slide_type": "fragment"}
u, target, b = rng.standard_normal(64), 1.0, 0.0
history = []
for _ in range(100):
    out = (u + b) - np.mean(u + b)
    history.append((0.5 * np.mean((out - target) ** 2), b))
    b = b - 0.1 * np.mean(out - target)  # as if the mean were a constant
print(
    f"loss {history[0][0]:.4f} -> {history[-1][0]:.4f}, "
    f"b {history[0][1]:.1f} -> {history[-1][1]:.1f}"
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The loss does not move; $b$ walks away for ever. The true gradient of $b$ is 0. Normalizing the data *and forgetting it on
# the way back* is a different, broken method.

# %% [markdown] slideshow={"slide_type": "notes"}
# 9 minutes. The projection is the picture to take home: the same one comes back in L8 for weight normalization, where the
# gradient is orthogonal to the weight vector. A4 gives 4 marks for the backward pass; it is checked against exact
# derivatives, so a "nearly right" gradient is found.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Test time
#
# In training, an example's output depends on who else is in the batch. At test time it must not. So use fixed numbers:
#
# | which | mean | variance |
# |---|---|---|
# | **paper** (algorithm 2) | $E_B[\mu_B]$ | $\frac{m}{m-1} E_B[\sigma_B^2]$, over many batches, after training |
# | **practice** (Huang, slide 19) | $E \leftarrow \alpha \mu_B + (1 - \alpha) E$ | the same with $\sigma_B^2$, while training |
#
# **Which side does $\alpha$ stand on?** Here, and in Huang's slides, it weights the **new** batch: $\alpha = 0.1$. PyTorch's
# `momentum=0.1` means the same (with the unbiased variance). CS231n's and Keras' `momentum=0.9` weights the **old** value.

# %% slideshow={"slide_type": "subslide"}
reached = {
    alpha: [1 - (1 - alpha) ** steps for steps in (1, 10, 120)]
    for alpha in (0.001, 0.01, 0.1, 0.9)
}
Table(
    ["share of the way", "after 1 step", "10 steps", "120 steps"],
    [[f"α = {a}", *(f"{share:.1%}" for share in row)] for a, row in reached.items()],
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# The average starts at mean 0 and variance 1, not at the truth: after $T$ batches it has gone $1 - (1 - \alpha)^T$ of the way.
#
# **Predict.** A trained network with batch norm scores 500 test images, one at a time, and somebody forgot to switch to
# test mode. And in batches of one class each?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import trap_at_test_time

trap_at_test_time.demo()

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
trap = trap_at_test_time
accuracies = {
    "running statistics, α = 0.1": trap.accuracy(trap.RUNNING, "all 500"),
    "training mode, one at a time": trap.accuracy(trap.TRAINING, "alone"),
    "training mode, one class at a time": trap.accuracy(trap.TRAINING, "one class"),
    "running statistics, α = 0.001": trap.accuracy(trap.RUNNING, "all 500", 0.001),
    "running statistics never updated": trap.accuracy(trap.RUNNING, "all 500", 0.0),
    "α on the wrong side (0.9)": trap.accuracy(trap.RUNNING, "all 500", 0.9),
    "the standard deviation kept as the variance": trap.accuracy(trap.WRONG, "all 500"),
}
Table(
    ["one network, 120 steps of batch 32", "test accuracy"],
    [[k, f"{v:.1%}"] for k, v in accuracies.items()],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** Two mistakes end at chance and are noticed at once. The other four cost from 3 to 22 points, and
# the network still "works": nobody notices who does not look at the numbers. That is why A4 compares your running
# statistics and not an accuracy.
#
# ### And the factor m/(m − 1)?
#
# **Predict.** Batches of $m$ numbers with variance 1. What is the average of their (biased) variances for $m = 2$?

# %% slideshow={"slide_type": "fragment"}
biased = {
    m: rng.standard_normal((100_000, m)).var(axis=1).mean() for m in (2, 4, 8, 32)
}
Table(
    ["m", "mean variance of a batch", "(m - 1)/m"],
    [[m, f"{value:.3f}", f"{(m - 1) / m:.3f}"] for m, value in biased.items()],
)

# %% [markdown] slideshow={"slide_type": "notes"}
# 9 minutes. In the demo: preset "Forgot test mode", then "A batch of one class", and watch the one image: in bad company it is
# sure of a wrong digit. At m = 32 the bias is 3 % and never shows in an accuracy.

# %% [markdown] slideshow={"slide_type": "slide"}
# ### At test time it is a straight line
#
# With fixed statistics, batch norm multiplies and adds. A linear layer followed by it is again **one linear layer**
# (X. He, *Test time*). Proof without algebra: feed in zero and the unit vectors, and read off its bias and its weights.

# %% slideshow={"slide_type": "fragment"}
step, _ = trap_at_test_time.trained(0)
state = trap_at_test_time.averaged(0.1, 0)


def layer_and_norm(x):
    """Return the first trained layer and its batch norm, in test mode."""
    a = x @ step.params["W0"] + step.params["b0"]
    return (
        step.params["gamma0"] * (a - state["mean0"]) / np.sqrt(state["var0"] + 1e-5)
        + step.params["beta0"]
    )


# %% slideshow={"slide_type": "subslide"}
bias = layer_and_norm(np.zeros((1, 64)))
weights = layer_and_norm(np.eye(64)) - bias
fusion_error = np.max(abs(data.x_test @ weights + bias - layer_and_norm(data.x_test)))
print(f"one linear layer gives the same to {fusion_error:.1e}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# So batch norm costs **nothing** at test time. A4 asks for `weights` and `bias` as formulas, for linear and for
# convolutional layers.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Quiz 17 · And for images?
#
# A convolution treats every place alike, so batch norm must too: **every pixel is a sample** (Ioffe & Szegedy 2015, section
# 3.2). **Predict.** A batch of 32 feature maps, $(N, C, H, W) = (32, 64, 28, 28)$: how many means, each over how many
# numbers?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import axes_cube

axes_cube.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# 64 means, shape $1 \times C \times 1 \times 1$, each over $32 \cdot 28 \cdot 28 = 25\,088$ numbers. The other ways to cut the cube are
# the subject of L7.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7 · Why does it help? The scale of the weights no longer matters
#
# $$\mathrm{BN}(cWx) = \mathrm{BN}(Wx) \qquad \frac{\partial L}{\partial (cW)} = \frac1c \frac{\partial L}{\partial W}$$
#
# (Ioffe & Szegedy 2015, section 3.3; Arpit, page 19)
#
# **Predict.** All weights before a batch norm times 10. The output, the gradient, and the angle by which one step of the
# same rate turns the weights: times what?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import scale_knob

scale_knob.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** Output: unchanged. Gradient: a tenth. Angle: a **hundredth**, because a smaller step meets
# longer weights. What counts is $\eta / \|w\|^2$, and batch norm manages it:

# %% slideshow={"slide_type": "subslide"}
W, x, upstream = (
    rng.standard_normal((20, 6)),
    rng.standard_normal((64, 20)),
    rng.standard_normal((64, 6)),
)


def gradient(W, eps=0.0):
    """Return the gradient of a loss of BN(xW) for the weights."""
    return grad(lambda W: np.sum(upstream * normalize(x @ W, eps)))(W)


shrinks = np.linalg.norm(gradient(W)) / np.linalg.norm(gradient(10 * W))
along = np.max(abs(np.sum(W * gradient(W), axis=0)))
flips = np.max(abs(normalize(x @ (-W)) + normalize(x @ W)))
off = np.linalg.norm(gradient(1e-3 * W, 1e-5)) / (1e3 * np.linalg.norm(gradient(W))) - 1
print(f"10 W: gradient {shrinks:.6f} times smaller; its part along W {along:.0e}")
print(f"c = -1: BN(-Wx) + BN(Wx) = {flips:.0e}, the sign flips")
print(f"c = 0.001 with eps = 1e-5: the 1/c law is off by {off:+.0%}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Two slips.** Arpit's page 19 leaves $c$ arbitrary: it needs $c > 0$, and it needs $c^2\sigma^2 \gg \varepsilon$.
#
# **A safety valve.** The gradient is orthogonal to $w$, so every step makes $\|w\|$ *longer*. Weights too short for the rate
# grow until $\eta / \|w\|^2$ is small enough. **Predict** the length after one step of rate 0.1 from a hundredth of He's weights.

# %% slideshow={"slide_type": "subslide"}
lengths = {}
for scale in (1.0, 0.1, 0.01):
    net = nets.Net((64, 100, 100, 100, 100, 10), norm="batch", scale=scale)
    start, _ = nets.init(net, np.random.default_rng(0))
    steps = descent(net, data.x, data.t, lr=0.1, rng=np.random.default_rng(0))
    weights = [start["W1"], *(step.params["W1"] for step, _ in zip(steps, range(30)))]
    lengths[scale] = [np.linalg.norm(W) for W in weights]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
figure, axis = plt.subplots()
for (scale, values), color, dash in zip(
    lengths.items(), (SKY, BLUE, VERMILION), ("-", "--", ":")
):
    axis.semilogy(
        values,
        color=color,
        linestyle=dash,
        marker="o",
        markersize=4,
        label=f"{scale:g} times He's weights",
    )
axis.set(
    xlabel="step of rate 0.1",
    ylabel="length of W, second layer",
    title="Weights that are too short grow at once",
)
axis.legend()
show(
    figure,
    alt="Length of a weight matrix before a batch norm over 30 steps, from three initial lengths. From 0.14 "
    "it jumps to 16 in the first step, from 1.4 to 2.3, and 14 stays; then all are level.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rates and initial weights
#
# **Predict.** Plain ReLU layers learn at rates up to about 1. Up to which rate with batch norm? With layer norm, which has
# a scale law too? And which of the three minds initial weights of a tenth of He's?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import rate_sweep

rate_sweep.demo()

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen.** At rate 3 only batch norm is left, above 90 %. At a tenth of He's weights the plain network
# stays at chance, and both normalized ones learn; at a hundredth, layer norm meets $\varepsilon$ and fails too.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The famous table, and ours
#
# Ioffe & Szegedy (2015), figure 3: Inception on ImageNet, steps to 72.2 % and best accuracy, at 1, 5 and 30 times the rate.
# Ours: four layers of 100 on digits, steps to 95 %, base rate 0.05, eight seeds.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
published = {
    "plain": ("31.0 M", "72.2 %"),
    "BN": ("13.3 M", "72.7 %"),
    "BN-x5": ("2.1 M", "73.0 %"),
    "BN-x30": ("2.7 M", "74.8 %"),
    "BN-x5-sigmoid": ("never", "69.8 %"),
}
race = {
    name: (middle, low, high, best)
    for name, middle, low, high, best in rate_sweep.race_table()
}


def steps_in_words(middle, low, high):
    """Return 'median [smallest, largest]' with 'never' for infinity."""
    words = [
        f"{value:.0f}" if np.isfinite(value) else "never"
        for value in (middle, low, high)
    ]
    return words[0] if words[0] == "never" else f"{words[0]} [{words[1]}, {words[2]}]"


Table(
    ["run", "Inception: steps", "best", "digits: steps, median [range]", "best"],
    [
        [
            name,
            *published.get(name, ("", "")),
            steps_in_words(*row[:3]),
            f"{row[3]:.1%}",
        ]
        for name, row in race.items()
    ],
)

# %% slideshow={"slide_type": "subslide"}
same_rate = race["plain"][0] / race["BN"][0]
own_best = race["plain-x5"][0] / race["BN-x30"][0]
print(
    f"steps, plain / batch norm, same rate: published {31.0 / 13.3:.1f}, "
    f"ours {same_rate:.1f}"
)
print(
    f"plain / the fastest: published {31.0 / 2.1:.1f}, "
    f"ours {race['plain'][0] / race['BN-x30'][0]:.1f}"
)
print(f"each at its own best rate, ours {own_best:.1f}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Read it with care.** The ordering is that of the paper: batch norm is faster, faster still at 5 and 30 times the rate, and it
# makes sigmoids trainable. But
#
# * the published factor is mostly the **rate**: at one and the same rate it is 2.3, and ours is about 2;
# * a plain Inception diverged at five times the rate (section 4.2 of the paper); our plain net *gains* from it. Each at its
#   own best rate, a factor of about 2 is left here;
# * our sigmoid net does reach 95 %: four layers are not Inception. Without batch norm it stays near chance;
# * with 500 test images, read nothing into differences of a point or two in the last column.

# %% [markdown] slideshow={"slide_type": "notes"}
# 10 minutes for section 7. In the sweep, drag the rate on the picture. Ask: which two numbers in the published table come from
# the same rate? (Inception and BN-Baseline.) That pair, a factor 2.3, is the effect of batch norm alone.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Noise, and quiz 16
#
# An example gets **another code in every batch**: noise, which may regularize ("works like dropout", Huang, slide 22).
# **Predict.** How does the scatter of one unit's answer to *one* image depend on the batch size?

# %% slideshow={"slide_type": "fragment"}
pool, image = inputs["none"][0][1][:, 7], 0  # one unit, 500 images
scatter = {}
for size in (4, 16, 64):
    answers = []
    for _ in range(400):
        others = rng.choice(np.arange(1, 500), size - 1, replace=False)
        answers.append(normalize(pool[np.append(image, others)])[0])
    scatter[size] = np.std(answers)
print({size: f"{value:.3f}" for size, value in scatter.items()})
batch = rng.standard_normal(64)
same_code = np.max(abs(normalize(batch) - normalize(3 * batch + 5)))
print(f"a batch and the same batch times 3 plus 5: codes differ by {same_code:.0e}")

# %% [markdown] slideshow={"slide_type": "subslide"}
# About $1/\sqrt N$: four times the batch, half the scatter. And the puzzle on Arpit's page 19 is real: $x$ and $3x + 5$, two
# *different* examples, in two batches that differ in the same way, get **one code**. What batch norm takes away can only be
# told from the rest of the batch. At test time, with fixed statistics, they are two again.
#
# Whether this noise *helps* generalization we have not measured, so we do not claim it.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8 · Where to put it
#
# ### Quiz 15 · Why before the nonlinearity?
#
# Arpit's hint: Gaussianity. A sum of many terms, $w^T x$, is closer to a Gaussian than what ReLU leaves of it, so that two
# moments say more about it. **Predict** the skewness (0 for a Gaussian) before and after ReLU.


# %% slideshow={"slide_type": "fragment"}
def skew(values):
    """Return the mean over units of |E[z^3]| of standardized columns."""
    return float(np.mean(abs(np.mean(normalize(values) ** 3, axis=0))))


net = nets.Net((64, 100, 100, 100, 10))
_, trace = nets.forward(net, *nets.init(net, np.random.default_rng(1)), data.x)
alive = [np.mean(a > 0, axis=0) > 0.05 for a in trace.pre]
skews = [
    (skew(a[:, on]), skew(np.maximum(a[:, on], 0))) for a, on in zip(trace.pre, alive)
]
# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
Table(
    ["skewness, layer", "before ReLU", "after ReLU"],
    [[i, f"{a:.2f}", f"{b:.2f}"] for i, (a, b) in enumerate(skews, start=1)],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Huang's slide 20 gives a rule: *after* the nonlinearity in shallow nets (fewer than 11 layers), *before* it in deep ones.
# **Predict** what we find for ReLU, tanh and sigmoid.

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import placement

placement.demo()

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
middle = {
    (act, place): np.median(placement.finals(act, place), axis=1)
    for act in placement.ACTS
    for place in placement.PLACES
}
ratio = {act: middle[act, "pre"] / middle[act, "post"] for act in placement.ACTS}
Table(
    [
        "loss before / loss after, rate 0.3",
        *(f"{depth} layers" for depth in placement.DEPTHS),
    ],
    [[act, *(f"{value:.2f}" for value in values)] for act, values in ratio.items()],
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
best = {
    (act, place): placement.best(act, place)
    for act in placement.ACTS
    for place in placement.PLACES
}
Table(
    ["20 layers, best of four rates", "loss, before", "loss, after"],
    [
        [
            act,
            *(
                "{:.2f} (rate {:g})".format(*best[act, place])
                for place in placement.PLACES
            ),
        ]
        for act in placement.ACTS
    ],
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What you should have seen.** For ReLU the rule shows: above 1 in shallow nets, below 1 at 20 layers, also at the best rate.
# For tanh and sigmoid it does not: at its own best rate, "after" wins at 20 layers too. (The first table alone would have
# misled us about tanh. To compare two methods at one rate is to compare rates.)
#
# The reason on the slide, *half of the units are active*, holds: with batch norm before ReLU every unit is on for about half
# of the images; without it many are nearly always on or off.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### With short cuts
#
# The two blocks of Huang's slide 21, both by He et al. (The first is from CVPR **2016**; the slide says 2015.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
figure, axes = plt.subplots(1, 2, figsize=(7, 3.4))
blocks = {
    "residual block (CVPR 2016)": ["W", "BN", "ReLU", "W", "BN", "+", "ReLU"],
    "pre-activation block (ECCV 2016)": ["BN", "ReLU", "W", "BN", "ReLU", "W", "+"],
}
for axis, (title, parts) in zip(axes, blocks.items()):
    for i, part in enumerate(parts):
        color = {"W": SKY, "BN": ORANGE, "ReLU": "#cccccc", "+": "white"}[part]
        axis.text(
            0,
            -i,
            part,
            ha="center",
            va="center",
            bbox={"boxstyle": "round,pad=0.35", "facecolor": color},
        )
    stop = -parts.index("+")
    axis.plot([0, 0], [1, -len(parts)], color=BLACK, linewidth=1, zorder=0)
    axis.plot([0, 0.8, 0.8, 0.15], [0.7, 0.7, stop, stop], color=BLUE, linewidth=2.5)
    axis.set(title=title, xlim=(-1.2, 1.4), ylim=(-len(parts) - 0.2, 1.2))
    axis.title.set_fontsize(10)
    axis.axis("off")
show(
    figure,
    alt="Two blocks from top to bottom. Residual: W, BN, ReLU, W, BN, plus, ReLU; the short cut joins at the "
    "plus. Pre-activation: BN, ReLU, W, BN, ReLU, W, plus; nothing stands on the short cut.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict.** 20 blocks, He's initial weights, no batch norm: how large is the signal after the last block? What does
# batch norm do to it? And is batch norm *without* a short cut enough for 41 layers?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import residual_block

residual_block.demo()

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
names = {"plain": "no short cut", "residual": "residual", "preact": "pre-activation"}
words = {"none": "no norm", "batch": "batch norm"}
signal = {(k, n): float(residual_block.stream(k, n)[-1]) for k in names for n in words}
deep = {
    (k, n): float(np.median(residual_block.accuracies(k, n)[-1]))
    for k in names
    for n in words
}
Table(
    ["20 blocks, 41 layers", "size of the signal", "accuracy after 200 steps"],
    [
        [f"{names[k]}, {words[n]}", f"{signal[k, n]:.3g}", f"{deep[k, n]:.1%}"]
        for k in names
        for n in words
    ],
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# **What you should have seen.** A pre-activation block adds as much variance as it finds, so the variance doubles at each:
# exponential. With batch norm each block adds the *same* amount: 20 blocks give about $\sqrt{20}$. And batch norm alone is no cure for depth:
# look at its gradients, which *grow* towards the first layer. Short cut **and** batch norm train.

# %% [markdown] slideshow={"slide_type": "notes"}
# 6 minutes. The gradient picture of "Batch norm alone" surprises: in a plain stack batch norm multiplies the gradient at every
# layer (Yang et al. 2019 derive the factor). The short cut divides the problem away: block k is only 1/k of the stream.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9 · Where it fails
#
# * **Small batches.** Two numbers per unit, estimated from $N$ examples.
# * **Online learning**, one example at a time: the output is $\beta$, and nothing flows back.
# * **Recurrent nets**: which statistics, at which time step, for sequences of different length? (L7)
#
# **Predict.** Accuracy with batches of two. And of one?

# %% slideshow={"slide_type": "subslide"} tags=["hide-input"] jupyter={"source_hidden": true}
from zeromean.demos.l06_batch_norm import small_batches

small_batches.demo()

# %% slideshow={"slide_type": "subslide"}
net = nets.Net((64, 100, 100, 10), norm="batch")
_, grads, _ = nets.loss_and_grad(net, *nets.init(net, rng), data.x[:1], data.t[:1])
alone = max(
    abs(grads[name]).max() for name in grads if name not in ("W2", "b2", "beta1")
)
print("largest gradient below the last batch norm, one example:", alone)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] jupyter={"source_hidden": true}
small = {
    norm: np.median(small_batches.accuracies(norm), axis=1)
    for norm in small_batches.NORMS
}
Table(
    ["batch size", *map(str, small_batches.BATCHES)],
    [
        [small_batches.NORMS[norm], *(f"{value:.1%}" for value in small[norm])]
        for norm in small
    ],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# **What you should have seen** (compare within a column: larger batches make fewer steps in one epoch). At one example every
# gradient below a batch norm is exactly 0. At two, only *who is larger*
# survives. Batch renormalization (Ioffe 2017; the last exercise of A4) softens the fall, and normalizing *within* an example
# does not fall at all: L7.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | removing internal covariate shift speeds up training | Arpit, conclusion; Huang, slide 15 | two moments hold still; the representation moves as before. Not shown to be the cause |
# | $\gamma = \sigma$ recovers the identity | X. He, *Extra capacity*; Lecture 7 | needs $\gamma = \sqrt{\sigma^2 + \varepsilon}$ |
# | activations become unit Gaussian | X. He, *Normalize the inputs* | two moments only |
# | $\mathrm{BN}(cWx) = \mathrm{BN}(Wx)$ for any $c$ | Arpit, page 19 | for $c > 0$, and $c^2\sigma^2 \gg \varepsilon$ |
# | allows large learning rates, robust to initial weights | all | holds, strongly |
# | after ReLU below 11 layers, before it in deep nets | Huang, slide 20 | shows for ReLU, not for tanh and sigmoid at their best rates |
# | residual block, "CVPR 2015" | Huang, slide 21 | CVPR 2016 |
# | unstable for small batches, unfit for online learning | Huang, slide 23 | holds |
# | works like dropout | Huang, slide 22 | there is noise, about $1/\sqrt N$; whether it helps we have not measured |
# | zero overhead at test time | X. He, *Benefits* | holds: it fuses |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. Forward: centre, scale, then $\gamma$ and $\beta$; statistics per feature, over the batch.
# 2. Backward: **project out** $\mathbf 1$ and $\hat x$, divide by the standard deviation.
# 3. Training and test mode are two functions. Mixing them up is the classic bug.
# 4. The scale of the weights stops mattering; the rate that counts is $\eta / \|w\|^2$.
# 5. It needs a batch worth the name.
#
# **Now you**: [A4](../../assignments/a4_batch_norm/a4_batch_norm.ipynb). Start with `batchnorm_forward`; `check` tells at once
# what is wrong and which idea it looks like.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Sources
#
# * The lecture documents of the course: L. Huang, *Normalization techniques in training DNNs* (slides 15–25); D. Arpit,
#   *Normalization techniques* (pages 4–20); X. He, *CNNs II*; *Lecture 7, Training neural networks, part I*.
# * H. Shimodaira (2000), J. Statistical Planning and Inference 90. Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998),
#   *Efficient BackProp*.
# * S. Ioffe, C. Szegedy (2015), arXiv:1502.03167. S. Ioffe (2017), arXiv:1702.03275.
# * K. He, X. Zhang, S. Ren, J. Sun (2016), CVPR, arXiv:1512.03385; ECCV, arXiv:1603.05027.
# * S. Santurkar, D. Tsipras, A. Ilyas, A. Mądry (2018), arXiv:1805.11604. G. Yang et al. (2019), arXiv:1902.08129.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
