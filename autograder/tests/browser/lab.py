"""A private JupyterLab: its own home, its own port, no token, and what a person does in it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

READY = """async () => {
  const { context, sessionContext } = jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""
SELECT = """(id) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.findIndex((cell) => cell.model.id === id);
  notebook.activeCell.node.dataset.name = id;
}"""
ERROR = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, and the folder it shows."""

    url: str
    folder: Path

    def open(self, page: Page, notebook: str) -> None:
        """Open a notebook in a workspace of its own, where no other is restored, and wait for its kernel."""
        page.bring_to_front()  # a page in the background is drawn late or not at all
        page.goto(f"{self.url}/lab/workspaces/{uuid.uuid4().hex}/tree/{notebook}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        page.wait_for_function("name => jupyterapp.shell.currentWidget?.context?.path === name", arg=notebook)
        page.evaluate(READY)


def run_all(page: Page) -> None:
    """Run every cell of the open notebook; return when the last has run."""
    assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")


def select(page: Page, cell: str) -> Locator:
    """Select the cell with this id in the open notebook, and return it."""
    page.evaluate(SELECT, cell)
    return page.locator(f"[data-name='{cell}']")


def run_cell(page: Page, cell: str) -> Locator:
    """Run the cell with this id, and return it when it has run."""
    found = select(page, cell)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-cell')")
    return found


@contextmanager
def running(folder: Path, home: Path) -> Iterator[Lab]:
    """Run a JupyterLab on `folder` that keeps whatever it writes for itself in `home`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    private = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_DATA_DIR": home / "data"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        **{name: str(at) for name, at in private.items()},
        "PATH": path,
    }
    options = [
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--no-browser",
        "--ServerApp.allow_root=True", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True, exist_ok=True)
    everything = '{"windowingMode": "none"}'  # otherwise a cell that is far away may never be drawn
    (settings / "tracker.jupyterlab-settings").write_text(everything)
    log = home / "jupyter.log"
    with log.open("wb") as said:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/api", server, log)
        yield Lab(url, folder)
    finally:
        server.terminate()
        server.wait(30)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when `url` answers; fail with the end of the log if the server ends first, or never does."""
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"The server did not start:\n{log.read_text()[-3000:]}")
