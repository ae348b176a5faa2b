"""Tries the walls from inside: prints "held" if everything forbidden is refused, else says what was possible."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox import walls


def _open_a_file() -> None:
    Path("/etc/passwd").read_bytes()


FORBIDDEN: dict[str, Callable[[], object]] = {
    "open /etc/passwd": _open_a_file,
    "make a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
    "signal its parent": lambda: os.kill(os.getppid(), 0),
    "start a process": lambda: os.fork() or os._exit(0),
}


def main() -> None:
    """Shut this process in as a worker is, and try to get out."""
    plan = walls.Plan.from_json(sys.argv[1])
    walls.drop_privileges()
    walls.enter(plan, plan.scratch, os.getppid())
    for what, attempt in FORBIDDEN.items():
        with contextlib.suppress(OSError):
            attempt()
            sys.exit(f"it was possible to {what}.")
    print("held")  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
