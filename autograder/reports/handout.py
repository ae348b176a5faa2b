"""One archive for students, who have no repository: assignments, pages, the package as a wheel, and how to start."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.authoring import course
from autograder.errors import CourseError
from autograder.reports import site
from autograder.reports.page import render

NAME = "zeromean-course"
NEEDED = ("zeromean", "jupyterlab")  # what a student installs; all else comes with it


def write(folder: Path) -> Path:
    """Write the archive into `folder`, pages included, and return its path."""
    with tempfile.TemporaryDirectory() as scratch:
        inside = Path(scratch, NAME)
        site.write_site(inside / "pages")
        shutil.copytree(course.ROOT / "assignments", inside / "assignments")
        built = wheel(inside)
        (inside / "constraints.txt").write_text(constraints(), encoding="utf-8")
        titles = [(name, site.assignment_title(name)) for name in course.assignments()]
        start = render("start.html.j2", title="Zero Mean: start here", wheel=built.name, assignments=titles)
        (inside / "START.html").write_text(start, encoding="utf-8")
        return Path(shutil.make_archive(str(folder / NAME), "zip", scratch, NAME))


def wheel(folder: Path) -> Path:
    """Build the students' package into `folder`, without a network.

    Raises
    ------
    CourseError
        If it cannot be built.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "utils")
        shutil.copytree(course.ROOT / "utils", source, ignore=shutil.ignore_patterns("tests", "*.egg-info", "build"))
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(folder)]
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", *options, str(source)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"The package zeromean could not be built: {done.stderr.strip()}")
    return next(folder.glob("zeromean-*.whl"))


def constraints() -> str:
    """Return the lines of our constraints that a student needs, each an exact version that was tested."""
    wanted = _closure()
    lines = (course.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if canonicalize_name(re.split(r"[=;\s]", line, maxsplit=1)[0] or "#") in wanted]
    return "\n".join(kept) + "\n"


def _closure() -> set[str]:
    """Return the names of all packages that `NEEDED` brings, wherever they are installed."""
    found: set[str] = set()
    waiting = list(NEEDED)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            needed = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:  # only another system needs it
            continue
        waiting += [each.name for each in needed if "extra" not in str(each.marker or "")]
    return found - {"zeromean"}
