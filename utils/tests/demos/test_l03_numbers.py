"""The numbers that the demos of lecture 3 show, in bands found from several seeds."""

# the signs of mathematics, as they are read

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l03_activations import activation_race, curve_explorer, dead_unit_lab, maxout, sigmoid_chain


@pytest.mark.parametrize(
    ("name", "x", "value", "slope"),
    [
        ("sigmoid", -10.0, 4.54e-5, 4.54e-5),
        ("sigmoid", 0.0, 0.5, 0.25),
        ("sigmoid", 10.0, 0.9999546, 4.54e-5),
        ("tanh", 10.0, 1.0, 8.24e-9),
        ("ReLU", -10.0, 0.0, 0.0),
        ("ReLU", 0.0, 0.0, 0.0),
        ("ReLU", 10.0, 10.0, 1.0),
        ("leaky ReLU", -10.0, -0.1, 0.01),
        ("ELU", -10.0, -0.01, 4.54e-7),
    ],
)
def test_value_and_slope(name: str, x: float, value: float, slope: float) -> None:
    """Each curve has the height and the slope that one finds by hand, at -10, 0 and 10."""
    shown = curve_explorer.compute({"name": name, "alpha": 0.01, "x": x})
    assert shown["here"] == pytest.approx(value, rel=1e-3)
    assert shown["slope"] == pytest.approx(slope, rel=1e-2)


@pytest.mark.parametrize(
    ("name", "alpha", "mean", "std"),
    [
        ("ReLU", 1.0, 0.398942, 0.583819),
        ("leaky ReLU", 0.01, 0.394953, 0.586568),
        ("leaky ReLU", 0.1, 0.359048, 0.613257),
        ("sigmoid", 1.0, 0.5, 0.208276),
        ("tanh", 1.0, 0.0, 0.627929),
        ("ELU", 1.0, 0.160521, 0.786879),
    ],
)
def test_moments(name: str, alpha: float, mean: float, std: float) -> None:
    """Mean and standard deviation for normal inputs are the known ones, and a drawn sample has them too."""
    found = curve_explorer.moments(name, alpha)
    assert found[:2] == pytest.approx((mean, std), abs=2e-6)
    assert found[2] == pytest.approx((mean**2 + std**2) ** -0.5, rel=1e-5)
    z = np.random.default_rng(3).standard_normal(200_000)
    drawn = curve_explorer.values(name, z, alpha)
    assert (drawn.mean(), drawn.std()) == pytest.approx((mean, std), abs=0.006)


def test_two_rules_are_one_up_to_alpha_one() -> None:
    """max(alpha x, x) is drawn only where it differs from the leaky rule, beyond alpha = 1."""
    for alpha in curve_explorer.ALPHAS:
        shown = curve_explorer.compute({"name": "leaky ReLU", "alpha": alpha, "x": 0.0})
        same = np.allclose(np.maximum(alpha * curve_explorer.X, curve_explorer.X), shown["y"])
        assert same == (alpha <= 1) == bool(np.isnan(shown["larger"]).all())


def chain(**changed: Any) -> dict[str, Any]:
    """Return what the chain shows."""
    at = {"name": "sigmoid", "w": 1.0, "depth": 10, "x": 0.5, "centred": False}
    return sigmoid_chain.compute({**at, **changed})


def test_ten_sigmoids_pass_on_less_than_a_millionth() -> None:
    """The slope of the chain is below 0.25^10 = 9.5e-7 at every input, and agrees with a difference."""
    assert chain()["limit"] == pytest.approx(0.25**10)
    for x in sigmoid_chain.PLACES:
        assert chain(x=x)["slope"] <= 0.25**10
    ends, _ = sigmoid_chain.chain("sigmoid", 1.0, False, np.array([0.4999, 0.5001]))
    assert chain(depth=3)["slope"] == pytest.approx((ends[2, 1] - ends[2, 0]) / 2e-4, rel=1e-5)


def test_the_best_a_sigmoid_can_do() -> None:
    """With weight 4, sums centred, and an input in the very middle, all is let back; with 8 there are two flats."""
    middle, _ = sigmoid_chain.chain("sigmoid", 4.0, True, np.array([0.0]))
    assert middle[-1, 0] == pytest.approx(0.5)
    assert chain(w=4.0, centred=True, x=0.0)["slope"] == pytest.approx(1.0)
    assert chain(w=4.0, centred=True, x=0.5)["slope"] < 0.1
    assert chain(w=8.0, centred=True, x=1.0)["slope"] < 1e-8


