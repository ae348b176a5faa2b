"""One lecture, run once in a fresh kernel, as the blocks of a page and as slides."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode

from autograder import markup
from autograder.authoring import course, lectures, notebooks
from autograder.reports.page import safe_output

_FOLD = re.compile(r'<details class="zm-fold">\s*<summary>.*?</summary>(.*?)</details>', re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_TITLE = re.compile(r"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_PILCROW = re.compile(r'<a class="anchor-link".*?</a>', re.DOTALL)
_SECTION = re.compile(r'<h2 id="(?P<id>[^"]*)">(?P<words>.*?)</h2>', re.DOTALL)
_HOST = 'class="zm-host"'
_FIGURE = 'class="zm-figure"'


NOTHING = Markup()


@dataclass(frozen=True)
class Shown:
    """One cell as readers see it: its text or its code, and what came out of it; `show` asks for the code in slides."""

    slide: str
    text: Markup = NOTHING
    code: Markup = NOTHING
    out: Markup = NOTHING
    answer: bool = False
    show: bool = False


@dataclass(frozen=True)
class Part:
    """A piece of a page or of a slide; the style sheet knows its kind."""

    kind: str
    html: Markup
    answer: bool = False
    fragment: bool = False


@dataclass
class Slide:
    """One slide, and what the speaker reads beside it."""

    kind: str
    parts: list[Part] = field(default_factory=list)
    notes: Markup = NOTHING


@dataclass(frozen=True)
class Lecture:
    """A lecture that has been run."""

    name: str
    cells: tuple[Shown, ...]

    @property
    def title(self) -> str:
        """The first heading, in plain words."""
        found = _TITLE.search(self.cells[0].text)
        return _words(found[1]) if found else self.name

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The id and the words of each section."""
        found = (match for cell in self.cells for match in _SECTION.finditer(cell.text))
        return [(match["id"], _words(match["words"])) for match in found]

    def page(self) -> list[Part]:
        """Return the parts of the page: no notes for the speaker, and answers that follow each other in one fold."""
        parts: list[Part] = []
        for cell in self.cells:
            if cell.slide == "notes":
                continue
            if cell.code:
                parts.append(Part("code", cell.code))
            inside = _scrolling(cell.text) + _scrolling(cell.out)
            if cell.answer and parts and parts[-1].answer:
                parts[-1] = Part("answer", parts[-1].html + inside, answer=True)
            elif inside:
                kind = "answer" if cell.answer else _kind(inside)
                parts.append(Part(kind, inside, answer=cell.answer))
        return parts

    def slides(self) -> list[list[Slide]]:
        """Return columns of slides: across by ``slide``, down by ``subslide``; all else stands on the slide before."""
        columns: list[list[Slide]] = []
        for cell in self.cells:
            if cell.slide == "skip":
                continue
            if cell.slide == "slide" or not columns:
                columns.append([Slide("chapter" if columns else "title")])
            elif cell.slide == "subslide":
                columns[-1].append(Slide("plain"))
            slide = columns[-1][-1]
            if cell.slide == "notes":
                slide.notes += cell.text
                continue
            for html in (cell.text, cell.code if cell.show else Markup(), cell.out):
                if html:
                    kind = "code" if html is cell.code else _kind(html)
                    slide.kind = kind if kind in ("demo", "figure") and slide.kind == "plain" else slide.kind
                    slide.parts.append(Part(kind, html, cell.answer, cell.slide == "fragment"))
        return columns


def run(source: Path) -> Lecture:
    """Run the lecture `source` from top to bottom in a fresh kernel.

    Raises
    ------
    SourceError
        If a cell stops with an exception, or warns.
    """
    notebook = notebooks.assemble(lectures.cells(source))
    place = {"metadata": {"path": str(source.parent)}}
    quiet = ["--IPKernelApp.log_level=40"]  # it warns of its loopback ports at every start
    quick = {"OPENBLAS_NUM_THREADS": "1"}  # small matrices: more threads only wait for each other
    environment = quick | os.environ | {"ZEROMEAN_EXPORT": "1"}  # demos show themselves as HTML that needs no kernel
    client = NotebookClient(notebook, timeout=300, resources=place, extra_arguments=quiet)
    try:
        client.execute(env=environment)
    except CellExecutionError as error:
        stopped = [any(one.output_type == "error" for one in cell.get("outputs", ())) for cell in notebook.cells]
        where = f"{source.stem}, cell {stopped.index(True) + 1}"
        raise course.SourceError(f"{where} stops: {error.ename}: {error.evalue}") from error
    _refuse_warnings(source.stem, notebook.cells)
    return Lecture(source.stem, tuple(_show(cell) for cell in notebook.cells))


def _refuse_warnings(name: str, cells: list[NotebookNode]) -> None:
    for number, cell in enumerate(cells, start=1):
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                said = output["text"].strip().splitlines()[0]
                raise course.SourceError(f"{name}, cell {number} warns: {said}. Mend it: readers would see it.")


def highlighted(code: str) -> Markup:
    """Return Python code in colour."""
    return Markup(Highlight2HTML()(code, language="python"))  # noqa: S704 - escaped by Pygments


def _show(cell: NotebookNode) -> Shown:
    slide, tags = lectures.slide_of(cell), lectures.tags_of(cell)
    if cell.cell_type == "markdown":
        text = Markup(markup.to_html(cell.source))  # noqa: S704 - our own lecture
        return Shown(slide, text=text, answer="answer" in tags)
    wanted = "show-code" in tags or "hide-input" not in tags
    code = highlighted(cell.source) if wanted else Markup()
    out = Markup().join(_output(output) for output in cell.outputs)
    return Shown(slide, code=code, out=out, answer="answer" in tags, show="show-code" in tags)


def _output(output: dict[str, Any]) -> Markup:
    """Return an output of our own lecture, unfolded: demos, tables and figures as they are, everything else as text."""
    html = output.get("data", {}).get("text/html")
    return Markup(_FOLD.sub(r"\1", html)) if html else safe_output(output)  # noqa: S704 - our own lecture


def _kind(html: str) -> str:
    return "demo" if _HOST in html else "figure" if _FIGURE in html else "text"


def _words(html: str) -> str:
    return str(Markup(_PILCROW.sub("", html)).striptags())  # noqa: S704 - only to take the tags off


def _scrolling(html: Markup) -> Markup:
    """Put each table of a text into a region that scrolls by itself; a demo looks after its own."""
    if _HOST in html:
        return html
    region = '<div class="scroll" role="group" aria-label="Table">{}</div>'
    return Markup(_TABLE.sub(lambda table: region.format(table[0]), html))  # noqa: S704 - our own lecture


def linked(html: str, pages: Iterable[str]) -> str:
    """Return `html` with its links to notebooks of the course leading to their pages.

    Raises
    ------
    SourceError
        If a link leads to a notebook that has no page among `pages`.
    """
    known = set(pages)

    def lead(match: re.Match[str]) -> str:
        if match["name"] not in known:
            raise course.SourceError(f"A lecture links to {match['name']}.ipynb. There is: {', '.join(sorted(known))}.")
        return f'href="{match["name"]}.html{match["at"] or ""}"'

    return re.sub(r'href="(?:[^":]*/)?(?P<name>[^"/:]+)\.ipynb(?P<at>#[^"]*)?"', lead, html)
