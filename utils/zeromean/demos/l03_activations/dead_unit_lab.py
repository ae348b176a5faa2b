"""Lecture 3: which units answer which images? A ReLU that is off for all of them has no gradient, and stays off.

The picture that is the idea: the layer as a table of lights, units against images. A dead unit is a dark row.
The runs are stored. To compute them again:
``python -m zeromean.demos.l03_activations.dead_unit_lab`` (two minutes on one core).
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
from zeromean.training.loop import minibatches

UNITS, SEEDS = 64, 3
BIASES = (0.0, -1.0, -2.0, -3.0)
RATES = (0.1, 1.0, 3.0, 10.0)
EPOCHS = (0, 1, 2, 5, 10, 20)
ACTS = {"relu": "ReLU", "leaky": "leaky, 0.01", "leaky_tenth": "leaky, 0.1", "elu": "ELU"}
OFF, ON = 110, 255  # brightness of a unit that is off here, but not everywhere, and of one that is on


@cache
def shown() -> Any:
    """Return the numbers of the 50 training images that are shown: the first five of each digit."""
    t = digits.load().t
    return np.concatenate([np.flatnonzero(t == digit)[:5] for digit in range(10)])


def run(act: str, bias: float, lr: float, seed: int = 0) -> dict[str, Any]:
    """Train 64 units whose biases all start at `bias` for 20 epochs of digits, and look at them at EPOCHS.

    Returns the test accuracies, the shares of units that are on for no training image, the largest gradient of the
    first layer at the start, and packed to hexadecimal for each look: the lights, 64 units x 50 images, on or off; and
    which units some training image switches on.
    """
    data, net = digits.load(), nets.Net((64, UNITS, 10), act=act)
    rng = np.random.default_rng(seed)
    params, state = nets.init(net, rng)
    params["b0"] = params["b0"] + bias
    _, grads, _ = nets.loss_and_grad(net, params, state, data.x, data.t)
    found: dict[str, Any] = {"gradient": float(abs(grads["W0"]).max()), "accuracy": [], "never": []}
    found |= {"lights": [], "living": []}
    steps = len(data.x) // 64
    for number, rows in enumerate(minibatches(len(data.x), 64, rng)):
        if number in [steps * epoch for epoch in EPOCHS]:
            on = data.x @ params["W0"] + params["b0"] > 0
            found["accuracy"].append(nets.accuracy(net, params, state, data.x_test, data.t_test))
            found["never"].append(float(np.mean(~on.any(axis=0))))
            found["lights"].append(np.packbits(on[shown()].T).tobytes().hex())
            found["living"].append(np.packbits(on.any(axis=0)).tobytes().hex())
        if number == steps * EPOCHS[-1]:
            return found
        with np.errstate(all="ignore"):  # rate 10 is too large for some
            _, grads, _ = nets.loss_and_grad(net, params, state, data.x[rows], data.t[rows])
        params = {name: w - lr * grads[name] for name, w in params.items()}
    raise AssertionError("minibatches never end")


def main() -> None:
    """Compute every run and store it; the lights of the first seed only."""
    runs = []
    for act in ACTS:
        for bias in BIASES:
            for lr in RATES:
                each = [run(act, bias, lr, seed) for seed in range(SEEDS)]
                lists = {key: [one[key] for one in each] for key in ("accuracy", "never", "gradient")}
                first = {key: each[0][key] for key in ("lights", "living")}
                runs.append({"act": act, "bias": bias, "lr": lr, **lists, **first})
    stored.write("dead_units", runs)


@cache
def runs() -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the stored runs by activation, bias and rate."""
    return stored.table(stored.read("dead_units"), "act", "bias", "lr")


def bits(packed: str, *shape: int) -> Any:
    """Return the on and off of a hexadecimal string as booleans of that shape."""
    return np.unpackbits(np.frombuffer(bytes.fromhex(packed), np.uint8)).reshape(shape).astype(bool)


def lights(packed: str, living: str) -> Any:
    """Return brightness (64, 50): 0 for a unit that no training image switches on, else OFF or ON."""
    off = np.where(bits(living, UNITS, 1), OFF, 0)
    return np.where(bits(packed, UNITS, 50), ON, off).astype(np.uint8)


