"""The visible checks of an assignment as data: what to call, with what, and what must come back.

``<assignment>.checks.json`` is written when the assignment is built, from the same checks that grade it. It holds
inputs, expected results, and fingerprints of well-known mistakes; it holds no code, neither right nor wrong.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

FORMAT = 1
CACHE_OF = "cache of step"


class ProbesError(Exception):
    """The visible checks cannot be found or read; the message says what to do."""


class DataError(TypeError):
    """A value that cannot be written down as data."""


@dataclass(frozen=True)
class Step:
    """One call of a check, as it went with the reference solution; values are encoded.

    ``inputs`` are the arguments before the call, by parameter, the first ``positional`` of them passed without a
    name; ``after`` are the same after it (None where the argument is the cache of an earlier step). ``returns``
    names the parts of the result. When ``has_cache``, the last part is for the backward pass only: it is handed
    on, never compared. A step that ``only_prepares`` cannot fail: when the student's result is wrong, the
    reference's cache is handed on.

    The check looks at the ``parts`` of the result (by position), and at what is ``left`` in the arguments: pairs of
    a parameter and a key of the dict there, or None for the whole.
    """

    function: str
    inputs: dict[str, Any]
    positional: int
    returns: tuple[str, ...] = ()
    result: Any = None
    after: dict[str, Any] = field(default_factory=dict)
    raises: str = ""
    has_cache: bool = False
    only_prepares: bool = False
    parts: tuple[int, ...] = ()
    left: tuple[tuple[str, Any], ...] = ()

    def arguments(self, caches: dict[int, Any]) -> dict[str, Any]:
        """Return fresh arguments; `caches` holds what earlier steps handed on."""
        return {name: decode(value, caches) for name, value in self.inputs.items()}

    def seen(self, result: Any, arguments: dict[str, Any]) -> Any:
        """Return all that a call shows: the result without its cache, and the arguments after it."""
        if self.has_cache and isinstance(result, (tuple, list)):
            result = tuple(result[:-1])
        return (result, {n: _known(arguments[n], data) for n, data in self.after.items() if data is not None})

    def right_print(self) -> Any:
        """Return the fingerprint of the reference's call."""
        if self.raises:
            return raised_print(self.raises)
        after = {name: decode(value) for name, value in self.after.items()}
        return fingerprint(self.seen(decode(self.result), after))


@dataclass(frozen=True)
class Check:
    """One visible check: its sentence, its steps, and the check (by position) that must pass before it is tried."""

    sentence: str
    weight: float
    steps: tuple[Step, ...]
    after: int | None = None


@dataclass(frozen=True)
class Mistake:
    """A well-known mistake: the idea behind it, and the fingerprint of what it makes of calls ``(check, step)``.

    None stands for "the same as the right answer".
    """

    hint: str
    prints: dict[tuple[int, int], Any]


@dataclass(frozen=True)
class Exercise:
    """The visible checks of one exercise; ``functions`` maps each name to its parameters, ``"eps=1e-05"``."""

    name: str
    functions: dict[str, list[str]]
    checks: tuple[Check, ...]
    mistakes: tuple[Mistake, ...]


def find(folder: Path, levels: int = 2) -> list[Path]:
    """Return the ``*.checks.json`` files of the nearest folder that has some: `folder` or up to two above it.

    Raises
    ------
    ProbesError
        If there is none.
    """
    for place in [folder, *folder.parents][: levels + 1]:
        found = sorted(place.glob("*.checks.json"))
        if found:
            return found
    raise ProbesError(
        f"There is no *.checks.json in {folder}, nor above it. It comes with the assignment: work in the folder "
        "that you were given, or copy the file from there to this folder."
    )


def read(path: Path) -> tuple[Exercise, ...]:
    """Read the exercises of one file; a file that did not change is read once.

    Raises
    ------
    ProbesError
        If it is damaged, or was written for another version of this package.
    """
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[Exercise, ...]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise ProbesError(f"{path.name} is damaged. Copy it from the assignment again.") from error
    if version != FORMAT:
        raise ProbesError(
            f"{path.name} has format {version}, and this zeromean reads format {FORMAT}. Install the zeromean that "
            "belongs to the course, or take the assignment again."
        )
    return tuple(_exercise(exercise) for exercise in data["exercises"])


