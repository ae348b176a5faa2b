"""Walks through a demo as a lecturer would: every control to both ends, every handle dragged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

_PIXELS = "stage => [...stage.querySelectorAll('.zm-canvas > canvas')].map(c => c.toDataURL()).join()"
_VALUE = "el => el.type === 'checkbox' ? String(el.checked) : el.type === 'button' ? el.ariaValueText : el.value"


@dataclass
class Seen:
    """What a reader gets from a demo while something is tried: pictures (as digests) and words."""

    pictures: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def look(self, stage: Locator) -> None:
        """Add what the demo shows now."""
        self.pictures.add(hashlib.sha256(stage.evaluate(_PIXELS).encode()).hexdigest())
        self.words.add(stage.locator(".zm-readout").inner_text())

    @property
    def still(self) -> str:
        """What has not changed."""
        still = {"the picture": self.pictures, "the read-out": self.words}
        return " and ".join(name for name, seen in still.items() if len(seen) < 2)


def drawn(stage: Locator) -> int:
    """Return how often the demo has been drawn."""
    return int(stage.get_attribute("data-drawn") or 0)


def wait_for_drawing(stage: Locator, before: int) -> None:
    """Wait until the demo has been drawn again; with the picture come the words."""
    stage.locator(f"xpath=self::*[@data-drawn > {before}]").wait_for()


def walk(page: Page, stage: Locator) -> list[str]:
    """Answer the question, move every control to both ends, drag every handle; return what did not answer."""
    stage.scroll_into_view_if_needed()
    wait_for_drawing(stage, 0)
    title = stage.locator(".zm-title").inner_text()
    stage.locator(".zm-choice").first.click()
    verdict = stage.locator(".zm-verdict").inner_text()
    silent = [] if "You sa" in verdict else [f"{title}: no verdict"]
    controls = stage.locator("input[type=range], select, input[type=checkbox]").all()
    parts = [(control, _keys(control)) for control in controls]
    parts += [(grip, ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) for grip in stage.locator(".zm-grip").all()]
    for part, keys in parts:
        still = _everywhere(page, stage, lambda part=part, keys=keys: _press(stage, part, keys))
        silent += [f"{title}: {_name(part)} leaves {still} as it was"] if still else []
    for grip in stage.locator(".zm-grip").all():
        still = _everywhere(page, stage, lambda grip=grip: _drag(page, stage, grip))
        silent += [f"{title}: dragging {_name(grip)} leaves {still} as it was"] if still else []
    stage.get_by_role("button", name="Reset").click()
    return silent


def _everywhere(page: Page, stage: Locator, attempt: Callable[[], Seen]) -> str:
    """Try at the start, and where that changes nothing, at every preset; return what never changed."""
    stage.get_by_role("button", name="Reset").click()
    still = attempt().still
    for preset in stage.locator(".zm-chip").all() if still else []:
        preset.click()
        still = attempt().still
        if not still:
            break
    return still


def _keys(control: Locator) -> list[str]:
    """Return the keys that bring a control to both ends."""
    kind = control.evaluate("el => el.type")
    if kind == "range":
        return ["End", "Home", "ArrowRight"]
    if kind == "checkbox":
        return ["Space", "Space"]
    steps = control.locator("option").count() - 1
    return ["ArrowUp"] * steps + ["ArrowDown"] * steps


def _press(stage: Locator, part: Locator, keys: Iterable[str]) -> Seen:
    """Press keys on a control or a handle; return all that is seen meanwhile."""
    seen = Seen()
    seen.look(stage)
    for key in keys:
        count, value = drawn(stage), part.evaluate(_VALUE)
        part.press(key)
        if part.evaluate(_VALUE) != value:
            wait_for_drawing(stage, count)
            seen.look(stage)
    return seen


def _drag(page: Page, stage: Locator, grip: Locator) -> Seen:
    """Drag a handle across the picture with the mouse, there and back; return all that is seen meanwhile."""
    seen = Seen()
    seen.look(stage)
    grip.scroll_into_view_if_needed()
    for dx, dy in ((60, -35), (-90, 35)):
        box, count, value = grip.bounding_box(), drawn(stage), grip.get_attribute("aria-valuetext")
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=4)
        page.mouse.up()
        page.wait_for_timeout(50)
        if grip.get_attribute("aria-valuetext") != value:
            wait_for_drawing(stage, count)
            seen.look(stage)
    return seen


def _name(part: Locator) -> str:
    name: str = part.evaluate("el => el.labels?.[0]?.innerText ?? el.ariaLabel")
    return name
