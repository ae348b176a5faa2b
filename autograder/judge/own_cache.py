"""Holds that a backward pass is judged apart from its forward pass, whatever lies in the cache between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.judge.collect import Suite
from autograder.judge.judge import Judge
from autograder.judge.record import CheckResult
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

Function = Callable[..., Any]
FORWARD, BACKWARD = "_forward", "_backward"


def cache_faults(judge: Judge, suite: Suite) -> list[str]:
    """Say where a suite takes marks for the cache of a right pair, or for a wrong forward pass from a backward pass."""
    faults = []
    for backward in (name for name in suite.functions if name.endswith(BACKWARD)):
        forward = backward.removesuffix(BACKWARD) + FORWARD
        if forward not in judge.namespace:
            continue
        programs = {"a right pair with a cache of its own": _wrapped(judge, forward, backward)}
        if forward not in suite.functions:
            programs[f"a right {backward} beside a {forward} that returns nothing"] = {forward: lambda *a, **k: None}
        for what, functions in programs.items():
            for check in _not_passed(judge, suite, functions)[:1]:
                faults.append(f"{what} is rejected by {check.name}: {check.message} Judge the two passes apart.")
    return faults


def _not_passed(judge: Judge, suite: Suite, functions: dict[str, Function]) -> list[CheckResult]:
    session = LocalSession(exchanged(judge.namespace, functions))
    return [check for check in judge.grade_exercise(suite, session).checks if check.outcome != "passed"]


def _wrapped(judge: Judge, forward: str, backward: str) -> dict[str, Function]:
    """Return the reference's pair with a cache that nobody else can read."""
    forward_pass, backward_pass = judge.namespace[forward], judge.namespace[backward]

    def with_own_cache(*args: Any, **kwargs: Any) -> Any:
        *out, cache = forward_pass(*args, **kwargs)
        return (*out, {"of my own": cache})

    def from_own_cache(dout: Any, cache: Any) -> Any:
        return backward_pass(dout, cache["of my own"])

    return {forward: with_own_cache, backward: from_own_cache}
