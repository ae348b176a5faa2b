"""All that the author of a hidden suite imports.

A suite is one file, ``autograder/suites/<assignment>/test_<exercise>.py``: checks first, then the correct
variants and the misconceptions that prove the checks. ``docs/recipes/add-an-exercise.md`` walks through one.
"""

from __future__ import annotations

from autograder.suite import contract
from autograder.suite.expectations import (
    expect,
    expect_close,
    expect_dtype,
    expect_raises,
    expect_unchanged,
    unchanged,
)
from autograder.suite.gradients import gradients_of, vjp
from autograder.suite.marking import equivalent, misconception, points, variant
from autograder.suite.slips import slip, slips

__all__ = [
    "contract",
    "equivalent",
    "expect",
    "expect_close",
    "expect_dtype",
    "expect_raises",
    "expect_unchanged",
    "gradients_of",
    "misconception",
    "points",
    "slip",
    "slips",
    "unchanged",
    "variant",
    "vjp",
]
