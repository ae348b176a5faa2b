"""Whatever bytes are handed in, the notebook to be run comes out of them, whole, valid and with our locked cells."""

from __future__ import annotations

import copy
import functools
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.authoring.course import Assignment, parse
from autograder.gradebook.folder import answers
from autograder.gradebook.rebuild import rebuild
from autograder.tests.fuzz.stored import stored
from autograder.tests.fuzz.strategies import JSON, TEXT
from autograder.tests.gradebook.conftest import GOOD, SOURCE
from autograder.tests.gradebook.laid_out import released


@functools.cache
def course() -> tuple[Assignment, nbformat.NotebookNode]:
    """Return the small assignment and its release."""
    return parse(SOURCE, "small"), released()


def rebuilt(raw: bytes) -> None:
    """Rebuild what was handed in, and look at what comes out."""
    assignment, release = course()
    made = rebuild(assignment, release, raw)
    notebook = nbformat.from_dict(copy.deepcopy(made.notebook))
    nbformat.validate(notebook)
    locked = {
        cell.id: cell.source for cell in release.cells if cell.metadata.zeromean.kind in ("code", "check", "figure")
    }
    kept = {cell.id: cell.source for cell in notebook.cells if cell.id in locked}
    assert kept == locked
    json.dumps(made.notebook, ensure_ascii=False).encode("utf-8")
    assert all(type(sentence) is str and sentence for sentence in made.repairs)
    assert answers(raw, release) >= 0


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a JSON value: what holds it, and under which key."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inside for place in [(value, key), *places(part)]]


@st.composite
def handed_in(draw: st.DrawFn) -> bytes:
    """Return a right submission in which a few things were replaced, taken out, doubled or exchanged."""
    notebook = json.loads(json.dumps(course()[1]))
    for cell in notebook["cells"]:
        cell["source"] = GOOD.get(cell["id"], cell["source"])
    for _ in range(draw(st.integers(0, 4))):
        holder, key = draw(st.sampled_from(places(notebook)))
        how = draw(st.sampled_from(["replace", "take", "double", "text", "exchange"]))
        if how == "take":
            del holder[key]
        elif how == "double" and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif how == "exchange" and isinstance(holder, list):
            holder[0], holder[key] = holder[key], holder[0]
        else:
            holder[key] = draw(TEXT if how == "text" else JSON)
        if not places(notebook):
            break
    raw = json.dumps(notebook, ensure_ascii=draw(st.booleans())).encode(
        draw(st.sampled_from(["utf-8", "utf-16"])), "replace"
    )
    for _ in range(draw(st.integers(0, 2)) if draw(st.booleans()) else 0):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=5)) + raw[at + draw(st.integers(0, 30)) :]
    return raw


@given(handed_in())
def test_a_changed_notebook_is_rebuilt(raw: bytes) -> None:
    """A notebook of which anything was changed is rebuilt."""
    rebuilt(raw)


@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_rebuilt(raw: bytes) -> None:
    """Bytes that are no notebook are one without answers."""
    rebuilt(raw)


OLD = st.fixed_dictionaries({"nbformat": st.integers(-1, 6) | JSON, "worksheets": JSON | st.lists(JSON), "cells": JSON})


@given(OLD)
def test_old_notebooks_are_rebuilt(data: dict[str, Any]) -> None:
    """Notebooks of any version, damaged in any way, are upgraded or refused."""
    rebuilt(json.dumps(data).encode())


@pytest.mark.parametrize("text", stored("notebooks"))
def test_stored_notebooks(text: str) -> None:
    """So it is with what was kept."""
    rebuilt(text.encode("latin-1"))
