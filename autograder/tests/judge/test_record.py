"""Marks follow from the checks, and what only a person can decide earns and costs nothing before."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autograder.judge.record import CheckResult, ExerciseResult, Origin, Outcome, Record


def exercise(*outcomes: Outcome, points: float = 4.0) -> ExerciseResult:
    """Return an exercise whose checks weigh 1, 2, 3, ... in order."""
    checks = [CheckResult(f"test_{n}", "is so", n, outcome) for n, outcome in enumerate(outcomes, start=1)]
    return ExerciseResult("scale", points, tuple(checks))


RECORD = Record("a4", "ada", (exercise("passed", "failed"), exercise("passed", points=1.0)), "f00d", "none", 0.1, 90.0)


@pytest.mark.parametrize(
    ("outcomes", "score"),
    [
        (("passed", "passed"), 4.0),
        (("passed", "failed"), 1.33),
        (("failed", "skipped"), 0.0),
        (("passed", "error"), None),
        ((), 0.0),
    ],
)
def test_marks_of_an_exercise(outcomes: tuple[Outcome, ...], score: float | None) -> None:
    """Checks earn by weight, to a hundredth; a skipped one earns nothing, and an error holds the mark."""
    assert exercise(*outcomes).score == score
    assert exercise(*outcomes).held == (score is None)


def test_marks_of_a_submission() -> None:
    """Held exercises count nothing yet, and call for a person, as do repairs and lost workers."""
    assert RECORD.score == 2.33
    assert not RECORD.needs_person
    held = replace(RECORD, exercises=(*RECORD.exercises, exercise("error")))
    assert held.score == 2.33
    assert held.needs_person
    assert replace(RECORD, repairs=("A cell was put back.",)).needs_person
    assert replace(RECORD, lost_workers=("A call ran out of time.",)).needs_person


def test_a_record_survives_json() -> None:
    """What is stored is read back the same, staff's details and all."""
    check = CheckResult("test_1", "is so", 1, "failed", "no", "Think.", "adds", "Traceback")
    record = replace(RECORD, exercises=(ExerciseResult("scale", 1.0, (check,)),), notes=("Late.",))
    record = replace(record, reached_out=("open a socket",), origin=Origin("a", "b", "c", 0, "landlock", "2026-11-26"))
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record


def test_a_record_of_before_is_read() -> None:
    """A record that was stored before origins were kept has none."""
    data = RECORD.to_json()
    del data["origin"], data["reached_out"]
    assert Record.from_json(data) == RECORD


def test_what_is_decided_is_what_can_be_repeated() -> None:
    """Times, memory and hashes are no part of it; what students and staff read is."""
    again = replace(RECORD, seconds=9.0, peak_mb=1.0, fingerprint="b", origin=Origin("a", "b", "c", 0, "none", "now"))
    assert again.decided() == RECORD.decided()
    assert replace(RECORD, notes=("Late.",)).decided() != RECORD.decided()
    assert replace(RECORD, reached_out=("open a socket",)).decided() != RECORD.decided()
