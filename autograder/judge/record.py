"""What was decided about one submission: plain data that the gradebook stores and the reports read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["passed", "failed", "error", "skipped"]
WORDS: dict[Outcome, str] = {"passed": "passed", "failed": "not yet", "error": "undecided", "skipped": "not tried"}
SIGNS: dict[Outcome, str] = {"passed": "\u2713", "failed": "\u2717", "error": "?", "skipped": "\u2013"}


@dataclass(frozen=True)
class CheckResult:
    """One check: the sentence the student reads, and what came of it.

    ``error`` is a fault of the suite, not of the student; ``skipped`` waits for another check. The `message` of a
    check that passed is a note: the marks are earned, and there is something to be said all the same. `misconception`
    (its name in the suite) and `detail` (the traceback of an error) are for the staff; students read the rest.
    """

    name: str
    sentence: str
    weight: float
    outcome: Outcome
    message: str = ""
    hint: str = ""
    misconception: str = ""
    detail: str = ""


@dataclass(frozen=True)
class ExerciseResult:
    """One exercise: its checks in order, and the marks they earn (None while a person must decide)."""

    name: str
    points: float
    checks: tuple[CheckResult, ...]

    @property
    def held(self) -> bool:
        """Whether a fault of ours keeps the mark open."""
        return any(check.outcome == "error" for check in self.checks)

    @property
    def score(self) -> float | None:
        """Marks earned, of `points`, rounded to a hundredth; None while held."""
        if self.held:
            return None
        total = sum(check.weight for check in self.checks)
        earned = sum(check.weight for check in self.checks if check.outcome == "passed")
        return round(self.points * earned / total, 2) if total else 0.0


@dataclass(frozen=True)
class Origin:
    """What a record was made from: SHA-256 of notebook, suite and engine; the seed, the level, and when (UTC)."""

    submission: str
    suite: str
    engine: str
    seed: int
    level: str
    at: str


@dataclass(frozen=True)
class Record:
    """Everything that was decided about one submission, from what, and by which version.

    `reached_out` says what its code tried to get at beyond the walls of the sandbox; students do not read it.
    """

    assignment: str
    student: str
    exercises: tuple[ExerciseResult, ...]
    fingerprint: str
    isolation: str
    seconds: float
    peak_mb: float
    repairs: tuple[str, ...] = ()
    lost_workers: tuple[str, ...] = ()
    late_seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())
    reached_out: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def score(self) -> float:
        """Marks that are certain now; a held exercise counts nothing yet."""
        return round(sum(exercise.score or 0.0 for exercise in self.exercises), 2)

    @property
    def needs_person(self) -> bool:
        """Whether anything here should be looked at by the staff."""
        return bool(self.repairs or self.lost_workers or any(exercise.held for exercise in self.exercises))

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data; `from_json` reads it back."""
        return asdict(self)

    def decided(self) -> dict[str, Any]:
        """Return what must be the same however often a submission is judged: all but what was measured, and when."""
        data = self.to_json()
        measured = {"seconds", "peak_mb", "late_seconds", "fingerprint", "isolation", "origin"}
        return {key: value for key, value in data.items() if key not in measured}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Record:
        """Read what `to_json` wrote."""
        exercises = tuple(
            ExerciseResult(e["name"], e["points"], tuple(CheckResult(**check) for check in e["checks"]))
            for e in data["exercises"]
        )
        lists = {key: tuple(data.get(key, ())) for key in ("repairs", "lost_workers", "notes", "reached_out")}
        origin = Origin(**data["origin"]) if data.get("origin") else None
        return cls(**{**data, "exercises": exercises, **lists, "origin": origin})
