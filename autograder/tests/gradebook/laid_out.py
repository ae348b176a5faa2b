"""The small course of these tests and a class of it, laid out in a folder for commands that run apart."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from nbformat import NotebookNode, v4
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

from autograder.authoring.course import parse
from autograder.authoring.notebooks import source_notebook
from autograder.tests.gradebook.conftest import SOURCE, SUITES


def released() -> NotebookNode:
    """Return the release of the small course, made by nbgrader's own steps."""
    notebook: NotebookNode = source_notebook(parse(SOURCE, "small"))
    for step in (LockCells(), ClearSolutions(), ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


def lay_out(root: Path, *, remark: str = "") -> NotebookNode:
    """Write source, suites (each with a `remark` at its end) and release below `root`; return the release."""
    notebook = released()
    files = {f"suites/small/test_{name}.py": f"{text}\n# {remark}\n" for name, text in SUITES.items()}
    files |= {"solutions/small/small.py": SOURCE, "release/small/small.ipynb": json.dumps(notebook)}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return notebook


def hand_in(class_folder: Path, student: str, release: NotebookNode, answers: dict[str, str], own: str = "") -> Path:
    """Write a submission with these answers, below a cell of the student's own; return its path."""
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    if own:
        notebook.cells.insert(0, v4.new_code_cell(own))
    path = class_folder / "submitted" / student / "small" / "small.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (path.parent / "timestamp.txt").write_text("2025-03-01 12:00:00 UTC", encoding="utf-8")
    return path
