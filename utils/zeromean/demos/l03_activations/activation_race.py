"""Lecture 3: which activation trains fastest? Four layers of 64 units on digits, five activations, five rates.

The picture that is the idea: five loss curves over the same steps, and the loss that counts as arrival, a line to drag.
"Six times faster" would be a curve that is down in a sixth of the steps. The runs are stored. To compute them again:
``python -m zeromean.demos.l03_activations.activation_race`` (about a minute on one core).
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

ACTS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "leaky_tenth": "leaky, 0.1", "elu": "ELU"}
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
STEPS, EVERY, SEEDS = 200, 5, 3
AT = np.arange(EVERY, STEPS + 1, EVERY)
GOALS = (1.0, 0.3, 0.1, 0.03)  # losses at which a run has arrived
LEAST = 0.008


def run(act: str, lr: float, seed: int = 0) -> Any:
    """Return the training loss of a run (40,), the mean of every five steps."""
    data = digits.load()
    net = nets.Net((64, 64, 64, 64, 64, 10), act=act)
    return curve(descent(net, data.x, data.t, lr=lr, rng=np.random.default_rng(seed)), STEPS, EVERY)[0]


def main() -> None:
    """Compute every run and store it."""
    runs = [
        {"act": act, "lr": lr, "losses": [run(act, lr, seed) for seed in range(SEEDS)]} for act in ACTS for lr in RATES
    ]
    stored.write("activation_race", runs)


@cache
def losses(act: str, lr: float) -> Any:
    """Return the stored losses (3 seeds, 40); NaN from where a run diverged."""
    found = stored.table(stored.read("activation_race"), "act", "lr")[act, lr]["losses"]
    return np.array(found, float)


@cache
def arrival(act: str, lr: float, loss: float) -> float:
    """Return the step at which the median loss of the seeds falls below `loss`; infinity if it never does."""
    below = np.flatnonzero(np.median(losses(act, lr), axis=0) < loss)
    return float(AT[below[0]]) if len(below) else float("inf")


def best(act: str, loss: float) -> tuple[float, float]:
    """Return the step of arrival at the activation's own best rate, and that rate."""
    return min((arrival(act, lr, loss), lr) for lr in RATES)


def compute(params: Params) -> dict[str, Any]:
    """Return the median loss of every activation at one rate, and all steps of arrival."""
    lr, loss = float(params["rate"]), float(params["loss"])
    out: dict[str, Any] = {"steps": AT, "rates": np.array(RATES)}
    for act in ACTS:
        out[f"loss_{act}"] = np.maximum(np.median(losses(act, lr), axis=0), LEAST)
        arrivals = np.array([arrival(act, rate, loss) for rate in RATES])
        out[f"to_{act}"] = np.where(np.isfinite(arrivals), arrivals, np.nan)
    here = {act: arrival(act, lr, loss) for act in ACTS}
    said = {act: f"{step:.0f}" if np.isfinite(step) else "never" for act, step in here.items()}
    known = np.isfinite([here["tanh"], here["relu"]]).all()
    out |= {act: said[act] for act in ACTS}
    out["factor"] = f"a factor of {here['tanh'] / here['relu']:.1f}" if known else "one never arrives"
    return out | {"turned": bool(known and here["relu"] < here["tanh"])}


def _views() -> list[View]:
    looks = [("sigmoid", "sigmoid", "grey", "dot"), ("tanh", "tanh", "purple", "dashdot"), ("relu", "ReLU", "blue", "")]
    looks += [("leaky_tenth", "leaky", "green", "dash"), ("elu", "ELU", "orange", "dash")]
    rates: dict[float, str] = {rate: f"{rate:g}" for rate in RATES}
    return [
        View(
            "Training loss",
            Axis("step", 0, STEPS),
            Axis("loss", LEAST, 5, log=True),
            [
                marks.rule(y="loss", name="arrived", color="ink", dash="dot"),
                *(
                    marks.line("steps", f"loss_{act}", name, color, dash, width=3.5, lost="diverged")
                    for act, name, color, dash in looks
                ),
            ],
            "Training loss over 200 steps at rate {rate:.3g}; {loss:.3g} is reached by tanh at step {tanh}, by ReLU at "
            "{relu}, by ELU at {elu}, by sigmoid {sigmoid}",
            [Handle("Loss to reach", x=10.0, y="loss")],
            size="large",
        ),
        View(
            "Steps to arrive",
            Axis("rate", 0.024, 3.8, log=True, ticks=rates),
            Axis("steps", 0, STEPS),
            [
                *(marks.line("rates", f"to_{act}", "", color, dash, marker="o") for act, _, color, dash in looks),
                marks.rule(x="rate", color="ink", dash="dot"),
            ],
            "Steps to a loss of {loss:.3g} by rate; at {rate:.3g} tanh needs {tanh} and ReLU {relu}",
            [Handle("Rate", x="rate", y=0.0)],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Which activation is fastest? 4 × 64 units on digits",
        compute,
        [Slider("rate", "Rate", RATES, 0.1), Slider("loss", "Loss to reach", GOALS, 0.3)],
        _views(),
        formula="steps of tanh / steps of ReLU = {tanh} / {relu}: {factor} (rate {rate:.3g}, loss {loss:.3g})",
        readout="Rate {rate:.3g}, steps to a loss of {loss:.3g}: sigmoid {sigmoid}, tanh {tanh}, ReLU {relu}, "
        "ELU {elu}.",
        presets=[
            Preset("Too cautious", {"rate": 0.03, "loss": 0.3}, "Whose slopes are larger is ahead."),
            Preset("A short race", {"rate": 0.3, "loss": 0.3}, "tanh and ELU are down first."),
            Preset("A long race", {"rate": 0.3, "loss": 0.03}, "ReLU is down first."),
            Preset("Too large", {"rate": 3.0, "loss": 0.3}, "Nobody arrives."),
        ],
        prediction=Prediction(
            "Four layers of 64 units, rate 0.3, to a loss of 0.3. How does ReLU compare with tanh?",
            ["6 times fewer steps", "half of the steps", "more steps"],
            2,
            "{tanh} steps of tanh against {relu} of ReLU. To a loss of 0.03 it is the other way round.",
            {"rate": 0.3, "loss": 0.3},
        ),
        goal=Goal("a loss to which ReLU is faster than tanh.", "turned"),
    )


if __name__ == "__main__":
    main()
