"""The figures of A2. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from zeromean.style import BLACK, PALETTE, show

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
