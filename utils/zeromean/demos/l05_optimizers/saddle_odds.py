"""Lecture 5: a critical point is a minimum only if all eigenvalues of its Hessian are positive. One in two, then none.

The picture that is the idea: twenty critical points, each a row of signs. One minus is enough to make a saddle.
The Hessians are random symmetric matrices (Gaussian orthogonal ensemble), as in Dauphin et al. 2014, section 2; a shift
of all eigenvalues stands for how deep in the landscape the point lies.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

DIMENSIONS = tuple(range(1, 11))
SHIFTS = tuple(float(s) for s in np.round(np.linspace(0, 2, 21), 1))
DRAWS, ROWS, SEED = 20000, 20, 5
EDGES = np.linspace(-2.5, 4.5, 57)
MINUS, PLUS = 3, 0  # vermilion and blue, as they count in `marks.COLORS`


@cache
def spectra(n: int, seed: int = SEED) -> Any:
    """Return sorted eigenvalues (20000, n) of random symmetric n x n matrices over √n: their ends tend to ±√2."""
    g = np.random.default_rng(seed).standard_normal((DRAWS, n, n))
    return np.linalg.eigvalsh((g + np.swapaxes(g, 1, 2)) / 2) / np.sqrt(n)


@cache
def share(n: int, shift: float, seed: int = SEED) -> float:
    """Return the share of matrices whose eigenvalues are all positive after the shift."""
    return float(np.mean(spectra(n, seed)[:, 0] + shift > 0))


def compute(params: Params) -> dict[str, Any]:
    """Return the signs of 20 points as tiles, the share of minima by dimension, and where the eigenvalues lie."""
    n, shift = int(params["n"]), float(params["shift"])
    values = spectra(n) + shift
    signs = values[:ROWS, ::-1] > 0  # the largest first
    odds = np.array([share(k, shift) for k in DIMENSIONS])
    column, row = np.meshgrid(np.arange(10), np.arange(ROWS))
    lefts, tops = column + 0.06, row + 0.1
    fill = np.full((ROWS, 10), -1)
    fill[:, :n] = np.where(signs, PLUS, MINUS)
    minimum = signs.all(axis=1)
    wide = np.where(fill >= 0, 0.88, 0.0)
    x = np.stack([lefts, lefts + wide, lefts + wide, lefts], axis=-1)
    y = np.stack([tops, tops, tops + 0.8, tops + 0.8], axis=-1)
    return {
        "tile_x": x.reshape(-1, 4),
        "tile_y": y.reshape(-1, 4),
        "fill": fill.reshape(-1).astype(np.int32),
        "star_x": np.where(minimum, n + 0.35, np.nan),
        "star_y": np.arange(ROWS) + 0.5,
        "dimension": np.array(DIMENSIONS),
        "odds": 100 * odds,
        "edges": EDGES,
        "hill": np.histogram(values, EDGES)[0] / values.size * 100,
        "odd": odds[n - 1],
        "seen": int(minimum.sum()),
        "negative": float(np.mean(values < 0)),
        "said": f"{100 * odds[n - 1]:.3g}\u202f%",
        "half": n == 10 and odds[n - 1] >= 0.5,
    }


def _views() -> list[View]:
    return [
        View(
            "Twenty critical points: blue curves up, orange down",
            Axis("direction, from most to least curved", 0, 11, ticks={k - 0.5: str(k) for k in DIMENSIONS}),
            Axis("critical point", 20, 0, ticks={5: "5", 10: "10", 15: "15", 20: "20"}),
            [
                marks.polygons("tile_x", "tile_y", "fill"),
                marks.points("star_x", "star_y", "a minimum", "green", "d", 6, 1.0),
            ],
            "Twenty rows of {n} tiles, blue where the curvature is positive, red where it is not; {seen} rows "
            "are all blue: minima",
            size="large",
        ),
        View(
            "Minima",
            Axis("dimension", 0.4, 10.6, ticks={k: str(k) for k in (1, 4, 7, 10)}),
            Axis("per cent", 0, 104),
            [marks.bars("dimension", "odds", "", "blue"), marks.rule(x="n", color="ink", dash="dot")],
            "Share of minima among critical points in 1 to 10 dimensions; in {n} it is {said}",
            [Handle("Dimension", x="n", y=8.0)],
        ),
        View(
            "All curvatures",
            Axis("eigenvalue", -2.5, 4.5),
            Axis("per cent", 0, 12),
            [marks.histogram("edges", "hill", "", "sky"), marks.rule(x=0.0, color="ink")],
            "Histogram of all eigenvalues: {negative:.0%} are negative; one of them is enough for a saddle",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "Minimum or saddle? The odds, by dimension",
        compute,
        [
            Slider("n", "Dimensions", DIMENSIONS, 1, fmt="d", play=True),
            Slider("shift", "Deeper: shift of all curvatures", SHIFTS, 0.0, fmt=".1f"),
        ],
        _views(),
        formula="P(minimum) = P(all {n} eigenvalues > 0) = {said};  were they independent: (1 − {negative:.2f})^n",
        readout="{n} dimensions: {said} of the critical points are minima, {seen} of the twenty drawn; {negative:.0%} "
        "of all curvatures are negative.",
        presets=[
            Preset("One dimension", {"n": 1, "shift": 0.0}, "A coin: minimum or maximum."),
            Preset("Two dimensions", {"n": 2, "shift": 0.0}, "A saddle is the usual case."),
            Preset("Hardly a minimum left", {"n": 5, "shift": 0.0}, "Not one in a thousand."),
            Preset("Deep down", {"n": 10, "shift": 1.6}, "Here nearly all critical points are minima."),
        ],
        prediction=Prediction(
            "In one dimension half of the critical points are minima. And in three, if the Hessian is a random "
            "symmetric matrix?",
            ["a third", "an eighth", "a fortieth", "none"],
            2,
            "{said}: fewer than 1/8, because eigenvalues keep their distance from one another.",
            {"n": 3, "shift": 0.0},
        ),
        goal=Goal("ten dimensions in which half of the critical points are minima.", "half"),
    )
