"""The student's process: runs the cells of one submission, and answers calls of the functions they define."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.sandbox import faults
from autograder.sandbox.arguments import Arguments
from autograder.sandbox.guard import ImportGuard, remember_loaded
from autograder.sandbox.kept import Kept
from autograder.sandbox.outputs import Stream
from autograder.sandbox.reader import Reader
from autograder.sandbox.shell import StudentShell
from autograder.sandbox.wire import Channel, WireError
from autograder.sandbox.writer import Writer

SEED = 20_231
MAX_HANDLES = 256
_RAISED: dict[str, type[Exception]] = {
    kind.__name__: kind for kind in (ArithmeticError, IndexError, KeyError, TypeError, ValueError, ZeroDivisionError)
}


def prepare() -> None:
    """Do in the zygote, once, what every worker begins with."""
    np.random.seed(SEED)  # noqa: NPY002 - student code may use the old interface
    sys.stdout, sys.stderr = Stream("stdout", None), Stream("stderr", None)
    remember_loaded()


class Worker:
    """Serves one judge over one channel until it closes."""

    def __init__(
        self, channel: Channel, shell: StudentShell, allowed_imports: Sequence[str], reached: Callable[[], list[str]]
    ) -> None:
        self._channel, self._shell = channel, shell
        self._kept = Kept()
        self._handles: dict[int, Any] = {}
        self._handed_out = 0
        self._request = -1
        ImportGuard(allowed_imports).install()
        random.seed(SEED)  # here, since `random` seeds itself anew when it is forked
        self._reached = reached

    def serve(self) -> None:
        """Answer requests until the judge closes the channel."""
        self._channel.send({"n": 0})
        while True:
            try:
                header, payload = self._channel.receive()
            except EOFError:
                return
            self._request = number = header["n"]
            answer, buffers = _WORK[header["do"]](self, header, payload)
            reached = self._reached()
            answer |= {"reached": reached} if reached else {}
            self._request = -1
            try:
                self._channel.send({"n": number, **answer}, buffers)
            except WireError as error:
                self._channel.send({"n": number, "unsent": str(error)})

    def _run(self, header: dict[str, Any], _payload: memoryview) -> tuple[dict[str, Any], list[bytes]]:
        before = self._kept.before_cell(self._shell.user_ns, header["keep"])
        error = self._shell.run(header["number"], header["source"])
        outputs = self._shell.outputs.restart()
        self._kept.after_cell(self._shell.user_ns, before)
        return {"outputs": outputs, "error": error}, []

    def _changed(self, _header: dict[str, Any], _payload: memoryview) -> tuple[dict[str, Any], list[bytes]]:
        return {"changed": self._kept.changed(self._shell.user_ns)}, []

    def _call(self, header: dict[str, Any], payload: memoryview) -> tuple[dict[str, Any], list[bytes]]:
        reader = Reader(payload, {"h": self._handled, "f": self._calling_back})
        try:
            args, kwargs = reader.value(header["args"]), reader.value(header["kwargs"])
        except LookupError as error:
            return {"unsent": str(error)}, []
        function = self._kept.function(header["name"], self._shell.user_ns)
        if not callable(function):
            return {"missing": type(function).__name__ if function is not None else ""}, []
        given = Arguments(reader)
        try:
            result = function(*args, **kwargs)
            self._shell.forget()
        except BaseException as error:
            said = f"{faults.message(error)} {faults.place(error, self._shell.cells)}".strip()
            kinds, meant = faults.bases(error), faults.on_purpose(error)
            return {"raised": type(error).__name__, "said": said, "bases": kinds, "on_purpose": meant}, []
        try:
            writer = Writer(self._opaque, given.known)
            answer = {"result": writer.value(result), "changes": given.changes(writer)}
        except BaseException as error:  # properties of the student's objects run here
            return {"unsent": faults.message(error)}, []
        return answer, writer.buffers

    def _opaque(self, value: Any) -> list[Any]:
        """Keep what only this process can hold; the oldest is forgotten, since the judge cannot say what it needs."""
        self._handed_out += 1
        self._handles[self._handed_out] = value
        self._handles.pop(self._handed_out - MAX_HANDLES, None)
        kind = type(value).__name__[:100]
        objects = isinstance(value, np.ndarray) and value.dtype == object
        return ["h", self._handed_out, f"{kind} of dtype object" if objects else kind]

    def _handled(self, form: list[Any]) -> Any:
        if form[1] not in self._handles:
            raise LookupError(f"an object that an earlier call returned is forgotten; {MAX_HANDLES} are kept.")
        return self._handles[form[1]]

    def _calling_back(self, form: list[Any]) -> Callable[..., Any]:
        """Return a function that asks the judge; it works while the call that brought it lasts."""
        request, number, name = self._request, form[1], form[2]

        def function(*args: Any) -> Any:
            if self._request != request:
                raise RuntimeError(f"{name} was an argument of a call that is over.")
            writer = Writer(_unsendable)
            answer = {"n": request, "callback": number, "args": writer.value(args)}
            self._channel.send(answer, writer.buffers)
            header, payload = self._channel.receive()
            if "raised" in header:
                raise _RAISED.get(header["raised"][0], RuntimeError)(header["raised"][1])
            return Reader(payload, {}).value(header["value"])

        function.__name__ = function.__qualname__ = name
        return function


_WORK = {"run": Worker._run, "call": Worker._call, "changed": Worker._changed}


def _unsendable(value: Any) -> list[Any]:
    raise TypeError(f"this function takes numbers and arrays. Got {type(value).__name__}.")
