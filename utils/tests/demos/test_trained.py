"""The demos that show trained networks: what they say, and that what is stored can be computed again."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.demos.l06_batch_norm import placement, rate_sweep, residual_block, small_batches
from zeromean.demos.l06_batch_norm import trap_at_test_time as trap

pytestmark = pytest.mark.slow

# What is stored, computed again


@pytest.mark.parametrize(("norm", "lr", "scale"), [("none", 3.0, 1.0), ("none", 0.1, 0.1), ("layer", 0.1, 1.0)])
def test_rate_sweep_runs_again(norm: str, lr: float, scale: float) -> None:
    """A stored run of the sweep gives the same accuracy again, up to two images in a hundred."""
    _, accuracy = rate_sweep.run(norm, lr, scale, seed=0)
    stored = rate_sweep._grid()[norm, scale, lr]["accuracy"][0]
    assert accuracy == pytest.approx(stored, abs=0.02)


def test_race_runs_again() -> None:
    """The plain network at the base rate needs as many steps again as stored, up to two evaluations."""
    stored = next(iter(rate_sweep.stored.read("rate_sweep")["race"].values()))[0]
    first, best = rate_sweep.race("plain", seed=0)
    assert first == pytest.approx(stored[0], abs=10)
    assert best == pytest.approx(stored[1], abs=0.01)


@pytest.mark.parametrize("place", placement.PLACES)
def test_placement_runs_again(place: str) -> None:
    """A stored run of two layers ends at the same loss again, up to a tenth."""
    final = placement.run("relu", place, 2, seed=0)[-2:].mean()
    assert final == pytest.approx(placement.finals("relu", place)[0, 0], rel=0.1)


def test_residual_block_runs_again() -> None:
    """A stored run of one block ends at the same accuracy again, up to two images in a hundred."""
    accuracy = residual_block.run("preact", "batch", 1, seed=0)
    assert accuracy == pytest.approx(residual_block.accuracies("preact", "batch")[0, 0], abs=0.02)


def test_small_batches_run_again() -> None:
    """A stored run with batches of 32 ends at the same accuracy again, up to two images in a hundred."""
    accuracy = small_batches.run("batch", 32, seed=0)
    assert accuracy == pytest.approx(small_batches.accuracies("batch")[-1, 0], abs=0.02)


# What the runs say; the bounds held for every seed


def test_only_batch_norm_survives_rate_three() -> None:
    """At rate 3 every seed with batch norm ends above 90 %, every seed without at chance."""
    grid = rate_sweep._grid()
    assert min(grid["batch", 1.0, 3.0]["accuracy"]) > 0.9
    assert max(grid["none", 1.0, 3.0]["accuracy"]) < 0.2
    assert max(grid["layer", 1.0, 3.0]["accuracy"]) < 0.5


def test_small_weights_stop_the_plain_net_only() -> None:
    """With a tenth of He's weights plain is at chance; with a hundredth layer norm fails too, batch norm does not."""
    grid = rate_sweep._grid()
    assert max(grid["none", 0.1, 0.1]["accuracy"]) < 0.2
    assert min(grid["batch", 0.1, 0.1]["accuracy"] + grid["layer", 0.1, 0.1]["accuracy"]) > 0.93
    assert max(grid["layer", 0.01, 0.1]["accuracy"]) < 0.5
    assert min(grid["batch", 0.01, 0.1]["accuracy"]) > 0.93


def test_the_race_has_the_order_of_the_paper() -> None:
    """Steps to 95 %: BN before plain, BN-x5 and BN-x30 before BN; BN-x30 best; the plain sigmoid never arrives."""
    middle = {name: row[0] for name, *row in rate_sweep.race_table()}
    best = {name: row[3] for name, *row in rate_sweep.race_table()}
    assert middle["BN-x5"] < middle["BN"] < middle["plain"]
    assert middle["BN-x30"] < middle["BN"]
    assert best["BN-x30"] > best["plain"]
    assert np.isfinite(middle["BN-x5-sigmoid"])
    assert np.isinf(middle["plain-x5-sigmoid"])


def test_before_wins_in_deep_relu_nets_only() -> None:
    """For ReLU, after is better at 2 layers and before at 20; at their best rates tanh and sigmoid prefer after."""
    before, after = (np.median(placement.finals("relu", place), axis=1) for place in placement.PLACES)
    assert before[0] > 1.1 * after[0]
    assert before[-1] < 0.95 * after[-1]
    assert placement.best("relu", "pre") < placement.best("relu", "post")
    for act in ("tanh", "sigmoid"):
        assert placement.best(act, "post") < placement.best(act, "pre")


