"""Slips that no check notices are found, and excuses are held to what they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograder.judge import unseen
from autograder.judge.judge import Judge
from autograder.judge.unseen import Unseen, slipped_programs, unseen_slips

pytestmark = pytest.mark.slow

SUITE = """
import numpy as np
from autograder.suite import equivalent, expect_close, misconception, points, variant

@points(1)
def test_gradient(student, rng):
    '''both gradients are right'''
    dout = rng.normal(size=(3, 2))
    dx, count = student.scale_backward(dout, (2.0,))
    expect_close(dx, 2 * dout, "dx")
    {more}

@variant("scale_backward"{excuse})
def twice(dout, cache):
    return dout * cache[0] * 1, dout.sum(axis=0)

{below}
"""
REFERENCE = {"scale_backward": "def scale_backward(dout, cache):\n    return dout * cache[0], dout.sum(axis=0)"}
COUNT = 'expect_close(count, dout.sum(axis=0), "count")'


def complaints(judge_of: Callable[[str], Judge], more: str = COUNT, excuse: str = "", below: str = "") -> list[str]:
    """Return what is said of the slips in a suite of `scale_backward`."""
    return list(found(judge_of(SUITE.format(more=more, excuse=excuse, below=below))).complaints)


def found(judge: Judge) -> Unseen:
    """Return what came of the slips in the suite of a judge."""
    (suite,) = judge.suites
    return unseen_slips(judge, suite, slipped_programs(suite, REFERENCE, judge.namespace))


def excused(change: str) -> str:
    """Return the argument of @variant that excuses a change."""
    return f", equivalent={{{change!r}: 'so be it'}}"


def test_a_slip_that_no_check_notices_is_named(judge_of: Callable[[str], Judge]) -> None:
    """The program and the line that was changed are in the sentence, and what to do."""
    told = complaints(judge_of, more="")
    assert (
        "the reference's scale_backward with the slip `dout.sum(axis=0) -> dout.sum()` earns full marks. "
        "Write the check that it must fail, or excuse it: equivalent=."
    ) in told
    assert any(line.startswith("twice with the slip `dout.sum -> dout.mean`") for line in told)


def test_an_excuse_is_for_one_change_of_one_program(judge_of: Callable[[str], Judge]) -> None:
    """What changes nothing is excused where it stands, and nowhere else."""
    judge = judge_of(SUITE.format(more=COUNT, excuse=excused("dout -> dout.astype(float)"), below=""))
    seen = found(judge)
    told = [line for line in seen.complaints if "`dout -> dout.astype(float)`" in line]
    assert seen.excused == 1
    assert [line.partition(" with the slip")[0] for line in told] == ["the reference's scale_backward"]


def test_the_reference_has_excuses_of_its_own(judge_of: Callable[[str], Judge]) -> None:
    """A module-level excuse speaks of a function of the reference."""
    harmless = "HARMLESS = equivalent('scale_backward', {'dout -> dout.astype(float)': 'float64 is given'})"
    told = [line for line in complaints(judge_of, below=harmless) if "`dout -> dout.astype(float)`" in line]
    assert [line.partition(" with the slip")[0] for line in told] == ["twice"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "dout.sum -> dout.mean",
            "twice with the slip `dout.sum -> dout.mean` is excused, but test_gradient notices it.",
        ),
        ("dout -> din", "twice excuses `dout -> din`, which is no slip in this program."),
    ],
)
def test_excuses_that_are_not_true_are_refused(judge_of: Callable[[str], Judge], change: str, says: str) -> None:
    """An excuse for what a check notices, or for what cannot be changed so, has to go."""
    assert f"{says} Take the excuse out." in complaints(judge_of, excuse=excused(change))


def test_equal_changes_are_numbered(judge_of: Callable[[str], Judge]) -> None:
    """The second place that can be changed in the same way is called by its number."""
    told = complaints(judge_of, excuse=excused("dout -> cache #2"))
    assert (
        "twice with the slip `dout -> cache #2` is excused, but test_gradient notices it. Take the excuse out." in told
    )


def test_a_slip_that_breaks_a_check_is_a_fault_of_the_suite(judge_of: Callable[[str], Judge]) -> None:
    """A suite may trust nothing that comes back."""
    told = complaints(judge_of, more="{True: 1}[bool(abs(count - dout.sum(axis=0)).max() < 1e-9)]")
    assert any("breaks test_gradient: KeyError: False. A check must fail in a sentence." in line for line in told)


def test_an_endless_loop_is_stopped(judge_of: Callable[[str], Judge], monkeypatch) -> None:
    """A slip that never ends is noticed after a moment."""
    monkeypatch.setattr(unseen, "SECONDS", 0.05)
    judge = judge_of(SUITE.format(more=COUNT, excuse="", below=""))

    def endless(dout, cache):
        while True:
            pass

    assert unseen.noticed_by(judge, [*judge.suites[0].checks], {"scale_backward": endless}) == "test_gradient"
