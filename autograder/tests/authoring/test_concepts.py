"""The course map: what the lecture documents hold, and where it is taught and practised."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring import concepts, course
from autograder.authoring.course import SourceError

LIST = """
[a]
title = "Curves"
lecture = 1
items.bend = "Where it bends"
items.end = { says = "Where it ends", lecture = 2 }
items.start = "Where it starts"
"""
LECTURE = """# %% [markdown]
# # L1 · Curves

# %% [markdown] covers="bend"
# ## 1 · It bends once

# %% covers="bend"
1 + 1
"""
ASSIGNMENT = """# %% [markdown]
# # Curves

# %% exercise="bend" points=1 covers="bend"
def bend(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION

# %% check="bend"
check(bend)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a course of one lecture and one assignment that has a list of three concepts."""
    files = {
        "docs/concepts.toml": LIST,
        "lectures/01_curves/01_curves.py": LECTURE,
        "solutions/a1_curves/a1_curves.py": ASSIGNMENT,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, below in {"ROOT": "", "SOLUTIONS": "solutions", "LECTURES": "lectures"}.items():
        monkeypatch.setattr(course, name, tmp_path / below)
    return tmp_path


def test_the_map_names_every_place_once(root: Path) -> None:
    """A concept has a link to the section that teaches it and to the one that practises it, or says what is to come."""
    concepts.write_map(root)
    drawn = (root / "docs" / "course-map.md").read_text(encoding="utf-8")
    taught, practised = "[L1](../lectures/01_curves/01_curves.ipynb)", "[A1](../assignments/a1_curves/a1_curves.ipynb)"
    assert f"| Where it bends | {taught} It bends once | {practised} Curves |" in drawn
    assert "| Where it ends | to come, in L2 |  |" in drawn


def test_what_is_missing_is_what_a_lecture_owes_that_is_there(root: Path) -> None:
    """Lecture 1 is there and does not teach where it starts; lecture 2 is not there yet."""
    assert concepts.missing() == ["start"]


def test_a_mark_that_no_list_has_is_refused(root: Path) -> None:
    """A misspelt key names its cell."""
    (root / "lectures" / "01_curves" / "01_curves.py").write_text(LECTURE.replace('"bend"', '"bent"'), encoding="utf-8")
    with pytest.raises(
        SourceError, match=r"01_curves, cell 2 covers 'bent', which docs/concepts.toml does not list. Add it there."
    ):
        concepts.marks()


def test_no_lecture_leaves_out_what_it_owes() -> None:
    """Every item of the lecture documents is taught in the lecture that owes it, as soon as that is written."""
    assert concepts.missing() == []
