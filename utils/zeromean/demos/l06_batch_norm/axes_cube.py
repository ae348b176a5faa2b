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
SIDES = ("front", "top", "side")


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


def _spot(n: Any, c: Any, p: Any) -> Any:
    """Return where a corner of the block is drawn: channels to the right, images into the depth, pixels upwards."""
    n, c, p = np.broadcast_arrays(n, c, p)
    return np.stack([c + 0.62 * n, 0.42 * p + 0.4 * n], axis=-1)


def _faces(n: tuple[int, int], c: tuple[int, int]) -> Any:
    """Return the corners (3, 4, 2) of front, top and side of the block of these images and channels."""
    (n0, n1), (c0, c1), top = n, c, H * W
    front = _spot(n0, [c0, c1, c1, c0], [0, 0, top, top])
    return np.array(
        [front, _spot([n0, n0, n1, n1], [c0, c1, c1, c0], top), _spot([n0, n1, n1, n0], c1, [0, 0, top, top])]
    )


def _seams(n: tuple[int, int], c: tuple[int, int]) -> Any:
    """Return the lines (k, 2, 2) between the entries on the three faces; those beyond the block are NaN."""
    (n0, n1), (c0, c1), top = n, c, H * W
    lines = np.full((2 * (N + C + H * W + 3), 2, 2), np.nan)
    found = [_spot(n0, i, [0, top]) for i in range(c0, c1 + 1)] + [_spot([n0, n1], i, top) for i in range(c0, c1 + 1)]
    found += [_spot(n0, [c0, c1], i) for i in range(top + 1)] + [_spot([n0, n1], c1, i) for i in range(top + 1)]
    found += [_spot(i, [c0, c1], top) for i in range(n0, n1 + 1)] + [_spot(i, c1, [0, top]) for i in range(n0, n1 + 1)]
    lines[: len(found)] = found
    return lines


def _ends(shared: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the first and last + 1 image, and channel, of those that share a mean (N, C)."""
    images, channels = (np.flatnonzero(shared.any(axis=axis)) for axis in (1, 0))
    return (int(images[0]), int(images[-1]) + 1), (int(channels[0]), int(channels[-1]) + 1)


def _paint() -> dict[str, Any]:
    """Return the colours of the three blocks, and the words along the edges."""
    edges = [_spot(0, c + 0.5, -0.8) for c in range(C)] + [_spot(n + 0.5, C + 0.35, -0.5) for n in range(N)]
    names = [_spot(0, C / 2 - 0.9, -1.9), _spot(N / 2, C + 0.75, -0.9), _spot(0.9, -2.2, H * W)]
    fills = {"all": "grey", "group": "blue", "column": "orange"}
    return {name: np.array([COLORS.index(color)], dtype=np.int32) for name, color in fills.items()} | {
        **{f"edge_{axis}": np.array(edges)[:, k] for k, axis in enumerate("xy")},
        "edge": np.array([*range(1, C + 1), *range(1, N + 1)]).astype(str),
        **{f"name_{axis}": np.array(names)[:, k] for k, axis in enumerate("xy")},
        "name": np.array(["channels", "images", f"{H}×{W} pixels"]),
    }


PAINT = _paint()


def compute(params: Params) -> dict[str, Any]:
    """Return the tiles with the colour of each, the mean that each (image, channel) uses, and the counts."""
    norm, groups = str(params["norm"]), int(params["groups"])
    n, c = int(params["n"]) - 1, int(params["c"]) - 1
    number = groups_of(norm, groups)
    shared = number == number[n, c]
    means = np.array([_data()[number == k].mean() for k in range(number.max() + 1)])
    used = groups if norm == "group norm" else 0
    return {
        **_drawn("all", (0, N), (0, C)),
        **_drawn("group", *_ends(shared)),
        **_drawn("column", (n, n + 1), (c, c + 1)),
        **PAINT,
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


def _drawn(name: str, n: tuple[int, int], c: tuple[int, int]) -> dict[str, Any]:
    """Return the faces and seams of one block of images and channels."""
    faces, seams = _faces(n, c), _seams(n, c)
    sides = {
        f"{name}_{side}_{axis}": faces[i : i + 1, :, k] for i, side in enumerate(SIDES) for k, axis in enumerate("xy")
    }
    return sides | {f"{name}_seam_{axis}": seams[:, :, k] for k, axis in enumerate("xy")}


def _block(name: str, alphas: tuple[float, float, float]) -> list[Any]:
    """Return the marks of one block: three faces, lit from above, and the seams."""
    faces = zip(SIDES, alphas, strict=True)
    drawn = [marks.polygons(f"{name}_{s}_x", f"{name}_{s}_y", name, alpha=alpha, seam=0) for s, alpha in faces]
    seam = {"all": "grey"}.get(name, "ink")
    return [*drawn, marks.line(f"{name}_seam_x", f"{name}_seam_y", "", seam, width=0.8, alpha=0.5)]


def _views() -> list[View]:
    images = {n: f"image {n}" for n in range(1, N + 1)}
    channels = {c: str(c) for c in range(1, C + 1)}
    spots = [_spot(n + 0.5, c + 0.5, H * W) for n in range(N) for c in range(C)]
    top = [(float(x), float(y)) for x, y in spots]
    return [
        View(
            "Blue: all that shares one mean with the orange column",
            Axis("", -1.0, 9.6),
            Axis("", -0.9, 5.7),
            [
                *_block("all", (0.35, 0.2, 0.5)),
                *_block("group", (0.75, 0.6, 0.9)),
                *_block("column", (0.95, 0.8, 1.0)),
                marks.text("edge_x", "edge_y", "edge", "ink", 0.92),
                marks.text("name_x", "name_y", "name", "ink", 1.0, "left"),
            ],
            "A block of images, channels and pixels. {called}: channel {c} of image {n} shares its mean with {entries} "
            "entries {where}",
            [Handle("Chosen image and channel", along=("n", "c"), path=top, color="ink")],
            ratio=0.62,
            size="large",
            equal=True,
            frame=False,
        ),
        View(
            "The mean each uses",
            Axis("", -0.5, N - 0.5, ticks={n - 1: words for n, words in images.items()}),
            Axis("channel", -0.5, C - 0.5, ticks={c - 1: words for c, words in channels.items()}),
            [marks.cells("mean", (-5, 5))],
            "The mean that each image and channel uses: {means} different numbers",
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
        formula=f"{{means}} means × [blue:{{entries}} entries] = {N * C * H * W}",
        readout="{called}: the mean has shape {shape}, so {means} numbers. Channel {c} of image {n} uses {own:.2f}, "
        "from {entries} entries {where}; {needs}.",
        presets=[
            Preset("A channel, all images", {"norm": "batch norm"}, "Batch norm: one mean for each channel."),
            Preset("An image, all channels", {"norm": "layer norm"}, "Layer norm: one mean for each image."),
            Preset("A channel of an image", {"norm": "instance norm"}, "Instance norm: a mean for each pair."),
            Preset("Groups of one channel", {"norm": "group norm", "groups": 6}, "The same as instance norm."),
            Preset("One group of all", {"norm": "group norm", "groups": 1}, "The same as layer norm."),
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
