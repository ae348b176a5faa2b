"""How well a suite diagnoses is measured: who is noticed, who is told an idea, whose hint is doubtful, who survives."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from autograder.authoring import course, diagnosis
from autograder.authoring.diagnosis import Measured, Tried
from autograder.authoring.proof import Prover
from autograder.judge.diagnosis import Diagnoser
from autograder.judge.judge import generator
from autograder.tests.authoring.conftest import NAME, Write

pytestmark = pytest.mark.slow

SUM = "x.mean -> x.sum"
VALUES_ONLY = "    expect_dtype(out, np.float32)\n"


def measured(toy: Write, old: str = "", new: str = "") -> Measured:
    """Return what came of the slips in the suite of `centre`, after an edit."""
    toy(old, new)
    (found,) = diagnosis.measure(Prover(course.load(NAME)), ["centre"])
    return found


def diagnoser(toy: Write) -> Diagnoser:
    """Return who diagnoses programs of `centre`."""
    toy()
    prover = Prover(course.load(NAME))
    return Diagnoser(prover.judge, prover.suites["centre"], prover.shipped["centre"])


def sums_in_the_grade(x: np.ndarray) -> np.ndarray:
    """Do what `sums` does with the first numbers of the grade, and something else with others."""
    first = generator("test_values", 0).uniform(1, 3, (4, 3))[0, 0]
    return x - x.sum(axis=0) if x[0, 0] == first else np.sin(x)


def slip(found: Measured, change: str, program: str = "plain") -> Tried:
    """Return one slip."""
    (tried,) = (one for one in found.tried if (one.slipped.program, one.slipped.change) == (program, change))
    return tried


def test_a_slip_that_is_a_known_misconception_is_told_its_hint(toy: Write) -> None:
    """It is noticed in the grade and by check(f), its hint is named, and nothing about it is doubtful."""
    found = slip(measured(toy), SUM).diagnosis
    assert (found.rejected, found.visible, found.hints, found.doubtful) == (True, True, ("sums",), ())


def test_a_slip_that_nobody_thought_of_is_not_named(toy: Write) -> None:
    """It is noticed; its message says which numbers differ, and no more."""
    found = diagnoser(toy).of({"centre": lambda x: x - np.sin(x)})
    assert found.rejected
    assert not found.hints
    assert not found.named
    assert found.says.startswith("out: 12 of 12 entries differ; the worst is out[")


def test_a_survivor_is_listed_with_its_code(toy: Write) -> None:
    """A slip that earns full marks is told in the table, in the data, and by its code."""
    found = measured(toy, VALUES_ONLY, "")
    changes = [one.slipped.change for one in found.survivors]
    assert "x - mean -> (x - mean).astype(float)" in changes
    diagnosis.show([found], Console(file=(page := io.StringIO()), width=200))
    assert "return (x - mean).astype(float)" in page.getvalue()
    told = json.loads(json.dumps(diagnosis.to_json([found])))["exercises"]["centre"]["survivors"]
    assert [one["change"] for one in told] == changes


def test_counts_are_those_of_the_slips(toy: Write) -> None:
    """What is rejected, visible and named is counted, and added up over the exercises."""
    found = measured(toy)
    diagnoses = [one.diagnosis for one in found.tried]
    assert found.counts["wrong"] == len(diagnoses) == found.counts["rejected"] > 20
    assert 0 < found.counts["hinted"] == sum(bool(one.hints) for one in diagnoses) <= found.counts["named"]
    assert found.counts["visible"] == sum(one.visible for one in diagnoses) > len(diagnoses) / 2
    assert diagnosis.total([found, found])["named"] == 2 * found.counts["named"]


def test_a_hint_that_fits_by_chance_is_doubtful(toy: Write) -> None:
    """With the numbers of the grade its idea explains the program; with other numbers it does something else."""
    assert diagnoser(toy).of({"centre": sums_in_the_grade}).doubtful == ("sums",)


def test_a_hint_for_the_same_line_is_not_doubtful(toy: Write) -> None:
    """An edit of the line that slipped is about that line, whatever it does with other numbers."""
    right = "def centre(x):\n    mean = x.mean(axis=0)\n    return x - mean"
    assert diagnoser(toy).of({"centre": sums_in_the_grade}, (right, right.replace("axis=0", "axis=1"))).doubtful == ()
