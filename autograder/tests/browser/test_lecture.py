"""Lecture 6 in JupyterLab, and as a page opened by double click: every demo answers, and nobody else is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.authoring import course
from autograder.reports import site
from autograder.tests.browser.conftest import ROOT, Guarded, Lab
from autograder.tests.browser.stages import drag, look, open_prediction, to_both_ends

LECTURE = ROOT / "lectures" / "06_batch_norm" / "06_batch_norm.py"


def demos() -> int:
    """Return how many demos the lecture shows."""
    return LECTURE.read_text().count(".demo()")


def walk(page: Page, guarded: Guarded, where: str) -> None:
    """Go through every demo on the page: controls, handles, accessibility."""
    stages = page.locator(".zm-stage")
    assert stages.count() == demos()
    for index in range(stages.count()):
        stage = stages.nth(index)
        stage.scroll_into_view_if_needed()
        open_prediction(stage)
        title = stage.locator(".zm-title").inner_text()
        controls = stage.locator("input[type=range], select, input[type=checkbox]")
        for number in range(controls.count()):
            seen = to_both_ends(page, stage, controls.nth(number))
            label = controls.nth(number).evaluate("el => el.labels[0].innerText")
            assert len({one.pictures for one in seen}) > 1, f"{title}: {label} does not change the picture"
            assert len({one.words for one in seen}) > 1, f"{title}: {label} does not change the read-out"
        grips = stage.locator(".zm-grip")
        for number in range(grips.count()):
            seen = drag(page, stage, grips.nth(number))
            assert len({one.pictures for one in seen}) > 1, f"{title}: handle {number} cannot be dragged"
        assert look(stage).words
        guarded.shoot(f"{where}-{index + 1:02d}")
    found = Axe().run(page, context=".zm-stage")
    assert found.violations_count == 0, found.generate_report()


def test_the_lecture_lives_in_jupyterlab(guarded: Guarded, lab: Callable[..., Lab], tmp_path: Path) -> None:
    """Run from top to bottom, every demo follows keyboard and mouse, in pictures and in words."""
    folder = tmp_path / "course"
    folder.mkdir()
    shutil.copy(LECTURE.with_suffix(".ipynb"), folder)
    running = lab(folder)
    running.open(guarded.page, "06_batch_norm.ipynb")
    running.run_all(guarded.page, f":nth-match(.zm-stage, {demos()})")
    assert guarded.page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']").count() == 0
    walk(guarded.page, guarded, "lab")


def test_the_page_lives_without_a_kernel_or_a_network(guarded: Guarded, tmp_path: Path) -> None:
    """Opened from a file, the exported lecture has its demos alive and its formulas drawn."""
    page = site.write_lecture(course.LECTURES / "06_batch_norm" / "06_batch_norm.py", tmp_path, slides=False)
    guarded.page.goto(page.as_uri())
    assert guarded.page.locator("math").count() > 20
    walk(guarded.page, guarded, "page")
