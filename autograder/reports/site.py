"""The course as a folder to hand out: pages opened by double click, demos alive, links that lead somewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

import nbformat
from markupsafe import Markup
from nbformat import NotebookNode
from zeromean.stage.export import share

from autograder import markup
from autograder.authoring import course, lectures
from autograder.reports import gallery, lecture, reveal
from autograder.reports.gallery import Card
from autograder.reports.lecture import Lecture, Shown, linked
from autograder.reports.page import render


def write_site(folder: Path) -> Path:
    """Write a page for each lecture, assignment and demo, and the start page, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    cards = [_demo(module, folder) for module in gallery.modules()]
    _page(folder / "demos.html", "demos.html.j2", title="All demos", cards=cards)
    for name in course.assignments():
        _assignment(name, folder)
    written = [(source, lecture.run(source)) for source in course.lectures()]
    for _, one in written:
        write_page(one, folder)
    shown = [(_card(source, one), one, (folder / f"{one.name}.slides.html").is_file()) for source, one in written]
    titles = [(name, assignment_title(name)) for name in course.assignments()]
    values = {"lectures": shown, "assignments": titles, "cards": cards}
    return _page(folder / "index.html", "index.html.j2", title="Zero Mean", **values)


def write_page(one: Lecture, folder: Path) -> Path:
    """Write the page of a lecture that has been run."""
    path = folder / f"{one.name}.html"
    values = {"title": one.title, "sections": one.sections, "parts": one.page(), "around": around(one.name)}
    return _page(path, "lecture.html.j2", **values)


def around(name: str) -> list[tuple[str, str, str]]:
    """Return the lectures before and after one: "Before" or "After", its name, its title."""
    sources = {source.stem: source for source in course.lectures()}
    names = list(sources)
    at = names.index(name) if name in sources else len(names)
    found = {"Before": names[at - 1 : at] if at else [], "After": names[at + 1 : at + 2]}
    return [(words, one, lectures.title_of(sources[one])) for words, near in found.items() for one in near]


def write_slides(source: Path, folder: Path) -> Path:
    """Run the lecture `source` and write its slides, demos alive."""
    folder.mkdir(parents=True, exist_ok=True)
    assets = reveal.assets(folder / "reveal")  # before anything runs: npm may be missing
    return write_slides_of(lecture.run(source), folder, assets)


def write_slides_of(one: Lecture, folder: Path, assets: dict[str, Markup]) -> Path:
    """Write the slides of a lecture that has been run."""
    path = folder / f"{one.name}.slides.html"
    return _page(path, "slides.html.j2", title=one.title, columns=one.slides(), reveal=assets)


def _page(path: Path, template: str, **values: object) -> Path:
    known = [*course.assignments(), *(source.stem for source in course.lectures())]
    path.write_text(linked(share(render(template, **values)), known), encoding="utf-8")
    return path


def _demo(module: str, folder: Path) -> Card:
    card, stage = gallery.make(module)
    _page(folder / f"demo_{card.name}.html", "demo.html.j2", title=card.title, card=card, stage=gallery.live(stage))
    return card


def _card(source: Path, one: Lecture) -> Card:
    return Card(one.name, one.title, "", gallery.first_picture(source))


def _assignment(name: str, folder: Path) -> Path:
    """Write an assignment's text as a page, and beside it the notebook with its checks, to be taken away."""
    released = course.ROOT / "assignments" / name
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(released.iterdir()):
            archive.write(path, f"{name}/{path.name}")
    one = Lecture(name, tuple(_text_or_code(cell) for cell in _released(name).cells if not _closed(cell)))
    values = {"title": one.title, "sections": one.sections, "parts": one.page(), "name": name}
    return _page(folder / f"{name}.html", "assignment.html.j2", **values)


def _text_or_code(cell: NotebookNode) -> Shown:
    if cell.cell_type == "code":
        return Shown("-", code=lecture.highlighted(cell.source))
    return Shown("-", text=Markup(markup.to_html(cell.source)))  # noqa: S704 - our own text


def _closed(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


def _released(name: str) -> NotebookNode:
    return nbformat.read(course.ROOT / "assignments" / name / f"{name}.ipynb", as_version=4)


def assignment_title(name: str) -> str:
    """Return the heading of an assignment's notebook."""
    return str(_released(name).cells[0].source.splitlines()[0].lstrip("# "))
