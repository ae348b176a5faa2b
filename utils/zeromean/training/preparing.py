"""Six ways to prepare data, each as a shift and a matrix, found from training data alone.

Everything is read from one singular value decomposition of the centred data. A feature or a direction in which nothing
varies is left as it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

KINDS = ("raw", "centred", "scaled", "both", "decorrelated", "whitened")


def fit(kind: str, x: Any, eps: float = 0.0) -> tuple[Any, Any]:
    """Return shift (D,) and matrix (D, D); prepared data are ``(x - shift) @ matrix``.

    Parameters
    ----------
    kind : str
        One of `KINDS`. "both" is centred and scaled, "decorrelated" is turned to the principal axes, "whitened" is
        the white cloud nearest to the centred one.
    x : (N, D)
        Training data.
    eps : float
        Added to every variance before whitening divides by its root, in the units of x squared.

    Raises
    ------
    ValueError
        If `kind` is none of them.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}. Got {kind!r}.")
    middle = np.sum(x, axis=0) / len(x)
    shift = np.zeros_like(middle) if kind in ("raw", "scaled") else middle
    if kind in ("raw", "centred"):
        return shift, np.eye(len(middle))
    if kind in ("scaled", "both"):
        return shift, np.diag(_inverse(np.std(x, axis=0)))
    _, sizes, axes = np.linalg.svd(x - middle, full_matrices=len(x) < len(middle))
    if kind == "decorrelated":
        return shift, axes.T
    spread = np.zeros(len(axes))
    spread[: len(sizes)] = sizes / np.sqrt(len(x))
    return shift, axes.T * _inverse(np.hypot(spread, np.sqrt(eps))) @ axes


def _inverse(spread: Any) -> Any:
    """Return 1 / spread, and 1 where there is no spread to speak of."""
    dead = spread < 1e-9 * spread.max()
    return np.where(dead, 1.0, 1 / np.where(dead, 1.0, spread))
