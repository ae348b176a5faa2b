"""The lectures as pages and slides: run once, demos alive, one file each, opened by double click."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbclient import NotebookClient
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from zeromean.stage.export import share

from autograder import markup
from autograder.authoring import course, notebooks
from autograder.errors import CourseError
from autograder.reports.page import render, safe_output

REVEAL = "reveal.js@4.6.1"
REVEAL_FILES = ("dist/reveal.css", "dist/theme/white.css", "dist/reveal.js", "plugin/notes/notes.js")
_IMPORT = re.compile(r"^@import .*$", re.MULTILINE)  # of fonts, which are the system's here


@dataclass(frozen=True)
class Shown:
    """One cell as readers see it."""

    kind: str
    slide: str
    html: Markup
    outputs: tuple[Markup, ...] = ()


def write_lecture(source: Path, folder: Path, *, slides: bool) -> Path:
    """Run the lecture `source` in a fresh kernel and write its page, or its slides, into `folder`."""
    reveal = reveal_assets(folder / "reveal") if slides else {}  # first: without npm, nothing is run in vain
    notebook = run(notebooks.lecture_notebook(course.lecture_cells(source)), source.parent)
    shown = [_show(cell) for cell in notebook.cells]
    folder.mkdir(parents=True, exist_ok=True)
    values = {"title": _title(notebook), "cells": shown}
    if slides:
        path = folder / f"{source.stem}.slides.html"
        text = render("slides.html.j2", stack=_stack(shown), reveal=reveal, **values)
    else:
        path = folder / f"{source.stem}.html"
        text = render("lecture.html.j2", **values)
    path.write_text(share(text), encoding="utf-8")
    return path


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run `notebook` from top to bottom in a fresh kernel that starts in `folder`."""
    place = {"metadata": {"path": str(folder)}}
    quiet = ["--IPKernelApp.log_level=40"]  # it warns of its loopback ports at every start
    quick = {"OPENBLAS_NUM_THREADS": "1"}  # small matrices: more threads only wait for each other
    environment = quick | os.environ | {"ZEROMEAN_EXPORT": "1"}  # demos show themselves as HTML that needs no kernel
    NotebookClient(notebook, timeout=300, resources=place, extra_arguments=quiet).execute(env=environment)
    return notebook


def reveal_assets(folder: Path) -> dict[str, Markup]:
    """Return the text of reveal.js's files, fetched once from npm into `folder`.

    Raises
    ------
    CourseError
        If npm is missing or cannot fetch the package.
    """
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise CourseError("Slides need reveal.js, and npm to fetch it. Install Node.js, or take `make site`.")
        with tempfile.TemporaryDirectory() as scratch:
            done = subprocess.run([npm, "pack", "--silent", REVEAL], cwd=scratch, capture_output=True, text=True)
            if done.returncode:
                raise CourseError(f"npm could not fetch {REVEAL}:\n{done.stderr.strip()}")
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                archive.extractall(scratch, filter="data")
            shutil.copytree(Path(scratch, "package"), folder)
    texts = {name.rsplit("/", 1)[-1]: (folder / name).read_text("utf-8") for name in REVEAL_FILES}
    return {name: Markup(_IMPORT.sub("", text)) for name, text in texts.items()}  # noqa: S704


def _show(cell: NotebookNode) -> Shown:
    slide = cell.metadata.get("slideshow", {}).get("slide_type", "-")
    if cell.cell_type == "markdown":
        return Shown("text", slide, Markup(markup.to_html(cell.source)))  # noqa: S704 - our own lecture
    hidden = "hide-input" in cell.metadata.get("tags", [])
    code = "" if hidden else Highlight2HTML()(cell.source, language="python")
    return Shown("code", slide, Markup(code), tuple(_output(output) for output in cell.outputs))  # noqa: S704


def _output(output: dict[str, Any]) -> Markup:
    """Return an output of our own lecture: demos and figures as they are, everything else as text."""
    html = output.get("data", {}).get("text/html")
    return Markup(html) if html else safe_output(output)  # noqa: S704 - our own lecture


def _stack(cells: Iterable[Shown]) -> list[list[list[Shown]]]:
    """Group cells into columns of slides, as reveal.js wants them: across by ``slide``, down by ``subslide``."""
    columns: list[list[list[Shown]]] = []
    for cell in cells:
        if cell.slide == "slide" or not columns:
            columns.append([[]])
        elif cell.slide == "subslide":
            columns[-1].append([])
        if cell.slide != "skip":
            columns[-1][-1].append(cell)
    return columns


def _title(notebook: NotebookNode) -> str:
    first: str = notebook.cells[0].source
    return first.splitlines()[0].lstrip("# ")
