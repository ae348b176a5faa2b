"""A contract is ordered in a line, and the line brings the wrong programs that its check must fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.judge.judge import Judge
from autograder.judge.mutation import exercise_table
from autograder.judge.record import CheckResult
from autograder.judge.reference import SuiteError, exchanged
from autograder.judge.student import LocalSession
from autograder.suite import contract

REFERENCE = """
import numpy as np

def scale_forward(x, gamma, param):
    by = param.get("by", 2.0)
    param["mean"] = x.mean(axis=0)
    out = (x * gamma * by).astype(x.dtype)
    return out, (x, gamma * by)

def scale_backward(dout, cache):
    x, slope = cache
    dx = (dout * slope).astype(dout.dtype)
    dgamma = (dout * x).sum(axis=0).astype(dout.dtype)
    return dx, dgamma

def plus(x, by=1.0):
    return x + by

def square_forward(x):
    return x**2, x

def square_backward(dout, cache):
    dx = (2 * dout * cache).astype(dout.dtype)
    return dx
"""
RIGHT = """
import numpy as np
from autograder.suite import contract, expect_close, points, variant

def cases(rng):
    yield rng.normal(size=(4, 3)), rng.uniform(1, 2, 3), {"by": 1.5}

def back(rng):
    for n in (4, 4, 5):
        yield (rng.normal(size=(n, 3)), rng.uniform(1, 2, 3), {"by": 1.5}), rng.normal(size=(n, 3))

def small(rng):
    yield rng.normal(size=(4, 1)), rng.uniform(1, 2, 1), {"by": 1.5}

def small_back(rng):
    for args in small(rng):
        yield args, rng.normal(size=(4, 1))

def numbers(rng):
    yield (rng.normal(size=3),)

def single(rng):
    for n in (4, 4, 5):
        yield (rng.normal(size=(n, 3)),), rng.normal(size=(n, 3))

@points(1)
def test_out(student, reference, rng):
    '''is right'''
    for args in cases(rng):
        expect_close(student.scale_forward(*args)[0], reference.scale_forward(*args)[0])

@variant("scale_forward")
def forward(x, gamma, param):
    gamma, by = np.asarray(gamma, x.dtype), param.get("by", 2.0)
    param["mean"] = x.mean(axis=0)
    return by * x * gamma, (x, by * gamma)

@variant("scale_backward")
def backward(dout, cache):
    x, slope = (np.asarray(part, dout.dtype) for part in cache)
    return slope * dout, np.einsum("nd,nd->d", dout, x)

@variant("scale_forward", "scale_backward")
class Both:
    @staticmethod
    def scale_forward(x, gamma, param):
        gamma, by = np.asarray(gamma, x.dtype), param.get("by", 2.0)
        param["mean"] = x.mean(axis=0)
        return by * x * gamma, {"x": x, "slope": by * gamma}

    @staticmethod
    def scale_backward(dout, cache):
        x, slope = np.asarray(cache["x"], dout.dtype), np.asarray(cache["slope"], dout.dtype)
        return slope * dout, (dout * x).sum(axis=0)

@variant("plus")
def plus(x, by=1.0):
    return by + x

@variant("square_forward", "square_backward")
class Square:
    @staticmethod
    def square_forward(x):
        return x * x, x

    @staticmethod
    def square_backward(dout, cache):
        return dout * 2 * np.asarray(cache, dout.dtype)
"""
ORDERS = """
test_dtype = contract.keeps_dtype("scale_forward", cases, points=1)
test_dtype_back = contract.keeps_dtype_back("scale", back, points=1, after="test_out")
test_zero = contract.given_zero("scale_forward", cases, "by", points=1)
test_zero_last = contract.given_zero("plus", numbers, "by", default=1.0, points=1)
test_small = contract.agrees("scale_forward", small, sentence="one feature is fine", points=1, squeeze=True)
test_small_back = contract.agrees_back("scale", small_back, sentence="also back", points=1, squeeze=True)
test_cache = contract.cache_serves("scale", back, points=1, after="test_out")
test_twice = contract.same_twice("scale", back, points=1, after="test_out")
test_apart = contract.passes_apart("scale", back, points=1, after="test_out")
"""
OF_ONE_GRADIENT = """
test_dtype_back = contract.keeps_dtype_back("square", single, points=1, after="test_out")
test_back = contract.agrees_back("square", single, sentence="also back", points=1)
test_cache = contract.cache_serves("square", single, points=1, after="test_out")
test_twice = contract.same_twice("square", single, points=1, after="test_out")
test_apart = contract.passes_apart("square", single, points=1, after="test_out")
"""
FUNCTIONS = ("scale_forward", "scale_backward", "plus", "square_forward", "square_backward")
EXERCISES = [("scale", 3.0, FUNCTIONS)]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Return the judge of an exercise that orders every contract."""
    (tmp_path / "test_scale.py").write_text(RIGHT + ORDERS)
    return Judge(tmp_path, [REFERENCE], EXERCISES)


