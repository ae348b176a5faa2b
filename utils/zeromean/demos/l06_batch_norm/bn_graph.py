"""Lecture 6: batch norm as a graph, stepped forward and backward. Three paths lead from dL/dx̂ into dL/dx; cut one.

The gradients come from automatic differentiation of the forward pass, with the cut paths held constant. The numeric
gradient knows of no cut, so it tells. (Ioffe and Szegedy 2015, section 3, for the graph.)
"""

from __future__ import annotations

from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

from zeromean.stage import marks
from zeromean.stage.marks import COLORS
from zeromean.stage.parts import Axis, Check, Goal, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

X = np.array([1.2, -0.6, 2.0, 0.2])
UPSTREAM = np.array([0.8, -0.5, 0.3, 1.1])
GAMMA, BETA, EPS = 1.5, 0.5, 1e-5
PATHS = ("direct", "variance", "mean")
# name: (words, x, y), in the order of the forward pass; the backward pass goes the other way
NODES = {
    "x": ("x", 0.95, 2.2),
    "mu": ("μ = mean of x", 2.75, 0.75),
    "c": ("c = x − μ", 4.35, 2.2),
    "v": ("σ² = mean of c²", 5.75, 0.75),
    "s": ("s = √(σ² + ε)", 7.75, 0.75),
    "xhat": ("x̂ = c / s", 8.35, 2.2),
    "y": ("y = γ x̂ + β", 10.6, 2.2),
}
EDGES = {
    ("x", "mu"): "mean",
    ("x", "c"): "",
    ("mu", "c"): "mean",
    ("c", "v"): "variance",
    ("v", "s"): "variance",
    ("s", "xhat"): "variance",
    ("c", "xhat"): "direct",
    ("xhat", "y"): "",
}
PLACES = {  # where a derivative stands, seen from the middle of its edge
    ("x", "mu"): (-0.4, -0.08),
    ("x", "c"): (0.0, 0.17),
    ("mu", "c"): (0.3, -0.12),
    ("c", "v"): (0.42, 0.1),
    ("v", "s"): (0.0, -0.55),
    ("s", "xhat"): (0.5, 0.0),
    ("c", "xhat"): (0.0, 0.17),
    ("xhat", "y"): (0.0, 0.17),
}
ORDER = tuple(NODES)
ENDS = ("x", "y", "dx", "dy")
LAST = 2 * len(ORDER)
HALF_WIDTH, HALF_HEIGHT = 0.8, 0.34


def forward(x: Any, open_paths: frozenset[str], nudge: Any = None) -> dict[str, Any]:
    """Return every node's value; what flows through a path that is not open is held at its value for X.

    `nudge` {node: array} is added to the nodes: the gradient with respect to it is the gradient at the node.
    """
    still: Any = forward(X, frozenset(PATHS)) if len(open_paths) < len(PATHS) else {}
    add = nudge or dict.fromkeys(ORDER, 0.0)
    out: dict[str, Any] = {"x": x + add["x"]}
    out["mu"] = (anp.mean(out["x"]) if "mean" in open_paths else still["mu"]) + add["mu"]
    out["c"] = out["x"] - out["mu"] + add["c"]
    out["v"] = (anp.mean(out["c"] ** 2) if "variance" in open_paths else still["v"]) + add["v"]
    out["s"] = anp.sqrt(out["v"] + EPS) + add["s"]
    out["xhat"] = (out["c"] if "direct" in open_paths else still["c"]) / out["s"] + add["xhat"]
    out["y"] = GAMMA * out["xhat"] + BETA + add["y"]
    return out


@cache
def gradients(open_paths: frozenset[str]) -> dict[str, Any]:
    """Return the gradient of sum(UPSTREAM * y) at every node."""
    zero = {name: np.zeros_like(value, dtype=float) for name, value in forward(X, frozenset(PATHS)).items()}

    def loss(nudge: Any) -> Any:
        return anp.sum(UPSTREAM * forward(X, open_paths, nudge)["y"])

    found: dict[str, Any] = grad(loss)(zero)
    return found


@cache
def numeric() -> Any:
    """Return the gradient at x by central differences of the whole forward pass."""
    h = 1e-5
    steps = np.concatenate([h * np.eye(4), -h * np.eye(4)])
    loss = [np.sum(UPSTREAM * forward(X + step, frozenset(PATHS))["y"]) for step in steps]
    return (np.array(loss[:4]) - np.array(loss[4:])) / (2 * h)


def from_paths(open_paths: frozenset[str]) -> dict[str, Any]:
    """Return what each path brings to dL/dx, (4,) each; they add up to the gradient."""
    without = open_paths - {"mean"}
    parts = {name: gradients(frozenset({name}))["x"] if name in without else np.zeros(4) for name in PATHS[:2]}
    return {**parts, "mean": gradients(open_paths)["x"] - sum(parts.values())}


