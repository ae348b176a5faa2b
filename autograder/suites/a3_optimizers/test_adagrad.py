"""One step divided by the root of all squares so far: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, variant
from autograder.suites.a3_optimizers import inputs, oracle


def moved(gradients, rates, eps=1e-7):
    """Return the sum of all steps: each gradient over the length of the history that ends with it."""
    history = np.array([np.linalg.norm(gradients[: t + 1], axis=0) for t in range(len(gradients))])
    return -oracle.by_rate(rates, gradients / (history + eps)).sum(axis=0)


SETTINGS = {"eps": 0.05}
ordinary, of_every_shape = inputs.cases(positive=["g2"], **SETTINGS), inputs.shapes(positive=["g2"], **SETTINGS)

test_three_steps = contract.walks(
    "adagrad",
    moved,
    SETTINGS,
    steps=3,
    visible=True,
    points=2,
    sentence="three steps, each gradient divided by the root of all squares so far; eps is added to the root",
)


@points(1, visible=True)
def test_sum_of_squares(student, rng):
    """the state holds the sum of all squared gradients, this one too"""
    w, gradients, state = rng.normal(size=3), 2 * rng.normal(size=(3, 3)), {"lr": 0.3}
    expected = (gradients**2).sum(axis=0)
    for dw in gradients:
        w = student.adagrad(w, dw, state)
    expect_close(state["g2"], expected, "state['g2']")


test_long_walk = contract.walks(
    "adagrad",
    moved,
    {"eps": 0.01},
    steps=50,
    points=2,
    after="test_three_steps",
    sentence="50 steps with a rate that falls on the way",
)


@points(1, after="test_three_steps")
def test_constant_gradient(student, rng):
    """under a constant gradient step t is lr / sqrt(t) long, for gradients from a thousandth to a thousand"""
    dw = np.array([1e-3, -1.0, 1e3]) * rng.uniform(1, 2, 3)
    w, state = rng.normal(size=3), {"lr": 0.1, "eps": 0.0}
    for step in range(1, 41):
        w, before = student.adagrad(w, dw, state), w
        expect_close(w - before, -0.1 * np.sign(dw) / np.sqrt(step), f"step {step}")


@points(0.5, after="test_three_steps")
def test_eps_when_none_is_given(student, rng):
    """eps is 1e-7 when none is given: a gradient of that size takes half a step, and one of 0 takes none"""
    w, dw = rng.normal(size=4), np.array([1e-7, -3e-7, 1e-5, 0.0])
    expected = w - 0.1 * dw / (np.abs(dw) + 1e-7)
    expect_close(student.adagrad(w, dw, {"lr": 0.1}), expected, "w")


test_goes_on = contract.goes_on("adagrad", ordinary, ["g2"], points=1, after="test_three_steps")
test_in_turn = contract.takes_turns("adagrad", SETTINGS, ["g2"], points=1, after="test_three_steps")
test_nothing_is_edited = contract.replaces("adagrad", ordinary, ["g2"], points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("adagrad", ordinary, points=0.5, after="test_three_steps")
test_no_eps = contract.given_zero("adagrad", ordinary, "eps", points=0.5, after="test_three_steps")
test_shapes = contract.agrees(
    "adagrad",
    of_every_shape,
    sentence="any shape: a single number, one entry, a row, as many rows as columns, filters",
    points=0.5,
    after="test_three_steps",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("adagrad")
def plain(w, dw, state):
    lr, eps = state["lr"], state.get("eps", 1e-7)
    old = state.get("g2", np.zeros_like(w))
    g2 = (old + dw**2).astype(w.dtype)
    state["g2"] = g2
    return (w - lr * dw / (np.sqrt(g2) + eps)).astype(w.dtype)


@variant("adagrad")
def rates_of_their_own(w, dw, state):
    if "g2" not in state:
        state["g2"] = np.zeros(w.shape, w.dtype)
    state["g2"] = np.asarray(state["g2"] + dw * dw, w.dtype)
    rates = state["lr"] * (state["g2"] ** 0.5 + state.get("eps", 1e-7)) ** -1.0
    return np.asarray(w - rates * dw, w.dtype)


@variant("adagrad")
def one_entry_at_a_time(w, dw, state):
    sums = np.zeros_like(w)
    w_new = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        before = state["g2"][place] if "g2" in state else 0.0
        sums[place] = before + dw[place] * dw[place]
        w_new[place] = w[place] - state["lr"] * dw[place] / (sums[place] ** 0.5 + state.get("eps", 1e-7))
    state["g2"] = sums
    return w_new


@variant("adagrad")
def by_the_length_of_the_history(w, dw, state):
    length = np.hypot(np.sqrt(state.get("g2", np.zeros_like(w))), dw)
    state["g2"] = np.square(length).astype(w.dtype)
    return (w - np.divide(state["lr"] * dw, length + state.get("eps", 1e-7))).astype(w.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "no_root": ("np.sqrt(g2) + eps -> g2 + eps",
        "You seem to divide by the sum of squares itself. In what unit is your step?"),
    "sizes_added_up": ("dw**2 -> np.abs(dw)", "np.sqrt(g2) + eps -> g2 + eps",
        "You seem to add up sizes, not squares."),
    "root_of_sizes": ("dw**2 -> np.abs(dw)",
        "You seem to add up sizes and then to take the root. Where is the square?"),
    "gradients_added_up": ("dw**2 -> dw", "np.sqrt(g2) -> np.abs(g2)",
        "You seem to add up gradients with their signs. What if they alternate?"),
    "square_of_the_rate_too": ("dw**2 -> (lr * dw) ** 2",
        "The rate seems to be in what you add up. What happens when it falls?"),
    "averaged": ("old + dw**2 -> 0.99 * old + 0.01 * dw**2",
        "Your squares fade, as in RMSProp. What does a sum forget?"),
    "fading": ("old + dw**2 -> 0.9 * old + dw**2",
        "Your sum of squares seems to forget. Who asked for a decay?"),
    "mean_of_squares": ("old + dw**2 -> (old + dw**2) / 2",
        "You seem to halve the sum in each step."),
    "old_sum_used": ("np.sqrt(g2) -> np.sqrt(old)",
        "Your step seems to use the sum of before. Does this gradient count in this step?"),
    "eps_inside": ("np.sqrt(g2) + eps -> np.sqrt(g2 + eps)",
        "Your eps seems to stand inside the root. What is the root of 1e-7?"),
    "eps_squared_inside": ("np.sqrt(g2) + eps -> np.sqrt(g2 + eps**2)",
        "Your eps seems to stand inside the root, squared. When do the two differ?"),
    "eps_forgotten": ("np.sqrt(g2) + eps -> np.sqrt(g2)",
        "There seems to be no eps. What is 0/0?"),
    "eps_as_floor": ("np.sqrt(g2) + eps -> np.maximum(np.sqrt(g2), eps)",
        "Your eps is a floor, not a summand. When does that differ?"),
    "eps_of_its_own": ('state.get("eps", 1e-7) -> 1e-7',
        "Your eps seems to be the same whatever the state says."),
    "another_eps_by_default": ('state.get("eps", 1e-7) -> state.get("eps", 1e-8)',
        "Without eps in the state, yours is another than the stub's."),
    "eps_added_up": ("old + dw**2 -> old + dw**2 + eps",
        "Your eps seems to be added to the sum in each step."),
    "one_rate_for_all": ("np.sqrt(g2) -> np.sqrt(g2.sum())",
        "All entries seem to share one sum. What was it for?"),
    "uphill": ("w - lr -> w + lr",
        "Your steps climb. Where does the gradient point?"),
    "gradient_forgotten": ("lr * dw / -> lr / ",
        "Your steps do not know the sign of the gradient."),
    "sign_only": ("lr * dw / -> lr * np.sign(dw) / ",
        "You divide the sign of the gradient by the root. What became of its size?"),
    "rate_of_its_own": ('lr, eps = state["lr"], -> lr, eps = 0.01, ',
        "Your rate seems to be the same whatever the state says."),
    "root_kept": ('state["g2"] = g2 -> state["g2"] = np.sqrt(g2)',
        "The state seems to keep the root. What will the next square be added to?"),
    "gradient_kept": ('state["g2"] = g2 -> state["g2"] = (dw**2).astype(w.dtype)',
        "The state seems to keep the last square only."),
    "divided_by_time_too": (
        "lr * dw / -> lr / np.sqrt(state.setdefault('t', 1)) * dw / ",
        "    return -> \n    state['t'] += 1\n    return",
        "Your steps shrink twice: by the sum of squares, and by a count of steps."),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
}, same_as={"eps_as_floor": "eps_forgotten", "promoted": "adagrad_in_float64"})
