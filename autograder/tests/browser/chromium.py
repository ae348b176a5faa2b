"""Finds a Chromium, or brings one: `python -m autograder.tests.browser.chromium` says which, before the tests run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
DOWNLOADED = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*", "chromium-*/*/*.exe")
NONE = "There is no Chromium. Install it (`apt install chromium`), and run the tests again."
BOUND = 240  # seconds that a download may take


def find() -> str:
    """Return the machine's Chromium or Playwright's, or nothing."""
    named = (shutil.which(name) for name in NAMES)
    places = (place for place in PLACES if Path(place).is_file())
    return next(filter(None, named), None) or next(places, None) or max(_downloaded(), default="")


def _downloaded() -> Iterable[str]:
    caches = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
    folders = [Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "nowhere"), *(Path.home() / c for c in caches)]
    return (str(path) for folder in folders for pattern in DOWNLOADED for path in folder.glob(pattern))


def _from_playwright() -> list[str]:
    return [sys.executable, "-m", "playwright", "install", "chromium"]


def _from_apt() -> list[str]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    script = "apt-get update -q && apt-get install -y -q --no-install-recommends chromium"
    return ["sh", "-c", script] if root and shutil.which("apt-get") else []


WAYS: tuple[Callable[[], list[str]], ...] = (_from_playwright, _from_apt)


def bring() -> str:
    """Return a Chromium, fetched where there is none and it can be had within a few minutes, or nothing."""
    for way in WAYS:
        if found := find():
            return found
        command = way()
        if command and shutil.which(command[0]):
            print(f"Looking for a Chromium: {' '.join(command)} ...", flush=True)  # noqa: T201 - a person waits
            try:
                subprocess.run(command, timeout=BOUND, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            except subprocess.TimeoutExpired:
                continue
    return find()


if __name__ == "__main__":
    found = bring()
    print(f"Browser tests: {found or NONE + ' Everything else runs.'}", flush=True)  # noqa: T201 - a person reads it
