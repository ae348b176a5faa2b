"""One of the processes that grade a class: takes submissions from its parent, one after another, and ends with it."""

from __future__ import annotations

import contextlib
import gc
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.sandbox.walls import die_with_parent


def work(parent: Connection[Any, Any]) -> None:
    """Say that all is open, then answer each submission by what was done with it; or answer why it cannot be opened."""
    gc.disable()  # until all is loaded, which makes many objects and no garbage
    from autograder.gradebook.classroom import Submission, read  # takes seconds, in which the parent may already end
    from autograder.gradebook.job import Order, grade_one, opened

    order: Order = parent.recv()
    with contextlib.ExitStack() as stack:
        try:
            grader = stack.enter_context(opened(order))
        except Exception as error:
            parent.send(error)
            return
        gc.freeze()
        gc.enable()
        parent.send(None)
        while True:
            given: Submission | tuple[str, Path] = parent.recv()
            submission = given if isinstance(given, Submission) else read(*given, grader.instructor)
            parent.send(grade_one(grader, submission))


def main() -> None:
    """Work until the parent closes its end, or dies."""
    die_with_parent(int(sys.argv[1]))
    with Connection(int(sys.argv[2])) as parent, contextlib.suppress(EOFError, ConnectionError):
        work(parent)


if __name__ == "__main__":
    main()
