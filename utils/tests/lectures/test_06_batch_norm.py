"""What the text of lecture 6 says is what it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

slow = pytest.mark.slow


@slow
def test_covariate_shift_needs_a_wrong_model(lecture: dict[str, Any]) -> None:
    """Slopes of a line through a bent rule have opposite signs; through a straight rule they agree."""
    bent, straight = lecture["bent"].mean(axis=0), lecture["straight"].mean(axis=0)
    assert bent == pytest.approx([0.35, -0.30], abs=0.06)
    assert straight == pytest.approx([0.3, 0.3], abs=0.02)


@slow
def test_drift(lecture: dict[str, Any]) -> None:
    """The mean drifts over a hundred times less with batch norm; the answers change about as much."""
    plain, normed = lecture["drifts"]["none"], lecture["drifts"]["batch"]
    assert plain[0] > 100 * normed[0]
    assert normed[0] == pytest.approx(0.018, abs=0.006)
    assert abs(plain[1] - normed[1]) < 0.2
    assert normed[1] < 0.85


@slow
def test_forward(lecture: dict[str, Any]) -> None:
    """Rank 63, two examples give -1 and 1, one pass cancels, gamma = sigma misses by about 70 % at 0.001."""
    assert lecture["rank"] == 63
    np.testing.assert_allclose(lecture["normalize"](np.array([3.7, 3.9])), [-1, 1], atol=1e-3)
    truth = lecture["far"].astype(float).var()
    assert abs(lecture["two_pass"] / truth - 1) < 0.01 < 0.1 < abs(lecture["one_pass"] / truth - 1)
    sigma, slip, right = lecture["rows"][-1]
    assert sigma == 0.001
    assert slip == pytest.approx(0.69, abs=0.03)
    assert right < 1e-12
    assert lecture["skewness"] == pytest.approx(2.0, abs=0.2)


@slow
def test_backward(lecture: dict[str, Any]) -> None:
    """The gradient is a residual over std; a forgotten mean lets b walk away at constant loss."""
    assert lecture["projection_error"] < 1e-12
    history = lecture["history"]
    assert history[0][0] == pytest.approx(history[-1][0], rel=1e-12)
    assert history[-1][1] == pytest.approx(9.9)


@slow
def test_at_test_time(lecture: dict[str, Any]) -> None:
    """Two mistakes end at chance, the others cost 2 to 25 points; biased variances; one linear layer."""
    values = list(lecture["accuracies"].values())
    assert values[0] > 0.94
    assert max(values[1:3]) < 0.2
    assert all(0.02 < values[0] - value < 0.25 for value in values[3:])
    for m, value in lecture["biased"].items():
        assert value == pytest.approx((m - 1) / m, abs=0.01)
    assert lecture["reached"][0.001][2] == pytest.approx(0.113, abs=0.001)
    assert lecture["fusion_error"] < 1e-12


@slow
def test_scale(lecture: dict[str, Any]) -> None:
    """Ten times the weights, a tenth of the gradient; c < 0 flips; eps breaks the law by about a quarter."""
    assert lecture["shrinks"] == pytest.approx(10)
    assert lecture["along"] < 1e-12
    assert lecture["flips"] < 1e-12
    assert lecture["off"] == pytest.approx(-0.25, abs=0.06)
    lengths = lecture["lengths"]
    assert [lengths[scale][0] for scale in lengths] == pytest.approx([14.1, 1.41, 0.141], rel=0.02)
    assert lengths[0.01][1] == pytest.approx(16, rel=0.1)
    assert lengths[0.1][1] == pytest.approx(2.3, rel=0.1)
    assert lengths[1.0][-1] == pytest.approx(lengths[1.0][0], rel=0.01)


@slow
def test_the_race(lecture: dict[str, Any]) -> None:
    """At one rate batch norm needs about half of the steps; at each network's own best rate too."""
    assert lecture["same_rate"] == pytest.approx(2, abs=0.5)
    assert lecture["own_best"] == pytest.approx(2, abs=0.6)


@slow
def test_noise(lecture: dict[str, Any]) -> None:
    """Four times the batch, about half of the scatter; a batch and a scaled, shifted copy have one code."""
    scatter = lecture["scatter"]
    assert scatter[4] / scatter[16] == pytest.approx(2, rel=0.35)
    assert scatter[16] / scatter[64] == pytest.approx(2, rel=0.35)
    assert lecture["same_code"] < 1e-4


@slow
def test_gaussianity(lecture: dict[str, Any]) -> None:
    """In every layer the input of ReLU is less skewed than its output."""
    assert all(before < after for before, after in lecture["skews"])


@slow
def test_alone(lecture: dict[str, Any]) -> None:
    """With one example in the batch, all gradients below the last batch norm are exactly 0."""
    assert lecture["alone"] == 0
