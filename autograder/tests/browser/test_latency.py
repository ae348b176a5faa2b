"""From the press of a key to new pixels: every slider of every demo, beside `interact` with an inline figure.

What is asserted is the ratio of the two, taken in one run on one machine. `make bench` runs it, a test a demo; the
milliseconds are in `build/latency.json`.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page
from rich.console import Console
from rich.table import Table

from autograder.tests.browser.demos import MODULES
from autograder.tests.browser.guard import ROOT, Guarded
from autograder.tests.browser.lab import ERROR, Lab, run_cell
from autograder.tests.browser.stages import wait_for_drawing

SCRIPT = Path(__file__).with_name("latency.js").read_text("utf8")
WATCH = "(part, script) => { part.latency = new Function(`${script}; return zmLatency`)()(part); }"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
DEMO = """
from {module} import demo as make
demo = make()
demo
"""
TWIN = """
%matplotlib inline
from autograder.tests.browser.inline import interact
interact(demo)
"""

Figures = Mapping[str, float]


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Figures]]:
    """Collect the figures of all demos; afterwards, keep and print them."""
    found: dict[str, Figures] = {}
    yield found
    (ROOT / "build" / "latency.json").write_text(json.dumps(found, indent=1), "utf8")
    show(found)


@pytest.mark.bench
@pytest.mark.parametrize("demo", MODULES)
def test_keys_are_drawn_ten_times_sooner_than_by_interact(
    guarded: Guarded, lab: Lab, figures: dict[str, Figures], demo: str
) -> None:
    """On every slider of a demo the new pixels are there in a tenth of the time, or less."""
    figures[demo] = measured(guarded.page, lab, demo)
    assert figures[demo]["ratio"] >= 10, figures[demo]


def measured(page: Page, lab: Lab, demo: str) -> dict[str, float]:
    """Open a notebook with the demo, then run its inline twin below it; return the milliseconds and their ratio."""
    sources = {"demo": DEMO.format(module=MODULES[demo]), "twin": TWIN}
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in sources.items()]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), lab.folder / f"{demo}.ipynb")
    lab.open(page, f"{demo}.ipynb")
    run_cell(page, "demo")
    stage, twin = page.locator(".zm-stage"), page.locator(".widget-interact")
    wait_for_drawing(stage, 0)
    stage.get_by_role("button", name="Skip").click()
    sliders = stage.locator("input[type=range]").all()
    ours = _press(stage, sliders, presses=30, pause=60)
    run_cell(page, "twin")
    page.locator(f".widget-interact img, {ERROR}").first.wait_for()
    assert page.locator(ERROR).all_inner_texts() == []
    theirs = _press(twin, twin.locator(".noUi-handle").all()[:1], presses=6, pause=0)
    return {
        "median_ms": round(statistics.median(ours), 1),
        "p95_ms": round(statistics.quantiles(ours, n=20)[-1], 1),
        "interact_ms": round(statistics.median(theirs), 1),
        "ratio": round(statistics.median(theirs) / statistics.median(ours), 1),
    }


def _press(part: Locator, sliders: list[Locator], presses: int, pause: int) -> list[float]:
    """Press arrow keys on each slider, to its end and back; return the milliseconds until each was seen."""
    part.scroll_into_view_if_needed()
    part.evaluate(WATCH, SCRIPT)
    page, shown = part.page, part.evaluate_handle("part => part.latency.shown")
    times: list[float] = []
    for slider in sliders:
        slider.press("Home")
        page.wait_for_timeout(1500)
        last = int(float(slider.evaluate("el => el.max || el.ariaValueMax")))
        shown.evaluate("shown => { shown.length = 0; }")
        for number in range(presses):
            page.keyboard.press("ArrowRight" if number % (2 * last) < last else "ArrowLeft")
            page.wait_for_function("([shown, count]) => shown.length > count", arg=[shown, number], polling=20)
            page.wait_for_timeout(pause)
        times += shown.json_value()
    return times


def show(figures: Mapping[str, Figures]) -> None:
    """Print the figures."""
    names = ["median_ms", "p95_ms", "interact_ms", "ratio"]
    table = Table("demo", *names, title="From a key press to pixels, in JupyterLab")
    for demo, each in figures.items():
        table.add_row(demo, *(str(each[name]) for name in names))
    Console().print(table)
