"""A single wrong number is explained by a simple step from the right one, and by nothing that fits by chance."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.checking.numbers import step_by, step_to

RIGHT = 0.37
GIVEN = {"lr0": np.array(0.8), "t": np.array(7), "x": np.zeros((5, 3)), "one": np.array(1.0)}


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (-RIGHT, "It is minus what it should be."),
        (1 / RIGHT, "It is one over what it should be."),
        (1 - RIGHT, "It is one minus what it should be."),
        (RIGHT**2, "It is the square of what it should be."),
        (RIGHT**0.5, "It is the root of what it should be."),
        (np.log(RIGHT), "It is the logarithm of what it should be."),
        (np.exp(RIGHT), "What it should be is its logarithm."),
        (RIGHT + 1, "It is one more than it should be."),
        (RIGHT - 1, "It is one less than it should be."),
        (2 * RIGHT, "It is 2 times what it should be."),
        (-0.75 * RIGHT, "It is -3/4 times what it should be."),
        (0.7512345 * RIGHT, ""),
        (40 * RIGHT, ""),
        (0.0, ""),
    ],
)
def test_a_step_from_the_right_number(got: float, says: str) -> None:
    """A sign, an inverse, a power, a small fraction; no step is found where there is none."""
    assert step_to(got, RIGHT) == says


def test_of_a_whole_number_nothing_is_said() -> None:
    """Every small whole number is some simple step away from every other; of a larger one only a factor is."""
    assert step_to(6.0, 3.0) == ""
    assert step_to(289.0, 288.0) == ""
    assert step_to(-144.0, 288.0) == "It is -1/2 times what it should be."


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (RIGHT * 0.8, "It is multiplied by `lr0` once too often."),
        (RIGHT / 0.8, "It lacks the factor `lr0`, or is divided by it once too often."),
        (0.8 / RIGHT, "It is `lr0` divided by what it should be."),
        (0.64 / RIGHT, "It is `lr0` divided by what it should be multiplied by."),
        (0.8 - RIGHT, "It is `lr0` minus what it should be."),
        (RIGHT - 0.8, "It is too small by just `lr0`."),
        (RIGHT + 0.8, "It is too large by just `lr0`."),
        (RIGHT * 0.64, "It is multiplied by `lr0` where it should be divided by it."),
        (RIGHT / 0.64, "It is divided by `lr0` where it should be multiplied by it."),
        (5 * RIGHT, "It is 5 times what it should be, and `x` has an axis of length 5."),
        (RIGHT / 15, "It is 1/15 of what it should be, and `x` has 15 entries."),
        (RIGHT * 0.8 / 7, "It has `lr0` where `t` should be."),
        (np.sin(RIGHT), ""),
        (0.0, ""),
    ],
)
def test_a_step_by_an_argument(got: float, says: str) -> None:
    """An argument that is missing, too many, upside down, or in the place of another; the length of an axis."""
    assert step_by(got, RIGHT, GIVEN) == says


def test_random_numbers_have_nothing_in_common() -> None:
    """Nothing is said of numbers that have nothing to do with each other."""
    rng = np.random.default_rng(0)
    pairs = rng.uniform(-3, 3, (500, 2)).tolist()
    assert {step_to(*pair) for pair in pairs} | {step_by(*pair, GIVEN) for pair in pairs} == {""}
