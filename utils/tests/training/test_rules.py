"""Each rule, beside its formula written out as a sum over the whole history."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.training.rules import BETA1, BETA2, DECAY, EPS, RHO, RULES, Array

RNG = np.random.default_rng(3)
START, GRADIENTS = RNG.normal(size=(4,)), RNG.normal(size=(12, 4))
LR = 0.05


def walked(name: str) -> Array:
    """Return where a rule stands after the twelve gradients."""
    w, memory = START, {}  # type: Array, Memory
    for g in GRADIENTS:
        w, memory = RULES[name](w, g, memory, LR)
    return w


def weighted(values: Array, decay: float) -> Array:
    """Return the sum of ``decay ** age`` times each of `values`."""
    return sum(decay ** (len(values) - 1 - i) * value for i, value in enumerate(values))


def steps(name: str) -> Array:
    """Return the twelve steps that the definition of a rule gives."""
    past = [GRADIENTS[: n + 1] for n in range(len(GRADIENTS))]
    moves = np.array([np.zeros(4), *(-LR * weighted(g, RHO) for g in past)])
    if name == "momentum":
        return moves[1:]
    if name == "nesterov":
        return moves[1:] + RHO * np.diff(moves, axis=0)
    means, spreads = np.array([g[-1] for g in past]), np.ones((12, 4))
    if name == "adagrad":
        spreads = np.array([np.sqrt((g**2).sum(axis=0)) + EPS for g in past])
    elif name == "rmsprop":
        spreads = np.array([np.sqrt((1 - DECAY) * weighted(g**2, DECAY)) + EPS for g in past])
    elif name == "adam":
        ages = [sum(BETA1**k for k in range(n)) for n in range(1, 13)]
        means = np.array([weighted(g, BETA1) / age for g, age in zip(past, ages, strict=True)])
        ages = [sum(BETA2**k for k in range(n)) for n in range(1, 13)]
        spreads = np.array([np.sqrt(weighted(g**2, BETA2) / age) + EPS for g, age in zip(past, ages, strict=True)])
    return -LR * means / spreads


@pytest.mark.parametrize("name", RULES)
def test_rule_is_its_definition(name: str) -> None:
    """Twelve steps with changing gradients end where the definition says."""
    np.testing.assert_allclose(walked(name), START + steps(name).sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_nothing_is_changed_in_place(name: str) -> None:
    """The array, the gradient and the memory that a rule is given keep their values."""
    w, g = START.copy(), GRADIENTS[0].copy()
    _, memory = RULES[name](w, g, {}, LR)
    kept = {key: value.copy() for key, value in memory.items()}
    RULES[name](w, g, memory, LR)
    np.testing.assert_array_equal((w, g), (START, GRADIENTS[0]))
    for key, value in kept.items():
        np.testing.assert_array_equal(memory[key], value)
