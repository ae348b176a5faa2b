"""Lets root start a process as a user who is nobody, also where the folders above the project are closed to others."""

from __future__ import annotations

import ctypes
import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

NOBODY = 65534
_NEW_MOUNTS, _PRIVATE, _BIND = 0x20000, 1 << 18 | 1 << 14, 1 << 12 | 1 << 14
_libc = ctypes.CDLL(None, use_errno=True)


def become_nobody(paths: Iterable[Path]) -> None:
    """Be nobody, for good, in a view of the files in which the way to `paths` is open; the files stay as they are."""
    ways = {path: closed for path in paths if (closed := _closed_above(path))}
    if ways:
        _open_up(ways)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _closed_above(path: Path) -> Path | None:
    """Return the topmost folder above `path` that others may not go through."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH), None)


def _open_up(ways: dict[Path, Path]) -> None:
    """Put an empty folder over each closed one, with nothing in it but the way to the paths below it."""
    if _libc.unshare(_NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), "no view of its own can be had")
    _mount("none", "/", _PRIVATE)
    with tempfile.TemporaryDirectory() as aside:
        kept = {path: Path(aside, str(number)) for number, path in enumerate(ways)}
        for path, place in kept.items():
            place.mkdir()
            _mount(str(path), str(place), _BIND)
        for closed in set(ways.values()):
            _mount("way", str(closed), 0, "mode=755")
        for path, place in kept.items():
            path.mkdir(parents=True, exist_ok=True)
            _mount(str(place), str(path), _BIND)
            _libc.umount2(str(place).encode(), 2)


def _mount(source: str, target: str, flags: int, options: str = "") -> None:
    kind = b"tmpfs" if options else None
    if _libc.mount(source.encode(), target.encode(), kind, flags, options.encode() or None):
        raise OSError(ctypes.get_errno(), f"cannot mount {target}")