def _exercise(data: dict[str, Any]) -> Exercise:
    checks = tuple(
        Check(
            check["sentence"],
            check["weight"],
            tuple(Step(**{**step, "left": [tuple(pair) for pair in step["left"]]}) for step in check["steps"]),
            check["after"],
        )
        for check in data["checks"]
    )
    mistakes = tuple(
        Mistake(m["hint"], {(check, step): value for check, step, value in m["prints"]})
        for m in data["mistakes"]
    )
    return Exercise(data["name"], data["functions"], checks, mistakes)


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


def fingerprint(value: Any) -> Any:
    """Reduce a result to its structure, and each of its arrays to its size and two random projections."""
    leaves: list[np.ndarray] = []
    structure = _structure(value, leaves)
    return [structure, [_leaf_print(leaf.ravel()) for leaf in leaves]]


def raised_print(error: str) -> Any:
    """Return the fingerprint of a call that raised `error`."""
    return [f"raises {error}", []]


def difference_of_prints(shown: Any, right: Any) -> Any:
    """Return the fingerprint `shown` with None for each array that is right; None if nothing is wrong at all."""
    if shown[0] != right[0]:
        return shown
    tolerance = _tolerance(right)
    leaves = [None if _same_leaf(a, b, tolerance) else a for a, b in zip(shown[1], right[1], strict=True)]
    return [shown[0], leaves] if any(leaf is not None for leaf in leaves) else None


def explains(mistake: Any, right: Any, shown: Any) -> bool:
    """Whether the fingerprint `shown` is that of a mistake, given as `difference_of_prints` gave it."""
    structure, leaves = mistake or (right[0], [None] * len(right[1]))
    if shown is None or shown[0] != structure or len(shown[1]) != len(leaves):
        return False
    expected = [right[1][i] if leaf is None else leaf for i, leaf in enumerate(leaves)]
    return all(_same_leaf(a, b, _tolerance(shown)) for a, b in zip(shown[1], expected, strict=True))


def _tolerance(shown: Any) -> float:
    return 1e-3 if "f4[" in shown[0] else 1e-6


def _same_leaf(one: list[float], other: list[float], tolerance: float) -> bool:
    limit = 1e-8 + tolerance * max(one[0], other[0])
    return all(abs(a - b) <= limit for a, b in zip(one, other, strict=True))


def _leaf_print(flat: np.ndarray) -> list[float]:
    """Return the root mean square of an array and two projections; entries that are not finite count as 0."""
    if not np.isfinite(flat).all():
        flat = np.nan_to_num(flat, nan=0.0, posinf=0.0, neginf=0.0)
    with np.errstate(all="ignore"):
        numbers = np.append(math.sqrt(flat @ flat), _weights(flat.size) @ flat) / math.sqrt(max(flat.size, 1))
    return [float(f"{number:.9g}") for number in numbers]


def _known(value: Any, data: Any) -> Any:
    """Leave out the keys of a dict that the reference's dict does not have: more keys do no harm."""
    if not isinstance(value, dict) or not isinstance(data, dict) or "dict" not in data:
        return value
    return {key: value[key] for key, _ in data["dict"] if key in value}


def _structure(value: Any, leaves: list[np.ndarray]) -> str:
    """Describe the structure of `value`, and which numbers are not finite; collect its numbers."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_structure(value[key], leaves)}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(_structure(item, leaves) for item in value) + ")"
    if isinstance(value, (np.ndarray, np.generic, float, int)) and np.asarray(value).dtype.kind in "fiub":
        leaf = np.asarray(value, dtype=float)
        leaves.append(leaf)
        strange = np.flatnonzero(~np.isfinite(leaf)).tolist()
        return f"{np.asarray(value).dtype.str[1:]}{list(leaf.shape)}{strange or ''}"
    return repr(value) if value is None or isinstance(value, str) else type(value).__name__


@lru_cache(maxsize=64)
def _weights(size: int) -> np.ndarray:
    """Weights in (-1, 1) that are the same with every version of NumPy: only raw streams are promised to be."""
    raw = np.random.PCG64(size).random_raw(2 * size) if size else np.zeros(0)
    return np.asarray(raw / 2.0**63 - 1.0).reshape(2, size)


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
