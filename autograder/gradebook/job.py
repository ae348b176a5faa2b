"""What a process that grades is given, what it hands back, and the work between the two."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder import bounds
from autograder.authoring.course import Assignment
from autograder.gradebook.classroom import Submission
from autograder.gradebook.grading import Graded, Grader, open_grader, undecided
from autograder.judge.record import Record

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True)
class Done:
    """A graded submission, ready to be written down: the notebook's file and the record."""

    submission: Submission
    notebook: bytes
    record: Record


@dataclass(frozen=True)
class Order:
    """What every process has to open."""

    assignment: Assignment
    release: Path
    isolation: str | None


@contextmanager
def opened(order: Order) -> Iterator[Grader]:
    """Open the grader of this process, whose memory is bounded from then on."""
    opening = open_grader(order.assignment, release=order.release, isolation=order.isolation)
    with opening as grader, bounds.memory(bounds.JUDGE_MB):
        yield grader


def grade_one(grader: Grader, submission: Submission) -> Done:
    """Grade one submission; if we ourselves fail on it, its marks are held and the class goes on."""
    try:
        result = grader.grade(submission.raw, submission.student, submission.remarks)
    except Exception:
        reason = traceback.format_exc()
        result = undecided(grader.assignment, grader.instructor, submission.student, reason)
    return done_with(submission, result)


def done_with(submission: Submission, result: Graded) -> Done:
    """Return what is written down about a submission."""
    return Done(submission.without_bytes(), _written(result.notebook), result.record)


def _written(notebook: NotebookNode) -> bytes:
    """Write a notebook, one cell a line: it is valid as it was made, and nbformat need not look at it again."""
    cells = ",\n".join(map(_encode, notebook["cells"]))
    rest = _encode({key: notebook[key] for key in ("metadata", "nbformat", "nbformat_minor")})
    return f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'.encode("utf-8", "replace")
