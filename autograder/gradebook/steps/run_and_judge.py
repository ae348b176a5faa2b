"""Second step of ``nbgrader autograde``: stands where nbgrader executes a notebook in a kernel."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Integer

from autograder.gradebook.rebuild import Rebuilt
from autograder.gradebook.steps.started import grader_of, ours
from autograder.sandbox.pool import Limits


class RunAndJudge(Execute):  # type: ignore[misc]  # nbgrader and nbconvert have no types
    """Runs the notebook in the sandbox and judges it; obeys ``c.Execute.timeout`` and ``--no-execute``."""

    timeout = Integer(int(Limits.cell_wall), allow_none=True, help="Seconds that one cell may take.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with outputs and results; the record goes on to the step that saves marks."""
        if not ours(resources):
            return super().preprocess(nb, resources, km)  # type: ignore[no-any-return]
        made = nb.metadata.pop("zeromean")
        limits = Limits(cell_wall=float(self.timeout or Limits.cell_wall))
        grader = grader_of(self, resources, limits)
        rebuilt = Rebuilt(nb, tuple(made["repairs"]))
        graded = grader.run(rebuilt, made["made_from"], resources["nbgrader"]["student"], made["submission"])
        resources["zeromean"]["record"] = graded.record
        return graded.notebook, resources
