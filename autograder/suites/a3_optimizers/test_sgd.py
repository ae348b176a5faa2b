"""One step against the gradient: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, slips, variant
from autograder.suites.a3_optimizers import inputs, oracle


def moved(gradients, rates):
    """Return the sum of all steps."""
    return -oracle.by_rate(rates, gradients).sum(axis=0)


ordinary, of_every_shape = inputs.cases(), inputs.shapes()

test_three_steps = contract.walks(
    "sgd",
    moved,
    {},
    steps=3,
    visible=True,
    points=2,
    sentence="three steps, each against its own gradient",
)
test_long_walk = contract.walks(
    "sgd",
    moved,
    {},
    steps=50,
    points=2,
    after="test_three_steps",
    sentence="50 steps with a rate that falls on the way",
)
test_nothing_given_is_edited = contract.replaces("sgd", ordinary, points=1, after="test_three_steps")
test_float32 = contract.keeps_dtype("sgd", ordinary, points=1, after="test_three_steps")
test_shapes = contract.agrees(
    "sgd",
    of_every_shape,
    sentence="any shape: a single number, one entry, a row, as many rows as columns, filters",
    points=1,
    after="test_three_steps",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("sgd")
def plain(w, dw, state):
    lr = state["lr"]
    w_new = w - lr * dw
    return w_new.astype(w.dtype)


@variant("sgd")
def in_a_copy(w, dw, state):
    w_new = w.copy()
    w_new -= (state["lr"] * dw).astype(w.dtype)
    return w_new


@variant("sgd")
def one_entry_at_a_time(w, dw, state):
    w_new = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        w_new[place] = w[place] - state["lr"] * dw[place]
    return w_new


@variant("sgd")
def by_the_opposite(w, dw, state):
    step = np.multiply(-state["lr"], dw)
    return np.add(w, step).astype(w.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "uphill": ("w - lr * dw -> w + lr * dw",
        "Your steps climb. Where does the gradient point?"),
    "the_step_alone": ("w - lr * dw -> -lr * dw",
        "You seem to return the step, not the place where it leads."),
    "rate_forgotten": ("lr * dw -> dw",
        "Your steps are as long as the gradient. What is the rate for?"),
    "rate_of_its_own": ('state["lr"] -> 0.01',
        "Your rate seems to be the same whatever the state says."),
    "divided_by_the_rate": ("lr * dw -> dw / lr",
        "A smaller rate makes your steps longer."),
    "rate_twice": ("lr * dw -> lr * lr * dw",
        "The rate seems to come in twice."),
    "sign_only": ("lr * dw -> lr * np.sign(dw)",
        "All your steps are equally long. Does the size of the gradient not count?"),
    "unit_gradient": ("lr * dw -> lr * dw / np.sqrt((dw**2).sum())",
        "Your gradient seems to be brought to length 1. Who asked for that?"),
    "mean_gradient": ("lr * dw -> lr * dw.mean()",
        "All entries seem to take the same step. Is the gradient the same for all?"),
    "averaged_by_size": ("lr * dw -> lr * dw / dw.size",
        "Your gradient is divided by its number of entries. The average over examples is in the loss already."),
    "clipped": ("lr * dw -> lr * np.clip(dw, -1, 1)",
        "Your large gradients seem to be cut off at 1."),
    "relative": ("w - lr * dw -> w * (1 - lr * dw)",
        "Your step grows with w itself. Does the formula say so?"),
    "shrinks_w": ("w - lr * dw -> (1 - lr) * w - lr * dw",
        "Your w shrinks in every step, even where the gradient is 0."),
    "averaged_with_the_gradient": ("w - lr * dw -> (1 - lr) * w + lr * dw",
        "Your w seems to move towards the gradient, as a running mean would. Is the gradient a place?"),
    "exchanged": ("w - lr * dw -> dw - lr * w",
        "w and dw seem to have changed places."),
    "half_a_step": ("lr * dw -> 0.5 * lr * dw",
        "Your steps are half as long as they should be. The factor ½ belongs to a loss, if at all."),
    "doubled": ("lr * dw -> 2 * lr * dw",
        "Your steps are twice as long as they should be."),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "Your arrays grow to float64, whatever w is."),
}, same_as={"promoted": "sgd_in_float64"})
