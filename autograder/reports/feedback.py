"""The feedback page of one submission: marks, sentences, at most one hint a check, and the student's own figures."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Assignment, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import SIGNS, WORDS, ExerciseResult, Record
from autograder.markup import Patience
from autograder.reports.page import render


@dataclass(frozen=True)
class Given:
    """What the gradebook holds about one cell: marks of the judge or of a person, and a person's comment."""

    score: float | None = None
    points: float = 0.0
    comment: str = ""


@dataclass(frozen=True)
class Written:
    """The pages of a class that were written, and the students whose page failed, with the reason."""

    folder: Path
    pages: tuple[Path, ...]
    failed: Mapping[str, str]

    def sentence(self) -> str:
        """Say how many pages were written where, and which were not."""
        said = f"Wrote {len(self.pages)} pages of feedback into {self.folder}."
        if not self.failed:
            return said
        listed = "; ".join(f"{student} ({reason})" for student, reason in self.failed.items())
        return f"{said} {len(self.failed)} could not be written: {listed}."


class FeedbackExporter(Exporter):  # type: ignore[misc]  # nbconvert ships no types
    """What ``nbgrader generate_feedback`` writes for each submission, as one self-contained page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page for an autograded notebook; nbgrader's own resources say whose it is."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        student, assignment = about["student"], about["assignment"]
        with Records(about["db_url"]) as records:
            record = records.load(assignment, student)
        return feedback_page(nb, record, given_marks(about["db_url"], assignment)[student]), resources


def given_marks(db_url: str, assignment: str) -> Mapping[str, dict[str, Given]]:
    """Return what the gradebook holds about each graded cell of an assignment, by student and nbgrader id."""
    given: defaultdict[str, dict[str, Given]] = defaultdict(dict)
    with open_gradebook(db_url) as gradebook:
        for student, grade in _rows(gradebook, Grade, assignment):
            given[student][grade.name] = Given(None if grade.needs_manual_grade else grade.score, grade.max_score)
        for student, comment in _rows(gradebook, Comment, assignment):
            if comment.manual_comment:
                mark = given[student].get(comment.name, Given())
                given[student][comment.name] = replace(mark, comment=comment.manual_comment)
    return given


def _rows(gradebook: Gradebook, table: Any, assignment: str) -> Any:
    query = gradebook.db.query(SubmittedAssignment.student_id, table)
    query = query.join(SubmittedNotebook, table.notebook_id == SubmittedNotebook.id)
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    return query.filter(Assignment.name == assignment)


def feedback_page(notebook: NotebookNode, record: Record | None, given: Mapping[str, Given]) -> str:
    """Return the page for an autograded notebook.

    Without a record (a submission that our engine did not grade) only answers, outputs and marks are shown.
    """
    results = {result.name: result for result in record.exercises} if record else {}
    cells = {kind: [cell for cell in notebook.cells if _kind(cell) == kind] for kind in ("exercise", "question")}
    own = [cell for cell in notebook.cells if _kind(cell) in ("scratch", "own")]
    patience = Patience()
    return render(
        "feedback.html.j2",
        record=record,
        title=_title(notebook),
        words=WORDS,
        signs=SIGNS,
        exercises=[_exercise(cell, results.get(_name(cell)), given) for cell in cells["exercise"]],
        questions=[_question(cell, given, patience) for cell in cells["question"]],
        own=[cell for cell in own if cell.get("outputs")],
    )


def _title(notebook: NotebookNode) -> str:
    """Return the heading of the assignment, which the rebuilt notebook has from us."""
    found = (re.match(r"# (.+)", cell.source) for cell in notebook.cells if _kind(cell) == "text")
    return next((heading[1] for heading in found if heading), "Feedback")


def write_class(assignment: str, class_folder: Path, db_url: str) -> Written:
    """Write the page of every graded submission of an assignment, as ``nbgrader generate_feedback`` would.

    A page that fails is named, and the others are written.
    """
    given = given_marks(db_url, assignment)
    pages: list[Path] = []
    failed: dict[str, str] = {}
    with Records(db_url) as records:
        for source in sorted(class_folder.glob(f"autograded/*/{assignment}/{assignment}.ipynb")):
            student = source.parts[-3]
            target = class_folder / "feedback" / student / assignment / f"{assignment}.html"
            try:
                notebook = nbformat.from_dict(json.loads(source.read_text(encoding="utf-8")))
                page = feedback_page(notebook, records.load(assignment, student), given[student])
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(page, encoding="utf-8")
            except Exception as error:  # one student's page must not cost the others theirs
                failed[student] = f"{type(error).__name__}: {error}"
            else:
                pages.append(target)
    return Written(class_folder / "feedback", tuple(pages), failed)


def _exercise(cell: NotebookNode, result: ExerciseResult | None, given: Mapping[str, Given]) -> dict[str, Any]:
    mark = given.get(f"check-{_name(cell)}", Given())
    return {
        "name": _name(cell),
        "result": result,
        "solved": result is not None and result.score == result.points,
        "hints": _hints(result),
        "score": mark.score,
        "points": result.points if result else mark.points,
        "source": cell.source,
        "outputs": cell.get("outputs", []),
        "comment": given.get(_name(cell), Given()).comment or mark.comment,
    }


def _hints(result: ExerciseResult | None) -> set[str]:
    """Return the checks that show their hint: each idea is named once in an exercise, at its first check."""
    first: dict[str, str] = {}
    for check in result.checks if result else ():
        if check.hint and check.outcome == "failed":
            first.setdefault(check.hint, check.name)
    return set(first.values())


def _question(cell: NotebookNode, given: Mapping[str, Given], patience: Patience) -> dict[str, Any]:
    answer = Markup(patience.html(cell.source, cell.get("attachments")))  # noqa: S704 - cleaned
    return {"name": _name(cell).replace("_", " "), "answer": answer, "mark": given.get(_name(cell), Given())}


def _kind(cell: NotebookNode) -> str:
    return str(cell.metadata.get("zeromean", {}).get("kind", "own" if cell.cell_type == "code" else "text"))


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
