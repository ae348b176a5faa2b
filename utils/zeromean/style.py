"""One look for every figure of the course: colour-blind-safe, labelled, readable from the last row."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import matplotlib as mpl
from cycler import cycler
from IPython.display import display
from matplotlib.figure import Figure

from zeromean.fold import folded

# Okabe and Ito (2008), "Color universal design": distinguishable with every common colour-vision deficiency.
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, BLACK = "#CC79A7", "#56B4E9", "#F0E442", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
MAP = "viridis"

_ROOT = f'fill="{BLACK}" stroke-linejoin="round" stroke-linecap="butt"'
_GLOBAL = re.compile(r'<style.*?</style>|(?<=<g) id="[^"]*"|(?<=\n) +', re.DOTALL)

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


def show(figure: Figure, alt: str, *, fold: bool = False) -> None:
    """Display a figure with a text that says what it shows, and close it.

    The figure is drawn on nothing, and what is black in it takes the colour of the text around it, so it suits a
    light page as well as a dark one.

    Parameters
    ----------
    figure : Figure
        The finished figure.
    alt : str
        What a reader who cannot see the figure needs to know. Read by screen readers, and printed where there
        is no rich display.
    fold : bool
        Whether the figure answers a prediction, and is opened only after a guess.

    Raises
    ------
    ValueError
        If `alt` is empty: a figure without words is lost on some readers.
    """
    if not alt.strip():
        raise ValueError("show() needs `alt`: one sentence that says what the figure shows.")
    picture = _as_svg(figure)
    words, width = html.escape(alt, quote=True), round(figure.get_figwidth() * 96)
    attributes = f'class="zm-figure" role="img" aria-label="{words}" style="width:{width}px;max-width:100%;height:auto"'
    inline = picture.replace("<svg", f"<svg {attributes}", 1).replace(BLACK, "currentColor")
    display({"text/html": folded(inline) if fold else inline, "image/svg+xml": picture, "text/plain": alt}, raw=True)
    import matplotlib.pyplot as plt

    plt.close(figure)


def _as_svg(figure: Figure) -> str:
    """Return the figure as one ``<svg>`` on nothing; its letters stay letters, and no name in it is global."""
    buffer, nameless = io.StringIO(), dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "font.sans-serif": ["DejaVu Sans", "sans-serif"]}):
        figure.savefig(buffer, format="svg", transparent=True, metadata=nameless)
    size = f'viewBox="0 0 {72 * figure.get_figwidth():g} {72 * figure.get_figheight():g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} {_ROOT}>'
    text = buffer.getvalue()
    return head + _GLOBAL.sub("", text[text.index(">", text.index("<svg")) + 1 :])
