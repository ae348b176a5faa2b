"""The feedback page of one submission: marks, sentences, at most one hint a check, and the student's own figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nh3
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import ExerciseResult, Record
from autograder.reports.page import render

WORDS = {"passed": "passed", "failed": "not yet", "skipped": "not tried", "error": "undecided"}


@dataclass(frozen=True)
class Given:
    """What the gradebook holds about one cell: marks of the judge or of a person, and a person's comment."""

    score: float | None = None
    points: float = 0.0
    comment: str = ""


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
        with Records(about["db_url"]) as records:
            record = records.load(about["assignment"], about["student"])
        return feedback_page(nb, record, marks(**about)), resources


def marks(*, db_url: str, assignment: str, student: str, notebook: str, **_: Any) -> dict[str, Given]:
    """Return what the gradebook holds about each graded cell of a submission, by nbgrader id."""
    with open_gradebook(db_url) as gradebook:
        submitted = gradebook.find_submission_notebook(notebook, assignment, student)
        given = {
            grade.name: Given(None if grade.needs_manual_grade else grade.score, grade.max_score)
            for grade in submitted.grades
        }
        for comment in submitted.comments:
            if comment.comment:
                given[comment.name] = replace(given.get(comment.name, Given()), comment=comment.comment)
    return given


def feedback_page(notebook: NotebookNode, record: Record | None, given: Mapping[str, Given]) -> str:
    """Return the page for an autograded notebook.

    Without a record (a submission that our engine did not grade) only answers, outputs and marks are shown.
    """
    results = {result.name: result for result in record.exercises} if record else {}
    kinds = ("exercise", "question", "scratch")
    cells = {kind: [cell for cell in notebook.cells if _kind(cell) == kind] for kind in kinds}
    return render(
        "feedback.html.j2",
        record=record,
        words=WORDS,
        exercises=[_exercise(cell, results.get(_name(cell)), given) for cell in cells["exercise"]],
        questions=[_question(cell, given) for cell in cells["question"]],
        scratch=[cell for cell in cells["scratch"] if cell.get("outputs")],
    )


def write_class(assignment: str, class_folder: Path, db_url: str) -> list[Path]:
    """Write the page of every graded submission of an assignment, as ``nbgrader generate_feedback`` would."""
    exporter = FeedbackExporter()
    written = []
    for source in sorted(class_folder.glob(f"autograded/*/{assignment}/{assignment}.ipynb")):
        student = source.parts[-3]
        about = {"assignment": assignment, "student": student, "notebook": assignment, "db_url": db_url}
        page, _ = exporter.from_filename(str(source), resources={"nbgrader": about})
        target = class_folder / "feedback" / student / assignment / f"{assignment}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
        written.append(target)
    return written


def _exercise(cell: NotebookNode, result: ExerciseResult | None, given: Mapping[str, Given]) -> dict[str, Any]:
    mark = given.get(f"check-{_name(cell)}", Given())
    return {
        "name": _name(cell),
        "result": result,
        "score": mark.score,
        "points": result.points if result else mark.points,
        "source": cell.source,
        "outputs": cell.get("outputs", []),
        "comment": given.get(_name(cell), Given()).comment or mark.comment,
    }


def _question(cell: NotebookNode, given: Mapping[str, Given]) -> dict[str, Any]:
    mark = given.get(_name(cell), Given())
    return {"name": _name(cell).replace("_", " "), "answer": _markdown(cell.source), "mark": mark}


def _markdown(text: str) -> Markup:
    return Markup(nh3.clean(str(markdown2html(text)), url_schemes={"data"}, link_rel=None))  # noqa: S704 - cleaned


def _kind(cell: NotebookNode) -> str:
    return str(cell.metadata.get("zeromean", {}).get("kind", "scratch" if cell.cell_type == "code" else "text"))


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
