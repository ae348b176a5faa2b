"""Lecture 6: multiply the weights before a batch norm by c. The output stays, the gradient shrinks, steps turn less.

BN(c Wx) = BN(Wx) for c > 0, so dL/d(cW) = (1/c) dL/dW, and dL/dW is orthogonal to W for each neuron
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

SCALES = np.round(np.geomspace(1e-4, 1e3, 141), 10)
EPS = ("0", "1e-5")


@cache
def _batch() -> tuple[Any, ...]:
    """Return one fixed batch x (64, 20), weights w (20, 6) and upstream gradient (64, 6)."""
    rng = np.random.default_rng(6)
    return rng.normal(size=(64, 20)), rng.normal(size=(20, 6)) / np.sqrt(20), rng.normal(size=(64, 6)) / 64


@cache
def layer(c: float, eps: float) -> tuple[Any, Any]:
    """Return BN(c W x) (64, 6) and the gradient (20, 6) of sum(upstream * output) with respect to c W."""
    x, w, upstream = _batch()

    def forward(weights: Any) -> Any:
        a = anp.dot(x, weights)
        centred = a - anp.mean(a, axis=0)
        return centred / anp.sqrt(anp.mean(centred**2, axis=0) + eps)

    back, y = make_vjp(forward)(c * w)
    return y, back(upstream)


def angle(c: float, eps: float) -> float:
    """Return the mean angle in degrees between the weights of a neuron before and after a step of rate 1."""
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


def compute(params: Params) -> dict[str, Any]:
    """Return outputs, gradient, law and angle at scale c, and their curves over all c."""
    c, eps = float(params["c"]), float(params["eps"])
    norms, angles = _sweep(eps)
    (y, gradient), (z, _) = layer(c, eps), layer(1.0, 0.0)
    law = np.linalg.norm(layer(1.0, 0.0)[1]) / SCALES
    norm, turned = np.linalg.norm(gradient), angle(c, eps)
    error = float(np.abs(y - z).max())
    return {
        "before": z[:, 0],
        "after": y[:, 0],
        "diagonal": np.array([-3.0, 3.0]),
        "scales": SCALES,
        "norms": norms,
        "law": law,
        "angles": angles,
        "norm": norm,
        "turned": turned,
        "held": "unchanged" if error < 1e-9 else f"off by {error:.2g}",
        "share": norm * c / np.linalg.norm(layer(1.0, 0.0)[1]),
        "tiny": turned < 0.1,
    }


def _views() -> list[View]:
    c = Axis("c", 1e-4, 1e3, log=True)
    return [
        View(
            "Outputs of one neuron",
            Axis("BN(Wx)", -3, 3),
            Axis("BN(cWx)", -3, 3),
            [
                marks.line("diagonal", "diagonal", "equal", "grey", "dash"),
                marks.points("before", "after", "64 examples", "blue", size=5),
            ],
            "Outputs with weights cW over outputs with weights W: {held}",
            ratio=0.9,
        ),
        View(
            "Gradient",
            c,
            Axis("norm of dL/d(cW)", 1e-5, 1e5, log=True),
            [
                marks.line("scales", "law", "1/c", "orange", "dash", width=4.5),
                marks.line("scales", "norms", "measured", "blue"),
            ],
            "Norm of the gradient over c, falling as 1/c: {norm:.3g} at c = {c:.3g}",
            [Handle("Scale c, on the gradient", x="c", y="norm")],
            ratio=0.9,
        ),
        View(
            "How far one step turns W",
            c,
            Axis("degrees, at rate 1", 1e-6, 1000, log=True),
            [marks.line("scales", "angles", "angle", "green")],
            "Angle between the weights before and after one step of rate 1: {turned:.3g} degrees at c = {c:.3g}",
            [Handle("Scale c, on the angle", x="c", y="turned")],
            ratio=0.9,
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Scale knob: the weights before a batch norm, times c",
        compute,
        [Slider("c", "Scale c of the weights", SCALES, 1.0), Choice("eps", "ε under the root", EPS, "0")],
        _views(),
        readout="c = {c:.3g}: outputs {held}, gradient {norm:.3g} = {share:.1%} of the 1/c law, "
        "and a step of rate 1 turns W by {turned:.3g}°.",
        presets=[
            Preset("As drawn", {"c": 1.0, "eps": "0"}, "Weights of std 1/√fan_in."),
            Preset("Frozen", {"c": 100.0, "eps": "0"}, "The same function, but its weights hardly turn any more."),
            Preset("Thrown about", {"c": 0.01, "eps": "0"}, "The first step forgets the direction of W."),
            Preset("ε takes over", {"c": 0.001, "eps": "1e-5"}, "The variance c²σ² is now smaller than ε."),
        ],
        prediction=Prediction(
            "All weights before a batch norm are multiplied by 10. Their gradient becomes ...",
            ["10 times larger", "no different", "10 times smaller", "100 times smaller"],
            2,
            "The output does not change, so each weight, 10 times larger, matters 10 times less. A step then turns W "
            "100 times less: {turned:.2g}°.",
            {"c": 10.0, "eps": "0"},
        ),
        goal=Goal("turn W by less than 0.1° with a step of rate 1.", "tiny"),
    )
