"""Landlock by system call: which folders a worker may read, and the one in which it may write."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
_READ_FILE, _WRITE_FILE = 1 << 2, 1 << 1
_SCRATCH = _READ | _WRITE_FILE | 1 << 5 | 1 << 8 | 1 << 14  # and remove, make regular files, truncate
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}  # later versions have 16 that we know of
_BIND_AND_CONNECT, _SIGNALS_AND_SOCKETS = 0b11, 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Return the version of Landlock that this kernel speaks; 0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)))


def restrict(readable: Iterable[int], devices: Iterable[int], scratch: int) -> None:
    """Shut this process in, for good: it may read below `readable`, and write in `scratch` and to `devices`.

    All are open descriptors of folders or files. ``no_new_privs`` must be set.
    """
    speaks = version()
    everything = (1 << _RIGHTS_BY_VERSION.get(speaks, 16)) - 1
    fields = [everything] + [_BIND_AND_CONNECT] * (speaks >= 4) + [_SIGNALS_AND_SOCKETS] * (speaks >= 6)
    wanted = struct.pack(f"<{len(fields)}Q", *fields)
    rules = _call(_CREATE, ctypes.c_char_p(wanted), ctypes.c_size_t(len(wanted)), 0)
    for fd in readable:
        _add(rules, fd, _READ & everything)
    for fd in devices:
        _add(rules, fd, _READ_FILE | _WRITE_FILE)
    _add(rules, scratch, _SCRATCH & everything)
    _call(_RESTRICT, rules, 0)
    os.close(rules)


def _add(rules: int, fd: int, rights: int) -> None:
    if not stat.S_ISDIR(os.fstat(fd).st_mode):
        rights &= 1 << 0 | _READ_FILE | _WRITE_FILE | 1 << 14
    _call(_ADD, rules, 1, ctypes.c_char_p(struct.pack("<Qi", rights, fd)), 0)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock refused its rules")
    return result
