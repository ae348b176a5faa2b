"""The judge's side of the zygote: starts it, asks it for workers, and has them ended."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from autograder.sandbox import isolation
from autograder.sandbox.isolation import SandboxError
from autograder.sandbox.launch import Launch
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire import Channel, WireError

START_SECONDS = 60.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Ending:
    """How a worker ended: exit code or signal, whether we had not killed it yet, and what it used."""

    code: int | None
    signal: int | None
    by_itself: bool
    filled: bool
    peak_mb: float
    cpu_seconds: float

    @property
    def words(self) -> str:
        """Say how it ended."""
        if self.filled:
            return "it had filled its folder with files"
        if self.code is not None:
            return f"its process ended itself with exit code {self.code}"
        number = self.signal or 0
        if number == signal.SIGXCPU:
            return "it used up its processor time"
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        more = ", probably for want of memory" if number == signal.SIGKILL else ""
        return f"its process crashed ({name}{more})"


_WITH_THE_ZYGOTE = Ending(None, signal.SIGKILL, True, False, 0.0, 0.0)


class Zygote:
    """A process that has NumPy loaded and forks a worker in milliseconds.

    Parameters
    ----------
    limits : Limits
        What each submission may use.
    preload : sequence of str
        Modules to import before forking, beside NumPy and IPython: whatever the cells will import.
    isolation : str, optional
        Name of an isolation level; the strongest that this machine has, otherwise.

    Raises
    ------
    SandboxError
        If the level asked for does not work here, or the zygote does not start.
    """

    def __init__(self, limits: Limits, preload: Sequence[str] = (), isolation: str | None = None) -> None:
        self.limits, self.preload = limits, tuple(preload)
        self.starts = 0
        self._asked = isolation
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Zygote:
        self.isolation = isolation.choose(self._asked)
        self._start()
        return self

    def __exit__(self, _type: type | None, _value: BaseException | None, _traceback: TracebackType | None) -> None:
        self._stop()

    def fork(self, allowed_imports: Sequence[str]) -> WorkerHandle:
        """Return a new worker; a zygote that has died is started again first."""
        request = {"do": "fork", "imports": list(allowed_imports)}
        ours, theirs = socket.socketpair()
        with theirs:
            for _ in range(2):
                try:
                    return WorkerHandle(self, self.ask(request, [theirs.fileno()])["worker"], ours)
                except ConnectionError:
                    self._stop()
                    self._start()
        ours.close()
        raise SandboxError("The sandbox ended twice when it was asked for a worker. Is there enough memory?")

    def ask(self, request: dict[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        """Return the zygote's answer to a request; ConnectionError if it is gone."""
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            data = self._control.recv(65536)
        except BaseException as error:  # a late answer must not be taken for the next one
            self._control.close()
            if not isinstance(error, OSError):
                raise
            raise ConnectionError(f"The zygote does not answer: {error}") from None
        if not data:
            raise ConnectionError("The zygote is gone.")
        answer: dict[str, Any] = json.loads(data)
        return answer

    def _start(self) -> None:
        self.starts += 1
        self._scratch = tempfile.mkdtemp(prefix="zeromean-")
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as errors:
            launch = Launch(self.isolation.number, self.limits, self.preload, self._scratch)
            self._process = subprocess.Popen(
                launch.command("zygote", str(theirs.fileno())),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                env=launch.environment(), cwd="/", pass_fds=[theirs.fileno()], start_new_session=True,
            )  # fmt: skip
            theirs.close()
            self._control.settimeout(START_SECONDS)
            try:
                ready = self._control.recv(65536)
            except (TimeoutError, ConnectionError):
                ready = b""
            if not ready:
                self._stop()
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise SandboxError(f"The sandbox did not start at level {self.isolation.name!r}. {said}".strip())
        self._control.settimeout(ANSWER_SECONDS)

    def _stop(self) -> None:
        self._control.close()
        if self._process:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(2)
        shutil.rmtree(self._scratch, ignore_errors=True)


class WorkerHandle:
    """One worker, as the judge sees it."""

    def __init__(self, zygote: Zygote, number: int, sock: socket.socket) -> None:
        self.number = number
        self.channel = Channel(sock)
        self._zygote, self._start = zygote, zygote.starts
        hello: dict[str, Any] = {}
        try:
            hello, _ = self.channel.receive(ANSWER_SECONDS)
            if "fault" in hello:
                raise SandboxError(f"A worker could not be shut in: {hello['fault']}")
        except (TimeoutError, EOFError, WireError) as error:
            raise SandboxError(f"A worker did not start: {type(error).__name__} {error}") from None
        finally:
            if not hello or "fault" in hello:
                self.end()

    @property
    def peak_mb(self) -> float:
        """The most memory it has had resident so far, in MB."""
        return float(self._ask("peak").get("peak_mb", 0.0))

    def _ask(self, do: str, *, gone: bool = False) -> dict[str, Any]:
        """Ask the zygote about this worker; nothing if that zygote is gone, and the worker with it."""
        if self._start != self._zygote.starts:
            return {}
        try:
            return self._zygote.ask({"do": do, "worker": self.number, "gone": gone})
        except ConnectionError:
            return {}

    def end(self, *, gone: bool = False) -> Ending:
        """Kill it, and return how it ended."""
        ending = self._ask("end", gone=gone).get("ending")
        self.channel.close()
        return Ending(**ending) if ending else _WITH_THE_ZYGOTE
