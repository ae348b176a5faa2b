# %% [markdown] slideshow={"slide_type": "slide"}
# # L4 · Initialization
#
# **Zero Mean**, lecture 4 of 9. Before it: [L3, activation functions](../03_activations/03_activations.ipynb). After
# it: [assignment A2](../../assignments/a2_activations_and_init/a2_activations_and_init.ipynb), exercises 6 to 10.
#
# Before the first step of training, somebody has drawn some random numbers. At the end you can
#
# * say why equal weights stay equal, and what the random numbers are for,
# * predict, from **one number**, how large the signal is in each layer, and how large the gradient,
# * derive Xavier's and He's factors, and say what each assumes,
# * tell a healthy net from one that gives a single answer to everything, though its statistics look alike,
# * let the data choose the scale, and know what it does not see.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan, 72 minutes.** Opening 1 · symmetry 10 · small weights 9 · large weights 9 · variance 10 · ReLU 8 · two
# spreads 5 · the map 7 · data decides 6 · who trains 5 · claims 2.
#
# Run all cells before the class (half a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out the convolution (4) and the orthogonal matrices (8).

# %% slideshow={"slide_type": "skip"}
import math

import matplotlib.pyplot as plt
import numpy as np
from zeromean import digits
from zeromean.demos.l04_initialization import activation_theatre
from zeromean.demos.l04_initialization import edge_of_chaos, train_from_each
from zeromean.style import BLUE, GREEN, ORANGE, VERMILION, show, use
from zeromean.tables import Table
from zeromean.training import nets
from zeromean.training.loop import train

use()
rng = np.random.default_rng(4)
data = digits.load()

# %% [markdown] slideshow={"slide_type": "slide"} covers="permutation-symmetry"
# ## 1 · Units that begin alike stay alike
#
# A hidden layer is a sum over units, and a sum does not know the order of its terms: **permute** the hidden units,
# take their weights along, and the net is the same function. So every minimum of the loss comes in many copies, and
# the loss is not convex.
#
# Harmless, until all units are the *same*. Then there is nothing that could tell them apart: not the data, not the
# gradient.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-04"
# ### The simplest choice: all weights 0
#
# **Predict.** Two hidden layers, every weight and bias 0, cross-entropy. Which weights get a gradient at all, with
# tanh, with ReLU, and with sigmoid units? (Asked in Xuming He's slides *CNNs II: model training and optimization*.)

