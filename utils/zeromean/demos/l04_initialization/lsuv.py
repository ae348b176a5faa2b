"""Lecture 4: LSUV mends the weights of one layer after the other, until every pre-activation has variance 1.

Ten hidden layers of 100 units, 200 digits, no biases (Mishkin and Matas 2016, algorithm 1, for weights of any kind).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training.nets import ACTIVATIONS

LAYERS, UNITS, IMAGES, BINS, END = 10, 100, 200, 60, 4.0
ACTS = {"ReLU": "relu", "tanh": "tanh", "sigmoid": "sigmoid"}
STARTS = ("0.01·randn", "1·randn", "randn / √fan-in", "orthogonal")
EDGES = np.linspace(-END, END, BINS + 1)


@cache
def weights(start: str) -> list[Any]:
    """Return the first weights of ten layers: (64, 100), then (100, 100)."""
    rng, made = np.random.default_rng(10), []
    for fan_in in (64, *[UNITS] * (LAYERS - 1)):
        draw = rng.standard_normal((fan_in, UNITS))
        if start == "orthogonal":
            left, _, right = np.linalg.svd(draw, full_matrices=False)
            draw = left @ right
        scale = {"0.01·randn": 0.01, "randn / √fan-in": fan_in**-0.5}.get(start, 1.0)
        made.append(scale * draw)
    return made


def passed(act: str, layers: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what goes into and what comes out of each nonlinearity, for 200 images."""
    h, before, after = digits.load().x[:IMAGES], [], []
    for w in layers:
        a = h @ w
        h = ACTIVATIONS[act](a)
        before.append(a)
        after.append(h)
    return before, after


@cache
def mended(act: str, start: str, at_once: bool) -> list[tuple[list[Any], list[Any]]]:
    """Return the pass through the net after 0, 1, ..., 10 layers were mended.

    `at_once` makes a common mistake: every layer is divided by what it had before anything was mended.
    """
    layers = list(weights(start))
    seen = [passed(act, layers)]
    for k in range(LAYERS):
        spread = seen[0 if at_once else -1][0][k].std()
        layers[k] = layers[k] / spread
        seen.append(passed(act, layers))
    return seen


def between(h: Any) -> float:
    """Return the share of the variance of h (n, units) that is between examples, and not between units."""
    total = float(h.var())
    return float(h.var(axis=0).mean()) / total if total > 0 else 0.0


@cache
def _seen(act: str, start: str, at_once: bool, done: int) -> tuple[Any, Any, Any]:
    """Return hills (10, 60) of the pre-activations, their std (10,), and shares (10,) of the activations."""
    before, after = mended(act, start, at_once)[done]
    hills = np.array([np.histogram(np.clip(a, -END, END), EDGES)[0] for a in before])
    high = np.round(255 * hills / hills.max(axis=1, keepdims=True)).astype(np.uint8)
    return high, np.array([a.std() for a in before]), np.array([between(h) for h in after])


def compute(params: Params) -> dict[str, Any]:
    """Return the hills, sizes and shares of all layers after some of them were mended."""
    act, start, done = ACTS[str(params["act"])], str(params["start"]), int(params["done"])
    hills, spread, share = _seen(act, start, bool(params["at_once"]), done)
    good = bool(np.all(np.abs(spread - 1) < 0.05))
    return {
        "value": (EDGES[1:] + EDGES[:-1]) / 2,
        "hills": hills,
        "layer": np.arange(1, LAYERS + 1),
        "spread": np.clip(spread, 1e-30, 1e30),
        "share": share,
        "grip": done + 0.5,
        "here": min(spread[min(done, LAYERS - 1)], 1e30),
        "next": f"layer {done + 1} has" if done < LAYERS else "layer 10 has",
        "last": min(spread[-1], 1e30),
        "last_share": share[-1],
        "healed": done == LAYERS and good and share[-1] > 0.5,
    }


def _views() -> list[View]:
    layers = Axis("layer", 0.5, 10.5, ticks={n: str(n) for n in (1, 4, 7, 10)})
    return [
        View(
            "What goes into each nonlinearity",
            Axis("pre-activation", -END, END),
            Axis("layer", 10.8, -0.6, ticks={n: str(n) for n in range(1, 11)}),
            [marks.ridges("value", "hills"), marks.rule(y="grip", name="mended", color="vermilion")],
            "Histogram of the pre-activations of each layer; {done} layers are mended, and {next} std {here:.2g}",
            [Handle("Layers mended", along="done", path=[(3.6, k + 0.5) for k in range(LAYERS + 1)], color="ink")],
            ratio=0.8,
            size="large",
        ),
        View(
            "Their std",
            layers,
            Axis("standard deviation", 1e-12, 1e6, log=True),
            [marks.rule(y=1.0, name="wanted"), marks.line("layer", "spread", "", "blue", marker="o", lost="off")],
            "Standard deviation of the pre-activations by layer; {last:.2g} in layer 10",
        ),
        View(
            "Examples differ",
            layers,
            Axis("share of the variance", -0.05, 1.05),
            [marks.line("layer", "share", "", "green", marker="^")],
            "Share of the activations' variance that is between examples, by layer; {last_share:.2g} in layer 10",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    end = {"done": LAYERS, "at_once": False}
    return Stage(
        "LSUV, one layer at a time",
        compute,
        [
            Slider("done", "Layers mended", range(LAYERS + 1), 0, fmt="d", play=True),
            Choice("act", "Activation", tuple(ACTS), "ReLU"),
            Choice("start", "First weights", STARTS, STARTS[0]),
            Check("at_once", "Measure all layers before mending any"),
        ],
        _views(),
        formula="W_l ← W_l / std(h_(l−1) W_l);  {next} [blue:std {here:.2g}];  "
        "between examples [green:{last_share:.2g}]",
        readout="{done} of 10 layers mended: {next} std {here:.2g}; in layer 10 a share of {last_share:.2g} of the "
        "variance is between examples.",
        presets=[
            Preset(
                "Faint", {"done": 0, "act": "ReLU", "start": STARTS[0]}, "0.01·randn: nothing is left above layer 3."
            ),
            Preset("Half way", {"done": 5, "act": "ReLU", "start": STARTS[0], "at_once": False}),
            Preset("Healed", {**end, "act": "tanh", "start": STARTS[0]}),
            Preset("Mended too early", {"done": 10, "at_once": True, "act": "tanh", "start": STARTS[1]}, "Old sizes."),
            Preset(
                "Healthy and deaf", {**end, "act": "sigmoid", "start": STARTS[0]}, "Variance 1, and one answer for all."
            ),
            Preset(
                "Orthogonal first", {**end, "act": "ReLU", "start": STARTS[3]}, "What Mishkin and Matas start from."
            ),
        ],
        prediction=Prediction(
            "Ten layers of sigmoids. LSUV has given all their pre-activations the variance 1. Of the variance of the "
            "last activations, which part is between examples?",
            ["nearly all", "about half", "less than a thousandth"],
            2,
            "A share of {last_share:.1g}. All examples have become one; the variance that is left is between units.",
            {**end, "act": "sigmoid", "start": STARTS[0]},
        ),
        goal=Goal("variance 1 in all ten layers, and examples that still differ.", "healed"),
    )
