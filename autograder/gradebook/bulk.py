"""Grades a whole class in one go, into the gradebook that nbgrader reads."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Collection, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.authoring.course import Assignment
from autograder.gradebook.alone import alone
from autograder.gradebook.classroom import published, submissions
from autograder.gradebook.cluster import Cluster
from autograder.gradebook.grading import RELEASE, basis, made_from, released
from autograder.gradebook.job import Done, Order
from autograder.gradebook.timestamps import UNREAD
from autograder.gradebook.workforce import Crew
from autograder.judge.record import Record
from autograder.safe import printable

if TYPE_CHECKING:
    from autograder.gradebook.ledger import Ledger

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
        return printable(" ".join([*said, self.stopped]).strip())


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
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone(class_folder, assignment.name))
        crew: Crew | Cluster
        crew = stack.enter_context(Cluster(order, scheduler)) if scheduler else stack.enter_context(Crew(order))
        sure = [each for each in found if force or not published(class_folder, each.student, assignment.name)]
        crew.begin(_worth(jobs, len(sure)))
        from autograder.gradebook.batches import Batches  # here: to load nbgrader takes a second, in which they open
        from autograder.gradebook.ledger import Ledger

        ledger = stack.enter_context(Ledger(db_url, assignment.name, blank))
        late = ledger.late_seconds({submission.student: submission.timestamp for submission in found})
        current = set() if force else _current(ledger, prints, class_folder, late)
        changed = [submission for submission in found if submission.student not in current]
        batches = Batches(ledger, class_folder, late)
        coming = crew.graded(changed, _worth(jobs, len(changed)))
        with closing(_watched(coming, assignment.name, len(changed), progress)) as results:
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


def _worth(jobs: int | None, count: int) -> int:
    """Return how many processes grade `count` submissions: as many as were asked for, or as are worth it."""
    worth = min(len(os.sched_getaffinity(0)), math.ceil(count / WORTH_A_PROCESS))
    return (jobs or worth) if count else 0


def _watched(coming: Generator[Done], name: str, total: int, progress: bool) -> Generator[Done]:
    """Pass on what has been graded, with a bar that moves."""
    if not total:
        return
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not progress) as bar, closing(coming) as results:
        task = bar.add_task(name, total=total)
        for done in results:
            yield done
            bar.advance(task)
