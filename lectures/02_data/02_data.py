# %% [markdown] slideshow={"slide_type": "slide"}
# # L2 · Why data should be centred, scaled, decorrelated
#
# **Zero Mean**, lecture 2 of 9. Before it: [L1, from one neuron to a trained
# network](../01_neuron_to_network/01_neuron_to_network.ipynb). After it: [assignment
# A1](../../assignments/a1_backprop_and_data/a1_backprop_and_data.ipynb), of which this lecture is the second half.
#
# At the end you can
#
# * prove that positive inputs give all weights of a neuron **one sign**, and say what that costs and what not,
# * read the curvature of a loss from the data: $E[xx^\top]$, and the largest rate from the curvature,
# * say what centring, scaling, turning and stretching each do, and when one of them makes it **worse**,
# * prepare digits and photographs without dividing by zero.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan, 72 minutes.** Opening 2 · one sign 14 · the bowl 17 · the table 11 · means 9 · five clouds 6 · digits
# 7 · images 3 · hidden layers and claims 3.
#
# Run all cells before the class (under a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out the box of data.

# %% slideshow={"slide_type": "skip"}
import autograd.numpy as np
import matplotlib.pyplot as plt
from autograd import grad
from zeromean import digits
from zeromean.style import BLACK, BLUE, GREEN, ORANGE, SKY, show, use
from zeromean.tables import Table
from zeromean.training import nets, preparing
from zeromean.training.loop import train

use()
rng = np.random.default_rng(2)

# %% [markdown] slideshow={"slide_type": "slide"} covers="sign-argument question-02"
# ## 1 · With positive inputs, a step knows only two directions
#
# One neuron, $a = w^\top x + b$, $h = \sigma(a)$. Its update, from Devansh Arpit's slides *Normalization techniques*:
#
# $$w \leftarrow w - \eta \frac{\partial L}{\partial w} = w - \eta\,\delta\,x, \qquad \delta = \frac{\partial L}{\partial a}
# \text{, a single number}$$
#
# *Training neural networks, part I* (no author named) and Xuming He's slides *CNNs II: model training and
# optimization* ask the same: if every $x_i$ is positive, what can we say about the gradients on $w$?

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sign-argument figure-quadrants"
# Two weights on their way from 0 to a minimum at the lower right. **Then find** a batch size at which the path is
# nearly straight.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask** for hands: anywhere, lower right, or only two quadrants? **Move** the step by Play, then
# the mean of the inputs from 0.5 down to 0, then the batch from 1 to 64. **Say:** $\delta$ is one number for all
# weights of a neuron; its sign is the sign of everything. And: any bias in $x$ is a bias in the updates.

# %% tags=["hide-input"] covers="sign-argument"
from zeromean.demos.l02_data import sign_cloud

sign_cloud.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** With positive inputs every possible step lies in the two shaded quadrants: both
# weights up, or both down. The wanted direction lies in neither, so the path zigzags, three times as long as the
# straight line.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sign-argument"
# ### What does the zigzag cost?
#
# **Predict.** "Learning slows down", says Arpit. Positive inputs and centred ones, at the same rate: how many times
# as many *steps* does the zigzag need?

