"""The slides on a projector: nothing scrolls or is cut, a click shows the answer, and a key turns the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograder.authoring import course
from autograder.tests.browser.exports import slides
from autograder.tests.browser.guard import SHOTS, Guarded

# What lies outside of its slide, or of a part that cuts or scrolls.
CUT = """() => {
  const slide = Reveal.getCurrentSlide(), frame = slide.getBoundingClientRect(), cut = [];
  for (const el of [slide, ...slide.querySelectorAll('*')]) {
    if (el.closest('aside.notes, svg, math, .zm-hidden, .zm-legend')) continue;
    const style = getComputedStyle(el), box = el.getBoundingClientRect();
    if (['none', 'inline'].includes(style.display) || !box.width) continue;
    const wide = style.overflowX !== 'visible' && el.scrollWidth > el.clientWidth + 1;
    const high = style.overflowY !== 'visible' && el.scrollHeight > el.clientHeight + 1;
    const out = box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
    if (wide || high || out) cut.push(`${el.tagName}.${el.className} ${el.scrollWidth}x${el.scrollHeight}`);
  }
  return cut.slice(0, 3);
}"""
OPEN = """() => {
  while (Reveal.availableFragments().next) Reveal.nextFragment();
  Reveal.getCurrentSlide().querySelector('.zm-choice')?.click();
}"""


@pytest.fixture(params=course.lectures(), ids=lambda path: path.stem)
def deck(request: pytest.FixtureRequest) -> Path:
    """Return the slides of one lecture after the other."""
    path = slides(request.param)
    if not path.is_file():
        pytest.skip("slides need npm")
    return path


def cut_when_settled(page: Page) -> list[str]:
    """Return what is cut when a demo has fitted itself into what the answer leaves, on a busy machine too."""
    for _ in range(10):
        page.wait_for_timeout(250)
        if not (cut := page.evaluate(CUT)):
            break
    return list(cut)


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=lambda size: str(size[0]))
def test_nothing_is_cut(guarded: Guarded, deck: Path, size: tuple[int, int]) -> None:
    """With every answer on it, each slide fits the projector."""
    page = guarded.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(deck.as_uri())
    page.wait_for_function("Reveal.isReady()")
    found = {}
    for number in range(1, page.evaluate("Reveal.getTotalSlides()") + 1):
        page.evaluate(OPEN)
        if cut := cut_when_settled(page):
            found[number] = cut
            page.screenshot(path=SHOTS / f"{deck.stem}-{size[0]}-{number:02d}.png")
        page.evaluate("Reveal.next()")
    assert page.evaluate("Reveal.isLastSlide()")
    assert found == {}


def test_an_answer_waits_for_a_click(guarded: Guarded, deck: Path) -> None:
    """The conclusion waits until the speaker asks for it; it stands below the demo, whose question makes room."""
    page = guarded.page
    page.goto(deck.as_uri())
    page.wait_for_function("Reveal.isReady()")
    while not page.evaluate("Reveal.getCurrentSlide().classList.contains('demo')"):
        page.evaluate("Reveal.next()")
    answer = page.locator("section section.present .answer").first
    assert not answer.is_visible()
    page.locator("section section.present .zm-choice").first.click()
    asked = page.locator("section section.present .zm-asked")
    assert asked.is_visible()
    page.keyboard.press("PageDown")
    answer.wait_for(state="visible")
    assert not asked.is_visible()
    page.wait_for_function("""() => {
      const slide = Reveal.getCurrentSlide();
      const [demo, answer] = ['.zm-stage', '.answer'].map((part) => slide.querySelector(part));
      return demo.getBoundingClientRect().bottom <= answer.getBoundingClientRect().top + 1;
    }""")
