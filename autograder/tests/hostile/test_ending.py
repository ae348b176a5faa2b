"""Submissions that end, stop or block their own process: it costs what hits it, and nothing else."""

from __future__ import annotations

import pytest

from autograder.sandbox.pool import Session, StudentFailure

GOOD = "def good():\n    return 1"

ENDINGS = {
    "exit": ("import os\nos._exit(0)", "ended itself with exit code 0"),
    "exit after a forged code": ("import os\nos._exit(113)", "ended itself with exit code 113"),
    "kill itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "crashed (SIGKILL"),
    "write to nowhere": ("import ctypes\nctypes.string_at(0)", "crashed (SIGSEGV)"),
    "abort": ("import os\nos.abort()", "crashed (SIGABRT)"),
    "close every file": ("import os\nos.closerange(0, 256)", "ended itself with exit code 0"),
    "loop": ("while True: pass", "did not finish within"),
    "stop itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "did not finish within"),
    "catch everything and go on": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "did not finish within",
    ),
    "ignore every signal": (
        "import signal\n"
        "for number in range(1, 65):\n"
        "    try: signal.signal(number, lambda *_: None)\n"
        "    except (OSError, ValueError): pass\n"
        "while True: pass",
        "did not finish within",
    ),
    "sleep": ("import time\ntime.sleep(1000)", "did not finish within"),
    "wait for itself": ("import threading\nthreading.Lock().acquire()\nlock = threading.Lock()\n"
                        "lock.acquire()\nlock.acquire()", "did not finish within"),
    "backtrack": ("import re\nre.match('(a+)+$', 'a' * 60 + 'b')", "did not finish within"),
    "recurse below Python": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class R:\n    def __repr__(self): return repr(self)\n    __str__ = __repr__\nrepr(R())",
        "crashed (SIGSEGV)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ENDINGS)
def test_in_a_call(session: Session, how: str) -> None:
    """A call that ends its process fails with a sentence; the cells are replayed and the next call is answered."""
    code, words = ENDINGS[how]
    body = "\n".join("    " + line for line in code.splitlines())
    session.run([GOOD, f"def bad():\n{body}"])
    with pytest.raises(StudentFailure) as failure:
        session.call("bad")
    assert failure.value.kind == ("timeout" if "finish" in words else "lost")
    assert words in failure.value.sentence
    assert session.call("good") == 1
    assert session.lost == [failure.value.sentence]


@pytest.mark.parametrize("how", ["exit", "close every file", "write to nowhere", "recurse below Python"])
def test_in_a_cell(session: Session, how: str) -> None:
    """A cell that ends its process is an error of that cell; those before and after it run."""
    code, words = ENDINGS[how]
    first, bad, last = session.run([GOOD, code, "import numpy as np\ngood() + 1"])
    assert first.error is None
    assert words in (bad.error or "")
    assert bad.outputs[0]["output_type"] == "error"
    assert last.outputs[0]["data"]["text/plain"] == "2"
    assert len(session.lost) == 1


def test_a_loop_in_a_cell(session: Session) -> None:
    """A cell that loops is ended, and is not run again when its process is replaced."""
    outcomes = session.run([GOOD, "x = 1\nwhile True: pass", "y = 2"])
    assert outcomes[1].error == "The cell `x = 1` did not finish within 3 s. Take out or shorten what runs long in it."
    assert outcomes[2].error is None
    assert session.call("good") == 1


@pytest.mark.parametrize(
    "code", ["import sys\nsys.exit(3)", "quit()", "exit()", "raise SystemExit", "raise KeyboardInterrupt"]
)
def test_polite_ways_to_end(session: Session, code: str) -> None:
    """What ends a script is an error of its cell, and takes nothing down."""
    outcomes = session.run([code, "x = 1"])
    assert outcomes[0].error is not None
    assert outcomes[1].error is None
    assert session.lost == []


def test_exit_in_a_call(session: Session) -> None:
    """`sys.exit` in a function is what the function raised."""
    session.run(["import sys\ndef leave():\n    sys.exit('bye')"])
    with pytest.raises(StudentFailure, match=r"`leave` raised SystemExit: bye \(in your leave, line 3"):
        session.call("leave")
    assert session.lost == []


def test_threads_that_never_end(session: Session) -> None:
    """Threads that loop make a call slower, but not endless, and are gone with their process."""
    session.run(["import threading\ndef spin():\n    while True: pass\n"
                 "def f():\n    threading.Thread(target=spin).start()\n    return 7"])  # fmt: skip
    assert session.call("f") == 7
    assert session.call("f") == 7
