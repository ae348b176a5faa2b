"""Parameters, gradients and states of every shape that an update rule may meet."""

from __future__ import annotations

import numpy as np

SHAPES = ((), (1,), (1, 4), (3, 3), (2, 1, 3, 2))


def cases(*, signed=(), positive=(), **settings):
    """Return cases of (w, dw, state): the state holds the settings, a rate, and an array for each name given.

    The arrays under the names `signed` have either sign, those under `positive` are squares of a kind.
    """

    def ordinary(rng):
        for shape in ((4,), (2, 3)):
            yield _one(rng, shape, signed, positive, settings)

    return ordinary


def shapes(*, signed=(), positive=(), **settings):
    """Return cases as in `cases`, of every shape of SHAPES."""

    def of_every_shape(rng):
        for shape in SHAPES:
            yield _one(rng, shape, signed, positive, settings)

    return of_every_shape


def _one(rng, shape, signed, positive, settings):
    w, dw = (np.array(rng.normal(size=shape)) for _ in range(2))
    memory = {name: np.array(rng.normal(size=shape)) for name in signed}
    memory |= {name: np.array(rng.uniform(0.5, 2, shape)) for name in positive}
    return w, dw, {"lr": np.float64(0.1), **settings, **memory}
