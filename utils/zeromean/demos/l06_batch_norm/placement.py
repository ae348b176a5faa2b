"""Lecture 6: batch norm before or after the nonlinearity, by depth.

The runs are stored. To compute them again:
``python -m zeromean.demos.l06_batch_norm.placement`` (about twelve minutes on one core).
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
from zeromean.training.loop import curve, descent

ACTS, PLACES, DEPTHS = ("relu", "tanh", "sigmoid"), ("pre", "post"), (2, 4, 8, 12, 20)
WIDTH, RATE, SEEDS, STEPS, EVERY = 64, 0.3, 3, 200, 10
OTHER_RATES, DEEP = (0.03, 0.1, 1.0), DEPTHS[-1]
EDGES = np.linspace(0, 1, 21)


def run(act: str, place: str, depth: int, seed: int, rate: float = RATE) -> np.ndarray:
    """Train once; return the training loss averaged over every ten steps."""
    data = digits.load(seed)
    steps = descent(network(act, place, depth), data.x, data.t, lr=rate, rng=np.random.default_rng(seed))
    return curve(steps, STEPS, EVERY)[0]


def network(act: str, place: str, depth: int, norm: str = "batch") -> nets.Net:
    """Return a network; He's initial scale for ReLU, LeCun's for the others."""
    init = "he" if act == "relu" else "lecun"
    return nets.Net((64, *[WIDTH] * depth, 10), act=act, init=init, norm=norm, place=place)


def main() -> None:
    """Compute every run and store it."""
    runs = []
    settings = [(depth, RATE) for depth in DEPTHS] + [(DEEP, rate) for rate in OTHER_RATES]
    for act in ACTS:
        for place in PLACES:
            for depth, rate in settings:
                curves = np.array([run(act, place, depth, seed, rate) for seed in range(SEEDS)])
                final = curves[:, -2:].mean(axis=1)
                entry = {"act": act, "place": place, "depth": depth, "rate": rate}
                runs.append({**entry, "final": final, "loss": np.median(curves, axis=0)})
    stored.write("placement", runs)


@cache
def _stored() -> dict[tuple[str, str, int, float], dict[str, Any]]:
    return stored.table(stored.read("placement"), "act", "place", "depth", "rate")


def finals(act: str, place: str) -> Any:
    """Return the loss (5 depths, 3 seeds) over the last 20 of 200 steps."""
    return np.array([_stored()[act, place, depth, RATE]["final"] for depth in DEPTHS])


def best(act: str, place: str) -> tuple[float, float]:
    """Return the lowest median loss of 20 layers over four rates, and the rate that gave it."""
    found = [(_stored()[act, place, DEEP, rate]["final"], rate) for rate in (*OTHER_RATES, RATE)]
    return min((float(np.median(final)), rate) for final, rate in found if None not in final)


@cache
def active(act: str, norm: str, depth: int, seed: int = 0) -> Any:
    """Return for each unit of the last hidden layer the share of 640 images with a positive pre-activation."""
    net, data = network(act, "pre", depth, norm), digits.load(seed)
    params, state = nets.init(net, np.random.default_rng(seed))
    _, trace = nets.forward(net, params, state, data.x[:640], training=True)
    return (np.asarray(trace.pre[-1]) > 0).mean(axis=0)


def compute(params: Params) -> dict[str, Any]:
    """Return losses by depth, both loss curves, and how often units are active before training."""
    act, depth = str(params["act"]), int(params["depth"])
    out: dict[str, Any] = {"depths": np.array(DEPTHS), "steps": np.arange(STEPS // EVERY) * EVERY + EVERY / 2}
    for place in PLACES:
        final = finals(act, place)
        out |= {
            f"{place}_all": np.median(final, axis=1),
            f"{place}_low": final.min(axis=1),
            f"{place}_high": final.max(axis=1),
            f"{place}_curve": np.array(_stored()[act, place, depth, RATE]["loss"], dtype=float),
            place: float(np.median(_stored()[act, place, depth, RATE]["final"])),
        }
    shares = {norm: active(act, norm, depth) for norm in ("none", "batch")}
    for norm, share in shares.items():
        out[f"units_{norm}"] = np.histogram(share, EDGES)[0]
        out[f"spread_{norm}"] = float(share.std())
    out["edges"] = EDGES
    out["winner"] = "before" if out["pre"] < out["post"] else "after"
    out["before_wins"] = out["pre"] < out["post"]
    return out


def _views() -> list[View]:
    looks = {"pre": ("before", "blue", "", "o"), "post": ("after", "orange", "dash", "s")}
    ticks: dict[float, str] = {depth: str(depth) for depth in DEPTHS}
    return [
        View(
            "Loss after 200 steps of rate 0.3",
            Axis("hidden layers", 1.8, 22, log=True, ticks=ticks),
            Axis("loss, 3 seeds", 0.003, 3, log=True),
            [
                *[marks.band("depths", f"{place}_low", f"{place}_high", "", look[1]) for place, look in looks.items()],
                *[marks.line("depths", f"{place}_all", *look) for place, look in looks.items()],
                marks.rule(x="depth", color="ink", dash="dot"),
            ],
            "Loss by depth; at {depth} layers {pre:.3g} before and {post:.3g} after the nonlinearity",
            handles=[Handle("Depth", x="depth", y=0.004)],
            ratio=0.7,
            size="large",
        ),
        View(
            "While it trains",
            Axis("step", 0, STEPS),
            Axis("loss, mean of 10 steps", 0.003, 3, log=True),
            [marks.line("steps", f"{place}_curve", *look[:3]) for place, look in looks.items()],
            "Two loss curves over 200 steps, ending at {pre:.3g} and {post:.3g}",
        ),
        View(
            "Is a unit on?",
            Axis("share of images", 0, 1),
            Axis("units", 0, 64),
            [
                marks.histogram("edges", "units_none", "no batch norm", "vermilion"),
                marks.histogram("edges", "units_batch", "batch norm before", "blue"),
            ],
            "Shares of images for which units are on; their spread is {spread_none:.2f} without batch norm and "
            "{spread_batch:.3f} with it",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Before or after the nonlinearity?",
        compute,
        [Choice("act", "Nonlinearity", ACTS, "relu"), Slider("depth", "Hidden layers", DEPTHS, 4)],
        _views(),
        formula="[blue:before: f(BN(Wx))] ends at {pre:.3g},  [orange:after: BN(f(Wx))] at {post:.3g}",
        readout="{act}, {depth} hidden layers: loss {pre:.3g} with batch norm before, {post:.3g} after; "
        "here {winner} is better.",
        presets=[
            Preset("Shallow", {"act": "relu", "depth": 2}),
            Preset("Deep", {"act": "relu", "depth": 20}),
            Preset("Deep, tanh", {"act": "tanh", "depth": 20}),
            Preset("Units stuck on or off", {"act": "relu", "depth": 12}, "Compare the two histograms."),
        ],
        prediction=Prediction(
            "A rule that is often taught: after the nonlinearity below 11 layers, before it in deep nets. We train "
            "ReLU nets of 20 layers. Which ends with the lower loss?",
            ["before", "after", "no difference"],
            0,
            "At 20 layers and rate 0.3: {pre:.3g} before, {post:.3g} after, and so it is at the best of four rates. "
            "At their best rates, tanh and sigmoid prefer after.",
            {"act": "relu", "depth": 20},
        ),
        goal=Goal("find a depth at which before is better.", "before_wins"),
    )


if __name__ == "__main__":
    main()
