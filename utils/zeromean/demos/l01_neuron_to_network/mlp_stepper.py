"""Lecture 1: a small network, stepped forward, backward, and to the gradients of its weights, held against trials.

It is the network of slide 9 of Lei Huang's "Normalization techniques in training of deep neural networks": bias units,
three inputs, sigmoids, squared error, target (1, 0, 0). All derivatives come from automatic differentiation.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import elementwise_grad, grad

from zeromean.stage import marks
from zeromean.stage.marks import COLORS
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

TARGET = np.array([1.0, 0.0, 0.0])
REST = np.array([-1.0, 0.5])  # the inputs that have no slider
LOWER = np.array([[0.5, 1.0, -0.5, 0.3], [-0.5, 0.8, 0.6, -1.0]])  # (2, 1 + 3): a neuron a row, its bias first
UPPER = np.array([[0.2, 1.0, -0.8], [-0.4, 0.6, 1.0], [0.1, -1.0, 0.7]])  # (3, 1 + 2)
INPUTS = (-2.0, -1.0, 0.0, 1.0, 2.0)
WEIGHTS = (-6.0, -4.0, -2.0, 0.0, 1.0, 2.0, 4.0)
STEPS = (
    "not yet started",
    "forward: the sums of the hidden units",
    "forward: their sigmoids",
    "forward: the sums of the outputs",
    "forward: their sigmoids",
    "forward: the loss",
    "backward: dL/dy",
    "backward: through the upper sigmoid",
    "backward: through the upper weights",
    "backward: through the lower sigmoid",
    "backward: through the lower weights",
    "gradients of the upper weights",
    "gradients of the lower weights",
)
LAST = len(STEPS) - 1
# the weight that is followed: its layer, its place there, and the neuron it belongs to
FOLLOWED = {"h₁ to y₁": ("upper", (0, 1)), "x₁ to h₁": ("lower", (0, 1)), "the bias of h₂": ("lower", (1, 0))}
X = {"x": 1.1, "h": 4.1, "y": 7.1, "L": 9.5}
ROWS = {"x": (3.75, 2.65, 1.55, 0.45), "h": (3.75, 2.3, 0.9), "y": (3.2, 2.05, 0.9), "L": (2.05,)}
HALF_WIDTH, HALF_HEIGHT = 0.55, 0.33
SUBSCRIPTS = "₀₁₂₃"


def sigmoid(a: Any) -> Any:
    """Return 1 / (1 + exp(-a))."""
    return 0.5 * (1 + anp.tanh(0.5 * a))


def network(x1: float, w: float, nudge: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the value of every part; `nudge` is added to the parts, so its gradient is the gradient of each."""
    add = nudge or dict.fromkeys(("x", "lower", "a2", "h", "upper", "a3", "y"), 0.0)
    upper = UPPER.copy()
    upper[0, 1] = w
    out: dict[str, Any] = {"x": np.append(x1, REST) + add["x"], "lower": LOWER + add["lower"]}
    out["a2"] = out["lower"][:, 1:] @ out["x"] + out["lower"][:, 0] + add["a2"]
    out["h"] = sigmoid(out["a2"]) + add["h"]
    out["upper"] = upper + add["upper"]
    out["a3"] = out["upper"][:, 1:] @ out["h"] + out["upper"][:, 0] + add["a3"]
    out["y"] = sigmoid(out["a3"]) + add["y"]
    out["loss"] = anp.sum((out["y"] - TARGET) ** 2)
    return out


@cache
def derivatives(x1: float, w: float) -> dict[str, Any]:
    """Return the gradient of the loss for every part of the network."""
    zero = {name: np.zeros(np.shape(value)) for name, value in network(x1, w).items() if name != "loss"}
    found: dict[str, Any] = grad(lambda nudge: network(x1, w, nudge)["loss"])(zero)
    return found


@cache
def tried(x1: float, w: float, h: float = 1e-5) -> Any:
    """Return the gradient of the 9 upper and the 8 lower weights (17,) by moving each a little to both sides."""
    zero = {name: np.zeros(np.shape(value)) for name, value in network(x1, w).items() if name != "loss"}

    def loss(layer: str, where: tuple[int, ...], step: float) -> float:
        nudge = {**zero, layer: np.zeros(np.shape(zero[layer]))}
        nudge[layer][where] = step
        return float(network(x1, w, nudge)["loss"])

    places = [(layer, where) for layer in ("upper", "lower") for where in np.ndindex(np.shape(zero[layer]))]
    return np.array([(loss(*place, h) - loss(*place, -h)) / (2 * h) for place in places])


