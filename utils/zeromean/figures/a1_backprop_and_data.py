"""The figures of A1. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Circle
from numpy.typing import NDArray

from zeromean.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION, show

Array = NDArray[Any]
_PALE = "#CFE3F1"


def errors_of_differences(steps: Array, central: Array, forward: Array) -> None:
    """Draw the relative errors of both differences over the step, each with its least error marked."""
    fig, ax = plt.subplots(figsize=(7, 3))
    found = []
    for name, errors, color, dash in (("both sides", central, BLUE, "-"), ("one side", forward, VERMILION, "--")):
        best = int(np.argmin(errors))
        ax.loglog(steps, np.maximum(errors, 1e-17), color=color, ls=dash, label=name)
        ax.plot(steps[best], max(errors[best], 1e-17), "o", color=color)
        found.append(f"{name}: least error {errors[best]:.1g} at h = {steps[best]:.1g}")
    ax.set(xlabel="h", ylabel="relative error", title=r"slope of $e^x$ at $x = 1$")
    ax.legend(loc="lower left")
    show(fig, f"Relative error of the slope over the step h. {'; '.join(found)}.")


def sigmoid_and_slope(x: Array, value: Array) -> None:
    """Draw the sigmoid and its slope, with the places that the prediction asks for."""
    fig, ax = plt.subplots(figsize=(7, 2.8))
    slope = value * (1 - value)
    ax.plot(x, value, color=BLUE, label="value")
    ax.plot(x, slope, color=VERMILION, ls="--", label="slope")
    places = [int(np.argmin(np.abs(x - at))) for at in (-10, 0, 10)]
    ax.plot(x[places], slope[places], "o", color=VERMILION)
    ax.set(xlabel="x", title="Where a sigmoid lets a gradient pass")
    ax.legend(loc="center left")
    told = ", ".join(f"{slope[i]:.2g} at {x[i]:g}" for i in places)
    show(fig, f"The sigmoid rises from {value[0]:.2g} to {value[-1]:.2g}; its slope is {told}.")


def network_with_values(values: tuple[Array, ...], gradients: tuple[Array, ...], weights: tuple[Array, Array]) -> None:
    """Draw a network of three layers, with the value of each unit above it and the gradient below.

    `weights` (units above, 1 + units below) hold the biases in column 0; of the upper two layers, `gradients` are those
    of the sums before the sigmoid.
    """
    fig, ax = plt.subplots(figsize=(7, 3.6))
    ax.axis("off")
    places = [[(3.0 * k, -1.3 * i) for i in range(len(layer))] for k, layer in enumerate(values)]
    for k, W in enumerate(weights):
        sources = [(3.0 * k, 1.3), *places[k]]
        for i, target in enumerate(places[k + 1]):
            for j, source in enumerate(sources):
                color, dash = (BLUE, "-") if W[i, j] >= 0 else (VERMILION, "--")
                ax.plot(*zip(source, target, strict=True), color=color, ls=dash, lw=0.4 + 1.2 * abs(W[i, j]), zorder=1)
    for k, name in enumerate(("input", "hidden", "output")):
        ax.text(3.0 * k, 2.0 if k < 2 else 0.8, name, ha="center", color=BLACK)
        if k < 2:
            _unit(ax, (3.0 * k, 1.3), "1", "no gradient")
        for place, value, gradient in zip(places[k], values[k], gradients[k], strict=True):
            _unit(ax, place, f"{value:.2f}", f"{gradient:+.3f}")
    ax.set(xlim=(-0.8, 7.4), ylim=(-2.3, 2.4), aspect="equal")
    told = "; ".join(
        f"{name}: values {', '.join(f'{v:.2f}' for v in layer)}, gradients {', '.join(f'{g:.3f}' for g in gradient)}"
        for name, layer, gradient in zip(("input", "hidden", "output"), values, gradients, strict=True)
    )
    show(fig, f"A network with its values, and the gradients that come down to it. {told}.")


def _unit(ax: Axes, place: tuple[float, float], value: str, gradient: str) -> None:
    ax.add_patch(Circle(place, 0.42, facecolor=_PALE, edgecolor=BLUE, zorder=2))
    ax.text(*place, value, ha="center", va="center", fontsize=10, color="#111111", zorder=3)
    ax.text(place[0], place[1] - 0.6, gradient, ha="center", va="center", fontsize=9, color=PURPLE, zorder=3)


def signs_of_one_layer(batches: Mapping[str, Array]) -> None:
    """Draw the sign of each gradient (D, H), a neuron per column, for several batches."""
    fig, axes = plt.subplots(len(batches), 1, figsize=(7, 1.55 * len(batches)), sharex=True)
    found = []
    for ax, (name, layer) in zip(axes, batches.items(), strict=True):
        ax.imshow(np.sign(layer), cmap=ListedColormap([VERMILION, "#FFFFFF", BLUE]), vmin=-1, vmax=1, aspect="auto")
        share = np.mean(np.abs(np.sign(layer).sum(axis=0)) == len(layer))
        ax.set(title=f"{name}: {share:.0%} of the neurons of one sign", yticks=[], ylabel="weights")
        ax.grid(False)
        found.append(f"{name}: {share:.0%}")
    axes[-1].set(xlabel="neurons (blue: positive, red: negative)")
    show(fig, f"Signs of the gradients. Neurons all of whose gradients have one sign: {'; '.join(found)}.")


def centred_images(image: Array, mean: Array, by_image: Array, by_channel: Array) -> None:
    """Draw an image (H, W), the mean image, and the image after each of the two is subtracted."""
    fig, axes = plt.subplots(1, 4, figsize=(7, 2.1))
    shown = {"an image": image, "mean image": mean, "minus mean image": by_image, "minus channel mean": by_channel}
    for ax, (name, picture) in zip(axes, shown.items(), strict=True):
        ax.imshow(picture, cmap="PuOr", vmin=-16, vmax=16)
        ax.set_title(name, fontsize=10)
        ax.axis("off")
    corners = [float(np.abs(picture[[0, 0, -1, -1], [0, -1, 0, -1]]).mean()) for picture in (by_image, by_channel)]
    show(fig, f"A digit, centred in two ways. Mean size of its corners: {corners[0]:.2g} and {corners[1]:.2g}.")


def clouds(shapes: Mapping[str, Array]) -> None:
    """Draw the same points (N, 2) after several preparations, on one scale, each with the axes of its spread."""
    fig, axes = plt.subplots(2, 3, figsize=(7, 4.6), sharex=True, sharey=True)
    found = []
    for ax, (name, points) in zip(axes.flat, shapes.items(), strict=True):
        centre = points.mean(axis=0)
        lengths, directions = np.linalg.eigh(np.cov(points.T, bias=True))
        ax.axhline(0, color=BLACK, lw=0.6)
        ax.axvline(0, color=BLACK, lw=0.6)
        ax.plot(*points.T, ".", color=BLUE, ms=4, alpha=0.5)
        for length, direction in zip(np.sqrt(np.maximum(lengths, 0)), directions.T, strict=True):
            reach = 2 * length * direction
            ax.plot(*np.column_stack([centre - reach, centre + reach]), color=VERMILION)
        ax.set(title=name, aspect="equal", xlim=(-5, 11), ylim=(-5, 9))
        spread = np.sqrt(np.maximum(lengths, 0))
        found.append(f"{name}: spreads {spread[1]:.2f} and {spread[0]:.2f}")
    show(fig, f"A cloud of points after each preparation, with its principal axes. {'; '.join(found)}.")


def condition_numbers(conditions: Mapping[str, float]) -> None:
    """Draw the condition number of each preparation of a table, on a logarithmic axis."""
    fig, ax = plt.subplots(figsize=(7, 2.4))
    for place, (_, value) in enumerate(conditions.items()):
        ax.plot([1, value], [place, place], color=BLUE, lw=3)
        ax.plot(value, place, "o", color=BLUE)
        ax.annotate(f"{value:.3g}", (value, place), (8, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(conditions)), list(conditions))
    ax.set(xscale="log", xlim=(0.8, 1e14), xlabel="condition number", title="Three houses, two features")
    ax.invert_yaxis()
    show(fig, "Condition numbers: " + ", ".join(f"{name} {value:.3g}" for name, value in conditions.items()) + ".")


def ravines(runs: Mapping[str, tuple[Array, Array]], goal: Array) -> None:
    """Draw the contours of a loss with second derivative H (2, 2), and the path of descent (steps + 1, 2) on it."""
    fig, axes = plt.subplots(1, len(runs), figsize=(7, 3.4), sharex=True, sharey=True)
    found = []
    for ax, (name, (H, path)) in zip(axes, runs.items(), strict=True):
        a, b = np.meshgrid(np.linspace(-0.6, 2.2, 90), np.linspace(-1.9, 0.9, 90))
        away = np.stack([a - goal[0], b - goal[1]], axis=-1)
        loss = np.einsum("...i,ij,...j->...", away, H, away) / 2
        start = np.einsum("i,ij,j", path[0] - goal, H, path[0] - goal) / 2
        ax.contour(a, b, loss, levels=start * np.array([0.02, 0.1, 0.3, 0.6, 1, 1.6]), colors=[GREEN], linewidths=0.8)
        ax.plot(*path.T, ".-", color=BLUE, lw=1.2, ms=5)
        ax.plot(*goal, "*", color=VERMILION, ms=13)
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum() / np.linalg.norm(path[0] - path[-1])
        near = np.flatnonzero(np.linalg.norm(path - goal, axis=1) < 0.01 * np.linalg.norm(path[0] - goal))
        steps = str(near[0]) if near.size else f"more than {len(path) - 1}"
        ax.set(title=f"{name}: {steps} steps", aspect="equal", xlabel="$w_1$")
        found.append(f"{name}: {steps} steps to a hundredth of the distance, way {length:.2f} times the straight line")
    axes[0].set_ylabel("$w_2$")
    show(fig, f"Contours of the loss and the path of descent. {'; '.join(found)}.")


def training_on_digits(losses: Mapping[str, Array]) -> None:
    """Draw the loss over the steps of training, smoothed over 20 steps, for each preparation of the data."""
    fig, ax = plt.subplots(figsize=(7, 3.2))
    window = np.ones(20) / 20
    ends = []
    marks = zip((VERMILION, ORANGE, BLUE, GREEN), ("-", "--", "-.", ":"), strict=True)
    for (name, loss), (color, dash) in zip(losses.items(), marks, strict=False):
        smooth = np.convolve(loss, window, mode="valid")
        ax.semilogy(np.arange(len(smooth)) + 10, smooth, color=color, ls=dash, label=name)
        ends.append(f"{name} {smooth[-1]:.2g}")
    ax.set(xlabel="step", ylabel="loss", title="The same network, the same digits")
    ax.legend(fontsize=9, loc="lower left")
    show(fig, f"Loss at the end of training: {', '.join(ends)}.")


def spectra(eigenvalues: Mapping[str, Array]) -> None:
    """Draw the eigenvalues (D,) of each preparation, largest first, with the share of the largest told."""
    fig, ax = plt.subplots(figsize=(7, 3.2))
    found = []
    marks = zip((VERMILION, ORANGE, BLUE, GREEN), "ov^s", strict=True)
    for (name, values), (color, mark) in zip(eigenvalues.items(), marks, strict=False):
        ordered = values[::-1]
        ax.semilogy(np.arange(1, len(ordered) + 1), ordered, mark, color=color, ms=4, label=name)
        found.append(f"{name}: largest {ordered[0]:.3g}, {ordered[0] / ordered[1]:.1f} times the second")
    ax.set(
        ylim=(1e-3, 1e4), xlabel="direction", ylabel="eigenvalue", title="How steep the loss is, direction by direction"
    )
    ax.legend(fontsize=9)
    show(fig, f"Eigenvalues of the mean of x x^T for the digits. {'; '.join(found)}.")
