"""How a zygote is started at a level of isolation: the paths it may read, its environment, its command line."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.parts import parts
from autograder.sandbox.walls import Plan

HERE = Path(__file__).resolve().parent
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
_COMMON = (  # where nothing can be opened, what may be imported must be loaded before
    "bisect", "cmath", "copy", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq",
    "itertools", "json", "logging", "math", "operator", "pickle", "pprint", "queue", "re", "statistics", "string",
    "textwrap", "time", "timeit", "typing", "unittest", "warnings", "numpy.fft", "numpy.lib.recfunctions", "numpy.ma",
    "numpy.polynomial", "numpy.testing",
)  # fmt: skip
DERIVES = ("autograd",)  # what would answer for the student; hidden, unless locked code needs it
MOST_PATHS = 600  # more would cost each worker milliseconds, and descriptors
_INSIDE = "/tmp/scratch"  # noqa: S108 - a tmpfs that only the sandbox has


class Launch:
    """A zygote to be started at level `number`, with `scratch` as the folder for its workers' folders."""

    def __init__(self, number: int, limits: Limits, preload: Sequence[str], scratch: str) -> None:
        self._bubble = number == 1
        self._scratch = _INSIDE if self._bubble else scratch
        self._masked = masked(preload)
        paths = readable(preload)
        self._plan = Plan(
            limits=limits,
            preload=(*preload, *(_COMMON if number == 3 else ())),
            readable=tuple(map(str, paths if self._bubble else _without_all(paths, self._masked))),
            scratch=self._scratch,
            landlock=number <= 2,
            seccomp=number <= 3,
        )

    def command(self, module: str, *arguments: str) -> list[str]:
        """Return the command line that runs a module of ours; it gets the plan and `arguments`."""
        flags = ["-P", "-s"]  # like -I, but PYTHONHASHSEED counts; the environment is ours anyway
        python = [sys.executable, *flags, "-m", f"autograder.sandbox.{module}", self._plan.to_json(), *arguments]
        return [*self._bubblewrap(), *python] if self._bubble else python

    def environment(self) -> dict[str, str]:
        """Return the whole environment of the process: nothing of the caller's is passed on."""
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        folders = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"), self._scratch)
        return threads | folders | {
            "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PATH": os.defpath,
        }  # fmt: skip

    def _bubblewrap(self) -> list[str]:
        binds = [part for path in self._plan.readable for part in ("--ro-bind-try", path, path)]
        binds += [part for path in self._masked for part in ("--tmpfs", str(path), "--remount-ro", str(path))]
        return [
            shutil.which("bwrap") or "bwrap",
            "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
            "--die-with-parent", "--new-session", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev",
            "--size", str(4 * self._plan.limits.scratch_mb * MB), "--tmpfs", "/tmp", "--dir", _INSIDE,  # noqa: S108
            *binds, "--chdir", "/",
        ]  # fmt: skip


def readable(preload: Iterable[str]) -> list[Path]:
    """Return what a worker may read: Python, what is installed in it, our own sandbox; no suites, no solutions.

    Of a package in a checkout, as the students' own, only the modules that `preload` brings.
    """
    base, venv, package = Path(sys.base_prefix), Path(sys.prefix), HERE.parent
    paths = [*map(Path, _SYSTEM), base / "bin", base / "lib", venv / "bin", venv / "lib", venv / "pyvenv.cfg"]
    paths += [Path(path) for key, path in sysconfig.get_paths().items() if key.endswith(("stdlib", "lib"))]
    paths += [Path(path) for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    paths += [package / "__init__.py", HERE]
    paths += [path for folder in _checkouts(preload, paths) for path in parts(folder, preload)[0]]
    hidden = [path for path in package.iterdir() if path not in (package / "__init__.py", HERE)]
    paths += [path.resolve() for path in paths]
    return [path for top in _tops(paths) for path in _without(top, hidden)]


def masked(preload: Iterable[str]) -> list[Path]:
    """Return the folders in what may be read that differentiate, and that no module to preload needs."""
    preload = list(preload)
    needed = {name.partition(".")[0] for name in preload}
    for folder in _checkouts(preload, ()):
        needed |= parts(folder, preload)[1]
    return [folder.resolve() for name in DERIVES if name not in needed for folder in _folders(name)]


def _checkouts(preload: Iterable[str], inside: Sequence[Path]) -> list[Path]:
    """Return the folders of the packages to preload that lie in no folder of `inside`, nor of site-packages."""
    tops = sorted({name.partition(".")[0] for name in preload})
    installed = {"site-packages", "dist-packages", "lib-dynload"}
    return [
        folder
        for name in tops
        for folder in _folders(name)
        if not installed & set(folder.parts) and not any(path in folder.parents for path in inside)
    ]


def _folders(package: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    return [Path(path) for path in (spec and spec.submodule_search_locations) or ()]


def _tops(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that exist and lie in no other of them."""
    there = sorted({path for path in paths if path.exists()})
    return [path for path in there if not any(other in path.parents for other in there)]


def _without_all(paths: Sequence[Path], hidden: Sequence[Path]) -> Sequence[Path]:
    """Return `paths` without what is hidden in them; as they are where that would be too many."""
    found = [path for top in paths for path in _without(top, hidden)]
    return found if len(found) <= MOST_PATHS else paths


def _without(top: Path, hidden: Sequence[Path]) -> Iterable[Path]:
    """Yield `top`, or, if something hidden lies in it, all else that lies in it."""
    if top in hidden:
        return
    if any(top in path.parents for path in hidden):
        for child in top.iterdir():
            yield from _without(child, hidden)
    else:
        yield top
