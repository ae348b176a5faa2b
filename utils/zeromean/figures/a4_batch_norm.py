"""The figures of A4. They draw arrays that the student's own functions made.

Nothing here computes what an exercise asks for: a figure shows what it is handed, right or wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from zeromean.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, show

Array = NDArray[Any]
_PALE = "#DDDDDD"


def small_batches(outs: Mapping[int, Array], gamma: float, beta: float) -> None:
    """Draw what batches of a few examples become; `outs` maps N to outputs, shape (batches, N)."""
    fig, ax = plt.subplots(figsize=(7, 2.6))
    for place, (_, out) in enumerate(outs.items()):
        jitter = np.linspace(-0.22, 0.22, out.shape[0])[:, None] + np.zeros_like(out)
        ax.plot(place + jitter, out, ".", color=BLUE, ms=5, alpha=0.7)
    for shift, label in ((0, r"$\beta$"), (gamma, r"$\beta+\gamma$"), (-gamma, r"$\beta-\gamma$")):
        level = beta + shift
        ax.axhline(level, color=VERMILION, ls="--", lw=1, zorder=0)
        ax.annotate(label, (1, level), xycoords=("axes fraction", "data"), va="center", color=VERMILION)
    ax.set_xticks(range(len(outs)), [f"N = {n}" for n in outs])
    ax.set(ylabel="out", title=f"{len(next(iter(outs.values())))} random batches of N examples each")
    ax.grid(False)
    found = "; ".join(f"N = {n}: {out.min():.3g} to {out.max():.3g}" for n, out in outs.items())
    show(fig, f"Outputs for beta = {beta:g}, gamma = {gamma:g}. {found}.")


def signal_through_depth(plain: Mapping[str, Array], normalized: Mapping[str, Array]) -> None:
    """Draw the spread of the pre-activations, layer by layer, for several scales of the weights."""
    fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 2.8))
    for ax, stds, title in ((axes[0], plain, "without batch norm"), (axes[1], normalized, "with yours")):
        for (label, std), mark, size in zip(stds.items(), "ovs", (10, 7, 4), strict=False):
            ax.semilogy(np.arange(1, len(std) + 1), std, marker=mark, ms=size, label=label)
        ax.set(xlabel="layer", title=title)
    axes[0].set_ylabel("std of x @ W")
    axes[1].set_ylabel("std after batch norm")
    axes[1].legend(fontsize=9, loc="lower right")
    ends = ", ".join(f"{label}: {std[-1]:.2g}" for label, std in plain.items())
    after = ", ".join(f"{label}: {std[-1]:.2g}" for label, std in normalized.items())
    show(fig, f"Spread at the last layer without batch norm: {ends}. With batch norm: {after}.")


def running_averages(averages: Mapping[float, Array], truth: float) -> None:
    """Draw running averages that start at 0, for each alpha, beside ``1 - (1 - alpha)^t``."""
    fig, ax = plt.subplots(figsize=(7, 2.8))
    for (alpha, average), color in zip(averages.items(), (BLUE, ORANGE, GREEN), strict=False):
        steps = np.arange(1, len(average) + 1)
        ax.plot(steps, average, color=color, label=rf"$\alpha$ = {alpha:g}")
        ax.plot(steps, truth * (1 - (1 - alpha) ** steps), color=BLACK, lw=1, ls=":")
    ax.axhline(truth, color=VERMILION, ls="--", lw=1)
    ax.annotate("truth", (1, truth), xycoords=("axes fraction", "data"), va="center", color=VERMILION)
    ax.set(xlabel="training batches seen", ylabel="running_mean")
    ax.set_title(r"dotted: truth $\cdot\,(1-(1-\alpha)^t)$")
    ax.legend(loc="lower right")
    last = ", ".join(f"alpha {alpha:g}: {average[-1]:.3g}" for alpha, average in averages.items())
    show(fig, f"Running mean after {len(average)} batches; the true mean is {truth:g}. {last}.")


def projection(g: Array, xhat: Array, dx: Array) -> None:
    """Draw, for N = 3 examples of one feature, `g`, the plane of 1 and `xhat`, and `dx`."""
    one, across = np.ones(3) / np.sqrt(3), xhat / np.linalg.norm(xhat)
    frame = np.stack([one, across, np.cross(one, across)])  # the plane lies flat, its normal points up
    screen = np.array([[0.95, -0.22], [0.62, 0.42], [0.0, 1.0]])  # where those three axes go on paper
    fig, ax = plt.subplots(figsize=(5.4, 3.6))
    ax.fill(*(np.array([[-0.3, -0.3], [2.3, -0.3], [2.3, 2.1], [-0.3, 2.1]]) @ screen[:2]).T, color=SKY, alpha=0.2)
    for vector, label, color in (
        (1.9 * one, r"$\mathbf{1}$", BLUE),
        (1.7 * across, r"$\hat{x}$", GREEN),
        (g, r"$g=\gamma\cdot$dout", BLACK),
        (dx, "your dx", VERMILION),
    ):
        tip = frame @ vector @ screen
        ax.annotate("", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0})
        ax.annotate(label, tip, (4, 4), textcoords="offset points", color=color, fontsize=12)
    a, b, c = frame @ g
    ax.plot(*np.array([[a, b, 0] @ screen, [a, b, c] @ screen]).T, color=BLACK, ls=":", lw=1.2)
    ax.plot(*np.array([[0, 0, 0] @ screen, [a, b, 0] @ screen]).T, color=BLACK, ls=":", lw=1.2)
    ax.set(title="three examples, one feature", aspect="equal", xlim=(-0.6, 3.7), ylim=(-0.75, 2.3))
    ax.set_axis_off()
    sums = f"The sum of dx is {dx.sum():.1g}, xhat times dx is {xhat @ dx:.1g}"
    show(fig, f"The gradient g leans over the plane of 1 and xhat; dx stands on that plane. {sums}.")


def loss_curves(plain: Mapping[str, Array], normalized: Mapping[str, Array], chance: float) -> None:
    """Draw training losses for several scales of the first weights, without and with batch norm."""
    fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 2.8))
    window = np.ones(10) / 10
    for ax, curves, title in ((axes[0], plain, "without batch norm"), (axes[1], normalized, "with yours")):
        for (label, curve), dash in zip(curves.items(), ("-", "--", "-."), strict=False):
            ax.plot(np.convolve(curve, window, "valid"), ls=dash, label=label)
        ax.axhline(chance, color=BLACK, lw=1, ls=":")
        ax.set(xlabel="training step", title=title, ylim=(0, 1.4))
    axes[0].set_ylabel("loss (mean of 10 steps)")
    axes[0].annotate("guessing", (0.99, chance + 0.04), xycoords=("axes fraction", "data"), ha="right")
    axes[1].legend(fontsize=9)
    ends = ", ".join(f"{label} {curve[-10:].mean():.2f}" for label, curve in plain.items())
    after = ", ".join(f"{label} {curve[-10:].mean():.2f}" for label, curve in normalized.items())
    show(fig, f"Loss at the end without batch norm: {ends}. With batch norm: {after}.")


def drift(plain: Array, normalized: Array, every: int) -> None:
    """Draw how what one ReLU receives moves in training: mean - std, mean, mean + std, a row `every` steps."""
    fig, axes = plt.subplots(1, 2, sharey=True, figsize=(7, 2.6))
    for ax, bands, color, title in (
        (axes[0], plain, ORANGE, "without batch norm"),
        (axes[1], normalized, BLUE, "with yours"),
    ):
        steps = every * np.arange(len(bands))
        ax.fill_between(steps, bands[:, 0], bands[:, 2], color=color, alpha=0.3, lw=0)
        ax.plot(steps, bands[:, 1], color=color)
        ax.set(xlabel="training step", title=title)
    axes[0].set_ylabel("what one ReLU receives")
    moved = [np.ptp(bands[:, 1]) for bands in (plain, normalized)]
    show(fig, f"The mean of one unit moves by {moved[0]:.2g} without and {moved[1]:.2g} with batch norm.")


def accuracies(rows: Mapping[str, float], chance: float) -> None:
    """Draw accuracies of one trained network used in different ways, as bars; the right way comes first."""
    fig, ax = plt.subplots(figsize=(7, 2.6))
    names, values = list(rows), list(rows.values())
    bars = ax.barh(names[::-1], values[::-1], color=[PURPLE] * (len(names) - 1) + [BLUE])
    ax.bar_label(bars, fmt="%.2f", padding=4)
    ax.axvline(chance, color=BLACK, lw=1, ls=":")
    ax.annotate("guessing", (chance, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom")
    ax.set(xlim=(0, 1.08), xlabel="accuracy on new points")
    ax.grid(False, axis="y")
    show(fig, "Accuracy of one network: " + ", ".join(f"{n} {v:.2f}" for n, v in rows.items()) + ".")


def one_line(x: Array, two_steps: Array, fused: Array, batches: Sequence[tuple[Array, Array]]) -> None:
    """Draw layer plus batch norm in test mode, the fused layer, and a few batches in training mode."""
    fig, ax = plt.subplots(figsize=(7, 3))
    ax.plot(x, two_steps, color=SKY, lw=7, label="layer, then batch norm (test mode)", solid_capstyle="butt")
    ax.plot(x, fused, color=BLACK, lw=1.5, ls="--", label="your fused layer")
    for (bx, out), mark, color in zip(batches, "ovs", (ORANGE, GREEN, VERMILION), strict=False):
        ax.plot(bx, out, mark, color=color, ms=5, label="_batch")
    ax.plot([], [], "ovs"[0], color=ORANGE, ms=5, label="three batches (training mode)")
    ax.set(xlabel="x", ylabel="out", title="in test mode the two layers are one line")
    ax.legend(fontsize=9)
    gap = float(np.abs(two_steps - fused).max())
    show(fig, f"Fused and two-step outputs differ by at most {gap:.1g}. A batch in training has its own line.")


def shared_entries() -> None:
    """Draw which entries share one mean: a column of (N, D), a channel of (N, C, H, W)."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 2.7), width_ratios=(1, 2.3))
    for i, j in np.ndindex(5, 4):
        _square(axes[0], j, 4 - i, BLUE if j == 1 else _PALE)
    axes[0].set_title("x (N, D): a column")
    axes[0].text(2, -0.75, "features →\nN numbers share a mean", ha="center", va="top", fontsize=9)
    for n, c, h, w in np.ndindex(3, 2, 4, 4):
        _square(axes[1], n * 4.8 + w, (1 - c) * 4.8 + h, BLUE if c == 0 else _PALE)
    axes[1].set_title("x (N, C, H, W): a channel")
    for n in range(3):
        axes[1].text(n * 4.8 + 2, -0.3, f"image {n}", ha="center", va="top", fontsize=9)
    for c in range(2):
        axes[1].text(-0.4, (1 - c) * 4.8 + 2, f"channel {c}", ha="right", va="center", fontsize=9)
    axes[1].text(6.8, -1.5, "N · H · W numbers share a mean", ha="center", va="top", fontsize=9)
    for ax, width, height in ((axes[0], 4, 5), (axes[1], 13.6, 8.8)):
        ax.set(xlim=(-0.2 if ax is axes[0] else -3, width + 0.1), ylim=(-2.4, height + 0.1), aspect="equal")
        ax.set_axis_off()
    show(fig, "In a table of examples a column shares a mean; in images, one channel of all the images.")


