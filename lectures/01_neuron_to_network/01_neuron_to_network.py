# %% [markdown] slideshow={"slide_type": "slide"}
# # L1 · From neuron to trained network
#
# **Zero Mean**, lecture 1 of 9. After it: [L2, data](../02_data/02_data.ipynb), and
# [assignment A1](../../assignments/a1_backprop_and_data/a1_backprop_and_data.ipynb), twelve exercises, 25 marks.
#
# At the end you can
#
# * say what is *fitted* and what is hoped for, and tell the two apart with numbers,
# * carry values forward and gradients backward through a small network, by hand,
# * find out by trying whether a gradient is right, and say when trying is the one that is wrong,
# * write the loop that trains a network, and see what a minibatch buys,
# * test a network in a minute, before you train it for a day.

# %% [markdown] slideshow={"slide_type": "notes"}
# **Time plan, 70 minutes.** Opening 2 · learning 9 · networks 12 · one network by hand 15 · gradients by trying 11 · the
# loop 8 · three checks 6 · optimizing and generalizing 5 · claims 2.
#
# Run all cells before the class (half a minute). Every demo asks for a prediction first: let hands go up before you
# click. Short of time: leave out the random features of section 2 and the kinks of section 4.

# %% slideshow={"slide_type": "skip"}
import autograd.numpy as np
import matplotlib.pyplot as plt
from autograd import value_and_grad
from zeromean import digits
from zeromean.gradients import check_gradient
from zeromean.style import BLUE, ORANGE, VERMILION, show, use
from zeromean.tables import Table
from zeromean.training import nets
from zeromean.training.loop import minibatches, train

use()
data = digits.load()

# %% [markdown] slideshow={"slide_type": "slide"} covers="learning-problem"
# ## 1 · Learning is guessing a function from examples
#
# Given is a **data set** $D = \{X, Y\}$: inputs, and what belongs to them. Wanted is
#
# * a function, $Y = F(X)$: this image is a 7; or
# * a distribution, $P(Y | X)$: this image is a 7 with probability 0.9, a 1 with 0.08, ...
#
# (Slide 3 of Lei Huang's *Normalization techniques in training of deep neural networks*, 2017.) The second tells also
# how sure it is. A network for classes gives it, and the loss is what it thought of the right answer: $-\log P(y | x)$.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="fitting-or-generalizing"
# ### Fitting is not the aim
#
# Fifteen points of $y = \sin 3x$ with noise, and polynomials of degree 1, 4 and 14. **Predict** for each: the error on the
# fifteen points, and on a thousand new ones.


# %%
def errors_of(degree, seed, noise=0.2):
    """Return the rms error of a polynomial on its 15 points, and on 1000 new ones."""
    rng = np.random.default_rng(seed)
    x, new = rng.uniform(-1, 1, 15), rng.uniform(-1, 1, 1000)
    y, aim = (np.sin(3 * at) + noise * rng.normal(size=at.shape) for at in (x, new))
    curve = np.polyfit(x, y, degree)
    misses = (np.polyval(curve, x) - y, np.polyval(curve, new) - aim)
    return [np.sqrt(np.mean(miss**2)) for miss in misses]


