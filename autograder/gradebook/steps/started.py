"""The judge and the zygote of an assignment, started once per process and kept for all its submissions."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.gradebook.grading import Grader, open_grader
from autograder.sandbox.pool import Limits

_open = ExitStack()
_graders: dict[tuple[str, Path, Limits], Grader] = {}
atexit.register(_open.close)


def grader_of(step: NbGraderPreprocessor, resources: dict[str, Any], limits: Limits | None = None) -> Grader:
    """Return the grader of the assignment that a step of nbgrader is at work on."""
    name = resources["nbgrader"]["assignment"]
    coursedir = step.parent.parent.coursedir  # the step's exporter's converter
    release = Path(coursedir.format_path(coursedir.release_directory, ".", name)).resolve().parent
    key = (name, release, limits or Limits())
    if key not in _graders:
        _graders[key] = _open.enter_context(open_grader(name, release=release, limits=limits))
    return _graders[key]
