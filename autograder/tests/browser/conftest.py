"""One Chromium, one JupyterLab, and a fresh page for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from autograder.tests import here
from autograder.tests.browser import chromium, guard
from autograder.tests.browser.lab import Lab, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as needing a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300, method="signal"))  # tells where; a thread ends the worker
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["from pytest-timeout"]))


@pytest.fixture(scope="session", autouse=True)
def _a_chromium() -> None:
    """Go on only where there is one; said before anything is started."""
    if not chromium.find():
        here.missing(chromium.NONE)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the machine's Chromium, which finds no other machine."""
    guard.SHOTS.mkdir(parents=True, exist_ok=True)
    return {"executable_path": chromium.find(), "args": guard.FLAGS}


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """Return the window that all pages share, and with it the cache of JupyterLab's files."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", service_workers="block"
    )
    yield context
    context.close()


@pytest.fixture
def guarded(window: BrowserContext) -> Iterator[guard.Guarded]:
    """Return a page; afterwards, it has asked for nothing outside of this machine, and its console is empty."""
    page = guard.Guarded.open(window)
    yield page
    page.close()


@pytest.fixture
def page(guarded: guard.Guarded) -> Page:
    """Return the guarded page by itself."""
    return guarded.page


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a JupyterLab on an empty course folder, where nbgrader finds its settings."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(guard.ROOT / "nbgrader_config.py", folder)
    with running(folder, tmp_path_factory.mktemp("home")) as one:
        yield one
