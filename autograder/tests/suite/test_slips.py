"""A wrong program may be written as edits of a right one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from autograder.suite import variant
from autograder.suite.slips import slip


@variant("double")
def right(x: float) -> float:
    """Return twice x."""
    return 2 * x


def wrong_with(*edits: str) -> Callable[..., Any]:
    """Return the program that comes of the edits."""

    @slip(right, *edits)
    def wrong() -> None:
        """Your double seems
        to be something else.
        """  # noqa: D205 - a hint may take two lines

    return wrong


def test_edits_are_applied() -> None:
    """The program does what its edited source says, and its docstring is the hint of a misconception."""
    wrong = wrong_with("2 * x -> 3 * x", "3 * x -> 3 * x + 1")
    assert wrong(2) == 7
    assert wrong.__replaces__.functions == ("double",)
    assert wrong.__replaces__.hint == "Your double seems to be something else."


def test_source_can_be_read() -> None:
    """The sample class hands in the source, which starts at the function's name."""
    assert inspect.getsource(wrong_with("2 * x -> 3 * x")).splitlines()[0] == "def wrong(x: float) -> float:"


@pytest.mark.parametrize("edit", ["4 * x -> 3 * x", "2 * x", "2*x -> 3*x"])
def test_edits_that_do_not_fit_are_refused(edit: str) -> None:
    """An edit that finds nothing to change would make a right program pass for a wrong one."""
    with pytest.raises(ValueError, match=r"wrong: cannot edit '.*' in right\. Write `before -> after`\."):
        wrong_with(edit)
