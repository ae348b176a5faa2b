"""The class report: what the class earned, what it got wrong and why, and who needs a person."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.errors import UsageError
from autograder.judge.record import WORDS, CheckResult, ExerciseResult, Record
from autograder.reports.page import render


def summarize(records: Sequence[Record]) -> dict[str, Any]:
    """Return the report of a class as JSON-able data.

    Raises
    ------
    UsageError
        If there is no record: nothing was graded yet.
    """
    if not records:
        raise UsageError("There is nothing to report: no submission has been graded yet. Run `autograder grade` first.")
    ordered = sorted(records, key=lambda record: record.student)
    marks = [record.score for record in ordered]
    return {
        "assignment": ordered[0].assignment,
        "submissions": len(ordered),
        "points": sum(exercise.points for exercise in ordered[0].exercises),
        "marks": {
            "mean": round(statistics.fmean(marks), 2),
            "median": round(statistics.median(marks), 2),
            "lowest": min(marks),
            "highest": max(marks),
        },
        "distribution": _distribution(ordered),
        "exercises": [_exercise(ordered, index) for index in range(len(ordered[0].exercises))],
        "misconceptions": _misconceptions(ordered),
        "needs_person": [_reasons(record) for record in ordered if record.needs_person],
        "reached_out": [
            {"student": record.student, "reasons": [f"It tried to {deed}." for deed in record.reached_out]}
            for record in ordered
            if record.reached_out
        ],
        "late": [record.student for record in ordered if record.late_seconds > 0],
        "isolation": dict(Counter(record.isolation for record in ordered)),
        "seconds": round(sum(record.seconds for record in ordered), 2),
        "students": [_student(record) for record in ordered],
    }


def write(records: Sequence[Record], folder: Path) -> Path:
    """Write ``<assignment>.html`` and ``<assignment>.json`` into `folder`; return the path of the page."""
    summary = summarize(records)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{summary['assignment']}.html"
    page.write_text(render("class_report.html.j2", report=summary, words=WORDS), encoding="utf-8")
    page.with_suffix(".json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return page


def _distribution(records: Sequence[Record]) -> list[dict[str, int]]:
    """Count the submissions per whole mark, rounded down; full marks have a bar of their own."""
    full = int(sum(exercise.points for exercise in records[0].exercises))
    counts = Counter(int(record.score) for record in records)
    return [{"mark": mark, "count": counts[mark]} for mark in range(full + 1)]


def _exercise(records: Sequence[Record], index: int) -> dict[str, Any]:
    results = [record.exercises[index] for record in records]
    scores = [result.score for result in results if result.score is not None]
    return {
        "name": results[0].name,
        "points": results[0].points,
        "mean": round(statistics.fmean(scores), 2) if scores else None,
        "held": sum(result.held for result in results),
        "checks": [_check(results, check) for check in results[0].checks],
    }


def _check(results: Sequence[ExerciseResult], check: CheckResult) -> dict[str, Any]:
    outcomes = Counter(one.outcome for result in results for one in result.checks if one.name == check.name)
    return {
        "name": check.name,
        "sentence": check.sentence,
        "failed": outcomes["failed"],
        "skipped": outcomes["skipped"],
        "undecided": outcomes["error"],
        "failure_rate": round(outcomes["failed"] / len(results), 3),
    }


def _misconceptions(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Rank the recognised misconceptions by how many students show them."""
    students: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for record in records:
        for exercise in record.exercises:
            for check in exercise.checks:
                if check.misconception:
                    students[exercise.name, check.misconception, check.hint].add(record.student)
    ranked = sorted(students.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "exercise": exercise,
            "misconception": name,
            "hint": hint,
            "count": len(who),
            "share": round(len(who) / len(records), 3),
            "students": sorted(who),
        }
        for (exercise, name, hint), who in ranked
    ]


def _reasons(record: Record) -> dict[str, Any]:
    held = [f"The mark of {one.name} is held: {_fault(one)}" for one in record.exercises if one.held]
    lost = [f"{said} ({count} times)" if count > 1 else said for said, count in Counter(record.lost_workers).items()]
    return {"student": record.student, "reasons": [*held, *record.repairs, *lost]}


def _fault(exercise: ExerciseResult) -> str:
    check = next(check for check in exercise.checks if check.outcome == "error")
    return f"{check.name} could not be decided ({check.message})"


def _student(record: Record) -> dict[str, Any]:
    return {
        "student": record.student,
        "score": record.score,
        "exercises": {exercise.name: exercise.score for exercise in record.exercises},
        "late_hours": round(record.late_seconds / 3600, 1),
        "seconds": round(record.seconds, 3),
        "peak_mb": round(record.peak_mb, 1),
        "isolation": record.isolation,
        "needs_person": record.needs_person,
    }
