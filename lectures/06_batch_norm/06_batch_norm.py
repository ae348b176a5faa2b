# %% [markdown] slideshow={"slide_type": "slide"}
# # L6 · Batch normalization
#
# **Zero Mean**, lecture 6 of 9. Before it:
# [L5, optimizers and schedules](../05_optimizers/05_optimizers.ipynb). After it:
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
# **Time plan, 72 minutes.** Opening 2 · covariate shift 8 · internal shift 6 · whitening 6 · forward 8 · backward 9 ·
# test time 9 · fusion and images 4 · scale and rates 10 · placement and short cuts 6 · small batches 2 · claims 2.
#
# Run all cells before the class (under a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out whitening's demo.

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

# %% [markdown] slideshow={"slide_type": "slide"} covers="covariate-shift"
# ## 1 · Covariate shift hurts a model that is too simple
#
# Two domains. The rule that makes $y$ from $x$ is **the same**, $P_1(Y|X) = P_2(Y|X)$; only the inputs differ,
# $P_1(X) \ne P_2(X)$ (Shimodaira 2000).
#
# A model $P_\theta(Y|X)$ is fitted by maximum likelihood. It spends its few parameters where the data are dense.

# %% [markdown] slideshow={"slide_type": "subslide"}
# One rule, $y = \sin(1.5x) + 0.3x$, in both domains; inputs near $-1$ in the first, near $1.5$ in the second. **Then find** the
# model for which the shift does not matter.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** for hands: same slope, same sign, opposite sign? **Move** the two means together and apart; then
# choose "the true form" as the model. **Say:** the two fits now agree wherever the means are; weights repair a line only
# where the domains overlap. The class fits these lines again in A7.

# %% tags=["hide-input"] covers="figure-shift"
from zeromean.demos.l06_batch_norm import covariate_shift

covariate_shift.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The rule never changes, and yet the best lines do: they even have slopes of opposite
# sign. Fitted on one domain, a line is wrong on the other.

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict.** And if the rule itself is a straight line, $y = 1 + 0.3x$?


# %%
def slopes(rule, seeds=10):
    """Return slopes (seeds, 2) of lines fitted to `rule` in both domains."""
    found = []
    for seed in range(seeds):
        draw = np.random.default_rng(seed)
        for mean in (-1.0, 1.5):
            x = draw.normal(mean, 0.6, 500)
            found.append(np.polyfit(x, rule(x) + 0.1 * draw.normal(size=500), 1)[0])
    return np.array(found).reshape(seeds, 2)


