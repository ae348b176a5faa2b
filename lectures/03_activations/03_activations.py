# %% [markdown] slideshow={"slide_type": "slide"}
# # L3 · Activation functions
#
# **Zero Mean**, lecture 3 of 9. Before it: [L2, the data](../02_data/02_data.ipynb). After it:
# [L4, initialization](../04_initialization/04_initialization.ipynb), and
# [assignment A2](../../assignments/a2_activations_and_init/a2_activations_and_init.ipynb), ten exercises, 18 marks.
#
# At the end you can
#
# * read an activation twice: its **height** goes up, its **slope** is what comes back,
# * say what the sigmoid's three problems are worth, one by one,
# * follow the gradient through ten layers with a pencil: $\tfrac14$, $\tfrac14$, $\tfrac14$ …
# * recognize a dead unit, say how it died, and what a leak does and does not do about it,
# * choose an activation, and say which of the usual reasons for it we could confirm.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan, 72 minutes.** A bend 5 · sigmoid 8 · the chain 10 · signs 6 · exp 2 · tanh 6 · ReLU 11 · dead units 9 · leaks, PReLU,
# ELU 8 · maxout 5 · the advice, claims 2 (more with questions).
#
# Run all cells before the class (half a minute). Every demo asks for a prediction first: let hands go up before you click. Short of
# time: leave out the cost of exp and the noise of ELU.

# %% slideshow={"slide_type": "skip"}
import timeit

import autograd.numpy as np
import matplotlib.pyplot as plt
from autograd import value_and_grad
from matplotlib.colors import ListedColormap
from zeromean import digits
from zeromean.demos.l03_activations import curve_explorer, dead_unit_lab
from zeromean.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION, show, use
from zeromean.tables import Table
from zeromean.training import nets
from zeromean.training.loop import descent, minibatches, train

use()
SIGNS = ListedColormap([ORANGE, "#dddddd", BLUE])
rng = np.random.default_rng(3)
data = digits.load()
values, slopes = curve_explorer.values, curve_explorer.slopes

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 1 · Without a bend, ten layers are one
#
# A layer is $f(xW + b)$. Leave out $f$, and stack ten of them, each $64 \times 64$: more than 41 000 numbers to learn.
#
# **Predict.** How many layers does it take to compute the same function?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
sizes = [(64, 64)] * 10
layers = [(rng.standard_normal(size) / 8, rng.standard_normal(64)) for size in sizes]
h, W, b = data.x, np.eye(64), np.zeros(64)
for weights, bias in layers:
    h = h @ weights + bias
    W, b = W @ weights, b @ weights + bias
