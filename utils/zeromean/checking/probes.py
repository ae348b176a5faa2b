"""The visible checks of an assignment as data: what to call, with what, and what must come back.

``<assignment>.checks.json`` is written when the assignment is built, from the same checks that grade it. It holds
inputs, what is looked at, and fingerprints of well-known mistakes; it holds no code, neither right nor wrong, and no
number on which anybody is graded: grading draws its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

FORMAT = 2


class ProbesError(Exception):
    """The visible checks cannot be found or read; the message says what to do."""


@dataclass(frozen=True)
class Probe:
    """One call that a check makes; values are encoded.

    ``inputs`` are the arguments by parameter, the first ``positional`` of them passed without a name. What an earlier
    call of the check returned, or left in its arguments, is handed on, not written down (see `handing`). ``result``
    is laid out as the reference's, and ``left`` as what that leaves in its arguments; ``kept`` are the arrays that it
    leaves alone, and ``returns`` the names of the parts of the result.

    When ``has_cache``, the result has one part more, for the backward pass only: it is handed on, never compared. A
    probe that ``only_prepares`` cannot fail: when the student's result is wrong, the reference's, which ``result`` and
    ``cache`` then hold, is handed on.
    """

    function: str
    inputs: dict[str, Any]
    positional: int
    returns: tuple[str, ...] = ()
    result: Any = None
    left: dict[str, Any] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    raises: str = ""
    has_cache: bool = False
    cache: Any = None
    only_prepares: bool = False


@dataclass(frozen=True)
class Piece:
    """Something that came back: part ``key`` of the result of a call, or an argument after it, or a key of that.

    ``argument`` is empty for the result; ``key`` is None for an argument as a whole. What a dict held when it was
    handed over counts too, though something else may stand there now: that is ``given``.
    """

    call: int
    argument: str
    key: Any
    given: bool = False


@dataclass(frozen=True)
class Look:
    """One question that a check asks about ``pieces``, once it has made call ``when``: a name of `COMPARISONS`.

    ``expected`` and each of the ``options`` are encoded; ``as_given`` stands for what the piece was before the call.
    """

    comparison: str
    pieces: tuple[Piece, ...]
    when: int
    what: str
    expected: Any = None
    options: dict[str, Any] = field(default_factory=dict)
    as_given: bool = False


@dataclass(frozen=True)
class VisibleCheck:
    """One visible check: its sentence, its calls and questions, and the check (by position) that must pass before.

    ``rights`` are the fingerprints of the reference's calls.
    """

    sentence: str
    weight: float
    calls: tuple[Probe, ...]
    looks: tuple[Look, ...] = ()
    after: int | None = None
    rights: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """A well-known mistake: the idea behind it, and the fingerprint of what it makes of calls ``(check, call)``.

    None stands for "the same as the right answer".
    """

    hint: str
    prints: dict[tuple[int, int], Any]


@dataclass(frozen=True)
class VisibleExercise:
    """The visible checks of one exercise; ``functions`` maps each name to its parameters, ``"eps=1e-05"``.

    ``warnings`` are what hidden checks ask that needs no answer to compare with: of dtypes, of arguments that stay as
    they are, and of what a forward pass keeps. Each is tried when the visible check that it comes ``after`` passes.
    """

    name: str
    functions: dict[str, list[str]]
    checks: tuple[VisibleCheck, ...]
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[VisibleCheck, ...] = ()


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
        f"There is no *.checks.json in {folder}, where the kernel works, nor above it. It lies beside the notebook: "
        "start Jupyter there; in VS Code, set jupyter.notebookFileRoot to ${fileDirname} and restart the kernel."
    )


def read(path: Path) -> tuple[VisibleExercise, ...]:
    """Read the exercises of one file; a file that did not change is read once.

    Raises
    ------
    ProbesError
        If it is damaged, or was written for another version of this package.
    """
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> tuple[VisibleExercise, ...]:
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


def _exercise(data: dict[str, Any]) -> VisibleExercise:
    mistakes = tuple(
        Mistake(m["hint"], {(check, call): value for check, call, value in m["prints"]}) for m in data["mistakes"]
    )
    checks, warnings = (tuple(map(_check, data.get(kind, ()))) for kind in ("checks", "warnings"))
    return VisibleExercise(data["name"], data["functions"], checks, mistakes, warnings)


def _check(data: dict[str, Any]) -> VisibleCheck:
    return VisibleCheck(
        data["sentence"],
        data["weight"],
        tuple(Probe(**probe) for probe in data["calls"]),
        tuple(Look(**{**look, "pieces": tuple(Piece(*piece) for piece in look["pieces"])}) for look in data["looks"]),
        data["after"],
        tuple(data["rights"]),
    )
