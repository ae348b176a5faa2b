"""Lecture 6: one trained network, three ways to normalize at test time, four kinds of company for an example.

Running statistics E <- (1 - alpha) E + alpha * batch (Huang, slide 19); Ioffe and Szegedy (2015), section 3.1,
average over batches after training instead.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets
from zeromean.training.loop import Batch, Step, descent, running

NET = nets.Net((64, 64, 64, 64, 10), norm="batch")
STEPS, BATCH, RATE = 120, 32, 0.1
RUNNING, WRONG, TRAINING = "running statistics", "running, std kept as variance", "statistics of this batch"
COMPANY = ("all 500", "32 mixed", "one class", "alone")
ALPHAS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)
IMAGE = 12  # the test image whose probabilities are shown
BESIDE = dict(zip(COMPANY, ("499 others", "31 others", "others of its digit", "nobody else"), strict=True))


@cache
def trained(seed: int) -> tuple[Step, list[Batch]]:
    """Train for 120 steps; return the end, and the batch statistics of every step."""
    data = digits.load(seed)
    history = []
    for step in descent(NET, data.x, data.t, lr=RATE, batch=BATCH, rng=np.random.default_rng(seed)):
        history.append(step.batch)
        if step.number == STEPS:
            break
    return step, history


@cache
def averaged(alpha: float, seed: int) -> nets.Arrays:
    """Return the running statistics that this `alpha` would have given."""
    net, state = replace(NET, alpha=alpha), nets.init(NET, np.random.default_rng(0))[1]
    for batch in trained(seed)[1]:
        state = running(net, state, batch)
    return state


def groups(company: str, seed: int) -> list[Any]:
    """Return the rows of the test images that are scored together."""
    labels = digits.load(seed).t_test
    if company == "one class":
        return [np.flatnonzero(labels == digit) for digit in range(10)]
    size = {"all 500": 500, "32 mixed": 32, "alone": 1}[company]
    return [np.arange(start, min(start + size, 500)) for start in range(0, 500, size)]


@cache
def scores(mode: str, company: str, alpha: float, seed: int) -> Any:
    """Return the scores (500, 10) of the test images."""
    data, params = digits.load(seed), trained(seed)[0].params
    if mode == TRAINING:
        out = np.empty((500, 10))
        for rows in groups(company, seed):
            out[rows] = nets.forward(NET, params, {}, data.x_test[rows], training=True)[0]
        return out
    state = averaged(alpha, seed)
    if mode == WRONG:
        state = {name: np.sqrt(value) if name.startswith("var") else value for name, value in state.items()}
    return nets.forward(NET, params, state, data.x_test)[0]


def accuracy(mode: str, company: str, alpha: float = 0.1, seed: int = 0) -> float:
    """Return the share of the test images that the network gets right."""
    key = alpha if mode != TRAINING else 0.1
    return float(np.mean(scores(mode, company, key, seed).argmax(axis=1) == digits.load(seed).t_test))


@cache
def _scanned() -> Any:
    """Return the test images (500, 8, 8) as they were scanned, 0 to 16: with the mean that `load` subtracts."""
    data, every = digits.load(), digits.images()[0]
    mean = (every.sum(axis=0) / 16 - data.x_test.sum(axis=0).reshape(8, 8)) / len(every)
    return np.round(16 * (data.x_test.reshape(-1, 8, 8) + mean))


@cache
def company_of(company: str, shown: int = 7) -> Any:
    """Return the pixels (8, 9 * shown + 8), 0 to 255, of the image, and of some scored with it; NaN between them."""
    rows = next(rows for rows in groups(company, 0) if IMAGE in rows)
    others = [row for row in rows if row != IMAGE][:shown]
    out = np.full((8, 8 + 9 * shown), np.nan, np.float32)
    for place, row in enumerate([IMAGE, *others]):
        out[:, 9 * place : 9 * place + 8] = np.round(255 - 15.9 * _scanned()[row])
    return out


@cache
def _true_std() -> Any:
    """Return the standard deviations (64,) before the last batch norm, over all training images."""
    data = digits.load()
    _, trace = nets.forward(NET, trained(0)[0].params, {}, data.x, training=True)
    return np.sqrt(trace.batch[-1][1])


def compute(params: Params) -> dict[str, Any]:
    """Return the accuracies in every company, one image's probabilities, and the running spread."""
    mode, company, alpha = str(params["mode"]), str(params["company"]), float(params["alpha"])
    by_company = np.array([accuracy(mode, each, alpha) for each in COMPANY])
    at = COMPANY.index(company)
    pixels = company_of(company)
    one = scores(mode, company, alpha if mode != TRAINING else 0.1, 0)[IMAGE]
    probability = np.exp(one - one.max())
    probability /= probability.sum()
    truth = int(digits.load().t_test[IMAGE])
    return {
        "image": pixels[:, :8],
        "others": pixels[:, 8:],
        "name_x": np.array([0.1, 3.4]),
        "name_y": np.array([1.58]),
        "name": np.array(["this one", BESIDE[company]]),
        "where": np.arange(4),
        "accuracies": by_company,
        "here": np.where(np.arange(4) == at, by_company, np.nan),
        "accuracy": by_company[at],
        "digits": np.arange(10),
        "probability": probability,
        "right": np.where(np.arange(10) == truth, probability, np.nan),
        "truth": truth,
        "believed": probability[truth],
        "true": _true_std(),
        "kept": np.sqrt(averaged(alpha, 0)[f"var{len(NET.norms) - 1}"]),
        "ratio": np.median(np.sqrt(averaged(alpha, 0)[f"var{len(NET.norms) - 1}"]) / _true_std()),
        "diagonal": np.array([0.5, 1.7]),
        "good": mode == RUNNING and by_company[at] >= 0.95,
    }


