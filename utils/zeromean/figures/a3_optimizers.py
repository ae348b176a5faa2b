"""The figures of A3. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from zeromean.style import BLACK, BLUE, GREEN, MAP, ORANGE, PURPLE, SKY, VERMILION, show

Array = NDArray[Any]
LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (ORANGE, "D"), (PURPLE, "v"), (SKY, "P"))


def paths(walks: Mapping[str, Array], H: Array, *, square: bool = False) -> None:
    """Draw walks (steps + 1, 2) over the contours of the loss ``w H w / 2``; `square` if both axes have one scale."""
    fig, ax = plt.subplots(figsize=(7, 5.2 if square else 3.8))
    _contours(ax, H, square)
    ends = []
    for (name, places), (color, mark) in zip(walks.items(), LOOKS, strict=False):
        inside = np.clip(places, -3, 3)  # what has flown away stays at the edge
        ax.plot(*inside.T, color=color, marker=mark, ms=4, lw=1.4, label=name)
        ends.append(f"{name} ends {np.linalg.norm(places[-1]):.2g} from the bottom after {len(places) - 1} steps")
    ax.plot(0, 0, "*", ms=14, color=BLACK, label="bottom")
    ax.set_title("each mark is a step")
    ax.legend(loc="upper left", fontsize=9)
    show(fig, f"Paths over the contours of the loss. {'; '.join(ends)}.")


def _contours(ax: Axes, H: Array, square: bool) -> None:
    wide, high = (1.5, 1.5) if square else (1.6, 1.0)
    x, y = np.meshgrid(np.linspace(-wide if square else -0.5, wide, 161), np.linspace(-high, high, 161))
    loss = (H[0, 0] * x**2 + 2 * H[0, 1] * x * y + H[1, 1] * y**2) / 2
    ax.contour(x, y, loss, levels=np.geomspace(0.03, 60, 9), colors=BLACK, alpha=0.25, linewidths=1)
    ax.set(xlabel="first entry of w", ylabel="second entry of w", xlim=(x.min(), x.max()), ylim=(-high, high))
    ax.set_aspect("equal" if square else "auto")
    ax.grid(False)


def across(walks: Mapping[str, Array]) -> None:
    """Draw the second entry of each walk (steps + 1, 2), the one across the ravine, over steps."""
    fig, ax = plt.subplots(figsize=(7, 3.2))
    ends = []
    for (name, places), (color, mark) in zip(walks.items(), LOOKS, strict=False):
        ax.plot(places[:, 1], color=color, marker=mark, ms=4, label=name)
        ends.append(f"{name} swings by {np.abs(places[-10:, 1]).max():.2g} in the last ten steps")
    ax.axhline(0, color=BLACK, lw=1)
    ax.set(xlabel="step", ylabel="second entry of w", title="across the ravine")
    ax.legend()
    show(fig, f"How far from the middle of the ravine: {'; '.join(ends)}.")


def conditions(condition: Sequence[float], needed: Mapping[str, Sequence[int]]) -> None:
    """Draw how many steps each rule needs, over the condition number, both axes logarithmic."""
    fig, ax = plt.subplots(figsize=(7, 3.6))
    for (name, steps), (color, mark) in zip(needed.items(), LOOKS, strict=False):
        ax.loglog(condition, steps, color=color, marker=mark, label=name)
        for x, y in zip(condition, steps, strict=True):
            ax.annotate(f"{y}", (x, y), (0, 6), textcoords="offset points", ha="center", color=color, fontsize=9)
    ax.set(xlabel="condition number", ylabel="steps to a millionth", title="with the best rates that there are")
    ax.margins(y=0.15)
    ax.legend(loc="upper left")
    last = ", ".join(f"{name} {steps[0]} to {steps[-1]}" for name, steps in needed.items())
    show(fig, f"Steps needed for condition numbers from {condition[0]:g} to {condition[-1]:g}: {last}.")


def step_lengths(lengths: Mapping[str, Array]) -> None:
    """Draw how long each step (T,) is in units of the rate, under a gradient that never changes."""
    fig, ax = plt.subplots(figsize=(7, 3.2))
    for (name, length), (color, _), dash in zip(lengths.items(), LOOKS, ("-", "--", "-."), strict=False):
        ax.loglog(np.arange(1, len(length) + 1), length, color=color, ls=dash, label=name)
    ax.axhline(1, color=BLACK, lw=1, ls=":")
    ax.annotate("the rate", (1, 1), (4, 4), textcoords="offset points", color=BLACK, fontsize=9)
    ax.set(xlabel="step", ylabel="length / rate", title="steps under a gradient that never changes")
    ax.legend()
    ends = "; ".join(f"{name}: {length[0]:.3g} first, {length[-1]:.3g} last" for name, length in lengths.items())
    show(fig, f"Length of the steps in units of the rate. {ends}.")


def first_steps(corrected: Array, uncorrected: Array) -> None:
    """Draw how long Adam's steps (T,) are in units of the rate, with the corrections and without, and the longest."""
    fig, ax = plt.subplots(figsize=(7, 3.4))
    t = np.arange(1, len(corrected) + 1)
    ax.semilogx(t, corrected, color=BLUE, label="yours")
    ax.semilogx(t, uncorrected, color=VERMILION, ls="--", label="without the two corrections")
    top = int(uncorrected.argmax())
    ax.plot(t[top], uncorrected[top], "o", color=VERMILION)
    said = f"{uncorrected[top]:.2f} at t = {t[top]}"
    ax.annotate(said, (t[top], uncorrected[top]), (0, 7), textcoords="offset points", ha="center", color=VERMILION)
    ax.set(xlabel="step t", ylabel="length / lr", ylim=(0, 7.4), title="Adam under a gradient that never changes")
    ax.legend(loc="upper right")
    mine = f"With the corrections from {corrected.min():.3g} to {corrected.max():.3g} times the rate"
    show(fig, f"{mine}; without them {uncorrected[0]:.3g} at first, {said}, {uncorrected[-1]:.3g} in the end.")


