"""Tests of calls into a student's function: stopped, silenced, explained."""

from __future__ import annotations

import signal
import sys
import threading
import warnings
from typing import Any

import pytest
from zeromean.checking.caller import call


def test_endless_loop_is_stopped() -> None:
    """A loop that never ends is stopped, the line is named, and the timer is put back."""

    def waits(x: int) -> None:
        while True:
            x += 1

    before = signal.getsignal(signal.SIGALRM)
    trouble = call("waits", waits, (1,), {}, seconds=0.05).trouble
    assert trouble is not None
    assert trouble.sentence == "waits was stopped after 0.05 seconds: does a loop never end?"
    assert trouble.line.startswith("line ")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0.0


def test_no_limit_outside_the_main_thread() -> None:
    """In another thread no signal can be set; the call still works."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call("f", lambda x: x + 1, (1,), {}).result))
    thread.start()
    thread.join()
    assert results == [2]


def test_helper_that_is_not_written() -> None:
    """A stub that is called by the function is named."""
    made: dict[str, Any] = {}
    exec("def helper(x):\n    raise NotImplementedError\ndef f(x):\n    return helper(x)", made)
    trouble = call("f", made["f"], (1,), {}).trouble
    assert trouble is not None
    assert trouble.sentence == "f calls helper, which is not written yet."


def test_error_in_a_helper() -> None:
    """An error in the student's helper names the helper and its line."""
    made: dict[str, Any] = {}
    exec("def helper(x):\n    return x['a']\ndef f(x):\n    return helper(x)", made)
    trouble = call("f", made["f"], ({},), {}).trouble
    assert trouble is not None
    assert (trouble.sentence, trouble.line) == ("helper, called by f, raised KeyError: 'a'", "line 2")
    assert trouble.errors[:2] == ("KeyError", "LookupError")


def test_output_is_counted() -> None:
    """What is printed does not appear, and neither does a warning."""

    def talks() -> int:
        for i in range(5):
            sys.stdout.write(f"line {i}\n")
        warnings.warn("careful", UserWarning, stacklevel=1)
        return 1

    made = call("talks", talks, (), {})
    assert made.result == 1
    assert made.notes[0] == "talks printed: line 0 (and 4 more lines)"
    assert made.notes[1].startswith("talks caused a UserWarning: careful (line ")


def test_interrupt_goes_through() -> None:
    """The student's own interrupt stops the check."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call("interrupted", interrupted, (), {})
