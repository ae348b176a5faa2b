"""Lecture 3: one sigmoid after another. Each layer passes on a quarter of the gradient at most; the function goes flat.

The picture that is the idea: the whole chain as one curve, input against output. After one layer it is a step, after
five a level line: wherever you stand, nothing that happens below is felt above.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

LAYERS = 10
WEIGHTS = (0.5, 1.0, 2.0, 4.0, 5.0, 8.0)
PLACES = np.round(np.arange(-4, 4.5, 0.5), 1)
X = np.linspace(-4, 4, 121)
BENDS = {
    "sigmoid": lambda a: 0.5 * (1 + anp.tanh(0.5 * a)),
    "tanh": anp.tanh,
    "ReLU": lambda a: anp.where(a > 0, a, 0.0),
}
ENDS = {"sigmoid": (-0.1, 1.1), "tanh": (-1.15, 1.15), "ReLU": (-0.4, 4.4)}
LEAST = 1e-12  # what is drawn of a product that is smaller


def chain(name: str, w: float, centred: bool, x: Any) -> tuple[Any, Any]:
    """Return outputs (10, n) of each layer, h <- f(w h - b), and their local slopes w f' (10, n), for inputs x (n,).

    `centred` puts b where a sigmoid's input is 0 for its middle output, b = w / 2, from the second layer on.
    """
    bend, outs, locals_ = BENDS[name], [], []
    h = np.asarray(x, float)
    for layer in range(LAYERS):
        b = w / 2 if centred and name == "sigmoid" and layer else 0.0
        a = w * h - b
        h = bend(a)
        outs.append(h)
        locals_.append(w * elementwise_grad(bend)(a))
    return np.array(outs), np.array(locals_)


@cache
def _curves(name: str, w: float, centred: bool) -> tuple[Any, Any, Any]:
    """Return the outputs on X, and local slopes and outputs on PLACES."""
    outs, local = chain(name, w, centred, PLACES)
    return chain(name, w, centred, X)[0], outs, local


def compute(params: Params) -> dict[str, Any]:
    """Return the chain as a curve after each layer, and the slopes of its layers at one input."""
    name, w, depth = str(params["name"]), float(params["w"]), int(params["depth"])
    at = int(np.argmin(abs(PLACES - float(params["x"]))))
    curves, outs, local = _curves(name, w, bool(params["centred"]))
    product = np.cumprod(local[:, at])
    low, high = ENDS[name]
    if name == "ReLU":
        high = max(high, 1.1 * 4 * w**depth)
        low = -high / 11
    slope, here = float(product[depth - 1]), float(outs[depth - 1, at])
    top = w / 4 if name == "sigmoid" else w
    return {
        "x_axis": X,
        "layers": np.arange(1, LAYERS + 1),
        "curves": curves,
        "last": curves[depth - 1],
        "local": local[:, at],
        "product": np.maximum(abs(product), LEAST),
        "bound": np.maximum(top ** np.arange(1, LAYERS + 1), LEAST),
        "here": here,
        "low": low,
        "high": high,
        "slope": slope,
        "top": top,
        "limit": top**depth,
        "held": name != "ReLU" and depth == LAYERS and slope > 0.5,
    }


def _views() -> list[View]:
    layers = Axis("layer", 0.4, 10.6, ticks={n: str(n) for n in (1, 4, 7, 10)})
    return [
        View(
            "The whole chain, as one curve",
            Axis("what goes in at the bottom", -4, 4),
            Axis("what comes out", "low", "high"),
            [
                marks.line("x_axis", "curves", "", "sky", width=1.2, alpha=0.7),
                marks.line("x_axis", "last", "", "blue", width=5),
                marks.rule(x="x", dash="dot"),
            ],
            "Output over input after {depth} layers of {name} with weight {w:.3g}; at {x:.3g} the curve has the height "
            "{here:.3f} and the slope {slope:.2g}",
            [Handle("Input, on the curve", x="x", y="here")],
            size="large",
        ),
        View(
            "Each layer",
            layers,
            Axis("w · f′", 0, 2.1),
            [
                marks.rule(y=1.0, dash="dot"),
                marks.bars("layers", "local", "", "orange"),
                marks.rule(x="depth", color="ink", dash="dot"),
            ],
            "The factor w f' of each layer at this input; no sigmoid of weight {w:.3g} lets back more than {top:.3g}",
        ),
        View(
            "Multiplied",
            layers,
            Axis("dy/dx", LEAST, 1e4, log=True),
            [
                marks.line("layers", "bound", "at most", "grey", "dash"),
                marks.line("layers", "product", "here", "vermilion", marker="o"),
                marks.rule(x="depth", color="ink", dash="dot"),
            ],
            "The product of the factors from layer to layer: {slope:.2g} after {depth}, at most {limit:.4g}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "A chain of sigmoids",
        compute,
        [
            Slider("depth", "Layers", range(1, LAYERS + 1), 1, fmt="d", play=True),
            Slider("x", "Input", PLACES, 0.5),
            Slider("w", "Weight w", WEIGHTS, 1.0),
            Choice("name", "Activation", tuple(BENDS), "sigmoid"),
            Check("centred", "Sigmoid sums centred"),
        ],
        _views(),
        formula="dy/dx = (w f′)_1 · … · (w f′)_n = [vermilion:{slope:.2g}]  ≤  (w · max f′)^n = {top:.3g}^n = "
        "{limit:.4g}",
        readout="{depth} × {name}, w = {w:.3g}: at input {x:.3g} the output is {here:.3f}, and the slope of the whole "
        "chain {slope:.2g}.",
        presets=[
            Preset("Goes flat", {"name": "sigmoid", "w": 1.0, "depth": 10, "centred": False}, "At most ¼ⁿ."),
            Preset(
                "Flat, and a cliff", {"name": "sigmoid", "w": 8.0, "depth": 10, "centred": True, "x": 1.0}, "w = 8."
            ),
            Preset(
                "On a knife's edge",
                {"name": "sigmoid", "w": 4.0, "depth": 10, "centred": True, "x": 0.0},
                "w = 4, centred: the best that there is.",
            ),
            Preset("Fades slowly", {"name": "tanh", "w": 1.0, "depth": 10, "x": 0.5}, "tanh, w = 1."),
            Preset("Open, or shut", {"name": "ReLU", "w": 1.0, "depth": 10, "x": 1.0}, "ReLU: slope 1, or 0."),
        ],
        prediction=Prediction(
            "Ten sigmoids in a row, all weights 1. We change the input a little. How much of that arrives at the top?",
            ["a quarter", "a tenth", "about a thousandth", "less than a millionth"],
            3,
            "At most ¼ of the change survives a layer: ¼¹⁰ = 9.5×10⁻⁷, and here {slope:.2g}.",
            {"name": "sigmoid", "w": 1.0, "depth": 10, "centred": False, "x": 0.5},
        ),
        goal=Goal("ten layers of sigmoid or tanh that let back more than half.", "held"),
    )
