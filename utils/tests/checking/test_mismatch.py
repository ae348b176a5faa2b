"""Tests of the sentence that says how a result differs."""

from __future__ import annotations

import doctest
import timeit

import numpy as np
import pytest
from zeromean.checking import mismatch
from zeromean.checking.mismatch import describe_mismatch

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

CUBE = np.zeros((2, 4, 3))


def changed(**entries: float) -> np.ndarray:
    """Return a copy of X with other entries: ``at_0_1=7`` sets X[0, 1]."""
    copy = X.copy()
    for name, value in entries.items():
        copy[tuple(map(int, name.split("_")[1:]))] = value
    return copy


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (X.copy(), X),
        (X + 1e-12, X),
        (X.astype(np.float32), X),
        ([X, 1.0], (X.copy(), 1.0)),
        (np.float64(2), 2.0),
        (np.array(2.0), 2.0),
        (2, 2.0),
        (2.0, 2),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        ({"a": X, "n": None, "m": "train"}, {"a": X.copy(), "n": None, "m": "train"}),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array(["a"]), np.array(["a"])),
        (np.array([1, 2], np.uint8), np.array([1, 2])),
        ((), ()),
    ],
)
def test_equal(got: object, expected: object) -> None:
    """What agrees within the tolerance needs no sentence."""
    assert describe_mismatch(got, expected, "out") is None


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (X.T, X, "out has shape (3, 2), expected (2, 3): transposed?"),
        (X[:, :, None], X, "out has shape (2, 3, 1), expected (2, 3): an axis of length 1 too many?"),
        (X[0], X[:1], "out has shape (3,), expected (1, 3): an axis of length 1 too few?"),
        (CUBE, CUBE.swapaxes(1, 2), "out has shape (2, 4, 3), expected (2, 3, 4): axes in another order?"),
        (X[0], X, "out has shape (3,), expected (2, 3)"),
        (1.5, X, "out is the number 1.5, expected an array of shape (2, 3)"),
        (X, 1.5, "out has shape (2, 3), expected a single number"),
        (None, X, "out is None, expected an array of shape (2, 3)"),
        (None, 1.5, "out is None, expected a number"),
        ([1, 2], X, "out is a list of 2, expected an array of shape (2, 3)"),
        ("x", X, "out is a str, expected an array of shape (2, 3)"),
        (X > 2, X, "out holds True/False (bool), expected floating-point numbers"),
        (X.astype(int), X, "out holds integers (int64), expected floating-point numbers"),
        (X.astype(object), X, "out holds something else than numbers (object), expected floating-point numbers"),
        (changed(at_1_2=7), X, "out: 1 of 6 entries differs; the worst is out[1, 2]: got 7, expected 6"),
        (changed(at_0_0=0, at_1_2=9), X, "out: 2 of 6 entries differ; the worst is out[1, 2]: got 9, expected 6"),
        (changed(at_0_1=np.nan), X, "out: 1 of 6 entries is nan; the first is out[0, 1], expected 2"),
        (
            changed(at_0_1=np.inf, at_1_0=-np.inf),
            X,
            "out: 2 of 6 entries are infinite; the first is out[0, 1], expected 2",
        ),
        (changed(at_0_1=2.000001), X, "out: 1 of 6 entries differs; the worst is out[0, 1]: got 2.000001, expected 2"),
        (X[0] > 0, X[0] < 2.5, "out: 1 of 3 entries differs; the worst is out[2]: got True, expected False"),
        (2.5, 2.0, "out: got 2.5, expected 2"),
        (np.nan, 2.0, "out: got nan, expected 2"),
        pytest.param(-(10**1200), X, "out is the number -1e+1200, expected an array of shape (2, 3)", id="huge"),
        pytest.param(
            10**400, 2.0, "out holds something else than numbers (object), expected floating-point numbers", id="large"
        ),
        (True, False, "out: got True, expected False"),
        (3, None, "out is the number 3, expected None"),
        (X, None, "out is an array of shape (2, 3), expected None"),
        ("test", "train", "out is 'test', expected 'train'"),
        (X, (X, X), "out is an array of shape (2, 3), expected a tuple of 2"),
        ((X,), (X, X), "out has 1 part, expected 2"),
        ((X, X, X), (X, X), "out has 3 parts, expected 2"),
        ((X, 1.0), (X, 2.0), "out[1]: got 1, expected 2"),
        ([], {"a": 1}, "out is a list of 0, expected a dict"),
        ({"b": 1}, {"a": 1}, "out has no 'a'; it has 'b'"),
        ({}, {"a": 1}, "out has no 'a'; it has no keys at all"),
        ({"a": 1, "b": 1}, {"a": 1}, "out has 'b', which is not expected"),
        (
            {"a": {"m": X[0]}},
            {"a": {"m": X[1]}},
            "out['a']['m']: 3 of 3 entries differ; the worst is out['a']['m'][0]: got 1, expected 4",
        ),
        (range(2), 1.0, "out is a range, expected a number"),
        (object(), "a", "out is an object, expected a str"),
    ],
)
def test_sentence(got: object, expected: object, sentence: str) -> None:
    """The sentence names what is compared, shape before value, and the worst entry."""
    assert describe_mismatch(got, expected, "out") == sentence


def test_tolerances_add_up() -> None:
    """An entry may be off by the absolute and the relative tolerance together."""
    assert describe_mismatch(np.array([100.0]), np.array([101.1]), rtol=0.01, atol=0.1) is None
    assert describe_mismatch(np.array([100.0]), np.array([101.2]), rtol=0.01, atol=0.1)


def test_equal_is_fast() -> None:
    """Suites compare thousands of arrays for a class, so the equal case must cost next to nothing."""
    other = X.copy()
    best = min(timeit.repeat(lambda: describe_mismatch(X, other, "out"), number=200, repeat=20)) / 200
    assert best < 30e-6


def test_examples() -> None:
    """The examples of the docstring are true."""
    assert doctest.testmod(mismatch).failed == 0
