"""Finds what a check needs without asking about it: it must notice when a piece of what came back is disturbed.

A check may compute its next input from a result, or hand an array on that the call should have left alone. Of those
pieces ``check(f)`` asks whether they are as they should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from zeromean.checking.comparisons import TOLERANCE
from zeromean.checking.encoding import encode
from zeromean.checking.handing import source_of
from zeromean.checking.probes import Look, Piece, Probe

from autograder.authoring.recording import steady
from autograder.judge.reference import Reference
from autograder.judge.student import LocalSession, Student
from autograder.suite.expectations import CheckFailed


def needed(
    run: Callable[[Student], None], reference: Reference, probes: Sequence[Probe], looks: Sequence[Look]
) -> list[Look]:
    """Return the questions that the check `run` does not ask itself, though its outcome depends on them."""
    asked = {piece for look in looks for piece in look.pieces}
    found = []
    for position, probe in enumerate(probes):
        for piece in () if probe.raises or probe.only_prepares else _pieces(position, probe):
            if piece not in asked:
                session = _Disturbed(reference.namespace, piece, lasting=piece.argument in probe.kept)
                if _fails(run, session, reference):
                    found.append(_look(piece, probe, session.before))
    return found


def _fails(run: Callable[[Student], None], session: _Disturbed, reference: Reference) -> bool:
    try:
        run(Student(session, reference))
    except CheckFailed:
        return True
    finally:
        session.restore()
    return False


def _look(piece: Piece, probe: Probe, before: Any) -> Look:
    """Ask of a piece that it is what the reference makes of it; of an array that was to be left alone, exactly that."""
    what = probe.returns[piece.key] if not piece.argument else piece.argument
    what += f"[{piece.key!r}]" if piece.argument and piece.key is not None else ""
    if piece.argument in probe.kept and source_of(probe.inputs[piece.argument]) is None:
        return Look("unchanged", (piece,), piece.call, what, as_given=True)
    options = {"rtol": TOLERANCE, "atol": TOLERANCE}
    return Look("close", (piece,), piece.call, what, encode(steady(before)), options)


def _pieces(position: int, probe: Probe) -> Iterator[Piece]:
    """Yield the pieces that a call can make wrong: parts of the result, arrays, and the keys of dicts."""
    for part in range(len(probe.returns) - probe.has_cache):
        yield Piece(position, "", part)
    for name, layout in probe.left.items():
        if isinstance(layout, dict) and "dict" in layout:
            yield from (Piece(position, name, key) for key, _ in layout["dict"])
        elif isinstance(layout, dict) and layout.get("shape"):
            yield Piece(position, name, None)


class _Disturbed(LocalSession):
    """The reference, but one piece of one call is wrong; where that is handed on to a later call, it is right again.

    With `lasting` it stays wrong: an array that should have been left alone, and that a check uses again.
    """

    def __init__(self, namespace: dict[str, Any], piece: Piece, *, lasting: bool) -> None:
        super().__init__(namespace)
        self._piece, self._lasting, self._calls = piece, lasting, 0
        self._names: list[str] = []
        self._target: Any = None
        self._wrong: Any = None
        self.before: Any = None

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._calls += 1
        if self._calls <= self._piece.call:
            return super().call(name, args, kwargs)
        if self._calls > self._piece.call + 1:
            with self._right_again((*args, *kwargs.values())):
                named = {key: self._undone(value) for key, value in kwargs.items()}
                return super().call(name, tuple(map(self._undone, args)), named)
        result = super().call(name, args, kwargs)
        if not self._piece.argument:
            return self._with_part(result)
        self._target = self._argument(name, args, kwargs)
        self.before = self._target.copy() if self._piece.key is None else self._target[self._piece.key]
        self._disturb()
        return result

    def restore(self) -> None:
        """Undo what was done to an argument: it may belong to the suite's module."""
        if self._piece.argument and self._target is not None:
            self._target[self._place] = self.before

    @property
    def _place(self) -> Any:
        return ... if self._piece.key is None else self._piece.key

    def _disturb(self) -> None:
        self._wrong = disturbed(self._target[self._place])
        self._target[self._place] = self._wrong

    def _holds(self, value: Any) -> bool:
        """Whether the argument still holds a value in the place in question."""
        there = self._piece.key is None or self._piece.key in self._target
        return there and np.array_equal(self._target[self._place], value)

    def _argument(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._piece.argument in kwargs:
            return kwargs[self._piece.argument]
        function = self._namespace[name]
        return args[function.__code__.co_varnames.index(self._piece.argument)]

    def _undone(self, value: Any) -> Any:
        """Return the right piece in place of the wrong one, where a later call is given that itself."""
        wrong = not self._piece.argument and value is self._target and isinstance(value, (np.ndarray, list))
        return self.before if wrong else value

    @contextmanager
    def _right_again(self, values: tuple[Any, ...]) -> Iterator[None]:
        """Put the right piece back while a later call has the object in hand."""
        given = bool(self._piece.argument) and not self._lasting and any(value is self._target for value in values)
        mine = given and self._holds(self._wrong)
        if mine:
            self._target[self._place] = self.before
        try:
            yield
        finally:
            if mine and self._holds(self.before):
                self._disturb()

    def _with_part(self, result: Any) -> Any:
        several, part = isinstance(result, tuple), self._piece.key
        self.before = result[part] if several else result
        self._target = disturbed(self.before)
        return (
            tuple(self._target if i == part else value for i, value in enumerate(result)) if several else self._target
        )


def disturbed(value: Any) -> Any:
    """Return a value of the same layout that nobody can take for the same."""
    if isinstance(value, (tuple, list)):
        return type(value)(disturbed(item) for item in value)
    if isinstance(value, dict):
        return {key: disturbed(item) for key, item in value.items()}
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        return np.logical_not(value)
    if isinstance(value, (int, np.integer)):
        return value + 1
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind in "fiu"):
        wave = 1 + np.sin(np.arange(np.size(value)).reshape(np.shape(value)))
        other = np.asarray(np.nan_to_num(value) * 1.5 + 1 + wave)
        return other.astype(int if np.asarray(value).dtype.kind in "iu" else float)[()]  # also in another precision
    return value
