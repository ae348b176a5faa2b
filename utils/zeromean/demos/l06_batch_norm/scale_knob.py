"""Lecture 6: multiply the weights before a batch norm by c. The output stays, the gradient shrinks, steps turn less.

BN(c Wx) = BN(Wx) for c > 0, so dL/d(cw) = (1/c) dL/dW, and dL/dW is orthogonal to W for each neuron
(Ioffe and Szegedy 2015, section 3.3). Both hold exactly for eps = 0.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import make_vjp

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.words import write

SCALES = np.round(np.geomspace(1e-4, 1e3, 141), 10)
EPS = ("0", "1e-5")
DIRECTION = np.array([np.cos(0.42), np.sin(0.42)])  # of w in the picture
TURN = np.linspace(0, 2 * np.pi, 91)
MOST = 5.0  # how long the step is drawn; a longer one is cut
RINGS = np.array([2.6, 4.6, 6.6])  # radii of c = 0.01, 1 and 100


@cache
def _batch() -> tuple[Any, ...]:
    """Return one fixed batch x (64, 20), the weights w (20, 1) of one neuron and its upstream gradient (64, 1)."""
    rng = np.random.default_rng(6)
    return rng.normal(size=(64, 20)), rng.normal(size=(20, 1)) / np.sqrt(20), rng.normal(size=(64, 1)) / 160


@cache
def layer(c: float, eps: float) -> tuple[Any, Any]:
    """Return BN(c w x) (64, 1) and the gradient (20, 1) of sum(upstream * output) with respect to c w."""
    x, w, upstream = _batch()

    def forward(weights: Any) -> Any:
        a = anp.dot(x, weights)
        centred = a - anp.mean(a, axis=0)
        return centred / anp.sqrt(anp.mean(centred**2, axis=0) + eps)

    back, y = make_vjp(forward)(c * w)
    return y, back(upstream)


def angle(c: float, eps: float) -> float:
    """Return the angle in degrees between the weights of the neuron before and after a step of rate 1."""
    w = _batch()[1]
    step = layer(c, eps)[1]
    along = (step * w).sum(axis=0) / np.linalg.norm(w, axis=0)
    across = np.sqrt(np.maximum((step**2).sum(axis=0) - along**2, 0))
    return float(np.degrees(np.arctan2(across, c * np.linalg.norm(w, axis=0) - along)).mean())


@cache
def _sweep(eps: float) -> tuple[Any, Any]:
    """Return the gradient norm and the angle at each of SCALES."""
    norms = [np.linalg.norm(layer(float(c), eps)[1]) for c in SCALES]
    return np.array(norms), np.array([angle(float(c), eps) for c in SCALES])


def radius(c: Any) -> Any:
    """Return how long c w is drawn: one unit for each factor of 10, because lengths go from 0.0001 to 1000."""
    return 4.6 + np.log10(c)


def _step(c: float, turned: float) -> dict[str, Any]:
    """Return w, its tangent step and the new w as arrows; lengths by `radius`, the angle as it is."""
    out, across = DIRECTION * radius(c), np.array([-DIRECTION[1], DIRECTION[0]])
    reach = radius(c) * np.tan(np.radians(min(turned, 89.0)))
    tip = out + min(reach, MOST) * across
    new = (out + reach * across) * min(1.0, np.hypot(radius(c), MOST) / np.hypot(radius(c), reach))
    start = np.arctan2(*DIRECTION[::-1])
    sweep = start + np.radians(turned) * np.linspace(0, 1, 31)
    rings = {"ring_x": np.cos(TURN) * RINGS[:, None], "ring_y": np.sin(TURN) * RINGS[:, None]}
    return rings | {
        "circle_x": radius(c) * np.cos(TURN),
        "circle_y": radius(c) * np.sin(TURN),
        "zero": np.zeros(1),
        "w_x": out[:1],
        "w_y": out[1:],
        "step_x": tip[:1] - out[:1],
        "step_y": tip[1:] - out[1:],
        "new_x": new[:1],
        "new_y": new[1:],
        "arc_x": 0.62 * radius(c) * np.cos(sweep),
        "arc_y": 0.62 * radius(c) * np.sin(sweep),
        "note_x": np.array([0.62 * radius(c) * np.cos(start + np.radians(turned) / 2) - 0.2]),
        "note_y": np.array([0.62 * radius(c) * np.sin(start + np.radians(turned) / 2) + 0.45]),
        "note": np.array([f"{write(turned, 2)}°"]),
        "ring_words": np.array(["c = 0.01", "1", "100"]),
        "ring_at": radius(np.array([0.01, 1.0, 100.0])),
        "low": np.full(3, -0.35),
    }


def compute(params: Params) -> dict[str, Any]:
    """Return outputs, gradient, law and angle at scale c, their curves over all c, and the step as arrows."""
    c, eps = float(params["c"]), float(params["eps"])
    norms, angles = _sweep(eps)
    (y, gradient), (z, _) = layer(c, eps), layer(1.0, 0.0)
    law = np.linalg.norm(layer(1.0, 0.0)[1]) / SCALES
    norm, turned = float(np.linalg.norm(gradient)), angle(c, eps)
    error = float(np.abs(y - z).max())
    return {
        "before": z[:, 0],
        "after": y[:, 0],
        "diagonal": np.array([-3.0, 3.0]),
        "scales": SCALES,
        "norms": norms,
        "law": law,
        "angles": angles,
        **_step(c, turned),
        "norm": norm,
        "size": c * float(np.linalg.norm(_batch()[1])),
        "turned": turned,
        "held": "unchanged" if error < 1e-9 else f"off by {write(error, 2)}",
        "share": norm * c / np.linalg.norm(layer(1.0, 0.0)[1]),
        "tiny": turned < 0.1,
    }


def _views() -> list[View]:
    c = Axis("c", 1e-4, 1e3, log=True)
    path = [(float(x), float(y)) for x, y in DIRECTION * radius(SCALES)[:, None]]
    return [
        View(
            "One step (lengths on a log scale)",
            Axis("", -2.5, 8.2),
            Axis("", -0.9, 7.2),
            [
                marks.line("ring_x", "ring_y", "", "grey", "dot", width=1.2),
                marks.text("ring_at", "low", "ring_words", "grey", 0.9),
                marks.line("circle_x", "circle_y", "", "blue", width=1.5),
                marks.line("arc_x", "arc_y", "", "green", width=4),
                marks.text("note_x", "note_y", "note", "green", 1.15),
                marks.arrows("zero", "zero", "new_x", "new_y", "", "grey", 2.5),
                marks.arrows("zero", "zero", "w_x", "w_y", "cw", "blue", 4),
                marks.arrows("w_x", "w_y", "step_x", "step_y", "step", "vermilion", 4),
            ],
            "The weights as an arrow to their circle, the step along the tangent: it turns them by {turned:.3g} "
            "degrees at c = {c:.3g}. Lengths are on a log scale, the angle is true",
            [Handle("Scale c, at the tip of w", along="c", path=path)],
            ratio=0.757,
            size="large",
            equal=True,
            frame=False,
        ),
        View(
            "The output",
            Axis("BN(wx)", -3, 3),
            Axis("BN(cwx)", -3, 3),
            [
                marks.line("diagonal", "diagonal", "", "grey", "dash"),
                marks.points("before", "after", "64 examples", "ink", size=3.5),
            ],
            "Outputs with weights cw over outputs with weights w: {held}",
        ),
        View(
            "The gradient",
            c,
            Axis("norm of dL/d(cw)", 1e-5, 1e5, log=True),
            [
                marks.line("scales", "law", "1/c", "grey", "dash", width=4.5),
                marks.line("scales", "norms", "measured", "vermilion"),
            ],
            "Norm of the gradient over c, falling as 1/c: {norm:.3g} at c = {c:.3g}",
            [Handle("Scale c, on the gradient", x="c", y="norm")],
        ),
        View(
            "The turn",
            c,
            Axis("degrees, at rate 1", 1e-6, 1000, log=True),
            [marks.line("scales", "angles", "angle", "green")],
            "Angle between the weights before and after one step of rate 1: {turned:.3g} degrees at c = {c:.3g}",
            [Handle("Scale c, on the angle", x="c", y="turned")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Scale knob: the weights before a batch norm, times c",
        compute,
        [Slider("c", "Scale c of the weights", SCALES, 1.0), Choice("eps", "ε under the root", EPS, "0")],
        _views(),
        formula="turn = arctan([vermilion:‖∇‖ {norm:.3g}] / [blue:‖cw‖ {size:.3g}]) = [green:{turned:.3g}°]",
        readout="c = {c:.3g}: outputs {held}, gradient {norm:.3g} = {share:.1%} of the 1/c law, "
        "and a step of rate 1 turns w by {turned:.3g}°.",
        presets=[
            Preset("As drawn", {"c": 1.0, "eps": "0"}, "Weights of std 1/√fan_in."),
            Preset("Frozen", {"c": 100.0, "eps": "0"}, "The same function, but its weights hardly turn any more."),
            Preset("Thrown about", {"c": 0.01, "eps": "0"}, "The first step forgets the direction of w."),
            Preset("ε takes over", {"c": 0.001, "eps": "1e-5"}, "The variance c²σ² is now smaller than ε."),
        ],
        prediction=Prediction(
            "All weights before a batch norm are multiplied by 10. Their gradient becomes ...",
            ["10 times larger", "no different", "10 times smaller", "100 times smaller"],
            2,
            "The output does not change, so each weight, 10 times larger, matters 10 times less. A step then turns w "
            "100 times less: {turned:.2g}°.",
            {"c": 10.0, "eps": "0"},
        ),
        goal=Goal("turn w by less than 0.1° with a step of rate 1.", "tiny"),
    )
