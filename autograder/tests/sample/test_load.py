"""A large class is laid out and watched; what is said of its memory follows from what was seen."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from autograder.errors import CourseError
from autograder.sample import load
from autograder.tests.test_command_line import call


def test_memory_is_summarized_by_role() -> None:
    """The start is left out, one large worker is no growth, and what grows is seen."""
    looks = [
        {"command": 50.0 + 10 * (n > 2), "judge": 100.0 + n, "sandbox": 900.0 if n == 30 else 80.0} for n in range(50)
    ]
    found = load.summarized(looks)
    assert found == {"command": (60, 60, 60), "judge": (114.5, 144.5, 149), "sandbox": (80, 80, 900)}
    assert not load.Load(50, 5.0, 50, found).flat
    assert load.Load(50, 5.0, 50, {name: found[name] for name in ("command", "sandbox")}).flat


def test_what_came_of_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As words and as data; memory that grows, or a submission that is left, fails the command."""
    flat = load.Load(1000, 110.0, 1000, {"command": (60.0, 61.0, 70.0)})
    for found, code in ((flat, 0), (load.Load(1000, 110.0, 999, flat.memory_mb), 1)):
        monkeypatch.setattr(load, "run", lambda count, found=found: found)
        assert (
            f"{found.graded} of 1000 graded in 110 s, 110 ms each. Memory is flat."
            in call("bench", "--load", "9", code=code).stdout
        )
        assert json.loads(call("bench", "--load", "9", "--json", code=code).stdout)["ms_per_submission"] == 110.0
    console = Console(record=True, width=120)
    load.Load(10, 1.0, 10, {"command": (60.0, 90.0, 90.0)}).show(console)
    assert "Memory is NOT flat: it grew by more than 10%." in console.export_text()


@pytest.mark.slow
def test_a_class_is_graded_and_watched(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """Sixty submissions, one of them bad: all are graded, and client, judges and sandboxes are seen."""
    monkeypatch.setattr(load, "FOLDER", tmp_path / "load")
    monkeypatch.setattr(load, "LOOK_SECONDS", 0.05)
    found = load.run(60)
    assert (found.submissions, found.graded) == (60, 60)
    assert set(found.memory_mb) == {"command", "judge", "sandbox"}
    assert all(10 < most < 2000 for _, _, most in found.memory_mb.values())


def test_a_run_that_fails_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """What the command said is the message."""
    monkeypatch.setattr(load, "FOLDER", tmp_path / "load")
    monkeypatch.setattr(load, "_class", lambda count: iter(()))
    (tmp_path / "load").mkdir()
    monkeypatch.setattr(load.shutil, "rmtree", lambda *_args, **_options: None)
    with pytest.raises(CourseError, match=r"`autograder grade` ended with 2: .*No submissions of a4_batch_norm"):
        load.run(1)
