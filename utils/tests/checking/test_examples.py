"""The examples of a docstring are run by value: what they say is what the function does, or the reader is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from zeromean.checking.examples import wrong_example


def documented(doc: str, does: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function with a docstring."""

    def double(x: Any) -> Any:
        return does(x)

    double.__doc__ = doc
    return double


def twice(x: Any) -> Any:
    """Return twice x."""
    return 2 * x


ARRAY = "Double.\n\n>>> double(np.array([1.0, 2.0]))\narray([2.,   4.0])\n"


@pytest.mark.parametrize(
    ("doc", "does", "says"),
    [
        (ARRAY, twice, ""),
        ("No example at all.", twice, ""),
        (">>> y = double(2)\n>>> y, 1\n(4, 1)\n", twice, ""),
        (">>> double(1 / 3)\n0.6666667\n", twice, ""),
        (">>> double({})\nTraceback (most recent call last):\nTypeError: no\n", twice, ""),
        (">>> double('<a>')\n'<a><a>'\n", twice, ""),
        (
            ">>> double(1).real\n<something>\n",
            lambda x: x,
            "1, where the docstring says <something>",
        ),
        (ARRAY, lambda x: x**2, "gives something else: the result: 1 of 2 entries differs; the worst is the result[0]"),
        (ARRAY, lambda x: x[5], "`double(np.array([1.0, 2.0]))` raises IndexError: index 5 is out of bounds"),
        (ARRAY, lambda x: None, "gives something else: the result is None"),
    ],
)
def test_examples(doc: str, does: Callable[..., Any], says: str) -> None:
    """Values count, not spaces and digits; the first line that gives something else is told."""
    said = wrong_example(documented(doc, does), {"np": np}) or ""
    assert says in said
    assert bool(says) == bool(said)


def test_names_are_not_changed_and_prints_are_swallowed(capsys: pytest.CaptureFixture[str]) -> None:
    """An example's own variables do not end up in the notebook, nor does what the function prints."""
    names = {"np": np, "y": 7}
    function = documented(">>> y = double(2)\n>>> y\n4\n", lambda x: sys.stdout.write("hello") and 2 * x)
    assert wrong_example(function, names) == ""
    assert names["y"] == 7
    assert capsys.readouterr().out == ""
