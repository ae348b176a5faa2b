"""What the text of lecture 5 says is what it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

slow = pytest.mark.slow


@slow
def test_the_sign(lecture: dict[str, Any]) -> None:
    """With a plus it ascends to 6.4e8 and 11.5; with a minus it comes home."""
    assert lecture["slip"] == pytest.approx([6.4e8, 11.5], rel=0.01)
    assert abs(lecture["right"]).max() < 0.1


@slow
def test_one_rate_for_all_directions(lecture: dict[str, Any]) -> None:
    """1341 steps at 1/L, 691 at the best rate, never at 2/L; gradient descent needs κ steps, momentum its root."""
    assert list(lecture["plain"].values()) == [1341, 691, 1341, 5000, 5000]
    assert lecture["counts"]["gradient descent"] == pytest.approx([69, 691, 6908], abs=2)
    assert lecture["counts"]["momentum"] == pytest.approx([27, 93, 315], abs=2)
    assert lecture["counts"]["Nesterov"] == pytest.approx([42, 154, 507], abs=2)


@slow
def test_saddles_are_left(lecture: dict[str, Any], words: str) -> None:
    """188 steps from 1e-8, theory says 186; never from the ridge, unless gradients are noisy."""
    assert lecture["escapes"]["sgd"] == pytest.approx(np.log(0.5e8) / np.log(1.1), abs=3)
    assert f"A hundred-millionth beside it, $y$ grows by a tenth a step, and is out after {lecture['escapes']['sgd']}." in words
    assert lecture["escapes"]["momentum"] == 67
    assert lecture["escapes"]["adam"] < 20
    assert set(lecture["stuck"].values()) == {1000}
    assert lecture["noisy"][0] > 60
    assert lecture["noisy"][-1] < 140


@slow
def test_the_odds_that_are_told(lecture: dict[str, Any], words: str) -> None:
    """The share of minima in one to four dimensions, as the demo counts them."""
    shares = [lecture["saddle_odds"].share(n, 0.0) for n in (2, 3, 4)]
    assert shares[:2] == pytest.approx([0.15, 0.025], rel=0.1)
    assert round(shares[2], 3) == 0.002
    assert "then about 0.15, 0.025, 0.002: far below" in words


@slow
def test_noise_falls_with_the_root(lecture: dict[str, Any], words: str) -> None:
    """Noise times the root of the batch size is one number; at 64 noise is about three quarters of the gradient."""
    noise = lecture["size_of_noise"]
    scaled = [size**0.5 * found for size, found in noise.items()]
    assert max(scaled) / min(scaled) < 1.2
    length = np.linalg.norm(lecture["whole"])
    assert noise[64] / length == pytest.approx(0.76, abs=0.1)
    equal = np.mean([size * found**2 for size, found in noise.items()]) / length**2
    assert equal == pytest.approx(37, abs=3)
    assert "equal at about 37 images" in words


@slow
def test_two_forms_of_momentum(lecture: dict[str, Any]) -> None:
    """Equal to rounding at one rate; .109 apart after a drop, whose first steps are .047 and .013."""
    assert lecture["apart"]["constant"] < 1e-14
    assert lecture["apart"]["dropped"] == pytest.approx(0.109, abs=0.001)
    assert lecture["after"] == pytest.approx([0.0473, 0.0130], abs=1e-4)


@slow
def test_where_momentum_hurts(lecture: dict[str, Any]) -> None:
    """Terminal speed 10; 2179 steps for 1341; ten times the noise floor, as theory has it."""
    assert lecture["lengths"][-1] / 0.01 == pytest.approx(10, rel=1e-3)
    assert lecture["heavy"] == pytest.approx(2179, abs=2)
    for seed in range(3):
        for rho, rate in ((0.0, 0.1), (0.9, 0.1), (0.9, 0.01)):
            theory = rate * (1 + rho) / ((1 - rho) * (2 * (1 + rho) - rate))
            assert lecture["floor_of"](rho, rate, seed) == pytest.approx(theory, rel=0.12)


@slow
def test_nesterov_in_other_variables(lecture: dict[str, Any]) -> None:
    """The look-ahead form and the rearranged one take the same walk."""
    assert lecture["ahead_error"] < 1e-14


@slow
def test_laws_of_adagrad_and_rmsprop(lecture: dict[str, Any]) -> None:
    """AdaGrad's step is rate over √t whatever the gradient; RMSProp starts at √10 or 10 and ends half a rate off."""
    for way in lecture["first"].values():
        assert way[0] == pytest.approx(1, abs=2e-4)
        assert way[99] - way[98] == pytest.approx(0.1, abs=2e-5)
    assert list(lecture["leaky"].values()) == pytest.approx([10**0.5, 10], rel=1e-5)
    assert abs(lecture["hover"]) == pytest.approx(0.005, rel=0.01)


