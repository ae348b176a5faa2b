"""All that the author of a hidden suite imports.

A suite is one file, ``autograder/suites/<assignment>/test_<exercise>.py``: checks first, then the correct
variants and the misconceptions that prove the checks. ``docs/recipes/add-an-exercise.md`` walks through one.
"""

from __future__ import annotations

from zeromean.checking.functions import FUNCTIONS, Stretched

from autograder.suite import contract
from autograder.suite.expectations import (
    expect,
    expect_close,
    expect_dtype,
    expect_key,
    expect_raises,
    expect_unchanged,
    unchanged,
)
from autograder.suite.gradients import gradients_of, vjp
from autograder.suite.marking import equivalent, misconception, points, variant
from autograder.suite.properties import (
    expect_drawn_from,
    expect_moments,
    expect_orthogonal,
    expect_same_affine_map,
    expect_up_to_sign,
    expect_whitened,
)
from autograder.suite.slips import slip, slips

__all__ = [
    "FUNCTIONS",
    "Stretched",
    "contract",
    "equivalent",
    "expect",
    "expect_close",
    "expect_drawn_from",
    "expect_dtype",
    "expect_key",
    "expect_moments",
    "expect_orthogonal",
    "expect_raises",
    "expect_same_affine_map",
    "expect_unchanged",
    "expect_up_to_sign",
    "expect_whitened",
    "gradients_of",
    "misconception",
    "points",
    "slip",
    "slips",
    "unchanged",
    "variant",
    "vjp",
]
