"""Forward and backward are judged apart, and a student may lay out the cache as they like."""

from __future__ import annotations

from pathlib import Path

from autograder.judge.judge import Judge
from autograder.judge.own_cache import cache_faults

REFERENCE = """
import numpy as np

def double_forward(x):
    return 2 * x, (2,)

def double_backward(dout, cache):
    return dout * cache[0]
"""
FORWARD = """
from autograder.suite import expect_close, points
@points(1)
def test_out(student, rng):
    '''doubles'''
    x = rng.normal(size=3)
    expect_close(student.double_forward(x)[0], 2 * x)
"""
BACKWARD = """
from autograder.suite import expect_close, points
@points(1)
def test_dx(student, rng):
    '''doubles'''
    x, dout = rng.normal(size=(2, 3))
    {cache}
    expect_close(student.double_backward(dout, cache), 2 * dout, "dx")
"""


def faults(folder: Path, cache: str) -> list[str]:
    """Return what is wrong with a suite of the backward pass that finds its cache in this way."""
    (folder / "test_forward.py").write_text(FORWARD)
    (folder / "test_backward.py").write_text(BACKWARD.format(cache=cache))
    exercises = [("forward", 1.0, ("double_forward",)), ("backward", 1.0, ("double_backward",))]
    judge = Judge(folder, [REFERENCE], exercises)
    assert cache_faults(judge, judge.suites[0]) == []
    return cache_faults(judge, judge.suites[1])


def test_passes_judged_apart(tmp_path: Path) -> None:
    """A suite that asks for the forward pass that fits finds nothing against a cache of the student's own."""
    assert faults(tmp_path, "out, cache = student.forward_for_backward('double_forward', x)") == []


def test_a_cache_that_is_prescribed(tmp_path: Path) -> None:
    """A suite that hands over the reference's cache refuses a right pair."""
    (said,) = faults(tmp_path, "cache = (2,)")
    assert said.startswith(
        "a right pair with a cache of its own is rejected by test_dx: `double_backward` raised TypeError"
    )


def test_a_wrong_forward_pass_that_is_relied_on(tmp_path: Path) -> None:
    """A suite that calls the student's forward pass takes the marks of the backward pass as well."""
    (said,) = faults(tmp_path, "out, cache = student.double_forward(x)")
    assert said.startswith(
        "a right double_backward beside a double_forward that returns nothing is rejected by test_dx"
    )
