"""The numbers that the demos of lecture 4 show, in bands found from several seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l04_initialization import activation_theatre, edge_of_chaos, lsuv, symmetry, train_from_each

PAIRS = [(act, start) for act in train_from_each.ACTS.values() for start in train_from_each.STARTS.values()]


def theatre(activation: str, gain: float, depth: int = 10) -> dict[str, Any]:
    """Return what the theatre shows."""
    return activation_theatre.compute({"activation": activation, "gain": gain, "depth": depth})


@pytest.mark.parametrize(
    ("activation", "gain", "layers"),
    [
        # 10 x 500 and 6 x 4096, as measured over ten seeds
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


@pytest.mark.parametrize(
    ("activation", "gain", "depth", "ratio", "band"),
    [
        ("tanh", 1.0, 10, 1.17, 0.15),
        ("tanh", 3.2, 6, 5.85, 0.2),
        ("ReLU", 1.0, 10, 1.01, 0.15),
        ("ReLU", 1.4142, 10, 1.01, 0.15),
    ],
)
def test_gradients_of_the_printed_nets(activation: str, gain: float, depth: int, ratio: float, band: float) -> None:
    """The weights' gradient of layer 1 over that of the last layer, as measured in nets of the printed sizes."""
    assert theatre(activation, gain, depth)["ratio"] == pytest.approx(ratio, rel=band)


def test_eight_printed_settings_are_buttons() -> None:
    """Three nets of 10 x 500 and five of 6 x 4096 are presets, and only one of them holds both within a factor of 2."""
    presets = [preset.at for preset in activation_theatre._presets()]
    assert [preset["depth"] for preset in presets] == [10] * 3 + [6] * 5
    shown = [activation_theatre.compute({**preset, "depth": 10}) for preset in presets]
    assert [bool(one["balanced"]) for one in shown] == [False] * 7 + [True]


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


def test_permuting_units_changes_nothing() -> None:
    """Whatever the start and the order, the outputs of the reordered net differ by rounding only."""
    for start in symmetry.STARTS:
        for order in symmetry.ORDERS:
            shown = symmetry.compute({"start": start, "head": symmetry.SQUARED, "order": order, "step": 400})
            assert shown["moved"] < 1e-14


def test_units_that_begin_alike_stay_alike() -> None:
    """Constant weights give one unit for ever, a nudge two, random weights six that solve the task."""
    at = {"head": symmetry.SQUARED, "order": symmetry.ORDERS[0], "step": 400}
    found = {start: symmetry.compute({**at, "start": start}) for start in symmetry.STARTS}
    assert [found[start]["distinct"] for start in symmetry.STARTS] == [1, 1, 2, 6]
    assert found[symmetry.CONSTANT]["accuracy"] < 0.75
    assert found[symmetry.NUDGED]["accuracy"] > 0.8
    assert found[symmetry.RANDOM]["accuracy"] > 0.95
    assert [found[start]["six"] for start in symmetry.STARTS] == [False, False, False, True]


@pytest.mark.parametrize("head", symmetry.HEADS)
def test_zero_weights_get_no_gradient(head: str) -> None:
    """From W = 0 no weight of a tanh net ever moves."""
    shown = symmetry.compute({"start": symmetry.ZERO, "head": head, "order": symmetry.ORDERS[0], "step": 400})
    assert shown["slope"] == 0
    assert not shown["table"].any()


def test_softmax_over_equal_weights_gives_no_gradient() -> None:
    """The rows of p - y sum to 0, so a constant head passes nothing down; a squared error does."""
    at = {"start": symmetry.CONSTANT, "order": symmetry.ORDERS[0], "step": 0}
    assert symmetry.compute({**at, "head": symmetry.SOFTMAX})["slope"] == 0
    assert symmetry.compute({**at, "head": symmetry.SQUARED})["slope"] > 0.1


@pytest.mark.parametrize(
    ("act", "gain", "factor"),
    [
        ("tanh", 0.2236, 0.2236),
        ("tanh", 22.3607, 3.480),
        ("tanh", 3.2, 1.40),
        ("tanh", 1.0, 1.0),
        ("ReLU", 1.0, 0.7071),
        ("ReLU", 1.4142, 1.0),
        ("linear", 3.2, 3.2),
        ("leaky 0.1", 1.4142, 1.005),
    ],
)
def test_factor_of_the_gradient(act: str, gain: float, factor: float) -> None:
    """The root of chi deep in a net, against closed forms and measured factors."""
    assert edge_of_chaos.factor(act, gain) == pytest.approx(factor, rel=0.005)


@pytest.mark.parametrize(("act", "gain"), [("tanh", 22.3607), ("tanh", 3.2), ("sigmoid", 1.4142), ("ReLU", 1.0)])
def test_real_net_follows_the_map(act: str, gain: float) -> None:
    """In a net 128 wide the gradient of 20 layers is that of the theory, per layer within 5 %."""
    shown = edge_of_chaos.compute({"gain": gain, "act": edge_of_chaos.NAMES.index(act)})
    assert (shown["sizes"][0] / shown["down"][0]) ** (1 / 19) == pytest.approx(1, abs=0.05)


