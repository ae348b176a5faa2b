"""The demos as an app: a gallery in front, and behind each picture a notebook that runs in a kernel of its own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from nbformat import NotebookNode, v4

from autograder.authoring import course, lectures, notebooks
from autograder.errors import CourseError
from autograder.reports import gallery
from autograder.reports.gallery import Card
from autograder.reports.page import TEMPLATES, render

TEMPLATE = "zeromean"  # Voilà finds a template by its name, on Jupyter's path
EXTENSIONS = (  # what a demo needs; all others want a whole JupyterLab
    "anywidget",
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
)
WHOLE = "The whole lecture. It runs from top to bottom when you open it, which takes a minute."

_ELSEWHERE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")


def serve(folder: Path, options: Sequence[str]) -> None:
    """Write the app into `folder` and serve it until somebody stops it.

    Raises
    ------
    CourseError
        If there is no Voilà.
    """
    if find_spec("voila") is None:
        raise CourseError("The app needs Voilà. Type `make demos`, which installs it, or take `make site`.")
    from voila.app import Voila

    write(folder)
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(folder / "share"), os.environ.get("JUPYTER_PATH", "")])
    known = [f"--VoilaConfiguration.extension_allowlist={name}" for name in EXTENSIONS]
    own = [f"--template={TEMPLATE}", "--classic-tree", "--Voila.log_level=WARN", *known]
    Voila.launch_instance([str(folder / "notebooks"), *own, *options])


def write(folder: Path) -> None:
    """Write a notebook for each demo and lecture, and the template with the gallery that lists them."""
    shutil.rmtree(folder, ignore_errors=True)
    cards = [_demo(module, folder / "notebooks") for module in gallery.modules()]
    shown = [_lecture(source, folder / "notebooks") for source in course.lectures()]
    template = folder / "share" / "voila" / "templates" / TEMPLATE
    shutil.copytree(TEMPLATES / "voila", template)
    shutil.copy(TEMPLATES / "style.css", template)
    page = render("app.html.j2", title="Zero Mean", cards=cards, lectures=shown)
    (template / "tree.html").write_text(f"{{% raw %}}{page}{{% endraw %}}", encoding="utf-8")  # filled already


def _demo(module: str, folder: Path) -> Card:
    card, _ = gallery.make(module)
    package, _, name = module.rpartition(".")
    code = f"from {package} import {name}\n\n{name}.demo()"
    _write([v4.new_markdown_cell(card.sentence), v4.new_code_cell(code)], card, folder)
    return card


def _lecture(source: Path, folder: Path) -> Card:
    """Write a lecture without what is for its speaker only, and without links to what the app does not serve."""
    whole = lectures.for_readers(lectures.cells(source))
    cells = [cell for cell in whole.cells if lectures.slide_of(cell) != "notes"]
    for cell in cells:
        cell.source = _ELSEWHERE.sub(r"\1", cell.source)
    title = lectures.title_of(source)
    card = Card(source.stem, title, WHOLE, gallery.first_picture(source))
    _write(cells, card, folder)
    return card


def _write(cells: list[NotebookNode], card: Card, folder: Path) -> None:
    notebook = notebooks.assemble(cells)
    notebook.metadata["title"] = card.title
    notebooks.write(notebook, folder / f"{card.name}.ipynb")
