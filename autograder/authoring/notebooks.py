"""Turns an assignment into the notebook that nbgrader reads, byte for byte the same on every build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from autograder.authoring import stages
from autograder.authoring.course import Assignment, Cell

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_FLAGS: dict[str, dict[str, bool]] = {
    "exercise": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True},
    "question": {"grade": True, "solution": True, "locked": False},
    "locked": {"grade": False, "solution": False, "locked": True},
}


def source_notebook(assignment: Assignment) -> NotebookNode:
    """Return the instructor's notebook: solutions in place, nbgrader's metadata on every graded or locked cell."""
    points = {cell.name: cell.points for cell in assignment.exercises}
    return assemble([_cell(cell, points) for cell in assignment.cells])


def assemble(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells with the course's kernel and no outputs."""
    return v4.new_notebook(cells=cells, metadata=_METADATA)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in the one layout that all generated notebooks have."""
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook, indent=1) + "\n", encoding="utf-8")


def _cell(cell: Cell, points: dict[str, float]) -> NotebookNode:
    metadata: dict[str, Any] = {"zeromean": {"kind": cell.kind}}
    if cell.kind != "scratch":
        metadata["nbgrader"] = _nbgrader(cell, points)
    if cell.kind == "figure":
        metadata["jupyter"] = {"source_hidden": True}
    if cell.kind == "check":
        metadata["editable"] = metadata["deletable"] = False
    make = v4.new_markdown_cell if cell.kind in ("text", "question") else v4.new_code_cell
    source = stages.stub(cell.source) if cell.stages else cell.source
    return make(source=source, id=cell.id, metadata=metadata)


def _nbgrader(cell: Cell, points: dict[str, float]) -> dict[str, Any]:
    flags = _FLAGS.get(cell.kind, _FLAGS["locked"])
    data: dict[str, Any] = {"schema_version": 3, "grade_id": cell.id, "task": False, **flags}
    if flags["grade"]:
        data["points"] = points[cell.name] if cell.kind == "check" else cell.points
    return data
