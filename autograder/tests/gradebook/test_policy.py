"""docs/policy.md says what every kind of broken or odd hand-in gets, and each of its rows is so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.authoring import course
from autograder.gradebook.classroom import read
from autograder.gradebook.marks import marks
from autograder.tests.gradebook.handed_in import GRADED, HELD, KINDS, REPAIRED, ZERO, as_json

pytestmark = pytest.mark.slow

PAGE = course.ROOT / "docs" / "policy.md"


def test_the_page_has_a_row_for_each_kind_that_is_tested():
    """The table and the list of kinds are one."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1:]
    assert rows == [(kind.row, kind.gets) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.row)
def test_each_kind_gets_what_the_page_says(grader, answered, instructor, tmp_path, monkeypatch, kind):
    """Right answers keep all marks, unless they cannot be read: then a sentence says why."""
    monkeypatch.setattr(grader.zygote, "limits", replace(grader.zygote.limits, cell_wall=3.0))
    notebook = as_json(answered())
    notebook["metadata"]["stubs"] = {cell.id: cell.source for cell in instructor.cells}
    for name, raw in kind.files(notebook).items():
        path = tmp_path / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(raw) if isinstance(raw, Path) else path.write_bytes(raw)
    found = read("ann", tmp_path / "small", instructor)
    graded = grader.grade(found.raw, "ann", found.remarks)
    record, question = graded.record, marks(graded.notebook, graded.record).scores["why"]
    said = bool(record.repairs)
    mended = REPAIRED if "hold text" not in " ".join(record.repairs) else HELD
    assert record.score == kind.earns
    assert (GRADED if not said else mended if record.score else ZERO) == kind.gets
    assert (question is None) or kind.earns == 0 or "Notebook format" in kind.row
    assert record.needs_person == said
