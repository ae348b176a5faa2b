"""Turns a record into what nbgrader keeps: a mark for each grade cell, a comment for each answer."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_grade, is_solution

from autograder.judge.record import Record

NO_RESPONSE = "No response."


@dataclass(frozen=True)
class Marks:
    """By grade_id: marks given (None: a person must decide), and comments (None: none)."""

    scores: dict[str, float | None]
    comments: dict[str, str | None]


def auto_score(cell: NotebookNode, record: Record | None) -> float | None:
    """Return the mark of a grade cell, from the record alone; None while a person must decide.

    A question is for a person, unless it was left as it was. Outputs are never looked at.
    """
    if record is None or not record.fingerprint:
        return None
    if is_solution(cell):
        return 0.0 if untouched(cell) else None
    exercises = {f"check-{exercise.name}": exercise for exercise in record.exercises}
    exercise = exercises.get(cell.metadata.nbgrader.grade_id)
    return exercise.score if exercise else None


def untouched(cell: NotebookNode) -> bool:
    """Whether an answer cell is as it was released."""
    return bool(cell.metadata.nbgrader.get("checksum") == compute_checksum(cell))


def marks(notebook: NotebookNode, record: Record) -> Marks:
    """Return all marks and comments of a graded notebook."""
    cells = [(cell.metadata.nbgrader.grade_id, cell) for cell in notebook.cells if "nbgrader" in cell.metadata]
    scores = {name: auto_score(cell, record) for name, cell in cells if is_grade(cell)}
    comments = {name: NO_RESPONSE if untouched(cell) else None for name, cell in cells if is_solution(cell)}
    return Marks(scores, comments)
