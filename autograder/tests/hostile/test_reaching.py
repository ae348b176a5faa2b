"""Submissions that reach for files, processes, or the network: all they get is an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox.pool import Session

ROOT = Path(__file__).resolve().parents[3]
EVERY_LEVEL = pytest.mark.levels("bubblewrap", "landlock", "seccomp")


def refused(session: Session, code: str) -> str:
    """Run code, and return the error that it must end in."""
    (outcome,) = session.run([code])
    assert outcome.error is not None, outcome.outputs
    return outcome.error


@EVERY_LEVEL
@pytest.mark.parametrize(
    "path",
    [
        Path.home() / ".ssh",
        Path.home() / ".ssh" / "id_rsa",
        ROOT / "solutions",
        ROOT / "solutions" / "a4_batch_norm" / "a4_batch_norm.py",
        ROOT / "autograder" / "suites",
        ROOT / "autograder" / "suite.py",
        ROOT / "autograder" / "judge" / "student.py",
        ROOT / ".git" / "HEAD",
        Path("/etc/passwd"),
        Path("/proc/1/environ"),
        Path("/proc/self/environ"),
        Path("/proc/self/maps"),
        Path("/"),
    ],
    ids=str,
)
def test_reading(session: Session, path: Path) -> None:
    """What is no business of a submission cannot be read or listed."""
    refused(session, f"import os\nos.listdir({str(path)!r})")
    refused(session, f"open({str(path)!r}).read()")


@EVERY_LEVEL
def test_reading_what_is_there(session: Session, tmp_path: Path) -> None:
    """A file that this test can read is not read by a submission, by no way of asking."""
    secret = tmp_path / "secret"
    secret.write_text("42")
    secret.chmod(0o666)
    for ask in (
        f"open({str(secret)!r}).read()",
        f"import os\nos.open({str(secret)!r}, os.O_RDONLY)",
        f"import os\nos.open({str(secret)!r}, os.O_RDONLY | os.O_TRUNC)",
        f"import os\nos.truncate({str(secret)!r}, 0)",
        f"import os\nos.unlink({str(secret)!r})",
        f"import os\nos.rename({str(secret)!r}, 'mine')",
        f"import os\nos.link({str(secret)!r}, 'mine')",
        f"import os\nos.chmod({str(secret)!r}, 0)",
        f"import os\nos.utime({str(secret)!r}, (0, 0))",
        f"import os\nos.symlink({str(secret)!r}, 'mine')\nopen('mine').read()",
        f"import numpy as np\nnp.fromfile({str(secret)!r})",
        f"import mmap, os\nmmap.mmap(os.open({str(secret)!r}, os.O_RDWR), 0)",
    ):
        refused(session, ask)
    assert secret.read_text() == "42"
    assert secret.stat().st_mode & 0o777 == 0o666
    assert secret.stat().st_mtime > 0


@EVERY_LEVEL
@pytest.mark.parametrize("path", ["/tmp/left-behind", "/dev/shm/left-behind", "/left-behind", "../left-behind"])
def test_writing(session: Session, path: str) -> None:
    """Nothing can be written outside the scratch folder."""
    refused(session, f"open({path!r}, 'w').write('x')")
    refused(session, f"import os\nos.mkdir({path!r})")
    assert not Path(path).exists()


@pytest.mark.levels("bubblewrap", "landlock")
def test_the_scratch_folder(session: Session) -> None:
    """Files can be written, read and removed in the working folder."""
    code = "import numpy as np, os, tempfile\nnp.save('a.npy', np.ones(3))\nassert np.load('a.npy').sum() == 3\n"
    code += "os.rename('a.npy', 'b.npy')\nos.remove('b.npy')\ntempfile.TemporaryFile().write(b'x')\n"
    (outcome,) = session.run([code + "open('kept', 'w').write('x')"])
    assert outcome.error is None
    session.close()
    (outcome,) = session.run(["import os\nos.listdir('.')"])
    assert outcome.outputs[0]["data"]["text/plain"] == "['kept']"  # replayed into a fresh folder


@pytest.mark.levels("bubblewrap", "landlock")
def test_another_submissions_scratch_folder(session: Session) -> None:
    """One submission neither sees nor reads the files of another that runs beside it."""
    with Session(session._zygote) as other:
        (outcome,) = other.run(["import os\nopen('answer', 'w').write('42')\nprint(os.getcwd().encode().hex())"])
        folder = bytes.fromhex(outcome.outputs[0]["text"].strip()).decode()  # as it is: outputs hide it
        refused(session, f"open({folder + '/answer'!r}).read()")
        refused(session, f"import os\nos.listdir({folder!r})")
        refused(session, f"import os\nos.listdir({str(Path(folder).parent)!r})")


@EVERY_LEVEL
def test_what_one_submission_leaves_for_another(session: Session) -> None:
    """The descriptors that a worker inherits carry nothing from one to the other."""
    code = "import os, sys\nfor fd in range(64):\n    try: os.pwrite(fd, b'answer', 0)\n    except OSError: pass"
    session.run([code, code.replace("pwrite", "write").replace(", 0)", ")")])
    look = "import os\nfor fd in range(64):\n    try: print(os.pread(fd, 9, 0))\n    except OSError: pass"
    with Session(session._zygote) as other:
        (outcome,) = other.run([look])
        assert "answer" not in str(outcome.outputs)


@EVERY_LEVEL
@pytest.mark.parametrize(
    "code",
    [
        "import socket\nsocket.socket().connect(('1.1.1.1', 53))",
        "import socket\nsocket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')",
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "import socket\nsocket.create_server(('', 0))",
        "import socket\nsocket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', '/dev/log')",
        "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1')",
    ],
)
def test_the_network(session: Session, code: str) -> None:
    """There is no socket to be had."""
    assert "not permitted" in refused(session, code)


@EVERY_LEVEL
@pytest.mark.parametrize(
    "code",
    [
        "import os\nwhile True: os.fork()",
        "import os\nos.fork() or os.fork() or os.setsid()",
        "import subprocess\nsubprocess.Popen(['/bin/sleep', '1000'], start_new_session=True)",
        "import os\nos.posix_spawn('/bin/sleep', ['sleep', '1000'], {})",
        "import os\nos.execv('/bin/true', ['true'])",
        "import multiprocessing\nmultiprocessing.get_context('fork').Process(target=print).start()",
        "assert __import__('os').system('sleep 1000 &') == 0",
        "import ctypes\nassert ctypes.CDLL(None).fork() > 0",
        "import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0",
    ],
)
def test_starting_processes(session: Session, code: str) -> None:
    """No process can be started, so none can be left behind."""
    refused(session, code)


@EVERY_LEVEL
@pytest.mark.parametrize("code", ["!sleep 1000 &", "%%bash\nsleep 1000 &"])
def test_a_line_for_the_shell(session: Session, code: str) -> None:
    """It reaches no shell: the cell goes on and says so."""
    (outcome,) = session.run([code])
    assert outcome.error is None
    assert "was passed over: graded code runs by itself, without a shell" in str(outcome.outputs)


@EVERY_LEVEL
@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.kill(os.getppid(), 9)",
        "import os\nos.kill(-1, 9)",
        "import os\nos.kill(0, 9)",
        "import os\nos.killpg(os.getpgid(os.getppid()), 9)",
        "import os\nos.kill(1, 9)",
        "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)",
        "import fcntl, os\nfcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid())",
        "import fcntl, os\nfcntl.fcntl(os.pipe()[0], 10, 9)",
        "import fcntl, os\nfcntl.fcntl(os.open(os.path.dirname(os.__file__), os.O_RDONLY), fcntl.F_NOTIFY, 1)",
        "import fcntl, os\nfcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
        "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
        "import os\nos.setpriority(os.PRIO_PGRP, 0, 19)",
        "import os\nopen(f'/proc/{os.getppid()}/mem', 'r+b')",
        "import ctypes, os\nassert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
        "import ctypes, os\nassert ctypes.CDLL(None).syscall(311, os.getppid(), 0, 0, 0, 0, 0) == 0",
        "import ctypes\nassert ctypes.CDLL(None).prctl(38, 0, 0, 0, 0) == 0",
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "import os\nos.setuid(0) if os.getuid() else os.setuid(1)",
    ],
)
def test_other_processes(session: Session, code: str) -> None:
    """Neither the zygote nor another worker can be signalled, traced, limited, read or written."""
    refused(session, code)
    assert session.lost == []


@EVERY_LEVEL
def test_another_worker(session: Session) -> None:
    """A submission cannot end one that runs beside it."""
    with Session(session._zygote) as other:
        other.run(["x = 1"])
        session.run(["import os\nfor pid in range(2, 400):\n    try:\n        if pid != os.getpid(): os.kill(pid, 9)\n"
                     "    except OSError: pass"])  # fmt: skip
        assert other.run(["x + 1"])[0].outputs[0]["data"]["text/plain"] == "2"
        assert other.lost == session.lost == []
