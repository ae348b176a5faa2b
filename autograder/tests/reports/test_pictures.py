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


def test_a_thin_line_keeps_its_colour() -> None:
    """Beside a picture of many shades, a few pixels of each of our colours keep it."""
    ours = [(0, 114, 178), (230, 159, 0), (0, 158, 115), (213, 94, 0), (204, 121, 167), (86, 180, 233)]
    shot, ramp = Image.new("RGB", (616, 336), "white"), Image.linear_gradient("L").resize((616, 290))
    shot.paste(Image.merge("RGB", (ramp, ramp.rotate(180), ramp.point(lambda v: 255 - v // 3))), (0, 46))
    shot.paste(0, (0, 0, 616, 2))
    for i, color in enumerate(ours):
        shot.paste(color, (20 + 90 * i, 20, 40 + 90 * i, 22))
    made = pictures.fitted(shot).convert("RGB")
    kept = [made.getpixel((12 + 30 + 90 * i, 12 + 21)) for i in range(len(ours))]
    assert all(pixel == pytest.approx(color, abs=25) for pixel, color in zip(kept, ours, strict=True)), kept
