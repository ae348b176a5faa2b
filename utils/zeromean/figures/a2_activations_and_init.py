"""The figures of A2. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from zeromean.style import BLACK, BLUE, GREEN, PALETTE, VERMILION, show

Array = NDArray[Any]


def bends(x: Array, curves: Mapping[str, Array], gaussian: Mapping[str, Array]) -> None:
    """Draw activations over `x`, and beside them, on the same scale, what each makes of unit Gaussian numbers."""
    fig, (left, right) = plt.subplots(1, 2, sharey=True, figsize=(7, 3.2), width_ratios=(1.5, 1))
    low = min(float(curve.min()) for curve in curves.values())
    edges, several = np.linspace(min(low, -0.25) - 0.1, 3.1, 65), len(curves) > 1
    for (name, curve), color, dash in zip(curves.items(), PALETTE, ("-", "--", "-.", ":"), strict=False):
        left.plot(x, curve, color=color, ls=dash, label=name)
        share, _ = np.histogram(gaussian[name], edges)
        right.stairs(share / gaussian[name].size, edges, orientation="horizontal", color=color, ls=dash, lw=1.5)
        right.axhline(gaussian[name].mean(), color=color, ls=dash, lw=1)
    left.set(xlabel="x", ylabel="out", title="the bend" + "s" * several)
    left.legend(fontsize=9)
    right.set(xlabel="share of a unit Gaussian", xscale="log", title="what becomes of N(0, 1)", ylim=(edges[0], 3.1))
    right.annotate(
        "mean" + "s" * several,
        (0.98, max(o.mean() for o in gaussian.values())),
        va="bottom",
        ha="right",
        xycoords=("axes fraction", "data"),
        fontsize=9,
    )
    found = ", ".join(
        f"{name}: mean {out.mean():.2f}, standard deviation {out.std():.2f}" for name, out in gaussian.items()
    )
    show(fig, f"Activations, and what they make of unit Gaussian numbers. {found}.")


def born_dead(accuracies: Mapping[str, Array], chance: float) -> None:
    """Draw the accuracy, epoch by epoch, of nets whose hidden layer began with every unit off."""
    fig, ax = plt.subplots(figsize=(7, 2.8))
    for (name, accuracy), color, mark in zip(accuracies.items(), PALETTE, "osv^D", strict=False):
        ax.plot(np.arange(1, len(accuracy) + 1), accuracy, color=color, marker=mark, ms=5, label=name)
    ax.axhline(chance, color=BLACK, lw=1, ls=":")
    ax.annotate("guessing", (0.01, chance + 0.02), xycoords=("axes fraction", "data"))
    ax.set(xlabel="epoch", ylabel="accuracy on new digits", ylim=(0, 1.03), title="a layer that is born dead")
    ax.legend(fontsize=9, loc="center right")
    ends = ", ".join(f"{name}: {accuracy[-1]:.2f}" for name, accuracy in accuracies.items())
    show(fig, f"Accuracy after the last epoch, from a start with every unit off. {ends}.")


def pieces(x: Array, lines: Array, out: Array, winner: Array) -> None:
    """Draw one maxout unit with one input: its pieces, shape (K, N), and over them its output, coloured by winner."""
    fig, ax = plt.subplots(figsize=(7, 3))
    for k, (line, color) in enumerate(zip(lines, PALETTE, strict=False)):
        ax.plot(x, line, color=color, lw=1, ls="--")
        won = np.where(winner == k, out, np.nan)
        ax.plot(x, won, color=color, lw=5, solid_capstyle="butt", label=f"piece {k + 1} has won")
    ax.set(xlabel="x", ylabel="out", ylim=(min(-1.5, float(np.nanmin(out)) - 1), float(np.nanmax(out)) + 0.5))
    ax.set_title("a bend made of straight pieces")
    ax.legend(fontsize=9)
    shares = ", ".join(f"piece {k + 1} {np.mean(winner == k):.0%}" for k in range(len(lines)))
    show(fig, f"The output of a maxout unit follows the largest of its pieces. Share of the inputs won: {shares}.")


def spread_by_scheme(stds: Mapping[str, Array]) -> None:
    """Draw the spread of the activations, layer by layer, for each scheme of first weights."""
    fig, ax = plt.subplots(figsize=(7, 3))
    for (scheme, std), color, mark in zip(stds.items(), PALETTE, "osv^Dx", strict=False):
        ax.semilogy(np.arange(1, len(std) + 1), std, color=color, marker=mark, label=scheme)
    ax.set(xlabel="layer", ylabel="std after the ReLU", title="the signal on its way through six layers")
    ax.legend(ncols=2, fontsize=9)
    ends = ", ".join(f"{scheme}: {std[-1]:.2g}" for scheme, std in stds.items())
    show(fig, f"Spread of the activations after the last layer. {ends}.")


def signal(name: str, layers: Sequence[Array], stats: Array) -> None:
    """Draw the histogram of each layer's activations, and beside them mean, spread, and spread within a unit."""
    fig, (hills, lines) = plt.subplots(1, 2, figsize=(7, 3.8), width_ratios=(1.25, 1))
    low, high = float(min(layer.min() for layer in layers)), float(max(layer.max() for layer in layers))
    _ridges(hills, layers, np.linspace(low, high, 81))
    hills.set(xlabel="activation", title=name)
    number = np.arange(1, len(stats) + 1)
    for column, label, color, mark in ((1, "all", BLUE, "o"), (2, "within a unit", GREEN, "^"), (0, "mean", BLACK, "")):
        dash = ":" if column == 0 else "-"
        lines.plot(number, stats[:, column], color=color, marker=mark, ms=5, ls=dash, label=label)
    lines.set(xlabel="layer", title="standard deviations, and mean", ylim=(min(0, stats.min()) - 0.02, None))
    lines.legend(fontsize=9)
    first, last = (f"mean {m:.3g}, std {s:.3g}, within a unit {w:.2g}" for m, s, w in (stats[0], stats[-1]))
    show(fig, f"{name}. Layer 1: {first}. Layer {len(stats)}: {last}.")


