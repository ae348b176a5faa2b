"""Notes what student code reaches for beyond its walls: files elsewhere, sockets, other processes.

The walls hold whatever is noted here. A submission that knows of the notes can spoil them; they are for the
instructor, who wants to know who tried.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable
from os.path import abspath
from pathlib import Path, PosixPath
from typing import Any

MOST = 20
_PAIR = socket.socketpair.__code__
_SHOWN = 80
_IMPORTS = "<frozen importlib"
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_FILES = {  # Python's audit events that name a file first, and what is done to it
    "open": "open", "os.listdir": "list", "os.scandir": "list", "os.chdir": "go to", "os.remove": "remove",
    "os.rename": "rename", "os.link": "link to", "os.mkdir": "make", "os.rmdir": "remove", "os.truncate": "cut",
    "os.chmod": "change", "os.chown": "change", "os.utime": "change",
}  # fmt: skip
_DEEDS = {
    "socket.__new__": "open a socket", "socket.getaddrinfo": "look up a name in the network",
    "socket.gethostbyname": "look up a name in the network", "subprocess.Popen": "start a process",
    "os.system": "start a process", "os.exec": "start a process", "os.posix_spawn": "start a process",
    "os.fork": "start a process", "os.forkpty": "start a process", "pty.spawn": "start a process",
    "os.killpg": "send a signal to other processes", "resource.prlimit": "change the limits of a process",
}  # fmt: skip
_CALLS = frozenset({
    "clone", "execl", "execv", "execve", "execvp", "fork", "kill", "mount", "pidfd_open", "prctl", "process_vm_readv",
    "ptrace", "setns", "socket", "syscall", "system", "unshare", "vfork",
})  # fmt: skip


def listen(readable: Iterable[str], scratch: str) -> Callable[[], list[str]]:
    """Note from now on, in this process and for good, what is reached for; return a function that hands the notes over.

    `readable` are the files and folders that are there to be opened, beside the folder `scratch`; to look up from
    there is what libraries do who search for a settings file.
    """
    above = {str(folder) for folder in Path(scratch).parents} - {"/"}
    allowed = (*_DEVICES, *readable, scratch)
    known: set[str] = set()
    new: list[str] = []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        said = _deed(event, args, allowed, above) if event in _WATCHED else ""
        if said and said not in known and len(known) < MOST:
            known.add(said)
            new.append(said)

    def take() -> list[str]:
        taken = list(new)
        new.clear()
        return taken

    sys.addaudithook(hook)
    return take


_WATCHED = frozenset({*_FILES, *_DEEDS, "os.kill", "ctypes.dlsym"})


def _deed(event: str, args: tuple[Any, ...], allowed: tuple[str, ...], above: set[str]) -> str:
    """Return in words what an event reaches for, or nothing if that is there for it, or Python's own import asks."""
    if event in _FILES:
        path = _path(args[0])
        there = not path or path in above or any(path == each or path.startswith(f"{each}/") for each in allowed)
        importing = sys._getframe(2).f_code.co_filename.startswith(_IMPORTS)
        return "" if there or importing else f"{_FILES[event]} {path[:_SHOWN]!r}"
    if event == "socket.__new__" and sys._getframe(3).f_code is _PAIR:
        return ""  # both ends are here: an event loop, which a cell with `await` needs, wakes itself by them
    if event == "os.kill":
        return "send a signal to another process" if args[0] != os.getpid() else ""
    if event == "ctypes.dlsym":
        return f"call {args[1]!r} of the system" if args[1] in _CALLS else ""
    return _DEEDS[event]


def _path(given: object) -> str:
    """Return the whole path of a file that is named; nothing for a descriptor, or for an object of the student's."""
    if isinstance(given, (str, bytes, PosixPath)) and type(given) in (str, bytes, PosixPath):
        return abspath(os.fsdecode(given))  # noqa: PTH100 - `resolve` looks at files, and may not here
    return ""
