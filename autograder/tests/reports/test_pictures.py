"""The picture of a demo is its drawing, without the margin around it."""

from __future__ import annotations

import pytest
from PIL import Image

from autograder.errors import CourseError
from autograder.reports import pictures


def test_a_picture_is_cut_to_what_is_drawn() -> None:
    """The white margin goes, the size is that of a tile, and what was drawn is large in it."""
    shot = Image.new("RGB", (1000, 1400), "white")
    shot.paste((0, 0, 0), (300, 200, 620, 380))
    made = pictures.fitted(shot).convert("L")
    assert made.size == pictures.SIZE
    dark = sum(made.histogram()[:128]) / (made.width * made.height)
    assert dark > 0.85


def test_without_chromium_no_picture_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CourseError, match=r"Pictures are taken by Chromium\. Install it"):
        pictures.take_all()
