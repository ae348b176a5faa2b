"""The figures of A3. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from zeromean.style import BLUE, VERMILION, show

Array = NDArray[Any]


def ravines(paths: Mapping[str, Array]) -> None:
    """Draw the height on the way down each ravine; `paths` are places (steps, 2) in the ravine's own axes."""
    fig, ax = plt.subplots(figsize=(7, 3))
    found = []
    for (name, path), color, dash in zip(paths.items(), (BLUE, VERMILION), ("-", "--"), strict=False):
        height = 50 * path[:, 0] ** 2 + path[:, 1] ** 2 / 2
        ax.semilogy(np.maximum(height, 1e-17), color=color, ls=dash, label=name)
        found.append(f"{name}: {height[0]:.3g} at the start, {height[-1]:.2g} after {len(path) - 1} steps")
    ax.set(xlabel="step", ylabel="loss", title="Adam in a ravine that is 100 times steeper across than along")
    ax.legend()
    show(fig, f"Loss over steps. {'; '.join(found)}.")
