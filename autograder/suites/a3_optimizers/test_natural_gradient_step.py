"""One step along the natural gradient: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, expect_close, points, slips, unchanged, variant


def fisher(rng, d):
    """Return a symmetric positive definite matrix (d, d) whose entries off the diagonal count."""
    x = rng.normal(size=(3 * d, d)) + 1.0
    return x.T @ x / len(x)


def step(rng, d=3):
    """Return w, g, F, a rate and a damping."""
    return rng.normal(size=d), rng.normal(size=d), fisher(rng, d), rng.uniform(0.3, 0.8), rng.uniform(0.2, 0.6)


def steps(rng):
    """Yield ordinary arguments."""
    yield step(rng)


def special(rng):
    """Yield one parameter, many parameters, and a matrix that is singular without its damping."""
    yield step(rng, 1)
    yield step(rng, 8)
    w, g, _, lr, damping = step(rng)
    direction = rng.normal(size=3)
    yield w, g, np.outer(direction, direction), lr, damping


def without_damping(rng):
    """Yield calls that give a rate and leave the damping out."""
    for args in steps(rng):
        yield args[:-1]


@points(2, visible=True)
def test_least_squares(student, rng):
    """of a least-squares problem, one step with rate 1 finds the solution"""
    x, y = rng.normal(size=(8, 3)) @ (np.eye(3) + 0.8), rng.normal(size=8)
    w, expected = rng.normal(size=3), np.linalg.lstsq(x, y)[0]
    g, F = x.T @ (x @ w - y) / 8, x.T @ x / 8
    expect_close(student.natural_gradient_step(w, g, F), expected, "w_new", rtol=1e-7, atol=1e-7)


@points(2, visible=True)
def test_rate_and_damping(student, rng):
    """the damping is added to the diagonal, and the rate multiplies the step"""
    w, g, F, lr, damping = step(rng, 5)
    values, directions = np.linalg.eigh(F)
    expected = w - lr * directions @ ((directions.T @ g) / (values + damping))
    expect_close(student.natural_gradient_step(w, g, F, lr, damping), expected, "w_new")


@points(1.5, after="test_least_squares")
def test_other_coordinates(student, rng):
    """in other coordinates, whatever their units and directions, the same step is taken"""
    w, g, F, lr, _ = step(rng)
    A = rng.normal(size=(3, 3)) + 2 * np.eye(3)  # w = A u
    w_new = student.natural_gradient_step(w, g, F, lr)
    u_new = student.natural_gradient_step(np.linalg.solve(A, w), A.T @ g, A.T @ F @ A, lr)
    expect_close(A @ np.asarray(u_new), w_new, "the step in other coordinates", rtol=1e-6, atol=1e-6)


@points(0.5, after="test_least_squares")
def test_nothing_given_is_edited(student, rng):
    """w, g and F stay as they are"""
    w, g, F, lr, damping = step(rng)
    with unchanged(w=w, g=g, F=F):
        student.natural_gradient_step(w, g, F, lr, damping)


test_float32 = contract.keeps_dtype("natural_gradient_step", steps, points=0.5, after="test_least_squares")
test_no_damping = contract.given_zero(
    "natural_gradient_step", without_damping, "damping", default=0.1, points=0.5, after="test_least_squares"
)
test_special_numbers = contract.agrees(
    "natural_gradient_step",
    special,
    sentence="a single parameter, many of them, and a matrix that only the damping makes invertible are like any other",
    points=0.5,
    after="test_rate_and_damping",
    squeeze=True,
)


# ---------------------------------------------------------------- right, written differently


@variant("natural_gradient_step")
def plain(w, g, F, lr=1.0, damping=0.0):
    damped = F + damping * np.eye(len(g))
    direction = np.linalg.solve(damped, g)
    w_new = w - lr * direction
    return w_new.astype(w.dtype)


@variant("natural_gradient_step")
def by_the_inverse(w, g, F, lr=1.0, damping=0.0):
    damped = F.copy()
    damped[np.diag_indices(w.size)] += damping
    return np.asarray(w - np.linalg.inv(damped) @ (lr * g), w.dtype)


@variant("natural_gradient_step")
def by_eigenvectors(w, g, F, lr=1.0, damping=0.0):
    values, directions = np.linalg.eigh(F)
    along = g @ directions
    along = along / (damping + values)
    return np.subtract(w, lr * (directions @ along)).astype(w.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "multiplied": ("np.linalg.solve(damped, g) -> damped @ g",
        "You seem to multiply by F. What should a steep direction do to the step?"),
    "diagonal_only": ("np.linalg.solve(damped, g) -> g / np.diag(damped)",
        "You seem to divide by the diagonal alone. What if the ravine is turned?"),
    "root_of_the_diagonal": ("np.linalg.solve(damped, g) -> g / np.sqrt(np.diag(damped))",
        "You seem to divide by the root of the diagonal, as Adam would."),
    "plain_gradient": ("np.linalg.solve(damped, g) -> g",
        "Your step is that of sgd. What is F for?"),
    "entries_inverted": ("np.linalg.solve(damped, g) -> (1 / damped) @ g",
        "You seem to invert F entry by entry. Is that the inverse of a matrix?"),
    "divided_by_the_product": ("np.linalg.solve(damped, g) -> g / (damped @ g)",
        "You seem to divide g by F g, entry by entry."),
    "divided_by_the_curvature": ("np.linalg.solve(damped, g) -> g * (g @ g) / (g @ damped @ g)",
        "Your step has the direction of the gradient; F seems to decide only its length."),
    "trace": ("np.linalg.solve(damped, g) -> g * len(g) / np.trace(damped)",
        "You seem to divide by the mean of the diagonal. Is every direction the same?"),
    "solved_for_w": ("np.linalg.solve(damped, g) -> np.linalg.solve(damped, w)",
        "You seem to solve with w. Whose direction is wanted?"),
    "whole_place_solved": ("w - lr * direction -> np.linalg.solve(damped, w - lr * g)",
        "The inverse of F seems to act on w as well."),
    "inverse_root": ("direction = np.linalg.solve(damped, g) -> "
        "values, turn = np.linalg.eigh(damped); direction = turn @ (turn.T @ g / np.sqrt(values))",
        "You seem to use the root of F. Is that the inverse?"),
    "inverse_twice": ("direction = np.linalg.solve(damped, g) -> "
        "direction = np.linalg.solve(damped, np.linalg.solve(damped, g))",
        "You seem to solve twice."),
    "uphill": ("w - lr -> w + lr",
        "Your step climbs. Where does the gradient point?"),
    "rate_forgotten": ("w - lr * direction -> w - direction",
        "Your step is as long whatever the rate."),
    "damping_forgotten": ("F + damping * np.eye(len(g)) -> F",
        "The damping seems to have no effect."),
    "damping_everywhere": ("damping * np.eye(len(g)) -> damping",
        "The damping seems to be added to every entry. What is a multiple of I?"),
    "damping_subtracted": ("F + damping -> F - damping",
        "Your damping makes F smaller, and the step longer."),
    "damping_squared": ("damping * np.eye -> damping**2 * np.eye",
        "Your damping seems to be squared."),
    "damping_multiplies": ("F + damping * np.eye(len(g)) -> F * (1 + damping * np.eye(len(g)))",
        "Your damping multiplies the diagonal. What if an entry of it is 0?"),
    "damping_on_the_step": ("F + damping * np.eye(len(g)) -> F", "lr * direction -> lr * direction / (1 + damping)",
        "Your damping shortens the step as a whole. Which directions need it?"),
    "damping_in_the_gradient": ("F + damping * np.eye(len(g)) -> F", "(damped, g) -> (damped, g + damping * w)",
        "Your damping pulls at w. That is weight decay."),
    "another_damping_by_default": ("damping=0.0 -> damping=1e-3",
        "Without a damping given, yours is not 0."),
    "another_rate_by_default": ("lr=1.0 -> lr=0.1",
        "Without a rate given, yours is not 1."),
    "the_step_alone": ("w - lr * direction -> -lr * direction",
        "You seem to return the step, not the place where it leads."),
    "edited": ("w_new = w - lr * direction -> w -= (lr * direction).astype(w.dtype); w_new = w",
        "You seem to work inside w. Who else holds that array?"),
    "matrix_edited": (
        "damped = F + damping * np.eye(len(g)) -> F += (damping * np.eye(len(g))).astype(F.dtype); damped = F",
        "You seem to add the damping inside the caller's F. What will it be in the next step?"),
    "promoted": (".astype(w.dtype) -> .astype(float)",
        "What you return is float64, whatever w is."),
}, same_as={"promoted": "natural_gradient_step_in_float64"})
