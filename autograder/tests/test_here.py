"""What is missing on a machine is told; in CI it fails, so that no hostile test can vanish silently."""

from __future__ import annotations

import pytest

from autograder.sandbox import isolation
from autograder.tests import here


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_level(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]) -> None:
    """The level is named; it is passed over at a desk and fails in CI."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(isolation, "why_not", lambda level: "bubblewrap (bwrap) is not installed.")
    with pytest.raises(outcome, match=r"'bubblewrap' does not work here: bubblewrap \(bwrap\) is not installed\."):
        here.need("bubblewrap")


def test_the_corpus_runs_at_the_strongest_level_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bubblewrap it is Landlock, without that seccomp; never `none`."""
    gone: list[str] = []
    monkeypatch.setattr(isolation, "why_not", lambda level: "gone" if level.name in gone else "")
    found = []
    for level in ("bubblewrap", "landlock", "seccomp"):
        found.append(here.strongest())
        gone.append(level)
    assert found == ["bubblewrap", "landlock", "seccomp"]
    assert here.strongest() == "bubblewrap"
    here.need("none")
