"""Lecture 5: four loss curves, one dial: a rate is low, good, high or very high, and each rule has its own.

The picture that is the idea: the loss of this rate over the faint curves of all others. The 432 runs are stored. To
compute them again: ``python -m zeromean.demos.l05_optimizers.rate_dial`` (about three minutes on one core).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets, stored
from zeromean.training.loop import descent
from zeromean.training.rules import RULES

NET = nets.Net((64, 64, 64, 10), act="tanh", init="lecun")
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
INPUTS = ("centred", "raw")
NAMES = {
    "sgd": "SGD",
    "momentum": "momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}
KEYS = {name: rule for rule, name in NAMES.items()}
SEEDS, STEPS, EVERY = 3, 100, 4  # 100 updates of 64 examples are five epochs
CHANCE = float(np.log(10))


def pixels(inputs: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training images (1297, 64) and labels, centred pixel by pixel or with values from 0 to 1."""
    data = digits.load(seed)
    if inputs == "centred":
        return data.x, data.t
    rows = np.random.default_rng(seed).permutation(len(digits.images()[0]))[digits.TEST_SIZE :]
    return digits.images()[0].reshape(-1, 64)[rows] / 16.0, data.t


def run(rule: str, inputs: str, lr: float, seed: int) -> tuple[np.ndarray, float]:
    """Train once; return the mean batch loss of every 4 updates, and the training loss at the end (NaN: diverged)."""
    x, t = pixels(inputs, seed)
    losses = np.full(STEPS, np.nan)
    for step in descent(NET, x, t, lr=lr, rule=RULES[rule], rng=np.random.default_rng(seed)):
        losses[step.number - 1] = step.loss
        if step.number == STEPS:
            break
    with np.errstate(all="ignore"):  # the weights of a run that diverged
        scores, _ = nets.forward(NET, step.params, step.state, x)
        return losses.reshape(-1, EVERY).mean(axis=1), float(nets.cross_entropy(scores, t))


def main() -> None:
    """Compute every run and store it."""
    grid = []
    for inputs in INPUTS:
        for rule in RULES:
            for lr in RATES:
                runs = [run(rule, inputs, lr, seed) for seed in range(SEEDS)]
                middle = np.median([losses for losses, _ in runs], axis=0)
                ends = [end for _, end in runs]
                grid.append({"rule": rule, "inputs": inputs, "lr": lr, "end": ends, "loss": middle})
    stored.write("rate_dial", grid)


@cache
def _grid() -> dict[tuple[str, str, float], dict[str, Any]]:
    return stored.table(stored.read("rate_dial"), "rule", "inputs", "lr")


def curves(rule: str, inputs: str) -> Any:
    """Return the loss curves (rates, 25) of a rule, medians of three seeds; NaN after divergence."""
    return np.array([_grid()[rule, inputs, lr]["loss"] for lr in RATES], dtype=float)


def ends(rule: str, inputs: str) -> Any:
    """Return the training loss after five epochs (rates, seeds); infinite where the run diverged."""
    found = np.array([_grid()[rule, inputs, lr]["end"] for lr in RATES], dtype=float)
    return np.where(np.isnan(found), np.inf, found)


def best(rule: str, inputs: str) -> tuple[float, float]:
    """Return the rate whose median loss is lowest, and that loss."""
    middle = np.median(ends(rule, inputs), axis=1)
    at = int(np.argmin(middle))
    return RATES[at], float(middle[at])


def word(rule: str, inputs: str, lr: float) -> str:
    """Return low, good (within four times the best loss), high, or very high (no better than chance)."""
    at, lowest = RATES.index(lr), best(rule, inputs)
    end = float(np.median(ends(rule, inputs)[at]))
    if end <= 4 * lowest[1]:
        return "good"
    if lr < lowest[0]:
        return "low"
    return "very high" if end > 0.9 * CHANCE else "high"


