"""Demos opened from pages as files, made once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Locator, Page
from zeromean.demos.l04_initialization import activation_theatre, edge_of_chaos
from zeromean.demos.l05_optimizers import race
from zeromean.demos.l06_batch_norm import covariate_shift, rate_sweep, scale_knob, whitening
from zeromean.stage.export import share
from zeromean.stage.stage import Stage

from autograder.tests.browser.stages import wait_for_drawing

DEMOS = {
    module.__name__.rpartition(".")[2]: module
    for module in (activation_theatre, covariate_shift, edge_of_chaos, race, rate_sweep, scale_knob, whitening)
}


@cache
def made(name: str) -> Stage:
    """Return a demo, made once."""
    stage: Stage = DEMOS[name].demo()
    return stage


@cache
def html(name: str) -> str:
    """Return the piece of HTML of a demo, made once."""
    return made(name).to_html()


def write(path: Path, *names: str, around: str = "{}") -> str:
    """Write a page with demos and return its address."""
    body = around.format(share("".join(html(name) for name in names)))
    style = "body { background: #fff; margin: 8px } h1 { background: #fff; color: #000 }"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo</title><style>{style}</style>'
    path.write_text(f"{head}<main><h1>Demo</h1>{body}</main></html>", "utf8")
    return path.as_uri()


def show(page: Page, tmp_path: Path, name: str, skip: bool = True) -> Locator:
    """Open a page with one demo, past its question, and return the stage."""
    page.goto(write(tmp_path / "page.html", name))
    stage = page.locator(".zm-stage")
    wait_for_drawing(stage, 0)
    if skip:
        stage.get_by_role("button", name="Skip").click()
    return stage


def pixels(stage: Locator, which: int = 0) -> str:
    """Return a picture as a data address."""
    return str(stage.locator(".zm-canvas > canvas").nth(which).evaluate("(canvas) => canvas.toDataURL()"))
