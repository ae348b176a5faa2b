"""The numbers that the demos of lecture 6 show, in bands found from several seeds."""

# the signs of mathematics, as they are read

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zeromean.demos.l06_batch_norm import axes_cube, bn_graph, covariate_shift, scale_knob, whitening

FAR = {"mean1": -1.0, "mean2": 1.5, "widths": "0.6 and 0.6", "model": "line", "weighted": False}
NEAR = {**FAR, "mean1": -0.6, "mean2": 0.9, "widths": "0.9 and 0.45"}


def over_seeds(params: dict[str, Any], name: str) -> Any:
    """Return a number of the covariate shift demo for ten seeds."""
    return np.array([covariate_shift.compute(params, seed)[name] for seed in range(10)])


def test_lines_of_two_domains_disagree() -> None:
    """Two lines fitted to one curve in two places have slopes of opposite sign."""
    assert over_seeds(FAR, "slope1").mean() == pytest.approx(0.347, abs=0.05)
    assert over_seeds(FAR, "slope2").mean() == pytest.approx(-0.303, abs=0.05)
    assert over_seeds(FAR, "e11").mean() == pytest.approx(0.161, abs=0.02)
    assert over_seeds(FAR, "e12").mean() == pytest.approx(1.36, abs=0.3)


def test_right_model_transfers() -> None:
    """With the true form, a fit is as good on the other domain as at home."""
    right = {**FAR, "model": "the true form"}
    assert over_seeds(right, "e12").max() < 0.02


def test_weights_repair_only_with_overlap() -> None:
    """Importance weights bring the error down to domain 2's own where the domains overlap, and fail elsewhere."""
    weighted = {**NEAR, "weighted": True}
    assert over_seeds(NEAR, "e12").mean() == pytest.approx(0.357, abs=0.08)
    assert over_seeds(weighted, "e12").mean() == pytest.approx(0.076, abs=0.012)
    assert (over_seeds(weighted, "e12") < over_seeds(NEAR, "e12")).all()
    assert over_seeds({**FAR, "weighted": True}, "e12").min() > 0.5


@pytest.mark.parametrize("c", [1e-3, 0.1, 10.0, 1e3])
def test_scale_law_is_exact_without_eps(c: float) -> None:
    """Without eps the output stays and the gradient is 1/c of itself."""
    (y, gradient), (y1, gradient1) = scale_knob.layer(c, 0.0), scale_knob.layer(1.0, 0.0)
    np.testing.assert_allclose(y, y1, atol=1e-12)
    np.testing.assert_allclose(gradient * c, gradient1, rtol=1e-9)


def test_gradient_is_orthogonal_to_the_weights() -> None:
    """For each neuron the gradient is orthogonal to its weights, so a step turns them by an angle that is exact."""
    _, gradient = scale_knob.layer(1.0, 0.0)
    w = scale_knob._batch()[1]
    assert np.abs((gradient * w).sum(axis=0)).max() < 1e-14
    sizes = np.linalg.norm(gradient, axis=0) / np.linalg.norm(w, axis=0)
    assert scale_knob.angle(10.0, 0.0) == pytest.approx(np.degrees(np.arctan(sizes / 100)).mean())


def test_angle_falls_with_the_square() -> None:
    """Ten times larger weights turn a hundred times less."""
    assert scale_knob.angle(10.0, 0.0) / scale_knob.angle(100.0, 0.0) == pytest.approx(100, rel=1e-3)


def test_eps_breaks_the_law_at_tiny_scales() -> None:
    """With eps = 1e-5 and c = 1e-3 the outputs and the gradient are far off; at c = 2 they are not."""
    assert scale_knob.compute({"c": 1e-3, "eps": "1e-5"})["share"] < 0.75
    assert scale_knob.compute({"c": 1e-3, "eps": "1e-5"})["held"].startswith("off by")
    assert scale_knob.compute({"c": 1.0, "eps": "1e-5"})["share"] == pytest.approx(1, abs=1e-4)


def graph(*cut: str, stage: int = bn_graph.LAST) -> dict[str, Any]:
    """Return the graph demo with paths cut."""
    return bn_graph.compute({"stage": stage, **{name: name not in cut for name in bn_graph.PATHS}})