def test_batch_norm_switches_half_of_the_units_on() -> None:
    """Before training every unit is on for half of the images with batch norm; without, the units differ widely."""
    for seed in range(3):
        share = placement.active("relu", "batch", 4, seed)
        assert share.mean() == pytest.approx(0.5, abs=0.03)
        assert share.std() < 0.1
        stuck = abs(placement.active("relu", "none", 12, seed) - 0.5) > 0.4
        assert stuck.mean() > 0.2


def test_the_signal_doubles_its_variance_without_batch_norm() -> None:
    """A pre-activation stream grows about 2**(1/2) a block without norm, and like the root of the depth with it."""
    for seed in range(3):
        plain, normed = (residual_block.stream("preact", norm, seed) for norm in residual_block.NORMS)
        assert (plain[-1] / plain[0]) ** (1 / 19) == pytest.approx(2**0.5, rel=0.05)
        assert normed[-1] == pytest.approx(20**0.5, rel=0.1)


def test_batch_norm_alone_makes_gradients_grow_in_a_deep_stack() -> None:
    """41 plain layers: the first gradient is over 100 times the last with batch norm, below 60 with a short cut."""
    for seed in range(3):
        alone = residual_block.gradients("plain", "batch", 20, seed)
        both = residual_block.gradients("preact", "batch", 20, seed)
        assert alone[0] / alone[40] > 100
        assert max(both[0], both[40]) / min(both[0], both[40]) < 60


def test_short_cut_and_batch_norm_train_together() -> None:
    """At 20 blocks only short cut and batch norm together end above 85 %."""
    deep = {
        (kind, norm): np.median(residual_block.accuracies(kind, norm)[-1])
        for kind in residual_block.KINDS
        for norm in residual_block.NORMS
    }
    assert min(deep["residual", "batch"], deep["preact", "batch"]) > 0.85
    assert max(deep["plain", "none"], deep["plain", "batch"]) < 0.6


def test_small_batches_hurt_batch_norm_and_not_layer_norm() -> None:
    """At one example batch norm is at chance; at two it is 15 points below layer norm or more; at 32 it is level."""
    batch, layer = small_batches.accuracies("batch"), small_batches.accuracies("layer")
    assert batch[0].max() < 0.2
    assert (layer[1] - batch[1]).min() > 0.15
    assert np.median(batch[-1]) > np.median(layer[-1]) - 0.03
    assert small_batches.accuracies("group")[1].min() > 0.9
    assert np.median(small_batches.accuracies("renorm")[1]) > np.median(batch[1]) + 0.1


def test_a_pair_shows_half_of_the_variance() -> None:
    """The biased variance of two numbers is on average half of the truth, of 32 numbers 31/32."""
    assert small_batches.noise(2)[1] == pytest.approx(0.5, abs=0.03)
    assert small_batches.noise(32)[1] == pytest.approx(31 / 32, abs=0.02)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_trap_at_test_time(seed: int) -> None:
    """Running statistics work; batches of one, or of one class, do not; wrong running statistics cost some points."""
    right = trap.accuracy(trap.RUNNING, "all 500", seed=seed)
    assert right > 0.93
    assert trap.accuracy(trap.TRAINING, "alone", seed=seed) < 0.15
    assert trap.accuracy(trap.TRAINING, "one class", seed=seed) < 0.2
    assert 0.78 < trap.accuracy(trap.RUNNING, "all 500", 0.001, seed) < 0.92
    assert 0.65 < trap.accuracy(trap.RUNNING, "all 500", 0.0, seed) < 0.86
    assert 0.01 < right - trap.accuracy(trap.WRONG, "all 500", seed=seed) < 0.12
    assert right - 0.05 < trap.accuracy(trap.RUNNING, "all 500", 0.9, seed) < right + 0.01


def test_the_company_does_not_matter_with_running_statistics() -> None:
    """In test mode an image scores the same in every company."""
    for company in trap.COMPANY:
        scores = trap.scores(trap.RUNNING, company, 0.1, 0)
        np.testing.assert_allclose(scores, trap.scores(trap.RUNNING, "alone", 0.1, 0), atol=1e-10)


def test_groups_cover_every_test_image_once() -> None:
    """Whatever the company, each of the 500 images is scored exactly once."""
    for company in trap.COMPANY:
        rows = np.sort(np.concatenate(trap.groups(company, 0)))
        np.testing.assert_array_equal(rows, np.arange(500))
