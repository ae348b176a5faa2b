"""A student opens A4, fills in one function, and sees check(f) turn from red to green."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat

from autograder.authoring import course, sample_class
from autograder.tests.browser.conftest import ROOT, Guarded, Lab

NAME = sample_class.NAME


def student_copy(folder: Path, answered: str | None) -> None:
    """Lay out what a student has: the release, with one exercise answered or none."""
    shutil.copytree(ROOT / "assignments" / NAME, folder)
    if answered:
        path = folder / f"{NAME}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == answered)
        cell.source = sample_class.reference_answers(course.load(NAME))[answered]
        nbformat.write(notebook, path)


def test_check_turns_from_red_to_green(guarded: Guarded, lab: Callable[..., Lab], tmp_path: Path) -> None:
    """Untouched, the check says that nothing is written yet; answered, every visible check passes."""
    for answered in (None, "population_stats"):
        folder = tmp_path / f"student-{answered}"
        student_copy(folder, answered)
        running = lab(folder)
        page = guarded.page
        running.open(page, f"{NAME}.ipynb")
        index = page.evaluate(
            "id => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(c => c.model.id === id)",
            "check-population_stats",
        )
        page.evaluate(
            """async index => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = index;
                await window.jupyterapp.commands.execute('notebook:run-all-above');
                await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )
        report = page.locator(".jp-Cell").nth(index).locator(".jp-OutputArea")
        report.scroll_into_view_if_needed()
        expected = "not written yet" if answered is None else "passed"
        report.get_by_text(expected).first.wait_for(timeout=90_000)
        guarded.shoot(f"check-{answered or 'stub'}")
        assert ("✗" in report.inner_text() or "not written" in report.inner_text()) == (answered is None)
