"""Wrong programs written as what is wrong in them: edits of a right program.

Fourteen equal lines around a misplaced `eps` hide it from the reader; ``var + eps -> var`` does not. The program that
results is as real as one that was typed: it has a source, which the sample class hands in.
"""

from __future__ import annotations

import inspect
import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.suite.marking import misconception

ARROW = " -> "


def slip(right: Callable[..., Any], *edits: str) -> Callable[[Callable[[], None]], Callable[..., Any]]:
    """Mark a misconception: the variant `right` after edits ``before -> after``; the docstring is its hint."""

    def make(described: Callable[[], None]) -> Callable[..., Any]:
        name, source = described.__name__, _program(right)
        for edit in edits:
            before, arrow, after = edit.partition(ARROW)
            if not arrow or before not in source:
                raise ValueError(f"{name}: cannot edit {edit!r} in {right.__name__}. Write `before{ARROW}after`.")
            source = source.replace(before, after)
        source = source.replace(f"def {right.__name__}(", f"def {name}(", 1)
        (function,) = right.__replaces__.functions  # type: ignore[attr-defined]
        hint = " ".join((inspect.getdoc(described) or "").split())
        return misconception(function, hint)(_compiled(name, source, f"<{described.__module__}.{name}>"))

    return make


def _program(function: Callable[..., Any]) -> str:
    """Return the source of `function` without its decorators."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def ") :]


def _compiled(name: str, source: str, filename: str) -> Callable[..., Any]:
    """Define the function `name`, so that ``inspect.getsource`` finds its source."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"np": np}
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102 - our own source
    function: Callable[..., Any] = namespace[name]
    return function
