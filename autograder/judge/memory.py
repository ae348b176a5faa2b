"""Says whether a wrong call went wrong in what it returned, or in what it left in a dict for the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from zeromean.checking.layout import alike
from zeromean.checking.patterns import regularity

Given = Mapping[str, Any]


def left_behind(function: str, *, right: bool, before: Given, after: Given, expected: Given) -> str:
    """Say which part of a memory a call left wrong, or that all of it is right; "" where there is no memory.

    Parameters
    ----------
    function : str
        What was called.
    right : bool
        Whether it returned what it should.
    before, after, expected : mapping of str to value
        The arguments: as they were, as the call left them, and as it should have left them. A part of a dict that the
        call should change is memory.
    """
    memory = {name: parts for name, *parts in _memory(before, after, expected)}
    wrong = [name for name, (mine, theirs) in memory.items() if not alike(mine, theirs)]
    if not memory or (right and not wrong):
        return ""
    if not wrong:
        names = " and ".join(f"`{name}`" for name in memory)
        return f"What `{function}` leaves in {names} is right: look at the lines that use it."
    first = wrong[0]
    how = _how(*memory[first])
    if right:
        return f"What `{function}` returned first is right, but not what it left in `{first}`{how or '.'}"
    return f"So is what `{function}` leaves in `{first}`{how or '.'}"


def _memory(before: Given, after: Given, expected: Given) -> Iterator[tuple[str, Any, Any]]:
    """Yield the name of each part of a dict that a call should change, what it is now, and what it should be."""
    for name, wanted in expected.items():
        old, new = before.get(name), after.get(name)
        if isinstance(wanted, dict) and isinstance(old, dict) and isinstance(new, dict):
            for key, value in wanted.items():
                if key in new and not (key in old and alike(old[key], value)):
                    yield f"{name}[{key!r}]", new[key], value


def _how(mine: Any, theirs: Any) -> str:
    """Say in what way a part is wrong, if it is an array or a number, after a colon."""
    got, right = np.asarray(mine), np.asarray(theirs)
    if got.dtype == object or right.dtype == object or got.shape != right.shape:
        return ""
    found = regularity(got, right)
    return f": {found[:1].lower()}{found[1:]}" if found else ""
