"""The errors that may end a command: each message says what happened, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


class CourseError(Exception):
    """Something in the course, the class or the machine that a person must put right."""

    exit_code = 1


class UsageError(CourseError):
    """A command was asked for what is not there, or not yet."""

    exit_code = 2


def meant(name: str, names: Sequence[str]) -> str:
    """Return a sentence with those of `names` that are like `name`, or with all of them."""
    near = [other for other in names if other.startswith(name)] or difflib.get_close_matches(name, names, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(names) or 'none'}."
