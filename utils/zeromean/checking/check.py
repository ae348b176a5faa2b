"""``check(f)``: tries the visible checks of an exercise on the student's function, and shows what is wrong where."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zeromean.checking import probes
from zeromean.checking.caller import innermost
from zeromean.checking.last import LastCall
from zeromean.checking.looks import show
from zeromean.checking.probes import ProbesError, VisibleExercise
from zeromean.checking.progress import remember
from zeromean.checking.replay import Replay
from zeromean.checking.report import Report, as_html, as_text

Function = Callable[..., Any]


class NotYet(Exception):  # noqa: N818 - a check that does not pass yet is no error of the program
    """Some visible check did not pass; shown as one line, because the report above it says the rest."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Check:
    """``check(f)``; what the last failed call was stays at hand as ``check.last``."""

    def __init__(self) -> None:
        self.last = LastCall()

    def __call__(self, *functions: Function) -> None:
        """Try the visible checks of the exercise to which your functions belong, and show what came of them.

        Parameters
        ----------
        *functions : function
            Your functions themselves, without parentheses. If an exercise has two, either is enough: the other is
            taken from the same notebook.

        Raises
        ------
        NotYet
            If some check did not pass. The report above it says which, and why.

        Examples
        --------
        >>> check(batchnorm_forward)                                    # doctest: +SKIP
        >>> check(mean_only_bn_forward, mean_only_bn_backward)          # doctest: +SKIP
        >>> check.last                                                  # doctest: +SKIP
        """
        _refuse_what_is_no_function(functions)
        notebook = sys._getframe(1).f_globals
        try:
            exercises = [e for path in probes.find(Path.cwd()) for e in probes.read(path)]
        except ProbesError as error:
            raise NotYet(str(error)) from None
        named = _named(functions, notebook, {name for e in exercises for name in e.functions})
        reports, so_far = [], ""
        for exercise in _exercises_of(named, exercises):
            reports.append(_report(exercise, named, notebook))
            so_far = remember(exercise.name, reports[-1].passed)
        if failed := next((report.failed_call for report in reports if report.failed_call), None):
            self.last = LastCall(failed, notebook)
        show(as_html(reports, so_far), as_text(reports, so_far))
        if not all(report.passed for report in reports):
            raise NotYet(" ".join(report.headline for report in reports if not report.passed))


check = Check()
check.__doc__ = Check.__call__.__doc__


def _report(exercise: VisibleExercise, named: Mapping[str, Function], notebook: Mapping[str, Any]) -> Report:
    replay = Replay(exercise, _namespace(named))
    outcomes = replay.outcomes()
    warnings, examples = replay.warnings(outcomes), replay.examples(notebook)
    names = [name for name in exercise.functions if name in named]
    return Report(names, outcomes, tuple(replay.notes), warnings, examples)


def _refuse_what_is_no_function(functions: Sequence[Any]) -> None:
    if not functions:
        raise NotYet("check() needs your function: check(f).")
    for function in functions:
        if not callable(function):
            kind = type(function).__name__
            raise NotYet(f"check() needs the function itself, without parentheses: check(f). Got a {kind}.")


def _named(functions: Sequence[Function], notebook: Mapping[str, Any], known: set[str]) -> dict[str, Function]:
    """Return functions by the names that the notebook gives them, as the grade knows them; else by their own."""
    found: dict[str, Function] = {}
    for function in functions:
        names = [name for name in known if notebook.get(name) is function]
        found[names[0] if names else getattr(function, "__name__", type(function).__name__)] = function
    return found


def _exercises_of(names: Iterable[str], exercises: Sequence[VisibleExercise]) -> list[VisibleExercise]:
    """Return the exercises that define the functions of some names, each once, in the order of the assignment."""
    known = [name for exercise in exercises for name in exercise.functions]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            idea = f"Did you mean {near[0]}?" if near else f"There are checks for {', '.join(known)}."
            raise NotYet(f"There is no visible check of {name}. {idea}")
    return [exercise for exercise in exercises if set(names) & set(exercise.functions)]


def _namespace(named: Mapping[str, Function]) -> dict[str, Function]:
    """Return the functions of the student's notebook by name, those handed over first of all."""
    found: dict[str, Function] = {}
    for function in named.values():
        for name, value in getattr(innermost(function), "__globals__", {}).items():
            if callable(value):
                found[name] = value
    return {**found, **named}
