"""A misconception is recognised by what it does, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from autograder.judge import hints
from autograder.judge.judge import Judge
from autograder.judge.record import CheckResult
from autograder.judge.reference import Effect, exchanged
from autograder.judge.student import Call, LocalSession


def shown(judge: Judge, **functions: Callable[..., Any]) -> dict[str, CheckResult]:
    """Grade the reference with functions exchanged; return the checks that failed."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)))
    return {check.name.removeprefix("test_"): check for check in exercise.checks if check.outcome == "failed"}


def moved(x: np.ndarray, state: dict[str, Any]) -> None:
    """Move the running mean, as the reference does."""
    state["mean"] = (state["mean"] + x.mean(axis=0)) / 2


def test_another_program_with_the_same_idea(judge: Judge) -> None:
    """A student who writes the same mistake in another way gets its hint, in every check that fails by it."""

    def adds_slowly(x: Any, factor: Any, state: Any) -> Any:
        if factor == 0:
            raise ValueError
        moved(x, state)
        return np.stack([row + np.asarray(factor, x.dtype) for row in x]), "my cache"

    found = shown(judge, scale_forward=adds_slowly)
    assert [check.misconception for check in found.values()] == ["adds"]
    assert found["values"].hint == "Adding is not scaling."


def test_edits_in_place_are_told_from_new_arrays(judge: Judge) -> None:
    """Only the array that is still in somebody else's hands tells an edit from an exchange."""

    def edits(x: Any, factor: Any, state: Any) -> Any:
        if factor == 0:
            raise ValueError
        state["mean"][...] = (state["mean"] + x.mean(axis=0)) / 2
        return x * np.asarray(factor, x.dtype), None

    assert shown(judge, scale_forward=edits)["state"].misconception == "edits_the_state"


def test_a_missing_exception_and_an_exception_of_the_same_type(judge: Judge) -> None:
    """A misconception that raises matches a student who raises the same, one that does not matches a result."""

    def third_axis(dout: Any, cache: Any) -> Any:
        return cache[0] * dout, np.sum(dout, 2)

    found = shown(judge, scale_backward=third_axis)
    assert found["gradient"].misconception == "sums_over_a_third_axis"
    assert found["gradient"].message.startswith("`scale_backward` raised AxisError: axis 2 is out of bounds")

    def lenient(x: Any, factor: Any, state: Any) -> Any:
        moved(x, state)
        return x * np.asarray(factor, x.dtype), None

    assert shown(judge, scale_forward=lenient)["zero_factor"].misconception == "takes_any_factor"


def test_the_same_exception_with_other_words_is_another_mistake(judge: Judge) -> None:
    """Many mistakes raise a ValueError; only one that says the same is the same."""

    def sixth_axis(dout: Any, cache: Any) -> Any:
        return cache[0] * dout, np.sum(dout, 6)

    found = shown(judge, scale_backward=sixth_axis)
    assert (found["gradient"].outcome, found["gradient"].hint) == ("failed", "")


