"""The list of nbgrader's tests that are not held names tests that there are."""

from __future__ import annotations

import tomllib
from pathlib import Path

from nbgrader.tests.apps import test_nbgrader_autograde, test_nbgrader_generate_feedback


def test_what_is_listed_is_there() -> None:
    """Each name is a test of nbgrader's, stands in one list, and has a sentence for a reason."""
    listed = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text())
    theirs = (test_nbgrader_autograde.TestNbGraderAutograde, test_nbgrader_generate_feedback.TestNbGraderFeedback)
    there = {name for tests in theirs for name in vars(tests) if name.startswith("test_")}
    assert set(listed) == {"cannot", "left_out"}
    assert not set(listed["cannot"]) & set(listed["left_out"])
    for reasons in listed.values():
        assert set(reasons) <= there
        assert all(reason.endswith(".") for reason in reasons.values())
