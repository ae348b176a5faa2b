"""What the pages for lecturers promise of a lecture is what it has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDES = sorted(ROOT.glob("docs/lecture-*.md"))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_tells_minutes_and_slides_as_they_are(guide: Path) -> None:
    """The parts of a plan sum to an hour or an hour and a quarter; the page for lecturers and their list say the same."""
    (path,) = ROOT.glob(f"lectures/{guide.stem[-2:]}_*/*.py")
    source = path.read_text(encoding="utf-8")
    promised, parts = re.findall(r"Time plan, (\d+) minutes\.\*\* ([^.]*)\.", source.replace("\n# ", " "))[0]
    assert sum(int(part.split("(")[0].split()[-1]) for part in parts.split(" · ")) == int(promised)
    assert 60 <= int(promised) <= 75
    shown = len(re.findall(r'slide_type": "(?:sub)?slide"', source))
    assert f"\n{promised} minutes, {shown} slides," in guide.read_text(encoding="utf-8")
    listed = guide.with_name("lecturers.md").read_text(encoding="utf-8")
    assert f"({guide.name}) | {promised} minutes |" in listed
