"""Grading speeds side by side: stock nbgrader, nbgrader with our steps, `autograder grade`, and bare exec.

Each way grades the same 18 ordinary submissions as a whole process, once all of them and once only a few; the
difference, per submission, leaves the start of the process out for every way alike. A way that takes less for all
of them than a start varies by gets them ten times over, under other names. Rounds are interleaved, so that a machine
that slows down slows all of them.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from autograder.authoring import build, course
from autograder.authoring.judging import judge_for
from autograder.errors import CourseError
from autograder.gradebook.grading import RELEASE
from autograder.judge.student import LocalSession
from autograder.sample import students
from autograder.sample.students import NAME, HandedIn

FOLDER = course.ROOT / "build" / "bench"
MANY, FEW = 18, 2
STOCK_CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "zeromean"
c.CourseDirectory.source_directory = "{course.ROOT}/build/source"
"""
Environment = dict[str, str]


@dataclass(frozen=True)
class Way:
    """One way to grade a class: its key in the results, its words, and the command for a prepared folder."""

    key: str
    words: str
    command: tuple[str, ...]
    stock: bool = False
    over: int = 1
    first: tuple[str, ...] = ()  # a command that must have run


_PYTHON = (sys.executable, "-m")
_GRADE = (*_PYTHON, "autograder", "grade", NAME, "--json", "--jobs", "2")
WAYS = (
    Way("stock_cli_ms", "nbgrader autograde, as it comes", (*_PYTHON, "nbgrader", "autograde", NAME), stock=True),
    Way("plugin_cli_ms", "nbgrader autograde, with our steps", (*_PYTHON, "nbgrader", "autograde", NAME)),
    Way("bulk_ms", "autograder grade", _GRADE, over=10),
    Way("floor_ms", "bare exec with the same checks", (*_PYTHON, "autograder.sample.bench"), over=10),
)
PAGES = Way("feedback_ms", "autograder feedback, a page", (*_PYTHON, "autograder", "feedback", NAME), first=_GRADE)


def run(rounds: int, log: Console) -> dict[str, float]:
    """Return milliseconds per submission for each way: the median of `rounds` interleaved rounds."""
    ordinary = _ordinary()
    seconds: dict[str, list[float]] = {way.key: [] for way in (*WAYS, PAGES)}
    for number in range(1, rounds + 1):
        for way in (*WAYS, PAGES):
            log.print(f"round {number} of {rounds}: {way.words} ...")
            classes = _again(ordinary, way.over), _again(ordinary[:FEW], way.over)
            many, few = (_timed(way, each) for each in classes)
            seconds[way.key].append((many - few) / (MANY - FEW) / way.over)
    return {key: round(1000 * statistics.median(values), 2) for key, values in seconds.items()}


def show(figures: Mapping[str, float], console: Console) -> None:
    """Print the figures and their ratios."""
    table = Table("way", "ms per submission", "stock / this", "this / floor", title="Grading one submission of A4")
    for way in WAYS:
        value = figures[way.key]
        ratios = figures["stock_cli_ms"] / value, value / figures["floor_ms"]
        table.add_row(way.words, f"{value:.1f}", f"{ratios[0]:.1f}", f"{ratios[1]:.2f}")
    table.add_row(PAGES.words, f"{figures[PAGES.key]:.1f}", "", "")
    console.print(table)


def floor(submitted: Path) -> int:
    """Run the cells of every submission in this process, and the same checks on what they define."""
    judge = judge_for(course.load(NAME))
    paths = sorted(submitted.glob(f"*/{NAME}/{NAME}.ipynb"))
    for path in paths:
        namespace: dict[str, object] = {"__name__": "__main__"}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.metadata.get("zeromean", {}).get("kind") in ("code", "exercise", "scratch"):
                exec(compile(cell.source, "<cell>", "exec"), namespace)  # noqa: S102 - the bundled samples only
        judge.grade(LocalSession(namespace))
    return len(paths)


def _ordinary() -> list[HandedIn]:
    """Build the course and return the first submissions of the sample class that are neither odd nor late."""
    build.build_assignment(NAME)
    assignment = course.load(NAME)
    everyone = students.submissions(assignment, judge_for(assignment), assignment.notebook_in(RELEASE).parent)
    return [s for s in everyone if s.student.startswith(("correct", "student", "mistakes"))][:MANY]


def _again(submissions: list[HandedIn], over: int) -> list[HandedIn]:
    return [replace(each, student=f"{each.student}-{number}") for number in range(over) for each in submissions]


def _timed(way: Way, submissions: list[HandedIn]) -> float:
    """Return the wall time in seconds of grading `submissions` in this way, as one process."""
    environment = _prepared(way, submissions)
    started = time.perf_counter()
    _run(way.command, environment, FOLDER if way.stock else course.ROOT)
    return time.perf_counter() - started


def _prepared(way: Way, submissions: list[HandedIn]) -> Environment:
    """Lay out a class that nobody has graded yet, with the assignment in its gradebook."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    checks = course.load(NAME).checks_in(RELEASE)
    for submission in submissions:
        submission.write(FOLDER / "submitted", checks)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "OPENBLAS_NUM_THREADS": "1",
        "ZEROMEAN_CLASS": str(FOLDER.relative_to(course.ROOT)),
        "ZEROMEAN_DB": f"sqlite:///{FOLDER}/gradebook.db",
    }
    (FOLDER / "nbgrader_config.py").write_text(STOCK_CONFIG)
    folder = FOLDER if way.stock else course.ROOT
    _run((*_PYTHON, "nbgrader", "generate_assignment", NAME, "--force"), environment, folder)
    if way.first:
        _run(way.first, environment, folder)
    return environment


def _run(command: tuple[str, ...], environment: Environment, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    floor(FOLDER / "submitted")
