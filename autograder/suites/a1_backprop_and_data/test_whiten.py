"""Whitening: checks, then the programs that prove them."""

from __future__ import annotations

import numpy as np

from autograder.suite import (
    contract,
    expect,
    expect_close,
    expect_dtype,
    expect_whitened,
    points,
    slips,
    unchanged,
    variant,
)


def cloud(rng, n=40, d=3):
    """Return correlated examples (N, D), far from 0, longest in the direction of the diagonal."""
    axes, _ = np.linalg.qr(rng.normal(size=(d, d)))
    lengths = np.linspace(1, 2.5, d) ** 2
    return (rng.normal(size=(n, d)) * lengths) @ axes.T + 3 * rng.normal(size=d)


def clouds(rng):
    """Yield ordinary data."""
    yield (cloud(rng), 1e-5, True)


def special(rng):
    """Yield data of one feature, of one example, and of as many examples as features."""
    for n, d in ((9, 1), (1, 3), (4, 4)):
        yield cloud(rng, n, d), 0.1, True


@points(2, visible=True)
def test_decorrelated(student, rng):
    """what comes out has mean 0, and the identity as covariance"""
    Z, _, _ = student.whiten(cloud(rng), 1e-12)
    expect_whitened(Z, "Z")


@points(1, visible=True)
def test_mean(student, rng):
    """the mean that is returned is that of each feature"""
    X = cloud(rng)
    expected = sum(X) / len(X)
    _, mean, _ = student.whiten(X, 1e-12)
    expect_close(mean, expected, "mean")


@points(1.5, visible=True)
def test_zca(student, rng):
    """with zca, T is the symmetric root of the inverse covariance: whitened data stay as near as can be"""
    X = cloud(rng)
    expected = symmetric_root(X, 1e-2)
    _, _, T = student.whiten(X, 1e-2, zca=True)
    expect_close(T, expected, "T", rtol=1e-7, atol=1e-7)


@points(1, after="test_decorrelated")
def test_map(student, rng):
    """new data can be whitened too: Z is (X - mean) @ T"""
    X = cloud(rng)
    for zca in (False, True):
        Z, mean, T = student.whiten(X, 1e-5, zca)
        expect_close(Z, (X - np.asarray(mean)) @ np.asarray(T), "Z")


@points(1, after="test_decorrelated")
def test_principal_axes(student, rng):
    """without zca, the columns of T lie along the principal axes, each divided by the spread there"""
    X = cloud(rng)
    values = np.linalg.eigvalsh(covariance(X))
    _, _, T = student.whiten(X, 0.3)
    T = np.asarray(T)
    expect_close(T @ T.T, np.linalg.inv(covariance(X) + 0.3 * np.eye(3)), "T @ T.T", rtol=1e-7, atol=1e-7)
    gram = T.T @ T
    expect_close(gram, np.diag(np.diag(gram)), "T.T @ T", rtol=1e-7, atol=1e-7)
    expect_close(np.sort(np.diag(gram)), np.sort(1 / (values + 0.3)), "the squared lengths", rtol=1e-7, atol=1e-7)


@points(1, after="test_zca")
def test_default(student, rng):
    """without more, eps is 1e-5, and the axes are the principal ones"""
    X = 0.003 * cloud(rng)
    _, _, T = student.whiten(X)
    T = np.asarray(T)
    expect_close(T @ T.T, np.linalg.inv(covariance(X) + 1e-5 * np.eye(3)), "T @ T.T", rtol=1e-6, atol=1e-6)
    gram = T.T @ T
    expect_close(gram, np.diag(np.diag(gram)), "T.T @ T", rtol=1e-6, atol=1e-6)


@points(1, after="test_decorrelated")
def test_fewer_directions_than_features(student, rng):
    """directions in which the data never vary are divided by the root of eps, not by 0"""
    X = cloud(rng, 12, 2) @ rng.normal(size=(2, 4))
    root = symmetric_root(X, 1e-2)
    Z, _, T = student.whiten(X, 1e-2, True)
    expect_close(T, root, "T", rtol=1e-6, atol=1e-6)
    expect(bool(np.isfinite(np.asarray(Z)).all()), "Z holds numbers that are not finite.")


