"""Grades one submission after another: rebuilt, run in the sandbox, judged, and put on record."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import hashlib
import importlib.util
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode
from zeromean.checking import comparisons

from autograder.authoring import course
from autograder.authoring.course import Assignment
from autograder.authoring.judging import judge_for
from autograder.errors import UsageError
from autograder.gradebook import results
from autograder.gradebook.answers import defined, definitions
from autograder.gradebook.experiments import home_cells, said_of
from autograder.gradebook.rebuild import Rebuilt, rebuild
from autograder.judge.judge import UNDECIDED, Judge
from autograder.judge.record import CheckResult, ExerciseResult, Origin, Record
from autograder.markup import Patience
from autograder.sandbox.pool import Limits, Session, Zygote

RELEASE = course.ROOT / "build" / "release"
ENGINE = (
    "suite/**/*.py",
    "sandbox/*.py",
    "judge/*.py",
    "gradebook/**/*.py",
    "authoring/course.py",
    "bounds.py",
    "markup.py",
    "safe.py",
)
DRAWN = ("IPython.*", "matplotlib.*")  # what students may use of what draws and displays: all
MOST_NAMED = 5  # other names of a cell that lacks the one it is asked for
SEED = 0  # of the numbers that checks draw
_RUN = frozenset({"code", "exercise", "scratch", "own"})


class Basis(NamedTuple):
    """SHA-256 of everything beside the submission that can change a mark: the assignment's own part, and the grader."""

    suite: str
    engine: str


@dataclass(frozen=True)
class Graded:
    """A graded notebook, outputs and results in it, and the record of what was decided."""

    notebook: NotebookNode
    record: Record


@dataclass(frozen=True)
class Grader:
    """All that is started once for many submissions of one assignment."""

    assignment: Assignment
    instructor: NotebookNode
    judge: Judge
    zygote: Zygote
    basis: Basis

    @property
    def isolation(self) -> str:
        """How the student's code is kept apart, for the record."""
        level = self.zygote.isolation
        return f"level {level.number}, {level.name}: {level.sentence}"

    def grade(self, submitted: bytes, student: str, remarks: tuple[str, ...] = ()) -> Graded:
        """Grade the bytes of a submitted notebook; `remarks` say what was odd about the folder it was in."""
        made_from = self.made_from(submitted, remarks)
        return self.run(self.rebuilt(submitted, remarks), made_from, student, sha256(submitted))

    def rebuilt(self, submitted: bytes, remarks: tuple[str, ...]) -> Rebuilt:
        """Return the notebook to run; where remarks say why there are no bytes, nothing else needs to be said."""
        made = rebuild(self.assignment, self.instructor, submitted)
        return Rebuilt(made.notebook, remarks + (made.repairs if submitted or not remarks else ()))

    def made_from(self, submitted: bytes, remarks: tuple[str, ...] = ()) -> str:
        """Return the fingerprint that a record of this submission bears."""
        return made_from(self.basis, submitted, remarks)

    def run(self, rebuilt: Rebuilt, made_from: str, student: str, submission: str) -> Graded:
        """Run a rebuilt notebook in the sandbox, judge it, and show the results in its check cells.

        `submission` is the SHA-256 of what was handed in.
        """
        started = time.perf_counter()
        notebook = rebuilt.notebook
        with Session(self.zygote, [*preload(self.assignment), *DRAWN]) as session:
            mended = _run_cells(self.assignment, notebook, session)
            exercises = self.judge.grade(session, SEED)
            ask, tell = said_of(self.assignment, session.changed(), exercises)
            if session.exhausted:
                tell.append(f"T{session.exhausted[1:-1]}; what came after was not run.")
            record = Record(
                self.assignment.name,
                student,
                exercises,
                made_from,
                self.isolation,
                0.0,
                session.peak_mb,
                (*rebuilt.repairs, *mended, *ask),
                tuple(session.lost),
                notes=tuple(tell),
                reached_out=tuple(session.reached),
                origin=self._origin(submission),
            )
        record = replace(record, seconds=round(time.perf_counter() - started, 4))
        _show(notebook, record)
        return Graded(notebook, record)

    def _origin(self, submission: str) -> Origin:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        return Origin(submission, *self.basis, SEED, self.zygote.isolation.name, now)


def undecided(assignment: Assignment, instructor: NotebookNode, student: str, reason: str) -> Graded:
    """Hold every mark of a submission on which we ourselves failed; without a fingerprint, it is tried again."""
    exercises = tuple(
        ExerciseResult(cell.name, cell.points, (CheckResult("grader", "graded", 1, "error", UNDECIDED, detail=reason),))
        for cell in assignment.exercises
    )
    record = Record(assignment.name, student, exercises, "", "not run", 0.0, 0.0, notes=(UNDECIDED,))
    notebook: NotebookNode = nbformat.from_dict(copy.deepcopy(instructor))
    _show(notebook, record)
    return Graded(notebook, record)