def compute(params: Params) -> dict[str, Any]:
    """Return the graph at one stage of the walk, and dL/dx from the open paths beside the numeric one."""
    stage, open_paths = int(params["stage"]), frozenset(name for name in PATHS if params[name])
    found, slope = gradients(open_paths), numeric()
    error = np.linalg.norm(found["x"] - slope) / (np.linalg.norm(found["x"]) + np.linalg.norm(slope))
    done = stage == LAST
    words, fill, under = _nodes(stage, found)
    blocked = [name for name in PATHS if name not in open_paths]
    agrees = bool(error < 1e-6)
    said = f"agrees to {-np.log10(error + 1e-16):.0f} digits" if agrees else f"differs by {error:.0%}"
    verdict = said if done else "waits for dx"
    total = round(float(found["x"].sum()), 6) + 0.0
    examples = np.arange(1, 5)
    out: dict[str, Any] = {
        "nx": np.array([NODES[n][1] for n in ORDER]),
        "ny": np.array([NODES[n][2] for n in ORDER]),
        "words": words,
        "fill": fill,
        "uy": np.array([NODES[n][2] + (0.55 if NODES[n][2] > 1.5 else -0.55) for n in ORDER]),
        "under": under,
        **_edges(stage, blocked),
        "lamp_x": np.array([10.6]),
        "lamp_y": np.array([0.75]),
        "lamp": np.array([f"numeric gradient\n{verdict}"]),
        "lamp_fill": np.array([COLORS.index("green" if agrees else "vermilion") if done else -1], dtype=np.int32),
        "total_x": examples + 0.27,
        "total": found["x"] if done else np.full(4, np.nan),
        "slope": slope if done else np.full(4, np.nan),
        "sum": total,
        "adds": f"; dx sums to {total:.2f}" if done else "",
        **_local(stage, blocked),
        "doing": _doing(stage),
        "cut": " and ".join(blocked) or "none",
        "verdict": verdict,
        "drifts": done and len(blocked) == 1 and abs(float(found["x"].sum())) > 0.01,
    }
    for i, (name, values) in enumerate(from_paths(open_paths).items()):
        out |= {f"{name}_x": examples - 0.36 + 0.21 * i, f"{name}_part": values if done else np.full(4, np.nan)}
    return out


def _doing(stage: int) -> str:
    """Return what happens at a stage, in words."""
    if stage == 0:
        return "not yet started"
    name = ORDER[stage - 1] if stage <= len(ORDER) else ORDER[LAST - stage]
    return f"{'forward' if stage <= len(ORDER) else 'backward'}, at {NODES[name][0].split(' =')[0]}"


def _numbers(value: Any) -> str:
    """Return a few numbers as short words."""
    places = 1 if np.size(value) > 1 else 2
    return "  ".join(f"{v:.{places}f}".replace("-", "−") for v in np.atleast_1d(value))


