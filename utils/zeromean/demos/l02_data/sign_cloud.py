"""Lecture 2: where can the next step go? With positive inputs only into two quadrants, and the path becomes a zigzag.

The gradient of one neuron is a number times its input, so with positive inputs all its entries share one sign.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

MEANS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
BATCHES = (1, 2, 8, 64)
INPUTS = (2, 5, 10)
STEPS = (*range(13), 16, 20, 30, 40, 60)
NEURONS, SHOWN, RATE = 2000, 24, 1.0
MINIMUM = np.array([1.0, -1.0])


def inputs(mean: float, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Return numbers spread evenly over an interval of length 1 around the mean."""
    return rng.random(shape) - 0.5 + mean


@cache
def summed(mean: float, agree: bool) -> Any:
    """Return gradients (2000 neurons, 4 batch sizes, 10 inputs) for random upstream numbers, or all of one sign."""
    rng = np.random.default_rng(2)
    x = inputs(mean, (NEURONS, BATCHES[-1], INPUTS[-1]), rng)
    upstream = rng.standard_normal((NEURONS, BATCHES[-1], 1))
    sums = np.cumsum((abs(upstream) if agree else upstream) * x, axis=1)
    return sums[:, [n - 1 for n in BATCHES]]


@cache
def share(mean: float, n: int, d: int, agree: bool) -> float:
    """Return the share of neurons whose d gradients all have one sign, in batches of n."""
    ups = np.count_nonzero(summed(mean, agree)[:, BATCHES.index(n), :d] > 0, axis=1)
    return float(np.mean((ups == 0) | (ups == d)))


def batches(mean: float, shape: tuple[int, int], agree: bool, w: Any, rng: np.random.Generator) -> Any:
    """Return batches (k, n, 2) for the neuron w; where upstream signs agree, the n of 2n examples that share a sign."""
    if not agree:
        return inputs(mean, (*shape, 2), rng)
    k, n = shape
    x = inputs(mean, (k, 2 * n, 2), rng)
    above = x @ (w - MINIMUM) > 0
    most = np.count_nonzero(above, axis=1, keepdims=True) >= n
    first = np.argsort(above != most, axis=1, kind="stable")[:, :n]
    return np.take_along_axis(x, first[..., None], axis=1)


@cache
def path(mean: float, n: int, seed: int = 22, rate: float = RATE, steps: int = 400, agree: bool = False) -> Any:
    """Return the weights (steps + 1, 2) of a linear neuron from (0, 0), which learns (1, -1) from batches of n."""
    rng, w = np.random.default_rng(seed), np.zeros((steps + 1, 2))
    for k in range(steps):
        x = batches(mean, (1, n), agree, w[k], rng)[0]
        w[k + 1] = w[k] - rate * ((x @ (w[k] - MINIMUM)) @ x) / n
    return w


def detour(w: Any) -> float:
    """Return how much longer a path (k, 2) to the minimum is than the straight line."""
    lengths = np.linalg.norm(np.diff(w, axis=0), axis=1)
    return float(lengths.sum() / np.linalg.norm(MINIMUM - w[0]))


def arrival(w: Any, near: float = 0.01) -> int:
    """Return after how many steps a path comes as near as that to the minimum."""
    return int(np.argmax(np.linalg.norm(w - MINIMUM, axis=1) < near))


@cache
def ahead(mean: float, n: int, step: int, agree: bool) -> dict[str, Any]:
    """Return where the path stands after some steps, where 40 random batches would send it, and the two quadrants."""
    here, rng = path(mean, n, agree=agree)[step], np.random.default_rng(step)
    x = batches(mean, (40, n), agree, here, rng)
    moves = -RATE * np.einsum("bn,bnd->bd", x @ (here - MINIMUM), x) / n
    corner_x = np.array([[0, 3, 3, 0], [0, -3, -3, 0]]) + here[0]
    corner_y = np.array([[0, 0, 3, 3], [0, 0, -3, -3]]) + here[1]
    return {
        "next_x": here[0] + moves[:, 0],
        "next_y": here[1] + moves[:, 1],
        "corner_x": corner_x,
        "corner_y": corner_y,
        "here_x": here[:1],
        "here_y": here[1:],
        "inside": float(np.mean(moves[:, 0] * moves[:, 1] > 0)),
    }


@cache
def pictures(mean: float, n: int, d: int, agree: bool) -> dict[str, Any]:
    """Return the signs of 24 neurons' gradients, and the share of neurons with one sign for every batch size."""
    shown = summed(mean, agree)[:SHOWN, BATCHES.index(n), :d].T
    signs = np.full((INPUTS[-1], SHOWN), np.nan)
    signs[:d] = np.where(shown > 0, 1.0, 0.15)
    return {
        "signs": signs,
        "means": np.array(MEANS),
        **{f"share_{size}": np.array([share(m, size, d, agree) for m in MEANS]) for size in BATCHES},
        "chance": 2.0 ** (1 - d),
        "same": share(mean, n, d, agree),
    }