def failed(judge: Judge, **functions: Callable[..., Any]) -> dict[str, CheckResult]:
    """Return the checks that fail with some functions of the reference exchanged."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)))
    return {check.name: check for check in exercise.checks if check.outcome == "failed"}


def test_every_order_is_proved(judge: Judge) -> None:
    """Each check passes all that is right, and fails a wrong program that came with it."""
    (suite,) = judge.suites
    table = exercise_table(judge, suite)
    assert (table.rejected, table.survivors) == ((), ())
    assert table.idle == ("test_out",)  # the only one that is no contract
    assert {row.name: row.caught_by for row in table.rows}["scale_reads_the_latest"][-1] == "test_apart"
    assert [check.sentence for check in suite.checks[1:4]] == [
        "float32 data give float32 results, whatever the dtype of the other arrays",
        "a float32 dout gives float32 gradients, whatever the dtype of what the cache holds",
        "by = 0 is taken as given",
    ]


def test_a_backward_pass_may_return_one_gradient(tmp_path: Path) -> None:
    """A single gradient is compared as a whole, by its name, and not row by row."""
    (tmp_path / "test_scale.py").write_text(RIGHT + OF_ONE_GRADIENT)
    judge = Judge(tmp_path, [REFERENCE], EXERCISES)
    table = exercise_table(judge, judge.suites[0])
    assert (table.rejected, table.survivors) == ((), ())
    found = failed(judge, square_backward=lambda dout, cache: 9 * dout)
    assert found["test_back"].message.startswith("dx: 12 of 12 entries differ")
    assert found["test_apart"].message.startswith("After another batch went forward, dx: 12 of 12 entries differ")


def test_a_wrong_cache_is_named_where_it_is_made(judge: Judge) -> None:
    """A cache that nobody can read fails the check of the cache, and no check of the backward pass."""

    def squared(x: Any, gamma: Any, param: Any) -> Any:
        by = param.get("by", 2.0)
        param["mean"] = x.mean(axis=0)
        return (x * gamma * by).astype(x.dtype), (x, (gamma * by) ** 2)

    found = failed(judge, scale_forward=squared)
    assert list(found) == ["test_cache"]
    assert found["test_cache"].message.startswith("cache[1]: 3 of 3 entries differ")
    assert found["test_cache"].message.endswith("Nor does your `scale_backward` get right gradients from this cache.")


def test_what_a_dict_lacks_and_what_is_edited_is_said(judge: Judge) -> None:
    """A key that is missing after the call fails; so does a cache that the first backward pass edits."""

    def edits(dout: Any, cache: Any) -> Any:
        x, slope = cache
        dgamma = (dout * x).sum(axis=0).astype(dout.dtype)
        slope *= 2
        return (dout * slope / 2).astype(dout.dtype), dgamma

    message = failed(judge, scale_backward=edits)["test_twice"].message
    assert message.startswith("In a second call, dx: 12 of 12 entries differ")
    assert message.endswith("Does the first one edit something in the cache?")

    def forgets(x: Any, gamma: Any, param: Any) -> Any:
        return (x * gamma * param.get("by", 2.0)).astype(x.dtype), (x, gamma * param.get("by", 2.0))

    assert "'mean'" in failed(judge, scale_forward=forgets)["test_small"].message


def test_what_the_latest_batch_left_is_said(judge: Judge) -> None:
    """A backward pass that works with the latest batch is told what went on between."""
    kept: list[Any] = []

    def forward(x: Any, gamma: Any, param: Any) -> Any:
        by = param.get("by", 2.0)
        param["mean"] = x.mean(axis=0)
        kept[:] = [x.copy(), gamma * by]
        return (x * gamma * by).astype(x.dtype), (x, gamma * by)

    def backward(dout: Any, cache: Any) -> Any:
        return (dout * kept[1]).astype(dout.dtype), dout.sum(axis=0) * kept[0][0]

    found = failed(judge, scale_forward=forward, scale_backward=backward)
    assert found["test_apart"].message.startswith("After another batch went forward, dx: 12 of 12 entries differ")


def test_an_order_needs_a_weight() -> None:
    """A contract that counts nothing is refused, as any check is."""
    with pytest.raises(ValueError, match=r"A check needs a positive weight\. Got 0\."):
        contract.keeps_dtype("f", lambda rng: iter([(np.zeros(1),)]), points=0)


def test_an_order_needs_a_right_program(tmp_path: Path) -> None:
    """Without a variant there is nothing for the wrong programs to stand around."""
    orders = 'test_zero = contract.given_zero("plus", numbers, "by", default=1.0, points=1)\n'
    (tmp_path / "test_scale.py").write_text(RIGHT.replace('@variant("plus")', "") + orders)
    with pytest.raises(
        SuiteError,
        match=r"test_scale\.py: plus_without_by_0 needs a right program to stand around\. Write a @variant\('plus'\)\.",
    ):
        Judge(tmp_path, [REFERENCE], EXERCISES)