@contextmanager
def open_grader(
    assignment: Assignment, *, release: Path = RELEASE, limits: Limits | None = None, isolation: str | None = None
) -> Iterator[Grader]:
    """Collect the suite of an assignment and start its zygote; end the zygote at the end.

    Raises
    ------
    UsageError
        If the assignment has not been built.
    """
    instructor = released(assignment, release)
    with Zygote(limits or Limits(), preload(assignment), isolation) as zygote:
        yield Grader(assignment, instructor, judge_for(assignment), zygote, basis(assignment, release))


def released(assignment: Assignment, release: Path) -> NotebookNode:
    """Read the notebook that students were given: locked cells, stubs and nbgrader's metadata."""
    path = assignment.notebook_in(release)
    if not path.is_file():
        raise UsageError(f"There is no released notebook {path}. Run `make build`.")
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def basis(assignment: Assignment, release: Path) -> Basis:
    """Return fingerprints of everything beside the submission that can change a mark."""
    engine = course.ROOT / "autograder"
    files = [path for pattern in ENGINE for path in sorted(engine.glob(pattern))]
    files += sorted(Path(comparisons.__file__).parent.glob("*.py"))  # what a check asks is asked there
    own = [*sorted(assignment.suite.rglob("*.py")), assignment.notebook_in(release)]
    return Basis(_sha256_of(own, repr(assignment)), _sha256_of(files, np.__version__))


def _sha256_of(files: Sequence[Path], more: str) -> str:
    digest = hashlib.sha256(more.encode())
    for path in files:
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def sha256(submitted: bytes) -> str:
    """Return the SHA-256 of what was handed in."""
    return hashlib.sha256(submitted).hexdigest()


def made_from(basis_: Basis, submitted: bytes, remarks: Sequence[str] = ()) -> str:
    """Return what a record was made from; a submission is graded again only when it differs."""
    return hashlib.sha256("\n".join([*basis_, *remarks]).encode("utf-8", "replace") + submitted).hexdigest()


def preload(assignment: Assignment) -> list[str]:
    """Return the modules that the locked code imports, and those that draw and display."""
    names = {"IPython.display", "matplotlib.pyplot", "zeromean"}
    for cell in assignment.cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.kind == "code" else ():
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                below = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= {node.module} | set(filter(_is_module, below))
    return sorted(names - {"__future__"})


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it is looked for in is no package
        return False


def _run_cells(assignment: Assignment, notebook: NotebookNode, session: Session) -> list[str]:
    """Run the code and keep its outputs; figures of ours and visible checks are not run. Return what was mended."""
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.metadata.zeromean.kind in _RUN]
    homes = home_cells(assignment, [(cell.id, cell.source) for cell in cells])
    asked = {exercise.id: exercise.functions for exercise in assignment.exercises}
    mended = []
    patience = Patience()
    for number, cell in enumerate(cells, start=1):
        functions, lost = homes.get(number - 1, []), len(session.lost)
        [outcome] = session.run([cell.source], functions)
        ended = len(session.lost) > lost
        if functions and (ended or (outcome.error and not _are_there(functions, session))):
            session.run(definitions(cell.source), functions)
            if ended or _are_there(functions, session):
                how = "did not finish" if ended else "ended in an error above the answer"
                mended.append(f"The cell of {', '.join(functions)} {how}; only what it defines was taken.")
        wanted = functions or asked.get(cell.id, ())
        session.explain_missing(wanted, "" if ended else _why_missing(wanted, outcome.error, cell.source))
        cell.execution_count = number
        cell.outputs = nbformat.from_dict(patience.outputs(outcome.outputs))
    return mended


def _are_there(functions: Sequence[str], session: Session) -> bool:
    return not any(outcome.error for outcome in session.run([f"({name})" for name in functions]))


def _why_missing(wanted: Sequence[str], error: str | None, source: str) -> str:
    """Return why functions that a cell should define are not there: how it ended, or what it defines instead."""
    if error:
        return f"its cell ended in {error.rstrip('.')}."
    names = defined(source)
    listed = ", ".join(f"`{name}`" for name in sorted(names)[:MOST_NAMED])
    return f"its cell defines {listed}." if names and not names & set(wanted) else ""


def _show(notebook: NotebookNode, record: Record) -> None:
    """Put each exercise's results under its check cell, and what concerns the whole notebook on top."""
    shown = {f"check-{exercise.name}": exercise for exercise in record.exercises}
    for cell in notebook.cells:
        if cell.id in shown:
            cell.outputs = nbformat.from_dict(results.outputs(shown[cell.id], staff=True))
    said = results.notes(record)
    if said:
        notebook.cells.insert(0, nbformat.from_dict(_notes_cell(said)))


def _notes_cell(said: Sequence[str]) -> dict[str, Any]:
    lines = "\n".join(f"- {results.plain(sentence)}" for sentence in said)
    source = f"**Notes of the grader**\n\n{lines}"
    return {
        "cell_type": "markdown",
        "id": "notes",
        "metadata": {"zeromean": {"kind": "notes"}},
        "source": source,
    }
