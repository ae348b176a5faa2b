"""Builds everything that is generated: assignments for nbgrader and for students, and the lectures' notebooks."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable
from pathlib import Path

from autograder.authoring import concepts, course, leaks, lectures, notebooks, release
from autograder.authoring.course import Assignment
from autograder.authoring.judging import judge_for
from autograder.authoring.outline import outline
from autograder.authoring.probes import write as write_probes
from autograder.authoring.proof import refuse_unproved
from autograder.errors import CourseError, UsageError, meant
from autograder.judge.judge import Judge

Step = Callable[[Assignment, Judge, Path], None]


def _source(assignment: Assignment, judge: Judge, root: Path) -> None:
    folder = root / "build" / "source" / assignment.name
    shutil.rmtree(folder, ignore_errors=True)
    notebooks.write(notebooks.source_notebook(assignment), folder / f"{assignment.name}.ipynb")


def _probes(assignment: Assignment, judge: Judge, root: Path) -> None:
    path = root / "build" / "source" / assignment.name / f"{assignment.name}.checks.json"
    write_probes(judge, path, outline(assignment, judge.reference))


def _prove(assignment: Assignment, judge: Judge, root: Path) -> None:
    refuse_unproved(assignment, judge)


def _release(assignment: Assignment, judge: Judge, root: Path) -> None:
    release.generate(assignment.name, root / "build" / "source", root / "build" / "release")


def _leaks(assignment: Assignment, judge: Judge, root: Path) -> None:
    folder = root / "build" / "release" / assignment.name
    release.refuse_leaks(assignment, judge, folder)
    leaks.refuse_in_release(assignment, _everyone(), folder)


def _publish(assignment: Assignment, judge: Judge, root: Path) -> None:
    target = root / "assignments" / assignment.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for path in sorted((root / "build" / "release" / assignment.name).iterdir()):
        shutil.copyfile(path, target / path.name)


def _everyone() -> list[Assignment]:
    return [course.load(name) for name in course.assignments()]


def _committed_probes(assignment: Assignment, judge: Judge, root: Path) -> None:
    name = f"{assignment.name}.checks.json"
    committed = course.ROOT / "assignments" / assignment.name / name
    if not committed.is_file():
        raise CourseError(f"{assignment.name} was never built: {committed} is not there. Run `make build`.")
    shutil.copyfile(committed, root / "build" / "source" / assignment.name / name)


STEPS: tuple[Step, ...] = (_source, _probes, _prove, _release, _leaks, _publish)
TO_HAND_OUT: tuple[Step, ...] = (_source, _committed_probes, _release)


def build_assignment(name: str, root: Path = course.ROOT) -> None:
    """Build one assignment: source, probes, release, leak test, and the copy that students take."""
    assignment = course.load(name)
    judge = judge_for(assignment)
    for step in STEPS:
        step(assignment, judge, root)


def lay_out(assignment: Assignment, judge: Judge, root: Path = course.ROOT) -> None:
    """Write source and release below `root` for nbgrader, with what was proved and committed: quick, and no proof."""
    for step in TO_HAND_OUT:
        step(assignment, judge, root)


def build_lecture(source: Path, root: Path = course.ROOT) -> Path:
    """Write the notebook of a lecture beside its source (below `root`), and return its path."""
    target = root / source.relative_to(course.ROOT).with_suffix(".ipynb")
    notebooks.write(lectures.for_readers(lectures.cells(source)), target)
    return target


def build_all(root: Path = course.ROOT) -> None:
    """Build all assignments, lectures and the course map below `root`; look for answers in all that students read."""
    for name in course.assignments():
        build_assignment(name, root)
    for source in course.lectures():
        build_lecture(source, root)
    concepts.write_map(root)
    leaks.refuse_elsewhere(_everyone(), root)


def build_one(name: str, root: Path = course.ROOT) -> None:
    """Build the assignment or the lecture of this name, and look for answers in what students read.

    Raises
    ------
    UsageError
        If there is neither.
    """
    sources = {source.stem: source for source in course.lectures()}
    if name in sources:
        build_lecture(sources[name], root)
    elif name in course.assignments():
        build_assignment(name, root)
    else:
        known = [*course.assignments(), *sources]
        raise UsageError(f"There is no assignment or lecture {name!r}. {meant(name, known)}")
    leaks.refuse_elsewhere(_everyone(), root)


def stale(fresh: Path, root: Path = course.ROOT) -> list[str]:
    """Return the generated files below `root` that differ from those built below `fresh`."""
    names = {
        path.relative_to(base).as_posix()
        for base in (fresh, root)
        for pattern in ("assignments/*/*", "lectures/*/*.ipynb", "docs/course-map.md")
        for path in base.glob(pattern)
        if path.is_file()
    }
    return sorted(name for name in names if not _same(fresh / name, root / name))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
