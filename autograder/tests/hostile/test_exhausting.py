"""Submissions that want more than their share of memory, disk, output or threads."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.pool import Limits, Session, StudentFailure, Zygote


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nkept = [np.ones(10**6) for _ in range(10**4)]",
        "x = bytearray(10**10)",
        "x = 'x' * 10**10",
        "x = [0]\nwhile True: x += x",
        "import mmap\nkept = [mmap.mmap(-1, 10**8) for _ in range(100)]",
    ],
)
def test_memory(session: Session, code: str) -> None:
    """What is too large is a MemoryError of the cell, and never more than the limit is used."""
    (outcome,) = session.run([code])
    assert "MemoryError" in (outcome.error or "") or "Cannot allocate" in (outcome.error or "")
    assert session.peak_mb < 400


def test_memory_in_a_call(session: Session) -> None:
    """The next call has its memory again."""
    hog = "import numpy as np\ndef hog():\n    return [np.ones(10**6) for _ in range(10**4)]"
    session.run([hog, "def good():\n    return 1"])
    with pytest.raises(StudentFailure, match="`hog` raised MemoryError"):
        session.call("hog")
    assert session.call("good") == 1


def test_shared_memory_without_a_name(session: Session) -> None:
    """Memory that belongs to no process cannot be had."""
    assert "not permitted" in (session.run(["import os\nos.memfd_create('x')"])[0].error or "")


def test_output(session: Session) -> None:
    """Endless output is cut, with a note; the cell is not failed for it."""
    outcome = session.run(["for _ in range(300): print('x' * 10**5)"])[0]
    text = outcome.outputs[0]["text"]
    assert outcome.error is None
    assert len(text) < 2.2e6
    assert "was left out: it is longer than 2097 kB" in text


@pytest.mark.parametrize("what", ["'\\0' * 10**6", "HTML('x' * 10**7)", "[[i] * 10 for i in range(10**5)]"])
def test_output_that_grows_on_the_way(session: Session, what: str) -> None:
    """Outputs that are long only when written out are bounded too."""
    code = f"class HTML(str):\n    def _repr_html_(self): return self\nprint({what})\ndisplay({what})\n{what}"
    outcome = session.run([code])[0]
    assert sum(len(str(output)) for output in outcome.outputs) < 2e7
    assert session.run(["1"])[0].outputs[0]["data"]["text/plain"] == "1"


@pytest.mark.levels("bubblewrap", "landlock")
@pytest.mark.parametrize(
    "code",
    [
        "for i in range(10**6):\n    file = open(f'{i}', 'wb')\n    for _ in range(4): file.write(b'x' * 10**6)",
        "while True:\n    open('x', 'ab').write(b'x' * 10**6)",
        "for i in range(10**7): open(f'{i}', 'w').close()",
        "import os, time\nfor i in range(10**4):\n    fd = os.open('x', os.O_CREAT | os.O_RDWR)\n"
        "    os.unlink('x')\n    os.write(fd, b'x' * 10**6)",
    ],
)
def test_disk(session: Session, code: str) -> None:
    """Filling the scratch folder is an error, or the end of the worker."""
    error = session.run([code])[0].error or ""
    assert "Error" in error or error.endswith("` was running when it had filled its folder with files.")


@pytest.mark.levels("bubblewrap", "landlock")
def test_files_that_come_and_go(session: Session) -> None:
    """Files that vanish while they are counted trouble nobody."""
    code = "import os, time\nuntil = time.time() + 1\nwhile time.time() < until:\n    for i in range(50):\n"
    code += "        open(f'{i}', 'w').close()\n    for i in range(50):\n        os.unlink(f'{i}')"
    assert session.run([code])[0].error is None
    assert session.lost == []


def test_threads(session: Session) -> None:
    """Threads come to an end with memory."""
    code = "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(1000,)).start()"
    assert "can't start new thread" in (session.run([code])[0].error or "")


def test_processor_time() -> None:
    """Processor time is bounded over all cells together."""
    with Zygote(Limits(cpu=1), isolation="landlock") as zygote, Session(zygote) as session:
        (outcome,) = session.run(["while True: pass"])
        assert outcome.error == "The cell `while True: pass` was running when it used up its processor time."


def test_everything_loops() -> None:
    """A submission in which each of ten functions loops in each of five calls costs a bounded time."""
    limits = Limits(call_wall=0.4, patience=0.8, hurry_wall=0.1)
    with Zygote(limits, isolation="landlock") as zygote, Session(zygote) as session:
        session.run([f"def f{i}(x):\n    while True: pass" for i in range(10)])
        sentences = []
        for i in range(10):
            for _ in range(5):
                with pytest.raises(StudentFailure) as failure:
                    session.call(f"f{i}", (np.ones(2),))
                sentences.append(failure.value.sentence)
        assert len(session.lost) == 11
        assert sentences[0] == "`f0` did not finish within 0.4 s."
        assert sentences[2] == "`f0` was not tried again: it did not finish in time before."
        assert sentences[5] == "`f1` did not finish within 0.1 s."
        assert session._waited < 2.0


def test_every_call_ends_the_process() -> None:
    """After twenty losses, calls fail at once."""
    with Zygote(Limits(losses=3), isolation="landlock") as zygote, Session(zygote) as session:
        session.run(["import os\ndef f():\n    os._exit(1)"])
        for _ in range(3):
            with pytest.raises(StudentFailure, match="exit code 1"):
                session.call("f")
        with pytest.raises(StudentFailure, match="not tried: this code took its process down 3 times") as failure:
            session.call("f")
        assert failure.value.kind == "lost"
        assert session.run(["1"])[0].error == "not tried: this code took its process down 3 times."
