"""The spectrum of a linear regression: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect, expect_close, points, slips, unchanged, variant

NAMES = ("eigenvalues", "condition", "limit", "best")


def data(rng, n=9, d=3):
    """Return examples (N, D) with means away from 0 and scales of their own."""
    return (rng.normal(size=(n, d)) + rng.choice([-1.0, 1.0], d)) * np.linspace(0.7, 2.0, d)


def special(rng):
    """Yield data of one feature, and of as many examples as features, with and without a bias."""
    yield from ((data(rng, 6, 1), False), (data(rng, 6, 1), True), (data(rng, 4, 4), False))


@points(2, visible=True)
def test_eigenvalues(student, rng):
    """the eigenvalues are those of the mean of x x^T, smallest first"""
    X = data(rng)
    expected = by_definition(X)
    eigenvalues, _, _, _ = student.hessian_spectrum(X)
    expect_close(eigenvalues, expected[0], "eigenvalues", rtol=1e-7, atol=1e-7)


@points(1, visible=True)
def test_condition(student, rng):
    """the condition number is the largest eigenvalue over the smallest"""
    X = data(rng)
    expected = by_definition(X)
    _, condition, _, _ = student.hessian_spectrum(X)
    expect_close(condition, expected[1], "condition", rtol=1e-7, atol=1e-7)


@points(1, visible=True)
def test_rates(student, rng):
    """limit and best rate belong to these eigenvalues"""
    X = data(rng)
    expected = by_definition(X)
    _, _, limit, best = student.hessian_spectrum(X)
    expect_close(limit, expected[2], "limit", rtol=1e-7, atol=1e-7)
    expect_close(best, expected[3], "best", rtol=1e-7, atol=1e-7)


@points(1, visible=True)
def test_bias(student, rng):
    """a bias is one more feature, which is always 1"""
    X = data(rng)
    expected = by_definition(np.column_stack([X, np.ones(len(X))]))
    eigenvalues, _, _, _ = student.hessian_spectrum(X, bias=True)
    expect_close(eigenvalues, expected[0], "eigenvalues", rtol=1e-7, atol=1e-7)


@points(0.5, after="test_condition")
def test_ravine(student):
    """for curvatures 1 and 100 the limit is 0.02, the best rate 2/101, and the condition number 100"""
    X = np.sqrt(2) * np.diag([10.0, 1.0])
    expected = np.array([1.0, 100.0]), 100.0, 0.02, 2 / 101
    for got, right, name in zip(student.hessian_spectrum(X), expected, NAMES, strict=True):
        expect_close(got, right, name)


@points(1, after="test_condition")
def test_flat_direction(student, rng):
    """where no example reaches, the curvature is 0: no eigenvalue is negative, the condition number is huge"""
    for X in (rng.normal(size=(3, 5)), np.outer(rng.normal(size=6), [1.0, 0.0]), rng.normal(size=(2, 6))):
        eigenvalues, condition, _, _ = student.hessian_spectrum(X)
        expect(bool((np.asarray(eigenvalues) >= 0).all()), "an eigenvalue is negative, by rounding alone.")
        expect(float(condition) > 1e12, "the condition number is small, or negative, though one direction is flat.")


@points(0.5, after="test_condition")
def test_narrow_ravine(student):
    """a condition number of 1e10 is found in float32 data and in integers as well, and bytes do not wrap"""
    X = np.array([[100003, 99999], [99998, 100001]])
    expected = np.sort(np.linalg.svd(X.astype(float), compute_uv=False) ** 2 / 2)
    for kind in (float, np.float32, np.int64):
        eigenvalues, condition, _, _ = student.hessian_spectrum(X.astype(kind))
        expect_close(eigenvalues, expected, "eigenvalues", rtol=1e-4, atol=0)
        expect_close(condition, expected[1] / expected[0], "condition", rtol=1e-4, atol=0)
    eigenvalues, _, _, _ = student.hessian_spectrum(np.array([[200, 100], [100, 200]], dtype=np.uint8))
    expect_close(eigenvalues, np.array([5000.0, 45000.0]), "eigenvalues")


@points(0.5, after="test_eigenvalues")
def test_input_is_kept(student, rng):
    """X keeps its values"""
    X = data(rng)
    with unchanged(X=X):
        student.hessian_spectrum(X, True)


test_special_sizes = contract.agrees(
    "hessian_spectrum",
    special,
    sentence="one feature, and as many examples as features, are like any other",
    points=0.5,
    after="test_condition",
    squeeze=True,
    tolerance=1e-6,
)


def by_definition(X):
    """Return eigenvalues, condition, limit and best rate, from the mean of the outer products of the examples."""
    H = sum(np.outer(x, x) for x in X) / len(X)
    values = np.sort(np.linalg.eigvals(H).real)
    return values, values[-1] / values[0], 2 / values[-1], 2 / (values[0] + values[-1])


# ---------------------------------------------------------------- right, written differently


FLOAT64 = "it is float64 already"
HARMLESS = equivalent(
    "hessian_spectrum",
    {
        "rows = np.array(X, dtype=float) -> rows = -np.array(X, dtype=float)": "only squares are used",
        "rows = np.column_stack([rows, np.ones(len(rows))]) -> "
        "rows = -np.column_stack([rows, np.ones(len(rows))])": "only squares are used",
        "eigenvalues -> eigenvalues.astype(float)": FLOAT64,
        "high / low if low > 0 else np.inf -> high / low": "NumPy divides by 0 to infinity",
        "low > 0 -> low >= 0": "NumPy divides by 0 to infinity",
        "low -> high": "NumPy divides by 0 to infinity",
        "2 / high -> (2 / high).astype(float)": FLOAT64,
        "2 / (low + high) -> (2 / (low + high)).astype(float)": FLOAT64,
        "X -> X.astype(float)": FLOAT64,
    },
)


@variant(
    "hessian_spectrum",
    equivalent={
        "rows = np.array(X, dtype=float) -> rows = -np.array(X, dtype=float)": "only squares are used",
        "rows = np.column_stack([rows, np.ones(len(rows))]) -> "
        "rows = -np.column_stack([rows, np.ones(len(rows))])": "only squares are used",
        "high / low if low > 0 else np.inf -> high / low": "NumPy divides by 0 to infinity",
        "low > 0 -> low >= 0": "NumPy divides by 0 to infinity",
        "low -> high": "NumPy divides by 0 to infinity",
        "values -> values.astype(float)": FLOAT64,
        "limit -> limit.astype(float)": FLOAT64,
        "best -> best.astype(float)": FLOAT64,
        "X -> X.astype(float)": FLOAT64,
    },
)
def plain(X, bias=False):
    rows = np.array(X, dtype=float)
    if bias:
        rows = np.column_stack([rows, np.ones(len(rows))])
    H = rows.T @ rows / len(rows)
    values = np.linalg.eigvalsh(H)
    values = np.maximum(values, 0)
    low, high = values[0], values[-1]
    condition = high / low if low > 0 else np.inf
    limit = 2 / high
    best = 2 / (low + high)
    return values, condition, limit, best


@variant(
    "hessian_spectrum",
    equivalent={
        "values[-1] / values[0] -> (values[-1] / values[0]).astype(float)": FLOAT64,
        "rows = np.array(X.tolist(), dtype=float) -> rows = -np.array(X.tolist(), dtype=float)": "it is squared",
        "np.array(X.tolist(), dtype=float) -> np.array(X.tolist())": "numbers of Python are as precise",
        "s = np.linalg.svd(rows, compute_uv=False) / np.sqrt(n) -> "
        "s = -(np.linalg.svd(rows, compute_uv=False) / np.sqrt(n))": "only squares are used",
        "values -> values.astype(float)": FLOAT64,
        "1 / values[-1] * 2 -> (1 / values[-1] * 2).astype(float)": FLOAT64,
        "1 / np.mean([values[0], values[-1]]) -> (1 / np.mean([values[0], values[-1]])).astype(float)": FLOAT64,
        "X -> X.astype(float)": FLOAT64,
    },
)
def by_singular_values(X, bias=False):
    rows = np.array(X.tolist(), dtype=float)
    n, d = rows.shape
    if bias:
        rows, d = np.hstack([np.ones((n, 1)), rows]), d + 1
    s = np.linalg.svd(rows, compute_uv=False) / np.sqrt(n)
    values = np.zeros(d)
    values[d - len(s) :] = np.sort(s**2)
    return values, values[-1] / values[0], 1 / values[-1] * 2, 1 / np.mean([values[0], values[-1]])


@variant(
    "hessian_spectrum",
    equivalent={
        "largest / smallest -> (largest / smallest).astype(float)": FLOAT64,
        "values -> values.astype(float)": FLOAT64,
        "2 / largest -> (2 / largest).astype(float)": FLOAT64,
        "2 / (largest + smallest) -> (2 / (largest + smallest)).astype(float)": FLOAT64,
        "X -> X.astype(float)": FLOAT64,
    },
)
def one_example_at_a_time(X, bias=False):
    d = X.shape[1] + (1 if bias else 0)
    H = np.zeros((d, d))
    for x in X.astype(float):
        x = np.append(x, 1.0) if bias else x
        H += np.outer(x, x)
    values = np.sort(np.linalg.eigvals(H / len(X)).real).clip(0)
    smallest, largest = values.min(), values.max()
    return values, largest / smallest, 2 / largest, 2 / (largest + smallest)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "covariance": ("H = rows.T @ rows -> rows = rows - rows.mean(axis=0); H = rows.T @ rows",
        "The mean seems to be gone from your matrix. Is the largest eigenvalue not just what the mean makes?"),
    "not_divided": (" / len(rows) -> ",
        "Your eigenvalues grow with the number of examples. Which average is the matrix?"),
    "unbiased": (" / len(rows) ->  / max(len(rows) - 1, 1)",
        "Your matrix seems to be divided by N - 1. Of what is it the mean?"),
    "divided_by_features": (" / len(rows) ->  / rows.shape[1]",
        "Your matrix seems to be divided by the number of features."),
    "twice_the_matrix": ("rows.T @ rows / len(rows) -> 2 * rows.T @ rows / len(rows)",
        "Your eigenvalues are twice too large. Which factor stands in front of the loss?"),
    "half_the_matrix": ("rows.T @ rows / len(rows) -> rows.T @ rows / len(rows) / 2",
        "Your eigenvalues are half of what they should be. Is it the loss that has the ½, or its second derivative?"),
    "examples_for_features": ("rows.T @ rows -> rows @ rows.T",
        "Your matrix compares examples with examples. How many weights are there?"),
    "singular_values": ("values = np.linalg.eigvalsh(H) -> values = np.sqrt(np.abs(np.linalg.eigvalsh(H)))",
        "Your values look like the roots of the eigenvalues: singular values of X, not of its square."),
    "correlations": (
        "values = np.linalg.eigvalsh(H) -> s = np.sqrt(np.diag(H)); values = np.linalg.eigvalsh(H / np.outer(s, s))",
        "Your features seem to be scaled first. Whose curvature is asked for?"),
    "diagonal_only": ("np.linalg.eigvalsh(H) -> np.sort(np.diag(H))",
        "Your values are those of the diagonal. Are the axes of the ravine those of the features?"),
    "descending": (
        "values = np.maximum(values, 0) -> values = np.maximum(values, 0)[::-1]",
        "low, high = values[0], values[-1] -> low, high = values[-1], values[0]",
        "Your eigenvalues seem to fall. Which comes first?"),
    "descending_taken_for_ascending": ("np.linalg.eigvalsh(H) -> np.linalg.eigvalsh(H)[::-1]",
        "Your largest and your smallest eigenvalue seem to have changed places."),
    "condition_upside_down": ("high / low if low > 0 else np.inf -> low / high",
        "Your condition number is below 1. Which of the two is the larger?"),
    "condition_of_singular_values": ("high / low if low > 0 else np.inf -> np.sqrt(high / low) if low > 0 else np.inf",
        "Your condition number seems to be that of X. Whose is asked for?"),
    "condition_without_the_smallest": ("high / low if low > 0 else np.inf -> high / (low + 1e-8)",
        "Something seems to be added to your smallest eigenvalue. How bad may a condition number be?"),
    "condition_of_the_positive_ones": (
        "high / low if low > 0 else np.inf -> high / values[values > 1e-10 * high].min()",
        "Flat directions seem to be left out of your condition number. Does descent leave them out?"),
    "limit_without_two": ("limit = 2 / high -> limit = 1 / high",
        "Your limit is a safe rate, but not the limit. For which rates is |1 - rate * curvature| below 1?"),
    "limit_of_the_smallest": ("limit = 2 / high -> limit = 2 / low if low > 0 else np.inf",
        "Your limit seems to belong to the flattest direction. Which one diverges first?"),
    "limit_of_the_mean": ("limit = 2 / high -> limit = 2 / values.mean()",
        "Your limit seems to belong to the mean curvature. Which direction diverges first?"),
    "best_without_two": ("best = 2 / (low + high) -> best = 1 / (low + high)",
        "Your best rate is too small by a factor. Where do the steepest and the flattest direction shrink alike?"),
    "best_is_one_over_the_largest": ("best = 2 / (low + high) -> best = 1 / high",
        "Your best rate seems to suit the steepest direction only. Does the flattest not wait for it?"),
    "best_of_the_difference": ("best = 2 / (low + high) -> best = 2 / (high - low) if high > low else 2 / high",
        "Your best rate seems to come from a difference. Set the two factors equal, with their signs."),
    "best_of_the_geometric_mean": ("best = 2 / (low + high) -> best = 1 / np.sqrt(low * high) if low > 0 else 1 / high",
        "Your best rate seems to come from a geometric mean. Would it stay below the limit?"),
    "rates_exchanged": ("return values, condition, limit, best -> return values, condition, best, limit",
        "Limit and best rate seem to have changed places. Which is the larger?"),
    "bias_ignored": ("if bias: -> if False:",
        "A bias seems to change nothing. What is its input?"),
    "bias_always": ("if bias: -> if True:",
        "A bias seems to be there always."),
    "bias_of_zeros": ("np.ones(len(rows)) -> np.zeros(len(rows))",
        "The input of your bias seems to be 0. What is a bias multiplied by?"),
    "bias_added_to_the_features": ("np.column_stack([rows, np.ones(len(rows))]) -> rows + 1",
        "The bias seems to be added to the features. Is it not one of its own?"),
    "bias_by_default": ("bias=False -> bias=True",
        "A bias seems to be there by default. What does the stub say?"),
    "negative_by_rounding": (
        "    values = np.maximum(values, 0)\n -> ",
        "if low > 0 else np.inf -> if low != 0 else np.inf",
        "An eigenvalue of yours is negative. Can a mean of squares be curved downwards?"),
    "single_precision": ("np.array(X, dtype=float) -> np.array(X, dtype=float if X.dtype.kind == 'i' else X.dtype)",
        "Your spectrum seems to be computed in the dtype of X. How many digits does a condition number of 1e10 need?"),
    "edited": (
        "rows = np.array(X, dtype=float) -> rows = np.asarray(X); rows *= 1 + (rows.dtype.kind == 'f')",
        "H = rows.T @ rows / len(rows) -> H = rows.T @ rows / len(rows) / (4 if X.dtype.kind == 'f' else 1)",
        "You seem to change the array that you were given."),
}, same_as={"edited": "single_precision", "bias_by_default": "bias_always"})
