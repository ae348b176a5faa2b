"""The marks that each student of a sample class must get: judged in this process, and written by every build.

Nobody edits them. Read the difference before you commit it: it says for whom a change of a suite changes what.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.authoring import course, notebooks, proof
from autograder.authoring.course import BEGIN, END, Assignment
from autograder.authoring.judging import judge_for
from autograder.authoring.kept import kept
from autograder.judge.judge import Judge, undisturbed
from autograder.judge.student import LocalSession
from autograder.sample import students
from autograder.sample.oddities import oddities_of

Marks = dict[str, dict[str, float]]  # by student and exercise


def path_of(name: str) -> Path:
    """Return the file with the marks of the class of an assignment."""
    return course.ROOT / "autograder" / "sample" / "marks" / f"{name}.json"


def known_marks(name: str) -> Marks:
    """Return the marks that are written down for an assignment's class."""
    marks: Marks = json.loads(path_of(name).read_text(encoding="utf-8"))
    return marks


def write_all() -> None:
    """Write the marks of every class."""
    for name in course.assignments():
        path_of(name).parent.mkdir(parents=True, exist_ok=True)
        path_of(name).write_text(text_of(made_marks(course.load(name))), encoding="utf-8")


def stale() -> list[str]:
    """Return the files whose marks are not those that the suites give."""
    files = {path_of(name): text_of(made_marks(course.load(name))) for name in course.assignments()}
    bad = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return [path.relative_to(course.ROOT).as_posix() for path in bad]


def text_of(marks: Marks) -> str:
    """Return marks as they are written: a line a student."""
    lines = [f"{json.dumps(student)}: {json.dumps(earned)}" for student, earned in marks.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def made_marks(assignment: Assignment) -> Marks:
    """Return the marks of a class, made anew only if a suite, an answer or the judge has changed."""
    digest = hashlib.sha256("".join(proof.fingerprint(assignment, c.name) for c in assignment.exercises).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    marks: Marks = kept(f"{assignment.name}/marks", digest.hexdigest(), lambda: judged_marks(assignment))
    return marks


def judged_marks(assignment: Assignment, *, whole: bool = False) -> Marks:
    """Judge the answers of everybody, without sandbox, notebooks or gradebook.

    What an oddity loses is declared beside it: those answers stand as they were handed out.
    """
    judge, answers = judge_for(assignment), students.reference_answers(assignment)
    stubs = {cell.name: _stub(cell.source) for cell in assignment.exercises}
    marks = {
        student: _judged(assignment, judge, {**answers, **students.changed(answers, choice)})
        for student, _, choice in students.choices(assignment, judge, whole=whole)
    }
    blank = notebooks.source_notebook(assignment)
    for name, odd in oddities_of(assignment.name).items():
        paper = students.paper(blank, answers)
        odd.change(paper)
        lost = odd.lost(list(answers))
        given = {**answers, **paper.written, **{exercise: stubs[exercise] for exercise in lost}}
        marks[name] = _judged(assignment, judge, given) | dict.fromkeys(lost, 0.0)
    return marks


def _judged(assignment: Assignment, judge: Judge, answers: Mapping[str, str]) -> dict[str, float]:
    graded = judge.grade(LocalSession(_names(assignment, answers)))
    return {exercise.name: exercise.score or 0.0 for exercise in graded}


def _names(assignment: Assignment, answers: Mapping[str, str]) -> dict[str, Any]:
    """Run the locked cells and the answers, as a worker does: a cell that raises is left behind."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in (cell for cell in assignment.cells if cell.kind in ("code", "exercise")):
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()), undisturbed():
            exec(compile(answers.get(cell.name, cell.source), "<answer>", "exec"), names)  # noqa: S102 - our own
    return names


def _stub(source: str) -> str:
    return re.sub(rf"(?s){BEGIN}.*?{END}", "raise NotImplementedError()", source)
