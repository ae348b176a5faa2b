"""Writes the values of a frame: JSON forms for the header, raw bytes for the payload. See ``values.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.values import AS_IT_IS, MAX_DEPTH, MAX_INT_BITS, MAX_NODES, NAMES, pcg64_state
from autograder.sandbox.wire import MAX_PAYLOAD, WireError

# Bound here, where student code that patches NumPy does not reach them.
_ndarray, _generic, _Generator, _PCG64 = np.ndarray, np.generic, np.random.Generator, np.random.PCG64


class Writer:
    """Writes the values of one frame.

    `known` are the objects that both sides have already, in order; `opaque` says what to write for a thing that
    has no form of its own.
    """

    def __init__(self, opaque: Callable[[Any], list[Any]], known: Sequence[Any] = ()) -> None:
        self.buffers: list[bytes] = []
        self.known = list(known)
        self._numbers = {id(thing): number for number, thing in enumerate(self.known)}
        self._opaque = opaque
        self._nodes = self._bytes = 0

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON form of `value`; its arrays go to ``buffers``."""
        kind = type(value)
        if kind in AS_IT_IS:
            return value
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("a value is too deeply nested, contains itself, or has too many parts.")
        if id(value) in self._numbers:
            return ["r", self._numbers[id(value)]]
        form = _WRITERS.get(kind)
        return form(self, value, depth) if form else self._inherited(value, depth)

    def contents(self, thing: Any) -> Any:
        """Return the form of something known that was changed in place, as if it were new."""
        return _WRITERS[type(thing)](self, thing, 0)

    def _inherited(self, value: Any, depth: int) -> Any:
        """Write an instance of a subclass as its base class has it; what has no such base is opaque."""
        if isinstance(value, _generic) and value.dtype.char in NAMES:
            return self._scalar(value)
        if isinstance(value, float):
            return float(value)
        for base, form in _WRITERS.items():
            if isinstance(value, base):
                return form(self, _as_array(value) if base is _ndarray else base(value), depth)
        return self._opaque(value)

    def _number(self, thing: Any) -> None:
        self._numbers.setdefault(id(thing), len(self.known))
        self.known.append(thing)

    def _list(self, value: list[Any], depth: int) -> list[Any]:
        self._number(value)
        self._nodes += len(value)
        return ["l", *(self.value(item, depth + 1) for item in value)]

    def _tuple(self, value: tuple[Any, ...], depth: int) -> list[Any]:
        return ["t", *(self.value(item, depth + 1) for item in value)]

    def _dict(self, value: dict[Any, Any], depth: int) -> list[Any]:
        self._number(value)
        form: list[Any] = ["d"]
        for key, item in value.items():
            form += (self.value(key, depth + 1), self.value(item, depth + 1))
        return form

    def _array(self, value: np.ndarray, _depth: int) -> list[Any]:
        dtype = value.dtype
        name = NAMES.get(dtype.char)
        if name is None:
            return self._opaque(value)
        self._take(value.nbytes, "an array")
        self._number(value)
        self.buffers.append((value if dtype.isnative else value.astype(name)).tobytes())
        return ["a", name, value.shape, value.flags.writeable]

    def _scalar(self, value: np.generic) -> list[Any]:
        self.buffers.append(value.tobytes())
        return ["s", NAMES[value.dtype.char]]

    def _int(self, value: int, _depth: int) -> int:
        if value.bit_length() > MAX_INT_BITS:
            raise WireError(f"an integer of {value.bit_length()} bits is too large to hand over.")
        return value

    def _str(self, value: str, _depth: int) -> str:
        self._take(len(value), "a text")
        return value

    def _raw(self, value: bytes, _depth: int) -> list[Any]:
        self._take(len(value), "a text of bytes")
        self.buffers.append(value)
        return ["b", len(value)]

    def _complex(self, value: complex, _depth: int) -> list[Any]:
        return ["c", value.real, value.imag]

    def _generator(self, value: np.random.Generator, _depth: int) -> list[Any]:
        if type(value.bit_generator) is not _PCG64:
            return self._opaque(value)
        self._number(value)
        return ["g", *pcg64_state(value)]

    def _take(self, size: int, what: str) -> None:
        self._bytes += size
        if self._bytes > MAX_PAYLOAD:
            raise WireError(f"{what} is too large to hand over: {self._bytes >> 20} MB, at most {MAX_PAYLOAD >> 20}.")


def _as_array(value: Any) -> np.ndarray:
    """Return the array that an instance of a subclass is, whatever the subclass overrides."""
    return _ndarray.view(value, _ndarray)


_WRITERS: dict[type, Callable[[Writer, Any, int], Any]] = {
    _ndarray: Writer._array, list: Writer._list, tuple: Writer._tuple, dict: Writer._dict, int: Writer._int,
    str: Writer._str, bytes: Writer._raw, complex: Writer._complex, _Generator: Writer._generator,
}  # fmt: skip
