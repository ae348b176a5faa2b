"""A Chromium is found where machines keep one, brought where there is none, and missed out loud."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.tests.browser import chromium


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home on a machine without any browser or installer."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    monkeypatch.setattr(chromium, "PLACES", (str(tmp_path / "snap" / "chromium"),))
    return tmp_path


def program(path: Path, script: str = "exit 0") -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    "place",
    [
        "bin/chromium-browser",
        "bin/google-chrome",
        "snap/chromium",
        ".cache/ms-playwright/chromium-1200/chrome-linux/chrome",
    ],
)
def test_finds(bare: Path, place: str) -> None:
    """On the PATH, in a snap, or where Playwright keeps its own."""
    assert chromium.find() == ""
    program(bare / place)
    assert chromium.find() == str(bare / place)


def test_brings_one_from_the_first_that_has_it(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be had in time or at all is passed over; then nobody else is asked."""
    slow = program(bare / "bin" / "slow", "exec /bin/sleep 60")
    gives = program(bare / "bin" / "gives", f"/bin/cp {slow} {bare}/bin/chromium")
    never = program(bare / "bin" / "never", f"/bin/touch {bare}/asked")
    monkeypatch.setattr(chromium, "BOUND", 0.5)
    ways = ([], ["nowhere"], [str(slow)], [str(gives)], [str(never)])
    monkeypatch.setattr(chromium, "WAYS", tuple(lambda way=way: way for way in ways))
    assert chromium.bring() == str(bare / "bin" / "chromium")
    assert not (bare / "asked").exists()


def test_none_can_be_had(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody has one, the answer is empty; apt is asked by root only."""
    monkeypatch.setattr(chromium, "WAYS", ())
    assert chromium.bring() == ""
    program(bare / "bin" / "apt-get")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert chromium._from_apt() == []
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "install" in chromium._from_apt()[-1]
    assert chromium._from_playwright()[-2:] == ["install", "chromium"]


@pytest.mark.parametrize(
    ("ci", "code", "says"), [("", 0, "1 browser tests did not run"), ("true", 1, "may be missing")]
)
def test_without_one_the_end_says_so(bare: Path, ci: str, code: int, says: str) -> None:
    """The last line tells what did not run, and how to mend it; in CI it is a failure."""
    tests = Path(__file__).parent / "browser" / "test_stage.py"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{tests}::test_play_and_step"]
    done = subprocess.run(command, env={**os.environ, "CI": ci}, capture_output=True, text=True)
    assert done.returncode == code, done.stdout
    assert says in done.stdout
    assert "apt install chromium" in done.stdout
