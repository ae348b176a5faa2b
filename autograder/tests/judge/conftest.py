"""The toy course that the judge is tested with: one exercise, `scale`, whose suite is in the folder `toy`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.judge.judge import Judge

collect_ignore = ["toy"]  # a suite, not tests
TOY = Path(__file__).parent / "toy"
EXERCISES = [("scale", 4.0, ("scale_forward", "scale_backward"))]
REFERENCE = (TOY / "reference.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Return the judge of the toy suite."""
    return Judge(TOY, [REFERENCE], EXERCISES)


@pytest.fixture
def judge_of(tmp_path: Path) -> Callable[[str], Judge]:
    """Return a function that makes the judge of another suite of `scale`, given as text."""

    def make(suite: str) -> Judge:
        (tmp_path / "test_scale.py").write_text(suite, encoding="utf-8")
        return Judge(tmp_path, [REFERENCE], EXERCISES)

    return make
