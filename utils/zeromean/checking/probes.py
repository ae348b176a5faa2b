"""The visible checks of an assignment as data: what to call, with what, and what must come back.

``<assignment>.checks.json`` is written when the assignment is built, from the same checks that grade it. It holds
inputs, expected results, and fingerprints of well-known mistakes; it holds no code, neither right nor wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from zeromean.checking.encoding import decode
from zeromean.checking.fingerprints import fingerprint, raised_print

FORMAT = 1


class ProbesError(Exception):
    """The visible checks cannot be found or read; the message says what to do."""


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
        Mistake(m["hint"], {(check, step): value for check, step, value in m["prints"]}) for m in data["mistakes"]
    )
    return Exercise(data["name"], data["functions"], checks, mistakes)


def _known(value: Any, data: Any) -> Any:
    """Leave out the keys of a dict that the reference's dict does not have: more keys do no harm."""
    if not isinstance(value, dict) or not isinstance(data, dict) or "dict" not in data:
        return value
    return {key: value[key] for key, _ in data["dict"] if key in value}
