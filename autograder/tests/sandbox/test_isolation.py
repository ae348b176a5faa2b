"""Levels of isolation: each is tried for real, the strongest is taken, the last one never by itself."""

from __future__ import annotations

import ctypes
import errno
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.sandbox import isolation, landlock, launch, seccomp, walls
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import SandboxError, Session, Zygote
from autograder.tests import here

Switch = Callable[[Path, pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Try every level anew in each test."""
    isolation.why_not.cache_clear()
    yield
    isolation.why_not.cache_clear()


def test_the_levels_of_this_machine() -> None:
    """On a machine with bubblewrap, Landlock and seccomp, every level holds, and the first is chosen."""
    for level in isolation.LEVELS:
        here.need(level.name)
    assert isolation.choose().number == 1
    assert [isolation.choose(level.name).number for level in isolation.LEVELS] == [1, 2, 3, 4]


@pytest.mark.parametrize("level", isolation.LEVELS[:3], ids=lambda level: level.name)
def test_each_level_serves(level: isolation.Level) -> None:
    """At each level cells run, a figure is drawn, and a function is called."""
    here.need(level.name)
    with Zygote(Limits(), ["matplotlib.pyplot"], level.name) as zygote, Session(zygote, ["matplotlib"]) as session:
        assert zygote.isolation == level
        figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='$x^2$')\nplt.legend();"
        outcomes = session.run([figure, "def f(x): return 2 * x", "1 / 0"])
        assert [outcome.error is None for outcome in outcomes] == [True, True, False]
        assert "image/png" in outcomes[0].outputs[0]["data"]
        assert session.call("f", (2,)) == 4


def test_without_walls_the_trial_tells() -> None:
    """The trial that proves a level fails where there are no walls, so it proves something."""
    start = launch.Launch(4, Limits(), (), "/tmp")
    trial = subprocess.run(start.command("trial"), env=start.environment(), capture_output=True, text=True)
    assert trial.stdout == ""
    assert "it was possible to open /etc/passwd" in trial.stderr


def test_no_isolation_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last level says what it is, and is refused unless it is named."""
    monkeypatch.setattr(seccomp, "supported", lambda: False)
    with pytest.raises(isolation.IsolationError) as error:
        isolation.choose()
    assert str(error.value) == (
        "Student code cannot be isolated on this machine (bubblewrap: it needs Linux on x86-64 or arm64.; landlock: it "
        "needs Linux on x86-64 or arm64.; seccomp: it needs Linux on x86-64 or arm64.). Install bubblewrap, use Linux "
        'with Landlock or seccomp, or ask for isolation "none" if you trust every submission.'
    )
    assert isolation.choose("none").sentence.startswith("NOT ISOLATED")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A level that cannot be had is refused with the reason, and the next one is taken."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(isolation.IsolationError, match=r"'bubblewrap' does not work here: bubblewrap \(bwrap\)"):
        isolation.choose("bubblewrap")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(isolation.IsolationError, match="'landlock' does not work here: this kernel has no Landlock"):
        isolation.choose("landlock")
    with pytest.raises(isolation.IsolationError, match=r"no isolation level 'docker'\. There are: bubblewrap, land"):
        isolation.choose("docker")
    assert isolation.choose().name == "seccomp"


def test_a_trial_that_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the trial said is the reason."""
    landlocked = isolation.LEVELS[1]
    monkeypatch.setattr(isolation, "TRIAL_SECONDS", 0.0001)
    assert "timed out" in isolation.why_not(landlocked)
    isolation.why_not.cache_clear()
    monkeypatch.setattr(isolation, "TRIAL_SECONDS", 20)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert isolation.why_not(landlocked) == "exit code 1"


def test_what_a_worker_may_read() -> None:
    """Neither a suite, nor a solution, nor the judge is among it, nor a network, nor is anything above them."""
    paths = launch.readable(["zeromean", "matplotlib.pyplot"])
    root = Path(__file__).resolve().parents[3]
    ours = [f"autograder/{name}" for name in ("suites", "judge", "gradebook", "suite")]
    for private in (*ours, "solutions", "build", "class", ".git", "utils/zeromean/training", "utils/zeromean/demos"):
        assert not any(path == root / private or path in (root / private).parents for path in paths), private
    assert root / "autograder" / "sandbox" in paths
    assert root / "utils" / "zeromean" / "checking" / "check.py" in paths


def test_an_installed_grader_is_hidden_too(tmp_path: Path) -> None:
    """Where the grader lies among what may be read, all around it is listed instead."""
    for name in ("a.py", "package/suites/x.py", "package/sandbox/y.py", "b/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = sorted(launch._without(tmp_path, [tmp_path / "package" / "suites"]))
    assert found == [tmp_path / "a.py", tmp_path / "b", tmp_path / "package" / "sandbox"]


def test_walls_that_the_kernel_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker goes on without one of its walls."""
    refusing = SimpleNamespace(prctl=lambda *_: 1, capset=lambda *_: 1, syscall=lambda *_: -1)
    for module in (seccomp, landlock, walls):
        monkeypatch.setattr(module, "_libc", refusing)
    with pytest.raises(OSError, match="this kernel does not take a seccomp filter"):
        seccomp.install(b"12345678")
    with pytest.raises(OSError, match="Landlock refused its rules"):
        landlock.restrict((), (), 0)
    ctypes.set_errno(errno.EPERM)  # who has no right to give capabilities up has none
    with pytest.raises(OSError, match="the capabilities cannot be dropped"):
        walls.drop_privileges()
    ctypes.set_errno(errno.ENOSYS)
    with pytest.raises(OSError, match=r"prctl\(24, 0\) was refused: Function not implemented"):
        walls.drop_privileges()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_filters_are_well_formed(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    """On both machines a filter is whole, and no jump leaves it."""
    monkeypatch.setattr("platform.machine", lambda: machine)
    seccomp._same_for_all.cache_clear()
    for files in (True, False):
        code = seccomp.program(1234, files=files)
        count = len(code) // 8
        assert count < 4096
        for at in range(count):
            operation = int.from_bytes(code[8 * at : 8 * at + 2], "little")
            yes, no, value = code[8 * at + 2], code[8 * at + 3], int.from_bytes(code[8 * at + 4 : 8 * at + 8], "little")
            far = value if operation == 0x05 else max(yes, no) if operation in (0x15, 0x45) else 0
            assert at + 1 + far < count or operation == 0x06
    seccomp._same_for_all.cache_clear()


def test_where_nothing_is_isolated_processes_are_counted() -> None:
    """At the last level a worker may start a few processes beside those of the user, not any number."""
    read = "import resource\ndef f():\n    return resource.getrlimit(resource.RLIMIT_NPROC)"
    with Zygote(Limits(processes=10), isolation="none") as zygote, Session(zygote, ["resource"]) as session:
        session.run([read])
        soft, hard = session.call("f")
    assert soft == hard
    assert 10 < soft < 100_000


def _no_bubblewrap(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def _no_namespaces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bwrap").write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    (folder / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def _no_landlock(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)


@pytest.mark.parametrize(
    ("switch_off", "level", "reason"),
    [
        (_no_bubblewrap, "landlock", r"bubblewrap \(bwrap\) is not installed"),
        (_no_namespaces, "landlock", "No permissions to create new namespace"),
        (_no_landlock, "seccomp", "this kernel has no Landlock"),
    ],
)
def test_what_a_machine_lacks_leads_to_the_next_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, switch_off: Switch, level: str, reason: str
) -> None:
    """Without bubblewrap, namespaces or Landlock, the strongest level that is left is taken, and it serves."""
    here.need(level)
    switch_off(tmp_path, monkeypatch)
    with pytest.raises(isolation.IsolationError, match=rf"'bubblewrap' does not work here: .*{reason}"):
        isolation.choose("bubblewrap")
    with Zygote(Limits()) as zygote, Session(zygote) as session:
        assert zygote.isolation.name == level
        assert session.run(["open('/etc/passwd')"])[0].error is not None
        session.run(["def f(x): return 2 * x"])
        assert session.call("f", (2,)) == 4


def test_without_fork_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses every new process of the zygote, that is said, and it is no student's fault."""
    here.need("none")
    with Zygote(Limits(), isolation="none") as zygote:
        assert zygote._process is not None
        resource.prlimit(zygote._process.pid, resource.RLIMIT_NOFILE, (3, 3))  # it can take no worker's socket
        monkeypatch.setattr(zygote, "_start", lambda: None)
        with pytest.raises(
            SandboxError, match=r"ended twice when it was asked for a worker\. Is there enough memory\?"
        ):
            zygote.fork(())


def test_other_systems_are_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the level that isolates nothing needs what only Linux has."""
    monkeypatch.setattr(sys, "platform", "darwin")
    isolation.why_not.cache_clear()
    refused = r"Isolation level 'none' does not work here: grading needs Linux\."
    with pytest.raises(isolation.IsolationError, match=refused):
        isolation.choose("none")
    isolation.why_not.cache_clear()
