"""The command line: one small function a command; what a command does lives in the rooms below.

A command imports its rooms when it runs, so that `--help` needs none of them.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.errors import CourseError, UsageError, refuse_elsewhere, trouble_with_the_disk

if TYPE_CHECKING:
    from rich.console import Console

LEVELS = ("bubblewrap", "landlock", "seccomp", "none")  # autograder.sandbox.isolation says what each keeps away


class Refusal(click.ClickException):
    """What is printed instead of a traceback, and the exit code."""

    def __init__(self, error: Exception, code: int) -> None:
        super().__init__(str(error))
        self.exit_code = code  # type: ignore[misc]  # click declares it for the class, and reads it from the instance


class Door(click.Group):
    """The one way out: an error of ours ends a command with its sentence, 2 for wrong use, 1 for what failed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        gc.set_threshold(50_000)  # loading libraries makes many objects, and no garbage
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Refusal(CourseError("Stopped by Ctrl-C. Run the same command again to go on."), 1) from error
        except Exception as error:
            told = trouble_with_the_disk(error) or error
            code = _exit_code(told)
            if code:
                raise Refusal(told, code) from error
            raise
        finally:
            gc.freeze()  # what is loaded ends with the process; to take it apart at the exit takes half a second


def _exit_code(error: Exception) -> int:
    """Return the exit code of an error that tells a person what to do, or 0: a bug keeps its traceback."""
    if isinstance(error, CourseError):
        return error.exit_code
    from autograder.sandbox.isolation import SandboxError  # which knows nothing of ours, and is for Linux only

    return int(isinstance(error, SandboxError))


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build the Zero Mean course, and grade it."""


@main.command()
@click.argument("names", nargs=-1)
@click.option("--check", is_flag=True, help="Change nothing; fail if a generated file is not what its source makes.")
def build(names: tuple[str, ...], check: bool) -> None:
    """Build assignments and lectures from their sources: all of them, or those that are named."""
    from autograder.authoring import build as building
    from autograder.authoring import course
    from autograder.sample import known

    if names and check:
        raise UsageError("--check looks at everything that is generated. Leave the names out.")
    for name in names:
        building.build_one(name, course.ROOT)
        click.echo(f"Built {name}.")
    if names:
        return
    if not check:
        building.build_all(course.ROOT)
        known.write_all()
        click.echo(f"Built {', '.join(course.assignments())} and {len(course.lectures())} lectures.")
        return
    with tempfile.TemporaryDirectory() as fresh:
        building.build_all(Path(fresh))
        stale = building.stale(Path(fresh), course.ROOT) + known.stale()
    for name in stale:
        click.echo(f"{name} is not what its source makes. Run `make build` and commit it.", err=True)
    sys.exit(bool(stale))


@main.command()
@click.argument("assignment", required=False)
@click.argument("exercise", required=False)
@click.option("--diagnosis", is_flag=True, help="Hand in wrong programs, and measure who notices and names what.")
@click.option("--seeds", type=click.IntRange(1), help="Try right programs with so many random numbers instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as data.")
def suites(assignment: str | None, exercise: str | None, diagnosis: bool, seeds: int | None, as_json: bool) -> None:
    """Print which check catches which misconception, and what the proof of each suite found."""
    from autograder.authoring import course
    from autograder.authoring.proof import prove

    if diagnosis and seeds:
        raise UsageError("--diagnosis and --seeds are two questions. Ask them one after the other.")
    names = [assignment] if assignment else course.assignments()
    if diagnosis:
        _diagnosis(names, exercise, as_json)
    if seeds:
        _luck(names, exercise, seeds, as_json)
    proofs = [proof for name in names for proof in prove(course.load(name), exercise)]
    if as_json:
        click.echo(json.dumps({"exercises": {proof.exercise: proof.to_json() for proof in proofs}}, indent=1))
    else:
        for proof in proofs:
            proof.print(_console())
    sys.exit(any(proof.faults for proof in proofs))


def _luck(assignments: list[str], exercise: str | None, seeds: int, as_json: bool) -> None:
    """Print which right programs are a matter of luck, and end the command: 1 if any is."""
    from autograder.authoring import course
    from autograder.authoring.judging import judge_for
    from autograder.authoring.proof import exercises_called
    from autograder.judge.mutation import matters_of_luck

    found = {}
    for assignment in map(course.load, assignments):
        judge, asked = judge_for(assignment), exercises_called(assignment, exercise)
        for suite in (suite for suite in judge.suites if suite.exercise in asked):
            found[suite.exercise] = matters_of_luck(judge, suite, seeds=range(seeds))
            right = f"{len(suite.variants) + 1} right programs pass with {seeds} seeds."
            for line in [] if as_json else found[suite.exercise] or [right]:
                click.echo(f"{suite.exercise}: {line}")
    if as_json:
        click.echo(json.dumps({"seeds": seeds, "exercises": found}, indent=1))
    sys.exit(any(found.values()))


def _diagnosis(assignments: list[str], exercise: str | None, as_json: bool) -> None:
    """Print how well suites diagnose, and end the command: 1 if a wrong program earns full marks."""
    from autograder.authoring import course, diagnosis
    from autograder.authoring.proof import Prover, exercises_called

    provers = [Prover(course.load(name)) for name in assignments]
    measured = [
        one for prover in provers for one in diagnosis.measure(prover, exercises_called(prover.assignment, exercise))
    ]
    if as_json:
        click.echo(json.dumps(diagnosis.to_json(measured), indent=1))
    else:
        diagnosis.show(measured, _console())
    sys.exit(any(one.survivors for one in measured))


@main.command()
@click.argument("assignment")
@click.option("--jobs", type=click.IntRange(1), help="Processes; as many as are worth it, otherwise.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler whose workers grade, as tcp://host:8786.")
@click.option("--student", "students", multiple=True, help="Only this student; may be given several times.")
@click.option("--force", is_flag=True, help="Grade again what has not changed, too.")
@click.option("--isolation", type=click.Choice(LEVELS), help="Ask for one level; `none` is NOT ISOLATED.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as data, without a progress bar.")
def grade(
    assignment: str,
    jobs: int | None,
    scheduler: str | None,
    students: tuple[str, ...],
    force: bool,
    isolation: str | None,
    as_json: bool,
) -> None:
    """Grade a whole class into the nbgrader gradebook; only what changed, and from where it stopped."""
    refuse_elsewhere()
    from autograder.authoring import course
    from autograder.gradebook.bulk import grade_class
    from autograder.gradebook.classroom import misnamed

    if jobs and scheduler:
        raise UsageError(
            "--jobs counts processes here, and the workers of --scheduler are elsewhere. Give one of them."
        )
    folder, database = _class(assignment)
    summary = grade_class(
        course.load(assignment),
        folder,
        database,
        jobs=jobs,
        students=students,
        force=force,
        progress=not as_json,
        isolation=isolation,
        release=course.ROOT / "build" / "release",
        scheduler=scheduler,
    )
    for sentence in misnamed(folder, assignment, students):
        click.echo(sentence, err=True)
    click.echo(json.dumps(summary.to_json(), indent=1) if as_json else summary.sentence())
    sys.exit(bool(summary.stopped))


@main.command()
@click.argument("assignment")
def feedback(assignment: str) -> None:
    """Write the feedback page of every graded submission."""
    from autograder.reports.feedback import write_class

    folder, database = _class(assignment, graded=True)
    written = write_class(assignment, folder, database)
    if not (written.pages or written.failed):
        raise UsageError(f"No submission of {assignment} is graded yet. Run `autograder grade {assignment}` first.")
    click.echo(written.sentence())
    sys.exit(bool(written.failed))


@main.command()
@click.argument("assignment")
def report(assignment: str) -> None:
    """Write the class report: marks, failure rates, misconceptions, who needs a person."""
    from autograder.gradebook.records import Records
    from autograder.reports import class_report

    folder, database = _class(assignment, graded=True)
    with Records(database) as records:
        page = class_report.write(list(records.load_all(assignment).values()), folder / "reports")
    click.echo(f"Open {page}")


_ASSIGNMENT = click.option("--assignment", help="The assignment, where two have an exercise of that name.")


@main.command()
@click.argument("student")
@click.argument("exercise")
@_ASSIGNMENT
@click.option("--json", "as_json", is_flag=True, help="Print the same as data.")
def explain(student: str, exercise: str, assignment: str | None, as_json: bool) -> None:
    """Say why a student has the marks of an exercise: each check, what was odd, and what it was decided from."""
    from autograder.authoring import course
    from autograder.gradebook import audit

    release = course.ROOT / "build" / "release"
    found = audit.explain(*_class(assignment, graded=True), student, exercise, assignment, release)
    click.echo(json.dumps(found.to_json(), indent=1) if as_json else found.text())


@main.command()
@click.argument("student")
@click.argument("exercise", required=False)
@_ASSIGNMENT
@click.option("--json", "as_json", is_flag=True, help="Print the same as data.")
def replay(student: str, exercise: str | None, assignment: str | None, as_json: bool) -> None:
    """Judge what a student handed in again, and say whether the outcome is the same; nothing is written."""
    refuse_elsewhere()
    from autograder.authoring import course
    from autograder.gradebook import audit

    folder, database = _class(assignment, graded=True)
    release = course.ROOT / "build" / "release"
    names = audit.meant_by(exercise, assignment, database, student)
    found = [audit.replay(folder, database, student, exercise, name, release) for name in names]
    same = not any(one.differences for one in found)
    told = json.dumps({"same": same, "replays": [one.to_json() for one in found]}, indent=1)
    click.echo(told if as_json else "\n".join(one.text() for one in found))
    sys.exit(not same)


@main.command()
@click.option("--all", "whole", is_flag=True, help="Whole classes, every wrong program in them, of all assignments.")
def sample(whole: bool) -> None:
    """Grade the bundled sample classes, that of A4 and small ones, and compare with the marks that are known."""
    refuse_elsewhere()
    from autograder.sample import run as sampling

    sys.exit(not sampling.run(_console(), whole=whole))


@main.command()
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Interleaved rounds.")
@click.option("--load", type=click.IntRange(1), help="Grade a class of so many instead, and watch the memory.")
@click.option("--cluster", is_flag=True, help="Grade a minute's class here and on a Dask cluster instead.")
@click.option("--json", "as_json", is_flag=True, help="Print what was measured as data.")
def bench(rounds: int, load: int | None, cluster: bool, as_json: bool) -> None:
    """Compare stock nbgrader, nbgrader with our steps, `grade`, and bare exec, side by side."""
    refuse_elsewhere()
    from autograder.sample import bench as benching

    if load and cluster:
        raise UsageError("--load and --cluster measure two things. Give one of them.")
    if load:
        _load(load, as_json)
    if cluster:
        _spread(rounds, as_json)
        return
    figures = benching.run(rounds, _console(stderr=True))
    if as_json:
        click.echo(json.dumps(figures))
    else:
        benching.show(figures, _console())


def _spread(rounds: int, as_json: bool) -> None:
    from autograder.sample import spread

    found = spread.run(rounds, _console(stderr=True))
    click.echo(json.dumps(found.to_json()) if as_json else found.sentence())


def _load(count: int, as_json: bool) -> None:
    """Grade a class of `count`, and end the command: 1 if some were not graded, or memory grew."""
    from autograder.sample import load

    found = load.run(count)
    if as_json:
        click.echo(json.dumps(found.to_json()))
    else:
        found.show(_console())
    sys.exit(not (found.flat and found.graded == found.submissions))


@main.command()
@click.option("--slides", is_flag=True, help="Slides instead of pages; needs npm once, for reveal.js.")
def site(slides: bool) -> None:
    """Write the course as pages with a start page, or its lectures as slides: demos alive, and no network."""
    from autograder.authoring import course
    from autograder.reports import site as sites

    folder = course.ROOT / "build" / "site"
    if not slides:
        click.echo(f"Open {sites.write_site(folder).as_uri()}")
    for source in course.lectures() if slides else ():
        click.echo(f"Open {sites.write_slides(source, folder).as_uri()}")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def demos(options: tuple[str, ...]) -> None:
    """Serve the demos as an app with a gallery in front; OPTIONS are those of Voilà, such as --port=9000."""
    from autograder.authoring import course
    from autograder.reports import app

    app.serve(course.ROOT / "build" / "demos", options)


@main.command()
def pictures() -> None:
    """Take the pictures of the demos again, in Chromium, after a demo has changed."""
    from autograder.reports.pictures import take_all

    click.echo(f"Took {len(take_all())} pictures.")


@main.command()
def handout() -> None:
    """Write one archive for students: assignments, pages, the package, and how to start on any system."""
    from autograder.authoring import course
    from autograder.reports.handout import write

    click.echo(f"Hand out {write(course.ROOT / 'build')}")


def _class(assignment: str | None, *, graded: bool = False) -> tuple[Path, str]:
    """Return the folder of the class and its database, as nbgrader_config.py has them, both seen to be there."""
    from autograder.authoring import course
    from autograder.gradebook.database import checked

    if assignment is None:
        assignment = "<assignment>"
    else:
        course.refuse_unknown(assignment)
    folder = course.ROOT / os.environ.get("ZEROMEAN_CLASS", "class")
    if not folder.is_dir():
        raise UsageError(
            f"There is no class folder {folder}. Put submissions into {folder}/submitted/<student>/{assignment}/, "
            "or name another folder in ZEROMEAN_CLASS."
        )
    database = os.environ.get("ZEROMEAN_DB", f"sqlite:///{folder}/gradebook.db")
    return folder, checked(database, graded=assignment if graded else "")


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr)


if __name__ == "__main__":
    main()
