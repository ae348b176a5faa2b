"""Builds the walls around a worker, in the worker itself, just after it is forked and before it reads anything."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from autograder.sandbox import landlock, seccomp
from autograder.sandbox.limits import MB, Limits

_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS, _CAPBSET_DROP = 1, 4, 38, 24
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Plan:
    """What the judge tells a zygote about its workers."""

    limits: Limits
    preload: tuple[str, ...]
    readable: tuple[str, ...]
    scratch: str
    landlock: bool
    seccomp: bool

    def to_json(self) -> str:
        """Return the text that `from_json` reads on the other side."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        data |= {"limits": Limits(**data["limits"]), "preload": tuple(data["preload"])}
        return cls(**data | {"readable": tuple(data["readable"])})


def drop_privileges() -> None:
    """Give up every capability, also those of root, and the means to get any back; for good."""
    for capability in range(64):
        if _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0):
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "the capabilities cannot be dropped")
    _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_DUMPABLE, 0, 0, 0, 0)


def enter(plan: Plan, scratch: str) -> None:
    """Shut this process in, for good: limits, then files, then system calls."""
    _libc.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    _virtual_bytes()  # while it can be read
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    if plan.landlock:
        fd = os.open(scratch, os.O_PATH | os.O_CLOEXEC)
        readable, devices = _opened(plan.readable), _opened(_DEVICES)
        landlock.restrict(readable, devices, fd)
        for each in (*readable, *devices, fd):
            os.close(each)
    _limit(plan.limits)  # from here on few files can be open; the walls of Landlock are many
    if plan.seccomp:
        seccomp.install(seccomp.program(os.getpid(), files=plan.landlock))


def _limit(limits: Limits) -> None:
    bounds = {
        resource.RLIMIT_AS: _virtual_bytes() + limits.memory_mb * MB,
        resource.RLIMIT_FSIZE: limits.file_mb * MB,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))  # the first ends it by a signal that says why


@cache
def _opened(paths: Sequence[str]) -> tuple[int, ...]:
    return tuple(os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths if Path(path).exists())


def prepare(plan: Plan) -> None:
    """Do in the zygote, once, what the walls of every worker need."""
    _virtual_bytes()
    if plan.seccomp:
        seccomp.program(0, files=plan.landlock)
    if plan.landlock:
        _opened(plan.readable)
        _opened(_DEVICES)


@cache
def _virtual_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def peak_mb(pid: int) -> float:
    """Return the most memory a process has had resident, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def usage(scratch: str) -> tuple[int, int]:
    """Return how many files are in a worker's scratch folder, and their size; they may vanish meanwhile."""
    count = size = 0
    for entry in os.scandir(scratch):
        with contextlib.suppress(FileNotFoundError):
            size += entry.stat(follow_symlinks=False).st_blocks * 512
            count += 1
    return count, size


def empty(scratch: str) -> None:
    """Remove a worker's scratch folder."""
    shutil.rmtree(scratch, ignore_errors=True)
