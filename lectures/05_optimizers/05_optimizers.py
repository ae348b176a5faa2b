# %% [markdown] slideshow={"slide_type": "slide"}
# # L5 · Optimizers and schedules
#
# **Zero Mean**, lecture 5 of 9. Before it: [L4, initialization](../04_initialization/04_initialization.ipynb). After it:
# [assignment A3](../../assignments/a3_optimizers/a3_optimizers.ipynb), nine exercises, 18 marks; then
# [L6](../06_batch_norm/06_batch_norm.ipynb), batch normalization.
#
# At the end you can
#
# * say what a condition number costs: $\kappa$ steps for gradient descent, $\sqrt\kappa$ for momentum,
# * derive momentum, Nesterov, AdaGrad, RMSProp and Adam, each from the failure of the one before,
# * say what a rate for each weight buys, and when it buys nothing,
# * explain Adam's first twelve steps, and why it has two corrections,
# * choose a rate, a schedule and a batch size, and know which of the three matters most.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan, 75 minutes.** Opening 2 · one rate for all directions 8 · saddles 7 · noise 4 · momentum 13 · Nesterov 5 ·
# AdaGrad and RMSProp 7 · Adam 7 · the race and its axes 8 · curvature 4 · rates, schedules, batches 9 · claims 1.
#
# Run all cells before the class (half a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out the natural gradient and the plane of batches.

# %% slideshow={"slide_type": "skip"}
from itertools import count, islice

import matplotlib.pyplot as plt
import numpy as np
from zeromean import digits
from zeromean.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION, show, use
from zeromean.tables import Table
from zeromean.training import nets
from zeromean.training.loop import descent
from zeromean.training.rules import RULES

use()
data = digits.load()


def taken(steps, walk):
    """Return the first places (steps, ...) of a walk that never ends."""
    return np.array([*islice(walk, steps)])


# %% [markdown] slideshow={"slide_type": "slide"} covers="challenges iterative-update"
# ## 1 · One rate must serve every direction
#
# Find the weights $w$ with the smallest loss $L(w)$ by many small steps, $w_{t+1} = w_t + \Delta w_t$. What stands in the
# way (Lei Huang, *Normalization techniques in training of deep neural networks*, 2017, slide 10):
#
# * the loss is not convex: local minima, and **saddles**,
# * weights are **correlated**, and the curvature differs from direction to direction,
# * the gradient of a minibatch is **noisy**.
#
# Each part of this lecture takes one of them.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-01 slip-32"
# ### Gradient descent, and a sign
#
# Xuming He's slides *CNNs II: model training and optimization* write $x_{t+1} = x_t - \alpha \nabla f(x_t)$, and in the
# code below it `x += learning_rate * dx`. The first slide that is called "Stochastic Gradient Descent" evaluates the loss
# on all of `data`, so it is not stochastic. Corrected:


# %% tags=["show-code"] covers="code-gradient-descent code-sgd gradient-descent"
def gradient_descent(slope, x, rate, steps):
    """Walk against the slope of the loss on all data; return where each step lands."""
    places = [x]
    for _ in range(steps):
        x = x - rate * slope(x)
        places.append(x)
    return np.array(places)


def stochastic_gradient_descent(slope_of, x, rate, batches):
    """The same, but each step looks at one minibatch only."""
    for batch in batches:
        x = x - rate * slope_of(x, batch)
    return x


