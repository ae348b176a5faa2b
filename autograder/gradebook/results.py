"""What a check cell shows after grading: the checks of its exercise, as text and as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from autograder.judge.record import SIGNS, WORDS, CheckResult, ExerciseResult, Record


def outputs(exercise: ExerciseResult, *, staff: bool) -> list[dict[str, Any]]:
    """Return the outputs of an exercise's check cell; only the staff see why a check is undecided."""
    data = {"text/html": as_html(exercise, staff=staff), "text/plain": as_text(exercise, staff=staff)}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


def as_text(exercise: ExerciseResult, *, staff: bool) -> str:
    """Return the results of an exercise as plain text."""
    lines = [_marks(exercise)]
    for check in exercise.checks:
        lines.append(f"{SIGNS[check.outcome]} {WORDS[check.outcome]}: {check.sentence}")
        lines += [f"    {text}" for _, text in _explanations(check, staff)]
    return "\n".join(lines)


def as_html(exercise: ExerciseResult, *, staff: bool) -> str:
    """Return the results of an exercise as a list; everything in it is escaped."""
    items = []
    for check in exercise.checks:
        parts = [f"<b>{SIGNS[check.outcome]} {WORDS[check.outcome]}</b> {_inline(check.sentence)}"]
        parts += [f'<div class="zm-{name}">{_inline(text)}</div>' for name, text in _explanations(check, staff)]
        items.append(f'<li class="zm-{check.outcome}">{"".join(parts)}</li>')
    return f'<div class="zm-results"><p><b>{_marks(exercise)}</b></p><ul>{"".join(items)}</ul></div>'


def notes(record: Record) -> list[str]:
    """Return what a reader should know about a submission as a whole."""
    return [*record.repairs, *record.lost_workers, *record.notes]


def _marks(exercise: ExerciseResult) -> str:
    marks = "mark" if exercise.points == 1 else "marks"
    if exercise.score is None:
        return f"{WORDS['error'].capitalize()}: a person will decide about {exercise.points:g} {marks}."
    return f"{exercise.score:g} of {exercise.points:g} {marks}"


def _explanations(check: CheckResult, staff: bool) -> Iterator[tuple[str, str]]:
    if check.message:
        yield "message", check.message
    if check.hint:
        yield "hint", f"Hint: {check.hint}"
    if staff and check.detail:
        yield "detail", check.detail


def _inline(text: str) -> str:
    """Escape, then set `names` in code type and keep line breaks."""
    escaped = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", html.escape(text))
    return escaped.replace("\n", "<br>")


def plain(text: str) -> str:
    """Escape a sentence for Markdown, in which a student's words may stand."""
    return re.sub(r"([\\`*_{}\[\]()#+!|$~-])", r"\\\1", html.escape(text, quote=False)).replace("\n", " ")
