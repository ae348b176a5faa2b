"""Arrays to bytes: one frame for the kernel's answer, or a table of frames over the grid of the controls."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zeromean.stage.parts import Arrays, Compute, Control

Array = npt.NDArray[Any]
KEPT = ("float32", "int32", "uint16", "uint8")  # what both NumPy and a JavaScript typed array know


def as_array(key: str, value: Any) -> Array:
    """Turn what `compute` returned into an array that can travel: strings, or one of `KEPT`."""
    array = np.asarray(value)
    if array.dtype.kind == "U":
        return array
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{key!r} is {array.dtype}; a demo shows floats, integers, booleans and strings")
    if array.dtype.name in KEPT:
        return array
    return array.astype(np.float32 if array.dtype.kind == "f" else np.int32)


def last_frame(result: Any) -> dict[str, Array]:
    """Return the arrays of a plain `compute`, or the last that a training loop yields."""
    frames = [result] if isinstance(result, Mapping) else list(result)
    return {key: as_array(key, value) for key, value in frames[-1].items()}


def pack(arrays: Arrays, controls: int = 0) -> tuple[dict[str, Any], bytes]:
    """Lay arrays (grid of `controls` axes, then the array's own shape) end to end; return where each is.

    An axis on which nothing changes is stored once, with stride 0.
    """
    layout, blocks, offset = {}, [], 0
    for key, value in arrays.items():
        array = as_array(key, value)
        entry: dict[str, Any] = {"shape": list(array.shape[controls:])}
        if array.dtype.kind == "U":
            words, codes = np.unique(array, return_inverse=True)
            array = codes.reshape(array.shape).astype(np.uint16)
            entry["words"] = words.tolist()
        for axis in range(controls):
            first = array.take([0], axis=axis)
            if np.array_equal(array, np.broadcast_to(first, array.shape), equal_nan=array.dtype.kind == "f"):
                array = first
        sizes = [1, *np.cumprod(array.shape[::-1])][::-1]
        strides = [int(sizes[i + 1]) if array.shape[i] > 1 else 0 for i in range(controls)]
        entry |= {"dtype": array.dtype.name, "offset": offset, "strides": strides}
        block = np.ascontiguousarray(array).tobytes()
        blocks.append(block + b"\0" * (-len(block) % 8))
        offset += len(blocks[-1])
        layout[key] = entry
    return layout, b"".join(blocks)


def tabulate(compute: Compute, controls: Sequence[Control], stored: Sequence[Sequence[int]]) -> dict[str, Array]:
    """Run `compute` at the stored positions of every control; return arrays (grid..., own shape...)."""
    grid = [len(positions) for positions in stored]
    rows = []
    for where in itertools.product(*stored):
        params = {c.name: c.values[i] for c, i in zip(controls, where, strict=True)}
        rows.append(last_frame(compute(params)))
        _same_form(rows[0], rows[-1], params)
    return {key: np.stack([row[key] for row in rows]).reshape(*grid, *rows[0][key].shape) for key in rows[0]}


def _same_form(first: dict[str, Array], row: dict[str, Array], params: dict[str, Any]) -> None:
    """Refuse a frame whose names or shapes differ from the first frame's."""
    if first.keys() != row.keys():
        odd = ", ".join(sorted(first.keys() ^ row.keys()))
        raise ValueError(f"compute() returns the same names at every setting; at {params} these differ: {odd}")
    for key in row:
        if row[key].shape != first[key].shape:
            raise ValueError(
                f"{key!r} has shape {row[key].shape} at {params} but {first[key].shape} at the first setting; "
                "fill the rest with NaN"
            )


def spread(count: int, wanted: int, named: set[int]) -> list[int]:
    """Pick about `wanted` of `count` positions, evenly, with both ends and the `named` ones among them."""
    return sorted({*np.linspace(0, count - 1, min(wanted, count)).round().astype(int).tolist(), *named})
