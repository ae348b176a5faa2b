"""Bounds on our own processes: what does not end, or fills the memory, costs a check or a text, and not the class."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import psutil

CHECK_SECONDS = 10.0
JUDGE_MB = 2048
_AT_ONCE = 1e-3
_AGAIN_SECONDS = 0.5  # for a check that catches even this


class Overrun(BaseException):
    """Something used up the processor time that it may take; no Exception, since much code catches those."""


@contextmanager
def processor_time(seconds: float) -> Iterator[None]:
    """Raise `Overrun` in the block once this process has worked so long on it; waiting for a student is no work.

    One block may stand in another; the outer bound holds in both. A signal brings it, and Python gives signals to
    its main thread only: in any other, nothing is bounded.
    """
    outer, started = signal.getitimer(signal.ITIMER_PROF)[0], time.process_time()
    if threading.current_thread() is not threading.main_thread() or 0 < outer <= seconds:
        yield
        return

    def end(*_: object) -> NoReturn:
        raise Overrun(f"This took more than {seconds:g} s of the judge's own processor time.")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:  # once more: the signal may have come just before the line above
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if outer:
            left = outer - (time.process_time() - started)
            signal.setitimer(signal.ITIMER_PROF, max(left, _AT_ONCE), _AGAIN_SECONDS)


@contextmanager
def memory(megabytes: int) -> Iterator[None]:
    """Raise MemoryError in the block when it asks for so much more than this process has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = psutil.Process().memory_info().vms + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
