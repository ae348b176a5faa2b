"""Lecture 4: ten hidden layers of 100 units learn the digits, or do not: from each size of the first weights.

The large picture is what the last hidden layer makes of 120 images. Every setting has been trained before, so that the
picture is there at once; the button trains it again before your eyes. To compute the stored runs again:
``python -m zeromean.demos.l04_initialization.train_from_each``
(about ten minutes on one core).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from zeromean import digits
from zeromean.stage import marks
from zeromean.stage.parts import Action, Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage
from zeromean.training import nets, stored
from zeromean.training.loop import descent, train

HIDDEN, STEPS, EVERY, IMAGES, SEEDS = 10, 200, 10, 120, 3
ACTS = {"ReLU": "relu", "tanh": "tanh", "sigmoid": "sigmoid"}
STARTS = {"all 0": "zero", "0.01·randn": "small", "1·randn": "unit", "randn / √fan-in": "lecun", "He": "he"}
RATES = (0.03, 0.1, 0.3, 1.0)
NORMED_RATES, NORMED_SEEDS = (0.1, 1.0), 2
COLORS = ("blue", "orange", "green", "vermilion", "purple", "sky", "ink", "grey", "blue", "orange")


def net_of(act: str, start: str, norm: str = "none") -> nets.Net:
    """Return ten hidden layers of 100 units."""
    return nets.Net((64, *[100] * HIDDEN, 10), act=act, init=start, norm=norm)


def plane(hidden: Any, before: Any = None) -> Any:
    """Return rows (n, units) along their two main directions (n, 2), turned to be near to the frame `before`."""
    centred = hidden - hidden.mean(axis=0)
    u, sizes, _ = np.linalg.svd(np.nan_to_num(centred, posinf=0, neginf=0), full_matrices=False)
    flat = u[:, :2] * sizes[:2]
    if before is None:
        return flat
    left, _, right = np.linalg.svd(flat.T @ before)
    return flat @ (left @ right)


def look(net: nets.Net, params: Any, state: Any, data: digits.Split, before: Any) -> dict[str, Any]:
    """Return the accuracy and the cloud (120, 2) of the last hidden layer."""
    with np.errstate(all="ignore"):  # a run that diverged
        _, trace = nets.forward(net, params, state, data.x_test[:IMAGES])
    accuracy = nets.accuracy(net, params, state, data.x_test, data.t_test)
    return {"accuracy": accuracy, "cloud": plane(trace.stream[-1], before)}


def frames(act: str, start: str, rate: float, seed: int) -> Iterator[dict[str, Any]]:
    """Train once, and look at the network before the first step and after every ten."""
    data, net, rng = digits.load(seed), net_of(act, start), np.random.default_rng(seed)
    seen = look(net, *nets.init(net, np.random.default_rng(seed)), data, None)
    losses = np.full(STEPS, np.nan)
    yield {"step": 0, "loss": losses.reshape(-1, EVERY).mean(axis=1), **seen}
    for step in descent(net, data.x, data.t, lr=rate, rng=rng):
        losses[step.number - 1] = step.loss
        if step.number % EVERY == 0:
            seen = look(net, step.params, step.state, data, seen["cloud"])
            yield {"step": step.number, "loss": losses.reshape(-1, EVERY).mean(axis=1), **seen}
        if step.number == STEPS:
            return


def run(act: str, start: str, rate: float, norm: str, seed: int) -> float:
    """Train once; return the test accuracy."""
    data, net = digits.load(seed), net_of(act, start, norm)
    end = train(net, data.x, data.t, lr=rate, steps=STEPS, seed=seed)
    return nets.accuracy(net, end.params, end.state, data.x_test, data.t_test)


def main() -> None:
    """Compute every run and store it."""
    runs, normed = [], []
    for act in ACTS.values():
        for start in STARTS.values():
            for rate in RATES:
                *_, last = frames(act, start, rate, 0)
                others = [run(act, start, rate, "none", seed) for seed in range(1, SEEDS)] if start != "zero" else []
                last["accuracy"] = [last["accuracy"], *others]
                runs.append({"act": act, "start": start, "rate": rate, **last})
            for rate in NORMED_RATES:
                accuracies = [run(act, start, rate, "batch", seed) for seed in range(NORMED_SEEDS)]
                normed.append({"act": act, "start": start, "rate": rate, "accuracy": accuracies})
    stored.write("train_from_each", {"plain": runs, "batch": normed})


@cache
def runs() -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the stored runs without batch norm by activation, start and rate."""
    return stored.table(stored.read("train_from_each")["plain"], "act", "start", "rate")


def best(act: str, start: str, norm: str = "plain") -> tuple[float, float, float]:
    """Return mean, smallest and largest accuracy over the seeds, at the best of the rates."""
    found = stored.read("train_from_each")[norm]
    fits = [run["accuracy"] for run in found if (run["act"], run["start"]) == (act, start)]
    chosen = max(fits, key=np.mean)
    return float(np.mean(chosen)), min(chosen), max(chosen)


def _picture(seen: dict[str, Any], accuracy: float) -> dict[str, Any]:
    """Return what the pictures show of one look at a network: its cloud, digit by digit, and its loss."""
    cloud, labels = np.array(seen["cloud"], dtype=float), digits.load(0).t_test[:IMAGES]
    reach = max(1.0, 1.1 * float(np.abs(cloud).max()))
    out: dict[str, Any] = {"lo": -reach, "hi": reach, "accuracy": accuracy, "number": int(seen["step"])}
    for digit in range(10):
        out[f"x{digit}"], out[f"y{digit}"] = cloud[labels == digit].T
    return out | {"loss": np.array(seen["loss"], dtype=float), "learned": accuracy > 0.9}


