"""Grades a class while something goes wrong, in a process of its own: for `test_disturbed.py`.

``python -m autograder.tests.gradebook.disturbed FOLDER 24 two full`` disturbs a class of 24, and prints what came of
each disturbance as JSON: what was said, what was left running, and how what is there after a rerun differs from what an
undisturbed run leaves. A number stands for so many kills at random moments.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from autograder.authoring import course
from autograder.errors import CourseError, trouble_with_the_disk
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.records import Records, open_gradebook
from autograder.reports.feedback import given_marks
from autograder.tests import orphans
from autograder.tests.gradebook.laid_out import hand_in, lay_out
from autograder.tests.hostile.programs import RIGHT, WRONG

State = dict[str, dict[str, Any]]
_libc = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_PRIVATE, _READ_ONLY, _REMOUNT = 1 << 18 | 1 << 14, 1, 32
ROOM = "16m"


class Class:
    """A class of the small course in a folder, and what grading it leaves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"sqlite:///{folder}/gradebook.db"

    def grade(self, jobs: int = 1) -> str:
        """Grade, in this process if `jobs` is 1; return what was said at the end, "" if all went well."""
        try:
            return grade_class(
                course.load("small"), self.folder, self.url, jobs=jobs, progress=False, release=course.ROOT / "release"
            ).stopped
        except Exception as error:
            told = trouble_with_the_disk(error) or error
            return str(told) if isinstance(told, CourseError) else traceback.format_exc()

    def begun(self, jobs: int = 1) -> int:
        """Begin to grade in a process that says at its end what came of it; return its number."""
        number = os.fork()
        if number == 0:
            said = self.grade(jobs)
            (self.folder.parent / f"said-{os.getpid()}").write_text(said)
            os._exit(bool(said))
        return number

    def said(self, number: int) -> str:
        """Return what the process of a number said at its end."""
        return (self.folder.parent / f"said-{number}").read_text()

    def state(self) -> State:
        """Return all that matters of what is there: marks, comments, records, graded notebooks."""
        with Records(self.url) as records:
            found: dict[str, Any] = {s: r.decided() for s, r in records.load_all("small").items()}
        given = given_marks(self.url, "small")
        marks = {student: {cell: vars(mark) for cell, mark in mine.items()} for student, mine in given.items()}
        with open_gradebook(self.url) as gradebook:
            times = {s.student.id: str(s.timestamp) for s in gradebook.assignment_submissions("small")}
        files = [path for path in (self.folder / "autograded").rglob("*") if path.is_file() and path.suffix != ".lock"]
        digests = {str(p.relative_to(self.folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
        return {"records": found, "marks": marks, "times": times, "files": digests}

    def clear(self) -> None:
        """Have nothing graded."""
        shutil.rmtree(self.folder / "autograded", ignore_errors=True)
        for path in self.folder.glob("gradebook.db*"):
            path.unlink()


def handed_in(root: Path, students: int) -> Class:
    """Lay out the course and a class in which some are right, some wrong, and some end their process."""
    release = lay_out(root)
    course.ROOT, course.SOLUTIONS, course.SUITES = root, root / "solutions", root / "suites"
    for number in range(students):
        answers = WRONG if number % 5 == 3 else RIGHT
        own = "import os\nos._exit(1)" if number % 20 == 7 else "sum(range(200_000))"
        hand_in(root / "class", f"s{number:02}", release, answers, own)
    return Class(root / "class")


def difference(one: State, other: State) -> list[str]:
    """Name what is not the same."""
    return [
        f"{what}: {key}"
        for what in one
        for key in sorted({*one[what], *other[what]})
        if one[what].get(key) != other[what].get(key)
    ]


def killed(there: Class, expected: State, moments: int) -> dict[str, Any]:
    """Kill the grader at random moments, let the next one go on, and compare whenever a class is complete.

    It grades by itself and with two processes in turn; these are killed with it, also while they begin.
    """
    started = time.monotonic()
    there.grade()
    whole = time.monotonic() - started
    there.clear()
    kills, complete, different, left = 0, 0, [], []
    while kills < moments or complete == 0:
        number = there.begun(jobs=1 + kills % 2)
        if kills < moments:
            time.sleep(random.uniform(0, whole))
            kills += psutil.Process(number).status() != psutil.STATUS_ZOMBIE
            os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
        left += orphans.left_running()
        if os.WIFEXITED(status):
            complete += 1
            different += difference(expected, there.state())
            there.clear()
    return {"kills": kills, "complete": complete, "different": different, "left": left, "said": [], "again": ""}


def two(there: Class, expected: State) -> dict[str, Any]:
    """Let two grade at once."""
    numbers = [there.begun() for _ in range(2)]
    for number in numbers:
        os.waitpid(number, 0)
    return after(there, expected, sorted(map(there.said, numbers)))


def interrupted(there: Class, expected: State) -> dict[str, Any]:
    """Press Ctrl-C in the middle."""
    number = there.begun()
    while not list(there.folder.glob("autograded/*/small/small.ipynb")):
        time.sleep(0.01)
    os.kill(number, signal.SIGINT)
    os.waitpid(number, 0)
    return after(there, expected, [there.said(number)])


def after(there: Class, expected: State, said: list[str]) -> dict[str, Any]:
    """Grade once more with nothing in the way, and compare."""
    again = there.grade()
    different, left = difference(expected, there.state()), orphans.left_running()
    return {"said": said, "again": again, "different": different, "left": left}


def locked(there: Class, expected: State) -> dict[str, Any]:
    """Let somebody else write into the database all the time."""
    open_gradebook(there.url).close()
    other = sqlite3.connect(there.folder / "gradebook.db")
    other.execute("begin exclusive")
    said = there.grade()
    other.rollback()
    other.close()
    return after(there, expected, [said])


def _mount(source: str, folder: Path, flags: int, options: str = "") -> None:
    kind = b"tmpfs" if flags & _REMOUNT or options else None
    if _libc.mount(source.encode(), str(folder).encode(), kind, flags, options.encode() or None):
        raise OSError(ctypes.get_errno(), f"cannot mount {folder}")


def on_a_small_disk(there: Class) -> None:
    """Move the class to a disk of its own that only this process sees, unless it is there."""
    if there.folder.is_mount():
        return
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)):
        raise OSError(ctypes.get_errno(), "no disk of its own can be had")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _mount("none", Path("/"), _PRIVATE)
    kept = shutil.copytree(there.folder, there.folder.with_name("kept"))
    _mount("small", there.folder, 0, f"size={ROOM}")
    shutil.copytree(kept, there.folder, dirs_exist_ok=True)


def full(there: Class, expected: State) -> dict[str, Any]:
    """Leave ever more room on the disk, until there is enough."""
    on_a_small_disk(there)
    said = []
    filler = there.folder / "filler"
    for kilobytes in (0, 200, 260, 600):
        held = os.open(filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with contextlib.suppress(OSError):
            while True:
                os.write(held, b"x" * 4096)
        os.ftruncate(held, os.fstat(held).st_size - (kilobytes << 10))
        os.close(held)
        said.append(there.grade())
    filler.unlink()
    return after(there, expected, said)


def read_only(there: Class, expected: State) -> dict[str, Any]:
    """Take the right to write away, before there is a gradebook and when there is one."""
    on_a_small_disk(there)
    said = []
    for clear in (True, False):
        there.clear() if clear else there.grade()
        for path in [*there.folder.glob("autograded/*/small/small.ipynb")][:1]:
            path.unlink()
        _mount("small", there.folder, _REMOUNT | _READ_ONLY)
        said.append(there.grade())
        _mount("small", there.folder, _REMOUNT)
    return after(there, expected, said)


HOW: dict[str, Callable[[Class, State], dict[str, Any]]] = {
    "two": two, "interrupted": interrupted, "locked": locked, "full": full, "read-only": read_only,
}  # fmt: skip


def main() -> None:
    """Disturb a class in a folder in several ways, one after another."""
    orphans.adopt()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have us ignore it
    there, ways = handed_in(Path(sys.argv[1]), int(sys.argv[2])), sys.argv[3:]
    there.grade()
    expected, outcomes = there.state(), {}
    for how in ways:
        there.clear()
        outcomes[how] = killed(there, expected, int(how)) if how.isdecimal() else HOW[how](there, expected)
    print(json.dumps({"whole": len(expected["records"]), "outcomes": outcomes}))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
