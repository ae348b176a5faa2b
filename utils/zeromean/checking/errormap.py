"""Draws where an array is wrong: as SVG for a notebook, as characters for a terminal, and in a sentence."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np

from zeromean.checking import patterns, relations
from zeromean.checking.compare import Wrong

LARGEST = 40
_SMALLEST = 6
_TOOLTIPS = 200
_LEVELS = (0.03, 0.3)
_SINGLE = 2e-6  # what a few steps in float32 lose


@dataclass(frozen=True)
class Grid:
    """What is drawn: for each cell 0 (right), 1 to 3 (wrong, by how much), 4 (the worst), or -1 (a gap).

    ``tile`` is the distance, in cells, from one tile to the next, downwards and across; 0 where there are none.
    """

    cells: np.ndarray
    rows: str
    columns: str
    block: tuple[int, int]
    tile: tuple[int, int] = (0, 0)


def pattern(wrong: Wrong) -> str:
    """Say what the wrong entries have in common: precision, lines, a factor, an argument, a place; "" if nothing."""
    mask = wrong.wrong
    if _single(wrong):
        return "Only the last digits are off: it is right to single precision (float32) only."
    for axis in range(mask.ndim if mask.ndim > 1 and np.count_nonzero(mask) > 1 else 0):
        others = tuple(a for a in range(mask.ndim) if a != axis)
        lines = np.flatnonzero(mask.any(axis=others))
        if 2 * len(lines) <= mask.shape[axis]:
            name = f"in {_axes_of(wrong)[axis]}" if mask.ndim in (2, 4) else f"at {{}} of axis {axis}"
            return f"All that is wrong is {_lines(name, lines)}."
    return (
        patterns.regularity(wrong.got, wrong.expected)
        or relations.related(wrong.got, wrong.expected, wrong.given, wrong.others)
        or relations.place(mask, wrong.expected, wrong.given)
        or patterns.where_wrong(wrong.got, wrong.expected, mask)
    )


def worth_drawing(wrong: Wrong) -> bool:
    """Whether a map says more than the message: not for a handful of numbers."""
    return wrong.got.size >= _SMALLEST


def grid(wrong: Wrong) -> Grid:
    """Lay an array out on at most 40 by 40 cells; images and stacks become tiles."""
    level = _levels(wrong)
    if level.ndim < 3:
        cells = level if level.ndim == 2 else level[None, :]
        rows, columns = ("row", "column") if level.ndim == 2 else ("", "index")
        return _fitting(cells, rows, columns)
    names, shape = _axes_of(wrong), level.shape
    level = level.reshape(-1, *shape[-3:]) if level.ndim > 3 else level[None]
    rows = f"{names[0]}, then {names[-2]}" if len(shape) > 3 else names[-2]
    columns = f"{names[-3]}, then {names[-1]}"
    cells = _tiles(level)
    if max(cells.shape) <= LARGEST:
        return _fitting(cells, rows, columns, (shape[-2] + 1, shape[-1] + 1))
    return _fitting(level.transpose(0, 2, 1, 3).reshape(level.shape[0] * level.shape[2], -1), rows, columns)


def _fitting(cells: np.ndarray, rows: str, columns: str, tile: tuple[int, int] = (0, 0)) -> Grid:
    block = (-(-cells.shape[0] // LARGEST), -(-cells.shape[1] // LARGEST))
    return Grid(_shrunk(cells, block), rows, columns, block, tile)


def _axes_of(wrong: Wrong) -> list[str]:
    """Name the axes as the course does: data in rows, images and filters as ``(N, C, H, W)``; others by number."""
    count = wrong.got.ndim
    if count == 4:
        return ["filter" if wrong.what.startswith(("W", "dW")) else "image", "channel", "row", "column"]
    return ["row", "column"] if count == 2 else [f"axis {axis}" for axis in range(count)]


def legend(wrong: Wrong) -> str:
    """Explain the map in words."""
    drawn, names = grid(wrong), _axes_of(wrong)
    down, across = drawn.block
    block = f" A cell shows {down} by {across} entries." if max(down, across) > 1 else ""
    tiles = f" A tile is one {names[0]} and {names[1]}." if max(drawn.tile) and len(names) == 4 else ""
    tiles = tiles or (f" A tile shows {names[-2]} and {names[-1]}." if max(drawn.tile) else "")
    return f"Hollow: right. Filled: wrong, the stronger the further off. Framed: the worst.{tiles}{block}"


def text(wrong: Wrong) -> str:
    """Draw the map with characters: `.` is right, `x` wrong, `X` the worst."""
    drawn = grid(wrong)
    lines = ["".join(f" {' .xxxX'[cell + 1]}" for cell in row) for row in drawn.cells.tolist()]
    legend = f"(. right, x wrong, X worst; {_axes(drawn)})"
    return "\n".join([*lines, legend])


def svg(wrong: Wrong) -> str:
    """Draw the map as SVG, with a text for those who cannot see it and the numbers under the pointer."""
    drawn = grid(wrong)
    rows, columns = drawn.cells.shape
    side = max(9, min(22, 400 // columns, 300 // rows))
    left, top = (34 if drawn.rows else 4), 34
    width, height = left + columns * side + 4, top + rows * side + 4
    count = f"{np.count_nonzero(wrong.wrong)} of {wrong.wrong.size} entries are wrong."
    label = html.escape(f"Map of {wrong.what}, shape {wrong.got.shape}: {count} {pattern(wrong)}".strip(), quote=True)
    body = _cells(wrong, drawn, side, left, top) + _labels(drawn, side, left, top)
    size = f'width="{max(width, 120)}" height="{height}" viewBox="0 0 {max(width, 120)} {height}"'
    return f'<svg class="zm-map" role="img" aria-label="{label}" {size}>{body}</svg>'


def _axes(drawn: Grid) -> str:
    down = f"down: {drawn.rows}, " if drawn.rows else ""
    block = f"; a cell shows {drawn.block[0]} by {drawn.block[1]} entries" if max(drawn.block) > 1 else ""
    return f"{down}across: {drawn.columns}{block}"


def _levels(wrong: Wrong) -> np.ndarray:
    """Grade every entry: 0 right, 1 to 3 by its distance as a share of the worst, 4 the worst."""
    with np.errstate(all="ignore"):
        distance = np.abs(wrong.got.astype(float) - wrong.expected)
    distance = np.where(wrong.wrong, np.nan_to_num(distance, nan=np.inf), 0.0)
    largest = distance[np.isfinite(distance)].max(initial=0.0)
    share = np.where(np.isfinite(distance), distance / (largest or 1.0), 1.0)
    level = np.where(wrong.wrong, 1 + np.digitize(share, _LEVELS), 0)
    level.flat[int(np.argmax(distance))] = 4
    return level


def _tiles(level: np.ndarray) -> np.ndarray:
    """Lay (A, B, H, W) out as A by B tiles of H by W cells, with a gap of one cell between tiles."""
    a, b, h, w = level.shape
    padded = np.full((a, b, h + 1, w + 1), -1)
    padded[:, :, :h, :w] = level
    return padded.transpose(0, 2, 1, 3).reshape(a * (h + 1), b * (w + 1))[:-1, :-1]


def _shrunk(cells: np.ndarray, block: tuple[int, int]) -> np.ndarray:
    """Let each block of cells be one cell, as wrong as the worst in it."""
    if block == (1, 1):
        return cells
    rows, columns = -(-cells.shape[0] // block[0]), -(-cells.shape[1] // block[1])
    padded = np.full((rows * block[0], columns * block[1]), -1)
    padded[: cells.shape[0], : cells.shape[1]] = cells
    return np.asarray(padded.reshape(rows, block[0], columns, block[1]).max(axis=(1, 3)))


def _cells(wrong: Wrong, drawn: Grid, side: int, left: int, top: int) -> str:
    """Draw right cells hollow and wrong ones filled, so that the map can be read without colour."""
    tips = _tooltips(wrong, drawn)
    parts: list[str] = []
    paths: dict[int, list[str]] = {}
    for (i, j), cell in np.ndenumerate(drawn.cells):
        x, y, inner = left + j * side + 1, top + i * side + 1, side - 2
        if (i, j) in tips:
            box = f'<rect class="zm-{cell}" x="{x}" y="{y}" width="{inner}" height="{inner}">'
            parts.append(f"{box}<title>{html.escape(tips[i, j])}</title></rect>")
        elif cell >= 0:
            paths.setdefault(int(cell), []).append(f"M{x} {y}h{inner}v{inner}h-{inner}z")
    drawn_paths = [f'<path class="zm-{cell}" d="{"".join(d)}"/>' for cell, d in sorted(paths.items())]
    return "".join([*drawn_paths, *parts])


def _tooltips(wrong: Wrong, drawn: Grid) -> dict[tuple[int, ...], str]:
    """Give each wrong cell of a plain, small map its numbers."""
    if wrong.got.ndim > 2 or drawn.block != (1, 1) or np.count_nonzero(wrong.wrong) > _TOOLTIPS:
        return {}
    found = {}
    for index in map(tuple, np.argwhere(wrong.wrong).tolist()):
        numbers = f"got {wrong.got[index]:.6g}, expected {wrong.expected[index]:.6g}"
        found[index if len(index) == 2 else (0, *index)] = f"{wrong.what}{list(index)}: {numbers}"
    return found


def _labels(drawn: Grid, side: int, left: int, top: int) -> str:
    rows, columns = drawn.cells.shape
    parts = [f'<text x="{left}" y="12">{drawn.columns} →</text>']
    if drawn.rows:
        parts.append(f'<text transform="translate(10 {top}) rotate(90)">{drawn.rows} →</text>')
    if max(drawn.tile):
        down, across = drawn.tile
        middles = ((i + (down - 1) / 2, i // down) for i in range(0, rows, down))
        parts += [_tick(left - 4, top + i * side + 4, number, "end") for i, number in middles if rows > down]
        middles = ((j + (across - 1) / 2, j // across) for j in range(0, columns, across))
        parts += [_tick(left + j * side, top - 5, number, "middle") for j, number in middles]
    elif drawn.block == (1, 1) and drawn.columns in ("index", "column"):
        parts += [_tick(left + (j + 0.5) * side, top - 5, j, "middle") for j in _ticks(columns, side)]
        if drawn.rows:
            parts += [_tick(left - 4, top + (i + 0.5) * side + 4, i, "end") for i in _ticks(rows, side)]
    return "".join(parts)


def _tick(x: float, y: float, number: int, anchor: str) -> str:
    return f'<text class="zm-tick" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{number}</text>'


def _ticks(count: int, side: int) -> range:
    return range(0, count, 1 if side >= 18 else 5)


def _single(wrong: Wrong) -> bool:
    """Whether the numbers are those of a computation in float32 where float64 is right."""
    got, expected = wrong.got, wrong.expected
    if expected.dtype != np.float64 or not (np.isfinite(got).all() and np.isfinite(expected).all()):
        return False
    rounding = _SINGLE if (got == got.astype(np.float32)).all() else _SINGLE / 5
    return bool((np.abs(got - expected) <= rounding * np.abs(expected).max()).all())


def _lines(name: str, numbers: np.ndarray) -> str:
    """List rows, columns, or positions along an axis: "columns 0 and 3"."""
    *most, last = map(str, numbers[:6])
    more = f" and {len(numbers) - 6} more" if len(numbers) > 6 else ""
    listed = f"{', '.join(most)}{',' if more else ' and'} {last}{more}" if most else last
    return name.format(listed) if "{}" in name else f"{name}{'s' if most else ''} {listed}"
