"""Lecture 6 in JupyterLab, and as a page opened by double click: every demo answers, and nobody else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from autograder.authoring import course, notebooks
from autograder.reports import site
from autograder.tests.browser.guard import SHOTS, Guarded
from autograder.tests.browser.lab import ERROR, Lab, run_all
from autograder.tests.browser.stages import walk

LECTURE = course.LECTURES / "06_batch_norm" / "06_batch_norm.py"
THEATRE = """# %% [markdown]
# # The activation theatre

# %%
from zeromean.demos.l04_initialization import activation_theatre

activation_theatre.demo()
"""


@pytest.fixture(params=["theatre", "lecture"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the source of lecture 6, and one of a lecture with the demo of lecture 4."""
    if request.param == "lecture":
        return LECTURE
    path = tmp_path / "theatre.py"
    path.write_text(THEATRE, encoding="utf-8")
    return path


def walk_all(guarded: Guarded, source: Path, where: str) -> None:
    """Go through every demo on the page: controls, handles, accessibility; keep a picture of each."""
    stages, silent = guarded.page.locator(".zm-stage"), []
    assert stages.count() == source.read_text(encoding="utf-8").count(".demo()")
    for number in range(stages.count()):
        stage = stages.nth(number)
        silent += [f"{stage.locator('.zm-title').inner_text()}: {each}" for each in walk(stage)]
        stage.screenshot(path=SHOTS / f"{source.stem}-{where}-{number + 1:02d}.png")
    assert silent == [], "\n".join(silent)
    ours = ".zm-stage" if where == "lab" else "html"
    found = Axe().run(guarded.page, context=ours).response["violations"]
    assert [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]] == []


def test_the_lecture_lives_in_jupyterlab(guarded: Guarded, lab: Lab, source: Path) -> None:
    """Run from top to bottom, every demo follows keyboard and mouse, in pictures and in words."""
    notebooks.write(notebooks.lecture_notebook(course.lecture_cells(source)), lab.folder / f"{source.stem}.ipynb")
    lab.open(guarded.page, f"{source.stem}.ipynb")
    run_all(guarded.page)
    assert guarded.page.locator(ERROR).all_inner_texts() == []
    walk_all(guarded, source, "lab")


def test_the_page_lives_without_a_kernel_or_a_network(guarded: Guarded, source: Path, tmp_path: Path) -> None:
    """Opened from a file, the exported lecture has its demos alive and its formulas drawn."""
    page = site.write_lecture(source, tmp_path / "site", slides=False)
    guarded.page.goto(page.as_uri())
    for raw in ("$", "<IPython"):
        assert guarded.page.locator("p, li, td, h2, h3, pre.output", has_text=raw).all_inner_texts() == []
    walk_all(guarded, source, "page")
