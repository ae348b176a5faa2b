"""The judge of A4, made once: its suites are what is tested here."""

from __future__ import annotations

import pytest

from autograder.authoring import course
from autograder.authoring.judging import judge_for
from autograder.judge.judge import Judge


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Return the judge of A4."""
    return judge_for(course.load("a4_batch_norm"))
