# %% [markdown]
# # A3 · Optimizers and schedules
#
# A network is trained by walking downhill in the dark. In this notebook you write the rules of that walk, from plain
# gradient descent to Adam and the natural gradient, and the schedules that lower the rate. At the end you race them over
# four landscapes and on real digits, and you know why the winner wins, and when it will not.
#
# Reckon with about five hours, best in two sittings; the table below says how they fall.
#
# **How to work.** Each exercise has an idea, a formula, a few numbers to follow with a pencil, a prediction, and a function
# to write. Replace the marked line in the function, run the cell, then run the `check(...)` cell below it: it tells you at
# once what is right, what is not, and where. Predictions earn nothing and cost nothing; put your guess in place of `None`
# before you look. Cells that only draw are folded; a click on their bar opens them.
#
# **How it is marked.** `check` tries a few cases. The hidden checks try more of what these pages ask for: fifty steps with
# gradients that change, a rate that falls on the way, a state that is already full, two parameters that take turns,
# `float32`, and whether the arrays you were given are still as they were. A function that does part of the job earns part
# of the marks.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `sgd` | 10 | 1 |
# | 2 | `momentum` | 20 | 2 |
# | 3 | `nesterov` | 30 | 2 |
# | 4 | `optimal_rates` | 25 | 2 |
# | 5 | `adagrad` | 20 | 2 |
# | 6 | `rmsprop` | 15 | 2 |
# | 7 | `adam` | 40 | 3 |
# | 8 | `natural_gradient_step` | 15 | 1 |
# | 9 | `lr_schedule` | 40 | 3 |
# | | three questions, answered in words | 50 | 3 |
#
# **What we agree on.** Every update rule has the same form, so that they can take each other's place:
#
# | here | because |
# |---|---|
# | `rule(w, dw, state) -> w_new`, and `w_new` is a new array. | Somebody may have kept the old one. |
# | The `state` belongs to **one** parameter. It holds the settings, and what the rule remembers. | Two layers do not share a memory. |
# | What a rule remembers is **replaced** in the state, never edited. | As above; a copy of the state is then a snapshot. |
# | A memory that is not in the state yet is 0. | So a new state is `{"lr": 0.1}`. |
# | `lr` is read in each step. | A schedule changes it on the way. |
# | `float32` parameters stay `float32`, and so does their state, whatever the dtype of `dw` and `lr`. | One `float64` number in a product doubles the memory of all that follows. |
#
# Everything can be written with NumPy alone; beyond it and the standard library nothing is there when your work is graded.
# The last cell, *Before you hand in*, shows how far you are. Run it whenever you like.

# %%
import numpy as np

from zeromean import check, progress, stages

# %% figure=true
from zeromean import figures
from zeromean.style import use
from zeromean.waiting import once_passed, reveal, when_ready

use()

# %% [markdown] covers="gradient-descent slip-01 code-sgd"
# ## 1 · Against the gradient
#
# A loss is a landscape, and all that you can feel is the slope under your feet. With $g$ for the gradient at $w$, and a
# rate $\eta > 0$:
#
# $$w \leftarrow w - \eta\,g$$
#
# $w$ and $g$ have the same shape, whatever it is: every entry takes its own step. When the gradient comes from a batch
# of examples instead of all of them, this is called stochastic gradient descent; the rule does not notice.
#
# **By hand.** $L = 2w^2$, so $g = 4w$. From $w = 1$ with $\eta = 0.1$: $g = 4$ and $w = 0.6$; then $g = 2.4$ and $w =
# 0.36$.
#
# A small thing that costs evenings: a course that you may have read writes the formula with a minus and the code below
# it with `+=` (Xuming He, *CNNs II*). A sign is all that separates descending from climbing.
#
# **Predict.** $L = 50\,w^2$, so $g = 100\,w$. From $w = 1$, how large is $|w|$ after 50 steps with $\eta = 0.019$, with
# $0.02$, and with $0.021$?

# %% scratch=true
after_019, after_020, after_021 = None, None, None

# %% exercise="sgd" points=1 minutes=10
def sgd(w, dw, state):
    """Take one step against the gradient.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step. It stays as it is.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Robbins & Monro (1951); without the noise, Cauchy (1847).

    Examples
    --------
    >>> sgd(np.array([1.0, 2.0]), np.array([4.0, -10.0]), {"lr": 0.1})
    array([0.6, 3. ])
    """
    ### BEGIN SOLUTION
    return (w - state["lr"] * dw).astype(w.dtype)
    ### END SOLUTION

# %% check="sgd"
check(sgd)

# %% [markdown]
# Here is the ground on which all rules of this notebook are tried. A **ravine** is a loss $\frac{1}{2} w^\top H w$ with
# two curvatures that differ much: here 1 along it, and 100 across. Its gradient is $Hw$. `descend` follows a rule and
# keeps the places it comes to.

