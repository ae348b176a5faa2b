"""What the text of lecture 3 says is what it computes."""

# the signs of mathematics, as they are read

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_ten_layers_are_one(lecture: dict[str, Any]) -> None:
    """Up to rounding, ten layers without a bend compute what one does."""
    assert lecture["ten_is_one"] < 1e-12


def test_ranges(lecture: dict[str, Any]) -> None:
    """The sigmoid is exactly 1 from about 36.7 in float64, and from 16.6 in float32."""
    assert lecture["closes"]["float64"] == pytest.approx(36.74, abs=0.05)
    assert lecture["closes"]["float32"] == pytest.approx(16.64, abs=0.05)


def test_ways_back(lecture: dict[str, Any]) -> None:
    """A sigmoid net loses a factor of 0.23 a layer, the others none; larger weights help by saturating."""
    factors, scaled = lecture["factors"], lecture["scaled"]
    assert factors["sigmoid"] == pytest.approx(0.234, abs=0.01)
    assert [factors[act] for act in ("tanh", "relu", "elu")] == pytest.approx([1, 1, 1], abs=0.08)
    first, tenth = lecture["ways_back"]["sigmoid"][[0, 9]]
    assert first == pytest.approx(3e-9, rel=0.3)
    assert tenth == pytest.approx(1.5e-3, rel=0.3)
    assert scaled[4][0] < 0.75
    assert scaled[8][0] == pytest.approx(0.87, abs=0.08)
    assert 0.25 < scaled[8][1] < 0.45
    assert scaled[16][0] > 1.05
    assert scaled[16][1] > 0.5


def test_signs(lecture: dict[str, Any]) -> None:
    """At one example positive outputs tie all; 32 untie ReLU mostly, the sigmoid hardly; tanh was never tied."""
    tied = lecture["tied"]
    assert tied["sigmoid"][0] == tied["ReLU"][0] == 1
    assert tied["sigmoid"][1] > 0.6
    assert tied["ReLU"][1] < 0.25
    assert tied["leaky, 0.1"][0] == tied["tanh"][0] == 0
    assert max(tied["leaky, 0.1"][1], tied["tanh"][1]) < 0.06


def test_tanh(lecture: dict[str, Any]) -> None:
    """tanh is a shifted sigmoid, flatter at 10 by 5 500; a sigmoid net that starts as a tanh net trains."""
    assert lecture["identity"] < 1e-14
    assert lecture["ends"]["sigmoid"] / lecture["ends"]["tanh"] == pytest.approx(5500, rel=0.01)
    assert lecture["same_function"] < 1e-12
    twins = lecture["twins"]
    assert min(twins["tanh"]) > 0.91
    assert max(twins["sigmoid"]) < 0.15
    assert min(twins["as tanh"]) > 0.8


def test_which_weights_are_doubled_twice(lecture: dict[str, Any], words: str) -> None:
    """The first and the last matrix of the sigmoid twin are twice those of the tanh net, the others four times."""
    fresh = lecture["fresh"]
    twin = lecture["as_sigmoids"](fresh)
    times = [float(np.median(twin[f"W{i}"] / fresh[f"W{i}"])) for i in range(5)]
    assert times == pytest.approx([2, 4, 4, 4, 2])
    assert "$2W$ in the first and the last layer, $4W$ between" in words


def test_who_is_ahead_at_its_best_rate(lecture: dict[str, Any], words: str) -> None:
    """At its own best rate tanh needs fewer steps than ReLU to each goal."""
    tanh, relu = (lecture["arrivals"][act] for act in ("tanh", "relu"))
    assert all(own[0] < other[0] for own, other in zip(tanh, relu, strict=True))
    assert "each at its best rate, it is ahead at all four goals" in words


def test_slopes(lecture: dict[str, Any]) -> None:
    """The slopes at -10, 0 and 10 are those that the slides ask for."""
    asked = lecture["asked"]
    assert asked["sigmoid"] == pytest.approx([4.54e-5, 0.25, 4.54e-5], rel=1e-3)
    assert asked["ReLU"].tolist() == [0, 0, 1]
    assert asked["leaky, 0.01"].tolist() == [0.01, 0.01, 1]


def test_moments(lecture: dict[str, Any]) -> None:
    """ReLU has mean 0.399, ELU 0.161, and ReLU's gain is the root of 2."""
    assert lecture["moments"]["ReLU"] == pytest.approx((0.3989, 0.5838, 2**0.5), abs=1e-4)
    assert lecture["moments"]["ELU"][0] == pytest.approx(0.161, abs=1e-3)


def test_deaths(lecture: dict[str, Any]) -> None:
    """Up to rate 3 nobody dies; at 10 about half, at 96 %; from biases of -3 the leak decides."""
    fate, asleep = lecture["fate"], lecture["asleep"]
    assert [fate[rate][0] for rate in (0.1, 1.0, 3.0)] == [0, 0, 0]
    assert fate[10.0][0] == pytest.approx(0.5, abs=0.1)
    assert fate[10.0][1] == pytest.approx(0.96, abs=0.01)
    assert max(asleep["ReLU"]) < 0.13 < min(asleep["leaky, 0.01"])
    assert max(asleep["leaky, 0.01"]) < 0.55 < 0.93 < min(asleep["leaky, 0.1"])


def test_one_step_kills(lecture: dict[str, Any], words: str) -> None:
    """At rate 10 a unit is dead after two steps, that was on before, two or three in ten seeds; at rate 1 none dies."""
    assert lecture["death"] == 2
    assert {lecture["first_death"](10.0, seed)[0] for seed in range(10)} == {2, 3}
    assert "(2 or 3 in each of ten seeds)" in words
    assert lecture["alive"].max() > 0 > lecture["dead"].max()
    assert lecture["spared"]


def test_slope_by_height(lecture: dict[str, Any]) -> None:
    """A sigmoid that says y lets back y (1 - y)."""
    said = lecture["said"]
    np.testing.assert_allclose(lecture["backs"], said * (1 - said), rtol=1e-9)


def test_learned_slopes_pass_one(lecture: dict[str, Any]) -> None:
    """In every seed a slope that is learned grows beyond 1, where max(alpha x, x) is another rule."""
    assert lecture["alphas"].max(axis=1).min() > 1
    assert lecture["alphas"].min() > 0.4
    assert lecture["rules"] == (-6, -3)


def test_noise(lecture: dict[str, Any]) -> None:
    """At -5 ELU lets through the least noise, at -1 the most; its slope there is e to the -1."""
    heard = np.array(list(lecture["heard"].values()))
    assert heard[2, 0] > 3 * heard[1, 0] > 3 * heard[0, 0]
    assert heard[2, 2] < heard[0, 2] < heard[1, 2]
    assert float(lecture["slopes"]("ELU", np.array([-1.0]))[0]) == pytest.approx(0.37, abs=0.005)


def test_parameters(lecture: dict[str, Any]) -> None:
    """Maxout doubles the parameters of hidden units; PReLU adds one a unit."""
    assert lecture["counts"] == {"ReLU": 17610, "PReLU": 17810, "maxout": 34210}


def test_batch_norm_before(lecture: dict[str, Any]) -> None:
    """With batch norm before, units are on for half of the images and hardly differ; no sigmoid is stuck."""
    on, stuck = lecture["on"], lecture["stuck"]
    assert on["batch"].mean() == pytest.approx(0.5, abs=0.03)
    assert on["batch"].std() < 0.05 < 0.2 < on["none"].std()
    assert stuck["batch"] < 0.001 < 0.35 < stuck["none"]
