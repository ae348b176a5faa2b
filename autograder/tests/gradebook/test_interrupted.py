"""A real ``autograder grade --jobs 2`` is stopped at random moments: it ends at once, with all that it started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder.authoring import course
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.records import Records

pytestmark = pytest.mark.slow
STUDENTS = 18
SLOW = "sum(range(8_000_000))\n"  # a fifth of a second
WRONG = "def first(x):\n    return x[0]"
LOOPS = "def first(x):\n    while True: pass"
COMMAND = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
from autograder.authoring import course
course.ROOT = Path(sys.argv[1])
course.SOLUTIONS, course.SUITES = course.ROOT / "solutions", course.ROOT / "suites"
from autograder.__main__ import main
main(["grade", "small", "--jobs", "2"])
"""
_SUBREAPER, _libc = 36, ctypes.CDLL(None)


@pytest.fixture
def adopted():
    """Be the parent of every orphan below this process, so that none can hide; return who is there and is new."""
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    before = {process.pid for process in psutil.Process().children(recursive=True)}

    def new():
        found = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
        for process in found:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
        return [process for process in found if psutil.pid_exists(process.pid)]

    yield new
    _libc.prctl(_SUBREAPER, 0, 0, 0, 0)


@pytest.fixture
def started(course_folder, class_folder, url, tmp_path):
    """Hand in a class that takes a while, and return a function that starts to grade it."""
    root = shutil.copytree(course_folder, tmp_path / "course")
    shutil.copytree(root / "release", root / "build" / "release")
    answers = {f"s{n:02}": {"double": SLOW + "def double(x):\n    return 2 * x"} for n in range(STUDENTS)}
    answers |= {"s03": {"pair": LOOPS}, "s05": {"pair": WRONG}}
    folder = class_folder(**answers)
    environment = {**os.environ, "ZEROMEAN_CLASS": str(folder), "ZEROMEAN_DB": url, "TMPDIR": str(tmp_path)}

    def start():
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(root)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    start.folder = folder
    return start


def _until(condition, seconds):
    """Wait for a condition, and return how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen in time"
        time.sleep(0.01)
    return time.monotonic() - began


def stop(start, number, after, new):
    """Start to grade, send a signal some time after the first processes are there, and return how the end went."""
    command = start()
    _until(lambda: command.poll() is not None or len(psutil.Process(command.pid).children()) == 2, 60)
    time.sleep(after)
    os.killpg(command.pid, number) if number == signal.SIGINT else command.send_signal(number)
    seconds = _until(lambda: command.poll() is not None and not new(), 30)
    said, errors = command.communicate()
    return seconds, command.returncode, said, errors


def test_stopped_at_any_moment_it_ends_with_all_that_it_started(started, adopted, small_course, url):
    """Ctrl-C, a polite and an impolite kill: gone soon, no process left, and the next run gives all marks."""
    moments = random.Random()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        after = moments.uniform(0, 4)
        seconds, code, said, errors = stop(started, number, after, adopted)
        assert seconds < 5 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)), f"after {after} s"
        assert "Traceback" not in errors, errors
        assert code == (1 if number == signal.SIGINT else -number), said + errors
        if number == signal.SIGINT:
            assert "Stopped by Ctrl-C." in said + errors  # to stderr, before anything has been graded
    release = small_course / "release"
    summary = grade_class(course.load("small"), started.folder, url, jobs=2, progress=False, release=release)
    assert (summary.left, summary.stopped) == (0, "")
    with Records(url) as records:
        marks = {student: record.score for student, record in records.load_all("small").items()}
    assert marks == {f"s{n:02}": {3: 2.0, 5: 4.0}.get(n, 6.0) for n in range(STUDENTS)}
