"""What A3 says, beside the code that shows it."""

from __future__ import annotations

import numpy as np
import pytest

RNG = np.random.default_rng(0)
G, H, W = RNG.normal(size=(3, 4))


def two_steps(solution):
    """Return a state after the gradients G and H, and where they lead from W."""
    state = {"lr": 0.1, "beta1": 0.6, "beta2": 0.7, "eps": 0.01}
    first = solution["adam"](W, G, state)
    return state, first, solution["adam"](first, H, state)


def memories(solution):
    """Check both running means after two gradients."""
    state, _, _ = two_steps(solution)
    return (state["m"], 0.6 * 0.4 * G + 0.4 * H), (state["v"], 0.7 * 0.3 * G**2 + 0.3 * H**2)


def step(solution):
    """Check the second step against its formula."""
    state, first, second = two_steps(solution)
    m, v = state["m"] / (1 - 0.6**2), state["v"] / (1 - 0.7**2)
    return ((second, first - 0.1 * m / (np.sqrt(v) + 0.01)),)


FORMULAS = {
    r"m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2": memories,
    r"w \leftarrow w - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)}+\varepsilon}": step,
}


def pencil(solution, says):
    """The two steps that are followed by hand."""
    state = {"lr": 1.0, "beta1": 0.5, "beta2": 0.5, "eps": 0.0}
    w = solution["adam"](np.zeros(1), np.array([3.0]), state)
    says(f"| 1 | 3 | {state['m'][0]:g} | {state['v'][0]:g} | 3 | 9 | −{-w[0]:g} |")
    new = solution["adam"](w, np.array([1.0]), state)
    m, v = state["m"][0], state["v"][0]
    says(f"| 2 | 1 | {m:g} | {v:g} | {m / 0.75:.4f} | {v / 0.75:.4f} | −{(w - new)[0]:.4f} |")


def first_steps(solution, says):
    """A gradient of any size gives a first step of lr; what the corrections are for."""
    moved = -solution["adam"](np.zeros(2), np.array([1e-6, 1e6]), {"lr": 1.0})
    assert moved == pytest.approx([0.990, 1.0], abs=1e-3)
    says("a hundredth is missing where")
    says(f"it is $0.1/\\sqrt{{0.001}} = {0.1 / 0.001**0.5:.2f}$ times `lr`")
    t = np.arange(1, 13)
    uncorrected = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    says("to more than 6 times at $t = 12$")
    assert uncorrected[-1] > 6


def turned_ravine(solution, says):
    """Turned by 45 degrees, the ravine takes Adam far longer."""
    says("now no single parameter is steep or flat")
    lengths = []
    for angle in (0.0, np.pi / 4):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        bend = turn @ np.diag([100.0, 1.0]) @ turn.T
        w, state, steps = turn @ np.array([0.7, 1.3]), {"lr": 0.03}, 0
        while np.linalg.norm(w) > 0.1 and steps < 3000:
            w, steps = solution["adam"](w, bend @ w, state), steps + 1
        lengths.append(steps)
    assert lengths[1] > 3 * lengths[0]
