"""Proves the suite of every exercise, and keeps what was found until something it was made from changes.

A proof: every misconception is caught and told its own hint, every right program is accepted whatever the random
numbers, no slip in a right program goes unnoticed, the cache between two passes is the student's own affair, and
``check(f)`` says what the grade says, and warns of nothing else.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from zeromean.checking import probes as shipped

from autograder.authoring import probes
from autograder.authoring.course import Assignment, Cell
from autograder.authoring.judging import judge_for
from autograder.authoring.kept import kept
from autograder.authoring.warned import warnings_of
from autograder.errors import UsageError, meant
from autograder.judge.agreement import disagreements, false_alarms
from autograder.judge.collect import Suite
from autograder.judge.judge import Judge
from autograder.judge.mutation import ExerciseTable, exercise_table, matters_of_luck
from autograder.judge.own_cache import cache_faults
from autograder.judge.reference import SuiteError
from autograder.judge.unseen import functions_of, slipped_programs, unseen_slips

HOUSE = Path(__file__).resolve().parents[2]
ENGINE = ("autograder/suite", "autograder/judge", "autograder/authoring", "utils/zeromean/checking")
LIBRARIES = ("numpy", "autograd", "numpydoc")
MOST_TOLD = 12


@dataclass(frozen=True)
class Proof:
    """What the proof of one exercise's suite found; there are no `faults` in a good one."""

    exercise: str
    file: str
    table: ExerciseTable
    slips: int
    excused: int
    faults: tuple[str, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Proof:
        """Read what ``asdict`` wrote."""
        return cls(**{**data, "table": ExerciseTable.from_json(data["table"]), "faults": tuple(data["faults"])})

    def to_json(self) -> dict[str, Any]:
        """Return the counts, the names that fail the build, and the faults."""
        return {**self.table.to_json(), "slips": self.slips, "excused": self.excused, "faults": list(self.faults)}

    def print(self, console: Console) -> None:
        """Show which check catches which misconception, and what is wrong."""
        self.table.print(console)
        console.print(f"Slips in right programs: {self.slips}, of which {self.excused} change nothing and are excused.")
        for fault in self.faults:
            console.print(f"{self.file}: {fault}", style="red", markup=False, soft_wrap=True)


class Prover:
    """Proves the suites of one assignment; what has been proved already, in this folder, is read."""

    def __init__(self, assignment: Assignment, judge: Judge | None = None) -> None:
        self.assignment = assignment
        self._judge = judge

    def proofs(self, exercises: Iterable[str] | None = None) -> list[Proof]:
        """Return the proof of each exercise, or of some, in order.

        They are made in another order by each process, so that those that work at the same time share the work.
        """
        wanted = [cell for cell in self.assignment.exercises if exercises is None or cell.name in exercises]
        shuffled = random.Random(os.getpid()).sample(wanted, len(wanted))  # noqa: S311 - an order, no secret
        made = {cell.name: self._proof(cell) for cell in shuffled}
        return [made[cell.name] for cell in wanted]

    def _proof(self, cell: Cell) -> Proof:
        made_from = fingerprint(self.assignment, cell.name)
        return Proof.from_json(
            kept(f"{self.assignment.name}/{cell.name}", made_from, lambda: asdict(self._prove(cell)))
        )

    def _prove(self, cell: Cell) -> Proof:
        suite = self.suites[cell.name]
        table = exercise_table(self.judge, suite)
        slipped = list(slipped_programs(suite, functions_of(cell.source), self.judge.namespace))
        slips = unseen_slips(self.judge, suite, slipped)
        faults = [
            *table.faults,
            *matters_of_luck(self.judge, suite, table.rejected),
            *cache_faults(self.judge, suite),
            *disagreements(self.judge, suite, self.shipped[cell.name], slipped),
            *false_alarms(self.judge, suite, self.shipped[cell.name], [c for c, _ in warnings_of(self.judge, suite)]),
            *slips.complaints,
        ]
        file = f"autograder/suites/{self.assignment.name}/test_{cell.name}.py"
        return Proof(cell.name, file, table, slips.tried, slips.excused, tuple(faults))

    @cached_property
    def judge(self) -> Judge:
        """The judge of the assignment; made only when something is to be proved."""
        return self._judge or judge_for(self.assignment)

    @cached_property
    def suites(self) -> dict[str, Suite]:
        """The suites by exercise."""
        return {suite.exercise: suite for suite in self.judge.suites}

    @cached_property
    def shipped(self) -> dict[str, shipped.VisibleExercise]:
        """The visible checks as a student gets them."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.checks.json")
            probes.write(self.judge, path)
            return {exercise.name: exercise for exercise in shipped.read(path)}


def prove(assignment: Assignment, exercise: str | None = None) -> list[Proof]:
    """Return the proofs of an assignment, or of one exercise; UsageError if there is no exercise of that name."""
    return Prover(assignment).proofs(exercises_called(assignment, exercise))


def exercises_called(assignment: Assignment, exercise: str | None) -> list[str]:
    """Return all exercises, or the one that is asked for; UsageError if there is none of that name."""
    names = [cell.name for cell in assignment.exercises]
    if exercise and exercise not in names:
        raise UsageError(f"There is no exercise {exercise!r} in {assignment.name}. {meant(exercise, names)}")
    return [exercise] if exercise else names


def refuse_unproved(assignment: Assignment, judge: Judge) -> None:
    """Raise `SuiteError` unless every suite of the assignment is proved; it names exercise, program and file."""
    faults = [f"{proof.file}: {fault}" for proof in Prover(assignment, judge).proofs() for fault in proof.faults]
    if len(faults) == 1:
        raise SuiteError(f"{assignment.name} is not proved. {faults[0]}")
    if faults:
        more = [f"... and {len(faults) - MOST_TOLD} more."] if len(faults) > MOST_TOLD else []
        head = f"{assignment.name} is not proved (`autograder suites {assignment.name}` shows all of it):"
        raise SuiteError("\n".join([head, *faults[:MOST_TOLD], *more]))


def fingerprint(assignment: Assignment, exercise: str) -> str:
    """Return what a proof depends on: suite, reference, engine and libraries; other exercises' suites do not count."""
    files = [path for folder in ENGINE for path in sorted((HOUSE / folder).rglob("*.py"))]
    files += [p for p in sorted(assignment.suite.glob("*.py")) if not p.name.startswith("test_")]
    files.append(assignment.suite / f"test_{exercise}.py")
    digest = hashlib.sha256(repr((sys.version_info[:2], [version(name) for name in LIBRARIES])).encode())
    digest.update("\n".join(assignment.reference_cells).encode())
    for path in files:
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()