def _ridges(ax: Axes, layers: Sequence[Array], edges: Array) -> None:
    """Draw a histogram for each layer, one below the other, each as high as its own highest bar."""
    for number, layer in enumerate(layers, start=1):
        share, _ = np.histogram(layer[layer != 0], edges)  # the zeros of a ReLU would hide all the rest
        ax.stairs(
            number - 0.85 * share / max(share.max(), 1), edges, baseline=number, fill=True, color=BLUE, alpha=0.75
        )
    ax.set(ylim=(len(layers) + 0.2, 0), yticks=range(1, len(layers) + 1), ylabel="layer")
    ax.grid(False)


def sizes_by_layer(sizes: Mapping[str, Array]) -> None:
    """Draw the size of the gradients of the weights, layer by layer, for several first weights."""
    fig, ax = plt.subplots(figsize=(7, 2.8))
    for (name, size), color, mark in zip(sizes.items(), PALETTE, "osv", strict=False):
        ax.semilogy(np.arange(1, len(size) + 1), size, color=color, marker=mark, label=f"weights: {name}")
    ax.set(xlabel="layer", ylabel="rms of dL/dW", title="the same gradient at the top, ten layers of tanh")
    ax.legend(fontsize=9)
    ratios = ", ".join(f"{name}: {size[0] / size[-1]:.2g}" for name, size in sizes.items())
    show(fig, f"Gradient of the weights in layer 1 over that in the last layer. {ratios}.")


def moments(found: Mapping[str, tuple[float, float, float]]) -> None:
    """Draw mean, standard deviation and gain of each activation under a unit Gaussian, as bars with their numbers."""
    fig, axes = plt.subplots(1, 3, sharey=True, figsize=(7, 2.6))
    names = list(found)
    for ax, column, title, color in zip(axes, range(3), ("mean", "standard deviation", "gain"), PALETTE, strict=False):
        bars = ax.barh(names, [round(float(row[column]), 4) + 0.0 for row in found.values()], color=color)
        ax.bar_label(bars, fmt="%.3f", padding=3, fontsize=9)
        ax.margins(x=0.3)
        ax.set(title=title, xticks=[])
        ax.grid(False)
    axes[0].invert_yaxis()
    rows = "; ".join(f"{name} {m:.3f}, {s:.3f}, {g:.3f}" for name, (m, s, g) in found.items())
    show(fig, f"Mean, standard deviation and gain under a unit Gaussian. {rows}.")


