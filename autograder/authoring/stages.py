"""The steps of a derivation: what a student is asked to compute, and what each of them should be.

A cell ``stages="f"`` defines a function that returns named steps, computed between solution markers. Students get the
names with None behind them. The locked cell below it calls ``stages("f", function(...))`` on an example; the values of
that call go into the data of the visible checks, so that the first wrong one can be pointed out.
"""

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import Any

import numpy as np
from zeromean.checking.encoding import encode

from autograder.authoring.course import BEGIN, END, Assignment, Cell, SourceError
from autograder.judge.reference import Namespace


def stub(source: str) -> str:
    """Return what students get: a line of the solution that assigns a name becomes ``name = None`` with its comment."""
    lines, hidden = [], False
    for line in source.splitlines():
        if BEGIN in line or END in line:
            hidden = BEGIN in line
        elif not hidden:
            lines.append(line)
        elif name := _assigned(line):
            indent, comment = line[: len(line) - len(line.lstrip())], line.partition("  # ")[2]
            lines.append(f"{indent}{name} = None" + (f"  # {comment}" if comment else ""))
    return "\n".join(lines)


def values(assignment: Assignment, cell: Cell, namespace: Namespace) -> list[list[Any]]:
    """Return ``[name, encoded value]`` for each step of a cell, in order, computed with the reference's names.

    Raises
    ------
    SourceError
        If the cell below does not compare the steps.
    """
    below = assignment.cells[assignment.cells.index(cell) + 1 :][:1]
    found: dict[str, dict[str, Any]] = {}
    names = {**namespace, "when_ready": nullcontext, "stages": lambda name, steps: found.update({name: steps})}
    for each in (cell, *below):
        exec(compile(each.source, f"<stages {cell.stages}>", "exec"), names)  # noqa: S102 - our own source
    if cell.stages not in found:
        raise SourceError(
            f"{assignment.name}: the cell below stages={cell.stages!r} must compare them. "
            f'Write a figure cell with `stages("{cell.stages}", ...)`.'
        )
    return [[name, encode(_steady(value))] for name, value in found[cell.stages].items()]


def _steady(value: Any) -> np.ndarray:
    """Keep the twelve digits on which all processors agree."""
    return np.asarray(np.vectorize(lambda number: float(f"{number:.12g}"))(np.asarray(value, dtype=float)))


def _assigned(line: str) -> str:
    """Return the name that a line assigns; nothing for any other line."""
    try:
        body = ast.parse(line.strip()).body
    except SyntaxError:
        return ""
    found = [t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)]
    return found[0] if found else ""
