"""Lecture 6: which learning rates and which initial weights a network survives: plain, batch norm, layer norm.

The runs are stored, because there are 441 of them. To compute them again:
``python -m zeromean.demos.l06_batch_norm.rate_sweep``
(about ten minutes on one core).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets, stored
from zeromean.training.loop import curve, descent

SIZES = (64, 100, 100, 100, 100, 10)
NORMS = ("none", "batch", "layer")
NAMES = {"none": "plain", "batch": "batch norm", "layer": "layer norm"}
STEP = 8  # from one map to the next
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SCALES = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
SEEDS, STEPS, EVERY = 3, 160, 8
TARGET, MOST = 0.95, 400
# Ioffe & Szegedy (2015), section 4.2: the base rate, then 5 and 30 times that; here the base rate is 0.05.
RACE: dict[str, tuple[dict[str, str], float]] = {
    "plain": ({}, 0.05),
    "plain-x5": ({}, 0.25),
    "plain-x30": ({}, 1.5),
    "BN": ({"norm": "batch"}, 0.05),
    "BN-x5": ({"norm": "batch"}, 0.25),
    "BN-x30": ({"norm": "batch"}, 1.5),
    "BN-x5-sigmoid": ({"norm": "batch", "act": "sigmoid", "init": "lecun"}, 0.25),
    "plain-x5-sigmoid": ({"act": "sigmoid", "init": "lecun"}, 0.25),
}


def run(norm: str, lr: float, scale: float, seed: int) -> tuple[np.ndarray, float]:
    """Train once; return the loss averaged over every 8 steps (NaN after divergence) and the test accuracy."""
    data = digits.load(seed)
    net = nets.Net(SIZES, norm=norm, scale=scale)
    steps = descent(net, data.x, data.t, lr=lr, rng=np.random.default_rng(seed))
    losses, last = curve(steps, STEPS, EVERY)
    return losses, nets.accuracy(net, last.params, last.state, data.x_test, data.t_test)


def race(name: str, seed: int) -> tuple[float, float]:
    """Return the first step (of every fifth) with 95 % test accuracy (infinity: never), and the best accuracy."""
    options, lr = RACE[name]
    data = digits.load(seed)
    net = nets.Net(SIZES, **options)  # type: ignore[arg-type]  # all of RACE's options are strings
    first, best = np.inf, 0.0
    for step in descent(net, data.x, data.t, lr=lr, rng=np.random.default_rng(seed)):
        if step.number % 5 == 0:
            accuracy = nets.accuracy(net, step.params, step.state, data.x_test, data.t_test)
            best = max(best, accuracy)
            first = min(first, step.number) if accuracy >= TARGET else first
        if step.number == MOST:
            break
    return float(first), best


def main() -> None:
    """Compute every run and store it."""
    grid = []
    for norm in NORMS:
        for scale in SCALES:
            for lr in RATES:
                runs = [run(norm, lr, scale, seed) for seed in range(SEEDS)]
                middle = np.median([losses for losses, _ in runs], axis=0)
                accuracy = [accuracy for _, accuracy in runs]
                grid.append({"norm": norm, "scale": scale, "lr": lr, "accuracy": accuracy, "loss": middle})
    races = {name: [race(name, seed) for seed in range(8)] for name in RACE}
    stored.write("rate_sweep", {"grid": grid, "race": races})


@cache
def _grid() -> dict[tuple[str, float, float], dict[str, Any]]:
    return stored.table(stored.read("rate_sweep")["grid"], "norm", "scale", "lr")


def _accuracies(norm: str, points: list[tuple[float, float]]) -> Any:
    """Return the accuracies (points, seeds) at several (scale, rate)."""
    return np.array([_grid()[norm, scale, lr]["accuracy"] for scale, lr in points])


def compute(params: Params) -> dict[str, Any]:
    """Return the map of each norm over rate and scale, the accuracy by rate at this scale, and the loss curves."""
    lr, scale = float(params["lr"]), float(params["scale"])
    out: dict[str, Any] = {
        "rates": np.array(RATES),
        "steps": np.arange(STEPS // EVERY) * EVERY + EVERY / 2,
        "head_x": np.array([STEP * k + 3.0 for k in range(3)]),
        "head_y": np.array([7.0]),
        "head": np.array(list(NAMES.values())),
    }
    for norm in NORMS:
        every = [[np.median(_accuracies(norm, [(each, rate)])) for rate in RATES] for each in SCALES]
        by_rate = _accuracies(norm, [(scale, each) for each in RATES])
        out |= {
            f"map_{norm}": 100 * np.array(every),
            f"rate_{norm}": np.median(by_rate, axis=1),
            f"rate_{norm}_low": by_rate.min(axis=1),
            f"rate_{norm}_high": by_rate.max(axis=1),
            f"loss_{norm}": np.array(_grid()[norm, scale, lr]["loss"], dtype=float),
            norm: float(np.median(_grid()[norm, scale, lr]["accuracy"])),
        }
    out["only"] = out["batch"] >= 0.9 and out["none"] < 0.9 and out["layer"] < 0.9
    return out


def race_table() -> list[tuple[str, float, float, float, float]]:
    """Return (name, median, smallest, largest step to 95 %, median of the best accuracy) over eight seeds."""
    rows = []
    for name, runs in stored.read("rate_sweep")["race"].items():
        first = np.array([np.inf if step is None else step for step, _ in runs])
        ordered = np.sort(first)
        middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1].mean()
        best = float(np.median([accuracy for _, accuracy in runs]))
        rows.append((name, float(middle), float(ordered[0]), float(ordered[-1]), best))
    return rows


def _three(x: str, y: str, lost: str = "") -> list[Any]:
    """Return the lines of the three norms."""
    looks = {"none": ("vermilion", "dot", "x"), "batch": ("blue", "", "o"), "layer": ("green", "dash", "^")}
    return [marks.line(x, f"{y}_{norm}", NAMES[norm], *looks[norm], lost=lost) for norm in NORMS]


def _maps() -> View:
    """Return the three maps side by side, each with a handle; the three handles move together."""
    rates = {float(STEP * k + i): f"{rate:g}" for k in range(3) for i, rate in enumerate(RATES) if i % 2 == 0}
    scales = {float(j): f"{scale:g}" for j, scale in enumerate(SCALES)}
    maps = [marks.cells(f"map_{norm}", (10, 100), ".0f", at=(STEP * k, 0)) for k, norm in enumerate(NORMS)]
    grid = [(float(i), float(j)) for i in range(len(RATES)) for j in range(len(SCALES))]
    handles = [
        Handle(f"Rate and scale, {NAMES[norm]}", along=("lr", "scale"), path=[(STEP * k + i, j) for i, j in grid])
        for k, norm in enumerate(NORMS)
    ]
    return View(
        "Test accuracy in % of each network",
        Axis("learning rate", -0.6, 2 * STEP + 6.6, ticks=rates),
        Axis("initial weights, times He's", -0.6, 7.3, ticks=scales),
        [*maps, marks.text("head_x", "head_y", "head", "ink", 1.1)],
        "Three maps of the accuracy over rate and scale. At rate {lr:.3g} and scale {scale:.3g}: plain {none:.2f}, "
        "batch norm {batch:.2f}, layer norm {layer:.2f}",
        handles,
        ratio=0.52,
        size="large",
        least=620,
    )


def demo() -> Stage:
    """Return the demo."""
    bands = [
        marks.band("rates", f"rate_{norm}_low", f"rate_{norm}_high", "", color)
        for norm, color in zip(NORMS, ("vermilion", "blue", "green"), strict=True)
    ]
    return Stage(
        "Rate sweep: 160 steps on digits, four hidden layers of 100",
        compute,
        [
            Slider("lr", "Learning rate", RATES, 0.1),
            Slider("scale", "Initial hidden weights, times He's", SCALES, 1.0),
        ],
        [
            _maps(),
            View(
                "Training loss, here",
                Axis("step", 0, STEPS),
                Axis("loss, mean of 8 steps", 0.01, 100, log=True),
                _three("steps", "loss", "diverged"),
                "Training loss over 160 steps at rate {lr:.3g} and scale {scale:.3g}",
            ),
            View(
                "Accuracy by rate",
                Axis("learning rate", 0.009, 11, log=True),
                Axis("accuracy", 0, 1),
                [*bands, *_three("rates", "rate"), marks.rule(x="lr", color="ink", dash="dot")],
                "Accuracy by rate. At {lr:.3g}: plain {none:.2f}, batch norm {batch:.2f}, layer norm {layer:.2f}",
            ),
        ],
        readout="Rate {lr:.3g}, weights times {scale:.3g}: plain {none:.1%}, batch norm {batch:.1%}, "
        "layer norm {layer:.1%} (median of 3 seeds).",
        presets=[
            Preset("All three work", {"lr": 0.1, "scale": 1.0}),
            Preset("Too fast for plain", {"lr": 3.0, "scale": 1.0}),
            Preset("Weights too small", {"lr": 0.1, "scale": 0.01}, "Layer norm meets ε: the variances are tiny."),
            Preset("Weights too large", {"lr": 0.1, "scale": 10.0}),
            Preset("Too fast for all", {"lr": 10.0, "scale": 1.0}),
        ],
        prediction=Prediction(
            "The plain network learns best at rates from 0.1 to 1. At rate 3 it is lost. What happens to the same "
            "network with batch norm at rate 3?",
            ["it diverges as well", "it learns, but ends below 50 %", "it ends above 90 %"],
            2,
            "A step of a scale-free weight can turn it, but not blow up the output. Batch norm ends at {batch:.1%}, "
            "the plain network at {none:.1%}.",
            {"lr": 3.0, "scale": 1.0},
        ),
        goal=Goal("find a rate and a scale at which only batch norm ends above 90 %.", "only"),
    )


if __name__ == "__main__":
    main()
