"""Arguments that come back: what a call changed in place is sent back, and happens to the judge's objects too."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.sandbox.reader import Reader
from autograder.sandbox.values import pcg64_state, refuse_knots, set_pcg64_state
from autograder.sandbox.wire import WireError
from autograder.sandbox.writer import Writer

LARGEST_LEFT = 4 << 20  # bytes; what a state holds is sent, compared and copied at every step
_PART = 1 << 8  # what a part of a container costs besides its bytes, in time
_ndarray, _Generator = np.ndarray, np.random.Generator


class Arguments:
    """The worker's arguments, and what they were when they came."""

    def __init__(self, reader: Reader) -> None:
        self.known = list(reader.known)
        self._payload, self._spans = reader.payload, reader.spans
        self._before = [_parts(thing) for thing in self.known]

    def changes(self, writer: Writer) -> list[list[Any]]:
        """Return ``[number, form]`` for everything that is no longer what it was."""
        return [[n, writer.contents(thing)] for n, thing in enumerate(self.known) if self._changed(n, thing)]

    def _changed(self, number: int, thing: Any) -> bool:
        before, now = self._before[number], _parts(thing)
        if type(thing) is _ndarray:
            start, stop = self._spans[number]
            return now != before or thing.tobytes() != self._payload[start:stop].tobytes()
        if type(thing) is _Generator:
            return now != before
        return len(now) != len(before) or any(a is not b for a, b in zip(now, before, strict=True))


def _parts(thing: Any) -> list[Any]:
    """Return what a container holds, the form of an array, or the state of a generator."""
    if type(thing) is _ndarray:
        return [thing.dtype, thing.shape]
    if type(thing) is dict:
        return [*thing.keys(), *thing.values()]
    return pcg64_state(thing) if type(thing) is _Generator else list(thing)


def refill(known: list[Any], changes: Any, reader: Reader) -> None:
    """Make the judge's own objects `known` change as the worker's did."""
    if type(changes) is not list:
        raise WireError("the changes of the arguments are not a list.")
    for change in changes:
        if type(change) is not list or len(change) != 2 or type(change[0]) is not int:
            raise WireError("a change of an argument has wrong fields.")
        number, form = change
        if not 0 <= number < len(known):
            raise WireError("a change of an argument that was not given.")
        _refill_one(known[number], reader.value(form))
    for thing in known if changes else ():
        refuse_knots(thing)
    for number, _ in changes:
        if _weight(known[number]) > LARGEST_LEFT:
            most = f"{LARGEST_LEFT >> 20} MB, or {LARGEST_LEFT // _PART:,} parts,"
            raise WireError(f"an argument was left with too much in it; at most {most} go back.")


def _weight(thing: Any) -> int:
    """Return about how much work a value is, as a number of bytes."""
    kind = type(thing)
    if kind is dict:
        return _PART + sum(_weight(part) for pair in thing.items() for part in pair)
    if kind in (list, tuple):
        return _PART + sum(map(_weight, thing))
    return int(thing.nbytes) if kind is _ndarray else len(thing) if kind in (str, bytes) else _PART


def turned(now: np.ndarray, shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
    """Say that an array is no longer what it was when it was given."""
    return (
        f"an array that was given with shape {shape} and dtype {dtype} "
        f"was turned in place into shape {now.shape} and dtype {now.dtype}."
    )


def _refill_one(thing: Any, now: Any) -> None:
    if type(now) is not type(thing):
        raise WireError("an argument changed into something of another kind.")
    if type(thing) is _ndarray:
        if now.shape != thing.shape or now.dtype != thing.dtype:
            raise WireError(turned(now, thing.shape, thing.dtype))
        if not thing.flags.writeable:
            raise WireError("an array that was given as read-only was changed.")
        thing[...] = now
    elif type(thing) is _Generator:
        set_pcg64_state(thing, pcg64_state(now))
    else:
        thing.clear()
        (thing.update if type(thing) is dict else thing.extend)(now)
