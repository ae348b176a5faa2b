"""Reads a lecture: which cells make one slide, which code is worth showing, what answers a question."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from zeromean.fold import folded

from autograder.authoring import course, notebooks

SLIDES = ("slide", "subslide", "fragment", "notes", "skip", "-")  # "-": on the slide of the cell before
TAGS = ("answer", "hide-input", "show-code")
NOTE = "Note for the speaker"
DEMOS = course.ROOT / "utils" / "zeromean" / "demos"
_DEMO = re.compile(r"^from zeromean\.demos\.(\w+) import (\w+)", re.MULTILINE)
_SHOWN = re.compile(r"^(\w+)\.demo\(\)", re.MULTILINE)


def cells(source: Path) -> list[Any]:
    """Read the cells of a lecture.

    Raises
    ------
    SourceError
        If a cell has a slide type or a tag that nobody knows, or shows a demo that is not written yet.
    """
    found = course.read_cells(source)
    for number, cell in enumerate(found, start=1):
        where = f"{source.stem}, cell {number}"
        if slide_of(cell) not in SLIDES:
            raise course.SourceError(f"{where}: unknown slide type {slide_of(cell)!r}. Known: {', '.join(SLIDES)}.")
        for tag in sorted(tags_of(cell) - set(TAGS)):
            raise course.SourceError(f"{where}: unknown tag {tag!r}. Known tags: {', '.join(TAGS)}.")
        _refuse_missing_demo(cell.source, where)
        _refuse_renamed_demo(cell.source, where)
    return found


def _refuse_missing_demo(source: str, where: str) -> None:
    for package, name in _DEMO.findall(source):
        for path in (DEMOS / package / "__init__.py", DEMOS / package / f"{name}.py"):
            if not path.is_file():
                raise course.SourceError(f"{where} shows the demo {name!r}. Write {path}.")


def _refuse_renamed_demo(source: str, where: str) -> None:
    """Refuse a demo under a name of its own: pages, gallery and tests find it by the name of its file."""
    for name in _SHOWN.findall(source):
        if not any(DEMOS.glob(f"*/{name}.py")):
            raise course.SourceError(f"{where} shows a demo as {name!r}. Call it by the name of its file.")


def title_of(source: Path) -> str:
    """Return the heading that a lecture begins with."""
    return str(cells(source)[0].source.splitlines()[0].lstrip("# "))


def slide_of(cell: NotebookNode) -> str:
    """Return the slide type of a cell."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def tags_of(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def for_readers(found: list[Any]) -> NotebookNode:
    """Return the notebook of a lecture, with ids made of what each cell says.

    Code that only draws is closed, and so are answers and what is for the speaker only.
    """
    seen: dict[str, int] = {}
    for cell in found:
        cell.id = course.content_id("slide", cell.source, seen)
        for name in ("lines_to_next_cell", "covers"):
            cell.metadata.pop(name, None)
        if cell.cell_type == "code":
            if "hide-input" in tags_of(cell):
                cell.metadata["jupyter"] = {"source_hidden": True}
        elif slide_of(cell) == "notes":
            cell.source = folded(cell.source, NOTE)
        elif "answer" in tags_of(cell):
            cell.source = folded(cell.source)
    return notebooks.assemble(found)
