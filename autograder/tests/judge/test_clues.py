"""The message of a failed check also says what the calls behind it show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from zeromean.checking.compare import Wrong

from autograder.judge.clues import clue
from autograder.judge.judge import Judge
from autograder.judge.reference import Effect, Reference, exchanged
from autograder.judge.student import Call, LocalSession
from autograder.suite.expectations import CheckFailed


def messages(judge: Judge, **functions: Callable[..., Any]) -> dict[str, str]:
    """Grade the reference with functions exchanged; return what each check says."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)))
    return {check.name.removeprefix("test_"): check.message for check in exercise.checks}


def test_an_argument_explains_the_result() -> None:
    """What the call was given is looked at, in the terms of the stub; without such a call, the array alone."""
    reference = Reference(["def step(w, dw, rate):\n    new = w - rate * dw\n    return new"])
    w, dw, other = np.random.default_rng(0).normal(size=(3, 3, 2))
    right = w - 0.1 * dw
    given: dict[str, Any] = {"args": (w, dw), "kwargs": {"rate": 0.1}}
    call = Call("step", *given.values(), Effect(right, **given), Effect(right + 2 * dw, **given))
    wrong = Wrong("w", right + 2 * dw, right, np.ones(w.shape, bool))
    assert clue(CheckFailed("w is wrong", wrong), [call], reference) == "It is off by 2 times `dw`."
    assert clue(CheckFailed("w is wrong", replace(wrong, got=other)), [call], reference) == ""
    assert clue(CheckFailed("w is wrong", replace(wrong, got=2 * right)), [], reference).startswith("Every entry is 2")
    assert clue(CheckFailed("it has no shape"), [call], reference) == ""


def test_a_memory_that_is_wrong_is_named(judge: Judge) -> None:
    """Where a call returned what it should, and left something else in a dict, that is said."""

    def doubles(x: Any, factor: Any, state: Any) -> Any:
        state["mean"] = state["mean"] + x.mean(axis=0)
        return x * np.asarray(factor, x.dtype), (factor,)

    said = messages(judge, scale_forward=doubles)["state"]
    left = "What `scale_forward` returned first is right, but not what it left in `state['mean']`"
    assert said.endswith(f"{left}: every entry is 2 times what it should be.")


def test_a_result_beside_a_memory_that_is_right(judge: Judge) -> None:
    """Where only the result is wrong, the memory is out of question."""

    def squares(x: Any, factor: Any, state: Any) -> Any:
        state["mean"] = 0.5 * state["mean"] + 0.5 * x.mean(axis=0)
        return np.sin(x), (factor,)

    said = messages(judge, scale_forward=squares)["values"]
    assert said.endswith("What `scale_forward` leaves in `state['mean']` is right: look at the lines that use it.")
