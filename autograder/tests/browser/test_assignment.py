"""A student opens A4, fills in one function, and sees check(f) turn from red to green."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Locator

from autograder.authoring import course
from autograder.sample import students
from autograder.tests.browser.guard import Guarded
from autograder.tests.browser.lab import Lab, run_cell, select

NAME = students.NAME
RIGHT = """def population_stats(batch_means, batch_vars, m):
    if m < 2:
        raise ValueError(f"m must be at least 2. Got {m}.")
    return batch_means.mean(axis=0), m / (m - 1) * batch_vars.mean(axis=0)"""
WRONG = RIGHT.replace("m / (m - 1) * ", "")


@pytest.fixture
def opened(guarded: Guarded, lab: Lab) -> Guarded:
    """Open the released notebook and run its imports."""
    shutil.copytree(course.ROOT / "assignments" / NAME, lab.folder / "student")
    lab.open(guarded.page, f"student/{NAME}.ipynb")
    imports = next(cell for cell in course.load(NAME).cells if cell.kind == "code")
    run_cell(guarded.page, imports.id)
    return guarded


def answer(opened: Guarded, source: str) -> Locator:
    """Type `source` over the function, run it and the check below it; return what the check shows."""
    page = opened.page
    select(page, "population_stats").locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    page.keyboard.press("Shift+Enter")
    return check(opened)


def check(opened: Guarded) -> Locator:
    """Run the check and return its report."""
    report = run_cell(opened.page, "check-population_stats").locator(".zm-check")
    report.scroll_into_view_if_needed()
    return report


def test_check_turns_from_red_to_green(opened: Guarded) -> None:
    """The stub is met calmly, a wrong answer with a hint at the idea behind it, a right one with ticks."""
    run_cell(opened.page, "population_stats")
    stub = check(opened)
    assert "not written yet" in stub.inner_text()
    assert stub.locator(".zm-failed").count() == 0
    opened.shoot("check-1-stub")
    wrong = answer(opened, WRONG)
    assert wrong.locator(".zm-failed .zm-hint").count() == 1
    opened.shoot("check-2-wrong")
    right = answer(opened, RIGHT)
    assert right.locator(".zm-failed").count() == 0
    assert right.locator(".zm-passed").count() == right.locator(".zm-item").count() > 0
    assert "passed" in right.inner_text()
    opened.shoot("check-3-right")
