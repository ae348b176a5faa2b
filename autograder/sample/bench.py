"""Grading speeds side by side: stock nbgrader, nbgrader with our steps, `autograder grade`, and bare exec.

Each way grades ordinary submissions as a whole process, once many of them and once a few; the difference, per
submission, leaves the start of the process out for every way alike. A way that takes less for all of them than a start
varies by gets them several times over, under other names; the slowest gets fewer. Rounds are interleaved, so that a
machine that slows down slows all of them. Beside the wall time stands the processor time of all that a way started:
it does not count what else the machine does.

Beside that, a whole class in which one function never returns and one fills the memory is graded once, start included.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
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
MOST, FEW = 18, 2
KINDS = ("ms", "cpu_ms")
ORPHAN_SECONDS = 5.0
STUCK = ("infinite_loop", "memory_hog")
MEMORY = 6 << 30  # bytes a process may take, where nothing else bounds the hog
STOCK_CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "zeromean"
c.CourseDirectory.source_directory = "{course.ROOT}/build/source"
"""
Environment = dict[str, str]


@dataclass(frozen=True)
class Way:
    """One way to grade a class: its key in the results, its words, the command, and how much it is given."""

    key: str
    words: str
    command: tuple[str, ...]
    stock: bool = False
    many: int = MOST
    over: int = 1
    first: tuple[str, ...] = ()  # a command that must have run


_PYTHON = (sys.executable, "-m")
GRADE = (*_PYTHON, "autograder", "grade", NAME, "--json")
_GRADE = (*GRADE, "--jobs", "2")
WAYS = (
    Way("stock_cli", "nbgrader autograde, as it comes", (*_PYTHON, "nbgrader", "autograde", NAME), stock=True, many=5),
    Way("plugin_cli", "nbgrader autograde, with our steps", (*_PYTHON, "nbgrader", "autograde", NAME), many=8),
    Way("bulk", "autograder grade", _GRADE, over=5),
    Way("floor", "bare exec with the same checks", (*_PYTHON, "autograder.sample.bench"), over=5),
)
PAGES = Way("feedback", "autograder feedback, a page", (*_PYTHON, "autograder", "feedback", NAME), over=5, first=_GRADE)
WHOLE = (WAYS[0], WAYS[2])  # each grades the class that is stuck
_SUBREAPER, _libc = 36, ctypes.CDLL(None)


def run(rounds: int, log: Console) -> dict[str, float]:
    """Return milliseconds per submission for each way, wall and processor time: medians of interleaved rounds.

    Of the class that is stuck, return the seconds that all of it takes, once.
    """
    everyone = whole_class()
    ordinary = ordinary_of(everyone)
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)  # a sandbox that outlives its starter is ours to wait for, and to count
    found: dict[str, list[float]] = {}
    for number in range(1, rounds + 1):
        for way in (*WAYS, PAGES):
            log.print(f"round {number} of {rounds}: {way.words} ...")
            many, few = (timed(way, again(ordinary[:count], way.over)) for count in (way.many, FEW))
            for key, more, less in zip(KINDS, many, few, strict=True):
                found.setdefault(f"{way.key}_{key}", []).append((more - less) / (way.many - FEW) / way.over)
    stuck = {}
    for way in WHOLE:
        log.print(f"a class that is stuck: {way.words} ...")
        stuck[f"{way.key}_stuck_s"] = round(timed(way, _stuck(everyone))[0], 2)
    return {key: round(1000 * statistics.median(values), 2) for key, values in found.items()} | stuck


def show(figures: Mapping[str, float], console: Console) -> None:
    """Print the figures and their ratios, each of wall and of processor time."""
    columns = ("way", "ms", "ms of processors", "stock / this", "this / floor")
    table = Table(*columns, title="Grading one submission of A4; ratios of wall time, and of processor time")
    for way in (*WAYS, PAGES):
        pairs = [[figures[f"{key}_{kind}"] for kind in KINDS] for key in (way.key, "stock_cli", "floor")]
        (wall, work), stock, floor_ = pairs
        ratios = [f"{stock[0] / wall:.1f}, {stock[1] / work:.1f}", f"{wall / floor_[0]:.2f}, {work / floor_[1]:.2f}"]
        table.add_row(way.words, f"{wall:.1f}", f"{work:.1f}", *([] if way is PAGES else ratios))
    console.print(table)
    theirs, ours = (figures[f"{way.key}_stuck_s"] for way in WHOLE)
    console.print(
        f"A class of {MOST + len(STUCK)} with an endless loop and a memory hog, all of it: {WHOLE[0].words} "
        f"{theirs:.0f} s, {WHOLE[1].words} {ours:.1f} s, {theirs / ours:.0f} times as fast."
    )


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


def whole_class() -> list[HandedIn]:
    """Return the sample class of A4, which is laid out for it."""
    assignment = course.load(NAME)
    judge = judge_for(assignment)
    build.lay_out(assignment, judge)
    return list(students.submissions(assignment, judge, assignment.notebook_in(RELEASE).parent))


def ordinary_of(everyone: list[HandedIn]) -> list[HandedIn]:
    """Return the first submissions that are neither odd nor late."""
    return [each for each in everyone if each.student.startswith(("correct", "student", "mistakes"))][:MOST]


def _stuck(everyone: list[HandedIn]) -> list[HandedIn]:
    """Return a class of ordinary submissions and the two that stand still."""
    return [*ordinary_of(everyone), *(each for each in everyone if each.student in STUCK)]


def again(submissions: list[HandedIn], over: int) -> list[HandedIn]:
    """Return submissions `over` times, under other names."""
    return [replace(each, student=f"{each.student}-{number}") for number in range(over) for each in submissions]


def timed(way: Way, submissions: list[HandedIn]) -> tuple[float, float]:
    """Return the seconds that grading `submissions` in this way takes: wall time, and the processors' of all of it."""
    environment = _prepared(way, submissions)
    started, before = time.perf_counter(), _used()
    _run(way.command, environment, FOLDER if way.stock else course.ROOT)
    took = time.perf_counter() - started
    return took, _used() - before


def _used() -> float:
    """Return the processor time of all that has ended below this process; orphans are waited for, but not for ever."""
    until = time.monotonic() + ORPHAN_SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _prepared(way: Way, submissions: list[HandedIn]) -> Environment:
    """Lay out a class that nobody has graded yet; stock nbgrader must find the assignment in its gradebook."""
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
    if way.stock:
        _run((*_PYTHON, "nbgrader", "generate_assignment", NAME, "--force"), environment, FOLDER)
    if way.first:
        _run(way.first, environment, course.ROOT)
    return environment


def _run(command: tuple[str, ...], environment: Environment, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, preexec_fn=_bounded)
    if done.returncode:
        raise CourseError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    floor(FOLDER / "submitted")
