"""Third step of ``nbgrader autograde``: writes our marks, where nbgrader would read them off the outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades

from autograder.gradebook.marks import auto_score
from autograder.gradebook.records import COURSE, Records
from autograder.gradebook.steps.started import ours
from autograder.judge.record import Record


class SaveMarks(SaveAutoGrades):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Writes marks, comments and the record; without a new record (``--no-execute``) the last one holds."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save everything about one notebook in one transaction."""
        self._ours = ours(resources)
        if not self._ours:
            return super().preprocess(nb, resources)  # type: ignore[no-any-return]
        nb.metadata.pop("zeromean", None)
        where = resources["nbgrader"]
        self.notebook_id, self.assignment_id = where["notebook"], where["assignment"]
        self.student_id, self.db_url = where["student"], where["db_url"]
        self.gradebook = Gradebook(self.db_url, COURSE)
        with self.gradebook, Records(self.db_url) as records:
            records.prepare()
            new: Record | None = resources["zeromean"].get("record")
            self._record = new or records.load(self.assignment_id, self.student_id)
            nb, resources = super(SaveAutoGrades, self).preprocess(nb, resources)
            if new:
                late = self.gradebook.find_submission(self.assignment_id, self.student_id).total_seconds_late
                records.save(replace(new, late_seconds=float(late)), self.gradebook.db.connection())
                self.gradebook.db.commit()
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        """Write a mark; one that a person gave stays, and is shown to a person again."""
        if not self._ours:
            super()._add_score(cell, resources)
            return
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = auto_score(cell, self._record)
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        self.gradebook.db.commit()