def demo() -> Stage:
    """Return the demo."""
    names: dict[float, str] = dict(enumerate(("500", "32", "class", "alone")))
    return Stage(
        "Test-time trap: which numbers normalize an image",
        compute,
        [
            Choice("mode", "Normalize with", (RUNNING, WRONG, TRAINING), RUNNING),
            Choice("company", "Scored together", COMPANY, "all 500"),
            Slider("alpha", "alpha, for the new batch", ALPHAS, 0.001),
        ],
        [
            View(
                "What the network thinks of one image",
                Axis("digit", -0.7, 9.7, ticks={d: str(d) for d in range(10)}),
                Axis("probability", 0, 1.68, ticks={0.0: "0", 0.5: "0.5", 1.0: "1"}),
                [
                    marks.bars("digits", "probability", "thought", "sky"),
                    marks.bars("digits", "right", "the digit that it is", "green"),
                    marks.image("image", (-0.45, 0.65), (1.5, 1.12), (0, 255)),
                    marks.image("others", (1.5, 9.6), (1.5, 1.12), (0, 255)),
                    marks.text("name_x", "name_y", "name", "ink", 0.95),
                ],
                "An image of a {truth}, some of those scored with it ({company}), and the probabilities of ten digits; "
                "the right one gets {believed:.1%}",
                size="large",
            ),
            View(
                "Accuracy",
                Axis("images scored together", -0.6, 3.6, ticks=names),
                Axis("accuracy", 0, 1),
                [
                    marks.bars("where", "accuracies", "", "sky"),
                    marks.bars("where", "here", "chosen", "blue"),
                    marks.rule(y=0.1, name="chance"),
                ],
                "Test accuracy of the same network in four companies; chosen: {accuracy:.1%}",
            ),
            View(
                "Running spread",
                Axis("std of all images", 0.5, 1.7),
                Axis("√ running variance", 0.5, 1.7),
                [
                    marks.line("diagonal", "diagonal", "equal", "grey", "dash"),
                    marks.points("true", "kept", "64 units", "purple"),
                ],
                "Running against true standard deviation of 64 units; median ratio {ratio:.2f}",
            ),
        ],
        formula="x̂ = (x − μ) / √(σ^2 + ε),  with μ and σ^2 from: {mode}",
        readout="{mode}, {company}, alpha = {alpha:.3g}: {accuracy:.1%} right. The image of a {truth} is a {truth} "
        "with probability {believed:.1%}.",
        presets=[
            Preset("Forgot test mode", {"mode": TRAINING, "company": "alone"}, "Alone, every image is its own mean."),
            Preset("A batch of one class", {"mode": TRAINING, "company": "one class"}),
            Preset("alpha too small", {"mode": RUNNING, "alpha": 0.001}, "120 updates reach 11 % of the way."),
            Preset("Never updated", {"mode": RUNNING, "alpha": 0.0}),
            Preset("alpha on the wrong side", {"mode": RUNNING, "alpha": 0.9}, "0.1 on the new batch was meant."),
            Preset("std kept as variance", {"mode": WRONG, "alpha": 0.1}),
        ],
        prediction=Prediction(
            "The network is trained. We score 500 test images one at a time, and forget to switch to test mode. "
            "How many are right?",
            ["about 95 %", "about 80 %", "about 50 %", "about 10 %"],
            3,
            "Alone in its batch, every image is its own mean: all activations become β, and all images get the "
            "same answer. {accuracy:.1%} are right.",
            {"mode": TRAINING, "company": "alone"},
        ),
        goal=Goal("find an alpha with which the running statistics get at least 95 % right.", "good"),
    )
