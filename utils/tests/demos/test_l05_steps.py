"""What lecture 5 says of Adam's first steps and of saddles, in bands found from several seeds."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.demos.l05_optimizers import adam_first_steps, saddle_odds
from zeromean.training.rules import adam

ADAM = {"beta1": 0.9, "beta2": 0.999, "corrected": False, "t": 12, "size": "1"}


def test_the_longest_step_is_the_twelfth() -> None:
    """Without correction the steps grow to 6.5685 times the rate, and are tame only from step 3925 on."""
    shown = adam_first_steps.compute(ADAM)
    assert shown["now"] == shown["highest"] == pytest.approx(6.5685, abs=1e-4)
    assert shown["when"] == 12
    assert shown["calm"] == "from step 3925 on"


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({}, 3.1623),
        ({"corrected": True}, 1.0),
        ({"corrected": True, "size": "one millionth"}, 0.990),
        ({"beta1": 0.0, "beta2": 0.9}, 3.1623),
        ({"beta1": 0.0, "beta2": 0.99}, 10.0),
    ],
)
def test_the_first_step(changed: dict[str, object], first: float) -> None:
    """Adam's first step without and with correction and for a tiny gradient; RMSProp's, Adam without mean."""
    assert adam_first_steps.compute({**ADAM, "t": 1, **changed})["now"] == pytest.approx(first, abs=1e-3)


def test_the_law_is_what_adam_does() -> None:
    """A loop of the course's Adam under a constant gradient makes the steps that the demo draws."""
    w, memory, moved = np.zeros(1), {}, []
    for _ in range(50):
        new, memory = adam(w, np.full(1, 1e-6), memory, lr=1.0)
        moved.append(float((w - new)[0]))
        w = new
    drawn = adam_first_steps.step(0.9, 0.999, np.arange(1, 51), corrected=True, size=1e-6)
    np.testing.assert_allclose(moved, drawn, rtol=1e-9)


def test_averages_are_sums_of_a_series() -> None:
    """The closed forms of the two averages are what the recursion gives."""
    mean = square = 0.0
    for t in range(1, 31):
        mean, square = 0.9 * mean + 0.1, 0.999 * square + 0.001
        m, s = adam_first_steps.parts(0.9, 0.999, [t])
        assert (m[0], s[0]) == pytest.approx((mean, square**0.5), rel=1e-9)


@pytest.mark.parametrize(("n", "known", "band"), [(1, 1 / 2, 0.012), (2, (2 - 2**0.5) / 4, 0.009), (3, 0.0249, 0.004)])
def test_odds_of_a_minimum(n: int, known: float, band: float) -> None:
    """In one, two and three dimensions the shares are those that can be computed by hand, for three seeds."""
    for seed in range(3):
        assert saddle_odds.share(n, 0.0, seed) == pytest.approx(known, abs=band)


def test_minima_vanish_with_the_dimension() -> None:
    """In four dimensions 0.0025 over eight seeds, in six none of 20 000; deep down nearly all."""
    assert np.mean([saddle_odds.share(4, 0.0, seed) for seed in range(8)]) == pytest.approx(0.0025, abs=0.0005)
    assert saddle_odds.share(5, 0.0) < 0.0005
    assert saddle_odds.share(6, 0.0) == 0
    assert saddle_odds.share(10, 1.6) > 0.95


def test_a_row_without_red_is_a_minimum() -> None:
    """A mark stands behind the rows of tiles that are all blue, and behind no other."""
    shown = saddle_odds.compute({"n": 2, "shift": 0.0})
    fill = shown["fill"].reshape(saddle_odds.ROWS, 10)
    assert (fill[:, 2:] == -1).all()
    blue = (fill[:, :2] == saddle_odds.PLUS).all(axis=1)
    assert blue.tolist() == (~np.isnan(shown["star_x"])).tolist()
    assert blue.sum() == shown["seen"] > 0
