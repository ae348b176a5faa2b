"""Grades a whole class in one go, into the gradebook that nbgrader reads."""

from __future__ import annotations

import errno
import math
import os
import time
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from sqlalchemy.exc import OperationalError

from autograder.authoring.course import Assignment
from autograder.gradebook import cluster
from autograder.gradebook.alone import alone
from autograder.gradebook.classroom import Submission, publish, published, submissions
from autograder.gradebook.grading import RELEASE, basis, made_from, released
from autograder.gradebook.job import Done, Order
from autograder.gradebook.ledger import Entry, Ledger
from autograder.gradebook.timestamps import UNREAD
from autograder.gradebook.workforce import graded
from autograder.judge.record import Record

BATCH = 20
BATCH_SECONDS = 1.0
WORTH_A_PROCESS = 8


@dataclass(frozen=True)
class Summary:
    """What a run did; `stopped` says why it ended early, if it did."""

    assignment: str
    graded: int
    unchanged: int
    left: int
    held: tuple[str, ...]
    look_at: tuple[str, ...]
    reached_out: tuple[str, ...]
    odd_times: tuple[str, ...]
    mean: float | None
    seconds: float
    stopped: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return asdict(self)

    def sentence(self) -> str:
        """Say in words what was done, and what a person should look at."""
        said = [f"{self.assignment}: {self.graded} graded, {self.unchanged} unchanged, in {self.seconds:g} s."]
        if self.mean is not None:
            said.append(f"The mean mark is {self.mean:g}.")
        if self.held:
            said.append(f"Marks are held for {', '.join(self.held)}.")
        if self.look_at:
            said.append(f"{len(self.look_at)} need a person; the class report says why.")
        if self.reached_out:
            said.append(f"{', '.join(self.reached_out)} reached out of the sandbox in vain; the report says for what.")
        if self.odd_times:
            said.append(f"When {', '.join(self.odd_times)} handed in is not certain; see timestamp.txt.")
        return " ".join([*said, self.stopped]).strip()


def grade_class(
    assignment: Assignment,
    class_folder: Path,
    db_url: str,
    *,
    jobs: int | None = None,
    students: Collection[str] = (),
    force: bool = False,
    progress: bool = True,
    isolation: str | None = None,
    release: Path = RELEASE,
    scheduler: str | None = None,
) -> Summary:
    """Grade every submission of `assignment` that is new or changed, or whose suite or grader changed.

    Safe to stop at any time, and to run again: nothing is lost or doubled. What the staff entered (marks, extra
    credit, comments) stays. Ctrl-C and a full disk end the run early, with a sentence in the summary.

    Parameters
    ----------
    class_folder : Path
        Holds ``submitted/<student>/<assignment>/``; ``autograded/`` is written beside it.
    jobs : int, optional
        Processes that grade; as many as are worth it, otherwise.
    students : collection of str
        Only these; everyone, otherwise.
    force : bool
        Grade again what has not changed.
    scheduler : str, optional
        The address of a Dask scheduler whose workers grade, instead of processes here.

    Raises
    ------
    CourseError
        If another command is grading this assignment of this class.
    """
    started = time.perf_counter()
    order = Order(assignment, release, isolation)
    blank = released(assignment, release)
    fixed, prints, found = basis(assignment, release), {}, []
    for submission in submissions(class_folder, assignment.name, blank, students):
        prints[submission.student] = made_from(fixed, submission.raw, submission.remarks)
        found.append(submission.without_bytes())
    with alone(class_folder, assignment.name), Ledger(db_url, assignment.name, blank) as ledger:
        late = ledger.late_seconds({submission.student: submission.timestamp for submission in found})
        current = set() if force else _current(ledger, prints, class_folder, late)
        changed = [submission for submission in found if submission.student not in current]
        batches = _Batches(ledger, class_folder, late)
        with closing(_watched(order, changed, jobs, scheduler, progress)) as results:
            stopped = batches.take_all(results)
        seen = _seen(ledger.records.each(assignment.name), set(prints))
    return Summary(
        assignment.name,
        graded=batches.written,
        unchanged=len(current),
        left=len(changed) - batches.written,
        seconds=round(time.perf_counter() - started, 2),
        stopped=stopped,
        **seen,
    )


