"""Whatever goes wrong while a class is graded: a rerun leaves what an undisturbed run would have left."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograder.tests import here

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # sixty gradings, on a busy machine
AGAIN = "and run the same command again."
FULL = "The disk is full. "


def disturbed(folder, students, *ways, seconds=800):
    """Disturb a class of so many in these ways, and return what came of each."""
    command = [sys.executable, "-m", "autograder.tests.gradebook.disturbed", str(folder), str(students), *ways]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)
    if "no disk of its own can be had" in done.stderr:
        here.missing("A full and a read-only disk cannot be tried here: this user may mount nothing.")
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["whole"] == students
    for outcome in found["outcomes"].values():
        assert (outcome["again"], outcome["different"], outcome["left"]) == ("", [], [])
    return {how: outcome["said"] for how, outcome in found["outcomes"].items()}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Return what was said at each disturbance."""
    return disturbed(tmp_path_factory.mktemp("disturbed"), 20, "two", "interrupted", "locked")


@pytest.mark.parametrize("moments", ["10", pytest.param("200", marks=[pytest.mark.bench, pytest.mark.timeout(7200)])])
def test_killed_at_random_moments(tmp_path, moments):
    """A grader that is killed leaves nothing half done and no process; who comes next goes on."""
    disturbed(tmp_path, 60, moments, seconds=800 if moments == "10" else 7000)


def test_two_graders_at_once(said):
    """The one who comes second is told to wait; no row and no file is written twice."""
    went_well, refused = said["two"]
    assert went_well == ""
    assert refused.startswith("Another command is grading small in ")
    assert refused.endswith("/class. Wait until it has ended, and run this again.")


def test_ctrl_c(said):
    """What was graded is safe."""
    (stopped,) = said["interrupted"]
    assert stopped.startswith("Stopped by Ctrl-C. ")


def test_a_database_that_is_locked(said):
    """Who cannot write says so, and what helps."""
    assert said["locked"] == [
        f"The gradebook: database is locked. Wait until nobody else writes to it, or end what does, {AGAIN}"
    ]


def test_a_disk_that_is_full_or_read_only(tmp_path):
    """However little room is left, one sentence comes, and what was written is whole."""
    said = disturbed(tmp_path, 20, "full", "read-only")
    assert said["full"][0] == f"The gradebook: database or disk is full. Make room, {AGAIN}"
    assert said["full"][-1] == ""
    assert all(one == "" or one == said["full"][0] or one.startswith(FULL) for one in said["full"])
    assert any(one.startswith(FULL) for one in said["full"])
    assert len(said["read-only"]) == 2
    assert all(one.endswith(f"Read-only file system. Make it writable, {AGAIN}") for one in said["read-only"])