def test_cosines_follow_known_laws() -> None:
    """A ReLU layer takes orthogonal examples to 1/pi; a near step follows the arcsine law; a sigmoid merges."""
    assert edge_of_chaos.cosines("ReLU", 1.4142, 0.0)[1] == pytest.approx(1 / np.pi, abs=0.002)
    assert edge_of_chaos.cosines("tanh", 22.3607, 0.9)[1] == pytest.approx(2 / np.pi * np.arcsin(0.9), abs=0.03)
    assert edge_of_chaos.cosines("sigmoid", 1.4142, 0.0)[-1] > 0.999
    relu = edge_of_chaos.compute({"gain": 1.4142, "act": edge_of_chaos.NAMES.index("ReLU")})
    np.testing.assert_allclose(relu["far"][:11], relu["apart"][:11], atol=0.08)


def test_sigmoid_holds_only_with_huge_weights() -> None:
    """Of all weights on the map only g = 10 lets a gradient through a sigmoid net."""
    kinds = {gain: edge_of_chaos.kind(edge_of_chaos.factor("sigmoid", gain)) for gain in edge_of_chaos.GAINS}
    assert [gain for gain, kind in kinds.items() if kind == edge_of_chaos.HOLDS] == [10.0]


@pytest.mark.parametrize("start", lsuv.STARTS)
@pytest.mark.parametrize("act", lsuv.ACTS)
def test_lsuv_makes_every_variance_one(act: str, start: str) -> None:
    """One division a layer is enough; whoever measures all layers first misses."""
    right, early = (
        lsuv.compute({"done": 10, "act": act, "start": start, "at_once": at_once}) for at_once in (False, True)
    )
    np.testing.assert_allclose(right["spread"], 1, rtol=1e-6)
    assert abs(np.log(early["spread"][1:])).max() > 0.05
    assert right["healed"] == (act == "tanh")


def test_lsuv_does_not_see_that_examples_merge() -> None:
    """Between examples lies nearly all of a tanh layer's variance, a fifth of a ReLU layer's, none of a sigmoid's."""
    shares = [
        lsuv.compute({"done": 10, "act": a, "start": lsuv.STARTS[0], "at_once": False})["last_share"] for a in lsuv.ACTS
    ]
    assert shares[0] == pytest.approx(0.2, abs=0.12)
    assert shares[1] > 0.98
    assert shares[2] < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(("act", "start", "norm"), [("tanh", "lecun", "none"), ("relu", "small", "none")])
def test_training_runs_again(act: str, start: str, norm: str) -> None:
    """A stored run of 200 steps ends at the same accuracy again, up to two images in a hundred."""
    again = train_from_each.run(act, start, 0.1, norm, seed=1)
    assert again == pytest.approx(train_from_each.runs()[act, start, 0.1]["accuracy"][1], abs=0.02)


@pytest.mark.slow
def test_training_is_shown_as_it_goes() -> None:
    """The button yields 21 looks of the same form, the last of which is the stored run."""
    params = {"act": "tanh", "start": list(train_from_each.STARTS.values()).index("lecun"), "rate": 0.1}
    looks, stored = list(train_from_each.live(params)), train_from_each.compute(params)
    assert [one["number"] for one in looks] == list(range(0, 201, 10))
    assert all(one.keys() <= stored.keys() for one in looks)
    assert np.isnan(looks[3]["loss"][3:]).all()
    np.testing.assert_allclose(looks[-1]["loss"], stored["loss"], rtol=0.1, atol=0.02)


def test_who_trains_is_what_the_map_says() -> None:
    """Every seed: sigmoid only from 1 randn (g = 10), ReLU from He, tanh from 1/sqrt(n); 0.01 and 0 nobody."""
    low = {(act, start): train_from_each.best(act, start)[1] for act, start in PAIRS}
    high = {(act, start): train_from_each.best(act, start)[2] for act, start in PAIRS}
    assert low["sigmoid", "unit"] > 0.6
    assert max(high["sigmoid", start] for start in ("zero", "small", "lecun", "he")) < 0.2
    assert low["relu", "he"] > 0.9
    assert low["tanh", "lecun"] > 0.9
    assert max(high[act, start] for act in ("relu", "tanh") for start in ("zero", "small")) < 0.2
    assert high["tanh", "unit"] < 0.5
    assert high["relu", "lecun"] < low["relu", "he"]


def test_batch_norm_repairs_scales_only() -> None:
    """With batch norm each start but W = 0 trains, whatever its scale."""
    for act in train_from_each.ACTS.values():
        assert train_from_each.best(act, "zero", "batch")[2] < 0.2
    for act in ("relu", "tanh"):
        for start in ("small", "unit", "lecun", "he"):
            assert train_from_each.best(act, start, "batch")[0] > 0.6


def test_chaos_ends_at_one_point() -> None:
    """What the preset says of large weights: after training, nearly all images lie at one place of the picture."""
    chaos = list(train_from_each.STARTS).index("1·randn")
    shown = train_from_each.compute({"act": "tanh", "start": chaos, "rate": 0.1})
    cloud = np.column_stack([np.concatenate([shown[f"{axis}{digit}"] for digit in range(10)]) for axis in "xy"])
    away = np.linalg.norm(cloud - np.median(cloud, axis=0), axis=1)
    assert np.mean(away < 0.03 * shown["hi"]) > 0.9
