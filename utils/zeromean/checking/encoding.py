"""Turns values into JSON data and back, exactly."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from zeromean.checking.functions import FUNCTIONS, Stretched, name_of


class DataError(TypeError):
    """A value that cannot be written down as data."""


def encode(value: Any, *, layout_only: bool = False) -> Any:
    """Turn a value into JSON data, exactly, or (`layout_only`) no more of it than its layout.

    What there is: arrays, numbers, strings, None, tuples, lists and dicts of these, random generators, and the
    functions of ``zeromean.checking.functions``.

    Raises
    ------
    DataError
        If `value` is, or holds, anything else.
    """
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub":
        data = "" if layout_only else base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        shape = list(value.shape) if isinstance(value, np.ndarray) else None
        return {"array": data, "dtype": value.dtype.str, "shape": shape}
    if value is None or type(value) in (bool, int, float, str):
        return type(value)() if layout_only and value is not None else _atom(value)
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item, layout_only=layout_only)] for key, item in value.items()]}
    if isinstance(value, (tuple, list)):
        parts = [encode(item, layout_only=layout_only) for item in value]
        return {"tuple": parts} if isinstance(value, tuple) else parts
    if isinstance(value, np.random.Generator) or callable(value):
        return None if layout_only else _what_acts(value)
    raise DataError(f"a {type(value).__name__} cannot be written as data")


def _atom(value: Any) -> Any:
    """Write down a number, a string or None; JSON has no number that is not finite."""
    return {"float": str(value)} if isinstance(value, float) and not math.isfinite(value) else value


def _what_acts(value: Any) -> dict[str, Any]:
    """Write down a generator as its state, and a function as its name."""
    return {"generator": _pcg64(value)} if isinstance(value, np.random.Generator) else {"function": _known(value)}


def decode(data: Any) -> Any:
    """Undo `encode`; every array is a new one, and of a layout alone all numbers are 0."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "array" in data:
        return _array(data)
    if "tuple" in data:
        return tuple(decode(item) for item in data["tuple"])
    if "dict" in data:
        return {decode(key): decode(item) for key, item in data["dict"]}
    if "generator" in data:
        return _generator(data["generator"])
    if "function" in data:
        known = data["function"]
        return FUNCTIONS[known] if isinstance(known, str) else Stretched(*known)
    return float(data["float"])


def _array(data: dict[str, Any]) -> Any:
    dtype, shape = np.dtype(data["dtype"]), data["shape"]
    if not data["array"]:
        return np.zeros(shape or (), dtype)[() if shape is None else ...]
    array = np.frombuffer(base64.b64decode(data["array"]), dtype).copy()
    return array[0] if shape is None else array.reshape(shape)


def _pcg64(generator: np.random.Generator) -> list[int]:
    """Return the four integers that are the state of a generator: JSON holds integers of any size."""
    state = generator.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise DataError(f"a generator of kind {state['bit_generator']} cannot be written as data: take default_rng")
    return [state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"]]


def _generator(numbers: list[int]) -> np.random.Generator:
    state, inc, has_uint32, uinteger = numbers
    made = np.random.Generator(np.random.PCG64(0))
    made.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
    return made


def _known(function: Any) -> str | list[Any]:
    if isinstance(function, Stretched):
        return [function.name, function.width, function.place]
    name = name_of(function)
    if name is None:
        raise DataError(
            f"the function {getattr(function, '__name__', function)!r} cannot be written as data: take one of "
            f"zeromean.checking.functions ({', '.join(FUNCTIONS)}), or add it there"
        )
    return name
