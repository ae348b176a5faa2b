"""Walks through a demo as a lecturer would: every control to both ends, every handle dragged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

_PIXELS = "stage => [...stage.querySelectorAll('.zm-canvas canvas')].map(c => c.toDataURL()).join()"


@dataclass(frozen=True)
class Seen:
    """What a reader gets from a demo at one setting: the pictures (as a digest) and the words."""

    pictures: str
    words: str


def look(stage: Locator) -> Seen:
    """Return what the demo shows now."""
    digest = hashlib.sha256(stage.evaluate(_PIXELS).encode()).hexdigest()
    return Seen(digest, stage.locator(".zm-readout").inner_text())


def open_prediction(stage: Locator) -> None:
    """Answer the question that is asked first, so that the picture is shown."""
    choices = stage.locator(".zm-predict button, .zm-prediction button")
    if choices.count() and choices.first.is_visible():
        choices.first.click()


def settle(page: Page, stage: Locator, drawn: int) -> None:
    """Wait until the demo has drawn again, and its words have followed."""
    handle = stage.element_handle()
    again = "([stage, drawn]) => Number(stage.dataset.drawn) > drawn"
    page.wait_for_function(again, arg=[handle, drawn], timeout=15_000)
    page.wait_for_timeout(80)


def press(page: Page, stage: Locator, control: Locator, key: str) -> Seen:
    """Press a key on a control; return what is seen then (the same as before, where the key changes nothing)."""
    drawn, before = int(stage.get_attribute("data-drawn") or 0), _value(control)
    control.press(key)
    if _value(control) != before:
        settle(page, stage, drawn)
    return look(stage)


def to_both_ends(page: Page, stage: Locator, control: Locator) -> set[Seen]:
    """Move one control through its range by keyboard; return all that was seen."""
    seen = {look(stage)}
    kind = control.evaluate("el => el.type")
    if kind == "checkbox":
        keys = ["Space", "Space"]
    elif kind == "range":
        keys = ["End", "Home", "ArrowRight"]
    else:
        keys = ["ArrowDown"] * (control.locator("option").count() - 1) or ["ArrowDown"]
    for key in keys:
        seen.add(press(page, stage, control, key))
    return seen


def drag(page: Page, stage: Locator, grip: Locator) -> set[Seen]:
    """Drag a handle across the picture with the mouse; return what was seen before and after."""
    seen = {look(stage)}
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in ((60, -35), (-60, 35)):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=4)
        page.wait_for_timeout(120)
        seen.add(look(stage))
        page.mouse.up()
    return seen


def _value(control: Locator) -> str:
    value: str = control.evaluate("el => el.type === 'checkbox' ? String(el.checked) : el.value")
    return value
