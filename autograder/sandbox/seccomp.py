"""A seccomp filter, written out by hand: the system calls a worker may make, with the arguments it may give.

Everything else gets EPERM: starting processes, sockets, signals to others, tracing, mounting, changing owners.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Sequence
from functools import cache

# Linux numbers on x86-64 and on arm64 (None where arm64 has no such call).
_FREE: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "close": (3, 57),
    "close_range": (436, 436),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "recvfrom": (45, 207),
    "shutdown": (48, 210),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "get_robust_list": (274, 100),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getrandom": (318, 278),
    "getcpu": (309, 168),
    "umask": (95, 166),
    "getcwd": (79, 17),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "alarm": (37, None),
    "pause": (34, None),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "pipe": (22, None),
    "pipe2": (293, 59),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create": (213, None),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "stat": (4, None),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "getsockopt": (55, 209),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "arch_prctl": (158, None),
}
_FILES: dict[str, tuple[int, int | None]] = {
    "readlink": (89, None),  # without Landlock, /proc would tell what the user's other processes have open
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "chdir": (80, 49),
    "fchdir": (81, 50),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "flock": (73, 32),
}
_CHECKED: dict[str, tuple[int, int | None]] = {
    "sendto": (44, 206),
    "open": (2, None),
    "openat": (257, 56),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "clone": (56, 220),
    "clone3": (435, 435),
    "openat2": (437, 437),
    "ioctl": (16, 29),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "socketpair": (53, 199),
    "fcntl": (72, 25),
}
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_libc = ctypes.CDLL(None, use_errno=True)
_LOAD, _EQUAL, _ANY_BIT, _AND, _GO_ON, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x05, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_EPERM, _ENOSYS = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_Code = list[tuple[int, int, int, int]]

_CLONE_THREAD = 0x10000
_O_TRUNC, _O_WRITING = 0x200, (os.O_WRONLY, os.O_RDWR)
_TERMINAL_QUESTIONS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)  # is it a terminal, its size, close-on-exec
_NAMING = (15, 16, 0x53564D41)  # prctl: name a thread, name a mapping
_FCNTL = (*range(8), 36, 37, 38, 1030, 1032)  # copies, flags, locks; not signals to others, leases, watched folders


def supported() -> bool:
    """Whether we know this machine's system calls."""
    return platform.system() == "Linux" and platform.machine() in _MACHINES


def program(pid: int, *, files: bool) -> bytes:
    """Return the filter for the process `pid`; without `files` it can open nothing."""
    column, _ = _MACHINES[platform.machine()]
    own = {"kill": _only(0, (pid,)), "tgkill": _only(0, (pid,)), "prlimit64": _only(0, (0, pid))}
    return _same_for_all(files=files) + _packed([*_decisions(own, column), _give(_EPERM)])


@cache
def _same_for_all(*, files: bool) -> bytes:
    """Return the part of the filter that does not depend on the process."""
    column, machine = _MACHINES[platform.machine()]
    free = [numbers[column] for numbers in [*_FREE.values(), *(_FILES.values() if files else ())]]
    numbers = [number for number in free if number is not None]
    code: _Code = [_load(4), (_EQUAL, 1, 0, machine), _give(_KILL), _load(0)]
    code += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    code += [(_GO_ON, 0, 0, 1), _give(_ALLOW)]
    return _packed(code + _decisions(_checks(files=files), column))


def _decisions(checks: dict[str, _Code], column: int) -> _Code:
    """Return the code that finds the check of a call whose arguments matter."""
    code: _Code = []
    for name, check in checks.items():
        number = _CHECKED[name][column]
        if number is not None:
            code += [(_EQUAL, 0, len(check), number), *check]
    return code


def _packed(code: _Code) -> bytes:
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)


def install(code: bytes) -> None:
    """Put this process under the filter, for good. ``no_new_privs`` must be set."""
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    if _libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), "this kernel does not take a seccomp filter")


def _checks(*, files: bool) -> dict[str, _Code]:
    """Return, for each call whose arguments matter whoever makes it, the code that decides and returns."""
    checks = {
        "clone": [_argument(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), _give(_ALLOW), _give(_EPERM)],
        "clone3": [_give(_ENOSYS)],
        "openat2": [_give(_ENOSYS)],
        "prctl": _only(0, _NAMING),
        "ioctl": _only(1, _TERMINAL_QUESTIONS),
        "fcntl": _only(1, _FCNTL),
        "sendto": _no_address(4),
        "socketpair": [_argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 0, 1, 1), _give(_ALLOW), _give(_EPERM)],
    }
    if files:
        checks |= {"open": _opening(1), "openat": _opening(2)}
    return checks


def _no_address(argument: int) -> _Code:
    """Allow to send only to the other end, not to any socket that has a name."""
    low, high = _argument(argument), _argument(argument, high=True)
    return [low, (_EQUAL, 0, 3, 0), high, (_EQUAL, 0, 1, 0), _give(_ALLOW), _give(_EPERM)]


def _opening(argument: int) -> _Code:
    """Refuse to truncate through a descriptor that only reads, which old Landlocks let through."""
    writing = [_argument(argument), (_AND, 0, 0, 3), (_EQUAL, 1, 0, _O_WRITING[0]), (_EQUAL, 0, 1, _O_WRITING[1])]
    return [
        _argument(argument), (_ANY_BIT, 1, 0, _O_TRUNC), _give(_ALLOW), *writing, _give(_ALLOW), _give(_EPERM),
    ]  # fmt: skip


def _only(argument: int, values: Sequence[int]) -> _Code:
    return [_argument(argument), *_each(values, _ALLOW), _give(_EPERM)]


def _each(values: Iterable[int], verdict: int) -> _Code:
    return [step for value in values for step in ((_EQUAL, 0, 1, value), _give(verdict))]


def _load(offset: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, offset)


def _argument(number: int, *, high: bool = False) -> tuple[int, int, int, int]:
    return _load(16 + 8 * number + 4 * high)


def _give(verdict: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, verdict)
