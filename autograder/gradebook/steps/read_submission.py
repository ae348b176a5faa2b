"""The door through which ``nbgrader autograde`` reads a notebook: any file, in any state."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, v4

from autograder.gradebook.records import open_gradebook


class ReadSubmission(NotebookExporter):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Says to the steps where it was handed in; what is no notebook becomes an empty one instead of an error."""

    optimistic_validation = True  # validate once at the end; our steps make valid notebooks of anything

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Export the notebook in `filename`; its bytes go with it."""
        there = Path(filename).is_file()  # it may have another name
        if not there:
            _take_back_the_zero((resources or {})["nbgrader"])
        raw = Path(filename).read_bytes() if there else b""
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


def _take_back_the_zero(where: Mapping[str, str]) -> None:
    """Leave open what nbgrader gives where no file has the name that it expects, in case we ourselves fail later."""
    with open_gradebook(where["db_url"]) as gradebook:
        notebook = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"])
        for grade in notebook.grades:
            grade.auto_score = None
        gradebook.db.commit()
