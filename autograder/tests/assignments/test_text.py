"""What an assignment says is true: each formula and each number is compared with its code."""

from __future__ import annotations

import pytest

from typing import Any

import numpy as np

from autograder.authoring.course import BEGIN, Assignment
from autograder.tests.assignments import conftest
from autograder.tests.assignments.text import Text

pytestmark = pytest.mark.slow


def test_somebody_vouches_for_the_text(name: str) -> None:
    """An assignment has a file of claims; the refusal names it."""
    where = f"autograder/tests/assignments/claims/{name}.py"
    assert conftest.has_claims(name), f"Nobody vouches for what {name} says. Write {where}: FORMULAS, and a function for each number."


def test_every_displayed_formula_has_a_claim(name: str, says: Text) -> None:
    """The formulas of the text are those of the claims, letter by letter and in order."""
    assert says.formulas == list(conftest.claims_of(name).FORMULAS)


def test_formula(name: str, formula: str, solution: dict[str, Any]) -> None:
    """What a formula says is what the reference solution returns."""
    for got, expected in conftest.claims_of(name).FORMULAS[formula](solution):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


def test_claim(request, name: str, claim: str) -> None:
    """What the text says in numbers and words is what the code gives."""
    function = getattr(conftest.claims_of(name), claim)
    function(**{wanted: request.getfixturevalue(wanted) for wanted in conftest.wants(function)})


def test_every_percentage_has_a_claim(name: str, says: Text, solution: dict[str, Any]) -> None:
    """A share that the text states is computed by somebody; a claim says the sentence it stands in."""
    given = {"says": says, "solution": solution}
    for function in (getattr(conftest.claims_of(name), claim) for claim in conftest.claims_in(conftest.claims_of(name))):
        if "says" in conftest.wants(function) <= set(given):
            function(**{wanted: given[wanted] for wanted in conftest.wants(function)})
    assert says.percentages_of_nobody() == []


def test_marks_table(assignment: Assignment, says: Text) -> None:
    """The table of marks names every function, and gives its minutes and its marks."""
    for number, cell in enumerate(assignment.exercises, start=1):
        says(f"| {number} | {', '.join(f'`{name}`' for name in cell.functions)} | {cell.minutes} | {cell.points:g} |")
    if assignment.questions:
        minutes, points = (sum(getattr(q, part) for q in assignment.questions) for part in ("minutes", "points"))
        says(f"in words | {minutes} | {points:g} |")


def test_every_question_has_a_rubric(assignment: Assignment) -> None:
    """A marker finds in each question what earns the mark and which wrong ideas to expect."""
    for question in assignment.questions:
        rubric = question.source.split(BEGIN)[1]
        assert "**Rubric.**" in rubric
        assert "**Common wrong ideas.**" in rubric