def _seen(records: Iterable[Record], students: set[str]) -> dict[str, Any]:
    """Return what a summary says of the records of `students`, of which one is in memory at a time."""
    names: dict[str, list[str]] = {"held": [], "look_at": [], "reached_out": [], "odd_times": []}
    scores = []
    for record in records:
        if record.student in students:
            scores.append(record.score)
            signs = (
                any(exercise.held for exercise in record.exercises),
                record.needs_person,
                bool(record.reached_out),
                any(said.startswith(UNREAD) for said in record.repairs),
            )
            for sign, listed in zip(signs, names.values(), strict=True):
                listed += [record.student] * sign
    mean = round(sum(scores) / len(scores), 2) if scores else None
    return {"mean": mean, **{name: tuple(listed) for name, listed in names.items()}}


def _current(ledger: Ledger, prints: dict[str, str], class_folder: Path, late: dict[str, float]) -> set[str]:
    """Return the students whose marks were made from just what is there now, and are all written down."""
    complete, current = ledger.complete(), set()
    for record in ledger.records.each(ledger.assignment):
        student = record.student
        same = record.fingerprint == prints.get(student) and record.late_seconds == late[student]
        if same and student in complete and published(class_folder, student, ledger.assignment):
            current.add(student)
    return current


def _watched(
    order: Order, changed: list[Submission], jobs: int | None, scheduler: str | None, progress: bool
) -> Generator[Done]:
    """Grade what has changed, and pass the results on, with a bar that moves."""
    if not changed:
        return
    columns = (
        TextColumn(order.assignment.name),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    jobs = jobs or min(len(os.sched_getaffinity(0)), math.ceil(len(changed) / WORTH_A_PROCESS))
    coming = cluster.graded(order, changed, scheduler) if scheduler else graded(order, changed, jobs)
    with Progress(*columns, disable=not progress) as bar, closing(coming) as results:
        task = bar.add_task(order.assignment.name, total=len(changed))
        for done in results:
            yield done
            bar.advance(task)


class _Batches:
    """Writes results down in batches: first the notebooks, then all marks and records in one transaction."""

    def __init__(self, ledger: Ledger, class_folder: Path, late: dict[str, float]) -> None:
        self.written = 0
        self._ledger, self._class_folder, self._late = ledger, class_folder, late
        self._pending: list[Done] = []
        self._since = time.monotonic()

    def take_all(self, results: Iterator[Done]) -> str:
        """Write down everything that comes; return why it ended early, or nothing."""
        try:
            for done in results:
                self._pending.append(done)
                if len(self._pending) >= BATCH or time.monotonic() - self._since > BATCH_SECONDS:
                    self._write()
            self._write()
        except KeyboardInterrupt:
            self._write()
            return f"Stopped by Ctrl-C. {self._safe}"
        except (OSError, OperationalError) as error:
            if not _disk_full(error):
                raise
            return f"The disk is full. {self._safe.replace('Run', 'Make room and run')}"
        return ""

    @property
    def _safe(self) -> str:
        are = "submission is" if self.written == 1 else "submissions are"
        return f"{self.written} {are} graded and safe. Run the same command again to go on."

    def _write(self) -> None:
        for done in self._pending:
            publish(self._class_folder, done.submission, self._ledger.assignment, done.notebook)
        entries = [
            Entry(replace(d.record, late_seconds=self._late[d.record.student]), d.marks, d.submission.timestamp)
            for d in self._pending
        ]
        if entries:
            with self._ledger.engine.begin() as connection:
                self._ledger.write(connection, entries)
        self.written += len(self._pending)
        self._pending, self._since = [], time.monotonic()


def _disk_full(error: Exception) -> bool:
    full = (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "errno", None) in full or "disk is full" in str(error)
