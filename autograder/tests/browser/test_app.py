"""The app of `make demos`: a gallery with a picture of each demo, and behind a click the demo with a kernel."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from autograder.authoring import course
from autograder.tests.browser.demos import MODULES
from autograder.tests.browser.guard import Guarded
from autograder.tests.browser.lab import wait_for
from autograder.tests.browser.stages import wait_for_drawing

VOILA_S_OWN = (
    "version .* of shared (singleton )?module @jupyterlab/"  # its parts are older than ours, and say so
    "|Could not send widget sync message"  # of a page that is left: its kernel ends before its timers do
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the app, served as `make demos` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("app") / "voila.log"
    command = [sys.executable, "-m", "autograder", "demos", "--no-browser", f"--port={port}", "--port_retries=0"]
    with log.open("wb") as said:
        server = subprocess.Popen(command, cwd=course.ROOT, stdout=said, stderr=said)
    try:
        wait_for(f"http://127.0.0.1:{port}/", server, log)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def gallery(guarded: Guarded, app: str) -> Page:
    """Return the page with the gallery, opened."""
    guarded.known += f"|{VOILA_S_OWN}"
    guarded.page.goto(app)
    return guarded.page


def tiles(gallery: Page) -> Locator:
    """Return the tiles of the gallery."""
    return gallery.locator(".tile")


def test_every_demo_and_lecture_has_a_picture_and_a_sentence(gallery: Page) -> None:
    """The first page is a gallery, and no list of files; it fits a phone and passes axe."""
    names = {*MODULES, *(source.stem for source in course.lectures())}
    links = tiles(gallery).locator("a").evaluate_all("all => all.map(a => a.pathname)")
    assert {Path(link).stem for link in links} == names
    assert tiles(gallery).locator("img").count() == tiles(gallery).locator("p").count() == len(names)
    assert "ipynb" not in gallery.locator("body").inner_text()
    gallery.set_viewport_size({"width": 390, "height": 844})
    assert gallery.evaluate("document.documentElement.scrollWidth") == 390
    gallery.set_viewport_size({"width": 1280, "height": 900})
    assert Axe().run(gallery).response["violations"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_click_opens_a_demo_alive(gallery: Page, scheme: str) -> None:
    """A demo that a kernel computes is drawn, in the page's theme, and follows a key; a link leads back."""
    gallery.emulate_media(color_scheme=scheme)
    tiles(gallery).filter(has_text="Covariate shift").first.get_by_role("link").click()
    stage = gallery.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    assert stage.get_attribute("data-theme") == scheme
    stage.locator(".zm-skip").click()
    before = stage.locator(".zm-readout").inner_text()
    stage.locator("input[type=range]").first.press("End")
    gallery.wait_for_function("before => document.querySelector('.zm-readout').innerText !== before", arg=before)
    assert stage.locator(".zm-status").inner_text() == ""
    gallery.emulate_media(color_scheme="light")
    gallery.get_by_role("link", name="All demos").click()
    assert tiles(gallery).count() > 1
