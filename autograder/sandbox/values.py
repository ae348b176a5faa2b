"""What the forms of values have in common: their letters, their bounds, and the few kinds that need more than JSON.

A value is JSON where JSON says it exactly, else a list that begins with a letter: ``["a", dtype, shape, writeable]``
takes its bytes from the payload, ``["r", 3]`` is the object that was met fourth. Arrays, lists, dicts and random
generators are numbered as they are met, so that what was one object on one side is one object on the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.sandbox.wire import WireError

MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_INT_BITS = 4096

_CODES = "?bhilqBHILQefdgFDG"
DTYPES = {np.dtype(code).str: np.dtype(code) for code in _CODES}
NAMES = {code: np.dtype(code).str for code in _CODES}
AS_IT_IS = frozenset({bool, float, type(None)})


@dataclass(frozen=True)
class Handle:
    """Something of the student's that only the worker holds: an object array, a function, an instance."""

    number: int
    type_name: str
    worker: int


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
        if left < 0 or id(value) in above or len(above) > MAX_DEPTH:
            raise WireError("a value contains itself, is too deeply nested, or has too many parts.")
        if type(value) in (list, tuple, dict):
            above.add(id(value))
            for item in value.values() if type(value) is dict else value:
                walk(item)
            above.discard(id(value))

    walk(value)
