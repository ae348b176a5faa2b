"""Lecture 4: what a deep net does to its activations and gradients at the start, for every size of the weights.

The eight settings that lecture documents print are buttons; two more run nets of the printed sizes, layer by layer.

The weights have std g / sqrt(fan_in). Nets of equal g behave alike whatever their width, so a net that is 256 wide
shows what the lectures' nets of 500 and 4096 units do. The prediction for a net of infinite width is the recursion
q = g^2 E[h^2], E[h^2] = E[f(sqrt(q) z)^2] with z normal (Poole et al. 2016, equation 3, without biases).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import make_vjp
from autograd.tracer import getval

from zeromean.stage import marks
from zeromean.stage.parts import Action, Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

DEPTH, WIDTH, EXAMPLES = 10, 256, 100
BINS = 60
NAMED = {
    "0.01, 500 wide": 0.01 * np.sqrt(500),
    "1.0, 500 wide": np.sqrt(500),
    "0.01, 4096 wide": 0.01 * 64,
    "0.05, 4096 wide": 0.05 * 64,
    "Xavier": 1.0,
    "He": np.sqrt(2),
}
GAINS = np.unique(np.round([*np.geomspace(0.05, 40, 59), *NAMED.values()], 4))
HALF = np.float32(0.5)
ACTIVATIONS = {
    "tanh": anp.tanh,
    "ReLU": lambda a: anp.where(a > 0, a, np.float32(0)),
    "sigmoid": lambda a: HALF * (np.float32(1) + anp.tanh(HALF * a)),
}
ENDS = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}


@lru_cache(maxsize=1)
def _draw() -> tuple[Any, Any, Any]:
    """Return one draw: inputs (100, 256), weights (10, 256, 256) of std 1/sqrt(256), gradient at the top (100, 256)."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((EXAMPLES, WIDTH), dtype=np.float32)
    w = rng.standard_normal((DEPTH, WIDTH, WIDTH), dtype=np.float32) / np.float32(np.sqrt(WIDTH))
    return x, w, rng.standard_normal((EXAMPLES, WIDTH), dtype=np.float32) / np.float32(EXAMPLES)


@lru_cache(maxsize=8)
def statistics(activation: str, gain: float) -> dict[str, Any]:
    """Return what each of the 10 layers does: std, std within a unit, share of saturated units, gradient, histogram."""
    x, w, top = _draw()
    act, layers = ACTIVATIONS[activation], [x]
    backs: list[Any] = []
    gradients: list[Any] = []

    def one_layer(pair: Any) -> Any:
        return act(anp.dot(pair[0], pair[1]))

    for one in w:
        back, h = make_vjp(one_layer)((layers[-1], np.float32(gain) * one))
        layers.append(getval(h))
        backs.append(back)
    layers = layers[1:]
    with np.errstate(over="ignore"):  # the way back through tanh overflows to a derivative of 0, which is right
        for back in reversed(backs):
            top, gradient = back(top)
            gradients.insert(0, gradient)
    lo, hi = ENDS.get(activation, (0.0, max(4 * float(np.std(layers[0])), 4 * float(np.std(layers[-1])))))
    within = np.array([np.sqrt(h.var(axis=0, dtype=np.float64).mean()) for h in layers])
    std = np.array([h.std(dtype=np.float64) for h in layers])
    return {
        "std": std,
        "within": within,
        "saturated": np.array([_saturated(activation, h) for h in layers]),
        "gradient": np.array([np.sqrt(np.mean(np.square(g, dtype=np.float64))) for g in gradients]),
        "hills": np.stack([_hill(h, lo, hi) for h in layers]),
        "lo": lo,
        "hi": hi,
    }


def _saturated(activation: str, h: Any) -> float:
    """Return the share of outputs that are as good as stuck: beyond 0.99, or 0 for ReLU."""
    if activation == "ReLU":
        return float(np.mean(h <= 0))
    size = np.abs(h) if activation == "tanh" else np.maximum(h, 1 - h)
    return float(np.mean(size > 0.99))


