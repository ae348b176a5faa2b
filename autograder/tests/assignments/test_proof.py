"""The suite of every exercise is proved: kill table, other random numbers, slips, caches, and what check(f) says."""

from __future__ import annotations

import pytest

from autograder.authoring.proof import Prover

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_suite_is_proved(prover: Prover, exercise: str) -> None:
    """Every wrong program is caught and told why, every right one accepted, and no slip goes unnoticed."""
    (proof,) = prover.proofs([exercise])
    assert proof.faults == ()
    assert proof.table.rows
    assert proof.slips > proof.excused
