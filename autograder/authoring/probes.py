"""Records the visible checks of an assignment as data, so that ``check(f)`` needs no code of ours.

Each visible check is run once with the reference through a student that remembers every call and every question. What
is shipped are inputs, what is asked of what comes back, and fingerprints of misconceptions. The numbers are drawn for
this alone; whoever is graded meets others. That `check(f)` and the grade decide alike is proved (`judge/agreement.py`).
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from zeromean.checking.encoding import DataError
from zeromean.checking.fingerprints import difference_of_prints
from zeromean.checking.probes import FORMAT, Look, Mistake, Probe, VisibleCheck, VisibleExercise
from zeromean.checking.replay import Replay

from autograder.authoring.attention import needed
from autograder.authoring.recording import Recorder, varies
from autograder.authoring.running import GRADES, SEED, runner
from autograder.authoring.warned import warnings_of
from autograder.judge.collect import Suite, SuiteCheck
from autograder.judge.judge import Judge, undisturbed
from autograder.judge.reference import SuiteError, exchanged
from autograder.suite.expectations import CheckFailed
from autograder.suite.listening import listening

_A_LINE_EACH = ("exercises", "checks", "warnings", "calls", "looks", "rights", "mistakes", "prints")


def record(judge: Judge) -> dict[str, Any]:
    """Return the visible checks of all exercises as JSON data, the same at every build.

    SuiteError names a visible check that data cannot express.
    """
    return {"format": FORMAT, "exercises": [_as_data(exercise_of(judge, suite)) for suite in judge.suites]}


def write(judge: Judge, path: Path, outline: dict[str, Any] | None = None) -> None:
    """Write `record` to a file, with the outline of the notebook that it lies beside."""
    data = record(judge) | ({"outline": outline} if outline else {})
    path.write_text("".join(_lines(data)) + "\n", encoding="utf-8")


def exercise_of(judge: Judge, suite: Suite) -> VisibleExercise:
    """Record the visible checks of one exercise, and what each of its misconceptions does in them."""
    visible = [check for check in suite.checks if check.mark.visible]
    names = [check.name for check in visible]
    checks = []
    for check in visible:
        probes, looks = _recorded(judge, check)
        after = names.index(check.mark.after) if check.mark.after in names else None
        checks.append(VisibleCheck(check.sentence, check.mark.weight, tuple(probes), tuple(looks), after))
    functions = {
        name: [_parameter(p) for p in inspect.signature(judge.reference.function(name)).parameters.values()]
        for name in suite.functions
    }
    exercise = _with_rights(judge, VisibleExercise(suite.exercise, functions, tuple(checks)), names)
    warnings = tuple(warning for _, warning in warnings_of(judge, suite))
    return replace(exercise, mistakes=tuple(_mistakes(judge, suite, exercise)), warnings=warnings)


def _as_data(exercise: VisibleExercise) -> dict[str, Any]:
    data = asdict(replace(exercise, mistakes=()))
    for check in (*data["checks"], *data["warnings"]):
        for look in check["looks"]:
            look["pieces"] = [list(piece.values())[: 4 if piece["given"] else 3] for piece in look["pieces"]]
    mistakes = [
        {"hint": m.hint, "prints": [[*call, shown] for call, shown in m.prints.items()]} for m in exercise.mistakes
    ]
    return {**data, "mistakes": mistakes}


def _recorded(judge: Judge, check: SuiteCheck) -> tuple[list[Probe], list[Look]]:
    """Run one visible check with the reference; return its calls, and all that it asks about them."""
    recorder, other = Recorder(judge.reference), Recorder(judge.reference)
    run = runner(judge, check, SEED)
    try:
        with listening(recorder.hear):
            run(recorder)
        with listening(other.hear):
            runner(judge, check, GRADES)(other)
    except CheckFailed as failure:
        raise SuiteError(f"{check.name} fails with the reference: {failure} Mend the check.") from failure
    except DataError as error:
        raise SuiteError(
            f"{check.name} is visible, but data cannot express it: {error}. Or take visible=True away."
        ) from error
    looks = [*needed(run, judge.reference, recorder.probes, recorder.looks), *recorder.looks]
    if not looks and not any(probe.raises for probe in recorder.probes):
        raise SuiteError(
            f"{check.name} is visible, but passes whatever the student's functions return. Compare what they return "
            "with the reference, or take visible=True away."
        )
    _refuse_same_numbers(check, recorder.probes, other.probes, looks)
    return recorder.probes, sorted(looks, key=lambda look: look.when)


def _refuse_same_numbers(check: SuiteCheck, mine: list[Probe], grades: list[Probe], looks: list[Look]) -> None:
    """Refuse a check whose inputs are always the same: its answers would be in the students' hands."""
    if [probe.function for probe in mine] != [probe.function for probe in grades]:
        raise SuiteError(f"{check.name} is visible, but calls other functions with other random numbers. Mend that.")
    differs = varies(mine, grades)
    asked = {piece.call for look in looks for piece in look.pieces} | {i for i, p in enumerate(mine) if p.raises}
    for call in sorted(asked):
        if not differs(call):
            raise SuiteError(
                f"{check.name} is visible, but calls `{mine[call].function}` with the same values in every run: what "
                "is shipped would hold the answer to what is graded. Ask for `rng` and draw them."
            )


