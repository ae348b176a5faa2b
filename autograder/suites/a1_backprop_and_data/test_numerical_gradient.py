"""The central difference: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import (
    FUNCTIONS,
    equivalent,
    expect,
    expect_close,
    expect_dtype,
    points,
    slips,
    unchanged,
    variant,
)
from autograder.suite.inputs import alternating

SQUARES, CUBES, NEIGHBOURS = (FUNCTIONS[name] for name in ("sum of squares", "sum of cubes", "product with next"))
ROUNDING = 1e-7  # what the digits of f allow, far below the h of a one-sided difference


@points(2, visible=True)
def test_values(student, rng):
    """the gradient of the sum of squares is twice the array"""
    x = somewhere(rng, 3, 2)
    expected = 2 * x
    expect_close(student.numerical_gradient(SQUARES, x), expected, "grad", atol=ROUNDING)


@points(1, visible=True)
def test_one_entry_at_a_time(student, rng):
    """where each entry is multiplied by its neighbour, the other entries stand where they were"""
    x = somewhere(rng, 5)
    padded = np.concatenate([[0.0], x, [0.0]])
    grad = student.numerical_gradient(NEIGHBOURS, x)
    expect_close(grad, padded[:-2] + padded[2:], "grad", atol=ROUNDING)


@points(2, visible=True)
def test_both_sides(student, rng):
    """of the sum of cubes, the central difference is off by h squared, for the h that is given"""
    x = somewhere(rng, 2, 3)
    expected = 3 * x**2 + 0.01
    expect_close(student.numerical_gradient(CUBES, x, h=0.1), expected, "grad", atol=ROUNDING)


@points(0.5, after="test_values")
def test_step_when_none_is_given(student, rng):
    """without h, each entry is moved by 1e-5, up and down"""
    x = somewhere(rng, 3)
    start = x.copy()

    def tells_only_moves_of_that_length(at):
        moves = (np.asarray(at) - start) / 1e-5
        return float(np.sum(np.sign(moves) * (np.abs(np.abs(moves) - 1) < 1e-3)))

    expect_close(student.numerical_gradient(tells_only_moves_of_that_length, x), np.full(3, 1e5), "grad")


@points(1, after="test_values")
def test_other_shapes(student, rng):
    """any shape: a single number, a row, a column, images"""
    for shape in ((), (1,), (1, 4), (4, 1), (2, 1, 3, 2)):
        x = somewhere(rng, *shape)
        expected = 3 * x**2 + 0.04
        expect_close(student.numerical_gradient(CUBES, x, h=0.2), expected, "grad", atol=ROUNDING)


@points(1, after="test_values")
def test_given_array_is_kept(student, rng):
    """x keeps its values to the last bit, and the result is an array of its own"""
    x = somewhere(rng, 4, 3)
    with unchanged(x=x):
        grad = student.numerical_gradient(CUBES, x, h=0.1)
    expect(not np.shares_memory(grad, x), "what you return shares its memory with x.")
    expect_close(grad, 3 * x**2 + 0.01, "grad", atol=ROUNDING)


@points(1, after="test_values")
def test_whole_numbers(student, rng):
    """integers are not cut off: the gradient is what it would be for the same numbers as floats"""
    x = rng.integers(2, 9, (2, 3))
    grad = student.numerical_gradient(CUBES, x, h=0.1)
    expect_dtype(grad, np.float64, "grad")
    expect_close(grad, 3.0 * x**2 + 0.01, "grad", atol=ROUNDING)


@points(0.5, after="test_values")
def test_single_precision(student, rng):
    """float32 is worked on in float64, where a step of 1e-5 is not lost"""
    x = somewhere(rng, 3).astype(np.float32)
    grad = student.numerical_gradient(SQUARES, x)
    expect_dtype(grad, np.float64, "grad")
    expect_close(grad, 2.0 * x, "grad", atol=ROUNDING)


@points(0.5, after="test_values")
def test_numbers_of_any_kind(student, rng):
    """f may return a number of NumPy as well, and values far from 0"""
    x = somewhere(rng, 2, 2)
    grad = student.numerical_gradient(lambda at: np.sum(np.asarray(at) ** 3) + 5.0, x, 0.1)
    expect_close(grad, 3 * x**2 + 0.01, "grad", atol=ROUNDING)


def somewhere(rng, *shape):
    """Return an array whose entries are neither 0 nor alike, and take turns in their sign."""
    return rng.uniform(0.5, 2.0, shape) * alternating(int(np.prod(shape))).reshape(shape)


# ---------------------------------------------------------------- right, written differently


FLOAT64 = "it is float64 already"
HARMLESS = equivalent("numerical_gradient", {"grad -> grad.astype(float)": FLOAT64})


@variant("numerical_gradient", equivalent={"grad -> grad.astype(float)": FLOAT64})
def plain(f, x, h=1e-5):
    moved = np.array(x, dtype=float)
    grad = np.zeros(moved.shape)
    for index in np.ndindex(moved.shape):
        here = moved[index]
        moved[index] = here + h
        above = f(moved)
        moved[index] = here - h
        below = f(moved)
        moved[index] = here
        grad[index] = (above - below) / (2 * h)
    return grad


@variant(
    "numerical_gradient",
    equivalent={
        "np.asarray(x, dtype=np.float64) -> np.asarray(x)": "adding a step in float64 makes it float64",
        "np.array(slopes).reshape(x.shape) -> np.array(slopes).reshape(x.shape).astype(float)": FLOAT64,
    },
)
def by_unit_arrays(f, x, h=1e-5):
    x = np.asarray(x, dtype=np.float64)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [f(x + h * e) / (2 * h) - f(x - h * e) / (2 * h) for e in units]
    return np.array(slopes).reshape(x.shape)


@variant(
    "numerical_gradient",
    equivalent={
        "found -> found.astype(float)": FLOAT64,
        "((values(h) - values(-h)) / h / 2).reshape(np.shape(x)) -> "
        "((values(h) - values(-h)) / h / 2).reshape(np.shape(x)).astype(float)": FLOAT64,
    },
)
def one_side_after_the_other(f, x, h=1e-5):
    flat = np.array(x, dtype=float).ravel()

    def values(step):
        found = np.zeros(flat.size)
        for i in range(flat.size):
            copy = flat.copy()
            copy[i] += step
            found[i] = f(copy.reshape(np.shape(x)))
        return found

    return ((values(h) - values(-h)) / h / 2).reshape(np.shape(x))


@variant("numerical_gradient", equivalent={"grad -> grad.astype(float)": FLOAT64})
def mean_of_the_two_sides(f, x, h=1e-5):
    start = np.array(x, dtype=float)
    middle, grad = f(start), np.zeros_like(start)
    for index, here in np.ndenumerate(start):
        up, down = start.copy(), start.copy()
        up[index], down[index] = here + h, here - h
        grad[index] = ((f(up) - middle) / h + (middle - f(down)) / h) / 2
    return grad


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "forward_difference": ("below = f(moved) -> moved[index] = here; below = f(moved)", "/ (2 * h) -> / h",
        "Your difference seems to look to one side only. By how much is it off for a curve?"),
    "backward_difference": ("above = f(moved) -> moved[index] = here; above = f(moved)", "/ (2 * h) -> / h",
        "Your difference seems to look down only. By how much is it off for a curve?"),
    "divided_by_h": ("/ (2 * h) -> / h",
        "Your gradient is twice what it should be. How far apart are the two points?"),
    "divided_by_two": ("/ (2 * h) -> / 2",
        "Your result is a difference, not yet a slope. By what is a rise divided?"),
    "multiplied_by_h": ("/ (2 * h) -> / 2 * h",
        "You seem to multiply by h where you would divide. Which comes first in `a / 2 * h`?"),
    "half_steps": ("here + h -> here + h / 2", "here - h -> here - h / 2", "/ (2 * h) -> / h",
        "You seem to move by half of h. A right slope, but not at the distance that was asked for."),
    "sign_turned": ("above - below -> below - above",
        "Your gradient points down. Which of the two values belongs to the larger x?"),
    "slope_without_sign": ("(above - below) -> abs(above - below)",
        "Your slopes are never negative. May f not fall?"),
    "not_put_back": ("        moved[index] = here\n        grad -> \n        grad",
        "Each entry seems to stay moved while the next is tried. What does the next slope see?"),
    "put_back_by_arithmetic_in_x": ("np.array(x, dtype=float) -> x", "here + h -> moved[index] + h",
        "here - h -> moved[index] - 2 * h",
        "moved[index] = here\n        grad -> moved[index] = moved[index] + h\n        grad",
        "The array that you were given is not what it was, to the last bit. Is x + h - h always x?"),
    "given_array_moved": ("np.array(x, dtype=float) -> np.asarray(x, dtype=float)",
        "        moved[index] = here\n        grad -> \n        grad",
        "You seem to leave the caller's x moved. Who else may need it?"),
    "integers_kept": ("np.array(x, dtype=float) -> np.array(x)",
        "Your steps seem to be lost in some arrays. What becomes of 2 + 1e-5 among whole numbers?"),
    "integers_in_the_result": ("np.zeros(moved.shape) -> np.zeros_like(x)",
        "Your gradient seems to be cut off to the type of x. Are slopes whole numbers?"),
    "single_precision": ("np.array(x, dtype=float) -> np.array(x, dtype=np.float32)",
        "Your steps seem to drown in rounding. How many digits has float32 beside 1e-5?"),
    "step_of_its_own": ("    moved = np.array -> \n    h = 1e-5\n    moved = np.array",
        "Your step seems to be the same whatever h is given."),
    "step_in_proportion": ("    moved = np.array -> \n    h = h * np.abs(x).max()\n    moved = np.array",
        "Your step seems to grow with x. How far should an entry be moved?"),
    "default_too_wide": ("h=1e-5 -> h=1e-3",
        "Without h, your step is another than the stub's."),
    "all_entries_at_once": (
        "here = moved[index] -> here = moved.copy()",
        "moved[index] = here + h -> moved[...] = here + h",
        "moved[index] = here - h -> moved[...] = here - h",
        "moved[index] = here\n        grad -> moved[...] = here\n        grad",
        "All entries seem to move together. Whose slope is that?"),
    "rows_at_once": (
        "np.ndindex(moved.shape) -> np.ndindex(moved.shape[:1])",
        "here = moved[index] -> here = moved[index].copy()",
        "Whole rows seem to move together. Does every entry have a slope of its own?"),
    "flattened": ("return grad -> return grad.ravel()",
        "Your gradient has lost the shape of x."),
    "last_entry_left_out": ("in np.ndindex(moved.shape): -> in list(np.ndindex(moved.shape))[:-1]:",
        "Some entry of your gradient is still 0. Does the loop reach every one?"),
    "summed_up": ("grad[index] = (above -> grad[index] = grad.sum() + (above",
        "Each slope seems to contain those before it."),
    "one_more_square": ("/ (2 * h) -> / (2 * h**2)",
        "Your slopes grow as h shrinks. That is the divisor of a second derivative."),
})
