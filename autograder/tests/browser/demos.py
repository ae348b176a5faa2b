"""Every demo of the course by name, and the lectures that show it."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from zeromean import demos
from zeromean.stage.stage import Stage

from autograder.authoring import course

MODULES = {
    path.stem: f"zeromean.demos.{path.parent.name}.{path.stem}"
    for path in sorted(Path(demos.__path__[0]).glob("*/*.py"))
    if path.stem != "__init__"
}


@cache
def made(name: str) -> Stage:
    """Return a demo, made once."""
    stage: Stage = import_module(MODULES[name]).demo()
    return stage


def shown_in(source: Path) -> list[str]:
    """Return the demos of a lecture, in order."""
    return re.findall(r"(\w+)\.demo\(", source.read_text(encoding="utf-8"))


def in_no_lecture() -> list[str]:
    """Return the demos that wait for their lecture."""
    return sorted(set(MODULES) - {name for source in course.lectures() for name in shown_in(source)})
