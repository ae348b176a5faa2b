"""The judge and the zygote of an assignment, started once per process and kept for all its submissions."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.authoring import course
from autograder.gradebook.grading import Grader, basis, open_grader
from autograder.sandbox.pool import Limits

_graders: dict[tuple[str, Path, Limits], tuple[Grader, ExitStack]] = {}


def ours(resources: dict[str, Any]) -> bool:
    """Whether nbgrader is at work on an assignment of the course; others are graded by its own steps, if asked for."""
    return resources["nbgrader"]["assignment"] in course.assignments()


def grader_of(step: NbGraderPreprocessor, resources: dict[str, Any], limits: Limits | None = None) -> Grader:
    """Return the grader of the assignment that a step of nbgrader is at work on.

    A server that runs for weeks starts it anew when the suite, or anything else that decides marks, has changed.
    """
    name = resources["nbgrader"]["assignment"]
    coursedir = step.parent.parent.coursedir  # the step's exporter's converter
    release = Path(coursedir.format_path(coursedir.release_directory, ".", name)).resolve().parent
    assignment, key = course.load(name), (name, release, limits or Limits())
    if key in _graders and _graders[key][0].basis != basis(assignment, release):
        _graders.pop(key)[1].close()
    if key not in _graders:
        opened = ExitStack()
        _graders[key] = opened.enter_context(open_grader(assignment, release=release, limits=limits)), opened
    return _graders[key][0]


@atexit.register
def _close() -> None:
    while _graders:
        _graders.popitem()[1][1].close()
