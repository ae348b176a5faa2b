"""Lecture 2: a table of three rows, prepared in six ways. The valley of its loss is a needle, until it is a circle.

The rows are those of Xuming He's slides. Around the minimum, the arrow of the step and the arrow to the minimum.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import preparing

ROWS = np.array([[114.8, 0.00323], [338.1, 0.00183], [98.8, 0.00279]])
TARGETS = np.array([5.1, 3.2, 4.1])
ANGLES = np.arange(0, 360, 15)
TURN = np.linspace(0, 2 * np.pi, 97)
SIZES = np.array([0.25, 0.5, 0.75, 1.0, 1.3])
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)])


@cache
def curvature(kind: str, bias: bool = False) -> Any:
    """Return E[x x^T] of the prepared table, with a column of ones if there is a bias."""
    shift, matrix = preparing.fit(kind, ROWS)
    x = (ROWS - shift) @ matrix
    if bias:
        x = np.hstack([x, np.ones((len(x), 1))])
    return np.einsum("ni,nj->ij", x, x) / len(x)


@cache
def spectrum(kind: str, bias: bool = False) -> tuple[Any, Any]:
    """Return the curvatures, from the smallest, and their directions as columns."""
    found = np.linalg.eigh(curvature(kind, bias))
    return found.eigenvalues, found.eigenvectors


def condition(kind: str, bias: bool = False) -> float:
    """Return how many times the largest curvature is the smallest."""
    values, _ = spectrum(kind, bias)
    return float(values[-1] / values[0])


def steps(kappa: float, gain: float = 1e6) -> float:
    """Return how many steps at the best rate divide every distance to the minimum by the gain."""
    return 1.0 if kappa < 1 + 1e-9 else float(np.ceil(np.log(gain) / np.log1p(2 / (kappa - 1))))


def _valley(kind: str, degrees: float) -> dict[str, Any]:
    """Return contours around the minimum, drawn to scale, a start on the unit circle, its step and its way."""
    values, axes = spectrum(kind)
    start = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    squeezed = axes @ (CIRCLE * np.sqrt(values[0] / values)[:, None])
    step = -curvature(kind) @ start
    step = step / np.linalg.norm(step)
    off = np.degrees(np.arccos(np.clip(-(step @ start), -1, 1)))
    arrows = {
        "at_x": start[:1],
        "at_y": start[1:],
        "step_x": 0.6 * step[:1],
        "step_y": 0.6 * step[1:],
        "way_x": -0.93 * start[:1],
        "way_y": -0.93 * start[1:],
    }
    rings = {"ring_x": SIZES[:, None] * squeezed[0], "ring_y": SIZES[:, None] * squeezed[1]}
    return arrows | rings | {"off": float(off)}


@cache
def overview() -> dict[str, Any]:
    """Return the condition numbers of all preparations, without and with a bias."""
    found = {bias: np.array([condition(kind, bias) for kind in preparing.KINDS]) for bias in (False, True)}
    return {"kinds": np.arange(len(preparing.KINDS)), "alone": found[False], "biased": found[True]}


def compute(params: Params) -> dict[str, Any]:
    """Return the valley of one preparation, and the condition numbers of all."""
    kind = preparing.KINDS[int(params["kind"])]
    values, _ = spectrum(kind)
    kappa = condition(kind)
    return {
        **_valley(kind, float(params["angle"])),
        **overview(),
        "circle_x": CIRCLE[0],
        "circle_y": CIRCLE[1],
        "zero": np.zeros(1),
        "which": np.arange(2),
        "values": values,
        "small": values[0],
        "large": values[1],
        "kappa": kappa,
        "with_bias": condition(kind, bias=True),
        "steps": steps(kappa),
        "word": kind,
        "straight": kind in ("raw", "centred", "scaled", "both") and kappa < 20,
    }


def _views() -> list[View]:
    path = [(float(np.cos(np.radians(a))), float(np.sin(np.radians(a)))) for a in ANGLES]
    words: dict[float, str] = {0: "raw", 1: "centred", 2: "scaled", 3: "both", 4: "PCA", 5: "white"}
    return [
        View(
            "The valley of the loss, drawn to scale",
            Axis("weight 1 (distance to the minimum)", -1.75, 1.75),
            Axis("weight 2", -1.3, 1.3),
            [
                marks.line("circle_x", "circle_y", "", "grey", "dash", width=1.5),
                marks.line("ring_x", "ring_y", "", "blue", width=1.8),
                marks.points("zero", "zero", color="green", marker="d", size=8, alpha=1),
                marks.arrows("at_x", "at_y", "way_x", "way_y", "to the minimum", "green", width=2.5),
                marks.arrows("at_x", "at_y", "step_x", "step_y", "the step", "orange", width=4),
            ],
            "Contours of the loss, {word}: {kappa:.3g} times as steep across as along. The step leaves at {off:.0f} "
            "degrees "
            "from the way to the minimum",
            [Handle("Start", along="angle", path=path)],
            size="large",
            ratio=0.78,
            equal=True,
        ),
        View(
            "Steep : flat",
            Axis("", -0.6, 5.6, ticks=words),
            Axis("condition number", 1, 1e13, log=True),
            [
                marks.bars("kinds", "alone", "two weights", "blue"),
                marks.points("kinds", "biased", "and a bias", "purple", marker="d", size=6, alpha=1),
            ],
            "Condition numbers of six preparations; {word} has {kappa:.3g}, and {with_bias:.3g} with a bias",
            [Handle("Preparation", x="kind", y="kappa")],
        ),
        View(
            "Curvatures",
            Axis("", -0.7, 1.7, ticks={0: "flat", 1: "steep"}),
            Axis("curvature", 1e-8, 1e6, log=True),
            [marks.bars("which", "values", "", "blue", width=0.6)],
            "Curvatures {small:.3g} and {large:.3g}, {word}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    words = ("raw", "centred", "scaled", "both", "decorrelated", "whitened")
    return Stage(
        "A table of three rows",
        compute,
        [
            Slider("kind", "The table is", range(6), 0, fmt="d", play=True, words=words),
            Slider("angle", "Start", ANGLES, 255, unit="°", fmt="d"),
        ],
        _views(),
        formula="condition number = [blue:steep / flat] = {large:.3g} / {small:.3g} = [blue:{kappa:.3g}]",
        readout="The table, {word}: condition number {kappa:.4g}; steps at the best rate to a millionth: "
        "{steps:.3g}. This step is {off:.0f}° off.",
        presets=[
            Preset("Only centred", {"kind": 1}, "Worse than raw: the flat direction lost more than the steep one."),
            Preset("Only scaled", {"kind": 2}, "A valley at last."),
            Preset("Still correlated", {"kind": 3}, "Three rows, and a correlation of −0.93."),
            Preset("Whitened", {"kind": 5}, "Every step points to the minimum."),
        ],
        prediction=Prediction(
            "Inputs of about 200 and about 0.003. Start below the minimum of the raw table. Where does the step point?",
            ["straight to the minimum", "half way between", "across, nowhere near it"],
            2,
            "The gradient of a weight is proportional to its input, so weight 1 takes all of the step: it leaves "
            "{off:.0f}° "
            "off the way.",
            {"kind": 0, "angle": 255},
        ),
        goal=Goal("a condition number below 20 without turning the axes.", "straight"),
    )