def _square(ax: Axes, x: float, y: float, color: str) -> None:
    ax.add_patch(Rectangle((x, y), 0.92, 0.92, color=color, lw=0))


def renorm(ratios: Array, r: Array, rmax: float, spreads: Mapping[str, Array], sizes: Sequence[int]) -> None:
    """Draw the clipped correction `r` over ``sigma_B / running_std``, and how much batch mates matter."""
    fig, axes = plt.subplots(1, 2, figsize=(7, 2.9))
    axes[0].loglog(ratios, ratios, color=_PALE, lw=5)
    axes[0].loglog(ratios, r, color=BLUE)
    for level in (rmax, 1 / rmax):
        axes[0].axhline(level, color=VERMILION, ls="--", lw=1)
    axes[0].set(xlabel="sigma_B / running_std", ylabel="r", title=f"r, clipped (rmax = {rmax:g})")
    axes[0].annotate("rmax", (ratios[0], rmax), va="bottom", color=VERMILION)
    axes[0].annotate("1 / rmax", (ratios[-1], 1 / rmax), ha="right", va="bottom", color=VERMILION)
    for (label, spread), mark in zip(spreads.items(), "ovs", strict=False):
        axes[1].plot(sizes, spread, marker=mark, ms=5, label=label)
    axes[1].set_xscale("log", base=2)
    axes[1].set_xticks(sizes, [str(size) for size in sizes])
    axes[1].set(xlabel="batch size N", ylabel="std of one example's out", title="how much batch mates matter")
    axes[1].set_ylim(top=1.45 * max(float(spread.max()) for spread in spreads.values()))
    axes[1].legend(fontsize=9)
    first = ", ".join(f"{label}: {spread[0]:.2f}" for label, spread in spreads.items())
    show(fig, f"Spread of one example's output over random batches of {sizes[0]}: {first}.")
