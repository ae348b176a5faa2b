"""Cells wait calmly for what they need, and predictions are shown beside what happened."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from zeromean.waiting import NotPredictedError, once_passed, reveal, when_ready


@pytest.fixture
def shown(monkeypatch):
    """Collect what is displayed."""
    data: list[dict[str, str]] = []
    monkeypatch.setattr("zeromean.waiting.display", lambda content, raw: data.append(content))
    return data


def unwritten():
    """Stand for a stub."""
    raise NotImplementedError


def half_written():
    """Stand for a function that does not work yet; it fails inside NumPy."""
    return np.mean([1.0, 2.0], axis=3)


def test_a_stub_is_named(shown):
    """A figure that needs an unwritten function says which."""
    with when_ready():
        unwritten()
    assert shown[0]["text/plain"] == "This cell has something to show as soon as unwritten is written."


def test_a_missing_name_sends_the_reader_up(shown):
    """A figure whose cells above were not run says so."""
    with when_ready():
        nowhere  # noqa: B018, F821
    assert shown[0]["text/plain"] == "Run the cells above first: name 'nowhere' is not defined."


def test_an_exception_becomes_a_sentence(shown):
    """A half-finished function shows as one sentence, with its error, escaped."""
    with when_ready():
        half_written()
    assert "half_written stopped with AxisError: axis 3 is out of bounds" in shown[0]["text/plain"]
    exec("with when_ready(): raise ValueError('<b>')", {"when_ready": when_ready})
    assert "&lt;b&gt;" in shown[1]["text/html"]
    assert "the function stopped" in shown[1]["text/plain"]


def test_a_missing_prediction_is_asked_for_by_name(shown):
    """Without a prediction nothing is given away, and the variables that wait for one are named."""
    mean = std = None
    with when_ready():
        reveal(("mean", mean, 3.0), ("range", 2, 3.0), ("std", std, 3.0), then="It is 3.")
    assert len(shown) == 1
    assert "in place of None for mean and std, in the cell under" in shown[0]["text/plain"]
    with pytest.raises(NotPredictedError, match="in place of None in the cell under"):
        exec("reveal(('std', None, 3.0))", {"reveal": reveal})  # no source to read the name from


def test_what_is_then_told_comes_last_and_only_after_a_guess(shown):
    """The explanation stands below what the cell draws, as Markdown."""
    with when_ready():
        reveal(
            ("mean", 3, 3.0),
            then="""
            It is **3**,
            as $1+2$.""",
        )
        shown.append({"text/plain": "a figure"})
    assert [each["text/plain"] for each in shown[1:]] == ["a figure", "It is **3**,\nas $1+2$."]
    assert shown[2]["text/markdown"] == shown[2]["text/plain"]
    with when_ready():
        reveal(("mean", 3, 3.0), then="Never told: the figure fails.")
        unwritten()
    assert shown[-1]["text/plain"] == "This cell has something to show as soon as unwritten is written."
    reveal(("mean", 3, 3.0), then="Told at once outside.")
    assert shown[-1]["text/plain"] == "Told at once outside."


def test_some_things_are_told_once_a_check_passes(shown, monkeypatch):
    """What would spoil an exercise is told to those who have solved it."""
    for passed, said in ((False, "What belongs here is told as soon as check(unwritten) passes"), (True, "So it is.")):
        monkeypatch.setattr("zeromean.waiting.passes", lambda function, passed=passed: passed)
        once_passed(unwritten, "So it is.")
        assert shown[-1]["text/plain"].startswith(said)


def test_warnings_stay_quiet(shown):
    """A warning in a student's function does not put a red box above the figure."""
    with when_ready():
        warnings.warn("noise", stacklevel=1)
        np.log(np.zeros(1))
    assert shown == []


def test_interrupting_still_works():
    """The stop button is not swallowed."""
    with pytest.raises(KeyboardInterrupt), when_ready():
        raise KeyboardInterrupt


def test_a_row_says_how_near_the_guess_was(shown):
    """A table has a row a prediction, escaped, with what was guessed, what came, and how near it was."""
    reveal(("<x>", 2, 1000.0))
    assert shown[0]["text/plain"] == "<x>: predicted 2, computed 1000 (500 times too small)"
    assert '<th scope="row" style="text-align:left">&lt;x&gt;</th>' in shown[0]["text/html"]
