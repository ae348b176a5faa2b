"""The process that forks workers: a fresh interpreter with NumPy, IPython and the course's modules loaded.

It runs only trusted code, and listens only to the judge, on a socket that no worker inherits.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from autograder.sandbox import reaching, walls
from autograder.sandbox.limits import MB
from autograder.sandbox.shell import StudentShell, make_shell
from autograder.sandbox.wire import Channel
from autograder.sandbox.worker import Worker, prepare

WATCH_SECONDS = 0.25
GRACE_SECONDS = 0.05


class ForkServer:
    """Forks a worker for each request, and ends it when asked."""

    def __init__(self, control: socket.socket, plan: walls.Plan, shell: StudentShell) -> None:
        self._control, self._plan, self._shell = control, plan, shell
        self._workers: dict[int, str] = {}
        self._filled: set[int] = set()

    def serve(self) -> None:
        """Obey the judge until it closes the control socket."""
        self._control.send(b'{"ready": true}')
        while True:
            if not select.select([self._control], [], [], WATCH_SECONDS if self._workers else None)[0]:
                self._watch_scratch()
                continue
            data, fds, _, _ = socket.recv_fds(self._control, 65536, 1)
            if not data:
                break
            request = json.loads(data)
            answer = getattr(self, f"_{request['do']}")(request, *fds)
            self._control.send(json.dumps(answer).encode())
        for number in list(self._workers):
            self._end({"worker": number})

    def _fork(self, request: dict[str, Any], fd: int) -> dict[str, Any]:
        scratch = f"{self._plan.scratch}/{len(self._workers)}-{time.monotonic_ns()}"
        Path(scratch).mkdir(mode=0o700)
        zygote, number = os.getpid(), os.fork()
        if number == 0:
            self._become_worker(fd, scratch, request["imports"], zygote)
        os.close(fd)
        self._workers[number] = scratch
        self._filled.discard(number)
        return {"worker": number}

    def _become_worker(self, fd: int, scratch: str, imports: list[str], zygote: int) -> None:
        channel = Channel(socket.socket(fileno=fd))
        try:
            self._control.close()
            walls.enter(self._plan, scratch, zygote)
            Worker(channel, self._shell, imports, reaching.listen(self._plan.readable, scratch)).serve()
        except BaseException as error:
            channel.send({"n": 0, "fault": f"{type(error).__name__}: {error}"[:500]})
        finally:
            os._exit(0)

    def _end(self, request: dict[str, Any]) -> dict[str, Any]:
        number = request["worker"]
        scratch = self._workers.pop(number)
        by_itself = _has_ended(number, GRACE_SECONDS if request.get("gone") else 0.0)
        for kill in (os.kill, os.killpg):  # at the last level of isolation, it may have children
            with contextlib.suppress(ProcessLookupError):
                kill(number, signal.SIGKILL)
        _, status, usage = os.wait4(number, 0)
        walls.empty(scratch)
        return {
            "ending": {
                "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "by_itself": by_itself,
                "filled": number in self._filled,
                "peak_mb": round(usage.ru_maxrss / 1024, 1),
                "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 3),
            }
        }

    def _peak(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"peak_mb": walls.peak_mb(request["worker"])}

    def _watch_scratch(self) -> None:
        """Kill a worker that has filled its scratch folder."""
        limits = self._plan.limits
        for number, scratch in self._workers.items():
            count, size = walls.usage(scratch)
            if count > limits.scratch_files or size > limits.scratch_mb * MB:
                self._filled.add(number)
                os.kill(number, signal.SIGKILL)


def _has_ended(number: int, within: float) -> bool:
    """Whether a child ends by itself within a time; it is left to be waited for."""
    until = time.monotonic() + within
    while os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() >= until:
            return False
        time.sleep(0.002)
    return True


def _keep_fonts() -> None:
    """Keep the fonts that matplotlib closes when it is forked, for workers that can open nothing.

    Their files are shared with other workers, so at that level only one should draw at a time.
    """
    from matplotlib import font_manager

    font_manager._get_font = functools.lru_cache(64)(font_manager._get_font.__wrapped__)  # type: ignore[attr-defined]


def main() -> None:
    """Prepare everything that workers share, then serve."""
    gc.disable()  # until all is loaded, which makes many objects and no garbage
    plan, fd = walls.Plan.from_json(sys.argv[1]), int(sys.argv[2])
    walls.drop_privileges()
    walls.die_with_parent(os.getppid())  # if that has ended before now, its socket is closed
    for name in plan.preload:
        importlib.import_module(name)
    figures = "matplotlib" in sys.modules
    if figures and plan.seccomp and not plan.landlock:
        _keep_fonts()
    shell = make_shell(plan.limits.output_bytes, figures=figures)
    walls.prepare(plan)
    prepare()
    gc.collect()
    gc.freeze()
    gc.enable()
    os.dup2(0, 2)  # until here, errors went to the judge
    with contextlib.suppress(ConnectionError):  # the judge is gone
        ForkServer(socket.socket(fileno=fd), plan, shell).serve()


if __name__ == "__main__":
    main()