def schedules(rates: Mapping[str, Array]) -> None:
    """Draw the rate (T,) over steps for each schedule."""
    fig, ax = plt.subplots(figsize=(7, 3.6))
    for (name, rate), color, dash in zip(
        rates.items(), (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK), ("-", "--", "-.", ":") * 2, strict=False
    ):
        ax.plot(rate, color=color, ls=dash, label=name)
    ax.set(xlabel="step t", ylabel="rate / lr0", title="seven schedules")
    ax.legend(fontsize=9, ncols=2)
    ends = "; ".join(f"{name} {rate[0]:.2g} to {rate[-1]:.2g}" for name, rate in rates.items())
    show(fig, f"Rates over {len(next(iter(rates.values())))} steps: {ends}.")


def losses(curves: Mapping[str, Array], title: str, *, window: int = 1, floor: float = 1e-12) -> None:
    """Draw losses (steps,) over steps, each averaged over a window, on a logarithmic axis."""
    fig, ax = plt.subplots(figsize=(7, 3.6))
    ends = []
    for (name, curve), (color, _), dash in zip(
        curves.items(), LOOKS, ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))), strict=False
    ):
        smooth = np.convolve(np.nan_to_num(curve, nan=1e3, posinf=1e3), np.ones(window) / window, "valid")
        ax.semilogy(np.arange(len(smooth)) + window, np.clip(smooth, floor, 1e3), color=color, ls=dash, label=name)
        ends.append(f"{name} {smooth[-1]:.2g}")
    ax.set(xlabel="step", ylabel="loss" if window == 1 else f"loss (mean of {window} steps)", title=title)
    ax.legend(fontsize=9, ncols=2)
    show(fig, f"{title}. Loss at the end: {', '.join(ends)}.")


def race(steps: Mapping[str, Mapping[str, int]], most: int) -> None:
    """Draw a table of how many steps each rule needs on each landscape; `most` means that it did not arrive."""
    rules, places = list(steps), list(next(iter(steps.values())))
    table = np.array([[steps[rule][place] for place in places] for rule in rules])
    fig, ax = plt.subplots(figsize=(7, 0.55 * len(rules) + 1))
    ax.imshow(np.log10(table), cmap=MAP + "_r", aspect="auto", vmin=0, vmax=np.log10(most) * 1.25, alpha=0.55)
    for i, j in np.ndindex(table.shape):
        ax.text(j, i, "not there" if table[i, j] >= most else f"{table[i, j]}", ha="center", va="center", color=BLACK)
    ax.set_xticks(range(len(places)), places)
    ax.set_yticks(range(len(rules)), rules)
    ax.xaxis.tick_top()
    ax.grid(False)
    ax.tick_params(length=0)
    rows = "; ".join(f"{rule}: " + ", ".join(f"{p} {steps[rule][p]}" for p in places) for rule in rules)
    show(fig, f"Steps to the goal, at most {most}. {rows}.")
