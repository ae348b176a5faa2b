"""A browser that may talk to this machine only, and a JupyterLab of its own for every test."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

ROOT = Path(__file__).resolve().parents[3]
SHOTS = ROOT / "build" / "screenshots"
LOOPBACK = re.compile(r"^(https?|wss?)://(127\.0\.0\.1|localhost)(:\d+)?/|^(file|data|blob|about):")
IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# JupyterLab says these of itself, on a page without anything of ours.
JUPYTERLAB_SAYS = re.compile(r"Download the React DevTools|WebSocket connection .* closed|favicon")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as needing a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Use the Chromium of the machine: `apt install chromium` where it is missing."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("There is no Chromium. Install it: `apt install chromium`.")
    return {"executable_path": chromium, "args": FLAGS}


@dataclass
class Guarded:
    """A page, what it asked for beyond this machine, and what it said in the console."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def shoot(self, name: str) -> None:
        """Keep a screenshot as a build artifact."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")


@pytest.fixture
def guarded(browser: Browser) -> Iterator[Guarded]:
    """Return a page that reaches loopback only; afterwards, nothing else was asked for and the console is empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    guarded = Guarded(context.new_page())

    def decide(route: Route) -> None:
        if LOOPBACK.match(route.request.url):
            route.continue_()
        else:
            guarded.asked.append(route.request.url)
            route.abort()

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not JUPYTERLAB_SAYS.search(message.text):
            guarded.said.append(f"{message.type}: {message.text}")

    context.route("**/*", decide)
    guarded.page.on("console", listen)
    guarded.page.on("pageerror", lambda error: guarded.said.append(f"error: {error}"))
    yield guarded
    context.close()
    assert guarded.asked == []
    assert guarded.said == []


@dataclass
class Lab:
    """A running JupyterLab: its address, and the folder it shows."""

    url: str
    folder: Path

    def open(self, page: Page, notebook: str) -> None:
        """Open a notebook in a fresh workspace, and wait for its kernel."""
        page.goto(f"{self.url}/lab/tree/{notebook}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        page.wait_for_function(IDLE, timeout=90_000)
        page.wait_for_timeout(700)  # idle is said once before the kernel is really connected

    def run_all(self, page: Page, last: str) -> None:
        """Run every cell, again if JupyterLab forgot to, until `last` is on the page."""
        for _ in range(3):
            page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
            try:
                page.wait_for_selector(last, timeout=90_000, state="attached")
            except Exception:
                continue
            break
        page.wait_for_function(IDLE, timeout=120_000)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Return a function that starts a private JupyterLab on a folder, without token, news or update checks."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(folder: Path, **environment: str) -> Lab:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        home = {"HOME": tmp_path, "JUPYTER_CONFIG_DIR": tmp_path / "config", "JUPYTER_DATA_DIR": tmp_path / "data"}
        options = [
            f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}",
            "--IdentityProvider.token=", "--ServerApp.allow_root=True", "--no-browser",
            "--LabApp.expose_app_in_browser=True",
        ]  # fmt: skip
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        private = {**os.environ, **{name: str(at) for name, at in home.items()}, "PATH": path, **environment}
        with (tmp_path / "jupyter.log").open("wb") as log:
            servers.append(
                subprocess.Popen(
                    [sys.executable, "-m", "jupyterlab", *options],
                    cwd=folder, env=private, stdout=log, stderr=log,
                )
            )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/api", tmp_path / "jupyter.log")
        return Lab(url, folder)

    yield start
    for server in servers:
        server.terminate()
        server.wait(20)


def _wait_for(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
