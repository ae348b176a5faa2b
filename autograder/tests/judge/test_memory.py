"""Whether a call or what it remembers is wrong is told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.judge.memory import left_behind

OLD, NEW = np.array([0.0, 1.0, 2.0]), np.array([0.5, -1.0, 4.0])


def said(kept: Any, *, right: bool) -> str:
    """Return what is said of a step that leaves `kept` where NEW should be."""
    before, expected = {"state": {"v": OLD, "lr": 0.1}}, {"state": {"v": NEW, "lr": 0.1}}
    return left_behind("step", right=right, before=before, after={"state": {"v": kept, "lr": 0.1}}, expected=expected)


@pytest.mark.parametrize(
    ("kept", "right", "sentence"),
    [
        (NEW, True, ""),
        (NEW, False, "What `step` leaves in `state['v']` is right: look at the lines that use it."),
        (NEW**2 + 1, False, "So is what `step` leaves in `state['v']`."),
        (2 * NEW, False, "So is what `step` leaves in `state['v']`: every entry is 2 times what it should be."),
        (NEW**2 + 1, True, "What `step` returned first is right, but not what it left in `state['v']`."),
        ("gone", True, "What `step` returned first is right, but not what it left in `state['v']`."),
    ],
)
def test_which_of_the_two_is_wrong(kept: Any, right: bool, sentence: str) -> None:
    """The result, the memory, or both; and in what way the memory is."""
    assert said(kept, right=right) == sentence


def test_a_dict_that_stays_is_no_memory() -> None:
    """Settings are not spoken of, and neither are arguments that are no dicts."""
    same = {"state": {"lr": 0.1}, "x": OLD}
    assert left_behind("step", right=False, before=same, after=same, expected=same) == ""