def compute(params: Params) -> dict[str, Any]:
    """Return the lights at one look, and accuracy and share of dark units of all activations up to it."""
    bias, lr, epoch = float(params["bias"]), float(params["rate"]), int(params["epoch"])
    names = {name: act for act, name in ACTS.items()}
    act, at = names[str(params["act"])], EPOCHS.index(epoch)
    out: dict[str, Any] = {"epochs": np.sqrt(EPOCHS)}
    for one in ACTS:
        found = runs()[one, bias, lr]
        out[f"right_{one}"] = np.array(found["accuracy"][0])  # of the network whose lights are shown
        out[f"never_{one}"] = 100 * np.array(found["never"][0])
    mine = runs()[act, bias, lr]
    accuracy, never = mine["accuracy"][0], mine["never"][0]
    before = {1.0: "all", 0.0: "none"}.get(never[at], f"{100 * never[at]:.0f}\u202f%")
    return out | {
        "lights": lights(mine["lights"][at], mine["living"][at]),
        "now": float(np.sqrt(epoch)),
        "accuracy": accuracy[at],
        "never": never[at],
        "said": before,
        "gradient": mine["gradient"][0],
        "revived": act != "elu" and bias == -3 and accuracy[at] > 0.94,
    }


def _views() -> list[View]:
    epochs = Axis("epoch", 0, 4.6, ticks={float(np.sqrt(n)): str(n) for n in EPOCHS if n != 2})
    looks = [("relu", "ReLU", "blue", ""), ("leaky", "0.01", "sky", "dash")]
    looks += [("leaky_tenth", "0.1", "green", "dashdot"), ("elu", "ELU", "orange", "dot")]

    def curves(what: str) -> list[Any]:
        lines = [marks.line("epochs", f"{what}_{act}", name, color, dash) for act, name, color, dash in looks]
        return [*lines, marks.rule(x="now", color="ink", dash="dot")]

    digit = {5 * n + 2.5: str(n) for n in range(10)}
    return [
        View(
            "Yellow is on; a dark row is on for no image",
            Axis("50 images, sorted by digit", 0, 50, ticks=digit),
            Axis("unit", 64, 0),
            [marks.heat("lights", (0, 50), (0, 64), (0, 255))],
            "64 units against 50 images after {epoch} epochs: bright where a unit is on, dark rows, {said} of "
            "the units, are on for none of the 1297 training images",
            size="large",
        ),
        View(
            "Test accuracy",
            epochs,
            Axis("accuracy", 0, 1),
            curves("right"),
            "Test accuracy of four activations over 20 epochs; at {epoch} the chosen one has {accuracy:.3f}",
            [Handle("Epoch", along="epoch", path=[(float(np.sqrt(n)), 0.06) for n in EPOCHS])],
        ),
        View(
            "Never on",
            epochs,
            Axis("per cent", 0, 104),
            curves("never"),
            "Share of units that no training image switches on, for four activations; now {never:.0%}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Dead-unit lab: 64 units, 20 epochs of digits",
        compute,
        [
            Slider("epoch", "Epoch", EPOCHS, 0, fmt="d", play=True),
            Choice("act", "Activation", tuple(ACTS.values()), "ReLU"),
            Slider("bias", "All biases start at", BIASES, -1.0),
            Slider("rate", "Rate", RATES, 1.0),
        ],
        _views(),
        formula="dL/dw = δ · f′(z) · x;  first step: largest |dL/dw| = [vermilion:{gradient:.2g}];  never on: {said}",
        readout="{act}, bias {bias:.3g}, rate {rate:.3g}, epoch {epoch}: {said} of the units are on for no training "
        "image; test accuracy {accuracy:.1%}.",
        presets=[
            Preset(name, {"act": act, "bias": bias, "rate": rate, "epoch": 20}, note)
            for name, act, bias, rate, note in (
                ("Born dead", "ReLU", -3.0, 1.0, "Every gradient is exactly 0."),
                ("Barely leaks", "leaky, 0.01", -3.0, 1.0, "Not dead; asleep."),
                ("Leaks enough", "leaky, 0.1", -3.0, 1.0, "Awake within 20 epochs."),
                ("Killed by the rate", "ReLU", 0.0, 10.0, "And yet it works."),
                ("A third is missing", "ReLU", -1.0, 1.0, "Nobody notices."),
            )
        ],
        prediction=Prediction(
            "64 ReLU units, all biases −3: no image switches one of them on. After 20 epochs of rate 1, "
            "test accuracy is ...",
            ["about 10 %", "about 50 %", "about 95 %"],
            0,
            "{accuracy:.0%}, as by guessing: f′ is 0 for every image, so the gradients are {gradient:.0f}.",
            {"act": "ReLU", "bias": -3.0, "rate": 1.0, "epoch": 20},
        ),
        goal=Goal("from biases of −3, above 94 % without ELU.", "revived"),
    )


if __name__ == "__main__":
    main()
