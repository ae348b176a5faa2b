"""What the large pictures of lecture 6 draw is true: arrows, blocks, images, ways, and words that agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean import digits
from zeromean.demos.l06_batch_norm import axes_cube, bn_graph, rate_sweep, residual_block, scale_knob, whitening
from zeromean.demos.l06_batch_norm import trap_at_test_time as trap


@pytest.mark.parametrize("c", [0.1, 1.0, 10.0, 100.0])
def test_the_step_is_drawn_at_its_true_angle(c: float) -> None:
    """The step leaves at a right angle, and the arrow after it is turned by the angle that is written there."""
    shown = scale_knob.compute({"c": c, "eps": "0"})
    w, step, new = (np.array([shown[f"{name}_x"][0], shown[f"{name}_y"][0]]) for name in ("w", "step", "new"))
    assert w @ step == pytest.approx(0, abs=1e-9)
    turn = np.degrees(np.arctan2(*new[::-1]) - np.arctan2(*w[::-1]))
    assert turn == pytest.approx(shown["turned"], abs=1.0 if c < 1 else 1e-6)  # drawn at 89 degrees at most
    assert np.degrees(np.arctan(shown["norm"] / shown["size"])) == pytest.approx(shown["turned"])


def test_the_way_of_an_example_ends_in_the_clouds() -> None:
    """Each stage of the moving cloud is the stage's own: raw, of mean 0, of variance 1, white; the ellipse too."""
    for stage in range(4):
        shown = whitening.compute({"stage": stage, "angle": 30, "ratio": "4 : 1"})
        now = np.stack([shown["now_x"], shown["now_y"]], axis=1)
        np.testing.assert_array_equal(now[:, 0], shown["way_x"][:, stage])
        ellipse = np.stack([shown["ellipse_x"], shown["ellipse_y"]], axis=1) - now.mean(axis=0)
        inverse = np.linalg.inv(np.cov(now.T, bias=True))
        np.testing.assert_allclose(np.einsum("ij,jk,ik->i", ellipse, inverse, ellipse), 4, rtol=1e-6)


@pytest.mark.parametrize("norm", axes_cube.NORMS)
def test_the_block_is_the_group(norm: str) -> None:
    """What shares a mean is one block, and the block has as many entries as are counted."""
    for groups in (1, 2, 3, 6):
        number = axes_cube.groups_of(norm, groups)
        for n, c in np.ndindex(axes_cube.N, axes_cube.C):
            (n0, n1), (c0, c1) = axes_cube._ends(number == number[n, c])
            assert (number[n0:n1, c0:c1] == number[n, c]).all()
            shown = axes_cube.compute({"norm": norm, "groups": groups, "n": n + 1, "c": c + 1})
            assert shown["entries"] == (n1 - n0) * (c1 - c0) * axes_cube.H * axes_cube.W


def test_the_images_are_those_that_are_scored() -> None:
    """The image is the test image as scanned; beside it sit images of its own batch."""
    every, labels = digits.images()
    for company in trap.COMPANY:
        pixels = np.round((255 - trap.company_of(company)) / 15.9)
        found = np.flatnonzero((every == pixels[:, :8]).all(axis=(1, 2)))
        assert labels[found].tolist() == [digits.load().t_test[trap.IMAGE]]
        beside = pixels[:, 9:17]
        assert np.isnan(beside).all() == (company == "alone")
        if company == "one class":
            assert labels[np.flatnonzero((every == beside).all(axis=(1, 2)))].tolist() == labels[found].tolist()


def test_the_map_holds_the_medians() -> None:
    """Row j, column i of a map is the median accuracy at the j-th scale and the i-th rate."""
    shown = rate_sweep.compute({"lr": 3.0, "scale": 1.0})
    for norm in rate_sweep.NORMS:
        at = rate_sweep.SCALES.index(1.0), rate_sweep.RATES.index(3.0)
        assert shown[f"map_{norm}"][at] == pytest.approx(100 * shown[norm])


def test_the_stream_is_as_wide_as_the_signal() -> None:
    """Only the chosen normalization's stream is drawn; at the last block its half width is the size that is told."""
    for norm, other in (("none", "batch"), ("batch", "none")):
        shown = residual_block.compute({"kind": "preact", "norm": norm, "blocks": 20})
        assert shown[f"wide_{norm}"][-1] == -shown[f"under_{norm}"][-1] == pytest.approx(shown["size"])
        assert np.isnan(shown[f"wide_{other}"]).all()
        assert shown["floor"] < shown[f"under_{norm}"].min() < shown[f"wide_{norm}"].max() < shown["reach"]


def graph(stage: int) -> dict[str, Any]:
    """Return the whole graph at a stage."""
    return bn_graph.compute({"stage": stage, **dict.fromkeys(bn_graph.PATHS, True)})


def test_the_graph_says_nothing_before_it_knows() -> None:
    """Until dx is there, box and read-out both wait for it, and no sum is told."""
    for stage in range(bn_graph.LAST):
        assert graph(stage)["verdict"] == "waits for dx"
        assert graph(stage)["adds"] == ""
        assert graph(stage)["lamp"][0].endswith("waits for dx")
    assert graph(bn_graph.LAST)["verdict"].startswith("agrees")
    assert bn_graph.demo().read_out().startswith("Step 0 (not yet started)")


def test_the_derivatives_on_the_arrows_are_those_of_the_graph() -> None:
    """1/s and 1/2s are what nudging c and the variance does to the nodes after them."""
    shown, values = graph(bn_graph.LAST), bn_graph.forward(bn_graph.X, frozenset(bn_graph.PATHS))
    assert shown["inverse"] == pytest.approx(values["xhat"][0] / values["c"][0])
    h = 1e-6
    slope = (np.sqrt(values["v"] + h + bn_graph.EPS) - np.sqrt(values["v"] - h + bn_graph.EPS)) / (2 * h)
    assert shown["half"] == pytest.approx(slope)
