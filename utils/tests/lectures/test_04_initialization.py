"""What the text of lecture 4 says is what it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

slow = pytest.mark.slow


@slow
def test_from_zero_only_a_sigmoid_s_last_layer_moves(lecture: dict[str, Any]) -> None:
    """W = 0: no gradient for any weight with tanh and ReLU; with sigmoids for the last layer alone."""
    assert lecture["from_zero"]["tanh"] == lecture["from_zero"]["relu"] == [0, 0, 0]
    first, second, last = lecture["from_zero"]["sigmoid"]
    assert first == second == 0
    assert last > 0.01


@slow
def test_constant_weights(lecture: dict[str, Any]) -> None:
    """Equal weights give equal columns, of rank 1 with a squared error, and with a softmax nothing but rounding."""
    squared, softmax = lecture["constant"]["squared error"], lecture["constant"]["softmax"]
    assert lecture["apart"]["squared error"] < 1e-15
    assert lecture["ranks"] == {"squared error": 1, "softmax": 0}
    assert abs(squared).max() > 0.01
    assert abs(softmax).max() < 1e-15
    assert lecture["twins"] == 46080
    assert lecture["same"] < 1e-14


@slow
def test_small_weights_suffice_for_one_hidden_layer(lecture: dict[str, Any]) -> None:
    """From 0.01 times randn one hidden layer learns, two or more stay at chance within 200 steps."""
    shallow = lecture["shallow"]
    assert shallow[1] > 0.9
    assert max(shallow[depth] for depth in (2, 3, 4)) < 0.2


@slow
def test_ten_by_500(lecture: dict[str, Any]) -> None:
    """Standard deviations of the three printed nets, within the spread of ten seeds."""
    tiny, loud, fair = (np.array(lecture[name]) for name in ("tiny_std", "loud_std", "fair_std"))
    np.testing.assert_allclose(tiny[[0, 1, 4, 9]], [0.2134, 0.04767, 5.32e-4, 2.99e-7], rtol=0.06)
    np.testing.assert_allclose(loud, 0.9817, atol=6e-4)
    assert tiny[5] == pytest.approx(0.00012, rel=0.06)
    for k, (mean, std) in lecture["printed"].items():
        assert std == pytest.approx(loud[k - 1], abs=6e-4)
        assert abs(mean) < 0.0035
        assert abs(float(lecture["loud"][k - 1].mean(dtype=float))) < 0.0035
    np.testing.assert_allclose(fair[[0, 1, 4, 9]], [0.6275, 0.4863, 0.3212, 0.2289], rtol=0.03)
    assert fair[9] * np.sqrt(10) == pytest.approx(fair[4] * np.sqrt(5), rel=0.05)


@slow
def test_six_by_4096(lecture: dict[str, Any]) -> None:
    """The printed size, and 512 units in its place, follow the known numbers; He over Xavier is exactly 8."""
    known = [0.492, 0.289, 0.179, 0.113, 0.0722, 0.0461]
    np.testing.assert_allclose(lecture["wide"], known, rtol=0.03)
    np.testing.assert_allclose(lecture["narrow"], known, rtol=0.06)
    np.testing.assert_allclose(lecture["limit"], known, rtol=0.01)
    last = {name: stds[-1] for name, stds in lecture["six"].items()}
    bands = {
        "tanh, 0.01 · randn": (0.0461, 0.06),
        "tanh, 0.05 · randn": (0.849, 0.01),
        "tanh, randn / √Din": (0.295, 0.03),
        "ReLU, randn / √Din": (0.103, 0.36),
        "ReLU, randn · √(2/Din)": (0.826, 0.36),
    }
    for name, (value, band) in bands.items():
        assert last[name] == pytest.approx(value, rel=band)
    assert lecture["eightfold"] == pytest.approx(8, rel=1e-4)
    seen = lecture["activation_theatre"].statistics("tanh", 3.2)
    assert seen["saturated"][5] == pytest.approx(1 / 3, abs=0.03)


@slow
def test_gradients_of_tiny_and_of_large_weights(lecture: dict[str, Any]) -> None:
    """Tiny: equal in all layers while signals fade a million times. Large: 0 in the median, times 3.48 in the rms."""
    assert lecture["down"][[0, 4]] == pytest.approx([1, 1], abs=0.1)
    fades = lecture["faint"]["std"]
    assert fades[0] / fades[9] == pytest.approx(7.2e5, rel=0.1)
    assert fades[0] / fades[9] * 0.2236**9 == pytest.approx(1, rel=0.1)
    assert lecture["local"]["median"] < 1e-3
    assert lecture["local"]["mean"] == pytest.approx(0.036, abs=0.002)
    assert lecture["grows"] == pytest.approx(3.48, abs=0.05)
    assert lecture["saturated"] == pytest.approx(0.904, abs=0.01)
    seen = lecture["activation_theatre"].statistics("tanh", 22.3607)["gradient"]
    assert 6e4 < seen[0] / seen[-1] < 1e5


@slow
def test_variances(lecture: dict[str, Any]) -> None:
    """Independent weights keep the variance; a mean of 1 doubles it; inputs may depend on each other."""
    assert list(lecture["variances"].values()) == pytest.approx([1, 2, 1], abs=0.05)
    assert lecture["conv_variance"] == pytest.approx(1, abs=0.15)
    assert lecture["valid"] == (1, 3)


@slow
def test_mean_square_behind_a_relu(lecture: dict[str, Any]) -> None:
    """E[x^2] is a half, Var(x) 0.341, and the next variance follows the first; the fan-out loses half of it."""
    moments = lecture["moments"]
    assert moments["E[x²]"] == pytest.approx(0.5, abs=0.01)
    assert moments["Var(x)"] == pytest.approx(0.341, abs=0.01)
    assert moments["Var(y)"] == pytest.approx(0.5, abs=0.03)
    assert list(lecture["by_fan"].values()) == pytest.approx([1, 0.5], abs=0.03)


@slow
def test_two_spreads(lecture: dict[str, Any]) -> None:
    """A sigmoid net has a std of 0.12 and no share between examples; a ReLU net a fifth, a tanh net nearly all."""
    tenth = lecture["tenth"]
    std, share, pair = tenth["sigmoid, 1/√n"]
    assert std == pytest.approx(0.121, abs=0.01)
    assert share < 1e-4
    assert pair > 0.99
    assert tenth["tanh, 1/√n"][1] > 0.98
    assert tenth["ReLU, He"][1] == pytest.approx(0.2, abs=0.12)
    assert tenth["ReLU, He"][2] == pytest.approx(0.8, abs=0.1)
    assert tenth["sigmoid, 1.0"][1] == pytest.approx(0.26, abs=0.06)


@slow
def test_the_map_is_right(lecture: dict[str, Any]) -> None:
    """The predicted factor of the gradient is the measured one within 5 %; below a billionth under He's sigmoid."""
    for predicted, found in lecture["factors"].values():
        assert found == pytest.approx(predicted, rel=0.06)
    shown = lecture["edge_of_chaos"].compute({"gain": 1.4142, "act": 2})
    assert shown["arrives"] < 1e-9


