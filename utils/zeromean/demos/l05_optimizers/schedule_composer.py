"""Lecture 5: compose a schedule, with a warm-up and a length, and watch a network learn by it, beside a constant rate.

A fifth of the labels are wrong on purpose, so that gradients stay noisy to the end; what is drawn is the loss on test
images with their true labels. The runs of five seeds are stored; to compute them again:
``python -m zeromean.demos.l05_optimizers.schedule_composer`` (about ten seconds).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets, stored
from zeromean.training.loop import descent
from zeromean.training.rules import momentum

NET = nets.Net((64, 32, 10))
LONGEST, EVERY, BATCH, SEEDS, WRONG = 200, 10, 32, 5, 0.2
# the share of the full rate, by how much of the decay is done (0 to 1) and by the steps since it began
SHAPES: dict[str, Callable[[Any, Any], Any]] = {
    "constant": lambda done, steps: np.ones(len(done)),
    "tenths": lambda done, steps: 0.1 ** np.digitize(done, [0.3, 0.6, 0.9]),
    "halves": lambda done, steps: 0.5 ** np.floor(8 * done),
    "exponential": lambda done, steps: np.exp(-5 * done),
    "1/t": lambda done, steps: 1 / (1 + 20 * done),
    "cosine": lambda done, steps: 0.5 + np.cos(np.pi * done) / 2,
    "linear": lambda done, steps: 1 - done,
    "1/√t": lambda done, steps: (1 + steps) ** -0.5,
}
LENGTHS = {"200 steps": 200, "150 steps": 150, "100 steps": 100}
WARM, RATES, USUAL = (0, 20, 40, 60), (0.05, 0.1, 0.2, 0.3), 0.3


def schedule(kind: str, rate: float, warm: int, total: int) -> Any:
    """Return the rate of each step (total,): a line from 0 up to `rate`, then the decay over what is left."""
    step = np.arange(total)
    since = np.maximum(step - warm, 0)
    return rate * np.minimum(step / max(warm, 1) + (warm == 0), 1) * SHAPES[kind](since / (total - warm), since)


@cache
def labels(seed: int) -> Any:
    """Return the training labels (1297,), a fifth of them drawn at random."""
    true, rng = digits.load(seed).t, np.random.default_rng(seed)
    return np.where(rng.random(len(true)) < WRONG, rng.integers(0, 10, len(true)), true)


def losses(kind: str, rate: float, warm: int, total: int, seed: int = 0) -> Iterator[tuple[int, float]]:
    """Yield the loss on the test images after every tenth step."""
    data, rates = digits.load(seed), schedule(kind, rate, warm, total)
    steps = descent(
        NET,
        data.x,
        labels(seed),
        lr=lambda t: float(rates[t]),
        batch=BATCH,
        rule=momentum,
        rng=np.random.default_rng(seed),
    )
    for step in steps:
        if step.number % EVERY == 0:
            scores, _ = nets.forward(NET, step.params, step.state, data.x_test)
            yield step.number, float(nets.cross_entropy(scores, data.t_test))
        if step.number == total:
            return


def main() -> None:
    """Compute every kind at the usual rate for five seeds, and the constant rates for the first seed, and store it."""
    kinds = {kind: [list(losses(kind, USUAL, 0, LONGEST, seed))[-1][1] for seed in range(SEEDS)] for kind in SHAPES}
    constant = {str(rate): [loss for _, loss in losses("constant", rate, 0, LONGEST)] for rate in RATES}
    stored.write("schedule_composer", {"kinds": kinds, "constant": constant})


@cache
def ends() -> dict[str, Any]:
    """Return the stored loss at the end (5 seeds,) of each kind, at rate 0.3 and without warm-up."""
    return {kind: np.array(found) for kind, found in stored.read("schedule_composer")["kinds"].items()}


@cache
def constant(rate: float) -> Any:
    """Return the stored loss (20,) of a constant rate."""
    return np.array(stored.read("schedule_composer")["constant"][str(rate)])


def compute(params: Params) -> Iterator[dict[str, Any]]:
    """Train, and yield the schedule and the losses so far after every twentieth step."""
    kind, rate, warm = str(params["kind"]), float(params["rate"]), int(params["warm"])
    total = LENGTHS[str(params["length"])]
    rates, found = np.full(LONGEST, np.nan), np.full(LONGEST // EVERY, np.nan)
    rates[:total] = schedule(kind, rate, warm, total)
    beside = np.where(np.arange(LONGEST // EVERY) < total // EVERY, constant(rate), np.nan)
    shared = {
        "t": np.arange(LONGEST),
        "rates": rates,
        "seen": np.arange(EVERY, LONGEST + 1, EVERY),
        "constant": beside,
        "top_x": float(warm),
        "all_x": np.concatenate([ends()[each] for each in SHAPES]),
        "all_y": np.repeat(np.arange(len(SHAPES)), SEEDS),
        "mine_y": np.array([list(SHAPES).index(kind)]),
        "flat": float(beside[total // EVERY - 1]),
        "total": total,
    }
    for step, loss in losses(kind, rate, warm, total):
        found[step // EVERY - 1] = loss
        if step % (2 * EVERY) == 0 or step == total:
            so_far = np.where(np.arange(LONGEST) < step, rates, np.nan)
            over = step == total
            yield shared | {
                "gone": so_far,
                "losses": found.copy(),
                "now": step,
                "rate_now": float(rates[step - 1]),
                "loss": loss,
                "mine_x": np.array([loss if over else np.nan]),
                "reached": over and loss < 0.36,
            }


def _views() -> list[View]:
    kinds: dict[float, str] = {float(i): kind for i, kind in enumerate(SHAPES)}
    return [
        View(
            "The schedule: drag its top",
            Axis("step", 0, LONGEST),
            Axis("rate", 0, 0.34),
            [marks.line("t", "rates", "", "grey", "dot", width=2), marks.line("t", "gone", "", "blue", width=4)],
            "The rate over {total} steps, {kind}, with a warm-up of {warm} steps to {rate}; at step {now} it is "
            "{rate_now:.3g}",
            [Handle("Top of the schedule", x="warm", y="rate", color="purple")],
            size="large",
        ),
        View(
            "Test loss, live",
            Axis("step", 0, LONGEST),
            Axis("test loss", 0.25, 4, log=True),
            [
                marks.line("seen", "constant", "constant", "grey", "dash"),
                marks.line("seen", "losses", "this", "vermilion", lost="diverged"),
            ],
            "The test loss at step {now} is {loss:.3f}; the constant rate ends at {flat:.3f}",
        ),
        View(
            "Five seeds of each",
            Axis("loss after 200 steps", 0.28, 0.72),
            Axis("", 7.6, -0.6, ticks=kinds),
            [
                marks.points("all_x", "all_y", "rate 0.3", "sky", size=5),
                marks.points("mine_x", "mine_y", "this", "vermilion", "d", 7, 1),
            ],
            "The loss at the end of every kind, five seeds each; this run is at {loss:.3f}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    usual = {"kind": "constant", "rate": USUAL, "warm": 0, "length": "200 steps"}
    return Stage(
        "Compose a schedule",
        compute,
        [
            Choice("kind", "Decay", tuple(SHAPES), "constant"),
            Slider("rate", "Top rate", RATES, USUAL),
            Slider("warm", "Warm-up", WARM, 0, fmt="d", unit="steps"),
            Choice("length", "Length", tuple(LENGTHS), "200 steps"),
        ],
        _views(),
        coarse={"rate": 1, "warm": 1, "length": 2},
        formula="step {now}: rate = [blue:{rate_now:.3g}], test loss = [vermilion:{loss:.3f}]",
        readout="{kind}, top rate {rate}, warm-up {warm:d}: after {now:d} steps the test loss is {loss:.3f} "
        "(constant: {flat:.3f}).",
        presets=[
            Preset("Never settles", usual, "Momentum, and a fifth of the labels wrong: the noise never ends."),
            Preset("Too timid", {**usual, "rate": 0.05}),
            Preset("Settles", {**usual, "kind": "cosine"}),
            Preset("Brakes too early", {**usual, "kind": "1/√t"}),
            Preset("Warms up first", {**usual, "kind": "cosine", "warm": 40}),
        ],
        prediction=Prediction(
            "A fifth of the labels are wrong, so the gradients stay noisy. We keep the rate 0.3 to the end, or let it "
            "fall to 0 along a cosine. With the cosine the test loss ends ...",
            ["about the same", "clearly lower", "higher, because it stops learning"],
            1,
            "It is {loss:.2f} with the cosine and {flat:.2f} without: a small rate averages the noise away.",
            {**usual, "kind": "cosine"},
        ),
        goal=Goal("end below 0.36.", "reached"),
    )


if __name__ == "__main__":
    main()
