"""The door through which ``nbgrader autograde`` reads a notebook: any file, in any state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4

from autograder.gradebook.submission import UnreadableError, parse


class ReadSubmission(NotebookExporter):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Hands the file's bytes to the steps; what is no notebook becomes an empty one instead of an error."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Export the notebook in `filename`; its bytes go with it."""
        raw = Path(filename).read_bytes()
        try:
            notebook = nbformat.from_dict(parse(raw))
        except UnreadableError:
            notebook = v4.new_notebook()
        carried = {**(resources or {}), "zeromean": {"submitted": raw}}
        exported: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(notebook, carried, **kw)
        return exported