def _hill(h: Any, lo: float, hi: float) -> Any:
    """Return a histogram as heights 0 to 255, without the zeros of a ReLU, which would hide all the rest."""
    place = ((h[h != 0] - lo) * (BINS / (hi - lo))).astype(np.int32)
    counts = np.bincount(place[place <= BINS], minlength=BINS + 1)
    counts[BINS - 1] += counts[BINS]  # the upper end itself
    counts = counts[:BINS]
    return np.round(255 * counts / max(counts.max(), 1)).astype(np.uint8)


@lru_cache(maxsize=4096)
def oracle(activation: str, gain: float) -> Any:
    """Return the std of each layer in a net of infinite width."""
    z = np.linspace(-10, 10, 4001)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    m2, out = 1.0, []
    for _ in range(DEPTH):
        h = ACTIVATIONS[activation](gain * np.sqrt(m2) * z)
        m2 = float(weight @ (h * h))
        out.append(np.sqrt(m2 - float(weight @ h) ** 2))
    return np.array(out)


def compute(params: Params) -> dict[str, Any]:
    """Return the statistics of the first `depth` layers; the layers above are NaN."""
    activation, gain, depth = str(params["activation"]), float(params["gain"]), int(params["depth"])
    found, limit = statistics(activation, gain), oracle(activation, gain)
    seen = np.arange(DEPTH) < depth
    std, within, gradient = (np.where(seen, found[k], np.nan) for k in ("std", "within", "gradient"))
    last = depth - 1
    lo, hi = found["lo"], found["hi"]
    return {
        "layer": np.arange(1, DEPTH + 1),
        "value": np.linspace(lo, hi, BINS),
        "lo": lo,
        "hi": hi,
        "hills": np.where(seen[:, None], found["hills"], 0).astype(np.uint8),
        "std": std,
        "within": within,
        "oracle": np.where(seen, limit, np.nan),
        "gradient": gradient,
        "std_last": std[last],
        "oracle_last": limit[last],
        "across": (within[last] / std[last]) ** 2 if std[last] > 0 else 0.0,
        "saturated": found["saturated"][last],
        "stuck": "of the outputs are 0" if activation == "ReLU" else "within 0.01 of the end",
        "ratio": gradient[0] / gradient[last],
        "balanced": depth == DEPTH and max(std) < 2 * min(std) and max(gradient) < 2 * min(gradient),
    }


def run_printed(name: str, width: int, examples: int, deepest: int, params: Params) -> Iterator[dict[str, Any]]:
    """Yield after each layer the std of all layers so far, of a net of a printed size with the same g."""
    rng = np.random.default_rng(16)
    h = rng.standard_normal((examples, width), dtype=np.float32)
    out = np.full(DEPTH, np.nan)
    yield {name: out.copy()}
    for layer in range(min(deepest, int(params["depth"]))):
        w = rng.standard_normal((width, width), dtype=np.float32)
        scale = np.float32(float(params["gain"]) / np.sqrt(width))
        h = getval(ACTIVATIONS[str(params["activation"])]((h @ w) * scale))
        out[layer] = h.std(dtype=np.float64)
        yield {name: out.copy()}