ten_is_one = float(np.max(abs(h - (data.x @ W + b))) / np.max(abs(h)))
Table(
    ["ten layers without a bend", "numbers", "difference"],
    [["as ten", 41600, "0"], ["as one", 4160, f"{ten_is_one:.0e}"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **One.** Lines of lines are lines. All that depth can do, it does through the bend $f$; today is about nothing else.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="figure-activations"
# ### Seven bends

# %% tags=["hide-input"] covers="figure-activations"
x = np.linspace(-4, 4, 401)
drawn = {name: values(name, x) for name in ("sigmoid", "tanh", "ReLU")}
drawn["leaky ReLU, 0.1"] = values("leaky ReLU", x, 0.1)
drawn["PReLU, learned α"] = values("leaky ReLU", x, 0.35)
drawn["ELU"] = values("ELU", x)
drawn["maxout"] = np.maximum(0.9 * x - 0.6, -0.4 * x - 0.2)
figure, axes = plt.subplots(2, 4, figsize=(9.2, 4.4), sharex=True, sharey=True)
for axis, (name, y) in zip(axes.flat, drawn.items()):
    axis.axhline(0, color=BLACK, linewidth=0.8)
    axis.axvline(0, color=BLACK, linewidth=0.8)
    axis.plot(x, y, color=BLUE, linewidth=3)
    axis.set(title=name, ylim=(-1.6, 3.2))
axes[1, 3].axis("off")
show(
    figure,
    alt="Seven curves: sigmoid and tanh flatten on both sides, ReLU is 0 on the left, leaky ReLU and PReLU fall slowly "
    "there, ELU goes down to -1, maxout is the larger of two lines.",
)

# %% [markdown]
# | unit | formula | unit | formula |
# |---|---|---|---|
# | sigmoid | $\dfrac{1}{1+e^{-x}}$ | ReLU | $\max(0, x)$ |
# | tanh | $\tanh x$ | leaky, PReLU | $x$ or $\alpha x$; $\alpha$ fixed or learned |
# | maxout | $\max(w_1^T x + b_1, w_2^T x + b_2)$ | ELU | $x$ or $\alpha(e^x - 1)$ |

# %% [markdown] slideshow={"slide_type": "slide"} covers="sigmoid"
# ## 2 · A unit that is sure of itself cannot be taught
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}$$
#
# Long the usual choice, and easy to read: 0 is a neuron at rest, 1 is one that fires as fast as it can, a **firing rate**. The
# slides *Training neural networks, part I* (no author named) give its range as $[0, 1]$.
#
# **Predict.** Is there an $x$ for which $\sigma(x) = 1$? And in float32?

# %% slideshow={"slide_type": "fragment"} tags=["answer"] covers="sigmoid slip-27"
grid = np.arange(0, 60, 0.01)
closes = {}
for kind in (np.float64, np.float32):
    found = 1 / (1 + np.exp(-grid.astype(kind)))
    closes[kind.__name__] = grid[np.argmax(found == 1)]
Table(
    ["numbers", "σ(x) is exactly 1 from x ="],
    [
        ["real", "never: the range is (0, 1), open; that of tanh (−1, 1)"],
        *([kind, f"{place:.1f}"] for kind, place in closes.items()),
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip in the slides**, and half of one only: the intervals are open, but a computer closes them. Where the value is exactly 1,
# the slope $\sigma(1-\sigma)$ is exactly 0.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sigmoid-problems question-01"
# The slides ask: what happens at $x = -10$, at $0$, at $10$? Drag the point along the curve, and watch its tangent. **Then find**
# where a sigmoid lets back most, and how much.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** for hands: a quarter, a thousandth, less? **Move** x from 10 to 0 by its grip, then choose tanh, then ReLU at
# −10, 0 and 10. **Say:** the height is what the unit says, the slope is what it hears. The first of the sigmoid's three
# problems: a saturated unit is deaf, also when it is wrong.

# %% tags=["hide-input"] covers="sigmoid-problems question-01"
curve_explorer.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** At $\pm 10$ the slope is 0.000045. At 0, at its very best, it is $\tfrac14$: three quarters of the
# gradient are lost even there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Where does the quarter come from?
#
# Both old activations know their slope by their height $y$:
#
# $$\sigma' = y\,(1 - y) \qquad\qquad \tanh' = 1 - y^2$$
#
# **Predict.** A sigmoid unit says 0.5, 0.9, or 0.999. How much comes back through each?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
said = np.array([0.5, 0.9, 0.99, 0.999])
backs = slopes("sigmoid", np.log(said / (1 - said)))
Table(
    ["the unit says", *map(str, said)],
    [["and lets back", *(f"{slope:.2g}" for slope in backs)]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# $y(1-y)$ is the product of two numbers that sum to 1: never above $\tfrac14$, and near an end about as small as the *rest* that is
# missing. A unit that is 99.9 % sure hears a thousandth.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 3 · A quarter, of a quarter, of a quarter
#
# One unit a layer, ten layers: $h_k = \sigma(a_k)$ with $a_k = w\,h_{k-1} - b$. What does the input do to the output?
#
# $$\frac{\partial h_{10}}{\partial h_0} = \prod_{k=1}^{10} w\,\sigma'(a_k) \;\le\; \Big(\frac w4\Big)^{10}$$
#
# The slopes of a chain multiply, and with $w = 1$ none of the ten is above $\tfrac14$.

# %% [markdown] slideshow={"slide_type": "subslide"}
# The whole chain as one curve. **Then find** a weight at which ten sigmoids let back more than half.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask** what the curve of ten sigmoids looks like, drawn in the air. **Move** the layers from 1 to 10 with Play, then
# the presets. **Say:** every curve is a function of the input; where it is level, no change below is felt above. Weight 4 with centred
# sums is the best there is, and holds in one point only.

# %% tags=["hide-input"] covers="sigmoid-problems"
from zeromean.demos.l03_activations import sigmoid_chain

sigmoid_chain.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Ten sigmoids of weight 1 are a level line: at most $4^{-10} = 9.5 \cdot 10^{-7}$ comes through.
# Larger weights give a cliff between two level lines. Only $w = 4$, centred, at one single input, keeps all.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A whole network does as the chain does
#
# Ten layers of 100 units, digits, weights of std $1/\sqrt{n}$ ($\sqrt{2/n}$ for ReLU: L4).
#
# **Predict.** The gradient of the first layer, compared with that of the tenth: for sigmoid, tanh, ReLU?


# %%
def gradients(act, init, scale=1.0, seeds=3):
    """Return the rms gradient of ten layers (10,), and the share of stuck units."""
    net = nets.Net((64, *[100] * 10, 10), act=act, init=init, scale=scale)
    rms, far = [], []
    for seed in range(seeds):
        start = nets.init(net, np.random.default_rng(seed))
        _, grads, _ = nets.loss_and_grad(net, *start, data.x[:256], data.t[:256])
        rms.append([np.sqrt(np.mean(grads[f"W{i}"] ** 2)) for i in range(10)])
        sums = nets.forward(net, *start, data.x[:256])[1].pre
        far.append(np.mean([np.mean(abs(a) > np.log(99)) for a in sums]))
    return np.mean(rms, axis=0), float(np.mean(far))


def by_layer(rms):
    """Return the factor per layer on the way back, from layer 10 to layer 2."""
    return float((rms[1] / rms[9]) ** (1 / 8))


kinds = {"sigmoid": "lecun", "tanh": "lecun", "relu": "he", "elu": "lecun"}
ways_back = {act: gradients(act, init)[0] for act, init in kinds.items()}
factors = {act: by_layer(rms) for act, rms in ways_back.items()}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
figure, axis = plt.subplots(figsize=(8, 3.0))
looks = {"sigmoid": (VERMILION, "o"), "tanh": (PURPLE, "s"), "relu": (BLUE, "^"), "elu": (ORANGE, "d")}
for act, (color, marker) in looks.items():
    label = f"{act.replace('relu', 'ReLU').replace('elu', 'ELU')}: × {factors[act]:.2f} per layer"
    axis.semilogy(range(1, 11), ways_back[act], color=color, marker=marker, label=label)
axis.set(xlabel="layer", ylabel="rms of dL/dW", xticks=range(1, 11))
axis.legend()
show(
    figure,
    alt="Gradient of each of ten layers. Sigmoid: it falls from 0.0015 in layer 10 to 3e-9 in layer 1, by 0.23 a "
    "layer. tanh, ReLU and ELU: level.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The sigmoid loses a factor of **0.23 a layer**, hardly less than the quarter of the chain: after nine, two millionths. The others keep it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### So make the weights larger?
#
# **Predict.** Sigmoids again, all weights × 4, × 8, × 16. What happens to the factor per layer, and to the share of units that are
# stuck within 0.01 of 0 or 1?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
scaled = {}
for scale in (1, 4, 8, 16):
    rms, stuck = gradients("sigmoid", "lecun", scale)
    scaled[scale] = (by_layer(rms), stuck)
Table(
    ["weights times", "factor per layer", "units within 0.01 of an end"],
    [[scale, f"{each:.2f}", f"{stuck:.0%}"] for scale, (each, stuck) in scaled.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The gradient survives only when a third of the units and more are stuck; at × 16 it *explodes*, with most of them saturated. No size
# of the weights gives both. L4 makes a theory of this; we look for another bend.

# %% [markdown] slideshow={"slide_type": "slide"} covers="positive-inputs"
# ## 4 · Outputs that are all positive tie the weights together
#
# The second problem: a sigmoid's outputs are not centred on zero. For **one** example, a unit above has
#
# $$\frac{\partial L}{\partial w_i} = \delta \, x_i, \qquad x_i > 0: \quad \text{all of them have the sign of } \delta.$$
#
# All its weights go up together, or all go down: on the way to weights of different signs it must zig-zag (L2 draws it). "For a single
# element! Minibatches help", say the slides of part I.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="positive-inputs"
# ### Do minibatches help?
#
# Two hidden layers of 20 units, freshly drawn; the weights between them.
#
# **Predict.** In the second layer of a net, for what share of the units do all gradients have one sign, at one example and at 32?


# %% covers="positive-inputs"
def one_sign(act, examples, seeds=10):
    """Return the share of units in layer 2 whose gradients do not differ in sign."""
    net, shares = nets.Net((64, 20, 20, 10), act=act), []
    for seed in range(seeds):
        draw = np.random.default_rng(seed)
        start = nets.init(net, draw)
        rows = draw.choice(len(data.x), examples, replace=False)
        _, grads, _ = nets.loss_and_grad(net, *start, data.x[rows], data.t[rows])
        g = grads["W1"]  # a unit is a column
        g = g[:, np.any(g != 0, axis=0)]
        same = np.all(g >= 0, axis=0) | np.all(g <= 0, axis=0)
        shares.append(np.mean(same))
    return float(np.mean(shares))


acts = {"ReLU": "relu", "leaky, 0.1": "leaky_tenth"}
acts = {"sigmoid": "sigmoid", **acts, "tanh": "tanh"}
tied = {name: (one_sign(act, 1), one_sign(act, 32)) for name, act in acts.items()}

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"] covers="positive-inputs"
Table(
    ["activation below", "one sign, 1 example", "one sign, 32 examples"],
    [[name, *(f"{share:.0%}" for share in pair)] for name, pair in tied.items()],
    fold=True,
)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="positive-inputs"
figure, axes = plt.subplots(2, 3, figsize=(7.6, 4.3))
for column, name in enumerate(("sigmoid", "ReLU", "tanh")):
    net, draw = nets.Net((64, 20, 20, 10), act=acts[name]), np.random.default_rng(2)
    start, rows = nets.init(net, draw), draw.choice(len(data.x), 32, replace=False)
    for row, count in enumerate((1, 32)):
        _, grads, _ = nets.loss_and_grad(net, *start, data.x[rows[:count]], data.t[rows[:count]])
        axis = axes[row, column]
        axis.imshow(np.sign(grads["W1"]), cmap=SIGNS, vmin=-1, vmax=1)
        axis.set(xticks=[], yticks=[], title=f"{name}, {tied[name][row]:.0%}")
        axis.grid(visible=False)
for row, words in enumerate(("1 example", "32 examples")):
    axes[row, 0].set_ylabel(words)
show(
    figure,
    alt="Signs of 20 x 20 gradients, a column for each unit, blue up and orange down. Below sigmoids all "
    "columns have one colour at one example, and most at 32; below ReLU all at one and few at 32; below tanh none.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A unit is a column; the share of columns of one sign stands above (10 nets). Minibatches help ReLU much and the sigmoid **little**: what comes down has the same sign for most examples of a fresh net, and
# positive times one sign stays tied.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="sigmoid-problems"
# ### The third problem is hardly one
#
# "exp() is a bit compute expensive". **Predict.** A layer of 512 units, a batch of 256: what share of its time goes into the sigmoid?

# %% slideshow={"slide_type": "fragment"} tags=["answer"] covers="sigmoid-problems"
batch, square = rng.standard_normal((256, 512)), rng.standard_normal((512, 512))
work = {
    "x @ W": lambda: batch @ square,
    "ReLU": lambda: np.maximum(batch, 0),
    "sigmoid": lambda: 1 / (1 + np.exp(-batch)),
    "tanh": lambda: np.tanh(batch),
}
spent = {}
for name, each in work.items():
    spent[name] = min(timeit.repeat(each, number=3, repeat=5)) / 3
Table(
    ["a layer, on the machine that ran this", "milliseconds"],
    [[name, f"{1000 * seconds:.2f}"] for name, seconds in spent.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It depends on the machine, so we claim nothing beyond this table. The product costs $D$ multiplications per output, the bend one
# call: the wider the layer, the less it matters.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for section 4, two of them for exp. **Ask** why 32 examples do not untie the sigmoid. **Say:** look at δ: in a fresh net
# with a softmax on top it hardly depends on the example, so a sum over examples is again positive times one sign.

# %% [markdown] slideshow={"slide_type": "slide"} covers="tanh"
# ## 5 · tanh is a sigmoid in better coordinates
#
# $$\tanh(x) = 2\,\sigma(2x) - 1$$
#
# Centred on zero, slope 1 in the middle in place of $\tfrac14$ (LeCun et al. 1991, as the slides cite it). It still saturates.
#
# **Predict.** At $x = 10$, whose slope is larger, the sigmoid's or that of tanh?

# %% slideshow={"slide_type": "fragment"} tags=["answer"] covers="tanh"
ten = np.array([10.0])
ends = {name: float(slopes(name, ten)[0]) for name in ("sigmoid", "tanh")}
identity = float(np.max(abs(np.tanh(x) - (2 * values("sigmoid", 2 * x) - 1))))
rows = [[name, f"{slope:.1e}"] for name, slope in ends.items()]
Table(["activation", "slope at 10"], rows, fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The sigmoid's, 5 500 times: tanh is twice as steep in $x$, so it flattens twice as early. As far as *saturation* goes, it is the
# worse of the two.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="tanh"
# ### The same function, and yet another network
#
# So every tanh net **is** a sigmoid net: take $2W$ in the first and the last layer, $4W$ between them, and shift the biases. Not one
# output changes.
#
# **Predict.** Four layers of 64, 100 steps at rate 1. Accuracy of a tanh net, of a sigmoid net, and of a sigmoid net that starts as
# *exactly the function* of the tanh net?


# %% covers="tanh"
def as_sigmoids(params, layers=4):
    """Return the sigmoid net that computes what a tanh net computes."""
    out = {}
    for i in range(layers + 1):
        weights, bias = params[f"W{i}"], params[f"b{i}"]
        if i > 0:  # what comes in is 2 sigmoid - 1
            weights, bias = 2 * weights, bias - weights.sum(axis=0)
        inner = 2 if i < layers else 1
        out[f"W{i}"], out[f"b{i}"] = inner * weights, inner * bias
    return out


def descend(loss, params, rate, steps, seed=0):
    """Return parameters after gradient descent on minibatches of 64 digits."""
    step = value_and_grad(loss)
    order = minibatches(len(data.x), 64, np.random.default_rng(seed))
    for _, rows in zip(range(steps), order):
        _, grads = step(params, data.x[rows], data.t[rows])
        params = {name: w - rate * grads[name] for name, w in params.items()}
    return params


# %%
wide = (64, 64, 64, 64, 64, 10)


def scores(act, params, x):
    """Return the scores (N, 10) of four layers of an activation."""
    return nets.forward(nets.Net(wide, act=act), params, {}, x)[0]


def trained(act, params, seed):
    """Return the test accuracy after 100 steps of rate 1."""

    def loss(p, x, t):
        return nets.cross_entropy(scores(act, p, x), t)

    end = descend(loss, params, 1.0, 100, seed)
    return nets.accuracy(nets.Net(wide, act=act), end, {}, data.x_test, data.t_test)


# %%
same_function, twins = 0.0, {name: [] for name in ("tanh", "sigmoid", "as tanh")}
for seed in range(3):
    fresh, _ = nets.init(nets.Net(wide, init="lecun"), np.random.default_rng(seed))
    gap = scores("tanh", fresh, data.x) - scores("sigmoid", as_sigmoids(fresh), data.x)
    same_function = max(same_function, float(np.max(abs(gap))))
    twins["tanh"].append(trained("tanh", fresh, seed))
    twins["sigmoid"].append(trained("sigmoid", fresh, seed))
    twins["as tanh"].append(trained("sigmoid", as_sigmoids(fresh), seed))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="tanh"
Table(
    ["network, 3 seeds", "accuracy, smallest to largest"],
    [
        [name.replace("as tanh", "sigmoid, started as the tanh net"), f"{min(found):.0%} to {max(found):.0%}"]
        for name, found in twins.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The sigmoid *can* be trained: it needed the coordinates of tanh. What one says of an activation, one says of an activation
# **together with a start**, and that is why L4 comes next.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes** for section 5. **Ask** which of the three nets is at chance. **Say:** "don't use sigmoid" is about weights of the usual
# size and biases of 0. Same function, same data, same rate: only the coordinates differ.

# %% [markdown] slideshow={"slide_type": "slide"} covers="relu question-01"
# ## 6 · ReLU lets through all, or nothing
#
# $$f(x) = \max(0, x)$$
#
# It does not saturate on the right, and costs one comparison (Krizhevsky et al. 2012). The slides ask again: what happens at
# $x = -10$, $0$, $10$?
#
# **Predict** the three slopes, for ReLU and for the others.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="relu question-01"
places = np.array([-10.0, 0.0, 10.0])
asked = {
    "sigmoid": slopes("sigmoid", places),
    "tanh": slopes("tanh", places),
    "ReLU": slopes("ReLU", places),
    "leaky, 0.01": slopes("leaky ReLU", places, 0.01),
    "ELU": slopes("ELU", places),
}
Table(
    ["slope at", "−10", "0", "10"],
    [[name, *(f"{slope:.2g}" for slope in found)] for name, found in asked.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# At 0 ReLU has no derivative: any number from 0 to 1 would do, and this course says 0, the slope on the left. (For sums of real
# numbers it hardly matters: they are never exactly 0.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="relu dead-units"
# ### What it makes of zero mean
#
# Let $z \sim N(0, 1)$ arrive. **Predict.** What are the mean and the standard deviation of $\max(0, z)$, and whose mean is nearest
# to 0?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="relu dead-units elu"
kinds = [("sigmoid", 1.0), ("tanh", 1.0), ("ReLU", 1.0), ("leaky ReLU", 0.01), ("leaky ReLU", 0.1), ("ELU", 1.0)]
moments = {
    f"{name}, {alpha:g}" if name == "leaky ReLU" else name: curve_explorer.moments(name, alpha) for name, alpha in kinds
}
Table(
    ["f(z), z normal", "mean", "std", "gain 1/√E[f²]"],
    [[name, f"{mean:.3f}", f"{std:.3f}", f"{gain:.3f}"] for name, (mean, std, gain) in moments.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# ReLU is **not centred**: mean $1/\sqrt{2\pi} = 0.399$, and each layer adds to it. The *gain* is what weights must be multiplied with
# so that $E[f^2] = 1$ again: for ReLU $\sqrt 2$, half of the square is cut off. L4 is built on this column.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="relu"
# "Converges much faster than sigmoid/tanh in practice (e.g. 6x)". Drag the line of arrival. **Then find** for which goal ReLU is the
# first, and for which it is not.

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes.** **Ask** for a factor: 6, 2, or less than 1? **Move** the loss to reach from 1 down to 0.03, then the rate to 1.
# **Say:** six is the ratio of epochs to 25 % training error on CIFAR-10, four convolutional layers (Krizhevsky et al. 2012, figure 1).
# On our digits there is no such factor, and which of two is faster depends on the rate and on where one stops the clock.

# %% tags=["hide-input"] covers="relu"
from zeromean.demos.l03_activations import activation_race

activation_race.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** At rate 0.3, tanh is ahead of ReLU at a loss of 0.3, and behind at 0.03; each at its best rate, it is
# ahead at all four goals. The sigmoid never leaves chance. **Six times does not show here.**

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
goals = activation_race.GOALS
arrivals = {act: [activation_race.best(act, loss) for loss in goals] for act in activation_race.ACTS}
Table(
    ["steps to a loss of …, each at its best rate", *map(str, goals)],
    [
        [activation_race.ACTS[act], *(f"{step:.0f} (rate {lr:g})" if step < 1e9 else "never" for step, lr in found)]
        for act, found in arrivals.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "slide"} covers="dead-units"
# ## 7 · A unit that is off for everyone stays off
#
# "An annoyance", say the slides of part I, and give a hint: what is the gradient when $x < 0$?
#
# $$\frac{\partial L}{\partial w} = \sum_{\text{examples}} \delta \cdot f'(z) \cdot x$$
#
# If $z < 0$ for **every** example, each term is 0. The weights do not move; in a first layer, whose inputs do not move either, nothing
# will ever wake this unit: it is **dead**.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="dead-units leaky-relu slip-34 slip-07"
# One layer of 64 units, all biases at one value. Bright: on. **Then find** a setting from which a leak of 0.01 wakes up after all.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask** for the accuracy of a layer that is born dead: the last layer still learns its biases! **Move** the epoch with
# Play, for ReLU, then leaky 0.01, then 0.1; then ReLU at bias 0 and rate 10. **Say:** dead rows are a waste, not a disaster: at
# bias −1 a third is missing and nobody notices. A disaster is the layer that is dead as a whole.

# %% tags=["hide-input"] covers="dead-units leaky-relu"
dead_unit_lab.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Born dead, ReLU stays at chance: every gradient of the layer is exactly 0. A leak of 0.1 wakes it; one
# of 0.01 hardly, unless the rate is larger too: at rate 3 it arrives.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="dead-units"
# ### How a unit dies: one step too far
#
# 64 units that start alive, rate 10.
#
# **Predict.** After how many steps is the first of them dead?


# %%
def first_death(rate, seed=0, most=100):
    """Return the step of the first death, and that unit's sums before and after."""
    net = nets.Net((64, 64, 10))
    before = data.x @ nets.init(net, np.random.default_rng(seed))[0]["W0"]
    draw = np.random.default_rng(seed)
    for step in descent(net, data.x, data.t, lr=rate, rng=draw):
        after = data.x @ step.params["W0"] + step.params["b0"]
        if np.any(np.all(after <= 0, axis=0)):
            unit = int(np.argmin(np.max(after, axis=0)))
            return step.number, before[:, unit], after[:, unit]
        if step.number == most:
            return most, None, None
        before = after
    return most, None, None


death, alive, dead = first_death(10.0)
spared = first_death(1.0)[1] is None

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="dead-units"
figure, axis = plt.subplots(figsize=(8, 2.9))
edges = np.linspace(min(alive.min(), dead.min()), max(alive.max(), dead.max()) + 0.2, 60)
axis.hist(alive, edges, color=BLUE, alpha=0.6, label=f"before step {death}: on for {np.mean(alive > 0):.0%} of them")
axis.hist(dead, edges, color=VERMILION, alpha=0.6, label=f"after step {death}: on for none")
axis.axvline(0, color=BLACK)
axis.set(xlabel="z, the sum that reaches the ReLU", ylabel="images", ylim=(0, 125))
axis.legend()
show(
    figure,
    alt="Histogram of the sums of one unit over 1297 images. Before the step a part lies right of 0; after it none.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# After **two** (2 or 3 in each of ten seeds). One step carries the whole cloud of sums below zero, and from there no gradient leads back. At
# rate 1 nobody dies in 100 steps.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="dead-units activation-advice"
# ### "Be careful with your learning rates"
#
# Units that start alive, biases 0, 20 epochs of digits.
#
# **Predict.** At which of the rates 0.1, 1, 3, 10 do ReLUs die, how many, and what does it cost?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="dead-units activation-advice"
by_rate = {rate: dead_unit_lab.runs()["relu", 0.0, rate] for rate in dead_unit_lab.RATES}
fate = {
    rate: (np.median([n[-1] for n in run["never"]]), np.median([a[-1] for a in run["accuracy"]]))
    for rate, run in by_rate.items()
}
Table(
    ["rate", "on for no training image", "test accuracy"],
    [[f"{rate:g}", f"{dead:.0%}", f"{accuracy:.1%}"] for rate, (dead, accuracy) in fate.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# At rate 10 half of the layer dies in the first epoch, and accuracy stays at 96 %: the half that is left is enough for digits. Death
# is quiet. So *count* your dead units; the loss does not tell you.

# %% [markdown] slideshow={"slide_type": "slide"} covers="leaky-relu slip-07 slip-34"
# ## 8 · A leak is a number, and it matters which
#
# $$f(x) = x \;\text{ for } x > 0, \qquad \alpha x \;\text{ otherwise}$$
#
# Maas et al. 2013. The slides of part I write $\max(0.1x, x)$ on one page and $\max(0.01x, x)$ on another, and of the second: "will
# not *die*".
#
# **Predict.** From biases of $-3$, rate 1, 20 epochs: the accuracy with 0, 0.01 and 0.1?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="leaky-relu slip-07 slip-34"
woken = {name: dead_unit_lab.runs()[act, -3.0, 1.0]["accuracy"] for act, name in dead_unit_lab.ACTS.items()}
asleep = {name: [run[-1] for run in found] for name, found in woken.items()}
Table(
    ["from biases of −3, 3 seeds", "accuracy, smallest to largest"],
    [[name, f"{min(found):.0%} to {max(found):.0%}"] for name, found in asleep.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Two slips.** 0.1 and 0.01 are two settings, not one; and a leak of 0.01 does not die, but it *sleeps*: a hundredth of the gradient
# is a hundredth of a step.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="prelu slip-08"
# ### PReLU: let it be learned
#
# He et al. 2015 make $\alpha$ a parameter. The slides of part I write it as $f(x) = \max(\alpha x, x)$.
#
# **Predict.** With $\alpha = 2$, what is $f(-3)$ by the rule above, and by the slide? Can $\alpha$ get there?


# %% covers="prelu slip-08"
def prelu_net(params, x):
    """Return the scores (N, 10) of four layers, each with a slope of its own."""
    h = x
    for i in range(4):
        a = h @ params[f"W{i}"] + params[f"b{i}"]
        h = np.maximum(a, 0) + params["alpha"][i] * np.minimum(a, 0)
    return h @ params["W4"] + params["b4"]


def learned(seed):
    """Return the four slopes after 200 steps of rate 0.1; they start at 0.25."""
    start, _ = nets.init(nets.Net(wide), np.random.default_rng(seed))

    def loss(p, x, t):
        return nets.cross_entropy(prelu_net(p, x), t)

    return descend(loss, {**start, "alpha": np.full(4, 0.25)}, 0.1, 200, seed)["alpha"]


alphas = np.array([learned(seed) for seed in range(3)])
rules = (float(values("leaky ReLU", -3.0, 2.0)), max(2.0 * -3.0, -3.0))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="prelu slip-08"
Table(
    ["question", "answer"],
    [
        ["f(−3) with α = 2, by the rule", f"{rules[0]:g}"],
        ["f(−3) with α = 2, by the slide", f"{rules[1]:g}"],
        ["α after 200 steps, layers 1 to 4, from 0.25", ", ".join(f"{alpha:.2f}" for alpha in alphas.mean(axis=0))],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip that matters**: $\max(\alpha x, x)$ is the rule only for $\alpha \le 1$, and here $\alpha$ *does* pass 1. Nobody would have
# set it so; the units learn to bend the other way. (He et al. let $\alpha$ be shared by a channel, or one for each.)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="elu"
# ### ELU: a floor, gently reached
#
# $$f(x) = x \;\text{ for } x > 0, \qquad \alpha(e^x - 1) \;\text{ otherwise} \qquad\text{(Clevert et al. 2016)}$$
#
# Its mean is nearer to zero (0.16 in place of 0.40), it needs exp, and "negative saturation adds some robustness to noise compared with
# leaky ReLU".
#
# **Predict.** A unit is off, at $z = -1$, $-3$ or $-5$, and noise of std 0.5 is added. Which lets through less noise?

# %% slideshow={"slide_type": "fragment"} tags=["answer"] covers="elu"
noise = 0.5 * np.random.default_rng(0).standard_normal(100_000)
heard = {}
for name, kind, alpha in [
    ("leaky, 0.01", "leaky ReLU", 0.01),
    ("leaky, 0.1", "leaky ReLU", 0.1),
    ("ELU", "ELU", 1.0),
]:
    heard[name] = [float(np.std(values(kind, z + noise, alpha))) for z in (-1, -3, -5)]
Table(
    ["std of the output", "z = −1", "z = −3", "z = −5"],
    [[name, *(f"{std:.4f}" for std in found)] for name, found in heard.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Far out, yes: at $-5$ ELU is the quietest. Near the bend it is the **loudest** by far: at $-1$ its slope is still 0.37. The floor
# protects the unit that is deeply off, not the one that has just gone off.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for section 8. **Ask** where the two rules for α = 2 differ. **Say:** the surprise is that α passes 1. For ELU, let the
# room find the slope at −1 from its value: f + α.

# %% [markdown] slideshow={"slide_type": "slide"} covers="maxout"
# ## 9 · Maxout learns the bend itself
#
# So far somebody chose the bend, or at most a slope in it. Goodfellow et al. 2013 let the unit *have* it:
#
# $$f(x) = \max(w_1^T x + b_1,\; w_2^T x + b_2)$$
#
# Not a dot product and then a bend, but two dot products and the larger of them. Each piece is linear: nothing saturates.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="maxout"
# Drag the ends of the two lines. **Then find** lines of which one is never heard.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** which known unit is two lines of slope 1 and −1. **Move** the four grips until ReLU, leaky ReLU and |x| have
# appeared; then "One line never wins". **Say:** linear everywhere, so it does not saturate; the unit does not die, but one of its
# two pieces can.

# %% tags=["hide-input"] covers="maxout"
from zeromean.demos.l03_activations import maxout

maxout.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** $w_2 = 0$ is ReLU, $w_2 = \alpha w_1$ leaky ReLU, $w_2 = -w_1$ the size $|x|$. A line that is never on
# top has no gradient: a piece can be dead while the unit lives.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="maxout"
# ### What it costs
#
# **Predict.** 64 inputs, two hidden layers of 100, ten outputs. How many parameters with ReLU, with PReLU (one $\alpha$ a unit), with
# maxout?

# %% slideshow={"slide_type": "fragment"} tags=["answer"] covers="maxout"
pairs = [(64, 100), (100, 100)]
hidden = sum(fan_in * fan_out + fan_out for fan_in, fan_out in pairs)
outputs = 100 * 10 + 10
counts = {"ReLU": hidden + outputs, "PReLU": hidden + 200 + outputs}
counts["maxout"] = 2 * hidden + outputs
Table(["network", "parameters"], counts.items(), fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Maxout **doubles the parameters of every hidden unit**. Compare it with a ReLU net of that many parameters, not with one of that
# many units.

# %% [markdown] slideshow={"slide_type": "slide"} covers="activation-advice"
# ## 10 · Batch norm takes half of the worry away
#
# Slide 20 of Lei Huang's *Normalization techniques in training of deep neural networks* (2017): batch norm before ReLU switches half
# of the units on; before a sigmoid it keeps it from saturating.
#
# **Predict.** After 100 steps, for what share of the images is a ReLU unit on, and how much do units differ, with and without?

# %%
on = {}
for norm in ("none", "batch"):
    shares = []
    for seed in range(3):
        split = digits.load(seed)
        net = nets.Net((64, 100, 100, 100, 10), norm=norm)
        end = train(net, split.x, split.t, lr=0.1, steps=100, seed=seed)
        sums = nets.forward(net, end.params, end.state, split.x, training=True)[1].pre
        shares.append(np.concatenate([np.mean(a > 0, axis=0) for a in sums]))
    on[norm] = np.concatenate(shares)
stuck = {}
for norm in ("none", "batch"):  # sigmoids with weights that are far too large, std 1
    net = nets.Net((64, 100, 100, 100, 10), act="sigmoid", norm=norm, init="unit")
    start = nets.init(net, np.random.default_rng(0))
    last = nets.forward(net, *start, data.x, training=True)[1].pre[-1]
    stuck[norm] = float(np.mean(abs(last) > np.log(99)))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="activation-advice"
Table(
    ["network", "a ReLU unit is on for", "scatter over units", "stuck sigmoids, weights of std 1"],
    [
        [name, f"{on[norm].mean():.0%}", f"{on[norm].std():.2f}", f"{stuck[norm]:.0%}"]
        for norm, name in {"none": "plain", "batch": "batch norm before"}.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Both claims hold: every unit is on for about half of the images, and no sigmoid is stuck. A unit that is normalized over its batch
# **cannot be off for everyone**, as long as $\beta$ leaves it. L6 takes it from here.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="activation-advice"
# ### The advice of the slides, held against our runs
#
# | the advice | what we saw |
# |---|---|
# | "Use ReLU. Be careful with your learning rates" | deaths begin between rate 3 and 10; they are quiet |
# | "Try out leaky ReLU / maxout / ELU" | level with ReLU when all goes well; ahead when units start badly (maxout we did not race) |
# | "Try out tanh but don't expect much" | on four layers, each at its best rate, it was ahead of ReLU to every goal |
# | "Don't use sigmoid" | right for the usual start; in the coordinates of tanh it trains |
#
# On 500 test images read nothing into a difference of a point or two: no activation here wins by more.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | saturated units kill the gradient | part I | holds: slope 0.000045 at 10, and tanh is worse |
# | minibatches help against one sign | part I | much for ReLU, little for a sigmoid |
# | exp is compute expensive | part I | depends on machine and width; not claimed |
# | range $[0, 1]$, range $[-1, 1]$ | part I | open intervals, which float closes |
# | ReLU converges 6x faster | part I; Krizhevsky et al. | not on digits: each at its best rate, tanh is ahead |
# | leaky ReLU "will not die" | part I | 0.1 wakes up; 0.01 sleeps on |
# | $\max(\alpha x, x)$ is PReLU | part I | for $\alpha \le 1$ only, and $\alpha$ passes 1 |
# | ELU is robust to noise | part I | deep in the floor; near the bend it is the loudest |
# | maxout does not die | part I | the unit does not; a piece can |
# | batch norm keeps half of the units on | Huang, slide 20 | holds |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. Height goes up, slope comes back: read every activation twice.
# 2. Slopes multiply. A sigmoid's are at most $\tfrac14$, so ten layers are a millionth.
# 3. Means matter: positive outputs tie weights together, and shift the next layer.
# 4. Dead is: off for *every* example. Count; the loss does not tell.
# 5. An activation is judged together with its start, its rate and its goal.
#
# **Now you**: [A2](../../assignments/a2_activations_and_init/a2_activations_and_init.ipynb), where each of these gets its way back,
# and you measure the nets of L4.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Questions for the room
#
# 1. The gradient of sigmoid, of ReLU, at $-10$, $0$, $10$? (Section 2, section 6.)
# 2. Can a dead unit in layer 2 wake up because layer 1 learns?
# 3. Why does a whole layer that is born dead still leave the accuracy *at* chance, not below?
# 4. A colleague says: "tanh trains better than sigmoid." What would you ask back?
# 5. Which function can no maxout unit of two pieces compute: $-|x|$, $x$, $\max(0, x)$?

# %% [markdown] slideshow={"slide_type": "notes"}
# **2 minutes**, or take them home. 2: yes, if its inputs move far enough; not if layer 1 has no other way to learn. 3: the last biases
# learn the class frequencies. 4: with which start, which rate, to which loss. 5: −|x|: a maximum of lines is never concave.

# %% [markdown] slideshow={"slide_type": "skip"} covers="slip-26"
# ### Sources
#
# * Documents by others, which this course discusses: *Training neural networks, part I* (no author named); Lei Huang (2017),
#   *Normalization techniques in training of deep neural networks*, slides 4 and 20. Both have misprints to know when you look things
#   up: "Mass et al." is **Maas** et al.; "sigmod", "Derivate" and "Feature work" in Huang's are sigmoid, derive and future work.
# * Y. LeCun, I. Kanter, S. Solla (1991), *Eigenvalues of covariance matrices*, Physical Review Letters 66.
# * A. Krizhevsky, I. Sutskever, G. Hinton (2012), *ImageNet classification with deep convolutional neural networks*.
# * I. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio (2013), *Maxout networks*, arXiv:1302.4389.
# * A. Maas, A. Hannun, A. Ng (2013), *Rectifier nonlinearities improve neural network acoustic models*.
# * K. He, X. Zhang, S. Ren, J. Sun (2015), *Delving deep into rectifiers*, arXiv:1502.01852.
# * D.-A. Clevert, T. Unterthiner, S. Hochreiter (2016), *Exponential linear units*, arXiv:1511.07289.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
