"""The marks that a view can draw. An argument that is a string names an array of the demo's `compute`."""

from __future__ import annotations

from collections.abc import Sequence

from zeromean.stage.parts import Mark

Numbers = str | float
COLORS = ("blue", "orange", "green", "vermilion", "purple", "sky", "ink", "grey")


def _mark(kind: str, color: str = "blue", **rest: object) -> Mark:
    """Collect one mark; an unknown colour is refused here, where the author is looking."""
    if color not in COLORS:
        raise ValueError(f"The colour of a mark is one of {', '.join(COLORS)}. Got {color!r}")
    return {"kind": kind, "color": color, **rest}


def line(
    x: str,
    y: str,
    name: str = "",
    color: str = "blue",
    dash: str = "",
    marker: str = "",
    width: float = 2.5,
    alpha: float = 1.0,
    lost: str = "",
    follow: str = "",
) -> Mark:
    """Draw y (n,) over x (n,), or one line for each row of y (k, n); dash: "", "dash", "dot", "dashdot".

    `lost` ("diverged") is written where the curve leaves the picture or its numbers end. With `follow`, rows stand for
    examples, and the followed one is drawn at full strength.
    """
    more = {"alpha": alpha, "lost": lost, "follow": follow}
    return _mark("line", color, x=x, y=y, name=name, dash=dash, marker=marker, width=width, **more)


def points(
    x: str,
    y: str,
    name: str = "",
    color: str = "blue",
    marker: str = "o",
    size: float = 4,
    alpha: float = 0.75,
    follow: str = "",
) -> Mark:
    """Draw a cloud; marker: "o", "s" (square), "^" (triangle), "d" (diamond), "x".

    Points of marks with the same `follow` ("example") are the same examples: one is ringed in all of them.
    """
    return _mark("points", color, x=x, y=y, name=name, marker=marker, size=size, alpha=alpha, follow=follow)


def bars(x: str, y: str, name: str = "", color: str = "blue", width: float = 0.8, follow: str = "") -> Mark:
    """Draw a bar from 0 (the lower end on a log axis) to each y (n,) at x (n,); `follow` as for points."""
    return _mark("bars", color, x=x, y=y, name=name, width=width, follow=follow)


def histogram(edges: str, counts: str, name: str = "", color: str = "blue", alpha: float = 0.6) -> Mark:
    """Draw counts (n,) between edges (n + 1,) as one filled outline."""
    return _mark("histogram", color, x=edges, y=counts, name=name, alpha=alpha)


def ridges(x: str, z: str, name: str = "", color: str = "blue", overlap: float = 1.5) -> Mark:
    """Draw each row of z (k, n) as a small hill over x (n,), the first at y = 1, the next at y = 2, ..."""
    return _mark("ridges", color, x=x, z=z, name=name, overlap=overlap)


def band(x: str, low: str, high: str, name: str = "", color: str = "blue", alpha: float = 0.2) -> Mark:
    """Fill between low (n,) and high (n,)."""
    return _mark("band", color, x=x, low=low, high=high, name=name, alpha=alpha)


def rule(
    x: Numbers | None = None, y: Numbers | None = None, name: str = "", color: str = "grey", dash: str = "dash"
) -> Mark:
    """Draw one straight line across the picture, at x or at y (a number, or the name of one)."""
    if (x is None) == (y is None):
        raise ValueError("rule() needs either x or y")
    return _mark("rule", color, x=x, y=y, name=name, dash=dash)


def arrows(x: str, y: str, dx: str, dy: str, name: str = "", color: str = "ink", width: float = 2.5) -> Mark:
    """Draw arrows from (x, y) to (x + dx, y + dy), all (n,); one with a NaN is left out."""
    return _mark("arrows", color, x=x, y=y, dx=dx, dy=dy, name=name, width=width)


def text(x: str, y: str, words: str, color: str = "ink", size: float = 1.0, align: str = "center") -> Mark:
    """Write words (n,) of strings or numbers at (x, y)."""
    return _mark("text", color, x=x, y=y, words=words, size=size, align=align, name="")


def boxes(x: str, y: str, w: Numbers, h: Numbers, words: str, fill: str, name: str = "") -> Mark:
    """Draw rounded boxes centred at (x, y) with words; fill (n,) counts in `COLORS`, negative for empty."""
    return _mark("boxes", "ink", x=x, y=y, w=w, h=h, words=words, fill=fill, name=name)


def polygons(x: str, y: str, fill: str, name: str = "", alpha: float = 1.0, seam: float = 1.3) -> Mark:
    """Fill polygons x, y (n, corners), later ones on top; fill (n,) counts in `COLORS`, negative for empty."""
    return _mark("polygons", "ink", x=x, y=y, fill=fill, name=name, alpha=alpha, seam=seam)


def heat(z: str, x: tuple[float, float], y: tuple[float, float], limits: tuple[float, float], name: str = "") -> Mark:
    """Draw z (rows, columns) in viridis between the limits; row 0 lies at the first end of y."""
    return _mark("heat", "ink", z=z, xs=x, ys=y, limits=limits, name=name)


def image(z: str, x: tuple[float, float], y: tuple[float, float], limits: tuple[float, float] = (0, 1)) -> Mark:
    """Draw z (rows, columns), grey, or (rows, columns, 3), red, green, blue, as pixels; row 0 at the first end of y."""
    return _mark("image", "ink", z=z, xs=x, ys=y, limits=limits, name="")


def contours(
    z: str, x: tuple[float, float], y: tuple[float, float], levels: Sequence[float], name: str = "", color: str = "grey"
) -> Mark:
    """Draw the lines where z (rows, columns), linearly filled in, has the given levels."""
    return _mark("contours", color, z=z, xs=x, ys=y, levels=[float(v) for v in levels], name=name)


def cells(
    z: str, limits: tuple[float, float], fmt: str = ".2f", name: str = "", at: tuple[float, float] = (0, 0)
) -> Mark:
    """Draw z (rows, columns) as a matrix: column j at x = j + at[0], row i at y = i + at[1], each with its number."""
    return _mark("cells", "ink", z=z, limits=limits, fmt=fmt, name=name, at=at)
