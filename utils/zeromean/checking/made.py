"""What a call of a check left behind: its arguments, before and after, and its result by parts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zeromean.checking import caller
from zeromean.checking.handing import CACHE_PART


@dataclass
class Made:
    """A call that was made: its arguments, what they were before, its result by parts; a misfit has a sentence.

    `held` are the objects that a dict among the arguments held before the call.
    """

    arguments: dict[str, Any]
    before: dict[str, Any]
    parts: list[Any] = field(default_factory=list)
    result: Any = None
    error: str = ""
    cache: Any = None
    misfits: dict[tuple[str, Any], str] = field(default_factory=dict)
    held: dict[str, dict[Any, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.held = {name: dict(value) for name, value in self.arguments.items() if isinstance(value, dict)}

    def piece(self, argument: str, key: Any, *, given: bool = False) -> Any:
        """Return a piece of what came back, or was given; `Missing` says why there is none."""
        if given:
            return self.held[argument][key]
        if message := self.misfits.get((argument, key)):
            raise Missing(message)
        if argument:
            return self.arguments[argument] if key is None else self.arguments[argument][key]
        if key == CACHE_PART:
            return self.cache
        if key >= len(self.parts):
            raise Missing("")
        return self.parts[key]


class Missing(Exception):  # noqa: N818 - no error, but something that a later call waits for
    """What a call should have left is not there, or has no place."""


@dataclass
class Visit:
    """What the checks of an exercise share: the functions, the time, and what was noticed beside them."""

    functions: Mapping[str, caller.Function]
    parameters: Mapping[str, list[str]]
    seconds: float = caller.SECONDS
    notes: list[str] = field(default_factory=list)
    too_slow: set[str] = field(default_factory=set)
    recognising: bool = True

    def note(self, *notes: str) -> None:
        """Remember what was noticed beside the checks; what a function prints, only the first time."""
        for note in notes:
            heads = {known.partition(": ")[0] for known in self.notes if " printed: " in known}
            if note not in self.notes and note.partition(": ")[0] not in heads:
                self.notes.append(note)


def copied(value: Any) -> Any:
    """Return a deep copy, or the thing itself where a student's cache holds what cannot be copied."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value
