"""Lecture 4: which weights let a gradient through a deep net: a map over the activation and the size of the weights.

Weights have std g / sqrt(fan_in). A layer multiplies the mean square of the gradient by chi = g^2 E[f'(sqrt(q) z)^2],
where q = g^2 E[f(sqrt(q) z)^2] is the variance of a pre-activation (Poole et al. 2016; Schoenholz et al. 2017).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad, make_vjp
from autograd.tracer import getval

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

DEPTH, WIDTH, EXAMPLES, NEAR = 20, 128, 24, 0.9
BOX = (0.94, 0.86)
GAINS = (0.2236, 0.64, 0.8, 1.0, 1.2, 1.4142, 2.0, 3.2, 5.0, 10.0, 22.3607)
ACTS = {
    "linear": lambda a: a + 0.0,
    "tanh": anp.tanh,
    "sigmoid": lambda a: 0.5 * (1.0 + anp.tanh(0.5 * a)),
    "ReLU": lambda a: anp.where(a > 0, a, 0.0),
    "leaky 0.1": lambda a: anp.where(a > 0, a, 0.1 * a),
    "ELU": lambda a: anp.where(a > 0, a, anp.exp(anp.minimum(a, 0.0)) - 1.0),
}
NAMES = tuple(ACTS)
FADES, HOLDS, EXPLODES = 0, 2, 3  # places of blue, green and vermilion among the colours
Z = np.linspace(-8, 8, 800)  # an even number: none at a kink
BELL = np.exp(-(Z**2) / 2) / np.exp(-(Z**2) / 2).sum()
U = np.linspace(-4.5, 4.5, 80)  # for two dimensions
PAIR = np.exp(-(U[:, None] ** 2 + U**2) / 2)


@cache
def variances(act: str, gain: float, depth: int = DEPTH) -> Any:
    """Return q (depth,) of each layer of an infinitely wide net whose inputs have mean square 1."""
    m, q = 1.0, []
    for _ in range(depth):
        q.append(float(np.clip(gain**2 * m, 1e-30, 1e30)))
        m = float(BELL @ ACTS[act](np.sqrt(q[-1]) * Z) ** 2)
    return np.array(q)


def chi(act: str, gain: float, q: float) -> float:
    """Return by what a layer multiplies the mean square of the gradient, at the variance q."""
    return gain**2 * float(BELL @ elementwise_grad(ACTS[act])(np.sqrt(q) * Z) ** 2)


@cache
def factor(act: str, gain: float) -> float:
    """Return sqrt(chi) deep in the net: by what a layer multiplies the size of the gradient."""
    return float(np.sqrt(chi(act, gain, variances(act, gain, 300)[-1])))


@cache
def cosines(act: str, gain: float, start: float) -> Any:
    """Return the cosine (depth + 1,) between what each layer makes of two examples, from their own on."""
    f, u, found = ACTS[act], U, [start]
    for q in variances(act, gain):
        c = found[-1]
        one, other = f(np.sqrt(q) * u)[:, None], f(np.sqrt(q) * (c * u[:, None] + np.sqrt(1 - c * c) * u))
        sizes = np.sum(PAIR * one**2) * np.sum(PAIR * other**2)
        found.append(float(np.clip(np.sum(PAIR * one * other) / np.sqrt(sizes), -1, 1)))
    return np.array(found)


@cache
def measured(act: str, gain: float) -> tuple[Any, Any]:
    """Return gradient by layer (depth,), the top one 1, and mean cosine (depth + 1,), in one net 128 wide."""
    rng, backs = np.random.default_rng(7), []
    layers = [rng.standard_normal((EXAMPLES, WIDTH))]
    for _ in range(DEPTH):
        w = gain / np.sqrt(WIDTH) * rng.standard_normal((WIDTH, WIDTH))
        back, h = make_vjp(lambda x, w=w: ACTS[act](anp.dot(x, w)))(layers[-1])
        layers.append(getval(h))
        backs.append(back)
    down = [rng.standard_normal((EXAMPLES, WIDTH))]
    with np.errstate(all="ignore"):  # the slope of a tanh that is far out overflows to 0, which is right
        for back in backs[:0:-1]:
            down.insert(0, back(down[0]))
    sizes = np.array([np.sqrt(np.mean(np.square(d / np.abs(down[-1]).max()))) for d in down])
    apart = []
    for h in layers:
        unit = h / np.maximum(np.sqrt(np.sum(h**2, axis=1, keepdims=True)), 1e-300)
        apart.append((np.sum(unit @ unit.T) - EXAMPLES) / (EXAMPLES * (EXAMPLES - 1)))
    return sizes / sizes[-1], np.array(apart)


def kind(value: float) -> int:
    """Return the colour of a factor: the gradient fades, holds within 5 %, or explodes."""
    return HOLDS if abs(value - 1) <= 0.05 else FADES if value < 1 else EXPLODES


def compute(params: Params) -> dict[str, Any]:
    """Return the map, and the gradient and the cosines of one place on it."""
    gain, act = float(params["gain"]), NAMES[int(params["act"])]
    here, layers = factor(act, gain), variances(act, gain)
    down = np.sqrt(np.cumprod([1.0, *(chi(act, gain, q) for q in layers[:0:-1])]))[::-1]
    sizes, apart = measured(act, gain)
    every = [[factor(name, g) for g in GAINS] for name in NAMES]
    words = {FADES: "fades", HOLDS: "holds", EXPLODES: "explodes"}[kind(here)]
    merged = cosines(act, gain, 0.0)[-1], cosines(act, gain, NEAR)[-1]
    return {
        "x": np.tile(np.arange(len(GAINS), dtype=float), len(NAMES)),
        "y": np.repeat(np.arange(len(NAMES), dtype=float), len(GAINS)),
        "factors": np.array([f"{value:.2f}" if value < 9.95 else f"{value:.0f}" for row in every for value in row]),
        "fill": np.array([kind(value) for row in every for value in row], dtype=np.int32),
        "layer": np.arange(1, DEPTH + 1),
        "below": np.arange(DEPTH + 1),
        "down": down,
        "sizes": sizes,
        "far": cosines(act, gain, 0.0),
        "near": cosines(act, gain, NEAR),
        "apart": apart,
        "name": act,
        "factor": here,
        "arrives": float(down[0]),
        "words": words,
        "far_last": merged[0],
        "near_last": merged[1],
        "fate": "become one" if min(merged) > 0.98 else "stay apart" if max(merged) < 0.9 else "draw near",
        "rare": act == "sigmoid" and kind(here) == HOLDS,
    }


def _views() -> list[View]:
    grid = [(float(i), float(j)) for i in range(len(GAINS)) for j in range(len(NAMES))]
    return [
        View(
            "√χ: blue fades, green holds, orange explodes",
            Axis(
                "g = std of the weights · √fan-in",
                -0.6,
                10.6,
                ticks={float(i): f"{g:.2g}" for i, g in enumerate(GAINS)},
            ),
            Axis("", 5.6, -0.6, ticks={float(j): name for j, name in enumerate(NAMES)}),
            [marks.boxes("x", "y", *BOX, "factors", "fill")],
            "Map of six activations over g: the gradient fades (blue), holds (green) or explodes (red). "
            "For {name} at g = {gain:.3g} each layer multiplies it by {factor:.3g}: it {words}",
            [Handle("Place on the map", along=("gain", "act"), path=grid, color="ink", around=BOX)],
            ratio=0.62,
            size="large",
            least=620,
        ),
        View(
            "The gradient",
            Axis("layer", 0, DEPTH + 1),
            Axis("size, top layer 1", 1e-12, 1e12, log=True),
            [
                marks.line("layer", "down", "theory", "vermilion", lost="off"),
                marks.points("layer", "sizes", "128 wide", "ink", "o", 3.5),
            ],
            "Size of the gradient by layer; of 1 at layer 20 there arrives {arrives:.2g} at layer 1",
        ),
        View(
            "Two examples",
            Axis("layer", 0, DEPTH),
            Axis("their cosine", -0.1, 1.05),
            [
                marks.line("below", "near", "near", "green", "dash"),
                marks.line("below", "far", "far", "blue"),
                marks.points("below", "apart", "128 wide", "ink", "o", 3.5),
            ],
            "Cosine of two examples by layer: from 0 to {far_last:.2f}, from 0.9 to {near_last:.2f}; they {fate}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""

    def at(act: str, gain: float) -> dict[str, Any]:
        return {"act": NAMES.index(act), "gain": gain}

    return Stage(
        "The edge of chaos",
        compute,
        [
            Slider("gain", "g, the size of the weights", GAINS, 0.64),
            Slider("act", "Activation", range(len(NAMES)), 1, words=NAMES),
        ],
        _views(),
        formula="√χ = g · √E[f'(z√q)^2] = [vermilion:{factor:.3g}] for {name} at g = {gain:.3g}: the gradient {words}",
        readout="{name}, g = {gain:.3g}: each layer multiplies the gradient by {factor:.3g}; of 1 at the top, "
        "{arrives:.2g} arrives; two examples {fate}.",
        presets=[
            Preset("Everything fades", at("tanh", 0.64), "tanh, 0.01 at 4096 wide"),
            Preset("At the edge", at("tanh", 1.0), "tanh, 1/√fan-in: the edge itself"),
            Preset("Chaos", at("tanh", 22.3607), "tanh, 1.0 at 500 wide: neighbours forget each other"),
            Preset("ReLU, half of it lost", at("ReLU", 1.0)),
            Preset("ReLU, at the edge", at("ReLU", 1.4142), "He's weights; the examples still merge"),
            Preset("No way through", at("sigmoid", 1.4142), "He's weights under a sigmoid"),
        ],
        prediction=Prediction(
            "With He's weights, g = 1.41, a ReLU net hands its gradient on unchanged. And twenty layers of sigmoids "
            "with the same weights? Of a gradient of 1 there arrives about ...",
            ["1 as well", "0.01", "less than a millionth"],
            2,
            "A layer multiplies it by {factor:.2g}, nineteen of them by {arrives:.1g}; and the two examples {fate}.",
            at("sigmoid", 1.4142),
        ),
        goal=Goal("find weights with which a sigmoid net holds its gradient.", "rare"),
    )
