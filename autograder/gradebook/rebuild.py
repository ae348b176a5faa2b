"""Makes the notebook that is run: the instructor's, with the student's answers and own cells in their places."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.authoring.course import Assignment
from autograder.gradebook.answers import Answer, SortedCells, code_answer, normal, same, text_answer
from autograder.gradebook.submission import Piece, UnreadableError, pieces
from autograder.gradebook.texts import place_texts


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to run, and one sentence for each thing in the submission that had to be mended."""

    notebook: NotebookNode
    repairs: tuple[str, ...]


def rebuild(assignment: Assignment, instructor: NotebookNode, submitted: NotebookNode | bytes) -> Rebuilt:
    """Put the answers of a submission into the released notebook `instructor`.

    Sources of exercises, questions and scratch cells are the student's, as are cells that were added; all else
    (locked cells, ids, flags, points, tags, outputs) is the instructor's. Nothing here raises on a bad file.
    """
    repairs: list[str] = []
    try:
        submitted_cells = pieces(submitted)
    except UnreadableError as reason:
        submitted_cells = []
        repairs.append(f"The notebook could not be read: {reason}. The file was kept as it was handed in.")
    if not submitted_cells:
        return Rebuilt(_assemble(instructor, {}, {}), tuple(repairs or ["The notebook has no cells."]))
    cells = _sort(instructor, submitted_cells, repairs)
    known = {piece.position: name for name, group in cells.named.items() for piece in group}
    answers = _answers(assignment, cells)
    repairs += [sentence for answer in answers.values() for sentence in answer.repairs]
    solutions = [cell.name for cell in (*assignment.exercises, *assignment.questions)]
    repairs += _moved(instructor, answers, known, solutions)
    return Rebuilt(_assemble(instructor, answers, _added(instructor, cells, known)), tuple(repairs))


def _sort(instructor: NotebookNode, submitted: list[Piece], repairs: list[str]) -> SortedCells:
    """Sort the pieces by the instructor's cell that they claim to be, and report edited locked cells."""
    stubs: dict[str, str] = {cell["id"]: cell["source"] for cell in instructor["cells"]}
    cells = SortedCells(stubs, {name: [] for name in stubs}, [], [])
    for piece in submitted:
        name = next((claim for claim in piece.claims if claim in stubs), None)
        (cells.loose if name is None else cells.named[name]).append(piece)
    for cell in instructor["cells"]:
        kind, group = cell["metadata"]["zeromean"]["kind"], cells.named[cell["id"]]
        if kind == "scratch":
            cells.named[cell["id"]], extra = group[:1], group[1:]
            cells.loose += extra
            cells.others += group[:1]
        elif kind not in ("exercise", "question") and group:
            _sort_locked(cell, group, cells, repairs)
    empty = {normal(c["source"]) for c in instructor["cells"] if c["metadata"]["zeromean"]["kind"] == "exercise"}
    own = [piece for piece in cells.loose if normal(piece.source) not in empty | {""}]
    cells.loose = sorted(own, key=lambda piece: piece.position)
    return cells


def _sort_locked(cell: NotebookNode, group: list[Piece], cells: SortedCells, repairs: list[str]) -> None:
    """Keep one piece for a locked cell; a changed copy beside it is a cell of the student's own."""
    intact = [piece for piece in group if same(piece.source, cell["source"])]
    keeper = (intact or group)[0]
    cells.named[cell["id"]] = [keeper]
    cells.loose += [piece for piece in group if piece is not keeper and piece not in intact]
    if not intact:
        cells.others.append(keeper)
        opening = cell["source"].strip().split("\n")[0][:40]
        repairs.append(f"The locked cell {opening!r} was edited; the instructor's version was used.")


def _answers(assignment: Assignment, cells: SortedCells) -> dict[str, Answer]:
    """Return the answer to each cell that the student may fill in."""
    answers: dict[str, Answer] = {}
    for cell in assignment.cells:
        if cell.kind == "exercise":
            answers[cell.id] = code_answer(cell, cells)
        elif cell.kind == "question":
            answers[cell.id] = text_answer(cell, cells)
        elif cell.kind == "scratch":
            own = cells.named[cell.id]
            answers[cell.id] = Answer(own[0].source if own else cells.stubs[cell.id], tuple(own))
    place_texts(assignment.questions, cells, answers)
    return answers


def _moved(
    instructor: NotebookNode, answers: dict[str, Answer], known: dict[int, str], solutions: list[str]
) -> list[str]:
    """Say which solution cells stand out of the order that most of the known cells keep."""
    index = {cell["id"]: number for number, cell in enumerate(instructor["cells"])}
    found = {a.pieces[-1].position: name for name, a in answers.items() if a.pieces and name in solutions}
    fixed = {position: name for position, name in known.items() if name not in solutions}
    places = sorted((fixed | found).items())
    numbers = [index[name] for _, name in places]
    in_order = _longest_rising(numbers)
    moved = [name for (_, name), number in zip(places, numbers, strict=True) if number not in in_order]
    return [f"The cell of {name} had been moved; it was put back in its place." for name in moved if name in solutions]


def _longest_rising(numbers: list[int]) -> set[int]:
    """Return the members of a longest rising subsequence (patience sorting)."""
    tops: list[int] = []
    chain: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tops, number)
        chain[number] = tops[place - 1] if place else None
        tops[place : place + 1] = [number]
    members: set[int] = set()
    last: int | None = tops[-1] if tops else None
    while last is not None:
        members.add(last)
        last = chain[last]
    return members


def _added(instructor: NotebookNode, cells: SortedCells, known: dict[int, str]) -> dict[str, list[Piece]]:
    """Return the student's own cells by the id of the known cell that they follow ("" for the top)."""
    added: dict[str, list[Piece]] = {}
    loose = {piece.position for piece in cells.loose}
    fixed = sorted(position for position in known if position not in loose)
    for piece in cells.loose:
        place = bisect_left(fixed, piece.position)
        added.setdefault(known[fixed[place - 1]] if place else "", []).append(piece)
    return added


def _assemble(instructor: NotebookNode, answers: dict[str, Answer], added: dict[str, list[Piece]]) -> NotebookNode:
    cells = [_own_cell(piece) for piece in added.get("", [])]
    for original in instructor["cells"]:
        cell = NotebookNode({**original, "metadata": NotebookNode(original["metadata"])})
        answer = answers.get(original["id"])
        if answer:
            _fill_in(cell, answer)
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
        cells += [cell, *map(_own_cell, added.get(original["id"], []))]
    return NotebookNode({**instructor, "metadata": NotebookNode(instructor["metadata"]), "cells": cells})


def _fill_in(cell: NotebookNode, answer: Answer) -> None:
    cell["source"] = answer.source
    if cell["metadata"]["zeromean"]["kind"] == "scratch" and answer.pieces:
        cell["cell_type"] = answer.pieces[0].cell_type
        for key in ("outputs", "execution_count") if cell["cell_type"] == "markdown" else ():
            cell.pop(key, None)
    pictures = {name: bundle for piece in (*answer.pieces, *answer.shown) for name, bundle in piece.attachments.items()}
    if pictures and cell["cell_type"] == "markdown":
        cell["attachments"] = pictures


def _own_cell(piece: Piece) -> NotebookNode:
    cell: NotebookNode = nbformat.from_dict(
        {
            "cell_type": piece.cell_type,
            "id": f"own-{piece.position}",
            "metadata": {"zeromean": {"kind": "own"}},
            "source": piece.source,
        }
    )
    if piece.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    elif piece.attachments:
        cell["attachments"] = piece.attachments
    return cell
