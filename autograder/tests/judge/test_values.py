"""Arguments and results are copied, compared for layout, and compared for equality."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.checking.layout import ANYTHING, Cache, alike, fits, structure_mismatch

from autograder.judge.values import copied, held_arrays, references_side, students_side

A = np.arange(6.0).reshape(2, 3)


def test_copies_are_deep_and_exact() -> None:
    """No array of a copy shares memory with the original, whatever container it is in; layouts stay."""
    given = (A, [A, {"w": A, "n": None}], 1.5, "train", np.float32(2), np.random.default_rng(0))
    copy = copied(given)
    for array in (copy[0], copy[1][0], copy[1][1]["w"]):
        assert not np.shares_memory(array, A)
        np.testing.assert_array_equal(array, A)
    assert copy[2:5] == given[2:5]
    assert copy[5] is not given[5]
    assert copy[5].random() == np.random.default_rng(0).random()
    assert copied(np.ma.masked_array([1.0])).__class__ is np.ndarray
    assert copied(len) is len


def test_both_sides_of_a_cache() -> None:
    """A student's cache goes to the student's function and the reference's to the reference's, at any depth."""
    cache = Cache("theirs", "ours")
    states = [A, {"a": 1}]
    assert students_side((A, [cache, (cache,)]))[1] == ["theirs", ("theirs",)]
    assert references_side((cache,)) == ("ours",)
    assert students_side((states,))[0] is states, "a list without a cache must stay the object that a call changes"
    assert copied(cache) is cache


def test_held_arrays_are_those_inside_containers() -> None:
    """Arrays that a call could exchange for others are found, the arguments themselves left out."""
    inner, deep, last = np.zeros(1), np.ones(1), np.ones(2)
    found = held_arrays((A, {"m": inner, "more": [deep]}), {"state": (last,)})
    assert [id(array) for array in found] == [id(inner), id(deep), id(last)]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (A, A * np.nan),
        (A.astype(np.float32), A),
        ([A, 1.0], (A, 2.0)),
        (np.zeros(2), [1.0, 2.0]),
        ({"m": 1.0, "extra": "kept"}, {"m": 2.0}),
        (3, 2.5),
        (np.array(3.0), 2.5),
        (np.int64(3), 4),
        ("anything", None),
        ("anything", ANYTHING),
        (Cache(1, 2), A),
        ((), ()),
    ],
)
def test_what_fits(got: Any, expected: Any) -> None:
    """Values, spare keys, and what nobody looks at do not matter for the layout."""
    assert fits(got, expected)
    assert structure_mismatch(got, expected, "out") is None


@pytest.mark.parametrize(
    ("got", "expected", "sentence"),
    [
        (A.T, A, "out has shape (3, 2), expected (2, 3): transposed?"),
        (A[None], A, "out has shape (1, 2, 3), expected (2, 3): an axis of length 1 too many?"),
        (A.astype(int), A, "out holds integers (int64), expected floating-point numbers"),
        (A.astype(object), A, "out holds something else than numbers (object), expected floating-point numbers"),
        (A + 0j, A, "out holds something else than numbers (complex128), expected floating-point numbers"),
        (A.tolist(), A, "out is a list of 2, expected an array of shape (2, 3)"),
        (1.0, A, "out is the number 1, expected an array of shape (2, 3)"),
        (None, A, "out is None, expected an array of shape (2, 3)"),
        (A, 1.0, "out has shape (2, 3), expected a single number"),
        ("1", 1.0, "out is a str, expected a number"),
        ((A, A), (A, A, A), "out has 2 parts, expected 3"),
        ((A, A.T), (A, A), "out[1] has shape (3, 2), expected (2, 3): transposed?"),
        (np.zeros(2), (1.0, 2.0), "out is an array of shape (2,), expected a tuple of 2"),
        ({"v": A}, {"m": A}, "out has no 'm'; it has 'v'"),
        ({"v": A, "m": A.T}, {"m": A}, "out['m'] has shape (3, 2), expected (2, 3): transposed?"),
        (A, {"m": A}, "out is an array of shape (2, 3), expected a dict"),
        (1, "text", None),
    ],
)
def test_what_does_not_fit(got: Any, expected: Any, sentence: str | None) -> None:
    """The sentence names the part that is laid out in another way."""
    assert structure_mismatch(got, expected, "out") == sentence


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (A, A * (1 + 1e-12)),
        (np.array([np.nan, np.inf, 1.0]), np.array([np.nan, np.inf, 1.0 + 1e-12])),
        (1.0, np.float64(1.0)),
        ((A, "a"), [A, "a"]),
        (ANYTHING, A),
        (np.array([1, 2]), np.array([1, 2])),
        (np.float32([1.0]), np.float32([1.00001])),
        (np.zeros(0), np.zeros(0)),
    ],
)
def test_alike(got: Any, expected: Any) -> None:
    """Two programs with one idea agree up to rounding, and NaN with NaN."""
    assert alike(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (A, A * (1 + 1e-6)),
        (A, A.astype(np.float32)),
        (A, A[:1]),
        (A, None),
        (np.array([np.nan]), np.array([1.0])),
        (np.array([1.0]), np.array([np.nan])),
        (np.array([np.inf]), np.array([-np.inf])),
        ((A,), (A, A)),
        ({}, {"m": A}),
        ({"m": A, "own": 3}, {"m": A}),
        ("a", "b"),
        (np.array(["a"]), np.array(["a"])),
    ],
)
def test_not_alike(got: Any, expected: Any) -> None:
    """Another value, dtype, shape or container is another idea; no comparison raises."""
    assert not alike(got, expected)
