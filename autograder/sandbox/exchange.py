"""Asks a worker to run a cell or to call a function, and reads its answers with distrust."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.arguments import refill
from autograder.sandbox.failure import Kind, StudentFailure
from autograder.sandbox.faults import MAX_BASES
from autograder.sandbox.host import WorkerHandle
from autograder.sandbox.outputs import checked, clean
from autograder.sandbox.reaching import MOST
from autograder.sandbox.reader import Reader
from autograder.sandbox.values import Handle, refuse_knots
from autograder.sandbox.wire import WireError
from autograder.sandbox.writer import Writer

MAX_SENTENCE = 3000
LONGEST_NAME, MOST_NAMES = 100, 20
MAX_REACHED = 200


class Lost(Exception):  # noqa: N818 - an event that is handled, not an error
    """The worker can no longer be used; `words` go on from "the function ...", `seconds` were waited in vain."""

    def __init__(self, words: str, kind: Kind, seconds: float = 0.0) -> None:
        super().__init__(words)
        self.words, self.kind, self.seconds = words, kind, seconds


class Exchange:
    """Requests to one worker and its answers, one at a time.

    `generation` counts the workers of a submission: a handle is good only in the worker that made it. What its code
    reached for beyond the walls is added to `reached`, as it says itself.
    """

    def __init__(self, worker: WorkerHandle, generation: int, reached: dict[str, None]) -> None:
        self.worker = worker
        self._reached = reached
        self._generation = generation
        self._number = 0
        self._callbacks: list[Callable[..., Any]] = []

    def run(
        self, number: int, source: str, keep: Sequence[str], seconds: float
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Run the cell of a number, which defines those in `keep`; return outputs and, after an error, a sentence."""
        answer, _ = self._ask({"do": "run", "number": number, "source": source, "keep": list(keep)}, [], seconds)
        error = answer.get("error")
        return checked(answer.get("outputs")), None if error is None else clean(error, MAX_SENTENCE)

    def changed(self, seconds: float) -> dict[str, list[str]]:
        """Return by answer the names it uses that later cells changed."""
        answer, _ = self._ask({"do": "changed"}, [], seconds)
        found = answer.get("changed")
        return {
            clean(name, LONGEST_NAME): [clean(one, LONGEST_NAME) for one in names[:MOST_NAMES]]
            for name, names in (found.items() if type(found) is dict else ())
            if type(names) is list
        }

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], seconds: float) -> Any:
        """Call a function; the changes it makes to its arguments happen to `args` and `kwargs` too."""
        self._callbacks = []
        writer = Writer(self._outgoing)
        try:
            request = {"do": "call", "name": name, "args": writer.value(args), "kwargs": writer.value(dict(kwargs))}
        except WireError as error:  # suites give little: what is too much was left by an earlier call
            raise StudentFailure.not_given(name, error) from None
        answer, payload = self._ask(request, writer.buffers, seconds)
        self._refuse_failure(name, answer)
        reader = Reader(payload, {"h": self._handle}, writer.known)
        try:
            result = reader.value(answer.get("result"))
            refill(writer.known, answer.get("changes"), reader)
            reader.finish()
            refuse_knots(result)
        except WireError as error:
            raise StudentFailure.not_handed_over(name, error) from None
        return result

    def _refuse_failure(self, name: str, answer: dict[str, Any]) -> None:
        if "missing" in answer:
            raise StudentFailure.missing(name, clean(answer["missing"], LONGEST_NAME))
        if "raised" in answer:
            said, bases = clean(answer.get("said"), MAX_SENTENCE), answer.get("bases")
            kinds = tuple(clean(kind, 100) for kind in bases[:MAX_BASES]) if isinstance(bases, list) else ()
            meant = answer.get("on_purpose") is True
            raise StudentFailure.raised(name, clean(answer["raised"], 100), said, kinds, meant)
        if "unsent" in answer:
            why = clean(answer["unsent"], MAX_SENTENCE)
            raise StudentFailure.not_handed_over(name, why)

    def _ask(self, request: dict[str, Any], buffers: list[bytes], seconds: float) -> tuple[dict[str, Any], memoryview]:
        self._number += 1
        until = time.monotonic() + seconds
        channel = self.worker.channel
        try:
            channel.send({"n": self._number, **request}, buffers, seconds)
            while True:
                answer, payload = channel.receive(max(0.0, until - time.monotonic()))
                if answer.get("n") != self._number:
                    raise WireError("an answer to another question arrived.")
                if "callback" not in answer:
                    self._note(answer.get("reached"))
                    return answer, payload
                reply, buffers = self._called_back(answer, payload)
                channel.send({"n": self._number, **reply}, buffers, max(0.001, until - time.monotonic()))
        except TimeoutError:
            raise Lost(f"did not finish within {seconds:g} s", "timeout", seconds) from None
        except (EOFError, ConnectionError):
            raise Lost("", "lost") from None
        except WireError as error:
            raise Lost(f"disturbed its connection with the grader: {str(error).rstrip('.')}", "garbage") from None

    def _note(self, reached: object) -> None:
        """Put down what a worker says its code reached for; it may say anything."""
        said = [clean(one, MAX_REACHED) for one in reached[:MOST]] if type(reached) is list else []
        self._reached.update(dict.fromkeys(said[: max(0, MOST - len(self._reached))]))

    def _called_back(self, answer: dict[str, Any], payload: memoryview) -> tuple[dict[str, Any], list[bytes]]:
        """Call one of the judge's own functions that was an argument; what it raises is raised in the worker."""
        number = answer["callback"]
        if type(number) is not int or not 0 <= number < len(self._callbacks):
            raise WireError("a function was called that was not given.")
        args = Reader(payload, {}).value(answer.get("args"))
        refuse_knots(args)
        writer = Writer(_not_a_value)
        try:
            return {"value": writer.value(self._callbacks[number](*args))}, writer.buffers
        except Exception as error:  # a wrong argument of the student's makes it raise
            return {"raised": [type(error).__name__, str(error)]}, []

    def _outgoing(self, value: Any) -> list[Any]:
        if type(value) is Handle:
            if value.worker != self._generation:
                raise StudentFailure(f"the {value.type_name} that an earlier call returned was lost.", "lost")
            return ["h", value.number]
        if callable(value):
            self._callbacks.append(value)
            return ["f", len(self._callbacks) - 1, getattr(value, "__name__", "function")]
        return _not_a_value(value)

    def _handle(self, form: list[Any]) -> Handle:
        if len(form) != 3 or type(form[1]) is not int:
            raise WireError("a handle has wrong fields.")
        return Handle(form[1], clean(form[2], 100), self._generation)


def _not_a_value(value: Any) -> list[Any]:
    raise TypeError(f"A {type(value).__name__} cannot be handed to a student's function.")
