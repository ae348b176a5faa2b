"""Plain stochastic gradient descent on the networks of `zeromean.training.nets`, one step at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zeromean.training.nets import Arrays, Net, init, loss_and_grad

Batch = list[tuple[np.ndarray, np.ndarray]]  # mean and biased variance of each normalization


def running(net: Net, state: Arrays, batch: Batch) -> Arrays:
    """Move the running statistics towards those of a batch: ``E <- (1 - alpha) E + alpha * batch``.

    Batch renormalization averages the standard deviation, the other normalizations the biased variance.
    """
    new: Arrays = {}
    for i, (mean, var) in enumerate(batch):
        new[f"mean{i}"] = (1 - net.alpha) * state[f"mean{i}"] + net.alpha * mean
        if net.norm == "renorm":
            old, std = np.sqrt(state[f"var{i}"]), np.sqrt(var + net.eps)
            new[f"var{i}"] = ((1 - net.alpha) * old + net.alpha * std) ** 2
        else:
            new[f"var{i}"] = (1 - net.alpha) * state[f"var{i}"] + net.alpha * var
    return new


@dataclass(frozen=True)
class Step:
    """Where a descent stands after `number` updates; `loss` is that of the last batch before its update."""

    number: int
    loss: float
    params: Arrays
    state: Arrays
    batch: Batch


def minibatches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the row numbers of batches for ever, in a new order each epoch; an incomplete last one is dropped.

    Raises
    ------
    ValueError
        If a batch does not fit into `n` examples.
    """
    if not 1 <= size <= n:
        raise ValueError(f"A batch has 1 to {n} examples here. Got {size}.")
    while True:
        order = rng.permutation(n)
        for start in range(0, n - size + 1, size):
            yield order[start : start + size]


def descent(
    net: Net,
    x: np.ndarray,
    t: np.ndarray,
    *,
    lr: float,
    batch: int = 64,
    rng: np.random.Generator,
) -> Iterator[Step]:
    """Yield a `Step` after every update of plain SGD; ends only when the loss is no longer a finite number.

    Examples
    --------
    >>> import itertools, numpy as np
    >>> from zeromean import digits
    >>> data = digits.load()
    >>> steps = descent(Net((64, 32, 10)), data.x, data.t, lr=0.1, rng=np.random.default_rng(0))
    >>> last = list(itertools.islice(steps, 30))[-1]
    >>> last.number, last.loss < 2.0
    (30, True)
    """
    params, state = init(net, rng)
    for number, rows in enumerate(minibatches(len(x), batch, rng), start=1):
        with np.errstate(all="ignore"):  # large rates overflow; the loss then says so
            loss, grads, trace = loss_and_grad(net, params, state, x[rows], t[rows])
            params = {name: value - lr * grads[name] for name, value in params.items()}
        state = running(net, state, trace.batch)
        yield Step(number, loss, params, state, trace.batch)
        if not np.isfinite(loss):
            return


def train(net: Net, x: np.ndarray, t: np.ndarray, *, lr: float, steps: int, batch: int = 64, seed: int = 0) -> Step:
    """Return where `descent` stands after `steps` updates, or where it diverged before that."""
    for step in descent(net, x, t, lr=lr, batch=batch, rng=np.random.default_rng(seed)):
        if step.number == steps:
            break
    return step
