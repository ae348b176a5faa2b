"""The errors that may end a command: each message says what happened, where, and what to do."""

from __future__ import annotations

import difflib
import errno
import sys
from collections.abc import Sequence


class CourseError(Exception):
    """Something in the course, the class or the machine that a person must put right."""

    exit_code = 1


class UsageError(CourseError):
    """A command was asked for what is not there, or not yet."""

    exit_code = 2


def refuse_elsewhere() -> None:
    """Raise CourseError where student code cannot be run: before anything is imported that only Linux has."""
    if not sys.platform.startswith("linux"):
        raise CourseError(
            "Grading needs Linux, since the walls around student code are Linux's own. On Windows use WSL 2, on macOS "
            f"a virtual machine or a container with Linux; what students do needs neither. Got {sys.platform!r}."
        )


def meant(name: str, names: Sequence[str]) -> str:
    """Return a sentence with those of `names` that are like `name`, or with all of them."""
    near = [other for other in names if other.startswith(name)] or difflib.get_close_matches(name, names, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names) or 'none'}."


_MEND = {
    errno.ENOSPC: "Make room",
    errno.EDQUOT: "Make room",
    errno.EROFS: "Make it writable",
    errno.EACCES: "Make it readable and writable for you",
    errno.EPERM: "Make it readable and writable for you",
    errno.EEXIST: "A folder should be there; move what is in its place away",
    errno.ENOTDIR: "A folder should be there; move what is in its place away",
}
_MEND_DATABASE = {
    "database is locked": "Wait until nobody else writes to it, or end what does",
    "database or disk is full": "Make room",
    "attempt to write a readonly database": "Make its file and its folder writable",
    "unable to open database file": "Make its file and its folder writable",
}


def trouble_with_the_disk(error: Exception) -> CourseError | None:
    """Return what to say of a disk that is full, may not be written to or has a file in a folder's place; else None."""
    said = str(getattr(error, "orig", ""))  # SQLAlchemy keeps there what the database said
    if said in _MEND_DATABASE:
        return CourseError(f"The gradebook: {said}. {_MEND_DATABASE[said]}, and run the same command again.")
    if isinstance(error, OSError) and error.errno in _MEND:
        what = error.filename or "The disk"
        return CourseError(f"{what}: {error.strerror}. {_MEND[error.errno]}, and run the same command again.")
    return None
