"""Update rules as a table: what a step of each does to one array, and what it remembers of earlier steps.

Nothing is changed in place: a rule returns a new array and a new memory. The conventions are those of
``docs/conventions.md``; the papers are named beside each rule.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Memory = dict[str, Array]
Rule = Callable[..., tuple[Array, Memory]]  # of (w, g, memory, lr), and of what is its own, such as rho

RHO, DECAY, BETA1, BETA2, EPS = 0.9, 0.99, 0.9, 0.999, 1e-8


def sgd(w: Array, g: Array, memory: Memory, lr: float) -> tuple[Array, Memory]:
    """Step against the gradient."""
    return w - lr * g, memory


def momentum(w: Array, g: Array, memory: Memory, lr: float, rho: float = RHO) -> tuple[Array, Memory]:
    """Keep the share `rho` of the last step (Polyak 1964)."""
    move = rho * _kept(memory, "move", w) - lr * g
    return w + move, {"move": move}


def nesterov(w: Array, g: Array, memory: Memory, lr: float, rho: float = RHO) -> tuple[Array, Memory]:
    """Look ahead along the last step (Nesterov 1983), in the variables of Sutskever et al. (2013)."""
    last = _kept(memory, "move", w)
    move = rho * last - lr * g
    return w + move + rho * (move - last), {"move": move}


def adagrad(w: Array, g: Array, memory: Memory, lr: float) -> tuple[Array, Memory]:
    """Divide by the root of all squares so far (Duchi, Hazan and Singer 2011)."""
    squares = _kept(memory, "squares", w) + g**2
    return w - lr * g / (np.sqrt(squares) + EPS), {"squares": squares}


def rmsprop(w: Array, g: Array, memory: Memory, lr: float) -> tuple[Array, Memory]:
    """Divide by the root of the recent mean square (Tieleman and Hinton 2012)."""
    squares = _towards(_kept(memory, "squares", w), g**2, 1 - DECAY)
    return w - lr * g / (np.sqrt(squares) + EPS), {"squares": squares}


def adam(w: Array, g: Array, memory: Memory, lr: float) -> tuple[Array, Memory]:
    """Divide a recent mean by the root of a longer mean square, both corrected (Kingma and Ba 2015, algorithm 1)."""
    steps = memory.get("steps", np.zeros(())) + 1
    mean = _towards(_kept(memory, "mean", w), g, 1 - BETA1)
    squares = _towards(_kept(memory, "squares", w), g**2, 1 - BETA2)
    unbiased, spread = mean / (1 - BETA1**steps), np.sqrt(squares / (1 - BETA2**steps))
    return w - lr * unbiased / (spread + EPS), {"steps": steps, "mean": mean, "squares": squares}


RULES: dict[str, Rule] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adam": adam,
}


def _kept(memory: Memory, name: str, like: Array) -> Array:
    return memory[name] if name in memory else np.zeros_like(like)


def _towards(old: Array, new: Array, share: float) -> Array:
    return np.asarray(old + share * (new - old))
