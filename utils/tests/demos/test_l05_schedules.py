"""The numbers of the two demos about rates: the line of the scaling rule, and what schedules do to noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l05_optimizers import batch_rate, schedule_composer

slow = pytest.mark.slow


@slow
@pytest.mark.parametrize(("batch", "rate"), [(512, 1.92), (256, 0.06), (512, 3.84)])
def test_a_stored_run_is_what_the_code_computes(batch: int, rate: float) -> None:
    """A part of the table, made anew: the first epoch as stored, and the last near it."""
    again, kept = batch_rate.run(batch, rate, seed=0), batch_rate._losses()[batch, rate][0]
    assert again[0] == pytest.approx(kept[0], rel=1e-3)
    assert again[-1] == pytest.approx(kept[-1], rel=0.1)


def test_the_scaling_line_keeps_the_loss_and_breaks() -> None:
    """From 8 to 128 examples it is level within a tenth; at 512, and at a fixed rate, it is many times as high."""
    line = batch_rate.compute({"batch": 8, "rate": 0.06})
    assert line["linear_loss"][:5].max() < 1.1 * line["linear_loss"][:5].min()
    assert line["linear_loss"][6] > 5 * line["linear_loss"][0]
    assert line["fixed_loss"][4] / line["fixed_loss"][0] > 15
    assert line["root_loss"][2] / line["root_loss"][0] > 3


def test_every_seed_agrees_about_the_line() -> None:
    """The ratio of batch 128 to batch 8, each with its scaled rate, is near 1 for each of the five seeds."""
    scaled = batch_rate._losses()[128, 0.96][:, -1] / batch_rate._losses()[8, 0.06][:, -1]
    assert np.abs(np.log(scaled)).max() < 0.3


def test_the_line_is_drawn_where_the_rule_says() -> None:
    """A column to the right is a row up for the linear rule, half a row for the root, none for a fixed rate."""
    shown = batch_rate.compute({"batch": 32, "rate": 0.24})
    for rule, power in batch_rate.RULES.items():
        x, y = shown[f"{rule}_x"], shown[f"{rule}_y"]
        there = ~np.isnan(x)
        np.testing.assert_allclose(np.diff(y[there]), power * np.diff(x[there]))
        assert (x[there] == batch_rate.BATCHES.index(32)).any()


def test_schedules_start_and_end_where_they_should() -> None:
    """Every kind starts at the full rate, or at 0 with a warm-up, and has fallen as its name says."""
    of = schedule_composer.schedule
    for kind in schedule_composer.SHAPES:
        assert of(kind, 0.3, 0, 200)[0] == pytest.approx(0.3)
        warm = of(kind, 0.3, 40, 200)
        assert warm[0] == 0
        assert warm[20] == pytest.approx(0.15)
        assert warm.max() == pytest.approx(0.3)
    assert of("cosine", 1.0, 0, 200)[100] == pytest.approx(0.5)
    assert of("linear", 1.0, 0, 200)[50] == pytest.approx(0.75)
    assert of("tenths", 1.0, 0, 200)[[59, 60, 120, 180]].tolist() == pytest.approx([1, 0.1, 0.01, 0.001])
    assert of("halves", 1.0, 0, 200)[-1] == 0.5**7
    assert of("1/√t", 1.0, 0, 200)[99] == pytest.approx(0.1)
    assert of("1/t", 1.0, 0, 200)[10] == pytest.approx(0.5)
    assert of("exponential", 1.0, 0, 200)[40] == pytest.approx(np.exp(-1))


def test_decays_end_below_a_constant_rate() -> None:
    """Over five seeds the median of cosine and linear is clearly below that of a constant rate."""
    middle = {kind: np.median(found) for kind, found in schedule_composer.ends().items()}
    assert middle["cosine"] < 0.9 * middle["constant"]
    assert middle["linear"] < 0.9 * middle["constant"]


@slow
def test_the_run_of_the_demo_is_the_stored_one() -> None:
    """The constant rate, trained live, is the grey curve beside it, and frames fill up from the left."""
    at: dict[str, Any] = {"kind": "constant", "rate": 0.3, "warm": 0, "length": "100 steps"}
    frames = list(schedule_composer.compute(at))
    assert [frame["now"] for frame in frames] == [20, 40, 60, 80, 100]
    assert np.isfinite(frames[0]["losses"]).sum() == 2
    np.testing.assert_allclose(frames[-1]["losses"][:10], frames[-1]["constant"][:10], rtol=0.02)
    assert np.isnan(frames[-1]["losses"][10:]).all()
