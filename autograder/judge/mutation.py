"""Proves a suite: wrong programs fail it, right ones pass it, and each check catches something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.judge.collect import Replacement, Suite
from autograder.judge.judge import Judge
from autograder.judge.record import CheckResult
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

SEEDS = (0, 1)
OTHER_SEEDS = tuple(range(2, 12))
Results = list[tuple[CheckResult, ...]]


@dataclass(frozen=True)
class Row:
    """One misconception: the checks that fail at every seed, those that broke, and the hints that were shown."""

    name: str
    caught_by: tuple[str, ...]
    errors: tuple[str, ...]
    shown: tuple[str, ...]
    same_as: tuple[str, ...] = ()

    @property
    def survives(self) -> bool:
        """Whether a student with this idea could get full marks, or a mark that a person must decide."""
        return not self.caught_by or bool(self.errors)

    @property
    def diagnosed(self) -> bool:
        """Whether its own hint is the one shown, and no other."""
        return self.shown == (self.name,)

    @property
    def misnamed(self) -> tuple[str, ...]:
        """Whose hints were shown instead, of those that are not as right; an empty name for no hint at all."""
        return tuple(name for name in self.shown or ("",) if name not in (self.name, *self.same_as))


@dataclass(frozen=True)
class ExerciseTable:
    """What one exercise's suite makes of its misconceptions, its variants, the reference and the stub."""

    exercise: str
    checks: tuple[str, ...]
    rows: tuple[Row, ...]
    variants: int
    rejected: tuple[str, ...]
    stub_passes: tuple[str, ...]
    complaints: tuple[str, ...]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ExerciseTable:
        """Read what ``dataclasses.asdict`` and JSON made of a table."""
        rows = tuple(Row(**_with_tuples(row)) for row in data["rows"])
        return cls(**{**_with_tuples(data), "rows": rows})

    def to_json(self) -> dict[str, Any]:
        """Return the counts and the names that fail the build."""
        return {
            "misconceptions": len(self.rows),
            "survivors": list(self.survivors),
            "variants": self.variants,
            "rejected": list(self.rejected),
        }

    def print(self, console: Console) -> None:
        """Show which check catches which misconception, and all that is wrong or idle."""
        _print(self, console)

    @property
    def survivors(self) -> tuple[str, ...]:
        """The wrong programs that are not caught; "stub" for the untouched release."""
        return (*(row.name for row in self.rows if row.survives), *(["stub"] if self.stub_passes else []))

    @property
    def idle(self) -> tuple[str, ...]:
        """The checks that no misconception is caught by."""
        busy = {name for row in self.rows for name in row.caught_by}
        return tuple(name for name in self.checks if name not in busy)

    @property
    def faults(self) -> list[str]:
        """Say what is wrong with the suite, and what to do about it."""
        faults = [f"{complaint} Mend the check, or the program." for complaint in self.complaints]
        for row in self.rows:
            faults += [f"{row.name} breaks {error} A check must fail in a sentence." for error in row.errors]
            if not row.caught_by:
                faults.append(f"{row.name} survives: no check fails it at every seed. Write the check that does.")
            elif row.misnamed:
                shown = f"is shown the hint of {row.misnamed[0]}" if row.misnamed[0] else "is never shown its hint"
                faults.append(f"{row.name} {shown}. Let a check tell it apart, or say same_as={row.misnamed[0]!r}.")
        faults += [f"the untouched stub passes {name}. A check must fail it." for name in self.stub_passes]
        faults += [f"no wrong program is caught by {name}. Write the one that needs it." for name in self.idle]
        if self.variants < 2:
            faults.append(f"a suite needs two variants, right programs written differently. Got {self.variants}.")
        return faults


def _with_tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


@dataclass(frozen=True)
class KillTable:
    """The proof of one assignment's suite."""

    exercises: tuple[ExerciseTable, ...]

    @property
    def ok(self) -> bool:
        """Whether every wrong program is caught and every right one accepted."""
        return not any(table.survivors or table.rejected for table in self.exercises)

    def to_json(self) -> dict[str, Any]:
        """Return the counts and the names that fail the build."""
        return {"exercises": {table.exercise: table.to_json() for table in self.exercises}}

    def print(self, console: Console) -> None:
        """Show which check catches which misconception, and all that is wrong or idle."""
        for table in self.exercises:
            table.print(console)