def test_what_a_misconception_does_is_remembered(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a second submission nothing is run again, as long as it is given the same; what is kept is bounded."""
    watch = Mock(side_effect=hints.observe)
    monkeypatch.setattr(hints, "observe", watch)
    wrong = {"scale_backward": lambda dout, cache: (dout + 0.5, dout.sum(axis=0))}
    shown(judge, **wrong)
    watch.reset_mock()
    shown(judge, **wrong)
    assert watch.call_count == 0
    monkeypatch.setattr(hints, "MOST_SEEN", 1)
    for _ in range(2):
        watch.reset_mock()
        judge.grade(LocalSession(exchanged(judge.namespace, wrong)), seed=9)
        assert watch.call_count > 0


def test_large_arguments_are_not_kept() -> None:
    """A call with large arrays, or with what has no key, is made again each time."""
    nothing = Effect()
    assert Call("f", (np.zeros(1000),), {"by": 2.0}, nothing, nothing).key is not None
    assert Call("f", (np.zeros(600), {"w": np.zeros(600)}), {}, nothing, nothing).key is None
    assert Call("f", (np.random.default_rng(0),), {}, nothing, nothing).key is None


def nearly_adds(x: Any, factor: Any, state: Any) -> Any:
    """Do what `adds` does, but with one entry a little off."""
    moved(x, state)
    out = x + np.asarray(factor, x.dtype)
    out[0, 0] += 1e-3
    return out, None


def adds_without_state(x: Any, factor: Any, state: Any) -> Any:
    """Do what `adds` does to `x`, and forget the state."""
    return x + np.asarray(factor, x.dtype), None


def raises_something_else(x: Any, factor: Any, state: Any) -> Any:
    """Raise what no misconception raises."""
    raise RuntimeError


@pytest.mark.parametrize("wrong", [nearly_adds, raises_something_else])
def test_a_near_miss_gets_no_hint(wrong: Callable[..., Any], judge: Judge) -> None:
    """A hint that is wrong is worse than none: every value that comes back must agree."""
    found = shown(judge, scale_forward=wrong)
    assert found
    assert [check.hint for check in found.values()] == [""] * len(found)


def test_the_same_result_with_other_effects(judge: Judge, judge_of: Callable[[str], Judge]) -> None:
    """Where only one misconception returns what the student returned, it is named though the effects differ."""
    found = shown(judge, scale_forward=adds_without_state)
    assert found["values"].misconception == "adds"
    again = "@misconception('scale_forward', hint='Another.')\ndef adds_again(x, factor, state):\n"
    twins = judge_of(TOY.read_text() + again + "    return x + x.dtype.type(factor), 0\n")
    found = shown(twins, scale_forward=lambda x, factor, state: (state.clear(), (x + x.dtype.type(factor), 0))[1])
    assert found["values"].misconception == ""


def test_a_dict_that_keeps_less_fits_nobody(judge_of: Callable[[str], Judge]) -> None:
    """What the reference leaves in a dict must be there, or be missing, in both; other keys are the student's own."""
    keeps_nothing = "@misconception('scale_forward', hint='Keep it.')\ndef keeps_nothing(x, factor, state):\n"
    judge = judge_of(
        TOY.read_text() + keeps_nothing + "    state.pop('mean')\n    return x * x.dtype.type(factor), 0\n"
    )

    def other(x: Any, factor: Any, state: Any) -> Any:
        state["mean"] = state["mean"] * 0.9
        return x * np.asarray(factor, x.dtype), 0

    def drops(x: Any, factor: Any, state: Any) -> Any:
        state["averages"] = state.pop("mean")
        return x * np.asarray(factor, x.dtype), 0

    assert shown(judge, scale_forward=other)["state"].misconception == ""
    assert shown(judge, scale_forward=drops)["state"].misconception == "keeps_nothing"


def test_exceptions_raised_on_purpose_are_compared_by_type(judge_of: Callable[[str], Judge]) -> None:
    """Everybody words a `raise` in their own way, and may raise a kind of the same; NumPy's words tell more."""
    refuses = "@misconception('scale_backward', hint='Why refuse?')\ndef refuses(dout, cache):\n"
    judge = judge_of(TOY.read_text() + refuses + "    raise ValueError('I do not want to')\n")

    class RefusedError(ValueError):
        pass

    def mine(dout: Any, cache: Any) -> Any:
        raise RefusedError("my own words")

    assert shown(judge, scale_backward=mine)["gradient"].misconception == "refuses"
    found = shown(judge, scale_backward=lambda dout, cache: dout + np.ones(7))
    assert (found["gradient"].outcome, found["gradient"].misconception) == ("failed", "")


def test_right_calls_of_a_failed_check_give_no_hint(judge_of: Callable[[str], Judge]) -> None:
    """A check that fails although every call was right looks like no misconception."""
    judge = judge_of(SUITE)
    assert shown(judge)["impossible"].misconception == ""


def test_the_misconception_that_fits_the_exercise_best(judge_of: Callable[[str], Judge]) -> None:
    """Of two that explain a check, the one that also explains the others is chosen, then the one defined first."""
    judge = judge_of(SUITE)
    found = shown(judge, scale_backward=lambda dout, cache: (np.abs(dout) * cache[0], dout.sum(axis=0)))
    assert found["negative"].misconception == "takes_absolute_values"
    found = shown(judge, scale_backward=lambda dout, cache: (-dout * cache[0], dout.sum(axis=0)))
    assert found["negative"].misconception == found["positive"].misconception == "flips_the_sign"


def test_a_helper_is_recognised_by_those_who_call_it(judge_of: Callable[[str], Judge]) -> None:
    """A misconception about a helper that no check calls is seen in the functions that use it."""
    judge = judge_of(SUITE)
    found = shown(judge, shifted=lambda x, by: x + 1)
    assert found["forward"].misconception == "shifts_by_one"


def test_what_fits_one_check_by_chance_is_not_shown(judge_of: Callable[[str], Judge]) -> None:
    """A misconception must do what the student did on half of the calls that went wrong, those of other checks too."""

    def flips_what_is_not_negative(dout: Any, cache: Any) -> Any:
        return (-dout if dout.max() > 0 else np.sin(dout)) * cache[0], dout.sum(axis=0)

    waiting = "".join(
        f"@points(1, after='test_positive')\ndef test_size_{size}(student, reference):\n"
        f"    'is right for {size} too'\n    gradient(student, reference, -{size} * np.ones((2, 3)))\n\n"
        for size in (2, 3)
    )
    wrong = {"scale_backward": flips_what_is_not_negative}
    judge = judge_of(SUITE + "\n\n" + waiting)
    assert shown(judge, **wrong)["positive"].misconception == ""
    everywhere = shown(judge, scale_backward=lambda dout, cache: (-dout * cache[0], dout.sum(axis=0)))
    assert everywhere["positive"].misconception == "flips_the_sign"


TOY = Path(__file__).parent / "toy" / "test_scale.py"
SUITE = """
import numpy as np
from autograder.suite import expect, expect_close, misconception, points

def gradient(student, reference, dout):
    expect_close(student.scale_backward(dout, (2.0,))[0], reference.scale_backward(dout, (2.0,))[0], "dx")

@points(1)
def test_impossible(student, rng):
    '''cannot pass'''
    student.scale_backward(rng.normal(size=(2, 3)), (2.0,))
    expect(False, "not so")

@points(1)
def test_positive(student, reference):
    '''is right for positive numbers'''
    gradient(student, reference, np.ones((2, 3)))

@points(1)
def test_negative(student, reference):
    '''is right for negative numbers'''
    gradient(student, reference, -np.ones((2, 3)))

@points(1)
def test_forward(student, reference):
    '''goes forward'''
    args = np.ones((2, 3)), 2.0
    got, _ = student.scale_forward(*args, {"mean": np.zeros(3)})
    expect_close(got, reference.scale_forward(*args, {"mean": np.zeros(3)})[0])

@misconception("scale_backward", hint="The sign is not yours to change.")
def flips_the_sign(dout, cache):
    return dout * -cache[0], dout.sum(axis=0)

@misconception("scale_backward", hint="A derivative may be negative.")
def takes_absolute_values(dout, cache):
    return np.abs(dout) * cache[0], dout.sum(axis=0)

@misconception("scale_backward", hint="The same as the one above, and never shown.")
def takes_absolute_values_again(dout, cache):
    return np.sqrt(dout ** 2) * cache[0], dout.sum(axis=0)

@misconception("shifted", hint="Nothing is to be shifted here.")
def shifts_by_one(x, by):
    return x + by + 1
"""
