"""The suites of A4 catch slips that nobody thought of: each right program, changed in one place after the other."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograder.authoring import course
from autograder.judge.collect import Suite
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession, Student
from autograder.suite.expectations import CheckFailed
from autograder.tests.assignments.mutants import mutants, source_of

EQUIVALENT = {
    "1 -> 2": "-2 instead of -1 in a reshape, or an empty shape instead of (D,) for an array that is broadcast",
    "np.add.reduce(x, axis=0) -> np.add.reduce(x)": "axis 0 is the default",
    "np.add.reduce(x, axis=0, keepdims=True) -> np.add.reduce(x, keepdims=True)": "axis 0 is the default",
    "np.add.reduce(x, axis=0, keepdims=True) -> np.add.reduce(x, axis=0)": "broadcasting adds the axis anyway",
    "np.empty(d, dtype=x.dtype) -> np.empty(d)": "only the cache is float64, and it is judged with the backward pass",
    "np.eye(n, dtype=dout.dtype) -> np.eye(n)": "the result is stored in an array of the right dtype",
    "zip(batch_means, batch_vars, strict=True) -> zip(batch_means, batch_vars)": "the lengths are equal",
}
EXERCISES = [cell.name for cell in course.load("a4_batch_norm").exercises]
Program = dict[str, Callable[..., Any]]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_slip_goes_unseen(judge: Judge, exercise: str) -> None:
    """A program with one slip fails a check, unless the slip changes nothing."""
    (suite,) = (suite for suite in judge.suites if suite.exercise == exercise)
    tried = list(mutated_programs(judge, suite))
    unseen = [change for change, program in tried if change not in EQUIVALENT and passes(judge, suite, program)]
    assert len(tried) > 50
    assert unseen == []


def mutated_programs(judge: Judge, suite: Suite) -> Iterator[tuple[str, Program]]:
    """Yield the reference and every variant with one slip, and what the slip is."""
    for function, source in reference_sources(suite.exercise).items():
        for mutant in mutants(source):
            yield mutant.change, {function: defined(mutant.source, dict(judge.namespace))}
    for variant in suite.variants:
        for function, right in variant.functions.items():
            for mutant in mutants(source_of(right)):
                yield mutant.change, {**variant.functions, function: defined(mutant.source, {"np": np})}


def reference_sources(exercise: str) -> dict[str, str]:
    """Return the source of each function of the reference solution of an exercise."""
    (cell,) = (cell for cell in course.load("a4_batch_norm").exercises if cell.name == exercise)
    nodes = [node for node in ast.parse(cell.source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.unparse(node) for node in nodes}


def defined(source: str, namespace: dict[str, Any]) -> Callable[..., Any]:
    """Define the one function of `source` in a namespace."""
    exec(source, namespace)
    function: Callable[..., Any] = namespace[ast.parse(source).body[0].name]
    return function


def passes(judge: Judge, suite: Suite, program: Program) -> bool:
    """Whether a program gets through every check."""
    session = LocalSession(exchanged(judge.namespace, program))
    for check in suite.checks:
        student = Student(session, judge.reference)
        try:
            with undisturbed():
                check.function(**fixtures(check.name, check.fixtures, student, judge.reference, seed=0))
        except CheckFailed:
            return False
    return True
