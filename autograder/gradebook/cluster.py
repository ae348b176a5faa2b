"""Grades a class on several machines: Dask hands the submissions out, and each worker thread has a process that grades.

What comes back is what `workforce` brings from one machine; the gradebook is written by who asked, and by nobody else.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
import uuid
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from autograder.authoring import course
from autograder.errors import CourseError, UsageError
from autograder.gradebook import grading
from autograder.gradebook.classroom import Submission, read
from autograder.gradebook.grading import Basis, basis, released
from autograder.gradebook.job import Done, Order
from autograder.gradebook.workforce import AHEAD, LOOK_SECONDS, Process, held, shared_out

TOGETHER = 8  # submissions a task: what Dask does for one costs a twentieth of what grading one does
CONNECT_SECONDS = 10.0
NOBODY_SECONDS = 30.0
CALM_MS = 1000.0
LOOKS = {"tick": "distributed.admin.tick.interval", "profile": "distributed.worker.profile.interval"}
GET_IT = "--scheduler needs Dask, which is not installed. Get it: pip install -c constraints.txt -e '.[cluster]'."


@dataclass(frozen=True)
class Task:
    """What a worker must know of a run: each reads assignment and release from its own copy of the course."""

    run: str
    assignment: str
    isolation: str | None
    basis: Basis


class Cluster:
    """The workers whose scheduler is at `address`; as a `Crew`, they may begin before anything is known.

    A context manager, which ends what the workers began for it.
    """

    def __init__(self, order: Order, address: str) -> None:
        self._order, self._address = order, address
        fixed = basis(order.assignment, order.release)
        self._task = Task(uuid.uuid4().hex, order.assignment.name, order.isolation, fixed)
        self._client: Any = None
        self._begun: list[Any] = []  # held, since Dask drops a task that nobody holds

    def __enter__(self) -> Cluster:
        self._stack = contextlib.ExitStack()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._stack:
            if self._client:
                with contextlib.suppress(OSError):  # the scheduler is gone: its workers end by themselves
                    self._client.run(_dismiss, self._task.run, on_error="ignore")
                    self._look_every(None)

    def begin(self, jobs: int) -> None:
        """Have a process begin for each thread of the cluster, if there is work for `jobs` at all.

        Raises
        ------
        UsageError
            If Dask is not installed, or the address is none.
        CourseError
            If no scheduler answers there.
        """
        if jobs and not self._client:
            self._client = self._stack.enter_context(connected(self._address))
            self._look_every(CALM_MS)
            for worker, threads in self._client.nthreads().items():
                for _ in range(threads):
                    self._begun.append(self._client.submit(begin, self._task, workers=[worker], pure=False))

    def _look_every(self, milliseconds: float | None) -> None:
        """Set how often Dask looks at itself, which takes a twentieth of a core; as configured, if None.

        A function that is defined here is sent whole, so that the scheduler need not have the course.
        """

        def look_every(dask_worker: Any = None, dask_scheduler: Any = None) -> None:
            from dask import config, utils

            for name, key in LOOKS.items():
                if callback := (dask_worker or dask_scheduler).periodic_callbacks.get(name):
                    usual = 1000 * utils.parse_timedelta(config.get(key), default="ms")
                    callback.callback_time = milliseconds or usual

        self._client.run(look_every, on_error="ignore")  # by a worker that has just died, say
        self._client.run_on_scheduler(look_every)

    def graded(self, submissions: Iterable[Submission], jobs: int) -> Generator[Done]:
        """Grade submissions on the cluster, and yield them as they are ready.

        Raises
        ------
        CourseError
            If the cluster has no workers, or a worker has another version of the course.
        """
        self.begin(jobs)
        return _as_they_come(self._client, self._task, self._order, deque(submissions))


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect to a scheduler; certificates and keys of a ``tls://`` one are those of Dask's own configuration."""
    try:
        from distributed import Client, Security
    except ModuleNotFoundError:
        raise UsageError(GET_IT) from None
    try:
        client = Client(address, security=Security(), timeout=CONNECT_SECONDS, set_as_default=False)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"--scheduler needs an address such as tcp://10.0.0.5:8786. Got {address!r} ({error})."
        ) from None
    except OSError:
        raise CourseError(f"No Dask scheduler answers at {address}. Start one: `dask scheduler`.") from None
    with client:
        yield client


