"""What a demo's pictures do: follow, enlarge, glide, fill a talk's height, and go into the address."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.tests.browser.opened import pixels, show, write
from autograder.tests.browser.stages import drawn, wait_for_drawing


def test_an_example_is_followed_through_all_pictures(page: Page, tmp_path: Path) -> None:
    """Chosen by its number or pointed at, an example is ringed in every picture that has it, and told in words."""
    stage = show(page, tmp_path, "whitening")
    before, count = [pixels(stage, i) for i in range(3)], drawn(stage)
    stage.get_by_role("slider", name="Follow one example").press("ArrowRight")
    wait_for_drawing(stage, count)
    assert [pixels(stage, i) != before[i] for i in range(3)] == [True, True, False]
    words = stage.locator(".zm-followed").inner_text()
    assert words.startswith("Example 1: One cloud on its way (")
    page.wait_for_function("(words) => document.querySelector('[aria-live]').innerText.startsWith(words)", arg=words)
    box = stage.locator(".zm-canvas").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("(old) => document.querySelector('.zm-followed').innerText !== old", arg=words)
    page.mouse.move(5, 5)
    page.wait_for_function("(old) => document.querySelector('.zm-followed').innerText === old", arg=words)
    stage.get_by_role("button", name="Reset").click()
    assert stage.get_by_role("slider", name="Follow one example").input_value() == "0"


def test_a_picture_that_a_key_leaves_as_it_was_is_not_drawn_again(page: Page, tmp_path: Path) -> None:
    """Only pictures that name what has changed are drawn; another theme draws all of them."""
    stage = show(page, tmp_path, "whitening")
    wiped = stage.evaluate_handle("""(stage) => {
      const canvases = [...stage.querySelectorAll('.zm-canvas > canvas')], count = canvases.map(() => 0);
      canvases.forEach((canvas, i) => {
        const ctx = canvas.getContext('2d'), wipe = ctx.clearRect.bind(ctx);
        ctx.clearRect = (...box) => { count[i] += 1; wipe(...box); };
      });
      return count;
    }""")
    count = drawn(stage)
    stage.get_by_role("slider", name="The cloud is").press("ArrowRight")
    wait_for_drawing(stage, count)
    changed = wiped.json_value()
    assert set(changed) == {0, 1}
    page.emulate_media(color_scheme="dark")
    wait_for_drawing(stage, count + 1)
    assert wiped.json_value() == [times + 1 for times in changed]


def test_plus_makes_one_picture_as_wide_as_the_stage(page: Page, tmp_path: Path) -> None:
    """The button, or the key + on a part of a picture, shows it alone; Escape brings all back."""
    stage = show(page, tmp_path, "scale_knob")
    views = stage.locator(".zm-view")
    stage.get_by_role("button", name="Enlarge The gradient").click()
    assert [view.is_visible() for view in views.all()] == [False, False, True, False]
    small, wide = stage.locator(".zm-canvas").nth(2).bounding_box(), stage.bounding_box()
    assert small
    assert wide
    assert small["width"] > 0.9 * wide["width"]
    page.keyboard.press("Escape")
    assert all(view.is_visible() for view in views.all())
    stage.locator(".zm-grip").last.press("+")
    assert [view.is_visible() for view in views.all()] == [False, False, False, True]


def test_a_frame_leaves_the_number_in_it_free(page: Page, tmp_path: Path) -> None:
    """In the map of cells the handle is a frame as large as a cell, wherever it is, with nothing over the number."""
    page.set_viewport_size({"width": 1400, "height": 900})
    stage = show(page, tmp_path, "edge_of_chaos")
    grip, canvas = stage.locator(".zm-grip"), stage.locator(".zm-large canvas").first
    seen = set()
    for key in ("Home", "End"):
        grip.press(key)
        box, picture = grip.bounding_box(), canvas.bounding_box()
        assert box
        assert picture
        assert picture["width"] / 15 < box["width"] < picture["width"] / 11
        assert box["height"] > 50
        assert grip.evaluate("(grip) => getComputedStyle(grip).backgroundImage") == "none"
        seen.add(box["x"])
    assert max(seen) - min(seen) > picture["width"] * 0.7


def test_presets_glide_and_sliders_do_not(page: Page, tmp_path: Path) -> None:
    """From one preset to another there are pictures in between; a key is drawn at once, and so is all for the calm."""
    page.emulate_media(reduced_motion="no-preference")
    stage = show(page, tmp_path, "scale_knob")
    for act, several in (("Thrown about", True), ("ArrowRight", False)):
        page.wait_for_timeout(500)
        count = drawn(stage)
        if several:
            stage.get_by_role("button", name=act).click()
        else:
            stage.locator("input[type=range]").first.press(act)
        page.wait_for_timeout(500)
        assert (drawn(stage) > count + 1) == several
    page.emulate_media(reduced_motion="reduce")
    count = drawn(stage)
    stage.get_by_role("button", name="Frozen").click()
    wait_for_drawing(stage, count)
    page.wait_for_timeout(300)
    assert drawn(stage) == count + 1


def test_a_setting_can_be_sent(page: Page, tmp_path: Path) -> None:
    """A preset goes into the address; opened from there the demo shows it, without its question."""
    stage = show(page, tmp_path, "rate_sweep")
    stage.get_by_role("button", name="Too fast for plain").click()
    page.wait_for_function("location.hash === '#demo=rate-sweep&lr=3&scale=1'")
    page.goto("about:blank")
    page.goto((tmp_path / "page.html").as_uri() + "#demo=rate-sweep&lr=10&scale=0.1")
    wait_for_drawing(stage, 0)
    assert stage.locator(".zm-predict").count() == 0
    assert stage.locator(".zm-readout").inner_text().startswith("Rate 10, weights times 0.1:")


def test_a_talk_fills_the_height_that_is_left(page: Page, tmp_path: Path) -> None:
    """Inside `data-zm-talk` the demo ends above what follows it; the reason makes room at the first move after it."""
    around = '<section data-zm-talk style="height: 600px">{}<p style="height: 40px; margin: 0">After.</p></section>'
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(write(tmp_path / "talk.html", "rate_sweep", around=around))
    stage = page.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    stage.locator(".zm-choice").first.click()
    after, box = page.get_by_text("After.").bounding_box(), page.locator("section").bounding_box()
    assert after
    assert box
    assert abs(after["y"] + after["height"] - box["y"] - box["height"]) < 8
    assert stage.evaluate("(el) => [el.scrollHeight - el.clientHeight, getComputedStyle(el).fontSize]") == [0, "22px"]
    canvas = stage.locator(".zm-canvas").first
    height = canvas.evaluate("(el) => el.clientHeight")
    stage.get_by_role("button", name="All three work").click()
    page.wait_for_function("(was) => document.querySelector('.zm-canvas').clientHeight > was", arg=height)
    assert stage.locator(".zm-asked").is_visible()
    assert [v["id"] for v in Axe().run(page).response["violations"]] == []
