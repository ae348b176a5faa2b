"""Cells wait calmly for what they need, and predictions are shown beside what happened."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from zeromean.waiting import NotPredictedError, reveal, when_ready


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
    assert shown[0]["text/plain"] == "The figure will be here when unwritten is written."


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


def test_a_missing_prediction_is_asked_for(shown):
    """Without a prediction nothing is given away, inside or outside of when_ready."""
    with when_ready():
        reveal(("mean", None, 3.0))
    assert shown[0]["text/plain"].startswith("Write your prediction in the cell above")
    with pytest.raises(NotPredictedError):
        reveal(("mean", 1, 2), ("std", None, 3.0))


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1024, "1024"),
        (0.65132, "0.651"),
        (-1e-17, "0"),
        ([2, 8.0], "2, 8"),
        (np.array([[0.5]]), "0.5"),
        (float("nan"), "nan"),
        (True, "True"),
        ("error", "error"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_values_are_short(shown, value, text):
    """Numbers show three digits, whole numbers all of theirs, the rest as it is."""
    reveal(("<x>", value, value))
    assert shown[0]["text/plain"] == f"<x>: predicted {text}, computed {text}"
    assert '<th scope="row" style="text-align:left">&lt;x&gt;</th>' in shown[0]["text/html"]
