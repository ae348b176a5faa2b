"""The call that failed a check stays at hand, and can be made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.checking.check import Check, NotYet
from zeromean.checking.last import NONE_YET, TELLS, LastCall

from .conftest import OUT, X

WRONG = "def center_forward(x, state):\n    state['mean'] = x.mean(axis=0)\n    return x * 2, x.shape\n"
RAISES = "def center_forward(x, state):\n    x[:] = 0\n    return x.missing\n"
BACKWARD = "def center_backward(dout, cache):\n    return dout - dout.mean(axis=0)\n"


@pytest.fixture
def notebook(assignment: Path) -> dict[str, Any]:
    """Return the names of a notebook with a check of its own."""
    return {"check": Check(), "np": np}


def checked(notebook: dict[str, Any], cell: str) -> LastCall:
    """Run a cell, check it, and return what is at hand then."""
    exec(cell + BACKWARD, notebook)
    with pytest.raises(NotYet):
        exec("check(center_forward)", notebook)
    last: LastCall = notebook["check"].last
    return last


def test_before_anything_failed(notebook: dict[str, Any]) -> None:
    """Before any failure one sentence says so, and nothing is None that would be looked into."""
    last = notebook["check"].last
    assert repr(last) == NONE_YET
    assert (last.function, last.arguments, last.got, last.expected, last.error) == ("", {}, None, None, "")
    with pytest.raises(LookupError, match=r"No call has failed a visible check yet\."):
        last()


def test_wrong_values(notebook: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Arguments, what came and what was expected are copies, and the report tells where they are."""
    last = checked(notebook, WRONG)
    assert TELLS in capsys.readouterr().out
    assert (last.function, last.what, last.error) == ("center_forward", "out", "")
    np.testing.assert_array_equal(last.got, 2 * X)
    np.testing.assert_allclose(last.expected, OUT)
    last.arguments["x"][:] = 0
    np.testing.assert_array_equal(last.arguments["x"], X)
    assert repr(last).startswith("center_forward(x, state): out was not as expected.\n")
    assert "check.last()           makes the call again" in repr(last)


def test_call_again_with_the_function_as_it_is_now(notebook: dict[str, Any]) -> None:
    """The call is made again with what the name stands for now; a name that is gone is told."""
    last = checked(notebook, WRONG)
    np.testing.assert_array_equal(last()[0], 2 * X)
    exec(WRONG.replace("x * 2", "x * 3"), notebook)
    np.testing.assert_array_equal(last()[0], 3 * X)
    del notebook["center_forward"]
    with pytest.raises(LookupError, match=r"center_forward is not defined any more\. Run the cell that defines it\."):
        last()


def test_exception(notebook: dict[str, Any]) -> None:
    """A call that raised says what, keeps the arguments as they were before, and raises again."""
    last = checked(notebook, RAISES)
    assert "AttributeError" in last.error
    assert "it raised: center_forward raised AttributeError" in repr(last)
    assert (last.got, last.expected) == (None, None)
    np.testing.assert_array_equal(last.arguments["x"], X)
    with pytest.raises(AttributeError):
        last()


def test_wrong_layout_and_what_cannot_be_copied(notebook: dict[str, Any]) -> None:
    """What has no place is kept as it came, a generator too, which nobody can copy."""
    last = checked(notebook, "def center_forward(x, state):\n    return (i for i in x)\n")
    assert type(last.got).__name__ == "generator"


def test_passing_leaves_the_last_failure(notebook: dict[str, Any]) -> None:
    """A check that passes forgets nothing."""
    last = checked(notebook, WRONG)
    exec(WRONG.replace("x * 2", "x - x.mean(axis=0)") + "check(center_forward)", notebook)
    assert notebook["check"].last is last
