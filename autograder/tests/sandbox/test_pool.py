"""A submission's life in the sandbox: what is missing, lost or replayed, and what it used."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from autograder.sandbox import host, values
from autograder.sandbox.pool import Limits, SandboxError, Session, StudentFailure, Zygote


def test_a_missing_function(session: Session) -> None:
    """A function that is not there, or is no function, is missing."""
    session.run(["g = 3"])
    for name, said in (("f", "is not defined. Did its cell run"), ("g", "is no function: .* Got int.")):
        with pytest.raises(StudentFailure, match=f"`{name}` {said}") as failure:
            session.call(name)
        assert failure.value.kind == "missing"


def test_an_exception(session: Session) -> None:
    """The sentence has type, message, and the student's line; the type is there by itself, too."""
    session.run(["def f(x):\n    y = x + 1\n    raise ValueError('x must be 2-d')"])
    with pytest.raises(StudentFailure) as failure:
        session.call("f", (1,))
    assert failure.value.sentence == (
        "`f` raised ValueError: x must be 2-d (in your f, line 3: `raise ValueError('x must be 2-d')`)"
    )
    assert (failure.value.kind, failure.value.exception) == ("raised", "ValueError")
    assert failure.value.on_purpose


def test_a_kind_of_an_exception(session: Session) -> None:
    """A student's own type of exception comes with its bases; what NumPy cannot do was not raised on purpose."""
    session.run(
        [
            "import numpy as np\nclass NoSuchMode(ValueError): pass\n"
            "def own():\n    raise NoSuchMode('evaluate ')\ndef sum_of():\n    return np.ones(3) + np.ones(4)"
        ]
    )
    with pytest.raises(StudentFailure, match=r"^`own` raised NoSuchMode: evaluate \(in your own") as failure:
        session.call("own", ())
    assert failure.value.bases[:2] == ("NoSuchMode", "ValueError")
    with pytest.raises(StudentFailure, match=r"shapes \(3,\) \(4,\) \(in your sum_of") as failure:
        session.call("sum_of", ())
    assert not failure.value.on_purpose


def test_a_stub(session: Session) -> None:
    """A function that was not written says so."""
    session.run(["def f(x):\n    raise NotImplementedError"])
    with pytest.raises(StudentFailure, match="`f` is not written yet"):
        session.call("f", (1,))


def test_slow_calls_are_bounded_together(session: Session) -> None:
    """Calls that each finish in time cannot add up to an endless submission."""
    session.run(["import time\ndef f():\n    time.sleep(0.15)"])
    session._limits = Limits(total_wall=session._spent + 0.2)
    for _ in range(2):
        session.call("f")
    sentence = r"`f` was not run: the notebook used up the .* s that all its cells and calls may take together."
    with pytest.raises(StudentFailure, match=sentence) as failure:
        session.call("f")
    assert failure.value.kind == "timeout"
    assert "The cell `1` was not run: the notebook used up" in (session.run(["1"])[0].error or "")


def test_running_cells_again_takes_of_the_same_time(session: Session) -> None:
    """A worker that is lost on purpose does not buy another round of slow cells."""
    session.run(["import os, time\ntime.sleep(0.3)"] + ["time.sleep(0.3)"] * 4 + ["def f():\n    os._exit(0)"])
    session._limits = Limits(total_wall=session._spent + 0.7)
    for _ in range(3):
        with pytest.raises(StudentFailure):
            session.call("f")
    assert session._spent < session._limits.total_wall + 0.7
    assert len(session.lost) == 1


def test_as_many_numbers_as_a_value_may_have(session: Session) -> None:
    """A right answer of 200,000 parts with all their digits is not too long for a frame."""
    session.run(["def f(n):\n    return [-1.2345678901234567e-300 - i * 1e-303 for i in range(n)]"])
    assert len(session.call("f", (values.MAX_NODES - 10,))) == values.MAX_NODES - 10


def test_what_stops_the_judge_in_the_middle_of_a_call_is_no_ones_answer(session: Session) -> None:
    """The worker that was being asked is given up, so that its answer is not taken for the next one's."""

    class Stopped(BaseException):
        pass

    def stop(_: float) -> float:
        raise Stopped

    session.run(["def f(g):\n    return g(1.0)", "def h():\n    return 2.0"])
    with pytest.raises(Stopped):
        session.call("f", (stop,))
    assert session.call("h") == 2.0
    assert session.lost == []


def test_a_lost_worker_is_replaced(session: Session) -> None:
    """All cells but the one that did it run again, in order, and what they had defined is back."""
    cells = ["import os\nseen = ['first']", "seen.append('second')\n1 / 0", "os._exit(3)", "seen.append('fourth')"]
    outcomes = session.run([*cells, "def f(*ends):\n    return os._exit(0) if ends else seen"])
    assert [outcome.error is None for outcome in outcomes] == [True, False, False, True, True]
    assert session.call("f") == ["first", "second", "fourth"]
    with pytest.raises(StudentFailure, match="`f` was running when its process ended itself") as failure:
        session.call("f", (1,))
    assert failure.value.kind == "lost"
    assert session.call("f") == ["first", "second", "fourth"]
    assert session.lost == [
        "The cell `os._exit(3)` was running when its process ended itself with exit code 3.",
        "`f` was running when its process ended itself with exit code 0.",
    ]


