"""The stage in a browser, from pages opened as files: drawing, keys, dragging, words, accessibility."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from autograder.tests.browser.opened import made, pixels, show, write
from autograder.tests.browser.stages import drawn, wait_for_drawing


def test_keys_move_the_picture_and_the_words(page: Page, tmp_path: Path) -> None:
    """An arrow key on a slider changes pixels, value, read-out and the picture's label."""
    stage = show(page, tmp_path, "whitening")
    slider = stage.get_by_role("slider", name="Angle of the long axis")
    before, count, label = pixels(stage), drawn(stage), stage.locator("canvas").nth(0).get_attribute("aria-label")
    slider.press("ArrowRight")
    wait_for_drawing(stage, count)
    assert pixels(stage) != before
    assert stage.locator(".zm-value").nth(1).inner_text() == "25°"
    assert slider.get_attribute("aria-valuetext") == "25°"
    readout = stage.locator(".zm-readout").inner_text()
    assert readout.startswith("The cloud, raw. At 25° batch norm leaves a correlation of 0.8")
    page.wait_for_function("(old) => document.querySelector('canvas').ariaLabel !== old", arg=label)


def test_the_first_move_is_drawn_at_once_and_the_others_of_a_frame_together(page: Page, tmp_path: Path) -> None:
    """Of three moves between two frames, the first is drawn in its own turn, the last at the next frame."""
    stage = show(page, tmp_path, "whitening")
    before = drawn(stage)
    found = stage.evaluate("""async (stage) => {
      const slider = stage.querySelector('input[type=range]'), counts = [];
      await new Promise(requestAnimationFrame);
      await new Promise(setTimeout);
      for (const value of [3, 2, 1]) {
        slider.value = value;
        slider.dispatchEvent(new Event('input'));
        counts.push(Number(stage.dataset.drawn));
      }
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
      return [...counts, Number(stage.dataset.drawn), stage.querySelector('.zm-readout').textContent];
    }""")
    slider = stage.locator("input[type=range]").first
    assert found[:4] == [before + 1, before + 1, before + 1, before + 2]
    slider.press("ArrowRight")
    slider.press("ArrowLeft")
    assert stage.locator(".zm-readout").inner_text() == found[4]


def test_words_are_those_of_python(page: Page, tmp_path: Path) -> None:
    """The page writes the read-out as Python does, but for typographic minus, powers of ten and the space before %."""
    stage = show(page, tmp_path, "covariate_shift")
    for preset in made("covariate_shift").spec["presets"]:
        stage.get_by_role("button", name=preset["name"]).click()
        values = {c["name"]: c["values"] for c in made("covariate_shift").spec["controls"]}
        at = {name: values[name][i] for name, i in preset["at"].items()}
        expected = made("covariate_shift").read_out(**at).replace("-", "−")
        page.wait_for_function("(words) => document.querySelector('.zm-readout').textContent === words", arg=expected)


def test_prediction_hides_until_answered(page: Page, tmp_path: Path) -> None:
    """Nothing behind the question can be used before a choice; then the question stays, with the numbers under it."""
    stage = show(page, tmp_path, "scale_knob", skip=False)
    assert stage.locator(".zm-inner").evaluate("(el) => el.inert")
    stage.get_by_role("button", name="10 times larger").click()
    asked, verdict = (stage.locator(part).inner_text() for part in (".zm-asked", ".zm-verdict"))
    assert asked.startswith("Asked: All weights before a batch norm are multiplied by 10.")
    assert verdict.startswith("You said: 10 times larger. It is: 10 times smaller.")
    assert "0.37°" in verdict
    assert not stage.locator(".zm-inner").evaluate("(el) => el.inert")
    assert stage.locator(".zm-value").first.inner_text() == "10"


def test_goal_lights_and_presets_press(page: Page, tmp_path: Path) -> None:
    """A preset stays pressed while its setting holds, and the lamp says in words that the goal is reached."""
    stage = show(page, tmp_path, "scale_knob")
    assert stage.locator(".zm-goal").inner_text().endswith("Not yet.")
    preset = stage.get_by_role("button", name="Frozen")
    preset.click()
    page.wait_for_selector('.zm-goal[data-reached="true"]')
    assert stage.locator(".zm-goal").inner_text().endswith("Reached!")
    assert preset.get_attribute("aria-pressed") == "true"
    stage.get_by_role("button", name="Reset").click()
    assert preset.get_attribute("aria-pressed") == "false"