def eight_settings(measured: Mapping[str, Array], predicted: Mapping[str, Array]) -> None:
    """Draw the measured standard deviation by layer of each setting, and what was predicted for it, dashed."""
    fig, ax = plt.subplots(figsize=(7, 4.6))
    colors = (*PALETTE[:4], *PALETTE[4:6], VERMILION, BLUE)
    for (name, std), color, mark in zip(measured.items(), colors, "osv^Dx*P", strict=False):
        layers = np.arange(1, len(std) + 1)
        ax.semilogy(layers, predicted[name], color=color, ls="--", lw=1.2)
        ax.semilogy(layers, std, color=color, marker=mark, ls="", ms=6, label=name)
    ax.semilogy([], [], color=BLACK, ls="--", lw=1.2, label="predicted")
    ax.set(xlabel="layer", ylabel="standard deviation", title="eight nets of the lectures, measured and predicted")
    ax.legend(fontsize=8, loc="lower left")
    ends = "; ".join(
        f"{name}: {std[-1]:.3g}, by the integral {predicted[name][-1]:.3g}" for name, std in measured.items()
    )
    show(fig, f"Standard deviation in the last layer. {ends}.")


def histograms(stacks: Mapping[str, Sequence[Array]]) -> None:
    """Draw the histograms of every layer of every setting: a column each, as the lecture slides show them."""
    fig, axes = plt.subplots(2, 4, figsize=(7.4, 5.4))
    for ax, (name, layers) in zip(axes.flat, stacks.items(), strict=False):
        reach = 1.02 if name.startswith("tanh") else 4 * float(np.std(layers[0]))
        _ridges(ax, layers, np.linspace(-reach if name.startswith("tanh") else 0.0, reach, 61))
        ax.set_title(name.replace(", ", ",\n"), fontsize=9)
        ax.set_ylabel("")
        ax.tick_params(labelsize=8)
    for ax in axes[:, 0]:
        ax.set_ylabel("layer")
    zeros = ", ".join(f"{name}: {np.mean(np.abs(layers[-1]) > 0.99):.0%}" for name, layers in stacks.items())
    show(fig, f"Histograms of the activations, layer by layer. Beyond 0.99 in size in the last layer: {zeros}.")


def healed(stats: Mapping[str, Array]) -> None:
    """Draw both standard deviations, layer by layer, before and after data-dependent scaling."""
    fig, ax = plt.subplots(figsize=(7, 3.2))
    for (name, found), color, mark in zip(stats.items(), PALETTE, "osv", strict=False):
        layers = np.arange(1, len(found) + 1)
        ax.semilogy(layers, found[:, 1], color=color, marker=mark, ms=5, label=name)
        ax.semilogy(layers, found[:, 2], color=color, ls=":", lw=1.5)
    ax.semilogy([], [], color=BLACK, ls=":", lw=1.5, label="within a unit")
    ax.set(xlabel="layer", ylabel="standard deviation", title="what the data decided")
    ax.legend(fontsize=9, loc="lower left")
    ends = ", ".join(f"{name}: {found[-1, 1]:.2g}, within a unit {found[-1, 2]:.2g}" for name, found in stats.items())
    show(fig, f"Standard deviation of the activations in the last layer. {ends}.")


def who_trains(accuracies: Mapping[str, float], chance: float) -> None:
    """Draw the accuracy that a deep net reaches from each start, as bars."""
    fig, ax = plt.subplots(figsize=(7, 2.6))
    names = list(accuracies)
    bars = ax.barh(names, list(accuracies.values()), color=BLUE)
    ax.bar_label(bars, fmt="%.2f", padding=4)
    ax.axvline(chance, color=BLACK, lw=1, ls=":")
    ax.annotate("guessing", (chance, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom")
    ax.set(xlim=(0, 1.1), xlabel="accuracy on new digits")
    ax.invert_yaxis()
    ax.grid(False, axis="y")
    show(
        fig, "Accuracy after training: " + ", ".join(f"{name} {share:.2f}" for name, share in accuracies.items()) + "."
    )