def _as_they_come(client: Any, task: Task, order: Order, waiting: deque[Submission]) -> Generator[Done]:
    """Keep every thread of the cluster at work, with little ahead, so that no machine has to hold a class."""
    from distributed import KilledWorker, wait

    given: dict[Any, list[Submission]] = {}
    alone: set[str] = set()
    threads, looked, seen = 0, -LOOK_SECONDS, time.monotonic()
    while waiting or given:
        if time.monotonic() - looked >= LOOK_SECONDS:
            threads, looked = sum(client.nthreads().values()), time.monotonic()
            seen = looked if threads else seen
            _refuse_nobody(client, looked - seen)
        while waiting and len(given) < AHEAD * threads:
            batch = _batch(waiting, len(waiting) // (2 * AHEAD * threads), alone)
            given[_submitted(client, task, order, batch)] = batch
        with contextlib.suppress(TimeoutError), client.as_current():
            wait(list(given), timeout=LOOK_SECONDS, return_when="FIRST_COMPLETED") if given else time.sleep(0.1)
        for future in [each for each in given if each.done()]:
            batch = given.pop(future)
            try:
                yield from _result(client, future)
            except KilledWorker:  # several workers died over this batch
                if len(batch) == 1:
                    yield held(order, batch[0])
                else:
                    alone.update(each.student for each in batch)
                    waiting.extendleft(reversed(batch))


def _batch(waiting: deque[Submission], size: int, alone: set[str]) -> list[Submission]:
    """Take what is handed out together; what may have ended workers goes `alone`."""
    batch = [waiting.popleft()]
    while waiting and len(batch) < min(size, TOGETHER) and not {batch[0].student, waiting[0].student} & alone:
        batch.append(waiting.popleft())
    return batch


def _submitted(client: Any, task: Task, order: Order, batch: Sequence[Submission]) -> Any:
    """Hand a batch to the scheduler, which gives it to another worker if the first one dies."""
    blank = released(order.assignment, order.release)
    whole = [read(each.student, each.folder, blank) for each in batch]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # a notebook may hold many pictures
        key = f"zeromean-{task.run}-{batch[0].student}-{len(batch)}"
        return client.submit(grade, task, whole, key=key, pure=False)


def _result(client: Any, future: Any) -> list[Done]:
    if future.cancelled():
        raise CourseError(f"The Dask scheduler {client.scheduler.address} is gone. Start it, and run again to go on.")
    done: list[Done] = future.result()
    return done


def _refuse_nobody(client: Any, seconds: float) -> None:
    if seconds > NOBODY_SECONDS:
        address = client.scheduler.address
        raise CourseError(f"The Dask scheduler {address} has no workers. Start some: `dask worker {address}`.")


# ---- on a worker ---------------------------------------------------------------------------------------------------

_free: dict[str, list[Process]] = {}  # of each run: the processes that grade for it and wait for work
_over: set[str] = set()  # runs that have ended


def begin(task: Task) -> None:
    """Begin a process on a worker, which `grade` will find."""
    with _kept(task, []):
        pass


def grade(task: Task, submissions: Sequence[Submission]) -> list[Done]:
    """Grade submissions on a worker: in a process beside it, with all bounds that it has elsewhere.

    The kernel ends that process when the thread that began it ends, and so when the worker does.
    """
    with _kept(task, _free.get(task.run, [])) as crew:
        return list(shared_out(crew, deque(submissions)))


@contextlib.contextmanager
def _kept(task: Task, waiting: list[Process]) -> Iterator[list[Process]]:
    """Take a process that is `waiting`, or begin one; afterwards it waits again, if nothing went wrong."""
    crew = []
    with contextlib.suppress(IndexError):
        crew.append(waiting.pop())
    try:
        crew = crew or [_process(task)]
        yield crew
    except BaseException:
        _end(crew)
        raise
    _free.setdefault(task.run, []).extend(crew)
    if task.run in _over:
        _dismiss(task.run)


def _process(task: Task) -> Process:
    """Begin a process for a run; those that wait for another run, which may have ended without a word, make room."""
    for run in [run for run in list(_free) if run != task.run]:
        _end(_free.pop(run, []))
    return Process(_order(task), tempfile.gettempdir(), whole=True)


def _order(task: Task) -> Order:
    """Return what the process has to open, from this machine's copy of the course, which must be the same."""
    assignment = course.load(task.assignment)
    if basis(assignment, grading.RELEASE) != task.basis:
        raise CourseError(
            f"A worker has another version of the grader or of {task.assignment} than you have. Give all machines the "
            "same course, built with `make build`, and start their workers again."
        )
    return Order(assignment, grading.RELEASE, task.isolation)


def _dismiss(run: str) -> None:
    """End the processes that wait for a run, which is over; those that are at work follow when they are done."""
    _over.add(run)
    _end(_free.pop(run, []))


def _end(crew: Iterable[Process]) -> None:
    for process in crew:
        process.kill()
        process.wait()
