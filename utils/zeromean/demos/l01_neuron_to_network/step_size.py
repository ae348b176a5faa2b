"""Lecture 1: a gradient by trying has a best step. Errors of one-sided and central differences, step 1 to 10⁻¹⁵.

The error is that of the gradient of all 17 weights of the network in `mlp_stepper`; the window looks at one.
For the two slopes: Press et al. (2007), "Numerical recipes", section 5.7.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.demos.l01_neuron_to_network.mlp_stepper import LOWER, REST, TARGET, UPPER, derivatives
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

X1 = 1.0
STEPS = np.array([float(f"{10.0 ** (-k / 4):.3g}") for k in reversed(range(61))])
SIDES = {"both sides": "c", "one side": "f"}
NUMBERS = {"float64": np.float64, "float32": np.float32}
DIGITS = {"float64": 16, "float32": 7}
WEIGHT = 7  # the one under the microscope: from the second hidden unit to the third output
WINDOW = np.linspace(-1.5, 1.5, 61)


def loss(weights: Any) -> Any:
    """Return the loss (k,) at the 17 weights in each row of `weights` (k, 17), computed in their own precision."""
    dtype = weights.dtype.type
    upper, lower = weights[:, :9].reshape(-1, 3, 3), weights[:, 9:].reshape(-1, 2, 4)
    half, one = dtype(0.5), dtype(1)
    x = np.array([1.0, X1, *REST], dtype)
    h = half * (one + np.tanh(half * (lower @ x)))
    y = half * (one + np.tanh(half * (upper[:, :, 0] + np.einsum("bij,bj->bi", upper[:, :, 1:], h))))
    return np.sum((y - TARGET.astype(dtype)) ** 2, axis=1, dtype=dtype)


def _weights(numbers: str) -> Any:
    return np.concatenate([UPPER.ravel(), LOWER.ravel()]).astype(NUMBERS[numbers])


@cache
def truth() -> Any:
    """Return the gradient (17,) by automatic differentiation."""
    found = derivatives(X1, float(UPPER[0, 1]))
    return np.concatenate([found["upper"].ravel(), found["lower"].ravel()])


def trial(sides: str, numbers: str, h: float) -> Any:
    """Return the gradient (17,) by trying with the step h."""
    w, dtype = _weights(numbers), NUMBERS[numbers]
    step = dtype(h) * np.eye(17, dtype=dtype)
    if sides == "one side":
        return (loss(w + step) - loss(w[None])) / dtype(h)
    return (loss(w + step) - loss(w - step)) / dtype(2 * h)


@cache
def errors(sides: str, numbers: str) -> Any:
    """Return the error of the trial for each step (61,), relative to the length of the gradient."""
    off = [trial(sides, numbers, float(h)) - truth() for h in STEPS]
    return np.linalg.norm(off, axis=1) / np.linalg.norm(truth())


def compute(params: Params) -> dict[str, Any]:
    """Return the error over the step, and one weight's loss in a window as wide as the step."""
    h, sides, numbers = float(params["h"]), str(params["sides"]), str(params["numbers"])
    at, dtype, w = int(np.argmin(np.abs(STEPS - h))), NUMBERS[numbers], _weights(numbers)
    moved = np.repeat(w[None], len(WINDOW), axis=0)
    moved[:, WEIGHT] += (h * WINDOW).astype(dtype)
    slope = float(truth()[WEIGHT])
    above, below = (float(loss(w[None] + sign * h * np.eye(17, dtype=dtype)[WEIGHT])[0]) for sign in (1, -1))
    if sides == "one side":
        below = float(loss(w[None])[0])
    tried, middle = float(trial(sides, numbers, h)[WEIGHT]), float(loss(w[None])[0])
    out: dict[str, Any] = {f"{SIDES[s]}{n[-2:]}": np.maximum(errors(s, n), 1e-16) for s in SIDES for n in NUMBERS}
    gone = DIGITS[numbers] if above == below else min(-np.log10(abs(above - below) / middle), DIGITS[numbers])
    best = int(np.argmin(errors(sides, numbers)))
    return out | {
        "hs": STEPS,
        "here": float(errors(sides, numbers)[at]),
        "best": float(errors(sides, numbers)[best]),
        "best_h": float(STEPS[best]),
        "u": WINDOW,
        "v": (loss(moved).astype(float) - middle) / (h * abs(slope)),
        "tangent": WINDOW * np.sign(slope),
        "one_x": np.full(3, 0.5),
        "one_y": np.array([3.0, 2.0, 1.0]),
        "told": np.array(
            [f"{above:.16f}"[:18], f"{below:.16f}"[:18], f"{max(gone, 0):.0f} of {DIGITS[numbers]} digits cancel"]
        ),
        "told_fill": np.array([0, 1, 3], dtype=np.int32),
        "tried": tried,
        "exact": slope,
        "gone": max(float(gone), 0.0),
        "below_at": "L(w)" if sides == "one side" else "L(w − h)",
        "over": "h" if sides == "one side" else "2h",
        "fine": numbers == "float32" and errors(sides, numbers)[at] < 1e-4,
    }


