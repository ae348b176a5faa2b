"""An assignment's notebook, run from top to bottom as a student would, without a kernel."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from autograder.authoring import course, stages
from autograder.authoring.course import BEGIN, END, Assignment, Cell

PREDICTION = re.compile(r"^(?P<names>[a-z_0-9, ]+) = None(, None)*(?P<rest>.*)$", re.MULTILINE)
RUN = ("code", "exercise", "figure", "scratch")


@dataclass
class Notebook:
    """What a run left: the names that were defined, what was printed, and what each cell showed."""

    names: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    shown: list[tuple[Cell, str]] = field(default_factory=list)

    def of(self, call: str) -> list[str]:
        """Return what was shown by the cells that hold `call`."""
        return [text for cell, text in self.shown if call in cell.source]


def run_all(assignment: Assignment, *, solved: bool, predicted: bool) -> Notebook:
    """Run every cell but the checks; with the solutions in place or without, and with a guess of 1 or none."""
    notebook, printed = Notebook(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(course.ROOT / "assignments" / assignment.name)
        for cell in (cell for cell in assignment.cells if cell.kind in RUN):
            _show_to(notebook, cell, patch)
            exec(compile(_source(cell, solved, predicted), cell.id, "exec"), notebook.names)
    notebook.printed = printed.getvalue()
    return notebook


def _show_to(notebook: Notebook, cell: Cell, patch: pytest.MonkeyPatch) -> None:
    for module in ("zeromean.waiting", "zeromean.style"):
        patch.setattr(f"{module}.display", lambda data, raw: notebook.shown.append((cell, data["text/plain"])))
    for module in ("progress", "stages"):
        patch.setattr(f"zeromean.checking.{module}.show", lambda rich, plain: notebook.shown.append((cell, plain)))


def _source(cell: Cell, solved: bool, predicted: bool) -> str:
    source = cell.source
    if cell.kind == "exercise" and not solved:
        source = re.sub(rf"(?s){BEGIN}.*?{END}", "raise NotImplementedError()", source)
    if cell.stages and not solved:
        source = stages.stub(source)
    if cell.kind == "scratch" and predicted:
        source = PREDICTION.sub(lambda m: f"{m['names']} = {', '.join('1' for _ in m['names'].split(','))}", source)
    return source