def kill_table(judge: Judge) -> KillTable:
    """Run every misconception, every variant, the reference and the stub through their suites, at two seeds."""
    return KillTable(tuple(exercise_table(judge, suite) for suite in judge.suites))


def exercise_table(judge: Judge, suite: Suite) -> ExerciseTable:
    """Prove the suite of one exercise."""
    rows = tuple(_row(wrong, _run(judge, suite, wrong.functions)) for wrong in suite.misconceptions)
    rejected = dict(_rejected(judge, suite, SEEDS))
    stub = _run(judge, suite, dict.fromkeys(suite.functions, _unwritten))
    passes = {check.name: None for results in stub for check in results if check.outcome in ("passed", "error")}
    names = tuple(check.name for check in suite.checks)
    return ExerciseTable(
        suite.exercise, names, rows, len(suite.variants), tuple(rejected), tuple(passes), tuple(rejected.values())
    )


def matters_of_luck(
    judge: Judge, suite: Suite, known: Sequence[str] = (), seeds: Sequence[int] = OTHER_SEEDS
) -> list[str]:
    """Say which right programs are rejected when the random numbers are others, beside those that always are."""
    found = _rejected(judge, suite, seeds)
    return [f"{complaint} It is a matter of luck." for name, complaint in found if name not in known]


def _rejected(judge: Judge, suite: Suite, seeds: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Yield each right program that does not pass every check, and why."""
    right = {"reference": {}, **{variant.name: variant.functions for variant in suite.variants}}
    for name, functions in right.items():
        for check in (check for results in _run(judge, suite, functions, seeds) for check in results):
            if check.outcome != "passed":
                yield name, f"{name} is rejected by {check.name}: {_why(check)}"
                break


def _run(
    judge: Judge, suite: Suite, functions: Mapping[str, Callable[..., Any]], seeds: Sequence[int] = SEEDS
) -> Results:
    session = LocalSession(exchanged(judge.namespace, functions))
    return [judge.grade_exercise(suite, session, seed).checks for seed in seeds]


def _row(wrong: Replacement, runs: Results) -> Row:
    caught = [
        results[0].name for results in zip(*runs, strict=True) if all(check.outcome == "failed" for check in results)
    ]
    checks = [check for results in runs for check in results]
    broken = [check for check in checks if check.outcome == "error" or "raised NameError" in check.message]
    errors = {f"{check.name}: {_why(check)}": None for check in broken}
    shown = {check.misconception: None for check in checks if check.misconception}
    return Row(wrong.name, tuple(caught), tuple(errors), tuple(shown), wrong.same_as)


def _why(check: CheckResult) -> str:
    return check.detail.strip().rpartition("\n")[2] if check.outcome == "error" else check.message


def _unwritten(*args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError


def _print(table: ExerciseTable, console: Console) -> None:
    caught = sum(not row.survives for row in table.rows)
    title = f"{table.exercise}: {caught} of {len(table.rows)} misconceptions caught"
    grid = Table("misconception", "caught by", "diagnosed", title=title)
    for row in table.rows:
        names = ", ".join(name.removeprefix("test_") for name in row.caught_by)
        other = f"as {', '.join(row.shown)}" if row.shown else "no"
        grid.add_row(row.name, names or "[red]SURVIVES[/red]", "yes" if row.diagnosed else other)
    console.print(grid)
    accepted = table.variants + 1 - len(table.rejected)
    console.print(f"Right programs accepted: {accepted} of {table.variants + 1} (the reference and its variants).")
    breaks = [f"{row.name} breaks: {error}" for row in table.rows for error in row.errors]
    stub = [f"the untouched stub gets through {name}" for name in table.stub_passes]
    for complaint in (*table.complaints, *breaks, *stub):
        console.print(complaint, style="red", markup=False)
    for name in table.idle:
        console.print(f"Remark: no misconception is caught by {name}. Who needs it?", markup=False)
