"""Small networks that lectures and demos train while you watch.

Only the way forward is written here. The way back is done by ``autograd``, which records the forward pass and
applies the chain rule to the record; so the derivatives that the assignments ask for are nowhere in this package.

A network is described by a `Net`, its numbers live in a dict of arrays (`params`), and its running statistics in
another (`state`). Nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import autograd.numpy as np
import numpy
from autograd import value_and_grad
from autograd.tracer import getval

from zeromean.training import norms

Arrays = dict[str, numpy.ndarray]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda a: np.maximum(a, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda a: 0.5 * (1.0 + np.tanh(0.5 * a)),
    "leaky": lambda a: np.maximum(a, 0.0) + 0.01 * np.minimum(a, 0.0),
    "leaky_tenth": lambda a: np.maximum(a, 0.0) + 0.1 * np.minimum(a, 0.0),
    "elu": lambda a: np.maximum(a, 0.0) + np.exp(np.minimum(a, 0.0)) - 1.0,
}
INITS: dict[str, Callable[[int], float]] = {  # the standard deviation of the weights, by fan-in
    "zero": lambda fan_in: 0.0,
    "small": lambda fan_in: 0.01,
    "unit": lambda fan_in: 1.0,
    "lecun": lambda fan_in: (1 / fan_in) ** 0.5,
    "he": lambda fan_in: (2 / fan_in) ** 0.5,
}


@dataclass(frozen=True)
class Net:
    """A fully connected classifier.

    Attributes
    ----------
    sizes : tuple of int
        Inputs, hidden widths, outputs: ``(64, 100, 100, 10)`` has two hidden layers.
    act : {"relu", "tanh", "sigmoid", "leaky", "leaky_tenth", "elu"}
        The nonlinearity of the hidden layers; a leaky ReLU leaks 0.01 or 0.1, and ELU goes down to -1.
    norm : {"none", "batch", "mean_only", "renorm", "layer", "group"}
        What is normalized in the hidden layers.
    place : {"pre", "post"}
        Whether the normalization stands before or after the nonlinearity (plain blocks only).
    block : {"plain", "residual", "preact"}
        Layers in a row; or a first layer and then blocks of two with a short cut: He et al. 2016a (CVPR), where
        the nonlinearity follows the sum, or He et al. 2016b (ECCV), where nothing stands on the short cut.
    init : {"he", "lecun", "small", "unit", "zero"}
        Standard deviation of the initial weights: sqrt(2/fan_in), sqrt(1/fan_in), 0.01, 1 or 0.
    scale : float
        The initial hidden weights are multiplied by it.
    groups : int
        Groups of features for ``norm="group"``.
    eps : float
        Added to every variance.
    alpha : float
        Weight of the newest batch in the running statistics, 0 to 1.
    """

    sizes: tuple[int, ...]
    act: str = "relu"
    norm: str = "none"
    place: str = "pre"
    block: str = "plain"
    init: str = "he"
    scale: float = 1.0
    groups: int = 8
    eps: float = 1e-5
    alpha: float = 0.1

    def __post_init__(self) -> None:
        choices = {"act": ACTIVATIONS, "norm": norms.NAMES, "place": ("pre", "post"), "init": INITS}
        choices["block"] = ("plain", "residual", "preact")
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}. Got {getattr(self, name)!r}.")
        hidden = self.sizes[1:-1]
        if self.block != "plain" and (len(set(hidden)) != 1 or len(hidden) % 2 == 0):
            raise ValueError(f"{self.block} blocks need 1 + 2k hidden layers of one width. Got {hidden}.")
        if self.norm == "group" and any(width % self.groups for width in hidden):
            raise ValueError(f"{self.groups} groups must divide every hidden width. Got {hidden}.")

    @property
    def norms(self) -> list[int]:
        """Return the number of features of each normalization, in the order of the forward pass."""
        return list(self.sizes[1:-1])


@dataclass
class Trace:
    """What a forward pass met on its way.

    Attributes
    ----------
    pre : list of (N, width)
        What went into each nonlinearity.
    stream : list of (N, width)
        What left each layer, or each block.
    batch : list of ((width,), (width,))
        Mean and biased variance of each normalization that looked at its batch.
    """

    pre: list[Any] = field(default_factory=list)
    stream: list[Any] = field(default_factory=list)
    batch: list[tuple[Any, Any]] = field(default_factory=list)


def init(net: Net, rng: numpy.random.Generator) -> tuple[Arrays, Arrays]:
    """Draw the parameters of a network, and start its running statistics at mean 0, variance 1.

    Returns
    -------
    params : dict
        ``W0`` (sizes[0], sizes[1]), ``b0`` (sizes[1],), ...; ``gamma0``, ``beta0``, ... where it normalizes.
    state : dict
        ``mean0``, ``var0``, ... for every normalization that looks at its batch; otherwise empty.
    """
    params: Arrays = {}
    state: Arrays = {}
    last = len(net.sizes) - 2
    for i, (fan_in, fan_out) in enumerate(zip(net.sizes, net.sizes[1:], strict=False)):
        scale = INITS[net.init](fan_in) * (1.0 if i == last else net.scale)
        params[f"W{i}"] = scale * rng.standard_normal((fan_in, fan_out))
        params[f"b{i}"] = numpy.zeros(fan_out)
    for i, width in enumerate(net.norms if net.norm != "none" else []):
        params[f"gamma{i}"], params[f"beta{i}"] = numpy.ones(width), numpy.zeros(width)
        if net.norm in norms.BY_BATCH:
            state[f"mean{i}"], state[f"var{i}"] = numpy.zeros(width), numpy.ones(width)
    return params, state


class _Pass:
    """One forward pass: the pieces that every kind of block is made of."""

    def __init__(self, net: Net, params: Any, state: Arrays, training: bool) -> None:
        self.net, self.params, self.state, self.training = net, params, state, training
        self.trace = Trace()

    def affine(self, h: Any, i: int) -> Any:
        return h @ self.params[f"W{i}"] + self.params[f"b{i}"]

    def act(self, a: Any) -> Any:
        self.trace.pre.append(a)
        return ACTIVATIONS[self.net.act](a)

    def norm(self, a: Any, i: int) -> Any:
        name = self.net.norm
        if name == "none":
            return a
        here = self._place(i)
        if name in norms.BY_EXAMPLE:
            return norms.BY_EXAMPLE[name](a, here)
        mean = np.mean(a, axis=0) if self.training else here.mean
        centred = a - mean
        var = np.mean(centred * centred, axis=0) if self.training else here.var
        if self.training:
            self.trace.batch.append((mean, var))
        return norms.BY_BATCH[name](centred, mean, var, here)

    def _place(self, i: int) -> norms.Place:
        mean, var = self.state.get(f"mean{i}"), self.state.get(f"var{i}")
        gamma, beta = self.params[f"gamma{i}"], self.params[f"beta{i}"]
        return norms.Place(gamma, beta, mean, var, self.net.eps, self.net.groups, self.training)


def _plain(run: _Pass, h: Any, hidden: int) -> Any:
    for i in range(hidden):
        a = run.affine(h, i)
        h = run.act(run.norm(a, i)) if run.net.place == "pre" else run.norm(run.act(a), i)
        run.trace.stream.append(h)
    return h


def _residual(run: _Pass, h: Any, hidden: int) -> Any:
    h = run.act(run.norm(run.affine(h, 0), 0))
    for i in range(1, hidden, 2):
        inner = run.act(run.norm(run.affine(h, i), i))
        h = run.act(h + run.norm(run.affine(inner, i + 1), i + 1))
        run.trace.stream.append(h)
    return h


def _preact(run: _Pass, h: Any, hidden: int) -> Any:
    h = run.affine(h, 0)
    for i in range(1, hidden, 2):
        inner = run.affine(run.act(run.norm(h, i - 1)), i)
        h = h + run.affine(run.act(run.norm(inner, i)), i + 1)
        run.trace.stream.append(h)
    return run.act(run.norm(h, hidden - 1))


BLOCKS = {"plain": _plain, "residual": _residual, "preact": _preact}


def forward(net: Net, params: Any, state: Arrays, x: Any, *, training: bool = False) -> tuple[Any, Trace]:
    """Send examples through the network.

    Parameters
    ----------
    net : Net
        The network's description.
    params, state : dict
        As `init` gives them.
    x : (N, sizes[0])
        Examples, one per row.
    training : bool
        Normalize with the statistics of these examples; otherwise with the running statistics in `state`.

    Returns
    -------
    scores : (N, sizes[-1])
        Unnormalized log probabilities.
    trace : Trace
        What happened inside.
    """
    run = _Pass(net, params, state, training)
    hidden = len(net.sizes) - 2
    return run.affine(BLOCKS[net.block](run, x, hidden), hidden), run.trace


def cross_entropy(scores: Any, t: numpy.ndarray) -> Any:
    """Return the mean of ``-log softmax(scores)`` at the labels `t` (N,)."""
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(shifted), axis=1))
    return np.mean(log_sum - shifted[np.arange(len(t)), t])


def accuracy(net: Net, params: Arrays, state: Arrays, x: numpy.ndarray, t: numpy.ndarray) -> float:
    """Return the share of examples whose largest score is the label, with running statistics."""
    with numpy.errstate(all="ignore"):  # the weights of a run that diverged
        scores, _ = forward(net, params, state, x)
    return float(numpy.mean(numpy.argmax(scores, axis=1) == t))


def loss_and_grad(
    net: Net, params: Arrays, state: Arrays, x: numpy.ndarray, t: numpy.ndarray
) -> tuple[float, Arrays, Trace]:
    """Return the training loss of a batch, its gradient for every parameter, and the trace of the pass."""
    traces = []

    def loss(p: Any) -> Any:
        scores, trace = forward(net, p, state, x, training=True)
        traces.append(trace)
        return cross_entropy(scores, t)

    value, grads = value_and_grad(loss)(params)
    trace = traces[0]
    trace.batch = [(getval(mean), getval(var)) for mean, var in trace.batch]
    return float(value), grads, trace
