"""Every demo of the course with its title, a sentence and a picture, also of lectures that are not written yet."""

from __future__ import annotations

import base64
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from markupsafe import Markup
from zeromean import demos
from zeromean.stage.stage import Stage

from autograder.authoring import course, lectures

PICTURES = course.ROOT / "docs" / "images" / "demos"
_LECTURES = re.compile(r"^Lectures? [\d, and]+:\s*")


@dataclass(frozen=True)
class Card:
    """One demo, or one lecture, as the gallery shows it."""

    name: str
    title: str
    sentence: str
    picture: str | None
    group: str = ""  # of which lecture a demo is


def modules() -> Iterator[str]:
    """Return the full names of the modules of all demos, by lecture."""
    found = pkgutil.walk_packages(demos.__path__, f"{demos.__name__}.")
    yield from sorted(module.name for module in found if not module.ispkg)


def make(module: str) -> tuple[Card, Stage]:
    """Build the demo of `module`, and return it with its card.

    Raises
    ------
    SourceError
        If its file has no docstring.
    """
    found, name = import_module(module), module.rsplit(".", 1)[-1]
    if not found.__doc__:
        raise course.SourceError(
            f"{found.__file__} has no docstring. Its first sentences stand in the gallery: write them."
        )
    stage: Stage = found.demo()
    first = " ".join(found.__doc__.split("\n\n", 1)[0].split())
    sentence = _LECTURES.sub("", first)
    return Card(
        name, str(stage.spec["title"]), sentence[:1].upper() + sentence[1:], picture(name), _group(module)
    ), stage


def _group(module: str) -> str:
    """Return the title of the lecture that a demo belongs to, or its number while it is not written."""
    number = int(module.split(".")[-2][1:3])
    titles = (lectures.title_of(source) for source in course.lectures() if int(source.stem[:2]) == number)
    return next(titles, f"L{number}, to come")


def picture(name: str) -> str | None:
    """Return the picture of a demo as an address that a page can hold, if one was taken."""
    path = PICTURES / f"{name}.png"
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}" if path.is_file() else None


def demos_of(source: Path) -> list[str]:
    """Return the names of the demos that a lecture shows, in order."""
    return re.findall(r"^(\w+)\.demo\(\)", source.read_text(encoding="utf-8"), re.MULTILINE)


def first_picture(source: Path) -> str | None:
    """Return the picture of a lecture, which is that of its first demo that has one."""
    return next(filter(None, map(picture, demos_of(source))), None)


def live(stage: Stage) -> Markup:
    """Return the demo as HTML that needs no kernel."""
    return Markup(stage.to_html())  # noqa: S704 - our own demo