def compute(params: Params) -> dict[str, Any]:
    """Return the network at one step of the walk, the chain of the followed weight, and both gradients."""
    step, x1, w, name = int(params["step"]), float(params["x1"]), float(params["w"]), str(params["follow"])
    value, found, trial = network(x1, w), derivatives(x1, w), tried(x1, w)
    layer, where = FOLLOWED[name]
    exact = np.concatenate([found["upper"].ravel(), found["lower"].ravel()])
    known = np.repeat([step > LAST - 2, step == LAST], [9, 8])
    top = float(np.max(np.abs(exact))) * 1.15
    mine = list(zip(["upper"] * 9 + ["lower"] * 8, [*np.ndindex(3, 3), *np.ndindex(2, 4)], strict=True)).index(
        (layer, where)
    )
    return {
        "bar_x": np.arange(17) + 1.0 + (np.arange(17) > 8),
        "exact": np.where(known, exact, np.nan),
        "trial": np.where(known, trial, np.nan),
        "mine_x": np.array([mine + 1.0 + (mine > 8)]),
        "mine": np.array([exact[mine] if known[mine] else np.nan]),
        "top": top,
        "bottom": -top,
        **_boxes(step, value, found),
        **_edges(step, name),
        **_chain(step, value, found, layer, where),
        "doing": STEPS[step],
        "loss": float(value["loss"]),
        "y1": float(value["y"][0]),
        "push": float(found["a3"][0]),
        "miss": float(np.max(np.abs(exact - trial))),
        "gradient": float(exact[mine]),
        "numeric": float(trial[mine]),
        "verdict": f"{_number(exact[mine], 4)}, tried {_number(trial[mine], 4)}" if known[mine] else "waits",
        "stuck": step > 6 and value["y"][0] < 0.1 and abs(found["a3"][0]) < 0.05,
    }


def _number(value: float, places: int = 2) -> str:
    return f"{value:.{places}f}".replace("-", "−")


