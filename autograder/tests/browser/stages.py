"""Walks through a demo as a lecturer would: every control to both ends, every handle dragged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from playwright.sync_api import Locator

_VALUE = "el => el.type === 'checkbox' ? String(el.checked) : el.type === 'button' ? el.ariaValueText : el.value"
_NAME = "el => el.labels?.[0]?.innerText || el.ariaLabel"
_LOOK = """async (stage) => {
  do await new Promise(requestAnimationFrame); while (stage.ariaBusy);
  await new Promise(requestAnimationFrame);
  let digest = 0;
  for (const canvas of stage.querySelectorAll('.zm-canvas > canvas')) {
    for (const byte of new TextEncoder().encode(canvas.toDataURL())) digest = Math.imul(31, digest) + byte | 0;
  }
  const words = [...stage.querySelectorAll('.zm-readout, .zm-followed')].map((part) => part.innerText).join(' ');
  return [digest, words];
}"""


@dataclass
class Seen:
    """What a reader gets from a demo while something is tried: pictures (as digests) and words."""

    pictures: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def look(self, stage: Locator) -> int:
        """Add what the demo shows, when it has found and drawn it; return the digest of its pictures."""
        digest, words = stage.evaluate(_LOOK)
        self.pictures.add(digest)
        self.words.add(words)
        return int(digest)

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


def walk(stage: Locator) -> list[str]:
    """Answer the question, move every control to both ends, drag every handle; return what did not answer."""
    stage.scroll_into_view_if_needed()
    wait_for_drawing(stage, 0)
    stage.locator(".zm-choice").first.click()
    assert "You sa" in stage.locator(".zm-verdict").inner_text()
    controls = stage.locator("input[type=range], select, input[type=checkbox]").all()
    grips = stage.locator(".zm-grip").all()
    attempts: list[tuple[str, Locator, Callable[[], Seen]]] = []
    attempts += [("keys on", part, partial(_press, stage, part, _keys(part))) for part in [*controls, *grips]]
    attempts += [("dragging", grip, partial(_drag, stage, grip)) for grip in grips]
    silent = []
    for what, part, attempt in attempts:
        still = _everywhere(stage, attempt)
        silent += [f"{what} {part.evaluate(_NAME)!r} leave {still} as it was"] if still else []
    stage.get_by_role("button", name="Reset").click()
    return silent


def _everywhere(stage: Locator, attempt: Callable[[], Seen]) -> str:
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
    """Return the keys that bring a control to both ends, a handle up and down."""
    kind = control.evaluate("el => el.type")
    if kind == "button":
        return ["PageUp", "PageDown", "PageDown", "ArrowUp", "ArrowDown"]
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
    part.focus()
    shown = 0
    for key in keys:
        stage.page.keyboard.press(key)
        shown = seen.look(stage)
    assert shown == _afresh(stage), f"after {keys} a picture is not what a fresh drawing shows"
    return seen


def _afresh(stage: Locator) -> int:
    """Have all pictures drawn as for another theme, also those that no key has changed; return their digest."""
    count = drawn(stage)
    stage.page.evaluate("count => document.body.style.setProperty('--drawn-before', count)", count)
    wait_for_drawing(stage, count)
    return Seen().look(stage)


def _drag(stage: Locator, grip: Locator) -> Seen:
    """Drag a handle across the picture with the mouse, there and back; return all that is seen meanwhile."""
    seen, mouse = Seen(), stage.page.mouse
    seen.look(stage)
    grip.scroll_into_view_if_needed()
    for dx, dy in ((60, -35), (-90, 35)):
        box = grip.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + dx, y + dy, steps=4)
        seen.look(stage)
        mouse.up()
    return seen
