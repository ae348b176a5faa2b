"""The main job, end to end, on the bundled sample class: every mark is the one that is known in advance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from autograder.authoring import course
from autograder.authoring.judging import judge_for
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.records import Records
from autograder.sample import run as sample
from autograder.sample import students

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_known_marks_are_those_of_the_suites() -> None:
    """Judged in this process, without notebooks or sandbox, the class earns what is written down."""
    judge = judge_for(course.load(students.NAME))
    assert students.make_marks(judge) == students.expected_marks()


def test_the_class_holds_every_misconception() -> None:
    """Each wrong version of every suite is in somebody's notebook, and at least forty notebooks are there."""
    judge = judge_for(course.load(students.NAME))
    rows = max(len(suite.misconceptions) for suite in judge.suites)
    names = set(students.expected_marks())
    assert {f"mistakes_{row + 1}" for row in range(rows)} <= names
    assert len(names) >= 40


def test_the_sample_class_gets_the_known_marks() -> None:
    """Graded in bulk and by stock nbgrader, every mark is right; a second run changes nothing."""
    console = Console(record=True, width=120)
    assert sample.run(console), console.export_text()
    again = grade_class(students.NAME, sample.FOLDER, f"sqlite:///{sample.FOLDER}/gradebook.db", progress=False)
    assert (again.graded, again.unchanged) == (0, len(students.expected_marks()))
    _look_at_what_was_written(sample.FOLDER)


def _look_at_what_was_written(folder: Path) -> None:
    """Nobody's page holds a hidden check or a script; lost workers, repairs and lateness are in the report."""
    report = json.loads((folder / "reports" / f"{students.NAME}.json").read_text())
    reasons = {row["student"]: " ".join(row["reasons"]) for row in report["needs_person"]}
    assert "exit code 0" in reasons["exits_in_a_cell"]
    assert "no answer" in reasons["deleted_cell"]
    assert report["late"] == ["handed_in_late"]
    judge = judge_for(course.load(students.NAME))
    hidden = [check.name for suite in judge.suites for check in suite.checks]
    for page in folder.glob("feedback/*/*/*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text, page
        assert not [name for name in hidden if name in text], page
    acting = folder / "feedback" / "words_that_act" / students.NAME / f"{students.NAME}.html"
    assert "<mo>&lt;</mo><mi>b</mi>" in acting.read_text(encoding="utf-8")
    with Records(f"sqlite:///{folder}/gradebook.db") as records:
        assert records.load(students.NAME, "draws_figures") is not None
    assert "data:image/png;base64," in (
        folder / "feedback" / "draws_figures" / students.NAME / f"{students.NAME}.html"
    ).read_text(encoding="utf-8")
