"""Proves that no answer of any assignment stands where students read: the course is one release.

An answer may be handed out by a later assignment, in a locked cell that says so: ``# %% given="batchnorm_forward"``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring import course
from autograder.authoring.course import BEGIN, END, Assignment, Cell
from autograder.errors import CourseError

PUBLIC = ("*.md", "lectures/*/*.py", "docs/**/*.md", "utils/zeromean/**/*.py", "utils/zeromean/**/*.js")
BUILT = ("lectures/*/*.ipynb",)
_SIGN = re.compile(r"\*\*|//|[-+*/@%<>(\[]")
_COMMENT = re.compile(r"  #.*")
LINE, PAIR, SIGNS, SENTENCE = 28, 20, 3, 40  # shorter lines, as `mean = x.mean(axis=0)`, stand in any text


class LeakError(CourseError):
    """Something that students read holds what they must not see; the message says what, where, and what to do."""


@dataclass(frozen=True)
class AnswerLine:
    """A line of a solution, or two that follow each other, as text without blanks."""

    assignment: str
    exercise: str
    line: str
    key: str


@dataclass(frozen=True)
class Place:
    """A text that students read, and the exercises whose answers it may hold."""

    name: str
    text: str
    given: frozenset[str] = frozenset()


def refuse_in_release(assignment: Assignment, everyone: Iterable[Assignment], release: Path) -> None:
    """Raise `LeakError` if the release of `assignment` holds an answer to any exercise of the course.

    Also when one of its cells gives what no other assignment asks for.
    """
    everyone = list(everyone)
    _refuse_strange_gifts(assignment, everyone)
    gifts = {cell.id: frozenset(cell.given) for cell in assignment.cells}
    places = []
    for path in sorted(release.iterdir()):
        name = f"the release of {assignment.name}, {path.name}"
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            places += [Place(f"{name}, cell {c.id}", c.source, gifts.get(c.id, frozenset())) for c in cells]
        else:
            places.append(Place(name, _text(path)))
    _refuse(everyone, places)


def refuse_elsewhere(everyone: Iterable[Assignment], root: Path = course.ROOT) -> None:
    """Raise `LeakError` if a lecture, a page of docs/ or the students' package holds an answer to any exercise.

    Sources are those of the course; the notebooks of the lectures are those built below `root`.
    """
    paths = [path for pattern in PUBLIC for path in sorted(course.ROOT.glob(pattern))]
    paths += [path for pattern in BUILT for path in sorted(root.glob(pattern))]
    bases = (course.ROOT, root)
    _refuse(everyone, (Place(_name(path, bases), _text(path)) for path in paths))


def answers(assignment: Assignment) -> Iterator[AnswerLine]:
    """Yield what nobody would write by chance: telling lines, and pairs of short ones that tell something together."""
    shown = {_key(line) for cell in assignment.cells for line, hidden in lines(cell) if not hidden}
    for cell in assignment.cells:
        exercise = cell.name or cell.stages
        solution = [line.strip() for line, hidden in lines(cell) if hidden and line.strip()]
        short = []
        for line in solution:
            key = _key(line)
            if key in shown or _tells(key, cell.kind):
                short.append("")
                if key not in shown:
                    yield AnswerLine(assignment.name, exercise, line, key)
            else:
                short.append(line)
        if cell.kind != "question":
            yield from _pairs(assignment.name, exercise, short)


def lines(cell: Cell) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a cell, and whether each stands between solution markers."""
    hidden = False
    for line in cell.source.splitlines():
        if BEGIN in line or END in line:
            hidden = BEGIN in line
        else:
            yield line, hidden


def _refuse(everyone: Iterable[Assignment], places: Iterable[Place]) -> None:
    secrets: defaultdict[str, list[AnswerLine]] = defaultdict(list)
    for answer in (answer for assignment in everyone for answer in answers(assignment)):
        secrets[answer.key].append(answer)
    for place in places:
        text = "\n".join(map(_key, place.text.splitlines()))
        for key, same in secrets.items():
            given = place.given & {answer.exercise for answer in same}
            if key in text and not given and _stands_alone(key, text):
                answer = same[0]
                raise LeakError(
                    f"{place.name}, holds the answer of {answer.assignment} to {answer.exercise}: `{answer.line}`. "
                    "Write it otherwise there; or, where another assignment hands it out, in a locked cell that "
                    f'begins with `# %% given="{answer.exercise}"`.'
                )


def _refuse_strange_gifts(assignment: Assignment, everyone: Iterable[Assignment]) -> None:
    theirs = {cell.name for other in everyone if other.name != assignment.name for cell in other.exercises}
    for cell in assignment.cells:
        for name in cell.given:
            if name not in theirs:
                raise LeakError(
                    f"{assignment.name}: a cell gives {name!r}, which no other assignment asks for. There are: "
                    f"{', '.join(sorted(theirs)) or 'none'}."
                )


def _key(line: str) -> str:
    return "".join(_COMMENT.sub("", line).split())


def _tells(key: str, kind: str) -> bool:
    if kind == "question":
        return len(key) >= SENTENCE
    return len(key) >= LINE and len(_SIGN.findall(key)) >= SIGNS and not key.startswith(("raise", "#"))


def _pairs(assignment: str, exercise: str, short: list[str]) -> Iterator[AnswerLine]:
    """Yield neighbours among the short lines that compute something together, as dx and dW of a dense layer."""
    for first, second in pairwise(short):
        one, two = _key(first), _key(second)
        computes = all(_SIGN.search(key) and not key.startswith(("raise", "if", "#")) for key in (one, two))
        if computes and len(one + two) >= PAIR:
            yield AnswerLine(assignment, exercise, f"{first}` and `{second}", f"{one}\n{two}")


def _stands_alone(key: str, text: str) -> bool:
    """Whether no word goes on before or behind the key."""
    return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None


def _name(path: Path, bases: Iterable[Path]) -> str:
    return next(path.relative_to(base).as_posix() for base in bases if path.is_relative_to(base))


def _text(path: Path) -> str:
    """Return what a file says; of JSON and notebooks, the strings in it."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return "\n".join(_strings(json.loads(text))) if path.suffix in (".ipynb", ".json") else text


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        if data and all(isinstance(part, str) for part in data):
            yield "".join(data)  # as a notebook keeps the lines of a cell
        else:
            for part in data:
                yield from _strings(part)
    elif isinstance(data, dict):
        for part in data.values():
            yield from _strings(part)
