"""Lecture 1: before a long training, learn twenty images by heart. A network that cannot has a bug, and here are three.

Twenty steps of full-batch descent on twenty digits; every image with what the network takes it for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets
from zeromean.training.loop import descent
from zeromean.words import write

NET = nets.Net((64, 100, 10))
COUNT, COLUMNS, STEPS = 20, 5, 20
HIGH, WIDE = 9, 14  # pixels from one image to the next, down and to the right
RATES = (0.01, 0.1, 0.3, 1.0)
SEED = 2
ENDS = (0.01, 30.0)  # of the losses that are drawn
BUGS = ("none", "labels by lot", "blank images", "step uphill")


def examples(bug: str, seed: int = SEED) -> tuple[Any, Any]:
    """Return the twenty images (20, 64) and labels (20,) that the network is given."""
    data, rng = digits.load(seed), np.random.default_rng(seed)
    x, t = data.x[:COUNT], data.t[:COUNT]
    return (np.zeros_like(x) if bug == "blank images" else x), (
        rng.integers(0, 10, COUNT) if bug == "labels by lot" else t
    )


@cache
def run(bug: str, rate: float, seed: int = SEED) -> tuple[Any, Any, Any]:
    """Return loss (21,), guesses (21, 20) and test accuracy (21,), before the first step and after each."""
    (x, t), data = examples(bug, seed), digits.load(seed)
    losses, taken, known = [], [], []

    def look(params: Any, state: Any) -> None:
        with np.errstate(all="ignore"):  # a step uphill soon overflows
            scores, _ = nets.forward(NET, params, state, x)
            losses.append(float(nets.cross_entropy(scores, t)))
        taken.append(np.argmax(scores, axis=1))
        known.append(nets.accuracy(NET, params, state, data.x_test, data.t_test))

    look(*nets.init(NET, np.random.default_rng(seed)))
    lr = -rate if bug == "step uphill" else rate
    for step in descent(NET, x, t, lr=lr, batch=COUNT, rng=np.random.default_rng(seed)):
        look(step.params, step.state)
        if step.number == STEPS:
            break
    lost = STEPS + 1 - len(losses)
    return (
        np.pad(losses, (0, lost), constant_values=np.nan),
        np.pad(taken, ((0, lost), (0, 0)), mode="edge"),
        np.pad(known, (0, lost), mode="edge"),
    )


def first_by_heart(bug: str, rate: float, seed: int = SEED) -> float:
    """Return after how many steps all twenty are right, infinity if they never are."""
    right = (run(bug, rate, seed)[1] == examples(bug, seed)[1]).all(axis=1)
    return float(np.argmax(right)) if right.any() else float("inf")


def _album(x: Any) -> Any:
    """Return the images as one picture (36, 70), with white between them."""
    rows = COUNT // COLUMNS
    album = np.full((rows * HIGH, COLUMNS * WIDE), 255, dtype=np.uint8)
    ink = x + digits.images()[0].mean(axis=0).ravel() / 16 if x.any() else x
    for i, image in enumerate(ink):
        top, left = HIGH * (i // COLUMNS), WIDE * (i % COLUMNS)
        album[top : top + 8, left : left + 8] = 255 - 240 * np.clip(image.reshape(8, 8), 0, 1)
    return album


def compute(params: Params) -> dict[str, Any]:
    """Return the album with what each image is taken for at one step, and the way up to there."""
    step, rate, bug = int(params["step"]), float(params["rate"]), str(params["bug"])
    (x, t), (losses, taken, known) = examples(bug), run(bug, rate)
    right, number = taken[step] == t, np.arange(COUNT)
    left, top = WIDE * (number % COLUMNS) + 10.5, HIGH * (number // COLUMNS)
    seen = np.arange(STEPS + 1) <= step
    share = (taken == t).mean(axis=1)
    return {
        "album": _album(x),
        "right_x": np.where(right, left, np.nan),
        "wrong_x": np.where(right, np.nan, left),
        "mark_y": top + 1.3,
        "word_y": top + 5.2,
        "guess": taken[step].astype(np.int32),
        "left": left,
        "steps": np.where(seen, np.arange(STEPS + 1), np.nan),
        "losses": np.where(seen, losses, np.nan),
        "here": np.clip(np.nan_to_num(losses[step], nan=np.inf), *ENDS),
        "share": np.where(seen, share, np.nan),
        "known": np.where(seen, known, np.nan),
        "loss": write(losses[step]) if np.isfinite(losses[step]) else "beyond all numbers",
        "count": int(right.sum()),
        "test": float(known[step]),
        "by_heart": bug == "labels by lot" and bool(right.all()),
    }


def _views() -> list[View]:
    axis = Axis("step", 0, STEPS)
    return [
        View(
            "Twenty images, each with its guess",
            Axis("", -0.5, COLUMNS * WIDE),
            Axis("", COUNT // COLUMNS * HIGH - 0.3, -0.7),
            [
                marks.image("album", (0, COLUMNS * WIDE), (0, COUNT // COLUMNS * HIGH), (0, 255)),
                marks.points("right_x", "mark_y", "right", "green", "o", 8, 1),
                marks.points("wrong_x", "mark_y", "wrong", "vermilion", "x", 8, 1),
                marks.text("left", "word_y", "guess", "ink", 1.4),
            ],
            "Twenty digits at step {step}: {count} are taken for what their label says",
            ratio=0.53,
            size="large",
            equal=True,
            frame=False,
        ),
        View(
            "Loss",
            axis,
            Axis("loss", *ENDS, log=True),
            [
                marks.line("steps", "losses", "", "blue", marker="o", lost="diverged"),
                marks.rule(y=2.3026, name="ln 10"),
            ],
            "The loss after {step} steps is {loss}; a network that guesses has 2.30",
            [Handle("Step", x="step", y="here", color="purple")],
        ),
        View(
            "Right answers",
            axis,
            Axis("share", 0, 1.05),
            [
                marks.line("steps", "share", "the 20", "blue", marker="o"),
                marks.line("steps", "known", "500 others", "orange", "dash", "s"),
            ],
            "After {step} steps {count} of 20 are right, and {test:.0%} of 500 test images",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    start = {"step": STEPS, "rate": 0.3, "bug": "none"}
    return Stage(
        "Learn twenty by heart",
        compute,
        [
            Slider("step", "Step", range(STEPS + 1), 0, fmt="d", play=True),
            Slider("rate", "Rate", RATES, 0.3),
            Choice("bug", "Bug", BUGS, "none"),
        ],
        _views(),
        formula="loss of guessing: ln 10 = 2.303;  after {step} steps: [blue:{loss}]",
        readout="Step {step:d}: loss {loss}, {count} of the 20 are right, and {test:.0%} of 500 others.",
        presets=[
            Preset("Before training", {**start, "step": 0}),
            Preset("By heart", start),
            Preset(
                "Labels by lot",
                {**start, "bug": "labels by lot", "rate": 1.0},
                "Nonsense is learned too: fitting is not understanding.",
            ),
            Preset(
                "Blank images",
                {**start, "bug": "blank images"},
                "Only the biases can learn: how often each digit occurs.",
            ),
            Preset("Uphill", {**start, "bug": "step uphill"}, "One sign."),
            Preset("Rate too small", {**start, "rate": 0.01}),
        ],
        prediction=Prediction(
            "Twenty digits, labels drawn by lot, so there is nothing to understand. A hidden layer of 100, twenty "
            "steps. How many of the twenty are right at the end?",
            ["about 2, as by chance", "about half", "nearly all"],
            2,
            "{count} of 20, and {test:.0%} of 500 other images: it has learned by heart.",
            {**start, "bug": "labels by lot", "rate": 1.0},
        ),
        goal=Goal("all twenty right, with labels by lot.", "by_heart"),
    )
