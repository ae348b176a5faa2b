"""Tests of the questions that checks ask: each accepts every right answer, and says what is wrong with others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.checking.comparisons import COMPARISONS

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 3)) @ RNG.normal(size=(3, 3)) + 5
TURN, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
WHITE = (X - X.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(X.T, bias=True))).T
DRAWS = RNG.normal(0.0, 0.05, (300, 200))
MAP = (X.mean(axis=0), TURN, TURN.T @ np.ones((3, 2)), X.mean(axis=0) @ np.ones((3, 2)))


def moved(by: int) -> np.random.Generator:
    """Return a generator from which some numbers were drawn."""
    rng = np.random.default_rng(7)
    rng.normal(size=by)
    return rng


@pytest.mark.parametrize(
    ("name", "got", "expected", "options"),
    [
        ("close", X + 1e-10, X, {}),
        ("unchanged", np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), {}),
        ("of_dtype", np.ones(2, np.float32), None, {"dtype": "float32"}),
        ("up_to_sign", TURN * [1, -1, -1], TURN, {}),
        ("whitened", WHITE @ TURN, None, {}),
        ("whitened", 2 * WHITE, 4 * np.eye(3), {}),
        ("orthogonal", TURN[:, :2] * [1, -1], None, {}),
        ("orthogonal", 3 * TURN[:2], None, {"scale": 3.0}),
        ("moments", DRAWS, None, {"std": 0.05}),
        ("moments", RNG.uniform(-1, 1, 9000), None, {"std": 3**-0.5, "kurtosis": 1.8}),
        ("same_affine_map", MAP, X @ np.ones((3, 2)), {"inputs": X}),
        ("drawn_from", moved(1), moved(0), {}),
    ],
)
def test_right_answers(name: str, got: Any, expected: Any, options: dict[str, Any]) -> None:
    """An answer that has the property is right, whichever it is."""
    assert COMPARISONS[name](got, expected, "out", **options) == ""


@pytest.mark.parametrize(
    ("name", "got", "expected", "options", "said"),
    [
        ("close", X + 1e-6, X, {}, "out: 1200 of 1200 entries differ"),
        ("unchanged", X + 1e-15, X, {}, "your function changed `out`, an array it was given. Work on a copy."),
        ("of_dtype", np.ones(2), None, {"dtype": "float32"}, "out has dtype float64, expected float32."),
        ("up_to_sign", TURN[:, ::-1], TURN, {}, "(the sign of a column does not matter)"),
        ("up_to_sign", TURN[:2], TURN, {}, "out has shape (2, 3), expected (3, 3)"),
        ("whitened", WHITE + 1, None, {}, "the mean of out over the examples: 3 of 3 entries differ"),
        ("whitened", 1.01 * WHITE, None, {}, "the covariance of out: 3 of 9 entries differ"),
        ("whitened", WHITE[0], None, {}, "out has shape (3,), expected one example per row"),
        (
            "orthogonal",
            np.ones((2, 2)) / 2**0.5,
            None,
            {},
            "the rows of out are not orthogonal: two have",
        ),
        ("orthogonal", 2 * TURN[:, :2], None, {}, "the columns of out should have length 1; that of number"),
        ("orthogonal", TURN * np.nan, None, {}, "out is not a matrix of finite numbers"),
        ("moments", 1.02 * DRAWS, None, {"std": 0.05}, "out has standard deviation 0.051"),
        ("moments", DRAWS + 0.01, None, {"std": 0.05}, "out has mean 0.01"),
        ("moments", RNG.uniform(-1, 1, 9000), None, {"std": 3**-0.5}, ", expected 3.00: are its draws those of"),
        ("moments", DRAWS * np.inf, None, {"std": 0.05}, "out holds numbers that are not finite"),
        ("same_affine_map", (*MAP[:3], MAP[3] + 1), X @ np.ones((3, 2)), {"inputs": X}, "out: 800 of 800 entries"),
        ("drawn_from", moved(0), moved(0), {}, "no number was drawn from `out`, the random generator that was handed"),
    ],
)
def test_wrong_answers(name: str, got: Any, expected: Any, options: dict[str, Any], said: str) -> None:
    """What is wrong is said in one sentence."""
    assert said in COMPARISONS[name](got, expected, "out", **options)
