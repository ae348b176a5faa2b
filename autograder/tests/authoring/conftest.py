"""A course of one small assignment, in folders of its own, so that an author's slips can be tried on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring import course

NAME = "a1_toy"
SOURCE = '''# %% [markdown]
# # Centring

# %%
import numpy as np

# %% exercise="centre" points=2
def centre(x):
    """Subtract from each feature its mean over the batch.

    Parameters
    ----------
    x : ndarray, shape (N, D), float
        One example per row.

    Returns
    -------
    out : ndarray, shape (N, D)
    """
    ### BEGIN SOLUTION
    return x - x.mean(axis=0)
    ### END SOLUTION

# %% check="centre"
check(centre)
'''
SUITE = '''
import numpy as np
from autograder.suite import equivalent, expect, expect_close, expect_dtype, expect_unchanged
from autograder.suite import misconception, points, slips, variant

@points(2, visible=True)
def test_values(student, rng):
    """each feature loses its own mean"""
    x = rng.uniform(1, 3, (4, 3))
    expected = x - x.sum(axis=0) / 4
    expect_close(student.centre(x), expected)

@points(1)
def test_input(student, rng):
    """x keeps its values, and float32 stays float32"""
    x = rng.uniform(1, 3, (4, 3)).astype(np.float32)
    before = x.copy()
    out = student.centre(x)
    expect_unchanged(x, before, "x")
    expect_dtype(out, np.float32)

@variant("centre")
def plain(x):
    mean = x.mean(axis=0)
    return x - mean

@variant("centre")
def by_the_sum(x):
    return x - np.sum(x, axis=0) / len(x)

WRONG = slips(plain, {
    "one_mean": ("axis=0 -> axis=None", "One mean for all?"),
    "sums": ("x.mean -> x.sum", "Is a sum a mean?"),
    "edits": ("return x - mean -> x -= mean; return x", "Whose array is that?"),
})
'''
Write = Callable[..., None]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return the function that writes the course, with edits ``old, new`` of its suite."""
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(course, "SUITES", tmp_path / "suites")

    def write(old: str = "", new: str = "") -> None:
        assert old in SUITE
        for path, text in (("solutions", SOURCE), ("suites", SUITE.replace(old, new) if old else SUITE + new)):
            folder = tmp_path / path / NAME
            folder.mkdir(parents=True, exist_ok=True)
            (folder / (f"{NAME}.py" if path == "solutions" else "test_centre.py")).write_text(text)

    return write