@cache
def walk(mean: float, n: int, agree: bool) -> dict[str, Any]:
    """Return the whole path with its length."""
    w = path(mean, n, agree=agree)
    return {
        "path_x": w[:61, 0],
        "path_y": w[:61, 1],
        "straight_x": np.array([0.0, 1.0]),
        "straight_y": np.array([0.0, -1.0]),
        "goal_x": MINIMUM[:1],
        "goal_y": MINIMUM[1:],
        "label_y": MINIMUM[1:] - 0.16,
        "label": np.array(["minimum"]),
        "quadrants": np.array([marks.COLORS.index("orange")] * 2),
        "longer": detour(w),
        "arrived": arrival(w),
        "reached": mean == 0.5 and detour(w) < 1.1,
    }


def compute(params: Params) -> dict[str, Any]:
    """Return the path, what may come next, and the signs of gradients at one setting."""
    mean, n, step, agree = float(params["mean"]), int(params["n"]), int(params["step"]), bool(params["agree"])
    words = {"upstream": "alike" if agree else "random"}
    return walk(mean, n, agree) | ahead(mean, n, step, agree) | pictures(mean, n, int(params["d"]), agree) | words


def _views() -> list[View]:
    return [
        View(
            "Where can the next step go?",
            Axis("weight 1", -0.75, 1.75),
            Axis("weight 2", -1.5, 0.5),
            [
                marks.polygons("corner_x", "corner_y", "quadrants", alpha=0.16),
                marks.line("straight_x", "straight_y", "", "green", "dash", width=2),
                marks.line("path_x", "path_y", "", "blue", marker="o", width=2),
                marks.points("next_x", "next_y", "", "orange", size=4, alpha=0.9),
                marks.points("here_x", "here_y", "", "ink", size=8, alpha=1),
                marks.points("goal_x", "goal_y", "", "green", marker="d", size=9, alpha=1),
                marks.text("goal_x", "label_y", "label"),
            ],
            "Path of two weights to the minimum, {longer:.2f} times the straight line; {inside:.0%} of the possible "
            "next "
            "steps lie in the two shaded quadrants, where both weights move the same way",
            size="large",
            ratio=0.8,
        ),
        View(
            "Signs (dark: −)",
            Axis("neuron", -0.5, SHOWN - 0.5, ticks={0: "1", SHOWN - 1: str(SHOWN)}),
            Axis("input", INPUTS[-1] - 0.5, -0.5, ticks={0: "1", 4: "5", 9: "10"}),
            [marks.heat("signs", (-0.5, SHOWN - 0.5), (-0.5, INPUTS[-1] - 0.5), (0, 1.15))],
            "Signs of the gradients of 24 neurons with {d:d} inputs each; a column of one colour shares one sign",
        ),
        View(
            "One sign only",
            Axis("mean of the inputs", 0, 0.52),
            Axis("share of neurons", 0, 1.08),
            [
                marks.line("means", "share_1", "1", "purple", marker="o"),
                marks.line("means", "share_2", "2", "purple", "dash", marker="s"),
                marks.line("means", "share_8", "8", "purple", "dot"),
                marks.line("means", "share_64", "64", "purple", "dashdot"),
            ],
            "Share of neurons whose gradients share one sign over the mean, for batches of 1, 2, 8 and 64: {same:.3f} "
            "at a "
            "mean of {mean:.1f} and batches of {n:d}, by chance {chance:.3f}",
            [Handle("Mean of the inputs", x="mean", y="same")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "One sign for all weights of a neuron",
        compute,
        [
            Slider("step", "Step", STEPS, 0, fmt="d", play=True),
            Slider("mean", "Input mean", MEANS, 0.5, fmt=".1f"),
            Slider("n", "Batch", BATCHES, 1, fmt="d"),
            Slider("d", "Inputs", INPUTS, 10, fmt="d"),
            Check("agree", "Upstream signs agree"),
        ],
        _views(),
        formula="∂L/∂w = upstream · x: [orange:{inside:.0%}] of next steps move both the same way; "
        "path / straight line = [blue:{longer:.2f}]",
        readout="Inputs of mean {mean:.1f}, batches of {n:d}: {arrived:d} steps on a path {longer:.2f} times the "
        "straight line; here is step {step:d}. {d:d} inputs, upstream signs {upstream}: {same:.1%} of neurons"
        " have gradients of one sign.",
        presets=[
            Preset(
                "Only two quadrants", {"mean": 0.5, "n": 1, "step": 3, "agree": False}, "Left and down, right and up."
            ),
            Preset("Centred", {"mean": 0.0, "n": 1, "step": 3, "agree": False}, "Every direction is open."),
            Preset(
                "Two examples", {"mean": 0.5, "n": 2, "step": 3, "agree": False}, "A batch helps, but only in part."
            ),
            Preset(
                "A batch that agrees", {"mean": 0.5, "n": 64, "step": 3, "agree": True}, "No batch is large enough."
            ),
        ],
        prediction=Prediction(
            "Two inputs, always positive. The minimum lies to the lower right. Where can a step go?",
            ["anywhere", "to the lower right only", "to the upper right or the lower left only"],
            2,
            "Both entries of the gradient are positive numbers times the same upstream number: of the steps that could "
            "come next, {inside:.0%} lie in the two quadrants, and the path is {longer:.2f} times the straight line.",
            {"mean": 0.5, "n": 1, "step": 0},
        ),
        goal=Goal("with inputs of mean 0.5, a path at most 1.1 times as long as the straight line.", "reached"),
    )
