"""Measures how well the suites of an assignment diagnose: each slip in a right program is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.authoring.proof import Prover
from autograder.judge.diagnosis import Diagnoser, Diagnosis
from autograder.judge.unseen import Slipped, excuses_of, functions_of, slipped_programs

COUNTS = ("wrong", "rejected", "visible", "hinted", "named", "doubtful")
HEADS = ("slips", "rejected", "by check(f)", "by a hint", "by hint or message", "doubtful hints")


@dataclass(frozen=True)
class Tried:
    """A slip that changes something, and what came of it."""

    slipped: Slipped
    diagnosis: Diagnosis

    def to_json(self) -> dict[str, Any]:
        """Return the slip with its code, and what its author hears."""
        found = self.diagnosis
        return {
            "program": self.slipped.program,
            "change": self.slipped.change,
            "code": self.slipped.source,
            "visible": found.visible,
            "hints": list(found.hints),
            "doubtful": list(found.doubtful),
            "says": found.says,
        }


@dataclass(frozen=True)
class Measured:
    """What one exercise's suite makes of the slips; those that its author excuses change nothing, and do not count."""

    exercise: str
    tried: tuple[Tried, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Count the slips: how many there are, are rejected, and are named; and how many hints are doubtful."""
        found = [one.diagnosis for one in self.tried]
        rejected = [one for one in found if one.rejected]
        return {
            "wrong": len(found),
            "rejected": len(rejected),
            "visible": sum(one.visible for one in found),
            "hinted": sum(bool(one.hints) for one in rejected),
            "named": sum(one.named for one in rejected),
            "doubtful": sum(bool(one.doubtful) for one in rejected),
        }

    @property
    def survivors(self) -> list[Tried]:
        """The slips that are wrong and earn full marks."""
        return [one for one in self.tried if not one.diagnosis.rejected]

    def to_json(self) -> dict[str, Any]:
        """Return the counts, and the slips that want an author's eye."""
        rejected = [one for one in self.tried if one.diagnosis.rejected]
        return {
            **self.counts,
            "survivors": [one.to_json() for one in self.survivors],
            "doubted": [one.to_json() for one in rejected if one.diagnosis.doubtful],
            "unnamed": [one.to_json() for one in rejected if not one.diagnosis.named],
        }


def measure(prover: Prover, exercises: Iterable[str]) -> list[Measured]:
    """Hand in every slip of every right program of some exercises, and return what came of it."""
    return [_measured(prover, name) for name in exercises]


def _measured(prover: Prover, name: str) -> Measured:
    judge, suite = prover.judge, prover.suites[name]
    diagnoser, excused = Diagnoser(judge, suite, prover.shipped[name]), excuses_of(suite)
    sources = functions_of(next(cell.source for cell in prover.assignment.exercises if cell.name == name))
    slips = slipped_programs(suite, sources, judge.namespace)
    wrong = [slipped for slipped in slips if (slipped.program, slipped.change) not in excused]
    return Measured(name, tuple(Tried(slipped, diagnoser.of_slip(slipped)) for slipped in wrong))


def total(measured: list[Measured]) -> dict[str, int]:
    """Add the counts of several exercises."""
    return {key: sum(one.counts[key] for one in measured) for key in COUNTS}


def to_json(measured: list[Measured]) -> dict[str, Any]:
    """Return all that was measured as data."""
    return {"exercises": {one.exercise: one.to_json() for one in measured}, "in all": total(measured)}


def show(measured: list[Measured], console: Console) -> None:
    """Print the shares, then each survivor with its code and each doubtful hint."""
    grid = Table("exercise", *HEADS, title="Slips in right programs, handed in like a student's")
    for name, counts in [*((one.exercise, one.counts) for one in measured), ("in all", total(measured))]:
        grid.add_row(name, *_shares(counts))
    console.print(grid)
    for one in measured:
        for tried in one.survivors:
            what = f"{one.exercise}: {tried.slipped.program} with `{tried.slipped.change}` earns full marks:"
            console.print(f"{what}\n{tried.slipped.source}", style="red", markup=False, soft_wrap=True)
        for tried in (tried for tried in one.tried if tried.diagnosis.doubtful):
            what = f"{one.exercise}: {tried.slipped.program} with `{tried.slipped.change}`"
            hints = ", ".join(tried.diagnosis.doubtful)
            console.print(f"{what} is told the hint of {hints}.", markup=False, soft_wrap=True)


def _shares(counts: dict[str, int]) -> list[str]:
    """Return the cells of a row: of the wrong ones, which share is noticed; of the rejected, which is named."""
    wholes = {"rejected": "wrong", "visible": "wrong", "hinted": "rejected", "named": "rejected"}
    shares = [f"{100 * counts[key] / max(counts[whole], 1):.1f} %" for key, whole in wholes.items()]
    return [str(counts["wrong"]), *shares, str(counts["doubtful"])]
