"""A suite that does not end, or fills the memory, costs a check: it is undecided, and all others go on."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder import bounds
from autograder.bounds import Overrun, memory, processor_time
from autograder.judge import judge as judging
from autograder.judge import student as calling
from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession
from autograder.suite.expectations import CallFailed

LOOPS = """
import numpy as np
from autograder.suite import expect, misconception, points

@points(1)
def test_before(student):
    '''comes before'''

@points(1)
def test_loops(student):
    '''loops'''
    while True:
        pass

@points(1)
def test_catches(student):
    '''catches what it can'''
    while True:
        try:
            student.scale_forward(np.ones((2, 3)), 2.0, {'mean': np.zeros(3)})
        except Exception:
            pass

@points(1)
def test_fails(student):
    '''fails'''
    expect(student.scale_backward(np.ones((1, 2)), (2.0,))[0][0, 0] == 7, "not seven.")

@misconception("scale_backward", hint="You loop.")
def loops(dout, cache):
    while True:
        pass
"""
FILLS = """
import numpy as np
from autograder.suite import points

@points(1)
def test_fills(student):
    '''fills the memory'''
    [np.ones(1 << 20) for _ in range(10_000)]

@points(1)
def test_after(student):
    '''comes after'''
"""


def outcomes(judge: Judge, **functions: Callable[..., Any]) -> dict[str, tuple[str, str]]:
    """Return (outcome, detail) of each check, with some of the reference's functions exchanged."""
    (exercise,) = judge.grade(LocalSession(exchanged(judge.namespace, functions)))
    return {check.name: (check.outcome, check.detail) for check in exercise.checks}


def test_a_check_that_does_not_end_is_undecided(
    judge_of: Callable[[str], Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pure Python, in calls of the student, and behind an except; a misconception that loops gives no hint."""
    monkeypatch.setattr(judging, "CHECK_SECONDS", 0.2)
    before = signal.getsignal(signal.SIGPROF)
    found = outcomes(judge_of(LOOPS))
    overrun = ("error", "This took more than 0.2 s of the judge's own processor time.")
    assert found == {
        "test_before": ("passed", ""),
        "test_loops": overrun,
        "test_catches": overrun,
        "test_fails": ("failed", ""),
    }
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) is before


def test_a_check_that_fills_the_memory_is_undecided(judge_of: Callable[[str], Judge]) -> None:
    """It hears a MemoryError; the next check finds room again."""
    judge = judge_of(FILLS)
    with memory(200):
        found = outcomes(judge)
    assert found["test_fills"][0] == "error"
    assert "MemoryError" in found["test_fills"][1]
    assert found["test_after"] == ("passed", "")
    assert np.ones(64 << 20).size  # the bound is gone


def test_waiting_does_not_count() -> None:
    """Time in which a student's code works, elsewhere, is not the judge's."""
    with processor_time(0.1):
        time.sleep(0.3)


def test_one_bound_in_another() -> None:
    """The inner one ends what is in it; the outer one goes on counting, and ends one that would take longer."""
    heard = []

    def spin(seconds: float) -> None:
        try:
            with processor_time(seconds):
                while True:
                    pass
        except Overrun as overrun:
            heard.append(str(overrun))

    def spin_twice() -> None:
        with processor_time(0.3):
            spin(0.1)
            spin(60)
            while True:
                pass

    with pytest.raises(Overrun):
        spin_twice()
    assert heard == [f"This took more than {took} s of the judge's own processor time." for took in (0.1, 0.3)]


def test_a_thread_is_not_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python brings no signals, the block just runs."""
    ran: list[bool] = []

    def work() -> None:
        with processor_time(0.0):
            ran.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [True]


def test_a_block_that_catches_it_hears_it_again() -> None:
    """Even a bare except only puts it off."""

    def deaf() -> None:
        for _ in range(2):
            try:
                while True:
                    pass
            except BaseException:
                continue
        while True:
            pass

    started = time.process_time()
    with pytest.raises(Overrun), processor_time(0.1):
        deaf()
    assert time.process_time() - started < 0.1 + 3 * bounds._AGAIN_SECONDS + 1


def test_what_calls_leave_behind_is_bounded(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that leave more than can be kept are forgotten; the check itself sees what they returned."""
    monkeypatch.setattr(calling, "MOST_KEPT", 100_000)
    student = calling.Student(LocalSession(judge.namespace), judge.reference)
    for _ in range(3):
        student.scale_forward(np.ones((10, 10)), 2.0, {"mean": np.zeros(10)})
    assert len(student.calls) == 3
    out, _ = student.scale_forward(np.ones((100, 200)), 2.0, {"mean": np.zeros(200)})
    assert out.shape == (100, 200)
    with pytest.raises(CallFailed):
        student.scale_forward(np.ones((2, 2)), 0, {"mean": np.zeros(2)})
    assert student.calls == [], "a hint from a part of the calls would be a guess"
