"""The class report says what the class earned, believes, and who needs a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.reports import class_report
from autograder.tests.reports.records import CLASS, GOOD, record


def test_misconceptions_are_ranked_by_students_not_by_checks() -> None:
    """Two students of five share the misconception, each counted once."""
    (row,) = class_report.summarize(CLASS)["misconceptions"]
    assert (row["misconception"], row["count"], row["share"]) == ("variance_held_constant", 2, 0.4)
    assert row["students"] == ["ben", "cem"]


def test_whoever_needs_a_person_is_listed_with_the_reason() -> None:
    """A held mark and a repaired notebook are named; a late one is counted apart."""
    summary = class_report.summarize(CLASS)
    reasons = {row["student"]: " ".join(row["reasons"]) for row in summary["needs_person"]}
    assert set(reasons) == {"dot", "eve"}
    assert "ZeroDivisionError in test_ours" in reasons["dot"]
    assert summary["late"] == ["cem"]


def test_whoever_reached_out_is_listed_apart(tmp_path: Path) -> None:
    """Who tried to get at something is in a list of its own, escaped, and not among the repaired."""
    bad = record("mal", GOOD, reached_out=("open '/etc/<b>'", "start a process"))
    summary = class_report.summarize([*CLASS, bad])
    assert [row["student"] for row in summary["needs_person"]] == ["dot", "eve"]
    (row,) = summary["reached_out"]
    assert row == {"student": "mal", "reasons": ["It tried to open '/etc/<b>'.", "It tried to start a process."]}
    page = class_report.write([*CLASS, bad], tmp_path).read_text()
    assert "It tried to open &#39;/etc/&lt;b&gt;&#39;." in page.split('id="reached-out"')[1]


def test_failure_rates_count_every_submission() -> None:
    """The rate of a check is over the class, not over those who reached it."""
    summary = class_report.summarize([CLASS[1], CLASS[2]])
    rates = {check["name"]: check["failure_rate"] for check in summary["exercises"][0]["checks"]}
    assert rates == {"test_values": 0.0, "test_gradient": 1.0, "test_square": 0.0}


def test_the_distribution_counts_everybody_once() -> None:
    """The bars add up to the class."""
    assert sum(bar["count"] for bar in class_report.summarize(CLASS)["distribution"]) == len(CLASS)


def test_page_and_data_are_written_together_and_self_contained(tmp_path: Path) -> None:
    """The page loads nothing from elsewhere, and the JSON beside it is the same report."""
    page = class_report.write(CLASS, tmp_path)
    text = page.read_text()
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert json.loads(page.with_suffix(".json").read_text()) == class_report.summarize(CLASS)


def test_an_empty_class_is_refused_with_the_way_out() -> None:
    """The message says which command comes first."""
    with pytest.raises(UsageError, match="Run `autograder grade` first"):
        class_report.summarize([])
