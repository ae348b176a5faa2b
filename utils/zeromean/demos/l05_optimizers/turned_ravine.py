"""Lecture 5: turn the ravine, and rules that have a rate for each weight lose all that they won.

The picture that is the idea: one ravine under the hand, four walks in it. Adding and scaling vectors commutes with a
turn; squares and roots taken entry by entry do not.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training.rules import RULES, Memory

ANGLES = np.arange(0, 91, 5)
CONDITIONS = {"10": 10.0, "100": 100.0}
SHOWN, MOST, NEAR, WINDOW = 60, 2000, 0.01, 10
START = np.array([1.3, 0.7])  # along the ravine, and across it
RADII = np.array([0.03, 0.1, 0.18, 0.32, 0.56, 1.0, 1.8])  # of the lines of equal loss, across the ravine
RATES = {"sgd": 0.0, "momentum": 1.0, "adagrad": 0.5, "adam": 0.1}  # those of the first two over the curvature
NAMES = {"sgd": "gradient descent", "momentum": "momentum", "adagrad": "AdaGrad", "adam": "Adam"}
LOOKS = {
    "sgd": ("vermilion", "dot", "x"),
    "momentum": ("blue", "", "o"),
    "adagrad": ("green", "dash", "^"),
    "adam": ("orange", "dashdot", "s"),
}


def turns() -> Any:
    """Return the rotation (19, 2, 2) of every angle."""
    t = np.radians(ANGLES)
    return np.moveaxis(np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]), -1, 0)


def rate_of(name: str, condition: float) -> float:
    """Return the rate of a rule: the best there is for gradient descent, one over the curvature for momentum."""
    return {"sgd": 2 / (condition + 1), "momentum": 1 / condition}.get(name, RATES[name])


@cache
def walks(name: str, condition: float) -> tuple[Any, Any, Any]:
    """Return paths (19, 61, 2), steps until NEAR (19,), and step over gradient (19, 2), for all angles at once."""
    turn, rate = turns(), rate_of(name, condition)
    memory: Memory = {}
    H = turn @ np.diag([1.0, condition]) @ np.swapaxes(turn, 1, 2)
    w = turn @ START
    path, needed, gone, met = [w], np.full(len(turn), MOST), np.zeros((2, *w.shape)), 0
    for number in range(1, MOST + 1):
        g = np.einsum("aij,aj->ai", H, w)
        new, memory = RULES[name](w, g, memory, rate)
        if number <= WINDOW:
            gone += np.abs([new - w, g])
        w = new
        if number <= SHOWN:
            path.append(w)
        met = np.linalg.norm(w, axis=1) < NEAR
        needed = np.where(met & (needed == MOST), number, needed)
        if number >= SHOWN and (needed < MOST).all():
            break
    return np.stack(path, axis=1), needed, gone[0] / gone[1]


@cache
def _rings(condition: float, position: int) -> Any:
    """Return ellipses (2, 7, 73) of equal loss around the bottom, each coordinate by itself."""
    t = np.linspace(0, 2 * np.pi, 73)
    along, across = np.sqrt(condition) * np.cos(t), np.sin(t)
    return np.einsum("ij,r,jt->irt", turns()[position], RADII, np.stack([along, across]))


def compute(params: Params) -> dict[str, Any]:
    """Return the turned ravine, the four walks, the steps that each needs at every angle, and its effective rates."""
    condition, angle = CONDITIONS[params["condition"]], int(params["angle"])
    at = int(np.flatnonzero(angle == ANGLES)[0])
    rings = _rings(condition, at)
    out: dict[str, Any] = {"ring_x": rings[0], "ring_y": rings[1], "angles": ANGLES, "rule": np.arange(4)}
    for name in RATES:
        path, needed, _ = walks(name, condition)
        out |= {
            f"{name}_x": path[at, :, 0],
            f"{name}_y": path[at, :, 1],
            f"{name}_all": needed,
            f"{name}_steps": int(needed[at]),
        }
    rates = np.array([walks(name, condition)[2][at] for name in RATES])
    out |= {"rate_1": rates[:, 0], "rate_2": rates[:, 1], "apart": float(rates[3, 0] / rates[3, 1])}
    out["equal"] = out["adam_steps"] > 3 * out["momentum_steps"]
    return out


def _views() -> list[View]:
    circle = [(1.3 * float(np.cos(np.radians(a))), 1.3 * float(np.sin(np.radians(a)))) for a in ANGLES]
    walked = []
    for name, (color, dash, shape) in LOOKS.items():
        walked += [
            marks.line(f"{name}_x", f"{name}_y", "", color, dash, width=1.8),
            marks.points(f"{name}_x", f"{name}_y", NAMES[name], color, shape, 4, 0.9),
        ]
    return [
        View(
            "Four walks in one ravine: turn it",
            Axis("w₁", -1.7, 1.7),
            Axis("w₂", -1.0, 1.7),
            [marks.line("ring_x", "ring_y", "", "grey", width=1), *walked],
            "A ravine turned by {angle} degrees with four walks of 60 steps",
            [Handle("Direction of the ravine", along="angle", path=circle, color="ink")],
            ratio=0.79,
            size="large",
            equal=True,
        ),
        View(
            "Steps needed",
            Axis("angle of the ravine", 0, 90, ticks={a: f"{a}°" for a in (0, 45, 90)}),
            Axis("steps", 5, 2000, log=True),
            [
                *[marks.line("angles", f"{n}_all", NAMES[n], *LOOKS[n][:2], LOOKS[n][2]) for n in LOOKS],
                marks.rule(x="angle", color="ink", dash="dot"),
            ],
            "Steps until 0.01 from the bottom. At {angle} degrees: gradient descent {sgd_steps}, momentum "
            "{momentum_steps}, "
            "AdaGrad {adagrad_steps}, Adam {adam_steps}",
        ),
        View(
            "Rates in use",
            Axis("", -0.5, 3.5, ticks={0: "GD", 1: "mom.", 2: "AdaG", 3: "Adam"}),
            Axis("step / gradient", 1e-3, 10, log=True),
            [
                marks.points("rule", "rate_1", "w₁", "purple", "d", 8, alpha=1),
                marks.points("rule", "rate_2", "w₂", "sky", "o", 8, alpha=1),
            ],
            "Effective rate of each weight in the first ten steps: that of Adam is {apart:.2g} times larger for w₁",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Turned ravine: who depends on the axes",
        compute,
        [
            Slider("angle", "Angle of the ravine", ANGLES, 0, unit="°", fmt="d"),
            Choice("condition", "Condition number", tuple(CONDITIONS), "100"),
        ],
        _views(),
        formula="steps: [vermilion:descent {sgd_steps}], [blue:momentum {momentum_steps}], [green:AdaGrad "
        "{adagrad_steps}], [orange:Adam {adam_steps}]",
        readout="At {angle}°, to 0.01 from the bottom: gradient descent {sgd_steps} steps, momentum "
        "{momentum_steps}, AdaGrad "
        "{adagrad_steps}, Adam {adam_steps}.",
        presets=[
            Preset("Along an axis", {"angle": 0, "condition": "100"}, "A rate for each weight makes the ravine round."),
            Preset(
                "Nothing left at the diagonal",
                {"angle": 45, "condition": "100"},
                "Both weights see the same gradients.",
            ),
            Preset("Gentle, turned", {"angle": 45, "condition": "10"}, "The price falls with the condition number."),
        ],
        prediction=Prediction(
            "Along an axis Adam needs 39 steps and momentum 88. The ravine is turned by 45°, the start with it. Who "
            "is ahead now?",
            ["still Adam", "both need about 90", "momentum, by far"],
            2,
            "Momentum needs {momentum_steps} steps again, to the step; Adam {adam_steps}, because both weights now "
            "see the same "
            "gradients and so get the same rate.",
            {"angle": 45, "condition": "100"},
        ),
        goal=Goal("the smallest turn at which Adam needs three times as many steps as momentum.", "equal"),
    )
