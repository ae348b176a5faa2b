"""Lecture 6: batch norm rescales each coordinate; whitening removes the correlation as well.

Both clouds have mean 0 and variance 1 in each coordinate. The whitened one is round; it is the
white cloud nearest to the batch-normalized one (ZCA of the correlation matrix, Kessy et al. 2018, section 3);
batch norm leaves the correlation, which is largest when the principal axes lie between the coordinate axes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

ANGLES = np.arange(0, 91, 5)
RATIOS = {"2 : 1": 2.0, "4 : 1": 4.0, "8 : 1": 8.0}
EXAMPLES = 80
STAGES = ("raw", "centred", "batch norm", "whitened")
ROUND = np.stack([f(np.linspace(0, 2 * np.pi, 49)) for f in (np.cos, np.sin)], axis=1)  # a circle (49, 2)


@cache
def _round() -> Any:
    """Return a cloud (80, 2) whose mean is 0 and whose covariance is the identity, exactly."""
    cloud = np.random.default_rng(15).normal(size=(EXAMPLES, 2))
    return nearest_white(cloud - cloud.mean(axis=0))


def nearest_white(centred: Any) -> Any:
    """Return the white cloud (N, 2) nearest to a centred one: the orthogonal factor of its polar decomposition."""
    left, _, right = np.linalg.svd(centred, full_matrices=False)
    return np.sqrt(len(centred)) * (left @ right)


def clouds(degrees: float, ratio: float) -> tuple[Any, Any, Any]:
    """Return the raw cloud, its batch-normalized and its whitened version, each (80, 2)."""
    t = np.radians(degrees)
    axes = np.array([[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]])
    raw = (_round() * [1.6, 1.6 / ratio]) @ axes + [1.0, 0.5]
    centred = raw - raw.mean(axis=0)
    normed = centred / centred.std(axis=0)
    return raw, normed, nearest_white(normed)


@cache
def distance(degrees: float, ratio: float) -> float:
    """Return the root mean square distance between a batch-normalized example and its whitened one."""
    _, normed, white = clouds(degrees, ratio)
    return float(np.sqrt(((normed - white) ** 2).sum(axis=1).mean()))


def compute(params: Params) -> dict[str, Any]:
    """Return the cloud at one stage with its ellipse, the way of each example, and the distance at every angle."""
    angle, ratio, stage = float(params["angle"]), RATIOS[params["ratio"]], int(params["stage"])
    raw, normed, white = clouds(angle, ratio)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    way = np.stack([raw, raw - mean, normed, white], axis=1)
    now = way[:, stage]
    ellipse = now.mean(axis=0) + 2 * ROUND @ np.linalg.lstsq(_round(), now - now.mean(axis=0), rcond=None)[0]
    rho = float((normed[:, 0] * normed[:, 1]).mean())
    away = distance(angle, ratio)
    return {
        "now_x": now[:, 0],
        "now_y": now[:, 1],
        "ellipse_x": ellipse[:, 0],
        "ellipse_y": ellipse[:, 1],
        "round_x": 2 * ROUND[:, 0],
        "round_y": 2 * ROUND[:, 1],
        "way_x": way[:, :, 0],
        "way_y": way[:, :, 1],
        "raw_x": raw[:, 0],
        "raw_y": raw[:, 1],
        "angles": ANGLES,
        "curve": np.array([distance(float(a), ratio) for a in ANGLES]),
        **dict(zip(("mean1", "mean2", "std1", "std2"), (*mean, *std), strict=True)),
        "rho": rho,
        "away": away,
        "shown": STAGES[stage],
        "condition": (1 + abs(rho)) / max(1 - abs(rho), 1e-12),
        "same": away < 0.02,
    }


def _views() -> list[View]:
    x, y = Axis("feature 1", -3.6, 4.4), Axis("feature 2", -3.4, 3.4)
    path = [(1 + 3.2 * float(np.cos(np.radians(a))), 0.5 + 3.2 * float(np.sin(np.radians(a)))) for a in ANGLES]
    return [
        View(
            "One cloud on its way",
            x,
            y,
            [
                marks.line("round_x", "round_y", "", "grey", "dash", width=1.5),
                marks.line("way_x", "way_y", "", "ink", marker="o", width=2, alpha=0.0, follow="example"),
                marks.line("ellipse_x", "ellipse_y", "", "orange", width=3.5),
                marks.points("now_x", "now_y", color="blue", size=5, alpha=0.65, follow="example"),
            ],
            "The cloud, {shown}, with the ellipse of its covariance; batch norm leaves a correlation of {rho:.2f}",
            ratio=0.78,
            size="large",
            equal=True,
        ),
        View(
            "Raw: turn it",
            x,
            y,
            [marks.points("raw_x", "raw_y", color="blue", size=3.5, alpha=0.65, follow="example")],
            "Raw cloud, its long axis turned by {angle:.0f} degrees",
            [Handle("Direction of the long axis", along="angle", path=path)],
            equal=True,
        ),
        View(
            "How far off",
            Axis("angle of the long axis", 0, 90, ticks={a: f"{a}°" for a in (0, 45, 90)}),
            Axis("distance per example", 0, 1.2),
            [marks.line("angles", "curve", color="green")],
            "Distance between batch-normalized and whitened examples over the angle: {away:.2f} at {angle:.0f} degrees",
            [Handle("Angle, on the curve", x="angle", y="away")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Whitening and batch norm",
        compute,
        [
            Slider("stage", "The cloud is", range(4), 0, fmt="d", play=True, words=STAGES),
            Slider("angle", "Angle of the long axis", ANGLES, 20, unit="°", fmt="d"),
            Choice("ratio", "Long axis : short axis", tuple(RATIOS), "4 : 1"),
        ],
        _views(),
        formula="batch norm: x̂_1 = (x_1 − {mean1:.2f}) / {std1:.2f},  x̂_2 = (x_2 − {mean2:.2f}) / {std2:.2f}; "
        "still [orange:corr(x̂_1, x̂_2) = {rho:.2f}]",
        readout="The cloud, {shown}. At {angle:d}° batch norm leaves a correlation of {rho:.2f} (condition number "
        "{condition:.3g}); an example lies {away:.2f} from where whitening puts it.",
        presets=[
            Preset("Same as whitening", {"angle": 0, "stage": 2}, "The axes of the cloud are the coordinate axes."),
            Preset(
                "Correlation stays", {"angle": 45, "ratio": "4 : 1", "stage": 2}, "Both variances were equal already."
            ),
            Preset("Hardly helps", {"angle": 45, "ratio": "8 : 1", "stage": 2}, "As thin as before."),
            Preset("Whitened", {"stage": 3}, "Round, whatever the cloud was."),
        ],
        prediction=Prediction(
            "A long, thin cloud lies at 45°. What does batch norm do to its shape?",
            ["makes it round", "makes it half as long", "nothing: it stays as thin"],
            2,
            "At 45° both features have the same variance already, so dividing by it changes only the size. "
            "The correlation is {rho:.2f}.",
            {"angle": 45, "ratio": "4 : 1", "stage": 2},
        ),
        goal=Goal("an angle where batch norm does whitening's work.", "same"),
    )
