"""Lectures 6 and 7: how small may a batch be? Six normalizations at batch sizes from 1 to 32.

The runs are stored. To compute them again:
``python -m zeromean.demos.l06_batch_norm.small_batches`` (about five minutes on one core).
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
from zeromean.training.loop import train

BATCHES, EPOCHS, SEEDS = (1, 2, 4, 8, 32), 1, 3
NORMS = {
    "none": "none",
    "batch": "batch",
    "mean_only": "mean",
    "renorm": "renorm",
    "layer": "layer",
    "group": "group",
}


def run(norm: str, batch: int, seed: int) -> float:
    """Train once over one epoch; return the test accuracy."""
    data, net = digits.load(seed), nets.Net((64, 64, 64, 10), norm=norm)
    steps, rate = EPOCHS * (len(data.x) // batch), 0.1 * (batch / 32) ** 0.5
    step = train(net, data.x, data.t, lr=rate, steps=steps, batch=batch, seed=seed)
    return nets.accuracy(net, step.params, step.state, data.x_test, data.t_test)


def main() -> None:
    """Compute every run and store it."""
    runs = {norm: [[run(norm, batch, seed) for seed in range(SEEDS)] for batch in BATCHES] for norm in NORMS}
    stored.write("small_batches", runs)


@cache
def accuracies(norm: str) -> Any:
    """Return the stored test accuracies (5 batch sizes, 3 seeds)."""
    return np.array(stored.read("small_batches")[norm])


def noise(batch: int, draws: int = 4000) -> tuple[Any, float]:
    """Return standard deviations of batches of N(0, 1) numbers, and the mean of the biased variance."""
    samples = np.random.default_rng(0).standard_normal((draws, batch))
    return samples.std(axis=1), float(samples.var(axis=1).mean())


def compute(params: Params) -> dict[str, Any]:
    """Return the accuracies at one batch size, all of them by batch size, and the noise of sigma."""
    batch = int(params["batch"])
    at = BATCHES.index(batch)
    sigma, variance = noise(batch)
    edges = np.linspace(0, 2.5, 26)
    out: dict[str, Any] = {
        "sizes": np.array(BATCHES),
        "edges": edges,
        "sigma": np.histogram(np.clip(sigma, 0, 2.49), edges)[0] / len(sigma),
        "variance": variance,
        "scatter": float(sigma.std()),
    }
    for norm in NORMS:
        out[f"by_{norm}"] = np.median(accuracies(norm), axis=1)
    chosen = {norm: float(np.median(accuracies(norm)[at])) for norm in ("batch", "layer", "renorm")}
    out |= {"batch_norm": chosen["batch"], "layer": chosen["layer"], "renorm": chosen["renorm"]}
    return out | {"level": chosen["batch"] >= chosen["layer"] - 0.01 and batch < 32}


def demo() -> Stage:
    """Return the demo."""
    sizes: dict[float, str] = {batch: str(batch) for batch in BATCHES}
    return Stage(
        "Small batches: 2 x 64 ReLU units, one epoch of digits",
        compute,
        [Slider("batch", "Examples in a batch", BATCHES, 32)],
        [
            View(
                "How small may a batch be?",
                Axis("examples in a batch", 0.9, 36, log=True, ticks=sizes),
                Axis("test accuracy", 0, 1),
                [
                    marks.line("sizes", "by_batch", "batch", "blue", "", "o"),
                    marks.line("sizes", "by_renorm", "renorm", "purple", "dash", "d"),
                    marks.line("sizes", "by_mean_only", "mean only", "orange", "dashdot", "s"),
                    marks.line("sizes", "by_group", "group", "sky", "", "s"),
                    marks.line("sizes", "by_none", "none", "grey", "dash", "x"),
                    marks.line("sizes", "by_layer", "layer", "green", "dot", "^"),
                    marks.rule(x="batch", color="ink", dash="dot"),
                ],
                "Accuracy by batch size: at {batch}, batch norm {batch_norm:.2f} and layer norm {layer:.2f}",
                handles=[Handle("Batch size", x="batch", y=0.05)],
                size="large",
            ),
            View(
                "Spread in batches",
                Axis("standard deviation", 0, 2.5),
                Axis("share of batches", 0, 0.35),
                [marks.histogram("edges", "sigma", "4000 batches", "sky"), marks.rule(x=1.0, name="truth")],
                "Histogram of batch standard deviations; they scatter by {scatter:.2f}, mean variance {variance:.2f}",
            ),
        ],
        formula="x̂ = (x − μ_B) / √(σ_B^2 + ε);  N = {batch}:  σ_B^2 is (N − 1)/N ≈ {variance:.2f} on average",
        readout="{batch} in a batch: batch norm {batch_norm:.1%}, renorm {renorm:.1%}, layer norm {layer:.1%}; "
        "the batch shows a variance of {variance:.2f} on average, the truth is 1.",
        presets=[
            Preset("Alone", {"batch": 1}, "The output of batch norm is beta, whatever the image."),
            Preset("In pairs", {"batch": 2}, "Every unit says +1 or −1: only which of the two is larger."),
            Preset("Enough", {"batch": 32}),
        ],
        prediction=Prediction(
            "We train with batches of two images. A batch-normalized unit then gives exactly +1 to one and −1 to the "
            "other. How many test images are right in the end?",
            ["about 10 %", "about 50 %", "about 95 %, as with layer norm"],
            1,
            "The sign still teaches something: batch norm {batch_norm:.1%}, layer norm {layer:.1%}.",
            {"batch": 2},
        ),
        goal=Goal("find the smallest batch at which batch norm is within a point of layer norm.", "level"),
    )


if __name__ == "__main__":
    main()
