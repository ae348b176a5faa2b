"""An instructor opens formgrader, autogrades one submission with its button, and sees our mark and sentences."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from autograder.authoring import build, course, sample_class
from autograder.tests.browser.conftest import ROOT, Guarded, Lab

NAME = sample_class.NAME
STUDENT = "correct_0"


def lay_out(folder: Path) -> None:
    """Make a course of one assignment with one submission that nobody has graded."""
    build.build_assignment(NAME, folder)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    release = folder / "build" / "release" / NAME
    everyone = sample_class.submissions(build.judge_for(course.load(NAME)), release)
    submission = next(one for one in everyone if one.student == STUDENT)
    submission.write(folder / "class" / "submitted", release / f"{NAME}.checks.json")


def test_formgrader_autogrades_and_shows_the_mark(guarded: Guarded, lab: Callable[..., Lab], tmp_path: Path) -> None:
    """The button of stock formgrader runs our judge; the table shows 19 marks, the notebook the sentences."""
    folder = tmp_path / "course"
    folder.mkdir()
    lay_out(folder)
    nbgrader = [sys.executable, "-m", "nbgrader", "generate_assignment", NAME, "--force"]
    subprocess.run(nbgrader, cwd=folder, check=True, capture_output=True)
    running = lab(folder)
    page = guarded.page
    page.goto(f"{running.url}/formgrader/manage_submissions/{NAME}")
    button = page.locator(f"tr:has-text('{STUDENT}') td.autograde-action a").first
    button.wait_for(timeout=60_000)
    guarded.shoot("formgrader-before")
    button.click()
    page.get_by_text("Success").first.wait_for(timeout=120_000)
    page.goto(f"{running.url}/formgrader/manage_submissions/{NAME}")
    row = page.locator(f"tr:has-text('{STUDENT}')")
    row.wait_for(timeout=60_000)
    guarded.shoot("formgrader-after")
    assert "19" in row.inner_text()
