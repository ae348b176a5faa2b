"""A right backward pass keeps its marks beside a wrong cache and is told whose fault it is; no more is forgiven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from zeromean.checking.trial import NOT_THE_CACHE

from autograder.judge.attempt import attempt
from autograder.judge.judge import Judge
from autograder.judge.record import CheckResult
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession, Student
from autograder.suite.expectations import CheckFailed, WrongCache


def forward(cache: Callable[[float], Any]) -> Callable[..., Any]:
    """Return a forward pass that is right, but for what it puts into the cache."""

    def scale_forward(x: Any, factor: Any, state: Any) -> Any:
        if factor == 0:
            raise ValueError
        state["mean"] = (state["mean"] + x.mean(axis=0)) / 2
        return x * np.asarray(factor, x.dtype), cache(factor)

    return scale_forward


def gradient(judge: Judge, **functions: Callable[..., Any]) -> CheckResult:
    """Return what came of the check of the backward pass."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)))
    return next(check for check in exercise.checks if check.name == "test_gradient")


def test_the_cache_is_to_blame(judge: Judge) -> None:
    """Whatever the cache holds, also what makes the backward pass raise: the backward pass passes, with a note."""
    for cache in (lambda factor: (factor**2,), lambda factor: None, lambda factor: {"factor": factor}):
        found = gradient(judge, scale_forward=forward(cache))
        assert (found.outcome, found.message) == ("passed", NOT_THE_CACHE)


def test_the_backward_pass_is_to_blame(judge: Judge) -> None:
    """A backward pass that is wrong with either cache fails, with the message of the first try."""

    def scale_backward(dout: Any, cache: Any) -> Any:
        return dout + cache[0], dout.sum(axis=0)

    found = gradient(judge, scale_forward=forward(lambda factor: (factor**2,)), scale_backward=scale_backward)
    assert found.outcome == "failed"
    assert found.message.startswith("dx: 12 of 12 entries differ")


def test_a_pair_of_its_own_needs_no_note(judge: Judge) -> None:
    """A cache of another layout that the student's own backward pass reads is as good as any."""

    def scale_backward(dout: Any, cache: Any) -> Any:
        return dout * cache["by"], dout.sum(axis=0)

    found = gradient(judge, scale_forward=forward(lambda f: {"by": f}), scale_backward=scale_backward)
    assert (found.outcome, found.message) == ("passed", "")


def test_only_caches_are_forgiven(judge: Judge) -> None:
    """A check that has no cache of the student's, fails by the cache itself, or breaks, is tried once."""
    x, tried = np.ones((2, 3)), []

    def check(student: Student) -> None:
        tried.append(student)
        if kind is not CheckFailed:
            student.scale_forward(x, 2.0, {"mean": np.zeros(3)})
        raise kind("no")

    for kind in (CheckFailed, WrongCache, ZeroDivisionError):
        found = attempt(check, Student(LocalSession(judge.namespace), judge.reference))
        assert isinstance(found.failure, kind)
    assert len(tried) == 3
