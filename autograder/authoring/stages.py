"""The steps of a derivation: what a student is asked to compute, and what each of them should be.

A cell ``stages="f"`` computes named values between solution markers. Students get the names with None behind them;
the values go into the data of the visible checks, so that the first wrong one can be pointed out.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
from zeromean.checking.encoding import encode

from autograder.authoring.course import BEGIN, END, Cell, SourceError
from autograder.judge.reference import Namespace


def stub(source: str) -> str:
    """Return what students get: a line of the solution that assigns a name becomes ``name = None`` with its comment."""
    lines, hidden = [], False
    for line in source.splitlines():
        if BEGIN in line or END in line:
            hidden = BEGIN in line
        elif not hidden:
            lines.append(line)
        elif names := _assigned(line):
            comment = f"  # {line.partition('# ')[2]}" if "# " in line else ""
            lines.append(f"{names[0]} = None{comment}")
    return "\n".join(lines)


def values(cell: Cell, namespace: Namespace) -> list[list[Any]]:
    """Return ``[name, encoded value]`` for each step of a cell, in order, computed with the reference's names.

    Raises
    ------
    SourceError
        If the solution assigns nothing.
    """
    computed = dict(namespace)
    exec(compile(cell.source, f"<stages {cell.stages}>", "exec"), computed)  # noqa: S102 - our own source
    asked = [name for line in _solution(cell.source) for name in _assigned(line)]
    if not asked:
        raise SourceError(f"stages {cell.stages!r}: no line of the solution assigns a name. Write one step a line.")
    return [[name, encode(_steady(computed[name]))] for name in asked]


def _steady(value: Any) -> np.ndarray:
    """Keep the twelve digits on which all processors agree."""
    return np.asarray(np.vectorize(lambda number: float(f"{number:.12g}"))(np.asarray(value, dtype=float)))


def _solution(source: str) -> list[str]:
    return source.partition(BEGIN)[2].partition(END)[0].splitlines()


def _assigned(line: str) -> list[str]:
    """Return the name that a line assigns at top level, in a list; nothing for any other line."""
    try:
        body = ast.parse(line).body
    except SyntaxError:
        return []
    return [t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)]
