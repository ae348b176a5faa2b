"""Lecture 6 and 7: a batch of images is (N, C, H, W). The normalizers differ only in which entries share a mean.

Batch norm: Ioffe and Szegedy 2015; layer norm: Ba et al. 2016; instance norm: Ulyanov et al. 2016; group norm: Wu and
He 2018.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.marks import COLORS
from zeromean.stage.parts import Axis, Choice, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

N, C, H, W = 4, 6, 3, 3
NORMS = ("batch norm", "layer norm", "instance norm", "group norm")


def groups_of(norm: str, groups: int) -> Any:
    """Return for each (image, channel) the number of the statistic that it uses, (N, C), counted from 0."""
    n, c = np.indices((N, C))
    per_image = {"layer norm": 1, "instance norm": C, "group norm": groups}
    if norm == "batch norm":
        return c
    return n * per_image[norm] + c * per_image[norm] // C


def shape_of(norm: str, groups: int) -> str:
    """Return the shape of the mean."""
    if norm == "group norm":
        return f"{N}×{groups} (of {C // groups} channels each)"
    return {"batch norm": f"1×{C}×1×1", "layer norm": f"{N}×1×1×1", "instance norm": f"{N}×{C}×1×1"}[norm]


def _where(shared: Any) -> str:
    """Return which images and channels (N, C) share a mean, in words."""
    images, channels = int(shared.any(axis=1).sum()), int(shared.any(axis=0).sum())
    words = {1: "one channel", C: f"all {C} channels"}.get(channels, f"{channels} channels")
    return f"of {words} in {'one image' if images == 1 else f'all {images} images'}"


@cache
def _data() -> Any:
    """Return one batch (N, C, H, W) whose images and channels differ in their level."""
    rng = np.random.default_rng(8)
    level = rng.normal(size=(N, 1, 1, 1)) + rng.normal(size=(1, C, 1, 1)) * 1.5
    return level + 0.5 * rng.normal(size=(N, C, H, W))


@cache
def _floors() -> tuple[Any, Any]:
    """Return corners x, y (N * C * H * W, 4): each channel of an image is a floor of H x W tiles, seen from above."""
    n, c, h, w, corner = np.indices((N, C, H, W, 4))
    u = (w + np.isin(corner, (1, 2)) - W / 2) / W
    v = (h + np.isin(corner, (2, 3)) - H / 2) / H
    x = n + 1 + 0.62 * u + 0.2 * v
    y = c + 1 + 0.56 * v
    return x.reshape(-1, 4), y.reshape(-1, 4)


def compute(params: Params) -> dict[str, Any]:
    """Return the tiles with the colour of each, the mean that each (image, channel) uses, and the counts."""
    norm, groups = str(params["norm"]), int(params["groups"])
    n, c = int(params["n"]) - 1, int(params["c"]) - 1
    number = groups_of(norm, groups)
    shared = number == number[n, c]
    color = np.where(shared, COLORS.index("sky"), -1)
    color[n, c] = COLORS.index("vermilion")
    means = np.array([_data()[number == k].mean() for k in range(number.max() + 1)])
    x, y = _floors()
    used = groups if norm == "group norm" else 0
    return {
        "x": x,
        "y": y,
        "fill": np.broadcast_to(color[:, :, None, None], (N, C, H, W)).ravel().astype(np.int32),
        "mean": means[number].T,
        "shape": shape_of(norm, groups),
        "means": len(means),
        "entries": int(shared.sum()) * H * W,
        "where": _where(shared),
        "own": means[number[n, c]],
        "called": f"group norm, G = {used}" if used else norm,
        "needs": "needs the whole batch" if norm == "batch norm" else "each image stands alone",
        "eight": len(means) == 2 * N,
    }


def _views() -> list[View]:
    images = {n: f"image {n}" for n in range(1, N + 1)}
    channels = {c: str(c) for c in range(1, C + 1)}
    return [
        View(
            "Which entries share a mean with the red ones",
            Axis("", 0.5, N + 0.5, ticks=images),
            Axis("channel", 0.45, C + 0.65, ticks=channels),
            [marks.polygons("x", "y", "fill")],
            "Tiles of {called}: channel {c} of image {n} shares its mean with {entries} entries {where}",
            [Handle("Chosen image and channel", x="n", y="c", color="ink")],
            ratio=0.66,
        ),
        View(
            "The mean that each one uses",
            Axis("", -0.5, N - 0.5, ticks={n - 1: words for n, words in images.items()}),
            Axis("channel", -0.5, C - 0.5, ticks={c - 1: words for c, words in channels.items()}),
            [marks.cells("mean", (-5, 5))],
            "The mean that each image and channel uses: {means} different numbers",
            ratio=0.66,
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        f"Axes cube: a batch of {N} images, {C} channels, {H}×{W} pixels",
        compute,
        [
            Choice("norm", "Normalizer", NORMS, "batch norm"),
            Slider("groups", "G (group norm)", (1, 2, 3, 6), 2, fmt="d"),
            Slider("n", "Image", range(1, N + 1), 2, fmt="d"),
            Slider("c", "Channel", range(1, C + 1), 4, fmt="d"),
        ],
        _views(),
        readout="{called}: the mean has shape {shape}, so {means} numbers. Channel {c} of image {n} uses {own:.2f}, "
        "from {entries} entries {where}; {needs}.",
        presets=[
            Preset("1×C×1×1", {"norm": "batch norm"}),
            Preset("N×1×1×1", {"norm": "layer norm"}),
            Preset("N×C×1×1", {"norm": "instance norm"}),
            Preset("G = C", {"norm": "group norm", "groups": 6}, "One channel in each group: instance norm."),
            Preset("G = 1", {"norm": "group norm", "groups": 1}, "One group: layer norm over C, H and W."),
        ],
        prediction=Prediction(
            f"Batch norm in a convolutional layer, a batch of {N} images with {C} channels of {H}×{W} pixels: "
            "how many means?",
            [f"{N}, one per image", f"{C}, one per channel", f"{C * H * W}, one per channel and pixel"],
            1,
            "Every pixel of a channel is a sample of the same filter, so {entries} entries share one mean: "
            "shape 1×C×1×1.",
            {"norm": "batch norm"},
        ),
        goal=Goal(f"{2 * N} means that never mix two images.", "eight"),
    )
