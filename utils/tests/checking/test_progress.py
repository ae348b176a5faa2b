"""How far a student is: exercises by their visible checks, guesses and questions by what is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zeromean.checking import progress as module
from zeromean.checking.encoding import encode
from zeromean.checking.progress import passes, progress, remember
from zeromean.checking.stages import compared, stages

OUTLINE = {
    "exercises": [{"name": "center", "cell": "center", "points": 4, "minutes": 20, "heading": "1 · Centre <it>"}],
    "predictions": [{"name": "guess", "cell": "scratch-1", "heading": "1 · Centre <it>"}],
    "questions": [{"name": "why", "cell": "why", "points": 1, "heading": "2 · Words", "title": "Question 1"}],
    "stages": {"center": [["mean", encode(2.0)], ["dx", encode(3.0)]]},
}


@pytest.fixture
def outlined(assignment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the small assignment an outline, and a notebook with an open question."""
    data = json.loads(assignment.read_text(encoding="utf-8"))
    assignment.write_text(json.dumps(data | {"outline": OUTLINE}), encoding="utf-8")
    cell = {"metadata": {"nbgrader": {"grade_id": "why"}}, "source": ["Why?\n", "YOUR ANSWER HERE"]}
    notebook = assignment.with_name("a0_center.ipynb")
    notebook.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    monkeypatch.setattr(module, "_passed", {})
    return notebook


def run(source: str, names: dict[str, Any]) -> None:
    """Run a line as a notebook would, with `names` as its globals."""
    exec(source, names | {"progress": progress, "stages": stages})


def test_nothing_done_yet(outlined: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An untouched notebook is told what there is to do, with marks and minutes."""
    run("progress()", {"guess": None})
    assert capsys.readouterr().out.splitlines() == [
        "0 of 1 exercises pass their visible checks, worth 0 of 4 marks. 0 of 1 predictions are made.",
        "  ○ to do    center_forward, center_backward (1 · Centre <it>): 4 marks, about 20 minutes",
        "  ○ to do    prediction guess (1 · Centre <it>): still None",
        "  ○ to do    Question 1 (2 · Words): no answer in the saved notebook; 1 mark",
    ]


def test_everything_done(outlined: Path, center: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Of a finished notebook only what passes is left to say."""
    outlined.write_text(outlined.read_text().replace("YOUR ANSWER HERE", "Because."), encoding="utf-8")
    run("progress()", {**center, "guess": 3})
    assert capsys.readouterr().out.splitlines() == [
        "1 of 1 exercises passes its visible checks, worth 4 of 4 marks. 1 of 1 predictions are made.",
        "  ✓ passed   center_forward, center_backward (1 · Centre <it>): 4 marks in reach",
    ]


def test_half_done(outlined: Path, center: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """A function that is not right yet says how many of its checks pass; a broken notebook file is no trouble."""
    outlined.write_text("no notebook", encoding="utf-8")
    run("progress()", {**center, "center_backward": lambda dout, cache: dout, "guess": 1})
    assert "✗ not yet  center_forward, center_backward" in (out := capsys.readouterr().out)
    assert "2 of 3 visible checks pass; 4 marks" in out


def test_the_table_escapes_and_links(outlined: Path) -> None:
    """Links lead to the cells, and headings are words, not markup."""
    rows, sentence = module._rows(module.outline.here()[0], {})
    html = module._as_html(rows, sentence, "a0_center.ipynb")
    assert 'href="a0_center.ipynb#cell-id=scratch-1"' in html
    assert "1 · Centre &lt;it&gt;</a>" in html


def test_a_folder_without_data_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Outside an assignment's folder, the student is told where to work."""
    monkeypatch.chdir(tmp_path)
    run("progress()\nstages('center', {})", {})
    assert capsys.readouterr().out.count("There is no *.checks.json") == 2


def test_each_check_remembers(outlined: Path) -> None:
    """The line below a check counts what has passed so far, and forgets what no longer passes."""
    assert remember("center", True) == "1 of 1 exercises passes its visible checks, worth 4 of 4 marks."
    assert remember("center", False).startswith("0 of 1 exercises pass their")
    assert remember("elsewhere", True) == ""


def test_passes(outlined: Path, center: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function passes when all visible checks of its exercise do."""
    names = dict(center)
    forward: Callable[..., Any] = names["center_forward"]
    assert passes(forward)
    assert not passes(lambda x: x)
    empty = tmp_path / "empty" / "a" / "b"
    empty.mkdir(parents=True)
    monkeypatch.chdir(empty)
    assert not passes(forward)


def test_stages_stop_at_the_first_wrong_one(outlined: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first wrong step is explained, the later ones wait for it, and what is None is to do."""
    steps = OUTLINE["stages"]["center"]  # type: ignore[index]
    assert compared(steps, {"mean": 2, "dx": 3.0}) == [("passed", "mean", ""), ("passed", "dx", "")]
    stages("center", {"mean": 5.0, "dx": 3.0})
    assert capsys.readouterr().out.splitlines() == [
        "0 of 2 steps passed.",
        "  ✗ not yet    mean got 5, expected 2.",
        "  … not tried  dx is tried as soon as mean passes",
    ]
    stages("center", {"mean": None})
    assert capsys.readouterr().out.count("○ to do") == 2


def test_stages_of_another_name_are_refused(outlined: Path) -> None:
    """A misspelt exercise is answered with the near one."""
    with pytest.raises(ValueError, match=r"There are no stages of 'centre'\. There are: center\."):
        stages("centre", {})
