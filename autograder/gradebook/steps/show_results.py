"""Step of ``nbgrader generate_feedback``: puts what the record says into the check cells, for the student."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.gradebook import results
from autograder.gradebook.records import Records


class ShowResults(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Shows results without what only the staff may see; the record is there for the template, too."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with the results as they stand in the gradebook now."""
        where = resources["nbgrader"]
        with Records(where["db_url"]) as records:
            record = records.load(where["assignment"], where["student"])
        resources["zeromean"] = {"record": record}
        shown = {f"check-{exercise.name}": exercise for exercise in record.exercises} if record else {}
        for cell in nb.cells:
            if cell.metadata.get("zeromean", {}).get("kind") == "check":
                exercise = shown.get(cell.id)
                new = results.outputs(exercise, staff=False) if exercise else []
                cell.outputs = nbformat.from_dict(new)
        return nb, resources
