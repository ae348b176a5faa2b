"""One step with a velocity that looks ahead: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, variant
from autograder.suites.a3_optimizers import inputs, oracle


def velocities(gradients, rates, rho):
    """Return the velocity of the ball after each step, as the discounted sum that it is; (T, ...)."""
    return oracle.discounted(-oracle.by_rate(rates, gradients), rho)


def moved(gradients, rates, rho=0.9):
    """Return how far the place ahead of the ball moves from rest: the ball's way, and the look ahead of its end."""
    v = velocities(gradients, rates, rho)
    return v.sum(axis=0) + rho * v[-1]


ordinary, of_every_shape = inputs.cases(signed=["v"], rho=0.6), inputs.shapes(signed=["v"], rho=0.6)

test_three_steps = contract.walks(
    "nesterov",
    moved,
    {"rho": 0.7},
    steps=3,
    visible=True,
    points=2,
    sentence="three steps from rest, each ending ahead of the ball",
)


@points(1, visible=True)
def test_velocity(student, rng):
    """the state holds the new velocity of the ball"""
    w, gradients = rng.normal(size=3), rng.normal(size=(2, 3))
    state, expected = {"lr": 0.3, "rho": 0.6}, velocities(gradients, np.array([0.3, 0.3]), 0.6)[-1]
    for dw in gradients:
        w = student.nesterov(w, dw, state)
    expect_close(state["v"], expected, "state['v']")


test_long_walk = contract.walks(
    "nesterov",
    moved,
    {"rho": 0.8},
    steps=50,
    points=2,
    after="test_three_steps",
    sentence="50 steps with another friction and a rate that falls on the way",
)


@points(1.5)
def test_look_ahead(student, rng):
    """on a bowl, w is always where the ball with its look ahead would feel the slope"""
    bend, rho = rng.uniform(0.5, 3, 4), 0.7
    x, v = rng.normal(size=4), np.zeros(4)
    w, state = x.copy(), {"lr": 0.1, "rho": rho}
    for step in range(12):
        w = student.nesterov(w, bend * w, state)
        v = rho * v - 0.1 * bend * (x + rho * v)
        x = x + v
        expect_close(w, x + rho * v, f"w after step {step + 1}")


@points(0.5, after="test_three_steps")
def test_friction_when_none_is_given(student, rng):
    """rho is 0.9 when none is given"""
    w, gradients, state = rng.normal(size=4), rng.normal(size=(2, 4)), {"lr": 0.1}
    expected = w + moved(gradients, np.array([0.1, 0.1]))
    for dw in gradients:
        w = student.nesterov(w, dw, state)
    expect_close(w, expected, "w")


