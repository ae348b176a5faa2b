"""The stage in a browser, from pages opened as files: drawing, keys, dragging, words, accessibility."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page
from zeromean.demos.l04_initialization import activation_theatre
from zeromean.demos.l06_batch_norm import covariate_shift, scale_knob, whitening
from zeromean.stage.stage import Stage, share

from autograder.tests.browser.guard import Guarded
from autograder.tests.browser.stages import drawn, wait_for_drawing

DEMOS = {
    module.__name__.rpartition(".")[2]: module
    for module in (activation_theatre, covariate_shift, scale_knob, whitening)
}

# A model as anywidget gives it, whose kernel answers only when told to; every answer is the first frame again.
FAKE_KERNEL = """async ({ spec, data }) => {
  const bytes = new DataView(new Uint8Array(data).buffer);
  Object.assign(window, { sent: [], hear: [], answered: 0 });
  const table = Object.fromEntries(Object.entries(spec.table).map(([k, v]) => [k, { ...v, strides: [] }]));
  window.reply = () => hear[0]({ id: sent[answered++].id, done: false, more: false, table }, [bytes]);
  const model = {
    get: (name) => ({ spec, data: bytes, params: {} })[name], set() {}, save_changes() {}, off() {},
    send: (content) => sent.push(content), on: (name, f) => { if (name === 'msg:custom') hear.push(f); },
  };
  const el = document.body.appendChild(document.createElement('div'));
  el.id = 'live';
  (await window.zeroMean).default.render({ model, el });
  await new Promise((done) => setTimeout(done, 100));
}"""


@cache
def made(name: str) -> Stage:
    """Return a demo, made once."""
    stage: Stage = DEMOS[name].demo()
    return stage


@cache
def html(name: str) -> str:
    """Return the piece of HTML of a demo, made once."""
    return made(name).to_html()


def write(path: Path, *names: str) -> str:
    """Write a page with demos and return its address."""
    body = share("".join(html(name) for name in names))
    style = "body { background: #fff; margin: 8px } h1 { background: #fff; color: #000 }"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo</title><style>{style}</style>'
    path.write_text(f"{head}<main><h1>Demo</h1>{body}</main></html>", "utf8")
    return path.as_uri()


@pytest.fixture
def page(guarded: Guarded) -> Page:
    """Give a page that must ask for nothing but itself and keep its console empty."""
    return guarded.page


def show(page: Page, tmp_path: Path, name: str, skip: bool = True) -> Locator:
    """Open a page with one demo, past its question, and return the stage."""
    page.goto(write(tmp_path / "page.html", name))
    stage = page.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    if skip:
        stage.get_by_role("button", name="Skip").click()
    return stage


def pixels(stage: Locator, which: int = 0) -> str:
    """Return the picture as a data address."""
    return str(stage.locator(".zm-canvas > canvas").nth(which).evaluate("(canvas) => canvas.toDataURL()"))


def test_keys_move_the_picture_and_the_words(page: Page, tmp_path: Path) -> None:
    """An arrow key on a slider changes pixels, value, read-out and the picture's label, and stays in the stage."""
    stage = show(page, tmp_path, "whitening")
    page.evaluate("document.addEventListener('keydown', () => { window.leaked = true; })")
    slider = stage.get_by_role("slider", name="Angle of the long axis")
    before, count, label = pixels(stage, 1), drawn(stage), stage.locator("canvas").nth(0).get_attribute("aria-label")
    slider.press("ArrowRight")
    wait_for_drawing(stage, count)
    assert pixels(stage, 1) != before
    assert stage.locator(".zm-value").first.inner_text() == "22 °"
    assert slider.get_attribute("aria-valuetext") == "22 °"
    assert stage.locator(".zm-readout").inner_text().startswith("At 22° batch norm leaves a correlation of 0.7")
    page.wait_for_function("(old) => document.querySelector('canvas').ariaLabel !== old", arg=label)
    assert page.evaluate("window.leaked") is None


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
    """Nothing behind the question can be used before a choice; then the verdict has the numbers in it."""
    stage = show(page, tmp_path, "scale_knob", skip=False)
    assert stage.locator(".zm-inner").evaluate("(el) => el.inert")
    stage.get_by_role("button", name="10 times larger").click()
    verdict = stage.locator(".zm-verdict").inner_text()
    assert verdict.startswith("You said: 10 times larger. It is: 10 times smaller.")
    assert "0.34°" in verdict
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
    box, canvas = handle.bounding_box(), stage.locator(".zm-canvas").first.bounding_box()
    assert box
    assert canvas
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(canvas["x"] + canvas["width"] * 0.6, canvas["y"] + 30, steps=5)
    page.mouse.up()
    angle = float(stage.locator(".zm-value").first.inner_text().split()[0])
    assert angle > 60
    handle.press("ArrowLeft")
    assert stage.locator(".zm-value").first.inner_text() == f"{angle - 2:.0f} °"


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


