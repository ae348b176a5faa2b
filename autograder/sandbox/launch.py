"""How a zygote is started at a level of isolation: the paths it may read, its environment, its command line."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.sandbox.limits import MB, Limits
from autograder.sandbox.walls import Plan

HERE = Path(__file__).resolve().parent
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
_COMMON = (  # where nothing can be opened, what may be imported must be loaded before
    "bisect", "cmath", "copy", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "heapq",
    "itertools", "json", "logging", "math", "operator", "pickle", "pprint", "queue", "re", "statistics", "string",
    "textwrap", "time", "timeit", "typing", "unittest", "warnings", "numpy.fft", "numpy.lib.recfunctions", "numpy.ma",
    "numpy.polynomial", "numpy.testing",
)  # fmt: skip
_INSIDE = "/tmp/scratch"  # noqa: S108 - a tmpfs that only the sandbox has


class Launch:
    """A zygote to be started at level `number`, with `scratch` as the folder for its workers' folders."""

    def __init__(self, number: int, limits: Limits, preload: Sequence[str], scratch: str) -> None:
        self._bubble = number == 1
        self._scratch = _INSIDE if self._bubble else scratch
        self._plan = Plan(
            limits=limits,
            preload=(*preload, *(_COMMON if number == 3 else ())),
            readable=tuple(map(str, readable(preload))),
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
        return [
            "bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL",
            "--die-with-parent", "--new-session", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev",
            "--size", str(4 * self._plan.limits.scratch_mb * MB), "--tmpfs", "/tmp", "--dir", _INSIDE,  # noqa: S108
            *binds, "--chdir", "/",
        ]  # fmt: skip


def readable(preload: Iterable[str]) -> list[Path]:
    """Return what a worker may read: Python, what is installed in it, our own sandbox; no suites, no solutions."""
    base, venv, package = Path(sys.base_prefix), Path(sys.prefix), HERE.parent
    paths = [*map(Path, _SYSTEM), base / "bin", base / "lib", venv / "bin", venv / "lib", venv / "pyvenv.cfg"]
    paths += [Path(path) for key, path in sysconfig.get_paths().items() if key.endswith(("stdlib", "lib"))]
    paths += [Path(path) for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    paths += [package / "__init__.py", HERE, *_outside(preload)]
    hidden = [path for path in package.iterdir() if path not in (package / "__init__.py", HERE)]
    paths += [path.resolve() for path in paths]
    return [path for top in _tops(paths) for path in _without(top, hidden)]


def _outside(preload: Iterable[str]) -> Iterable[Path]:
    """Yield the folders of the modules to preload, which may be installed from a checkout."""
    for name in preload:
        spec = importlib.util.find_spec(name.partition(".")[0])
        if spec is not None:
            yield from map(Path, spec.submodule_search_locations or filter(None, [spec.origin]))


def _tops(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that exist and lie in no other of them."""
    there = sorted({path for path in paths if path.exists()})
    return [path for path in there if not any(other in path.parents for other in there)]


def _without(top: Path, hidden: Sequence[Path]) -> Iterable[Path]:
    """Yield `top`, or, if something hidden lies in it, all else that lies in it."""
    if top in hidden:
        return
    if any(top in path.parents for path in hidden):
        for child in top.iterdir():
            yield from _without(child, hidden)
    else:
        yield top
