"""The suite of every exercise is proved: kill table, other random numbers, slips, caches, and what check(f) says."""

from __future__ import annotations

import pytest

from autograder.authoring import course
from autograder.authoring.proof import Prover

EVERY = [(name, cell.name) for name in course.assignments() for cell in course.load(name).exercises]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("assignment", "exercise"), EVERY, ids=["-".join(each) for each in EVERY])
def test_suite_is_proved(provers: dict[str, Prover], assignment: str, exercise: str) -> None:
    """Every wrong program is caught and told why, every right one accepted, and no slip goes unnoticed."""
    (proof,) = provers[assignment].proofs([exercise])
    assert proof.faults == ()
    assert proof.table.rows
    assert proof.slips > proof.excused
