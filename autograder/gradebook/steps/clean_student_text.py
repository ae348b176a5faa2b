"""Step of every HTML page that shows a submission: what a student wrote cannot act in the reader's browser."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.markup import Patience

_OURS = frozenset({"text", "code", "figure", "check", "notes"})


class CleanStudentText(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Renders the student's text cells to harmless HTML, and cleans the outputs of their code once more."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook for display; its file is not changed."""
        nb.metadata.pop("widgets", None)
        patience = Patience()
        for cell in nb.cells:
            ours = cell.metadata.setdefault("zeromean", nbformat.from_dict({}))
            if ours.get("kind") in _OURS or ours.get("clean"):
                continue
            if cell.cell_type == "code":
                cell.outputs = nbformat.from_dict(patience.outputs(cell.outputs))
            else:
                cell.source = patience.html(cell.source, cell.pop("attachments", None))
                cell.cell_type = "markdown"
            ours["clean"] = True
        return nb, resources
