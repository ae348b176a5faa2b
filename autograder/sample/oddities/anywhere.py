"""Oddities that any assignment's class has: unfinished, damaged and edited notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from copy import deepcopy

from nbformat import NotebookNode

from autograder.sample.oddities.paper import Oddities, Paper

ODDITIES = Oddities()
odd = ODDITIES.enter


def everything(names: Sequence[str]) -> Sequence[str]:
    """Return all exercises."""
    return names


def second_half(names: Sequence[str]) -> Sequence[str]:
    """Return the exercises from the middle on."""
    return names[len(names) // 2 :]


def all_but_the_last(names: Sequence[str]) -> Sequence[str]:
    """Return all exercises but one."""
    return names[:-1]


@odd(but=everything)
def stub_untouched(paper: Paper) -> None:
    """Handed in as it was handed out."""
    paper.give_up(*everything(paper.names))


@odd(but=second_half)
def half_finished(paper: Paper) -> None:
    """Gave up in the middle."""
    paper.give_up(*second_half(paper.names))


@odd(but=all_but_the_last)
def only_the_last(paper: Paper) -> None:
    """Solved the last exercise and nothing else."""
    paper.give_up(*all_but_the_last(paper.names))


@odd(1)
def syntax_error(paper: Paper) -> None:
    """One answer does not parse."""
    paper.answer(paper.some(1), "def a_function(x)\n    return x")


@odd(4)
def deleted_cell(paper: Paper) -> None:
    """Deleted the cell of one exercise, and the check of another."""
    paper.notebook.cells.remove(paper.cell(paper.some(4)))
    paper.notebook.cells.remove(paper.cell(f"check-{paper.some(2)}"))


@odd()
def duplicated_cell(paper: Paper) -> None:
    """Copied a cell and went on in the copy; the first is still the stub."""
    copy = deepcopy(paper.cell(paper.some(1)))
    copy.id = "pasted"
    paper.give_up(paper.some(1))
    paper.insert_after(paper.some(1), copy)


@odd()
def edited_checks(paper: Paper) -> None:
    """Right, but replaced locked cells, flags and points."""
    paper.cell(f"check-{paper.some(0)}").source = "print('all passed')"
    paper.cell(f"check-{paper.some(-1)}").metadata.nbgrader.points = 100
    for cell in paper.notebook.cells:
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.locked = False
    paper.notebook.cells[0].source = "# Mine now"


@odd(but=everything)
def tagged_cells(paper: Paper) -> None:
    """Nothing solved; every cell tagged to be skipped, every check made to print success."""
    paper.give_up(*everything(paper.names))
    for cell in paper.notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.locked = False
            cell.source = "1.0"


@odd(2)
def renamed_function(paper: Paper) -> None:
    """One answer has another name than the one asked for."""
    cell = paper.cell(paper.some(2))
    cell.source = re.sub(r"^def (\w+)", r"def \1_of_mine", cell.source, flags=re.MULTILINE)


@odd()
def lost_metadata(paper: Paper) -> None:
    """Right, but an editor dropped every cell's id and metadata."""
    for cell in paper.notebook.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    paper.notebook.nbformat_minor = 4


@odd()
def answer_retyped_as_text(paper: Paper) -> None:
    """Right, but one answer's cell was turned into a text cell."""
    cell = paper.cell(paper.some(3))
    cell.cell_type = "markdown"
    cell.pop("outputs", None)
    cell.pop("execution_count", None)


@odd()
def handed_in_late(paper: Paper) -> None:
    """Right, two days late."""
    paper.late_hours = 48.0


@odd()
def stops_the_notebook(paper: Paper) -> None:
    """Right, with a cell that raises in the middle."""
    paper.add_code(paper.some(5), "raise RuntimeError('look at this later')")


@odd(but=everything)
def not_a_notebook(paper: Paper) -> None:
    """The file is not a notebook at all."""
    paper.raw = b"%PDF-1.7 my homework"


@odd(but=everything)
def empty_notebook(paper: Paper) -> None:
    """A notebook without a single cell."""
    paper.raw = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
