"""Keys: a demo keeps those that it uses; the others turn slides, and none of them is a command of a notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page

from autograder.tests.browser.guard import Guarded
from autograder.tests.browser.lab import Lab, run_all
from autograder.tests.browser.opened import show, write
from autograder.tests.browser.stages import wait_for_drawing

# Listens as reveal.js does: on the document, and not while an input has the focus.
SLIDES = """window.turned = [];
document.addEventListener('keydown', (e) => {
  if (!/input|textarea/i.test(document.activeElement.tagName)) window.turned.push(e.key);
});"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
SOURCE = "from zeromean.demos.l06_batch_norm import scale_knob\n\nscale_knob.demo()"


@pytest.fixture
def slide(page: Page, tmp_path: Path) -> Locator:
    """Return a demo on a slide."""
    page.goto(write(tmp_path / "slide.html", "scale_knob", around='<div class="reveal">{}</div>'))
    page.evaluate(SLIDES)
    stage = page.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    return stage


def turned(page: Page) -> list[str]:
    """Return the keys that reached the slides since the last call."""
    keys: list[str] = page.evaluate("window.turned.splice(0)")
    return keys


def test_a_clicker_turns_the_slide_after_any_touch(page: Page, slide: Locator) -> None:
    """After an answer, a preset, a drag and a click on a slider, PageDown and Space turn the slide."""
    slider = slide.locator("input[type=range]").first
    touches = [
        lambda: slide.locator(".zm-choice").first.click(),
        lambda: slide.locator(".zm-chip").first.click(),
        lambda: slide.locator(".zm-canvas").first.click(position={"x": 200, "y": 100}),
        lambda: slider.click(),
    ]
    for touch in touches:
        touch()
        turned(page)
        value = slider.input_value()
        page.keyboard.press("PageDown")
        assert turned(page) == ["PageDown"]
        assert slider.input_value() == value
    slide.locator(".zm-canvas").first.click(position={"x": 200, "y": 100})
    for key in (" ", "n", "s", "Escape"):
        page.keyboard.press(key)
    assert turned(page) == [" ", "n", "s", "Escape"]


def test_a_control_keeps_the_keys_that_move_it(page: Page, slide: Locator) -> None:
    """Arrows stay with a slider and a grip; PageDown too, when the focus came by Tab."""
    slide.get_by_role("button", name="Skip").click()
    slider = slide.locator("input[type=range]").first
    slider.click()
    slider.press("ArrowRight")
    slide.locator(".zm-grip").first.press("ArrowLeft")
    assert turned(page) == []
    slide.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Tab")
    turned(page)
    value = slider.input_value()
    page.keyboard.press("PageDown")
    assert turned(page) == []
    assert slider.input_value() != value


def test_a_page_gets_what_is_left(page: Page, tmp_path: Path) -> None:
    """On a page a letter typed on a control goes through, an arrow on a slider does not."""
    stage = show(page, tmp_path, "scale_knob")
    page.evaluate("window.turned = []; document.addEventListener('keydown', (e) => window.turned.push(e.key))")
    slider = stage.locator("input[type=range]").first
    for key in ("b", "ArrowRight"):
        slider.press(key)
    assert turned(page) == ["b"]


def test_a_letter_is_no_command_of_the_notebook(guarded: Guarded, lab: Lab) -> None:
    """In JupyterLab `b` and `dd` typed on a slider, a preset or a grip leave the cells alone."""
    cell = nbformat.v4.new_code_cell(SOURCE, id="demo")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=KERNEL), lab.folder / "keys.ipynb")
    lab.open(guarded.page, "keys.ipynb")
    run_all(guarded.page)
    stage = guarded.page.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    stage.get_by_role("button", name="Skip").click()
    count = guarded.page.locator(".jp-Cell").count()
    for part in ("input[type=range]", ".zm-chip", ".zm-grip", "select"):
        for key in ("b", "a", "d", "d", "Escape", "b"):
            stage.locator(part).first.press(key)
    assert guarded.page.locator(".jp-Cell").count() == count
    assert stage.count() == 1
    asleep = guarded.page.locator(".zm-asleep")
    assert (asleep.count(), asleep.is_visible()) == (1, False)


def test_a_saved_notebook_says_what_sleeps_in_it(guarded: Guarded, lab: Lab) -> None:
    """Saved, and opened again without its kernel: the sentence stands where the demo was, and nothing else."""
    guarded.known += "|widget model not found"  # what ipywidgets says to itself
    cell = nbformat.v4.new_code_cell(SOURCE, id="demo")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=KERNEL), lab.folder / "saved.ipynb")
    page = guarded.page
    lab.open(page, "saved.ipynb")
    run_all(page)
    wait_for_drawing(page.locator(".zm-stage"), 0)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
    lab.open(page, "saved.ipynb")
    asleep = page.locator(".zm-asleep")
    asleep.wait_for()
    assert "This demo is asleep: run its cell to bring it alive." in asleep.inner_text()
    page.get_by_text("model not found").wait_for(state="attached")
    assert page.locator(".jp-OutputArea").inner_text() == asleep.inner_text()
