"""Turns values into JSON data and back, exactly."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

CACHE_OF = "cache of step"


class DataError(TypeError):
    """A value that cannot be written down as data."""


def encode(value: Any) -> Any:
    """Turn arrays, numbers, strings, None, and tuples, lists and dicts of these into JSON data, exactly.

    Raises
    ------
    DataError
        If `value` is, or holds, anything else.
    """
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub":
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        shape = list(value.shape) if isinstance(value, np.ndarray) else None
        return {"array": data, "dtype": value.dtype.str, "shape": shape}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    raise DataError(f"a {type(value).__name__} cannot be written as data")


def decode(data: Any, caches: dict[int, Any] | None = None) -> Any:
    """Undo `encode`; every array is a new one. A reference to the cache of an earlier step is taken from `caches`."""
    if isinstance(data, list):
        return [decode(item, caches) for item in data]
    if not isinstance(data, dict):
        return data
    if "array" in data:
        array = np.frombuffer(base64.b64decode(data["array"]), np.dtype(data["dtype"])).copy()
        return array[0] if data["shape"] is None else array.reshape(data["shape"])
    if "tuple" in data:
        return tuple(decode(item, caches) for item in data["tuple"])
    if "dict" in data:
        return {decode(key, caches): decode(item, caches) for key, item in data["dict"]}
    if CACHE_OF in data:
        return (caches or {})[data[CACHE_OF]]
    return float(data["float"])


def arrays_in(value: Any, what: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array inside `value`, with the name by which a reader knows it."""
    if isinstance(value, np.ndarray):
        yield what, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from arrays_in(item, f"{what}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from arrays_in(item, f"{what}[{i}]")
