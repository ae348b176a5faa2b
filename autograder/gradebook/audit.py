"""Why a mark is what it is, and whether it comes out the same again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.authoring import course
from autograder.authoring.course import Assignment
from autograder.errors import UsageError, meant
from autograder.gradebook.classroom import Submission, read
from autograder.gradebook.grading import RELEASE, Basis, basis, open_grader, released, sha256
from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import SIGNS, WORDS, CheckResult, ExerciseResult, Record

WIDTH = 100
_SHORT = 12  # digits of a hash that are shown


@dataclass(frozen=True)
class Explained:
    """The mark of one exercise: what was decided, what a person changed, and what is no longer as it was then."""

    record: Record
    exercise: ExerciseResult
    by_hand: float | None
    changed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        record = asdict(self.record)
        kept = ("assignment", "student", "origin", "isolation", "seconds", "repairs", "lost_workers", "notes")
        return {
            **{key: record[key] for key in (*kept, "reached_out")},
            **asdict(self.exercise),
            "score": self.exercise.score,
            "by_hand": self.by_hand,
            "changed_since": self.changed,
        }

    def text(self) -> str:
        """Say in plain words, on one screen, why the mark is what it is."""
        return "\n".join([*self._marks(), "", *self._checks(), "", *self._whole(), *self._origin()])

    def _marks(self) -> Iterator[str]:
        one, total = self.exercise, sum(check.weight for check in self.exercise.checks)
        earned = sum(check.weight for check in one.checks if check.outcome == "passed")
        yield f"{self.record.student}, {one.name} ({self.record.assignment}): {_of(one.score, one.points)}"
        if one.score is None:
            yield "A check of ours failed, so the mark is held for a person."
        else:
            yield f"Checks that weigh {earned:g} of {total:g} passed: {one.points:g} x {earned:g}/{total:g} marks."
        if self.by_hand is not None:
            yield f"A person gave {self.by_hand:g}, and that counts."

    def _checks(self) -> Iterator[str]:
        for check in self.exercise.checks:
            yield f"{SIGNS[check.outcome]} {WORDS[check.outcome]} ({check.weight:g}): {check.sentence}"
            for said in _reasons(check):
                yield textwrap.shorten(said, 2 * WIDTH, placeholder=" ...") if len(said) > 2 * WIDTH else said

    def _whole(self) -> Iterator[str]:
        """Yield what is to be said of the notebook as a whole."""
        record = self.record
        yield from dict.fromkeys([*record.repairs, *record.lost_workers, *record.notes])
        yield from (f"It reached out of the sandbox in vain: it tried to {deed}." for deed in record.reached_out)
        if record.late_seconds:
            yield f"It was handed in {record.late_seconds / 3600:.1f} hours late."

    def _origin(self) -> Iterator[str]:
        origin = self.record.origin
        if origin is None:
            yield f"What it was made from was not put down: run `autograder grade {self.record.assignment} --force`."
            return
        hashes = [f"{name} {getattr(origin, name)[:_SHORT]}" for name in ("submission", "suite", "engine")]
        yield f"Decided {origin.at} in {self.record.seconds:g} s at level {origin.level}, with seed {origin.seed}, from"
        yield f"{', '.join(hashes)}."
        yield _since(self.changed)


def _of(score: float | None, points: float) -> str:
    return f"{WORDS['error']}, of {points:g}" if score is None else f"{score:g} of {points:g} marks"


def _reasons(check: CheckResult) -> Iterator[str]:
    if check.message:
        yield f"    {check.message}"
    if check.hint:
        yield f"    Hint ({check.misconception.replace('_', ' ')}): {check.hint}"
    if check.detail:
        yield f"    {check.detail.strip().splitlines()[-1]}"


def _since(changed: tuple[str, ...]) -> str:
    return f"Since then the {' and the '.join(changed)} changed." if changed else "Nothing of it has changed since."


def explain(
    class_folder: Path, db_url: str, student: str, exercise: str, assignment: str | None, release: Path = RELEASE
) -> Explained:
    """Return why a student has the marks of an exercise.

    Raises
    ------
    UsageError
        If the exercise or the student's record is not there, or two assignments have such an exercise.
    """
    loaded = _assignment_with(exercise, assignment)
    record = _record(db_url, student, loaded.name)
    result = next((one for one in record.exercises if one.name == exercise), None)
    if result is None:  # graded before the exercise was there
        raise UsageError(f"{exercise} was not graded yet for {student}. Run `autograder grade {loaded.name}` first.")
    now = _submission(class_folder, student, loaded, release)
    return Explained(record, result, _by_hand(db_url, record, exercise), _changed(record, now, basis(loaded, release)))


@dataclass(frozen=True)
class Replayed:
    """What judging a kept submission again gave: the sentences that tell it from the record, none if it is the same."""

    record: Record
    differences: tuple[str, ...]
    changed: tuple[str, ...]
    level: str

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        found = {"same": not self.differences, "differences": self.differences, "changed_since": self.changed}
        return {"student": self.record.student, "assignment": self.record.assignment, **found, "level": self.level}

    def text(self) -> str:
        """Say whether it is the same, and what was not as it had been."""
        same = "different" if self.differences else "the same"
        lines = [f"{self.record.student}, {self.record.assignment}: {same}.", *self.differences]
        origin = self.record.origin
        lines += [_since(self.changed)] if self.changed else []
        if origin and origin.level != self.level:
            lines.append(f"It was judged at level {origin.level} then, and at level {self.level} now.")
        return "\n".join(lines)


def replay(
    class_folder: Path, db_url: str, student: str, exercise: str | None, assignment: str, release: Path = RELEASE
) -> Replayed:
    """Judge the kept submission of a student again, write nothing, and compare with the record.

    Raises
    ------
    UsageError
        If the submission, or its record, is not there.
    """
    loaded = course.load(assignment)
    record = _record(db_url, student, assignment)
    submission = _submission(class_folder, student, loaded, release)
    if submission is None:
        raise UsageError(
            f"The submission of {student} is no longer in {class_folder}/submitted/{student}/{assignment}."
        )
    with open_grader(loaded, release=release) as grader:
        again = grader.grade(submission.raw, student, submission.remarks).record
        level = grader.zygote.isolation.name
        changed = _changed(record, submission, grader.basis)
    return Replayed(record, tuple(_differences(record, again, exercise)), changed, level)


def meant_by(exercise: str | None, assignment: str | None, db_url: str, student: str) -> list[str]:
    """Return the assignments that are meant: the one that is named or has the exercise, or all that are graded.

    Raises
    ------
    UsageError
        If nothing is.
    """
    if exercise is not None:
        return [_assignment_with(exercise, assignment).name]
    if assignment is not None:
        return [assignment]
    with Records(db_url) as records:
        graded = [name for name in course.assignments() if records.load(name, student)]
    if not graded:
        raise UsageError(f"Nothing of {student!r} is graded yet. Is the name that of a folder in submitted/?")
    return graded


def _assignment_with(exercise: str, assignment: str | None) -> Assignment:
    names = [assignment] if assignment else course.assignments()
    loaded = [course.load(name) for name in names]
    found = [each for each in loaded if exercise in {cell.name for cell in each.exercises}]
    if not found:
        there = sorted({cell.name for each in loaded for cell in each.exercises})
        raise UsageError(
            f"There is no exercise {exercise!r}{f' in {assignment}' * bool(assignment)}. {meant(exercise, there)}"
        )
    if len(found) > 1:
        raise UsageError(
            f"{' and '.join(each.name for each in found)} have an exercise {exercise}. Name one: --assignment."
        )
    return found[0]


def _record(db_url: str, student: str, assignment: str) -> Record:
    with Records(db_url) as records:
        there = records.load_all(assignment)
    if student not in there:
        hint = meant(student, sorted(there)) if there else f"Run `autograder grade {assignment}` first."
        raise UsageError(f"No submission of {assignment} by {student} is graded. {hint}")
    return there[student]


def _submission(class_folder: Path, student: str, assignment: Assignment, release: Path) -> Submission | None:
    folder = class_folder / "submitted" / student / assignment.name
    return read(student, folder, released(assignment, release)) if folder.is_dir() else None


def _by_hand(db_url: str, record: Record, exercise: str) -> float | None:
    """Return the mark that a person gave in formgrader, if one did."""
    with open_gradebook(db_url) as gradebook:
        name = record.assignment
        score: float | None = gradebook.find_grade(f"check-{exercise}", name, name, record.student).manual_score
    return score


def _changed(record: Record, submission: Submission | None, now: Basis) -> tuple[str, ...]:
    """Return what of that which a record was made from is no longer as it was."""
    origin = record.origin
    if origin is None:
        return ()
    then = {"submission": origin.submission, "suite": origin.suite, "engine": origin.engine}
    found = {"submission": sha256(submission.raw) if submission else "", "suite": now.suite, "engine": now.engine}
    return tuple(name for name in then if then[name] != found[name])


def _differences(then: Record, now: Record, exercise: str | None) -> Iterator[str]:
    """Yield a sentence for each thing that was decided otherwise; of one exercise, if it is named."""
    news = {each.name: each for each in now.exercises}
    for old in then.exercises:
        if exercise not in (None, old.name):
            continue
        new = news.get(old.name)
        if new is None:
            yield f"{old.name} is no longer there."
        elif new != old:
            yield f"{old.name}: {_of(old.score, old.points)} then, {_of(new.score, new.points)} now."
            yield from _other_checks(old, new)
    if exercise is None:
        before, after = then.decided(), now.decided()
        yield from (
            f"The {key.replace('_', ' ')} differ." for key in before if key != "exercises" and before[key] != after[key]
        )


def _other_checks(old: ExerciseResult, new: ExerciseResult) -> Iterator[str]:
    now = {check.name: check for check in new.checks}
    for check in old.checks:
        other = now.get(check.name)
        if other != check:
            yield f"    {check.sentence}: {WORDS[check.outcome]} then, {WORDS[other.outcome] if other else 'gone'} now."
