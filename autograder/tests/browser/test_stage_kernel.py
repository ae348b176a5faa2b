"""The stage's talk with a kernel, played by a model that answers only when told to."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page

from autograder.tests.browser.opened import made, show, write
from autograder.tests.browser.stages import drawn, wait_for_drawing

# A model as anywidget gives it, whose kernel answers only when told to; every answer is the first frame again.
FAKE_KERNEL = """async ({ spec, data }) => {
  const bytes = new DataView(new Uint8Array(data).buffer);
  Object.assign(window, { sent: [], hear: [], heard: {}, answered: 0 });
  const table = Object.fromEntries(Object.entries(spec.table).map(([k, v]) => [k, { ...v, strides: [] }]));
  window.reply = (more = false, done = false) => hear[0]({ id: sent[answered++].id, done, more, table }, [bytes]);
  const model = {
    get: (name) => ({ spec, data: bytes, params: {} })[name], set() {}, save_changes() {}, off() {},
    send: (content) => sent.push(content),
    on: (name, f) => { if (name === 'msg:custom') hear.push(f); heard[name] = f; },
  };
  const el = document.body.appendChild(document.createElement('div'));
  el.id = 'live';
  (await window.zeroMean).default.render({ model, el });
  await new Promise((done) => setTimeout(done, 100));
}"""


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


def test_an_action_that_streams_is_asked_until_it_is_done(page: Page, tmp_path: Path) -> None:
    """Each frame of a button asks for the next; after the last the page is at rest."""
    one = made("activation_theatre")
    show(page, tmp_path, "activation_theatre")
    page.evaluate(FAKE_KERNEL, {"spec": one.spec, "data": list(one.data)})
    page.locator("#live .zm-skip").click()
    page.locator("#live").get_by_role("button", name="Run it 500 wide").click()
    page.evaluate("answered = sent.findIndex((m) => m.act)")
    for _ in range(2):
        before = page.evaluate("sent.length")
        page.evaluate("reply(true)")
        assert page.evaluate("sent.length") == before + 1
        assert page.evaluate("Object.keys(sent.at(-1))") == ["id"]
        page.evaluate("answered = sent.length - 1")
    page.evaluate("reply(true, true)")
    assert page.locator("#live [aria-busy]").count() == 0


def live(page: Page, tmp_path: Path) -> Locator:
    """Open a demo whose kernel answers only when told to, past its question; return its first slider, at rest."""
    one = made("covariate_shift")
    show(page, tmp_path, "covariate_shift")
    page.evaluate(FAKE_KERNEL, {"spec": one.spec, "data": list(one.data)})
    page.locator("#live .zm-skip").click()
    page.wait_for_function("sent.length === 2")
    return page.locator("#live").get_by_role("slider", name="Mean 1", exact=True).first


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


def test_other_controls_are_looked_at_when_the_hand_rests(page: Page, tmp_path: Path) -> None:
    """Under a hand the kernel is asked in its direction only; a quarter of a second later for the rest."""
    slider = live(page, tmp_path)
    moved = """(slider) => {
      const all = () => { while (answered < sent.length) reply(); };
      all();
      window.before = sent.length;
      slider.valueAsNumber += 1;
      slider.dispatchEvent(new Event('input'));
      all();
      return sent.slice(before).map((m) => [m.at.mean1, m.at.mean2]);
    }"""
    assert slider.evaluate(moved) == [[12, 35], [13, 35], [14, 35]]
    page.wait_for_function("sent.slice(before).some((m) => m.at.mean2 === 36)")


def test_what_cannot_be_had_ahead_is_not_asked_for_again(page: Page, tmp_path: Path) -> None:
    """Where the kernel answers with an error, the page waits until the setting is wanted."""
    slider = live(page, tmp_path)
    page.evaluate("hear[0]({ id: 1, error: 'ValueError: no' }, [])")
    page.evaluate("reply()")
    assert page.evaluate("sent.length") == 2
    slider.press("ArrowRight")
    assert page.evaluate("sent.map((m) => m.at.mean1)") == [11, 9, 11]


def test_the_first_of_many_frames_is_there_before_the_key(page: Page, tmp_path: Path) -> None:
    """Of a setting that comes in frames the first is had ahead, also between two frames; the key starts the rest."""
    slider = live(page, tmp_path)
    stage = page.locator("#live .zm-stage")
    seen = "sent.map((m) => [m.at?.mean1, Boolean(m.ahead)])"
    page.evaluate("reply(true)")
    page.evaluate("reply(true)")
    asked = [[11, True], [9, True], [10, True], [10, True]]  # then those around in the other control
    assert page.evaluate(seen) == asked
    count = drawn(stage)
    slider.press("ArrowRight")
    assert drawn(stage) == count + 1
    assert page.evaluate(seen) == [*asked, [11, False]]
    assert stage.get_attribute("aria-busy") == "true"
    page.evaluate("answered = 4")
    page.evaluate("reply(true)")
    assert page.evaluate("sent[5]") == {"id": 5}
    page.evaluate("answered = 2")
    page.evaluate("reply(true)")
    assert page.evaluate(seen)[6:] == [[12, True]]
    page.evaluate("answered = 6")
    page.evaluate("reply(true)")
    slider.press("ArrowRight")  # drawn at once; its own frames begin when the one that was asked for is there
    assert drawn(stage) == count + 3
    assert not page.evaluate("sent.some((m) => m.at?.mean1 === 12 && !m.ahead)")
    page.evaluate("answered = 5")
    page.evaluate("reply(true)")
    assert page.evaluate(seen)[-1] == [12, False]


def test_a_kernel_that_is_gone_is_told_and_the_picture_stays_true(page: Page, tmp_path: Path) -> None:
    """When the kernel stops, controls and words go back to a setting that was computed; an answer brings all back."""
    slider = live(page, tmp_path)
    stage = page.locator("#live .zm-stage")
    for _ in range(3):
        slider.press("ArrowRight")
    page.evaluate("heard.comm_live_update()")
    assert "run this cell again" in stage.locator(".zm-status").inner_text()
    assert stage.locator(".zm-value").first.inner_text() == "−1.0"
    assert stage.get_attribute("aria-busy") is None
    slider.press("End")
    assert stage.locator(".zm-value").first.inner_text() == "−1.0"
    page.evaluate("hear[0]({ id: sent.length, done: true, more: false }, [])")
    assert stage.locator(".zm-status").inner_text() == ""


def test_a_kernel_that_does_not_answer_is_given_up(page: Page, tmp_path: Path) -> None:
    """After ten seconds without an answer the page says so."""
    page.clock.install()
    one = made("covariate_shift")
    page.goto(write(tmp_path / "page.html", "covariate_shift"))
    page.clock.run_for(1000)
    page.evaluate(
        FAKE_KERNEL.replace("await new Promise((done) => setTimeout(done, 100));", ""),
        {"spec": one.spec, "data": list(one.data)},
    )
    page.clock.run_for(1000)
    page.locator("#live .zm-skip").click()
    page.locator("#live input[type=range]").first.press("End")
    page.clock.run_for(11000)
    assert "does not answer" in page.locator("#live .zm-status").inner_text()
