"""Reads and checks the values of a frame: a plain value comes out, or a WireError. See ``values.py``."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from autograder.sandbox.values import AS_IT_IS, DTYPES, MAX_DEPTH, MAX_INT_BITS, set_pcg64_state
from autograder.sandbox.wire import MAX_PAYLOAD, WireError

_ndarray, _Generator, _PCG64, _BOOL = np.ndarray, np.random.Generator, np.random.PCG64, np.dtype(bool)
_AS_IT_COMES = AS_IT_IS | {str}


class Reader:
    """Reads and checks the values of one frame.

    `extra` reads the letters that only one side may send. ``spans`` tells where the bytes of a numbered array lie.
    """

    def __init__(
        self, payload: memoryview, extra: dict[str, Callable[[list[Any]], Any]], known: Sequence[Any] = ()
    ) -> None:
        self.payload = payload
        self.known = list(known)
        self.spans: dict[int, tuple[int, int]] = {}
        self._at = 0
        self._extra = extra

    def value(self, form: Any, depth: int = 0) -> Any:
        """Return the value that `form` describes, or raise WireError."""
        kind = type(form)
        if kind in _AS_IT_COMES:
            return form
        if kind is int and form.bit_length() <= MAX_INT_BITS:
            return form
        if kind is not list or not form or type(form[0]) is not str or depth > MAX_DEPTH:
            raise WireError("a value has no known form.")
        read = _READERS.get(form[0])
        if read is not None:
            return read(self, form, depth)
        if form[0] in self._extra:
            return self._extra[form[0]](form)
        raise WireError("a value has no known form.")

    def finish(self) -> None:
        """Refuse bytes that no value has taken."""
        if self._at != len(self.payload):
            raise WireError("more bytes arrived than the values take.")

    def _take(self, size: int) -> int:
        """Return where the next `size` bytes begin."""
        start, self._at = self._at, self._at + size
        if self._at > len(self.payload):
            raise WireError("fewer bytes arrived than the values take.")
        return start

    def _fields(self, form: list[Any], *kinds: type) -> list[Any]:
        if [type(field) for field in form[1:]] != list(kinds):
            raise WireError(f"a value of the form {form[0][:1]!r} has wrong fields.")
        return form[1:]

    def _array(self, form: list[Any], _depth: int) -> np.ndarray:
        start = self._at
        try:
            _, name, shape, writeable = form
            array = self._numbers(DTYPES[name], shape)
        except (KeyError, TypeError, ValueError):
            raise WireError("an array has a dtype or shape that cannot be.") from None
        if writeable is not True:
            array.flags.writeable = False
        self.spans[len(self.known)] = (start, self._at)
        self.known.append(array)
        return array

    def _numbers(self, dtype: np.dtype, shape: list[int]) -> np.ndarray:
        """Return a fresh array that owns its memory; a byte that is no truth value becomes one."""
        size = dtype.itemsize
        for length in shape:
            if type(length) is not int or not 0 <= length <= MAX_PAYLOAD:
                raise ValueError
            size *= length
        start = self._take(size)
        if dtype is _BOOL:
            return _ndarray(shape, np.uint8, self.payload, start).astype(dtype)
        return _ndarray(shape, dtype, self.payload, start).copy()

    def _scalar(self, form: list[Any], _depth: int) -> Any:
        (name,) = self._fields(form, str)
        if name not in DTYPES:
            raise WireError("a number has a dtype that cannot be.")
        return self._numbers(DTYPES[name], [1])[0]

    def _list(self, form: list[Any], depth: int) -> list[Any]:
        result: list[Any] = []
        self.known.append(result)
        result.extend(self.value(item, depth + 1) for item in form[1:])
        return result

    def _tuple(self, form: list[Any], depth: int) -> tuple[Any, ...]:
        return tuple(self.value(item, depth + 1) for item in form[1:])

    def _dict(self, form: list[Any], depth: int) -> dict[Hashable, Any]:
        if len(form) % 2 == 0:
            raise WireError("a dict has a key without a value.")
        result: dict[Hashable, Any] = {}
        self.known.append(result)
        for key, item in zip(form[1::2], form[2::2], strict=True):
            name = self.value(key, depth + 1)
            try:
                result[name] = self.value(item, depth + 1)
            except TypeError:
                raise WireError("a dict has a key that cannot be one.") from None
        return result

    def _seen(self, form: list[Any], _depth: int) -> Any:
        (number,) = self._fields(form, int)
        if not 0 <= number < len(self.known):
            raise WireError("a value refers to an object that does not exist.")
        return self.known[number]

    def _raw(self, form: list[Any], _depth: int) -> bytes:
        (size,) = self._fields(form, int)
        if size < 0:
            raise WireError("a number of bytes is negative.")
        start = self._take(size)
        return bytes(self.payload[start : self._at])

    def _complex(self, form: list[Any], _depth: int) -> complex:
        return complex(*self._fields(form, float, float))

    def _generator(self, form: list[Any], _depth: int) -> np.random.Generator:
        generator = _Generator(_PCG64(0))
        set_pcg64_state(generator, self._fields(form, int, int, int, int))
        self.known.append(generator)
        return generator


_READERS: dict[str, Callable[[Reader, list[Any], int], Any]] = {
    "a": Reader._array, "s": Reader._scalar, "l": Reader._list, "t": Reader._tuple, "d": Reader._dict,
    "r": Reader._seen, "b": Reader._raw, "c": Reader._complex, "g": Reader._generator,
}  # fmt: skip