bent = slopes(lambda x: np.sin(1.5 * x) + 0.3 * x)
straight = slopes(lambda x: 1 + 0.3 * x)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["the rule is", "slope, domain 1", "slope, domain 2"],
    [
        [name, *(f"{m:.3f} ± {s:.3f}" for m, s in zip(each.mean(axis=0), each.std(axis=0)))]
        for name, each in {"sin(1.5x) + 0.3x": bent, "1 + 0.3x": straight}.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The second row is the half that is often left out: when the model **can** express the rule, the shift changes nothing.
# Covariate shift hurts through *misspecification*, through a model too simple for the truth.
#
# A layer of a network is such a model: it never fits what is asked of it exactly.

# %% [markdown] slideshow={"slide_type": "slide"} covers="internal-covariate-shift"
# ## 2 · Inside a network, two moments hold still and the rest moves on
#
# Ioffe & Szegedy (2015) read a network as a chain, $X_i \to X_{i+1}$ by $P(X_{i+1} | X_i)$:
#
# 1. Layer $i+1$ learns on inputs that layer $i$ makes.
# 2. Every SGD step changes layer $i$, so $P(X_i)$ moves: **internal covariate shift**.
# 3. The best parameters of layer $i+1$ move with it. Learning a moving target is slow.
#
# The plan: hold the distribution of $X_i$ still.


# %%
def before_and_after(norm, seed):
    """Return what enters the last ReLU (500, 100), before and after 100 steps."""
    net, split = nets.Net((64, 100, 100, 100, 100, 10), norm=norm), digits.load(seed)
    start = nets.init(net, np.random.default_rng(seed))
    end = train(net, split.x, split.t, lr=0.05, steps=100, seed=seed)
    passes = (start, (end.params, end.state))
    x = split.x_test
    return [nets.forward(net, *p, x, training=True)[1].pre[-1] for p in passes]


def drift(first, last):
    """Return how far means move, in initial std, and how answers correlate."""
    moved = np.mean(abs(last.mean(axis=0) - first.mean(axis=0)) / first.std(axis=0))
    pairs = zip(first.T, last.T)
    return moved, np.mean([np.corrcoef(one, other)[0, 1] for one, other in pairs])


kinds, seeds = ("none", "batch"), range(3)
inputs = {kind: [before_and_after(kind, seed) for seed in seeds] for kind in kinds}
drifts = {kind: np.mean([drift(*p) for p in inputs[kind]], axis=0) for kind in kinds}

# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict.** Four layers of 100 ReLU units, 100 steps of rate 0.05. By how many of its initial standard deviations does
# the mean input of a unit in the last hidden layer move? And with batch norm?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
figure, axes = plt.subplots(1, 2, figsize=(8.4, 3.2), sharey=True)
for axis, (norm, name) in zip(axes, {"none": "plain", "batch": "with batch norm"}.items()):
    first, last = inputs[norm][0]
    unit = int(np.argsort(abs(last.mean(axis=0) - first.mean(axis=0)) / first.std(axis=0))[50])
    edges = np.linspace(*((-1, 2) if norm == "none" else (-3, 3)), 41)
    for values, color, label in ((first, SKY, "before training"), (last, VERMILION, "after 100 steps")):
        axis.hist(values[:, unit], edges, density=True, color=color, alpha=0.6, label=label)
    axis.set(title=name, xlabel="input of one unit")
axes[0].set_ylabel("density over 500 images")
axes[0].legend()
show(
    figure,
    alt="Histograms of the input of the unit with the median drift. Plain: in 100 steps the histogram moves "
    "and widens. With batch norm: the two histograms lie on top of each other.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="figure-hidden-chain"
# **Predict.** So the distribution holds still. Does each image still excite the same units?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["network", "the mean moves by", "correlation of a unit's answers, before and after"],
    [
        [name, f"{drifts[norm][0]:.3f} std", f"{drifts[norm][1]:.2f}"]
        for norm, name in {"none": "plain", "batch": "batch norm"}.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The first column is the success that is usually told: more than a hundred times less
# drift. But it is so *by construction*: batch norm sets the mean, so the mean cannot move, except through $\beta$.
#
# The second column is the limit of the story. Which image excites the unit changes **about as much** with batch norm as
# without. Two moments hold still, the representation does not; nor should it, it is learning.

# %% [markdown]
# Santurkar et al. (2018) go further: with noise added *after* batch norm, so that the distributions shift more than in a
# plain network, training is still fast. We keep the story as the idea that led to the method, and look for better
# reasons in section 7.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes** for section 2. **Ask** how one could tell a cause from company. **Say:** batch norm stops the shift of two
# numbers per unit. D. Arpit's slides conclude that removing the shift *leads to* faster convergence; that is not shown
# here. We have not re-run the experiment of Santurkar et al.

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-idea"
# ## 3 · Batch norm is whitening that one can afford
#
# Input with mean 0 and covariance $I$ is best for SGD (L2; LeCun et al. 1998). So whiten every layer, at every step?
#
# | the wish | the trouble | the compromise |
# |---|---|---|
# | fix the whole distribution | infeasible | fix its first two moments |
# | over all data | a pass over the data for every step | over the **minibatch** |
# | decorrelate | a $D \times D$ inverse root, and its derivative | each unit **by itself** |
#
# (Ioffe & Szegedy 2015, section 3, as told on page 15 of Devansh Arpit's slides *Normalization techniques*.)
#
# **Predict.** 100 units, a batch of 64. What is the rank of their covariance matrix?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
hidden = inputs["none"][0][1][:64]  # 64 images, 100 units
rank, units = np.linalg.matrix_rank(np.cov(hidden.T, bias=True)), hidden.shape[1]
Table(
    ["a batch of 64, 100 units", "rank of the covariance", "numbers to estimate"],
    [
        ["whitening", f"{rank} of {units}", units + units * (units + 1) // 2],
        ["batch norm", "each unit by itself", 2 * units],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# A long, thin cloud of points, at any angle. **Then find** where batch norm is as good as whitening, and where it is furthest
# from it.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** for the best and the worst angle. **Move** the angle slowly from 0° to 90°, then make the cloud
# thinner. **Say:** at 45° both variances are equal already, so there is nothing left to divide by.

# %% tags=["hide-input"] covers="figure-whitening"
from zeromean.demos.l06_batch_norm import whitening

whitening.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** With the principal axes along the coordinate axes, batch norm *is* whitening. It is
# furthest from it at 45°: both variances are equal already, and dividing by them changes nothing (Arpit, page 16).

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-forward"
# ## 4 · Forward: centre, scale, and give the scale back as a parameter
#
# A batch $x$ of $N$ rows and $D$ columns; everything happens in each column $j$ by itself
# (Ioffe & Szegedy 2015, algorithm 1):
#
# $$\mu_j = \frac1N \sum_i x_{ij} \qquad \sigma_j^2 = \frac1N \sum_i (x_{ij} - \mu_j)^2 \qquad
# \hat x_{ij} = \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}} \qquad y_{ij} = \gamma_j \hat x_{ij} + \beta_j$$
#
# Conventions of this course: $1/N$, not $1/(N-1)$; $\varepsilon = 10^{-5}$ **inside** the root; $\gamma = 1$, $\beta = 0$ at the start.


# %% tags=["show-code"]
def normalize(x, eps=1e-5):
    """Give every column of the batch x (N, D) or (N,) the mean 0 and the variance 1."""
    centred = x - np.mean(x, axis=0)
    return centred / np.sqrt(np.mean(centred**2, axis=0) + eps)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Four inputs to think through
#
# **Predict** the output of `normalize` for (a) one example, (b) two examples, (c) a constant column,
# (d) a column around 10 000, in float32, when the variance is computed as $E[x^2] - E[x]^2$.

# %%
def words(*column):
    """Return in words what `normalize` makes of a column."""
    found = normalize(np.array(column, float)) + 0.0  # no minus before a zero
    return ", ".join(f"{value:.2f}" for value in found)


# %% slideshow={"slide_type": "fragment"} tags=["answer"]
far = (1e4 + rng.standard_normal(64)).astype(np.float32)
one_pass = float(np.mean(far**2) - np.mean(far) ** 2)
two_pass = float(np.mean((far - np.mean(far)) ** 2))
truth = far.astype(float).var()
Table(
    ["input", "output"],
    [
        ["(a) 3.7", words(3.7)],
        ["(b) 3.7 and 3.9", words(3.7, 3.9)],
        ["(b) −50 and 0", words(-50, 0)],
        ["(c) 3.7, four times", words(3.7, 3.7, 3.7, 3.7)],
        ["(d) variance in one pass", f"{one_pass:.3f}; the truth is {truth:.3f}"],
        ["(d) variance in two passes", f"{two_pass:.3f}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# (a) 0, whatever the example, so the output is $\beta$; (b) always $-1$ and $+1$; (c) 0, and $\varepsilon$ is why it is not 0/0;
# (d) cancellation eats all digits. Subtract the mean first.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for section 4. **Ask** for (b) by hand. **Say:** with two examples, only their *order* survives; it returns
# in section 9. The two questions that follow, and why the bias stands outside, are written questions of A4.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-13"
# ### What if mean 0 and variance 1 are too hard a constraint?
#
# Then the network learns them away: $\gamma$ and $\beta$ can give back what was taken. Xuming He's slides *CNNs II: model
# training and optimization* say that $\gamma = \sigma$, $\beta = \mu$ recovers the identity. **Predict**: exactly?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
rows = []
for sigma in (1.0, 0.1, 0.01, 0.001):
    x = sigma * rng.standard_normal(1000)
    scales = (x.std(), np.sqrt(x.var() + 1e-5))
    missed = [np.max(abs(gamma * normalize(x) + x.mean() - x)) for gamma in scales]
    rows.append([sigma, *(miss / np.max(abs(x)) for miss in missed)])
Table(
    ["σ of x", "error with γ = σ", "error with γ = √(σ² + ε)"],
    [[sigma, f"{slip:.1e}", f"{right:.1e}"] for sigma, slip, right in rows],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="slip-16"
# **A slip in the slides.** $\gamma = \sigma$ is the identity only for $\varepsilon = 0$. With a spread of 0.001 it misses by about 70 %;
# $\gamma = \sqrt{\sigma^2 + \varepsilon}$ is exact.
#
# **Why have $\gamma$ and $\beta$ at all, then?** The scale is now *one number that SGD can move*, no longer the joint doing of
# all weights of all earlier layers.

# %% [markdown] slideshow={"slide_type": "skip"} covers="slip-17"
# ### Unit Gaussian activations?
#
# Xuming He's slide *Normalize the inputs to a layer* promises them by $\hat x = (x - E[x]) / \sqrt{\mathrm{Var}[x]}$.
#
# **Predict.** A column of exponential numbers goes through batch norm. Is it Gaussian afterwards?

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
after = normalize(rng.exponential(size=20000))
skewness = float(np.mean(after**3))
edges = np.linspace(-3, 5, 81)
bell = np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi)
figure, axis = plt.subplots(figsize=(7, 2.8))
axis.hist(after, edges, density=True, color=SKY, label="exponential numbers after batch norm")
axis.plot(edges, bell, color=BLACK, linestyle="--", label="Gaussian")
axis.set(xlabel="value", ylabel="density", title=f"mean 0, variance 1, skewness still {skewness:.1f}")
axis.legend()
show(
    figure,
    alt="Histogram of exponential numbers after batch norm: a sharp edge at -1 and a long tail, nothing "
    "like the bell curve drawn over it.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# Two moments, no more. The slides *Training neural networks, part I* (no author named) say zero mean and unit variance
# at the same place, which is right.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="bn-layer question-14"
# ### Why does the bias stand outside?
#
# A normalized layer is $\gamma_j \dfrac{w_j^T x - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}} + \beta_j$ (Arpit, page 17).
# **Predict** the gradient of a bias $b_j$ inside, $w_j^T x + b_j$.

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
net = nets.Net((64, 100, 100, 10), norm="batch")  # with a bias inside, to try it
_, grads, _ = nets.loss_and_grad(net, *nets.init(net, rng), data.x[:64], data.t[:64])
Table(
    ["parameter", "largest gradient in the layer"],
    [
        ["b, inside", f"{abs(grads['b0']).max():.1e}"],
        ["β, outside", f"{abs(grads['beta0']).max():.1e}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# $b_j$ moves $\mu_j$ by the same amount and is taken away again; only rounding is left of its gradient. So leave it out:
# $\beta_j$ does its work, after the normalization.

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-backward"
# ## 5 · Backward is a projection
#
# $x_{ij}$ reaches the loss on three paths: directly, through $\mu_j$, and through $\sigma_j^2$.
# With $g = \gamma \odot \dfrac{\partial L}{\partial y}$ and averages over the batch,
#
# $$\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \Big(
# \underbrace{g}_{\text{direct}} \;-\; \underbrace{\overline{g}}_{\text{through } \mu} \;-\;
# \underbrace{\hat x \; \overline{g \, \hat x}}_{\text{through } \sigma^2} \Big)$$
#
# (The six derivatives of Ioffe & Szegedy 2015, section 3, put together. Slide 18 of Lei Huang's *Normalization techniques
# in training of deep neural networks*, 2017, shows them as a picture.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Forward, then back. **Then find** which sum stops being zero when one path is left out.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** which sums stop being zero without the mean's path, and without the variance's. **Move** through the
# steps first, then cut one path at a time. **Say:** the numerical gradient knows of no cut, so it tells. A4 gives 4 marks
# for the backward pass and compares with exact derivatives, so a "nearly right" gradient is found.

# %% tags=["hide-input"] covers="figure-bn-graph"
from zeromean.demos.l06_batch_norm import bn_graph

bn_graph.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Without the mean's path, $\sum_i dx_i \ne 0$; without the variance's, $\sum_i dx_i \hat x_i \ne 0$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What comes back is what a straight line does not explain
#
# Add 5 to a column: the output stays. Double the column: the output stays ($\varepsilon = 0$). So the gradient has no
# part along $\mathbf 1$ and none along $\hat x$: **it is $g$ without what a straight-line fit on $\hat x$ explains**, over $\sigma$.

# %% slideshow={"slide_type": "skip"}
x, g = rng.standard_normal(8), rng.standard_normal(8)
# by autograd, so without a formula of ours:
dx = grad(lambda x: np.sum(g * normalize(x, eps=0)))(x)
line = np.polyfit(normalize(x, eps=0), g, 1)
residual = g - np.polyval(line, normalize(x, eps=0))
projection_error = np.max(abs(dx - residual / x.std()))
Table(
    ["eight random examples", "largest difference from 0"],
    [
        ["autograd's dx minus residual / std", f"{projection_error:.0e}"],
        ["sum of dx", f"{abs(dx.sum()):.0e}"],
        ["sum of dx · x̂", f"{abs(np.sum(dx * normalize(x, eps=0))):.0e}"],
    ],
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
plane = np.array([[1, -1, 0], [1, 1, -2]]) / np.sqrt([[2], [6]])  # two directions orthogonal to (1, 1, 1)
x3, g3 = np.array([0.2, 1.0, 2.6]), np.array([0.5, -1.3, 0.9])
xhat3 = normalize(x3, eps=0)
back = g3 - np.polyval(np.polyfit(xhat3, g3, 1), xhat3)
turn = np.linspace(0, 2 * np.pi, 200)
circle = np.sqrt(3) * np.array([np.cos(turn), np.sin(turn)])
figure, axis = plt.subplots(figsize=(8, 4))
axis.plot(*circle, color=BLACK, linewidth=1, label="all normalized batches of three")
axis.plot(*np.transpose([[0, 0], plane @ xhat3]), color=SKY, linestyle="--", label="direction of x̂")
for vector, color, label in (
    (g3 - g3.mean(), ORANGE, "g without its mean"),
    (back, BLUE, "dx · std, along the circle"),
):
    arrow = {"color": color, "width": 2, "headwidth": 9}
    axis.annotate("", plane @ (xhat3 + vector), plane @ xhat3, arrowprops=arrow)
    axis.plot([], [], color=color, linewidth=3, label=label)
axis.plot(*(plane @ xhat3), "o", color=BLACK, label="x̂")
axis.set(aspect="equal", xlim=(-2.6, 6), ylim=(-3.2, 2), xlabel="first direction", ylabel="second direction")
axis.legend(loc="upper right")
show(
    figure,
    alt="In the plane orthogonal to (1, 1, 1), normalized batches of three lie on a circle. The upstream "
    "gradient points off the circle; what batch norm lets back is its part along the circle.",
)

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Say:** this is the picture to take home. It comes back in L8 for weight normalization, where the gradient
# is orthogonal to the weight vector.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### What if we hold μ and σ constant on the way back?
#
# Ioffe & Szegedy (2015, section 2) give a case of one bias. The layer adds $b$ and removes the mean; the gradient step
# forgets that the mean depends on $b$. **Predict** the loss and $b$ after 100 steps.

# %% tags=["show-code"]
u, target, b = rng.standard_normal(64), 1.0, 0.0
history = []
for _ in range(100):
    out = (u + b) - np.mean(u + b)
    history.append((0.5 * np.mean((out - target) ** 2), b))
    b = b - 0.1 * np.mean(out - target)  # as if the mean were a constant

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["step", "loss", "b"],
    [[step, f"{history[step][0]:.4f}", f"{history[step][1]:.1f}"] for step in (0, 99)],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The loss does not move; $b$ walks away for ever. The true gradient of $b$ is 0: normalizing *and forgetting it on the way
# back* is another, broken method.

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-test-time"
# ## 6 · Test time: the same name, another function
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
#
# The average starts at mean 0 and variance 1, not at the truth: after $T$ batches it has gone $1 - (1 - \alpha)^T$ of the way.

# %% slideshow={"slide_type": "skip"}
alphas, counts = (0.001, 0.01, 0.1, 0.9), (1, 10, 120)
reached = {alpha: [1 - (1 - alpha) ** steps for steps in counts] for alpha in alphas}
Table(
    ["share of the way", "after 1 step", "10 steps", "120 steps"],
    [[f"α = {a}", *(f"{share:.1%}" for share in row)] for a, row in reached.items()],
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# One trained network with batch norm, and several ways to get its statistics wrong. **Then find** the mistakes that nobody
# would notice.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask** which of the mistakes would be noticed. **Move:** "Forgot test mode", then "A batch of one class",
# and watch the one image: in bad company it is sure of a wrong digit. **Say:** two mistakes end at chance, four only cost
# a little, and those are the dangerous ones. At m = 32 the biased variance is 3 % too small and never shows in an accuracy.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import trap_at_test_time

trap_at_test_time.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Two mistakes end at chance and are noticed at once. Four others cost from 3 to 22 points, and
# the network still "works". That is why A4 compares your running statistics and not an accuracy.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
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
    [[name, f"{share:.1%}"] for name, share in accuracies.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### And the factor m/(m − 1)?
#
# **Predict.** Batches of $m$ numbers with variance 1. What is the average of their (biased) variances for $m = 2$?

# %% slideshow={"slide_type": "skip"} tags=["answer"]
sizes = (2, 4, 8, 32)
biased = {m: rng.standard_normal((100_000, m)).var(axis=1).mean() for m in sizes}
Table(
    ["m", "mean variance of a batch", "(m - 1)/m"],
    [[m, f"{value:.3f}", f"{(m - 1) / m:.3f}"] for m, value in biased.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### At test time it is a straight line
#
# With fixed statistics, batch norm multiplies and adds. A linear layer followed by it is again **one linear layer**
# (Xuming He, *Test time*). Proof without algebra: feed in zero and the unit vectors, and read off its bias and its weights.

# %% slideshow={"slide_type": "skip"}
step, _ = trap_at_test_time.trained(0)
state = trap_at_test_time.averaged(0.1, 0)


def layer_and_norm(x):
    """Return the first trained layer and its batch norm, in test mode."""
    a = x @ step.params["W0"] + step.params["b0"]
    scaled = (a - state["mean0"]) / np.sqrt(state["var0"] + 1e-5)
    return step.params["gamma0"] * scaled + step.params["beta0"]


# %% tags=["show-code"]
bias = layer_and_norm(np.zeros((1, 64)))
weights = layer_and_norm(np.eye(64)) - bias
difference = data.x_test @ weights + bias - layer_and_norm(data.x_test)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
fusion_error = np.max(abs(difference))
Table(["500 test images", "largest difference"], [["one layer, and two", f"{fusion_error:.0e}"]])

# %% [markdown] slideshow={"slide_type": "fragment"}
# So batch norm costs **nothing** at test time. A4 asks for `weights` and `bias` as formulas, for linear and for
# convolutional layers.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="bn-conv question-17"
# In a convolution **every pixel is a sample** (Ioffe & Szegedy 2015, section 3.2). **Then find**, for feature maps
# $(N, C, H, W) = (32, 64, 28, 28)$: how many means, each over how many numbers?

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** for both numbers. **Move** through the presets, and pick an entry by hand. **Say:** a convolution treats
# every place alike, so batch norm must too. The other ways to cut the cube are the subject of L7.

# %% tags=["hide-input"] covers="figure-depth-vector"
from zeromean.demos.l06_batch_norm import axes_cube

axes_cube.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** 64 means, shape $1 \times C \times 1 \times 1$, each over $32 \cdot 28 \cdot 28 = 25\,088$ numbers.

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-effects"
# ## 7 · Why does it help? The scale of the weights no longer matters
#
# $$\mathrm{BN}(cWx) = \mathrm{BN}(Wx) \qquad \frac{\partial L}{\partial (cW)} = \frac1c \frac{\partial L}{\partial W}$$
#
# (Ioffe & Szegedy 2015, section 3.3; Arpit, page 19.)

# %% [markdown] slideshow={"slide_type": "subslide"}
# What does the length of the weights still do? **Then find**: at ten times the length, the output, and the angle by which one
# step of the same rate turns the weights, are times what?

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** for all three before you click: the angle is what nobody gets. **Move** c up and down, then switch ε on.
# **Say:** a smaller step meets longer weights, so the angle falls with the square.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import scale_knob

scale_knob.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Output: unchanged. Gradient: a tenth. Angle: a **hundredth**, because a smaller step meets
# longer weights. What counts is $\eta / \|w\|^2$.

# %% slideshow={"slide_type": "skip"}
shapes = ((20, 6), (64, 20), (64, 6))
W, x, upstream = (rng.standard_normal(shape) for shape in shapes)


def gradient(W, eps=0.0):
    """Return the gradient of a loss of BN(xW) for the weights."""
    return grad(lambda W: np.sum(upstream * normalize(x @ W, eps)))(W)


shrinks = np.linalg.norm(gradient(W)) / np.linalg.norm(gradient(10 * W))
along = np.max(abs(np.sum(W * gradient(W), axis=0)))
flips = np.max(abs(normalize(x @ (-W)) + normalize(x @ W)))
off = np.linalg.norm(gradient(1e-3 * W, 1e-5)) / (1e3 * np.linalg.norm(gradient(W))) - 1

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-15"
# ### The law has its limits
#
# **Predict.** Arpit's page 19 leaves $c$ arbitrary. Does the law hold for $c = -1$? And for $c = 0.001$?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["the weights are multiplied by", "what we find"],
    [
        ["c = 10", f"the gradient is {shrinks:.6f} times smaller; its part along W is {along:.0e}"],
        ["c = -1", f"the sign flips: BN(-Wx) + BN(Wx) = {flips:.0e}"],
        ["c = 0.001, ε = 1e-5", f"the gradient is {off:+.0%} off the 1/c law"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It needs $c > 0$, and it needs $c^2\sigma^2 \gg \varepsilon$.

# %% slideshow={"slide_type": "skip"}
lengths = {}
for scale in (1.0, 0.1, 0.01):
    net = nets.Net((64, 100, 100, 100, 100, 10), norm="batch", scale=scale)
    start, _ = nets.init(net, np.random.default_rng(0))
    steps = descent(net, data.x, data.t, lr=0.1, rng=np.random.default_rng(0))
    weights = [start["W1"], *(step.params["W1"] for step, _ in zip(steps, range(30)))]
    lengths[scale] = [np.linalg.norm(W) for W in weights]

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A safety valve
#
# The gradient is orthogonal to $w$, so every step makes $\|w\|$ *longer*. Weights too short for the rate grow until
# $\eta / \|w\|^2$ is small enough. **Predict** the length after one step of rate 0.1 from a hundredth of He's weights.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
figure, axis = plt.subplots(figsize=(8, 3.4))
for (scale, values), color, dash in zip(lengths.items(), (SKY, BLUE, VERMILION), ("-", "--", ":")):
    name = f"{scale:g} times He's weights"
    axis.semilogy(values, color=color, linestyle=dash, marker="o", markersize=4, label=name)
axis.set(xlabel="step of rate 0.1", ylabel="length of W, second layer", title="Weights that are too short grow at once")
axis.legend()
show(
    figure,
    alt="Length of a weight matrix before a batch norm over 30 steps, from three initial lengths. From 0.14 "
    "it jumps to 16 in the first step, from 1.4 to 2.3, and 14 stays; then all are level.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Three networks, each rate and each size of the weights. **Then find** up to which rate layer norm learns, which has a scale
# law too, and which of the three minds initial weights of a tenth of He's.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** for a rate with batch norm. **Move** the rate on the picture itself, up to 3; then the scale down to a
# tenth and a hundredth. **Say:** with batch norm a step can turn the weights, but not blow up the output.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import rate_sweep

rate_sweep.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** At rate 3 only batch norm is left, above 90 %. At a tenth of He's weights the plain network
# stays at chance, and both normalized ones learn; at a hundredth, layer norm meets $\varepsilon$ and fails too.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="bn-results figure-inception"
# ### The famous table, and ours
#
# Ioffe & Szegedy (2015), figure 3: Inception on ImageNet, steps to 72.2 % and best accuracy, at 1, 5 and 30 times the rate.
# Ours: four layers of 100 on digits, steps to 95 %, base rate 0.05, eight seeds.

# %% tags=["hide-input"]
published = {
    "plain": ("31.0 M", "72.2 %"),
    "BN": ("13.3 M", "72.7 %"),
    "BN-x5": ("2.1 M", "73.0 %"),
    "BN-x30": ("2.7 M", "74.8 %"),
    "BN-x5-sigmoid": ("never", "69.8 %"),
}
race = {name: (middle, low, high, best) for name, middle, low, high, best in rate_sweep.race_table()}


def steps_in_words(middle, low, high):
    """Return 'median [smallest, largest]' with 'never' for infinity."""
    told = [f"{value:.0f}" if np.isfinite(value) else "never" for value in (middle, low, high)]
    return told[0] if told[0] == "never" else f"{told[0]} [{told[1]}, {told[2]}]"


Table(
    ["run", "Inception: steps", "best", "digits: steps, median [range]", "best"],
    [[name, *published.get(name, ("–", "–")), steps_in_words(*row[:3]), f"{row[3]:.1%}"] for name, row in race.items()],
)

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask:** which two numbers of the published table come from the same rate? (Inception and BN-Baseline.) **Say:**
# that pair, a factor of 2.3, is the effect of batch norm alone.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Read it with care: most of the factor is the rate

# %% tags=["hide-input"]
same_rate = race["plain"][0] / race["BN"][0]
own_best = race["plain-x5"][0] / race["BN-x30"][0]
fastest = race["plain"][0] / race["BN-x30"][0]
Table(
    ["steps of plain over steps with batch norm", "published", "ours"],
    [
        ["at one and the same rate", f"{31.0 / 13.3:.1f}", f"{same_rate:.1f}"],
        ["plain at its rate, batch norm at its fastest", f"{31.0 / 2.1:.1f}", f"{fastest:.1f}"],
        ["each at its own best rate", "not told", f"{own_best:.1f}"],
    ],
)

# %% [markdown]
# The ordering is that of the paper: batch norm is faster, faster still at 5 and 30 times the rate, and it makes sigmoids
# trainable. But
#
# * a plain Inception diverged at five times the rate (section 4.2 of the paper); our plain net *gains* from it. Each at its
#   own best rate, a factor of about 2 is left here;
# * our sigmoid net does reach 95 %: four layers are not Inception. Without batch norm it stays near chance;
# * with 500 test images, read nothing into differences of a point or two of accuracy.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-16"
# ### An example gets another code in every batch
#
# That is noise, which may regularize ("works like dropout", Huang, slide 22). **Predict.** How does the scatter of one unit's
# answer to *one* image depend on the batch size?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
pool, image = inputs["none"][0][1][:, 7], 0  # one unit, 500 images
scatter = {}
for size in (4, 16, 64):
    answers = []
    for _ in range(400):
        others = rng.choice(np.arange(1, 500), size - 1, replace=False)
        answers.append(normalize(pool[np.append(image, others)])[0])
    scatter[size] = np.std(answers)
batch = rng.standard_normal(64)
same_code = np.max(abs(normalize(batch) - normalize(3 * batch + 5)))
Table(
    ["batch size", *map(str, scatter), "64, times 3 plus 5"],
    [["scatter", *(f"{s:.3f}" for s in scatter.values()), f"{same_code:.0e} apart"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# About $1/\sqrt N$: four times the batch, half the scatter. And the puzzle on Arpit's page 19 is real: $x$ and $3x + 5$, two
# *different* examples, in two batches that differ in the same way, get **one code**. What batch norm takes away can only be
# told from the rest of the batch. At test time, with fixed statistics, they are two again.
#
# Whether this noise *helps* generalization we have not measured, so we do not claim it.

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-placement question-15"
# ## 8 · Where to put it depends on depth, and on the activation
#
# Why before the nonlinearity? Arpit's hint is Gaussianity. A sum of many terms, $w^T x$, is closer to a Gaussian than what
# ReLU leaves of it, so that two moments say more about it.
#
# **Predict** the skewness (0 for a Gaussian) before and after ReLU.


# %%
def skew(values):
    """Return the mean over units of |E[z^3]| of standardized columns."""
    return float(np.mean(abs(np.mean(normalize(values) ** 3, axis=0))))


net = nets.Net((64, 100, 100, 100, 10))
_, trace = nets.forward(net, *nets.init(net, np.random.default_rng(1)), data.x)
alive = [np.mean(a > 0, axis=0) > 0.05 for a in trace.pre]
living = [a[:, on] for a, on in zip(trace.pre, alive)]
skews = [(skew(a), skew(np.maximum(a, 0))) for a in living]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["skewness, layer", "before ReLU", "after ReLU"],
    [[i, f"{a:.2f}", f"{b:.2f}"] for i, (a, b) in enumerate(skews, start=1)],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# Huang's slide 20 gives a rule. **Then find** whether it shows for tanh and sigmoid.

# %% [markdown] slideshow={"slide_type": "notes"}
# **2 minutes.** **Ask** for a show of hands at 20 layers. **Move** the depth from 2 to 20 with ReLU, then with tanh. **Say:** the
# reason on the slide, *half of the units are active*, holds: with batch norm before ReLU every unit is on for about half of
# the images; without it many are nearly always on or off.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import placement

placement.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** For ReLU the rule shows: after is better in shallow nets, before at 20 layers. For tanh and
# sigmoid it does not: at its own best rate, "after" wins at 20 layers too.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
pairs = [(act, place) for act in placement.ACTS for place in placement.PLACES]
middle = {pair: np.median(placement.finals(*pair), axis=1) for pair in pairs}
ratio = {act: middle[act, "pre"] / middle[act, "post"] for act in placement.ACTS}
Table(
    ["loss before / loss after, rate 0.3", *(f"{depth} layers" for depth in placement.DEPTHS)],
    [[act, *(f"{value:.2f}" for value in values)] for act, values in ratio.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### To compare two methods at one rate is to compare rates
#
# At rate 0.3, "before" looks better for tanh at 20 layers. **Predict.** And with each at its own best of four rates?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
best = {pair: placement.best(*pair) for pair in pairs}
Table(
    ["20 layers, best of four rates", "loss, before", "loss, after"],
    [[act, *("{:.2f} (rate {:g})".format(*best[act, place]) for place in placement.PLACES)] for act in placement.ACTS],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# For ReLU "before" stays ahead; for tanh and sigmoid "after" wins. The comparison at one rate would have misled us about tanh.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-18 figure-bn-stacks"
# ### With short cuts
#
# The two blocks of Huang's slide 21, both by He et al. (The first is from CVPR **2016**; the slide says 2015.)

# %% tags=["hide-input"]
figure, axes = plt.subplots(1, 2, figsize=(8, 3.9))
blocks = {
    "residual block (CVPR 2016)": ["W", "BN", "ReLU", "W", "BN", "+", "ReLU"],
    "pre-activation block (ECCV 2016)": ["BN", "ReLU", "W", "BN", "ReLU", "W", "+"],
}
for axis, (title, parts) in zip(axes, blocks.items()):
    for i, part in enumerate(parts):
        paint = {"W": SKY, "BN": ORANGE, "ReLU": "#cccccc", "+": "#ffffff"}[part]
        box = {"boxstyle": "round,pad=0.35", "facecolor": paint, "edgecolor": "#444444"}
        axis.text(0, -i, part, ha="center", va="center", color="#111111", bbox=box)
    stop = -parts.index("+")
    axis.plot([0, 0], [1, -len(parts)], color=BLACK, linewidth=1, zorder=0)
    axis.plot([0, 0.8, 0.8, 0.15], [0.7, 0.7, stop, stop], color=BLUE, linewidth=2.5)
    axis.set(title=title, xlim=(-1.2, 1.4), ylim=(-len(parts) - 0.2, 1.2))
    axis.title.set_fontsize(11)
    axis.axis("off")
show(
    figure,
    alt="Two blocks from top to bottom. Residual: W, BN, ReLU, W, BN, plus, ReLU; the short cut joins at the "
    "plus. Pre-activation: BN, ReLU, W, BN, ReLU, W, plus; nothing stands on the short cut.",
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# A short cut adds what a block receives to what it gives. **Then find** what batch norm does to the signal, and whether batch
# norm *without* a short cut is enough for 41 layers.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** whether batch norm alone trains 41 layers. **Move:** "Batch norm alone", and look at its gradients; then
# "Both". **Say:** in a plain stack batch norm multiplies the gradient at every layer (Yang et al. 2019 derive the factor).
# The short cut divides the problem away: block k is only 1/k of the stream.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import residual_block

residual_block.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Without batch norm the variance doubles at each block; with it each block adds the *same*
# amount, about $\sqrt{20}$ after 20. Batch norm alone is no cure for depth: its gradients *grow* towards the first layer.

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
names = {"plain": "no short cut", "residual": "residual", "preact": "pre-activation"}
norms = {"none": "no norm", "batch": "batch norm"}
pairs = [(k, n) for k in names for n in norms]
signal = {pair: float(residual_block.stream(*pair)[-1]) for pair in pairs}
deep = {pair: float(np.median(residual_block.accuracies(*pair)[-1])) for pair in pairs}
Table(
    ["20 blocks, 41 layers", "size of the signal", "accuracy after 200 steps"],
    [[f"{names[k]}, {norms[n]}", f"{signal[k, n]:.3g}", f"{deep[k, n]:.1%}"] for k, n in pairs],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "slide"} covers="bn-weaknesses"
# ## 9 · Where it fails: it needs a batch worth the name
#
# * **Small batches.** Two numbers per unit, estimated from $N$ examples.
# * **Online learning**, one example at a time: the output is $\beta$, and nothing flows back.
# * **Recurrent nets**: which statistics, at which time step, for sequences of different length? (L7)

# %% [markdown] slideshow={"slide_type": "subslide"}
# One epoch of digits, in batches of 1 to 32. **Then find** who learns from batches of *one*.

# %% [markdown] slideshow={"slide_type": "notes"}
# **2 minutes.** **Ask** for batches of two: with batch norm each unit says only +1 and -1. **Move** the batch size from 1
# upwards. **Say:** compare within a column; larger batches make fewer steps in one epoch.

# %% tags=["hide-input"]
from zeromean.demos.l06_batch_norm import small_batches

small_batches.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** At one example every gradient below a batch norm is exactly 0. At two, only *who is larger*
# survives. Batch renormalization (Ioffe 2017; the last exercise of A4) softens the fall; normalizing *within* an example
# does not fall at all: L7.

# %% slideshow={"slide_type": "skip"} tags=["answer"]
net = nets.Net((64, 100, 100, 10), norm="batch")
_, grads, _ = nets.loss_and_grad(net, *nets.init(net, rng), data.x[:1], data.t[:1])
below = [name for name in grads if name not in ("W2", "b2", "beta1")]
alone = max(abs(grads[name]).max() for name in below)
found = [["below the last batch norm", alone]]
Table(["one example", "largest gradient"], found, fold=True)

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
small = {norm: np.median(small_batches.accuracies(norm), axis=1) for norm in small_batches.NORMS}
Table(
    ["batch size", *map(str, small_batches.BATCHES)],
    [[small_batches.NORMS[norm], *(f"{value:.1%}" for value in small[norm])] for norm in small],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | removing internal covariate shift speeds up training | Arpit; Huang, slide 15 | two moments hold still, the representation moves; not shown to be the cause |
# | $\gamma = \sigma$ recovers the identity | Xuming He | needs $\gamma = \sqrt{\sigma^2 + \varepsilon}$ |
# | activations become unit Gaussian | Xuming He | two moments only |
# | $\mathrm{BN}(cWx) = \mathrm{BN}(Wx)$ for any $c$ | Arpit, page 19 | for $c > 0$, and $c^2\sigma^2 \gg \varepsilon$ |
# | allows large learning rates, robust to initial weights | all four | holds, strongly |
# | after ReLU below 11 layers, before it in deep nets | Huang, slide 20 | shows for ReLU, not for tanh and sigmoid |
# | unstable for small batches, unfit for online learning | Huang, slide 23 | holds |
# | works like dropout | Huang, slide 22 | there is noise, about $1/\sqrt N$; whether it helps we have not measured |
# | zero overhead at test time | Xuming He | holds: it fuses |

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

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Sources
#
# * Four sets of slides by others, which this course discusses: Lei Huang (2017), *Normalization techniques in training of deep
#   neural networks*, slides 15–25; Devansh Arpit, *Normalization techniques*, pages 4–20; Xuming He (2020), *CNNs II: model
#   training and optimization*; *Training neural networks, part I* (no author named).
# * H. Shimodaira (2000), J. Statistical Planning and Inference 90. Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998),
#   *Efficient BackProp*.
# * S. Ioffe, C. Szegedy (2015), arXiv:1502.03167. S. Ioffe (2017), arXiv:1702.03275.
# * K. He, X. Zhang, S. Ren, J. Sun (2016), CVPR, arXiv:1512.03385; ECCV, arXiv:1603.05027.
# * S. Santurkar, D. Tsipras, A. Ilyas, A. Mądry (2018), arXiv:1805.11604. G. Yang et al. (2019), arXiv:1902.08129.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
