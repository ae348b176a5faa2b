"""What each column of an array is off by is found where every column is, and only there."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.checking.lines import off_in_each

RNG = np.random.default_rng(0)
X, DOUT = RNG.normal(size=(2, 6, 3))
IMAGES = RNG.normal(size=(2, 3, 2, 2))
OWN = np.array([2.0, -0.5, 3.0])
GIVEN = {"dout": DOUT, "cache[0]": X, "images": IMAGES, "gamma": OWN}


@pytest.mark.parametrize(
    ("difference", "says"),
    [
        (OWN * X, "In each column it is off by a multiple of `cache[0]`."),
        (OWN * X + OWN[::-1], "In each column it is off by a multiple of `cache[0]` and a constant."),
        (OWN[:, None, None] * IMAGES, "In each channel it is off by a multiple of `images`."),
        (X * DOUT, ""),
        (0 * X, ""),
        (OWN[:, None] * X.T, ""),
        (OWN, ""),
    ],
)
def test_off_in_each(difference: np.ndarray, says: str) -> None:
    """One multiple for a column, with or without a shift; other shapes and other numbers say nothing."""
    assert off_in_each(difference, GIVEN) == says


def test_few_rows_fit_anything() -> None:
    """Three rows say nothing, and four say nothing of a multiple with a shift."""
    assert off_in_each(OWN * X[:3], {"x": X[:3]}) == ""
    assert off_in_each((OWN * X + OWN)[:4], {"x": X[:4]}) == ""
    assert off_in_each((OWN * X)[:4], {"x": X[:4]}) != ""
