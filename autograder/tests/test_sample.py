"""The main job, end to end, on the bundled sample class: every mark is the one that is known in advance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from autograder import sample
from autograder.authoring import build, course, sample_class
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.records import Records

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_known_marks_are_those_of_the_suites() -> None:
    """Judged in this process, without notebooks or sandbox, the class earns what is written down."""
    judge = build.judge_for(course.load(sample_class.NAME))
    assert sample_class.make_marks(judge) == sample_class.expected_marks()


def test_the_class_holds_every_misconception() -> None:
    """Each wrong version of every suite is in somebody's notebook, and at least forty notebooks are there."""
    judge = build.judge_for(course.load(sample_class.NAME))
    rows = max(len(suite.misconceptions) for suite in judge.suites)
    students = set(sample_class.expected_marks())
    assert {f"mistakes_{row + 1}" for row in range(rows)} <= students
    assert len(students) >= 40


def test_the_sample_class_gets_the_known_marks() -> None:
    """Graded in bulk and by stock nbgrader, every mark is right; a second run changes nothing."""
    console = Console(record=True, width=120)
    assert sample.run(console), console.export_text()
    again = grade_class(sample_class.NAME, sample.FOLDER, f"sqlite:///{sample.FOLDER}/gradebook.db", progress=False)
    assert (again.graded, again.unchanged) == (0, len(sample_class.expected_marks()))
    _look_at_what_was_written(sample.FOLDER)


def _look_at_what_was_written(folder: Path) -> None:
    """Nobody's page holds a hidden check or a script; lost workers, repairs and lateness are in the report."""
    report = json.loads((folder / "reports" / f"{sample_class.NAME}.json").read_text())
    reasons = {row["student"]: " ".join(row["reasons"]) for row in report["needs_person"]}
    assert "exit code 0" in reasons["exits_in_a_cell"]
    assert "no answer" in reasons["deleted_cell"]
    assert report["late"] == ["handed_in_late"]
    judge = build.judge_for(course.load(sample_class.NAME))
    hidden = [check.name for suite in judge.suites for check in suite.checks]
    for page in folder.glob("feedback/*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text, page
        assert not [name for name in hidden if name in text], page
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        assert records.load(sample_class.NAME, "draws_figures") is not None
    assert "data:image/png;base64," in (
        folder / "feedback" / "draws_figures" / sample_class.NAME / f"{sample_class.NAME}.html"
    ).read_text(encoding="utf-8")