@slow
def test_adam_s_beginning(lecture: dict[str, Any]) -> None:
    """Uncorrected 3.1623, at most 6.5685 at step 12, settled from 3925 on; corrected 1; from t = 0 not a number."""
    bare = lecture["bare"]
    assert bare[0] == pytest.approx(3.1623, abs=1e-4)
    assert (bare.max(), bare.argmax() + 1) == (pytest.approx(6.5685, abs=1e-4), 12)
    assert lecture["settled"] == 3925
    assert np.isnan(lecture["from_zero"]).all()
    steady = lecture["steady"]
    assert [steady[size][0] for size in (1e-6, 1e-3, 1e3)] == pytest.approx([0.990, 1, 1], abs=1e-3)
    assert steady[1e3][99] - steady[1e3][98] == pytest.approx(1, abs=1e-6)


@slow
def test_changes_of_sign(lecture: dict[str, Any]) -> None:
    """Gradient descent jumps across at each of fifty steps, Adam once."""
    assert lecture["flips"]["sgd"] == 50
    assert lecture["flips"]["momentum"] < 25
    assert lecture["flips"]["adam"] == 1


@slow
def test_the_share_of_the_weights_that_a_step_moves(lecture: dict[str, Any], words: str) -> None:
    """Best rates lie a hundred times apart, and a step moves 2 % to 6 % of the first weights, in each of three seeds."""
    rates, moves = lecture["found"], lecture["moves"]
    assert max(rates.values()) / min(rates.values()) == pytest.approx(100)
    first = [each[0] for each in moves.values()]
    assert f"from {min(first):.0%} to {max(first):.0%} of the weights a step" in words.replace(" %", "%")
    seeds = [[lecture["share_moved"](rule, rate, seed)[0] for rule, rate in rates.items()] for seed in range(3)]
    assert all(max(each) < 5 * min(each) for each in seeds)


@slow
def test_centring_buys_sgd_more_than_adam_does(lecture: dict[str, Any], words: str) -> None:
    """Centring leaves SGD a ninth of its loss, Adam a third; the best of six is still four times ahead of the last."""
    loss = {
        inputs: {rule: lecture["rate_dial"].best(rule, inputs)[1] for rule in lecture["rate_dial"].NAMES}
        for inputs in ("raw", "centred")
    }
    raw, centred = loss["raw"], loss["centred"]
    assert raw["sgd"] / centred["sgd"] == pytest.approx(9, abs=1)
    assert raw["sgd"] / raw["adam"] == pytest.approx(3.3, abs=0.4)
    apart = (max(raw.values()) / min(raw.values()), max(centred.values()) / min(centred.values()))
    assert apart == pytest.approx((5, 4.3), abs=0.4)
    assert "by up to five times; on centred ones the six still lie up to four times apart" in words


@slow
def test_warm_up(lecture: dict[str, Any]) -> None:
    """Without it the loss explodes at the third step; ramps from 0 over 10, 50, 200 steps take 18, 41, 88."""
    steps = {ramp: len(losses) - 1 for ramp, losses in lecture["runs"].items()}
    assert steps == {0: 3, 10: 18, 50: 41, 200: 88}
    assert lecture["runs"][0][-1] > 1e6
