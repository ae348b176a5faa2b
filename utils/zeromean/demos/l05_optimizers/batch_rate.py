"""Lecture 5: N times the batch, N times the rate. A map of both to walk on, the line of that rule, and where it breaks.

The rule is Goyal et al. (2017), section 2.1. All runs see the same number of examples: five epochs of digits.
To compute them again: ``python -m zeromean.demos.l05_optimizers.batch_rate`` (about two minutes on one core).
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
from zeromean.training.loop import descent

NET = nets.Net((64, 64, 64, 10))
BATCHES = tuple(8 * 2**i for i in range(7))
RATES = tuple(0.015 * 2**j for j in range(9))
EPOCHS, SEEDS = 5, 5
GUESSING = float(np.log(10))  # the loss of equal scores; what diverged is counted as this
RULES = {"linear": 1.0, "root": 0.5, "fixed": 0.0}  # how the rate grows with the batch: as its power


def run(batch: int, rate: float, seed: int) -> list[float]:
    """Train once; return the training loss after each epoch, that of guessing where it is higher or lost."""
    data = digits.load(seed)
    steps, losses = len(data.x) // batch, np.full(EPOCHS, GUESSING)
    for step in descent(NET, data.x, data.t, lr=rate, batch=batch, rng=np.random.default_rng(seed)):
        if step.number % steps == 0:
            with np.errstate(all="ignore"):  # the weights of a run that is about to diverge
                scores, _ = nets.forward(NET, step.params, step.state, data.x)
                loss = float(nets.cross_entropy(scores, data.t))
            losses[step.number // steps - 1] = np.fmin(loss, GUESSING)
        if step.number == EPOCHS * steps:
            break
    return [float(loss) for loss in losses]


def main() -> None:
    """Compute every run and store it."""
    runs = [
        {"batch": batch, "rate": rate, "loss": [run(batch, rate, seed) for seed in range(SEEDS)]}
        for batch in BATCHES
        for rate in RATES
    ]
    stored.write("batch_rate", runs)


@cache
def _losses() -> dict[tuple[Any, ...], Any]:
    """Return the stored losses (5 seeds, 5 epochs) by (batch, rate)."""
    runs = stored.table(stored.read("batch_rate"), "batch", "rate")
    return {where: np.array(found["loss"]) for where, found in runs.items()}


def loss_of(batch: int, rate: float) -> float:
    """Return the median over the seeds of the loss after the last epoch."""
    return float(np.median(_losses()[batch, rate][:, -1]))


@cache
def _along(rule: str, at: int, height: int) -> tuple[Any, Any, Any]:
    """Return columns, rows and losses (7,) each of the map where a rule passes through a place; the rest is NaN."""
    power, found = RULES[rule], []
    for i in range(len(BATCHES)):
        row = height + power * (i - at)
        if row == int(row) and 0 <= row < len(RATES):
            found.append((float(i), row, loss_of(BATCHES[i], RATES[int(row)])))
    table = np.full((len(BATCHES), 3), np.nan)
    table[: len(found)] = found
    return table[:, 0], table[:, 1], table[:, 2]


def compute(params: Params) -> dict[str, Any]:
    """Return the map of all losses, the three rules through this place, and what they keep."""
    batch, rate = int(params["batch"]), float(params["rate"])
    at, height = BATCHES.index(batch), RATES.index(rate)
    every = np.array([[loss_of(b, r) for b in BATCHES] for r in RATES])
    here, first = loss_of(batch, rate), height - at
    out: dict[str, Any] = {"map": every, "epochs": np.arange(1, EPOCHS + 1), "loss": here}
    for rule in RULES:
        columns, rows, losses = _along(rule, at, height)
        sizes = np.where(np.isnan(columns), np.nan, 8 * 2.0 ** np.nan_to_num(columns))
        out |= {f"{rule}_x": columns, f"{rule}_y": rows, f"{rule}_size": sizes, f"{rule}_loss": losses}
    runs = _losses()[batch, rate]
    start = loss_of(8, RATES[first]) if first >= 0 else np.nan
    return out | {
        "middle": np.median(runs, axis=0),
        "low": runs.min(axis=0),
        "high": runs.max(axis=0),
        "lowest": float(runs[:, -1].min()),
        "highest": float(runs[:, -1].max()),
        "origin": f"at batch 8 and rate {RATES[first]:.3g} it is {start:.3f}"
        if first >= 0
        else "the line began below the map",
        "kept": batch == 128 and first >= 0 and here < 1.1 * start < 0.11,
    }


def _views() -> list[View]:
    looks = {"linear": ("blue", ""), "root": ("ink", "dash"), "fixed": ("vermilion", "dot")}
    names = {"linear": "× N", "root": "× √N", "fixed": "the same"}
    grid = [(float(i), float(j)) for i in range(len(BATCHES)) for j in range(len(RATES))]
    plane = View(
        "Loss after five epochs, and three lines to walk",
        Axis("examples in a batch", -0.6, 6.6, ticks={float(i): str(b) for i, b in enumerate(BATCHES)}),
        Axis("rate", -0.6, 8.6, ticks={float(j): f"{r:.2g}" for j, r in enumerate(RATES)}),
        [
            marks.cells("map", (1.2, 0), ".2f"),
            *[marks.line(f"{r}_x", f"{r}_y", "", *looks[r], width=3.5) for r in RULES],
        ],
        "A map of the loss over batch and rate; at batch {batch} and rate {rate:.3g} it is {loss:.3f}; {origin}",
        [Handle("Batch and rate", along=("batch", "rate"), path=grid, color="purple", around=(1, 1))],
        ratio=0.66,
        size="large",
        least=520,
    )
    rules = View(
        "On the lines",
        Axis("batch", 7, 600, log=True, ticks={8: "8", 64: "64", 512: "512"}),
        Axis("loss", 0.003, 4, log=True),
        [marks.line(f"{r}_size", f"{r}_loss", names[r], *looks[r], marker="o") for r in RULES],
        "The loss along the lines of three rules through batch {batch}, rate {rate:.3g}: {loss:.3f} there",
    )
    seeds = View(
        "This run",
        Axis("epoch", 1, EPOCHS),
        Axis("loss", 0.003, 4, log=True),
        [
            marks.band("epochs", "low", "high", "", "sky", 0.5),
            marks.line("epochs", "middle", "median", "blue", marker="o"),
        ],
        "The loss by epoch; after the last it is {lowest:.3f} to {highest:.3f}",
    )
    return [plane, rules, seeds]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Batch and rate: 2 × 64 ReLU units, five epochs of digits",
        compute,
        [
            Slider("batch", "Examples in a batch", BATCHES, 8, fmt="d"),
            Slider("rate", "Rate", RATES, 0.06),
        ],
        _views(),
        formula="loss at batch {batch}, rate {rate:.3g}: [blue:{loss:.3f}];  on this line, {origin}",
        readout="Batch {batch:d}, rate {rate:.3g}: loss {loss:.3f} (5 seeds: {lowest:.3f} to {highest:.3f}).",
        presets=[
            Preset("Where we start", {"batch": 8, "rate": 0.06}),
            Preset("Larger batch, same rate", {"batch": 256, "rate": 0.06}),
            Preset("Larger batch, larger rate", {"batch": 256, "rate": 1.92}, "32 times the batch, 32 times the rate."),
            Preset("The line breaks", {"batch": 512, "rate": 3.84}, "The rate is beyond what any step survives."),
            Preset("Too fast for a small batch", {"batch": 8, "rate": 1.92}),
        ],
        prediction=Prediction(
            "Batch 8, rate 0.06, five epochs: the loss ends at 0.07. We take batches of 256 and keep the rate. Then it "
            "ends ...",
            ["at 0.07 again", "about twice as high", "more than ten times as high"],
            2,
            "At {loss:.2f}: an epoch has 32 times fewer steps, each as short as before. With 32 times the rate it is "
            "close to 0.1.",
            {"batch": 256, "rate": 0.06},
        ),
        goal=Goal("at batch 128, keep within a tenth what batch 8 reached on the same blue line, below 0.1.", "kept"),
    )


if __name__ == "__main__":
    main()
