"""What the text of lecture 2 says is what it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def test_the_zigzag(lecture: dict[str, Any]) -> None:
    """As many steps with positive inputs as with centred ones, on a path more than twice as long."""
    costs = lecture["costs"]
    for rate in (0.5, 1.0):
        (steps, path), (centred_steps, centred_path) = costs["positive", rate], costs["centred", rate]
        assert steps == pytest.approx(centred_steps, rel=0.15)
        assert np.mean(path) > 2 * np.mean(centred_path)
    assert np.mean(costs["positive", 1.0][1]) == pytest.approx(2.9, abs=0.3)
    assert np.mean(costs["centred", 1.0][1]) == pytest.approx(1.24, abs=0.06)


def test_batches(lecture: dict[str, Any]) -> None:
    """From all neurons to two in five; about chance when centred; all when the upstream numbers agree."""
    positive, centred, agreeing = lecture["shares"].values()
    assert positive[0] == 1
    assert positive[-1] == pytest.approx(0.40, abs=0.03)
    assert max(centred) < 0.01
    assert min(agreeing) == 1


def test_second_layer(lecture: dict[str, Any]) -> None:
    """One example: sigmoid and ReLU share one sign always, tanh hardly ever; a batch helps ReLU more than sigmoid."""
    second = lecture["second"]
    assert second["sigmoid"][0] == second["relu"][0] == 1
    assert max(second["tanh"]) < 0.01
    assert second["sigmoid"][1] > 0.4 > 0.2 > second["relu"][1]


def test_taylor(lecture: dict[str, Any]) -> None:
    """The series is exact: the slide's loss is twice, its gradient half of what is measured."""
    d, hessian = lecture["d"], lecture["H"]
    assert lecture["rise"] == pytest.approx(0.5 * d @ hessian @ d, rel=1e-9)
    np.testing.assert_allclose(lecture["slope"], hessian @ d, rtol=1e-9)


def test_rates(lecture: dict[str, Any]) -> None:
    """1341 steps at 1/L and at 1.99/L, 691 at the best rate, none at 2/L, divergence beyond."""
    assert list(lecture["needed"].values()) == [1341, 1341, "never", "diverges", 691]


def test_the_table_of_three_rows(lecture: dict[str, Any], words: str) -> None:
    """Ratios of gradients, the best weights, and 19 times worse by centring."""
    assert lecture["ratios"] == pytest.approx([35542, 184754, 35412], rel=1e-4)
    assert lecture["fitted"] == pytest.approx([0.0015, 1481], rel=0.05)
    condition = lecture["condition"]
    assert condition["centred"][0] / condition["raw"][0] == pytest.approx(19, abs=0.2)
    rows = lecture["three_rows"].ROWS
    taken = rows.mean(axis=0) ** 2 / (rows**2).mean(axis=0)
    told = f"it takes {taken[0]:.0%} of the large feature's mean square, and {taken[1]:.0%} of the small one's"
    assert told in words.replace(" %", "%")


def test_many_rows(lecture: dict[str, Any]) -> None:
    """500 independent rows: both is 1.0 to 1.2 and six steps at most, scaling alone with a bias hundreds."""
    larger, steps = lecture["larger"], lecture["three_rows"].steps
    assert max(larger["both"][1]) < 1.25
    assert steps(max(larger["both"][1])) == 6
    assert steps(max(larger["raw"][1])) == pytest.approx(1.2e12, rel=0.15)
    assert min(larger["scaled"][1]) > 500


def test_a_mean_is_one_eigenvalue(lecture: dict[str, Any]) -> None:
    """The largest eigenvalue is 1 + 50 m^2, the second stays near 1."""
    for m, (second, largest) in lecture["top"].items():
        assert second < 1.2
        assert m == 0 or largest == pytest.approx(1 + 50 * m**2, rel=0.03)


def test_equal_variances(lecture: dict[str, Any]) -> None:
    """Scaled without centring leaves over 500, five times what centring alone leaves; both is near 1."""
    lessons = lecture["lessons"]
    assert lessons["scaled"] > 500
    assert lessons["scaled"] / lessons["centred"] == pytest.approx(5, abs=0.7)
    assert lessons["both"] < 1.6


def test_both_together_are_best_once_there_is_a_bias(lecture: dict[str, Any]) -> None:
    """Without a bias scaling alone beat both on the table of three rows; with one, both are the best of the four."""
    condition, larger, biased = (lecture[name] for name in ("condition", "larger", "biased"))
    assert condition["scaled"][0] < condition["both"][0]
    for found in (
        {kind: condition[kind][1] for kind in larger},
        {kind: max(each[1]) for kind, each in larger.items()},
        biased,
    ):
        assert min(found, key=found.__getitem__) == "both"


def test_what_is_flat_is_learned_last(lecture: dict[str, Any], words: str) -> None:
    """What is left of both parts after five steps of rate 0.5 follows from their curvatures."""
    flat, steep = abs(1 - 0.5 * lecture["curvatures"]) ** 5
    assert f"after five steps {flat:.0%} of the flat part is left, of the steep part {steep:.1%}" in words.replace(" %", "%")


def test_clouds_and_levers(lecture: dict[str, Any]) -> None:
    """Only the whitened cloud has circles; far from the origin a nudge moves many points across, at it few."""
    kappas = lecture["kappas"]
    assert kappas["whitened"] == pytest.approx(1, rel=1e-9)
    assert min(value for kind, value in kappas.items() if kind != "whitened") > 2
    assert kappas["decorrelated"] == pytest.approx(kappas["centred"])
    before, after = lecture["flips"].values()
    assert before > 0.12 > 0.04 > after


def test_dead_pixels(lecture: dict[str, Any]) -> None:
    """Pixels 0, 32 and 39 are constant, and the largest number is the root of 1296 in every split."""
    assert lecture["constant"].tolist() == [0, 32, 39]
    assert lecture["largest"] == pytest.approx([36] * 5, rel=1e-6)


def test_training(lecture: dict[str, Any]) -> None:
    """The loss falls about thirty and seventeen times; on raw pixels rate 1 explodes, on centred ones 3 is best."""
    best = lecture["best"]
    for at, times in ((0, 30), (1, 17)):
        assert best["0 to 16"][at][1] / best["whitened"][at][1] == pytest.approx(times, rel=0.15)
        assert best["whitened"][at][2] < best["mean image"][at][2]
    raw, centred = lecture["deeper"].values()
    assert raw[1] > 2 * centred[1]
    assert np.argmin(raw) == 0
    assert np.argmin(centred) == 2


def test_hidden_layers(lecture: dict[str, Any]) -> None:
    """After a sigmoid nearly all curvature is one direction; tanh keeps near to the pixels' 15 %."""
    hidden = lecture["hidden"]
    assert hidden["sigmoid"][0] > 0.95
    assert hidden["tanh"][0] < 0.25 < hidden["relu"][0]
    assert lecture["pixels_share"] == pytest.approx(0.15, abs=0.01)
