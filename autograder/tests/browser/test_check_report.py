"""What check(f) and progress() show: readable in light and dark, on a phone, and to axe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from zeromean.checking import progress
from zeromean.checking.compare import Wrong
from zeromean.checking.outcome import Outcome
from zeromean.checking.outline import Entry
from zeromean.checking.report import Report, as_html

IMAGES = np.ones((2, 3, 4, 5))
LONG = "line 13: dx = (dout - the_mean_of_everything_that_came_from_above_in_this_batch) / np.sqrt(variance + eps)"
ROWS = (
    Outcome("the running statistics move", "passed"),
    Outcome(
        "dx",
        "failed",
        "`dx`: 60 of 120 entries differ",
        hint="The mean moves too.",
        wrong=Wrong("dx", IMAGES, 1 + IMAGES, IMAGES > 0),
    ),
    Outcome("dgamma", "failed", "batchnorm_backward raised ValueError: operands", LONG, error="ValueError"),
    Outcome("dbeta", "unwritten", "batchnorm_backward is not written yet."),
    Outcome("float32", "waits", "This is tried as soon as the other passes."),
)
WARNED = [Outcome("what you are given stays as it is", "warned", "Your function changed `x`, an array it was given.")]
EXAMPLE = [Outcome("the example of f's docstring", "example", "`f(x)` gives something else: the result is None")]
TABLE = [
    progress.Row(kind, state, "batchnorm_forward, batchnorm_backward", Entry("f", "f", "1 · Forward", 4), "4 marks")
    for kind, state in (("passed", "passed"), ("warned", "passed, with a warning"), ("unwritten", "to do"))
]
COLOURS = {
    "light": (
        "true",
        "#ffffff",
        "--jp-content-font-color0:#000;--jp-layout-color2:#eee;--jp-content-link-color:#00559c",
    ),
    "dark": (
        "false",
        "#111111",
        "--jp-content-font-color0:#fff;--jp-layout-color2:#424242;--jp-content-link-color:#64b5f6",
    ),
}


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_fits_and_passes_axe(page: Page, tmp_path: Path, theme: str, width: int) -> None:
    """No row sticks out, at either width, and axe finds nothing: contrast, lists, names of maps."""
    light, ground, colours = COLOURS[theme]
    report = as_html([Report(["f", "g"], ROWS, ("f printed: <i>",), WARNED, EXAMPLE)], "3 of 8 exercises pass.")
    body = f"<main><h1>Check</h1>{report}{progress._as_html(TABLE, '3 of 8', 'a.ipynb')}</main>"
    style = f"background:{ground};color:var(--jp-content-font-color0);{colours}"
    page.set_viewport_size({"width": width, "height": 800})
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Check</title>'
    (tmp_path / "page.html").write_text(
        f'{head}<body data-jp-theme-light="{light}" style="{style}">{body}</body></html>', encoding="utf-8"
    )
    page.goto((tmp_path / "page.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".zm-warned").count() == 2
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