def compute(params: Params) -> dict[str, Any]:
    """Return the curve of this rate over those of all others, and where every rate of this rule ends."""
    rule, inputs, lr = KEYS[str(params["rule"])], str(params["inputs"]), float(params["lr"])
    every, last, at = curves(rule, inputs), ends(rule, inputs), RATES.index(lr)
    shown = np.minimum(last, 90.0)
    good = best(rule, inputs)
    return {
        "steps": np.arange(STEPS // EVERY) * EVERY + EVERY / 2,
        "curve": every[at],
        "others": every,
        "rates": np.array(RATES),
        "end": np.median(shown, axis=1),
        "end_low": shown.min(axis=1),
        "end_high": shown.max(axis=1),
        "here": float(np.median(shown[at])),
        "loss": float(np.nan_to_num(np.median(last[at]), nan=np.inf)),
        "word": word(rule, inputs, lr),
        "best_rate": good[0],
        "best_end": good[1],
        "bold": inputs == "centred" and rule == "sgd" and word(rule, inputs, lr) == "good" and lr >= 3,
    }


def demo() -> Stage:
    """Return the demo."""
    plain = {"rule": "momentum", "inputs": "centred"}
    return Stage(
        "Rate dial: two hidden layers of 64 on digits",
        compute,
        [
            Slider("lr", "Learning rate", RATES, 0.01),
            Choice("rule", "Rule", tuple(NAMES.values()), "momentum"),
            Choice("inputs", "Pixels", INPUTS, "centred"),
        ],
        [
            View(
                "Training loss of this rate, and of all others",
                Axis("step", 0, STEPS),
                Axis("loss, mean of 4 steps", 0.005, 100, log=True),
                [
                    marks.line("steps", "others", "", "grey", width=1.2, alpha=0.55),
                    marks.rule(y=CHANCE, name="chance", color="grey", dash="dot"),
                    marks.line("steps", "curve", "this rate", "blue", width=4, lost="diverged"),
                ],
                "Training loss over 100 steps of {rule} at rate {lr:.3g}, which is {word}: it ends at {loss:.2g}",
                ratio=0.7,
                size="large",
            ),
            View(
                "Where every rate ends",
                Axis("learning rate", 7e-5, 45, log=True),
                Axis("loss after 5 epochs", 0.002, 100, log=True),
                [
                    marks.band("rates", "end_low", "end_high", "", "orange"),
                    marks.line("rates", "end", "three seeds", "orange", marker="o"),
                ],
                "Loss after five epochs for every rate of {rule}: lowest, {best_end:.2g}, at {best_rate:.3g}",
                [Handle("Rate, on the curve", x="lr", y="here", color="vermilion")],
                ratio=0.8,
            ),
        ],
        formula="rate {lr:.3g}: [blue:{word}]",
        readout="{rule} on {inputs} pixels at rate {lr:.3g}: {word}, loss {loss:.2g}. Its best of twelve rates is "
        "{best_rate:.3g}, with {best_end:.2g}.",
        presets=[
            Preset("Too low", {**plain, "lr": 0.003}, "Steady, and slow."),
            Preset("Good", {**plain, "lr": 0.3}),
            Preset("Too high", {**plain, "lr": 1.0}, "Faster at first, and then it jumps about far above the bottom."),
            Preset("Far too high", {**plain, "lr": 10.0}, "Worse than guessing, from the first steps on."),
            Preset("Another rule, another scale", {"rule": "Adam", "inputs": "centred", "lr": 0.01}),
            Preset("Raw pixels", {"rule": "SGD", "inputs": "raw", "lr": 3.0}, "The same rate, and inputs with a mean."),
        ],
        prediction=Prediction(
            "SGD learns these digits best at a rate near 3 when the pixels are centred. What is the best rate of Adam?",
            ["about the same", "ten times smaller", "a hundred times smaller"],
            2,
            "Its steps have the length of the rate, whatever the gradient. The best here is {best_rate:.3g}.",
            {"rule": "Adam", "inputs": "centred", "lr": 0.01},
        ),
        goal=Goal("the largest good rate of SGD on centred pixels.", "bold"),
    )


if __name__ == "__main__":
    main()
