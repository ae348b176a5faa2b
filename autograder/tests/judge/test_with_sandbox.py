"""What the judge decides does not depend on where the student's code runs."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Session, Zygote

REFERENCE = (Path(__file__).parent / "toy" / "reference.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Start the walled-off process that workers are forked from."""
    with Zygote(Limits(), ["numpy"]) as started:
        yield started


def in_sandbox(zygote: Zygote, judge: Judge, *cells: str) -> dict[str, tuple[str, str, str]]:
    """Grade cells run in the sandbox; return what was decided about each check."""
    with Session(zygote, ["numpy"]) as session:
        session.run([REFERENCE, *cells])
        (exercise,) = judge.grade(session)
    return {check.name: (check.outcome, check.message, check.misconception) for check in exercise.checks}


def test_every_misconception_is_judged_the_same(zygote: Zygote, judge: Judge) -> None:
    """Over the wire, each gets the outcomes, messages and hints that it gets in this process."""
    (suite,) = judge.suites
    for wrong in (*suite.misconceptions, *suite.variants):
        (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, wrong.functions)))
        cells = [f"{source(function)}\n{name} = {function.__name__}" for name, function in wrong.functions.items()]
        there = in_sandbox(zygote, judge, *cells)
        for check in exercise.checks:
            outcome, message, misconception = there[check.name]
            assert (outcome, misconception) == (check.outcome, check.misconception), (wrong.name, check.name)
            assert message.startswith(check.message.removesuffix(".")), "only the line in the student's code is added"


def source(function: Callable[..., object]) -> str:
    """Return the source of a function without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    return text[text.index("def ") :]


@pytest.mark.parametrize(
    ("head", "body", "message"),
    [
        ("def", "return Thing(), dout.sum(axis=0)", "dx is an object of type Thing, expected an array or a number."),
        (
            "def",
            "return dout.astype(object), 1.0",
            "dx is an object of type ndarray of dtype object, expected an array",
        ),
        (
            "def",
            "yield dout",
            "`scale_backward` should return 2 values (dx, count), but returned one object of type generator.",
        ),
        (
            "async def",
            "return dout, 1.0",
            "`scale_backward` should return 2 values (dx, count), but returned one object of type coroutine.",
        ),
    ],
)
def test_an_object_that_stays_in_the_worker_is_named(
    zygote: Zygote, judge: Judge, head: str, body: str, message: str
) -> None:
    """What cannot cross the wire as numbers fails the check with the name of its type."""
    cell = f"class Thing: pass\n{head} scale_backward(dout, cache):\n    {body}"
    outcome, said, _ = in_sandbox(zygote, judge, cell)["test_gradient"]
    assert (outcome, said[: len(message)]) == ("failed", message)
