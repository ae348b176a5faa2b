"""One step divided by the root of a recent mean of squares: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, variant
from autograder.suites.a3_optimizers import inputs, oracle


def moved(gradients, rates, decay=0.99, eps=1e-7):
    """Return the sum of all steps: each gradient over the root of the weighted mean of squares up to it."""
    spread = np.sqrt(oracle.mean(gradients**2, decay))
    return -oracle.by_rate(rates, gradients / (spread + eps)).sum(axis=0)


SETTINGS = {"decay": 0.8, "eps": 0.05}
ordinary, of_every_shape = inputs.cases(positive=["g2"], **SETTINGS), inputs.shapes(positive=["g2"], **SETTINGS)

test_three_steps = contract.walks(
    "rmsprop",
    moved,
    SETTINGS,
    steps=3,
    visible=True,
    points=2,
    sentence="three steps, each gradient divided by the root of the mean of squares; eps is added to the root",
)


@points(1, visible=True)
def test_mean_of_squares(student, rng):
    """the state holds the running mean of squared gradients, from 0"""
    w, gradients, state = rng.normal(size=3), 2 * rng.normal(size=(3, 3)), {"lr": 0.3, "decay": 0.7}
    expected = oracle.mean(gradients**2, 0.7)[-1]
    for dw in gradients:
        w = student.rmsprop(w, dw, state)
    expect_close(state["g2"], expected, "state['g2']")


test_long_walk = contract.walks(
    "rmsprop",
    moved,
    {"decay": 0.9, "eps": 0.01},
    steps=50,
    points=2,
    after="test_three_steps",
    sentence="50 steps with another decay, and a rate that falls on the way",
)


@points(1, after="test_three_steps")
def test_constant_gradient(student, rng):
    """under a constant gradient of any size the first step is lr / sqrt(1 - decay) long, and later ones tend to lr"""
    dw = np.array([1e-4, -1.0, 1e3]) * rng.uniform(1, 2, 3)
    w, state = rng.normal(size=3), {"lr": 0.1, "decay": 0.75, "eps": 0.0}
    for step in range(1, 101):
        w, before = student.rmsprop(w, dw, state), w
        if step in (1, 2, 100):
            expect_close(w - before, -0.1 * np.sign(dw) / np.sqrt(1 - 0.75**step), f"step {step}")


@points(0.5, after="test_three_steps")
def test_what_is_not_given(student, rng):
    """decay is 0.99 and eps is 1e-7 when none is given; a gradient of 0 takes no step"""
    w, dw = rng.normal(size=4), np.array([1e-7, -3e-7, 1e-4, 0.0])
    expected = w - 0.1 * dw / (np.abs(dw) / 10 + 1e-7)
    expect_close(student.rmsprop(w, dw, {"lr": 0.1}), expected, "w")


test_goes_on = contract.goes_on("rmsprop", ordinary, ["g2"], points=1, after="test_three_steps")
test_in_turn = contract.takes_turns("rmsprop", SETTINGS, ["g2"], points=1, after="test_three_steps")
test_nothing_is_edited = contract.replaces("rmsprop", ordinary, ["g2"], points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("rmsprop", ordinary, points=0.5, after="test_three_steps")
test_no_eps = contract.given_zero("rmsprop", ordinary, "eps", points=0.5, after="test_three_steps")
test_no_decay = contract.given_zero("rmsprop", ordinary, "decay", points=0.5, after="test_three_steps")
test_shapes = contract.agrees(
    "rmsprop",
    of_every_shape,
    sentence="any shape: a single number, one entry, a row, as many rows as columns, filters",
    points=0.5,
    after="test_three_steps",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("rmsprop")
def plain(w, dw, state):
    lr, decay, eps = state["lr"], state.get("decay", 0.99), state.get("eps", 1e-7)
    old = state.get("g2", np.zeros_like(w))
    g2 = (decay * old + (1 - decay) * dw**2).astype(w.dtype)
    state["g2"] = g2
    return (w - lr * dw / (np.sqrt(g2) + eps)).astype(w.dtype)


@variant("rmsprop")
def by_differences(w, dw, state):
    if "g2" not in state:
        state["g2"] = np.zeros(w.shape, w.dtype)
    towards = np.square(dw) - state["g2"]
    state["g2"] = (state["g2"] + (1 - state.get("decay", 0.99)) * towards).astype(w.dtype)
    rates = state["lr"] * (state.get("eps", 1e-7) + state["g2"] ** 0.5) ** -1.0
    return np.asarray(w - rates * dw, w.dtype)


@variant("rmsprop")
def one_entry_at_a_time(w, dw, state):
    means = np.zeros_like(w)
    w_new = np.zeros_like(w)
    share = 1 - state.get("decay", 0.99)
    for place in np.ndindex(w.shape):
        before = state["g2"][place] if "g2" in state else 0.0
        means[place] = share * dw[place] * dw[place] + (1 - share) * before
        w_new[place] = w[place] - state["lr"] * dw[place] / (means[place] ** 0.5 + state.get("eps", 1e-7))
    state["g2"] = means
    return w_new


PAIR = "[state.get('g2', np.zeros_like(w)), np.square(dw)]"


@variant("rmsprop", equivalent={f"np.array({PAIR}) -> {PAIR}": "tensordot makes an array of a list"})
def with_weights(w, dw, state):
    decay = state.get("decay", 0.99)
    pair = np.array([state.get("g2", np.zeros_like(w)), np.square(dw)])
    state["g2"] = np.tensordot([decay, 1 - decay], pair, axes=1).astype(w.dtype)
    scaled = np.divide(dw, np.sqrt(state["g2"]) + state.get("eps", 1e-7))
    return (w - state["lr"] * scaled).astype(w.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "decay_on_the_new": ("decay * old + (1 - decay) * dw**2 -> (1 - decay) * old + decay * dw**2",
        "Your mean forgets almost everything. Which value is decay for, the old one or the new one?"),
    "weights_do_not_add_up": ("(1 - decay) * dw**2 -> dw**2",
        "Your mean square is a discounted sum. Do its weights add up to 1?"),
    "adds_up": ("decay * old + (1 - decay) * dw**2 -> old + dw**2",
        "Your squares only add up, as in AdaGrad. What does the mean forget?"),
    "adds_shares_up": ("decay * old + (1 -  -> old + (1 - ",
        "The old mean seems not to fade, while the new square is weighted."),
    "old_mean_used": ("np.sqrt(g2) -> np.sqrt(old)",
        "Your step seems to use the mean of before. Does this gradient count in this step?"),
    "corrected": (
        "np.sqrt(g2) -> np.sqrt(g2 / (1 - decay ** state['t']))",
        '    state["g2"] = g2 ->     state["g2"] = g2\n    state["t"] = state.get("t", 0) + 1',
        "Your mean is corrected for its start at 0. That is Adam's idea; what does RMSProp do?"),
    "no_root": ("np.sqrt(g2) + eps -> g2 + eps",
        "You seem to divide by the mean square itself. In what unit is your step?"),
    "sizes_averaged": ("dw**2 -> np.abs(dw)", "np.sqrt(g2) + eps -> g2 + eps",
        "You seem to average sizes, not squares."),
    "root_of_sizes": ("dw**2 -> np.abs(dw)",
        "You seem to average sizes and then to take the root. Where is the square?"),
    "square_of_the_mean": ("dw**2 -> dw", "np.sqrt(g2) -> np.abs(g2)",
        "You seem to average gradients with their signs. Is the mean of squares the square of the mean?"),
    "rate_in_the_mean": ("dw**2 -> (lr * dw) ** 2",
        "The rate seems to be in what you average. What happens when it falls?"),
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
    "decay_of_its_own": ('state.get("decay", 0.99) -> 0.99',
        "Your decay seems to be the same whatever the state says."),
    "another_decay_by_default": ('state.get("decay", 0.99) -> state.get("decay", 0.9)',
        "Without decay in the state, yours is another than the stub's."),
    "starts_with_the_first_square": ('state.get("g2", np.zeros_like(w)) -> state.get("g2", dw**2)',
        "Your mean seems to start at the first square, not at 0."),
    "starts_at_one": ("np.zeros_like(w) -> np.ones_like(w)",
        "Your mean seems to start at 1, not at 0."),
    "one_rate_for_all": ("np.sqrt(g2) -> np.sqrt(g2.mean())",
        "All entries seem to share one mean square. What was it for?"),
    "uphill": ("w - lr -> w + lr",
        "Your steps climb. Where does the gradient point?"),
    "sign_only": ("lr * dw / -> lr * np.sign(dw) / ",
        "You divide the sign of the gradient by the root. What became of its size?"),
    "rate_of_its_own": ('lr, decay, eps = state["lr"], -> lr, decay, eps = 0.01, ',
        "Your rate seems to be the same whatever the state says."),
    "root_kept": ('state["g2"] = g2 -> state["g2"] = np.sqrt(g2)',
        "The state seems to keep the root. What will the next square be averaged with?"),
    "never_falls": ("decay * old + (1 - decay) * dw**2 -> np.maximum(old, decay * old + (1 - decay) * dw**2)",
        "Your mean square never falls. What does a recent mean do when gradients become small?"),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
}, same_as={"eps_as_floor": "eps_forgotten", "promoted": "rmsprop_in_float64"})
