"""The numbers that the demos of lecture 4 show, in bands found from several seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l04_initialization import activation_theatre


def theatre(activation: str, gain: float, depth: int = 10) -> dict[str, Any]:
    """Return what the theatre shows."""
    return activation_theatre.compute({"activation": activation, "gain": gain, "depth": depth})


@pytest.mark.parametrize(
    ("activation", "gain", "layers"),
    [
        ("tanh", 0.2236, {1: 0.2134, 2: 0.04767, 5: 5.32e-4, 10: 2.98e-7}),
        ("tanh", 22.3607, {1: 0.98201, 5: 0.98168, 10: 0.98167}),
        ("tanh", 1.0, {1: 0.6275, 2: 0.4863, 5: 0.3212, 10: 0.2285}),
        ("tanh", 0.64, {1: 0.492, 2: 0.289, 6: 0.0460}),
        ("tanh", 3.2, {1: 0.872, 6: 0.849}),
        ("ReLU", 1.0, {1: 0.583, 2: 0.412, 6: 0.103, 10: 0.0259}),
        ("ReLU", 1.4142, {1: 0.825, 10: 0.827}),
    ],
)
def test_infinite_width_gives_the_known_numbers(activation: str, gain: float, layers: dict[int, float]) -> None:
    """The recursion gives the std of each layer to the digits that are known."""
    found = activation_theatre.oracle(activation, gain)
    for layer, std in layers.items():
        assert found[layer - 1] == pytest.approx(std, rel=0.01)


@pytest.mark.parametrize(("gain", "band"), [(0.2236, 0.06), (0.64, 0.06), (1.0, 0.04), (3.2, 0.02), (22.3607, 0.003)])
def test_tanh_net_follows_the_recursion(gain: float, band: float) -> None:
    """A net 256 wide has the std of an infinitely wide one within a few per cent."""
    shown = theatre("tanh", gain)
    np.testing.assert_allclose(shown["std"], shown["oracle"], rtol=band)


def test_relu_net_follows_the_recursion_loosely() -> None:
    """Six layers of ReLU stay within the known spread of the recursion."""
    for gain in (1.0, 1.4142):
        shown = theatre("ReLU", gain, 6)
        ratio = shown["std"][:6] / shown["oracle"][:6]
        assert ratio.min() > 0.6
        assert ratio.max() < 1.5


def test_he_over_xavier_is_eight() -> None:
    """With one draw, He's std at layer 6 is exactly 8 times Xavier's."""
    he, xavier = theatre("ReLU", round(2**0.5, 4)), theatre("ReLU", 1.0)
    assert he["std"][5] / xavier["std"][5] == pytest.approx(8, rel=1e-3)


def test_gradient_explodes_in_the_saturated_net() -> None:
    """Weights of std 1 saturate tanh, and the gradient still grows towards the input, 3.48 times per layer."""
    shown = theatre("tanh", 22.3607)
    assert 0.85 < shown["saturated"] < 0.95
    assert 5e4 < shown["ratio"] < 1.2e5
    assert shown["ratio"] ** (1 / 9) == pytest.approx(3.48, rel=0.05)


def test_gradient_is_flat_in_the_fading_net() -> None:
    """With tiny weights the gradient is equally tiny in all layers."""
    assert theatre("tanh", 0.2236)["ratio"] == pytest.approx(1, abs=0.1)
    assert theatre("ReLU", 1.4142)["ratio"] == pytest.approx(1, abs=0.15)


def test_share_across_examples_collapses() -> None:
    """The total std hides that a sigmoid net answers alike to every example, and a ReLU net nearly so."""
    assert theatre("tanh", 1.0)["across"] > 0.98
    assert theatre("ReLU", 1.4142)["across"] < 0.4
    assert theatre("sigmoid", 1.0)["across"] < 0.001
    assert theatre("sigmoid", 1.0)["std_last"] == pytest.approx(0.121, abs=0.01)


def test_layers_above_are_hidden() -> None:
    """At depth 3 the layers above are NaN and their histograms empty."""
    shown = theatre("tanh", 1.0, 3)
    assert np.isnan(shown["std"][3:]).all()
    assert not np.isnan(shown["std"][:3]).any()
    assert shown["hills"][:3].max(axis=1).tolist() == [255] * 3
    assert not shown["hills"][3:].any()


def test_printed_sizes_agree() -> None:
    """Nets of the printed sizes have the same std at the same g, and their layers come one after the other."""
    params = {"activation": "tanh", "gain": 0.64, "depth": 2}
    runs = {"wide": (4096, 16, 6), "middle": (500, 1000, 10)}
    for name, sizes in runs.items():
        frames = [frame[name] for frame in activation_theatre.run_printed(name, *sizes, params)]
        assert [int(np.isfinite(frame).sum()) for frame in frames] == [0, 1, 2]
        np.testing.assert_allclose(frames[-1][:2], [0.492, 0.289], rtol=0.03)
