"""The pictures of a demo in the usual way: `interact`, and a new inline figure for every setting.

`test_latency.py` measures the demos against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from zeromean.stage.marks import COLORS
from zeromean.stage.names import NAMED
from zeromean.stage.stage import Stage
from zeromean.stage.table import last_frame
from zeromean.style import PALETTE

Mark = Mapping[str, Any]
_COLORS = dict(zip(COLORS, PALETTE, strict=False))
_DASHES = {"": "-", "dash": "--", "dot": ":", "dashdot": "-."}


def interact(stage: Stage) -> ipywidgets.interactive:
    """Return the controls of `stage` as core widgets, over a figure that is drawn anew."""
    controls = {c.name: _control(c) for c in stage._controls}

    def draw(**at: Any) -> None:
        frame = {**at, **last_frame(stage._compute(at))}
        views = stage.spec["views"]
        figure, axes = plt.subplots(1, len(views), figsize=(4 * len(views), 3), squeeze=False)
        for ax, view in zip(axes[0], views, strict=True):
            _view(ax, view, frame)
        figure.tight_layout()
        plt.show()

    return ipywidgets.interactive(draw, **controls)


def _control(control: Any) -> ipywidgets.Widget:
    if control.kind == "check":
        return ipywidgets.Checkbox(value=control.start, description=control.label)
    kind = ipywidgets.SelectionSlider if control.kind == "slider" else ipywidgets.Dropdown
    return kind(options=list(control.values), value=control.start, description=control.label)


def _view(ax: Axes, view: Mapping[str, Any], frame: Mapping[str, Any]) -> None:
    for mark in view["marks"]:
        given = {k: np.asarray(frame[mark[k]]) for k in NAMED if isinstance(mark.get(k), str) and mark[k] in frame}
        if given:
            _MARKS[mark["kind"]](ax, {**mark, **given}, _COLORS.get(mark["color"], "black"))
    for which in ("x", "y"):
        axis = view[which]
        getattr(ax, f"set_{which}scale")("log" if axis["log"] else "linear")
        ends = [float(frame.get(axis[end], axis[end])) for end in ("lo", "hi")]
        getattr(ax, f"set_{which}lim")(*ends)
        getattr(ax, f"set_{which}label")(axis["label"])
    ax.set_title(view["title"])


def _line(ax: Axes, m: Mark, color: str) -> None:
    ax.plot(np.transpose(m["x"]), np.transpose(m["y"]), linestyle=_DASHES[m["dash"]], color=color, linewidth=m["width"])


def _points(ax: Axes, m: Mark, color: str) -> None:
    x, y = np.broadcast_arrays(m["x"], m["y"])
    ax.scatter(x, y, s=m["size"] ** 2, marker=m["marker"], color=color, alpha=m["alpha"])


def _bars(ax: Axes, m: Mark, color: str) -> None:
    ax.bar(m["x"], m["y"], m["width"], color=color)


def _histogram(ax: Axes, m: Mark, color: str) -> None:
    ax.stairs(m["counts"] if "counts" in m else m["y"], m["x"], fill=True, color=color, alpha=m["alpha"])


def _ridges(ax: Axes, m: Mark, color: str) -> None:
    top = m["overlap"] / max(np.max(m["z"]), 1e-12)
    for row, hill in enumerate(m["z"], 1):
        ax.fill_between(m["x"], row, row - top * hill, color=color, alpha=0.5)


def _band(ax: Axes, m: Mark, color: str) -> None:
    ax.fill_between(m["x"], m["low"], m["high"], color=color, alpha=m["alpha"])


def _rule(ax: Axes, m: Mark, color: str) -> None:
    draw, at = (ax.axvline, m["x"]) if m["x"] is not None else (ax.axhline, m["y"])
    draw(float(at), linestyle=_DASHES[m["dash"]], color=color)


def _arrows(ax: Axes, m: Mark, color: str) -> None:
    ax.quiver(m["x"], m["y"], m["dx"], m["dy"], angles="xy", scale_units="xy", scale=1, color=color)


def _text(ax: Axes, m: Mark, color: str) -> None:
    for x, y, words in np.nditer([m["x"], m["y"], m["words"]]):
        ax.text(float(x), float(y), str(words), color=color, ha="center")


def _boxes(ax: Axes, m: Mark, color: str) -> None:
    for x, y, words in np.nditer([m["x"], m["y"], m["words"]]):
        ax.text(float(x), float(y), str(words), color=color, ha="center", bbox={"boxstyle": "round"})


def _polygons(ax: Axes, m: Mark, color: str) -> None:
    for x, y in zip(m["x"], m["y"], strict=True):
        ax.fill(x, y, color=color)


def _ends(m: Mark) -> dict[str, float]:
    """Return the ends of the colours; a demo may turn them round."""
    return {"vmin": min(m["limits"]), "vmax": max(m["limits"])}


def _cells(ax: Axes, m: Mark, color: str) -> None:
    (rows, columns), (x, y) = m["z"].shape, m["at"]
    extent = (x - 0.5, x + columns - 0.5, y + rows - 0.5, y - 0.5)
    ax.imshow(m["z"], aspect="auto", **_ends(m), extent=extent)
    for (row, column), value in np.ndenumerate(m["z"]):
        ax.text(x + column, y + row, format(value, m["fmt"]), color=color, ha="center")


def _image(ax: Axes, m: Mark, color: str) -> None:
    extent = (*m["xs"], *reversed(m["ys"]))
    ax.imshow(m["z"], cmap="gray", aspect="auto", **_ends(m), extent=extent)


def _heat(ax: Axes, m: Mark, _color: str) -> None:
    extent = (*m["xs"], *m["ys"])
    ax.imshow(m["z"], aspect="auto", **_ends(m), extent=extent, origin="lower")


def _contours(ax: Axes, m: Mark, color: str) -> None:
    rows, columns = m["z"].shape
    x, y = np.linspace(*m["xs"], columns), np.linspace(*m["ys"], rows)
    ax.contour(x, y, m["z"], levels=m["levels"], colors=color)


_MARKS: dict[str, Callable[[Axes, Mark, str], None]] = {
    "line": _line, "points": _points, "bars": _bars, "histogram": _histogram, "ridges": _ridges, "band": _band,
    "rule": _rule, "arrows": _arrows, "text": _text, "boxes": _boxes, "polygons": _polygons, "cells": _cells,
    "image": _image, "heat": _heat, "contours": _contours,
}  # fmt: skip
