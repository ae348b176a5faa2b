"""What comes of a check, and what the student and the staff read of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.judge import UNDECIDED, Judge, generator
from autograder.judge.record import CheckResult, ExerciseResult
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

SUITE = """
import warnings
import numpy as np
from autograder.suite import expect, expect_close, points

@points(1)
def test_many_calls(student, reference):
    '''is right
    in every call'''
    for size in (1.0, 2.0, 3.0):
        got = student.scale_backward(np.full((1, 2), size), (2.0,))[0]
        expect_close(got, reference.scale_backward(np.full((1, 2), size), (2.0,))[0], "dx")

@points(1, after="test_many_calls")
def test_waits():
    '''waits'''

@points(1, after="test_waits")
def test_waits_longer():
    '''waits longer'''

@points(1)
def test_our_fault(reference):
    '''is our fault'''
    {}["nothing"]

@points(1)
def test_warnings(student):
    '''may warn'''
    warnings.warn("careful")
    np.zeros(1) / 0
    student.scale_backward(np.zeros((1, 2)), (2.0,))

@points(1)
def test_says_it_in_full(student):
    '''says it in full'''
    expect(False, "is this enough?")
"""


def grade(judge: Judge, seed: int = 0, **functions: Callable[..., Any]) -> ExerciseResult:
    """Grade the reference with some functions exchanged."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)), seed)
    return exercise


def checks(exercise: ExerciseResult) -> dict[str, CheckResult]:
    """Return the results by the name of the check."""
    return {check.name.removeprefix("test_"): check for check in exercise.checks}


def test_the_reference_earns_everything(judge: Judge) -> None:
    """With the reference in the student's place every check passes, and no message is left."""
    exercise = grade(judge)
    assert exercise.score == 4.0
    assert all((c.outcome, c.message, c.hint) == ("passed", "", "") for c in exercise.checks)


def test_outcomes_and_messages(judge_of: Callable[[str], Judge]) -> None:
    """One message for a check that fails in several calls; who waits says for what; our own fault holds the mark."""

    def doubled(dout: Any, cache: Any) -> Any:
        warnings.warn("odd", stacklevel=1)
        return dout * 2 * cache[0], dout.sum(axis=0)

    exercise = grade(judge_of(SUITE), scale_backward=doubled)
    found = checks(exercise)
    assert found["many_calls"].outcome == "failed"
    assert found["many_calls"].sentence == "is right in every call"
    assert found["many_calls"].message == (
        "dx: 2 of 2 entries differ; the worst is dx[0, 0]: got 4, expected 2. Every entry is 2 times what it should be."
    )
    assert (found["waits"].outcome, found["waits"].message) == (
        "skipped",
        "This is tried as soon as `is right in every call` passes.",
    )
    assert found["waits_longer"].message == "This is tried as soon as `waits` passes."
    assert (found["our_fault"].outcome, found["our_fault"].message) == ("error", UNDECIDED)
    assert "KeyError: 'nothing'" in found["our_fault"].detail
    assert found["warnings"].outcome == "passed"
    assert found["says_it_in_full"].message == "is this enough?"
    assert exercise.score is None


def test_a_session_that_breaks_is_our_fault(judge: Judge) -> None:
    """A sandbox that does not work holds the marks; it never costs any."""

    class Broken:
        def call(self, name: str, args: Any, kwargs: Any) -> Any:
            raise OSError("no more workers")

    (exercise,) = judge.grade(Broken())
    assert {check.outcome for check in exercise.checks} == {"error", "skipped"}
    assert "no more workers" in exercise.checks[0].detail


def test_a_check_has_its_own_random_numbers() -> None:
    """They depend on the name of the check and on the seed, and on nothing else."""
    draws = {generator(name, seed).random() for name in ("test_a", "test_b") for seed in (0, 1)}
    assert len(draws) == 4
    assert generator("test_a", 1).random() in draws


def test_the_same_seed_gives_the_same_results(judge: Judge) -> None:
    """A submission that is graded again gets the same record, to the last digit of each message."""

    def wrong(dout: Any, cache: Any) -> Any:
        return dout * 3, dout.sum(axis=0)

    assert grade(judge, scale_backward=wrong) == grade(judge, scale_backward=wrong)
    assert grade(judge, scale_backward=wrong) != grade(judge, seed=1, scale_backward=wrong)


def test_the_judges_own_state_is_kept(judge: Judge) -> None:
    """Neither NumPy's error state nor the warning filters of the judge are changed by what it judges."""

    def meddles(dout: Any, cache: Any) -> Any:
        np.seterr(all="raise")
        warnings.simplefilter("error")
        return dout * cache[0], dout.sum(axis=0)

    before = np.geterr(), list(warnings.filters)
    assert grade(judge, scale_backward=meddles).score == 4.0
    assert (np.geterr(), list(warnings.filters)) == before


@pytest.mark.parametrize("value", [None, (), (None,), "text", {}, [[1.0]], np.array(["a", "b"]), object(), 1j])
def test_garbage_fails_checks_and_breaks_none(value: Any, judge: Judge) -> None:
    """Whatever comes back, the check fails; it is never taken for a fault of ours."""
    exercise = grade(judge, scale_forward=lambda x, factor, state: value, scale_backward=lambda dout, cache: value)
    assert {check.outcome for check in exercise.checks} == {"failed", "skipped"}
    assert exercise.score == 0.0
