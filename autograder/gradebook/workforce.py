"""Grades many submissions with several processes, each with its own judge and zygote."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
import traceback
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NoReturn

from nbformat import NotebookNode

from autograder.authoring import course
from autograder.gradebook.classroom import Submission
from autograder.gradebook.grading import Graded, Grader, open_grader, released, undecided
from autograder.gradebook.marks import Marks, marks
from autograder.judge.record import Record

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
START_METHOD = "forkserver"  # forks from a process that has no threads


@dataclass(frozen=True)
class Done:
    """A graded submission, ready to be written down: the notebook's file, the record, the marks."""

    submission: Submission
    notebook: bytes
    record: Record
    marks: Marks


@dataclass(frozen=True)
class Order:
    """What every process has to open."""

    assignment: str
    release: Path
    isolation: str | None


class _BrokenError(Exception):
    """A process died; one of the submissions it was given may be why."""

    def __init__(self, suspects: list[Submission]) -> None:
        super().__init__()
        self.suspects = suspects


def graded(order: Order, submissions: Iterable[Submission], jobs: int) -> Generator[Done]:
    """Grade submissions, in this process if `jobs` is 1, and yield them as they are ready."""
    if jobs == 1:
        with open_grader(order.assignment, release=order.release, isolation=order.isolation) as grader:
            for submission in submissions:
                yield grade_one(grader, submission)
        return
    waiting = deque(submissions)
    while waiting:
        try:
            yield from _round(order, waiting, jobs)
        except _BrokenError as broken:
            for suspect in broken.suspects:
                yield _alone(order, suspect)


def grade_one(grader: Grader, submission: Submission) -> Done:
    """Grade one submission; if we ourselves fail on it, its marks are held and the class goes on."""
    try:
        result = grader.grade(submission.raw, submission.student, submission.remarks)
    except Exception:
        reason = traceback.format_exc()
        result = undecided(grader.assignment, grader.instructor, submission.student, reason)
    return _done(submission, result)


def _done(submission: Submission, result: Graded) -> Done:
    found = marks(result.notebook, result.record)
    return Done(submission, _written(result.notebook), result.record, found)


def _written(notebook: NotebookNode) -> bytes:
    """Write a notebook, one cell a line: it is valid as it was made, and nbformat need not look at it again."""
    cells = ",\n".join(map(_encode, notebook["cells"]))
    rest = _encode({key: notebook[key] for key in ("metadata", "nbformat", "nbformat_minor")})
    return f'{{"cells": [\n{cells}\n],\n{rest[1:]}\n'.encode("utf-8", "replace")


def _alone(order: Order, suspect: Submission) -> Done:
    """Grade a submission in a process of its own; if that dies too, hold its marks."""
    try:
        return next(_round(order, deque([suspect]), 1))
    except _BrokenError:
        reason = "The grading process ended without a word, twice, on this submission."
        instructor = released(order.release / order.assignment / f"{order.assignment}.ipynb")
        return _done(suspect, undecided(course.load(order.assignment), instructor, suspect.student, reason))


def _round(order: Order, waiting: deque[Submission], jobs: int) -> Generator[Done]:
    """Grade what is `waiting` with one pool, a few submissions ahead; raise `_BrokenError` if it breaks."""
    context = multiprocessing.get_context(START_METHOD)
    context.set_forkserver_preload([__name__])
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, context, _open, (order,))
    flying: dict[Future[Done], Submission] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) < 2 * jobs:
                submission = waiting.popleft()
                flying[pool.submit(_work, submission)] = submission
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                done = future.result()
                del flying[future]
                yield done
    except BrokenProcessPool:
        raise _BrokenError(list(flying.values())) from None
    finally:
        pool.shutdown(wait=not flying, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
            process.join()


_grader: Grader | Exception | None = None


def _open(order: Order) -> None:
    """Open the judge and the zygote of this process; a failure is told when the first submission comes."""
    global _grader
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear, which ends us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    opened = ExitStack()
    Finalize(None, opened.close, exitpriority=1)
    try:
        opening = open_grader(order.assignment, release=order.release, isolation=order.isolation)
        _grader = opened.enter_context(opening)
    except Exception as error:
        _grader = error


def _work(submission: Submission) -> Done:
    if not isinstance(_grader, Grader):
        _refuse(_grader)
    return grade_one(_grader, submission)


def _refuse(error: Exception | None) -> NoReturn:
    raise error or RuntimeError("This process was not opened.")
