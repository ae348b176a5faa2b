"""An assignment as a student meets it: it runs from top to bottom, finished, untouched, or without a guess."""

from __future__ import annotations

import pytest

import re

from autograder.authoring.course import Assignment
from autograder.tests.assignments.notebook import Notebook

pytestmark = pytest.mark.slow

WAITS = "something to show|cannot be shown|cells above|First make"
CALM = "something to show|First make a guess|told as soon as"


def test_solved_notebook_shows_everything(assignment: Assignment, notebook: Notebook) -> None:
    """With the solutions and predictions in place no cell waits, every prediction is answered, every mark in reach."""
    assert [text for _, text in notebook.shown if re.search(WAITS, text)] == []
    reveals = [cell for cell in assignment.cells if "reveal(" in cell.source]
    assert sum("predicted" in text for _, text in notebook.shown) == len(reveals)
    for text in notebook.of("stages("):
        assert re.match(r"(\d+) of \1 steps passed", text)
    marks, count = sum(cell.points for cell in assignment.exercises), len(assignment.exercises)
    for text in notebook.of("progress()"):
        passes = rf"{count} of {count} exercises pass\w* \w+ visible checks, worth {marks:g} of {marks:g} marks"
        assert re.match(passes, text), text


def test_untouched_notebook_is_calm(assignment: Assignment, untouched: Notebook) -> None:
    """With nothing written, each figure of the student's own says what it waits for, and nothing is raised."""
    waiting = untouched.of("when_ready():") + untouched.of("once_passed(")
    assert [text for text in waiting if not re.search(f"{CALM}|0 of \\d+ steps", text)] == []
    assert len(untouched.of("when_ready():")) == sum("when_ready():" in cell.source for cell in assignment.cells)
    for text in untouched.of("progress()"):
        assert text.startswith(f"0 of {len(assignment.exercises)} exercises")


def test_prediction_comes_first(assignment: Assignment, unpredicted: Notebook) -> None:
    """A figure with a prediction before it waits for the prediction, solved or not."""
    waits = sum(text.startswith("First make a guess") for _, text in unpredicted.shown)
    assert waits == sum("reveal(" in cell.source for cell in assignment.cells)
