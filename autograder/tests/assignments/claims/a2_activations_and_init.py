"""What A2 says, beside the code that shows it."""

from __future__ import annotations

import numpy as np
import pytest


def handed_on(solution):
    """Check the variance behind a ReLU, within five standard errors, and return what the formula says."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2000, 300))
    z = x @ solution["init_weights"]((300, 500), "he", rng)
    assert np.maximum(z, 0).__pow__(2).mean() == pytest.approx(1, abs=0.05)
    return ((300 * (2 / 300) * 0.5, 1.0),)


FORMULAS = {r"n_\mathrm{in} \cdot \frac{2}{n_\mathrm{in}} \cdot \frac{1}{2} = 1": handed_on}


def pencil(solution, says):
    """The convolution that is followed by hand has that spread."""
    says(r"| 72 | 144 | $\sqrt{2/72} = 1/6$ |")
    W = solution["init_weights"]((16, 8, 3, 3), "he", np.random.default_rng(0))
    assert W.std() == pytest.approx(1 / 6, rel=5 / np.sqrt(2 * W.size))


def eight(solution, says):
    """Of one draw, he over lecun is exactly 8 behind six layers of ReLU."""
    says(r"Exactly $\sqrt 2^{\,6} = 8$")
    ends = []
    for scheme in ("he", "lecun"):
        rng, x = np.random.default_rng(2), np.random.default_rng(1).standard_normal((64, 128))
        for _ in range(6):
            x = np.maximum(x @ solution["init_weights"]((128, 128), scheme, rng), 0)
        ends.append(x.std())
    assert ends[0] / ends[1] == pytest.approx(8)
