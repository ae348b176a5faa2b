"""Lets a recorder of visible checks hear what a check asks: the question, by name, and about which objects.

What is heard is shipped, so that ``check(f)`` asks the same question with the same tolerance as the grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Question:
    """One of ``zeromean.checking.comparisons``, asked about what came back; `what` is its name for the student."""

    comparison: str
    got: Any
    expected: Any
    what: str
    options: dict[str, Any] = field(default_factory=dict)


_listeners: list[Callable[[Question], None]] = []


def tell(comparison: str, got: Any, expected: Any, what: str, **options: Any) -> None:
    """Let whoever listens hear a question that is about to be asked."""
    for listener in _listeners:
        listener(Question(comparison, got, expected, what, options))


@contextmanager
def listening(listener: Callable[[Question], None]) -> Iterator[None]:
    """Hear every question that is asked meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