degrees = (1, 4, 14)
fits = {k: np.array([errors_of(k, seed) for seed in range(20)]) for k in degrees}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["degree (median of 20 seeds)", "error on the 15 points", "error on new points"],
    [[k, *(f"{value:.2g}" for value in np.median(found, axis=0))] for k, found in fits.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **Fitting** is the left column: the degree with the most freedom has no error left at all. **Generalizing** is the
# right one, and there it is by far the worst. The noise is 0.2: nobody can be better than that on new points.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Between the points it does what it likes
#
# The same fifteen points for all three; grey is the truth. Where no example is, nothing holds a model that has too much freedom.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
rng, grid = np.random.default_rng(1), np.linspace(-1, 1, 401)
x = rng.uniform(-1, 1, 15)
y = np.sin(3 * x) + 0.2 * rng.normal(size=15)
figure, axes = plt.subplots(1, 3, figsize=(9.4, 3.1), sharey=True)
for axis, degree in zip(axes, degrees):
    axis.plot(grid, np.sin(3 * grid), color="#999999", linestyle="--")
    axis.plot(grid, np.polyval(np.polyfit(x, y, degree), grid), color=BLUE)
    axis.plot(x, y, "o", color=ORANGE, markersize=5)
    axis.set(title=f"degree {degree}", xlabel="x", ylim=(-2, 2))
show(
    figure,
    alt="Polynomials through fifteen points. Degree 1 misses the bend, degree 4 follows the truth, degree 14 meets "
    "every point and swings far out of the picture between them.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes** up to here. **Ask** who would choose degree 14 if only the left column were known. **Say:** training minimizes
# the left column. All the rest of the course is about doing that well; the right column is why we look at test data.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="parametric-or-not"
# ### Two kinds of models
#
# * **Parametric**, $F(X; \theta)$: the examples are boiled down to numbers $\theta$, and then thrown away.
# * **Non-parametric**, $F(X; x_1, x_2, \ldots, x_n)$: the examples *are* the model. The nearest neighbour answers what
#   its most similar training image is.
#
# **Predict.** 1297 digits to learn from, 500 to be tested. Which is better: a linear classifier of 650 numbers, well
# trained, or the nearest neighbour, which was not trained at all?

# %%
squares = np.sum(data.x**2, axis=1) - 2 * data.x_test @ data.x.T
neighbour = np.mean(data.t[np.argmin(squares, axis=1)] == data.t_test)
linear = nets.Net((64, 10))
step = train(linear, data.x, data.t, lr=0.3, steps=600)
plane = nets.accuracy(linear, step.params, step.state, data.x_test, data.t_test)
plane_fit = nets.accuracy(linear, step.params, step.state, data.x, data.t)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["model", "numbers it keeps", "right on its own 1297", "right on 500 new"],
    [
        ["linear, parametric", 65 * 10, f"{plane_fit:.1%}", f"{plane:.1%}"],
        ["nearest neighbour", 1297 * 65, "100 %, of course", f"{neighbour:.1%}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The untrained neighbour wins here. It pays at test time: every answer looks through all examples, and distances between
# pixels say little about photographs. The rest of the course is about $F(X; \theta)$.

# %% [markdown] slideshow={"slide_type": "slide"} covers="composition"
# ## 2 · A network is functions of functions
#
# $$Y = F(X) = f_T(f_{T-1}(\ldots f_1(X))) \qquad f_i(x) = g(Wx + b)$$
#
# A **neuron** weighs its inputs, adds a bias, and bends the sum by $g$; a **layer** is many neurons beside each other.
# Huang's slide 4 names two bends: the sigmoid $1/(1 + e^{-a})$ and ReLU, $\max(0, a)$.
#
# **Predict.** Leave $g$ out. What can three layers, 64 → 100 → 100 → 10, do that one cannot?

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
rng = np.random.default_rng(1)
first, second, third = (rng.normal(size=s) for s in ((64, 100), (100, 100), (100, 10)))
one = first @ second @ third  # (64, 10), a single layer
far = ((data.x_test @ first) @ second) @ third - data.x_test @ one
collapse = np.max(abs(far)) / np.max(abs(data.x_test @ one))
Table(
    ["500 images", "weights", "relative difference of the outputs"],
    [["three layers and one", f"{64 * 100 + 100 * 100 + 100 * 10} and {one.size}", f"{collapse:.0e}"]],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Nothing. Lines of lines are lines; 17 400 weights have become 640. **The bend is what makes depth worth anything**, and
# L3 asks which one.

# %% slideshow={"slide_type": "skip"}
def pieces(depth, grid=2**14):
    """Count the straight pieces of `depth` tents inside each other."""
    y = np.arange(grid + 1) / grid
    for _ in range(depth):
        y = tent(y)
    rises = np.sign(np.diff(y))
    return 1 + int(np.sum(rises[1:] != rises[:-1]))


# %% [markdown] slideshow={"slide_type": "subslide"} covers="why-deep"
# ### Why deep? Two units fold the line once
#
# Two ReLUs make a tent: $\mathrm{tent}(x) = \max(0, 2x) - \max(0, 4x - 2)$ climbs from 0 to 1 and comes down again.
# Put it into itself again and again.
#
# **Predict.** Ten such layers, twenty units in all. How many straight pieces has the curve? And how many can **one**
# layer of twenty units have at most?


# %% tags=["show-code"]
def tent(x):
    """Fold the interval from 0 to 1 once: two ReLUs."""
    return np.maximum(0, 2 * x) - np.maximum(0, 4 * x - 2)


# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
depths = (1, 2, 3, 5, 10)
counted = {depth: pieces(depth) for depth in depths}
Table(
    ["layers of two units", *map(str, depths)],
    [
        ["pieces, stacked", *counted.values()],
        ["pieces, the same units in one layer, at most", *(2 * depth + 1 for depth in depths)],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# 1024 against 21. Each layer *folds* what the next one sees, and what is drawn once appears in every fold. That is the
# **capacity** of depth (Montúfar et al. 2014; Telgarsky 2016). It says what can be expressed, not what training finds.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### A folded line, and what is drawn on it
#
# Five layers fold the line into 32; what the two units of the sixth draw *once*, one tent, appears in every fold.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
figure, axes = plt.subplots(1, 3, figsize=(9.4, 3), sharey=True)
x = np.linspace(0, 1, 4097)
y = x
for axis, (depth, more) in zip(axes, ((1, 1), (3, 2), (6, 3))):
    for _ in range(more):
        y = tent(y)
    axis.plot(x, y, color=BLUE, linewidth=1.2)
    axis.set(title=f"depth {depth}: {2**depth} pieces", xlabel="x")
show(
    figure,
    alt="The tent put into itself: 2 pieces with one layer, 8 with three, 64 with six; all swing between 0 and 1.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### End to end: the features are learned, too
#
# Huang's slide 6 names two properties of deep learning: **no split** between feature extractor and classifier, and a
# **hierarchy of simple non-linear modules**, each on top of the features of the one below.
#
# **Predict.** 20 hidden ReLUs on digits, 400 steps. (a) their weights stay random, and only the classifier on top is trained;
# (b) all is trained, end to end. The test accuracy of each? And with 300 hidden units?


# %%
def features_and_all(hidden, seed):
    """Return the test accuracy with random features (a), and end to end (b)."""
    split, net = digits.load(seed), nets.Net((64, hidden, 10))
    p, _ = nets.init(net, np.random.default_rng(seed))
    seen, new = (np.maximum(0, x @ p["W0"]) for x in (split.x, split.x_test))
    how = {"lr": 0.3, "steps": 400, "seed": seed}
    top, whole = nets.Net((hidden, 10)), train(net, split.x, split.t, **how)
    alone = train(top, seen, split.t, **how)
    ends = ((top, alone, new), (net, whole, split.x_test))
    return [nets.accuracy(n, s.params, s.state, x, split.t_test) for n, s, x in ends]


seeds = range(3)
learned = {h: np.array([features_and_all(h, s) for s in seeds]) for h in (20, 300)}

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["test accuracy (3 seeds)", "random features", "end to end"],
    [
        [f"{h} hidden units", *(f"{a:.1%} [{low:.1%}, {high:.1%}]" for a, low, high in zip(*columns))]
        for h, columns in ((h, (v.mean(axis=0), v.min(axis=0), v.max(axis=0))) for h, v in learned.items())
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# With few units, learned features win by far: there is no room for useless ones. With 300, random ones come close, on
# *digits*. The claim is about hard problems with room for a hierarchy, and our data set is too easy to prove it.

# %% [markdown] slideshow={"slide_type": "notes"}
# **12 minutes** for section 2. **Ask** for a show of hands at the tents: 21, about 100, or 1000? **Say:** fold a sheet of paper
# ten times and punch one hole. Then be honest about the last table: capacity and hierarchy are arguments, not measurements here.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="domains-and-techniques"
# ### Where it works, and what one has to decide
#
# Speech, computer vision, natural language processing (Huang, slide 7), and what one decides each time:
#
# | part | decision | where in this course |
# |---|---|---|
# | **architecture** | which modules, and how they are connected | L3, L6 to L9 |
# | | the loss | here |
# | **training** | initial parameters | L4 |
# | | the direction of a step | L5 |
# | | the schedule of the learning rate | L5 |
# | | regularization | named in L6 and L9 |
#
# In the second half of the table nothing is learned by itself: it decides whether the rest learns at all.

# %% [markdown] slideshow={"slide_type": "slide"} covers="mlp-forward"
# ## 3 · One small network, worked out in full
#
# Huang's slide 9: three inputs, a hidden layer, three outputs, sigmoids, squared error, target $t = (1, 0, 0)^T$. The
# **bias units** $x_0 = h_0 = 1$ make a bias a weight like any other.
#
# **1. Forward.** With $a_2$, $a_3$ for the sums of the two layers:
#
# $$a_2 = W_2\,x \qquad h_2 = \sigma(a_2) \qquad a_3 = W_3\,h_2 \qquad y = \sigma(a_3) \qquad L = \sum_k (y_k - t_k)^2$$
#
# Here, as on the slide, a neuron is a **row** of $W$, and $x$ is one column. In code, rows are examples: `x @ W + b`.

# %% [markdown] slideshow={"slide_type": "subslide"} covers="mlp-backward mlp-gradients"
# ### 2. Backward: what comes down, times the local slope
#
# $$\frac{dL}{dy} = 2(y - t) \qquad \frac{dL}{da_3} = \frac{dL}{dy} \cdot \sigma(a_3)\,(1 - \sigma(a_3)) \qquad
# \frac{dL}{dh_2} = \frac{dL}{da_3}\,W_3$$
#
# $$\frac{dL}{da_2} = \frac{dL}{dh_2} \cdot \sigma(a_2)\,(1 - \sigma(a_2)) \qquad \frac{dL}{dx} = \frac{dL}{da_2}\,W_2$$
#
# **3. Gradients.** A weight gets what came down to its sum, times what it was multiplied by:
#
# $$\frac{dL}{dW_3} = \frac{dL}{da_3}\,h_2 \qquad \frac{dL}{dW_2} = \frac{dL}{da_2}\,x$$
#
# Read the shapes: derivatives are rows here, the last two products are outer ones, and bias units pass nothing on.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Rows or columns? Translate before you compare
#
# | what | Huang's slide | our code |
# |---|---|---|
# | an example | a column $x$ | a row of `x` |
# | a neuron | a row of $W$ | a column of `W` |
# | its bias | its weight for the unit that is always 1 | an entry of `b` |
# | the sums | $W x$ | `x @ W + b` |
#
# **Predict.** Three inputs, two hidden units, three outputs. What are the shapes of $W_2$ and $W_3$ on the slide, and how many numbers
# are learned?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
from zeromean.demos.l01_neuron_to_network import mlp_stepper

shapes = {"W₂": mlp_stepper.LOWER.shape, "W₃": mlp_stepper.UPPER.shape}
Table(
    ["matrix", "neurons × (1 + what comes in)", "numbers"],
    [[name, f"{rows} × {more}", rows * more] for name, (rows, more) in shapes.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# $2 \times 4$ and $3 \times 3$, 17 numbers: the bias units are counted among the inputs of the next layer, and they have no
# inputs of their own.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Thirteen steps: forward, backward, gradients. **Then find** why three numbers stand on the lines between $h_1$ and the outputs, and
# what their sum is.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes.** **Ask** for the next number before every step. **Move** the step by hand, forward first; at the end drag x₁ to 0,
# then the weight to −4. **Say:** every arrow needs only its own two ends. What is used several times adds up what comes back:
# three outputs use h₁, so three pushes arrive. At the flat end of a sigmoid nothing gets through, however wrong the answer is.

# %% tags=["hide-input"] covers="mlp-forward mlp-backward mlp-gradients"
from zeromean.demos.l01_neuron_to_network import mlp_stepper

mlp_stepper.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** $h_1$ is used three times, so it adds up three pushes: $dL/dh_1$. A weight behind an input of 0
# gets nothing, whatever the error; and an output as wrong as can be hardly pushes at all, because its sigmoid is flat.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Why backward, if a gradient can be tried?
#
# Move one weight by $h$ to both sides, and divide the change of the loss by $2h$: no calculus, no mistakes.
#
# **Predict.** A network 64 → 100 → 10 has 7510 weights and biases. How many multiplications does its gradient take for one image
# by trying, compared with backpropagation?

# %% slideshow={"slide_type": "fragment"} tags=["answer"]
sizes = (64, 100, 10)
once = sum(m * n for m, n in zip(sizes, sizes[1:]))  # one forward pass
count = sum((m + 1) * n for m, n in zip(sizes, sizes[1:]))
back = 2 * once - sizes[0] * sizes[1]  # for weights and inputs, but not for the image
Table(
    ["one gradient of one image", "forward passes", "multiplications"],
    [
        ["by trying, both sides", f"{2 * count:,}", f"{2 * count * once:,}"],
        ["forward and backward", "1, and the way back", f"{once + back:,}"],
        ["ratio", "–", f"{2 * count * once / (once + back):,.0f}"],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# One way back costs about as much as one or two ways forward, *however many weights there are*. Trying costs two ways forward
# for each. So: derive to train, and try to **check**.

# %% [markdown] slideshow={"slide_type": "skip"} covers="slip-26"
# The slides are worth reading and not free of slips: Huang's slides print *sigmod*, *Derivate* and *Feature work* (for sigmoid,
# derive, future work), and *Training neural networks, part I* (slides, no author named) cites *Mass et al.* for Maas et al. (2013). We
# name such slips where they are harmless, and compute where they are not.

# %% [markdown] slideshow={"slide_type": "slide"} covers="training-overview"
# ## 4 · A gradient that was never tried is a guess
#
# *Training neural networks, part I* lists **gradient checking** among the things to do once, and never explains it. Here it is.
#
# $$\frac{\partial L}{\partial w} \approx \frac{L(w + h) - L(w)}{h} \quad\text{or}\quad \frac{L(w + h) - L(w - h)}{2h}$$
#
# The first is off by a multiple of $h$ (times half the second derivative), the second by a multiple of $h^2$ (times a sixth of the
# third). So the second is better, and the smaller $h$, the better?
#
# **Predict** for the second, in float64: which $h$ is best, $10^{-3}$, $10^{-5}$, $10^{-8}$ or $10^{-15}$? The demo knows.

# %% [markdown] slideshow={"slide_type": "subslide"}
# The gradient of that network, by trying. **Then find** the best step in float64, and the best in float32.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** where the curve turns. **Move** the step from 1 to the left, slowly, and read the two losses; then "A
# staircase"; then float32. **Say:** two numbers that agree in eleven digits have five left to differ in. There are two errors:
# one falls with h, one grows.

# %% tags=["hide-input"]
from zeromean.demos.l01_neuron_to_network import step_size

step_size.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Both sides, float64: best near 1e-5, error about 5e-11. Float32: near 1e-2, and 1e-5 at best.
# Below, digits cancel, and the loss is a staircase.

# %% [markdown] slideshow={"slide_type": "subslide"}
# There is a third way to be wrong, and it is the *trial's*. **Then find** how far from its kink a ReLU must be to be judged.

# %% [markdown] slideshow={"slide_type": "notes"}
# **3 minutes.** **Ask** who is wrong, the gradient or the trial. **Move** x across the kink, then make h smaller. **Say:** among
# all images there are always a few ReLUs this close: check with few examples, and look *which* entries disagree.

# %% tags=["hide-input"]
from zeromean.demos.l01_neuron_to_network import kink_finder

kink_finder.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** Within h of the kink the trial mixes both slopes: 0.55 to the right of it, 0.45 to the left. The
# derived gradient is right, and "relative error 0.3" is a false alarm.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### So ask of every entry how it is known
#
# `check_gradient` keeps kinks, zeros and rounding noise apart from mistakes. A layer of ReLUs, one neuron on its kink, one input
# always 0, one wrong sign:

# %% slideshow={"slide_type": "skip"}
rng = np.random.default_rng(4)
x, w = rng.normal(size=(5, 4)), rng.normal(size=(4, 6))
w[:, 2], w[:, 4] = 0, -abs(w[:, 4])  # neuron 2 sits on its kink
x[:, 1] = 0  # input 1 is never there


def energy(w):
    """Return half the sum of what the layer answers and of its squares."""
    return np.sum(np.maximum(0, x @ w) ** 2 + np.maximum(0, x @ w)) / 2


# %% tags=["show-code"]
_, slope = value_and_grad(energy)(w)  # w (4, 6): a neuron a column
slope[:, 2] = 0  # our convention at a kink
slope[3, 0] *= -1  # the mistake
report = check_gradient(energy, w, slope)

# %% slideshow={"slide_type": "fragment"} tags=["hide-input"]
Table(
    ["gradient of", *(f"neuron {j}" for j in range(6))],
    [[f"weights of input {i}", *labels] for i, labels in enumerate(report.labels)],
)

# %% [markdown] slideshow={"slide_type": "fragment"}
# One entry disagrees, and it is the wrong one. What the trial cannot judge is told apart: on a kink any value between both
# slopes is allowed, and behind an input of 0 the gradient is 0 and relative errors mean nothing.

# %% [markdown] slideshow={"slide_type": "skip"}
# With its reasons, as `check_gradient` shows it in a notebook (the sign of each entry tells why when you point at it):

# %% slideshow={"slide_type": "skip"}
report

# %% [markdown] slideshow={"slide_type": "notes"}
# **2 minutes.** **Say:** one wrong sign among 24 entries: an average over entries would have hidden it, and a single number
# would have blamed the kinks. In A1 the students write both halves themselves.

# %% [markdown] slideshow={"slide_type": "slide"} covers="minibatch-loop code-gradient-descent code-sgd"
# ## 5 · The loop: sample, forward, backward, update
#
# Xuming He's slides *CNNs II: model training and optimization* give the supervised paradigm: labelled examples, and a loop.
#
# 1. **Sample** a batch of data.
# 2. Go **forward** through the network, and compute the loss.
# 3. Go **backward** for the gradients.
# 4. **Update** the parameters with the gradient: $w \leftarrow w - \eta\, \partial L/\partial w$.


# %% slideshow={"slide_type": "skip"}
def loss(weights, x, t):
    """Return the cross-entropy of a linear classifier, whose row 0 is the bias."""
    return nets.cross_entropy(x @ weights[1:] + weights[0], t)


# %% [markdown] slideshow={"slide_type": "subslide"}
# ### All data at each step, or a few

# %% tags=["show-code"]
def gradient_descent(steps, rate=0.5):
    weights = np.zeros((65, 10))
    for _ in range(steps):
        value, slope = value_and_grad(loss)(weights, data.x, data.t)  # all data
        weights = weights - rate * slope
    return weights


def stochastic_gradient_descent(steps, rate=0.5, size=32, seed=0):
    weights = np.zeros((65, 10))
    batches = minibatches(len(data.x), size, np.random.default_rng(seed))
    for _, rows in zip(range(steps), batches):  # sample
        value, slope = value_and_grad(loss)(weights, data.x[rows], data.t[rows])
        weights = weights - rate * slope  # update
    return weights


# %% [markdown] slideshow={"slide_type": "subslide"} covers="slip-32"
# ### What a minibatch buys
#
# A linear classifier, both loops. They look at the same number of images: 5 epochs. The first makes 5 steps with the exact gradient, the second 200 with
# gradients of 32 images each. **Predict** both losses; both start at $\ln 10 = 2.30$.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
epochs = (1, 5, 20)
whole = [loss(gradient_descent(n), data.x, data.t) for n in epochs]
runs = [[loss(stochastic_gradient_descent(40 * n, seed=s), data.x, data.t) for s in range(3)] for n in epochs]
Table(
    ["loss after epochs", *map(str, epochs)],
    [
        ["all 1297 images a step", *(f"{value:.3f}" for value in whole)],
        ["32 images a step (3 seeds)", *(f"{min(v):.3f} to {max(v):.3f}" for v in runs)],
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# A rough direction forty times beats an exact one once. **Two slips here.** The page *Stochastic gradient descent* of Xuming
# He's slides shows the *first* loop, `evaluate_gradient(loss_fun, data, weights)`: all the data, nothing stochastic. And
# the next loop of the same slides *adds* the gradient; what that does, L5 lets you see.

# %% slideshow={"slide_type": "skip"}
def way_down(step_of, every, count):
    """Return the loss over all data after every few steps of a loop, and the steps."""
    counts = range(0, count + 1, every)
    return [[loss(step_of(n), data.x, data.t) for n in counts], np.array(counts)]


paths = {
    "all 1297 images a step": (*way_down(gradient_descent, 1, 8), 1297),
    "32 images a step": (*way_down(stochastic_gradient_descent, 20, 320), 32),
}

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The same work, drawn
#
# Images looked at, on the way down. A step with all images is dear, and no longer than one with 32.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
figure, axis = plt.subplots(figsize=(9, 3.6))
for (name, (losses, counts, size)), color, mark in zip(paths.items(), (VERMILION, BLUE), "os"):
    axis.plot(counts * size, losses, color=color, marker=mark, markersize=5, label=name)
axis.set(xlabel="images looked at", ylabel="loss over all images", ylim=(0, 2.4))
axis.legend()
show(
    figure,
    alt=f"Loss over images. After about 1300 it is {paths['32 images a step'][0][2]:.2f} with 32 images a step, and "
    f"{paths['all 1297 images a step'][0][1]:.2f} with all images a step.",
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "skip"} covers="slip-03"
# ### One bracket too many
#
# Four times the same slides print a line of update with a closing bracket that nothing opens. **Predict.** What does Python do with it:
# ignore it, warn, or refuse the whole cell?

# %% slideshow={"slide_type": "skip"} tags=["answer"]
printed = "x -= rate * mean / (root + 1e-7))"
try:
    compile(printed, "the slide", "exec")
    refused = "nothing: it runs"
except SyntaxError as error:
    refused = f"SyntaxError: {error.msg}"
Table(["as printed", "Python says"], [[printed, refused]], fold=True)

# %% [markdown] slideshow={"slide_type": "skip"} tags=["answer"]
# It refuses, and that is the kindest of all mistakes: code that runs and is wrong is the one to fear. All fragments of the
# documents stand in this course in a form that runs.

# %% [markdown] slideshow={"slide_type": "notes"}
# **8 minutes** for section 5. **Ask** for the loss after one epoch of each loop. **Say:** the noise of a minibatch is the price;
# how it shrinks with the batch, and how the rate should follow, is in L5.

# %% [markdown] slideshow={"slide_type": "slide"}
# ## 6 · Three checks before a long training
#
# 1. **The first loss.** A network that knows nothing gives 10 classes the same chance: $\ln 10 = 2.303$.
# 2. **The gradient**, by trying (section 4).
# 3. **Twenty examples by heart.** A network that cannot learn twenty has a bug.
#
# **Predict** the first loss of 64 → 100 → 100 → 10 on digits when the weights have a standard deviation of 0.01, of
# $\sqrt{2 / \text{fan-in}}$ (He), and of 1.

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
starts = {}
for name, words in {"small": "0.01", "he": "He's", "unit": "1"}.items():
    net = nets.Net((64, 100, 100, 10), init=name)
    fresh = [nets.init(net, np.random.default_rng(seed)) for seed in range(6)]
    starts[words] = [nets.cross_entropy(nets.forward(net, *p, data.x)[0], data.t) for p in fresh]
Table(
    ["std of the weights", "first loss (6 seeds)"],
    [[words, f"{min(found):.4g} to {max(found):.4g}"] for words, found in starts.items()],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Far above 2.3: sure of itself, without reason; the weights are too large (L4). 2.303 is right, and suspicious if it *stays* there.

# %% [markdown] slideshow={"slide_type": "subslide"}
# Twenty digits, full batch, a step at a time. **Then find** which bug leaves the network above chance on its twenty images
# although it sees nothing at all.

# %% [markdown] slideshow={"slide_type": "notes"}
# **4 minutes.** **Ask** for the number of steps: ten, a hundred, a thousand? **Move:** press Play; then each bug. **Say:** a loop
# with a bug often learns a little, which is worse than nothing at all, because nobody looks. And labels by lot are learned as
# well: check three finds bugs, and says nothing about what the network understands.

# %% tags=["hide-input"]
from zeromean.demos.l01_neuron_to_network import overfit_twenty

overfit_twenty.demo()

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# **What you should have seen.** About ten steps are enough (8 to 18 over ten seeds). Blank images leave only the biases, which learn how
# often each digit occurs. And nonsense is learned as well as sense.

# %% [markdown] slideshow={"slide_type": "slide"} covers="optimizing-or-generalizing"
# ## 7 · Optimizing is one thing, generalizing is another
#
# Xuming He's slides name two aspects: how do we **minimize** the loss, and how do we **avoid overfitting**?
#
# **Predict.** 300 images, one hidden layer of 100. Once with true labels, once with labels drawn by lot. How many of the 300
# does each network get right after 600 steps, and how many of 500 new ones?


# %%
def true_and_drawn(seed, count=300):
    """Return (own, new) accuracy with true labels, and with labels drawn by lot."""
    split, net = digits.load(seed), nets.Net((64, 100, 10))
    x, found = split.x[:count], []
    drawn = np.random.default_rng(seed).integers(0, 10, count)
    for t in (split.t[:count], drawn):
        end = train(net, x, t, lr=0.5, steps=600, batch=50, seed=seed)
        pairs = ((x, t), (split.x_test, split.t_test))
        known = [nets.accuracy(net, end.params, end.state, *pair) for pair in pairs]
        found.append(known)
    return found


by_heart = np.array([true_and_drawn(seed) for seed in range(3)])

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(
    ["mean of 3 seeds", "right on its own 300", "right on 500 new"],
    [
        [name, *(f"{value:.1%}" for value in by_heart[:, row].mean(axis=0))]
        for row, name in enumerate(("true labels", "labels by lot"))
    ],
    fold=True,
)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# The same network, the same loop, both optimized to the end: one has learned to read, the other a list. Nothing in the left
# column tells them apart (Zhang et al. 2017, with ImageNet). Whether *better optimization* means better generalization is an open
# question that Arpit's slides *Normalization techniques* end on, and so does this course, in L9.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### The pipeline, and the map of the course
#
# | Xuming He's pipeline | in this course | *Training neural networks, part I* adds |
# |---|---|---|
# | data processing | L2 | activation functions (L3) |
# | weight initialization | L4 | |
# | parameter updates | L5 | learning-rate schedules (L5) |
# | batch normalization | L6, and its kin L7, L8 | |
# | avoiding overfitting: "next time" | L9 | |

# %% [markdown] slideshow={"slide_type": "subslide"} covers="training-overview"
# ### What the documents name and do not explain
#
# | when | what | in one sentence | where |
# |---|---|---|---|
# | once | regularization | make it harder to learn by heart: small weights, noise, fewer units | L9 |
# | | gradient checking | derive, and try | section 4, A1 |
# | while it trains | babysitting | watch loss, accuracy, size of an update against size of a weight | section 6, L5, L9 |
# | | hyper-parameter search | rates on a logarithmic scale, by lot rather than on a grid | L9 |
# | afterwards | model ensembles | average what several networks think | L9 |
# | | test-time augmentation | average over shifted copies of an image | L9 |

# %% [markdown] slideshow={"slide_type": "notes"}
# **5 minutes** for section 7. **Ask:** does a training loss of 0 make you glad? **Say:** it proves that the loop works. L9
# comes back to the items of the last table.

# %% [markdown] slideshow={"slide_type": "subslide"}
# ### Questions for the room
#
# 1. Why does a network of sigmoids and squared error start slowly when it is very wrong?
# 2. Two losses agree to eleven digits. What can their difference tell?
# 3. All gradients of one layer are exactly 0. Name three reasons. (Inputs of 0; a flat bend above; weights of 0 above.)
# 4. The training loss is 0. What do you know, and what not?
# 5. You may look at the test data once. When?

# %% [markdown] slideshow={"slide_type": "slide"}
# ## Claims board
#
# | the claim | source | our verdict |
# |---|---|---|
# | deep networks have powerful representation capacity | Huang, slide 5 | 2 units a layer: $2^T$ pieces against $2T + 1$; what training finds is another matter |
# | end to end beats fixed features | Huang, slide 6 | strongly with 20 units, hardly with 300: digits are too easy |
# | the worked network's formulas | Huang, slide 9 | hold: all 17 gradients agree with trials, to $10^{-9}$ |
# | this is *stochastic* gradient descent | Xuming He | the page shows the loop over all the data |
# | the smaller the step, the better the trial | folklore | holds down to $10^{-5}$ only |
# | a relative error of $10^{-5}$ is fine | folklore | in float32 nothing better is to be had; in float64 it is far too much |
# | a network that fits has learned | folklore | it fits labels drawn by lot as well |

# %% [markdown] slideshow={"slide_type": "slide"}
# ## To take home
#
# 1. Training minimizes the error on what was seen; we want it small on what was not.
# 2. A network is functions of functions, and the bend between them is what makes it one.
# 3. **Forward** keeps values; **backward** multiplies what comes down by the local slope, and adds where paths meet; a weight
#    gets what came down times what it was multiplied by.
# 4. Derive to train, try to check: float64, both sides, $h \approx 10^{-5}$, and beware of kinks.
# 5. Before a long run: the first loss, the gradient, twenty examples by heart.
#
# **Now you**: [A1](../../assignments/a1_backprop_and_data/a1_backprop_and_data.ipynb), exercises 1 to 7. In L2 we ask what the data
# do to all this.

# %% [markdown] slideshow={"slide_type": "skip"}
# ### Sources
#
# * Four sets of slides by others, which this course discusses: Lei Huang (2017), *Normalization techniques in training of deep
#   neural networks*, slides 3–9; Xuming He (2020), *CNNs II: model training and optimization*; *Training neural networks, part I*
#   (no author named); Devansh Arpit, *Normalization techniques*.
# * D. Rumelhart, G. Hinton, R. Williams (1986), *Learning representations by back-propagating errors*, Nature 323.
# * W. Press, S. Teukolsky, W. Vetterling, B. Flannery (2007), *Numerical recipes*, section 5.7: the best step.
# * G. Montúfar, R. Pascanu, K. Cho, Y. Bengio (2014), arXiv:1402.1869. M. Telgarsky (2016), arXiv:1602.04485.
# * C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017), arXiv:1611.03530.
#
# Digits: E. Alpaydin, C. Kaynak (1998), UCI, CC BY 4.0.
