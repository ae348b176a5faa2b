"""Every lecture, read once, and run once a session."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import jupytext
import matplotlib as mpl
import pytest

LECTURES = Path(__file__).parents[3] / "lectures"
SOURCES = {path.stem: path for path in sorted(LECTURES.glob("*/*.py")) if path.stem == path.parent.name}


@functools.cache
def cells_of(name: str) -> tuple[Any, ...]:
    """Return the cells of a lecture."""
    return tuple(jupytext.read(SOURCES[name]).cells)


@functools.cache
def names_of(name: str) -> dict[str, Any]:
    """Return what is defined after all code cells of a lecture have run in one namespace."""
    mpl.use("Agg")
    names: dict[str, Any] = {"__name__": "lecture"}
    for number, cell in enumerate(cells_of(name), start=1):
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{name}, cell {number}", "exec"), names)
    return names


@pytest.fixture(params=list(SOURCES))
def cells(request: pytest.FixtureRequest) -> tuple[Any, ...]:
    """Return the cells of one lecture after the other."""
    return cells_of(request.param)


@pytest.fixture(scope="module")
def lecture(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what the lecture defines that the test file ``test_<lecture>.py`` is about."""
    return names_of(request.path.stem.removeprefix("test_"))


@pytest.fixture(scope="module")
def words(request: pytest.FixtureRequest) -> str:
    """Return the text of the lecture that the test file ``test_<lecture>.py`` is about, without its line breaks."""
    cells = cells_of(request.path.stem.removeprefix("test_"))
    return " ".join(" ".join(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