@points(0.5, after="test_decorrelated")
def test_input_is_kept(student, rng):
    """X keeps its values"""
    X = cloud(rng)
    with unchanged(X=X):
        student.whiten(X, 1e-5)


@points(0.5, after="test_zca")
def test_single_precision(student, rng):
    """float32 data give a float32 Z, mean and T"""
    X = cloud(rng).astype(np.float32)
    for zca in (False, True):
        for part, name in zip(student.whiten(X, 1e-5, zca), ("Z", "mean", "T"), strict=True):
            expect_dtype(part, np.float32, name)


test_special_sizes = contract.agrees(
    "whiten",
    special,
    sentence="one feature, one example, and as many examples as features are like any other",
    points=0.5,
    after="test_zca",
    squeeze=True,
)


def covariance(X):
    """Return the covariance (D, D), half the mean product of the differences of two examples."""
    differences = (X[:, None] - X[None, :]).reshape(-1, X.shape[1])
    return differences.T @ differences / len(differences) / 2


def symmetric_root(X, eps):
    """Return the symmetric T with T @ T = (covariance + eps)^-1, by Newton's iteration for the root."""
    target = np.linalg.inv(covariance(X) + eps * np.eye(X.shape[1]))
    root, other = target, np.eye(len(target))
    for _ in range(40):
        root, other = (root + np.linalg.inv(other)) / 2, (other + np.linalg.inv(root)) / 2
    return root


# ---------------------------------------------------------------- right, written differently


@variant("whiten")
def plain(X, eps=1e-5, zca=False):
    kind = X.dtype
    mean = X.mean(axis=0)
    centred = X - mean
    C = centred.T @ centred / len(X)
    values, axes = np.linalg.eigh(C)
    scale = np.sqrt(values + eps)
    T = axes / scale
    if zca:
        T = T @ axes.T
    T = T.astype(kind)
    return centred @ T, mean, T


@variant("whiten")
def by_singular_values(X, eps=1e-5, zca=False):
    mean = np.sum(X, axis=0) / X.shape[0]
    centred = X - mean
    _, s, rows = np.linalg.svd(np.vstack([centred, np.zeros((X.shape[1], X.shape[1]))]))
    T = rows.T @ np.diag((s**2 / X.shape[0] + eps) ** -0.5)
    T = (T @ rows if zca else T).astype(X.dtype)
    return (centred @ T).astype(X.dtype), mean.astype(X.dtype), T


