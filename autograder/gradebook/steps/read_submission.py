"""The door through which ``nbgrader autograde`` reads a notebook: any file, in any state."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4


class ReadSubmission(NotebookExporter):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Says to the steps where it was handed in; what is no notebook becomes an empty one instead of an error."""

    optimistic_validation = True  # validate once at the end; our steps make valid notebooks of anything

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Export the notebook in `filename`; its bytes go with it."""
        raw = Path(filename).read_bytes() if Path(filename).is_file() else b""  # it may have another name
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # double ids and the like are mended, and reported, by the first step
                notebook = nbformat.reads(raw.decode("utf-8", "replace"), as_version=4)
        except Exception:  # a damaged file can fail anywhere in nbformat; the first step reads the folder anyway
            notebook = v4.new_notebook()
        where = {"name": Path(filename).stem, "path": str(Path(filename).parent)}  # as the stock exporter says it
        carried = {**(resources or {}), "metadata": where, "zeromean": {"folder": Path(filename).parent}}
        exported: tuple[NotebookNode, dict[str, Any]] = self.from_notebook_node(notebook, carried, **kw)
        return exported
