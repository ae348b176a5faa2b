"""One look for every figure of the course: colour-blind-safe, labelled, readable from the last row."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

import matplotlib as mpl
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure

# Okabe and Ito (2008), "Color universal design": distinguishable with every common colour-vision deficiency.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
MAP = "viridis"

_RC: dict[Any, Any] = {
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "grid.alpha": 0.25,
    "figure.figsize": (7.0, 3.2),
    "figure.constrained_layout.use": True,
    "image.cmap": MAP,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
}


def use() -> None:
    """Make matplotlib draw in the course's style from here on."""
    mpl.rcParams.update(_RC)


def show(figure: Figure, alt: str) -> None:
    """Display a figure with a text that says what it shows, and close it.

    Parameters
    ----------
    figure : Figure
        The finished figure.
    alt : str
        What a reader who cannot see the figure needs to know. Read by screen readers, and printed where there
        is no rich display.

    Raises
    ------
    ValueError
        If `alt` is empty: a figure without words is lost on some readers.
    """
    if not alt.strip():
        raise ValueError("show() needs `alt`: one sentence that says what the figure shows.")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144)
    figure.clear()
    data = base64.b64encode(buffer.getvalue()).decode()
    width = round(figure.get_figwidth() * 96)
    tag = (
        f'<img alt="{html.escape(alt, quote=True)}" style="width:{width}px;max-width:100%" '
        f'src="data:image/png;base64,{data}">'
    )
    display({"text/html": tag, "text/plain": alt}, raw=True)
    import matplotlib.pyplot as plt

    plt.close(figure)
