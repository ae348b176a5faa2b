"""One submission in the sandbox: its cells run, its functions called, its lost workers replaced."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from autograder.sandbox.exchange import Exchange, Lost
from autograder.sandbox.failure import StudentFailure
from autograder.sandbox.host import Zygote
from autograder.sandbox.isolation import SandboxError
from autograder.sandbox.limits import Limits
from autograder.sandbox.values import Handle

__all__ = ["CellOutcome", "Handle", "Limits", "SandboxError", "Session", "StudentFailure", "Zygote"]

T = TypeVar("T")
LONGEST_LINE = 60


@dataclass(frozen=True)
class CellOutcome:
    """What a cell showed, as nbformat outputs, and a sentence if it ended in an error."""

    outputs: list[dict[str, Any]]
    error: str | None = None


class Session:
    """The code of one submission, in a worker that is replaced when it is lost.

    ``lost`` says for each worker that was lost what happened, and when; ``reached``, what its code tried to get at
    beyond its walls.
    """

    def __init__(self, zygote: Zygote, allowed_imports: Sequence[str] = ()) -> None:
        self.lost: list[str] = []
        self.reached: dict[str, None] = {}  # a set that keeps its order
        self._zygote, self._imports, self._limits = zygote, tuple(allowed_imports), zygote.limits
        self._good: list[tuple[int, str, tuple[str, ...]]] = []
        self._cells = self._forks = 0
        self._exchange: Exchange | None = None
        self._timeouts: Counter[str] = Counter()
        self._why_missing: dict[str, str] = {}
        self._waited = self._spent = self._asked = self._peak = 0.0

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def peak_mb(self) -> float:
        """The most memory that a worker of this submission has had resident, in MB."""
        return max(self._peak, self._exchange.worker.peak_mb if self._exchange else 0.0)

    @property
    def exhausted(self) -> str:
        """A sentence once the time that all of a submission may take is used up; nothing before."""
        used_up = (
            f"the notebook used up the {self._limits.total_wall:g} s that all its cells and calls may take together."
        )
        return "" if self._left > 0 else used_up

    @property
    def _left(self) -> float:
        return self._limits.total_wall - self._spent - (time.monotonic() - self._asked if self._asked else 0.0)

    def close(self) -> None:
        """End the worker."""
        if self._exchange:
            self._peak = max(self._peak, self._exchange.worker.end().peak_mb)
            self._exchange = None

    def run(self, cells: Sequence[str], keep: Sequence[str] = ()) -> list[CellOutcome]:
        """Run cells in order, after those that ran before; an error in one does not stop the next.

        A function named in `keep` that one of them defines is called as it was then, with what its names meant.
        """
        return [self._run(source, tuple(keep)) for source in cells]

    def explain_missing(self, names: Sequence[str], why: str) -> None:
        """Have a call of one of these functions say `why` it is not defined, if it is not."""
        self._why_missing |= dict.fromkeys(names, why)

    def changed(self) -> dict[str, list[str]]:
        """Return by function that was kept what it uses, itself included, and a later cell changed."""
        try:
            return self._guarded(
                "the notebook", lambda exchange: exchange.changed(self._seconds(self._limits.call_wall))
            )
        except StudentFailure:
            return {}

    def call(self, name: str, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        """Call the student's function `name`; what it changes in its arguments changes here too.

        Raises
        ------
        StudentFailure
            If it is missing, raises, does not return in time, takes its process down, or returns what is no value.
        """
        if self._timeouts[name] >= (1 if self._hurried else self._limits.tries):
            raise StudentFailure(f"`{name}` was not tried again: it did not finish in time before.", "timeout")

        def ask(exchange: Exchange) -> Any:
            return exchange.call(name, args, kwargs or {}, self._seconds(self._limits.call_wall))

        try:
            return self._guarded(f"`{name}`", ask)
        except StudentFailure as failure:
            self._timeouts[name] += failure.kind == "timeout"
            if name in self._why_missing and failure.sentence == StudentFailure.missing(name).sentence:
                raise StudentFailure.missing(name, why=self._why_missing[name]) from None
            raise

    def _run(self, source: str, keep: tuple[str, ...]) -> CellOutcome:
        self._cells += 1

        def ask(exchange: Exchange) -> CellOutcome:
            return CellOutcome(*exchange.run(self._cells, source, keep, self._seconds(self._limits.cell_wall)))

        try:
            outcome = self._guarded(_named(source), ask, " Take out or shorten what runs long in it.")
        except StudentFailure as failure:
            error = {"output_type": "error", "ename": "NotFinished", "evalue": failure.sentence}
            return CellOutcome([error | {"traceback": [failure.sentence]}], failure.sentence)
        self._good.append((self._cells, source, keep))
        return outcome

    def _guarded(self, what: str, ask: Callable[[Exchange], T], remedy: str = "") -> T:
        """Ask the worker, a fresh one if need be; if it is lost over this, say so."""
        self._asked = time.monotonic()
        try:
            self._refuse_if_exhausted(what)
            return ask(self._ready(what))
        except Lost as lost:
            sentence = self._lose(what, lost, remedy)
            raise StudentFailure(sentence, lost.kind) from None
        except StudentFailure:
            raise
        except BaseException:  # we ourselves were stopped, perhaps in the middle of a frame
            self.close()
            raise
        finally:
            self._spent += time.monotonic() - self._asked
            self._asked = 0.0

    def _refuse_if_exhausted(self, what: str) -> None:
        if self.exhausted:
            raise StudentFailure(f"{what[0].upper()}{what[1:]} was not run: {self.exhausted}", "timeout")

    def _ready(self, what: str) -> Exchange:
        """Return the worker at hand, or fork one and replay the cells that ran well, before it does `what` is asked."""
        while self._exchange is None:
            if len(self.lost) >= self._limits.losses:
                raise StudentFailure(f"not tried: this code took its process down {len(self.lost)} times.", "lost")
            self._forks += 1
            self._exchange = Exchange(self._zygote.fork(self._imports), self._forks, self.reached)
            for cell in self._good:
                self._refuse_if_exhausted(what)
                try:
                    self._exchange.run(*cell, self._seconds(self._limits.cell_wall))
                except Lost as lost:
                    self._lose(f"{_named(cell[1])}, run again,", lost)
                    self._good.remove(cell)
                    break
        return self._exchange

    def _lose(self, what: str, lost: Lost, remedy: str = "") -> str:
        """Kill the worker, and put down what happened: the sentence begins with `what`; a loop has a `remedy`."""
        assert self._exchange is not None
        ending = self._exchange.worker.end(gone=lost.kind != "timeout")
        self._exchange = None
        self._peak = max(self._peak, ending.peak_mb)
        self._waited += lost.seconds
        words = lost.words or (f"was running when {ending.words}" if ending.by_itself else "hung up on the grader")
        sentence = f"{what[0].upper()}{what[1:]} {words}.{remedy if lost.kind == 'timeout' else ''}"
        self.lost.append(sentence)
        self.reached |= {"disturb its connection with the grader": None} if lost.kind == "garbage" else {}
        return sentence

    @property
    def _hurried(self) -> bool:
        return self._waited >= self._limits.patience

    def _seconds(self, wall: float) -> float:
        return min(wall, self._limits.hurry_wall if self._hurried else max(self._limits.hurry_wall, self._left))


def _named(source: str) -> str:
    """Name a cell as a student finds it: by its first line, since a notebook shows no numbers of ours."""
    line = source.strip().partition("\n")[0].strip()
    return f"the cell `{line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + ' ...'}`"
