"""A page that can reach this machine only, and remembers what it asked for and what it said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[3]
SHOTS = ROOT / "build" / "screenshots"
HERE = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)(:\d+)?/|(file|data|blob|about):")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip

# What is said by what is not ours: jupytext, and a JupyterLab that starts or scrolls slowly on a busy machine.
OTHERS = r"JupyterLab extension jupytext is activating|Item with index \d+ did not appear|took [\d.]+ms to activate"


@dataclass
class Guarded:
    """A page, what it asked for beyond this machine, and what it said in the console."""

    page: Page
    known: str = OTHERS
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, context: BrowserContext) -> Guarded:
        """Open an empty page and listen."""
        guarded = cls(context.new_page())
        page = guarded.page
        page.on("request", lambda request: guarded._asks(request.url))
        page.on("websocket", lambda socket: guarded._asks(socket.url))
        page.on("console", guarded._says)
        page.on("pageerror", lambda error: guarded._note(guarded.said, f"error: {error}"))
        return guarded

    def shoot(self, name: str) -> None:
        """Keep a screenshot as a build artifact."""
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def close(self) -> None:
        """Close the page; hold that it asked for nothing outside and said nothing."""
        self.page.close()
        assert not self.asked, "\n".join(self.asked)
        assert not self.said, "\n".join(self.said)

    def _asks(self, url: str) -> None:
        if not HERE.match(url):
            self._note(self.asked, url)

    def _says(self, message: ConsoleMessage) -> None:
        if message.type != "debug":  # hidden, unless asked for
            self._note(self.said, f"{message.type}: {message.text} ({message.location['url']})")

    def _note(self, notes: list[str], text: str) -> None:
        if not re.search(self.known, text):
            notes.append(text)
