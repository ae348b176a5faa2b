"""The main job on the bundled sample class: hand in, grade, report, and compare with the marks that are known."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from autograder.authoring import build, course
from autograder.authoring.course import Assignment
from autograder.authoring.judging import judge_for
from autograder.errors import CourseError
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.grading import RELEASE
from autograder.gradebook.records import Records, open_gradebook
from autograder.judge.record import Record
from autograder.reports import class_report, feedback
from autograder.sample import students
from autograder.sample.known import Marks, judged_marks, known_marks
from autograder.sample.students import NAME, HandedIn

FOLDER = course.ROOT / "build" / "sample"
STOCK = course.ROOT / "build" / "sample-nbgrader"
BY_NBGRADER = ("correct_1", "mistakes_1", "duplicated_cell", "tagged_cells")


def run(console: Console, *, whole: bool = False) -> bool:
    """Do everything for A4, and for a class of every other assignment; return whether all marks are known.

    The other classes are small, unless they are to be `whole`.
    """
    others = [name for name in course.assignments() if name != NAME]
    good = [grade_sample(course.load(name), console, whole=whole) for name in (NAME, *others)]
    return all(good)


def folder_of(name: str) -> Path:
    """Return the folder of the sample class of an assignment."""
    return FOLDER if name == NAME else FOLDER.with_name(f"{FOLDER.name}-{name}")


def grade_sample(assignment: Assignment, console: Console, *, whole: bool = False) -> bool:
    """Hand in, grade and report; print a table and where to look; return whether every mark is the known one."""
    handed_in, folder = hand_in(assignment, console, whole=whole), folder_of(assignment.name)
    beyond = whole and assignment.name != NAME  # marks that are written down are those of the usual class
    known = judged_marks(assignment, whole=True) if beyond else known_marks(assignment.name)
    database = f"sqlite:///{folder}/gradebook.db"
    _prepare(assignment.name, database)
    summary = grade_class(assignment, folder, database)
    console.print(summary.sentence())
    with Records(database) as records:
        found = records.load_all(assignment.name)
    stock = grade_with_nbgrader(assignment, handed_in, console) if assignment.name == NAME else {}
    written = feedback.write_class(assignment.name, folder, database)
    page = class_report.write(list(found.values()), folder / "reports")
    wrong = _print_table(console, assignment.name, handed_in, found, stock, known)
    console.print(f"\nClass report   {page}")
    console.print(f"Feedback       {written.sentence()}", markup=False)
    console.print(f"Gradebook      {folder / 'gradebook.db'} (nbgrader's own)")
    nbgrader = f", {len(stock)} by nbgrader too" if stock else ""
    if wrong:
        console.print(f"[bold red]{len(wrong)} marks are not the known ones:[/] {', '.join(wrong)}")
    else:
        console.print(f"[bold green]All {len(found)} marks are the known ones[/]{nbgrader}.")
    return not wrong and not summary.stopped and not written.failed


def hand_in(assignment: Assignment, console: Console, *, whole: bool = False) -> list[HandedIn]:
    """Lay out the assignment, and write the submissions of its class where nbgrader looks for them.

    A class of other students is cleared away before: nbgrader refuses to mix them.
    """
    judge = judge_for(assignment)
    with console.status("Laying out the assignment ..."):
        build.lay_out(assignment, judge)
    released, folder = assignment.notebook_in(RELEASE), folder_of(assignment.name)
    made = list(students.submissions(assignment, judge, released.parent, whole=whole))
    names = " ".join(submission.student for submission in made)
    basis = hashlib.sha256(released.read_bytes() + names.encode()).hexdigest()
    stamp = folder / "made_from"
    if not stamp.is_file() or stamp.read_text() != basis:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stamp.write_text(basis)
    for submission in made:
        submission.write(folder / "submitted", assignment.checks_in(RELEASE))
    return made


def grade_with_nbgrader(assignment: Assignment, handed_in: list[HandedIn], console: Console) -> dict[str, float]:
    """Let the stock command grade a few submissions into a gradebook of their own; return their marks."""
    shutil.rmtree(STOCK, ignore_errors=True)
    for submission in handed_in:
        if submission.student in BY_NBGRADER:
            submission.write(STOCK / "submitted", assignment.checks_in(RELEASE))
    database = f"sqlite:///{STOCK}/gradebook.db"
    _prepare(assignment.name, database)
    environment = {**os.environ, "ZEROMEAN_CLASS": str(STOCK.relative_to(course.ROOT)), "ZEROMEAN_DB": database}
    nbgrader = [sys.executable, "-m", "nbgrader"]
    with console.status("Grading a few with stock nbgrader ..."):
        for step in (["generate_assignment", assignment.name, "--force"], ["autograde", assignment.name]):
            _run([*nbgrader, *step], environment)
    with open_gradebook(database) as gradebook:
        return {s.student.id: round(s.score, 2) for s in gradebook.assignment_submissions(assignment.name)}


def _prepare(name: str, database: str) -> None:
    with open_gradebook(database) as gradebook:
        gradebook.update_or_create_assignment(name, duedate=students.DUE.replace(tzinfo=None))


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=course.ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise CourseError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")


def _print_table(
    console: Console,
    name: str,
    handed_in: list[HandedIn],
    found: Mapping[str, Record],
    stock: Mapping[str, float],
    known: Marks,
) -> list[str]:
    """Print a line a student; return those whose marks are not the known ones."""
    about = Column("what is in it", no_wrap=True, overflow="ellipsis", ratio=1)
    numbers = [Column(what, justify="right") for what in ("known", "graded", "nbgrader")]
    table = Table("student", about, *numbers, "", title=f"Sample class of {name}", expand=True)
    wrong = []
    for submission in handed_in:
        student, record = submission.student, found.get(submission.student)
        marks = {exercise.name: exercise.score for exercise in record.exercises} if record else {}
        right = marks == known.get(student) and stock.get(student, record and record.score) == (record and record.score)
        if not right:
            wrong.append(student)
        table.add_row(
            student,
            submission.about.splitlines()[0],
            f"{sum(known.get(student, {}).values()):g}",
            f"{record.score:g}" if record else "none",
            f"{stock[student]:g}" if student in stock else "",
            "[green]✓[/]" if right else "[red]✗[/]",
        )
    console.print(table)
    return wrong
