"""Every demo of the course is walked through once on a page, and once in JupyterLab if a kernel computes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from zeromean.stage.export import share

from autograder.authoring import course, lectures, notebooks
from autograder.tests.browser.demos import in_no_lecture, made, may_ask_the_kernel, shown_in
from autograder.tests.browser.exports import exported
from autograder.tests.browser.guard import SHOTS, Guarded
from autograder.tests.browser.lab import ERROR, Lab, run_all
from autograder.tests.browser.stages import wait_for_drawing, walk


def walk_all(guarded: Guarded, which: Iterable[int], name: str, within: str) -> None:
    """Go through demos on the page: controls, handles, accessibility; keep a picture of each."""
    silent = []
    for number in which:
        stage = guarded.page.locator(".zm-stage").nth(number)
        silent += [f"{stage.locator('.zm-title').inner_text()}: {each}" for each in walk(stage)]
        stage.screenshot(path=SHOTS / f"{name}-{number + 1:02d}.png")
    assert silent == [], "\n".join(silent)
    found = Axe().run(guarded.page, context=within).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []


@pytest.mark.parametrize("source", course.lectures(), ids=lambda path: path.stem)
def test_a_page_lives_without_a_kernel_or_a_network(guarded: Guarded, source: Path) -> None:
    """Opened from a file, the exported lecture has its demos alive and its formulas drawn."""
    guarded.page.goto(exported(source).as_uri())
    for raw in ("$", "<IPython"):
        assert guarded.page.locator("p, li, td, h2, h3, pre.output", has_text=raw).all_inner_texts() == []
    count = guarded.page.locator(".zm-stage").count()
    assert count == len(shown_in(source))
    walk_all(guarded, range(count), f"{source.stem}-page", "html")


@pytest.mark.parametrize("name", in_no_lecture())
def test_a_demo_that_waits_for_its_lecture(guarded: Guarded, tmp_path: Path, name: str) -> None:
    """A demo that no lecture shows yet is walked through on a page of its own."""
    page = tmp_path / f"{name}.html"
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo</title><main><h1>Demo</h1>'
    page.write_text(f"{head}{share(made(name).to_html())}</main></html>", "utf8")
    guarded.page.goto(page.as_uri())
    walk_all(guarded, [0], f"{name}-page", ".zm-stage")


@pytest.mark.parametrize("source", [*filter(may_ask_the_kernel, course.lectures())], ids=lambda path: path.stem)
def test_a_lecture_lives_in_jupyterlab(guarded: Guarded, lab: Lab, source: Path) -> None:
    """Run from top to bottom, every demo is drawn, and those that a kernel computes follow keyboard and mouse."""
    notebooks.write(lectures.for_readers(lectures.cells(source)), lab.folder / f"{source.stem}.ipynb")
    lab.open(guarded.page, f"{source.stem}.ipynb")
    run_all(guarded.page)
    stages = guarded.page.locator(".zm-stage")
    expect(stages).to_have_count(len(shown_in(source)), timeout=120_000)  # on a busy machine outputs come later
    assert guarded.page.locator(ERROR).all_inner_texts() == []
    for stage in stages.all():
        stage.scroll_into_view_if_needed()
        wait_for_drawing(stage, 0)
    live = [number for number, name in enumerate(shown_in(source)) if made(name).spec["kernel"]]
    assert live
    walk_all(guarded, live, f"{source.stem}-lab", ".zm-stage")
