"""Lecture 2: pull a box of data, and the valley of the loss answers. Scaled to (0, 1), it is still no circle.

The model of Huang's slides: two weights, inputs spread evenly over a box. Where the data reach far, the loss is steep.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

WIDTHS = (0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.25, 1.5, 1.75, 2.0)
TURN = np.linspace(0, 2 * np.pi, 49)
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)])
LEVELS = np.array([0.2, 0.4, 0.6])  # roots of twice the loss
SPREAD = np.random.default_rng(4).random((40, 2))


@cache
def curvature(width1: float, width2: float, centred: bool) -> Any:
    """Return E[x x^T] of inputs that are spread evenly over (0, width1) x (0, width2), or over the box centred."""
    widths = np.array([width1, width2])
    mean = np.zeros(2) if centred else widths / 2
    return np.diag(widths**2 / 12) + np.outer(mean, mean)


@cache
def spectrum(width1: float, width2: float, centred: bool) -> tuple[Any, Any]:
    """Return the curvatures of the loss, from the smallest, and their directions as columns."""
    found = np.linalg.eigh(curvature(width1, width2, centred))
    return found.eigenvalues, found.eigenvectors


@cache
def descent(width1: float, width2: float, centred: bool) -> Any:
    """Return the path (25, 2) of gradient descent at the best rate, from (1.6, -0.9) to the minimum at 0."""
    values, _ = spectrum(width1, width2, centred)
    shrink = np.eye(2) - 2 / (values[0] + values[1]) * curvature(width1, width2, centred)
    path = [np.array([1.6, -0.9])]
    for _ in range(24):
        path.append(shrink @ path[-1])
    return np.array(path)


def compute(params: Params) -> dict[str, Any]:
    """Return the box with its data, the contours of the loss, and the path of descent."""
    width1, width2, centred = float(params["width1"]), float(params["width2"]), bool(params["centred"])
    values, axes = spectrum(width1, width2, centred)
    widths = np.array([width1, width2])
    low = -widths / 2 if centred else np.zeros(2)
    unit = axes @ (CIRCLE / np.sqrt(values)[:, None])
    box = low + widths * np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    data, path = low + widths * SPREAD, descent(width1, width2, centred)
    kappa = float(values[1] / values[0])
    losses = 0.5 * np.einsum("ki,ij,kj->k", path, curvature(width1, width2, centred), path)
    return {
        "ring_x": LEVELS[:, None] * unit[0],
        "ring_y": LEVELS[:, None] * unit[1],
        "box_x": box[:, 0],
        "box_y": box[:, 1],
        "data_x": data[:, 0],
        "data_y": data[:, 1],
        "path_x": path[:, 0],
        "path_y": path[:, 1],
        "step": np.arange(len(path)),
        "loss": np.maximum(losses / losses[0], 1e-13),
        "raw_x": widths[0] * np.array([0, 1, 1, 0, 0]),
        "raw_y": widths[1] * np.array([0, 0, 1, 1, 0]),
        "which": np.arange(2),
        "values": values,
        "zero": np.zeros(1),
        "small": values[0],
        "large": values[1],
        "kappa": kappa,
        "left": float(losses[10] / losses[0]) if losses[10] > 1e-30 else 0.0,  # rounding leaves a rest
        "round": kappa < 1.02,
    }


def _views() -> list[View]:
    return [
        View(
            "Data, and the valley of their loss",
            Axis("input 1, weight 1 − its best", -2.3, 2.3),
            Axis("input 2, weight 2 − its best", -1.6, 1.6),
            [
                marks.line("raw_x", "raw_y", "", "grey", "dash", width=2),
                marks.points("data_x", "data_y", "", "orange", size=4, alpha=0.8),
                marks.line("box_x", "box_y", "data", "orange", width=3),
                marks.line("ring_x", "ring_y", "", "blue", width=2),
                marks.line("path_x", "path_y", "", "ink", marker="o", width=1.5),
                marks.points("zero", "zero", color="green", marker="d", size=8, alpha=1),
            ],
            "A box of data, {width1:.3g} wide and {width2:.3g} high, and contours of the loss, {kappa:.3g} times as "
            "steep in "
            "one direction as in the other",
            [Handle("Widths of both inputs", x="width1", y="width2")],
            size="large",
            ratio=0.74,
            equal=True,
        ),
        View(
            "Curvatures",
            Axis("", -0.7, 1.7, ticks={0: "flat", 1: "steep"}),
            Axis("curvature", 1e-3, 10, log=True),
            [marks.bars("which", "values", "", "blue", width=0.6)],
            "Curvatures {small:.3g} and {large:.3g}",
        ),
        View(
            "Loss",
            Axis("step", 0, 24),
            Axis("share of the first loss", 1e-12, 2, log=True),
            [marks.line("step", "loss", "", "ink", marker="o")],
            "Loss over 24 steps at the best rate: after ten, {left:.1e} of the first",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Two weights and a box of data",
        compute,
        [
            Slider("width1", "Input 1 up to", WIDTHS, 2.0),
            Slider("width2", "Input 2 up to", WIDTHS, 0.5),
            Check("centred", "Subtract the mean"),
        ],
        _views(),
        formula="E[xx^T]: [blue:steep / flat] = {large:.3g} / {small:.3g} = [blue:{kappa:.4g}]",
        readout="Inputs {width1:.3g} and {width2:.3g} wide: {kappa:.4g} times as steep as flat. Ten steps at the best"
        " rate leave {left:.2g} of the loss.",
        presets=[
            Preset("The slide, before", {"width1": 2.0, "width2": 0.5, "centred": False}),
            Preset("Scaled, and no circle", {"width1": 1.0, "width2": 1.0, "centred": False}, "Its mean is one half."),
            Preset("Only centred", {"width1": 2.0, "width2": 0.5, "centred": True}, "Straight, and still long."),
            Preset("Both", {"width1": 1.0, "width2": 1.0, "centred": True}, "One step."),
        ],
        prediction=Prediction(
            "Both inputs are rescaled to lie between 0 and 1. Are the contours now circles?",
            ["yes", "nearly, within a tenth", "no, seven times as steep one way"],
            2,
            "Both inputs have one scale, but their means are ½ each: together they move the output, and the loss is "
            "steep in "
            "that direction, {kappa:.3g} to 1.",
            {"width1": 1.0, "width2": 1.0, "centred": False},
        ),
        goal=Goal("contours that are circles.", "round"),
    )
