"""What one call of a check hands on to a later one: an object, not a copy, as in the suite that was recorded.

A second step of an optimizer starts from the weights and the state that the student's first step left. So an argument
that came out of an earlier call is written down as where it came from, and as what the suite did to it in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

CACHE, HANDED = "cache of call", "handed on by call"
CACHE_PART = "cache"  # the key of the piece that a backward pass is given, beside the numbers of the other parts


def cache_of(call: int) -> dict[str, Any]:
    """Write down the cache that a call returned."""
    return {CACHE: call}


def handed_on(call: int, argument: str, key: Any, but: Sequence[Any] = (), without: Sequence[Any] = ()) -> Any:
    """Write down what a call left or (no `argument`) returned; `but` are encoded items put there since, or taken."""
    data: dict[str, Any] = {HANDED: [call, argument, key]}
    return data | ({"but": list(but)} if but else {}) | ({"without": list(without)} if without else {})


def source_of(data: Any) -> int | None:
    """Return the call from which an argument comes, or None if it is written down as it is."""
    if not isinstance(data, dict):
        return None
    return data[CACHE] if CACHE in data else data[HANDED][0] if HANDED in data else None
