"""``check(f)``: tries the visible checks of an exercise on the student's function, and shows what is wrong where."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zeromean.checking import probes
from zeromean.checking.looks import show
from zeromean.checking.probes import Exercise, ProbesError
from zeromean.checking.progress import remember
from zeromean.checking.replay import Replay
from zeromean.checking.report import Report, as_html, as_text


class CheckFailed(Exception):  # noqa: N818 - a failed check is no error of the program
    """Some visible check did not pass; shown as one line, because the report above it says the rest."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(*functions: Callable[..., Any]) -> None:
    """Try the visible checks of the exercise to which your functions belong, and show what came of them.

    Parameters
    ----------
    *functions : function
        Your functions themselves, without parentheses. If an exercise has two, either is enough: the other is
        taken from the same notebook.

    Raises
    ------
    CheckFailed
        If some check did not pass. The report above it says which, and why.

    Examples
    --------
    >>> check(batchnorm_forward)                                    # doctest: +SKIP
    >>> check(mean_only_bn_forward, mean_only_bn_backward)          # doctest: +SKIP
    """
    _refuse_what_is_no_function(functions)
    try:
        exercises = [e for path in probes.find(Path.cwd()) for e in probes.read(path)]
    except ProbesError as error:
        raise CheckFailed(str(error)) from None
    reports, so_far = [], ""
    for exercise in _exercises_of(functions, exercises):
        replay = Replay(exercise, _namespace(functions))
        outcomes = replay.outcomes()
        names = [name for name in exercise.functions if name in {f.__name__ for f in functions}]
        reports.append(Report(names, outcomes, tuple(replay.notes)))
        so_far = remember(exercise.name, reports[-1].passed)
    show(as_html(reports, so_far), as_text(reports, so_far))
    if not all(report.passed for report in reports):
        raise CheckFailed(" ".join(report.headline for report in reports if not report.passed))


def _refuse_what_is_no_function(functions: Sequence[Any]) -> None:
    if not functions:
        raise CheckFailed("check() needs your function: check(f).")
    for function in functions:
        if not callable(function) or not hasattr(function, "__name__"):
            kind = type(function).__name__
            raise CheckFailed(f"check() needs the function itself, without parentheses: check(f). Got a {kind}.")


def _exercises_of(functions: Sequence[Callable[..., Any]], exercises: Sequence[Exercise]) -> list[Exercise]:
    """Return the exercises that define `functions`, each once, in the order of the assignment."""
    known = [name for exercise in exercises for name in exercise.functions]
    for function in functions:
        if function.__name__ not in known:
            near = difflib.get_close_matches(function.__name__, known, 1)
            idea = f"Did you mean {near[0]}?" if near else f"There are checks for {', '.join(known)}."
            raise CheckFailed(f"There is no visible check of {function.__name__}. {idea}")
    names = {function.__name__ for function in functions}
    return [exercise for exercise in exercises if names & set(exercise.functions)]


def _namespace(functions: Sequence[Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return the functions of the student's notebook by name, those handed over first of all."""
    found: dict[str, Callable[..., Any]] = {}
    for function in functions:
        for name, value in getattr(function, "__globals__", {}).items():
            if callable(value):
                found[name] = value
    return {**found, **{function.__name__: function for function in functions}}
