"""A check may walk a thousand steps: calls are asked, kept and compared in a time that nobody minds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

SUITE = """
import numpy as np
from autograder.suite import expect_close, misconception, points

@points(1)
def test_walks(student, reference, rng):
    '''walks a thousand steps'''
    x, mine, theirs = rng.standard_normal((1, 50)), {"mean": np.zeros(50)}, {"mean": np.zeros(50)}
    for step in range(1000):
        student.scale_forward(x + step, 2.0, mine)
        reference.scale_forward(x + step, 2.0, theirs)
    expect_close(mine["mean"], theirs["mean"], "mean")
"""
IDEA = """
@misconception("scale_forward", hint="Idea {0}.")
def idea_{0}(x, factor, state):
    state["mean"] = (1 - 0.{0}) * state["mean"] + 0.{0} * x.mean(axis=0)
    return x * factor, (factor,)
"""


def test_a_thousand_calls_and_five_ideas(judge_of: Callable[[str], Judge]) -> None:
    """The idea behind a wrong walk is found, within 1.5 s of the judge's work."""
    judge = judge_of(SUITE + "".join(IDEA.format(number) for number in (1, 2, 3, 4, 6)))

    def slow(x: Any, factor: Any, state: Any) -> Any:
        state["mean"] = state["mean"] * 0.4 + np.mean(x, axis=0) * 0.6
        return factor * x, (factor,)

    started = time.process_time()
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, {"scale_forward": slow})))
    assert time.process_time() - started < 1.5
    assert exercise.checks[0].misconception == "idea_6"
