"""The assignments of the course: what they say and how they are judged is tested here."""

from __future__ import annotations

import pytest

from autograder.authoring import course
from autograder.authoring.proof import Prover


@pytest.fixture(scope="session")
def provers() -> dict[str, Prover]:
    """Return what proves the suites of each assignment; its judge is made once, if something is to be proved."""
    return {name: Prover(course.load(name)) for name in course.assignments()}
