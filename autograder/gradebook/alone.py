"""Only one command at a time grades an assignment of a class: two would write the same rows and files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.errors import CourseError


@contextmanager
def alone(class_folder: Path, assignment: str) -> Iterator[None]:
    """Be the only one who grades an assignment of a class; however this process ends, the next one may begin.

    Raises
    ------
    CourseError
        If another command is at it.
    """
    folder = class_folder / "autograded"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{assignment}.lock"
    held = os.open(path, os.O_RDONLY | os.O_CREAT, 0o666)  # the kernel opens the lock when this is closed
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = f"Another command is grading {assignment} in {class_folder}."
            raise CourseError(f"{said} Wait until it has ended, and run this again.") from None
        yield
    finally:
        os.close(held)
