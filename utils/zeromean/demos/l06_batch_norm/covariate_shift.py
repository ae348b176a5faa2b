"""Lecture 6: two domains with the same P(y|x) and different P(x). A model that is too simple learns two different fits.

y = sin(1.5 x) + 0.3 x + noise (Shimodaira 2000 for the idea, and for the importance weights p2(x) / p1(x)).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

EXAMPLES, NOISE = 400, 0.1
SHOWN = 100
MEANS = np.round(np.linspace(-2, 2, 41), 1)
WIDTHS = {"0.6 and 0.6": (0.6, 0.6), "0.9 and 0.45": (0.9, 0.45)}
MODELS = {"line": 1, "parabola": 2, "cubic": 3, "degree 5": 5, "the true form": 0}
CURVE = np.linspace(-4, 4, 81)


@cache
def _draw(seed: int) -> Any:
    """Return standard normal numbers (2 domains, position and noise, 400)."""
    return np.random.default_rng(seed).normal(size=(2, 2, EXAMPLES))


def truth(x: Any) -> Any:
    """Return the common curve."""
    return np.sin(1.5 * x) + 0.3 * x


def features(x: Any, degree: int) -> Any:
    """Return the columns of the model (N, k): powers of x, or for degree 0 the two terms of the truth."""
    if degree == 0:
        return np.stack([np.sin(1.5 * x), x], axis=-1)
    return np.vander(x, degree + 1, increasing=True)


def fit(x: Any, y: Any, degree: int, weights: Any) -> Any:
    """Return the coefficients (k,) of weighted least squares, from its normal equations."""
    a = features(x, degree)
    return np.linalg.solve((a.T * weights) @ a, (a.T * weights) @ y)


def density(x: Any, mean: float, std: float) -> Any:
    """Return the normal density."""
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))


def compute(params: Params, seed: int = 0) -> dict[str, Any]:
    """Return both domains, the two fits, and the error of each fit on each domain."""
    means, stds = (params["mean1"], params["mean2"]), WIDTHS[params["widths"]]
    degree, z = MODELS[params["model"]], _draw(seed)
    x = [mean + std * z[i, 0] for i, (mean, std) in enumerate(zip(means, stds, strict=True))]
    y = [truth(x[i]) + NOISE * z[i, 1] for i in range(2)]
    ones = np.ones(EXAMPLES)
    weights = ones
    if params["weighted"]:
        weights = density(x[0], means[1], stds[1]) / density(x[0], means[0], stds[0])
    weights = weights / weights.sum()
    thetas = [fit(x[0], y[0], degree, weights), fit(x[1], y[1], degree, ones)]
    error = [[float(np.mean((features(x[j], degree) @ theta - y[j]) ** 2)) for j in range(2)] for theta in thetas]
    step = 1e-4
    slopes = [
        float(((features(m + step, degree) - features(m - step, degree)) @ theta).item() / (2 * step))
        for m, theta in zip(np.array(means)[:, None], thetas, strict=True)
    ]
    return {
        "x1": x[0][:SHOWN],
        "y1": y[0][:SHOWN],
        "x2": x[1][:SHOWN],
        "y2": y[1][:SHOWN],
        "curve": CURVE,
        "true": truth(CURVE),
        "fit1": features(CURVE, degree) @ thetas[0],
        "fit2": features(CURVE, degree) @ thetas[1],
        "floor": np.full_like(CURVE, -3.0),
        "p1": -3 + density(CURVE, means[0], stds[0]),
        "p2": -3 + density(CURVE, means[1], stds[1]),
        "pair1": np.array([1, 2]),
        "error1": np.array(error[0]),
        "pair2": np.array([3, 4]),
        "error2": np.array([error[1][1], error[1][0]]),
        "e11": error[0][0],
        "e12": error[0][1],
        "e22": error[1][1],
        "slope1": slopes[0],
        "slope2": slopes[1],
        "useful": 1 / np.sum(weights**2),
        "noise": NOISE**2,
        "transfers": degree == 1 and error[0][1] < 1.2 * error[1][1] and abs(means[0] - means[1]) > 0.9,
    }


def _views() -> list[View]:
    return [
        View(
            "Two domains, one curve",
            Axis("x", -4, 4),
            Axis("y", -3, 3),
            [
                marks.band("curve", "floor", "p1", color="blue", alpha=0.25),
                marks.band("curve", "floor", "p2", color="orange", alpha=0.3),
                marks.line("curve", "true", "the curve", "grey", "dot", width=2),
                marks.points("x1", "y1", "domain 1", "blue", alpha=0.5),
                marks.points("x2", "y2", "domain 2", "orange", "^", alpha=0.6),
                marks.line("curve", "fit1", "fit 1", "blue", width=4),
                marks.line("curve", "fit2", "fit 2", "orange", "dash", width=4),
            ],
            "Points of both domains on a common curve, and one fit for each: slope {slope1:.2f} at the mean of "
            "domain 1, {slope2:.2f} at that of domain 2",
            [
                Handle("Mean 1", x="mean1", y=-2.75, color="blue"),
                Handle("Mean 2", x="mean2", y=-2.75, color="orange"),
            ],
            ratio=0.66,
            size="large",
        ),
        View(
            "Mean squared error",
            Axis("fitted on → tested on", 0.4, 4.6, ticks={1: "1 → 1", 2: "1 → 2", 3: "2 → 2", 4: "2 → 1"}),
            Axis("error", 0.005, 100, log=True),
            [
                marks.bars("pair1", "error1", "fit 1", "blue", 0.7),
                marks.bars("pair2", "error2", "fit 2", "orange", 0.7),
                marks.rule(y="noise", name="noise"),
            ],
            "Errors: fit 1 on domain 1 {e11:.3g}, on domain 2 {e12:.3g}; fit 2 on its own domain {e22:.3g}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    far = {"mean1": -1.0, "mean2": 1.5, "widths": "0.6 and 0.6", "model": "line", "weighted": False}
    near = {"mean1": -0.6, "mean2": 0.9, "widths": "0.9 and 0.45", "model": "line"}
    return Stage(
        "Covariate shift",
        compute,
        [
            Slider("mean1", "Mean 1", MEANS, -1.0, fmt="+.1f"),
            Slider("mean2", "Mean 2", MEANS, 1.5, fmt="+.1f"),
            Choice("widths", "Std of the domains", tuple(WIDTHS), "0.6 and 0.6"),
            Choice("model", "Model", tuple(MODELS), "line"),
            Check("weighted", "Importance weights for fit 1"),
        ],
        _views(),
        coarse={"mean1": 5, "mean2": 5},
        readout="Slope of fit 1 {slope1:+.2f}, of fit 2 {slope2:+.2f}. Fit 1 has error {e11:.3g} at home and {e12:.3g} "
        "on domain 2, where {e22:.3g} is possible. The 400 examples of fit 1 are worth {useful:.0f}.",
        presets=[
            Preset("Fits do not transfer", far, "The same curve, two lines with opposite slopes."),
            Preset("The right model", {**far, "model": "the true form"}, "With the true form both domains agree."),
            Preset("Overlap", {**near, "weighted": False}, "Domain 1 is wide enough to have seen domain 2."),
            Preset("Weights repair it", {**near, "weighted": True}, "Each example counts p₂(x)/p₁(x)."),
            Preset("Weights fail", {**far, "weighted": True}, "Hardly any example of domain 1 lies in domain 2."),
        ],
        prediction=Prediction(
            "y depends on x in the same way in both domains. We fit a line in each. The two slopes ...",
            ["agree, but for noise", "differ a little", "have opposite signs"],
            2,
            "Slope {slope1:+.2f} and {slope2:+.2f}. A line is too simple for the curve, so what it learns depends on "
            "where the examples lie.",
            far,
        ),
        goal=Goal("a line from domain 1 that is as good as domain 2's own, with means 1 or more apart.", "transfers"),
    )
