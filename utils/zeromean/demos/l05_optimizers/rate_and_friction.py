"""Lecture 5: a map of all rates and frictions of momentum on a ravine: where it converges, and how fast.

The picture that is the idea: the region of (rate, friction) that converges, with its one best place. On a quadratic
each eigen-direction h follows x_(t+1) = x_t - rate h x_t + friction (x_t - x_(t-1)), so an error shrinks by the larger
root of z^2 - (1 + friction - rate h) z + friction = 0 a step (Polyak 1964; Goh 2017, "Why momentum really works").
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

CONDITIONS = {"10": 10.0, "100": 100.0}
RATES = np.array([*np.round(np.arange(0.2, 4.0, 0.2), 1), 1.98, 2.309, 3.306])  # in units of one over the curvature
RATES.sort()
FRICTIONS = np.array([0, 0.1, 0.27, 0.4, 0.5, 0.6, 0.67, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99])
STEPS = 40
START = np.array([1.8, 0.3])
GRID = ((np.arange(100) + 0.5) / 25, (np.arange(50) + 0.5) / 50)  # of the map: rates, frictions
LEVELS = np.geomspace(0.004, 2, 9)  # of the loss in the walk's picture


def shrink(scaled_rate: Any, friction: Any, condition: float) -> Any:
    """Return by what an error shrinks a step in the long run, at rate `scaled_rate` over the largest curvature."""
    worst = np.zeros(np.broadcast(scaled_rate, friction).shape)
    for share in (1.0, 1 / condition):  # the curvature of a direction over the largest
        half = (1 + friction - scaled_rate * share) / 2
        spread = np.sqrt(half**2 - friction + 0j)
        worst = np.maximum(worst, np.maximum(abs(half + spread), abs(half - spread)))
    return worst


def best(condition: float) -> tuple[float, float]:
    """Return the best rate, over the largest curvature, and the best friction (Polyak 1964)."""
    root = np.sqrt(condition)
    return float((2 * root / (root + 1)) ** 2), float((1 - 2 / (root + 1)) ** 2)


def path(scaled_rate: float, friction: float, condition: float, steps: int = STEPS) -> Any:
    """Return where momentum stands (steps + 1, 2) from START; the second direction is the steep one."""
    shares = np.array([1 / condition, 1.0])
    places = [START, START]
    for _ in range(steps):
        now, before = places[-1], places[-2]
        places.append(now - scaled_rate * shares * now + friction * (now - before))
    return np.array(places[1:])


@cache
def _map(condition: float) -> dict[str, Any]:
    """Return the map in steps for a digit, as levels of brightness, its border, and lines of equal loss."""
    rate, friction = np.meshgrid(*GRID)
    factor = shrink(rate, friction, condition)
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.where(factor < 1 - 1e-9, -1 / np.log10(factor), np.nan)
    turn, radii = np.linspace(0, 2 * np.pi, 73), np.sqrt(2 * LEVELS)[:, None]
    top = best(condition)
    return {
        "map": -np.log10(np.maximum(digits, 1e-3)),
        "edge": np.array([2.0, 4.0]),
        "edge_at": np.array([0.0, 1.0]),
        "lost_x": np.array([3.3]),
        "lost_y": np.array([0.15]),
        "lost": np.array(["diverges"]),
        "best_x": np.array([top[0]]),
        "best_y": np.array([top[1]]),
        "ring_x": np.sqrt(condition) * radii * np.cos(turn),
        "ring_y": radii * np.sin(turn),
    }


def compute(params: Params) -> dict[str, Any]:
    """Return the map of one ravine, and the walk at this rate and friction with its loss."""
    rate, friction, condition = float(params["rate"]), float(params["friction"]), CONDITIONS[params["condition"]]
    x = path(rate, friction, condition)
    factor = float(shrink(rate, friction, condition))
    apart = float(np.linalg.norm(x[-1]) / np.linalg.norm(START))
    x = np.clip(x, -1e6, 1e6)
    flips = int((np.diff(np.sign(x[:, 1])) != 0).sum())
    per_digit = -1 / np.log10(factor) if factor < 1 - 1e-9 else np.inf
    fate = "never arrives" if factor >= 1 - 1e-9 else f"needs {per_digit:.0f} steps a digit in the long run"
    return {
        **_map(condition),
        "x": x[:, 0],
        "y": x[:, 1],
        "size": np.maximum(np.linalg.norm(x, axis=1), 1e-9),
        "step": np.arange(STEPS + 1),
        "factor": factor,
        "flips": flips,
        "limit": 2 * (1 + friction),
        "left": min(apart, 1e6),
        "fate": fate,
        "there": condition == 100 and per_digit < 12,
    }


def _views() -> list[View]:
    walk = [(float(rate), float(friction)) for rate in RATES for friction in FRICTIONS]
    return [
        View(
            "Where momentum converges (bright: fast)",
            Axis("rate × largest curvature", 0, 4.2),
            Axis("ρ, what is kept of the last step", -0.04, 1.04),
            [
                marks.heat("map", (0.0, 4.0), (0.0, 1.0), (-3.0, -0.6)),
                marks.line("edge", "edge_at", "", "vermilion", width=3),
                marks.text("lost_x", "lost_y", "lost", "vermilion", 1.3),
                marks.points("best_x", "best_y", "the best of all", "orange", "d", 9, alpha=1.0),
            ],
            "Map of rate and friction: everything left of the line from 2 to 4 converges; here, at {rate:.3g} and "
            "{friction:.2f}, an error is multiplied by {factor:.3f} a step",
            [Handle("Rate and friction", along=("rate", "friction"), path=walk, color="ink")],
            ratio=0.72,
            size="large",
        ),
        View(
            "The walk",
            Axis("flat direction", -2, 2),
            Axis("steep direction", -1, 1),
            [
                marks.line("ring_x", "ring_y", "", "grey", width=1),
                marks.line("x", "y", "", "blue", width=1.8, lost="diverges"),
                marks.points("x", "y", color="blue", size=3.5, follow="step"),
            ],
            "Walk of 40 steps: {flips} changes of side across the ravine",
            ratio=0.55,
        ),
        View(
            "Distance left",
            Axis("step", 0, STEPS),
            Axis("distance", 1e-4, 1e3, log=True),
            [
                marks.line("step", "size", "", "blue", lost="diverges"),
                marks.points("step", "size", color="blue", size=3.5, follow="step"),
            ],
            "Distance over 40 steps: {left:.2g} of it is left in the end",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    gradient_descent = {"condition": "100", "rate": 1.98, "friction": 0.0}
    return Stage(
        "Rate and friction: the map of momentum",
        compute,
        [
            Slider("rate", "Rate × curvature", RATES, 1.0),
            Slider("friction", "ρ", FRICTIONS, 0.0, fmt=".2f"),
            Choice("condition", "Condition number", tuple(CONDITIONS), "100"),
        ],
        _views(),
        formula="[blue:x_(t+1)] = x_t − η g_t + {friction:.2f} (x_t − x_(t−1));  error × {factor:.3f} each step; "
        "[vermilion:η L < 2 (1 + ρ) = {limit:.2f}]",
        readout="Rate {rate:.3g}/L, ρ = {friction:.2f}: it {fate}. After 40 steps {left:.2g} of the distance is left.",
        presets=[
            Preset("Timid", {**gradient_descent, "rate": 0.2}, "Stable, and hardly moves along the ravine."),
            Preset("Best without memory", gradient_descent, "The largest stable rate zig-zags and still crawls."),
            Preset("Too bold", {**gradient_descent, "rate": 2.4}, "Without memory, beyond 2 nothing converges."),
            Preset(
                "The best of all", {"condition": "100", "rate": 3.306, "friction": 0.67}, "A digit in twelve steps."
            ),
            Preset(
                "Too little friction", {"condition": "100", "rate": 1.0, "friction": 0.99}, "A ball that never rests."
            ),
        ],
        prediction=Prediction(
            "Without memory, no rate above 2 over the largest curvature converges. And when each step keeps 0.9 of "
            "the last one, ρ = 0.9?",
            ["less: 0.2 at most", "the same: 2", "more: up to 3.8"],
            2,
            "The bound is 2 (1 + ρ) = {limit:.2f}: the kept part pulls against every swing across. Here, at "
            "{rate:.3g}, an error still shrinks by {factor:.3f} a step.",
            {"condition": "100", "rate": 3.6, "friction": 0.9},
        ),
        goal=Goal("at a condition number of 100, gain a digit in fewer than 12 steps.", "there"),
    )