def test_whole_graph_agrees_with_the_numeric_gradient() -> None:
    """With all paths open the lamp is green and dx sums to zero."""
    shown = graph()
    assert shown["verdict"].startswith("agrees")
    assert shown["sum"] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(shown["total"], shown["slope"], atol=1e-8)


@pytest.mark.parametrize("cut", [("direct",), ("variance",), ("mean",), ("variance", "mean")])
def test_cut_path_is_noticed(cut: tuple[str, ...]) -> None:
    """Whatever path is cut, the numeric gradient differs by more than ten per cent."""
    shown = graph(*cut)
    error = np.linalg.norm(shown["total"] - shown["slope"])
    assert error > 0.1 * (np.linalg.norm(shown["total"]) + np.linalg.norm(shown["slope"]))
    assert shown["verdict"].startswith("differs by")


def test_paths_add_up() -> None:
    """What the three paths bring adds up to the gradient, whatever is cut."""
    for cut in ((), ("variance",), ("mean",), ("direct", "mean")):
        shown = graph(*cut)
        parts = sum(shown[f"{name}_part"] for name in bn_graph.PATHS)
        np.testing.assert_allclose(parts, shown["total"], atol=1e-12)


def test_only_the_mean_path_makes_dx_sum_to_zero() -> None:
    """Without the mean path alone dx drifts; this is the demo's goal."""
    assert graph("mean")["drifts"]
    assert not graph("variance")["drifts"]


def test_graph_lights_up_step_by_step() -> None:
    """Step k lights k nodes forward, then the nodes turn red from the last to the first."""
    blue, red = 0, 3
    assert (graph(stage=3)["fill"] == blue).sum() == 3
    assert (graph(stage=10)["fill"] == red).sum() == 3
    assert (graph(stage=14)["fill"] == red).all()
    assert np.isnan(graph(stage=13)["total"]).all()


@pytest.mark.parametrize("ratio", whitening.RATIOS.values())
def test_batch_norm_is_furthest_from_whitening_in_between(ratio: float) -> None:
    """At 0 and 90 degrees batch norm whitens; the distance is largest at 45 degrees."""
    far = [whitening.distance(float(a), ratio) for a in whitening.ANGLES]
    assert far[0] < 1e-6
    assert far[-1] < 1e-6
    assert abs(whitening.ANGLES[int(np.argmax(far))] - 45) <= 1


def test_clouds_are_what_they_are_called() -> None:
    """Batch norm gives unit variances; whitening the identity as covariance."""
    _, normed, white = whitening.clouds(30.0, 4.0)
    np.testing.assert_allclose((normed**2).mean(axis=0), 1)
    np.testing.assert_allclose(white.T @ white / len(white), np.eye(2), atol=1e-12)


def test_correlation_left_at_45_degrees() -> None:
    """At 45 degrees batch norm leaves the correlation (r^2 - 1) / (r^2 + 1), hence the condition number r^2."""
    _, normed, _ = whitening.clouds(45.0, 4.0)
    assert (normed[:, 0] * normed[:, 1]).mean() == pytest.approx(15 / 17)


@pytest.mark.parametrize(
    ("norm", "groups", "means", "entries", "shape"),
    [
        ("batch norm", 2, 6, 36, "1×6×1×1"),
        ("layer norm", 2, 4, 54, "4×1×1×1"),
        ("instance norm", 2, 24, 9, "4×6×1×1"),
        ("group norm", 2, 8, 27, "4×2 (of 3 channels each)"),
    ],
)
def test_counts_of_means(norm: str, groups: int, means: int, entries: int, shape: str) -> None:
    """Each normalizer has as many means as its shape says, each from the rest of the entries."""
    shown = axes_cube.compute({"norm": norm, "groups": groups, "n": 2, "c": 4})
    assert (shown["means"], shown["entries"], shown["shape"]) == (means, entries, shape)
    assert means * entries == 4 * 6 * 3 * 3
    assert shown["eight"] == (norm == "group norm")


def test_group_norm_has_two_limits() -> None:
    """One group is layer norm; a group for each channel is instance norm."""
    for groups, norm in ((1, "layer norm"), (6, "instance norm")):
        one, other = axes_cube.groups_of("group norm", groups), axes_cube.groups_of(norm, 1)
        np.testing.assert_array_equal(one, other)
