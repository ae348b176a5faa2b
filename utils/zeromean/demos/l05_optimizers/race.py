"""Lecture 5: six update rules from one start, which you drag, on five landscapes.

The picture that is the idea: the six paths over the contours. Each rule has one rate for all landscapes; the factor
multiplies all of them, and rho is what momentum and Nesterov keep of their last step. Every landscape can be made
steeper across, which changes its condition number, and turned, which does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad, hessian

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training.rules import RULES
from zeromean.words import place

# (along, across, how much steeper across): the height
LANDSCAPES: dict[str, Callable[[Any, Any, float], Any]] = {
    "bowl": lambda x, y, k: (x**2 + k * y**2) / 2,
    "ravine": lambda x, y, k: (x**2 + 30 * k * y**2) / 2,
    "saddle": lambda x, y, k: x**2 / 2 + k * (y**4 / 4 - y**2 / 2),
    "two valleys": lambda x, y, k: x**4 - 2 * x**2 + 0.35 * x + k * y**2,
    "bent valley": lambda x, y, k: (1 - x) ** 2 / 4 + 2.5 * k * (y - x**2) ** 2,
}
VALLEY = min(np.linspace(-1.2, -0.8, 4001), key=lambda x: LANDSCAPES["two valleys"](x, 0.0, 1.0))
BOTTOMS = {
    "bowl": (0.0, 0.0),
    "ravine": (0.0, 0.0),
    "saddle": (0.0, 1.0),
    "two valleys": (VALLEY, 0.0),
    "bent valley": (1.0, 1.0),
}
RATES = {"sgd": 0.05, "momentum": 0.02, "nesterov": 0.02, "adagrad": 0.5, "rmsprop": 0.05, "adam": 0.2}
NAMES = dict(zip(RATES, ("SGD", "momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam"), strict=True))
LOOKS = dict(
    zip(
        RATES,
        [
            ("vermilion", "dot", "x"),
            ("blue", "", "o"),
            ("sky", "dash", "d"),
            ("green", "dash", "^"),
            ("purple", "dot", "s"),
            ("orange", "dashdot", "o"),
        ],
        strict=True,
    )
)
PLACES = [
    (x, y) for x in np.linspace(-1.6, 1.6, 33).round(1).tolist() for y in np.linspace(-0.8, 0.8, 17).round(1).tolist()
]
FACTORS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
RHOS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
WITH_RHO = ("momentum", "nesterov")
NOISES = (0.0, 0.1, 0.3, 1.0)
STEEPS, ANGLES = (0.1, 0.3, 1.0, 3.0, 10.0), (0, 15, 30, 45)
STEPS, WINDOW, NEAR = 32, 10, 0.01


class Land:
    """A landscape, made `steep` times steeper across and turned by `angle` degrees."""

    def __init__(self, name: str, steep: float = 1.0, angle: float = 0.0) -> None:
        self._f, self._steep = LANDSCAPES[name], steep
        self._cos, self._sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        self._bottom = np.array(BOTTOMS[name])
        self._lowest = self._f(*BOTTOMS[name], steep)

    def above(self, w: Any) -> Any:
        """Return how far places (..., 2) lie above the lowest (...)."""
        x, y = w[..., 0], w[..., 1]
        along, across = self._cos * x + self._sin * y, self._cos * y - self._sin * x
        return self._f(along, across, self._steep) - self._lowest

    @property
    def condition(self) -> float:
        """The condition number at the bottom; a turn leaves it as it is."""
        curvature = hessian(lambda w: self._f(w[0], w[1], self._steep))
        smallest, largest = np.linalg.eigvalsh(curvature(self._bottom))
        return float(largest / smallest)


def walk(
    land: Land, start: tuple[float, float], factor: float, rho: float, noise: float, steps: int = STEPS
) -> tuple[Any, Any]:
    """Return the paths (6, steps + 1, 2) of all rules, and step over gradient (6, 2) of the first ten steps."""
    slope = grad(lambda w: anp.sum(land.above(w)))
    rng = np.random.default_rng(5)
    w = np.tile(start, (len(RATES), 1)).astype(float)
    memories: list[Any] = [{} for _ in RATES]
    own = {name: {"rho": rho} for name in WITH_RHO}
    path, gone = [w], np.zeros((2, *w.shape))
    for number in range(steps):
        g = slope(w) + noise * rng.standard_normal(2)
        moved = [
            RULES[name](w[i], g[i], memories[i], factor * rate, **own.get(name, {}))
            for i, (name, rate) in enumerate(RATES.items())
        ]
        new, memories = np.clip([v for v, _ in moved], -50, 50), [m for _, m in moved]
        if number < WINDOW:
            gone += np.abs([new - w, g])
        w = new
        path.append(w)
    return np.stack(path, axis=1), gone[0] / np.maximum(gone[1], 1e-12)


@cache
def _field(name: str, steep: float, angle: float) -> dict[str, Any]:
    land, places = Land(name, steep, angle), np.meshgrid(np.linspace(-2, 2, 61), np.linspace(-1.4, 1.4, 85))
    above = land.above(np.stack(places, axis=-1))
    return {"field": np.log10(np.maximum(above, 0) + 1e-3), "condition": land.condition}


def compute(params: Params) -> dict[str, Any]:
    """Return the six paths, how far each loss is above the lowest, and the effective rate of each coordinate."""
    name, factor = str(params["landscape"]), float(params["factor"])
    shape = name, float(params["steep"]), float(params["angle"])
    land, start = Land(*shape), PLACES[int(params["start"])]
    path, rates = walk(land, start, factor, float(params["rho"]), float(params["noise"]))
    above = land.above(path)
    shown = np.where(np.abs(path).max(axis=-1) < 40, np.maximum(above, 2e-5), np.nan)
    out: dict[str, Any] = {**_field(*shape), "step": np.arange(STEPS + 1), "rule": np.arange(len(RATES))}
    for i, rule in enumerate(RATES):
        out |= {f"{rule}_x": path[i, :, 0], f"{rule}_y": path[i, :, 1], f"{rule}_loss": shown[i]}
    ends = np.nan_to_num(shown[:, -1], nan=np.inf)
    first, near = int(np.argmin(ends)), int((ends < NEAR).sum())
    return out | {
        "x": start[0],
        "y": start[1],
        "rate_x": np.maximum(rates[:, 0], 1e-5),
        "rate_y": np.maximum(rates[:, 1], 1e-5),
        "ahead": list(NAMES.values())[first],
        "lowest": float(ends[first]),
        "near": near,
        "left": "nobody" if near == 0 else f"{near} of six",
        "five": near >= 5 and name != "bowl",
    }


def _views() -> list[View]:
    drawn = [marks.contours("field", (-2.0, 2.0), (-1.4, 1.4), [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5])]
    for name, (color, dash, shape) in LOOKS.items():
        drawn += [
            marks.line(f"{name}_x", f"{name}_y", "", color, dash, width=2),
            marks.points(f"{name}_x", f"{name}_y", NAMES[name], color, shape, 4, 0.9),
        ]
    losses = [marks.line("step", f"{n}_loss", "", *LOOKS[n][:2]) for n in RATES]
    return [
        View(
            "Six walks from one start: drag it",
            Axis("w₁", -2, 2),
            Axis("w₂", -1.4, 1.4),
            drawn,
            "Six walks of 32 steps on the landscape {landscape}, turned by {angle} degrees, from ({x:.2f}, {y:.2f}); "
            "{ahead} ends lowest",
            [Handle("Start", along="start", path=PLACES, color="ink")],
            ratio=0.72,
            size="large",
        ),
        View(
            "Loss",
            Axis("step", 0, STEPS),
            Axis("above the lowest", 1e-5, 100, log=True),
            losses,
            "Loss of the six rules over 32 steps: {ahead} ends lowest, {lowest:.2g} above the bottom",
        ),
        View(
            "Rates in use",
            Axis("", -0.5, 5.5, ticks=dict(enumerate(("SGD", "mom.", "Nest.", "AdaG", "RMS", "Adam")))),
            Axis("step / gradient", 1e-3, 100, log=True),
            [
                marks.points("rule", "rate_x", "w₁", "ink", "d", 7, alpha=1),
                marks.points("rule", "rate_y", "w₂", "grey", "o", 7, alpha=1),
            ],
            "Effective rate of both weights in the first ten steps, for each rule, with all rates times {factor:.3g}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    right, ridge = PLACES.index((1.6, 0.8)), PLACES.index((-1.6, 0.0))
    here = {"start": PLACES.index((-1.6, 0.8)), "factor": 1.0, "rho": 0.9, "noise": 0.0, "steep": 1.0, "angle": 0}
    return Stage(
        "Race of six rules",
        compute,
        [
            Choice("landscape", "Landscape", tuple(LANDSCAPES), "ravine"),
            Slider("start", "Start", range(len(PLACES)), here["start"], words=[place(*spot) for spot in PLACES]),
            Slider("factor", "Rates", FACTORS, 1.0, unit="×"),
            Slider("rho", "ρ", RHOS, 0.9, fmt=".2f"),
            Slider("noise", "Noise", NOISES, 0.0),
            Slider("steep", "Steeper", STEEPS, 1.0, unit="×"),
            Slider("angle", "Turned", ANGLES, 0, unit="°"),
        ],
        _views(),
        coarse={"start": 6, "factor": 1, "rho": 0, "noise": 0, "steep": 0, "angle": 0},
        readout="{landscape}, κ = {condition:.3g}: after 32 steps {ahead} is lowest, {lowest:.2g} above the bottom; "
        "within 0.01 of it: {left}.",
        presets=[
            Preset("Axes along", {**here, "landscape": "ravine"}),
            Preset(
                "Axes turned",
                {**here, "landscape": "ravine", "angle": 45},
                "The same ravine; look at the rates in use.",
            ),
            Preset(
                "Near a saddle",
                {**here, "landscape": "saddle", "start": ridge},
                "Exactly on the ridge nobody leaves it. Drag!",
            ),
            Preset(
                "Wrong valley",
                {**here, "landscape": "two valleys", "start": right},
                "The lower valley lies on the left.",
            ),
            Preset("Bent ravine", {**here, "landscape": "bent valley"}),
            Preset("Too much momentum", {**here, "landscape": "ravine", "rho": 0.99}, "It remembers a hundred steps."),
            Preset("All too timid", {**here, "landscape": "ravine", "factor": 0.125}),
        ],
        prediction=Prediction(
            "Six rules start in the shallow one of two valleys, on the right. Who gets over the hill into the lower "
            "valley?",
            ["nobody", "momentum alone", "momentum and Nesterov", "the adaptive rules"],
            1,
            "It rolls through with the speed that it brought along; Nesterov looks ahead, sees the slope rise, and "
            "brakes. "
            "At the end {ahead} is lowest, {lowest:.2g} above the bottom.",
            {**here, "landscape": "two valleys", "start": right},
        ),
        goal=Goal("bring five of six within 0.01 of the bottom, on any landscape but the bowl.", "five"),
    )