def test_handles_take_mouse_and_keys(page: Page, tmp_path: Path) -> None:
    """A handle follows the mouse, and the arrow keys when it has the focus."""
    stage = show(page, tmp_path, "whitening")
    handle = stage.get_by_role("slider", name="Direction of the long axis")
    box, canvas = handle.bounding_box(), stage.locator(".zm-canvas").nth(1).bounding_box()
    assert box
    assert canvas
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(canvas["x"] + canvas["width"] * 0.5, canvas["y"] + 30, steps=5)
    page.mouse.up()
    angle = float(stage.locator(".zm-value").nth(1).inner_text().rstrip("°"))
    assert angle > 60
    handle.press("ArrowLeft")
    assert stage.locator(".zm-value").nth(1).inner_text() == f"{angle - 5:.0f}°"
    handle.press("Home")
    assert stage.locator(".zm-value").nth(1).inner_text() == "0°"


def test_play_and_step(page: Page, tmp_path: Path) -> None:
    """Play runs to the end and stops by itself; a step back goes one value back."""
    stage = show(page, tmp_path, "activation_theatre")
    stage.get_by_role("button", name="One step back").click()
    assert stage.locator(".zm-value").nth(1).inner_text() == "9"
    stage.get_by_role("button", name="Play").click()
    stage.get_by_role("button", name="Play").wait_for()
    assert stage.locator(".zm-value").nth(1).inner_text() == "10"


def test_table_shows_the_numbers(page: Page, tmp_path: Path) -> None:
    """The toggle shows each picture's numbers as tables that say how much they leave out."""
    stage = show(page, tmp_path, "activation_theatre")
    stage.get_by_role("button", name="Show as table").click()
    table = stage.get_by_role("table", name="Their size: all")
    table.locator("tbody tr").nth(9).wait_for()
    assert table.locator("tbody tr").count() == 10
    assert (
        "of 60 columns" in stage.get_by_role("table", name="Activations of each layer").locator("caption").inner_text()
    )


def test_without_a_kernel_only_stored_settings_are_offered(page: Page, tmp_path: Path) -> None:
    """On an exported page a kernel demo's sliders stand on stored settings only, and no button needs the kernel."""
    stage = show(page, tmp_path, "covariate_shift")
    slider = stage.get_by_role("slider", name="Mean 1").first
    assert slider.get_attribute("max") == "5"
    for _ in range(3):
        slider.press("ArrowRight")
    assert stage.locator(".zm-value").first.inner_text() == "+1.0"


def test_a_control_with_one_stored_setting_is_left_out(page: Page, tmp_path: Path) -> None:
    """The race's page stores one noise and two frictions: it shows a slider for the friction alone."""
    stage = show(page, tmp_path, "race")
    assert stage.get_by_role("slider", name="ρ").get_attribute("max") == "1"
    assert stage.get_by_role("slider", name="Noise").count() == 0


def test_two_demos_share_one_script(page: Page, tmp_path: Path) -> None:
    """Two demos on one page both live on one copy of the script."""
    page.goto(write(tmp_path / "two.html", "scale_knob", "whitening"))
    page.wait_for_function("document.querySelectorAll('.zm-stage:not([data-drawn=\"0\"])').length === 2")
    assert page.locator("script.zm-shared").count() == 1


@pytest.mark.parametrize(
    ("name", "shade", "theme"), [("whitening", "#111", "dark"), ("covariate_shift", "#fff", "light")]
)
def test_axe_finds_nothing(page: Page, tmp_path: Path, name: str, shade: str, theme: str) -> None:
    """No violation in light or dark, before and after the question; the theme follows the page."""
    stage = show(page, tmp_path, name, skip=False)
    page.evaluate("(shade) => { document.body.style.background = shade; }", shade)
    page.wait_for_selector(f'.zm-stage[data-theme="{theme}"]')
    found = Axe().run(page).response["violations"]
    stage.get_by_role("button", name="Skip").click()
    found += Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


def test_axe_finds_nothing_in_the_tables(page: Page, tmp_path: Path) -> None:
    """The tables of numbers have captions, headers, and a scroll area that the keyboard reaches."""
    stage = show(page, tmp_path, "scale_knob")
    stage.get_by_role("button", name="Show as table").click()
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []


def test_stage_fits_a_phone(page: Page, tmp_path: Path) -> None:
    """At 400 pixels nothing reaches beyond the page."""
    page.set_viewport_size({"width": 400, "height": 800})
    show(page, tmp_path, "covariate_shift")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