@variant("whiten")
def one_axis_at_a_time(X, eps=1e-5, zca=False):
    n, d = X.shape
    mean = X.mean(axis=0)
    C = np.zeros((d, d))
    for row in X - mean:
        C += np.outer(row, row) / n
    values, axes = np.linalg.eigh(C)
    T = np.zeros((d, d))
    for k in range(d):
        along = axes[:, k] / np.sqrt(values[k] + eps)
        if zca:
            T += np.outer(along, axes[:, k])
        else:
            T[:, k] = along
    T = T.astype(X.dtype)
    return (X - mean) @ T, mean, T


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "not_centred": ("centred = X - mean -> centred = X",
        "Your data seem not to be centred. What does the mean do to a covariance?"),
    "covariance_not_centred": ("C = centred.T @ centred -> C = X.T @ X",
        "Your covariance seems to contain the mean. Which huge eigenvalue does it bring?"),
    "divided_by_eigenvalues": ("np.sqrt(values + eps) -> (values + eps)",
        "You seem to divide by the eigenvalues. What is the unit of a variance, and what that of a length?"),
    "not_divided": ("T = axes / scale -> T = axes.copy()",
        "Your data are turned and not stretched. What are their variances?"),
    "multiplied": ("axes / scale -> axes * scale",
        "You seem to stretch the long axes further."),
    "covariance_not_divided": (" / len(X) -> ",
        "Your covariance grows with the number of examples. Which average is it?"),
    "unbiased": (" / len(X) ->  / max(len(X) - 1, 1)",
        "Your covariance seems to be divided by N - 1. What do the conventions say?"),
    "divided_by_features": (" / len(X) ->  / X.shape[1]",
        "Your covariance seems to be divided by the number of features. Which axis counts the examples?"),
    "rows_for_columns": ("T = axes / scale -> T = (axes / scale).T", "if zca: -> if False:",
        "Your axes seem to lie in the rows of T. Which way round does eigh return them?"),
    "scaled_along_the_other_axis": ("axes / scale -> axes / scale[:, None]",
        "Your scale seems to go along the features, not along the axes."),
    "only_standardized": ("T = axes / scale -> axes = np.eye(X.shape[1]); T = np.diag(1 / np.sqrt(np.diag(C) + eps))",
        "Each feature has variance 1, but they are still correlated. Along which axes should you stretch?"),
    "standardized_first": ("centred = X - mean -> centred = (X - mean) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)",
        "You seem to whiten standardized data. Is (X - mean) @ T still what you return?"),
    "of_the_correlation": (
        "values, axes = np.linalg.eigh(C) -> s = np.sqrt(np.diag(C)) + 1e-300; values, axes = np.linalg.eigh(C / "
        "np.outer(s, s))",
        "Your axes seem to be those of the correlations. Do the features' own spreads not count?"),
    "eps_outside_the_root": ("np.sqrt(values + eps) -> np.sqrt(np.maximum(values, 0)) + eps",
        "Your eps seems to stand outside the root. What do the conventions say?"),
    "eps_forgotten": ("np.sqrt(values + eps) -> np.sqrt(np.abs(values))",
        "eps seems to be missing. By what are directions divided in which nothing varies?"),
    "eps_as_a_floor": ("values + eps -> np.maximum(values, eps)",
        "Your eps seems to be a floor. Where does the formula add it?"),
    "eps_of_its_own": ("values + eps -> values + 1e-5",
        "Your eps seems to be a number of your own."),
    "another_default": ("eps=1e-5 -> eps=1e-8",
        "Your eps seems to have another default than the stub's."),
    "zca_by_default": ("zca=False -> zca=True",
        "Without more, your data seem to be turned back. What does the stub say about zca?"),
    "zca_ignored": ("if zca: -> if False:",
        "zca seems to change nothing. How do the whitened data get back to where they were?"),
    "zca_turned_the_wrong_way": ("T @ axes.T -> T @ axes",
        "Your data seem to be turned once more instead of back. What undoes a turn?"),
    "zca_without_scale": ("T = T @ axes.T -> T = axes @ axes.T",
        "With zca, your data come back as they were. Where has the stretching gone?"),
    "zca_scaled_twice": ("T = T @ axes.T -> T = T @ (axes / scale).T",
        "With zca, you seem to stretch twice."),
    "by_cholesky": (
        "T = axes / scale -> T = np.linalg.inv(np.linalg.cholesky(C + eps * np.eye(len(C)))).T; axes = axes if zca "
        "else axes",
        "    if zca:\n        T = T @ axes.T -> \n    if zca:\n        T = axes / scale @ axes.T",
        "Your data are white, but your axes are not the principal ones."),
    "mean_of_the_whitened": ("return centred @ T, mean, T -> return centred @ T, (centred @ T).mean(axis=0), T",
        "The mean that you return seems to be that of Z. What does somebody need who whitens new data?"),
    "one_mean_for_all": ("mean = X.mean(axis=0) -> mean = np.full(X.shape[1], X.mean(), X.dtype)",
        "One mean seems to serve all features."),
    "mean_of_each_example": (
        "mean = X.mean(axis=0) -> mean = X.mean(axis=1)",
        "centred = X - mean -> centred = X - mean[:, None]",
        "A mean seems to be taken for each example. Are examples rows or columns?"),
    "mean_added_again": ("return centred @ T -> return centred @ T + mean",
        "Your whitened data seem to be moved away from 0 again."),
    "T_of_another_map": ("return centred @ T, mean, T -> return centred @ T, mean, T.T",
        "The T that you return does not make your Z."),
    "edited": ("centred = X - mean -> X -= mean; centred = X",
        "You seem to subtract inside the caller's X."),
    "in_float64": ("kind = X.dtype -> kind = float; X = X.astype(float)",
        "What you return is float64, whatever comes in."),
})
