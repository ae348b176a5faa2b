"""Lecture 2: drag a cloud of data away from the origin, and its loss becomes a ravine that no rate walks well.

The loss of a linear neuron is a bowl whose curvature is E[x x^T] = covariance + mean mean^T, exactly.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.words import place

MEANS = np.round(np.linspace(0, 3, 13), 2)
RATIOS = (1.0, 1.5, 2.0, 3.0, 4.0)
CORRELATIONS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
RATES = (
    *(0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13, 0.15, 0.18, 0.2, 0.22, 0.25),
    *(0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 1.9, 2.1, 2.2),
)
PLACES = [(x, y) for x in np.linspace(-3.04, 3.04, 20).round(2) for y in np.linspace(-2.28, 2.28, 20).round(2)]
FIRST = PLACES.index((-2.4, 1.56))
TURN = np.linspace(0, 2 * np.pi, 61)
LEVELS = np.array([0.15, 0.6, 1.35, 2.4, 3.75, 5.4, 8.0])
STEPS, SHOWN = 30, 16


@cache
def _round() -> Any:
    """Return a cloud (90, 2) of mean 0 whose covariance is the identity, exactly."""
    cloud = np.random.default_rng(12).normal(size=(90, 2))
    left, _, right = np.linalg.svd(cloud - cloud.mean(axis=0), full_matrices=False)
    return np.sqrt(len(cloud)) * (left @ right)


@cache
def cloud(mean: float, ratio: float, correlation: float) -> Any:
    """Return inputs (90, 2): standard deviations `ratio` and 1, their correlation, and one mean for both."""
    spread = np.array([[ratio, 0.0], [correlation, np.sqrt(1 - correlation**2)]])
    return _round() @ spread.T + mean


@cache
def bowl(mean: float, ratio: float, correlation: float) -> tuple[Any, Any]:
    """Return the curvatures of the loss, from the smallest, and their directions as columns."""
    both = correlation * ratio
    found = np.linalg.eigh(np.array([[ratio**2, both], [both, 1.0]]) + mean**2)
    return found.eigenvalues, found.eigenvectors


def descent(curvatures: Any, axes: Any, start: Any, rate: float, steps: Any) -> Any:
    """Return where descent stands (k, 2), seen from the minimum, after the given numbers of steps (k,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        along = (axes.T @ start) * (1 - rate * curvatures) ** np.asarray(steps)[:, None]
    return along @ axes.T


def arrival(curvatures: Any, rate: float) -> float:
    """Return after how many steps every distance is at most a thousandth of what it was; infinity beyond the limit."""
    worst = float(np.max(abs(1 - rate * curvatures)))
    if worst >= 1:
        return np.inf
    return 1.0 if worst < 1e-9 else float(np.ceil(np.log(1e-3) / np.log(worst)))


def _walk(curvatures: Any, axes: Any, start: Any, rate: float) -> dict[str, Any]:
    """Return the path, cut where it has left the picture, and what is left of each direction after every step."""
    path = descent(curvatures, axes, start, rate, np.arange(SHOWN + 1))
    path[np.cumsum(abs(path).max(axis=1) > 40) > 0] = np.nan
    left = abs(1 - rate * curvatures[:, None]) ** np.arange(STEPS + 1)
    left = np.where(left < 1e3, np.maximum(left, 1e-4), np.nan)
    return {
        "path_x": path[:, 0],
        "path_y": path[:, 1],
        "step": np.arange(STEPS + 1),
        "of_flat": left[0],
        "of_steep": left[1],
    }


@cache
def _valley(mean: float, ratio: float, correlation: float) -> dict[str, Any]:
    """Return the cloud, the contours of the loss, and its axes as arrows."""
    curvatures, axes = bowl(mean, ratio, correlation)
    unit = axes @ (np.sqrt(2 / curvatures)[:, None] * np.stack([np.cos(TURN), np.sin(TURN)]))
    data = cloud(mean, ratio, correlation)
    signs = np.where(axes.sum(axis=0) < 0, -1.0, 1.0)
    return {
        "data_x": data[:, 0],
        "data_y": data[:, 1],
        "ring_x": np.sqrt(LEVELS)[:, None] * unit[0],
        "ring_y": np.sqrt(LEVELS)[:, None] * unit[1],
        "zero": np.zeros(1),
        "flat_x": 1.4 * signs[:1] * axes[:1, 0],
        "flat_y": 1.4 * signs[:1] * axes[1:, 0],
        "steep_x": 1.4 * signs[1:] * axes[:1, 1],
        "steep_y": 1.4 * signs[1:] * axes[1:, 1],
        "first": np.zeros(1),
        "second": np.ones(1),
        "flat_bar": curvatures[:1],
        "steep_bar": curvatures[1:],
        "flat": curvatures[0],
        "steep": curvatures[1],
        "kappa": float(curvatures[1] / curvatures[0]),
        "best": float(2 / curvatures.sum()),
    }


def compute(params: Params) -> dict[str, Any]:
    """Return the cloud, the contours of its loss, and a path of descent on it."""
    mean, ratio, correlation = float(params["mean"]), float(params["ratio"]), float(params["correlation"])
    rate, start = float(params["rate"]), np.array(PLACES[int(params["start"])])
    curvatures, axes = bowl(mean, ratio, correlation)
    arrives = arrival(curvatures, rate)
    return {
        **_valley(mean, ratio, correlation),
        **_walk(curvatures, axes, start, rate),
        "limit": 2 / rate,
        "flat_factor": 1 - rate * curvatures[0],
        "steep_factor": 1 - rate * curvatures[1],
        "lamp": _lamp(1 - rate * curvatures[1]),
        "far": min(float(np.linalg.norm(descent(curvatures, axes, start, rate, [SHOWN]))), 1e6),
        "arrives": _steps(arrives) if np.isfinite(arrives) else "no number of steps",
        "reached": mean >= 3 and arrives <= 25,
    }


def _steps(count: float) -> str:
    return "1 step" if count == 1 else f"{count:.0f} steps"


def _lamp(factor: float) -> str:
    if factor < -1:
        return "diverges"
    return "jumps from side to side" if factor < 0 else "stable"


def _views() -> list[View]:
    limits = [(-0.45, 2 / rate) for rate in RATES]
    return [
        View(
            "Loss over both weights: drag the start",
            Axis("weight 1, from the minimum", -3.3, 3.3),
            Axis("weight 2", -2.5, 2.5),
            [
                marks.line("ring_x", "ring_y", "", "grey", width=1.6),
                marks.arrows("zero", "zero", "flat_x", "flat_y", "flat", "sky", width=3),
                marks.arrows("zero", "zero", "steep_x", "steep_y", "steep", "orange", width=3),
                marks.line("path_x", "path_y", "", "blue", marker="o", width=2.2, lost="diverges"),
                marks.points("zero", "zero", color="green", marker="d", size=8, alpha=1),
            ],
            "Contours of the loss, {kappa:.3g} times as steep across as along, and 16 steps of descent at rate "
            "{rate:.3g}: "
            "{lamp}",
            [Handle("Start", along="start", path=PLACES)],
            size="large",
            ratio=0.76,
            equal=True,
        ),
        View(
            "The data",
            Axis("input 1", -7, 11),
            Axis("input 2", -3, 6),
            [
                marks.rule(x=0, dash=""),
                marks.rule(y=0, dash=""),
                marks.points("data_x", "data_y", color="blue", size=3, alpha=0.6),
            ],
            "Cloud of inputs with mean ({mean:.2f}, {mean:.2f}), standard deviations {ratio:.2g} and 1, correlation "
            "{correlation:.1f}",
            [Handle("Mean of both inputs", along="mean", path=[(float(m), float(m)) for m in MEANS])],
        ),
        View(
            "Curvatures",
            Axis("", -0.7, 2.2, ticks={0: "flat", 1: "steep"}),
            Axis("curvature", 0.05, 150, log=True),
            [
                marks.bars("first", "flat_bar", "", "sky", width=0.6),
                marks.bars("second", "steep_bar", "", "orange", width=0.6),
                marks.rule(y="limit", name="2/rate"),
            ],
            "Curvatures {flat:.3g} and {steep:.3g}; the rate allows {limit:.3g}: {lamp}",
            [Handle("Limit, two over the rate", along="rate", path=limits)],
        ),
        View(
            "What is left",
            Axis("step", 0, STEPS),
            Axis("share of the start", 1e-4, 1e3, log=True),
            [
                marks.line("step", "of_flat", "flat", "sky", marker="o", lost="diverges"),
                marks.line("step", "of_steep", "steep", "orange", "dash", lost="diverges"),
            ],
            "What is left of both directions over 30 steps: {lamp}; a thousandth of the distance takes {arrives}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "The ravine",
        compute,
        [
            Slider("mean", "Mean", MEANS, 1.5, fmt=".2f"),
            Slider("ratio", "Scales, x : 1", RATIOS, 1.0, fmt=".2g"),
            Slider("correlation", "Correlation", CORRELATIONS, 0.0, fmt=".1f"),
            Slider("rate", "Rate", RATES, 0.3),
            Slider("start", "Start", range(len(PLACES)), FIRST, words=[place(*spot) for spot in PLACES]),
        ],
        _views(),
        coarse={"mean": 2, "ratio": 2, "correlation": 2, "rate": 2, "start": 22},
        formula="[blue:w] − w* shrinks by 1 − rate · λ: [sky:flat 1 − {rate:.3g} · {flat:.3g} = {flat_factor:.2f}], "
        "[orange:steep 1 − {rate:.3g} · {steep:.3g} = {steep_factor:.2f}]",
        readout="Condition {kappa:.3g}, rate {rate:.3g}: {lamp}; {arrives} to a thousandth, "
        "{far:.2g} away after 16. Best rate {best:.3g}.",
        presets=[
            Preset("One step arrives", {"mean": 0.0, "ratio": 1.0, "correlation": 0.0, "rate": 1.0}),
            Preset("Far from the origin", {"mean": 2.0, "ratio": 1.0, "correlation": 0.0, "rate": 0.2}),
            Preset("Unequal scales", {"mean": 0.0, "ratio": 4.0, "correlation": 0.0, "rate": 0.1}),
            Preset("Correlated", {"mean": 0.0, "ratio": 1.0, "correlation": 0.9, "rate": 1.0}),
            Preset("Over the limit", {"mean": 2.0, "ratio": 1.0, "correlation": 0.0, "rate": 0.3}),
            Preset("All at once", {"mean": 2.0, "ratio": 4.0, "correlation": 0.9, "rate": 0.07}),
        ],
        prediction=Prediction(
            "A round cloud of data moves away from the origin, to a mean of 2, and keeps its shape. Its valley of the "
            "loss ...",
            ["moves along with it", "stays a round bowl", "becomes a ravine"],
            2,
            "The curvature is covariance + mean · meanᵀ. The mean adds one large eigenvalue along itself: "
            "{steep:.3g}, against "
            "{flat:.3g} across.",
            {"mean": 2.0, "ratio": 1.0, "correlation": 0.0, "rate": 0.2},
        ),
        goal=Goal("with a mean of 3, a thousandth of the distance within 25 steps.", "reached"),
    )
