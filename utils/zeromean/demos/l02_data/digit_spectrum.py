"""Lecture 2: 64 curvatures that the digits give a layer, prepared in six ways, and what training makes of them.

The runs are stored. To compute them again:
``python -m zeromean.demos.l02_data.digit_spectrum`` (about a minute and a half on one core).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets, preparing, stored
from zeromean.training.loop import train

KINDS = ("0 to 16", "0 to 1", "one mean", "mean image", "both", "whitened")
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
HIDDEN = {"regression": (), "network": (64,)}
EPOCHS, SEEDS, EPS, FLOOR = 10, 3, 1e-3, 1e-7


@cache
def prepared(kind: str, seed: int = 0) -> tuple[Any, Any]:
    """Return training (1297, 64) and test images (500, 64), prepared by what the training part says."""
    pixels, _ = digits.images()
    flat = pixels.reshape(-1, 64) / (1 if kind == "0 to 16" else 16)
    order = np.random.default_rng(seed).permutation(len(flat))
    test, learn = flat[order[: digits.TEST_SIZE]], flat[order[digits.TEST_SIZE :]]
    if kind == "one mean":
        return learn - learn.mean(), test - learn.mean()
    ways = {"mean image": "centred", "both": "both", "whitened": "whitened"}
    shift, matrix = preparing.fit(ways.get(kind, "raw"), learn, EPS)
    return (learn - shift) @ matrix, (test - shift) @ matrix


@cache
def spectrum(kind: str) -> tuple[Any, Any]:
    """Return the curvatures (64,), from the largest, and their directions (64, 64) as columns."""
    x, _ = prepared(kind)
    found = np.linalg.eigh(np.einsum("ni,nj->ij", x, x) / len(x))
    return np.maximum(found.eigenvalues[::-1], 0), found.eigenvectors[:, ::-1]


def labels(seed: int) -> tuple[Any, Any]:
    """Return the labels of the training and the test images."""
    split = digits.load(seed)
    return split.t, split.t_test


def run(kind: str, model: str, lr: float, seed: int) -> tuple[float, float]:
    """Train softmax regression, or one hidden layer of 64 sigmoids; return training loss and test accuracy."""
    (x, x_test), (t, t_test) = prepared(kind, seed), labels(seed)
    net = nets.Net((64, *HIDDEN[model], 10), act="sigmoid", init="lecun")
    end = train(net, x, t, lr=lr, steps=EPOCHS * (len(x) // 64), seed=seed)
    with np.errstate(all="ignore"):  # the weights of a run that diverged
        scores, _ = nets.forward(net, end.params, end.state, x)
        loss = float(nets.cross_entropy(scores, t))
    return loss, nets.accuracy(net, end.params, end.state, x_test, t_test)


def main() -> None:
    """Compute every run and store the losses and accuracies (rates, seeds)."""
    found: dict[str, Any] = {}
    for model in HIDDEN:
        for kind in KINDS:
            ends = np.array([[run(kind, model, lr, seed) for seed in range(SEEDS)] for lr in RATES])
            found.setdefault(model, {})[kind] = {"loss": ends[..., 0], "accuracy": ends[..., 1]}
    stored.write("digit_spectrum", found)


@cache
def runs(kind: str, model: str = "regression") -> dict[str, Any]:
    """Return the stored losses and accuracies (9 rates, 3 seeds); NaN where a run diverged."""
    return {name: np.array(values, float) for name, values in stored.read("digit_spectrum")[model][kind].items()}


def best(kind: str, model: str = "regression") -> tuple[float, float, float]:
    """Return the rate of the smallest mean loss, that loss, and the test accuracy there."""
    found = runs(kind, model)
    mean = found["loss"].mean(axis=1)
    at = int(np.nanargmin(mean))
    return RATES[at], float(mean[at]), float(found["accuracy"][at].mean())


def _direction(kind: str, k: int) -> Any:
    """Return a direction as an 8 x 8 picture: middle grey for 0, and its largest entry dark."""
    direction = spectrum(kind)[1][:, k - 1]
    peak = direction[np.argmax(abs(direction))]
    return np.round(255 * (0.5 - 0.5 * direction / peak)).astype(np.uint8).reshape(8, 8)


def compute(params: Params) -> dict[str, Any]:
    """Return the spectrum of one preparation, one direction as an image, and the losses of all."""
    kind, k = KINDS[int(params["kind"])], int(params["k"])
    values, _ = spectrum(kind)
    rate, loss, _ = best(kind)
    return {
        "k_all": np.arange(1, 65),
        "values": np.maximum(values, FLOOR),
        "before": np.maximum(spectrum("0 to 1")[0], FLOOR),
        "here": max(float(values[k - 1]), FLOOR),
        "value": 0.0 if values[k - 1] <= 1e-9 else float(values[k - 1]),
        "image": _direction(kind, k),
        "kinds": np.arange(len(KINDS)),
        "regression": np.array([best(each)[1] for each in KINDS]),
        "network": np.array([best(each, "network")[1] for each in KINDS]),
        "loss": loss,
        "rate": rate,
        "first": values[0],
        "second": values[1],
        "dead": int(np.count_nonzero(values <= 1e-9)),
        "limit": 2 / values[0],
        "word": kind,
        "found_dead": values[k - 1] <= 1e-9,
    }


def _views() -> list[View]:
    short: dict[float, str] = dict(enumerate(("16", "0–1", "mean", "image", "both", "white")))
    return [
        View(
            "64 curvatures of one layer",
            Axis("direction, from the steepest", 1, 64, ticks={k: str(k) for k in (1, 8, 16, 32, 48, 64)}),
            Axis("curvature", FLOOR, 1e4, log=True),
            [
                marks.line("k_all", "before", "0 to 1", "grey", "dash"),
                marks.line("k_all", "values", "", "blue", marker="o", width=2),
            ],
            "Curvatures of digits, {word}: the largest {first:.3g}, the second {second:.3g}; {dead:d} are zero",
            [Handle("Direction", x="k", y="here")],
            size="large",
            ratio=0.7,
        ),
        View(
            "Direction",
            Axis("", 0, 8),
            Axis("", 8, 0),
            [marks.image("image", (0, 8), (0, 8), (0, 255))],
            "Direction {k:d} as an image of 8 by 8 pixels; its curvature is {value:.3g}",
            equal=True,
            frame=False,
        ),
        View(
            "Best loss",
            Axis("", -0.6, 5.6, ticks=short),
            Axis("training loss", 0.002, 1, log=True),
            [
                marks.bars("kinds", "regression", "linear", "blue"),
                marks.points("kinds", "network", "64 sigmoids", "orange", marker="d", size=6, alpha=1),
            ],
            "Training loss after ten epochs at the best rate; {word}: {loss:.3f} at rate {rate:.3g}",
            [Handle("Preparation", x="kind", y="loss")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "The spectrum of the digits",
        compute,
        [
            Slider("kind", "The pixels are", range(6), 1, fmt="d", play=True, words=KINDS),
            Slider("k", "Direction", range(1, 65), 1, fmt="d"),
        ],
        _views(),
        formula="largest rate = 2 / [blue:λ_1] = 2 / {first:.3g} = {limit:.3g},  [blue:λ_1 / λ_2] = {first:.3g} / "
        "{second:.3g}",
        readout="Pixels, {word}: λ from {first:.3g} down, direction {k:d} has {value:.2g}, {dead:d} are zero; softmax "
        "regression reaches a loss of {loss:.3f}.",
        presets=[
            Preset("One huge direction", {"kind": 1, "k": 1}, "It is the mean image."),
            Preset("The mean is gone", {"kind": 3, "k": 1}),
            Preset("Pixels that never change", {"kind": 3, "k": 64}, "Nothing there to divide by."),
            Preset("Whitened", {"kind": 5, "k": 1}, "Flat, but for the dead pixels."),
        ],
        prediction=Prediction(
            "Pixels from 0 to 1. What does the steepest of all 64 directions look like?",
            ["one pixel", "noise", "the mean image"],
            2,
            "Its curvature is {first:.3g}, the next one's {second:.2g}: nearly all of the steepest direction is the "
            "mean.",
            {"kind": 1, "k": 1},
        ),
        goal=Goal("a direction in which no digit differs from another.", "found_dead"),
    )


if __name__ == "__main__":
    main()
