"""Lecture 4: six hidden units that begin alike stay alike for ever, and units that change places change nothing.

Each unit is drawn as the arrow of its two incoming weights. Gradients come from `autograd`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

UNITS, RATE = 6, 0.4
SHOWN = (0, 1, 2, 5, 10, 20, 50, 100, 200, 400)
ZERO, CONSTANT, NUDGED, RANDOM = STARTS = ("all 0", "all 0.5", "all 0.5, one 0.51", "random")
SQUARED, SOFTMAX = HEADS = ("squared error", "softmax")
ORDERS = ("1 2 3 4 5 6", "2 1 3 4 5 6", "6 5 4 3 2 1", "3 4 5 6 1 2")
GRID, REACH = 24, 3.0
TRACK = [(float(x), -3.0) for x in np.linspace(-2.6, 2.6, len(SHOWN))]  # where the hand moves through the training


@cache
def data() -> tuple[Any, Any]:
    """Return 120 points (120, 2), and 1 for the disc in the middle, 0 for the ring around it."""
    rng = np.random.default_rng(1)
    angle, inside = rng.uniform(0, 2 * np.pi, 120), np.arange(120) < 50
    radius = np.where(inside, rng.uniform(0, 0.9, 120), rng.uniform(1.5, 2.6, 120))
    x = np.stack([radius * np.cos(angle) + 0.2, radius * np.sin(angle) - 0.1], axis=1)
    return x, inside.astype(int)


def start_of(start: str, head: str) -> dict[str, Any]:
    """Return the first weights: W (2, 6), b (6,) of the hidden units, V (6, outputs), c (outputs,) of the head."""
    outputs = 1 if head == SQUARED else 2
    rng, level = np.random.default_rng(3), 0.0 if start == ZERO else 0.5
    w, v = np.full((2, UNITS), level), np.full((UNITS, outputs), level)
    if start == NUDGED:
        w[0, 0] = 0.51
    if start == RANDOM:
        w, v = rng.standard_normal(w.shape), rng.standard_normal(v.shape) / np.sqrt(UNITS)
    return {"W": w, "b": np.zeros(UNITS), "V": v, "c": np.zeros(outputs)}


def outputs_of(net: dict[str, Any], x: Any) -> Any:
    """Return what nets say of x (n, 2): W (..., 2, 6) gives (..., n, outputs).

    The sums are written out: a matrix product may add up each column in another order, and rounding alone, after some
    hundred steps, would tell units apart that are equal.
    """
    pre = anp.sum(x[:, :, None] * net["W"][..., None, :, :], axis=-2) + net["b"][..., None, :]
    return anp.sum(anp.tanh(pre)[..., None] * net["V"][..., None, :, :], axis=-2) + net["c"][..., None, :]


def loss_of(net: dict[str, Any], head: str) -> Any:
    """Return the mean loss on the data, added up over all nets."""
    x, t = data()
    said = outputs_of(net, x)
    if head == SQUARED:
        return anp.sum((said[..., 0] - (2 * t - 1)) ** 2) / (2 * len(t))
    margin = (said[..., 1] - said[..., 0]) * (2 * t - 1)
    return anp.sum(anp.logaddexp(0.0, -margin)) / len(t)


@cache
def trained(head: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the nets of all starts, and their gradients, after 0, 1, ... steps of gradient descent on all points."""
    starts, slope = [start_of(start, head) for start in STARTS], grad(loss_of)
    net = {name: np.stack([each[name] for each in starts]) for name in starts[0]}
    nets, slopes = [], []
    for _ in range(SHOWN[-1] + 1):
        down = slope(net, head)
        nets.append(net)
        slopes.append(down)
        net = {name: value - RATE * down[name] for name, value in net.items()}
    return nets, slopes


