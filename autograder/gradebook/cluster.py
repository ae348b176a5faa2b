"""Grades a class on several machines: Dask hands the submissions out, and each worker thread has a process that grades.

What comes back is what `workforce` brings from one machine; the gradebook is written by who asked, and by nobody else.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
import uuid
import warnings
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.authoring import course
from autograder.errors import CourseError, UsageError
from autograder.gradebook import grading
from autograder.gradebook.classroom import Submission, read
from autograder.gradebook.grading import Basis, basis, released
from autograder.gradebook.job import Done, Order
from autograder.gradebook.workforce import AHEAD, LOOK_SECONDS, Process, held, shared_out

TOGETHER = 8  # submissions a task: what Dask does for one costs a tenth of what grading one does
CONNECT_SECONDS = 10.0
NOBODY_SECONDS = 30.0
GET_IT = "--scheduler needs Dask, which is not installed. Get it: pip install -c constraints.txt -e '.[cluster]'."


@dataclass(frozen=True)
class Task:
    """What a worker must know of a run: each reads assignment and release from its own copy of the course."""

    run: str
    assignment: str
    isolation: str | None
    basis: Basis


def graded(order: Order, submissions: Iterable[Submission], address: str) -> Generator[Done]:
    """Grade submissions on the cluster whose scheduler is at `address`, and yield them as they are ready.

    Raises
    ------
    UsageError
        If Dask is not installed, or the address is none.
    CourseError
        If no scheduler answers there, it has no workers, or a worker has another version of the course.
    """
    task = Task(uuid.uuid4().hex, order.assignment.name, order.isolation, basis(order.assignment, order.release))
    with _connected(address) as client:
        try:
            yield from _as_they_come(client, task, order, deque(submissions))
        finally:
            with contextlib.suppress(OSError):  # the scheduler is gone: its workers end by themselves
                client.run(_dismiss, task.run)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
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

_crews: dict[int, tuple[str, list[Process]]] = {}  # by thread: the run, and the one process that grades for it


def grade(task: Task, submissions: Sequence[Submission]) -> list[Done]:
    """Grade submissions on a worker: in a process of this thread's own, with all bounds that it has elsewhere.

    The kernel ends that process when the thread ends, and so when the worker does.
    """
    thread = threading.get_ident()
    if thread not in _crews or _crews[thread][0] != task.run:
        _end(_crews.pop(thread, None))
        _crews[thread] = task.run, [Process(_order(task), tempfile.gettempdir(), whole=True)]
    try:
        return list(shared_out(_crews[thread][1], deque(submissions)))
    except BaseException:
        _end(_crews.pop(thread, None))
        raise


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
    """End the processes of a run that is over."""
    for thread in [thread for thread, (of, _) in list(_crews.items()) if of == run]:
        _end(_crews.pop(thread, None))


def _end(crew: tuple[str, list[Process]] | None) -> None:
    for process in crew[1] if crew else ():
        process.kill()
        process.wait()
