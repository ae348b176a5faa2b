"""What A1 says, beside the code that shows it."""

from __future__ import annotations

import numpy as np
import pytest


def central(solution):
    """Check each entry of a gradient against the formula."""
    x, h = np.random.default_rng(0).normal(size=(2, 3)), 0.3
    got = solution["numerical_gradient"](lambda at: float(np.sin(at).sum()), x, h)
    return ((got, (np.sin(x + h) - np.sin(x - h)) / (2 * h)),)


FORMULAS = {r"g_i = \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h}": central}


def pencil(solution, says):
    """The table that is followed by hand is right, and exact for a step of 1."""

    def f(x):
        return x[0] ** 2 + x[0] * x[1]

    up, down = solution["numerical_gradient"](f, np.array([3.0, 1.0]), h=1.0)
    says(f"| $x_1$ | $f(4, 1) = {f((4, 1))}$ | $f(2, 1) = {f((2, 1))}$ | {up:g} |")
    says(f"| $x_2$ | $f(3, 2) = {f((3, 2))}$ | $f(3, 0) = {f((3, 0))}$ | {down:g} |")


def errors_of_a_cube(solution, says):
    """The errors that the prediction is about are those that the text tells."""
    central = solution["numerical_gradient"](lambda x: x[0] ** 3, np.ones(1), h=0.1)[0]
    assert central - 3 == pytest.approx(0.01)
    assert (1.1**3 - 1) / 0.1 - 3 == pytest.approx(0.31)
    says("off by exactly $h^2 = 0.01$, the one-sided one by $3h + h^2 = 0.31$")


def putting_back_by_arithmetic(says):
    """Adding and taking away a step does not always give the number back."""
    says(f"`0.1 + 0.7 - 0.7` is {0.1 + 0.7 - 0.7}")