def test_a_call_that_we_break_off_ourselves(session: Session) -> None:
    """The worker is given up with its objects, and nobody is blamed: it would answer another question next."""
    session.run(["def ask(f):\n    return f(1)", "def thing():\n    return object()"])
    handle = session.call("thing")

    def break_off(number: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        session.call("ask", (break_off,))
    assert session.call("ask", (lambda number: number + 1,)) == 2
    assert session.lost == []
    session.call("thing")
    with pytest.raises(StudentFailure, match="the object that an earlier call returned was lost"):
        session.call("ask", (handle,))


def test_a_cell_that_fails_only_when_replayed(session: Session) -> None:
    """A cell that takes the worker down on a later run is dropped, and the rest goes on."""
    tricky = "import os, time\nif time.time() > start + 0.5: os._exit(5)"
    session.run([f"start = {time.time()}", "x = 1", tricky, "def f():\n    os._exit(1)", "def g(): return x"])
    time.sleep(0.5)
    with pytest.raises(StudentFailure):
        session.call("f")
    assert session.call("g") == 1
    assert (
        session.lost[-1]
        == "The cell `import os, time`, run again, was running when its process ended itself with exit code 5."
    )


def test_three_times_too_slow(zygote: Zygote) -> None:
    """A function that did not finish three times is not tried again; others are."""
    with Session(zygote) as session:
        session._limits = Limits(call_wall=0.1)
        session.run(["def slow(x):\n    while x: pass\n    return 1", "def quick(): return 2"])
        for _ in range(3):
            with pytest.raises(StudentFailure, match=r"`slow` did not finish within 0\.1 s\."):
                session.call("slow", (1,))
        with pytest.raises(StudentFailure, match="`slow` was not tried again: it did not finish in time before"):
            session.call("slow", (0,))
        assert session.call("quick") == 2
        assert len(session.lost) == 3


def test_memory_is_reported(session: Session) -> None:
    """The most memory a worker had is known while it lives, and after."""
    session.run(["import numpy as np", "np.ones(30 << 17).sum()"])
    alive = session.peak_mb
    session.close()
    assert 50 < alive < 500
    assert session.peak_mb == pytest.approx(alive, abs=5)


def test_a_zygote_that_dies_is_started_again() -> None:
    """Whatever kills the zygote, the submission at hand loses a worker, and all goes on."""
    with Zygote(Limits()) as zygote, Session(zygote) as session:
        session.run(["def f(x): return x + 1"])
        assert zygote._process is not None
        for process in reversed(psutil.Process(zygote._process.pid).children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        zygote._process.kill()
        with pytest.raises(StudentFailure):
            session.call("f", (1,))
        assert session.call("f", (np.ones(2),)).tolist() == [2.0, 2.0]
        assert zygote.starts == 2


def test_nothing_is_left_of_a_zygote() -> None:
    """When the judge dies, and a worker is in a loop, no process and no folder of the sandbox is left."""
    with Zygote(Limits(call_wall=0.1), isolation="landlock") as zygote:
        scratch, process = Path(zygote._scratch), zygote._process
        assert process is not None
        worker = zygote.fork([])
        worker.channel.send({"n": 1, "do": "run", "number": 1, "source": "while True: pass"})
        workers = psutil.Process(process.pid).children()
        zygote._control.close()
        assert process.wait(5) == 0
        assert psutil.wait_procs(workers, timeout=5)[1] == []
        worker.channel.close()
    assert not scratch.exists()


def test_a_zygote_that_does_not_answer() -> None:
    """A zygote that is stuck is given up, and another one started."""
    with Zygote(Limits(), isolation="landlock") as zygote, Session(zygote) as session:
        assert zygote._process is not None
        session.run(["x = 1"])
        zygote._process.send_signal(signal.SIGSTOP)
        zygote._control.settimeout(0.05)
        with pytest.raises(ConnectionError, match="The zygote does not answer: timed out"):
            zygote.ask({"do": "peak", "worker": 1})
        assert session.peak_mb == 0.0
        with Session(zygote) as next_one:
            assert next_one.run(["1"])[0].error is None
        assert zygote.starts == 2


def test_a_zygote_that_cannot_start() -> None:
    """The reason is in the message."""
    with pytest.raises(SandboxError, match=r"did not start at level 'landlock'.*no_such_module"):
        Zygote(Limits(), ["no_such_module"], "landlock").__enter__()


def test_a_worker_that_cannot_be_shut_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the walls is ours: it is no outcome of a submission."""
    with Zygote(Limits(open_files=1 << 40), isolation="landlock") as zygote:  # more than the machine allows
        with pytest.raises(SandboxError, match="A worker could not be shut in: ValueError"):
            Session(zygote).run(["x = 1"])
        monkeypatch.setattr(host, "ANSWER_SECONDS", 0.0)
        with pytest.raises(SandboxError, match="A worker did not start: TimeoutError"):
            zygote.fork([])


def test_a_zygote_that_ends_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the second time it is a fault that a person must look at."""

    def gone(*_: object) -> None:
        raise ConnectionError

    with Zygote(Limits(), isolation="landlock") as zygote:
        monkeypatch.setattr(zygote, "ask", gone)
        with pytest.raises(SandboxError, match="The sandbox ended twice when it was asked for a worker"):
            zygote.fork([])


def test_cells_keep_their_numbers(session: Session) -> None:
    """After a loss, a line of a cell is still shown under the number that the cell had."""
    session.run(["import os", "os._exit(1)", "def f(x):\n    return 1 / x"])
    (outcome,) = session.run(["f(0)"])
    assert outcome.outputs[0]["traceback"][2] == "Cell 3, line 2, in f"


def test_endings_in_words() -> None:
    """How a process ended is said in words that a student can use."""
    words = {
        (0, None): "its process ended itself with exit code 0",
        (None, signal.SIGXCPU): "it used up its processor time",
        (None, signal.SIGSEGV): "its process crashed (SIGSEGV)",
        (None, signal.SIGKILL): "its process crashed (SIGKILL, probably for want of memory)",
        (None, 50): "its process crashed (50)",
    }
    for (code, number), said in words.items():
        assert host.Ending(code, number, True, False, 0.0, 0.0).words == said
