"""Descent on the networks of `zeromean.training.nets`, one step at a time, by any rule and schedule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from zeromean.training import norms
from zeromean.training.nets import Arrays, Net, init, loss_and_grad
from zeromean.training.rules import Memory, Rule, sgd

Schedule = Callable[[int], float]
Batch = list[tuple[np.ndarray, np.ndarray]]  # mean and biased variance of each normalization


def running(net: Net, state: Arrays, batch: Batch) -> Arrays:
    """Move the running statistics towards those of a batch: ``E <- (1 - alpha) E + alpha * batch``.

    How a variance is remembered is in the table of `zeromean.training.norms`: batch renormalization averages the
    standard deviation, the other normalizations the biased variance.
    """
    new: Arrays = {}
    for i, (mean, var) in enumerate(batch):
        new[f"mean{i}"] = (1 - net.alpha) * state[f"mean{i}"] + net.alpha * mean
        new[f"var{i}"] = norms.MEMORY[net.norm](state[f"var{i}"], var, net.alpha, net.eps)
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
    lr: float | Schedule,
    batch: int = 64,
    rule: Rule = sgd,
    rng: np.random.Generator,
) -> Iterator[Step]:
    """Yield a `Step` after every update; ends only when the loss is no longer a finite number.

    Parameters
    ----------
    net : Net
        What is trained, from its own initialization.
    x, t : (N, D), (N,)
        Examples and labels.
    lr : float or function
        The learning rate, or the function that gives it for update 0, 1, ...
    batch : int
        Examples an update.
    rule : function
        One of `zeromean.training.rules`.
    rng : Generator
        Draws the weights, then the order of the examples.

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
    memories: dict[str, Memory] = {name: {} for name in params}
    for number, rows in enumerate(minibatches(len(x), batch, rng)):
        rate = lr(number) if callable(lr) else lr
        with np.errstate(all="ignore"):  # large rates overflow; the loss then says so
            loss, grads, trace = loss_and_grad(net, params, state, x[rows], t[rows])
            moved = {name: rule(w, grads[name], memories[name], rate) for name, w in params.items()}
        params = {name: w for name, (w, _) in moved.items()}
        memories = {name: memory for name, (_, memory) in moved.items()}
        state = running(net, state, trace.batch)
        yield Step(number + 1, loss, params, state, trace.batch)
        if not np.isfinite(loss):
            return


def train(
    net: Net,
    x: np.ndarray,
    t: np.ndarray,
    *,
    lr: float | Schedule,
    steps: int,
    batch: int = 64,
    rule: Rule = sgd,
    seed: int = 0,
) -> Step:
    """Return where `descent` stands after `steps` updates, or where it diverged before that."""
    for step in descent(net, x, t, lr=lr, batch=batch, rule=rule, rng=np.random.default_rng(seed)):
        if step.number == steps:
            break
    return step


def curve(steps: Iterator[Step], count: int, every: int) -> tuple[np.ndarray, Step]:
    """Follow a descent for `count` updates.

    Returns
    -------
    losses : (count // every,)
        The mean loss of every `every` updates; NaN from where it diverged.
    last : Step
        Where it ended.
    """
    losses = np.full(count, np.nan)
    for step in steps:
        losses[step.number - 1] = step.loss
        if step.number == count:
            break
    means: np.ndarray = losses.reshape(-1, every).mean(axis=1)
    return means, step