@slow
def test_orthogonal(lecture: dict[str, Any]) -> None:
    """A product of ten Gaussian matrices favours one direction a hundredfold; of orthogonal ones, none."""
    top, middle = lecture["stretch"]["orthogonal"]
    assert (top, middle) == (pytest.approx(1), pytest.approx(1))
    top, middle = lecture["stretch"]["Gaussian, 1/√n"]
    assert 50 < top / middle < 500


@slow
def test_who_trains(lecture: dict[str, Any], words: str) -> None:
    """The map's green boxes train best, two beside them in part; batch norm repairs all but W = 0."""
    starts = ("small", "unit", "lecun", "he")
    said = {(act, start): f for act, row in lecture["forecast"].items() for start, f in zip(starts, row, strict=True)}
    holds = {pair for pair, factor in said.items() if abs(factor - 1) < 0.06}
    assert holds == {("ReLU", "he"), ("tanh", "lecun"), ("tanh", "he"), ("sigmoid", "unit")}
    plain = {(act, start): row[0] for (norm, act, start), row in lecture["trained"].items() if norm == "plain"}
    normed = {(act, start): row[0] for (norm, act, start), row in lecture["trained"].items() if norm == "batch"}
    assert min(plain[act.lower(), start] for act, start in holds) > 0.7
    assert max(plain[act.lower(), start] for act, start in said.keys() - holds) < 0.7
    partly = f"ReLU at 0.71 to {plain['relu', 'lecun']:.0%}, tanh at 2.35 to {plain['tanh', 'unit']:.0%}."
    assert partly in words.replace(" %", "%")
    others = said.keys() - holds - {("ReLU", "lecun"), ("tanh", "unit")}
    assert max(plain[act.lower(), start] for act, start in others) < 0.2
    assert plain["relu", "he"] > 0.9
    assert min(plain["tanh", "lecun"], plain["tanh", "he"]) > 0.9
    assert plain["sigmoid", "unit"] > 0.6
    assert max(plain["sigmoid", start] for start in ("zero", "small", "lecun", "he")) < 0.2
    assert max(plain[act, start] for act in ("relu", "tanh") for start in ("zero", "small")) < 0.2
    assert plain["relu", "unit"] < 0.3
    assert plain["tanh", "unit"] < 0.5
    assert max(normed[act, "zero"] for act in ("relu", "tanh", "sigmoid")) < 0.2
    assert min(value for (act, start), value in normed.items() if start != "zero") > 0.6