def _boxes(step: int, value: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return place, words and colour of each box (11,), and the gradient written below it."""
    names = [("x", i) for i in range(4)] + [("h", i) for i in range(3)] + [("y", i) for i in range(3)] + [("L", 0)]
    words, fill, under = [], [], []
    sums, slopes, since = {"h": "a2", "y": "a3"}, {"h": "a2", "y": "a3"}, {"h": 1, "y": 3}
    for kind, i in names:
        label, said, color = f"{kind}{SUBSCRIPTS[i]}", " ", COLORS.index("blue")
        if kind == "L":
            label = "L" if step < 5 else f"L\n{_number(value['loss'])}"
            color = color if step > 4 else -1
        elif i == 0 and kind != "y":
            label += "\n1"
        elif kind == "x":
            label += f"\n{_number(value['x'][i - 1])}"
            if step > 9:
                said, color = f"dx {_number(found['x'][i - 1], 3)}", COLORS.index("vermilion")
        else:
            at = i - 1 if kind == "h" else i
            label = f"{kind}{SUBSCRIPTS[at + 1]}"
            first, back = since[kind], 8 if kind == "h" else 6
            if step >= first:
                label = f"a {_number(value[sums[kind]][at])}" + (f"\n{label}" if step == first else "")
            if step > first:
                label += f"\n{kind} {_number(value[kind][at])}"
            if step >= back:
                part, name = (value, f"d{kind}") if step == back else (slopes, "da")
                gradient = found[kind][at] if part is value else found[slopes[kind]][at]
                said, color = f"{name} {_number(gradient, 3)}", COLORS.index("vermilion")
            elif step < first:
                color = -1
        words.append(label)
        fill.append(color)
        under.append(said)
    ys = [ROWS[kind][i] for kind, i in names]
    return {
        "node_x": np.array([X[kind] for kind, _ in names]),
        "node_y": np.array(ys),
        "under_y": np.array(ys) - 0.54,
        "words": np.array(words),
        "fill": np.array(fill, dtype=np.int32),
        "under": np.array(under),
    }


def _ends(layer: str, where: tuple[int, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return where the line of a weight begins and ends."""
    below, above = ("h", "y") if layer == "upper" else ("x", "h")
    to = where[0] + (layer == "lower")  # the first hidden unit stands below the bias unit
    return (X[below] + HALF_WIDTH, ROWS[below][where[1]]), (X[above] - HALF_WIDTH, ROWS[above][to])


def _edges(step: int, name: str) -> dict[str, Any]:
    """Return lines (20, 2) of three kinds (waiting, forward, backward), and that of the followed weight."""
    upper = [_ends("upper", where) for where in np.ndindex(3, 3)]
    lower = [_ends("lower", where) for where in np.ndindex(2, 4)]
    loss = [((X["y"] + HALF_WIDTH, y), (X["L"] - HALF_WIDTH, ROWS["L"][0])) for y in ROWS["y"]]
    begins, returns = [3] * 9 + [1] * 8 + [5] * 3, [8] * 9 + [10] * 8 + [6] * 3
    lines = np.array([*upper, *lower, *loss])
    kinds = [2 if step >= back else 1 if step >= go else 0 for go, back in zip(begins, returns, strict=True)]
    out: dict[str, Any] = {}
    for number, kind in enumerate(("waiting", "ahead", "back")):
        shown = np.where((np.array(kinds) == number)[:, None, None], lines, np.nan)
        out |= {f"{kind}_x": shown[:, :, 0], f"{kind}_y": shown[:, :, 1]}
    (x0, y0), (x1, y1) = _ends(*FOLLOWED[name])
    return out | {"chosen_x": np.array([x0, x1]), "chosen_y": np.array([y0, y1])}


def _chain(
    step: int, value: dict[str, Any], found: dict[str, Any], layer: str, where: tuple[int, ...]
) -> dict[str, Any]:
    """Return the factors of the followed weight's gradient, each once it is known, and what adds up in the first."""
    (neuron, source), upper = where, layer == "upper"
    outer, inner = ("y", "a3") if upper else ("h", "a2")
    slope = float(elementwise_grad(sigmoid)(value[inner])[neuron])
    below = 1.0 if source == 0 else float(value["h" if upper else "x"][source - 1])
    met = "1, of the bias unit" if source == 0 else f"{'h' if upper else 'x'}{SUBSCRIPTS[source]}"
    came, passed, done = (6, 7, LAST - 1) if upper else (8, 9, LAST)
    factors = [
        (f"dL/d{outer}{SUBSCRIPTS[neuron + 1]} =", float(found[outer][neuron]), came),
        ("× slope of σ =", slope, passed),
        (f"× {met} =", below, 2 if upper else 0),
        ("dL/dw =", float(found[layer][where]), done),
    ]
    parts = found["a3"] * value["upper"][:, 1 + neuron]
    begin, end = (np.array([_ends("upper", (k, 1 + neuron))[side] for k in range(3)]) for side in (0, 1))
    spots = begin + 0.66 * (end - begin)
    shown = step >= came and not upper
    return {
        "chain_x": np.full(4, 0.5),
        "chain_y": np.arange(4.0, 0, -1),
        "chain": np.array([f"{word} {_number(v, 3) if step >= since else '?'}" for word, v, since in factors]),
        "chain_fill": np.array([COLORS.index("purple") if step >= since else -1 for _, _, since in factors], np.int32),
        "push_x": spots[:, 0] if shown else np.full(3, np.nan),
        "push_y": spots[:, 1],
        "pushes": np.array([_number(part, 3) for part in parts]),
        "push_fill": np.full(3, COLORS.index("purple"), dtype=np.int32),
    }


def _views() -> list[View]:
    (x0, y0), (x1, y1) = _ends("upper", (0, 1))
    shares = np.linspace(0.12, 0.6, len(WEIGHTS))
    along = [(float(x0 + s * (x1 - x0)), float(y0 + s * (y1 - y0))) for s in shares]
    track = [(0.25, float(y)) for y in np.linspace(ROWS["x"][1] - 0.45, ROWS["x"][1] + 0.45, len(INPUTS))]
    graph = View(
        "The network: drag x₁ and the weight",
        Axis("", 0, 10.2),
        Axis("", -0.3, 4.2),
        [
            marks.line("waiting_x", "waiting_y", "", "grey", width=1),
            marks.line("ahead_x", "ahead_y", "", "blue", width=2),
            marks.line("back_x", "back_y", "", "vermilion", width=2),
            marks.line("chosen_x", "chosen_y", "", "purple", width=5, alpha=0.7),
            marks.boxes("node_x", "node_y", 2 * HALF_WIDTH, 2 * HALF_HEIGHT, "words", "fill"),
            marks.text("node_x", "under_y", "under", "vermilion", 0.9),
            marks.boxes("push_x", "push_y", 0.8, 0.3, "pushes", "push_fill"),
        ],
        "The network, {doing}; output 1 is {y1:.2f} and should be 1, the loss is {loss:.2f}",
        [
            Handle("Input x₁", along="x1", path=track, color="ink"),
            Handle("Weight from h₁ to y₁", along="w", path=along, color="ink"),
        ],
        ratio=0.5,
        size="large",
        least=560,
        frame=False,
    )
    chain = View(
        "Purple weight",
        Axis("", 0, 1),
        Axis("", 0.4, 4.6),
        [marks.boxes("chain_x", "chain_y", 0.96, 0.8, "chain", "chain_fill")],
        "The gradient of the weight, {follow}, as a product: {verdict}",
        ratio=0.5,
        frame=False,
    )
    bars = View(
        "All 17 gradients",
        Axis("", 0.2, 18.8, ticks={5: "upper", 14.5: "lower"}),
        Axis("dL/dw", "bottom", "top"),
        [
            marks.bars("bar_x", "exact", "derived", "blue"),
            marks.bars("mine_x", "mine", "", "purple"),
            marks.points("bar_x", "trial", "tried", "orange", "d", 4, 1),
            marks.rule(y=0, dash=""),
        ],
        "Bars of the gradient of all 17 weights, and what trials say; the largest difference is {miss:.0e}",
    )
    return [graph, chain, bars]


def demo() -> Stage:
    """Return the demo."""
    whole = {"step": LAST, "x1": 1.0, "w": 1.0, "follow": "x₁ to h₁"}
    return Stage(
        "A network, forward and backward",
        compute,
        [
            Slider("step", "Step", range(LAST + 1), 0, fmt="d", play=True),
            Slider("x1", "Input x₁", INPUTS, 1.0),
            Slider("w", "Weight h₁ to y₁", WEIGHTS, 1.0),
            Choice("follow", "Purple weight", tuple(FOLLOWED), "h₁ to y₁"),
        ],
        _views(),
        formula="L = (y_1 − 1)^2 + y_2^2 + y_3^2 = {loss:.3f};  "
        "da_1 = 2 (y_1 − 1) · y_1 (1 − y_1) = [vermilion:{push:.3f}]",
        readout="Step {step:d}, {doing}. y₁ = {y1:.2f}, L = {loss:.3f}; dL/dw of the purple weight: {verdict}.",
        presets=[
            Preset("Start", {**whole, "step": 0, "follow": "h₁ to y₁"}),
            Preset("Forward done", {**whole, "step": 5}),
            Preset("All gradients", whole, "Three outputs push on h₁, and their pushes add up."),
            Preset(
                "Wrong and stuck", {**whole, "w": -4.0, "follow": "h₁ to y₁"}, "The sigmoid is flat where it is wrong."
            ),
            Preset("Nothing comes in", {**whole, "x1": 0.0}, "A weight that was multiplied by 0 learns nothing."),
        ],
        prediction=Prediction(
            "Output 1 should be 1. We turn it from 0.5, undecided, to almost 0: as wrong as can be. How hard does the "
            "squared error now push on the sum before its sigmoid?",
            ["about twice as hard", "just as hard", "several times less"],
            2,
            "At y₁ = {y1:.3f} the push is {push:.3f}; at 0.5 it would be −0.25. The error is larger, but the sigmoid "
            "is flat there.",
            {**whole, "w": -4.0, "follow": "h₁ to y₁"},
        ),
        goal=Goal("make output 1 less than 0.1, with a push on its sum below 0.05.", "stuck"),
    )
