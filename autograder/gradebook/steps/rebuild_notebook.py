"""First step of ``nbgrader autograde``: replaces what was handed in by the notebook that is run."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)
from traitlets import Bool

from autograder.gradebook.classroom import read
from autograder.gradebook.grading import sha256
from autograder.gradebook.steps.started import grader_of, ours

THEIRS = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)  # in nbgrader's order


class RebuildNotebook(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Takes only answers and own cells from the submission, and notes what was mended and what it was made from."""

    others = Bool(
        False, help="Let nbgrader grade assignments that are not of this course in its own way: NOT ISOLATED."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the rebuilt notebook."""
        if self.others and not ours(resources):
            for step in THEIRS:
                nb, resources = step(parent=self.parent)(nb, resources)
            return nb, resources
        grader = grader_of(self, resources)
        where = resources["nbgrader"]
        found = read(where["student"], resources["zeromean"]["folder"], grader.instructor)
        rebuilt = grader.rebuilt(found.raw, found.remarks)
        for sentence in rebuilt.repairs:
            self.log.warning("%s: %s", where["student"], sentence)
        notebook = rebuilt.notebook
        notebook.metadata["zeromean"] = {
            "repairs": list(rebuilt.repairs),
            "made_from": grader.made_from(found.raw, found.remarks),
            "submission": sha256(found.raw),
        }
        return notebook, resources
