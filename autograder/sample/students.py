"""The sample class of A4: a seeded set of submissions, right, wrong and odd, whose marks are known in advance.

``python -m autograder.sample.students`` writes ``marks/a4_batch_norm.json`` anew after the suites have changed; read
the difference before you commit it.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np

from autograder.authoring import course
from autograder.authoring.course import BEGIN, END, Assignment
from autograder.authoring.judging import judge_for
from autograder.judge.collect import Replacement, Suite
from autograder.judge.judge import Judge
from autograder.judge.reference import Reference
from autograder.judge.student import LocalSession
from autograder.sample.oddities import ODDITIES, Paper

NAME = "a4_batch_norm"
MARKS = Path(__file__).parent / "marks" / f"{NAME}.json"
DUE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
IMPORTS = ("import numpy as np",)
EXTRA = 14  # students who draw one or two mistakes by lot, so that some misconceptions are shared


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in, and when."""

    student: str
    about: str
    notebook: bytes
    handed_in: datetime

    def write(self, submitted: Path, checks: Path) -> None:
        """Put the submission where nbgrader looks for it."""
        folder = submitted / self.student / NAME
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{NAME}.ipynb").write_bytes(self.notebook)
        (folder / checks.name).write_bytes(checks.read_bytes())
        (folder / "timestamp.txt").write_text(self.handed_in.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))


def submissions(judge: Judge, release: Path, seed: int = 0) -> Iterator[HandedIn]:
    """Yield the class: every style, every misconception, some by lot, and the oddities.

    `release` is the folder of the student release that the class started from.
    """
    assignment = course.load(NAME)
    blank = nbformat.read(release / f"{NAME}.ipynb", as_version=4)
    answers = reference_answers(assignment)
    for student, about, choice in _choices(judge, seed):
        yield _hand_in(student, about, blank, {**answers, **_changed(answers, choice)}, lambda paper: None)
    for name, odd in ODDITIES.items():
        yield _hand_in(name, inspect.getdoc(odd.change) or "", blank, answers, odd.change)


def reference_answers(assignment: Assignment) -> dict[str, str]:
    """Return what a student writes who solves everything as the course does."""
    markers = (BEGIN, END)
    return {
        cell.name: "\n".join(line for line in cell.source.splitlines() if not any(m in line for m in markers))
        for cell in assignment.exercises
    }


def expected_marks() -> dict[str, dict[str, float]]:
    """Return the marks that each student of the class must get, by exercise."""
    marks: dict[str, dict[str, float]] = json.loads(MARKS.read_text(encoding="utf-8"))
    return marks


def make_marks(judge: Judge, seed: int = 0) -> dict[str, dict[str, float]]:
    """Return the marks of the class, by student and exercise, without the sandbox, the notebooks or the gradebook.

    Choices are judged as functions of this process; the marks of the oddities are declared beside them.
    """
    answers = reference_answers(course.load(NAME))
    full = {suite.exercise: suite.points for suite in judge.suites}
    marks = {}
    for student, _, choice in _choices(judge, seed):
        cells = [*IMPORTS, *({**answers, **_changed(answers, choice)}.values())]
        graded = judge.grade(LocalSession(Reference(cells).namespace))
        marks[student] = {exercise.name: exercise.score or 0.0 for exercise in graded}
    return marks | {name: {**full, **odd.marks} for name, odd in ODDITIES.items()}


Choice = dict[str, Replacement]  # by exercise


def _choices(judge: Judge, seed: int) -> Iterator[tuple[str, str, Choice]]:
    """Yield (student, about, choice): every variant, every misconception, and some misconceptions by lot."""
    yield "correct_0", "Right, as the course does it.", {}
    yield from _rows(judge, "correct", _documented)
    yield from _rows(judge, "mistakes", lambda suite: suite.misconceptions)
    rng = np.random.default_rng(seed)
    for number in range(1, EXTRA + 1):
        picked = rng.choice(len(judge.suites), size=rng.integers(1, 3), replace=False)
        some = [judge.suites[index] for index in sorted(picked)]
        choice = {suite.exercise: suite.misconceptions[rng.integers(3)] for suite in some}
        yield f"student_{number:02d}", _about(choice), choice


Column = Callable[[Suite], Sequence[Replacement]]


def _rows(judge: Judge, name: str, column: Column) -> Iterator[tuple[str, str, Choice]]:
    """Yield a student for each row of a table that has a column for each exercise."""
    for row in range(max(len(column(suite)) for suite in judge.suites)):
        choice = {suite.exercise: column(suite)[row] for suite in judge.suites if row < len(column(suite))}
        yield f"{name}_{row + 1}", _about(choice), choice


def _documented(suite: Suite) -> list[Replacement]:
    """Return the variants that keep the documented cache: those with one of their own fit only their own partner."""
    return [variant for variant in suite.variants if "cache" not in variant.name.lower()]


def _about(choice: Choice) -> str:
    return "; ".join(f"{exercise}: {chosen.name.replace('_', ' ')}" for exercise, chosen in choice.items())


def _changed(answers: dict[str, str], choice: Choice) -> dict[str, str]:
    return {name: answer_with(answers[name], replacement) for name, replacement in choice.items()}


def answer_with(answer: str, replacement: Replacement) -> str:
    """Return the text of an answer with the functions of a variant or misconception in place of its own."""
    lines = answer.splitlines()
    for node in reversed(ast.parse(answer).body):
        if isinstance(node, ast.FunctionDef) and node.name in replacement.functions:
            lines[node.lineno - 1 : node.end_lineno] = _source(replacement.functions[node.name], node.name)
    return "\n".join(lines)


def _source(function: Callable[..., object], name: str) -> list[str]:
    """Return the lines of `function` as a student's function `name`: no decorator, no staff name."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    text = "\n".join(lines[start:])
    return re.sub(rf"\b{re.escape(function.__name__)}\b", name, text).splitlines()


def _hand_in(
    student: str, about: str, blank: nbformat.NotebookNode, answers: dict[str, str], change: Callable[[Paper], None]
) -> HandedIn:
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in blank.cells if c.metadata.zeromean.kind == "exercise"}
    paper = Paper(deepcopy(blank), stubs)
    for name, source in answers.items():
        paper.answer(name, source)
    change(paper)
    raw = paper.raw if paper.raw is not None else nbformat.writes(paper.notebook).encode()
    return HandedIn(student, about, raw, DUE + timedelta(hours=paper.late_hours) - timedelta(hours=1))


if __name__ == "__main__":
    MARKS.write_text(json.dumps(make_marks(judge_for(course.load(NAME))), indent=1) + "\n", encoding="utf-8")
