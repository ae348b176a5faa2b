"""The levels of isolation: what each keeps away, and which of them this machine has."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache

from autograder.sandbox import landlock, seccomp
from autograder.sandbox.launch import Launch
from autograder.sandbox.limits import Limits

TRIAL_SECONDS = 20.0


@dataclass(frozen=True)
class Level:
    """One way to keep student code away from everything else; number 1 is the strongest."""

    number: int
    name: str
    sentence: str


LEVELS = (
    Level(
        1,
        "bubblewrap",
        "The worker sees only Python and its own scratch folder, in namespaces of its own, without network, "
        "under Landlock, seccomp and resource limits.",
    ),
    Level(
        2,
        "landlock",
        "The worker can open only Python and its own scratch folder, has no network and can start no process "
        "(Landlock, seccomp, resource limits); it can see which other files exist.",
    ),
    Level(
        3,
        "seccomp",
        "The worker can open no file at all, has no network and can start no process (seccomp, resource limits); it "
        "can see which files exist.",
    ),
    Level(
        4,
        "none",
        "NOT ISOLATED: student code runs with your rights and can read your files, use the network and start "
        "processes; only time, memory and the number of processes are limited.",
    ),
)


class SandboxError(RuntimeError):
    """The sandbox itself does not work: a fault of ours or of the machine, never of a student."""


class IsolationError(SandboxError):
    """The isolation asked for cannot be had here."""


def choose(asked: str | None = None) -> Level:
    """Return the level called `asked`, or the strongest that works here; each is tried once, for real.

    Raises
    ------
    IsolationError
        If there is no level of that name, it does not work here, or only the last one would.
    """
    by_name = {level.name: level for level in LEVELS}
    if asked is not None:
        if asked not in by_name:
            raise IsolationError(f"There is no isolation level {asked!r}. There are: {', '.join(by_name)}.")
        reason = why_not(by_name[asked])
        if reason:
            raise IsolationError(f"Isolation level {asked!r} does not work here: {reason}")
        return by_name[asked]
    reasons = []
    for level in LEVELS[:-1]:
        reason = why_not(level)
        if not reason:
            return level
        reasons.append(f"{level.name}: {reason}")
    raise IsolationError(
        "Student code cannot be isolated on this machine (" + "; ".join(reasons) + "). Install bubblewrap, use Linux "
        'with Landlock or seccomp, or ask for isolation "none" if you trust every submission.'
    )


@cache
def why_not(level: Level) -> str:
    """Try a level; return nothing when it holds, else the reason in words."""
    if not sys.platform.startswith("linux"):
        return "grading needs Linux."
    if level.name == "none":
        return ""
    if not seccomp.supported():
        return "it needs Linux on x86-64 or arm64."
    if level.number <= 2 and not landlock.version():
        return "this kernel has no Landlock."
    if level.number == 1 and not shutil.which("bwrap"):
        return "bubblewrap (bwrap) is not installed."
    with tempfile.TemporaryDirectory(prefix="zeromean-") as scratch:
        launch = Launch(level.number, Limits(), (), scratch)
        try:
            trial = subprocess.run(
                launch.command("trial"), env=launch.environment(), cwd="/",
                capture_output=True, text=True, timeout=TRIAL_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return "" if trial.stdout == "held\n" else (trial.stderr.strip()[-500:] or f"exit code {trial.returncode}")
