"""Tests of the report and of the map of where an array is wrong."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from zeromean.checking import errormap
from zeromean.checking.compare import Wrong
from zeromean.checking.mismatch import differs
from zeromean.checking.outcome import Outcome
from zeromean.checking.report import Report, as_html, as_text


def all_wrong(got: list[float], expected: list[float]) -> Wrong:
    """Return an array that is wrong everywhere."""
    return Wrong("dx", np.array(got), np.array(expected), np.ones(len(got), bool))


def wrong(shape: tuple[int, ...], where: Any, by: float = 1.0) -> Wrong:
    """Return an array that is wrong at `where`."""
    expected = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    got = expected.copy()
    got[where] += by
    return Wrong("dx", got, expected, differs(got, expected))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (wrong((4, 6), (slice(None), 2)), "All that is wrong is in column 2."),
        (wrong((4, 6), (slice(None), [0, 5])), "All that is wrong is in columns 0 and 5."),
        (wrong((30, 2), slice(0, 8)), "All that is wrong is in rows 0, 1, 2, 3, 4, 5 and 2 more."),
        (wrong((2, 4, 3), (slice(None), 1)), "All that is wrong is at 1 of axis 1."),
        (wrong((4, 6), (1, 1)), ""),
        (wrong((2, 3, 4, 5), (slice(None), 1)), "All that is wrong is in channel 1."),
        (wrong((4, 3, 4, 5), [0, 3]), "All that is wrong is in images 0 and 3."),
        (wrong((5,), slice(0, 2)), ""),
        (all_wrong([-1.0, -2.0], [1.0, 2.0]), "Every entry is minus what it should be."),
        (all_wrong([1.6, 3.2], [2.0, 4.0]), "Every entry is 0.8 times what it should be."),
        (all_wrong([1.6, 1.6], [0.0, 0.0]), "Every entry is off by the same amount, 1.6."),
        (all_wrong([1.0, 5.0], [2.0, 3.0]), ""),
    ],
)
def test_pattern(made: Wrong, sentence: str) -> None:
    """What the wrong entries have in common is said, if there is something."""
    assert errormap.pattern(made) == sentence


def test_map_in_characters() -> None:
    """Characters show right, wrong and worst, and tiles keep a gap."""
    made = wrong((2, 3), (1, 2))
    assert errormap.text(made) == " . . .\n . . X\n(. right, x wrong, X worst; down: row, across: column)"
    assert errormap.text(wrong((2, 2, 2), (1, 0, 0))).splitlines()[0] == " . .   X ."


@pytest.mark.parametrize("shape", [(7,), (6, 4), (3, 4, 5), (2, 3, 4, 5), (1, 2, 3, 4, 5), (300, 500), (9, 9, 9, 9)])
def test_map_is_small_and_well_formed(shape: tuple[int, ...]) -> None:
    """Every map is well-formed, has a text, and at most 40 by 40 cells."""
    made = wrong(shape, 0)
    root = ET.fromstring(errormap.svg(made))
    assert root.get("role") == "img"
    assert str(root.get("aria-label")).startswith(f"Map of dx, shape {shape}: ")
    assert max(errormap.grid(made).cells.shape) <= errormap.LARGEST
    assert len(errormap.svg(made)) < 60_000


def test_downsampling_keeps_the_worst() -> None:
    """A single wrong entry among many stays visible, and the legend tells the size of a cell."""
    made = wrong((100, 100), (57, 3))
    cells = errormap.grid(made).cells
    assert cells[57 // 3, 3 // 3] == 4
    assert (cells > 0).sum() == 1
    assert errormap.legend(made).endswith("A cell shows 3 by 3 entries.")
    assert errormap.legend(wrong((2, 2, 2, 2), 0)).endswith("A tile is one image and channel.")
    assert errormap.legend(wrong((2, 2, 2), 0)).endswith("A tile shows axis 1 and axis 2.")


def test_tiles_have_the_numbers_of_image_and_channel() -> None:
    """Beside each tile stands which image, above it which channel; of a weight's gradient, which filter."""
    made = wrong((2, 3, 2, 2), (1, 2, 0, 0))
    root = ET.fromstring(errormap.svg(made))
    texts = [(text.get("x"), text.text) for text in root.iter("text") if text.get("class") == "zm-tick"]
    assert [number for _, number in texts] == ["0", "1", "0", "1", "2"]
    assert len({x for x, _ in texts[2:]}) == 3
    assert "(. right, x wrong, X worst; down: image, then row, across: channel, then column)" in errormap.text(made)
    filters = Wrong("dW", made.got, made.expected, made.wrong)
    assert "down: filter, then row" in errormap.text(filters)
    assert ET.fromstring(errormap.svg(wrong((1, 2, 3), 0))).find("text") is not None


def test_tooltips_show_numbers() -> None:
    """Under the pointer a small map shows what was got and expected."""
    assert "<title>dx[1, 2]: got 7, expected 6</title>" in errormap.svg(wrong((2, 3), (1, 2)))
    assert "<title>dx[2]: got 4, expected 3</title>" in errormap.svg(wrong((6,), 2))


def test_nothing_finite() -> None:
    """An array of NaN can be drawn."""
    made = Wrong("dx", np.full((3, 3), np.nan), np.ones((3, 3)), np.ones((3, 3), bool))
    assert errormap.text(made).splitlines()[0] == " X x x"


OUTCOMES = (
    Outcome("first <b>", "passed"),
    Outcome("second", "failed", "a < `b`.", "line 3: x & y", "Think <again>.", wrong((2, 3), (1, 2))),
    Outcome("third", "unwritten", "g is not written yet."),
    Outcome("fourth", "waits", "This is tried as soon as f comes to an end."),
)


def test_html_is_escaped_and_accessible() -> None:
    """Nothing a student writes is HTML; states are words; there is no script."""
    html = as_html([Report(["f", "g"], OUTCOMES, ["f printed: <i>"])])
    ET.fromstring(html)
    for text in (
        "first &lt;b&gt;",
        'a &lt; <span class="zm-code">b</span>.',
        "x &amp; y",
        "Think &lt;again&gt;.",
        "&lt;i&gt;",
        "not yet",
    ):
        assert text in html
    assert "<script" not in html
    assert len(re.findall('role="listitem"', html)) == 4


def test_text_report() -> None:
    """The text says the same as the HTML."""
    text = as_text([Report(["f", "g"], OUTCOMES, ["f printed: <i>"])])
    assert text.startswith("f and g: 1 of 4 visible checks passed.\n  ✓ passed    first <b>\n")
    lines = text.splitlines()
    wanted = [
        "  ✗ not yet   second",
        "      Hint: Think <again>.",
        "  … not tried fourth",
        "  f printed: <i>",
    ]
    assert set(wanted) <= set(lines)


def test_headline_of_one_check() -> None:
    """One check is spoken of in the singular."""
    assert Report(["f"], OUTCOMES[:1]).headline == "f: the visible check passed."
    assert Report(["f"], OUTCOMES[2:3]).headline == "f: not written yet. 1 visible check will try it."
    waits = Outcome("fourth", "waits", "This is tried once third passes.")
    assert Report(["f"], [OUTCOMES[2], waits]).headline == "f: not written yet. 2 visible checks will try it."
    assert Report(["f"], [waits]).headline == "f: 0 of 1 visible check passed."
