"""Lecture 3: a maxout unit is the larger of two lines. Drag them: it is ReLU, leaky ReLU, |x|, or what you like.

The picture that is the idea: two lines with grips at their ends, and what is on top of both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

SIDE = 2.0  # the lines are held at x = -2 and x = 2
HEIGHTS = (-2.0, -1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0, 2.0)
BOTH = np.array([-SIDE, SIDE])


def unit(params: Params) -> tuple[float, float, float, float]:
    """Return slopes and offsets w1, b1, w2, b2 of the two lines from their heights at x = -2 and x = 2."""
    one, other, left, right = (float(params[key]) for key in ("left1", "right1", "left2", "right2"))
    return (other - one) / (2 * SIDE), (one + other) / 2, (right - left) / (2 * SIDE), (left + right) / 2


def crossing(w1: float, b1: float, w2: float, b2: float) -> float:
    """Return the x at which the other line takes over; beyond both sides if one is always on top."""
    if w1 == w2:
        return math.inf if b1 != b2 else 0.0
    return (b2 - b1) / (w1 - w2)


def name_of(w1: float, b1: float, w2: float, b2: float) -> str:
    """Say which known unit the larger of the two lines is."""
    gentle, steep = sorted((w1, w2))
    if (w1, b1) == (w2, b2):
        return "one line, twice"
    if w1 == w2:
        return "a straight line"
    if abs(crossing(w1, b1, w2, b2)) >= SIDE:
        return "one of the two lines, as far as we see"
    if b1 != b2 or steep != 1 or b1 != 0:
        return "a bend of its own"
    known = {0.0: "ReLU", -1.0: "|x|"}
    return known.get(gentle, f"leaky ReLU with α = {gentle:g}" if gentle > 0 else "steeper than ReLU on the left")


def compute(params: Params) -> dict[str, Any]:
    """Return both lines, the larger of them, its slopes, and which share of N(0, 1) each line answers."""
    w1, b1, w2, b2 = lines = unit(params)
    at = crossing(*lines)
    bend = min(max(at, -SIDE), SIDE)
    corners = (-SIDE, bend, SIDE)
    below = 0.5 * (1 + math.erf(at / math.sqrt(2)))  # the share left of the crossing, where the gentler line is on top
    share = (1 - below if w1 > w2 else below) if w1 != w2 else float(b1 >= b2)
    left, right = min(w1, w2), max(w1, w2)
    if w1 == w2:
        share, left = float(b1 >= b2), w1
    left, right = (left if bend > -SIDE else right), (right if bend < SIDE else left)
    return {
        "both": BOTH,
        "line1": np.array([params["left1"], params["right1"]], np.float32),
        "line2": np.array([params["left2"], params["right2"]], np.float32),
        "corner_x": np.array(corners, np.float32),
        "top": np.array([max(w1 * x + b1, w2 * x + b2) for x in corners], np.float32),
        "step_x": np.array([-SIDE, bend, bend, SIDE], np.float32),
        "step_y": np.array([left, left, right, right], np.float32),
        "who": np.array([100 * share, 100 - 100 * share], np.float32),
        "which": np.arange(1, 3, dtype=np.uint8),
        "share": share,
        "w1": w1,
        "b1": b1,
        "w2": w2,
        "b2": b2,
        "left": left,
        "right": right,
        "word": name_of(*lines),
        "is_abs": w1 == -w2 and abs(w1) == 1 and b1 == b2 == 0,
    }


def _views() -> list[View]:
    return [
        View(
            "The larger of two lines",
            Axis("x", -2.15, 2.15),
            Axis("max(w₁x + b₁, w₂x + b₂)", -2.3, 2.3),
            [
                marks.line("corner_x", "top", "", "sky", width=11, alpha=0.6),
                marks.line("both", "line1", "", "blue", width=2.5),
                marks.line("both", "line2", "", "vermilion", "dash", width=2.5),
            ],
            "Two lines, of slopes {w1:.3g} and {w2:.3g}, and the larger of them, drawn broad: {word}",
            [
                Handle("Line 1, left end", x=-SIDE, y="left1", color="blue"),
                Handle("Line 1, right end", x=SIDE, y="right1", color="blue"),
                Handle("Line 2, left end", x=-SIDE, y="left2", color="vermilion"),
                Handle("Line 2, right end", x=SIDE, y="right2", color="vermilion"),
            ],
            size="large",
        ),
        View(
            "Its slope",
            Axis("x", -2.15, 2.15),
            Axis("slope", -1.15, 1.15),
            [marks.rule(y=0.0, dash="dot"), marks.line("step_x", "step_y", "", "green", width=3.5)],
            "The slope of the unit: {left:.3g} on the left, {right:.3g} on the right",
        ),
        View(
            "Who answers",
            Axis("line", 0.4, 2.6, ticks={1: "1", 2: "2"}),
            Axis("per cent of the inputs", 0, 100),
            [marks.bars("which", "who", "", "purple", 0.6)],
            "Line 1 is on top, and is the one that learns, for {share:.0%} of the inputs",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Maxout: the larger of two lines",
        compute,
        [
            Slider("left1", "Line 1 at x = −2", HEIGHTS, -1.0),
            Slider("right1", "at x = 2", HEIGHTS, 0.5),
            Slider("left2", "Line 2 at x = −2", HEIGHTS, 0.5),
            Slider("right2", "at x = 2", HEIGHTS, -0.2),
        ],
        _views(),
        formula="max([blue:{w1:.3g} x {b1:+.3g}], [vermilion:{w2:.3g} x {b2:+.3g}]): {word}",
        readout="This unit is {word}: slope {left:.3g} on the left, {right:.3g} on the right; line 1 answers "
        "{share:.0%} of normal inputs.",
        presets=[
            Preset("Half is cut off", {"left1": -2.0, "right1": 2.0, "left2": 0.0, "right2": 0.0}, "w₂ = 0: ReLU."),
            Preset("It leaks", {"left1": -2.0, "right1": 2.0, "left2": -0.2, "right2": 0.2}, "w₂ = 0.1 w₁: leaky."),
            Preset("Only the size", {"left1": -2.0, "right1": 2.0, "left2": 2.0, "right2": -2.0}, "w₂ = −w₁: |x|."),
            Preset(
                "One line never wins",
                {"left1": -0.5, "right1": 2.0, "left2": -2.0, "right2": 1.0},
                "A piece can be dead, even if the unit is not.",
            ),
        ],
        prediction=Prediction(
            "A unit takes the larger of two lines. Which of these can it NOT be?",
            ["ReLU", "|x|", "a straight line", "tanh"],
            3,
            "The larger of two lines bends upwards, as {word} does here; it can bend to no ceiling.",
            {"left1": -2.0, "right1": 2.0, "left2": 2.0, "right2": -2.0},
        ),
        goal=Goal("drag the lines until the unit is |x|.", "is_abs"),
    )
