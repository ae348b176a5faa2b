"""The figures of A2. They draw what the student's own functions made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from zeromean.style import PALETTE, show

Array = NDArray[Any]


def spread_by_scheme(stds: Mapping[str, Array]) -> None:
    """Draw the spread of the activations, layer by layer, for each scheme of first weights."""
    fig, ax = plt.subplots(figsize=(7, 3))
    for (scheme, std), color, mark in zip(stds.items(), PALETTE, "osv^Dx", strict=False):
        ax.semilogy(np.arange(1, len(std) + 1), std, color=color, marker=mark, label=scheme)
    ax.set(xlabel="layer", ylabel="std after the ReLU", title="the signal on its way through six layers")
    ax.legend(ncols=2, fontsize=9)
    ends = ", ".join(f"{scheme}: {std[-1]:.2g}" for scheme, std in stds.items())
    show(fig, f"Spread of the activations after the last layer. {ends}.")
