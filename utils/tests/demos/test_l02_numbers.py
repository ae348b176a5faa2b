"""What the demos of lecture 2 say about gradients, curvatures, preparation and images."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean import digits
from zeromean.demos.l02_data import digit_spectrum, image_means, ravine, sign_cloud, three_rows, two_weights

# Signs


@pytest.mark.parametrize(("n", "expected"), [(1, 1.0), (2, 0.60), (8, 0.43), (64, 0.40)])
def test_share_with_positive_inputs(n: int, expected: float) -> None:
    """One example: all neurons; a batch helps, but leaves two in five, where chance is one in 512."""
    assert sign_cloud.share(0.5, n, 10, agree=False) == pytest.approx(expected, abs=0.035)
    assert sign_cloud.share(0.0, n, 10, agree=False) < 0.01
    assert sign_cloud.share(0.5, n, 10, agree=True) == 1


@pytest.mark.parametrize("seed", range(6))
def test_the_path_is_longer(seed: int) -> None:
    """At rate 1 the path is 2 to 4.5 times the straight line with positive inputs, below 1.5 with centred ones."""
    raw, centred = (sign_cloud.path(mean, 1, seed) for mean in (0.5, 0.0))
    assert 2 < sign_cloud.detour(raw) < 4.5
    assert 1 < sign_cloud.detour(centred) < 1.5
    assert sign_cloud.detour(sign_cloud.path(0.5, 64, seed)) < 1.15
    assert sign_cloud.detour(sign_cloud.path(0.5, 64, seed, agree=True)) > 2


def test_the_path_takes_as_many_steps() -> None:
    """Over 30 seeds, the zigzag arrives in as many steps as the path of centred inputs, up to a sixth."""
    steps = [np.mean([sign_cloud.arrival(sign_cloud.path(m, 1, seed)) for seed in range(30)]) for m in (0.5, 0.0)]
    assert steps[0] == pytest.approx(steps[1], rel=1 / 6)


def test_every_step_with_positive_inputs_stays_in_two_quadrants() -> None:
    """What may come next lies in the shaded quadrants, at every step; of centred inputs, about half."""
    for step in sign_cloud.STEPS:
        assert sign_cloud.ahead(0.5, 1, step, agree=False)["inside"] == 1
        assert sign_cloud.ahead(0.5, 64, step, agree=True)["inside"] == 1
    assert np.mean([sign_cloud.ahead(0.0, 1, step, agree=False)["inside"] for step in range(13)]) == pytest.approx(
        0.5, abs=0.1
    )
    moves = np.diff(sign_cloud.path(0.5, 1), axis=0)[:60]
    assert (moves[:, 0] * moves[:, 1] > 0).all()


# Curvature


@pytest.mark.parametrize("mean", [0.0, 1.0, 2.5])
def test_the_bowl_is_that_of_the_cloud(mean: float) -> None:
    """The curvatures are those of E[x x^T] of the very points that are drawn."""
    for ratio, correlation in ((1.0, 0.0), (4.0, 0.6), (2.0, -0.9)):
        x = ravine.cloud(mean, ratio, correlation)
        np.testing.assert_allclose(
            ravine.bowl(mean, ratio, correlation)[0], np.linalg.eigvalsh(x.T @ x / 90), rtol=1e-9
        )


def test_the_path_of_the_ravine_is_descent() -> None:
    """The path in closed form is what steps on the gradient give, and the arrows and contours are the bowl's."""
    curvatures, axes = ravine.bowl(1.0, 3.0, 0.6)
    hessian, w = axes @ np.diag(curvatures) @ axes.T, np.array([-2.4, 1.56])
    path = ravine.descent(curvatures, axes, w, 0.1, np.arange(6))
    for k in range(6):
        np.testing.assert_allclose(path[k], w, atol=1e-12)
        w = w - 0.1 * hessian @ w
    shown = ravine.compute({"mean": 1.0, "ratio": 3.0, "correlation": 0.6, "rate": 0.1, "start": ravine.FIRST})
    ring = np.stack([shown["ring_x"][2], shown["ring_y"][2]])
    np.testing.assert_allclose(0.5 * np.einsum("ik,ij,jk->k", ring, hessian, ring), ravine.LEVELS[2], rtol=1e-9)


def test_two_over_the_curvature_is_the_limit() -> None:
    """Curvatures 1 and 100: half of 691 steps to a thousandth at 2/101, twice that at 1/100; from 2/100 on never."""
    curvatures = np.array([1.0, 100.0])
    counts = {rate: ravine.arrival(curvatures, rate) for rate in (0.01, 2 / 101, 0.0199, 0.02, 0.0201)}
    assert counts[2 / 101] == pytest.approx(691 / 2, abs=2)
    assert counts[0.01] == pytest.approx(2 * counts[2 / 101], rel=0.02)
    assert counts[0.02] == counts[0.0201] == np.inf


def test_white_data_arrive_in_one_step() -> None:
    """Round data at the origin: rate 1 arrives at once; a mean of 2 makes the bowl nine times as steep one way."""
    assert ravine.arrival(ravine.bowl(0.0, 1.0, 0.0)[0], 1.0) == 1
    np.testing.assert_allclose(ravine.bowl(2.0, 1.0, 0.0)[0], [1, 9], rtol=1e-12)


# The table of three rows

TABLE = {
    "raw": (1.3859e10, 1.0125e12),
    "centred": (2.6405e11, 2.6405e11),
    "scaled": (14.632, 7148.0),
    "both": (28.211, 28.211),
    "decorrelated": (2.6405e11, 2.6405e11),
    "whitened": (1.0, 1.0),
}


