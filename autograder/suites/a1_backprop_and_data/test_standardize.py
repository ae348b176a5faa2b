"""Standardizing: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import contract, equivalent, expect_close, points, slips, unchanged, variant
from autograder.suite.inputs import batch


def data(rng, n=7, m=5, d=3, spread=1.0):
    """Return training data (N, D) and test data (M, D), whose means and spreads differ."""
    return batch(rng, n, d, spread), 1.7 * batch(rng, m, d, spread) + spread


def sets(rng):
    """Yield ordinary data."""
    yield data(rng)


def special(rng):
    """Yield data with axes of length 1, and with equal sizes."""
    for n, m, d in ((6, 1, 3), (6, 4, 1), (1, 2, 3), (4, 4, 4), (1, 1, 1)):
        yield data(rng, n, m, d)


@points(2, visible=True)
def test_training_data(student, rng):
    """each training feature gets mean 0 and standard deviation 1, whatever its scale"""
    train, test = data(rng)
    train[:, 1] *= 1e-3
    expected = by_definition(train, train)
    got, _ = student.standardize(train, test)
    expect_close(got, expected, "train")


@points(2, visible=True)
def test_test_data(student, rng):
    """test data are moved and stretched exactly as the training data are"""
    train, test = data(rng)
    expected = by_definition(train, test)
    _, got = student.standardize(train, test)
    expect_close(got, expected, "test")


@points(1, visible=True)
def test_constant_feature(student, rng):
    """a feature that never varies in the training data is centred and not stretched"""
    train, test = data(rng)
    train[:, 2] = rng.integers(2, 6)
    expected = by_definition(train, train), by_definition(train, test)
    got = student.standardize(train, test)
    for mine, right, name in zip(got, expected, ("train", "test"), strict=True):
        expect_close(mine, right, name, rtol=1e-7, atol=1e-7)


@points(1, after="test_constant_feature")
def test_constant_but_for_rounding(student):
    """ten times 0.1, whose computed spread is not exactly 0, counts as constant; so does any spread below eps"""
    train = np.column_stack([np.full(10, 0.1), np.linspace(0, 1, 10), 1e-4 * np.linspace(-1, 1, 10)])
    test = train + np.array([1.0, 1.0, 0.5])
    expected = train - np.mean(train, axis=0), test - np.mean(train, axis=0)
    got = student.standardize(train, test, eps=1.0)
    for mine, right, name in zip(got, expected, ("train", "test"), strict=True):
        expect_close(mine, right, name)
    sides = np.where(np.arange(10) % 2, 1.0, -1.0)
    train = np.column_stack([np.full(10, 0.1), 0.8e-8 * sides, 2e-8 * sides])
    expected = np.column_stack([np.zeros(10), 0.8e-8 * sides, sides])
    got, _ = student.standardize(train, train[:2].copy())
    expect_close(got, expected, "train")


@points(1, after="test_training_data")
def test_small_spreads(student, rng):
    """a spread of 1e-6 is small, but no rounding: the feature is stretched all the way"""
    train, test = data(rng, spread=1e-6)
    expected = by_definition(train, train), by_definition(train, test)
    got = student.standardize(train, test)
    for mine, right, name in zip(got, expected, ("train", "test"), strict=True):
        expect_close(mine, right, name)


@points(0.5, after="test_training_data")
def test_large_offset(student, rng):
    """in float32, a feature with mean 10 000 and spread 1 is standardized as well as any other"""
    train = (1e4 + rng.normal(size=(200, 2))).astype(np.float32)
    expected = by_definition(train.astype(float), train.astype(float))
    got, _ = student.standardize(train, train[:2].copy())
    expect_close(got, expected, "train", rtol=0.01, atol=0.01)


@points(0.5, after="test_training_data")
def test_inputs_are_kept(student, rng):
    """both arrays keep their values"""
    train, test = data(rng)
    with unchanged(X_train=train, X_test=test):
        student.standardize(train, test)


test_float32 = contract.keeps_dtype("standardize", sets, points=0.5, after="test_training_data")
test_special_sizes = contract.agrees(
    "standardize",
    special,
    sentence="one feature, one test example and one training example are like any other",
    points=0.5,
    after="test_test_data",
    squeeze=True,
)


def by_definition(train, x):
    """Standardize x by the training data, one feature after the other; a constant one is only centred."""
    out = np.zeros_like(x)
    for j in range(x.shape[1]):
        values = train[:, j]
        mean = sum(values) / len(values)
        spread = (sum((values - mean) ** 2) / len(values)) ** 0.5
        out[:, j] = (x[:, j] - mean) / (spread if spread > 1e-8 else 1.0)
    return out


# ---------------------------------------------------------------- right, written differently


HARMLESS = equivalent(
    "standardize",
    {
        "spread > eps -> spread >= eps": "no spread is exactly eps",
    },
)


@variant(
    "standardize",
    equivalent={
        "std > eps -> std >= eps": "no spread is exactly eps",
    },
)
def plain(X_train, X_test, eps=1e-8):
    kind = X_train.dtype
    mean = X_train.mean(axis=0)
    std = X_train.std(axis=0)
    scale = np.where(std > eps, std, np.ones_like(std))
    train = (X_train - mean) / scale
    test = (X_test - mean) / scale
    return train.astype(kind), test.astype(kind)


@variant(
    "standardize",
    equivalent={
        "spread > eps -> spread >= eps": "no spread is exactly eps",
    },
)
def one_feature_at_a_time(X_train, X_test, eps=1e-8):
    train, test = X_train.copy(), X_test.astype(X_train.dtype)
    for j in range(X_train.shape[1]):
        mean = X_train[:, j].mean()
        train[:, j] -= mean
        test[:, j] -= mean
        spread = np.sqrt((train[:, j] ** 2).mean())
        if spread > eps:
            train[:, j] /= spread
            test[:, j] /= spread
    return train, test


@variant(
    "standardize",
    equivalent={
        "spread <= eps -> spread < eps": "no spread is exactly eps",
    },
)
def by_an_affine_map(X_train, X_test, eps=1e-8):
    centre = np.average(X_train.astype(float), axis=0)
    spread = np.linalg.norm(X_train - centre, axis=0) / np.sqrt(len(X_train))
    spread[spread <= eps] = 1
    stretch = np.diag(1 / spread)
    return ((X_train - centre) @ stretch).astype(X_train.dtype), ((X_test - centre) @ stretch).astype(X_train.dtype)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "test_by_its_own_statistics": (
        "test = (X_test - mean) / scale -> test = (X_test - X_test.mean(axis=0)) / np.where(X_test.std(axis=0) > "
        "eps, X_test.std(axis=0), 1)",
        "Your test data seem to be standardized by themselves. What do you know of them when the first one arrives?"),
    "test_centred_by_itself": ("(X_test - mean) -> (X_test - X_test.mean(axis=0))",
        "Your test data seem to be centred by themselves. What do you know of them when the first one arrives?"),
    "test_stretched_by_itself": (
        "test = (X_test - mean) / scale -> test = (X_test - mean) / np.where(X_test.std(axis=0) > eps, "
        "X_test.std(axis=0), 1)",
        "Your test data seem to be stretched by their own spread."),
    "statistics_of_both": (
        "mean = X_train.mean(axis=0) -> both = np.vstack([X_train, X_test]); mean = both.mean(axis=0)",
        "std = X_train.std(axis=0) -> std = both.std(axis=0)",
        "Your statistics seem to be those of training and test data together. Who may look at the test data?"),
    "test_left_alone": ("test = (X_test - mean) / scale -> test = X_test",
        "Your test data come back as they were. What would a network make of them that has seen standardized data "
        "only?"),
    "test_only_centred": ("test = (X_test - mean) / scale -> test = X_test - mean",
        "Your test data are centred and not stretched."),
    "test_not_centred": ("test = (X_test - mean) / scale -> test = X_test / scale",
        "Your test data are stretched and not centred."),
    "one_mean_for_all": (
        "X_train.mean(axis=0) -> X_train.mean()",
        "X_train.std(axis=0) -> np.full(X_train.shape[1], X_train.std())",
        "One mean and one spread seem to serve all features. Does each not have its own?"),
    "one_spread_for_all": ("X_train.std(axis=0) -> np.full(X_train.shape[1], X_train.std())",
        "One spread seems to serve all features. Does each not have its own?"),
    "one_centre_for_all": ("X_train.mean(axis=0) -> X_train.mean()",
        "One mean seems to serve all features. Does each not have its own?"),
    "rows_standardized": (
        "train = (X_train - mean) / scale -> train = (X_train - X_train.mean(axis=1, keepdims=True)) / "
        "np.maximum(X_train.std(axis=1, keepdims=True), eps)",
        "test = (X_test - mean) / scale -> test = (X_test - X_test.mean(axis=1, keepdims=True)) / "
        "np.maximum(X_test.std(axis=1, keepdims=True), eps)",
        "Each example seems to be standardized by itself. Are examples rows or columns?"),
    "divided_by_the_variance": ("X_train.std(axis=0) -> X_train.var(axis=0)",
        "You seem to divide by the variance. In which unit is that?"),
    "unbiased": ("X_train.std(axis=0) -> X_train.std(axis=0, ddof=min(1, len(X_train) - 1))",
        "Your spread seems to be divided by N - 1. What do the conventions say?"),
    "only_centred": (
        "train = (X_train - mean) / scale -> train = X_train - mean",
        "test = (X_test - mean) / scale -> test = X_test - mean",
        "Your data are centred and not stretched."),
    "only_stretched": ("(X_train - mean) -> X_train", "(X_test - mean) -> X_test",
        "Your data are stretched and not centred."),
    "multiplied": ("/ scale -> * scale",
        "You seem to multiply by the spread."),
    "range_in_place_of_spread": ("X_train.std(axis=0) -> np.ptp(X_train, axis=0)",
        "Your features seem to be divided by their range. What does one outlier do to it?"),
    "mean_deviation": ("X_train.std(axis=0) -> np.abs(X_train - mean).mean(axis=0)",
        "Your spread seems to be the mean absolute deviation."),
    "spread_about_zero": ("X_train.std(axis=0) -> np.sqrt((X_train**2).mean(axis=0))",
        "Your spread seems to be measured from 0. From where should it be?"),
    "median": ("X_train.mean(axis=0) -> np.median(X_train, axis=0)",
        "Your centre seems to be the median."),
    "constant_not_guarded": ("np.where(std > eps, std, np.ones_like(std)) -> std",
        "A feature that never varies seems to be divided by 0, or by rounding noise."),
    "only_exact_zeros_guarded": ("std > eps -> std != 0",
        "Only a spread of exactly 0 seems to be guarded. Is the computed spread of ten times 0.1 exactly 0?"),
    "eps_added": ("np.where(std > eps, std, np.ones_like(std)) -> std + eps",
        "Your eps seems to be added to the spread. What becomes of the rounding noise of a constant feature, "
        "divided by 1e-8?"),
    "eps_as_floor": ("np.where(std > eps, std, np.ones_like(std)) -> np.maximum(std, eps)",
        "Your constant features seem to be divided by eps. What then becomes of a test example that differs a little?"),
    "constant_set_to_zero": (
        "return train.astype(kind) -> train[:, std <= eps] = 0; test[:, std <= eps] = 0; return train.astype(kind)",
        "Constant features seem to become 0 in the test data too. What if one varies there?"),
    "eps_of_its_own": ("std > eps -> std > 1e-8",
        "Your eps seems to be a number of your own."),
    "eps_too_large": ("eps=1e-8 -> eps=1e-5",
        "Your eps seems to have another default than the stub's."),
    "one_pass_variance": ("X_train.std(axis=0) -> np.sqrt(np.abs((X_train**2).mean(axis=0) - mean**2))",
        "Your variance is the difference of two huge numbers. What is left of it in float32?"),
    "train_edited": ("train = (X_train - mean) / scale -> X_train -= mean; train = X_train / scale",
        "You seem to subtract inside the caller's training data."),
    "test_edited": ("test = (X_test - mean) / scale -> X_test -= mean; test = X_test / scale",
        "You seem to subtract inside the caller's test data."),
    "results_exchanged": (
        "return train.astype(kind), test.astype(kind) -> return test.astype(kind), train.astype(kind)",
        "Training and test data seem to have changed places."),
}, same_as={"one_pass_variance": ""})
