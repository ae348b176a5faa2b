"""Holds that a student's ``check(f)`` and the grade say the same of the visible checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zeromean.checking.probes import Exercise
from zeromean.checking.replay import Replay

from autograder.judge.collect import Suite
from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession
from autograder.judge.unseen import Functions

DECIDED = ("passed", "failed")


def disagreements(judge: Judge, suite: Suite, shipped: Exercise) -> Iterator[str]:
    """Say of which known program, right or wrong, a visible check says something else than the grade."""
    visible = replace(suite, checks=tuple(check for check in suite.checks if check.mark.visible))
    programs: dict[str, Functions] = {"reference": {}}
    programs |= {program.name: program.functions for program in (*suite.variants, *suite.misconceptions)}
    for name, functions in programs.items():
        namespace = exchanged(judge.namespace, functions)
        graded = judge.grade_exercise(visible, LocalSession(namespace)).checks
        for check, outcome in zip(graded, Replay(shipped, namespace).outcomes(), strict=True):
            states = check.outcome, outcome.state
            forgiven = states[0] == "passed" and check.message  # the cache is to blame, and a note says so
            if states[0] != states[1] and set(states) <= set(DECIDED) and not forgiven:
                yield (
                    f"of {name}, check(f) says `{states[1]}` and the grade `{states[0]}` in {check.name}: "
                    f"{outcome.message or check.message} "
                    "Compare in the check what the student's functions return, and nothing else."
                )
