"""Lecture 3: six activation functions, and what they do at one place: what goes up, and what comes back.

The picture that is the idea: a curve and its tangent. The height is what the unit says; the slope is what it lets
through to the weights below, and where the tangent lies flat, nothing comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

CURVES: dict[str, Callable[[Any, float], Any]] = {
    "sigmoid": lambda x, alpha: 0.5 * (1 + anp.tanh(0.5 * x)),
    "tanh": lambda x, alpha: anp.tanh(x),
    "ReLU": lambda x, alpha: anp.where(x > 0, x, 0.0),
    "leaky ReLU": lambda x, alpha: anp.where(x > 0, x, alpha * x),
    "ELU": lambda x, alpha: anp.where(x > 0, x, alpha * (anp.exp(anp.where(x > 0, 0.0, x)) - 1)),
    "straight line": lambda x, alpha: x,
}
FRAMES = {"sigmoid": (-0.5, 1.5), "tanh": (-1.6, 1.6)}
ALPHAS = (0.01, 0.1, 0.25, 0.5, 1.0, 2.0)
PLACES = np.round(np.arange(-10, 10.5, 0.5), 1)
X = np.linspace(-10, 10, 201)
EDGES = np.linspace(-3, 3, 61)
MIDDLES = (EDGES[:-1] + EDGES[1:]) / 2
REACH = 2.5  # how far the tangent is drawn to each side


def values(name: str, x: Any, alpha: float = 1.0) -> Any:
    """Return the activation `name` at x (...), with the slope or floor `alpha` where it has one."""
    return CURVES[name](np.asarray(x, float), alpha)


def slopes(name: str, x: Any, alpha: float = 1.0) -> Any:
    """Return the derivative of the activation at x (n,); at a kink that of the left side, as the course agrees."""
    return elementwise_grad(CURVES[name])(np.asarray(x, float), alpha)


@cache
def moments(name: str, alpha: float = 1.0) -> tuple[float, float, float]:
    """Return mean and standard deviation of f(z) with z ~ N(0, 1), and the gain 1 / sqrt(E f(z)^2)."""
    z = np.linspace(-10, 10, 40001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    y = values(name, z, alpha)
    mean, square = float(weight @ y), float(weight @ y**2)
    return mean, float(np.sqrt(square - mean**2)), float(1 / np.sqrt(square))


@cache
def _hill(name: str, alpha: float) -> Any:
    """Return the shares of f(z) between EDGES in per cent, for 200 000 evenly likely z of N(0, 1)."""
    z = np.linspace(-5, 5, 200001)
    weight = np.exp(-z * z / 2)
    y = np.clip(values(name, z, alpha), EDGES[0], EDGES[-1])
    return 100 * np.histogram(y, EDGES, weights=weight / weight.sum())[0]


@cache
def _curves(name: str, alpha: float) -> dict[str, Any]:
    """Return what does not depend on the place: the curve, its slope, and what it makes of N(0, 1)."""
    mean, std, gain = moments(name, alpha)
    leaky = name == "leaky ReLU"
    low, high = FRAMES.get(name, (-6.5, 10.0))
    return {
        "y": values(name, X, alpha),
        "d": slopes(name, X, alpha),
        "larger": np.maximum(alpha * X, X) if leaky and alpha > 1 else np.full(len(X), np.nan),
        "hill": _hill(name, alpha),
        "low": low,
        "high": high,
        "mean": mean,
        "std": std,
        "gain": gain,
    }


def compute(params: Params) -> dict[str, Any]:
    """Return curve, slope and histogram, and value and tangent at one place."""
    name, alpha, x = str(params["name"]), float(params["alpha"]), float(params["x"])
    if name not in ("leaky ReLU", "ELU"):
        alpha = 1.0
    here, slope = float(values(name, x, alpha)), float(slopes(name, np.array([x]), alpha)[0])
    ends = np.array([x - REACH, x + REACH])
    return {
        "x_axis": X,
        "edges": EDGES,
        **_curves(name, alpha),
        "ends": ends,
        "tangent": here + slope * (ends - x),
        "here": here,
        "grip": np.clip(here, *FRAMES.get(name, (-6.5, 10.0))),
        "steepest": max(1.2, alpha + 0.2),
        "slope": slope,
        "wakes": name != "straight line" and abs(float(slopes(name, np.array([-10.0]), alpha)[0])) >= 0.1,
    }


def _views() -> list[View]:
    x = Axis("x", -10, 10)
    return [
        View(
            "The curve, and its tangent at x",
            x,
            Axis("f(x)", "low", "high"),
            [
                marks.rule(y=0.0, dash="dot"),
                marks.line("x_axis", "larger", "max(αx, x)", "purple", "dash"),
                marks.line("x_axis", "y", "f", "blue", width=4),
                marks.line("ends", "tangent", "", "vermilion", width=5),
            ],
            "The curve of the {name}, with its tangent at x = {x:.3g}: height {here:.4g}, slope {slope:.2g}",
            [Handle("Place x on the curve", x="x", y="grip", color="vermilion")],
            size="large",
        ),
        View(
            "Its slope",
            x,
            Axis("f′(x)", -0.1, "steepest"),
            [
                marks.line("x_axis", "d", "f′", "vermilion"),
                marks.rule(x="x", color="grey", dash="dot"),
                marks.rule(y=0.25, name="¼", dash="dot"),
            ],
            "The derivative of the {name}: {slope:.2g} at x = {x:.3g}",
            [Handle("Place x on the slope", x="x", y="slope", color="ink")],
        ),
        View(
            "Of x ~ N(0, 1)",
            Axis("f(x)", -3, 3),
            Axis("per cent", 0, 20),
            [
                marks.histogram("edges", "hill", "", "sky"),
                marks.rule(x="mean", name="mean", color="ink"),
            ],
            "Histogram of the outputs for normal inputs: mean {mean:.3f}, std {std:.3f}, gain {gain:.3f}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Curve explorer: what goes up, and what comes back",
        compute,
        [
            Choice("name", "Activation", tuple(CURVES), "sigmoid"),
            Slider("x", "Place x", PLACES, 2.0),
            Slider("alpha", "α of leaky ReLU and ELU", ALPHAS, 0.1),
        ],
        _views(),
        formula="up: f(x) = [blue:{here:.4g}];  back: dL/dx = [vermilion:f′(x)] · dL/df = "
        "[vermilion:{slope:.2g}] · dL/df",
        readout="{name} at x = {x:.3g}: value {here:.4g}, slope {slope:.2g}. For x ~ N(0, 1): mean {mean:.3f}, "
        "std {std:.3f}, gain {gain:.3f}.",
        presets=[
            Preset("Saturated", {"name": "sigmoid", "x": 10.0}, "Sure of itself, and deaf."),
            Preset("At its best", {"name": "sigmoid", "x": 0.0}, "A quarter comes back."),
            Preset("Cut off", {"name": "ReLU", "x": -10.0}, "Nothing goes up or comes back."),
            Preset("On the kink", {"name": "ReLU", "x": 0.0}, "We agree on the left side: 0."),
            Preset("A small leak", {"name": "leaky ReLU", "x": -10.0, "alpha": 0.01}, "A hundredth comes back."),
            Preset(
                "Two rules part",
                {"name": "leaky ReLU", "x": -3.0, "alpha": 2.0},
                "Beyond α = 1, max(αx, x) is another function.",
            ),
        ],
        prediction=Prediction(
            "A sigmoid unit receives x = 10. From above comes a gradient of 1. How much of it goes on to the weights?",
            ["nearly all of it", "a quarter", "about a thousandth", "less than a ten-thousandth"],
            3,
            "f′(10) = {slope:.2g}. A unit that is sure of itself does not learn, whether it is right or wrong.",
            {"name": "sigmoid", "x": 10.0},
        ),
        goal=Goal("a bent curve that still lets a tenth of the gradient through at x = −10.", "wakes"),
    )
