"""Lecture 6: what a short cut does to the size of the signal, and what batch norm does to a short cut.

The trained runs are stored. To compute them again:
``python -m zeromean.demos.l06_batch_norm.residual_block`` (about ten minutes on
one core).
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
from zeromean.training.loop import train

KINDS, NORMS, BLOCKS = ("plain", "residual", "preact"), ("none", "batch"), (1, 5, 10, 20)
WIDTH, RATE, SEEDS, STEPS = 64, 0.1, 3, 200
MOST = BLOCKS[-1]


def network(kind: str, norm: str, blocks: int) -> nets.Net:
    """Return a network of a first layer and `blocks` pairs of layers, with or without a short cut round each."""
    return nets.Net((64, *[WIDTH] * (1 + 2 * blocks), 10), norm=norm, block=kind)


def run(kind: str, norm: str, blocks: int, seed: int) -> float:
    """Train once; return the test accuracy."""
    data = digits.load(seed)
    net = network(kind, norm, blocks)
    step = train(net, data.x, data.t, lr=RATE, steps=STEPS, seed=seed)
    return nets.accuracy(net, step.params, step.state, data.x_test, data.t_test)


def main() -> None:
    """Compute every run and store it."""
    runs = []
    for kind in KINDS:
        for norm in NORMS:
            for blocks in BLOCKS:
                accuracy = [run(kind, norm, blocks, seed) for seed in range(SEEDS)]
                runs.append({"kind": kind, "norm": norm, "blocks": blocks, "accuracy": accuracy})
    stored.write("residual_block", runs)


@cache
def accuracies(kind: str, norm: str) -> Any:
    """Return the stored test accuracies (4 depths, 3 seeds)."""
    runs = stored.table(stored.read("residual_block"), "kind", "norm", "blocks")
    return np.array([runs[kind, norm, blocks]["accuracy"] for blocks in BLOCKS])


@cache
def stream(kind: str, norm: str, seed: int = 0) -> Any:
    """Return the standard deviation (20,) of what leaves each pair of layers, before any training."""
    net, data = network(kind, norm, MOST), digits.load(seed)
    params, state = nets.init(net, np.random.default_rng(seed))
    _, trace = nets.forward(net, params, state, data.x[:640], training=True)
    after_pairs = trace.stream[2::2] if kind == "plain" else trace.stream
    return np.array([np.std(h) for h in after_pairs])


@cache
def gradients(kind: str, norm: str, blocks: int, seed: int = 0) -> Any:
    """Return the rms gradient (41,) of each hidden weight matrix before training, NaN beyond the last."""
    net, data = network(kind, norm, blocks), digits.load(seed)
    params, state = nets.init(net, np.random.default_rng(seed))
    _, grads, _ = nets.loss_and_grad(net, params, state, data.x[:64], data.t[:64])
    out = np.full(1 + 2 * MOST, np.nan)
    for i in range(1 + 2 * blocks):
        out[i] = np.sqrt(np.mean(grads[f"W{i}"] ** 2))
    return out


def compute(params: Params) -> dict[str, Any]:
    """Return the size of the signal by block, the gradient by layer, and the accuracy by depth."""
    kind, norm, blocks = str(params["kind"]), str(params["norm"]), int(params["blocks"])
    out: dict[str, Any] = {
        "block": np.arange(1, MOST + 1),
        "layer": np.arange(1, 2 * MOST + 2),
        "depths": np.array(BLOCKS),
        "doubling": 0.5 * 2 ** (np.arange(1, MOST + 1) / 2),
    }
    for each in NORMS:
        out[f"std_{each}"] = stream(kind, each)
        out[f"grad_{each}"] = gradients(kind, each, blocks)
        out[f"acc_{each}"] = np.median(accuracies(kind, each), axis=1)
        out[f"acc_{each}_low"] = accuracies(kind, each).min(axis=1)
        out[f"acc_{each}_high"] = accuracies(kind, each).max(axis=1)
    size = stream(kind, norm)
    for each in NORMS:
        width = size if each == norm else np.full(MOST, np.nan)
        out |= {f"wide_{each}": width, f"under_{each}": -width}
    out |= {"reach": 1.1 * float(size.max()), "floor": -1.1 * float(size.max())}
    chosen = out[f"acc_{norm}"][BLOCKS.index(blocks)]
    out["size"] = float(out[f"std_{norm}"][blocks - 1])
    out["ratio"] = float(out[f"grad_{norm}"][0] / out[f"grad_{norm}"][2 * blocks])
    return (
        out
        | {"accuracy": float(chosen), "words": "batch norm" if norm == "batch" else "no norm"}
        | {"deep": blocks == MOST and chosen > 0.9}
    )


def _views() -> list[View]:
    looks = {"none": ("no norm", "vermilion", "dot", "x"), "batch": ("batch norm", "blue", "", "o")}
    ticks: dict[float, str] = {blocks: str(blocks) for blocks in BLOCKS}
    here = marks.rule(x="blocks", color="ink", dash="dot")
    return [
        View(
            "The signal on its way through the blocks",
            Axis("block", 0.5, MOST + 0.5),
            Axis("signal, plus and minus its standard deviation", "floor", "reach"),
            [
                *[
                    marks.band("block", f"under_{norm}", f"wide_{norm}", look[0], look[1], 0.4)
                    for norm, look in looks.items()
                ],
                *[
                    marks.line("block", f"{side}_{norm}", "", looks[norm][1])
                    for side in ("wide", "under")
                    for norm in NORMS
                ],
                marks.rule(y=0, dash=""),
                here,
            ],
            "A stream whose half width is the standard deviation: {size:.3g} after {blocks} blocks with {words}",
            [Handle("Blocks, in the stream", x="blocks", y=0.0)],
            size="large",
        ),
        View(
            "Its size",
            Axis("block", 0.5, MOST + 0.5),
            Axis("standard deviation", 0.05, 1000, log=True),
            [
                marks.line("block", "doubling", "doubling", "grey", "dash", width=1.5),
                *[marks.line("block", f"std_{norm}", *look) for norm, look in looks.items()],
                marks.points("blocks", "size", "", "ink", "d", 6, 1),
                here,
            ],
            "Standard deviation after each block; {size:.3g} after {blocks} blocks with {words}",
            handles=[Handle("Blocks, on the signal", x="blocks", y="size")],
        ),
        View(
            "Gradients",
            Axis("layer", 0.5, 2 * MOST + 1.5),
            Axis("rms, untrained", 1e-6, 100, log=True),
            [marks.line("layer", f"grad_{norm}", *look[:3]) for norm, look in looks.items()],
            "Gradient by layer; the first layer's is {ratio:.3g} times the last hidden layer's with {words}",
        ),
        View(
            "Accuracy",
            Axis("blocks", 0.9, 22, log=True, ticks=ticks),
            Axis("after 200 steps", 0, 1),
            [
                *[
                    marks.band("depths", f"acc_{norm}_low", f"acc_{norm}_high", "", look[1])
                    for norm, look in looks.items()
                ],
                *[marks.line("depths", f"acc_{norm}", *look) for norm, look in looks.items()],
                marks.points("blocks", "accuracy", "", "ink", "d", 6, 1),
                here,
            ],
            "Accuracy by depth; {accuracy:.2f} at {blocks} blocks with {words}",
            [Handle("Blocks, on the accuracy", x="blocks", y="accuracy")],
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Short cuts with and without batch norm",
        compute,
        [
            Choice("kind", "Kind of block", KINDS, "plain"),
            Choice("norm", "Normalization", NORMS, "none"),
            Slider("blocks", "Blocks of two layers", BLOCKS, 5),
        ],
        _views(),
        readout="{kind}, {words}, {blocks} blocks: signal {size:.3g} after the last block, first gradient over last "
        "{ratio:.3g}, accuracy {accuracy:.1%}.",
        presets=[
            Preset("Plain and deep", {"kind": "plain", "norm": "none", "blocks": 20}),
            Preset("Batch norm alone", {"kind": "plain", "norm": "batch", "blocks": 20}),
            Preset("Short cut alone", {"kind": "preact", "norm": "none", "blocks": 20}),
            Preset("Both", {"kind": "preact", "norm": "batch", "blocks": 20}),
            Preset("Sum, then ReLU", {"kind": "residual", "norm": "batch", "blocks": 20}),
        ],
        prediction=Prediction(
            "A pre-activation network of 20 blocks, He's initial weights, no normalization. The signal starts at "
            "about 0.4. How large is it after the last block?",
            ["about 0.4", "about 2", "about 20", "more than 100"],
            3,
            "Each block adds as much variance as it finds, so the variance doubles 20 times: {size:.3g}. With batch "
            "norm every block adds the same amount.",
            {"kind": "preact", "norm": "none", "blocks": 20},
        ),
        goal=Goal("train 20 blocks to more than 90 %.", "deep"),
    )


if __name__ == "__main__":
    main()
