"""Expectations of answers that are not unique: told to whoever listens, and failed in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from autograder import suite
from autograder.suite.expectations import CheckFailed, Misfit
from autograder.suite.listening import Question, listening

SQUARE = np.eye(3)


def test_each_asks_the_question_of_its_name() -> None:
    """A recorder hears the name, the object itself, what is expected, and every option."""
    heard: list[Question] = []
    rng, moved = np.random.default_rng(1), np.random.default_rng(1)
    moved.random()
    white = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    with listening(heard.append):
        suite.expect_up_to_sign(-SQUARE, SQUARE, "V")
        suite.expect_whitened(white, "Z")
        suite.expect_orthogonal(2 * SQUARE, "U", scale=2.0)
        suite.expect_moments(np.random.default_rng(0).normal(size=5000), 1.0, "W")
        suite.expect_same_affine_map((np.zeros(3), SQUARE, SQUARE, np.zeros(3)), SQUARE, SQUARE)
        suite.expect_drawn_from(moved, rng)
    suite.expect_orthogonal(SQUARE)
    names = ["up_to_sign", "whitened", "orthogonal", "moments", "same_affine_map", "drawn_from"]
    assert [question.comparison for question in heard] == names
    assert heard[1].got is white
    assert (heard[2].what, heard[2].options["scale"]) == ("U", 2.0)
    assert heard[5].expected is rng


def test_failures_are_sentences() -> None:
    """A wrong answer fails the check, and one that has no place fails it with its own sentence."""
    with pytest.raises(CheckFailed, match="the rows of U should have length 1; that of number 0 is 2"):
        suite.expect_orthogonal(2 * SQUARE, "U")
    with pytest.raises(CheckFailed, match="U has shape"):
        suite.expect_orthogonal(Misfit("U has shape (3,)"), "U")
    with pytest.raises(CheckFailed, match="V has shape"):
        suite.expect_same_affine_map((SQUARE, Misfit("V has shape (3,)"), SQUARE, SQUARE), SQUARE, SQUARE)
