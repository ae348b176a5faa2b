"""Values in a frame: written on one side, read and checked on the other.

A value is JSON where JSON says it exactly, else a list that begins with a letter: ``["a", dtype, shape, writeable]``
takes its bytes from the payload, ``["r", 3]`` is the object that was met fourth. Arrays, lists, dicts and random
generators are numbered as they are met, so that what was one object on one side is one object on the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.wire import MAX_PAYLOAD, WireError

MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_TEXT = 8 << 20
MAX_INT_BITS = 4096

_DTYPES = {np.dtype(code).str: np.dtype(code) for code in "?bhilqBHILQefdgFDG"}
_LEAVES = (bool, float, type(None))
_ndarray, _generic, _Generator, _PCG64 = np.ndarray, np.generic, np.random.Generator, np.random.PCG64
_frombuffer, _dtype = np.frombuffer, np.dtype


@dataclass(frozen=True)
class Handle:
    """Something of the student's that only the worker holds: an object array, a function, an instance."""

    number: int
    type_name: str
    worker: int


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
        self._forms: dict[type, Callable[[Any, int], Any]] = {
            list: self._list, tuple: self._tuple, dict: self._dict, _ndarray: self._array, int: self._int,
            str: self._str, bytes: self._raw, complex: self._complex, _Generator: self._generator,
        }  # fmt: skip

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON form of `value`; its arrays go to ``buffers``."""
        kind = type(value)
        if kind in _LEAVES:
            return value
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise WireError("a value is too deeply nested, contains itself, or has too many parts.")
        number = self._numbers.get(id(value))
        if number is not None:
            return ["r", number]
        form = self._forms.get(kind) or self._inherited(value)
        return form(value, depth) if form else self._opaque(value)

    def contents(self, thing: Any) -> Any:
        """Return the form of something known that was changed in place, as if it were new."""
        return self._forms[type(thing)](thing, 0)

    def _inherited(self, value: Any) -> Callable[[Any, int], Any] | None:
        if isinstance(value, _generic):
            return self._scalar if value.dtype.str in _DTYPES else None
        for base in (_ndarray, list, tuple, dict, bool, int, float, str, bytes, complex):
            if isinstance(value, base):
                return lambda v, depth: self._plain(base, v, depth)
        return None

    def _plain(self, base: type, value: Any, depth: int) -> Any:
        """Write an instance of a subclass as its base class has it."""
        plain = _ndarray.view(value, _ndarray) if base is _ndarray else base(value)
        return plain if base in _LEAVES else self._forms[base](plain, depth)

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
        name = value.dtype.str
        if name not in _DTYPES:
            native = value.dtype.newbyteorder("=")
            if native.str not in _DTYPES:
                return self._opaque(value)
            name = native.str
        self._take(value.nbytes, f"an array of shape {value.shape}")
        self._number(value)
        self.buffers.append((value if name == value.dtype.str else value.astype(name)).tobytes())
        return ["a", name, list(value.shape), value.flags.writeable]

    def _scalar(self, value: np.generic, _depth: int) -> list[Any]:
        self._take(value.nbytes, "a number")
        self.buffers.append(value.tobytes())
        return ["s", value.dtype.str]

    def _int(self, value: int, _depth: int) -> int:
        if value.bit_length() > MAX_INT_BITS:
            raise WireError(f"an integer of {value.bit_length()} bits is too large to hand over.")
        return value

    def _str(self, value: str, _depth: int) -> str:
        self._take(len(value), f"a text of {len(value)} characters")
        return value

    def _raw(self, value: bytes, _depth: int) -> list[Any]:
        self._take(len(value), f"{len(value)} bytes")
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
        self._forms: dict[str, Callable[[list[Any], int], Any]] = {
            "a": self._array, "s": self._scalar, "l": self._list, "t": self._tuple, "d": self._dict,
            "r": self._seen, "b": self._raw, "c": self._complex, "g": self._generator,
        }  # fmt: skip
        self._extra = extra

    def value(self, form: Any, depth: int = 0) -> Any:
        """Return the value that `form` describes, or raise WireError."""
        kind = type(form)
        if kind in _LEAVES or kind is int or kind is str:
            return form
        if kind is not list or not form or type(form[0]) is not str or depth > MAX_DEPTH:
            raise WireError("a value has no known form.")
        if form[0] in self._forms:
            return self._forms[form[0]](form, depth)
        if form[0] in self._extra:
            return self._extra[form[0]](form)
        raise WireError("a value has no known form.")

    def finish(self) -> None:
        """Refuse bytes that no value has taken."""
        if self._at != len(self.payload):
            raise WireError("more bytes arrived than the values take.")

    def _bytes(self, size: int) -> memoryview:
        start, self._at = self._at, self._at + size
        if self._at > len(self.payload):
            raise WireError("fewer bytes arrived than the values take.")
        return self.payload[start : self._at]

    def _fields(self, form: list[Any], *kinds: type) -> list[Any]:
        if [type(field) for field in form[1:]] != list(kinds):
            raise WireError(f"a value of the form {form[0][:1]!r} has wrong fields.")
        return form[1:]

    def _array(self, form: list[Any], _depth: int) -> np.ndarray:
        name, shape, writeable = self._fields(form, str, list, bool)
        if name not in _DTYPES or len(shape) > 32 or any(type(n) is not int or n < 0 or n > 1 << 40 for n in shape):
            raise WireError("an array has a dtype or shape that cannot be.")
        dtype = _DTYPES[name]
        size = math.prod(shape) * dtype.itemsize
        start = self._at
        data = self._bytes(size)
        try:
            array = self._numbers(data, dtype, shape)
        except ValueError:
            raise WireError("an array has a shape that cannot be.") from None
        array.flags.writeable = writeable
        self.spans[len(self.known)] = (start, self._at)
        self.known.append(array)
        return array

    def _numbers(self, data: memoryview, dtype: np.dtype, shape: list[int]) -> np.ndarray:
        """Return a fresh array that owns its memory; a byte that is no truth value becomes one."""
        if dtype.kind == "b":
            return _frombuffer(data, np.uint8).reshape(shape).astype(dtype)
        return _frombuffer(data, dtype).reshape(shape).copy()

    def _scalar(self, form: list[Any], _depth: int) -> Any:
        (name,) = self._fields(form, str)
        if name not in _DTYPES:
            raise WireError("a number has a dtype that cannot be.")
        return self._numbers(self._bytes(_DTYPES[name].itemsize), _DTYPES[name], [1])[0]

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
        return bytes(self._bytes(size))

    def _complex(self, form: list[Any], _depth: int) -> complex:
        return complex(*self._fields(form, float, float))

    def _generator(self, form: list[Any], _depth: int) -> np.random.Generator:
        generator = _Generator(_PCG64(0))
        set_pcg64_state(generator, self._fields(form, int, int, int, int))
        self.known.append(generator)
        return generator


def pcg64_state(generator: np.random.Generator) -> list[int]:
    """Return the four integers that are the state of a PCG64 generator."""
    state = generator.bit_generator.state
    return [state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"]]


def set_pcg64_state(generator: np.random.Generator, numbers: list[int]) -> None:
    """Put a PCG64 generator into the state that `pcg64_state` returned."""
    if not all(0 <= number < 1 << bits for number, bits in zip(numbers, (128, 128, 1, 32), strict=True)):
        raise WireError("a random generator has a state that cannot be.")
    state, inc, has_uint32, uinteger = numbers
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }


def refuse_knots(value: Any) -> None:
    """Raise WireError if a value contains itself, or spells out to more parts than anyone can walk through."""
    above: set[int] = set()
    left = MAX_NODES

    def walk(value: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0 or id(value) in above:
            raise WireError("a value contains itself, or has too many parts.")
        if type(value) in (list, tuple, dict):
            above.add(id(value))
            for item in value.values() if type(value) is dict else value:
                walk(item)
            above.discard(id(value))

    walk(value)