# %%
def ravine(degrees=0.0):
    """Return H (2, 2) of a ravine that lies along the first axis, or is turned; and the turn (2, 2)."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    return turn @ np.diag([1.0, 100.0]) @ turn.T, turn


def descend(rule, gradient, start, steps, **state):
    """Return the places, shape (steps + 1, D), that a rule comes to; its state begins as given."""
    places = [np.array(start, dtype=float)]
    for _ in range(steps):
        places.append(rule(places[-1], gradient(places[-1]), state))
    return np.array(places)

# %% figure=true
with when_ready():
    def after_50(rate):
        return abs(descend(sgd, lambda w: 100 * w, [1.0], 50, lr=rate)[-1, 0])

    reveal(
        ("rate 0.019", after_019, after_50(0.019)),
        ("rate 0.02", after_020, after_50(0.02)),
        ("rate 0.021", after_021, after_50(0.021)),
        then=r"""
            Each step multiplies $w$ by $1 - 100\,\eta$: by $-0.9$, by $-1$, by $-1.1$. The border is $2/100$, two over
            the curvature, and it is sharp. In the picture you see why it hurts: the steep direction forbids a larger rate,
            and in the flat one the walk is then a crawl, while it jumps from wall to wall.
            """,
    )
    H, _ = ravine()
    figures.paths({"sgd, rate 0.019": descend(sgd, lambda w: H @ w, [1.3, 0.7], 50, lr=0.019)}, H)

# %% [markdown] covers="momentum code-momentum"
# ## 2 · Momentum
#
# A ball does not zig-zag down a ravine. It has a velocity: pushes to and fro cancel, pushes the same way add up. The
# gradient is now a force, and $\rho$, between 0 and 1, is what friction leaves of the velocity in each step:
#
# $$v \leftarrow \rho\,v - \eta\,g \qquad w \leftarrow w + v$$
#
# $v$ has the shape of $w$ and starts at 0. It is what the rule must remember, so it lives in the `state` of that
# parameter.
#
# **By hand.** A slope that is always $g = 1$, with $\eta = 1$ and $\rho = \frac{1}{2}$:
#
# | step | 1 | 2 | 3 | … |
# |---|---|---|---|---|
# | $v$ | −1 | −1.5 | −1.75 | → −2 |
# | $w$ | −1 | −2.5 | −4.25 | |
#
# The same words hide three different rules, so read twice: some write $v \leftarrow \rho\,v + g$ and step by
# $-\eta\,v$; some take a mean, with $1-\rho$ before the gradient. He (*CNNs II*) calls the first two equivalent, and
# the velocity a running mean. You can find out what is true of that.
#
# **Predict.** $\rho = 0.9$, always $g = 1$, $\eta = 1$. How fast is the ball in the end? Then the rate drops to 0.1.
# How long is the next step: with our rule, and with $v \leftarrow \rho\,v + g$, $w \leftarrow w - \eta\,v$?

# %% scratch=true
speed_in_the_end = None
next_step_ours, next_step_other = None, None  # their lengths

# %% exercise="momentum" points=2 minutes=20
def momentum(w, dw, state):
    """Take one step with a velocity.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step. ``rho``: 0.9 when missing.
        ``v``: the velocity, shape of `w`, zeros when missing. After the call it holds a NEW array `v`, in
        the dtype of `w`; the old one keeps its values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Polyak (1964); in this form, Sutskever et al. (2013), Equations 1 and 2.

    Examples
    --------
    >>> state = {"lr": 1.0, "rho": 0.5}
    >>> w = momentum(np.array([0.0]), np.array([1.0]), state)
    >>> momentum(w, np.array([1.0]), state), state["v"]
    (array([-2.5]), array([-1.5]))
    """
    ### BEGIN SOLUTION
    kept = state.get("v", np.zeros_like(w))
    velocity = state.get("rho", 0.9) * kept - state["lr"] * dw
    state["v"] = velocity.astype(w.dtype)
    return (w + velocity).astype(w.dtype)
    ### END SOLUTION

# %% check="momentum"
check(momentum)

# %% figure=true
with when_ready():
    state, w = {"lr": 1.0, "rho": 0.9}, np.zeros(1)
    for _ in range(200):
        w, before = momentum(w, np.ones(1), state), w
    speed = abs(w - before)[0]
    state["lr"] = 0.1
    ours = abs(momentum(w, np.ones(1), state) - w)[0]
    reveal(
        ("speed in the end", speed_in_the_end, speed),
        ("next step, ours", next_step_ours, ours),
        ("next step, the other form", next_step_other, 0.1 * (0.9 * speed + 1)),
        then=r"""
            The velocity is a *sum* that fades, not a mean: it grows to $\eta\,g/(1-\rho)$, ten times the step of `sgd`. While
            the rate is constant the two forms walk the same path. When the rate drops, ours still rolls on with the old
            speed, and the other form brakes at once. Neither is wrong; but a schedule that was tuned with one of them is
            another schedule with the other. Below, both rules walk for 50 steps with the same rate.
            """,
    )
    H, _ = ravine()
    walk = {"sgd": sgd, "momentum, rho 0.7": momentum}
    figures.paths({name: descend(rule, lambda w: H @ w, [1.3, 0.7], 50, lr=0.019, rho=0.7) for name, rule in walk.items()}, H)

# %% [markdown] covers="nesterov code-nesterov"
# ## 3 · Nesterov's look ahead
#
# Momentum feels the slope where the ball is. But it is known already that the ball will roll on by $\rho v$, so why not
# feel the slope *there*? With $x$ for the place of the ball:
#
# $$v \leftarrow \rho\,v - \eta\,\nabla L(x + \rho\,v) \qquad x \leftarrow x + v$$
#
# It brakes before it is too late, not after. There is a catch: our rules are handed a gradient, and it is the gradient
# at the parameter, not at a place further on. The way out is to call the place further on the parameter:
#
# $$w = x + \rho\,v$$
#
# Then `dw` is the right gradient, and what is left to find is how $w$ moves. That is a change of variables, and it is
# yours.
#
# **Walk.** From $w$ back to the ball, one step of the ball, and again ahead of it. Nothing here is marked; the cell
# below points at the first line that is not right yet.

# %% stages="nesterov"
def walk_ahead(w, v, dw, lr, rho):
    """Return what one step goes through; w, v and dw have shape (D,), and dw is the gradient at w."""
    ### BEGIN SOLUTION
    x = w - rho * v  # (D,), where the ball is
    v_new = rho * v - lr * dw  # (D,), its new velocity
    x_new = x + v_new  # (D,), where it rolls
    w_new = x_new + rho * v_new  # (D,), and ahead of that
    ### END SOLUTION
    return {"x": x, "v_new": v_new, "x_new": x_new, "w_new": w_new}

# %% figure=true
with when_ready():
    stages("nesterov", walk_ahead(np.array([1.0, -2.0]), np.array([0.3, 0.4]), np.array([2.0, -1.0]), lr=0.1, rho=0.8))

# %% [markdown]
# **By hand.** Again a slope that is always 1, $\eta = 1$, $\rho = \frac{1}{2}$, from rest at 0. The ball walks as with
# momentum, $x = -1, -2.5$, and the parameter is half a velocity ahead of it: $w = -1.5, -3.25$.
#
# **Predict.** 50 steps in our ravine with rate 0.005 and $\rho = 0.9$, from 0.7 across it. How often does momentum
# change the side, and how often does Nesterov? In the last ten of these steps, how far out does each still swing?

# %% scratch=true
sides_changed = None  # two numbers, as a list: momentum, nesterov
last_swings = None  # two numbers, as a list

# %% exercise="nesterov" points=2 minutes=30
def nesterov(w, dw, state):
    """Take one step with a velocity that looks ahead.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter: the place ahead of the ball, at which the gradient is taken. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss at `w`, in its shape. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step. ``rho``: 0.9 when missing.
        ``v``: the velocity of the ball, shape of `w`, zeros when missing. After the call it holds a NEW
        array `v`, in the dtype of `w`; the old one keeps its values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`: the place ahead of the ball after its step.

    Notes
    -----
    Nesterov (1983); the change of variables is in Bengio et al. (2013), Section 3.5.

    Examples
    --------
    >>> state = {"lr": 1.0, "rho": 0.5}
    >>> w = nesterov(np.array([0.0]), np.array([1.0]), state)
    >>> w, nesterov(w, np.array([1.0]), state), state["v"]
    (array([-1.5]), array([-3.25]), array([-1.5]))
    """
    ### BEGIN SOLUTION
    rho, kept = state.get("rho", 0.9), state.get("v", np.zeros_like(w))
    velocity = rho * kept - state["lr"] * dw
    state["v"] = velocity.astype(w.dtype)
    return (w - rho * kept + (1 + rho) * velocity).astype(w.dtype)
    ### END SOLUTION

# %% check="nesterov"
check(nesterov)

# %% figure=true
with when_ready():
    H, _ = ravine()
    rules = {"momentum": momentum, "nesterov": nesterov}
    walks = {name: descend(rule, lambda w: H @ w, [1.3, 0.7], 50, lr=0.005, rho=0.9) for name, rule in rules.items()}
    changed = [int((walk[1:, 1] * walk[:-1, 1] < 0).sum()) for walk in walks.values()]
    swings = [np.abs(walk[-10:, 1]).max() for walk in walks.values()]
    reveal(
        ("sides changed", sides_changed, changed),
        ("last swings", last_swings, swings),
        then=r"""
            Both change sides about equally often, 12 and 13 times. But momentum still swings by 0.08, as a pendulum that friction stops
            slowly, and Nesterov lies still: by less than a ten-millionth. The slope ahead points back in time, so the
            velocity across the ravine is braked, while along the ravine, where the slope hardly changes, nothing is lost. It has its
            price: with $\rho = 0.9$ Nesterov diverges beyond the rate $1.36/L$, momentum only beyond $3.8/L$, where $L$ is the largest
            curvature.
            """,
    )
    figures.across(walks)

# %% figure=true
once_passed(
    nesterov,
    r"""
    **All your stages in one line.** With $v'$ for the new velocity,

    $$w \leftarrow w - \rho\,v + (1+\rho)\,v', \qquad v' = \rho\,v - \eta\,g$$

    In words: take back the look ahead of before, make the step, and look ahead anew. With $\rho = 0$ all three rules so far
    are the same.
    """,
)

# %% [markdown] covers="condition-number one-rate"
# ## 4 · The best that one rate can do
#
# How good can these rules be? For a loss $\frac{1}{2} w^\top H w$ this can be said exactly. Take the part of $w$ along
# an eigenvector of $H$ with eigenvalue $\lambda$, the curvature in that direction. `sgd` with the whole gradient does
# to it
#
# $$w_\lambda \leftarrow (1-\eta\lambda)\,w_\lambda$$
#
# Every part fades by its own factor $|1-\eta\lambda|$, and the largest of these factors decides. Let $L$ and $\mu$ be
# the largest and the smallest eigenvalue. A small $\eta$ is bad for the one, a large $\eta$ is bad for the other: the
# best rate makes them equally bad. Draw $|1-\eta L|$ and $|1-\eta\mu|$ over $\eta$, and read it off.
#
# For momentum, the *heavy ball*, the same thought needs a quadratic equation. Polyak (1964) solved it:
#
# $$\eta = \frac{4}{(\sqrt L+\sqrt\mu)^2} \qquad \rho = \left(\frac{\sqrt L-\sqrt\mu}{\sqrt L+\sqrt\mu}\right)^2$$
#
# and then every part fades by about $\sqrt\rho$ a step.
#
# **By hand.** $H = \begin{pmatrix}2&1\\1&2\end{pmatrix}$ has the eigenvalues 1 and 3, along $(1,-1)$ and $(1,1)$; the
# diagonal says 2 and 2, and knows nothing of it. The best rate is $\eta = 0.5$: then the factors are $+0.5$ and $-0.5$.
#
# **Predict.** Curvatures 1 and 100, start $(1, 1)$. After how many steps has the distance to the bottom fallen to a
# millionth, with the best rate of `sgd`, and with the best rate and friction of momentum? And if the ravine is 10 times
# steeper still: by which factor do the two numbers grow?

# %% scratch=true
steps_sgd, steps_momentum = None, None
growth_sgd, growth_momentum = None, None

# %% exercise="optimal_rates" points=2 minutes=25
def optimal_rates(H):
    """Find the best rate of gradient descent, and the best rate and friction of momentum, on a quadratic.

    Parameters
    ----------
    H : ndarray, shape (D, D), float
        The Hessian of the loss: symmetric, and positive definite.

    Returns
    -------
    gd_lr : float
        The rate at which the slowest part of `w` fades fastest under `sgd`.
    gd_contraction : float
        The factor by which that part fades in each step at this rate; not negative.
    heavy_ball_lr, heavy_ball_rho : float
        The rate and the friction of `momentum` that are best in the same sense.

    Notes
    -----
    Polyak (1964), Section 1; with proofs, Nesterov (2004), Theorem 2.1.15.

    Examples
    --------
    >>> [round(float(number), 6) for number in optimal_rates(np.diag([100.0, 1.0]))]
    [0.019802, 0.980198, 0.033058, 0.669421]
    """
    ### BEGIN SOLUTION
    small, large = np.linalg.eigvalsh(H)[[0, -1]].tolist()
    condition = large / small
    root = condition**0.5
    rate, contraction = 2 / (small * (condition + 1)), (condition - 1) / (condition + 1)
    return rate, contraction, 4 / (small * (root + 1) ** 2), ((root - 1) / (root + 1)) ** 2
    ### END SOLUTION

# %% check="optimal_rates"
check(optimal_rates)

# %% figure=true
with when_ready():
    def steps_needed(rule, H, **settings):  # until the distance to the bottom is a millionth of the first
        w, state, steps = np.ones(2), dict(settings), 0
        while np.linalg.norm(w) > 1e-6 * np.sqrt(2) and steps < 100_000:
            w, steps = rule(w, H @ w, state), steps + 1
        return steps

    needed = {"sgd": [], "momentum": []}
    conditions = [10, 100, 1000]
    for condition in conditions:
        H = np.diag([float(condition), 1.0])
        rate, _, heavy_rate, rho = optimal_rates(H)
        needed["sgd"].append(steps_needed(sgd, H, lr=rate))
        needed["momentum"].append(steps_needed(momentum, H, lr=heavy_rate, rho=rho))
    reveal(
        ("sgd", steps_sgd, needed["sgd"][1]),
        ("momentum", steps_momentum, needed["momentum"][1]),
        ("growth, sgd", growth_sgd, needed["sgd"][2] / needed["sgd"][1]),
        ("growth, momentum", growth_momentum, needed["momentum"][2] / needed["momentum"][1]),
        then=r"""
            The ratio $\kappa = L/\mu$, the *condition number*, is all that counts. `sgd` needs about $\kappa$ times a constant,
            momentum about $\sqrt\kappa$ times another one: that square root is what momentum is for. It is not a free gift:
            with $\rho = 0.99$ and the rate $1/L$, momentum takes 2179 steps here, and `sgd` with the same rate 1341.
            """,
    )
    figures.conditions(conditions, needed)

# %% figure=true
once_passed(
    optimal_rates,
    r"""
    **Where the two lines cross.** $1-\eta\mu = -(1-\eta L)$, and so, with $\kappa = L/\mu$,

    $$\eta = \frac{2}{L+\mu} \qquad |1-\eta L| = |1-\eta\mu| = \frac{\kappa-1}{\kappa+1}$$

    You may have read that a rate may not be larger than $1/L$ (Devansh Arpit, *Normalization Techniques*). The walk diverges
    only beyond $2/L$; $1/L$ is safe, and about half as fast as the best.
    """,
)

# %% [markdown] question="saddle" points=1 minutes=15 covers="question-09 saddles"
# **Question 1** (1 mark, about six sentences).
#
# (a) What do `sgd` and momentum do at a minimum, at a saddle, and *near* a saddle, say at $(0, 10^{-8})$ on the loss
# $\frac{1}{2}x^2 - \frac{1}{2}y^2$? Roughly how many steps does `sgd` with rate 0.1 need until $|y| = 0.5$? Does it get
# stuck?
#
# (b) You train with `sgd`, and add momentum $\rho = 0.9$ without touching the rate. Name one reason why this may help,
# and one why it may hurt.
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The gradient is 0 at both, so `sgd` stays exactly there, and momentum comes to rest (it may roll through). Near a
# saddle $y$ grows by the factor $1+\eta = 1.1$ a step: $\ln(0.5/10^{-8})/\ln 1.1 \approx 186$ steps. So it does not get
# stuck; it is slow, and any noise in the gradient makes it faster. Momentum escapes several times faster.
#
# (b) Helps: it averages out the zig-zag across a ravine and adds up the steps along it ($\sqrt\kappa$ instead of
# $\kappa$). Hurts: the terminal speed is 10 times as high at the same rate, so it overshoots, and around the minimum
# the noise of the batches is amplified about tenfold. (Dividing the rate by 10 takes both back.)
#
# **Common wrong ideas.** "At a saddle the gradient is not 0." "A saddle is a local minimum." "Gradient descent never
# leaves a saddle": only when it starts exactly on the ridge. "Momentum makes the gradient larger": the step, not the
# gradient. "Momentum never hurts."
# ### END SOLUTION

# %% [markdown] covers="adagrad code-adagrad question-10"
# ## 5 · AdaGrad
#
# In a ravine one rate for all directions is a bad compromise. If the ravine lies along the axes, each *parameter* could
# have a rate of its own: small where gradients have been large, large where they have been small. AdaGrad adds up the
# squares of all gradients so far, and divides by the root of the sum. All operations are entry by entry:
#
# $$G \leftarrow G + g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt G+\varepsilon}$$
#
# $G$ has the shape of $w$ and starts at 0; in the state it is called `g2`. The root restores the unit: a gradient over
# the root of squared gradients is a pure number, so $\eta$ is a length in units of $w$. The small $\varepsilon$ stands
# outside the root; it is there for entries whose gradients have all been 0.
#
# **By hand.** $\eta = 1$, $\varepsilon = 0$, and $g = 3$, then $g = 4$: $G = 9$, then $25$; the steps are $-3/3 = -1$
# and $-4/5 = -0.8$.
#
# **Predict.** One parameter always has the gradient 0.001, another one always 1000. How long is the first step of each,
# in units of $\eta$? And how long is the 100th?

# %% scratch=true
first_step_adagrad = None  # two numbers, as a list
hundredth_step_adagrad = None  # two numbers, as a list

# %% exercise="adagrad" points=2 minutes=20
def adagrad(w, dw, state):
    """Take one step that each entry's own history of gradients shortens.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step. ``eps``: 1e-7 when missing.
        ``g2``: the sum of all squared gradients, shape of `w`, zeros when missing. After the call it holds
        a NEW array `g2`, in the dtype of `w`; the old one keeps its values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Duchi, Hazan & Singer (2011), Figure 1, with a diagonal matrix.

    Examples
    --------
    >>> state = {"lr": 1.0, "eps": 0.0}
    >>> w = adagrad(np.array([0.0]), np.array([3.0]), state)
    >>> w, adagrad(w, np.array([4.0]), state), state["g2"]
    (array([-1.]), array([-1.8]), array([25.]))
    """
    ### BEGIN SOLUTION
    squares = state.get("g2", np.zeros_like(w)) + dw**2
    state["g2"] = squares.astype(w.dtype)
    return (w - state["lr"] * dw / (np.sqrt(squares) + state.get("eps", 1e-7))).astype(w.dtype)
    ### END SOLUTION

# %% check="adagrad"
check(adagrad)

# %%
def step_lengths(rule, gradient, steps, **state):
    """Return how long each step is in units of the rate, shape (steps, D), if the gradient never changes."""
    places = descend(rule, lambda w: gradient, np.zeros_like(gradient), steps, lr=1.0, **state)
    return np.abs(np.diff(places, axis=0))

# %% figure=true
with when_ready():
    lengths = step_lengths(adagrad, np.array([1e-3, 1e3]), 100)
    reveal(
        ("first step", first_step_adagrad, lengths[0]),
        ("hundredth step", hundredth_step_adagrad, lengths[99]),
        then=r"""
            Both take the same steps: the size of a gradient no longer counts, only how it compares with the others that this
            parameter has seen. And both take shorter and shorter steps, $\eta/\sqrt t$ after $t$ equal gradients, because the sum never
            forgets. For a convex loss that is a virtue. A network that is still far from its goal comes to a halt.
            """,
    )

# %% [markdown] covers="rmsprop code-rmsprop"
# ## 6 · RMSProp
#
# The cure for a sum that never forgets is a mean that does. RMSProp divides by the root of a *recent* mean of squares:
#
# $$G \leftarrow \beta\,G + (1-\beta)\,g^2 \qquad w \leftarrow w - \eta\,\frac{g}{\sqrt G+\varepsilon}$$
#
# $\beta$ is called `decay`; it weights the old value, and about $1/(1-\beta)$ gradients are remembered. All else is as
# for AdaGrad; $G$ is updated first, and then used. It was never published as a paper: it is a slide of a lecture.
#
# **By hand.** $\beta = \frac{3}{4}$, $\varepsilon = 0$, $\eta = 1$, and always $g = 2$: $G = 1$, then $1.75$, then
# $2.3125$, … towards 4; the steps are $-2$, $-1.5119$, $-1.3152$, … towards $-1$.
#
# **Predict.** $\beta = 0.99$ and a gradient that never changes. How long is the first step, in units of $\eta$? How
# long is the 1000th? And on the loss $\frac{1}{2}w^2$, after a long time, how far from 0 is $w$ still, in units of
# $\eta$?

# %% scratch=true
first_step_rmsprop, late_step_rmsprop = None, None
distance_in_the_end = None

# %% exercise="rmsprop" points=2 minutes=15
def rmsprop(w, dw, state):
    """Take one step that is divided by the root of a recent mean of squares.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step.
        ``decay``, ``eps``: 0.99 and 1e-7 when missing; `decay` weights the OLD mean, and `eps` stands
        outside the root.
        ``g2``: the running mean of squared gradients, shape of `w`, zeros when missing. After the call it
        holds a NEW array `g2`, in the dtype of `w`; the old one keeps its values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Tieleman & Hinton (2012), Lecture 6.5 of *Neural networks for machine learning*.

    Examples
    --------
    >>> state = {"lr": 1.0, "decay": 0.75, "eps": 0.0}
    >>> w = rmsprop(np.array([0.0]), np.array([2.0]), state)
    >>> w, rmsprop(w, np.array([2.0]), state).round(4), state["g2"]
    (array([-2.]), array([-3.5119]), array([1.75]))
    """
    ### BEGIN SOLUTION
    decay = state.get("decay", 0.99)
    spread = decay * state.get("g2", np.zeros_like(w)) + (1 - decay) * dw**2
    state["g2"] = spread.astype(w.dtype)
    return (w - state["lr"] * dw / (state.get("eps", 1e-7) + np.sqrt(spread))).astype(w.dtype)
    ### END SOLUTION

# %% check="rmsprop"
check(rmsprop)

# %% figure=true
with when_ready():
    one = np.ones(1)
    lengths = {"adagrad": step_lengths(adagrad, one, 1000)[:, 0], "rmsprop": step_lengths(rmsprop, one, 1000)[:, 0]}
    hovering = descend(rmsprop, lambda w: w, [1.0], 3000, lr=0.01)[-100:, 0]
    reveal(
        ("first step", first_step_rmsprop, lengths["rmsprop"][0]),
        ("1000th step", late_step_rmsprop, lengths["rmsprop"][-1]),
        ("distance in the end", distance_in_the_end, np.abs(hovering).mean() / 0.01),
        then=r"""
            The mean starts at 0 and knows that only later, so the first step is $1/\sqrt{1-\beta} = 10$ times too long. Then the steps
            become $\eta$ long and stay so. Near the bottom that is too long: the walk hops to and fro, half a step on either
            side, and never arrives. Both faults are the reason for what comes next: the first for Adam, the second for a
            schedule.
            """,
    )
    figures.step_lengths(lengths)

# %% [markdown] question="memories" points=1 minutes=15 covers="question-11 question-12"
# **Question 2** (1 mark, about six sentences).
#
# (a) A word that occurs once in a million sentences has a row of weights of its own, whose gradient is nearly always 0.
# What does AdaGrad do with this row, compared with the row of a frequent word? And what becomes of both in the long
# run?
#
# (b) RMSProp's first step is $1/\sqrt{1-\beta}$ times $\eta$. What would the first step of Adam be if neither of its
# two means were corrected ($\beta_1 = 0.9$, $\beta_2 = 0.999$), and why does the error not go away after a few steps?
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) The sum of squares of the rare row stays small, so when its gradient does come, the step is nearly as long as a
# first step; the frequent row has collected a large sum and takes small steps. In the long run the sums only grow, so
# all steps shrink like $1/\sqrt t$ and learning stops, for the frequent row first.
#
# (b) $0.1/\sqrt{0.001} = 3.16$ times $\eta$. The mean of gradients is filled after some ten steps, the mean of squares
# only after some thousand: in between the numerator is complete while the root is still far too small, so the steps
# first grow (6.57 times $\eta$ at $t = 12$), and come down slowly.
#
# **Common wrong ideas.** "AdaGrad gives rare features a larger gradient": a larger *rate*. "The rate of a rare feature
# grows": it only falls more slowly. "Adam's uncorrected first step is too short because $m$ is too small": the root is
# smaller still. "After $1/(1-\beta_1)$ steps all is well": $\beta_2$ decides.
# ### END SOLUTION

# %% [markdown] covers="adam-almost adam slip-02 code-adam"
# ## 7 · Adam
#
# Adam puts together what you have: a recent mean of the gradient, as momentum has it, over the root of a recent mean of
# squares, as RMSProp has it. Entry by entry, with $m$ and $v$ in the shape of $w$, both from 0:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$
#
# You have just seen what is wrong with a mean that starts at 0. It can be repaired exactly, and finding out how is the
# heart of this exercise. Unroll the recursion: after $t$ gradients $m$ is a weighted sum of all of them. What are the
# weights, what do they add up to, and by what must $m$ be divided to become a true average?
#
# **Unroll.** Nothing here is marked; the cell below points at the first line that is not right yet.

# %% stages="adam"
def unroll(gradients, beta):
    """Return what a running mean is made of; gradients has shape (t,), the newest comes last."""
    t = len(gradients)
    ### BEGIN SOLUTION
    weights = (1 - beta) * beta ** np.arange(t)[::-1]  # (t,), what each gradient counts in m
    m = weights @ gradients  # a number: the running mean from 0
    total = 1 - beta**t  # a number: what the weights add up to, without a sum
    average = m / total  # a number: m, corrected
    ### END SOLUTION
    return {"weights": weights, "m": m, "total": total, "average": average}

# %% figure=true
with when_ready():
    stages("adam", unroll(np.array([2.0, -1.0, 4.0, 3.0]), beta=0.8))

# %% [markdown]
# Both means are corrected so, each with its own $\beta$. The state keeps them *un*corrected, since the recursion goes
# on with them. Write $\hat m$ and $\hat v$ for the corrected ones; the step is
#
# $$w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}$$
#
# **By hand.** $g = 3$, then $g = 1$; $\beta_1 = \beta_2 = 0.5$, $\varepsilon = 0$, $\eta = 1$, $w = 0$:
#
# | $t$ | $g$ | $m$ | $v$ | $\hat m$ | $\hat v$ | step |
# |---|---|---|---|---|---|---|
# | 1 | 3 | 1.5 | 4.5 | 3 | 9 | −1 |
# | 2 | 1 | 1.25 | 2.75 | 1.6667 | 3.6667 | −0.8704 |
#
# Three things to be careful about:
#
# * **Count first.** The first step is $t = 1$. A printed loop that begins at 0 (He, *CNNs II*) divides 0 by 0 in its
#   first step.
# * **$\varepsilon$ stands outside the root.** Inside, it would be the square of what is meant.
# * **The state belongs to one parameter**: `t` too, since two parameters need not have taken the same number of steps.
#
# **Predict.** $\beta_1 = 0.9$, $\beta_2 = 0.999$. In the first step the gradient is a millionth, then, for another
# parameter, a million. How long are the two steps, in units of `lr`? How long would they be without the two
# corrections? And the longest step of all without them, under a constant gradient: how long is it?

# %% scratch=true
first_steps = None  # two numbers, as a list
first_step_uncorrected = None  # one number
longest_step_uncorrected = None  # one number

# %% exercise="adam" points=3 minutes=40
def adam(w, dw, state):
    """Take one step of Adam.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step.
        ``beta1``, ``beta2``, ``eps``: 0.9, 0.999 and 1e-8 when missing.
        ``t``: the number of steps taken, 0 when missing. ``m``, ``v``: the running means of the gradient
        and of its square, shape of `w`, zeros when missing. After the call it holds the new `t`, and NEW
        arrays `m` and `v`, not corrected, in the dtype of `w`; the old arrays keep their values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Kingma & Ba (2015), Algorithm 1.

    Examples
    --------
    >>> state = {"lr": 0.1}
    >>> adam(np.array([1.0, 1.0]), np.array([5.0, -0.02]), state).round(4)
    array([0.9, 1.1])
    >>> state["t"]
    1
    """
    ### BEGIN SOLUTION
    beta1, beta2 = state.get("beta1", 0.9), state.get("beta2", 0.999)
    step = state.get("t", 0) + 1
    first = beta1 * state.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    second = beta2 * state.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    state["t"], state["m"], state["v"] = step, first.astype(w.dtype), second.astype(w.dtype)
    root = np.sqrt(second / (1 - beta2**step))
    length = state["lr"] / (1 - beta1**step)
    return (w - length * first / (root + state.get("eps", 1e-8))).astype(w.dtype)
    ### END SOLUTION

# %% check="adam"
check(adam)

# %% figure=true
with when_ready():
    moved = step_lengths(adam, np.array([1e-6, 1e6]), 1)[0]
    t = np.arange(1, 4001)
    corrected = step_lengths(adam, np.ones(1), 4000)[:, 0]
    uncorrected = corrected * (1 - 0.9**t) / np.sqrt(1 - 0.999**t)  # what both corrections took out, put back
    reveal(
        ("first steps, in units of lr", first_steps, moved),
        ("first step, not corrected", first_step_uncorrected, uncorrected[0]),
        ("longest step, not corrected", longest_step_uncorrected, uncorrected.max()),
        then=r"""
            Whatever the gradient, the first step is `lr` long; a hundredth is missing where $\varepsilon = 10^{-8}$ is a
            hundredth of the gradient. Without the corrections it is $0.1/\sqrt{0.001} = 3.16$ times `lr`, the steps grow to 6.57
            times at $t = 12$, and come within a hundredth of `lr` only after 3924 steps: the mean of squares forgets slowly, so it
            also fills slowly.
            """,
    )
    figures.first_steps(corrected, uncorrected)

# %% figure=true
once_passed(
    adam,
    r"""
    **What the corrections are.** The weights $(1-\beta)\,\beta^{t-i}$ of the gradients $i = 1, \dots, t$ are a geometric series:

    $$m^{(t)} = (1-\beta_1)\sum_{i=1}^t \beta_1^{t-i} g_i \qquad (1-\beta)\sum_{i=1}^t \beta^{t-i} = 1-\beta^t$$

    so that the whole step of Adam is

    $$\hat m = \frac{m}{1-\beta_1^t} \qquad \hat v = \frac{v}{1-\beta_2^t} \qquad w \leftarrow w - \eta\,\frac{\hat m}{\sqrt{\hat v}+\varepsilon}$$

    After one step $\hat m = g$ and $\hat v = g^2$, exactly: hence the step of length `lr`.
    """,
)

# %% [markdown] covers="curvature"
# ## 8 · The natural gradient
#
# AdaGrad, RMSProp and Adam give every *parameter* its own rate. That helps in a ravine along an axis. Turn the ravine
# by 45 degrees, and every parameter is as steep as the next: dividing by each one's own spread changes next to nothing.
# What knows the direction of a ravine is a matrix. The natural gradient multiplies by the inverse of a matrix $F$ $(D,
# D)$ that says how much the *output* changes when the parameters change, the Fisher matrix. For least squares it is the
# mean of $x x^\top$ over the examples:
#
# $$w \leftarrow w - \eta\,(F+\delta I)^{-1} g$$
#
# $w$ and $g$ are $(D,)$. The damping $\delta \ge 0$ keeps the step short in directions of which $F$ knows nothing.
#
# **By hand.** $F = \begin{pmatrix}2&1\\1&2\end{pmatrix}$, $g = (3, 0)$, $\eta = 1$, $\delta = 0$: the step is $(-2,
# 1)$, since $F$ times $(2, -1)$ is $(3, 0)$. Dividing by the diagonal alone would give $(-1.5, 0)$.
#
# You need not invert anything: $F^{-1} g$ is the solution of a system of equations, and solving it is cheaper and more
# exact.
#
# **Predict.** A ravine turned by 45°, $F = H$. How many natural steps with $\eta = 1$ to the bottom? How much longer
# does Adam (rate 0.03) take in the turned ravine than in the straight one, until the distance is below 0.1?

# %% scratch=true
natural_steps = None
times_longer_adam = None

# %% exercise="natural_gradient_step" points=1 minutes=15
def natural_gradient_step(w, g, F, lr=1.0, damping=0.0):
    """Take one step along the natural gradient.

    Parameters
    ----------
    w : ndarray, shape (D,), float
        The parameters. They keep their values.
    g : ndarray, shape (D,), float
        The gradient of the loss at `w`. It keeps its values.
    F : ndarray, shape (D, D), float
        The Fisher matrix: symmetric, and positive definite once the damping is added. It keeps its values.
    lr : float
        The rate.
    damping : float
        Added to the diagonal of `F`; at least 0.

    Returns
    -------
    w_new : ndarray, shape (D,), dtype of `w`
        A new array.

    Notes
    -----
    Amari (1998), Equation 11; damping as in Martens (2020), Section 8.2.

    Examples
    --------
    >>> F = np.array([[2.0, 1.0], [1.0, 2.0]])
    >>> natural_gradient_step(np.zeros(2), np.array([3.0, 0.0]), F).round(6)
    array([-2.,  1.])
    """
    ### BEGIN SOLUTION
    damped = F + damping * np.eye(len(w))
    return (w - lr * np.linalg.solve(damped, g)).astype(w.dtype)
    ### END SOLUTION

# %% check="natural_gradient_step"
check(natural_gradient_step)

# %% figure=true
with when_ready():
    H, turn = ravine(45)
    start = turn @ np.array([1.3, 0.7])

    def natural(w, dw, state):  # an update rule like the others, whose state knows F
        return natural_gradient_step(w, dw, state["F"], lr=state["lr"])

    def steps_until(places, distance):
        near = np.linalg.norm(places, axis=1) < distance
        return int(near.argmax()) if near.any() else len(places)

    green = descend(natural, lambda w: H @ w, start, 20, lr=1.0, F=H)
    adams = []
    for degrees in (0, 45):
        bend, way = ravine(degrees)
        adams.append(descend(adam, lambda w: bend @ w, way @ np.array([1.3, 0.7]), 4000, lr=0.03))
    reveal(
        ("natural steps", natural_steps, steps_until(green, 1e-9)),
        ("times longer, Adam", times_longer_adam, steps_until(adams[1], 0.1) / steps_until(adams[0], 0.1)),
        then=r"""
            One step: $H^{-1} H w = w$. For a quadratic this is Newton's method. The natural path does not even notice that the ravine
            was turned, stretched, or that somebody measures the inputs in inches. The price is a matrix with $D^2$ entries and a system of
            equations in every step; for a network with a million weights that is out of reach, and all that is called *adaptive* is
            an attempt to get part of it for less. (In the picture the natural rate is 0.3, so that there is a path to see.)
            """,
    )
    figures.paths(
        {
            "sgd, rate 0.019": descend(sgd, lambda w: H @ w, start, 40, lr=0.019),
            "adam, rate 0.03": adams[1][:41],
            "natural, rate 0.3": descend(natural, lambda w: H @ w, start, 20, lr=0.3, F=H),
        },
        H,
        square=True,
    )

# %% [markdown] covers="schedules warm-up slip-28 slip-29"
# ## 9 · Schedules
#
# Every batch has its own gradient, so near the bottom a walk does not come to rest: it trembles, the more the larger
# the rate. Far away a large rate is what you want. So the rate should fall on the way. Steps are counted from $t = 0$,
# and $\eta_0$ is the first rate:
#
# | kind | rate at step $t$ | parameters |
# |---|---|---|
# | `step` | $\eta_0$ times `factor` for each milestone that is reached | `milestones`, `factor` |
# | `exponential` | falls by the same share in each step | `k` |
# | `inverse` | half after $1/k$ steps, a third after $2/k$ | `k` |
# | `cosine` | half a cosine, from $\eta_0$ to 0 | `T` |
# | `linear` | a straight line from $\eta_0$ to 0 | `T` |
# | `inverse_sqrt` | over the root of $t$ | none |
# | `warmup` | a straight line from 0 up to $\eta_0$, and then $\eta_0$ | `warmup` |
#
# In formulas, the five that need one:
#
# $$\eta_0\,e^{-kt} \qquad \frac{\eta_0}{1+kt} \qquad \tfrac{1}{2}\,\eta_0\left(1+\cos\frac{\pi t}{T}\right) \qquad \eta_0\left(1-\frac{t}{T}\right) \qquad \frac{\eta_0}{\sqrt t}$$
#
# What these leave open, we settle here:
#
# * A milestone is reached *at* its step: with `milestones=[30]`, step 30 already has the smaller rate.
# * `cosine` and `linear` stay at 0 beyond `T`.
# * $\eta_0/\sqrt t$ is infinite at 0, on the slide of He (*CNNs II*) too. Step 0 has the rate of step 1.
# * `warmup` reaches $\eta_0$ at step `warmup`; with `warmup=0` there is none.
#
# **By hand.** $\eta_0 = 1$, $T = 60$: `cosine` at 0, 20, 30, 60 is 1, 0.75, 0.5, 0. `exponential` with $k = \ln 2$
# halves in each step.
#
# **Predict.** The ravine again, but each gradient comes with noise. 300 steps of `sgd` with rate 0.015, once constant
# and once with `cosine` to 0. By which factor is the loss at the end lower with the schedule? (A guess of the order of
# magnitude will do.)

# %% scratch=true
times_lower = None

# %% exercise="lr_schedule" points=3 minutes=40
def lr_schedule(kind, t, lr0, **params):
    """Return the rate of step t.

    Parameters
    ----------
    kind : str
        ``'step'`` (with `milestones`, a list of int that ascends, and `factor`), ``'exponential'`` (`k`),
        ``'inverse'`` (`k`), ``'cosine'`` (`T`), ``'linear'`` (`T`), ``'inverse_sqrt'``, or
        ``'warmup'`` (`warmup`, a number of steps).
    t : int
        The step, counted from 0.
    lr0 : float
        The first rate; for ``'warmup'``, the last.
    params : float, int or list of int
        What the kind needs, each by its name.

    Returns
    -------
    lr : float

    Raises
    ------
    ValueError
        If there is no such kind.

    Notes
    -----
    Cosine: Loshchilov & Hutter (2017), Equation 5, without restarts.

    Examples
    --------
    >>> [round(lr_schedule("step", t, 1.0, milestones=[30, 60], factor=0.1), 3) for t in (0, 29, 30, 60)]
    [1.0, 1.0, 0.1, 0.01]
    >>> round(lr_schedule("cosine", 20, 1.0, T=60), 3)
    0.75
    """
    ### BEGIN SOLUTION
    if kind == "step":
        return lr0 * params["factor"] ** sum(t >= milestone for milestone in params["milestones"])
    if kind == "exponential":
        return lr0 * float(np.exp(-params["k"] * t))
    if kind == "inverse":
        return lr0 / (1 + params["k"] * t)
    if kind == "cosine":
        return lr0 * 0.5 * (1 + float(np.cos(np.pi * min(t / params["T"], 1))))
    if kind == "linear":
        return lr0 * max(1 - t / params["T"], 0)
    if kind == "inverse_sqrt":
        return lr0 / max(t, 1) ** 0.5
    if kind == "warmup":
        return lr0 * min(t / params["warmup"], 1) if params["warmup"] else lr0
    raise ValueError(f"There is no schedule of the kind {kind!r}. Take one of those in the docstring.")
    ### END SOLUTION

# %% check="lr_schedule"
check(lr_schedule)

# %% figure=true
with when_ready():
    kinds = {
        "step": {"milestones": [30, 60], "factor": 0.1},
        "exponential": {"k": 0.05},
        "inverse": {"k": 0.05},
        "cosine": {"T": 90},
        "linear": {"T": 90},
        "inverse_sqrt": {},
        "warmup": {"warmup": 20},
    }
    shapes = {kind: np.array([lr_schedule(kind, t, 1.0, **params) for t in range(100)]) for kind, params in kinds.items()}
    figures.schedules(shapes)

# %%
def noisy_walk(rule, H, start, rates, rng, **state):
    """Return the losses, shape (T,), of a walk with these rates (T,), whose gradients come with noise."""
    w, losses = np.array(start, dtype=float), []
    for rate in rates:
        losses.append(0.5 * w @ H @ w)
        w = rule(w, H @ w + rng.standard_normal(len(w)), {**state, "lr": rate})
    return np.array(losses)

# %% figure=true
with when_ready():
    H, _ = ravine()
    steps = np.arange(300)
    plans = {
        "constant": np.full(300, 0.015),
        "cosine": np.array([lr_schedule("cosine", t, 0.015, T=300) for t in steps]),
        "step": np.array([lr_schedule("step", t, 0.015, milestones=[150, 225], factor=0.1) for t in steps]),
        "inverse_sqrt": np.array([lr_schedule("inverse_sqrt", t, 0.015) for t in steps]),
    }
    curves = {
        name: np.mean([noisy_walk(sgd, H, [0.2, 0.2], plan, np.random.default_rng(s)) for s in range(20)], axis=0)
        for name, plan in plans.items()
    }
    reveal(
        ("times lower", times_lower, curves["constant"][-1] / curves["cosine"][-1]),
        then=r"""
            With a constant rate the loss stops falling at a *floor* that the noise sets, and the floor is proportional to the
            rate, as long as the rate is small. Lower the rate, and the floor sinks. But a rate that sinks too early, as $1/\sqrt t$ does here,
            is calm long before it has arrived: the way along the ravine has to be walked with what is left of it. That is the
            bargain of every schedule.
            """,
    )
    figures.losses(curves, "a ravine with noise, mean of 20 walks", floor=1e-4)

# %% [markdown]
# **Warm-up** is the other end: a rate that is right later may be too large at the very beginning. The smallest example
# has two weights, $L = \frac{1}{2}(w_1 w_2 - 1)^2$, from $(3, 3.1)$, where it is steep.
#
# **Predict.** Rate 0.4. How many steps until the loss is below $10^{-8}$ with a warm-up of 10 steps, and without
# (`np.inf` if never)?

# %% scratch=true
steps_with_warmup, steps_without = None, None

# %% figure=true
with when_ready():
    def product_walk(warmup):
        w, losses = np.array([3.0, 3.1]), []
        for t in range(60):
            error = w[0] * w[1] - 1
            losses.append(0.5 * error**2)
            w = sgd(w, error * w[::-1], {"lr": lr_schedule("warmup", t, 0.4, warmup=warmup)})
        return np.array(losses)

    walks = {"warm-up of 10 steps": product_walk(10), "no warm-up": product_walk(0)}
    arrived = [int((walk < 1e-8).argmax()) if (walk < 1e-8).any() else np.inf for walk in walks.values()]
    reveal(
        ("with warm-up", steps_with_warmup, arrived[0]),
        ("without", steps_without, arrived[1]),
        then="""
            Small first steps lead from the steep place to a flat one, and there the rate is just right. Without them the third step is
            already beyond all numbers. On easy problems, our digits among them, warm-up changes little; it pays where the first
            steps are the dangerous ones.
            """,
    )
    figures.losses(walks, "two weights whose product should be 1", floor=1e-12)

# %% [markdown] covers="optimizer-paths figure-race"
# ## The race
#
# Now all of them, on four landscapes: a round **bowl**, the **ravine**, the same ravine **turned** by 45°, and a
# **saddle**, which is left along one axis. Each rule has the rate that suits it best on the straight ravine, out of a
# few. `needed` counts the steps until the place is within 0.01 of the bottom; on the saddle, until the second entry has
# grown to 0.5.

# %%
FAR = 5000  # who is not there by then has not arrived

STARTS = {"bowl": [1.3, 0.7], "ravine": [1.3, 0.7], "turned": [1.3, 0.7], "saddle": [0.7, 1e-4]}


def landscape(name):
    """Return the gradient of a landscape, and whether a place (2,) is the goal."""
    H, _ = {"bowl": (np.eye(2), None), "ravine": ravine(), "turned": ravine(45), "saddle": (None, None)}[name]
    if name == "saddle":  # x^2/2 - y^2/2 + y^4/4, flat at the origin, lowest at y = 1 and y = -1
        return (lambda w: np.array([w[0], w[1] ** 3 - w[1]])), (lambda w: abs(w[1]) > 0.5)
    return (lambda w: H @ w), (lambda w: np.linalg.norm(w) < 0.01)


def needed_steps(rule, name, **state):
    """Return after how many steps a rule reaches the goal of a landscape, at most FAR."""
    gradient, there = landscape(name)
    w = np.array(STARTS[name])
    if name == "turned":
        w = ravine(45)[1] @ w
    for step in range(FAR):
        if there(w):
            return step
        w = rule(w, gradient(w), state)
        if not np.isfinite(w).all() or np.abs(w).max() > 1e6:
            break
    return FAR

# %% [markdown]
# **Predict.** Which of the six arrives first in the straight ravine? Which one in the turned one? And which of them
# need exactly as many steps when the ravine is turned?

# %% scratch=true
first_in_the_ravine, first_when_turned = None, None  # names, such as "adam"
do_not_care = None  # a list of names

# %% figure=true
with when_ready():
    best, _, heavy, rho = optimal_rates(ravine()[0])
    entries = {
        "sgd": (sgd, {"lr": best}),
        "momentum": (momentum, {"lr": heavy, "rho": rho}),
        "nesterov": (nesterov, {"lr": 0.01, "rho": 9 / 11}),
        "adagrad": (adagrad, {"lr": 0.5}),
        "rmsprop": (rmsprop, {"lr": 0.01, "decay": 0.9}),
        "adam": (adam, {"lr": 0.03}),
    }
    table = {
        name: {place: needed_steps(rule, place, **settings) for place in STARTS} for name, (rule, settings) in entries.items()
    }
    reveal(
        ("first in the ravine", first_in_the_ravine, min(table, key=lambda name: table[name]["ravine"])),
        ("first when turned", first_when_turned, min(table, key=lambda name: table[name]["turned"])),
        ("do not care", do_not_care, [name for name, row in table.items() if row["ravine"] == row["turned"]]),
        then=r"""
            `sgd`, momentum and Nesterov do not know what an axis is: turn the world, and their walks turn with it. AdaGrad, RMSProp and
            Adam live in the axes. To them the straight ravine is a bowl, to the very step, since the scale of each entry drops out; and
            all that they win there is lost in the turned one. On the saddle they make long steps out of tiny gradients, and are gone
            first.
            """,
    )
    figures.race(table, FAR)

# %% [markdown] question="rotation" points=1 minutes=20
# **Question 3** (1 mark, about six sentences). Look at the columns *ravine* and *turned* of your race.
#
# (a) Why do `sgd` and momentum take the same number of steps in both, to the last step? Why does Adam not?
#
# (b) Networks are trained with Adam all the same, with success. Name two reasons why the turned ravine may say less
# about networks than it seems.
#
# ### BEGIN SOLUTION
# **Rubric.** ½ mark for each part.
#
# (a) With $w = Ru$ for a turn $R$, the gradient in the new coordinates is $R^\top$ times the old one. `sgd` and
# momentum only add and scale vectors, and that commutes with $R$: the path is the same path, turned. Adam takes squares
# and roots entry by entry, which does not commute with $R$. At 45° both entries see the same large gradients, so both
# get the same small rate, and that is `sgd` with a signed step.
#
# (b) Any two of: the parameters of a network are not arbitrary coordinates, scales do differ between layers, rows and
# rare features, and these differences lie along the axes; gradients differ in size by orders of magnitude between
# layers, which one rate cannot serve; normalization and good initial weights make the rest of the landscape rounder;
# the noise of batches matters more than the exact curvature; Adam's rate is easy to choose because steps have length
# `lr`. Full marks for other reasons that are sound.
#
# **Common wrong ideas.** "Adam is always better, the ravine is artificial": then say what is different. "The condition
# number changes when the ravine is turned": it does not. "Adam is a second-order method": it knows squares of
# gradients, not curvatures.
# ### END SOLUTION

# %% [markdown]
# ### The same race on digits
#
# 1297 handwritten digits of 8 × 8 pixels, a network with 32 tanh units, 150 steps with batches of 32. The gradients are
# computed for you. Every weight matrix and every bias has a `state` of its own, and that is all it takes to use your
# rules on a network. Each rule has a rate that suits it.

# %% figure=true
from zeromean import digits
from zeromean.training import nets


def train(rule, rate_of, steps, batch, wrong_labels=0.0, seed=0):
    rng, data, net = np.random.default_rng(seed), digits.load(), nets.Net((64, 32, 10), act="tanh", init="lecun")
    labels = np.where(rng.random(len(data.t)) < wrong_labels, rng.integers(10, size=len(data.t)), data.t)
    params, _ = nets.init(net, rng)
    states, losses = {name: {} for name in params}, []
    for t in range(steps):
        rows = rng.integers(len(labels), size=batch)
        loss, grads, _ = nets.loss_and_grad(net, params, {}, data.x[rows], labels[rows])
        losses.append(loss)
        for name, state in states.items():
            state["lr"] = rate_of(t)
            params[name] = rule(params[name], grads[name], state)
    return np.array(losses), nets.loss_and_grad(net, params, {}, data.x_test, data.t_test)[0]


with when_ready():
    rules = [sgd, momentum, nesterov, adagrad, rmsprop, adam]
    rates = [0.5, 0.1, 0.1, 0.05, 0.005, 0.01]
    curves = {
        rule.__name__: train(rule, lambda t, rate=rate: rate, 150, 32)[0] for rule, rate in zip(rules, rates)
    }
    figures.losses(curves, "digits, one rate from first to last", window=20)

# %% [markdown]
# All six learn: a network with sensible data and first weights is no ravine with a condition number of a million. But before
# you name a winner, note that plain `sgd` with rate 2 in place of 0.5 overtakes momentum with 0.1 and Adam with 0.01. A race
# of rules is a race of rates as well; distrust every comparison in which only one side was tuned. What you do with the rate *on
# the way* is a question of its own.
#
# **Predict.** Now one training label in ten is wrong, as in real life, and batches are small, 8. Momentum with rate 0.2
# for 300 steps, constant, and then with your `cosine` to 0. By which factor is the loss on the 500 test digits lower
# with the schedule?

# %% scratch=true
cosine_helps = None  # a factor: 1 if not at all, 2 if the loss is halved

# %% figure=true
with when_ready():
    plans = {
        "momentum, constant": lambda t: 0.2,
        "momentum, cosine": lambda t: lr_schedule("cosine", t, 0.2, T=300),
    }
    runs = {name: [train(momentum, plan, 300, 8, 0.1, seed) for seed in range(3)] for name, plan in plans.items()}
    tested = [np.mean([test for _, test in three]) for three in runs.values()]
    reveal(
        ("constant over cosine", cosine_helps, tested[0] / tested[1]),
        then="""
            The loss is halved and more, by nothing but a smaller and smaller rate: small batches and wrong labels tremble, momentum makes
            the trembling ten times as large, and the schedule lets it settle. Be fair to the constant rate: a fourth of it comes near the
            schedule from the first step to the last. But that you would have to know; a schedule forgives a first rate that is too large.
            """,
    )
    curves = {name: np.mean([losses for losses, _ in three], axis=0) for name, three in runs.items()}
    figures.losses(curves, "digits with wrong labels, mean of three runs", window=30)

# %% [markdown]
# ## An experiment of your own
#
# Change **one** ingredient, write down what you expect, and only then run it. A few to choose from:
#
# * Turn the ravine by 5 degrees instead of 45. How much of Adam's lead is left?
# * Start all walks at $(1, 1)$ instead of $(1.3, 0.7)$: whom does equal coordinates flatter, and why?
# * $\beta_1 = 0$ in Adam: which of your other rules is it then, and what is still different?
# * Ten times the noise in `noisy_walk`: which schedule suffers most?
#
# It earns no mark. It is what people who work in this field do all day.

# %% scratch=true
expected = None  # in words or numbers, before you run

# for degrees in (0, 5, 15, 45):
#     H, turn = ravine(degrees)
#     places = descend(adam, lambda w: H @ w, turn @ np.array([1.3, 0.7]), 2000, lr=0.03)
#     print(degrees, (np.linalg.norm(places, axis=1) < 0.01).argmax())

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells*, so that you see your notebook as the grader will, and save it. Run All
# stops at the first check that does not pass; you may hand in all the same, since what comes after is marked too. Then
# run the cell below: it tries all visible checks again and says what is left.

# %% figure=true
progress()

# %% [markdown]
# You have written what drives every training loop there is, and you know what each part is for: a velocity against the
# zig-zag, a rate for each entry against scales that differ, a schedule against the noise. None of them changes the
# landscape. Assignment 4 does.
#
# **Sources.** Polyak (1964), *Some methods of speeding up the convergence of iteration methods*. Nesterov (1983), *A method
# of solving a convex programming problem with convergence rate O(1/k²)*. Sutskever et al. (2013), *On the importance of
# initialization and momentum in deep learning*. Bengio et al. (2013), *Advances in optimizing recurrent networks*,
# arXiv:1212.0901. Duchi, Hazan & Singer (2011), *Adaptive subgradient methods*. Tieleman & Hinton (2012), *Lecture 6.5:
# RMSProp*. Kingma & Ba (2015), *Adam*, arXiv:1412.6980. Amari (1998), *Natural gradient works efficiently in learning*.
# Martens (2020), *New insights and perspectives on the natural gradient method*, arXiv:1412.1193. Loshchilov & Hutter
# (2017), *SGDR*, arXiv:1608.03983. Goyal et al. (2017), *Accurate, large minibatch SGD*, arXiv:1706.02677. The lecture
# documents that are quoted: Xuming He, *CNNs II*; Devansh Arpit, *Normalization techniques*.
