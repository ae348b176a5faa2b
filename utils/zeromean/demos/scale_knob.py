"""Lecture 6: multiply the weights before a batch norm by c. The output stays, the gradient shrinks, the step turns less.

BN(c Wx) = BN(Wx) for c > 0, so dL/d(cW) = (1/c) dL/dW, and dL/dW is orthogonal to W for each neuron
(Ioffe and Szegedy 2015, section 3.3). Both hold exactly for eps = 0.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.demos import marks
from zeromean.demos.parts import Axis, Choice, Goal, Params, Prediction, Preset, Slider, View
from zeromean.demos.stage import Stage

SCALES = np.round(np.logspace(-4, 3, 141), 10)
EPS = ("0", "1e-5")


@cache
def _batch() -> tuple[Any, ...]:
    """Return one fixed batch x (64, 20), weights w (20, 6) and upstream gradient (64, 6)."""
    rng = np.random.default_rng(6)
    return rng.normal(size=(64, 20)), rng.normal(size=(20, 6)) / np.sqrt(20), rng.normal(size=(64, 6))


def layer(c: float, eps: float) -> tuple[Any, Any]:
    """Return BN(c W x) (64, 6) and the gradient (20, 6) of sum(upstream * output) with respect to c W."""
    x, w, upstream = _batch()
    a = x @ (c * w)
    centred = a - a.mean(axis=0)
    std = np.sqrt(centred.var(axis=0) + eps)
    y = centred / std
    da = (upstream - upstream.mean(axis=0) - y * (upstream * y).mean(axis=0)) / std
    return y, x.T @ da / len(x)


@cache
def _sweep(eps: str) -> tuple[Any, Any, Any]:
    """Return gradient norm, angle of a unit-rate step in degrees, output error, each over SCALES."""
    norms, angles, errors = [], [], []
    reference, _ = layer(1.0, 0.0)
    w = _batch()[1]
    for c in SCALES:
        y, gradient = layer(c, float(eps))
        moved = c * w - gradient
        cosine = (moved * w).sum(0) / np.linalg.norm(moved, axis=0) / np.linalg.norm(w, axis=0)
        norms.append(np.linalg.norm(gradient))
        angles.append(np.degrees(np.arccos(np.clip(cosine, -1, 1))).mean())
        errors.append(np.abs(y - reference).max())
    return np.array(norms), np.array(angles), np.array(errors)


def compute(params: Params) -> dict[str, Any]:
    """Return outputs, gradient, law and angle at scale c, and their curves over all c."""
    c, eps = float(params["c"]), str(params["eps"])
    norms, angles, errors = _sweep(eps)
    at = int(np.abs(np.log(SCALES / c)).argmin())
    law = _sweep("0")[0][np.abs(np.log(SCALES)).argmin()] / SCALES
    y, _ = layer(c, float(eps))
    z, _ = layer(1.0, 0.0)
    return {
        "before": z[:, 0],
        "after": y[:, 0],
        "diagonal": np.array([-3.0, 3.0]),
        "scales": SCALES,
        "norms": norms,
        "law": law,
        "angles": np.maximum(angles, 1e-6),
        "here": c,
        "norm": norms[at],
        "angle": angles[at],
        "error": errors[at],
        "off": norms[at] / law[at] - 1,
        "tiny": angles[at] < 0.1,
    }


def demo() -> Stage:
    """Return the demo."""
    dot = {"x": "here", "color": "vermilion", "dash": ""}
    return Stage(
        "Scale knob: the weights before a batch norm, times c",
        compute,
        [
            Slider("c", "Scale c of the weights", SCALES, 1.0),
            Choice("eps", "ε under the root", EPS, "0"),
        ],
        [
            View(
                "Outputs of one neuron",
                Axis("BN(Wx)", -3, 3),
                Axis("BN(cWx)", -3, 3),
                [
                    marks.line("diagonal", "diagonal", "equal", "grey", "dash"),
                    marks.points("before", "after", "64 examples", "blue"),
                ],
                "Outputs with weights cW against outputs with weights W; the largest difference is {error:.1e}",
            ),
            View(
                "Gradient",
                Axis("c", 1e-4, 1e3, log=True),
                Axis("‖dL/d(cW)‖", 1e-4, 1e5, log=True),
                [
                    marks.line("scales", "law", "1/c law", "orange", "dash"),
                    marks.line("scales", "norms", "measured", "blue"),
                    marks.rule(**dot),
                ],
                "Norm of the gradient against c: {norm:.3g} at c = {c:.3g}",
            ),
            View(
                "How far one step turns the weights",
                Axis("c", 1e-4, 1e3, log=True),
                Axis("degrees, rate 1", 1e-6, 180, log=True),
                [marks.line("scales", "angles", "angle", "green"), marks.rule(**dot)],
                "Angle between the weights before and after one step of rate 1: {angle:.3g} degrees at c = {c:.3g}",
            ),
        ],
        readout="c = {c:.3g}: gradient {norm:.3g} ({off:+.1%} off the 1/c law), a step of rate 1 turns W by {angle:.3g}°, outputs differ by at most {error:.1e}.",
        presets=[
            Preset("As initialised", {"c": 1.0, "eps": "0"}),
            Preset("Too large to turn", {"c": 100.0, "eps": "0"}, "The net is the same function, but it has stopped learning."),
            Preset("Any step is huge", {"c": 0.01, "eps": "0"}, "The first step throws the direction away."),
            Preset("ε takes over", {"c": 0.001, "eps": "1e-5"}, "c² times the variance is no longer large against ε."),
        ],
        prediction=Prediction(
            "We multiply all weights before a batch norm by 10. What happens to the gradient of these weights?",
            ["10 times larger", "unchanged", "10 times smaller", "100 times smaller"],
            2,
            "The output does not change, so a weight that is 10 times larger matters 10 times less: the gradient norm is {norm:.3g} now.",
            {"c": 10.0, "eps": "0"},
        ),
        goal=Goal("choose c so that one step turns the weights by less than 0.1°.", "tiny"),
    )
