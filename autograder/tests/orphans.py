"""What is still running when a command has ended: its orphans become children of this process, and are waited for."""

from __future__ import annotations

import contextlib
import ctypes
import os
import time

import psutil

SECONDS = 10.0
_SUBREAPER = 36


def adopt() -> None:
    """Let an orphan become a child of this process."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def left_running() -> list[str]:
    """Return what does not end with what started it, within a few seconds."""
    until = time.monotonic() + SECONDS
    while True:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        left = [str(process) for process in psutil.Process().children(recursive=True)]
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.01)
