"""Grades many submissions with several processes, each with its own judge and zygote."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Pipe, wait
from types import TracebackType

from autograder.errors import CourseError
from autograder.gradebook.classroom import Submission, read
from autograder.gradebook.grading import released, undecided
from autograder.gradebook.job import Done, Order, done_with, grade_one, opened

AHEAD = 2  # submissions that a process has at hand, so that it need not wait for the next one
ENDING_SECONDS = 2.0
LOOK_SECONDS = 1.0
MOST_SECONDS = 300.0  # no submission takes as long; a process that does hangs through a fault of ours


class Crew:
    """The processes that grade; they take seconds to open what they need, so they may begin before anything is known.

    A context manager, which ends them, whatever they are at.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._processes: list[Process] = []

    def __enter__(self) -> Crew:
        self._scratch = tempfile.TemporaryDirectory(prefix="zeromean-", ignore_cleanup_errors=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        self._scratch.cleanup()

    def begin(self, jobs: int) -> None:
        """Have `jobs` processes begin, with those that have begun; one alone would be no quicker than this process."""
        while len(self._processes) < jobs > 1:
            self._processes.append(Process(self._order, self._scratch.name))

    def graded(self, submissions: Iterable[Submission], jobs: int) -> Generator[Done]:
        """Grade submissions, in this process if `jobs` is 1, and yield them as they are ready. Files are read anew."""
        self.begin(jobs)
        if self._processes:
            yield from shared_out(self._processes, deque(submissions))
            return
        with opened(self._order) as grader:
            for submission in submissions:
                yield grade_one(grader, read(submission.student, submission.folder, grader.instructor))


def shared_out(crew: list[Process], waiting: deque[Submission]) -> Generator[Done]:
    """Let the processes grade what is `waiting`; one that dies is replaced, and what it graded is tried once more."""
    died: Counter[str] = Counter()
    while waiting or any(process.given for process in crew):
        for process in crew:
            process.feed(waiting)
        for process in _that_answer(crew):
            try:
                done = process.take()
            except EOFError:
                done = _replaced(crew, process, waiting, died)
            if done:
                yield done


def _replaced(crew: list[Process], dead: Process, waiting: deque[Submission], died: Counter[str]) -> Done | None:
    """Put a new process in the place of a dead one; what it died over is tried once more, then held."""
    dead.kill()
    dead.wait()
    crew[crew.index(dead)] = replace(dead)
    suspects = [each.student for each in list(dead.given)[:1]]
    died.update(suspects)
    again = [each for each in dead.given if died[each.student] < 2]
    waiting.extendleft(reversed(again))
    return held(dead.order, dead.given[0]) if len(again) < len(dead.given) else None


def _that_answer(crew: Sequence[Process]) -> list[Process]:
    """Wait until some of the processes have something to say, if only that they are gone."""
    heard = wait([process.connection for process in crew], LOOK_SECONDS)
    for process in crew:
        if process.hangs:
            process.kill()
    return [process for process in crew if process.connection in heard]


def held(order: Order, submission: Submission) -> Done:
    """Hold the marks of a submission on which two processes died."""
    reason = "The grading process ended without a word, or did not end, twice, on this submission."
    instructor = released(order.assignment, order.release)
    return done_with(submission, undecided(order.assignment, instructor, submission.student, reason))


@dataclass(eq=False)
class Process:
    """A process that grades, as its parent sees it; the first of what it was `given` is in work.

    It reads what students handed in by itself, or gets it `whole`, one at a time, where the files are elsewhere.
    """

    order: Order
    scratch: str
    whole: bool = False

    def __post_init__(self) -> None:
        self.given: deque[Submission] = deque()
        self._since = self._begun = 0.0
        self.connection, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "autograder.gradebook.process", str(os.getpid()), str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TMPDIR": self.scratch},
                start_new_session=True,  # Ctrl-C is the parent's to hear, which ends us
            )  # fmt: skip
        with contextlib.suppress(ConnectionError):  # it is dead, which `take` will notice
            self.connection.send(self.order)

    def feed(self, waiting: deque[Submission]) -> None:
        """Give it what comes next, as names: it reads the files itself, so that sending never has to wait for it."""
        with contextlib.suppress(ConnectionError):
            while waiting and len(self.given) < (1 if self.whole else AHEAD):
                self.connection.send(waiting[0] if self.whole else (waiting[0].student, waiting[0].folder))
                self._since = self._since if self.given else time.monotonic()
                self.given.append(waiting.popleft())

    def take(self) -> Done | None:
        """Return what it graded, or nothing if it is ready to begin.

        EOFError says that it died over the first of what it was given.
        """
        try:
            answer: Done | Exception | None = self.connection.recv()
        except (EOFError, ConnectionError):
            if not self._begun:
                raise CourseError("A grading process died before it began. What it said stands above.") from None
            raise EOFError from None
        if isinstance(answer, Exception):
            raise answer
        self._since = time.monotonic()
        self._begun = self._begun or self._since
        if answer:
            self.given.popleft()
        return answer

    @property
    def hangs(self) -> bool:
        """Whether it takes longer over a submission than anything takes."""
        return bool(self._begun and self.given and time.monotonic() - self._since > MOST_SECONDS)

    def kill(self) -> None:
        """End it, whatever it is at: what it graded is here, its files are ours, its sandbox dies with it."""
        self._process.kill()

    def wait(self) -> None:
        """Wait until it has ended; one that the system does not let end is left to the system."""
        self.connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDING_SECONDS)
