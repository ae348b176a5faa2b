"""One step with a velocity: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, variant
from autograder.suites.a3_optimizers import inputs, oracle


def velocities(gradients, rates, rho):
    """Return the velocity after each step, as the discounted sum that it is; (T, ...)."""
    return oracle.discounted(-oracle.by_rate(rates, gradients), rho)


def moved(gradients, rates, rho=0.9):
    """Return the sum of all steps."""
    return velocities(gradients, rates, rho).sum(axis=0)


ordinary, of_every_shape = inputs.cases(signed=["v"], rho=0.6), inputs.shapes(signed=["v"], rho=0.6)

test_three_steps = contract.walks(
    "momentum",
    moved,
    {"rho": 0.7},
    steps=3,
    visible=True,
    points=2,
    sentence="three steps with a velocity that grows from 0",
)


@points(1, visible=True)
def test_velocity(student, rng):
    """the state holds the new velocity, a step in units of w"""
    w, gradients = rng.normal(size=3), rng.normal(size=(2, 3))
    state, expected = {"lr": 0.3, "rho": 0.6}, velocities(gradients, np.array([0.3, 0.3]), 0.6)[-1]
    for dw in gradients:
        w = student.momentum(w, dw, state)
    expect_close(state["v"], expected, "state['v']")


test_long_walk = contract.walks(
    "momentum",
    moved,
    {"rho": 0.8},
    steps=50,
    points=2,
    after="test_three_steps",
    sentence="50 steps with another friction; when the rate falls, the old velocity stays as it is",
)


@points(1, after="test_three_steps")
def test_speed_in_the_end(student, rng):
    """under a constant gradient the speed tends to lr g / (1 - rho)"""
    w, dw, state = rng.normal(size=3), rng.normal(size=3), {"lr": 0.01, "rho": 0.5}
    for _ in range(60):
        w, before = student.momentum(w, dw, state), w
    expect_close(w - before, -0.02 * dw, "the last step")


@points(0.5, after="test_three_steps")
def test_friction_when_none_is_given(student, rng):
    """rho is 0.9 when none is given"""
    w, gradients, state = rng.normal(size=4), rng.normal(size=(2, 4)), {"lr": 0.1}
    expected = w + moved(gradients, np.array([0.1, 0.1]))
    for dw in gradients:
        w = student.momentum(w, dw, state)
    expect_close(w, expected, "w")


test_goes_on = contract.goes_on("momentum", ordinary, ["v"], points=1, after="test_three_steps")
test_in_turn = contract.takes_turns("momentum", {"rho": 0.6}, ["v"], points=1, after="test_three_steps")
test_nothing_is_edited = contract.replaces("momentum", ordinary, ["v"], points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("momentum", ordinary, points=0.5, after="test_three_steps")
test_no_velocity_kept = contract.given_zero("momentum", ordinary, "rho", points=0.5, after="test_three_steps")
test_shapes = contract.agrees(
    "momentum",
    of_every_shape,
    sentence="any shape: a single number, one entry, a row, as many rows as columns, filters",
    points=0.5,
    after="test_three_steps",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("momentum")
def plain(w, dw, state):
    lr, rho = state["lr"], state.get("rho", 0.9)
    v = state.get("v", np.zeros_like(w))
    v = (rho * v - lr * dw).astype(w.dtype)
    state["v"] = v
    return (w + v).astype(w.dtype)


@variant("momentum")
def with_the_sign_turned(w, dw, state):
    if "v" not in state:
        state["v"] = np.zeros(w.shape, w.dtype)
    down = state["lr"] * dw - state.get("rho", 0.9) * state["v"]
    state["v"] = np.negative(down).astype(w.dtype)
    return np.asarray(w - down, w.dtype)


@variant("momentum")
def by_the_place_before(w, dw, state):
    kept = state.pop("v", 0.0)
    pushed = w.astype(np.float64) - state["lr"] * dw
    w_new = pushed + state.get("rho", 0.9) * kept
    state["v"] = (w_new - w).astype(w.dtype)
    return w_new.astype(w.dtype)


@variant("momentum")
def one_entry_at_a_time(w, dw, state):
    v = np.zeros_like(w)
    w_new = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        if "v" in state:
            v[place] = state.get("rho", 0.9) * state["v"][place]
        v[place] -= state["lr"] * dw[place]
        w_new[place] = w[place] + v[place]
    state["v"] = v
    return w_new


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "rate_at_the_end": ("rho * v - lr * dw -> rho * v + dw", "w + v -> w - lr * v",
        "Your velocity seems to hold gradients, not steps. What happens to it when the rate falls?"),
    "rate_at_the_end_uphill": ("rho * v - lr * dw -> rho * v + dw", "w + v -> w + lr * v",
        "Your velocity points up the slope, and you follow it. Which of the two signs should turn?"),
    "averaged": ("rho * v - lr * dw -> rho * v - (1 - rho) * lr * dw",
        "Your velocity seems to be a mean of steps. Is there a 1 - rho in the formula?"),
    "averaged_gradients": ("rho * v - lr * dw -> rho * v + (1 - rho) * dw", "w + v -> w - lr * v",
        "Your velocity seems to be a mean of gradients. What is its unit here?"),
    "velocity_kept_reversed": ("rho * v - lr * dw -> rho * v + lr * dw", "w + v -> w - v",
        "You step the right way, but the velocity that you keep points backwards."),
    "velocity_kept_without_rate": ('state["v"] = v -> state["v"] = v / lr', "rho * v -> rho * lr * v",
        "The velocity that you keep does not contain the rate. Is it a step?"),
    "uphill": ("- lr * dw -> + lr * dw",
        "Your ball rolls up the slope. Where does the gradient point?"),
    "steps_back": ("w + v -> w - v",
        "Your velocity is right, and you walk against it."),
    "friction_of_its_own": ('state.get("rho", 0.9) -> 0.9',
        "Your rho seems to be the same whatever the state says."),
    "another_friction_by_default": ('state.get("rho", 0.9) -> state.get("rho", 0.99)',
        "Without rho in the state, yours is another than the stub's."),
    "what_friction_takes": ("rho * v - -> (1 - rho) * v -",
        "Your rho seems to be what friction takes. Is it not what friction leaves?"),
    "friction_forgotten": ("rho * v - -> v -",
        "Your ball seems to roll without friction."),
    "friction_on_all": ("rho * v - lr * dw -> rho * (v - lr * dw)",
        "Friction seems to slow the new push as well."),
    "rate_on_all": ("rho * v - lr * dw -> lr * (rho * v - dw)",
        "The rate seems to shrink the old velocity in each step."),
    "old_velocity_used": (
        "(w + v) -> (w + state.get('old', np.zeros_like(w)))",
        'state["v"] = v -> state["old"] = state.get("v", np.zeros_like(w)); state["v"] = v',
        "Your step seems to use the velocity of before. Does this gradient count in this step?"),
    "looks_ahead": ("w + v -> w + rho * v - lr * dw",
        "Your step is that of Nesterov: the velocity seems to come in once more."),
    "old_velocity_twice": ("w + v -> w + rho * v",
        "Your step is shorter than the velocity. Was the friction not in there already?"),
    "rate_forgotten": ("lr * dw -> dw",
        "Your pushes are as large as the gradient. What is the rate for?"),
    "place_kept": ('state["v"] = v -> state["v"] = w + v',
        "The state seems to keep the new place, not the velocity."),
    "gradient_kept": ('state["v"] = v -> state["v"] = dw.astype(w.dtype)',
        "The state seems to keep the gradient, not the velocity."),
    "velocity_returned": ("return (w + v) -> return (v)",
        "You seem to return the velocity, not the place where it leads."),
    "rate_and_friction_exchanged": (
        'lr, rho = state["lr"], state.get("rho", 0.9) -> rho, lr = state["lr"], state.get("rho", 0.9)',
        "Rate and friction seem to have changed places."),
    "first_gradient_only_half": (
        "v = (rho * v - lr * dw) -> v = (rho * v - (lr if state.get('v') is not None else lr / 2) * dw)",
        "Your first step is half as long as it should be."),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
}, same_as={"promoted": "momentum_in_float64"})
