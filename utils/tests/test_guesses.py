"""A guess is shown short, and told how near it came."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.guesses import short, verdict


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1024, "1024"),
        (0.65132, "0.651"),
        (-1e-17, "0"),
        ([2, 8.0], "2, 8"),
        (np.array([[0.5]]), "0.5"),
        (float("nan"), "nan"),
        (True, "True"),
        ("error", "error"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_values_are_short(value, text):
    """Numbers show three digits, whole numbers all of theirs, the rest as it is."""
    assert short(value) == text


@pytest.mark.parametrize(
    ("mine", "right", "said"),
    [
        (5, [[5.0]], "✓"),
        (0.64, 0.65132, "✓"),
        (0.5, 0.65132, "off by 23 %"),
        (1, 1 / 1024, "1024 times too large"),
        (2, 1000, "500 times too small"),
        (0, 1e-17, "✓"),
        (1, 1e-17, "✗ it is 0"),
        (0, 3, "✗ it is not 0"),
        (-2, 2, "the other sign"),
        ([2, 8], [2.0, 8.1], "✓"),
        ([8, 2], [2.0, 8.0], "4 times too large"),
        (0, np.zeros(3), "✓"),
        ([1, 2], [1, 2, 3], "✗ 3 numbers, not 2"),
        (1, [], "✗ 0 numbers, not 1"),
        (float("inf"), 1, "✗"),
        (True, True, "✓"),
        (False, np.bool_(True), "✗"),
        (3, "error", "✗"),
        ("error", "error", "✓"),
        ([1.0, "a"], [1.0, "a"], "✓"),
    ],
)
def test_verdicts(mine, right, said):
    """A hit is within five per cent; a miss says by how much, or in what."""
    assert verdict(mine, right) == said