# %% [markdown] slideshow={"slide_type": "subslide"}
# **Predict.** $f(x) = \tfrac12 (10 x_1^2 + x_2^2)$ from (1, 1), 50 steps of rate 0.05, with the sign of the slide. Where
# does it end?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
steep = np.array([10.0, 1.0])
right = gradient_descent(lambda x: steep * x, np.ones(2), 0.05, 50)[-1]
slip = gradient_descent(lambda x: -steep * x, np.ones(2), 0.05, 50)[-1]
Table(
    ["50 steps of rate 0.05", "x₁", "x₂"],
    [[name, *(f"{v:.2g}" for v in x)] for name, x in {"x −= rate · dx": right, "x += rate · dx": slip}.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A slip in the slides.** With a plus it *ascends*, and fastest where the loss is steepest. The same plus stands in the
# first of the three codes for momentum. Whoever trains with it sees the loss explode in every direction.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="condition-number sgd-troubles question-08"
# ### A loss that is steep in one direction and flat in another
#
# $f(x) = \tfrac12 (x_1^2 + \kappa\, x_2^2)$. The entries shrink by $1 - \eta$ and by $1 - \eta \kappa$, with one $\eta$ for both:
# $\eta \ge 2/\kappa$ is forbidden by the steep one, and the flat one pays. $\kappa$, the largest over the smallest
# curvature, is the **condition number**.
#
# **Predict.** $\kappa = 100$, start (1, 1). How many steps until a millionth of the distance is left, with the best rate
# that there is?


# %%
def steps_needed(rate, rho, kappa, ahead=0.0, goal=1e-6, most=100000):
    """Return after how many steps of momentum from (1, 1) a millionth is left."""
    curvature, x, last = np.array([1.0, kappa]), np.ones(2), np.ones(2)
    for step in range(1, most + 1):
        looked = x + ahead * (x - last)
        x, last = x + rho * (x - last) - rate * curvature * looked, x
        left = np.linalg.norm(x) / 2**0.5
        if left < goal or left > 1e6:
            return step if left < goal else most
    return most


ravine = np.array([1.0, 100.0])
rates = {"1/L": 0.01, "2/(L + μ), the best": 2 / 101, "1.99/L": 0.0199}
rates |= {"2/L": 0.02, "2.01/L": 0.0201}
plain = {name: steps_needed(r, 0.0, 100.0, most=5000) for name, r in rates.items()}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["rate (L = 100 the largest, μ = 1 the smallest curvature)", "steps to a millionth"],
    [[name, steps if steps < 5000 else "never"] for name, steps in plain.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **691**, with a jump to the other side at *every* step. Huang, slide 11: too bold on ridges, too timid on plateaus, slow, not
# robust.

# %% [markdown] slideshow={"slide_type": "slide"} covers="saddles question-09 hypotheses"
# ## 2 · Zero gradient rarely means a minimum
#
# In a local minimum and in a saddle the gradient is 0, and gradient descent stands still. Xuming He's slides name three
# popular hypotheses about large networks:
#
# 1. saddle points are far more common than local minima,
# 2. gradient descent often "gets stuck" in saddle points,
# 3. most local minima are equivalent, and close to the global minimum.
#
# The first can be counted on a toy, the second measured. The third we have not tested, so we do not claim it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# A random Hessian in $n$ dimensions: every eigenvalue must be positive for a minimum. **Then find** what depth changes.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask:** in one dimension it is a coin; in three, three coins? **Move** the dimension from 1 to 6, then the
# shift. **Say:** a random symmetric matrix is a model of a critical point high up in the landscape (Dauphin et al. 2014). Low
# down the eigenvalues are shifted to the right, and minima come back: that is the argument for the third hypothesis.

# %% tags=["hide-input"] covers="saddles"
from zeromean.demos.l05_optimizers import saddle_odds

saddle_odds.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** One in two, then about 0.15, 0.025, 0.002: far below $2^{-n}$, since eigenvalues repel
# each other. In ten dimensions no minimum is left among 20 000 draws.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-33"
# ### Does gradient descent get stuck there?
#
# $f(x, y) = \tfrac12 x^2 - \tfrac12 y^2 + \tfrac14 y^4$: a saddle at 0, minima at $y = \pm 1$. Rate 0.1, from $x = 0.7$.
#
# **Predict.** How many steps until $|y| > 0.5$, from $y = 10^{-8}$? And from $y = 0$? And with a little noise in the gradient?


# %%
def escape(rule, y, noise=0.0, seed=0, most=1000, rate=0.1):
    """Return the path (steps + 1, 2) on the saddle until |y| > 0.5."""
    draw, memory, path = np.random.default_rng(seed), {}, [np.array([0.7, y])]
    update = RULES[rule]
    while len(path) <= most and abs(path[-1][1]) <= 0.5:
        a, b = path[-1]
        slope = np.array([a, b**3 - b]) + noise * draw.standard_normal(2)
        new, memory = update(path[-1], slope, memory, rate)
        path.append(new)
    return np.array(path)


escapes = {rule: len(escape(rule, 1e-8)) - 1 for rule in RULES}
stuck = {rule: len(escape(rule, 0.0)) - 1 for rule in RULES}
noisy = sorted(len(escape("sgd", 0.0, 1e-3, seed)) - 1 for seed in range(20))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["steps until |y| > 0.5", "from y = 10⁻⁸", "from y = 0"],
    [
        ["gradient descent", escapes["sgd"], "never"],
        ["gradient descent, gradients with noise 0.001", "", f"{noisy[0]} to {noisy[-1]}, 20 seeds"],
        ["momentum", escapes["momentum"], "never"],
        ["Adam", escapes["adam"], "never"],
        ["RMSProp", escapes["rmsprop"], "never"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **A claim that does not hold as it stands.** Only a start *exactly* on the ridge is stuck. A hundred-millionth beside it,
# $y$ grows by a tenth a step, and is out after 188. It is slow, not stuck; noise makes it faster.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="figure-saddle"
# ### The surface, and three ways down

# %% tags=["hide-input"]
x, y = np.meshgrid(np.linspace(-1.2, 1.2, 17), np.linspace(-1.4, 1.4, 21))
figure = plt.figure(figsize=(9, 3.6))
surface = figure.add_subplot(1, 2, 1, projection="3d")
surface.plot_wireframe(x, y, x**2 / 2 - y**2 / 2 + y**4 / 4, color=BLACK, linewidth=0.5, alpha=0.6)
surface.plot([0], [0], [0], "o", color=VERMILION)
surface.set(xlabel="x", ylabel="y", title="a saddle at the dot", xticks=[-1, 0, 1], yticks=[-1, 0, 1], zticks=[])
surface.view_init(28, -60)
axis = figure.add_subplot(1, 2, 2)
x, y = np.meshgrid(np.linspace(-0.4, 1.1, 121), np.linspace(-0.8, 1.1, 121))
axis.contour(x, y, x**2 / 2 - y**2 / 2 + y**4 / 4, levels=14, colors=BLACK, alpha=0.3, linewidths=1)
for label, path, color, width in (
    ("from y = 0: stays", escape("sgd", 0.0, most=60), VERMILION, 7),
    ("from y = 10⁻⁸", escape("sgd", 1e-8), BLUE, 2),
    ("from y = 0, noise 0.05", escape("sgd", 0.0, 0.05, 2), GREEN, 2),
):
    axis.plot(*path.T, color=color, linewidth=width, marker=".", markevery=4, label=label)
axis.set(xlabel="x", ylabel="y", title="gradient descent, rate 0.1", xlim=(-0.4, 1.1), ylim=(-0.8, 1.1))
axis.grid(visible=False)
axis.legend(fontsize=9, loc="upper right")
show(
    figure,
    alt="Left: the surface, a valley along x and a hill along y. Right: three paths over contours; from y = 0 one runs "
    "into the saddle and stays, one leaves it after 188 steps, a noisy one wanders off.",
)

# %% [markdown] slideshow={"slide_type": "slide"} covers="noisy-gradients"
# ## 3 · A minibatch points the right way only on average
#
# $$\nabla L(w) = \frac1N \sum_{i=1}^{N} \nabla L_i(w) \qquad\text{but a step sees only } B \text{ of the } N \text{ terms.}$$
#
# **Predict.** From batches of 4 to batches of 64: how much of the noise is gone? And at which batch size is noise as
# large as the gradient itself? (A net of one hidden layer of 32, at its start, on digits.)


# %%
def slopes_of(rows):
    """Return the gradient of a fresh net on some rows, as one long vector."""
    _, found, _ = nets.loss_and_grad(net, *start, data.x[rows], data.t[rows])
    return np.concatenate([found[name].ravel() for name in sorted(found)])


net = nets.Net((64, 32, 10))
start = nets.init(net, np.random.default_rng(0))
whole = slopes_of(np.arange(len(data.x)))
draw, size_of_noise = np.random.default_rng(1), {}
for size in (1, 4, 16, 64, 256):
    off = [slopes_of(draw.choice(len(data.x), size)) - whole for _ in range(40)]
    size_of_noise[size] = float(np.sqrt(np.mean([np.sum(one**2) for one in off])))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["batch size B", *map(str, size_of_noise)],
    [
        ["noise / length of the gradient", *(f"{n / np.linalg.norm(whole):.2f}" for n in size_of_noise.values())],
        ["noise · √B / the same", *(f"{n * b**0.5 / np.linalg.norm(whole):.2f}" for b, n in size_of_noise.items())],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Only $\sqrt B$ counts**: sixteen times the work for a quarter of the noise. The two are equal at about 37 images; at 64 the noise
# is still three quarters of the gradient. So SGD takes many cheap, wrong steps instead of a few exact ones.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 4 · Momentum pays the root of the condition number
#
# Across the ravine the gradient changes its sign at every step; along it, never. So **keep a part of the last step**
# (Polyak 1964):
#
# $$x_{t+1} = x_t - \eta\, \nabla f(x_t) + \rho\, (x_t - x_{t-1})$$
#
# Swings cancel, what points the same way adds up. $\rho$, 0.9 or 0.99, is called *friction* on the slides, though a larger
# $\rho$ means less of it.

# %% [markdown] slideshow={"slide_type": "subslide"}
# All rates and all $\rho$ on one map. **Then find** the one best place for $\kappa = 100$, and what happens just beyond it.

# %% [markdown] slideshow={"slide_type": "notes"}
# **6 minutes.** **Ask** how far the rate may go with ρ = 0.9. **Move** along the bottom edge to 2, then "Best without memory", then
# drag upwards: the zig-zag heals. Then "The best of all", and one step to the right of it. **Say:** the region is a wedge,
# η L < 2(1 + ρ); the best place lies at its edge, and with ρ too large the ball never rests.

# %% tags=["hide-input"] covers="momentum"
from zeromean.demos.l05_optimizers import rate_and_friction

rate_and_friction.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** The converging region is a wedge, $\eta L < 2(1 + \rho)$. The best place lies at its edge, at
# $\rho = \big(\tfrac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\big)^2$: an error shrinks by 0.818 a step, not by 0.980.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="momentum"
# ### From $\kappa$ to $\sqrt\kappa$
#
# **Predict.** Ten times the condition number: how many more steps does gradient descent need, and how many momentum?

# %%
conditions = (10.0, 100.0, 1000.0)
counts = {"gradient descent": [], "momentum": [], "Nesterov": []}
for kappa in conditions:
    root = kappa**0.5
    keep = (root - 1) / (root + 1)
    counts["gradient descent"].append(steps_needed(2 / (kappa + 1), 0.0, kappa))
    counts["momentum"].append(steps_needed(4 / (root + 1) ** 2, keep**2, kappa))
    counts["Nesterov"].append(steps_needed(1 / kappa, keep, kappa, ahead=keep))

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["steps to a millionth, best settings", *(f"κ = {kappa:g}" for kappa in conditions)],
    [[name, *steps] for name, steps in counts.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Ten times for gradient descent; about $\sqrt{10}$ for momentum. No rule that only adds up gradients has a smaller power of $\kappa$ in
# the worst case (Nesterov 2004; Goh 2017). But its best settings need $\mu$ and $L$, which nobody knows of a network.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="code-momentum slip-04"
# ### Three codes for one rule
#
# The slides' first ascends (`x += learning_rate * vx`); the other two "are equivalent". **Predict**: also when the rate drops
# to a tenth after 30 steps?


# %% tags=["show-code"]
def both_forms(slope, x, rates, rho=0.9):
    a, step, b, total = x, 0, x, 0
    for rate in rates:
        step = rho * step - rate * slope(a)  # what is kept is the step
        a = a + step
        total = rho * total + slope(b)  # what is kept is a sum of slopes
        b = b - rate * total  # the slide's first code adds here
        yield a, b

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
schedules = {"constant": np.full(60, 0.05), "dropped": 0.05 * 0.1 ** (np.arange(60) >= 30)}
forms = {k: np.array([*both_forms(lambda x: steep * x, np.ones(2), r)]) for k, r in schedules.items()}
apart = {name: float(abs(w[:, 0] - w[:, 1]).max()) for name, w in forms.items()}
after = np.linalg.norm(np.diff(forms["dropped"], axis=0)[29], axis=1)
Table(
    ["60 steps, κ = 10", "largest distance of the two paths", "first step after the drop"],
    [
        ["one rate", f"{apart['constant']:.0e}", ""],
        ["a tenth from step 30 on", f"{apart['dropped']:.3f}", f"{after[0]:.4f} and {after[1]:.4f}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **For a constant rate only.** After the drop the first form keeps its speed for a while, the second brakes at once.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-05"
# ### "A running mean of gradients"
#
# So the slides call the velocity. **Predict.** A gradient that is always 1, rate 0.01, $\rho = 0.9$. How long are the
# steps in the end?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
w, memory, lengths, update = np.zeros(1), {}, [], RULES["momentum"]
for _ in range(200):
    new, memory = update(w, np.ones(1), memory, 0.01)
    lengths.append(float(w[0] - new[0]))
    w = new
Table(
    ["step", "1", "2", "10", "200"],
    [["length / rate", *(f"{lengths[i - 1] / 0.01:.2f}" for i in (1, 2, 10, 200))]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Ten times the rate: $1 + \rho + \rho^2 + \ldots = 1/(1-\rho)$. It is a *discounted sum*. A mean would end at 1 (Adam's first
# moment is one). So a rate that was good for SGD is ten times too bold for momentum.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="momentum slip-06"
# ### "Almost never hurts"
#
# The slide shows four pictures: momentum averages noise, rolls through small minima and saddles, and heals ravines.
# **Predict** whether it can hurt: (a) in the ravine with $\rho = 0.99$ at rate $1/L$; (b) around the minimum of a noisy
# bowl, at SGD's rate.


# %%
def floor_of(rho, rate, seed=0, steps=40000):
    """Return the mean square of x on x**2/2 when gradients have noise 1."""
    x, last, total = 0.0, 0.0, 0.0
    for one in np.random.default_rng(seed).standard_normal(steps):
        x, last = x - rate * (x + one) + rho * (x - last), x
        total += x * x
    return total / steps


heavy = steps_needed(0.01, 0.99, 100.0)
floors = {pair: floor_of(*pair) for pair in ((0.0, 0.1), (0.9, 0.1), (0.9, 0.01))}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["where", "gradient descent", "momentum", "momentum, a tenth of the rate"],
    [
        ["(a) steps to a millionth, rate 1/L", plain["1/L"], f"{heavy} (ρ = 0.99)", ""],
        ["(b) mean square of x, rate 0.1", *(f"{floors[key]:.3f}" for key in ((0.0, 0.1), (0.9, 0.1), (0.9, 0.01)))],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# It does hurt: (a) 2179 steps instead of 1341, because the ball never comes to rest; (b) ten times the noise at the same
# rate. With a tenth of the rate the floor is that of SGD again: momentum does not average noise away, it *is* a larger rate.

# %% [markdown] slideshow={"slide_type": "slide"} covers="nesterov"
# ## 5 · Nesterov looks where the ball will be
#
# Momentum asks for the slope *here*, and then rolls on by $\rho v$ all the same. Nesterov (1983) first rolls, and asks *there*:
#
# $$v_{t+1} = \rho v_t - \eta \nabla f(x_t + \rho v_t) \qquad x_{t+1} = x_t + v_{t+1}$$
#
# If the slope is about to turn, the step already knows.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"] covers="figure-momentum"
here, velocity = np.array([0.2, 0.3]), np.array([1.6, 0.5])
slope_here, slope_there = np.array([0.35, -1.0]), np.array([-0.35, -1.35])
figure, axes = plt.subplots(1, 2, figsize=(9, 3.3), sharey=True)
kinds = (("momentum: the slope here", here, slope_here), ("Nesterov: the slope ahead", here + velocity, slope_there))
for axis, (title, foot, slope) in zip(axes, kinds):
    for tail, vector, color, label in (
        (here, velocity, GREEN, "ρ v, kept"),
        (foot, slope, VERMILION, "−η ∇f"),
        (here, velocity + slope, BLUE, "the step"),
    ):
        arrow = {"color": color, "width": 2, "headwidth": 9}
        axis.annotate("", tail + vector, tail, arrowprops=arrow)
        axis.plot([], [], color=color, linewidth=3, label=label)
    axis.plot(*here, "o", color=BLACK)
    axis.plot(*foot, "s", color=VERMILION, markersize=7)
    axis.set(title=title, xlim=(-0.2, 2.6), ylim=(-1.1, 1.3), xticks=[], yticks=[])
    axis.grid(visible=False)
axes[0].legend(loc="lower right")
show(
    figure,
    alt="Two diagrams of arrows from one point. Left, momentum: the kept part and the slope taken there add up "
    "to the step. Right, Nesterov: the slope is taken at the end of the kept part, and the step turns more.",
)

# %% [markdown] slideshow={"slide_type": "subslide"} covers="nesterov"
# ### In terms of where the slope is asked for
#
# A program has the slope at its own weights. So follow $\tilde x = x + \rho v$. **Predict**: is it the same walk?


# %%
def look_ahead(slope, x, rate, rho):
    """Walk by the definition; yield where the slope is asked for next."""
    v = 0
    while True:
        v = rho * v - rate * slope(x + rho * v)
        x = x + v
        yield x + rho * v


# %% tags=["show-code"] covers="code-nesterov"
def rearranged(slope, x, rate, rho):
    v = 0
    while True:
        old_v = v
        v = rho * v - rate * slope(x)
        x = x - rho * old_v + (1 + rho) * v
        yield x

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
walks = [taken(154, walk(lambda x: ravine * x, np.ones(2), 0.01, 9 / 11)) for walk in (look_ahead, rearranged)]
ahead_error = float(abs(walks[0] - walks[1]).max())
Table(
    ["κ = 100", "momentum", "Nesterov"],
    [
        ["steps to a millionth, best settings", counts["momentum"][1], counts["Nesterov"][1]],
        ["largest difference of the two codes", "", f"{ahead_error:.0e}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The same to rounding. On a quadratic its best is *slower* than that of momentum, 155 steps against 93. What it buys is
# safety: a guarantee for every smooth convex function, and a brake before it overshoots.

# %% [markdown] slideshow={"slide_type": "slide"} covers="adagrad question-10"
# ## 6 · A rate for each weight, from its own history
#
# AdaGrad (Duchi et al. 2011) divides by the root of all squares so far, entry by entry. **Predict**: what does that do along
# steep and flat directions? And after a long time?


# %% tags=["show-code"] covers="code-adagrad"
def adagrad(slope, x, rate, eps=1e-7):
    grad_squared = 0
    while True:
        dx = slope(x)
        grad_squared = grad_squared + dx * dx
        x = x - rate * dx / (np.sqrt(grad_squared) + eps)
        yield x

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
first = {size: -taken(100, adagrad(lambda x: size, 0.0, 1.0)) for size in (1e-3, 1e3)}
Table(
    ["gradient, always", "first step / rate", "hundredth step / rate"],
    [[f"{size:g}", f"{w[0]:.4f}", f"{w[99] - w[98]:.4f}"] for size, w in first.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="question-11 adagrad"
# **Steep is damped, flat is accelerated**: 0.001 makes the same steps as 1000. And a step is $\eta / \sqrt t$: sums of squares only
# grow, so it **decays to zero**.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="rmsprop"
# ### RMSProp forgets
#
# A running mean in place of the sum (Tieleman & Hinton 2012). **Predict** its *first* step over the rate, with a decay
# of 0.99; and where a ball in $x^2/2$ ends.


# %% tags=["show-code"] covers="code-rmsprop"
def rmsprop(slope, x, rate, decay_rate=0.99, eps=1e-7):
    grad_squared = 0
    while True:
        dx = slope(x)
        grad_squared = decay_rate * grad_squared + (1 - decay_rate) * dx * dx
        x = x - rate * dx / (np.sqrt(grad_squared) + eps)
        yield x

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
leaky = {decay: -next(rmsprop(lambda x: 1.0, 0.0, 1.0, decay)) for decay in (0.9, 0.99)}
hover = taken(3000, rmsprop(lambda x: x, 1.0, 0.01, 0.9))[-50:]
Table(
    ["RMSProp", "decay 0.9", "decay 0.99"],
    [
        ["first step / rate", *(f"{length:.2f}" for length in leaky.values())],
        ["on x²/2, rate 0.01, in the end", f"jumps between {hover.min():+.4f} and {hover.max():+.4f}", ""],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The mean starts at 0, so the first root is too small: **ten times the rate** at 0.99. And it never rests: it jumps across the
# minimum, half a rate off. It needs a schedule.

# %% [markdown] slideshow={"slide_type": "slide"} covers="adam-almost question-12"
# ## 7 · Adam corrects its own beginning
#
# "Almost" Adam is momentum over RMSProp: two running means, both from 0. **Predict** its first step over the rate,
# $\beta_1 = 0.9$, $\beta_2 = 0.999$.


# %% tags=["show-code"] covers="code-adam"
def almost_adam(slope, x, rate, beta1=0.9, beta2=0.999, eps=1e-7):
    first_moment = second_moment = 0
    while True:
        dx = slope(x)
        first_moment = beta1 * first_moment + (1 - beta1) * dx
        second_moment = beta2 * second_moment + (1 - beta2) * dx * dx
        x = x - rate * first_moment / (np.sqrt(second_moment) + eps)
        yield x

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
bare = -np.diff([0.0, *taken(5000, almost_adam(lambda x: 1.0, 0.0, 1.0))])
settled = int(np.flatnonzero(abs(bare - 1) > 0.01)[-1]) + 2
Table(
    ["step", "1", f"{int(bare.argmax()) + 1}", "100", "1000"],
    [["length / rate", f"{bare[0]:.2f}", f"{bare.max():.2f}, the longest", f"{bare[99]:.2f}", f"{bare[999]:.2f}"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# $0.1 / \sqrt{0.001} = 3.16$ times the rate, and it gets *worse*: the mean fills in ten steps, the squares in a thousand.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Two means that fill at different speeds. **Then find** a $\beta_1$ at which no correction is needed.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** for the longest of the first hundred steps. **Move** the time with Play, then $\beta_2$ down to 0.9, then switch
# the correction on. **Say:** dividing each mean by $1 - \beta^t$, what its weights add up to, makes it a mean of what was
# seen. We do not say that uncorrected Adam trains worse: with small rates it was faster on digits.

# %% tags=["hide-input"]
from zeromean.demos.l05_optimizers import adam_first_steps

adam_first_steps.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Uncorrected, the steps peak at 6.57 times the rate at $t = 12$, and come within 1 % of it only
# near step 4000. Corrected, every step is one rate long, whatever the gradient.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="adam slip-02 slip-03"
# ### The full form, and where to start counting
#
# The slides give it twice, `for t in range(num_iterations)` and then `range(1, num_iterations)`. **Predict**: what does the
# first do? And what is left to repair in the second?

# %% tags=["show-code"] covers="code-adam"
def adam(slope, x, rate, beta1=0.9, beta2=0.999, eps=1e-8, start_at=1):
    first_moment = second_moment = 0
    for t in count(start_at):
        dx = slope(x)
        first_moment = beta1 * first_moment + (1 - beta1) * dx
        second_moment = beta2 * second_moment + (1 - beta2) * dx * dx
        first_unbias = first_moment / (1 - beta1**t)
        second_unbias = second_moment / (1 - beta2**t)
        x = x - rate * first_unbias / (np.sqrt(second_unbias) + eps)
        yield x

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"] covers="adam"
# **Slips in the slides.** From 0 it divides by $1 - \beta^0 = 0$. `range(1, n)` is right, and makes $n - 1$ steps; and all four
# codes have one closing parenthesis too many. Usual settings: $\beta_1 = 0.9$, $\beta_2 = 0.999$, rate $10^{-3}$ or $5 \cdot 10^{-4}$.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="adam"
# ### What the corrections give
#
# **Predict** the first step over the rate, for a gradient of 1000, of 0.001, and of $10^{-6}$. And what becomes of the weights when
# one counts from 0?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
with np.errstate(all="ignore"):  # the slip divides 0.1 by 0
    from_zero = taken(3, adam(lambda x: x, np.ones(1), 0.01, start_at=0))[:, 0]
steady = {g: -taken(100, adam(lambda x: g, 0.0, 1.0)) for g in (1e3, 1e-3, 1e-6)}
Table(
    ["Adam", "step 1", "step 3"],
    [
        *([f"gradient {g:g}, way / rate", f"{w[0]:.4f}", f"{w[2]:.4f}"] for g, w in steady.items()),
        ["counted from 0, the weight", *(f"{from_zero[i]:g}" for i in (0, 2))],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# One rate a step, over nine orders of magnitude; near $\varepsilon = 10^{-8}$ a hundredth less. This is why Adam's rate is easy to
# choose, and why it has units of *weights* and not of weights per gradient. Counted from 0: not a number, for ever.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 8 · The winner depends on the landscape and on its axes
#
# **Predict.** Fifty steps in the ravine, $\kappa = 100$: how often does the steep entry change its sign, with gradient descent at
# $1.9/L$, with momentum, with Adam?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
flips = {}
for rule, rate in (("sgd", 0.019), ("momentum", 0.01), ("adam", 0.03)):
    w, memory, signs, update = np.ones(2), {}, [1.0], RULES[rule]
    for _ in range(50):
        w, memory = update(w, ravine * w, memory, rate)
        signs.append(float(np.sign(w[1])))
    flips[rule] = int((np.diff(signs) != 0).sum())
Table(["50 steps", "gradient descent", "momentum", "Adam"], [["changes of sign", *flips.values()]], fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Gradient descent jumps across at every step. Adam's squares remember how steep the first slopes were, and keep the steep entry on a
# short leash. Whether that makes it *fast* is another question.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Six rules, five landscapes to make steeper and to turn, and a start to drag. **Then find** a start near the saddle from which everybody is quick.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** who leaves the wrong valley. **Move** the start about in the ravine, then "Near a saddle": one step beside the
# ridge. Four times the rates show who diverges, and so does ten times as steep ($\kappa = 300$); $\rho$ at 0 makes momentum plain
# descent, at 0.99 a marble without friction. Turn the ravine: SGD and the two with momentum walk on as before, in turned pictures.
# **Say:** the small picture has both effective rates of each rule; where the two marks lie on one another, the rule has one rate
# like SGD.

# %% tags=["hide-input"] covers="figure-race optimizer-paths"
from zeromean.demos.l05_optimizers import race

race.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** In the straight ravine AdaGrad and RMSProp win, and Adam ends last; momentum alone rolls out of the
# wrong valley, since Nesterov brakes; on the exact ridge of a saddle nobody moves.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Now only the coordinates turn, not the problem. **Then find** the angle from which on momentum is ahead of Adam.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** what a rotation can change at all: not the eigenvalues, not the condition number. **Move** the ravine by
# its grip from 0° to 45°. **Say:** vectors that are added and scaled turn with the world; squares and roots of *entries* do
# not. In networks the axes do mean something (layers, rare features), which is why Adam helps there.

# %% tags=["hide-input"] covers="optimizer-paths"
from zeromean.demos.l05_optimizers import turned_ravine

turned_ravine.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Gradient descent 250 steps and momentum 88 at *every* angle. AdaGrad from 14 to 485, Adam from 39
# to 313: what they win is won along the axes only.

# %% [markdown] slideshow={"slide_type": "slide"} covers="curvature"
# ## 9 · Curvature: measure a step by what it does
#
# Divide by the curvature itself, in every direction, and the ravine is round (Huang, slide 12):
#
# | method | divides the gradient by | cost for $D$ weights |
# |---|---|---|
# | Newton, quasi-Newton | the Hessian, or a running guess of it | $D^2$ numbers, $D^3$ work ($D^2$ for the guess) |
# | natural gradient (Amari 1998) | the Fisher matrix: what a step does to the **answers** | as Newton |
# | AdaGrad, RMSProp, Adam | a diagonal of root mean squares | $D$ |
# | normalizing inputs and activations | nothing: it makes the curvature round (L2, L6) | a mean and a variance |

# %% [markdown] slideshow={"slide_type": "subslide"}
# The two paths of Huang's slide 12, red for the gradient, green for the natural gradient. **Then find** a start where both
# agree.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** what the green path does when the inputs are stretched. **Move** the start around its circle, then "One step".
# **Say:** the dotted ellipse is every change of weights that changes the answers equally; the natural gradient is steepest
# descent in that ellipse. A3 asks for one line of it; L8 comes back to it with natural neural networks.

# %% tags=["hide-input"] covers="curvature"
from zeromean.demos.l05_optimizers import natural_gradient

natural_gradient.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Scaling the inputs bends the red path, at worst by some 70°; the green one stays a straight line.
# Both agree on the axes of the ellipse only.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 10 · The rate matters more than the rule
#
# All six rules have a rate, and it is the first thing to tune. Its curves are known by their looks:
#
# * **low**: slow and steady, and still going down when you stop,
# * **high**: quick at first, then it jumps about above the bottom,
# * **very high**: up and away,
# * **good**: as quick as the high one, and it arrives.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Digits, two hidden layers of 64, twelve rates for each rule. **Then find** what centring the pixels did to SGD's best rate.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** for the best rate of Adam if that of SGD is 3. **Move** the grip along the U of end losses; then choose
# "raw". **Say:** left of the best it is slow, right of it it falls off a cliff, so search on a log scale and from below.

# %% tags=["hide-input"] covers="rate-curves figure-rates"
from zeromean.demos.l05_optimizers import rate_dial

rate_dial.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Each rule has its own scale: SGD 3, momentum 0.3, Adam 0.03. On raw pixels SGD must take a tenth of its
# rate, and ends with nine times the loss.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Each rule at its own best rate
#
# **Predict.** What helps SGD more: to become Adam, or to get centred pixels?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["loss after 5 epochs (best of 12 rates)", *rate_dial.NAMES.values()],
    [
        [f"{inputs} pixels", *("{1:.3f} ({0:g})".format(*rate_dial.best(rule, inputs)) for rule in rate_dial.NAMES)]
        for inputs in ("raw", "centred")
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Centring: a ninth of the loss, where Adam on raw pixels reaches a third. On raw pixels every rule beats SGD, by up to five times;
# on centred ones the six still lie up to four times apart (three seeds; read no ranking into it). *Better conditioning beats a
# better rule*, and a better rule comes on top.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### A gauge that fits every rule
#
# The best rates of the six lie a hundred times apart, from 0.03 to 3. Andrej Karpathy (*Building makemore*, part 3, 2022) watches
# something else: the size of an **update over the size of the weights**. **Predict.** How far apart are the six in that?


# %% slideshow={"slide_type": "skip"}
def share_moved(rule, rate, seed, first=20, last=40):
    """Return the median of rms(update) / rms(weights) of each layer's W."""
    x, t = rate_dial.pixels("centred", seed)
    how = {"lr": rate, "rule": RULES[rule], "rng": np.random.default_rng(seed)}
    before, found = {}, []
    for step in descent(rate_dial.NET, x, t, **how):
        now = {name: w for name, w in step.params.items() if name[0] == "W"}
        moved = {name: rms(now[name] - w) / rms(w) for name, w in before.items()}
        found.append(list(moved.values()))
        before = now
        if step.number == last:
            return np.median(found[first:], axis=0)


def rms(array):
    """Return the root mean square of all entries."""
    return float(np.sqrt(np.mean(array**2)))


found = {rule: rate_dial.best(rule, "centred")[0] for rule in rate_dial.NAMES}
moves = {
    rule: np.mean([share_moved(rule, rate, seed) for seed in range(3)], axis=0)
    for rule, rate in found.items()
}

# %% slideshow={"slide_type": "skip"} tags=["hide-input", "answer"]
Table(
    ["a step moves, steps 20 to 40", "best rate", "first W by", "second W by", "last W by"],
    [
        [rate_dial.NAMES[rule], f"{found[rule]:g}", *(f"{share:.1%}" for share in each)]
        for rule, each in moves.items()
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# In the first layer less than five times: from 2 % to 6 % of the weights a step. It is a unit that all rules share. His mark, a
# thousandth, is for long trainings; with 100 steps to go, each must be larger.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="schedules slip-28"
# ### Schedules: large steps first, small steps last
#
# | schedule | rate at step $t$ of $T$ | who |
# |---|---|---|
# | step | times 0.1 after epochs 30, 60, 90; or half every few | ResNet |
# | exponential, $1/t$ | $\alpha_0 e^{-kt}$, $\;\alpha_0 / (1 + kt)$ | |
# | cosine | $\tfrac12 \alpha_0 (1 + \cos(\pi t / T))$ | SGDR, GPT, SlowFast, Sparse Transformer |
# | linear | $\alpha_0 (1 - t/T)$ | BERT |
# | inverse root | $\alpha_0 / \sqrt t$ | Transformer |
#
# **A slip in the slides:** the last is infinite at $t = 0$; count from 1. A drop "after epoch 30" is at epoch 30, counted from 0.

# %% [markdown] slideshow={"slide_type": "subslide"}
# A fifth of the labels are wrong, so the noise never ends. **Then find** the lowest loss at the end, and what `1/√t` does wrong.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** who would stop lowering the rate at all. **Move** the decay through its list, in the notebook with live
# training; then "Brakes too early". **Say:** around a minimum the noise floor is proportional to the rate (section 4). A
# schedule is how one buys both: speed first, and a low floor at the end.

# %% tags=["hide-input"] covers="schedules figure-rates"
from zeromean.demos.l05_optimizers import schedule_composer

schedule_composer.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** With a constant rate the loss jumps about to the end; cosine and linear settle clearly below it. Which
# of the decays is best is within the spread of five seeds: *that* the rate falls is what counts.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="warm-up slip-29"
# ### Warm-up: when the beginning is the dangerous part
#
# $f = \tfrac12 (w_1 w_2 - 1)^2$ from (3, 3.1): steep at first, flat in the end. **Predict**: does rate 0.4 survive? And with a
# linear rise over the first 10 steps, or 200?


# %%
def warmed(ramp, rate=0.4, most=400):
    """Return the losses until w₁w₂ is 1 to eight digits, or until it is lost."""
    w, losses = np.array([3.0, 3.1]), []
    for t in range(most):
        error = w[0] * w[1] - 1
        losses.append(0.5 * error**2)
        if abs(error) < 1e-8 or abs(error) > 1e6:
            break
        share = min(t / ramp, 1.0) if ramp else 1.0
        w = w - share * rate * error * w[::-1]
    return np.array(losses)


runs = {ramp: warmed(ramp) for ramp in (0, 10, 50, 200)}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"] covers="figure-rates"
figure, (left, axis) = plt.subplots(1, 2, figsize=(9, 2.9))
for (ramp, losses), color, dash in zip(runs.items(), (VERMILION, BLUE, ORANGE, PURPLE), ("-", "--", "-.", ":")):
    axis.semilogy(losses, color=color, linestyle=dash, label=f"{ramp} steps of warm-up" if ramp else "none")
    t = np.arange(220)
    left.plot(t, 0.4 * np.minimum(t / ramp, 1) if ramp else 0.4 + 0 * t, color=color, linestyle=dash)
axis.set(xlabel="step", ylabel="loss", ylim=(1e-14, 1e5), xlim=(0, 100), title="loss")
left.set(xlabel="step", ylabel="rate", title="rate")
axis.legend(fontsize=9)
words = ", ".join(f"{ramp}: {len(losses) - 1} steps" for ramp, losses in runs.items() if ramp)
show(
    figure, alt=f"Without warm-up the loss explodes at the third step; with a warm-up it converges. {words}.", fold=True
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Without it the loss explodes at once; ten steps of warm-up are enough, more only cost time. The slides rise from 0 over about 5000
# iterations; Goyal et al. (2017) rise **from the rate of a single worker**, over 5 epochs. On digits warm-up
# brought nothing that we could measure.

# %% [markdown] slideshow={"slide_type": "subslide"}
# "If you increase the batch size by $N$, also scale the initial learning rate by $N$" (Goyal et al. 2017). **Then find** where the
# line of this rule breaks.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** what 32 times the batch at the same rate costs. **Move** along the line with the grip, up to 512. **Say:** $N$ small
# steps with one gradient each, or one step with their sum: nearly the same, as long as the gradient hardly turns meanwhile.
# Beyond $2/L$ no step survives, however clean its gradient.

# %% tags=["hide-input"] covers="linear-scaling"
from zeromean.demos.l05_optimizers import batch_rate

batch_rate.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** From 8 to 128 the line is level to within a tenth; at a fixed rate the loss ends more than ten times as
# high. At 512 the line breaks: the rate meets the curvature.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim (Xuming He, and Goyal et al.) | our verdict |
# |---|---|
# | `x += learning_rate * dx` | ascends; in two of the codes |
# | two forms of momentum are equivalent | for a constant rate only |
# | velocity is a running mean of gradients | a discounted sum: ten times as long |
# | momentum almost never hurts | $\rho = 0.99$: 2179 steps for 1341; ten times the noise |
# | gradient descent gets stuck in saddles | exactly on the ridge only; it is slow |
# | saddles outnumber minima | holds for random Hessians; not shown for networks |
# | Adam, `t in range(n)` | not a number from the first step on |
# | warm-up from 0 prevents explosions | on a toy; no gain on digits; Goyal et al. start higher |
# | $N$ times the batch, $N$ times the rate | holds from 8 to 128, breaks at 512 |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. One rate, many curvatures: $\kappa$ steps; with momentum $\sqrt\kappa$, if $\rho$ and the rate are right.
# 2. $\eta L < 2(1 + \rho)$. In the same breath momentum makes the rate $1/(1-\rho)$ times larger.
# 3. Adaptive rules have a rate for each *coordinate*. Turn the axes, and the gain is gone.
# 4. Adam's corrections divide by what the weights of its means add up to. Count from 1.
# 5. Tune the rate first, on a log scale; then let it fall. Better conditioning beats a better rule.
#
# **Now you**: [A3](../../assignments/a3_optimizers/a3_optimizers.ipynb). Start with `sgd`, and mind the sign.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Questions for the room
#
# * The gradient is 0. How can you tell a minimum from a saddle, and what does it cost?
# * What does AdaGrad do along a steep direction, what along a flat one, and what after a million steps?
# * How long is the first step of SGD, momentum, RMSProp and Adam, in units of the rate?
# * A colleague doubles the batch and halves the number of steps. What about the rate, and the warm-up?

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Sources
#
# * Two sets of slides by others, which this course discusses: Xuming He (2020), *CNNs II: model training and optimization*;
#   Lei Huang (2017), *Normalization techniques in training of deep neural networks*, slides 10–12.
# * B. Polyak (1964), USSR Comp. Math. and Math. Physics 4. Y. Nesterov (1983), Soviet Math. Doklady 27; (2004), *Introductory
#   lectures on convex optimization*. I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013), ICML. G. Goh (2017), *Why momentum
#   really works*, Distill.
# * J. Duchi, E. Hazan, Y. Singer (2011), JMLR 12. T. Tieleman, G. Hinton (2012), *Neural networks for machine learning*,
#   slides of week 6. D. Kingma, J. Ba (2015), arXiv:1412.6980.
# * S. Amari (1998), Neural Computation 10. Y. Dauphin et al. (2014), arXiv:1406.2572.
# * I. Loshchilov, F. Hutter (2017), SGDR, arXiv:1608.03983. A. Radford et al. (2018), GPT. C. Feichtenhofer et al. (2018),
#   SlowFast, arXiv:1812.03982. R. Child et al. (2019), Sparse Transformer, arXiv:1904.10509. J. Devlin et al. (2018), BERT,
#   arXiv:1810.04805. A. Vaswani et al. (2017), Transformer, arXiv:1706.03762.
# * P. Goyal et al. (2017), arXiv:1706.02677. A. Karpathy (2022), *Building makemore*, part 3, a lecture on video.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