def _views() -> list[View]:
    layers = Axis("layer", 0.5, 10.5, ticks={n: str(n) for n in (1, 4, 7, 10)})
    return [
        View(
            "Activations of each layer",
            Axis("activation", "lo", "hi"),
            Axis("layer", 10.5, -0.6, ticks={n: str(n) for n in range(1, 11)}),
            [marks.ridges("value", "hills")],
            "Histogram of the activations of each layer; at layer {depth} {saturated:.0%} {stuck}",
            ratio=0.8,
            size="large",
        ),
        View(
            "Their size",
            layers,
            Axis("standard deviation", 1e-7, 10, log=True),
            [
                marks.line("layer", "oracle", "infinite width", "orange", "dash", width=4),
                marks.line("layer", "std", "all", "blue", marker="o"),
                marks.line("layer", "within", "within a unit", "green", "dot", marker="^"),
                marks.points("layer", "middle", "500 wide", "purple", "s", 7, 1),
                marks.points("layer", "wide", "4096 wide", "vermilion", "d", 7, 1),
            ],
            "Standard deviation of the activations: {std_last:.3g} at layer {depth}, predicted {oracle_last:.3g}; "
            "{across:.0%} of the variance is across examples",
            [Handle("Layers", x="depth", y="std_last", color="ink")],
        ),
        View(
            "The gradients",
            layers,
            Axis("rms of dL/dW", 1e-7, 1e4, log=True),
            [marks.line("layer", "gradient", "", "vermilion", marker="s")],
            "Gradient of the weights in each layer; layer 1 over layer {depth} is {ratio:.3g}",
        ),
    ]


def _presets() -> list[Preset]:
    """Return the eight printed settings of the lecture documents, each named after what one sees."""
    rows = [
        ("Fades out", "tanh", "0.01, 500 wide", 10, "10 × 500 tanh, 0.01·randn"),
        ("Saturates", "tanh", "1.0, 500 wide", 10, "10 × 500 tanh, 1.0·randn"),
        ("Shrinks slowly", "tanh", "Xavier", 10, "10 × 500 tanh, randn / √fan_in"),
        ("Fades gently", "tanh", "0.01, 4096 wide", 6, "6 × 4096 tanh, 0.01·randn: the same 0.01 as in the first"),
        ("A third is stuck", "tanh", "0.05, 4096 wide", 6, "6 × 4096 tanh, 0.05·randn"),
        ("Just right?", "tanh", "Xavier", 6, "6 × 4096 tanh, randn / √fan_in"),
        ("Halves", "ReLU", "Xavier", 6, "6 × 4096 ReLU, randn / √fan_in: the variance halves in every layer"),
        ("Holds", "ReLU", "He", 6, "6 × 4096 ReLU, randn·√(2/fan_in)"),
    ]
    return [
        Preset(name, {"activation": act, "gain": round(float(NAMED[g]), 4), "depth": depth}, note)
        for name, act, g, depth, note in rows
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Activation theatre",
        compute,
        [
            Slider("gain", "g = weights' std · √fan_in", GAINS, 1.0),
            Choice("activation", "Activation", tuple(ACTIVATIONS), "tanh"),
            Slider("depth", "Layers", range(1, 11), 10, fmt="d", play=True),
        ],
        _views(),
        coarse={"gain": 17},
        formula="h ← {activation}(h W),  std of W = {gain:.3g} / √n;  after {depth} layers "
        "std of h = [blue:{std_last:.3g}]",
        readout="Layer {depth}: std {std_last:.3g} (infinite width {oracle_last:.3g}); {saturated:.0%} {stuck}. "
        "Gradient of layer 1 : layer {depth} = {ratio:.3g}.",
        presets=_presets(),
        prediction=Prediction(
            "Ten layers of 500 tanh units, weights 1.0·randn: nearly every unit saturates, so the median local "
            "derivative is 0. The gradient of layer 1, compared with that of layer 10, is ...",
            ["practically zero", "about as large", "thousands of times larger"],
            2,
            "Ratio {ratio:.2g}. The few units that do not saturate pass on so much, through weights so large, "
            "that the gradient grows about 3.5 times per layer on its way down.",
            {"activation": "tanh", "gain": round(float(NAMED["1.0, 500 wide"]), 4), "depth": 10},
        ),
        goal=Goal("ten layers whose std and gradient stay within a factor of 2.", "balanced"),
        actions=[
            Action("Run it 500 wide", partial(run_printed, "middle", 500, 1000, 10), gives=["middle"]),
            Action("Run it 4096 wide", partial(run_printed, "wide", 4096, 16, 6), gives=["wide"]),
        ],
    )
