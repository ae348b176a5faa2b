"""What is shipped is no answer key: who returns what was recorded passes ``check(f)``, and earns nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zeromean.checking import probes as shipped
from zeromean.checking.encoding import DataError, decode, encode
from zeromean.checking.handing import CACHE, source_of
from zeromean.checking.probes import Probe, VisibleCheck, VisibleExercise
from zeromean.checking.replay import Replay

from autograder.authoring import course, probes
from autograder.authoring.judging import judge_for
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

pytestmark = pytest.mark.slow


class AnswerKey:
    """A student's functions that look up in the data what to return."""

    def __init__(self, exercise: VisibleExercise) -> None:
        self._exercise = exercise
        self._known: dict[str, tuple[Any, dict[str, Any]]] = {}
        for number, check in enumerate((*exercise.checks, *exercise.warnings)):
            for position, probe in enumerate(check.calls):
                if all(source_of(data) is None or CACHE in data for data in probe.inputs.values()):
                    self._note(f"check {number}", position, probe, check)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the functions by name."""
        return {name: self._looks_up(name, [*self._exercise.functions[name]]) for name in self._exercise.functions}

    def _note(self, where: str, position: int, probe: Probe, check: VisibleCheck) -> None:
        inputs = {k: f"{where} {d[CACHE]}" if source_of(d) is not None else d for k, d in probe.inputs.items()}
        result, several = decode(probe.result), isinstance(probe.result, dict) and "tuple" in probe.result
        parts: list[Any] = list(result) if several else [result]
        left: dict[str, Any] = {}
        for look in check.looks:
            piece, *_ = look.pieces
            if piece.call == position and look.comparison == "close":
                if piece.argument:
                    left[piece.argument] = {**left.get(piece.argument, {}), piece.key: decode(look.expected)}
                else:
                    parts[piece.key] = decode(look.expected)
        parts += [f"{where} {position}"] if probe.has_cache else []
        self._known[_key(probe.function, inputs)] = (tuple(parts) if several else parts[0], left)

    def _looks_up(self, name: str, parameters: list[str]) -> Callable[..., Any]:
        names = [parameter.partition("=")[0] for parameter in parameters]

        def function(*args: Any, **kwargs: Any) -> Any:
            given = dict(zip(names, args, strict=False)) | kwargs
            try:
                result, left = self._known[_key(name, {k: encode(v) for k, v in given.items()})]
            except (KeyError, DataError):
                return None
            for argument, items in left.items():
                given[argument].update(items)
            return result

        return function


def _key(function: str, inputs: dict[str, Any]) -> str:
    return json.dumps([function, inputs], sort_keys=True)


@pytest.mark.parametrize("name", course.assignments())
def test_recorded_results_earn_nothing(name: str, tmp_path: Path) -> None:
    """A hand-in that returns what was recorded passes the visible checks of a notebook, and no check of a grade."""
    judge, path = judge_for(course.load(name)), tmp_path / "a.checks.json"
    probes.write(judge, path)
    passed = 0
    for exercise, suite in zip(shipped.read(path), judge.suites, strict=True):
        functions = AnswerKey(exercise).functions()
        passed += sum(outcome.state == "passed" for outcome in Replay(exercise, functions).outcomes())
        session = LocalSession(exchanged(judge.namespace, functions))
        graded = judge.grade_exercise(suite, session)
        assert [check.name for check in graded.checks if check.outcome == "passed"] == [], exercise.name
        assert graded.score == 0
    draws = any("rng" in given for exercise in shipped.read(path) for given in exercise.functions.values())
    assert passed > 0 or draws  # what draws numbers is also asked where it left the generator
