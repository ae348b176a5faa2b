"""Builds the walls around a worker, in the worker itself, just after it is forked and before it reads anything."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import shutil
import signal
import tempfile
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
        try:
            _prctl(_CAPBSET_DROP, capability)
        except OSError as error:  # the last capability was the one before, or there are none to give up
            if error.errno not in (errno.EINVAL, errno.EPERM):
                raise
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError(ctypes.get_errno(), "the capabilities cannot be dropped")
    _prctl(_NO_NEW_PRIVS, 1)
    _prctl(_DUMPABLE, 0)


def die_with_parent(parent: int) -> None:
    """Have this process killed when its `parent` ends, however it ends; at once if that has happened already."""
    _prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({option}, {value}) was refused: {os.strerror(number)}")


def enter(plan: Plan, scratch: str, parent: int) -> None:
    """Shut this process in, for good: it ends with its parent; limits, then files, then system calls."""
    die_with_parent(parent)
    os.setsid()
    _virtual_bytes()  # while it can be read
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    tempfile.tempdir = None  # to be found anew: it was asked for before this worker had a folder of its own
    if plan.landlock:
        fd = os.open(scratch, os.O_PATH | os.O_CLOEXEC)
        readable, devices = _opened(plan.readable), _opened(_DEVICES)
        landlock.restrict(readable, devices, fd)
        for each in (*readable, *devices, fd):
            os.close(each)
    _limit(plan.limits)  # from here on few files can be open; the walls of Landlock are many
    if plan.seccomp:
        seccomp.install(seccomp.program(os.getpid(), files=plan.landlock))
    else:  # nothing else keeps it from starting processes without end
        most = _tasks_of_this_user() + plan.limits.processes
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


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


def _tasks_of_this_user() -> int:
    """Count the processes and threads that count against RLIMIT_NPROC; some may end meanwhile."""
    count = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            said = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            count += int(said["Threads"]) if int(said["Uid"].split()[0]) == os.getuid() else 0
    return count


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
