"""Trying a suite with pytest and grading with the judge are two ways to the same results."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from autograder.authoring import course
from autograder.gradebook.grading import open_grader

NAME = "a4_batch_norm"
ASSIGNMENTS = course.ROOT / "assignments"
ANSWERS = {
    "batchnorm_forward": (
        "def batchnorm_forward(x, gamma, beta, bn_param):\n"
        "    xhat = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)\n"
        "    return gamma * xhat + beta, (xhat, gamma, x.std(axis=0))"
    ),
    "batchnorm_backward": "def batchnorm_backward(dout, cache):\n    return dout.sum(axis=2)",
    "population_stats": (
        "def population_stats(batch_means, batch_vars, m):\n"
        "    return batch_means.mean(axis=0), batch_vars.mean(axis=0)"
    ),
    "mean_only_batchnorm": "",
}


@pytest.fixture
def submission(tmp_path: Path) -> Path:
    """Return a notebook with some wrong answers, one empty one, and the rest as released."""
    notebook = nbformat.read(ASSIGNMENTS / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    return tmp_path / "wrong.ipynb"


def with_pytest(results: Path, *options: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return outcome and message by exercise and check, as pytest tells them."""
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={results}", *options]
    subprocess.run(command, cwd=course.ROOT, capture_output=True, timeout=100, check=False)
    found = {}
    for case in ElementTree.parse(results).iter("testcase"):
        outcome, message = "passed", ""
        for said in case:
            outcome = {"failure": "failed", "error": "error", "skipped": "skipped"}[said.tag]
            message = said.get("message", "")
        exercise = case.get("classname", "").rpartition("test_")[2]
        found[exercise, case.get("name", "")] = (outcome, message)
    return found


def decided(exercises: Sequence[object]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the same of the judge's results."""
    return {(e.name, check.name): (check.outcome, check.message) for e in exercises for check in e.checks}


@pytest.mark.slow
def test_both_ways_agree(submission: Path, tmp_path: Path) -> None:
    """Every check has the same outcome and the same sentence, whoever calls it."""
    theirs = with_pytest(tmp_path / "results.xml", str(course.SUITES / NAME), "--submission", str(submission))
    with open_grader(course.load(NAME), release=ASSIGNMENTS) as grader:
        ours = decided(grader.grade(submission.read_bytes(), "someone").record.exercises)
    assert theirs.keys() == ours.keys()
    for check, (outcome, message) in ours.items():
        assert theirs[check][0] == outcome, check
        assert message.removesuffix(".") in theirs[check][1], check
    assert {outcome for outcome, _ in ours.values()} == {"passed", "failed", "skipped"}


@pytest.mark.slow
def test_the_reference_passes_at_another_seed(tmp_path: Path) -> None:
    """Without a submission the reference is tried, with the random numbers of the seed."""
    found = with_pytest(tmp_path / "results.xml", str(course.SUITES / NAME / "test_batch_renorm.py"), "--seed=7")
    assert found
    assert {outcome for outcome, _ in found.values()} == {"passed"}