# %% slideshow={"slide_type": "skip"}
sizes, from_zero = (64, 20, 20, 10), {}
for act in ("tanh", "relu", "sigmoid"):
    net = nets.Net(sizes, act=act, init="zero")
    start, batch = nets.init(net, rng), (data.x[:64], data.t[:64])
    _, slopes, _ = nets.loss_and_grad(net, *start, *batch)
    from_zero[act] = [float(abs(slopes[f"W{layer}"]).max()) for layer in range(3)]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["W = 0: largest gradient", "first W", "second W", "last W"],
    [[act, *(f"{value:.2g}" for value in row)] for act, row in from_zero.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With tanh and ReLU **nothing ever moves** but the last bias: the gradient of a layer is its input times what comes
# from above, and both are 0. A sigmoid answers ½ to 0, so its last layer moves first, all units in step.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-05"
# ### And a constant that is not 0?
#
# The slides *Training neural networks, part I* (no author named) ask for $W$ = constant. **Predict** the gradient of
# the first layer, 64 × 20, when every weight is 0.1: what is its rank? With a squared error, and with a softmax?


# %% slideshow={"slide_type": "skip"}
def first_gradient(head):
    """Return dL/dW (64, 20) of the first layer when all weights are 0.1."""
    from autograd import grad
    from autograd import numpy as anp

    x, hot = data.x[:64], np.eye(10)[data.t[:64]]
    inner, last = np.full((20, 20), 0.1), np.full((20, 10), 0.1)

    def loss(W):
        scores = anp.tanh(anp.tanh(x @ W) @ inner) @ last
        if head == "squared error":
            return anp.mean((scores - hot) ** 2)
        sums = anp.log(anp.sum(anp.exp(scores), axis=1))
        return anp.mean(sums - anp.sum(scores * hot, axis=1))

    return grad(loss)(np.full((64, 20), 0.1))


constant = {head: first_gradient(head) for head in ("squared error", "softmax")}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
apart = {head: float(np.ptp(dW, axis=1).max()) for head, dW in constant.items()}
ranks = {head: int(np.linalg.matrix_rank(dW, tol=1e-12)) for head, dW in constant.items()}
Table(
    ["W = 0.1: gradient of the first layer", "largest entry", "largest difference of two columns", "rank"],
    [[head, f"{abs(dW).max():.1e}", f"{apart[head]:.0e}", ranks[head]] for head, dW in constant.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Squared error: 20 equal columns, **rank 1**. Softmax: *not even that*. The entries of $p - y$ sum to 0 for each
# example, and equal weights hand down just this sum. The usual sentence, "all units get the same gradient", is true,
# but here the gradient is 0.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="permutation-symmetry question-05"
# Six tanh units, each drawn as the arrow of its two weights. **Then find** how large a difference is enough, and what
# happens to the answer when units change places.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** for hands: how many different units after 400 steps? **Move:** "Six times the same", then
# play the steps; "One breaks away"; "Not even one step"; last "Places changed", and compare its table with the one
# before. **Say:** in exact arithmetic equal units stay equal for ever. On a computer a matrix product may round two
# equal columns differently; that can break the tie after some hundred steps. Random weights are the same idea, on
# purpose.

# %% tags=["hide-input"]
from zeromean.demos.l04_initialization import symmetry

symmetry.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Six equal units are one unit, at six times the price. A nudge of 0.01 frees one of
# them. Reordered, the weights differ and the outputs do not: six tanh units have 46 080 such twins.

# %% slideshow={"slide_type": "skip"}
twins = math.factorial(6) * 2**6  # every order, and each sign: tanh(-a) = -tanh(a)
x, W, V = (rng.standard_normal(shape) for shape in ((50, 3), (3, 6), (6, 2)))
order, signs = rng.permutation(6), rng.choice([-1, 1], 6)
twin = np.tanh(x @ (signs * W[:, order])) @ (signs[:, None] * V[order])
same = float(abs(twin - np.tanh(x @ W) @ V).max())
found = [["equal nets", twins], ["outputs of a twin differ by", f"{same:.0e}"]]
Table(["six tanh units", "found"], found)

# %% [markdown] slideshow={"slide_type": "slide"} covers="small-random code-random-weights"
# ## 2 · Small random numbers fade with depth
#
# So draw them. Small ones, to begin with a simple model: scores near 0, all classes alike, a loss of $\ln 10 = 2.30$.
#
# ```python
# W = 0.01 * rng.standard_normal((D, H))  # np.random.randn(D, H) in the documents
# ```
#
# "Works okay for small networks, but problems with deeper networks", say both sets of slides.
#
# **Predict.** 200 steps on digits, ReLU, rate 0.3. How many hidden layers until it fails?


# %% slideshow={"slide_type": "skip"}
def small_start(depth):
    """Return the test accuracy after 200 steps from weights of 0.01 times randn."""
    net = nets.Net((64, *[100] * depth, 10), init="small")
    end = train(net, data.x, data.t, lr=0.3, steps=200)
    return nets.accuracy(net, end.params, end.state, data.x_test, data.t_test)


shallow = {depth: small_start(depth) for depth in (1, 2, 3, 4)}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["hidden layers", *map(str, shallow)],
    [["test accuracy", *(f"{share:.0%}" for share in shallow.values())]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="ten-by-500 code-ten-layers slip-25"
# ### Look inside: ten layers of 500 tanh units
#
# The experiment of Xuming He's *Weight Initialization*, for today's Python:


# %% tags=["show-code"]
def ten_layers(factor, act=np.tanh, examples=1000, seed=0):
    """Return the activations of ten layers of 500 units, for Gaussian inputs."""
    draw, h, layers = np.random.default_rng(seed), None, []
    h = draw.standard_normal((examples, 500), dtype=np.float32)
    for _ in range(10):
        W = np.float32(factor) * draw.standard_normal((500, 500), dtype=np.float32)
        h = act(h @ W)
        layers.append(h)
    return layers


# %% [markdown] slideshow={"slide_type": "fragment"}
# (There: `xrange`, which Python 3 has not, and the comment "10-D input data" over data of 500 dimensions.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="ten-by-500"
# ### Ten times 0.01
#
# **Predict** the standard deviation in layers 1, 2, 5 and 10, for `factor = 0.01`.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
tiny = ten_layers(0.01)
tiny_std = [float(h.std(dtype=float)) for h in tiny]
Table(
    ["0.01 · randn, 10 × 500", *(f"layer {k}" for k in (1, 2, 5, 10))],
    [
        ["std", *(f"{tiny_std[k - 1]:.2g}" for k in (1, 2, 5, 10))],
        ["mean", *(f"{float(tiny[k - 1].mean(dtype=float)):.0e}" for k in (1, 2, 5, 10))],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Each layer multiplies by about $0.01 \cdot \sqrt{500} = 0.22$. After ten, three ten-millionths are left.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="six-by-4096 code-4096 slip-23"
# ### The same 0.01, another net
#
# *Training neural networks, part I* takes six layers of 4096 units and 16 examples, and the same 0.01: "All
# activations tend to zero for deeper network layers".


# %% tags=["show-code"]
def six_layers(std, act=np.tanh, width=4096, examples=16, seed=1):
    """Return the standard deviation of each of six layers."""
    draw, stds = np.random.default_rng(seed), []
    h = draw.standard_normal((examples, width), dtype=np.float32)
    for _ in range(6):
        W = draw.standard_normal((width, width), dtype=np.float32)
        h = act((h @ W) * np.float32(std))
        stds.append(float(h.std(dtype=float)))
    return stds


# %% [markdown] slideshow={"slide_type": "subslide"} covers="six-by-4096 slip-23"
# ### The same 0.01, another fate
#
# **Predict** the standard deviation in layer 6 of this net. (The other has 0.00012 there.)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
wide = six_layers(0.01)
narrow = six_layers(0.64 / np.sqrt(512), width=512, examples=128)
limit = activation_theatre.oracle("tanh", 0.64)[:6]
heads = ["tanh, std by layer", *map(str, range(1, 7))]
Table(
    heads,
    [
        ["0.01 · randn, 4096 wide", *(f"{std:.3f}" for std in wide)],
        ["0.64/√512 · randn, 512 wide", *(f"{std:.3f}" for std in narrow)],
        ["infinitely wide, predicted", *(f"{std:.3f}" for std in limit)],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A gentle fade, 0.49 to 0.05: far from dead. What counts is not the 0.01 but $g = \text{std} \cdot
# \sqrt{\text{fan-in}}$: 0.64 here, 0.22 there. **Nets of equal $g$ behave alike**, so 512 units can play the part of
# 4096.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### One line that predicts them all
#
# A pre-activation is a sum of many small products, so nearly Gaussian. With $q_l$ its variance in layer $l$ and $z$ a
# unit Gaussian:
#
# $$q_l = g^2 \, E[h_{l-1}^2] \qquad E[h_l^2] = E\big[f(\sqrt{q_l}\, z)^2\big]$$
#
# (Poole et al. 2016, equation 3, without biases.) No weight is drawn; the last row of the last table came from it.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-06"
# ### What do the gradients look like?
#
# "All zero, no learning", answers *part I*. **Predict.** In the 10 × 500 net with 0.01 the activations of layer 10
# are about a million times smaller than those of layer 1. And the gradients of the weights: layer 1 over layer 10?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
faint = activation_theatre.statistics("tanh", 0.2236)
down = faint["gradient"] / faint["gradient"][-1]
Table(
    ["0.01 · randn, 500 wide", "layer 1", "layer 5", "layer 10"],
    [
        ["activations, over layer 10's", *(f"{faint['std'][k] / faint['std'][-1]:.1e}" for k in (0, 4, 9))],
        ["gradients dL/dW, over layer 10's", *(f"{down[k]:.2f}" for k in (0, 4, 9))],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Equal in all layers.** A weight's gradient is its input times what comes from above; the one fades upwards, the
# other downwards, each by $g$ a layer. Their product is $g^{9}$ everywhere: not zero, but a million times too small
# for any rate that suits the last bias.

# %% [markdown] slideshow={"slide_type": "notes"}
# **9 minutes** for section 2. **Ask** after the first table: the same 0.01, eight times as wide, better or worse?
# **Say:** the next layer adds up eight times as many numbers. A2 computes the prediction of the last row as an
# exercise.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · Large weights saturate, and the gradient explodes
#
# Then take large ones: `factor = 1.0`. Xuming He's slides print what comes out. Ours beside it:

# %% tags=["hide-input"] covers="ten-by-500"
loud = ten_layers(1.0)
loud_std = [float(h.std(dtype=float)) for h in loud]
printed = {1: (-0.000430, 0.981879), 2: (-0.000849, 0.981649), 5: (-0.000682, 0.981614), 10: (0.000584, 0.981736)}
Table(
    ["1.0 · randn, 10 × 500", "printed mean", "ours", "printed std", "ours"],
    [
        [f"layer {k}", f"{mean:+.4f}", f"{float(loud[k - 1].mean(dtype=float)):+.4f}", std, f"{loud_std[k - 1]:.6f}"]
        for k, (mean, std) in printed.items()
    ],
)

# %% [markdown]
# A standard deviation of 0.98 in $(-1, 1)$: nearly every unit sits at one end. The same in every layer, to three
# digits, whoever draws the weights.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-07 figure-histograms ten-by-500 six-by-4096 slip-22"
# What do the gradients look like *now*? "Local gradients all zero", answer both documents. **Then find** the one
# among the eight printed settings in which signal and gradient both hold.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask:** the gradient of layer 1 over that of layer 10: zero, equal, or thousands? Write the count on
# the board. **Move** through all eight buttons from left to right, then drag g through tanh. **Say:** in the
# notebook, "Run it 4096 wide" draws the printed size, a layer at a time; it lands on the dashed line. **Say** also:
# the printed 0.05 leaves a third of the units beyond 0.99, not all.

# %% tags=["hide-input"]
activation_theatre.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Saturated, and the gradient of layer 1 is **some 80 000 times larger** than that of
# layer 10. Of the eight only ReLU with He's weights holds both.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Zero in the median, 3.5 in the root mean square
#
# On its way down through one layer the gradient meets a slope, $1 - h^2$, and a matrix whose entries have std 1.
# **Predict** for layer 10 of that net: the median slope, the mean slope, and the factor for the gradient.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
slope = 1 - loud[-1].astype(float) ** 2
local = {"median": float(np.median(slope)), "mean": float(slope.mean()), "rms": float(np.sqrt((slope**2).mean()))}
grows = np.sqrt(500) * local["rms"]
saturated = float((abs(loud[-1]) > 0.99).mean())
Table(
    ["local derivative, layer 10", "median", "mean", "rms", "rms · √500"],
    [["1.0 · randn", f"{local['median']:.3f}", f"{local['mean']:.3f}", f"{local['rms']:.3f}", f"{grows:.2f}"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip in the slides.** The typical unit passes nothing on, that is right. But gradients add up in squares; the
# few units near 0 pass on so much, through weights so large, that each layer makes the gradient 3.5 times *larger*.
# The net is not asleep, it is **chaotic**: and for that reason it does not learn (section 9).

# %% [markdown] slideshow={"slide_type": "slide"} covers="variance-derivation"
# ## 4 · Keep the variance: one over the fan-in
#
# Between 0.22 and 22 there must be a $g$ that neither fades nor saturates. One unit, $y = \sum_{i=1}^{n} w_i x_i$.
# For *independent* $w$ and $x$:
#
# $$\mathrm{Var}(wx) = E[w]^2\,\mathrm{Var}(x) + E[x]^2\,\mathrm{Var}(w) + \mathrm{Var}(w)\,\mathrm{Var}(x)$$
#
# With means 0 only the last term is left; with $n$ independent terms
#
# $$\mathrm{Var}(y) = n\,\mathrm{Var}(w)\,\mathrm{Var}(x) = \mathrm{Var}(x) \quad\Longleftrightarrow\quad n\,\mathrm{Var}(w) = 1$$

# %% [markdown] slideshow={"slide_type": "subslide"} covers="variance-derivation"
# ### Which of the assumptions matters?
#
# $n = 400$, $\mathrm{Var}(w) = 1/400$, $\mathrm{Var}(x) = 1$. **Predict** $\mathrm{Var}(y)$ (a) as derived; (b) with
# $E[x] = 1$; (c) with inputs that are all *the same number*.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
draws, n = 20_000, 400
noise = rng.standard_normal((draws, n))
ws = rng.standard_normal((draws, n)) / np.sqrt(n)
sums = {
    "(a) independent, mean 0": (ws * noise).sum(axis=1),
    "(b) E[x] = 1": (ws * (1 + noise)).sum(axis=1),
    "(c) one number, n times": (ws * noise[:, :1]).sum(axis=1),
}
variances = {name: float(y.var()) for name, y in sums.items()}
Table(["weights and inputs drawn anew", "Var(y)"], [[name, f"{v:.2f}"] for name, v in variances.items()], fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# (b) doubles: what counts is $E[x^2]$, not $\mathrm{Var}(x)$; keep it for section 5. (c) changes nothing: that the
# *inputs* depend on each other does not matter, as long as the *weights* are independent with mean 0.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="initialization-history slip-20 ten-by-500"
# ### Whose rule is it?
#
# | name | std of $w$ | keeps | source |
# |---|---|---|---|
# | LeCun's | $1/\sqrt{n_\text{in}}$ | the signal, going up | LeCun et al. 1998, section 4.6 |
# | | $1/\sqrt{n_\text{out}}$ | the gradient, going down | the same sum, over outputs |
# | Glorot's, "Xavier" | $\sqrt{2/(n_\text{in} + n_\text{out})}$ | a bit of both | Glorot & Bengio 2010, equation 12 |
# | He's | $\sqrt{2/n_\text{in}}$ | $E[x^2]$ through a ReLU | He et al. 2015, equation 10 |
#
# **A slip in the slides.** Xuming He and *part I* call the first line "Xavier". In square layers the first three are
# one; elsewhere not. Below, "Xavier" in quotation marks is what the documents mean: $1/\sqrt{n_\text{in}}$.
#
# ```python
# W = rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)
# ```

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-21 ten-by-500"
# ### "Activations are nicely scaled for all layers"
#
# **Predict.** Ten layers of 500 tanh units with $1/\sqrt{500}$: the standard deviation in layer 1, and in layer 10?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
fair = ten_layers(1 / np.sqrt(500))
fair_std = [float(h.std(dtype=float)) for h in fair]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2))
layers = np.arange(1, 11)
for (name, found, g), color, mark in zip(
    (("1.0", loud_std, 22.3607), ("1/√500", fair_std, 1.0), ("0.01", tiny_std, 0.2236)), (VERMILION, BLUE, GREEN), "s^o"
):
    axes[0].semilogy(layers, found, mark, color=color, label=f"std, {name}")
    axes[0].semilogy(layers, activation_theatre.oracle("tanh", g), "--", color=color, linewidth=1)
for name, net, color in (("1.0", loud, VERMILION), ("1/√500", fair, BLUE), ("0.01", tiny, GREEN)):
    axes[1].plot(layers, [float(h.mean(dtype=float)) for h in net], color=color, marker=".", label=f"mean, {name}")
axes[0].set(xlabel="layer", ylabel="standard deviation", title="dashed: predicted")
axes[1].set(xlabel="layer", ylabel="mean", ylim=(-0.02, 0.02), title="the means say nothing")
axes[0].legend(loc="lower left")
show(
    figure,
    alt="Standard deviation and mean by layer of three tanh nets, 10 x 500. With 1.0 the std stays at 0.98, with "
    "one over root 500 it falls from 0.63 to 0.23, with 0.01 to 3e-7. All means are near 0.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Another slip.** Better by far than the other two, but from 0.63 it falls to **0.23**, about as
# $1/\sqrt{\text{layer}}$: a tanh is always a little flatter than a line. It is slow, and it never ends.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="conv-fan-in slip-24"
# ### In a convolution
#
# An output pixel adds up $k \times k$ pixels of *every* input channel: **fan-in** $= k^2 \cdot C_\text{in}$.
# **Predict**: filters 3 × 3, 16 channels, weights of std $1/\sqrt{9 \cdot 16}$ and inputs of variance 1: the variance
# of the output? And the shape of a 3 × 3 image under a 3 × 1 filter, nothing padded?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
window = np.lib.stride_tricks.sliding_window_view
image = rng.standard_normal((16, 40, 40))
filters = rng.standard_normal((32, 16, 3, 3)) / np.sqrt(9 * 16)
maps = np.einsum("chwij,ocij->ohw", window(image, (3, 3), axis=(1, 2)), filters)
conv_variance = float(maps.var())
valid = window(np.zeros((3, 3)), (3, 1)).shape[:2]
Table(
    ["convolution", "found"],
    [["variance of the output", f"{conv_variance:.2f}"], ["3 × 3 under 3 × 1", f"{valid[0]} × {valid[1]}"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# (Xuming He's figure of a convolution says 3 × 1 for the second: a slip.)

# %% [markdown] slideshow={"slide_type": "slide"} covers="he-initialization"
# ## 5 · A ReLU keeps half of the mean square
#
# The derivation wanted inputs of mean 0. What leaves a ReLU has none below 0: of a unit Gaussian it makes a mean of
# $1/\sqrt{2\pi} = 0.40$. So the rule "breaks", say both documents. How badly?
#
# Six layers again, with each rule that the documents print.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="he-initialization six-by-4096"
# ### From tanh to ReLU
#
# **Predict.** Six layers with $1/\sqrt{n}$: the standard deviation of layer 6, with ReLU in place of tanh? And how
# many times larger is it with $\sqrt{2/n}$, if every weight is drawn from the same random numbers?


# %% slideshow={"slide_type": "skip"}
def relu(a):
    """Return the positive part."""
    return np.maximum(a, 0)


settings = {
    "tanh, 0.01 · randn": (np.tanh, 0.64),
    "tanh, 0.05 · randn": (np.tanh, 3.2),
    "tanh, randn / √Din": (np.tanh, 1.0),
    "ReLU, randn / √Din": (relu, 1.0),
    "ReLU, randn · √(2/Din)": (relu, math.sqrt(2)),
}
six = {
    name: six_layers(g / np.sqrt(512), act, width=512, examples=128)
    for name, (act, g) in settings.items()
}
eightfold = six["ReLU, randn · √(2/Din)"][-1] / six["ReLU, randn / √Din"][-1]

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="six-by-4096 code-4096"
Table(
    ["six layers, 4096 wide (played by 512)", *map(str, range(1, 7)), "predicted"],
    [
        [name, *(f"{std:.3f}" for std in six[name]), f"{activation_theatre.oracle(name[:4], round(g, 4))[5]:.3f}"]
        for name, (_, g) in settings.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 0.10 with "Xavier": half of the variance is lost in each layer. With He's factor **exactly** $\sqrt2^{\,6} = 8$
# times more, because a ReLU lets factors through. (And 0.05 with tanh does not saturate "all": two thirds stay below
# 0.99.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="he-initialization code-he"
# ### Not the variance, the mean square
#
# The next layer adds up products $w_i x_i$ with $E[w] = 0$, so (section 4b) $\mathrm{Var}(y) =
# n\,\mathrm{Var}(w)\,E[x^2]$, mean and all. For $x = \max(0, z)$, half of the numbers are gone, and with them half of
# the mean square: $E[x^2] = \tfrac12 E[z^2]$. So
#
# $$n\,\mathrm{Var}(w) = 2$$
#
# ```python
# W = rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)
# ```
#
# (Xuming He writes `/ np.sqrt(fan_in/2)`, the same.) **Predict.** Somebody argues with $\mathrm{Var}(x)$ instead.
# What does $z$ with variance 1 give for $E[x^2]$, for $\mathrm{Var}(x)$, and for the variance of the next
# pre-activation at $\mathrm{Var}(w) = 1/n$?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x = relu(rng.standard_normal((500, 1000)))
y = x @ (rng.standard_normal((1000, 1000)) / np.sqrt(1000))
moments = {"E[x²]": float((x**2).mean()), "Var(x)": float(x.var()), "Var(y)": float(y.var())}
Table(list(moments), [[f"{value:.3f}" for value in moments.values()]], fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# $\mathrm{Var}(y)$ follows $E[x^2] = \tfrac12$, not $\mathrm{Var}(x) = 0.34$. Whoever puts the variance in its place
# gets the factor 2.9 for He's 2.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-19 initialization-history"
# ### Which n?
#
# Lei Huang's *Normalization techniques in training of deep neural networks* lists random (1998), Xavier (2010) and He
# (2015), and writes He's rule as $N(0, 2/n)$ with $n = \text{out} \cdot H \cdot W$: the *outputs*. **Predict**: a
# layer with twice as many outputs as inputs. What becomes of $E[x^2] = 1$?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
x = rng.standard_normal((1000, 400))
W = rng.standard_normal((400, 800))
by_fan = {
    name: float((relu(x @ W * np.sqrt(2 / fan)) ** 2).mean())
    for name, fan in {"fan-in, 400": 400, "fan-out, 800": 800}.items()
}
Table(["2/n with n =", "E[x²] behind the ReLU"], [[name, f"{value:.3f}"] for name, value in by_fan.items()], fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip, or another aim.** With the fan-out half of it is lost in every such layer. It is the choice that holds the
# *gradient*; He et al. (2015) show that either will do, if it is used in all layers.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for section 5. **Ask** for the 8 before the table: someone will say "about". It is exact, for the same
# draws. **Say:** in A2 `fans` and `init_weights` are theirs to write.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · A healthy spread can hide a dead net
#
# Every slide so far shows *one* standard deviation, that of all numbers in a layer. But two things make numbers
# differ:
#
# $$\mathrm{Var}(h) = \underbrace{E_\text{units}\big[\mathrm{Var}_\text{examples}(h)\big]}_{\text{between examples}}
# + \underbrace{\mathrm{Var}_\text{units}\big(E_\text{examples}[h]\big)}_{\text{between units}}$$
#
# Only the first part knows anything of the input. (The law of total variance.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="ten-by-500"
# ### Ten layers of sigmoids
#
# **Predict.** Ten layers of *sigmoids* with $1/\sqrt{n}$. The standard deviation of layer 10 is 0.12. Which share of
# the variance is between examples?


# %% slideshow={"slide_type": "skip"}
def sigmoid(a):
    """Return 1/(1 + exp(-a))."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def spreads(h):
    """Return std, share between examples, and correlation of two examples."""
    h = h.astype(float)
    pairs = np.corrcoef(h[:60])[np.triu_indices(60, 1)]
    return float(h.std()), float(h.var(axis=0).mean() / h.var()), float(pairs.mean())


fan = 1 / np.sqrt(500)
kinds = {"tanh, 1/√n": (fan, np.tanh), "ReLU, He": (fan * math.sqrt(2), relu)}
kinds |= {"sigmoid, 1/√n": (fan, sigmoid), "sigmoid, 1.0": (1.0, sigmoid)}
tenth = {}
for name, (factor, act) in kinds.items():
    tenth[name] = spreads(ten_layers(factor, act, examples=300)[-1])

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["layer 10 of 10 × 500", "std", "share between examples", "correlation of two examples"],
    [[name, f"{std:.3f}", f"{share:.2%}", f"{pair:+.2f}"] for name, (std, share, pair) in tenth.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **None.** Whatever comes in, the same comes out; no gradient can tell examples apart. Xavier Glorot saw sigmoids
# fail in 2010. And even He's ReLU net, "just right", has brought two independent examples to a correlation of about
# 0.8.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes** for section 6. **Ask** whether 0.12 in every layer is healthy. **Say:** draw two examples as two rows:
# the columns differ, the rows do not. A2's `activation_stats` returns both numbers.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 7 · One map shows where a gradient gets through
#
# What a layer does to the *gradient* is one number, too. Its mean square is multiplied by
#
# $$\chi = g^2 \, E\big[f'(\sqrt{q}\, z)^2\big]$$
#
# Below 1 the gradient fades and examples merge; above 1 the gradient explodes and neighbours part. Between the two
# lies an edge (Schoenholz et al. 2017).

# %% [markdown] slideshow={"slide_type": "subslide"}
# $\sqrt\chi$ for six activations and eleven sizes of weights. **Then find** the only green box in the sigmoid's row.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** where tanh, ReLU and sigmoid have their edge. **Move** the grip along tanh, from 0.22 to 22,
# and watch both small pictures; then down the column of 1.41. **Say:** LeCun's 1 is the edge of tanh, He's √2 that of
# ReLU, and a sigmoid has its edge at 10, where nobody looks. Keep that 10: it returns in section 9.

# %% tags=["hide-input"]
edge_of_chaos.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The recipes are the green boxes: 1 for tanh, √2 for ReLU. Under a sigmoid He's
# weights leave less than a billionth of the gradient after twenty layers; its own edge is at $g = 10$.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"]
places = [("tanh", 0.64), ("tanh", 1.0), ("tanh", 3.2), ("tanh", 22.3607)]
places += [("ReLU", 1.0), ("ReLU", 1.4142), ("sigmoid", 1.4142)]
factors = {}
for act, g in places:
    seen = edge_of_chaos.compute({"gain": g, "act": edge_of_chaos.NAMES.index(act)})
    factors[act, g] = [float(seen[of][0] ** (1 / 19)) for of in ("down", "sizes")]
Table(
    ["what a layer does to the gradient, mean of 19", "predicted", "in one net 128 wide"],
    [[f"{act}, g = {g:.3g}", *(f"{value:.3f}" for value in pair)] for (act, g), pair in factors.items()],
)

# %% [markdown] slideshow={"slide_type": "slide"} covers="initialization-reading"
# ## 8 · The data can choose the scale themselves
#
# All this was for Gaussian inputs and one activation. Real inputs are neither white nor Gaussian. So *measure* (LSUV,
# Mishkin & Matas 2016; at the same time Krähenbühl et al. 2016):
#
# 1. Draw any weights, best orthogonal ones.
# 2. Send a batch up to layer $l$, measure the variance of $h_{l-1} W_l$, divide $W_l$ by its root.
# 3. Go on to layer $l + 1$, **with the mended layers below**.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="initialization-reading"
# Ten layers, 200 digits. Mend them one after the other. **Then find** what happens if all layers are measured before
# any is mended.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** what a sigmoid net looks like once all its variances are 1. **Move:** play from "Faint", or
# drag the line down; "Mended too early"; last "Healthy and deaf". **Say:** a number that one can set is not the thing
# one wanted. A2's last exercise is LSUV.

# %% tags=["hide-input"]
from zeromean.demos.l04_initialization import lsuv

lsuv.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** One division a layer, and ReLU and tanh are well, from any weights. For sigmoids it
# reports full success, and all examples have become one: LSUV sees the total variance only.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="initialization-reading"
# ### Orthogonal weights: all directions alike
#
# The variance is an average over directions. **Predict.** Ten *linear* layers of 100. How many times longer does
# their product make its best direction than its middle one, for Gaussian weights $1/\sqrt{n}$? And for orthogonal
# ones (Saxe et al. 2014)?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
stretch = {}
for name in ("Gaussian, 1/√n", "orthogonal"):
    product = np.eye(100)
    for _ in range(10):
        u, sizes, v = np.linalg.svd(rng.standard_normal((100, 100)))
        product = product @ (u @ v if name == "orthogonal" else u * (sizes / 10) @ v)
    lengths = np.linalg.svd(product, compute_uv=False)
    stretch[name] = float(lengths[0]), float(np.median(lengths))
Table(
    ["product of ten 100 × 100", "largest singular value", "median", "ratio"],
    [[name, f"{top:.2f}", f"{mid:.2g}", f"{top / mid:.2g}"] for name, (top, mid) in stretch.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The Gaussian product has variance 1 *on average* and squeezes nearly all directions flat. The orthogonal one turns,
# and squeezes none.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="initialization-reading initialization-history"
# ### To read on
#
# | paper | idea |
# |---|---|
# | Sussillo & Abbott 2014, *Random walk initialization* | choose $g$ so that the *logarithm* of the gradient does not drift |
# | Krähenbühl et al. 2016 | data-dependent: all layers learn at the same speed |
# | Zhang et al. 2019, *Fixup* | residual nets without normalization: last layer of each block 0, the others smaller |
# | Frankle & Carbin 2019, *The lottery ticket hypothesis* | a few of the first weights, kept, learn as well alone |
#
# And a thought of Huang's: if a property is worth having at the start, **keep it during training**, by writing the
# weights so that they cannot lose it. Batch norm (L6) does it for activations, weight norm (L8) for weights.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 9 · Who trains is what the map foretold
#
# All of it is about one question: does the net learn? Ten hidden layers of 100 units, digits, 200 steps. What the map
# says of the four starts, before anything is trained:

# %% tags=["hide-input"]
forecast = {
    act: [edge_of_chaos.factor(act, g) for g in (0.1, 10.0, 1.0, 1.4142)] for act in ("ReLU", "tanh", "sigmoid")
}
Table(
    ["a layer multiplies the gradient by", "0.01 (g = 0.1)", "1 (g = 10)", "1/√n (g = 1)", "He (g = 1.41)"],
    [[act, *(f"{value:.2f}" for value in row)] for act, row in forecast.items()],
)

# %% [markdown]
# **Predict.** Which of these twelve nets learn?

# %% [markdown] slideshow={"slide_type": "subslide"} covers="question-04 small-random he-initialization"
# The picture shows what the last hidden layer makes of 120 images. **Then find**, for each activation, the start that
# does best, and its $g$ on the map (here $\sqrt{n} = 10$).

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** the demo's question; nobody says 1·randn. **Move** through the presets; in the notebook press
# "Train it now" at "Made for ReLU" and at "One point". **Say:** the sigmoid's green box was at g = 10, and at 100
# units that is 1·randn: the map knew.

# %% tags=["hide-input"]
train_from_each.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The four nets with a factor near 1 learn best: tanh with both rules, ReLU with He's,
# and the sigmoid with weights of 1, which are poison to the rest. Next to them two get part of the way: ReLU at 0.71 to
# 61 %, tanh at 2.35 to 33 %. From 0.01 all images are one point, and stay it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The whole table, and a way round it
#
# **Predict.** With batch norm before each activation (L6): which of the failures are left?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
trained = {
    (norm, act, start): train_from_each.best(act, start, norm)
    for norm in ("plain", "batch")
    for act in train_from_each.ACTS.values()
    for start in train_from_each.STARTS.values()
}
Table(
    ["best rate, mean of seeds", *train_from_each.STARTS],
    [
        [
            act if norm == "plain" else f"{act}, batch norm",
            *(f"{trained[norm, key, s][0]:.0%}" for s in train_from_each.STARTS.values()),
        ]
        for norm in ("plain", "batch")
        for act, key in train_from_each.ACTS.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Only $W = 0$: batch norm repairs scales, it does not break symmetry. (Do not read its rows as the quality of a
# start: with batch norm the size of the first weights is a rate in disguise, $\eta / \|w\|^2$:
# [L6](../06_batch_norm/06_batch_norm.ipynb), section 7.)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | equal weights: all units get the same gradient | folklore | holds; with a softmax over equal weights it is 0 |
# | 0.01: activations tend to zero | *part I*, 4096 wide | 0.49 → 0.05 in six layers; it is 10 × 500 that dies |
# | gradients of tiny weights: "all zero" | *part I* | tiny, and equal in all layers |
# | gradients of large weights: "all zero" | Xuming He; *part I* | in the median; in fact they grow 3.5 times a layer |
# | 0.05: all activations saturate | *part I* | a third of the units |
# | std $1/\sqrt{n}$ is Xavier's | both | LeCun's; Glorot's is $\sqrt{2/(n_\text{in} + n_\text{out})}$ |
# | "nicely scaled for all layers" | both | tanh falls from 0.63 to 0.23 in ten layers |
# | He: $n = \text{out} \cdot H \cdot W$ | Huang | the fan-in; with the fan-out half is lost where channels double |
# | "just right" with He | *part I* | sizes hold; two examples draw together |
# | a good init matters | Mishkin & Matas | holds, strongly, for ten layers; batch norm makes it matter less |

# %% [markdown] slideshow={"slide_type": "slide"} covers="question-04 question-05 question-06 question-07"
# ## Questions for the room
#
# 1. What happens with $W = 0$? Which parameter moves, and where does a sigmoid differ?
# 2. And with $W$ = constant? With a softmax at the top?
# 3. What do the gradients $\partial L/\partial W$ look like for tiny weights, in layer 1 and in layer 10?
# 4. And for large ones? What does "local gradients all zero" leave out?
# 5. Why is a net of 4096 units with 0.01 alive, and one of 500 not?
# 6. A net shows a standard deviation of 0.12 in all layers. What else do you want to see?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. Random weights are there to make units *different*; their size decides what gets through.
# 2. The one number is $g = \text{std} \cdot \sqrt{\text{fan-in}}$: 1 for tanh, √2 for ReLU.
# 3. Going up counts $E[h^2]$, going down $\chi = g^2 E[f'^2]$. Both are known before a weight is drawn.
# 4. Look at two spreads: a layer can vary and say nothing.
# 5. What you can set (the variance) is not what you want (examples that differ).
#
# **Now you**: [A2](../../assignments/a2_activations_and_init/a2_activations_and_init.ipynb), exercises 6 to 10: fans,
# first weights, the measuring device, the prediction, and LSUV.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### The eight nets of the documents, layer by layer
#
# Histograms of the activations (for ReLU without its zeros), from the first layer at the top to the last.

# %% slideshow={"slide_type": "skip"} tags=["hide-input"] covers="figure-histograms ten-by-500 six-by-4096"
figure, axes = plt.subplots(2, 4, figsize=(11, 5.2))
eight = [(0.2236, "tanh", 10, "0.01, 10 × 500"), (22.3607, "tanh", 10, "1.0, 10 × 500")]
eight += [(1.0, "tanh", 10, "1/√n, 10 × 500"), (0.64, "tanh", 6, "0.01, 6 × 4096")]
eight += [(3.2, "tanh", 6, "0.05, 6 × 4096"), (1.0, "tanh", 6, "1/√n, 6 × 4096")]
eight += [(1.0, "ReLU", 6, "1/√n, 6 × 4096"), (1.4142, "ReLU", 6, "√(2/n), 6 × 4096")]
for axis, (g, act, depth, title) in zip(axes.flat, eight):
    seen = activation_theatre.statistics(act, g)
    for k in range(depth):
        value = np.linspace(seen["lo"], seen["hi"], activation_theatre.BINS)
        hill = 1.4 * seen["hills"][k] / 255
        axis.fill_between(value, -k, hill - k, color=BLUE if act == "tanh" else ORANGE, alpha=0.7, linewidth=0)
    axis.set(yticks=[0, 1 - depth], yticklabels=["1", str(depth)], title=f"{act} {title}")
    axis.title.set_fontsize(9)
    axis.grid(False)
show(
    figure,
    alt="Histograms of each layer in eight nets. tanh 0.01, 500 wide: spikes at 0 from layer 3 on. 1.0: two spikes "
    "at the ends. One over root n: wide, narrowing. 4096 wide, 0.01: narrowing gently; 0.05: heaped at both ends; "
    "ReLU: shrinking, or steady with He.",
)

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Sources
#
# * Slides by others, which this course discusses: Xuming He (2020), *CNNs II: model training and optimization*;
#   *Training neural networks, part I* (no author named); Lei Huang (2017), *Normalization techniques in training of
#   deep neural networks*.
# * Y. LeCun, L. Bottou, G. Orr, K.-R. Müller (1998), *Efficient BackProp*. X. Glorot, Y. Bengio (2010), AISTATS.
# * K. He, X. Zhang, S. Ren, J. Sun (2015), arXiv:1502.01852. A. Saxe, J. McClelland, S. Ganguli (2014),
#   arXiv:1312.6120.
# * D. Sussillo, L. Abbott (2014), arXiv:1412.6558. P. Krähenbühl et al. (2016), arXiv:1511.06856. D. Mishkin, J.
#   Matas (2016), arXiv:1511.06422. H. Zhang, Y. Dauphin, T. Ma (2019), arXiv:1901.09321. J. Frankle, M. Carbin
#   (2019), arXiv:1803.03635.
# * B. Poole et al. (2016), arXiv:1606.05340. S. Schoenholz et al. (2017), arXiv:1611.01232.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