test_goes_on = contract.goes_on("nesterov", ordinary, ["v"], points=1, after="test_three_steps")
test_in_turn = contract.takes_turns("nesterov", {"rho": 0.6}, ["v"], points=1, after="test_three_steps")
test_nothing_is_edited = contract.replaces("nesterov", ordinary, ["v"], points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("nesterov", ordinary, points=0.5, after="test_three_steps")
test_no_velocity_kept = contract.given_zero("nesterov", ordinary, "rho", points=0.5, after="test_three_steps")
test_shapes = contract.agrees(
    "nesterov",
    of_every_shape,
    sentence="any shape: a single number, one entry, a row, as many rows as columns, filters",
    points=0.5,
    after="test_three_steps",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("nesterov")
def plain(w, dw, state):
    lr, rho = state["lr"], state.get("rho", 0.9)
    old = state.get("v", np.zeros_like(w))
    v = (rho * old - lr * dw).astype(w.dtype)
    state["v"] = v
    return (w - rho * old + (1 + rho) * v).astype(w.dtype)


@variant("nesterov")
def by_way_of_the_ball(w, dw, state):
    rho = state.get("rho", 0.9)
    v = state["v"] if "v" in state else np.zeros(w.shape, w.dtype)
    x = w - rho * v
    v = rho * v - state["lr"] * dw
    x = x + v
    state["v"] = v.astype(w.dtype)
    return np.asarray(x + rho * v, w.dtype)


@variant("nesterov")
def velocity_and_push(w, dw, state):
    rho, push = state.get("rho", 0.9), -state["lr"] * dw
    state["v"] = (push + rho * state.get("v", np.zeros_like(w))).astype(w.dtype)
    return (w + rho * state["v"] + push).astype(w.dtype)


@variant("nesterov")
def one_entry_at_a_time(w, dw, state):
    v = np.zeros_like(w)
    w_new = np.zeros_like(w)
    rho = state.get("rho", 0.9)
    for place in np.ndindex(w.shape):
        before = state["v"][place] if "v" in state else 0.0
        v[place] = rho * before - state["lr"] * dw[place]
        w_new[place] = w[place] + v[place] + rho * (v[place] - before)
    state["v"] = v
    return w_new


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "plain_momentum": ("w - rho * old + (1 + rho) * v -> w + v",
        "Your steps are those of momentum. Where is the look ahead?"),
    "old_look_ahead_added": ("w - rho * old -> w + rho * old",
        "The look ahead of before seems to be added again. Where is the ball, seen from w?"),
    "old_look_ahead_left": ("w - rho * old + (1 + rho) * v -> w + (1 + rho) * v",
        "You look ahead anew in each step, but the look ahead of before is still in w."),
    "old_look_ahead_without_friction": ("w - rho * old -> w - old",
        "The look ahead of before was rho times the velocity. You take back the whole of it."),
    "look_ahead_not_renewed": ("w - rho * old + (1 + rho) * v -> w - rho * old + v",
        "You seem to return the place of the ball. Where will the next gradient be taken?"),
    "whole_velocity_ahead": ("(1 + rho) * v -> 2 * v",
        "You look a whole velocity ahead. What does friction leave of it?"),
    "look_ahead_of_the_push": ("w - rho * old + (1 + rho) * v -> w + v - rho * lr * dw",
        "Your look ahead seems to follow the gradient only, not the velocity."),
    "rate_at_the_end": (
        "rho * old - lr * dw -> rho * old + dw",
        "w - rho * old + (1 + rho) * v -> w + lr * rho * old - lr * (1 + rho) * v",
        "Your velocity seems to hold gradients, not steps. What happens to it when the rate falls?"),
    "rate_at_the_end_uphill": (
        "rho * old - lr * dw -> rho * old + dw",
        "w - rho * old + (1 + rho) * v -> w - lr * rho * old + lr * (1 + rho) * v",
        "Your velocity points up the slope, and you follow it. Which of the signs should turn?"),
    "averaged": ("rho * old - lr * dw -> rho * old - (1 - rho) * lr * dw",
        "Your velocity seems to be a mean of steps. Is there a 1 - rho in the formula?"),
    "velocity_kept_reversed": (
        "rho * old - lr * dw -> rho * old + lr * dw",
        "w - rho * old + (1 + rho) * v -> w + rho * old - (1 + rho) * v",
        "You step the right way, but the velocity that you keep points backwards."),
    "uphill": ("- lr * dw -> + lr * dw",
        "Your ball rolls up the slope. Where does the gradient point?"),
    "friction_of_its_own": ('state.get("rho", 0.9) -> 0.9',
        "Your rho seems to be the same whatever the state says."),
    "another_friction_by_default": ('state.get("rho", 0.9) -> state.get("rho", 0.99)',
        "Without rho in the state, yours is another than the stub's."),
    "what_friction_takes": ('rho = state["lr"], state.get("rho", 0.9) -> rho = state["lr"], 1 - state.get("rho", 0.9)',
        "Your rho seems to be what friction takes. Is it not what friction leaves?"),
    "rate_forgotten": ("lr * dw -> dw",
        "Your pushes are as large as the gradient. What is the rate for?"),
    "place_kept": ('state["v"] = v -> state["v"] = w + v',
        "The state seems to keep a place, not the velocity."),
    "look_ahead_kept": ('state["v"] = v -> state["v"] = rho * v',
        "The state seems to keep the look ahead, not the velocity."),
    "step_kept": ('state["v"] = v -> state["v"] = (1 + rho) * v - rho * old',
        "The state seems to keep how far w moved. Is that the velocity of the ball?"),
    "ball_returned_first": ("(1 + rho) * v -> (1 + (rho if 'v' in state and old.any() else 0)) * v",
        "Your first step ends at the ball, not ahead of it."),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
}, same_as={"promoted": "nesterov_in_float64"})
