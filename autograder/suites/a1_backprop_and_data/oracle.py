"""What the network's pieces must compute, written from the definitions with ``autograd.numpy``.

The checks take values from here and gradients by automatic differentiation of what is here, so that a slip in the
course's solution cannot hide behind an equal slip in its checks.
"""

from __future__ import annotations

import autograd.numpy as np


def sigmoid(x):
    """Return 1 / (1 + e^-x), for arguments of moderate size."""
    return 1 / (1 + np.exp(-x))


def affine(x, w, b):
    """Return the layer's output (N, M), each entry a sum over all inputs of its example."""
    return np.einsum("nd,dm->nm", np.reshape(x, (len(x), len(w))), w) + b


def cross_entropy(scores, y):
    """Return the mean over the examples of minus the log of the probability (N, C) of the right class."""
    terms = [np.log(np.sum(np.exp(row - row[label]))) for row, label in zip(scores, y, strict=True)]
    return sum(terms) / len(terms)


def mlp_loss(x, W2, W3, t):
    """Return the squared error of the small network, its bias weights in the first columns."""
    h = sigmoid(W2[:, 0] + np.dot(W2[:, 1:], x))
    y = sigmoid(W3[:, 0] + np.dot(W3[:, 1:], h))
    return np.sum((y - t) ** 2)
