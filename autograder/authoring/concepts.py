"""Where each thing that the lecture documents hold is taught and practised: ``docs/course-map.md``, made from marks.

``docs/concepts.toml`` lists what there is. A cell of a lecture or an assignment names what it is about:
``covers="relu elu"``.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring import course

_HEAD = """# Course map

What the five lecture documents hold, where it is taught, and where it is practised. Made from the marks of the cells
(`covers="..."`) and from `docs/concepts.toml`, by `make build`.
"""


@dataclass(frozen=True)
class Concept:
    """One thing that a document holds: its key, a sentence, and the number of the lecture that owes it."""

    key: str
    says: str
    lecture: int
    section: str


@dataclass(frozen=True)
class Mark:
    """A cell that covers a concept: which file of the course it stands in, and below which heading."""

    key: str
    source: Path
    heading: str

    @property
    def taught(self) -> bool:
        """Tell whether it stands in a lecture; in an assignment it is practised."""
        return self.source in course.lectures()


def concepts(root: Path) -> tuple[Concept, ...]:
    """Return what ``docs/concepts.toml`` lists; nothing if a course has no such list."""
    path = root / "docs" / "concepts.toml"
    listed = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return tuple(
        Concept(key, *_read(item, section["lecture"]), section["title"])
        for section in listed.values()
        for key, item in section["items"].items()
    )


def _read(item: str | dict[str, object], lecture: int) -> tuple[str, int]:
    if isinstance(item, str):
        return item, lecture
    return str(item["says"]), int(str(item["lecture"]))


def marks() -> tuple[Mark, ...]:
    """Return the marks of all lectures and assignments.

    Raises
    ------
    SourceError
        If a cell covers what no list of concepts has.
    """
    sources = [*course.lectures(), *(course.SOLUTIONS / name / f"{name}.py" for name in course.assignments())]
    known = [concept.key for concept in concepts(course.ROOT)]
    return tuple(mark for source in sources for mark in _marks(source, known))


def _marks(source: Path, known: list[str]) -> Iterator[Mark]:
    heading = ""
    for number, cell in enumerate(course.read_cells(source), start=1):
        if cell.cell_type == "markdown":
            heading = ([heading, *re.findall(r"^#{1,2} (.+)$", cell.source, re.MULTILINE)])[-1]
        for key in str(cell.metadata.get("covers", "")).split():
            if key not in known:
                where = f"{source.stem}, cell {number}"
                raise course.SourceError(
                    f"{where} covers {key!r}, which docs/concepts.toml does not list. Add it there."
                )
            yield Mark(key, source, heading)


def missing() -> list[str]:
    """Return the keys of what a lecture owes that is there, and that no lecture teaches."""
    there = {int(source.stem[:2]) for source in course.lectures()}
    taught = {mark.key for mark in marks() if mark.taught}
    return [one.key for one in concepts(course.ROOT) if one.lecture in there and one.key not in taught]


def write_map(root: Path) -> None:
    """Write ``docs/course-map.md`` below `root`, if the course has a list of concepts."""
    listed, found = concepts(course.ROOT), marks()
    if listed:
        path = root / "docs" / "course-map.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([_HEAD, *_tables(listed, found)]) + "\n", encoding="utf-8")


def _tables(listed: tuple[Concept, ...], found: tuple[Mark, ...]) -> Iterator[str]:
    where: dict[tuple[str, bool], dict[str, None]] = defaultdict(dict)
    for mark in found:
        where[mark.key, mark.taught][_link(mark)] = None
    section = ""
    for one in listed:
        if one.section != section:
            section = one.section
            yield f"\n## {section}\n\n| | taught | practised |\n|---|---|---|"
        taught, practised = ("<br>".join(where[one.key, taught]) for taught in (True, False))
        says = one.says.replace("|", "\\|")
        yield f"| {says} | {taught or f'to come, in L{one.lecture}'} | {practised} |"


def _link(mark: Mark) -> str:
    stem = mark.source.stem
    name = f"L{int(stem[:2])}" if mark.taught else stem.split("_")[0].upper()
    heading = mark.heading.split(" · ", 1)[-1].replace("|", "\\|")
    return f"[{name}](../{'lectures' if mark.taught else 'assignments'}/{stem}/{stem}.ipynb) {heading}"
