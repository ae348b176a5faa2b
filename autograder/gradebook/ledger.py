"""Writes a whole class into nbgrader's gradebook: the rows that nbgrader itself would write, in few statements."""

from __future__ import annotations

import datetime as dt
from types import TracebackType
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from nbformat import NotebookNode
from nbgrader import api
from nbgrader.preprocessors import SaveCells

from autograder.gradebook.marks import Marks
from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import Record

_STUDENT, _SUBMISSION = api.Student.__table__, api.SubmittedAssignment.__table__
_NOTEBOOK, _GRADE, _COMMENT = api.SubmittedNotebook.__table__, api.Grade.__table__, api.Comment.__table__


class Ledger:
    """One assignment of the gradebook at `db_url`, registered there if it is new; a context manager.

    Raises
    ------
    RuntimeError
        If cells were added or removed after submissions had been graded: nbgrader refuses that.
    """

    def __init__(self, db_url: str, assignment: str, instructor: NotebookNode) -> None:
        self.assignment = assignment
        with open_gradebook(db_url) as gradebook:
            _register(gradebook, assignment, instructor)
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
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

    def write(
        self, connection: sa.Connection, record: Record, marks: Marks, timestamp: dt.datetime | None
    ) -> None:
        """Write one submission, its marks, comments and record; what the staff entered stays as it is."""
        notebook_id = self._submission(connection, record.student, timestamp)
        self._write_scores(connection, notebook_id, marks)
        self._write_comments(connection, notebook_id, marks)
        self.records.save(record, connection)

    def _late(self, timestamp: dt.datetime | None, extension: dt.timedelta | None) -> float:
        if timestamp is None or self._due is None:
            return 0.0
        late: dt.timedelta = timestamp - self._due - (extension or dt.timedelta())
        return max(0.0, late.total_seconds())

    def _submission(self, connection: sa.Connection, student: str, timestamp: dt.datetime | None) -> str:
        """Return the id of the submitted notebook, with the rows above it written."""
        if connection.execute(sa.select(_STUDENT.c.id).filter_by(id=student)).first() is None:
            connection.execute(sa.insert(_STUDENT).values(id=student))
        key = {"assignment_id": self._assignment_id, "student_id": student}
        submission: str | None = connection.execute(sa.select(_SUBMISSION.c.id).filter_by(**key)).scalar()
        if submission is None:
            submission = uuid4().hex
            connection.execute(sa.insert(_SUBMISSION).values(id=submission, **key, timestamp=timestamp))
        elif timestamp is not None:
            connection.execute(sa.update(_SUBMISSION).filter_by(id=submission).values(timestamp=timestamp))
        below = {"assignment_id": submission, "notebook_id": self._notebook_id}
        notebook: str | None = connection.execute(sa.select(_NOTEBOOK.c.id).filter_by(**below)).scalar()
        if notebook is None:
            notebook = uuid4().hex
            connection.execute(sa.insert(_NOTEBOOK).values(id=notebook, **below, flagged=False))
        else:
            connection.execute(
                sa.update(_NOTEBOOK).filter_by(id=notebook).values(late_submission_penalty=None)
            )
        return notebook

    def _write_scores(self, connection: sa.Connection, notebook: str, marks: Marks) -> None:
        query = sa.select(_GRADE.c.cell_id, _GRADE.c.id, _GRADE.c.manual_score).filter_by(
            notebook_id=notebook
        )
        old = {row.cell_id: row for row in connection.execute(query)}
        new: list[dict[str, Any]] = []
        for name, score in marks.scores.items():
            row = old.get(self._cells[name])
            by_hand = score is None or (row is not None and row.manual_score is not None)
            values = {"auto_score": score, "needs_manual_grade": by_hand}
            if row is not None:
                connection.execute(sa.update(_GRADE).filter_by(id=row.id).values(**values))
            else:
                new.append({"notebook_id": notebook, "cell_id": self._cells[name], **values})
        if new:
            connection.execute(sa.insert(_GRADE), new)

    def _write_comments(self, connection: sa.Connection, notebook: str, marks: Marks) -> None:
        query = sa.select(_COMMENT.c.cell_id, _COMMENT.c.id).filter_by(notebook_id=notebook)
        old = {row.cell_id: row.id for row in connection.execute(query)}
        new: list[dict[str, Any]] = []
        for name, comment in marks.comments.items():
            cell = self._answers[name]
            if cell in old:
                connection.execute(sa.update(_COMMENT).filter_by(id=old[cell]).values(auto_comment=comment))
            else:
                new.append({"notebook_id": notebook, "cell_id": cell, "auto_comment": comment})
        if new:
            connection.execute(sa.insert(_COMMENT), new)


def _register(gradebook: api.Gradebook, assignment: str, instructor: NotebookNode) -> None:
    """Enter the assignment and its cells, with the step by which ``nbgrader generate_assignment`` does it."""
    gradebook.update_or_create_assignment(assignment)
    step = SaveCells()
    step.gradebook, step.notebook_id, step.assignment_id = gradebook, assignment, assignment
    step.new_grade_cells, step.new_solution_cells = {}, {}
    step.new_task_cells, step.new_source_cells = {}, {}
    for number, cell in enumerate(instructor.cells):
        step.preprocess_cell(cell, {}, number)
    step._create_notebook(instructor)
