"""Every demo of the course by name, and the lectures that show it."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
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


def may_ask_the_kernel(source: Path) -> bool:
    """Whether a lecture shows a demo that is not one table, by its text: to make all demos takes half a minute."""
    modules = (find_spec(MODULES[name]) for name in shown_in(source))
    return any("coarse=" in Path(str(module and module.origin)).read_text("utf8") for module in modules)


def in_no_lecture() -> list[str]:
    """Return the demos that wait for their lecture."""
    return sorted(set(MODULES) - {name for source in course.lectures() for name in shown_in(source)})