# %%
kinds, seeds = {"positive": 0.5, "centred": 0.0}, range(20)
walks = {
    (name, rate): [sign_cloud.path(mean, 1, seed, rate) for seed in seeds]
    for name, mean in kinds.items()
    for rate in (0.5, 1.0)
}
costs = {
    key: (
        np.mean([sign_cloud.arrival(w) for w in each]),
        [sign_cloud.detour(w) for w in each],
    )
    for key, each in walks.items()
}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["inputs", "rate", "steps, mean of 20 seeds", "path : straight line", "range"],
    [
        [name, rate, f"{steps:.0f}", f"{np.mean(d):.2f}", f"{min(d):.1f} to {max(d):.1f}"]
        for (name, rate), (steps, d) in costs.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# As many! The path is more than twice as long, and walked in as many steps: the extra steps go up and down across
# the way, and along it nothing has changed. So count **length**, not steps. What the mean does cost in steps is a
# smaller largest rate: section 2.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sign-argument positive-inputs"
# ### "For a single element. Minibatches help."
#
# So says *part I*. A batch adds up gradients of many examples, each with its own $\delta$.
#
# **Predict.** Ten positive inputs, 64 examples in a batch. For how many neurons in a hundred do all ten gradients
# still share one sign?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
settings = {"between 0 and 1": (0.5, False), "the same, minus ½": (0.0, False), "0 to 1, upstream agrees": (0.5, True)}
shares = {
    name: [sign_cloud.share(mean, n, 10, agree) for n in sign_cloud.BATCHES] for name, (mean, agree) in settings.items()
}
Table(
    ["inputs", *(f"batch of {n}" for n in sign_cloud.BATCHES)],
    [[name, *(f"{share:.1%}" for share in each)] for name, each in shares.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A batch helps **in part**: from all neurons to two in five, and there it stays, however large the batch. By chance
# it would be one in
# 512. And while the output is too high for every example, so that all $\delta$ agree, no batch helps at all.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="positive-inputs"
# ### Centred data, and then a layer
#
# **Predict.** The data have mean 0. What does the *second* layer of a network see: sigmoid, ReLU, tanh?


# %%
def second_layer(act, n, draws=2000):
    """Return the share of neurons whose ten gradients share one sign."""
    x = rng.standard_normal((draws, n, 20))
    w = rng.standard_normal((draws, 20, 10)) / np.sqrt(20)
    squash = nets.ACTIVATIONS[act]
    hidden = squash(x @ w)
    summed = np.sum(rng.standard_normal((draws, n, 1)) * hidden, axis=1)
    mixed = (summed > 0).any(axis=1) & (summed < 0).any(axis=1)
    return 1 - np.mean(mixed)


acts = ("sigmoid", "relu", "tanh")
second = {act: [second_layer(act, n) for n in (1, 32)] for act in acts}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["second layer after", "one example", "batch of 32"],
    [[act, *(f"{share:.1%}" for share in each)] for act, each in second.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Centring the data is centring *one* layer. Sigmoids and ReLUs hand positive numbers on; tanh does not.
# [L3](../03_activations/03_activations.ipynb) asks what that is worth.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for the three tables. **Ask** for a number each time. **Say:** the sign argument is true, and it is
# often told with a cost that it does not have. Batches fix it in part; activations bring it back.

# %% [markdown] slideshow={"slide_type": "slide"} covers="quadratic-loss slip-09"
# ## 2 · The loss of a linear neuron is a bowl made of data
#
# $L(w) = \frac12 E\,(y - w^\top x)^2$. Around its minimum $w^*$, with $d = w - w^*$, Taylor's series ends after two
# terms:
#
# $$L = L^* + \tfrac12\, d^\top H d \qquad \nabla L = H d \qquad H = E[x x^\top]$$
#
# Follow the gradient, $w \leftarrow w - \eta H (w - w^*)$: how the loss bends decides how descent goes, and the
# loss bends as the inputs lie. **The data are the curvature.** The outputs $y$ only say where the minimum is.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-09"
# ### One half, in the wrong place
#
# Arpit's page 10 writes $L = L^* + d^\top H d$ and $\nabla L = \frac12 H d$.
#
# **Predict.** By which factor do the slide's loss and its gradient miss?

# %%
x = rng.standard_normal((500, 3)) * [1.0, 2.0, 0.5] + [1.0, 0.0, 0.5]
y = x @ np.array([1.0, -1.0, 2.0]) + 0.3 * rng.standard_normal(500)


def loss(w):
    """Return half of the mean squared error of a linear neuron."""
    return 0.5 * np.mean((y - x @ w) ** 2)


lowest = np.linalg.lstsq(x, y, rcond=None)[0]
d, H = np.array([0.5, -1.0, 0.8]), np.einsum("ni,nj->ij", x, x) / 500
rise, slope = loss(lowest + d) - loss(lowest), grad(loss)(lowest + d)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["quantity", "measured", "½ dᵀHd, Hd", "the slide: dᵀHd, ½ Hd"],
    [
        ["L − L*", f"{rise:.4f}", f"{0.5 * d @ H @ d:.4f}", f"{d @ H @ d:.4f}"],
        *([f"∂L/∂w{i + 1}", f"{slope[i]:.4f}", f"{(H @ d)[i]:.4f}", f"{(H @ d)[i] / 2:.4f}"] for i in range(3)),
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip in the slides.** The ½ belongs to the loss: theirs is twice too large, their gradient half of the true
# one. The series is no approximation here: a quadratic loss has two terms. The update that they derive from it is
# right again.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="one-rate figure-eigen-axes"
# ### Along its own axes, each part of the way shrinks by itself
#
# $H = \sum_i \lambda_i e_i e_i^\top$, so a step multiplies the part of $d$ along $e_i$ by $1 - \eta\lambda_i$. One
# $\eta$ for all $i$.

# %% tags=["hide-input"] covers="figure-eigen-axes"
curvatures, axes_of = np.array([0.6, 2.6]), np.array([[np.cos(2.5), np.sin(2.5)], [-np.sin(2.5), np.cos(2.5)]]).T
bowl = axes_of @ np.diag(curvatures) @ axes_of.T
turn = np.linspace(0, 2 * np.pi, 200)
start = np.array([-0.7, 2.2])
figure, axis = plt.subplots(figsize=(8, 4.2))
for level in (0.4, 1.1, 2.2):
    ring = axes_of @ (np.sqrt(2 * level / curvatures)[:, None] * np.stack([np.cos(turn), np.sin(turn)]))
    axis.plot(*ring, color=BLACK, linewidth=1, alpha=0.5)
parts = [(axes_of[:, i] @ start) * axes_of[:, i] for i in range(2)]
arrow = {"head_width": 0.1, "length_includes_head": True, "linewidth": 2.5}
for part, each, color, name in zip(parts, curvatures, (SKY, ORANGE), ("flat", "steep")):
    axis.arrow(0, 0, *part, color=color, **arrow)
    axis.arrow(*start, *(-0.5 * each * part), color=color, **arrow)
    axis.annotate(f"{name}, λ = {each:g}", 1.08 * part, color=BLACK, ha="right" if part[0] < 0 else "left")
end = start - 0.5 * bowl @ start
axis.arrow(*start, *(end - start), color=BLUE, **arrow)
axis.annotate("w", start + [0.08, 0.08], color=BLACK)
axis.annotate("step = sum of both", end + [0, -0.25], color=BLACK, ha="right")
axis.plot(0, 0, "D", color=GREEN, markersize=9)
axis.set(xlabel="weight 1, from the minimum", ylabel="weight 2", aspect="equal", xlim=(-3.4, 3.4), ylim=(-1.2, 2.6))
show(
    figure,
    alt="Contours of a bowl with its two axes. A step is the sum of two: along the steep axis 1.3 times what "
    "is there to go, along the flat axis less than a third of it.",
)

# %% [markdown]
# At $\eta = 0.5$ the steep part of $d$ is multiplied by $-0.3$, the flat part by $0.7$: it overshoots in one
# direction, and creeps in the other. What varies little in the data is learned **last**: after five steps 17 % of the
# flat part is left, of the steep part 0.2 %. Whoever stops early does not learn it (Goh 2017).

# %% [markdown] slideshow={"slide_type": "subslide"} covers="one-rate figure-ravine question-08 condition-number"
# Data, and the bowl that they make. **Then find** a cloud of mean 3 that has no ravine.

# %% [markdown] slideshow={"slide_type": "notes"}
# **7 minutes.** **Ask** what the valley does when the cloud walks away. **Move** the mean of the cloud by hand,
# then the start, then pull the limit down onto the steep bar. **Say:** slow along the ravine, from side to side
# across it; a bar above the line is the direction that explodes, and it drags all weights with it.

# %% tags=["hide-input"] covers="figure-ravine one-rate"
from zeromean.demos.l02_data import ravine

ravine.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="question-08"
# **What you should have seen.** The bowl becomes a ravine: descent jumps across and creeps along. Beyond the limit
# it never arrives.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-10 one-rate"
# ### How large may the rate be?
#
# "The overall learning rate is capped by $1/\lambda_{\max}$", says Arpit's page 12.
#
# **Predict.** Curvatures 1 and $\lambda = 100$, start at (1, 1). Steps to a millionth of the distance at
# $1/\lambda$? At $1.99/\lambda$?


# %%
def steps_needed(rate, curvatures=(1.0, 100.0), gain=1e-6, most=5000):
    """Return how many steps divide the distance from (1, 1) by a million."""
    w = np.ones(2)
    for step in range(1, most + 1):
        w = w - rate * np.array(curvatures) * w
        if np.linalg.norm(w) <= gain * np.sqrt(2):
            return step
    return "never" if np.linalg.norm(w) <= 2 else "diverges"


tried = {"1": 1.0, "1.99": 1.99, "2": 2.0, "2.01": 2.01}
needed = {f"{name} / λ": steps_needed(rate / 100) for name, rate in tried.items()}
needed["2 / (λ + 1)"] = steps_needed(2 / 101)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(["rate", "steps"], list(needed.items()), fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip, and a common one.** The limit is $2/\lambda_{\max}$. At $1/\lambda_{\max}$ the steep direction arrives
# at once, and waits for the flat one; $2/(\lambda_{\max} + \lambda_{\min})$ lets both shrink alike, in **half** the
# steps.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="condition-number"
# ### At the best rate, one number says all
#
# The condition number $\kappa = \lambda_{\max}/\lambda_{\min}$: each step keeps $\frac{\kappa - 1}{\kappa + 1}$ of
# the distance.
#
# **Predict.** Steps to a millionth for $\kappa = 1$, 10, 100, 10 000? How do they grow?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
from zeromean.demos.l02_data import three_rows

by_kappa = {kappa: three_rows.steps(kappa) for kappa in (1, 10, 100, 10_000)}
Table(
    ["condition number", *(f"{kappa:,}" for kappa in by_kappa)],
    [["steps", *(f"{count:,.0f}" for count in by_kappa.values())]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# In proportion: about $7\kappa$ steps. A better rule brings it down to $\sqrt\kappa$ (momentum,
# [L5](../05_optimizers/05_optimizers.ipynb)). Better data bring it down to **one** step.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes** for the table of rates and the slide before. **Ask:** which row is fastest? **Say:** the
# second-order view is exact for a linear neuron only. For networks, L5 comes back to it.

# %% [markdown] slideshow={"slide_type": "slide"} covers="ravine-table question-03"
# ## 3 · Which weight takes the step is a matter of units
#
# A table from Xuming He's slides, for a linear model $y = w_1 x_1 + w_2 x_2$; the gradient of $w_i$ is $\bar
# y\,x_i$, with $\bar y$ the upstream number.
#
# | x₁ | x₂ | t |
# |---|---|---|
# | 114.8 | 0.00323 | 5.1 |
# | 338.1 | 0.00183 | 3.2 |
# | 98.8 | 0.00279 | 4.1 |
#
# Two features of one thing, in two units: a distance in metres, perhaps, and a share.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="ravine-table question-03"
# ### Who gets the step, and who needs it?
#
# **Predict.** Which weight gets the larger gradient, and how many times? Which one *should* move more?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
ratios = three_rows.ROWS[:, 0] / three_rows.ROWS[:, 1]
fitted = np.linalg.lstsq(three_rows.ROWS, three_rows.TARGETS, rcond=None)[0]
Table(
    ["gradients and weights", "row 1", "row 2", "row 3", "best weights"],
    [
        ["gradient of w₁ : gradient of w₂", *(f"{ratio:,.0f}" for ratio in ratios), ""],
        ["w₁", "", "", "", f"{fitted[0]:.4f}"],
        ["w₂", "", "", "", f"{fitted[1]:,.0f}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="question-03"
# $w_1$ gets 35 000 to 185 000 times the gradient. But from 0, $w_1$ has 0.0015 to go, and $w_2$ 1481, a million
# times as far. It is exactly the wrong way round, and only because of the units.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="ravine-table figure-table-contours"
# The valley of this loss, drawn to scale: one unit is as long on both axes. **Then find** the preparation that
# makes it *worse*.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** where the step points from below the minimum. **Move** the start around the circle on the
# raw table; then Play through the six preparations. **Say:** to scale, the contours of the raw table are a needle a
# hundred thousand times as long as thick, so no screen shows its other side.

# %% tags=["hide-input"] covers="figure-table-contours ravine-table"
three_rows.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** A needle; the step goes across it. Centring alone makes the needle thinner, turning
# it to its principal axes changes nothing. Only after scaling is there a valley, and only whitening makes every
# step point to the minimum.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="zero-mean-unit-variance data-lessons"
# ### Centre or scale: is one of them enough?
#
# **Predict.** Which of the four has the worst condition number? And which one falls when the model gets a bias?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
condition = {kind: [three_rows.condition(kind, bias) for bias in (False, True)] for kind in preparing.KINDS}
Table(
    ["the three rows", "condition number", "with a bias", "steps at the best rate"],
    [
        [kind, f"{alone:.5g}", f"{biased:.5g}", f"{three_rows.steps(alone):.3g}"]
        for kind, (alone, biased) in condition.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Centring alone is worse than nothing**, 19 times: it takes 74 % of the large feature's mean square, and 95 % of the
# small one's. Scaling alone looks best, until a bias arrives: its input is 1 with no spread, and the mean of the others
# is its twin. Both together: 28, with and without.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="zero-mean-unit-variance"
# ### Why 28, and not 1?
#
# Three rows are strongly correlated, by accident. **Predict** what 500 rows of such numbers give, if the two are
# independent: $x_1$ between 80 and 350, $x_2$ between 0.0015 and 0.0035.


# %%
def many_rows(kind, seed, bias):
    """Return the condition number of 500 rows like those of the table, prepared."""
    rows = np.random.default_rng(seed).uniform([80, 0.0015], [350, 0.0035], (500, 2))
    shift, matrix = preparing.fit(kind, rows)
    rows = (rows - shift) @ matrix
    rows = np.hstack([rows, np.ones((500, 1))]) if bias else rows
    sizes = np.linalg.svd(rows, compute_uv=False)
    return (sizes[0] / sizes[-1]) ** 2


ways = ("raw", "centred", "scaled", "both")
larger = {
    way: [[many_rows(way, seed, bias) for seed in range(5)] for bias in (0, 1)]
    for way in ways
}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["500 rows, worst of 5 seeds", "condition number", "with a bias", "steps, with a bias"],
    [
        [
            way,
            *(f"{max(each):.4g}" for each in larger[way]),
            f"{three_rows.steps(max(larger[way][1])):.3g}",
        ]
        for way in ways
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With independent features, centred and scaled is nearly as good as whitened: six steps, instead of a million
# million. Correlation is what is left over for whitening.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes** for the two tables. **Ask:** who would have centred first? **Say:** a condition number is a *ratio*;
# a method that shrinks both eigenvalues may shrink the small one more.

# %% [markdown] slideshow={"slide_type": "slide"} covers="data-lessons quadratic-loss"
# ## 4 · A mean is one large eigenvalue
#
# $$E[xx^\top] = \Sigma + m m^\top$$
#
# The covariance $\Sigma$ is the shape of the cloud; $m m^\top$ is a single direction, towards the mean.
#
# **Predict.** 50 independent inputs of variance 1, each with a mean of 0.5. All curvatures would be 1; how large is
# the largest now?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
top = {}
for m in (0.0, 0.5, 1.0, 5.0):
    drawn = m + np.random.default_rng(5).standard_normal((20_000, 50))
    top[m] = np.linalg.eigvalsh(np.einsum("ni,nj->ij", drawn, drawn) / 20_000)[[-2, -1]]
Table(
    ["mean of each input", "1 + 50 m²", "measured: largest", "second"],
    [[m, f"{1 + 50 * m**2:g}", f"{largest:.4g}", f"{second_one:.3g}"] for m, (second_one, largest) in top.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Half a standard deviation of mean, and one eigenvalue is 13.5: it grows with the *number of inputs*. That is why
# Arpit's list of lessons begins: "at least have zero mean (avoid single large eigenvalue)".

# %% [markdown] slideshow={"slide_type": "subslide"} covers="two-weights"
# Lei Huang's slides *Normalization techniques in training of deep neural networks* rescale $0 < x_1 < 2$, $0 < x_2
# < 0.5$ to $(0, 1)$, and the contours become round. **Then find** what makes them round.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** whether (0, 1) makes circles. **Move** the corner of the box to (1, 1), then subtract the
# mean. **Say:** equal scales are half of the way; the mean of ½ is the other half.

# %% tags=["hide-input"] covers="two-weights"
from zeromean.demos.l02_data import two_weights

two_weights.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** From 39 to 1 it falls to 7 to 1: much better, and not round. Circles need the mean
# subtracted as well. Then one step is enough.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="data-lessons"
# ### "Equal variance is better (not very useful if mean ≠ 0)"
#
# Arpit's second lesson. **Predict.** 50 inputs with standard deviations from 0.3 to 3, and means of three standard
# deviations. What is the condition number raw, scaled, centred, both?

# %%
spreads = np.geomspace(0.3, 3, 50)
far = spreads * (3 + np.random.default_rng(7).standard_normal((5000, 50)))
lessons, biased = {}, {}
for kind in ("raw", "scaled", "centred", "both"):
    shift, matrix = preparing.fit(kind, far)
    rows = (far - shift) @ matrix
    lessons[kind] = np.linalg.cond(rows) ** 2
    biased[kind] = np.linalg.cond(np.hstack([rows, np.ones((5000, 1))])) ** 2

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["the 50 inputs are", *lessons],
    [
        [name, *(f"{value:,.3g}" for value in found.values())]
        for name, found in {"condition number": lessons, "with a bias": biased}.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The lesson holds here: scaled without centring, a condition number of over 500 is left, five times what centring
# alone leaves. On the table of three rows it was the other way round. **Which half matters depends on the data;
# once there is a bias, both together were the best of the four on each of our tables.**

# %% [markdown] slideshow={"slide_type": "slide"} covers="pca-whitening whitening-steps zero-mean-unit-variance"
# ## 5 · Centre, scale, turn, stretch: five clouds
#
# * **Zero mean, unit variance**: $\hat x_j = (x_j - \mu_j) / \sigma_j$, each feature (column) by itself.
# * **PCA**: turn the centred cloud to its principal axes; the features are uncorrelated, but of different size.
# * **Whitening** (LeCun et al. 1998; Huang): centre, decorrelate, stretch. The covariance is $I$.
#
# Each costs more than the one before, and all are found on the **training** data.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="figure-clouds"
# **Predict.** Which of raw, centred, scaled (and centred), decorrelated, whitened have round contours?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="figure-clouds"
mixed = rng.standard_normal((150, 2)) @ np.array([[1.5, 0.9], [0.0, 0.45]]) + [1.6, 1.2]
names = {"raw": "raw", "centred": "centred", "both": "scaled", "decorrelated": "decorrelated", "whitened": "whitened"}
figure, grid = plt.subplots(2, 5, figsize=(11.5, 4.9), sharex=True, sharey=True)
kappas = {}
for (kind, name), (above, below) in zip(names.items(), grid.T):
    shift, matrix = preparing.fit(kind, mixed)
    points = (mixed - shift) @ matrix
    lam, e = np.linalg.eigh(np.einsum("ni,nj->ij", points, points) / len(points))
    kappas[kind] = lam[-1] / lam[0]
    above.plot(*points.T, ".", color=BLUE, alpha=0.6, markersize=4)
    above.axhline(0, color=BLACK, linewidth=0.8)
    above.axvline(0, color=BLACK, linewidth=0.8)
    for level in (0.5, 1.2, 2.0):
        below.plot(*(level * e @ (np.stack([np.cos(turn), np.sin(turn)]) / np.sqrt(lam)[:, None])), color=ORANGE)
    above.set(title=name, xlim=(-4.6, 5.6), ylim=(-4, 4), aspect="equal")
    below.set(xlabel=f"{kappas[kind]:.3g} : 1", aspect="equal")
grid[0, 0].set_ylabel("data")
grid[1, 0].set_ylabel("contours of the loss")
show(
    figure,
    alt="Five clouds and the contours of their losses: raw, centred, scaled, decorrelated and whitened. Only the "
    "whitened one has circles; the condition numbers stand below.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Only the last. Turning (PCA) moves the valley and leaves its shape; scaling each feature does not see the
# correlation.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sensitivity"
# ### A classifier far from the origin is a long lever
#
# **Predict.** Two classes, and a line that separates them. Nudge both weights by 0.2 of the length of the weights,
# the bias by nothing. How many of 100 points change sides, if the cloud lies 6 away from the origin? And when it is
# centred?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="sensitivity figure-decision-line"
side = np.repeat([-1.0, 1.0], 50)
points = rng.standard_normal((100, 2)) * [0.5, 1.0] + np.stack([1.2 * side, 0 * side], axis=1)
normal, nudges = np.array([1.0, 0.0]), 0.2 * rng.standard_normal((200, 2))
figure, pair = plt.subplots(1, 2, figsize=(11, 4.1))
flips = {}
for axis, (name, middle) in zip(
    pair, {"before: mean (3, 5)": np.array([3.0, 5.0]), "after: mean 0": np.zeros(2)}.items()
):
    moved, offset = points + middle, -normal @ middle
    flips[name] = np.mean([np.sign(moved @ (normal + n) + offset) != np.sign(moved @ normal + offset) for n in nudges])
    for n in nudges[:12]:
        w = normal + n
        at = np.linspace(-4, 9, 2)
        axis.plot(-(offset + w[1] * at) / w[0], at, color=BLACK, alpha=0.35, linewidth=1)
    axis.plot([middle[0]] * 2, [-4, 9], color=GREEN, linewidth=3)
    axis.plot(*moved[side < 0].T, "o", color=BLUE, markersize=5)
    axis.plot(*moved[side > 0].T, "^", color=ORANGE, markersize=5)
    axis.plot(0, 0, "+", color=BLACK, markersize=12)
    axis.set(title=f"{name}: {flips[name]:.0%} change sides", xlim=(-3.5, 6.5), ylim=(-3.5, 8), xlabel="input 1")
pair[0].set_ylabel("input 2")
show(
    figure,
    alt="Two clouds of two classes with a decision line, and twelve lines after a nudge of the weights. Far from the "
    "origin the nudged lines miss the cloud; around the origin they all pass between the classes.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="sensitivity"
# The output changes by nudge · $x$: the further the cloud from the origin, the longer the lever. This is the
# picture of *part I* and of Xuming He: before, "very sensitive to changes in the weight matrix; hard to optimize";
# after, less so.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes** for section 5. **Ask** which clouds are round, then which contours. **Say:** sensitivity and
# curvature are one thing: the loss changes much when a weight changes little.

# %% [markdown] slideshow={"slide_type": "slide"} covers="data-lessons"
# ## 6 · In real data, something is always constant
#
# 1297 digits of 64 pixels, with ink from 0 to 16: a layer that sees them has $E[xx^\top]$ of 64 by 64, and 64
# curvatures. Six preparations:
#
# * as scanned, **0 to 16**, or divided by 16, **0 to 1**;
# * **one mean** subtracted, a single number; or the **mean image**, a number for each pixel;
# * **both**: each pixel centred and scaled; and **whitened**.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="data-lessons"
# 64 pixels, 64 curvatures. **Then find** the directions in which no digit differs from another.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** what the steepest direction looks like. **Move** the handle along the curve, then the
# preparation to "mean image", then to direction 64. **Say:** one number in the spectrum was the mean image;
# subtract it, and the rate may be fifteen times larger.

# %% tags=["hide-input"] covers="pca-whitening"
from zeromean.demos.l02_data import digit_spectrum

digit_spectrum.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The steepest direction *is* the mean image, 10.5 against 0.7 for the next. Three
# curvatures are zero: the pixels 0, 32 and 39 have the same ink in every image.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="zero-mean-unit-variance"
# ### Dividing by almost nothing
#
# **Predict.** Each pixel is divided by its standard deviation over the training images. What is the largest number
# that comes out?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
learn = digit_spectrum.prepared("0 to 1")[0]
spread = learn.std(axis=0)
constant = np.flatnonzero(spread == 0)
nearly = np.count_nonzero(spread < 0.01) - len(constant)
largest = [abs(digit_spectrum.prepared("both", seed)[0]).max() for seed in range(5)]
Table(
    ["pixels", "found"],
    [
        ["constant: 0/0", ", ".join(map(str, constant))],
        ["standard deviation below 0.01", nearly],
        ["largest number, 5 splits", ", ".join(f"{z:.1f}" for z in largest)],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Without a guard, NaN. With one, a pixel without ink in all but one of 1297 images sends that one in at
# $\sqrt{1296} = 36$ standard deviations, however faint it is. Mean and spread come from the **training** images, and
# are applied to the test images as they are.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="data-lessons"
# ### What training makes of it
#
# **Predict.** Ten epochs of softmax regression, each at its best of nine rates: by how much does whitening lower
# the loss of pixels as they were scanned? And the error on new digits?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
best = {
    kind: [digit_spectrum.best(kind, model) for model in ("regression", "network")] for kind in digit_spectrum.KINDS
}
Table(
    ["pixels", "linear: rate", "loss", "test", "64 sigmoids: rate", "loss", "test"],
    [
        [kind, *(word for rate, loss_, right in each for word in (f"{rate:g}", f"{loss_:.3f}", f"{right:.1%}"))]
        for kind, each in best.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Thirty times; for the network seventeen. The **test** accuracy does not follow: a preparation helps to *optimize*.
# (Means of three seeds, 500 test images: read nothing into a point.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="data-lessons"
# ### A deeper network notices, too
#
# **Predict.** Two hidden layers of 64 tanh, 5 epochs, on pixels from 0 to 1 or with the mean image subtracted:
# which rate is best for each?

# %%
rates, trials = (0.3, 1.0, 3.0), range(3)


def after_training(kind, rate, seed):
    """Return the training loss after five epochs."""
    net, t = nets.Net((64, 64, 64, 10), act="tanh"), digits.load(seed).t
    images, _ = digit_spectrum.prepared(kind, seed)
    end = train(net, images, t, lr=rate, steps=100, seed=seed)
    return nets.cross_entropy(nets.forward(net, end.params, end.state, images)[0], t)


deeper = {
    kind: [np.mean([after_training(kind, r, seed) for seed in trials]) for r in rates]
    for kind in ("0 to 1", "mean image")
}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["loss, mean of 3 seeds", *(f"rate {rate:g}" for rate in rates)],
    [[kind, *(f"{value:.3f}" for value in each)] for kind, each in deeper.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# On raw pixels the two larger rates explode; on centred ones they are the best. One subtraction, and the rate may
# be ten times as large: as much as a better update rule gives (L5).

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes** for these slides. **Ask:** does the test error follow? **Say:** optimization is not generalization.

# %% [markdown] slideshow={"slide_type": "slide"} covers="image-means"
# ## 7 · For photographs, three numbers are enough
#
# All pixels have one unit already. What is usually done (*part I*, Xuming He), told for images of 32 × 32 pixels
# and 3 colours:
#
# | network | subtract | divide by | numbers |
# |---|---|---|---|
# | AlexNet | a mean image, [32, 32, 3] | | 3072 |
# | VGG | a mean of each channel | | 3 |
# | ResNet | a mean of each channel | its standard deviation | 6 |
#
# PCA and whitening are not common for images: the covariance would have $3072^2$, nine million, entries.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="image-means"
# Sixty small landscapes. **Then find** what a mean image leaves behind when the camera moves.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** how many numbers VGG keeps. **Move** the preparation to "mean image", then the camera.
# **Say:** neighbouring pixels share units already, so nothing needs scaling but the channel; and a covariance of
# 3072 × 3072 is nine million numbers.

# %% tags=["hide-input"] covers="image-means"
from zeromean.demos.l02_data import image_means

image_means.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="image-means"
# **What you should have seen.** A mean image is best while every picture is framed alike; move the camera, and the
# old horizon stays as a ghost. Three numbers have no horizon.

# %% [markdown] slideshow={"slide_type": "slide"} covers="data-lessons"
# ## 8 · And every hidden layer has data of its own
#
# "Maintain these properties at all hidden layers during training!" is Arpit's last lesson.
#
# **Predict.** Centred digits go through one layer of 64 units. Which share of all curvature, $\lambda_1 / \sum_i
# \lambda_i$ of $E[hh^\top]$, lies in one direction: sigmoid, ReLU, tanh? (Of the centred pixels themselves: 15 %.)


# %%
def one_direction(act, steps):
    """Return the share of the largest eigenvalue of E[h h^T], a mean of three seeds."""
    found = []
    for seed in range(3):
        net, data = nets.Net((64, 64, 10), act=act, init="lecun"), digits.load(seed)
        end = train(net, data.x, data.t, lr=0.3, steps=max(steps, 1), seed=seed)
        params = end.params if steps else nets.init(net, np.random.default_rng(seed))[0]
        h = nets.forward(net, params, end.state, data.x)[1].stream[0]
        sizes = np.linalg.svd(h, compute_uv=False) ** 2
        found.append(sizes[0] / sizes.sum())
    return np.mean(found)


hidden = {act: [one_direction(act, steps) for steps in (0, 200)] for act in acts}
pixels_share = digit_spectrum.spectrum("mean image")[0]
pixels_share = pixels_share[0] / pixels_share.sum()

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["share of the steepest direction", "before training", "after 200 steps"],
    [[act, *(f"{value:.0%}" for value in each)] for act, each in hidden.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Sigmoids undo the centring at once: nearly all curvature is one mean. So whatever we did to the data must be done
# *inside* as well: by the activation ([L3](../03_activations/03_activations.ipynb)), by the weights
# ([L4](../04_initialization/04_initialization.ipynb)), or by normalizing every layer
# ([L6](../06_batch_norm/06_batch_norm.ipynb)).

# %% [markdown] slideshow={"slide_type": "notes"}
# **2 minutes.** **Ask** which activation keeps the centring. **Say:** the rest of the course is about this slide.

# %% [markdown] slideshow={"slide_type": "slide"} covers="slip-09 slip-10 data-lessons"
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | positive inputs: one sign for all gradients of a neuron | all three | holds, for one example, exactly |
# | minibatches help | *part I* | in part: 100 % to 40 %; not while all $\delta$ agree |
# | learning slows down | Arpit | a longer path in as many steps at one rate; a smaller largest rate |
# | $L = L^* + d^\top H d$, $\nabla L = \frac12 Hd$ | Arpit, page 10 | the ½ belongs to the loss |
# | the rate is capped by $1/\lambda_{\max}$ | Arpit, page 12 | by $2/\lambda_{\max}$; the best is $2/(\lambda_{\max} + \lambda_{\min})$ |
# | rescaled to (0, 1), contours are round | Huang | 7 : 1; centred as well, round |
# | equal variances are not very useful if the mean is not 0 | Arpit | often; on the table of three rows, scaling alone did most |
# | for images: centre only | *part I*, Xuming He | a matter of units and cost; a mean image needs a still camera |

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-02 question-03 question-08"
# ### Questions for the room
#
# 1. All inputs are positive. What can you say about the gradients on $w$? And about the weights themselves?
# 2. Which weight gets the larger update, and which one should?
# 3. What does gradient descent do on an ill-conditioned loss? What would *you* do: change the rate, the data, or
#    the rule?
# 4. A colleague centres her data and finds training slower at her old rate. Can that be?
# 5. You whiten the training images. What must you keep for the test images?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. A gradient is a number times an input: the mean of the inputs is in every step.
# 2. $E[xx^\top] = \Sigma + mm^\top$ is the curvature. Its largest eigenvalue bounds the rate, by 2 over it; the
#    ratio sets the number of steps.
# 3. Centre **and** scale; each alone may be useless or worse. Whitening does the rest, and is seldom worth its price.
# 4. Guard the constant features; statistics come from the training data.
# 5. What is good for the first layer is good for every layer.
#
# **Now you**: [A1](../../assignments/a1_backprop_and_data/a1_backprop_and_data.ipynb), from `gradient_sign_stats` on.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Sources
#
# * Four sets of slides by others, which this course discusses: Devansh Arpit, *Normalization techniques*, pages
#   6–13; Xuming He (2020), *CNNs II: model training and optimization*; Lei Huang (2017), *Normalization techniques
#   in training of deep neural networks*, slides 11–15; *Training neural networks, part I* (no author named).
# * Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998), *Efficient BackProp*. G. Goh (2017), *Why momentum really
#   works*, Distill.
# * A. Krizhevsky, I. Sutskever, G. Hinton (2012); K. Simonyan, A. Zisserman (2015), arXiv:1409.1556; K. He et al.
#   (2016), arXiv:1512.03385.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0. The landscapes are drawn by a random generator.
