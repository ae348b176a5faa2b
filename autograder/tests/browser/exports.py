"""The pages and slides of the lectures, run once and kept in build/ until something that they are made of changes."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.authoring import course
from autograder.reports import lecture, reveal, site

FOLDER = course.ROOT / "build" / "exports"
MADE_OF = ("utils/zeromean/**/*", "autograder/reports/**/*", "autograder/authoring/*.py", "autograder/*.py")


def exported(source: Path) -> Path:
    """Return the page of a lecture; it is made where there is none of this very content."""
    folder = FOLDER / source.stem / fingerprint(source)
    page = folder / f"{source.stem}.html"
    with one_at_a_time(source.stem):
        if not page.is_file():
            shutil.rmtree(folder.parent, ignore_errors=True)
            fresh = folder.with_name("fresh")
            fresh.mkdir(parents=True)
            one = lecture.run(source)
            site.write_page(one, fresh)
            if shutil.which("npm"):
                site.write_slides_of(one, fresh, reveal.assets(FOLDER / "reveal"))
            fresh.replace(folder)
    return page


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Let no other process make the same export meanwhile."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def slides(source: Path) -> Path:
    """Return the slides of a lecture; there are none where npm is missing."""
    return exported(source).with_suffix(".slides.html")


def fingerprint(source: Path) -> str:
    """Return what a lecture's page is made of, in short."""
    digest = hashlib.sha256(source.read_bytes())
    for pattern in MADE_OF:
        for path in sorted(course.ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