def _with_rights(judge: Judge, exercise: VisibleExercise, names: Sequence[str]) -> VisibleExercise:
    """Add what the reference's calls look like; it passes what was recorded from it, or a name is told."""
    replay = Replay(exercise, judge.namespace)
    for name, outcome in zip(names, replay.outcomes(), strict=True):
        if outcome.state != "passed":
            raise SuiteError(f"{name} is visible, but as data it refuses the reference: {outcome.message} Mend it.")
    checks = [
        replace(check, rights=tuple(replay.prints.get((number, call)) for call in range(len(check.calls))))
        for number, check in enumerate(exercise.checks)
    ]
    return replace(exercise, checks=tuple(checks))


def _mistakes(judge: Judge, suite: Suite, exercise: VisibleExercise) -> Iterator[Mistake]:
    """Yield the hint and the fingerprints of every misconception that shows on the visible calls."""
    for replacement in filter(lambda one: one.shows, suite.misconceptions):
        namespace = exchanged(judge.namespace, replacement.functions)
        replay = Replay(exercise, namespace)
        with undisturbed():
            replay.outcomes()
        prints = {
            (number, call): difference_of_prints(replay.prints[number, call], check.rights[call])
            for number, check in enumerate(exercise.checks)
            for call in _relevant(check, set(replacement.functions))
            if (number, call) in replay.prints
        }
        if any(shown is not None for shown in prints.values()):
            yield Mistake(replacement.hint or "", prints)


def _relevant(check: VisibleCheck, functions: set[str]) -> list[int]:
    """Return the calls by which a misconception is recognised, as the judge chooses them."""
    calls = [i for i, probe in enumerate(check.calls) if not probe.only_prepares]
    return [i for i in calls if check.calls[i].function in functions] or calls


def _lines(data: Any, depth: int = 0, key: str = "") -> Iterator[str]:
    """Write JSON so that each call, question and fingerprint has a line of its own: a change shows as that."""
    pad = "\n" + " " * (depth + 1)
    if isinstance(data, (list, tuple)) and key in _A_LINE_EACH and data:
        yield "["
        for i, item in enumerate(data):
            yield ("," if i else "") + pad
            yield from _lines(item, depth + 1)
        yield "\n" + " " * depth + "]"
    elif isinstance(data, dict) and {"exercises", "checks", "calls", "prints"} & set(data):
        yield "{"
        for i, (name, item) in enumerate(data.items()):
            yield ("," if i else "") + pad + json.dumps(name) + ": "
            yield from _lines(item, depth + 1, name)
        yield "\n" + " " * depth + "}"
    else:
        yield json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _parameter(parameter: inspect.Parameter) -> str:
    return str(parameter.replace(annotation=inspect.Parameter.empty))
