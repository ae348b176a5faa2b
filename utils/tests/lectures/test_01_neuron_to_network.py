"""What the text of lecture 1 says is what it computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

slow = pytest.mark.slow


@slow
def test_fitting_is_not_generalizing(lecture: dict[str, Any]) -> None:
    """Degree 14 has no error on its points and is by far the worst on new ones; none beats the noise of 0.2."""
    middle = {degree: np.median(found, axis=0) for degree, found in lecture["fits"].items()}
    assert middle[14][0] < 1e-6
    assert middle[14][1] > 5 * middle[1][1] > 5 * middle[4][1]
    assert min(found[1] for found in middle.values()) > 0.2


@slow
def test_the_neighbour_beats_the_plane(lecture: dict[str, Any]) -> None:
    """On digits the nearest neighbour is right about 99 times in 100, a linear classifier about 95 times."""
    assert lecture["neighbour"] == pytest.approx(0.985, abs=0.012)
    assert lecture["plane"] == pytest.approx(0.95, abs=0.02)
    assert lecture["plane_fit"] < 0.99


@slow
def test_what_depth_is_worth(lecture: dict[str, Any]) -> None:
    """Without a bend three layers are one; ten tents have 1024 pieces."""
    assert lecture["collapse"] < 1e-13
    assert lecture["counted"] == {depth: 2**depth for depth in lecture["depths"]}


@slow
def test_how_often_a_tent_is_used(lecture: dict[str, Any], words: str) -> None:
    """Beneath the sixth layer lie as many folds as five tents have pieces, and the text says how many."""
    assert f"Five layers fold the line into {lecture['pieces'](5)};" in words


@slow
def test_end_to_end(lecture: dict[str, Any]) -> None:
    """With 20 units learned features are over 8 points better for every seed, with 300 less than 3."""
    few, many = (lecture["learned"][hidden] for hidden in (20, 300))
    assert (few[:, 1] - few[:, 0]).min() > 0.08
    assert abs((many[:, 1] - many[:, 0]).mean()) < 0.03


@slow
def test_what_a_gradient_costs(lecture: dict[str, Any]) -> None:
    """7510 weights: 15 020 forward passes by trying, against about one or two ways forward for the way back."""
    assert lecture["count"] == 7510
    assert 1 <= lecture["back"] / lecture["once"] <= 2


@slow
def test_the_checker_finds_the_mistake(lecture: dict[str, Any]) -> None:
    """Of 24 entries one is wrong, and neither kinks nor zeros are blamed."""
    labels = lecture["report"].labels
    assert labels[3, 0] == "disagree"
    assert (labels == "disagree").sum() == 1
    assert set(labels[:, 2]) == {"kink", "zero"}
    assert set(labels[1]) == {"zero"}


@slow
def test_minibatches(lecture: dict[str, Any]) -> None:
    """After 5 epochs the loss is about 1.9 with all images a step, 0.27 with 32, whatever the seed."""
    whole, runs = lecture["whole"], lecture["runs"]
    assert whole[1] == pytest.approx(1.86, abs=0.05)
    assert all(value == pytest.approx(0.27, abs=0.03) for value in runs[1])
    assert max(runs[0]) < whole[2]


@slow
def test_the_first_loss(lecture: dict[str, Any]) -> None:
    """2.303 with 0.01, near it with He's weights, over a hundred with weights of 1."""
    starts = lecture["starts"]
    assert all(value == pytest.approx(np.log(10), abs=1e-3) for value in starts["0.01"])
    assert all(2.30 < value < 2.5 for value in starts["He's"])
    assert all(100 < value < 230 for value in starts["1"])


@slow
def test_labels_by_lot_are_learned(lecture: dict[str, Any]) -> None:
    """Both networks know their own 300 images; only one knows new ones."""
    own, new = lecture["by_heart"][..., 0], lecture["by_heart"][..., 1]
    assert own.min() > 0.97
    assert new[:, 0].min() > 0.9
    assert new[:, 1].max() < 0.25


@slow
def test_a_bracket_too_many(lecture: dict[str, Any]) -> None:
    """Python refuses the printed line."""
    assert lecture["refused"].startswith("SyntaxError")
