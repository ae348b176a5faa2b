"""Experiments below an answer cost nothing, and are spoken of; a person is asked only where marks are missing."""

from __future__ import annotations

import pytest
from nbformat import v4

from autograder.gradebook.experiments import home_cells

GOOD, BAD = "def double(x):\n    return TWO * x", "def double(x):\n    return x"
SAID = "`double` was judged as its own cell defined it: a later cell changed or deleted "


def _with_below(notebook, *sources):
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "check-double")
    notebook.cells[place + 1 : place + 1] = [v4.new_code_cell(source) for source in sources]
    notebook.cells.insert(2, v4.new_code_cell("TWO = 2"))
    return notebook


@pytest.mark.parametrize(
    ("later", "names"),
    [(BAD, "`double` itself"), ("TWO = 3", "`TWO`"), ("del TWO, double", "`double` itself and `TWO`"), ("1", None)],
)
def test_a_later_cell_costs_nothing_and_is_said(grader, answered, as_bytes, later, names):
    """Right answers keep all marks; nobody is asked, since no other reading could earn more."""
    record = grader.grade(as_bytes(_with_below(answered(double=GOOD), later)), "ann").record
    assert [exercise.score for exercise in record.exercises] == [2, 4]
    assert record.notes == ((f"{SAID}{names}.",) if names else ())
    assert not record.needs_person


def test_of_two_answers_the_cell_of_the_exercise_counts_and_a_person_is_asked(grader, answered, as_bytes):
    """A wrong answer with a right one in a cell below has two readings."""
    record = grader.grade(as_bytes(_with_below(answered(double=BAD), GOOD)), "ann").record
    assert record.exercises[0].score == 0
    assert record.repairs == (f"{SAID}`double` itself.",)
    assert record.needs_person


def test_the_home_of_a_function_is_its_own_cell_or_the_last_that_defines_it(assignment):
    """A cell that only mentions a function is not its home."""
    cells = [
        ("double", BAD),
        ("own-1", GOOD),
        ("pair", "first = 1 +"),
        ("own-2", "def first(): 1"),
        ("own-3", "first()"),
    ]
    assert home_cells(assignment, cells) == {0: ["double"], 3: ["first"]}
