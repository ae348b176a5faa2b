"""The numbers that the demos of lecture 1 show: derivatives by machine and by trial, and the two ends of the step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l01_neuron_to_network import kink_finder, mlp_stepper, overfit_twenty, step_size


def shown(**other: Any) -> dict[str, Any]:
    """Return the stepper at its last step."""
    return mlp_stepper.compute({"step": mlp_stepper.LAST, "x1": 1.0, "w": 1.0, "follow": "x₁ to h₁"} | other)


@pytest.mark.parametrize("w", mlp_stepper.WEIGHTS)
@pytest.mark.parametrize("x1", mlp_stepper.INPUTS)
def test_derivatives_agree_with_trials(x1: float, w: float) -> None:
    """All 17 gradients agree with central differences at every setting."""
    at = shown(x1=x1, w=w)
    np.testing.assert_allclose(at["exact"], at["trial"], atol=1e-9)


@pytest.mark.parametrize("follow", mlp_stepper.FOLLOWED)
def test_the_chain_is_a_product(follow: str) -> None:
    """The first three factors of the purple weight, as written, multiply to the fourth."""
    words = shown(follow=follow)["chain"]
    factors = [float(word.split()[-1].replace("−", "-")) for word in words]
    assert factors[0] * factors[1] * factors[2] == pytest.approx(factors[3], abs=1e-3)


def test_pushes_add_up() -> None:
    """What the three outputs push on a hidden unit adds up to the gradient of that unit."""
    at = shown()
    pushes = [float(word.replace("−", "-")) for word in at["pushes"]]
    came = float(at["chain"][0].split()[-1].replace("−", "-"))
    assert sum(pushes) == pytest.approx(came, abs=2e-3)
    assert np.isnan(shown(follow="h₁ to y₁")["push_x"]).all()


def test_wrong_and_stuck() -> None:
    """With a weight of −4 output 1 is nearly 0, and the push is a fifth of that of an undecided output."""
    at = shown(w=-4.0)
    assert at["y1"] < 0.05
    assert abs(at["push"]) < 0.25 / 4
    assert at["stuck"]


def test_the_graph_lights_up_step_by_step() -> None:
    """Blue up to the loss, red on the way back; a number is written only when it is known."""
    blue, red = 0, 3
    start, forward, end = shown(step=0), shown(step=5), shown()
    assert "?" in start["chain"][0]
    assert (forward["fill"] == blue).all()
    assert (end["fill"] == red).sum() == 8
    assert np.isnan(shown(step=10)["exact"]).all()
    assert np.isfinite(shown(step=11)["exact"]).sum() == 9


def test_the_best_step() -> None:
    """Central: about 1e-5 in float64, with an error of about 5e-11; about 1e-2 in float32. One side needs less."""
    best = {}
    for sides in step_size.SIDES:
        for numbers in step_size.NUMBERS:
            found = step_size.errors(sides, numbers)
            best[sides, numbers] = step_size.STEPS[np.argmin(found)], found.min()
    assert 3e-6 < best["both sides", "float64"][0] < 1e-4
    assert 1e-11 < best["both sides", "float64"][1] < 3e-10
    assert 2e-3 < best["both sides", "float32"][0] < 3e-2
    assert 2e-6 < best["both sides", "float32"][1] < 1e-4
    assert best["one side", "float64"][1] > 30 * best["both sides", "float64"][1]


def test_errors_fall_with_their_own_slopes() -> None:
    """A tenth of the step: a hundredth of the error from both sides, a tenth from one; then rounding makes it grow."""
    h = step_size.STEPS
    for sides, factor in (("both sides", 100), ("one side", 10)):
        found = dict(zip(h, step_size.errors(sides, "float64"), strict=True))
        assert found[1e-2] / found[1e-3] == pytest.approx(factor, rel=0.1)
        assert found[1e-12] / found[1e-10] > 10


def test_the_window_shows_a_staircase_only_where_digits_are_gone() -> None:
    """At 1e-5 the computed loss lies on the tangent; at 1e-15 it has a handful of values."""
    at = {"sides": "both sides", "numbers": "float64"}
    fine, stairs = step_size.compute({**at, "h": 1e-5}), step_size.compute({**at, "h": 1e-15})
    np.testing.assert_allclose(fine["v"], fine["tangent"], atol=1e-3)
    assert len(np.unique(stairs["v"])) < 10


def test_beside_the_kink() -> None:
    """A millionth to the right of a ReLU's kink a step of ten millionths says 0.55, to the left 0.45, on it 0.5."""
    for place, said, derived in ((1, 0.55, 1), (-1, 0.45, 0), (0, 0.5, 0), (20, 1, 1)):
        at = kink_finder.compute({"function": "ReLU", "place": place, "step": 10})
        assert at["said"] == pytest.approx(said)
        assert at["derived"] == derived
    smooth = kink_finder.compute({"function": "tanh", "place": 1, "step": 10})
    assert smooth["verdict"] == "agrees"


def test_more_images_have_more_kinks_near() -> None:
    """All images have about 130 times as many ReLUs near a kink as ten have, in proportion to the reach."""
    many, few = kink_finder.close(1297), kink_finder.close(10)
    assert many[-1] / few[-1] == pytest.approx(129.7, rel=0.4)
    assert 0 < kink_finder.compute({"function": "ReLU", "place": 1, "step": 10})["count"] < 30


def test_twenty_are_learned_by_heart() -> None:
    """At rate 0.3 in 8 to 18 steps over ten seeds; at rate 1 also labels by lot, in 4 to 11."""
    seeds = range(10)
    assert all(6 <= overfit_twenty.first_by_heart("none", 0.3, seed) <= 20 for seed in seeds)
    assert all(3 <= overfit_twenty.first_by_heart("labels by lot", 1.0, seed) <= 15 for seed in seeds)
    nonsense = [overfit_twenty.run("labels by lot", 1.0, seed)[2][-1] for seed in seeds]
    assert np.mean(nonsense) < 0.2
    sense = [overfit_twenty.run("none", 0.3, seed)[2][-1] for seed in seeds]
    assert 0.4 < min(sense) < max(sense) < 0.75


def test_bugs_show() -> None:
    """Blank images leave most of the twenty wrong, and a step uphill makes the loss grow."""
    blank = overfit_twenty.run("blank images", 0.3)
    assert (blank[1][-1] == overfit_twenty.examples("blank images")[1]).sum() < 10
    uphill = overfit_twenty.run("step uphill", 0.3)[0]
    assert uphill[5] > uphill[0]


def test_the_first_loss_is_that_of_guessing() -> None:
    """Before training the loss is within a tenth of ln 10 for each of ten seeds."""
    for seed in range(10):
        assert overfit_twenty.run("none", 0.3, seed)[0][0] == pytest.approx(np.log(10), rel=0.1)


def test_the_album_shows_what_is_learned() -> None:
    """The picture holds the twenty images as they were scanned, and their guesses stand beside them."""
    at = overfit_twenty.compute({"step": 20, "rate": 0.3, "bug": "none"})
    assert at["count"] == 20
    assert at["guess"].tolist() == overfit_twenty.examples("none")[1].tolist()
    third = at["album"][:8, 24:32]
    assert third.min() == 15
    assert (at["album"][:, 8:12] == 255).all()