def compute(params: Params) -> dict[str, Any]:
    """Return the stored run of a setting, and how all starts did with this activation."""
    act, start, rate = ACTS[str(params["act"])], list(STARTS.values())[int(params["start"])], float(params["rate"])
    every = [[np.mean(runs()[act, each, r]["accuracy"]) for r in RATES] for each in STARTS.values()]
    mean, low, high = best(act, start)
    return {
        **_picture(runs()[act, start, rate], float(np.mean(runs()[act, start, rate]["accuracy"]))),
        **{f"words{d}": np.full(int((digits.load(0).t_test[:IMAGES] == d).sum()), str(d)) for d in range(10)},
        "steps": np.arange(EVERY, STEPS + 1, EVERY),
        "other": np.array([runs()[act, each, rate]["loss"] for each in STARTS.values()], dtype=float),
        "starts": np.arange(len(STARTS)),
        "top": np.max(every, axis=1),
        "spots": np.repeat(np.arange(len(STARTS)), len(RATES)),
        "rates": np.ravel(every),
        "best": mean,
        "low": low,
        "high": high,
        "weights": list(STARTS)[int(params["start"])],
        "sigmoid_learns": act == "sigmoid" and mean > 0.6,
    }


def live(params: Params) -> Iterator[dict[str, Any]]:
    """Train the setting now, and yield what the pictures show after every ten steps."""
    start = list(STARTS.values())[int(params["start"])]
    for seen in frames(ACTS[str(params["act"])], start, float(params["rate"]), 0):
        yield _picture(seen, seen["accuracy"])


def _views() -> list[View]:
    starts = {float(i): name for i, name in enumerate(("0", "0.01", "1", "1/√n", "He"))}
    return [
        View(
            "What the last hidden layer makes of 120 digits",
            Axis("first main direction", "lo", "hi", ticks={0: "0"}),
            Axis("second", "lo", "hi", ticks={0: "0"}),
            [marks.text(f"x{d}", f"y{d}", f"words{d}", COLORS[d], 0.95) for d in range(10)],
            "The last hidden layer's answers to 120 images along their two main directions, after {number} steps from "
            "{weights}: {accuracy:.0%} of the test images are right",
            ratio=0.8,
            size="large",
        ),
        View(
            "Training loss",
            Axis("step", 0, STEPS),
            Axis("loss", 0, 4),
            [
                marks.line("steps", "other", "", "grey", width=1.2, alpha=0.6),
                marks.rule(y=float(np.log(10)), name="guessing"),
                marks.line("steps", "loss", "", "blue", width=3.5, lost="diverged"),
            ],
            "Training loss over 200 steps from {weights} at rate {rate:.2g}, and from the other starts in grey",
        ),
        View(
            "Who trains?",
            Axis("first weights", -0.6, 4.6, ticks=starts),
            Axis("test accuracy", 0, 1),
            [
                marks.bars("starts", "top", "", "sky", 0.7),
                marks.points("spots", "rates", "each rate", "ink", "o", 3),
                marks.rule(y=0.1, name="chance"),
            ],
            "Test accuracy from each start with {act} at the best of four rates; from {weights} {best:.0%} "
            "({low:.0%} to {high:.0%} over three seeds)",
            [Handle("First weights", x="start", y=0.05, color="vermilion")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""

    def at(act: str, start: str, rate: float) -> dict[str, Any]:
        return {"act": act, "start": list(STARTS).index(start), "rate": rate}

    return Stage(
        "Train from each start: ten hidden layers of 100 units",
        compute,
        [
            Slider("start", "First weights", range(len(STARTS)), 4, words=tuple(STARTS)),
            Choice("act", "Activation", tuple(ACTS), "ReLU"),
            Slider("rate", "Learning rate", RATES, 0.1),
        ],
        _views(),
        coarse={},
        formula="rate {rate:.2g}: after {number} steps [blue:{accuracy:.0%}] of 500 test images",
        readout="{act} from {weights}: {accuracy:.1%} right at rate {rate:.2g}; at the best of four rates {best:.1%} "
        "({low:.1%} to {high:.1%} over three seeds).",
        presets=[
            Preset("One point", at("ReLU", "0.01·randn", 0.1), "All images look the same from up there."),
            Preset("Blown up", at("ReLU", "1·randn", 0.1), "The first step leaves the range of numbers."),
            Preset("Made for ReLU", at("ReLU", "He", 0.1)),
            Preset(
                "Chaos",
                at("tanh", "1·randn", 0.1),
                "The first steps are so long that nearly all images end at one point.",
            ),
            Preset("At the edge", at("tanh", "randn / √fan-in", 0.1)),
            Preset("Only this one", at("sigmoid", "1·randn", 0.1), "g = 10: the only green box of the sigmoid's row."),
        ],
        prediction=Prediction(
            "Ten layers of sigmoids, 200 steps. From one of these first weights most test images are right in the end, "
            "from all others no more than by guessing. Which?",
            ["0.01·randn", "randn / √fan-in", "He's", "1·randn"],
            3,
            "{best:.0%}. At 100 units 1·randn has g = 10: where the map says that a sigmoid net holds its gradient.",
            at("sigmoid", "1·randn", 0.1),
        ),
        goal=Goal("a start from which ten layers of sigmoids learn.", "sigmoid_learns"),
        actions=[Action("Train it now, 200 steps", live, gives=["loss"])],
    )


if __name__ == "__main__":
    main()
