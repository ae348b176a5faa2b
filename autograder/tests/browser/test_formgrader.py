"""An instructor opens formgrader, autogrades one submission with its button, and sees our mark and sentences."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograder.authoring import course, notebooks
from autograder.authoring.judging import judge_for
from autograder.sample import known, students
from autograder.tests.browser.guard import Guarded
from autograder.tests.browser.lab import Lab

NAME = students.NAME
STUDENT = "mistakes_1"
MATHJAX = "cdnjs.cloudflare.com/ajax/libs/mathjax/|MathJax is not defined"  # by nbgrader's own page of a submission
RELEASE = course.ROOT / "assignments" / NAME


def lay_out(folder: Path) -> None:
    """Make a course of one assignment, with one submission that nobody has graded."""
    assignment = course.load(NAME)
    source = folder / "build" / "source" / NAME
    notebooks.write(notebooks.source_notebook(assignment), source / f"{NAME}.ipynb")
    shutil.copy(RELEASE / f"{NAME}.checks.json", source)
    everyone = students.submissions(assignment, judge_for(assignment), RELEASE)
    handed_in = next(one for one in everyone if one.student == STUDENT)
    handed_in.write(folder / "class" / "submitted", RELEASE / f"{NAME}.checks.json")


def press(page: Page, column: str, row: str) -> None:
    """Press the button in a column of formgrader's table, and wait for its good news."""
    page.locator(f"tr:has-text('{row}') .{column} a").click(timeout=60_000)
    modal = page.locator(".modal-dialog")
    modal.get_by_text("Success", exact=True).wait_for(timeout=120_000)
    modal.locator(".modal-footer button").click()
    modal.wait_for(state="hidden")


@pytest.fixture
def formgrader(guarded: Guarded, lab: Lab) -> str:
    """Lay the course out, and return formgrader's address."""
    lay_out(lab.folder)
    return f"{lab.url}/formgrader"


def test_formgrader_autogrades_and_shows_the_mark(guarded: Guarded, formgrader: str) -> None:
    """The buttons of stock formgrader run our judge; its pages show the known mark and the judge's sentences."""
    page = guarded.page
    page.goto(f"{formgrader}/manage_assignments")
    press(page, "assign", NAME)
    page.goto(f"{formgrader}/manage_submissions/{NAME}")
    press(page, "autograde", STUDENT)
    row = page.locator(f"tr:has-text('{STUDENT}')")
    row.get_by_text("graded", exact=True).wait_for()
    marks = known.known_marks(NAME)[STUDENT]
    assert row.locator(".score").inner_text() == f"{sum(marks.values()):.4g} / 22"
    guarded.shoot("formgrader-1-marks")
    guarded.known += f"|{MATHJAX}"
    row.locator(".student-name a").click()
    page.locator("td.name a").first.click()
    page.locator(".zm-results .zm-failed .zm-hint").first.scroll_into_view_if_needed()
    page.locator(f"#check-batchnorm_forward[placeholder='{marks['batchnorm_forward']:.3g}']").wait_for()
    guarded.shoot("formgrader-2-submission")
