"""The contracts of update rules are proved by the wrong programs that they bring, and say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.judge.judge import Judge
from autograder.judge.mutation import exercise_table
from autograder.judge.record import CheckResult
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

REFERENCE = """
import numpy as np

def roll(w, dw, state):
    state["v"] = (0.5 * state.get("v", np.zeros_like(w)) - state["lr"] * dw).astype(w.dtype)
    return (w + state["v"]).astype(w.dtype)
"""
SUITE = """
import numpy as np
from autograder.suite import contract, variant

def cases(rng):
    yield rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), {"lr": 0.1, "v": rng.normal(size=(2, 3))}

def moved(gradients, rates):
    v, total = 0, 0
    for g, rate in zip(gradients, rates):
        v = 0.5 * v - rate * g
        total = total + v
    return total

test_few = contract.walks("roll", moved, {}, steps=3, sentence="three steps", points=1, visible=True)
test_walk = contract.walks("roll", moved, {}, steps=20, sentence="twenty steps", points=1, after="test_few")
test_turns = contract.takes_turns("roll", {}, ["v"], points=1, after="test_few")
test_goes_on = contract.goes_on("roll", cases, ["v"], points=1, after="test_few")
test_kept = contract.replaces("roll", cases, ["v"], points=1, after="test_few")

@variant("roll")
def right(w, dw, state):
    old = state["v"] if "v" in state else np.zeros_like(w)
    state["v"] = np.asarray(old / 2 - state["lr"] * dw, w.dtype)
    return w + state["v"]
"""


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Return the judge of a rule for which every contract is ordered."""
    (tmp_path / "test_roll.py").write_text(SUITE)
    return Judge(tmp_path, [REFERENCE], [("roll", 1.0, ("roll",))])


def failed(judge: Judge, roll: Callable[..., Any]) -> dict[str, CheckResult]:
    """Return the checks that fail with another `roll`."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, {"roll": roll})))
    return {check.name: check for check in exercise.checks if check.outcome == "failed"}


def test_every_order_is_proved(judge: Judge) -> None:
    """Each check passes all that is right, and fails a wrong program that came with the orders."""
    (suite,) = judge.suites
    table = exercise_table(judge, suite)
    assert (table.rejected, table.survivors, table.idle) == ((), (), ())
    caught = {row.name: row.caught_by for row in table.rows}
    assert caught["roll_keeps_the_first_rate"] == ("test_walk",)
    assert caught["roll_works_inside_dw"] == ("test_kept",)
    assert "test_turns" in caught["roll_shares_its_memory"]


def test_what_is_edited_is_named(judge: Judge) -> None:
    """A step that works inside the old memory, or hands out w itself, is told so."""

    def inside(w: Any, dw: Any, state: Any) -> Any:
        state.setdefault("v", 0 * w)
        state["v"] *= 0.5
        state["v"] -= state["lr"] * dw
        return w + state["v"]

    assert "the old state['v']" in failed(judge, inside)["test_kept"].message

    def replaced(w: Any, dw: Any, state: Any) -> Any:
        v = 0.5 * state.get("v", 0 * w) - state["lr"] * dw
        state.update(v=v, lr=float(state["lr"]) / 2)
        return w + v

    assert failed(judge, replaced)["test_few"].message.startswith("w after step 2: ")


def test_who_forgets_is_caught_where_it_shows(judge: Judge) -> None:
    """A rule without a memory fails the walk in its second step; the checks behind it wait."""

    def plain(w: Any, dw: Any, state: Any) -> Any:
        state["v"] = -state["lr"] * dw
        return w + state["v"]

    found = failed(judge, plain)
    assert list(found) == ["test_few"]
    assert found["test_few"].message.startswith("w after step 2: ")