def net_at(start: str, head: str, step: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return one net and its gradient after some steps."""
    (nets, slopes), which = trained(head), STARTS.index(start)
    net, slope = ({name: value[which] for name, value in each[step].items()} for each in (nets, slopes))
    return net, slope


def permuted(net: dict[str, Any], order: str) -> dict[str, Any]:
    """Return the same net with its hidden units in another order, as in "3 1 2"."""
    places = [int(number) - 1 for number in order.split()]
    return {"W": net["W"][:, places], "b": net["b"][places], "V": net["V"][places], "c": net["c"]}


def together(w: Any) -> tuple[list[str], int]:
    """Return a label for each unit, those of equal arrows joined at the first, and how many arrows there are."""
    labels: list[str] = [""] * UNITS
    seen: dict[tuple[float, ...], int] = {}
    for unit, arrow in enumerate(np.round(w.T, 9) + 0.0):
        first = seen.setdefault(tuple(arrow), unit)
        labels[first] = f"{labels[first]} {unit + 1}".strip()
    return labels, len(seen)


def _score(net: dict[str, Any], x: Any, head: str) -> Any:
    """Return a number below 0 for the ring and above 0 for the disc, between -1 and 1."""
    said = outputs_of(net, x)
    return np.clip(said[:, 0], -1, 1) if head == SQUARED else np.tanh((said[:, 1] - said[:, 0]) / 2)


def compute(params: Params) -> dict[str, Any]:
    """Return the units as arrows with their ways, the weights as a table, and what the net says of the plane."""
    start, head, order, step = (params[name] for name in ("start", "head", "order", "step"))
    here, slope = net_at(start, head, int(step))
    x, t = data()
    net = permuted(here, order)
    labels, distinct = together(net["W"])
    way = np.array([permuted(net_at(start, head, min(s, int(step)))[0], order)["W"] for s in SHOWN])
    side = np.linspace(-REACH, REACH, GRID)
    plane = np.stack([each.ravel() for each in np.meshgrid(side, side)], axis=1)
    score = _score(here, x, head)
    table = np.vstack([net["W"], net["b"], net["V"][:, 0]])
    length = np.maximum(np.hypot(*net["W"]), 1e-9)
    return {
        "track_x": np.array(TRACK)[:, 0],
        "track_y": np.array(TRACK)[:, 1],
        "ends_x": np.array([-3.3, 3.3]),
        "ends": np.array(["start", "trained"]),
        "low": np.full(2, TRACK[0][1]),
        "zero": np.zeros(UNITS),
        "tip_x": np.where(length > 1e-6, net["W"][0], np.nan),
        "tip_y": net["W"][1],
        "name_x": net["W"][0] + 0.3 * net["W"][0] / length,
        "name_y": net["W"][1] + 0.3 * net["W"][1] / length,
        "names": np.array(labels),
        "way_x": way[:, 0].T,
        "way_y": way[:, 1].T,
        "table": table,
        "field": np.round(50 + 50 * _score(here, plane, head)).reshape(GRID, GRID).astype(np.uint8),
        "ring_x": x[t == 0, 0],
        "ring_y": x[t == 0, 1],
        "disc_x": x[t == 1, 0],
        "disc_y": x[t == 1, 1],
        "distinct": distinct,
        "units": "unit" if distinct == 1 else "different units",
        "accuracy": float(np.mean((score > 0) == t)),
        "slope": float(np.abs(slope["W"]).max()),
        "moved": float(np.abs(outputs_of(net, x) - outputs_of(here, x)).max()),
        "six": distinct == UNITS and np.mean((score > 0) == t) > 0.95,
    }


def _views() -> list[View]:
    inputs = Axis("x1", -REACH, REACH), Axis("x2", -REACH, REACH)
    return [
        View(
            "Six hidden units, drawn as their weights",
            Axis("weight of x1", -4, 4),
            Axis("weight of x2", -3.4, 3.4),
            [
                marks.line("track_x", "track_y", "", "grey", marker="o", width=1.5),
                marks.text("ends_x", "low", "ends", "grey", 0.95),
                marks.line("way_x", "way_y", "", "sky", width=2),
                marks.arrows("zero", "zero", "tip_x", "tip_y", "", "blue", 3.5),
                marks.text("name_x", "name_y", "names", "ink", 1.15),
            ],
            "The incoming weights of six hidden units as arrows after {step} steps: {distinct} {units}",
            [Handle("Training step, below", along="step", path=TRACK, color="vermilion")],
            ratio=0.766,
            size="large",
        ),
        View(
            "The weights",
            Axis("unit", -0.6, 5.6, ticks={float(k): str(k + 1) for k in range(UNITS)}),
            Axis("", 3.6, -0.6, ticks={0.0: "x1", 1.0: "x2", 2.0: "bias", 3.0: "out"}),
            [marks.cells("table", (-3, 3), ".1f")],
            "Weights from x1 and x2, bias, and weight to the output of each unit; {distinct} {units}",
        ),
        View(
            "The answer",
            *inputs,
            [
                marks.heat("field", (-REACH, REACH), (-REACH, REACH), (0, 100)),
                marks.points("ring_x", "ring_y", "ring", "orange", "^", 4, 1),
                marks.points("disc_x", "disc_y", "disc", "ink", "o", 4, 1),
            ],
            "Output over the plane of the two inputs: {accuracy:.0%} of the points are on the right side",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    end = {"step": SHOWN[-1], "head": SQUARED}
    return Stage(
        "Symmetry: six units, or one six times",
        compute,
        [
            Choice("start", "First weights", STARTS, CONSTANT),
            Slider("step", "Training step", SHOWN, 0, fmt="d", play=True),
            Choice("head", "Loss", HEADS, SQUARED),
            Choice("order", "Order of the units", ORDERS, ORDERS[0]),
        ],
        _views(),
        formula="[blue:{distinct} {units}];  largest dL/dW = {slope:.2g};  reordered, outputs move by {moved:.0e}",
        readout="Start {start}, order {order}, step {step}: {distinct} {units}, {accuracy:.0%} of the points right.",
        presets=[
            Preset("Six times the same", {**end, "start": CONSTANT}, "Six arrows that lie on one another."),
            Preset("Nothing moves", {**end, "start": ZERO}, "Every gradient of W is exactly 0."),
            Preset(
                "Not even one step", {"start": CONSTANT, "step": 0, "head": SOFTMAX}, "Equal weights to both classes."
            ),
            Preset("One breaks away", {**end, "start": NUDGED}, "Two different units, one of them five times."),
            Preset("Six of them", {**end, "start": RANDOM, "order": ORDERS[0]}),
            Preset("Places changed", {**end, "start": RANDOM, "order": ORDERS[2]}),
        ],
        prediction=Prediction(
            "Six tanh units, all weights 0.5, 400 steps of gradient descent. How many different units are there then?",
            ["six", "two or three", "one"],
            2,
            "All six got the same gradient at every step: {accuracy:.0%} of the points are right, as with one unit.",
            {"start": CONSTANT, "step": 400, "head": SQUARED},
        ),
        goal=Goal("six different units, and more than 95 % of the points right.", "six"),
    )
