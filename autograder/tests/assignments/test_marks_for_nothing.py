"""Answers that do nothing earn nothing, in every exercise of every assignment."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.authoring import course
from autograder.authoring.judging import judge_for
from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

pytestmark = pytest.mark.slow


class Equal:
    """An object that claims to be equal to everything."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


def zeros_in_place(*args: Any, **kwargs: Any) -> None:
    """Set every array that is given to 0."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, np.ndarray):
            value[...] = 0


def refuse(*args: Any, **kwargs: Any) -> Any:
    """Raise the exception that many a stub asks for."""
    raise ValueError


def filled(right: Callable[..., Any], value: float) -> Callable[..., Any]:
    """Return a function whose arrays and numbers are right in kind, and one value everywhere; it touches no dict."""

    def fill(part: Any) -> Any:
        if isinstance(part, (tuple, list)):
            return type(part)(map(fill, part))
        if isinstance(part, int) and not isinstance(part, bool):
            return int(value) if np.isfinite(value) else value
        if isinstance(part, (float, np.floating)):
            return value
        return np.full_like(part, value) if isinstance(part, np.ndarray) else part

    return lambda *args, **kwargs: fill(right(*copy.deepcopy(args), **kwargs))


ANSWERS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "zeros": lambda right: filled(right, 0.0),
    "ones": lambda right: filled(right, 1.0),
    "nan": lambda right: filled(right, np.nan),
    "infinity": lambda right: filled(right, np.inf),
    "True": lambda right: lambda *args, **kwargs: True,
    "None": lambda right: lambda *args, **kwargs: None,
    "equal to all": lambda right: lambda *args, **kwargs: Equal(),
    "a ValueError": lambda right: refuse,
    "arguments set to 0": lambda right: zeros_in_place,
    "arguments": lambda right: lambda *args, **kwargs: args,
}


@pytest.fixture(scope="module", params=course.assignments())
def judge_of(request: pytest.FixtureRequest) -> Judge:
    """Return the judge of each assignment."""
    return judge_for(course.load(request.param))


@pytest.mark.parametrize("answer", ANSWERS)
def test_nothing_for_nothing(judge_of: Judge, answer: str) -> None:
    """No check of any exercise is passed by a constant, an exception, or an object of another kind."""
    for suite in judge_of.suites:
        functions = {name: ANSWERS[answer](judge_of.reference.function(name)) for name in suite.functions}
        result = judge_of.grade_exercise(suite, LocalSession(exchanged(judge_of.namespace, functions)))
        assert [check.name for check in result.checks if check.outcome == "passed"] == [], suite.exercise
        assert result.score == 0, suite.exercise
