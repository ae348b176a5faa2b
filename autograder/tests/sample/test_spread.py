"""A class is graded here and on a cluster, and what the cluster costs is told."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from autograder.errors import CourseError
from autograder.sample import spread
from autograder.tests.test_command_line import call


def test_what_came_of_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As words and as data; the overhead is the median of the rounds, not of all times."""
    found = spread.Spread(324, (60.0, 80.0, 50.0), (63.0, 80.0, 60.0), (0.03, 0.04, 0.02))
    monkeypatch.setattr(spread, "run", lambda rounds, log: found)
    said = call("bench", "--cluster").stdout
    assert "324 submissions of A4: 60 s with 2 processes, 63 s on a cluster of 2 workers here" in said
    assert "+5.0% (rounds: +5.0%, +0.0%, +20.0%). Of 2 cores Dask itself took 3.0%." in said
    assert json.loads(call("bench", "--cluster", "--json").stdout)["overhead"] == 0.05


@pytest.mark.slow
def test_both_ways_grade_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round of a small class: the commands run, the cluster comes and goes, and both take time."""
    monkeypatch.setattr(spread, "OVER", 1)
    console = Console(record=True, width=120)
    found = spread.run(1, console)
    assert (found.submissions, len(found.here), len(found.cluster)) == (18, 1, 1)
    assert min(*found.here, *found.cluster) > 1
    assert 0 < found.own[0] < 0.5
    assert "round 1 of 1: cluster" in console.export_text()


def test_without_dask_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """A scheduler that does not start is a sentence."""
    monkeypatch.setattr(spread, "DASK", (spread.sys.executable, "-m", "no_such_module"))
    with (
        pytest.raises(CourseError, match="The Dask scheduler did not start; is Dask installed"),
        spread._started(tmp_path),
    ):
        raise AssertionError
