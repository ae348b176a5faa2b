"""The reference is run once, asked on copies, and rebuilt with functions exchanged."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judge import reference
from autograder.judge.reference import Reference, SuiteError, exchanged, observe

CELLS = [
    "import numpy as np\nOFFSET = 1.0",
    "def inner(x, *, by=2.0):\n    return x * by + OFFSET",
    "def outer_forward(x):\n    x += 1\n    out = inner(x)\n    return out, (x, 2)",
]


def test_a_cell_that_raises_is_named() -> None:
    """The number and the first line of the cell say where to mend the source."""
    message = r"Cell 2 of the reference \(`y = x / 0`\) raised ZeroDivisionError: .*\. Mend the source\."
    with pytest.raises(SuiteError, match=message):
        Reference(["x = 1", "y = x / 0\nz = 1"])


def test_names_of_results_come_from_the_source() -> None:
    """Plain names are used, the last value of a forward is its cache, and anything else has no name."""
    reference = Reference([*CELLS, "def split(x):\n    return x[0], x[1]\ndef nothing():\n    pass"])
    assert reference.result_names("outer_forward") == ("out", "cache")
    assert reference.result_names("split") == reference.result_names("nothing") == ()


def test_names_of_results_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The docstring is parsed at the first question; contracts ask at every call."""
    asked: list[str] = []
    monkeypatch.setattr(reference, "documented_results", lambda function: asked.append(function.__name__) or ("dx",))
    judged = Reference(CELLS)
    assert [judged.result_names("outer_forward") for _ in range(3)] == [("dx",)] * 3
    assert asked == ["outer_forward"]


def test_a_question_leaves_the_arguments_alone() -> None:
    """The reference works on copies, and what it did to them is told."""
    x = np.zeros(2)
    effect = observe(Reference(CELLS).function("outer_forward"), "outer_forward", (x,), {})
    np.testing.assert_array_equal(x, [0, 0])
    np.testing.assert_array_equal(effect.args[0], [1, 1])
    np.testing.assert_array_equal(effect.result[0], [3, 3])
    assert effect.cache[1] == 2
    assert effect.has_cache


def test_an_exchanged_function_is_what_the_others_call() -> None:
    """A helper that is exchanged is called by the functions that use it, and the original stays as it was."""
    reference = Reference(CELLS)
    other = exchanged(reference.namespace, {"inner": lambda x: -x})
    np.testing.assert_array_equal(other["outer_forward"](np.zeros(1))[0], [-1])
    np.testing.assert_array_equal(reference.outer_forward(np.zeros(1))[0], [3])


def test_rebuilt_functions_keep_their_defaults() -> None:
    """Keyword defaults survive, and so does the constant that a cell defines."""
    other = exchanged(Reference(CELLS).namespace, {"outer_forward": None})
    assert other["inner"](1.0) == 3.0
