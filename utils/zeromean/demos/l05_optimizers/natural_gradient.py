"""Lecture 5: the natural gradient asks how much the *answers* change, not the weights. Red: gradient; green: natural.

The picture that is the idea: the ellipse of equal change of the answers, and where each direction leaves it. A linear
model y = w·x with noise of variance 1 has the Fisher matrix E[x xᵀ] (Amari 1998), so scaling and turning the inputs
bends the red path and never the green one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

STRETCHES = (1.0, 2.0, 4.0, 8.0)
ANGLE = 30.0  # of the stretched direction, in degrees
RATES = (0.1, 0.3, 1.0)
WHERE = np.arange(0, 360, 15)
STEPS, RADIUS = 16, 2.2
LEVELS = np.array([0.05, 0.2, 0.5, 1, 2, 4, 8, 16])
ROUND = np.stack([f(np.linspace(0, 2 * np.pi, 73)) for f in (np.cos, np.sin)])  # a circle (2, 73)


def fisher(stretch: float) -> Any:
    """Return the Fisher matrix (2, 2): the second moments of inputs that are stretched along a turned axis."""
    t = np.radians(ANGLE)
    turn = np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    return turn @ np.diag([1 / stretch, stretch]) @ turn.T


def walks(F: Any, start: Any, rate: float) -> tuple[Any, Any]:
    """Return the paths (17, 2) of the gradient and of the natural gradient on the loss w F w / 2, from `start`.

    The rate of the plain gradient is measured in 1.8 over the largest curvature, so that it is nearly the boldest.
    """
    bold = 1.8 / np.linalg.eigvalsh(F)[-1]
    red, green = [start], [start]
    for _ in range(STEPS):
        red.append(red[-1] - rate * bold * F @ red[-1])
        green.append(green[-1] - rate * np.linalg.inv(F) @ (F @ green[-1]))
    return np.array(red), np.array(green)


@cache
def _bowl(stretch: float) -> Any:
    """Return the lines (2, 8, 73) where the loss w F w / 2 is one of LEVELS, each coordinate by itself."""
    values, axes = np.linalg.eigh(fisher(stretch))
    return np.einsum("ij,l,jt->ilt", axes / np.sqrt(values), np.sqrt(2 * LEVELS), ROUND)


def compute(params: Params) -> dict[str, Any]:
    """Return both paths over the loss, the ellipse of equal answers at the start, and both paths among the answers."""
    stretch, rate = float(params["stretch"]), float(params["rate"])
    F, at = fisher(stretch), np.radians(float(params["where"]))
    start = RADIUS * np.array([np.cos(at), np.sin(at)])
    red, green = walks(F, start, rate)
    values, axes = np.linalg.eigh(F)
    root = (
        axes @ np.diag(np.sqrt(values / values[-1])) @ axes.T
    )  # lengths of root w are sizes of answers, up to a factor
    ring = start[:, None] + 0.7 / np.sqrt(values[-1]) * np.linalg.inv(root) @ ROUND
    slope = F @ start
    turned = np.degrees(np.arccos(np.clip(slope @ start / np.linalg.norm(slope) / RADIUS, -1, 1)))
    losses = [np.maximum(np.einsum("ti,ij,tj->t", w, F, w) / 2, 1e-9) for w in (red, green)]
    return {
        "bowl_x": _bowl(stretch)[0],
        "bowl_y": _bowl(stretch)[1],
        "red_x": red[:, 0],
        "red_y": red[:, 1],
        "green_x": green[:, 0],
        "green_y": green[:, 1],
        "ring_x": ring[0],
        "ring_y": ring[1],
        "red_u": (red @ root)[:, 0],
        "red_v": (red @ root)[:, 1],
        "green_u": (green @ root)[:, 0],
        "green_v": (green @ root)[:, 1],
        "circle_x": ROUND[0] * np.arange(0.5, 2.5, 0.5)[:, None],
        "circle_y": ROUND[1] * np.arange(0.5, 2.5, 0.5)[:, None],
        "step": np.arange(STEPS + 1),
        "red_loss": losses[0],
        "green_loss": losses[1],
        "condition": stretch**2,
        "turned": turned,
        "red_end": losses[0][-1] / losses[0][0],
        "green_end": losses[1][-1] / losses[1][0],
        "astray": turned > 70,
    }


def _pair(x: str, y: str) -> list[Any]:
    """Return both paths with their steps."""
    return [
        marks.line(f"red_{x}", f"red_{y}", "gradient", "vermilion", width=2),
        marks.points(f"red_{x}", f"red_{y}", color="vermilion", marker="s", size=3.5, follow="step"),
        marks.line(f"green_{x}", f"green_{y}", "natural", "green", "dash", width=3),
        marks.points(f"green_{x}", f"green_{y}", color="green", size=3.5, follow="step"),
    ]


def demo() -> Stage:
    """Return the demo."""
    circle = [(RADIUS * float(np.cos(np.radians(a))), RADIUS * float(np.sin(np.radians(a)))) for a in WHERE]
    return Stage(
        "Natural gradient: straight for the answers",
        compute,
        [
            Slider("where", "Start, on its circle", WHERE, 45, unit="°", fmt="d"),
            Slider("stretch", "Stretch of the inputs", STRETCHES, 4.0),
            Slider("rate", "Rate, of the boldest", RATES, 0.3),
        ],
        [
            View(
                "Weights: drag the start",
                Axis("w₁", -3, 3),
                Axis("w₂", -2.6, 2.6),
                [
                    marks.line("bowl_x", "bowl_y", "", "grey", width=1),
                    marks.line("ring_x", "ring_y", "", "purple", "dot", width=2.5),
                    *_pair("x", "y"),
                ],
                "Both paths among the weights: the gradient starts {turned:.0f} degrees off the way to the bottom, "
                "the natural "
                "gradient goes straight",
                [Handle("Start", along="where", path=circle, color="ink")],
                ratio=0.8,
                size="large",
                equal=True,
            ),
            View(
                "In answers",
                Axis("direction 1", -2.4, 2.4),
                Axis("direction 2", -2.4, 2.4),
                [marks.line("circle_x", "circle_y", "", "grey", width=1), *_pair("u", "v")],
                "Among the answers the loss is round at every setting; condition number of the weights {condition:.0f}",
                equal=True,
            ),
            View(
                "Loss",
                Axis("step", 0, STEPS),
                Axis("loss", 1e-6, 100, log=True),
                [
                    marks.line("step", "red_loss", "gradient", "vermilion"),
                    marks.line("step", "green_loss", "natural", "green", "dash"),
                ],
                "Loss after 16 steps: {red_end:.2g} of the first for the gradient, {green_end:.2g} for the natural "
                "gradient",
            ),
        ],
        formula="[vermilion:w ← w − η g],  [green:w ← w − η F^(−1) g],  F = E[x x^T];  condition number "
        "{condition:.0f}",
        readout="The gradient starts {turned:.0f}° off the way to the bottom. Of the loss it leaves {red_end:.2g} "
        "after 16 "
        "steps, the natural gradient {green_end:.2g}.",
        presets=[
            Preset("Round", {"stretch": 1.0}, "On white inputs both are the same direction."),
            Preset("Zig-zag down the wall", {"stretch": 8.0, "where": 105, "rate": 1.0}, "Bold across, timid along."),
            Preset(
                "Nearly sideways",
                {"stretch": 8.0, "where": 45, "rate": 0.3},
                "The steepest way is hardly the way home.",
            ),
            Preset("One step", {"stretch": 4.0, "rate": 1.0}, "At rate 1 the natural gradient is there at once."),
        ],
        prediction=Prediction(
            "Inputs are stretched, so the loss becomes a ravine of condition number 64. What happens to the path of "
            "the natural gradient?",
            ["it zig-zags as well", "it bends, but less", "it stays a straight line"],
            2,
            "It measures a step by what it does to the answers (dotted), and that ellipse has the shape of the "
            "contours. The "
            "gradient starts {turned:.0f}° off.",
            {"stretch": 8.0, "where": 45, "rate": 0.3},
        ),
        goal=Goal("a start from which the gradient sets out more than 70° off the way.", "astray"),
    )
