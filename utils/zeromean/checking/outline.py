"""What a student's notebook holds, read from the data that lies beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from zeromean.checking import probes
from zeromean.checking.probes import VisibleExercise


@dataclass(frozen=True)
class Entry:
    """An exercise, a prediction or a question: its cell, the heading above it, and marks where it has some."""

    name: str
    cell: str
    heading: str
    points: float = 0.0
    minutes: int = 0
    title: str = ""


@dataclass(frozen=True)
class Outline:
    """One assignment: its entries in order, and the steps of its derivations, encoded."""

    path: Path
    exercises: tuple[Entry, ...]
    predictions: tuple[Entry, ...]
    questions: tuple[Entry, ...]
    stages: dict[str, list[list[Any]]]

    @property
    def notebook(self) -> Path:
        """The notebook beside the data."""
        return self.path.with_name(self.path.name.removesuffix(".checks.json") + ".ipynb")

    @property
    def checks(self) -> tuple[VisibleExercise, ...]:
        """The visible checks of its exercises."""
        return probes.read(self.path)


def here() -> list[Outline]:
    """Return the outlines of the assignments whose data lies in this folder or near above it.

    Raises
    ------
    ProbesError
        If there is none.
    """
    found = (_read(path, path.stat().st_mtime_ns) for path in probes.find(Path.cwd()))
    return [outline for outline in found if outline is not None]


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Outline | None:
    probes.read(path)  # says what is wrong with a file that cannot be read
    data = json.loads(path.read_text(encoding="utf-8")).get("outline")
    if data is None:
        return None
    lists = {key: tuple(Entry(**entry) for entry in data[key]) for key in ("exercises", "predictions", "questions")}
    return Outline(path, stages=data["stages"], **lists)