def test_tanh_fades_and_relu_does_not() -> None:
    """Ten tanh of weight 1 let back about a tenth to a half; ReLU lets back all, or nothing."""
    assert 0.1 < chain(name="tanh")["slope"] < 0.5
    assert chain(name="ReLU", x=1.0)["slope"] == 1
    assert chain(name="ReLU", x=-1.0)["slope"] == 0


@pytest.mark.parametrize(
    ("ends", "word"),
    [
        ((-2, 2, 0, 0), "ReLU"),
        ((-2, 2, -0.2, 0.2), "leaky ReLU with α = 0.1"),
        ((-2, 2, 2, -2), "|x|"),
        ((2, -2, -2, 2), "|x|"),
        ((-1, 1, -1, 1), "one line, twice"),
        ((-2, 0, 0, 2), "a straight line"),
        ((-2, 1, 0.5, 0.5), "a bend of its own"),
    ],
)
def test_maxout_is_called_by_its_name(ends: tuple[float, ...], word: str) -> None:
    """Two lines make ReLU, leaky ReLU and |x|, in either order; the drawn corners lie on the larger line."""
    shown = maxout.compute(dict(zip(("left1", "right1", "left2", "right2"), ends, strict=True)))
    assert shown["word"] == word
    x = shown["corner_x"].astype(float)
    larger = np.maximum(shown["w1"] * x + shown["b1"], shown["w2"] * x + shown["b2"])
    np.testing.assert_allclose(shown["top"], larger, atol=1e-6)
    assert np.diff(shown["top"])[1] >= np.diff(shown["top"])[0] * (x[2] - x[1]) / max(x[1] - x[0], 1e-9) - 1e-6


def test_who_answers() -> None:
    """The share of normal inputs that a line answers is what a sample says."""
    at = {"left1": -2.0, "right1": 1.0, "left2": 0.5, "right2": 0.0}
    shown = maxout.compute(at)
    z = np.random.default_rng(0).standard_normal(100_000)
    first = shown["w1"] * z + shown["b1"] > shown["w2"] * z + shown["b2"]
    assert shown["share"] == pytest.approx(first.mean(), abs=0.006)
    assert maxout.compute({"left1": -0.5, "right1": 2.0, "left2": -2.0, "right2": 1.0})["share"] > 0.99


def test_one_line_that_always_wins_is_straight() -> None:
    """Where the lines do not cross in the picture, its slope is one, and no bend is named."""
    shown = maxout.compute({"left1": -0.5, "right1": 2.0, "left2": -2.0, "right2": 1.0})
    assert shown["step_y"].tolist() == [0.625] * 4
    assert shown["left"] == shown["right"] == 0.625
    assert "bend" not in shown["word"]


@pytest.mark.slow
@pytest.mark.parametrize("act", ["relu", "leaky_tenth"])
def test_a_stored_run_of_the_lab_runs_again(act: str) -> None:
    """From biases of -3, a run gives the stored accuracies again, up to two images in a hundred, and the same start."""
    again, stored = dead_unit_lab.run(act, -3.0, 1.0), dead_unit_lab.runs()[act, -3.0, 1.0]
    assert again["accuracy"] == pytest.approx(stored["accuracy"][0], abs=0.02)
    assert again["never"] == pytest.approx(stored["never"][0], abs=0.04)
    assert again["gradient"] == pytest.approx(stored["gradient"][0], rel=1e-3)
    assert again["lights"][0] == stored["lights"][0]


def last(act: str, bias: float, rate: float, what: str = "accuracy") -> list[float]:
    """Return a stored number after 20 epochs, for each seed."""
    return [run[-1] for run in dead_unit_lab.runs()[act, bias, rate][what]]


def test_born_dead() -> None:
    """Biases of -3 at rate 1: ReLU stays at chance, a leak of 0.01 far behind, 0.1 and ELU arrive, for every seed."""
    assert dead_unit_lab.runs()["relu", -3.0, 1.0]["gradient"] == [0, 0, 0]
    assert max(last("relu", -3.0, 1.0)) < 0.13
    assert 0.13 < min(last("leaky", -3.0, 1.0)) <= max(last("leaky", -3.0, 1.0)) < 0.55
    assert min(last("leaky_tenth", -3.0, 1.0)) > 0.93
    assert min(last("elu", -3.0, 1.0)) > 0.95
    assert min(last("leaky", -3.0, 3.0)) > 0.88


