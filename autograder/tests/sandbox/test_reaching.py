"""Who reaches beyond the walls is noted for the instructor; ordinary work is not."""

from __future__ import annotations

import pytest

from autograder.sandbox.pool import Limits, Session, Zygote
from autograder.sandbox.reaching import MOST
from autograder.tests import here


@pytest.fixture(scope="module")
def zygote():
    """Return a zygote at the strongest level of this machine."""
    with Zygote(Limits(call_wall=2.0, memory_mb=300), ["matplotlib.pyplot"], here.strongest()) as started:
        yield started


def reached(zygote, *cells):
    """Run cells in a worker of their own, and return what they reached for."""
    with Session(zygote, ["matplotlib"]) as session:
        session.run(cells)
        return list(session.reached)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("open('/etc/passwd')", "open '/etc/passwd'"),
        ("import os\nos.listdir('/root')", "list '/root'"),
        ("import os\nos.open(b'/etc/shadow', os.O_RDONLY)", "open '/etc/shadow'"),
        ("from pathlib import Path\nPath('../../other').read_text()", "other'"),
        ("import numpy as np\nnp.load('/home/ann/answers.npy')", "open '/home/ann/answers.npy'"),
        ("import os\nos.remove('/etc/passwd')", "remove '/etc/passwd'"),
        ("import socket\nsocket.socket()", "open a socket"),
        ("import socket\nsocket.getaddrinfo('x.org', 80)", "look up a name in the network"),
        ("import subprocess\nsubprocess.run(['ls'])", "start a process"),
        ("import os\nos.fork()", "start a process"),
        ("import os\nos.system('id')", "start a process"),
        ("import os\nos.kill(1, 9)", "send a signal to another process"),
        ("import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)", "call 'ptrace' of the system"),
    ],
)
def test_what_is_reached_for_is_noted(zygote, code, said):
    """Files elsewhere, sockets, processes, signals: also where the code hides the error that it got."""
    quiet = "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) + "except BaseException:\n    pass"
    assert any(said in one for one in reached(zygote, quiet)), reached(zygote, quiet)


def test_ordinary_work_is_not_noted(zygote):
    """A figure, own files, imports, a random seed, a line for the shell and a signal to oneself reach for nothing."""
    cells = [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='$x$')\nplt.legend();",
        "import numpy as np, tempfile\nnp.save('a.npy', np.ones(2))\nnp.load('a.npy')\ntempfile.TemporaryFile()",
        "import csv, unittest, sqlite3, multiprocessing, ctypes, socket, asyncio\nimport not_there",
        "!pip install torch\n%matplotlib widget\nnp.random.seed(0)\nhelp(np.sum)",
        "import os, signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\nos.kill(os.getpid(), signal.SIGUSR1)",
        "import asyncio\nawait asyncio.sleep(0)",
        "1 / 0",
    ]
    assert reached(zygote, *cells) == []


def test_a_socket_is_noted_whatever_opens_it_is_called(zygote):
    """Only the library's own pair of sockets is let pass, not a function of its name."""
    code = "import socket\ndef socketpair():\n    try: socket.socket()\n    except OSError: pass\nsocketpair()"
    assert reached(zygote, code) == ["open a socket"]


def test_calls_are_listened_to_and_the_list_is_short(zygote):
    """What a function does when the judge calls it is noted too; each thing once, and only so many."""
    with Session(zygote) as session:
        session.run(
            ["def f(n):\n    for k in range(n):\n        try: open(f'/secret/{k}')\n        except OSError: pass"]
        )
        assert session.reached == {}
        session.call("f", (2,))
        session.call("f", (2,))
        assert list(session.reached) == ["open '/secret/0'", "open '/secret/1'"]
        session.call("f", (1000,))
        assert len(session.reached) == MOST


def test_who_disturbs_the_connection_is_noted(zygote):
    """Bytes that are no frame end the worker, and count as reaching out."""
    code = "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'x' * 64)\n    except OSError: pass"
    assert "disturb its connection with the grader" in reached(zygote, code)


def test_what_a_worker_says_is_cut(zygote):
    """A worker may say anything of itself: what is no text, too long or too many does no harm."""
    with Session(zygote) as session:
        session.run(["x = 1"])
        session._exchange._note([1, None, "a" * 10_000, *map(str, range(99))])
        session._exchange._note({"not": "a list"})
        assert len(session.reached) <= MOST
        assert max(map(len, session.reached)) < 300
