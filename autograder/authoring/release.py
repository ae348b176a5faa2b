"""Makes the student release with nbgrader, and proves that no answer is in it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.authoring import leaks
from autograder.authoring.course import Assignment
from autograder.authoring.leaks import LeakError
from autograder.errors import CourseError
from autograder.judge.judge import Judge
from autograder.judge.student import LocalSession


def generate(name: str, source: Path, release: Path) -> None:
    """Run ``nbgrader generate_assignment`` on `source`/<name> and put what it makes into `release`/<name>.

    Raises
    ------
    CourseError
        If nbgrader refuses the notebook; its log is in the message.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = Config()
        config.CourseDirectory.root = folder
        config.CourseDirectory.source_directory = "source"
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
        shutil.copytree(source / name, Path(folder, "source", name))
        result = NbGraderAPI(config=config).generate_assignment(name, force=True, create=True)
        if not result["success"]:
            raise CourseError(f"nbgrader could not generate {name}:\n{result.get('error') or result.get('log')}")
        shutil.rmtree(release / name, ignore_errors=True)
        shutil.copytree(Path(folder, "release", name), release / name)


def refuse_leaks(assignment: Assignment, judge: Judge, release: Path) -> None:
    """Raise `LeakError` if the built release of `assignment` gives anything away.

    No line of a solution, no name out of a suite, no output of a cell; and the untouched release must fail
    every graded check.
    """
    notebook = nbformat.read(release / f"{assignment.name}.ipynb", as_version=4)
    texts = {f"cell {cell.id}": cell.source for cell in notebook.cells}
    texts |= {p.name: p.read_text(encoding="utf-8") for p in release.iterdir() if p.suffix != ".ipynb"}
    for cell in notebook.cells:
        if cell.get("outputs"):
            raise LeakError(f"{assignment.name}: cell {cell.id} has an output. Releases carry none.")
    for secret, kind in _secrets(assignment, judge):
        for where, text in texts.items():
            if re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text):
                raise LeakError(f"{assignment.name}: {kind} {secret!r} is in the release, in {where}.")
    graded = [c.source for c in notebook.cells if c.metadata.zeromean.kind in ("code", "exercise")]
    _refuse_free_marks(assignment.name, judge, graded)


def solution_lines(assignment: Assignment) -> set[str]:
    """Return the lines that stand only between solution markers, and are long enough to be telling."""
    inside: set[str] = set()
    outside: set[str] = set()
    for line, hidden in (each for cell in assignment.cells for each in leaks.lines(cell)):
        (inside if hidden else outside).add(line.strip())
    return {line for line in inside - outside if len(line) >= 12}


def _secrets(assignment: Assignment, judge: Judge) -> Iterable[tuple[str, str]]:
    for line in sorted(solution_lines(assignment)):
        yield line, "the solution line"
    for suite in judge.suites:
        names = [check.name for check in suite.checks]
        names += [replacement.name for replacement in (*suite.misconceptions, *suite.variants)]
        for name in (name for name in names if "_" in name):  # a single word of English gives nothing away
            yield name, "the suite's name"
    for marker in ("BEGIN SOLUTION", "END SOLUTION", "autograder", "BEGIN HIDDEN"):
        yield marker, "the staff's word"


def _refuse_free_marks(name: str, judge: Judge, sources: list[str]) -> None:
    namespace: dict[str, object] = {"__name__": "__main__"}
    for source in sources:
        try:
            exec(compile(source, "<release>", "exec"), namespace)  # noqa: S102 - our own release
        except NotImplementedError:  # a stub that runs at once
            continue
    for exercise in judge.grade(LocalSession(namespace)):
        passed = [check.name for check in exercise.checks if check.outcome == "passed"]
        if passed:
            raise LeakError(f"{name}: the untouched release passes {passed[0]} of {exercise.name}. It must fail all.")
