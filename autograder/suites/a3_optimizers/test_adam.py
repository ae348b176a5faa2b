"""One step of Adam, and many: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, variant
from autograder.suites.a3_optimizers import inputs

MEMORY = ["t", "m", "v"]
ordinary = inputs.cases(signed=["m"], positive=["v"], t=7)


@points(2, visible=True)
def test_three_steps(student, rng):
    """three steps down a bowl end where the formulas say"""
    w, bend = rng.normal(size=(2, 3)), rng.uniform(0.5, 5, (2, 3))
    state, gradients, expected = {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "eps": 1e-3}, [], w
    for step in range(1, 4):
        gradients.append(bend * expected)
        expected = expected - 0.1 * direction(gradients, 0.8, 0.9, 1e-3)
        w = student.adam(w, bend * w, state)
        expect_close(w, expected, f"w after step {step}")


@points(2, visible=True)
def test_first_step(student, rng):
    """the first step is lr long against the gradient, whether that is a thousandth or a million"""
    w, dw = rng.normal(size=5), rng.uniform(1, 2, 5) * 10.0 ** np.array([-3, -1, 0, 3, 6]) * rng.choice([-1, 1], 5)
    expected = w - 0.05 * dw / (np.abs(dw) + 1e-8)
    expect_close(student.adam(w, dw, {"lr": 0.05}), expected, "w")


@points(1, visible=True)
def test_state(student, rng):
    """the state holds the number of steps and the two running means, before any correction"""
    dw = rng.uniform(1, 2, (2, 4, 3)) * np.array([2.0, -0.5])[:, None, None]
    state = {"lr": 0.1}
    w = rng.normal(size=(4, 3))
    for gradient in dw:
        w = student.adam(w, gradient, state)
    expect_close(state["t"], 2, "state['t']")
    expect_close(state["m"], mean(dw, 0.9), "state['m']")
    expect_close(state["v"], mean(dw**2, 0.999), "state['v']")


@points(2, after="test_three_steps")
def test_changing_gradients_and_rate(student, rng):
    """50 steps with gradients that change, rates that fall on the way, and other constants"""
    w, state, gradients = rng.normal(size=(3, 2)), {"lr": 0.2, "beta1": 0.7, "beta2": 0.95, "eps": 1e-4}, []
    expected = w
    for step in range(50):
        state["lr"] = 0.2 if step < 20 else 0.02
        gradients.append(rng.normal(size=(3, 2)) * rng.choice([0.01, 1, 10], (3, 2)))
        expected = expected - state["lr"] * direction(gradients, 0.7, 0.95, 1e-4)
        w = student.adam(w, gradients[-1].copy(), state)
        expect_close(w, expected, f"w after step {step + 1}")


@points(1, after="test_three_steps")
def test_constant_gradient(student, rng):
    """under a constant gradient every step stays lr long, from the first to the 200th"""
    w, state, dw = rng.normal(size=4), {"lr": 0.01, "eps": 0.0}, rng.normal(size=4)
    for step in range(200):
        new = student.adam(w, dw, state)
        expect_close(w - new, 0.01 * np.sign(dw), f"the length of step {step + 1}", rtol=1e-7)
        w = new


@points(0.5)
def test_small_gradients(student, rng):
    """eps stands outside the root: where gradients are as small as eps, steps are shorter; of 0 they are 0"""
    w, dw = rng.normal(size=4), np.array([1e-8, -3e-8, 1e-6, 0.0])
    expected = w - 0.1 * dw / (np.abs(dw) + 1e-8)
    expect_close(student.adam(w, dw, {"lr": 0.1}), expected, "w")


@points(0.5, after="test_first_step")
def test_constants_of_zero(student, rng):
    """a beta or an eps of 0 is a number like any other"""
    w, dw = rng.normal(size=(2, 3))
    state = {"lr": 0.1, "beta1": 0.0, "beta2": 0.0, "eps": 0.0}
    for gradient in (dw, -2 * dw):
        w, before = student.adam(w, gradient, state), w
        expect_close(w, before - 0.1 * np.sign(gradient), "w")


@points(0.5, after="test_first_step")
def test_other_shapes(student, rng):
    """any shape: a single number, one entry, a row, filters"""
    for shape in ((), (1,), (1, 4), (2, 1, 3, 3)):
        w, dw = np.array(rng.normal(size=shape)), np.array(rng.normal(size=shape))
        expect_close(student.adam(w, dw, {"lr": 0.1}), w - 0.1 * dw / (np.abs(dw) + 1e-8), f"w of shape {shape}")


test_goes_on = contract.goes_on("adam", ordinary, MEMORY, points=1, after="test_three_steps")
test_in_turn = contract.takes_turns("adam", {}, MEMORY, points=1, after="test_three_steps")
test_nothing_is_edited = contract.replaces("adam", ordinary, MEMORY, points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("adam", ordinary, points=0.5, after="test_three_steps")


def mean(values, beta):
    """Return the running mean from 0, as the weighted sum that it is: the newest value counts 1 - beta."""
    weights = (1 - beta) * beta ** np.arange(len(values))[::-1]
    return np.tensordot(weights, np.array(values), axes=1)


def direction(gradients, beta1, beta2, eps):
    """Return the step of Adam after all these gradients, in units of -lr: weighted means, whose weights add up to 1."""
    g, n = np.array(gradients), len(gradients)
    first = mean(g, beta1) / mean(np.ones(n), beta1)
    second = mean(g**2, beta2) / mean(np.ones(n), beta2)
    return first / (second**0.5 + eps)


# ---------------------------------------------------------------- right, written differently


@variant("adam")
def plain(w, dw, state):
    lr, eps = state["lr"], state.get("eps", 1e-8)
    beta1, beta2 = state.get("beta1", 0.9), state.get("beta2", 0.999)
    t = state.get("t", 0) + 1
    m = state.get("m", np.zeros_like(w))
    v = state.get("v", np.zeros_like(w))
    m = (beta1 * m + (1 - beta1) * dw).astype(w.dtype)
    v = (beta2 * v + (1 - beta2) * dw**2).astype(w.dtype)
    state.update(t=t, m=m, v=v)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return (w - lr * m_hat / (np.sqrt(v_hat) + eps)).astype(w.dtype)


@variant("adam")
def by_differences(w, dw, state):
    if "t" not in state:
        state["t"], state["m"], state["v"] = 0, np.zeros_like(w), np.zeros_like(w)
    shares = 1 - state.get("beta1", 0.9), 1 - state.get("beta2", 0.999)
    state["t"] += 1
    state["m"] = (state["m"] + shares[0] * (dw - state["m"])).astype(w.dtype)
    state["v"] = (state["v"] + shares[1] * (dw * dw - state["v"])).astype(w.dtype)
    known = [1 - (1 - share) ** state["t"] for share in shares]
    spread = np.sqrt(state["v"]) / np.sqrt(known[1])
    return np.asarray(w - state["lr"] / known[0] * state["m"] / (spread + state.get("eps", 1e-8)), w.dtype)


@variant(
    "adam",
    equivalent={
        "zip((b1, b2), (dw, np.square(dw)), old, strict=True) -> zip((b1, b2), (dw, np.square(dw)), old)": "two of each"
    },
)
def corrected_at_the_end(w, dw, state):
    b1, b2, eps = (state.get(key, default) for key, default in (("beta1", 0.9), ("beta2", 0.999), ("eps", 1e-8)))
    t = 1 + state.setdefault("t", 0)
    old = state.get("m"), state.get("v")
    new = [
        ((1 - b) * g if kept is None else b * kept + (1 - b) * g).astype(w.dtype)
        for b, g, kept in zip((b1, b2), (dw, np.square(dw)), old, strict=True)
    ]
    state["m"], state["v"], state["t"] = *new, t
    c1, c2 = 1 - b1**t, (1 - b2**t) ** 0.5
    return w - (state["lr"] * (c2 / c1) * new[0] / (new[1] ** 0.5 + eps * c2)).astype(w.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint


# fmt: off
WRONG = slips(plain, {
    "counts_from_zero": (
        't = state.get("t", 0) + 1 -> t = state.get("t", 0)',
        "state.update(t=t, -> state.update(t=t + 1, ",
        "Your first step divides by 0. Is it step 0 or step 1?"),
    "counts_one_too_many": ('state.get("t", 0) + 1 -> state.get("t", 1) + 1',
        "Your first step seems to be counted as the second."),
    "not_corrected": ("m / (1 - beta1**t) -> m", "v / (1 - beta2**t) -> v",
        "Your first step is about 3 times too long. What do means that start at 0 need?"),
    "mean_not_corrected": ("m / (1 - beta1**t) -> m",
        "Your first steps are too short. Which of the two means is not corrected?"),
    "square_not_corrected": ("v / (1 - beta2**t) -> v",
        "Your first steps are far too long. Which of the two means is not corrected?"),
    "betas_exchanged": (
        'beta1, beta2 = state.get("beta1", 0.9), state.get("beta2", 0.999) -> '
        'beta2, beta1 = state.get("beta1", 0.9), state.get("beta2", 0.999)',
        "The two betas seem to have changed places. Which memory is the longer one?"),
    "correction_exchanged": ("m / (1 - beta1**t) -> m / (1 - beta2**t)", "v / (1 - beta2**t) -> v / (1 - beta1**t)",
        "Each mean seems to be corrected by the other one's beta."),
    "correction_without_power": ("beta1**t -> beta1", "beta2**t -> beta2",
        "Your correction is the same in every step. Should it not fade?"),
    "eps_inside": ("np.sqrt(v_hat) + eps -> np.sqrt(v_hat + eps)",
        "Your eps seems to stand inside the root. What is the root of 1e-8?"),
    "eps_forgotten": ("np.sqrt(v_hat) + eps -> np.sqrt(v_hat)",
        "There seems to be no eps. What is 0/0?"),
    "eps_squared_inside": ("np.sqrt(v_hat) + eps -> np.sqrt(v_hat + eps**2)",
        "Your eps seems to stand inside the root, squared. When do the two differ?"),
    "eps_as_floor": ("np.sqrt(v_hat) + eps -> np.maximum(np.sqrt(v_hat), eps)",
        "Your eps is a floor, not a summand. When does that differ?"),
    "no_root": ("np.sqrt(v_hat) + eps -> v_hat + eps",
        "You seem to divide by the mean square itself. In what units is your step?"),
    "no_square": ("(1 - beta2) * dw**2 -> (1 - beta2) * np.abs(dw)", "np.sqrt(v_hat) + eps -> v_hat + eps",
        "You seem to average sizes, not squares."),
    "square_of_the_mean": ("(1 - beta2) * dw**2 -> (1 - beta2) * m**2",
        "You seem to square the mean. Is the mean of squares the square of the mean?"),
    "decay_on_the_new": ("beta1 * m + (1 - beta1) * dw -> (1 - beta1) * m + beta1 * dw",
        "Your mean forgets almost everything. Which weight is beta1 for?"),
    "decay_of_squares_on_the_new": ("beta2 * v + (1 - beta2) * dw**2 -> (1 - beta2) * v + beta2 * dw**2",
        "Your mean square forgets almost everything. Which weight is beta2 for?"),
    "sums_of_gradients": ("(1 - beta1) * dw -> dw",
        "Your mean is a discounted sum. Do its weights add up to 1?"),
    "sums_of_squares": ("(1 - beta2) * dw**2 -> dw**2",
        "Your mean square is a discounted sum. Do its weights add up to 1?"),
    "adds_squares_up": ("beta2 * v + (1 - beta2) * dw**2 -> v + dw**2",
        "Your squares only add up, as in AdaGrad. What does the mean forget?"),
    "uphill": ("w - lr -> w + lr",
        "Your steps climb. Where does the gradient point?"),
    "corrected_means_kept": (
        "state.update(t=t, m=m, v=v) -> state.update(t=t, m=m / (1 - beta1**t), v=v / (1 - beta2**t))",
        "The state seems to hold corrected means. What will the next correction do to them?"),
    "rate_in_the_mean": ("(1 - beta1) * dw -> (1 - beta1) * lr * dw", "w - lr * m_hat -> w - m_hat",
        "Your mean seems to contain the rate. What happens to old gradients when the rate falls?"),
    "steps_not_counted": ("state.update(t=t, m=m, v=v) -> state.update(t=1, m=m, v=v)",
        "Your count of steps seems to stand still."),
    "old_means_used": ("m_hat = m / -> m_hat = old_m / ", "    m = (beta1 ->     old_m = m\n    m = (beta1",
        "Your step seems to use the mean of before. Does this gradient count in this step?"),
    "rate_of_its_own": ('lr, eps = state["lr"], -> lr, eps = 1e-3, ',
        "Your rate seems to be the same whatever the state says."),
    "eps_of_its_own": ('state.get("eps", 1e-8) -> 1e-8',
        "Your eps seems to be the same whatever the state says."),
    "eps_of_the_slides": ('state.get("eps", 1e-8) -> state.get("eps", 1e-7)',
        "Without eps in the state, yours is another than the stub's."),
    "zero_taken_for_missing": (
        'state.get("eps", 1e-8) -> state.get("eps") or 1e-8',
        'state.get("beta1", 0.9) -> state.get("beta1") or 0.9',
        "A constant of 0 seems to be taken for a missing one."),
    "means_edited": ("m = (beta1 * m + (1 - beta1) * dw).astype(w.dtype) -> m *= beta1; m += (1 - beta1) * dw",
        "You seem to work inside the state's old mean. Who else may hold it?"),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
    "largest_square": (
        "v = (beta2 * v + (1 - beta2) * dw**2).astype(w.dtype) -> "
        "v = np.maximum(v, beta2 * v + (1 - beta2) * dw**2).astype(w.dtype)",
        "Your mean square never falls, as in AMSGrad."),
    "one_rate_for_all": ("np.sqrt(v_hat) -> np.sqrt(v_hat.mean())",
        "All entries seem to share one mean square. What was it for?"),
}, same_as={"eps_as_floor": "eps_forgotten"})
