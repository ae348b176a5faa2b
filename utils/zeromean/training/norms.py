"""Normalizations as a table: one small function each, forward only; ``autograd`` differentiates them.

Those of ``BY_BATCH`` get a centred batch and the statistics that centred it, those of ``BY_EXAMPLE`` look at one
example at a time. A new one is a function and a line in its table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import getval

RMAX, DMAX = 3.0, 5.0  # batch renormalization: the largest corrections (Ioffe 2017, section 4)


@dataclass(frozen=True)
class Place:
    """Where a normalization stands in a network.

    Attributes
    ----------
    gamma, beta : (width,)
        Scale and shift that are learned.
    mean, var : (width,) or None
        Running statistics; None where no batch is looked at.
    eps : float
        Added to every variance.
    groups : int
        Groups of features, for group normalization.
    training : bool
        Whether the statistics are those of the batch.
    """

    gamma: Any
    beta: Any
    mean: Any
    var: Any
    eps: float
    groups: int
    training: bool


def batch(centred: Any, mean: Any, var: Any, here: Place) -> Any:
    """Divide by the standard deviation, scale and shift (Ioffe and Szegedy 2015, algorithm 1)."""
    return centred * (here.gamma / np.sqrt(var + here.eps)) + here.beta


def mean_only(centred: Any, mean: Any, var: Any, here: Place) -> Any:
    """Shift, and leave the spread alone (Salimans and Kingma 2016, section 4)."""
    return centred + here.beta


def renorm(centred: Any, mean: Any, var: Any, here: Place) -> Any:
    """Correct a batch towards the running statistics; the way back takes r and d for constants (Ioffe 2017)."""
    if not here.training:
        return batch(centred, mean, var, here)
    std, kept = (numpy.sqrt(getval(spread) + here.eps) for spread in (var, here.var))
    r = numpy.clip(std / kept, 1 / RMAX, RMAX)
    d = numpy.clip((getval(mean) - here.mean) / kept, -DMAX, DMAX)
    scale = here.gamma / np.sqrt(var + here.eps)
    return centred * (scale * r) + (here.gamma * d + here.beta)


def group(a: Any, here: Place) -> Any:
    """Normalize each group of features of an example (Wu and He 2018)."""
    parts = np.reshape(a, (a.shape[0], here.groups, -1))
    centred = parts - np.mean(parts, axis=2, keepdims=True)
    var = np.mean(centred**2, axis=2, keepdims=True)
    return here.gamma * np.reshape(centred / np.sqrt(var + here.eps), a.shape) + here.beta


def layer(a: Any, here: Place) -> Any:
    """Normalize all features of an example together (Ba, Kiros and Hinton 2016)."""
    return group(a, Place(**{**vars(here), "groups": 1}))


BY_BATCH: dict[str, Callable[[Any, Any, Any, Place], Any]] = {"batch": batch, "mean_only": mean_only, "renorm": renorm}
BY_EXAMPLE: dict[str, Callable[[Any, Place], Any]] = {"layer": layer, "group": group}
NAMES = ("none", *BY_BATCH, *BY_EXAMPLE)


def mean_of_variances(old: numpy.ndarray, var: numpy.ndarray, alpha: float, eps: float) -> numpy.ndarray:
    """Move a running variance (width,) towards the biased variance of a batch."""
    return numpy.asarray((1 - alpha) * old + alpha * var)


def mean_of_deviations(old: numpy.ndarray, var: numpy.ndarray, alpha: float, eps: float) -> numpy.ndarray:
    """Move a running variance (width,) so that its root moves towards the standard deviation of a batch."""
    return numpy.asarray(((1 - alpha) * numpy.sqrt(old) + alpha * numpy.sqrt(var + eps)) ** 2)


MEMORY: dict[str, Callable[..., numpy.ndarray]] = {
    "batch": mean_of_variances,
    "mean_only": mean_of_variances,
    "renorm": mean_of_deviations,
}
