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
from autograder.sample import known, students
from autograder.sample import run as sample

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize("name", course.assignments())
def test_the_known_marks_are_those_of_the_suites(name: str) -> None:
    """What is written down is what the class earns, judged in this process; otherwise: `make build`, and commit."""
    assert known.path_of(name).read_text(encoding="utf-8") == known.text_of(known.made_marks(course.load(name)))


@pytest.mark.parametrize("name", course.assignments())
def test_a_whole_class_holds_every_misconception(name: str) -> None:
    """Each wrong version of every suite is in somebody's notebook, and at least forty notebooks are there."""
    assignment = course.load(name)
    judge = judge_for(assignment)
    handed_in = {student: choice for student, _, choice in students.choices(assignment, judge, whole=True)}
    held = {(exercise, chosen.name) for choice in handed_in.values() for exercise, chosen in choice.items()}
    assert {(suite.exercise, each.name) for suite in judge.suites for each in suite.misconceptions} <= held
    assert len(handed_in) >= 40
    if name == students.NAME:
        assert set(handed_in) <= set(known.known_marks(name))


def test_the_sample_class_gets_the_known_marks() -> None:
    """Graded in bulk and by stock nbgrader, every mark is right; a second run changes nothing."""
    console = Console(record=True, width=120)
    assert sample.run(console), console.export_text()
    database = f"sqlite:///{sample.FOLDER}/gradebook.db"
    again = grade_class(course.load(students.NAME), sample.FOLDER, database, progress=False)
    assert (again.graded, again.unchanged) == (0, len(known.known_marks(students.NAME)))
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
