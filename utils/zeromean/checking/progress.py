"""``progress()``: how far a student is, and what is left before handing in."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zeromean.checking import outline
from zeromean.checking.looks import framed, show
from zeromean.checking.outcome import Outcome
from zeromean.checking.outline import Entry, Outline
from zeromean.checking.probes import ProbesError, VisibleExercise
from zeromean.checking.replay import Replay, nothing_written
from zeromean.checking.report import SIGNS, WORDS

PLACEHOLDER = "YOUR ANSWER HERE"
_passed: dict[tuple[Path, str], bool] = {}  # by data file and exercise: whether the last check passed


@dataclass(frozen=True)
class Row:
    """One line of the table: its kind and its state in words, what it is about and where, and what is left to do."""

    kind: str
    state: str
    what: str
    entry: Entry
    rest: str


def progress() -> None:
    """Try all visible checks again, and show what passes, what is left, and how many marks are in reach.

    Predictions and questions are looked at too: a question counts as open while its cell, as last saved, holds the
    placeholder.

    Examples
    --------
    >>> progress()   # doctest: +SKIP
    """
    names = _callers_names()
    try:
        outlines = outline.here()
    except ProbesError as error:
        show(framed(f"<div>{escape(str(error))}</div>"), str(error))
        return
    for each in outlines:
        rows, sentence = _rows(each, names)
        show(_as_html(rows, sentence, each.notebook.name), _as_text(rows, sentence))


def passes(function: Callable[..., Any]) -> bool:
    """Whether the visible checks of the exercise to which a student's function belongs all pass."""
    name, names = getattr(function, "__name__", ""), getattr(function, "__globals__", {})
    try:
        exercises = [e for each in outline.here() for e in each.checks if name in e.functions]
    except ProbesError:
        return False
    return bool(exercises) and all(_done(Replay(e, {**names, name: function}).outcomes()) for e in exercises)


def remember(exercise: str, passed: bool) -> str:
    """Keep how a check ended, and say in one line how far all the checks that were run have come."""
    for each in outline.here():
        if exercise in [entry.name for entry in each.exercises]:
            _passed[each.path, exercise] = passed
            return _so_far(each, [entry for entry in each.exercises if _passed.get((each.path, entry.name))])
    return ""


def _rows(each: Outline, names: Mapping[str, Any]) -> tuple[list[Row], str]:
    """Return the rows of one assignment, and the sentence above them."""
    tried, warned = {}, {}
    for exercise in each.checks:
        replay = Replay(exercise, names)
        tried[exercise.name] = replay.outcomes()
        warned[exercise.name] = replay.warnings(tried[exercise.name])
    done = [entry for entry in each.exercises if _done(tried[entry.name])]
    for entry in each.exercises:
        _passed[each.path, entry.name] = entry in done
    rows = [_exercise(entry, one, tried[entry.name], len(warned[entry.name])) for entry, one in _paired(each)]
    rows += [_prediction(entry) for entry in each.predictions if names.get(entry.name) is None]
    rows += [_question(entry) for entry in each.questions if entry.name in _open_questions(each)]
    made = sum(names.get(entry.name) is not None for entry in each.predictions)
    guesses = f" {made} of {len(each.predictions)} predictions are made." if each.predictions else ""
    return rows, _so_far(each, done) + guesses


def _paired(each: Outline) -> list[tuple[Entry, VisibleExercise]]:
    checks = {exercise.name: exercise for exercise in each.checks}
    return [(entry, checks[entry.name]) for entry in each.exercises]


def _done(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.state == "passed" for outcome in outcomes)


def _exercise(entry: Entry, exercise: VisibleExercise, outcomes: Sequence[Outcome], warned: int) -> Row:
    good = sum(outcome.state == "passed" for outcome in outcomes)
    functions, marks = ", ".join(exercise.functions), f"{entry.points:g} mark{'s'[: entry.points != 1]}"
    if _done(outcomes) and warned:
        rest = f"{marks} in reach, when what check warns of is mended"
        state = "passed, with a warning" if warned == 1 else f"passed, with {warned} warnings"
        return Row("warned", state, functions, entry, rest)
    if _done(outcomes):
        return Row("passed", WORDS["passed"], functions, entry, f"{marks} in reach")
    if nothing_written(outcomes):
        minutes = f", about {entry.minutes} minutes" if entry.minutes else ""
        return Row("unwritten", WORDS["unwritten"], functions, entry, f"{marks}{minutes}")
    return Row("failed", WORDS["failed"], functions, entry, f"{good} of {len(outcomes)} visible checks pass; {marks}")


def _prediction(entry: Entry) -> Row:
    return Row("unwritten", WORDS["unwritten"], f"prediction {entry.name}", entry, "still None")


def _question(entry: Entry) -> Row:
    marks = f"{entry.points:g} mark{'s'[: entry.points != 1]}"
    return Row("unwritten", WORDS["unwritten"], entry.title, entry, f"no answer in the saved notebook; {marks}")


def _open_questions(each: Outline) -> set[str]:
    """Return the questions whose cell still holds the placeholder in the notebook as it was last saved."""
    try:
        cells = json.loads(each.notebook.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    found = {cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"): cell.get("source", "") for cell in cells}
    return {name for name, source in found.items() if name and PLACEHOLDER in "".join(source)}


def _so_far(each: Outline, done: Sequence[Entry]) -> str:
    total, count = sum(entry.points for entry in each.exercises), len(each.exercises)
    worth = sum(entry.points for entry in done)
    verb = "passes its" if len(done) == 1 else "pass their"
    return f"{len(done)} of {count} exercises {verb} visible checks, worth {worth:g} of {total:g} marks."


def _callers_names() -> Mapping[str, Any]:
    """Return what the notebook defines: the names of whoever called `progress`."""
    names: Mapping[str, Any] = sys._getframe(2).f_globals
    return names


def _as_text(rows: Sequence[Row], sentence: str) -> str:
    lines = [f"  {SIGNS[row.kind]} {row.state:<8} {row.what} ({row.entry.heading}): {row.rest}" for row in rows]
    return "\n".join([sentence, *lines])


def _as_html(rows: Sequence[Row], sentence: str, notebook: str) -> str:
    """Draw the table; JupyterLab follows a link that names the notebook and a cell."""
    items = "".join(
        f'<div role="listitem" class="zm-item zm-{row.kind}">'
        f'<div class="zm-state"><span aria-hidden="true">{SIGNS[row.kind]}</span> {row.state}</div>'
        f'<div><a href="{quote(notebook)}#cell-id={quote(row.entry.cell)}">{escape(row.entry.heading)}</a> '
        f'<span class="zm-code">{escape(row.what)}</span> <span class="zm-legend">{escape(row.rest)}</span></div></div>'
        for row in rows
    )
    return framed(f'<div class="zm-head"><strong>{escape(sentence)}</strong></div><div role="list">{items}</div>')