@pytest.mark.parametrize("bias", dead_unit_lab.BIASES)
@pytest.mark.parametrize(("act", "name"), dead_unit_lab.ACTS.items())
def test_words_are_of_the_network_that_is_drawn(act: str, name: str, bias: float) -> None:
    """Accuracy and dark rows in words are the heights of the curves where the epoch stands."""
    for place, epoch in enumerate(dead_unit_lab.EPOCHS):
        shown = dead_unit_lab.compute({"act": name, "bias": bias, "rate": 1.0, "epoch": epoch})
        assert shown[f"right_{act}"][place] == pytest.approx(shown["accuracy"])
        assert shown[f"never_{act}"][place] == pytest.approx(100 * shown["never"])


def test_a_rate_can_kill_and_it_need_not_matter() -> None:
    """At rate 10 over a third of the ReLU units go out, and accuracy stays above 95 %; at -1 too."""
    assert min(last("relu", 0.0, 10.0, "never")) > 0.35
    assert min(last("relu", 0.0, 10.0)) > 0.95
    assert max(last("relu", 0.0, 3.0, "never")) == 0
    assert 0.25 < min(last("relu", -1.0, 1.0, "never")) < 0.5
    assert min(last("relu", -1.0, 1.0)) > 0.94
    assert min(last("elu", 0.0, 10.0, "never")) > 0.6


def test_lights_are_those_of_the_images() -> None:
    """The lights are the signs of the sums of a fresh network, and black rows the share that is told."""
    from zeromean import digits
    from zeromean.training import nets

    params, _ = nets.init(nets.Net((64, 64, 10)), np.random.default_rng(0))
    on = digits.load().x[dead_unit_lab.shown()] @ params["W0"] - 1 > 0
    at = {"act": "ReLU", "bias": -1.0, "rate": 1.0, "epoch": 0}
    shown = dead_unit_lab.compute(at)
    np.testing.assert_array_equal(shown["lights"] == dead_unit_lab.ON, on.T)
    assert (shown["lights"] == 0).all(axis=1).mean() == pytest.approx(shown["never"], abs=1e-4)


@pytest.mark.slow
def test_a_stored_run_of_the_race_runs_again() -> None:
    """The first 50 steps of a stored run give the same losses again, up to a tenth."""
    np.testing.assert_allclose(
        activation_race.run("relu", 0.3)[:10], activation_race.losses("relu", 0.3)[0, :10], rtol=0.1
    )


def test_six_times_does_not_show() -> None:
    """At each one's best rate ReLU and tanh arrive within a factor of two of each other, wherever the goal is put."""
    for loss in activation_race.GOALS:
        tanh, relu = activation_race.best("tanh", loss)[0], activation_race.best("relu", loss)[0]
        assert 0.4 < tanh / relu < 2


@pytest.mark.parametrize("loss", activation_race.GOALS)
def test_tanh_is_ahead_when_each_has_its_best_rate(loss: float) -> None:
    """In each of three seeds tanh at its best rate arrives before ReLU at its own, wherever the goal is put."""

    def arrives(act: str, seed: int) -> int:
        runs = [activation_race.losses(act, lr)[seed] < loss for lr in activation_race.RATES]
        return min(int(np.argmax(below)) for below in runs if below.any())

    assert all(arrives("tanh", seed) < arrives("relu", seed) for seed in range(3))


def test_who_is_ahead_depends_on_the_goal() -> None:
    """At rate 0.3 tanh is the first at 0.3, ReLU at 0.03, and the sigmoid never leaves chance, at any rate."""
    assert activation_race.arrival("tanh", 0.3, 0.3) < activation_race.arrival("relu", 0.3, 0.3)
    assert activation_race.arrival("tanh", 0.3, 0.03) > activation_race.arrival("relu", 0.3, 0.03)
    for lr in activation_race.RATES:
        assert np.nanmin(activation_race.losses("sigmoid", lr)) > 2.2
    final = {act: np.median(activation_race.losses(act, 0.3)[:, -1]) for act in activation_race.ACTS}
    assert final["relu"] < final["elu"] < final["tanh"] < 0.06 < 2 < final["sigmoid"]
