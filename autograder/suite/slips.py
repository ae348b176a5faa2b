"""Wrong programs written as what is wrong in them: edits of a right program, one by one or as a table.

Fourteen equal lines around a misplaced `eps` hide it from the reader; ``var + eps -> var`` does not. The program that
results is as real as one that was typed: it has a source, which the sample class hands in.
"""

from __future__ import annotations

import inspect
import linecache
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.suite.marking import ARROW, misconception

Program = Callable[..., Any] | type


class Slips(dict[str, Program]):
    """A table of misconceptions, by name."""


def slip(right: Program, *edits: str, same_as: str | tuple[str, ...] = ()) -> Callable[[Callable[[], None]], Program]:
    """Mark a misconception: the variant `right` after edits ``before -> after``; the docstring is its hint."""

    def make(described: Callable[[], None]) -> Program:
        hint = inspect.getdoc(described) or ""
        return _edited(right, described.__name__, edits, hint, same_as)

    return make


def slips(
    right: Program,
    table: Mapping[str, tuple[str, ...]],
    *,
    same_as: Mapping[str, str | tuple[str, ...]] | None = None,
) -> Slips:
    """Define many misconceptions at once: each is the variant `right` after its edits.

    Parameters
    ----------
    right : function or class
        A variant of this suite, written with ``np`` alone. Of a class, every function is edited.
    table : mapping of str to tuple of str
        Name of the misconception: its edits ``"before -> after"``, then its hint.
    same_as : mapping of str to str or tuple of str, optional
        For some of the names: misconceptions whose hints are as right (see `misconception`).

    Returns
    -------
    slips : Slips
        Give it a name in the suite, such as ``WRONG``.

    Raises
    ------
    ValueError
        If an edit does not fit `right`, an entry has no hint or no edit, or `same_as` speaks of a name not here.
    """
    mates = same_as or {}
    for name in mates:
        if name not in table:
            raise ValueError(f"same_as speaks of {name!r}, which is not in this table. Mend the name.")
    return Slips({name: _edited(right, name, row[:-1], row[-1], mates.get(name, ())) for name, row in table.items()})


def _edited(right: Program, name: str, edits: tuple[str, ...], hint: str, same_as: str | tuple[str, ...]) -> Program:
    """Make the misconception `name` of the program `right`."""
    if not edits or ARROW in hint:
        raise ValueError(f"{name} needs its edits `before{ARROW}after`, then its hint. Got {(*edits, hint)!r}.")
    source = source_of(right)
    for edit in edits:
        before, arrow, after = edit.partition(ARROW)
        if not arrow or before not in source:
            raise ValueError(f"{name}: cannot edit {edit!r} in {right.__name__}. Write `before{ARROW}after`.")
        source = source.replace(before, after)
    kind = "class" if inspect.isclass(right) else "def"
    source = source.replace(f"{kind} {right.__name__}", f"{kind} {name}", 1)
    functions: tuple[str, ...] = right.__replaces__.functions  # type: ignore[union-attr]
    wrong = compiled(name, source, f"<{right.__module__}.{name}>")
    return misconception(*functions, hint=" ".join(hint.split()), same_as=same_as)(wrong)


def source_of(right: Program) -> str:
    """Return the source of `right` without its decorators."""
    source = textwrap.dedent(inspect.getsource(right))
    return source[source.index("class " if inspect.isclass(right) else "def ") :]


def compiled(name: str, source: str, filename: str) -> Program:
    """Define the function or class `name`, so that ``inspect.getsource`` finds its source."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"np": np, "__name__": filename.strip("<>")}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102 - our own source
    program: Program = namespace[name]
    return program