def _nodes(stage: int, found: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return words (7,), colours (7,) and the gradient written under each node (7,)."""
    values = forward(X, frozenset(PATHS))
    count = len(ORDER)
    words, fill, under = [], [], []
    for i, name in enumerate(ORDER):
        ahead, back = stage > i, stage >= LAST - i
        words.append(NODES[name][0] + (f"\n{_numbers(values[name])}" if ahead else ""))
        fill.append(COLORS.index("vermilion") if back else COLORS.index("blue") if ahead else -1)
        gradient = UPSTREAM if name == "y" else found[name]
        under.append(f"d{NODES[name][0].split(' =')[0]}: {_numbers(gradient)}" if back and stage > count else " ")
    return np.array(words), np.array(fill, dtype=np.int32), np.array(under)


def _edges(stage: int, blocked: list[str]) -> dict[str, Any]:
    """Return arrows for four kinds of edges: lit forward, lit backward, cut, not yet; those of another kind are NaN."""
    rows = np.full((4, 4, len(EDGES)), np.nan)
    for i, ((a, b), path) in enumerate(EDGES.items()):
        start, end = (np.array(NODES[n][1:]) for n in (a, b))
        cut = path in blocked
        returned = stage >= LAST - ORDER.index(a)
        kind = 2 if returned and cut else 1 if returned else 0 if stage > ORDER.index(b) else 3
        tail, head = _between(start, end)
        if returned and not cut:
            tail, head = head, tail
        rows[kind, :, i] = [*tail, *(head - tail)]
    kinds = enumerate(("ahead", "back", "cutoff", "waiting"))
    return {f"{name}_{part}": rows[k, j] for k, name in kinds for j, part in enumerate(ENDS)}


def _local(stage: int, blocked: list[str]) -> dict[str, Any]:
    """Return the derivative written on each edge, once the way back has passed it, and a cross on one that is cut."""
    s = float(forward(X, frozenset(PATHS))["s"])
    words = ("1/N", "1", "−1", "2c/N", "1/2s", "−c/s²", "1/s", "γ")
    passed = [stage >= LAST - ORDER.index(a) and stage > len(ORDER) for a, _ in EDGES]
    middle = [(np.array(NODES[a][1:]) + np.array(NODES[b][1:])) / 2 for a, b in EDGES]
    beside = np.array([PLACES[edge] for edge in EDGES])
    spots = np.array(middle) + beside
    return {
        "local": np.array(
            [
                "✕ cut" if path in blocked else word if on else " "
                for word, on, path in zip(words, passed, EDGES.values(), strict=True)
            ]
        ),
        "inverse": 1 / s,
        "half": 1 / (2 * s),
        "local_x": spots[:, 0],
        "local_y": spots[:, 1],
    }


def _between(start: Any, end: Any) -> tuple[Any, Any]:
    """Return where the line from one box to another leaves the first and meets the second."""
    way = end - start
    reach = min((h / abs(w) for h, w in zip((HALF_WIDTH, HALF_HEIGHT), way, strict=True) if w), default=0.0)
    return start + way * (reach + 0.03), end - way * (reach + 0.03)


def _views() -> list[View]:
    def edge(name: str, words: str, color: str, width: float = 2.5) -> Any:
        x, y, dx, dy = (f"{name}_{part}" for part in ENDS)
        return marks.arrows(x, y, dx, dy, words, color, width)

    graph = View(
        "Batch norm of four examples",
        Axis("", 0, 11.6),
        Axis("", 0, 2.95),
        [
            edge("ahead", "forward", "blue"),
            edge("back", "backward", "vermilion", 3.5),
            edge("cutoff", "cut", "purple", 1.5),
            edge("waiting", "", "grey", 1.0),
            marks.boxes("nx", "ny", 2 * HALF_WIDTH, 2 * HALF_HEIGHT, "words", "fill"),
            marks.text("nx", "uy", "under", "vermilion", 0.9),
            marks.text("local_x", "local_y", "local", "ink", 0.82),
            marks.boxes("lamp_x", "lamp_y", 1.75, 2 * HALF_HEIGHT, "lamp", "lamp_fill"),
        ],
        "Graph of batch norm, {doing}; paths cut: {cut}",
        ratio=0.27,
        size="large",
        least=760,
        frame=False,
    )
    colors = zip(PATHS, ("blue", "orange", "green"), strict=True)
    parts = [marks.bars(f"{name}_x", f"{name}_part", name, color, 0.2) for name, color in colors]
    total = [marks.bars("total_x", "total", "their sum", "grey", 0.2), marks.rule(y=0, dash="")]
    check = [marks.points("total_x", "slope", "numeric", "vermilion", "d", 6, 1)]
    bars = View(
        "What each path brings to dL/dx",
        Axis("", 0.4, 4.6, ticks={n: f"example {n}" for n in range(1, 5)}),
        Axis("", -2, 2, ticks={-2: "−2", 0: "0", 2: "2"}),
        [*parts, *total, *check],
        "Bars: dL/dx of four examples from each open path, their sum, and the numeric gradient, which {verdict}",
        ratio=0.165,
        size="wide",
        least=680,
    )
    return [graph, bars]


def demo() -> Stage:
    """Return the demo."""
    whole = {"stage": LAST, **dict.fromkeys(PATHS, True)}
    return Stage(
        "Backward through batch norm",
        compute,
        [
            Slider("stage", "Step", range(LAST + 1), 0, fmt="d", play=True),
            Check("direct", "direct path", True),
            Check("variance", "path through σ²", True),
            Check("mean", "path through μ", True),
        ],
        _views(),
        formula="along an arrow: γ = 1.5,  1/s = {inverse:.2f},  1/2s = {half:.2f},  1/N = 0.25",
        readout="Step {stage:d} ({doing}). Paths cut: {cut}. The numeric gradient {verdict}{adds}.",
        presets=[
            Preset("Start", {**whole, "stage": 0}),
            Preset("All paths", whole),
            Preset("Statistics held constant", {**whole, "variance": False, "mean": False}, "The most common mistake."),
            Preset("Variance forgotten", {**whole, "variance": False}),
            Preset("Mean forgotten", {**whole, "mean": False}),
        ],
        prediction=Prediction(
            "We treat the batch mean and variance as constants when we go back. How wrong is dx?",
            ["not at all", "less than 1 %", "more than 10 %"],
            2,
            "The numeric gradient {verdict}: every example also moves μ and σ², and through them all the others.",
            {**whole, "variance": False, "mean": False},
        ),
        goal=Goal("cut one path so that dx no longer sums to 0.", "drifts"),
    )
