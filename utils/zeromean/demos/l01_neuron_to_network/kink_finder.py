"""Lecture 1: a trial that steps over a kink says neither of its slopes. Drag the place and the step.

At 10⁻⁶ beside the kink of a ReLU, with the step 10⁻⁵, a right gradient of 1 is told to be 0.55. The last picture counts
how many ReLUs of a network on digits are that close to their kink.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets

UNIT = 1e-6  # places and steps are told in millionths
PLACES, STEPS = range(-30, 31), (1, 2, 5, 10, 15, 20)
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ReLU": lambda x: anp.where(x > 0, x, 0.0),
    "leaky ReLU": lambda x: anp.where(x > 0, x, 0.1 * x),
    "absolute value": lambda x: anp.where(x > 0, x, -x),
    "tanh": anp.tanh,
}
GRID = np.linspace(-32, 32, 129)
FEW, REACHES = 10, np.geomspace(1e-7, 1e-1, 25)


def trial(name: str, place: Any, step: float) -> Any:
    """Return the central difference at a place, both in millionths."""
    f, x, h = FUNCTIONS[name], np.asarray(place) * UNIT, step * UNIT
    return (f(x + h) - f(x - h)) / (2 * h)


@cache
def close(examples: int) -> Any:
    """Return how many hidden ReLUs (25,) of a fresh network are within each reach of their kink, for so many images."""
    net = nets.Net((64, 100, 10))
    _, trace = nets.forward(net, *nets.init(net, np.random.default_rng(1)), digits.load().x[:examples])
    sizes = np.sort(np.abs(trace.pre[0]).ravel())
    return np.searchsorted(sizes, REACHES)


@cache
def slopes(name: str) -> Any:
    """Return the derived slope at every place of `GRID` (129,)."""
    return elementwise_grad(FUNCTIONS[name])(GRID * UNIT)


def compute(params: Params) -> dict[str, Any]:
    """Return the function around its kink, the two trials and the slope between them, and what a gradient says."""
    name, place, step = str(params["function"]), int(params["place"]), int(params["step"])
    f = FUNCTIONS[name]
    ends = np.array([place - step, place + step], dtype=float)
    values = f(ends * UNIT) / UNIT
    said, derived = float(trial(name, place, step)), float(slopes(name)[np.argmin(np.abs(GRID - place))])
    over = name != "tanh" and abs(place) < step
    wrong = abs(said - derived) > 1e-6
    return {
        "grid": GRID,
        "curve": f(GRID * UNIT) / UNIT,
        "ends": ends,
        "values": values,
        "at": float(f(place * UNIT) / UNIT),
        "steps": trial(name, GRID, step),
        "slopes": slopes(name),
        "said": said,
        "derived": derived,
        "here_x": np.array([float(place)]),
        "here_y": np.array([said]),
        "reach": REACHES,
        "many": np.maximum(close(1297), 0.1),
        "few": np.maximum(close(FEW), 0.1),
        "h": step * UNIT,
        "count": int(np.interp(np.log(step * UNIT), np.log(REACHES), close(1297))),
        "verdict": "steps over the kink, and says neither slope" if over and wrong else "agrees",
        "found": abs(said - 0.55) < 1e-9,
    }


def _views() -> list[View]:
    kink = View(
        "A step to both sides: drag the place",
        Axis("x, in millionths", -32, 32),
        Axis("f(x), in millionths", -12, 40),
        [
            marks.line("grid", "curve", "f", "blue", width=3),
            marks.line("ends", "values", "trial", "vermilion", "dash", "o", 3),
        ],
        "{function} around its kink; from x = {place} steps of {step} millionths give the slope {said:.2f}; "
        "the derived one is {derived:.2f}",
        [Handle("Place", x="place", y="at", color="purple")],
        size="large",
    )
    ramp = View(
        "What trials say",
        Axis("x, in millionths", -32, 32),
        Axis("slope", -1.3, 1.3),
        [
            marks.line("grid", "slopes", "derived", "blue", "dash"),
            marks.line("grid", "steps", "tried", "vermilion"),
            marks.points("here_x", "here_y", "", "purple", "d", 8, 1),
        ],
        "The slope that a trial tells at every place: a ramp of {step} millionths to both sides of the kink",
    )
    count = View(
        "Near a kink",
        Axis("step h", 1e-7, 1e-1, log=True),
        Axis("how many", 0.5, 2e5, log=True),
        [
            marks.line("reach", "many", "all images", "green"),
            marks.line("reach", "few", "10 images", "orange", "dash"),
            marks.rule(x="h", color="ink", dash="dot"),
        ],
        "Of 129 700 ReLUs in a network on digits, {count} are within {h:.0e} of their kink",
    )
    return [kink, ramp, count]


def demo() -> Stage:
    """Return the demo."""
    near = {"function": "ReLU", "place": 1, "step": 10}
    return Stage(
        "Kink finder",
        compute,
        [
            Choice("function", "Function", tuple(FUNCTIONS), "ReLU"),
            Slider("place", "x, in millionths", PLACES, 20, fmt="d"),
            Slider("step", "h, in millionths", STEPS, 10, fmt="d"),
        ],
        _views(),
        formula="(f(x + h) − f(x − h)) / 2h = [vermilion:{said:.3f}];  f′(x) = [blue:{derived:.3f}]",
        readout="{function} at x = {place:d}, h = {step:d} millionths: tried {said:.2f}, derived {derived:.2f}. "
        "The trial {verdict}.",
        presets=[
            Preset("Far from the kink", {**near, "place": 20}),
            Preset("Just right of it", near),
            Preset("Just left of it", {**near, "place": -1}),
            Preset(
                "Exactly on it",
                {**near, "place": 0},
                "By our convention the slope at 0 is 0; any value from 0 to 1 is allowed.",
            ),
            Preset("A smaller step", {**near, "place": 3, "step": 2}),
            Preset("No kink at all", {**near, "function": "tanh"}),
        ],
        prediction=Prediction(
            "ReLU at x = 10⁻⁶, so its slope is 1. A central difference with h = 10⁻⁵ says ...",
            ["1, up to rounding", "0.55", "0"],
            1,
            "{said:.2f}: the left foot stands on the flat side. The gradient is right, and the trial is not.",
            near,
        ),
        goal=Goal("make a trial say 0.55.", "found"),
    )
