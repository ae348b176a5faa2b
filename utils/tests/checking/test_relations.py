"""A wrong array is looked at beside what the call was given; what fits by chance is not said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.checking import errormap
from zeromean.checking.compare import Wrong
from zeromean.checking.relations import place, related

RNG = np.random.default_rng(0)
RIGHT, W, DW, V = RNG.normal(size=(4, 3, 2))
GAMMA = np.array([2.0, -0.3])
GIVEN: dict[str, Any] = {"w": W, "dw": DW, "gamma": GAMMA, "state": {"v": V, "lr": 0.1}, "mode": "train", "on": True}
OTHERS = {"out": RIGHT, "dgamma": np.array([0.5, 0.25])}


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (W, "It is `w` as it was given."),
        (RIGHT * GAMMA, "It is multiplied by `gamma` once too often."),
        (RIGHT / GAMMA, "The factor `gamma` is missing in it."),
        (RIGHT - 0.1 * DW, "It is off by -0.1 times `dw`."),
        (RIGHT + V, "It is off by 1 times `state['v']`."),
        (RIGHT + V - 2 * W, "It is off by -2 times `w` and 1 times `state['v']`."),
        (3 * RIGHT + 2 * W, "It is 3 times what it should be and 2 times `w`."),
        (np.sin(RIGHT), ""),
        (np.full((3, 2), np.nan), ""),
    ],
)
def test_what_the_arguments_explain(got: np.ndarray, says: str) -> None:
    """One that came back, a factor, a term or two; no sentence where they explain nothing."""
    assert related(got, RIGHT, GIVEN, OTHERS) == says


def test_a_value_in_the_place_of_another() -> None:
    """What should be returned under another name, or added to a memory, is recognised."""
    assert related(OTHERS["dgamma"], OTHERS["out"][0], {}, OTHERS) == "It is what `dgamma` should be."
    assert related(RIGHT + 2 * V, RIGHT, {}, {"state": {"v": V}}) == "It is off by 2 times the new `state['v']`."


def test_a_number_is_looked_at_beside_the_numbers() -> None:
    """A single number is compared with single arguments."""
    got, right = np.array(0.2 * 0.37), np.array(0.37)
    assert related(got, right, {"k": 0.2}, {}) == "It is multiplied by `k` once too often."


def test_where_it_is_wrong() -> None:
    """An argument that has one sign wherever the array is wrong is named, if it has another elsewhere."""
    x = np.array([[1.0, -2, 3, 0.5, -1], [-1, 2, 4, -5, 1]])
    right = np.full(x.shape, 0.5)
    assert place(x < 0, right, {"x": x}) == "All that is wrong is where `x` is negative."
    assert place(x > 0, right, {"x": x}) == "All that is wrong is where `x` is positive."
    assert place(right < 0.1, x, {"x": right}) == ""
    assert place(x == -2, right, {"x": x}) == ""
    assert place(x < 0, x, {}) == "All that is wrong is where the right number is negative."


def test_random_arrays_have_nothing_to_do_with_the_arguments() -> None:
    """No sentence is said of arrays that were drawn without each other."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        got, right, x, y = rng.normal(size=(4, 2, 3))
        assert related(got, right, {"x": x, "y": y, "n": 3, "rate": 0.1}, {"z": x + y}) == ""


def test_the_map_tells_it() -> None:
    """The sentence beside the map comes from the arguments, from the place, then from the wrong entries alone."""
    everywhere = np.ones(RIGHT.shape, bool)
    made = Wrong("w", RIGHT - 0.1 * DW, RIGHT, everywhere, GIVEN)
    assert errormap.pattern(made) == "It is off by -0.1 times `dw`."
    some = np.array([[True, False], [True, True], [False, False]])
    partly = Wrong("w", np.where(some, 3 * RIGHT, RIGHT), RIGHT, some)
    assert errormap.pattern(partly) == "Where it is wrong: every entry is 3 times what it should be."
