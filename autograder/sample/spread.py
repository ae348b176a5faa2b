"""A class graded by two processes, and by a cluster of two workers on the same machine: what Dask costs.

Rounds are interleaved, and each begins with the way that the last one ended with. While the cluster has nothing to do
it is halted, so that it takes nothing from the other way. Beside the wall time stands what Dask's processes take of the
cores themselves: it does not depend on what else the machine does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from autograder.authoring import course
from autograder.errors import CourseError
from autograder.gradebook.cluster import connected
from autograder.sample.bench import GRADE, Way, again, ordinary_of, timed, whole_class

WORKERS = 2
OVER = 18  # times the ordinary submissions: a minute's work
START_SECONDS = 60.0
DASK = (sys.executable, "-m", "dask")


@dataclass(frozen=True)
class Spread:
    """Of each round: seconds with processes here, on the cluster, and Dask's own share of the cores in the latter."""

    submissions: int
    here: tuple[float, ...]
    cluster: tuple[float, ...]
    own: tuple[float, ...]

    @property
    def overheads(self) -> list[float]:
        """How much longer the cluster took, round by round."""
        return [there / here - 1 for here, there in zip(self.here, self.cluster, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return {**asdict(self), "overhead": round(statistics.median(self.overheads), 4)}

    def sentence(self) -> str:
        """Say what was measured: medians, and the overhead of each round."""
        here, there, own = map(statistics.median, (self.here, self.cluster, self.own))
        each = ", ".join(f"{overhead:+.1%}" for overhead in self.overheads)
        return (
            f"{self.submissions} submissions of A4: {here:.0f} s with {WORKERS} processes, {there:.0f} s on a cluster "
            f"of {WORKERS} workers here, {statistics.median(self.overheads):+.1%} (rounds: {each}). "
            f"Of {WORKERS} cores Dask itself took {own:.1%}."
        )


def run(rounds: int, log: Console) -> Spread:
    """Grade the class in both ways, `rounds` times."""
    submissions = again(ordinary_of(whole_class()), OVER)
    seconds: dict[str, list[float]] = {"here": [], "cluster": []}
    own = []
    with tempfile.TemporaryDirectory() as folder, _started(Path(folder)) as (address, dask):
        here = Way("here", "", (*GRADE, "--jobs", str(WORKERS)))
        there = Way("cluster", "", (*GRADE, "--scheduler", address))
        for number in range(rounds):
            for way in (here, there) if number % 2 else (there, here):
                log.print(f"round {number + 1} of {rounds}: {way.key} ...")
                for process in dask:
                    process.send_signal(signal.SIGSTOP if way is here else signal.SIGCONT)
                before = _used(dask)
                seconds[way.key].append(round(timed(way, submissions)[0], 2))
                if way is there:
                    own.append(round((_used(dask) - before) / seconds["cluster"][-1] / WORKERS, 4))
    return Spread(len(submissions), tuple(seconds["here"]), tuple(seconds["cluster"]), tuple(own))


def _used(dask: list[subprocess.Popen[bytes]]) -> float:
    """Return the processor time that Dask's own processes have had, without what they started."""
    times = [psutil.Process(process.pid).cpu_times() for process in dask]
    return sum(each.user + each.system for each in times)


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and its workers; yield its address, and all of them."""
    where, environment = folder / "scheduler.json", {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    known = ("--no-dashboard", "--scheduler-file", str(where))
    worker = ("worker", *known, "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
    dask = []
    try:
        for command in (("scheduler", *known, "--host", "127.0.0.1", "--port", "0"), *(worker,) * WORKERS):
            said = subprocess.DEVNULL
            dask.append(subprocess.Popen((*DASK, *command), cwd=course.ROOT, env=environment, stderr=said))
            until = time.monotonic() + START_SECONDS
            while not where.is_file():
                if time.monotonic() > until or dask[0].poll() is not None:
                    raise CourseError("The Dask scheduler did not start; is Dask installed? See docs/instructors.md.")
                time.sleep(0.05)
        address = json.loads(where.read_text())["address"]
        with connected(address) as client:
            client.wait_for_workers(WORKERS, START_SECONDS)
        yield address, dask
    finally:
        for process in dask:
            process.kill()
            process.wait()
