"""The feedback page of one submission: marks, sentences, at most one hint a check, and the student's own figures."""

from __future__ import annotations

from typing import Any

import nh3
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.filters import markdown2html
from nbformat import NotebookNode

from autograder.gradebook.records import Records
from autograder.judge.record import ExerciseResult, Record
from autograder.reports.page import render

WORDS = {"passed": "passed", "failed": "not yet", "skipped": "not tried", "error": "undecided"}


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
        return feedback_page(nb, record), resources


def feedback_page(notebook: NotebookNode, record: Record | None) -> str:
    """Return the page for an autograded notebook whose cells carry nbgrader's scores and comments.

    Without a record (a submission that our engine did not grade) only answers, outputs and comments are shown.
    """
    return render(
        "feedback.html.j2",
        record=record,
        words=WORDS,
        exercises=_exercises(notebook, record),
        questions=[_question(cell) for cell in notebook.cells if _kind(cell) == "question"],
        scratch=[cell for cell in notebook.cells if _kind(cell) == "scratch" and cell.get("outputs")],
        overall=[comment for cell in notebook.cells[:1] if (comment := _comment(cell))],
    )


def _exercises(notebook: NotebookNode, record: Record | None) -> list[dict[str, Any]]:
    results = {result.name: result for result in record.exercises} if record else {}
    checks = {_grade_id(cell): cell for cell in notebook.cells if _kind(cell) == "check"}
    return [
        _exercise(cell, results.get(_grade_id(cell)), checks.get(f"check-{_grade_id(cell)}"))
        for cell in notebook.cells
        if _kind(cell) == "exercise"
    ]


def _exercise(cell: NotebookNode, result: ExerciseResult | None, check: NotebookNode | None) -> dict[str, Any]:
    given = check.metadata.nbgrader if check is not None else {}
    return {
        "name": _grade_id(cell),
        "result": result,
        "score": given.get("score", result.score if result else None),
        "points": result.points if result else given.get("points", 0),
        "source": cell.source,
        "outputs": cell.get("outputs", []),
        "comment": _comment(cell) or (_comment(check) if check is not None else ""),
    }


def _question(cell: NotebookNode) -> dict[str, Any]:
    given = cell.metadata.nbgrader
    return {
        "name": _grade_id(cell).replace("_", " "),
        "answer": _markdown(cell.source),
        "points": given.get("points", 0),
        "score": None if given.get("needs_manual_grade", False) else given.get("score"),
        "comment": _comment(cell),
    }


def _markdown(text: str) -> Markup:
    return Markup(nh3.clean(str(markdown2html(text)), url_schemes={"data"}, link_rel=None))  # noqa: S704 - cleaned


def _kind(cell: NotebookNode) -> str:
    return str(cell.metadata.get("zeromean", {}).get("kind", "scratch" if cell.cell_type == "code" else "text"))


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _comment(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("comment") or "")
