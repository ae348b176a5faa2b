"""A class of any size in one go: how long a submission takes, and whether memory stays flat.

The class is that of the sample, over and over under other names; one in fifty is odd or hostile. While `autograder
grade` is at work, the memory of all that it started is looked at, by what it is there for.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from autograder.authoring import build, course
from autograder.authoring.judging import judge_for
from autograder.errors import CourseError
from autograder.gradebook.grading import RELEASE
from autograder.sample import students
from autograder.sample.oddities import oddities_of
from autograder.sample.students import NAME, HandedIn

FOLDER = course.ROOT / "build" / "load"
BAD_ONE_IN = 50
LOOK_SECONDS = 0.5
ROLES = {"autograder.gradebook.process": "judge", "autograder.sandbox.zygote": "sandbox"}  # else: the command itself
MB = 1 << 20
SETTLED, MOST_GROWTH = 0.2, 0.1  # memory counts from a fifth of the run on; the rest may grow by a tenth


@dataclass(frozen=True)
class Load:
    """What a run took, and the memory of the largest process of each role: at first, at last, and at most, in MB."""

    submissions: int
    seconds: float
    graded: int
    memory_mb: dict[str, tuple[float, float, float]]

    @property
    def flat(self) -> bool:
        """Whether nothing grew in the course of the run by more than is allowed."""
        return all(last <= first * (1 + MOST_GROWTH) for first, last, _ in self.memory_mb.values())

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        each = round(1000 * self.seconds / self.submissions, 1)
        return {**vars(self), "ms_per_submission": each, "flat": self.flat}

    def show(self, console: Console) -> None:
        """Print how long it took, and a line for the memory of each role."""
        table = Table("MB of the largest", "at first", "at last", "at most")
        for role, figures in self.memory_mb.items():
            table.add_row(role, *(f"{figure:.0f}" for figure in figures))
        console.print(table)
        each = 1000 * self.seconds / self.submissions
        flat = "flat" if self.flat else f"NOT flat: it grew by more than {MOST_GROWTH:.0%}"
        console.print(
            f"{self.graded} of {self.submissions} graded in {self.seconds:.0f} s, {each:.0f} ms each. Memory is {flat}."
        )


def run(count: int) -> Load:
    """Grade a class of `count` submissions with two processes, into a folder and a gradebook of its own."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    checks = course.load(NAME).checks_in(RELEASE)
    for submission in _class(count):
        submission.write(FOLDER / "submitted", checks)
    environment = {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "ZEROMEAN_CLASS": str(FOLDER),
        "ZEROMEAN_DB": f"sqlite:///{FOLDER}/gradebook.db",
    }
    command = [sys.executable, "-m", "autograder", "grade", NAME, "--json", "--jobs", "2"]
    started = time.perf_counter()
    with (FOLDER / "said").open("w+b") as said:
        grading = subprocess.Popen(command, cwd=course.ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT)
        looks = list(_looks(grading))
        seconds = time.perf_counter() - started
        said.seek(0)
        text = said.read().decode(errors="replace")
    if grading.returncode:
        raise CourseError(f"`autograder grade` ended with {grading.returncode}: {text[-2000:]}")
    return Load(count, round(seconds, 1), json.loads(text)["graded"], summarized(looks))


def _class(count: int) -> Iterator[HandedIn]:
    """Yield as many submissions, ordinary ones in turn, and one in fifty of the odd and hostile ones."""
    assignment = course.load(NAME)
    judge = judge_for(assignment)
    build.lay_out(assignment, judge)
    everyone = list(students.submissions(assignment, judge, assignment.notebook_in(RELEASE).parent))
    odd = set(oddities_of(NAME))
    bad = cycle([each for each in everyone if each.student in odd])
    good = cycle([each for each in everyone if each.student not in odd])
    for number in range(count):
        each = next(bad if number % BAD_ONE_IN == BAD_ONE_IN - 1 else good)
        yield replace(each, student=f"s{number:06d}")


def _looks(grading: subprocess.Popen[bytes]) -> Iterator[dict[str, float]]:
    """Look at all processes of a run now and then; yield the memory of the largest of each role, in MB."""
    while grading.poll() is None:
        found: dict[str, float] = defaultdict(float)
        with contextlib.suppress(psutil.NoSuchProcess):
            command = psutil.Process(grading.pid)
            for process in (command, *command.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    role = next((ROLES[word] for word in process.cmdline() if word in ROLES), "command")
                    found[role] = max(found[role], process.memory_info().rss / MB)
        yield dict(found)
        time.sleep(LOOK_SECONDS)


def summarized(looks: list[dict[str, float]]) -> dict[str, tuple[float, float, float]]:
    """Return for each role what it had once all had started, what it had in the end, and the most (medians of a fifth).

    A worker that fills its memory on purpose is bounded by its limits; a median does not see it, the most does.
    """
    roles = sorted({role for look in looks for role in look})
    found = {}
    for role in roles:
        sizes = [look[role] for look in looks if role in look]
        fifth = max(1, int(len(sizes) * SETTLED))
        first, last = statistics.median(sizes[fifth : 2 * fifth] or sizes), statistics.median(sizes[-fifth:])
        found[role] = (round(first, 1), round(last, 1), round(max(sizes), 1))
    return found
