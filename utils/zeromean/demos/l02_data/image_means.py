"""Lecture 2: what is subtracted from an image. A mean image leaves a ghost where the camera has moved.

Sixty small landscapes are drawn by a random generator: sky, meadow, and one ball.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from zeromean.stage import marks
from zeromean.stage.parts import Axis, Goal, Handle, Params, Prediction, Preset, Slider, View
from zeromean.stage.stage import Stage

COUNT, SIZE, SHOWN = 60, 32, 6
KINDS = ("raw", "mean image", "channel means", "means and stds")
NETWORKS = ("nobody", "AlexNet", "VGG", "ResNet")
NUMBERS = (0, SIZE * SIZE * 3, 3, 6)
SHIFTS = (0, 4, 8, 12)
EDGES = np.linspace(-2.5, 2.5, 41)


@cache
def landscapes() -> Any:
    """Return small colour images (60, 32, 32, 3) between 0 and 1."""
    rng = np.random.default_rng(32)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    scenes = []
    for _ in range(COUNT):
        light, horizon = rng.uniform(0.75, 1.1), rng.integers(15, 20)
        fade = (rows / SIZE)[..., None]
        sky = np.array([0.35, 0.6, 0.95]) * (1 - fade) + np.array([0.95, 0.9, 0.85]) * fade
        meadow = np.array([0.25, 0.55, 0.2]) * (1.25 - 0.6 * fade)
        scene = np.where((rows < horizon)[..., None], sky, meadow)
        x, y, radius = rng.uniform(6, 26), rng.uniform(5, 25), rng.uniform(2.5, 6)
        disc = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
        scene = np.where(disc[..., None], rng.uniform(0, 1, 3), scene)
        scenes.append(np.clip(light * scene + 0.03 * rng.standard_normal(scene.shape), 0, 1))
    return np.array(scenes)


def statistics(kind: str, images: Any) -> tuple[Any, Any]:
    """Return what is subtracted from an image and what divides it, as arrays that fit to (32, 32, 3)."""
    if kind == "raw":
        return np.zeros(3), np.ones(3)
    if kind == "mean image":
        return np.sum(images, axis=0) / len(images), np.ones(3)
    pixels = images.reshape(-1, 3)
    return np.average(pixels, axis=0), (np.std(pixels, axis=0) if kind == "means and stds" else np.ones(3))


def shifted(image: Any, by: int) -> Any:
    """Return the image as a camera sees it that looks further down: rows move up, the last one is repeated."""
    return image[np.minimum(np.arange(SIZE) + by, SIZE - 1)]


@cache
def _prepared(kind: str, which: int, by: int) -> Any:
    mean, spread = statistics(kind, landscapes())
    return (shifted(landscapes()[which - 1], by) - mean) / spread


@cache
def moments(kind: str) -> dict[str, Any]:
    """Return the histogram of each channel over all prepared images, their means and standard deviations."""
    mean, spread = statistics(kind, landscapes())
    pixels = ((landscapes() - mean) / spread).reshape(-1, 3)
    counted = np.array([np.histogram(np.clip(channel, -2.49, 2.49), EDGES)[0] for channel in pixels.T])
    counts = np.minimum(counted / len(pixels), 0.3)
    found: dict[str, Any] = {"red": counts[0], "green": counts[1], "blue": counts[2], "edges": EDGES}
    return found | {"means": float(pixels.mean()), "stds": float(pixels.std(axis=0).mean())}


def _drawn(values: Any, kind: str) -> Any:
    """Return prepared numbers as colours: 0 is middle grey, unless nothing was subtracted."""
    scale, zero = {"raw": (1.0, 0.0), "means and stds": (0.25, 0.5)}.get(kind, (1.0, 0.5))
    return np.round(255 * np.clip(scale * values + zero, 0, 1)).astype(np.uint8)


@cache
def ghost(kind: str, by: int) -> float:
    """Return how far the mean of each row of a prepared, moved image lies from that of an unmoved one, on average."""
    moved = [_prepared(kind, which, by) for which in range(1, SHOWN + 1)]
    return float(np.abs(np.mean(moved, axis=(0, 2))).mean())


def compute(params: Params) -> dict[str, Any]:
    """Return one image as prepared, what was subtracted, and the histograms of all."""
    at, which, by = int(params["kind"]), int(params["which"]), int(params["shift"])
    kind = KINDS[at]
    mean = statistics(kind, landscapes())[0]
    here = _prepared(kind, which, by)
    return moments(kind) | {
        "image": _drawn(here, kind),
        "subtracted": np.round(255 * (np.zeros((SIZE, SIZE, 3)) + mean)).astype(np.uint8),
        "own": float(here.mean()),
        "row_size": ghost(kind, by),
        "numbers": NUMBERS[at],
        "network": NETWORKS[at],
        "word": kind,
        "ghostly": kind == "mean image" and by >= 8,
    }


def _views() -> list[View]:
    square = (Axis("", 0, SIZE), Axis("", SIZE, 0))
    return [
        View(
            "What the network sees (grey is 0)",
            *square,
            [marks.image("image", (0, SIZE), (0, SIZE), (0, 255))],
            "Landscape {which:d}, {word}, moved by {shift:d} pixels: its mean is {own:.2f}",
            [Handle("Camera", along="shift", path=[(SIZE / 2, SIZE - 4.0 - by) for by in SHIFTS])],
            size="large",
            ratio=0.8,
            equal=True,
            frame=False,
        ),
        View(
            "Subtracted",
            *square,
            [marks.image("subtracted", (0, SIZE), (0, SIZE), (0, 255))],
            "What was subtracted, as an image of {numbers:d} different numbers",
            equal=True,
            frame=False,
        ),
        View(
            "Channels",
            Axis("value", -2.5, 2.5),
            Axis("share", 0, 0.3),
            [
                marks.histogram("edges", "red", "red", "vermilion", alpha=0.35),
                marks.histogram("edges", "green", "green", "green", alpha=0.35),
                marks.histogram("edges", "blue", "blue", "blue", alpha=0.35),
            ],
            "Histograms of the three channels: mean {means:.2f}, standard deviation {stds:.2f}",
        ),
    ]


def demo() -> Stage:
    """Return the demo."""
    return Stage(
        "What to subtract from an image",
        compute,
        [
            Slider("kind", "Subtract", range(4), 0, fmt="d", play=True, words=KINDS),
            Slider("which", "Landscape", range(1, SHOWN + 1), 1, fmt="d"),
            Slider("shift", "Camera moved by", SHIFTS, 0, unit="pixels", fmt="d"),
        ],
        _views(),
        formula="{network}: {numbers:d} numbers; of all pixels afterwards mean {means:.2f}, std {stds:.2f}",
        readout="Landscape {which:d}, {word}: {numbers:d} numbers to keep. With the camera moved by {shift:d} pixels,"
        " a row lies {row_size:.2f} from 0 on average.",
        presets=[
            Preset("A mean image", {"kind": 1, "shift": 0}, "32 × 32 × 3 numbers."),
            Preset("A ghost in the picture", {"kind": 1, "shift": 8}, "The old horizon stays where it was."),
            Preset("Three numbers", {"kind": 2, "shift": 8}, "No horizon to leave behind."),
            Preset("Six numbers", {"kind": 3, "shift": 0}, "Every channel has one scale."),
        ],
        prediction=Prediction(
            "Colour images of 32 × 32. VGG subtracts a mean of each channel. How many numbers are that?",
            ["3", "1024", "3072"],
            0,
            "One for red, one for green, one for blue; here {numbers:d}. A mean image would be 3072.",
            {"kind": 2, "shift": 0},
        ),
        goal=Goal("an image in which you see a horizon that is not there.", "ghostly"),
    )
