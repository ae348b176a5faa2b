"""Lecture 5: how long are Adam's first steps? Corrected, as long as the rate; uncorrected, up to 6.6 times as long.

The picture that is the idea: one step after the other, as long as it is. Under a constant gradient g the mean is
m = (1 − β1^t) g and the mean square v = (1 − β2^t) g², so a step over the rate is known exactly (Kingma and Ba 2015).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Check, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

FIRST = (0.0, 0.5, 0.9, 0.99)
SECOND = (0.5, 0.9, 0.99, 0.999, 0.9999)
TIMES = np.unique(np.round([*np.geomspace(1, 10000, 61), 12]).astype(int))  # 12: the peak of the uncorrected steps
SIZES = {"1": 1.0, "one millionth": 1e-6, "a billionth": 1e-9}
EPS = 1e-8


def parts(beta1: float, beta2: float, t: Any) -> tuple[Any, Any]:
    """Return how much of g the mean m, and how much of |g| the root of the mean square v, has after t steps (n,)."""
    t = np.asarray(t, float)
    return -np.expm1(t * np.log(beta1)) if beta1 else np.ones_like(t), np.sqrt(-np.expm1(t * np.log(beta2)))


def step(beta1: float, beta2: float, t: Any, *, corrected: bool, size: float = 1.0) -> Any:
    """Return the length of the t-th step (n,) over the rate, for a constant gradient of that size."""
    mean, root = parts(beta1, beta2, t)
    if corrected:
        mean, root = np.ones_like(mean), np.ones_like(root)
    return mean * size / (root * size + EPS)


@cache
def peak(beta1: float, beta2: float, corrected: bool, size: float) -> tuple[float, int]:
    """Return the longest step and when it comes."""
    t = np.arange(1, 20001)
    steps = step(beta1, beta2, t, corrected=corrected, size=size)
    at = int(np.argmax(steps))
    return float(steps[at]), at + 1


@cache
def settled(beta1: float, beta2: float, corrected: bool, size: float) -> int:
    """Return the first step from which on all are within one per cent of the last; 0 if it is later than 100 000."""
    t = np.arange(1, 100001)
    steps = step(beta1, beta2, t, corrected=corrected, size=size)
    off = np.flatnonzero(abs(steps / (size / (size + EPS)) - 1) > 0.01)
    return 0 if len(off) and off[-1] == len(t) - 1 else int(off[-1] + 2) if len(off) else 1


@cache
def _curves(beta1: float, beta2: float, size: float) -> dict[str, Any]:
    """Return what does not depend on the time: the steps with and without correction, and both averages."""
    mean, root = parts(beta1, beta2, TIMES)
    raw, right = (step(beta1, beta2, TIMES, corrected=corrected, size=size) for corrected in (False, True))
    return {"times": TIMES.astype(np.uint16), "raw": raw, "right": right, "mean": mean, "root": root}


def compute(params: Params) -> dict[str, Any]:
    """Return both curves of steps, the two averages they are made of, and the step at one time."""
    beta1, beta2, t = float(params["beta1"]), float(params["beta2"]), int(params["t"])
    corrected, size = bool(params["corrected"]), SIZES[str(params["size"])]
    curves = _curves(beta1, beta2, size)
    now = float(step(beta1, beta2, [t], corrected=corrected, size=size)[0])
    highest, when = peak(beta1, beta2, corrected, size)
    m, s = (float(part[0]) for part in parts(beta1, beta2, [t]))
    calm = settled(beta1, beta2, corrected, size)
    return {
        **curves,
        "chosen": curves["right" if corrected else "raw"],
        "now": now,
        "m": 1.0 if corrected else m,
        "s": 1.0 if corrected else s,
        "seen_m": m,
        "seen_s": s,
        "highest": highest,
        "when": when,
        "calm": f"from step {calm} on" if calm else "only after step 100000",
        "tame": not corrected and beta2 > 0.9 and highest < 1.5,
    }


def _views() -> list[View]:
    time = Axis("step t", 1, 10000, log=True)
    return [
        View(
            "How long is each step?",
            time,
            Axis("step / rate", 0, 10.5),
            [
                marks.line("times", "raw", "uncorrected", "vermilion", "dash", width=2.5, lost="longer"),
                marks.line("times", "right", "corrected", "blue", width=2.5),
                marks.line("times", "chosen", "", "sky", width=9, alpha=0.45),
            ],
            "Length of Adam's step over the rate, for a constant gradient: now {now:.4g} at t = {t}; the longest is "
            "{highest:.4g} at t = {when}",
            [Handle("Time t, on the curve", x="t", y="now", color="ink")],
            size="large",
        ),
        View(
            "Averages fill up",
            time,
            Axis("share of g", 0, 1.05),
            [
                marks.line("times", "mean", "m/g", "green"),
                marks.line("times", "root", "√v/g", "orange", "dash"),
                marks.rule(x="t", color="ink", dash="dot"),
            ],
            "How full the averages are: at t = {t} m has {seen_m:.3f} of g, √v has {seen_s:.3f}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Adam's first steps, under a constant gradient",
        compute,
        [
            Slider("t", "Step t", TIMES, 1, fmt="d", play=True),
            Slider("beta1", "β₁ (mean)", FIRST, 0.9),
            Slider("beta2", "β₂ (squares)", SECOND, 0.999, fmt=".4g"),
            Check("corrected", "Corrected", True),
            Choice("size", "Gradient", tuple(SIZES), "1"),
        ],
        _views(),
        formula="step/rate = [green:m] / ([orange:√v] + ε) = [green:{m:.3g} g] / ([orange:{s:.3g} g] + ε) = {now:.4g}",
        readout="Step {t} is {now:.4g} times the rate; the longest, step {when}, {highest:.4g} times. Within 1 % of "
        "its limit {calm}.",
        presets=[
            Preset(name, {"beta1": b1, "beta2": b2, "corrected": corrected, "t": t, "size": size}, note)
            for name, b1, b2, corrected, t, size, note in (
                ("As published", 0.9, 0.999, True, 1, "1", "As long as the rate, at once."),
                ("Uncorrected", 0.9, 0.999, False, 1, "1", "The first step is √10 times the rate."),
                ("The longest step", 0.9, 0.999, False, 12, "1", "m is nearly there, v is not."),
                ("No mean at all", 0.0, 0.99, False, 1, "1", "RMSProp: it starts at 10 times the rate."),
                ("Smaller than ε", 0.9, 0.999, True, 1, "a billionth", "Below ε, Adam hardly moves."),
            )
        ],
        prediction=Prediction(
            "Adam without bias correction, β₁ = 0.9, β₂ = 0.999, a constant gradient. How long is its longest step?",
            ["as long as the rate", "3 times the rate", "more than 6 times the rate"],
            2,
            "{now:.2f} times, at t = {t}: m is filled after some ten steps, v only after some thousand.",
            {"beta1": 0.9, "beta2": 0.999, "corrected": False, "t": 12, "size": "1"},
        ),
        goal=Goal("without correction, with β₂ above 0.9: no step longer than 1.5 times the rate.", "tame"),
    )
