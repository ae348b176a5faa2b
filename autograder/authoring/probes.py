"""Records the visible checks of an assignment as data, so that ``check(f)`` needs no code of ours.

Each visible check is run once with the reference through a student that remembers every call. What is shipped are
inputs, results and fingerprints of misconceptions; a check's own comparisons become "equal to the reference".
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from zeromean.checking import probes
from zeromean.checking.encoding import DataError
from zeromean.checking.fingerprints import difference_of_prints, fingerprint, raised_print
from zeromean.checking.probes import FORMAT

from autograder.authoring.attention import looked_at
from autograder.authoring.recording import Recorded, Recorder, whole
from autograder.judge.collect import Suite, SuiteCheck
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.reference import SuiteError, exchanged, observe
from autograder.judge.student import Student
from autograder.suite.expectations import CheckFailed


def record(judge: Judge) -> dict[str, Any]:
    """Return the visible checks of all exercises as JSON data, the same at every build.

    SuiteError names a visible check that data cannot express.
    """
    return {"format": FORMAT, "exercises": [_exercise(judge, suite) for suite in judge.suites]}


def write(judge: Judge, path: Path, outline: dict[str, Any] | None = None) -> None:
    """Write `record` to a file, with the outline of the notebook that it lies beside."""
    data = record(judge) | ({"outline": outline} if outline else {})
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _exercise(judge: Judge, suite: Suite) -> dict[str, Any]:
    visible = [check for check in suite.checks if check.mark.visible]
    runs = [_run(judge, check) for check in visible]
    names = [check.name for check in visible]
    checks = [
        probes.Check(
            check.sentence,
            check.mark.weight,
            tuple(recorded.step for recorded in run),
            names.index(check.mark.after) if check.mark.after in names else None,
        )
        for check, run in zip(visible, runs, strict=True)
    ]
    functions = {
        name: [_parameter(p) for p in inspect.signature(judge.reference.function(name)).parameters.values()]
        for name in suite.functions
    }
    mistakes = _mistakes(judge, suite, runs)
    return {
        "name": suite.exercise,
        "functions": functions,
        "checks": [asdict(check) for check in checks],
        "mistakes": mistakes,
    }


def _run(judge: Judge, check: SuiteCheck) -> list[Recorded]:
    """Run one visible check with the reference; return its steps, and at what in each of them it looks."""
    recorder = Recorder(judge.reference)

    def run_with(student: Student) -> None:
        with undisturbed():
            check.function(**fixtures(check.name, check.fixtures, student, judge.reference, 0))

    try:
        run_with(recorder)
    except CheckFailed as failure:
        raise SuiteError(f"{check.name} fails with the reference: {failure} Mend the check.") from failure
    except DataError as error:
        raise SuiteError(
            f"{check.name} is visible, but data cannot express it: {error}. Give the student's functions arrays, "
            "numbers, strings, and tuples, lists or dicts of these, or take visible=True away."
        ) from error
    run = [
        replace(recorded, step=looked_at(run_with, judge.reference, position, recorded.step))
        for position, recorded in enumerate(recorder.recorded)
    ]
    if not any(r.step.raises or r.step.left or (r.step.parts and not r.step.only_prepares) for r in run):
        raise SuiteError(
            f"{check.name} is visible, but passes whatever the student's functions return. Compare what they return "
            "with the reference, or take visible=True away."
        )
    return run


def _mistakes(judge: Judge, suite: Suite, runs: Sequence[Sequence[Recorded]]) -> list[dict[str, Any]]:
    """Return the hint and the fingerprints of every misconception that shows on the visible calls."""
    found = []
    for misconception in filter(lambda one: one.shows, suite.misconceptions):
        namespace = exchanged(judge.reference.namespace, misconception.functions)
        prints = [
            [check, step, _print(namespace, run[step])]
            for check, run in enumerate(runs)
            for step in _relevant(run, set(misconception.functions))
        ]
        if any(shown is not None for _, _, shown in prints):
            found.append({"hint": misconception.hint, "prints": prints})
    return found


def _relevant(run: Sequence[Recorded], functions: set[str]) -> list[int]:
    """Return the steps by which a misconception is recognised, as the judge chooses them."""
    calls = [i for i, recorded in enumerate(run) if not recorded.step.only_prepares]
    return [i for i in calls if run[i].step.function in functions] or calls


def _print(namespace: dict[str, Any], recorded: Recorded) -> Any:
    """Return the fingerprint of a call made with a misconception, or None where it does what is right."""
    step, call = recorded.step, recorded.call
    function = namespace[step.function]
    with undisturbed():
        effect = observe(function, step.function, call.args, call.kwargs)
    if effect.raised:
        shown = raised_print(effect.raised[0], effect.said)
    else:
        left = dict(zip(step.inputs, [*effect.args, *effect.kwargs.values()], strict=True))
        shown = fingerprint(step.seen(whole(effect)[0], left))
    return difference_of_prints(shown, step.right_print())


def _parameter(parameter: inspect.Parameter) -> str:
    return str(parameter.replace(annotation=inspect.Parameter.empty))