def test_without_a_kernel_the_nearest_setting_is_shown(page: Page, tmp_path: Path) -> None:
    """On an exported page a kernel demo shows stored settings, says so, and has no button for the kernel."""
    stage = show(page, tmp_path, "activation_theatre")
    assert stage.get_by_role("button", name="Run it 4096 wide").count() == 0
    slider = stage.get_by_role("slider", name="g = weights")
    slider.press("ArrowRight")
    page.wait_for_function("document.querySelector('.zm-status').textContent.startsWith('Without a kernel')")


def test_the_verdict_waits_for_its_numbers(page: Page, tmp_path: Path) -> None:
    """With a kernel, the reason is told when the numbers of the question's setting are there, and only with them."""
    one = made("activation_theatre")
    show(page, tmp_path, "activation_theatre")
    page.evaluate(FAKE_KERNEL, {"spec": one.spec, "data": list(one.data)})
    page.locator("#live .zm-choice").first.click()
    verdict = page.locator("#live .zm-verdict")
    assert verdict.inner_text().strip() == "You said: practically zero. It is: thousands of times larger."
    page.evaluate("reply()")
    assert "Ratio 1.2. The few units" in verdict.inner_text()


def live(page: Page, tmp_path: Path) -> Locator:
    """Open a demo whose kernel answers only when told to, past its question; return its first slider."""
    one = made("covariate_shift")
    show(page, tmp_path, "covariate_shift")
    page.evaluate(FAKE_KERNEL, {"spec": one.spec, "data": list(one.data)})
    page.locator("#live .zm-skip").click()
    return page.locator("#live").get_by_role("slider", name="Mean of domain 1", exact=True).first


def test_latest_request_wins(page: Page, tmp_path: Path) -> None:
    """While the kernel works on a setting that is wanted the page asks for no other; then it asks for the latest."""
    slider = live(page, tmp_path)
    for _ in range(4):
        slider.press("ArrowRight")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9, 12]
    for _ in range(3):
        page.evaluate("reply()")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9, 12, 14]
    page.evaluate("reply()")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9, 12, 14, 15, 16]
    slider.press("Home")
    page.evaluate("hear[0]({ id: sent.length, error: 'ValueError: no' }, [])")
    assert page.locator("#live .zm-status").inner_text() == "ValueError: no"


def test_the_next_step_is_there_before_the_key(page: Page, tmp_path: Path) -> None:
    """An idle kernel is asked for the neighbours, those ahead first; a step to one of them is drawn without it."""
    slider = live(page, tmp_path)
    stage = page.locator("#live .zm-stage")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9]
    page.evaluate("reply()")
    count = drawn(stage)
    slider.press("ArrowRight")
    wait_for_drawing(stage, count)
    assert page.evaluate("sent.map((m) => [m.at.mean1, m.at.mean2])") == [[11, 35], [9, 35], [10, 36]]


def test_what_cannot_be_had_ahead_is_not_asked_for_again(page: Page, tmp_path: Path) -> None:
    """Where the kernel answers with an error, or with many frames, the page waits until the setting is wanted."""
    slider = live(page, tmp_path)
    page.evaluate("hear[0]({ id: 1, error: 'ValueError: no' }, [])")
    page.evaluate("reply()")
    assert page.evaluate("sent.length") == 2
    slider.press("ArrowRight")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9, 11]


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
