"""The course's data set: 1797 handwritten digits of 8 x 8 pixels, small enough to train on while you watch."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

DATA = Path(__file__).parent / "data" / "digits.npz"
TEST_SIZE = 500


class Split(NamedTuple):
    """Training and test images, one per row, and their labels."""

    x: np.ndarray
    t: np.ndarray
    x_test: np.ndarray
    t_test: np.ndarray


@cache
def _read() -> tuple[np.ndarray, np.ndarray]:
    with np.load(DATA) as archive:
        return archive["images"], archive["labels"].astype(np.int64)


def images() -> tuple[np.ndarray, np.ndarray]:
    """Return every image as it was scanned, and its label.

    Returns
    -------
    images : (1797, 8, 8) uint8
        Ink from 0 (paper) to 16.
    labels : (1797,) int
        The digit, 0 to 9.

    Examples
    --------
    >>> pixels, labels = images()
    >>> pixels.shape, int(labels[0])
    ((1797, 8, 8), 0)
    """
    pixels, labels = _read()
    return pixels.reshape(-1, 8, 8).copy(), labels.copy()


def load(seed: int = 0) -> Split:
    """Return 1297 training and 500 test images, divided by 16 and centred pixel by pixel.

    The mean image is that of the training part, and it is subtracted from both parts. The arrays are shared by
    everyone who asks, so they are read-only.

    Parameters
    ----------
    seed : int
        Which images go to the test part.

    Returns
    -------
    Split
        x (1297, 64), t (1297,), x_test (500, 64), t_test (500,); float64 and int.

    Examples
    --------
    >>> data = load()
    >>> data.x.shape, data.x_test.shape
    ((1297, 64), (500, 64))
    >>> bool(abs(data.x.mean(axis=0)).max() < 1e-12)
    True
    """
    return _split(seed)


@cache
def _split(seed: int) -> Split:
    pixels, labels = _read()
    order = np.random.default_rng(seed).permutation(len(pixels))
    test, train = order[:TEST_SIZE], order[TEST_SIZE:]
    x = pixels / 16.0
    mean = x[train].mean(axis=0)
    split = Split(x[train] - mean, labels[train], x[test] - mean, labels[test])
    for array in split:
        array.flags.writeable = False
    return split
