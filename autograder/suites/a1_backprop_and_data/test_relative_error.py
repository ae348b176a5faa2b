"""The relative error: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import equivalent, expect, expect_close, expect_raises, points, slips, unchanged, variant
from autograder.suite.inputs import alternating


def pair(rng, *shape):
    """Return two arrays that differ by some percent, each entry by its own; the last is small and differs most."""
    a = np.array(rng.uniform(1, 4, shape) * alternating(int(np.prod(shape))).reshape(shape))
    share = np.array(rng.uniform(0.01, 0.1, shape))
    a.flat[-1] *= 0.2
    share.flat[-1] = 0.2
    return a, np.array(a + np.abs(a) * share)


@points(2, visible=True)
def test_values(student, rng):
    """the worst entry decides, each measured by the size of its own two numbers"""
    a, b = pair(rng, 3, 4)
    expected = worst(a, b, 1e-8)
    expect_close(student.relative_error(a, b), expected, "error")


@points(1, visible=True)
def test_one_bad_entry(student, rng):
    """one wrong entry among many is seen, however small it is beside the others"""
    a = 100 * pair(rng, 40)[0]
    b = a.copy()
    a[17], b[17] = rng.uniform(0.03, 0.06), rng.uniform(0.01, 0.02)
    expected = worst(a, b, 1e-8)
    expect_close(student.relative_error(a, b), expected, "error")


@points(1, visible=True)
def test_zeros(student, rng):
    """where both are 0 the error is 0, and the other entries decide"""
    a, b = pair(rng, 6)
    a[:4:2] = b[:4:2] = 0.0
    expected = worst(a, b, 1e-8)
    expect_close(student.relative_error(a, b), expected, "error")


@points(1, after="test_values")
def test_floor(student, rng):
    """numbers smaller than eps are measured by eps: noise around 0 is no error"""
    a, b = 1e-12 * rng.uniform(1, 2, (2, 3))
    expected = worst(a, -b, 1e-8)
    expect_close(student.relative_error(a, -b), expected, "error", rtol=1e-9, atol=0)
    expect_close(student.relative_error(a, -b, eps=1e-13), 1.0, "error")
    expect_close(student.relative_error(np.array([1.0]), np.array([3.0]), eps=8.0), 0.25, "error")


@points(0.5, after="test_values")
def test_order(student, rng):
    """a and b may be exchanged: the error has no sign"""
    a, b = pair(rng, 5)
    b[2] *= 3
    expected = worst(a, b, 1e-8)
    for one, other in ((a, b), (b, a)):
        expect_close(student.relative_error(one, other), expected, "error")


@points(0.5, after="test_values")
def test_other_shapes(student, rng):
    """any shape, single numbers too"""
    for shape in ((), (1,), (1, 4), (2, 3, 2)):
        a, b = pair(rng, *shape)
        expected = worst(a, b, 1e-8)
        expect_close(student.relative_error(a, b), expected, "error")


@points(0.5, after="test_values")
def test_other_dtypes(student, rng):
    """small integers, bytes and float32 are compared in float64, where nothing wraps and no digit is lost"""
    a, b = np.array([-128, 100], dtype=np.int8), np.array([-100, 100], dtype=np.int8)
    for one, other in ((a, b), (b, a)):
        expect_close(student.relative_error(one, other), 28 / 228, "error")
    expect_close(student.relative_error(np.array([3], dtype=np.uint8), np.array([5], dtype=np.uint8)), 0.25, "error")
    a, b = (part.astype(np.float32) for part in pair(rng, 4))
    expect_close(student.relative_error(a, b), worst(a.tolist(), b.tolist(), 1e-8), "error", rtol=1e-12, atol=0)


@points(0.5, after="test_values")
def test_unequal_shapes(student, rng):
    """a column beside a row is refused with a ValueError, instead of being compared with everything"""
    expect_raises("ValueError", student.relative_error, rng.normal(size=(3, 1)), rng.normal(size=3))


@points(0.5, after="test_values")
def test_not_a_number(student, rng):
    """an entry that is not a number is no small error"""
    a, b = pair(rng, 4)
    a[1] = np.nan
    expect(not student.relative_error(a, b) < 1e9, "a NaN among the entries went unnoticed.")


@points(0.5, after="test_values")
def test_inputs_are_kept(student, rng):
    """both arrays keep their values"""
    a, b = pair(rng, 4)
    with unchanged(a=a, b=b):
        student.relative_error(a, b)


def worst(a, b, eps):
    """Return the largest error, one entry after the other."""
    return max(abs(p - q) / max(eps, abs(p) + abs(q)) for p, q in zip(np.ravel(a), np.ravel(b), strict=True))


# ---------------------------------------------------------------- right, written differently


SYMMETRIC, NUMBER, CAST = "it has no sign and no order", "a number of either kind is a number", "it is float64 later"
SWAPPED = (
    "a, b = (np.asarray(a, dtype=float), np.asarray(b, dtype=float)) -> "
    "a, b = (np.asarray(b, dtype=float), np.asarray(a, dtype=float))"
)
FIRST = "a -> a.astype(float)"
HARMLESS = equivalent(
    "relative_error",
    {
        SWAPPED: SYMMETRIC,
        FIRST: CAST,
        "float(np.max(np.abs(a - b) / size)) -> np.max(np.abs(a - b) / size)": NUMBER,
    },
)


@variant(
    "relative_error", equivalent={SWAPPED: SYMMETRIC, FIRST: CAST, "error.max() -> error.max().astype(float)": NUMBER}
)
def plain(a, b, eps=1e-8):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError("the shapes differ")
    size = np.abs(a) + np.abs(b)
    error = np.abs(a - b) / np.maximum(eps, size)
    return error.max()


@variant("relative_error", equivalent={FIRST: CAST})
def one_entry_at_a_time(a, b, eps=1e-8):
    if np.shape(a) != np.shape(b):
        raise ValueError("the shapes differ")
    largest = 0.0
    for p, q in np.stack([np.ravel(a), np.ravel(b)], axis=1).tolist():
        error = abs(p - q) / max(abs(p) + abs(q), eps)
        if error != error:
            return error
        largest = max(largest, error)
    return largest


@variant(
    "relative_error",
    equivalent={
        "both = np.stack([np.asarray(a, dtype=float), np.asarray(b, dtype=float)]).reshape(2, -1) -> "
        "both = -np.stack([np.asarray(a, dtype=float), np.asarray(b, dtype=float)]).reshape(2, -1)": SYMMETRIC,
        "size = np.clip(np.linalg.norm(both, ord=1, axis=0), eps, None) -> "
        "size = -np.clip(np.linalg.norm(both, ord=1, axis=0), eps, None)": SYMMETRIC,
        "np.asarray(a, dtype=float) -> np.asarray(a)": CAST,
        "np.asarray(b, dtype=float) -> np.asarray(b)": CAST,
        "float(np.linalg.norm((both[0] - both[1]) / size, ord=np.inf)) -> "
        "np.linalg.norm((both[0] - both[1]) / size, ord=np.inf)": NUMBER,
        FIRST: CAST,
    },
)
def by_norms(a, b, eps=1e-8):
    both = np.stack([np.asarray(a, dtype=float), np.asarray(b, dtype=float)]).reshape(2, -1)
    size = np.clip(np.linalg.norm(both, ord=1, axis=0), eps, None)
    return float(np.linalg.norm((both[0] - both[1]) / size, ord=np.inf))


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "mean_of_the_errors": ("error.max() -> error.mean()",
        "One wrong entry in a thousand disappears in your result. What is done with the errors of the entries?"),
    "sum_of_the_errors": ("error.max() -> error.sum()",
        "Your result grows with the number of entries. What is done with the errors of the entries?"),
    "smallest_error": ("error.max() -> error.min()",
        "The best entry seems to decide. Which one should worry you?"),
    "median_of_the_errors": ("error.max() -> np.median(error)",
        "One wrong entry disappears in your result. Which one should worry you?"),
    "no_floor": ("np.maximum(eps, size) -> size",
        "Two zeros seem to give 0/0. What should two entries that agree have as error?"),
    "floor_added": ("np.maximum(eps, size) -> size + eps",
        "Your eps seems to be added to the size. When should it matter at all?"),
    "floor_upside_down": ("np.maximum(eps, size) -> np.minimum(eps, size)",
        "Your eps seems to be a ceiling where it should be a floor."),
    "floor_of_its_own": ("np.maximum(eps, size) -> np.maximum(1e-8, size)",
        "Your floor seems to be a number of your own, whatever eps is given."),
    "another_default": ("eps=1e-8 -> eps=1e-5",
        "Your eps seems to have another default than the stub's."),
    "signs_kept_in_the_size": ("np.abs(a) + np.abs(b) -> np.abs(a + b)",
        "Numbers of opposite sign seem to have nearly no size. Are they small, or do they only cancel?"),
    "size_of_the_sum": ("np.abs(a) + np.abs(b) -> a + b",
        "The size of negative numbers seems to be negative."),
    "largest_of_the_two": ("np.abs(a) + np.abs(b) -> np.maximum(np.abs(a), np.abs(b))",
        "Your size seems to be the larger of the two numbers. What does the formula take?"),
    "mean_of_the_two": ("np.abs(a) + np.abs(b) -> (np.abs(a) + np.abs(b)) / 2",
        "Your errors are twice too large. Is the size a sum or a mean?"),
    "size_of_the_first": ("np.abs(a) + np.abs(b) -> np.abs(a)",
        "Only the first array seems to set the size. What if the two are exchanged?"),
    "size_of_the_second": ("np.abs(a) + np.abs(b) -> np.abs(b)",
        "Only the second array seems to set the size. What if the two are exchanged?"),
    "signed_difference": ("np.abs(a - b) -> (a - b)",
        "Errors in one direction seem to count as negative. Which of them is the largest then?"),
    "not_relative": (" / np.maximum(eps, size) -> ",
        "Your error is absolute. Is a difference of 0.1 much?"),
    "one_size_for_all": ("np.abs(a) + np.abs(b) -> (np.abs(a) + np.abs(b)).max()",
        "The largest entry seems to set the size of all. Is a small entry allowed to be wrong?"),
    "ratio_of_norms": ("error.max() -> np.linalg.norm(a - b) / max(eps, np.linalg.norm(a) + np.linalg.norm(b))",
        "Your error seems to be that of the arrays as a whole. Can a small entry hide behind a large one?"),
    "squared": ("error.max() -> (error**2).max()",
        "Your errors seem to be squared."),
    "nan_passed_over": ("error.max() -> np.nanmax(error) if np.isfinite(error).any() else 0.0",
        "Entries that are not numbers seem to be passed over. Does such a gradient agree with anything?"),
    "zeros_left_out": ("error.max() -> np.where(size < eps, 0.0, error).max()",
        "Entries below eps seem to be left out altogether. By what should they be measured?"),
    "shapes_not_looked_at": ("a.shape != b.shape -> False",
        "A column and a row seem to be compared, everything with everything."),
    "needs_an_axis": ("error.max() -> np.sort(error, axis=-1)[..., -1].max()",
        "Your function seems to need at least one axis. What of two single numbers?"),
    "first_entry_only": ("error.max() -> error.ravel()[0]",
        "Only the first entry seems to count."),
    "edited": (
        "a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float) -> a, b = np.asarray(a), np.asarray(b, "
        "dtype=float)",
        "size = np.abs(a) + np.abs(b) -> given = a; a = a.astype(float); size = np.abs(a) + np.abs(b); given[...] = 0",
        "You seem to work inside the arrays that you were given."),
}, same_as={"no_floor": "floor_added", "size_of_the_first": "largest_of_the_two", "edited": ""})
