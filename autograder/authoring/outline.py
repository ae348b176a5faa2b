"""What a student's notebook holds, as data for its progress: exercises with marks, predictions, questions, stages."""

from __future__ import annotations

import ast
import re
from typing import Any

from autograder.authoring import stages
from autograder.authoring.course import Assignment, Cell
from autograder.judge.reference import Reference


def outline(assignment: Assignment, reference: Reference) -> dict[str, Any]:
    """Return the outline of an assignment as JSON data.

    Every entry stands with its cell, to which a link can lead, and with the heading of its section.
    """
    made: dict[str, Any] = {"exercises": [], "predictions": [], "questions": [], "stages": {}}
    heading = ""
    for cell in assignment.cells:
        if cell.kind == "text":
            heading = ([heading, *re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)])[-1]
        elif cell.stages:
            made["stages"][cell.stages] = stages.values(assignment, cell, reference.namespace)
        elif cell.kind == "scratch":
            made["predictions"] += [{"name": n, "cell": cell.id, "heading": heading} for n in _guessed(cell.source)]
        elif cell.kind == "exercise":
            entry = {
                "name": cell.name,
                "cell": cell.id,
                "points": cell.points,
                "minutes": cell.minutes,
                "heading": heading,
            }
            made["exercises"].append(entry)
        elif cell.kind == "question":
            made["questions"].append(_question(cell, heading))
    return made


def _guessed(source: str) -> list[str]:
    """Return the names that a scratch cell sets to None."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            nothing = all(isinstance(n, ast.Constant) and n.value is None for n in _parts(node.value))
            names += [n.id for t in node.targets for n in _parts(t) if nothing and isinstance(n, ast.Name)]
    return names


def _parts(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _question(cell: Cell, heading: str) -> dict[str, Any]:
    bold = re.search(r"\*\*(.+?)\.?\*\*", cell.source)
    title = bold[1] if bold else cell.name
    return {"name": cell.name, "cell": cell.id, "points": cell.points, "heading": heading, "title": title}
