"""The judge of an assignment; nothing of nbgrader is imported for it."""

from __future__ import annotations

from autograder.authoring.course import Assignment
from autograder.judge.judge import Judge


def judge_for(assignment: Assignment) -> Judge:
    """Return the judge of an assignment: its suites collected, its reference solution run."""
    exercises = [(cell.name, cell.points, cell.functions) for cell in assignment.exercises]
    return Judge(assignment.suite, assignment.reference_cells, exercises)
