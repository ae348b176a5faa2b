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

ANGLES = np.arange(0, 91, 2)
RATIOS = {"2 : 1": 2.0, "4 : 1": 4.0, "8 : 1": 8.0}
EXAMPLES = 110


@cache
def _round() -> Any:
    """Return a cloud (110, 2) whose mean is 0 and whose covariance is the identity, exactly."""
    cloud = np.random.default_rng(15).normal(size=(EXAMPLES, 2))
    return nearest_white(cloud - cloud.mean(axis=0))


def nearest_white(centred: Any) -> Any:
    """Return the white cloud (N, 2) nearest to a centred one: the orthogonal factor of its polar decomposition."""
    left, _, right = np.linalg.svd(centred, full_matrices=False)
    return np.sqrt(len(centred)) * (left @ right)


def clouds(degrees: float, ratio: float) -> tuple[Any, Any, Any]:
    """Return the raw cloud, its batch-normalized and its whitened version, each (110, 2)."""
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
    """Return the three clouds, the principal axes of each, and the distance at every angle."""
    angle, ratio = float(params["angle"]), RATIOS[params["ratio"]]
    raw, normed, white = clouds(angle, ratio)
    rho = float((normed[:, 0] * normed[:, 1]).mean())
    t = np.radians(angle)
    long, short = np.array([np.cos(t), np.sin(t)]) * 3.2, np.array([-np.sin(t), np.cos(t)]) * 3.2 / ratio
    out: dict[str, Any] = {"rho": rho, "away": distance(angle, ratio), "here": angle}
    for name, cloud in (("raw", raw), ("bn", normed), ("white", white)):
        out |= {f"{name}_x": cloud[:, 0], f"{name}_y": cloud[:, 1]}
    return out | {
        "ox": np.full(2, 1.0),
        "oy": np.full(2, 0.5),
        "dx": np.array([long[0], short[0]]),
        "dy": np.array([long[1], short[1]]),
        "angles": ANGLES,
        "curve": np.array([distance(float(a), ratio) for a in ANGLES]),
        "condition": (1 + abs(rho)) / max(1 - abs(rho), 1e-12),
        "same": out["away"] < 0.02,
    }


def _views() -> list[View]:
    def cloud(title: str, name: str, color: str, alt: str, **more: Any) -> View:
        x, y = Axis("feature 1", -4, 4), Axis("feature 2", -4, 4)
        drawn = [marks.points(f"{name}_x", f"{name}_y", color=color, size=4, alpha=0.65), *more.pop("over", [])]
        return View(title, x, y, drawn, alt, ratio=1, equal=True, **more)

    path = [(1 + 3.2 * float(np.cos(np.radians(a))), 0.5 + 3.2 * float(np.sin(np.radians(a)))) for a in ANGLES]
    return [
        cloud(
            "Raw: turn the long axis",
            "raw",
            "blue",
            "Raw cloud, its long axis turned by {angle:.0f} degrees",
            over=[marks.arrows("ox", "oy", "dx", "dy", color="ink")],
            handles=[Handle("Direction of the long axis", along="angle", path=path)],
        ),
        cloud("Batch norm", "bn", "orange", "After batch norm the features still correlate with {rho:.2f}"),
        cloud("Whitened", "white", "green", "The white cloud nearest to it, {away:.2f} away per example"),
        View(
            "From batch norm to whitened",
            Axis("angle of the long axis", 0, 90, ticks={a: f"{a}°" for a in (0, 45, 90)}),
            Axis("distance per example", 0, 1.2),
            [marks.line("angles", "curve", color="vermilion")],
            "Distance between batch-normalized and whitened examples over the angle: {away:.2f} at {angle:.0f} degrees",
            [Handle("Angle, on the curve", x="angle", y="away")],
            ratio=1,
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Whitening and batch norm",
        compute,
        [
            Slider("angle", "Angle of the long axis", ANGLES, 20, unit="°", fmt="d", play=True),
            Choice("ratio", "Long axis : short axis", tuple(RATIOS), "4 : 1"),
        ],
        _views(),
        readout="At {angle:d}° batch norm leaves a correlation of {rho:.2f} (condition number {condition:.3g}); "
        "an example lies {away:.2f} from where whitening puts it.",
        presets=[
            Preset("Same as whitening", {"angle": 0}, "The axes of the cloud are the coordinate axes."),
            Preset("Correlation stays", {"angle": 44, "ratio": "4 : 1"}),
            Preset("Hardly helps", {"angle": 44, "ratio": "8 : 1"}, "Both variances were equal already."),
        ],
        prediction=Prediction(
            "A long, thin cloud lies at 45°. What does batch norm do to its shape?",
            ["makes it round", "makes it half as long", "nothing: it stays as thin"],
            2,
            "At 45° both features have the same variance already, so dividing by it changes only the size. "
            "The correlation is {rho:.2f}.",
            {"angle": 44, "ratio": "4 : 1"},
        ),
        columns=4,
        goal=Goal("an angle where batch norm does whitening's work.", "same"),
    )