def _views() -> list[View]:
    curves = [
        marks.line("hs", "c64", "both, float64", "blue"),
        marks.line("hs", "f64", "one, float64", "vermilion", "dash"),
        marks.line("hs", "c32", "both, float32", "green", "dot"),
        marks.line("hs", "f32", "one, float32", "orange", "dashdot"),
    ]
    dial = View(
        "Error of the gradient: drag the step",
        Axis("step h", 1e-15, 3, log=True),
        Axis("relative error", 1e-12, 1e3, log=True),
        [*curves, marks.rule(x="h", color="ink", dash="dot")],
        "Error over the step: at {h:.0e} it is {here:.1e}; the least is {best:.1e} at {best_h:.0e}",
        [Handle("Step", x="h", y="here", color="purple")],
        size="large",
    )
    window = View(
        "Magnified loss",
        Axis("moved by, in h", -1.5, 1.5),
        Axis("change", -2, 2),
        [
            marks.line("u", "tangent", "tangent", "ink", "dash", width=1.5),
            marks.line("u", "v", "computed", "sky", width=3),
        ],
        "The computed loss in a window of 3 h around the weight, beside the tangent; {gone:.0f} digits cancel",
    )
    digits = View(
        "The two losses",
        Axis("", 0, 1),
        Axis("", 0.4, 3.6),
        [marks.boxes("one_x", "one_y", 0.96, 0.8, "told", "told_fill")],
        "The two losses agree in {gone:.0f} digits, which cancel in their difference",
        ratio=0.4,
        frame=False,
    )
    return [dial, window, digits]


def demo() -> Stage:
    """Return the demo."""
    good = {"h": 1e-5, "sides": "both sides", "numbers": "float64"}
    return Stage(
        "A step for the gradient",
        compute,
        [
            Slider("h", "Step h", STEPS, 0.1, fmt=".0e"),
            Choice("sides", "Difference", tuple(SIDES), "both sides"),
            Choice("numbers", "Numbers", tuple(NUMBERS), "float64"),
        ],
        _views(),
        formula="(L(w + h) − {below_at}) / {over} = [blue:{tried:.9f}];  derived: {exact:.9f}",
        readout="h = {h:.0e}, {sides}, {numbers}: error {here:.1e}; the best step, {best_h:.0e}, reaches {best:.0e}.",
        presets=[
            Preset("Too coarse", {**good, "h": 1.0}, "The loss is no straight line."),
            Preset("Just right", good),
            Preset("Digits gone", {**good, "h": 1e-11}),
            Preset("A staircase", {**good, "h": 1e-15}, "So close, the computed loss has only a few values."),
            Preset("Same step in float32", {**good, "numbers": "float32"}),
            Preset("One side only", {**good, "sides": "one side"}),
        ],
        prediction=Prediction(
            "Central differences in float64 at h = 10⁻⁵. We want it better and take h = 10⁻¹¹. The error ...",
            ["falls a million million times", "stays about the same", "grows many thousand times"],
            2,
            "It is {here:.0e}: the losses agree in {gone:.0f} of 16 digits, and only what is left can tell a slope.",
            {**good, "h": 1e-11},
        ),
        goal=Goal("reach an error below 10⁻⁴ with float32.", "fine"),
    )
