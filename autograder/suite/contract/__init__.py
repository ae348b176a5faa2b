"""Checks that most exercises need, ordered in one line each; a line brings the wrong programs that prove it.

``test_float32 = contract.keeps_dtype("f", cases, points=0.5)`` is a check like any other: the judge and pytest find it
by its name. `cases` is a function of a random generator that yields the arguments of calls, as tuples.
"""

from __future__ import annotations

from autograder.suite.contract.caches import cache_serves, passes_apart, same_twice
from autograder.suite.contract.dtypes import keeps_dtype, keeps_dtype_back
from autograder.suite.contract.rules import goes_on, replaces, takes_turns, walks
from autograder.suite.contract.values import agrees, agrees_back, given_zero

__all__ = [
    "agrees",
    "agrees_back",
    "cache_serves",
    "given_zero",
    "goes_on",
    "keeps_dtype",
    "keeps_dtype_back",
    "passes_apart",
    "replaces",
    "same_twice",
    "takes_turns",
    "walks",
]
