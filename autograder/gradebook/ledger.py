"""Writes a whole class into nbgrader's gradebook: the rows that nbgrader itself would write, in few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from nbformat import NotebookNode
from nbgrader import api
from nbgrader.preprocessors import SaveCells

from autograder.errors import CourseError
from autograder.gradebook.marks import Marks
from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import Record

_STUDENT, _SUBMISSION = api.Student.__table__, api.SubmittedAssignment.__table__
_NOTEBOOK, _GRADE, _COMMENT = api.SubmittedNotebook.__table__, api.Grade.__table__, api.Comment.__table__


@dataclass(frozen=True)
class Entry:
    """What is written about one submission."""

    record: Record
    marks: Marks
    timestamp: dt.datetime | None


class Ledger:
    """One assignment of the gradebook at `db_url`, registered there if it is new; a context manager.

    Raises
    ------
    CourseError
        If cells were added or removed after submissions had been graded: nbgrader refuses that.
    """

    def __init__(self, db_url: str, assignment: str, instructor: NotebookNode) -> None:
        self.assignment = assignment
        with open_gradebook(db_url) as gradebook:
            register(gradebook, assignment, instructor)
            found = gradebook.find_assignment(assignment)
            notebook = gradebook.find_notebook(assignment, assignment)
            self._assignment_id, self._notebook_id, self._due = found.id, notebook.id, found.duedate
            self._cells = {cell.name: cell.id for cell in notebook.grade_cells}
            self._answers = {cell.name: cell.id for cell in notebook.solution_cells}
        self.records = Records(db_url)
        self.records.prepare()
        self.engine = self.records.engine

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.engine.dispose()

    def complete(self) -> set[str]:
        """Return the students who have a mark or an open mark for every grade cell."""
        query = (
            sa.select(_SUBMISSION.c.student_id)
            .join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _SUBMISSION.c.id)
            .join(_GRADE, _GRADE.c.notebook_id == _NOTEBOOK.c.id)
            .where(_SUBMISSION.c.assignment_id == self._assignment_id)
            .group_by(_SUBMISSION.c.student_id)
            .having(sa.func.count() == len(self._cells))
        )
        with self.engine.connect() as connection:
            return set(connection.execute(query).scalars())

    def late_seconds(self, timestamps: dict[str, dt.datetime | None]) -> dict[str, float]:
        """Return by how much each submission is late, extensions counted."""
        query = sa.select(_SUBMISSION.c.student_id, _SUBMISSION.c.extension)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(_SUBMISSION.c.assignment_id == self._assignment_id))
            extensions = {row.student_id: row.extension for row in rows}
        return {student: self._late(at, extensions.get(student)) for student, at in timestamps.items()}

    def write(self, connection: sa.Connection, entries: Sequence[Entry]) -> None:
        """Write submissions with their marks, comments and records; what the staff entered stays as it is."""
        names = [entry.record.student for entry in entries]
        known = set(connection.execute(sa.select(_STUDENT.c.id).where(_STUDENT.c.id.in_(names))).scalars())
        _insert(connection, _STUDENT, [{"id": name} for name in names if name not in known])
        submissions = self._write_submissions(connection, entries)
        notebooks = self._write_notebooks(connection, submissions)
        marks = {notebooks[submissions[entry.record.student]]: entry.marks for entry in entries}
        self._write_scores(connection, marks)
        self._write_comments(connection, marks)
        for entry in entries:
            self.records.save(entry.record, connection)

    def _late(self, timestamp: dt.datetime | None, extension: dt.timedelta | None) -> float:
        if timestamp is None or self._due is None:
            return 0.0
        late: dt.timedelta = timestamp - self._due - (extension or dt.timedelta())
        return max(0.0, late.total_seconds())

    def _write_submissions(self, connection: sa.Connection, entries: Sequence[Entry]) -> dict[str, str]:
        """Return the submissions' ids by student, new ones made; a time that is known replaces an older one."""
        times = {entry.record.student: entry.timestamp for entry in entries}
        mine = (_SUBMISSION.c.assignment_id == self._assignment_id) & _SUBMISSION.c.student_id.in_(times)
        query = sa.select(_SUBMISSION.c.student_id, _SUBMISSION.c.id).where(mine)
        ids: dict[str, str] = {row.student_id: row.id for row in connection.execute(query)}
        old = [{"row": ids[student], "timestamp": at} for student, at in times.items() if student in ids and at]
        new = [
            {"id": uuid4().hex, "assignment_id": self._assignment_id, "student_id": student, "timestamp": at}
            for student, at in times.items()
            if student not in ids
        ]
        _update(connection, _SUBMISSION, old)
        _insert(connection, _SUBMISSION, new)
        return ids | {row["student_id"]: row["id"] for row in new}

    def _write_notebooks(self, connection: sa.Connection, submissions: dict[str, str]) -> dict[str, str]:
        """Return the submitted notebooks' ids by submission, new ones made."""
        mine = (_NOTEBOOK.c.notebook_id == self._notebook_id) & _NOTEBOOK.c.assignment_id.in_(submissions.values())
        query = sa.select(_NOTEBOOK.c.assignment_id, _NOTEBOOK.c.id).where(mine)
        ids: dict[str, str] = {row.assignment_id: row.id for row in connection.execute(query)}
        new = [
            {
                "id": uuid4().hex,
                "assignment_id": submission,
                "notebook_id": self._notebook_id,
                "flagged": False,
            }
            for submission in submissions.values()
            if submission not in ids
        ]
        _update(connection, _NOTEBOOK, [{"row": old, "late_submission_penalty": None} for old in ids.values()])
        _insert(connection, _NOTEBOOK, new)
        return ids | {row["assignment_id"]: row["id"] for row in new}

    def _write_scores(self, connection: sa.Connection, marks: dict[str, Marks]) -> None:
        columns = (_GRADE.c.notebook_id, _GRADE.c.cell_id, _GRADE.c.id, _GRADE.c.manual_score)
        rows = connection.execute(sa.select(*columns).where(_GRADE.c.notebook_id.in_(marks)))
        known = {(row.notebook_id, row.cell_id): row for row in rows}
        old, new = [], []
        for notebook, name, score in ((key, *item) for key, found in marks.items() for item in found.scores.items()):
            row = known.get((notebook, self._cells[name]))
            by_hand = score is None or (row is not None and row.manual_score is not None)
            values = {"auto_score": score, "needs_manual_grade": by_hand}
            if row is None:
                new.append({"notebook_id": notebook, "cell_id": self._cells[name], **values})
            else:
                old.append({"row": row.id, **values})
        _update(connection, _GRADE, old)
        _insert(connection, _GRADE, new)

    def _write_comments(self, connection: sa.Connection, marks: dict[str, Marks]) -> None:
        columns = (_COMMENT.c.notebook_id, _COMMENT.c.cell_id, _COMMENT.c.id)
        rows = connection.execute(sa.select(*columns).where(_COMMENT.c.notebook_id.in_(marks)))
        known = {(row.notebook_id, row.cell_id): row.id for row in rows}
        old, new = [], []
        for notebook, name, text in ((key, *item) for key, found in marks.items() for item in found.comments.items()):
            row = known.get((notebook, self._answers[name]))
            if row is None:
                new.append({"notebook_id": notebook, "cell_id": self._answers[name], "auto_comment": text})
            else:
                old.append({"row": row, "auto_comment": text})
        _update(connection, _COMMENT, old)
        _insert(connection, _COMMENT, new)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _update(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Change rows, each found by its id under "row"; all change the same columns."""
    if rows:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "row"}
        connection.execute(sa.update(table).where(table.c.id == sa.bindparam("row")).values(values), rows)


def register(gradebook: api.Gradebook, assignment: str, instructor: NotebookNode) -> None:
    """Enter the assignment and its cells, with the step by which ``nbgrader generate_assignment`` does it.

    Raises
    ------
    CourseError
        If cells were added or removed after submissions had been graded: nbgrader refuses that.
    """
    gradebook.update_or_create_assignment(assignment)
    step = SaveCells()
    step.gradebook, step.notebook_id, step.assignment_id = gradebook, assignment, assignment
    step.new_grade_cells, step.new_solution_cells = {}, {}
    step.new_task_cells, step.new_source_cells = {}, {}
    for number, cell in enumerate(instructor.cells):
        step.preprocess_cell(cell, {}, number)
    try:
        step._create_notebook(instructor)
    except RuntimeError as error:
        raise CourseError(f"{error}. Grade the new version into another gradebook: ZEROMEAN_DB names it.") from None
