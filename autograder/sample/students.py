"""The sample class of an assignment: a seeded set of submissions, right, wrong and odd.

A whole class has every variant and every misconception. That of A4 always is; others are small, or whole on request.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import nbformat
import numpy as np

from autograder.authoring.course import BEGIN, END, Assignment
from autograder.judge.collect import Replacement, Suite
from autograder.judge.judge import Judge
from autograder.judge.unseen import fits_its_partners
from autograder.sample.oddities import oddities_of
from autograder.sample.oddities.paper import Paper

NAME = "a4_batch_norm"  # whose class is whole
DUE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
FEW, MISTAKEN = 2, 4  # rows of right and of wrong programs in a small class
EXTRA = 14  # students who draw one or two mistakes by lot, so that some misconceptions are shared


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in, and when."""

    assignment: str
    student: str
    about: str
    notebook: bytes
    handed_in: datetime

    def write(self, submitted: Path, checks: Path) -> None:
        """Put the submission where nbgrader looks for it."""
        folder = submitted / self.student / self.assignment
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.assignment}.ipynb").write_bytes(self.notebook)
        (folder / checks.name).write_bytes(checks.read_bytes())
        (folder / "timestamp.txt").write_text(self.handed_in.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))


def submissions(assignment: Assignment, judge: Judge, release: Path, *, whole: bool = False) -> Iterator[HandedIn]:
    """Yield the class: right and wrong programs, some mistakes by lot, and the oddities.

    `release` is the folder of the student release that the class started from.
    """
    blank = nbformat.read(release / f"{assignment.name}.ipynb", as_version=4)
    answers = reference_answers(assignment)
    for student, about, choice in choices(assignment, judge, whole=whole):
        filled = paper(blank, {**answers, **changed(answers, choice)})
        yield _handed_in(assignment, student, about, filled)
    for name, odd in oddities_of(assignment.name).items():
        filled = paper(blank, answers)
        odd.change(filled)
        yield _handed_in(assignment, name, inspect.getdoc(odd.change) or "", filled)


def reference_answers(assignment: Assignment) -> dict[str, str]:
    """Return what a student writes who solves everything as the course does."""
    markers = (BEGIN, END)
    return {
        cell.name: "\n".join(line for line in cell.source.splitlines() if not any(m in line for m in markers))
        for cell in assignment.exercises
    }


Choice = dict[str, Replacement]  # by exercise


def choices(assignment: Assignment, judge: Judge, *, whole: bool = False) -> Iterator[tuple[str, str, Choice]]:
    """Yield (student, about, choice): right programs, misconceptions, and some misconceptions by lot."""
    whole = whole or assignment.name == NAME
    yield "correct_0", "Right, as the course does it.", {}
    right = {suite.exercise: _with_the_documented_cache(judge, suite) for suite in judge.suites}
    wrong = {suite.exercise: suite.misconceptions for suite in judge.suites}
    yield from islice(_rows("correct", right), None if whole else FEW)
    yield from islice(_rows("mistakes", wrong), None if whole else MISTAKEN)
    rng = np.random.default_rng(0)
    for number in range(1, EXTRA + 1 if whole else 1):
        picked = rng.choice(len(judge.suites), size=rng.integers(1, 3), replace=False)
        some = [judge.suites[index] for index in sorted(picked)]
        choice = {s.exercise: s.misconceptions[rng.integers(3) % len(s.misconceptions)] for s in some}
        yield f"student_{number:02d}", _about(choice), choice


def _rows(name: str, table: Mapping[str, Sequence[Replacement]]) -> Iterator[tuple[str, str, Choice]]:
    """Yield a student for each row of a table that has a column for each exercise."""
    for row in range(max(map(len, table.values()), default=0)):
        choice = {exercise: column[row] for exercise, column in table.items() if row < len(column)}
        yield f"{name}_{row + 1}", _about(choice), choice


def _with_the_documented_cache(judge: Judge, suite: Suite) -> list[Replacement]:
    """Return the variants whose cache the backward passes of other exercises can read."""
    return [variant for variant in suite.variants if fits_its_partners(judge, suite, variant.functions)]


def _about(choice: Choice) -> str:
    return "; ".join(f"{exercise}: {chosen.name.replace('_', ' ')}" for exercise, chosen in choice.items())


def changed(answers: Mapping[str, str], choice: Choice) -> dict[str, str]:
    """Return the answers of somebody who made a choice."""
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


def paper(blank: nbformat.NotebookNode, answers: Mapping[str, str]) -> Paper:
    """Return a copy of a notebook with answers in it."""
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in blank.cells if c.metadata.zeromean.kind == "exercise"}
    filled = Paper(deepcopy(blank), stubs)
    for name, source in answers.items():
        filled.answer(name, source)
    filled.written.clear()
    return filled


def _handed_in(assignment: Assignment, student: str, about: str, filled: Paper) -> HandedIn:
    raw = filled.raw if filled.raw is not None else nbformat.writes(filled.notebook).encode()
    when = DUE + timedelta(hours=filled.late_hours) - timedelta(hours=1)
    return HandedIn(assignment.name, student, about, raw, when)