@pytest.mark.parametrize("kind", TABLE)
def test_condition_numbers_of_the_table(kind: str) -> None:
    """Centring alone makes it worse, scaling alone helps without a bias only, whitening is perfect."""
    assert three_rows.condition(kind) == pytest.approx(TABLE[kind][0], rel=1e-3)
    assert three_rows.condition(kind, bias=True) == pytest.approx(TABLE[kind][1], rel=1e-3)


def test_steps_of_the_table() -> None:
    """A condition number of 100 needs 691 steps at the best rate to a millionth, 1 needs one."""
    assert three_rows.steps(100.0) == 691
    assert three_rows.steps(1.0) == 1


def test_the_step_of_the_raw_table_goes_across() -> None:
    """From anywhere but the axis, the raw step is nearly horizontal; the whitened one points to the minimum."""
    raw = three_rows.compute({"kind": 0, "angle": 255})
    assert abs(raw["step_y"][0]) < 1e-3 < 0.59 < abs(raw["step_x"][0])
    assert three_rows.compute({"kind": 5, "angle": 255})["off"] == pytest.approx(0, abs=1e-3)


# The box of data


@pytest.mark.parametrize(
    ("at", "kappa"),
    [((2.0, 0.5, False), 39.260), ((1.0, 1.0, False), 7.0), ((1.0, 1.0, True), 1.0), ((2.0, 0.5, True), 16)],
)
def test_condition_of_the_box(at: tuple[float, float, bool], kappa: float) -> None:
    """Scaled to (0, 1) the contours are 7 to 1, not round; centred as well they are circles."""
    values, _ = two_weights.spectrum(*at)
    assert values[1] / values[0] == pytest.approx(kappa, rel=1e-4)


def test_the_box_has_the_moments_of_its_formula() -> None:
    """E[x x^T] of many inputs drawn from the box is the matrix that the contours are drawn from."""
    x = np.random.default_rng(0).random((200_000, 2)) * [2.0, 0.5]
    np.testing.assert_allclose(x.T @ x / len(x), two_weights.curvature(2.0, 0.5, False), rtol=0.01)


# Digits


def test_spectrum_of_the_digits() -> None:
    """The largest curvature falls from 10.5 to 0.7 when the mean image goes; three pixels are dead."""
    first = {kind: digit_spectrum.spectrum(kind)[0][0] for kind in digit_spectrum.KINDS}
    assert first["0 to 1"] == pytest.approx(10.455, rel=0.02)
    assert first["mean image"] == pytest.approx(0.699, rel=0.03)
    for kind in ("0 to 1", "mean image", "both", "whitened"):
        assert digit_spectrum.compute({"kind": digit_spectrum.KINDS.index(kind), "k": 1})["dead"] == 3


def test_the_steepest_direction_is_the_mean_image() -> None:
    """Raw pixels: the first direction and the mean image have a cosine above 0.99."""
    mean = digit_spectrum.prepared("0 to 1")[0].mean(axis=0)
    direction = digit_spectrum.spectrum("0 to 1")[1][:, 0]
    assert abs(direction @ mean) / np.linalg.norm(mean) > 0.99


def test_the_labels_belong_to_the_images() -> None:
    """The split is that of `digits.load`: the mean image subtracted, the same rows."""
    np.testing.assert_allclose(digit_spectrum.prepared("mean image", 1)[0], digits.load(1).x, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "model"), [("0 to 1", "regression"), ("both", "network")])
def test_a_stored_run_runs_again(kind: str, model: str) -> None:
    """A stored run at its best rate ends at the same loss again, up to a tenth."""
    rate, _, _ = digit_spectrum.best(kind, model)
    again, _ = digit_spectrum.run(kind, model, rate, seed=0)
    stored = digit_spectrum.runs(kind, model)["loss"][digit_spectrum.RATES.index(rate), 0]
    assert again == pytest.approx(stored, rel=0.1)


# Images


def test_channels_after_preparation() -> None:
    """Mean and std of each channel are 0 and 1 after ResNet's preparation; a mean image has 3072 numbers."""
    scenes = image_means.landscapes()
    mean, spread = image_means.statistics("means and stds", scenes)
    pixels = ((scenes - mean) / spread).reshape(-1, 3)
    np.testing.assert_allclose(pixels.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(pixels.std(axis=0), 1, rtol=1e-12)
    assert image_means.statistics("mean image", scenes)[0].size == 3072
    assert image_means.statistics("channel means", scenes)[0].shape == (3,)


def test_the_ghost() -> None:
    """A mean image is best while the camera stands still, and worse with every pixel that it moves."""
    ghosts = [image_means.ghost("mean image", by) for by in image_means.SHIFTS]
    assert ghosts == sorted(ghosts)
    assert ghosts[0] < 0.03 < 0.1 < ghosts[2]


def test_what_is_zero_is_said_to_be_zero() -> None:
    """A dead pixel has no curvature, and one step on circles leaves nothing, whatever the pictures end at."""
    assert digit_spectrum.compute({"kind": 3, "k": 64})["value"] == 0
    assert digit_spectrum.compute({"kind": 3, "k": 61})["value"] > 0
    assert two_weights.compute({"width1": 1.0, "width2": 1.0, "centred": True})["left"] == 0
    assert 0 < two_weights.compute({"width1": 1.5, "width2": 1.25, "centred": True})["left"] < 1e-14


@pytest.mark.parametrize(("rate", "expected"), [(1.0, "1 step"), (0.5, "10 steps"), (2.5, "no number of steps")])
def test_steps_are_counted_in_words(rate: float, expected: str) -> None:
    """One step, ten steps, or none at all."""
    shown = ravine.compute({"mean": 0.0, "ratio": 1.0, "correlation": 0.0, "rate": rate, "start": 0})
    assert shown["arrives"] == expected
