"""The suite of every exercise is proved: kill table, other random numbers, slips, caches, and what check(f) says."""

from __future__ import annotations

import re

import pytest

from autograder.authoring.course import SUITES
from autograder.authoring.proof import Prover

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_suite_is_proved(prover: Prover, exercise: str) -> None:
    """Every wrong program is caught and told why, every right one accepted, and no slip goes unnoticed."""
    (proof,) = prover.proofs([exercise])
    assert proof.faults == ()
    assert proof.table.rows
    assert proof.slips > proof.excused


def test_no_program_begins_with_what_memory_held() -> None:
    """A slip in a program that fills `np.empty` would show what lay there, and be caught or not by chance: take zeros."""
    for path in sorted(SUITES.glob("*/*.py")):
        assert not re.search(r"\bempty(?:_like)?\(", path.read_text(encoding="utf-8")), path
