"""In what way an array is wrong is said where something simple turns the right one into it, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.checking import patterns
from zeromean.checking.patterns import regularity

RIGHT = np.random.default_rng(0).normal(size=(5, 4))
IMAGES = np.random.default_rng(1).normal(size=(2, 3, 4, 2))
OWN = np.array([2.0, -3.0, 0.5, 4.0])


@pytest.mark.parametrize(
    ("got", "expected", "says"),
    [
        (3 * RIGHT, RIGHT, "Every entry is 3 times what it should be."),
        (-RIGHT, RIGHT, "Every entry is minus what it should be."),
        (RIGHT - 0.25, RIGHT, "Every entry is off by the same amount, -0.25."),
        (0 * RIGHT, RIGHT, "Every entry is 0."),
        (0 * RIGHT + 2, RIGHT, "All entries are the same."),
        (OWN * RIGHT, RIGHT, "Each column is a multiple of what it should be."),
        (RIGHT + OWN, RIGHT, "In each column, every entry is off by the same amount."),
        (RIGHT + np.arange(5)[:, None], RIGHT, "In each row, every entry is off by the same amount."),
        (OWN * RIGHT + 1, RIGHT, "Each column is what it should be, but scaled and shifted."),
        (
            IMAGES * OWN[:3, None, None],
            IMAGES,
            "Each channel is a multiple of what it should be.",
        ),
        (RIGHT * np.where(RIGHT > 0.5, -1, 1), RIGHT, "Only signs are wrong."),
        (RIGHT[:4].T, RIGHT[:4], "Rows and columns are exchanged."),
        (RIGHT[::-1], RIGHT, "The numbers are the right ones, in another order."),
        (1 / RIGHT, RIGHT, "Every entry is one over what it should be."),
        (RIGHT**2, RIGHT, "Every entry is the square of what it should be."),
        (np.abs(RIGHT), RIGHT**2, "Every entry is the root of what it should be."),
        (np.sin(RIGHT), RIGHT, ""),
        (RIGHT[:2] + OWN[:2, None] * RIGHT[:2, ::-1], RIGHT[:2], ""),
        (np.array([1.0, 5.0]), np.array([2.0, 3.0]), ""),
        (np.array([np.nan, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]), ""),
        (np.array(np.nan), np.array(0.3), patterns.NAN),
        (np.array([-np.inf]), np.array([0.3]), patterns.INFINITE),
        (np.array([1, 2]), np.array([2, 4]), "Every entry is 0.5 times what it should be."),
        (np.array(["a", "b"]), np.array([2, 4]), ""),
    ],
)
def test_what_is_regular(got: np.ndarray, expected: np.ndarray, says: str) -> None:
    """One factor or amount for all or for each line, another order, signs, roots; chance says nothing."""
    assert regularity(got, expected) == says


def test_random_arrays_have_nothing_in_common() -> None:
    """No sentence is said of two arrays that have nothing to do with each other."""
    rng = np.random.default_rng(2)
    shapes = [(3,), (4, 3), (3, 4), (2, 3, 2), (6,), (2, 2)]
    assert {regularity(rng.normal(size=s), rng.normal(size=s)) for s in shapes for _ in range(50)} == {""}
