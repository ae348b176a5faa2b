"""Forward and backward are judged apart, and a student may lay out the cache as they like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.judge.judge import Judge
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

Cache = dict[str, np.ndarray]


def forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict[str, Any]) -> tuple[np.ndarray, Cache]:
    """Normalize a batch, keeping no running statistics: half of what is asked for."""
    centred = x - x.mean(axis=0)
    inverse = 1 / np.sqrt(np.mean(centred**2, axis=0) + bn_param.get("eps", 1e-5))
    return gamma * centred * inverse + beta, {"centred": centred, "inverse": inverse, "gamma": gamma}


def backward(dout: np.ndarray, cache: Cache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Go back through the stages of `forward`."""
    centred, inverse, n = cache["centred"], cache["inverse"], len(dout)
    dxhat = dout * cache["gamma"]
    dvar = -0.5 * inverse**3 * (dxhat * centred).sum(axis=0)
    dcentred = dxhat * inverse + 2 / n * centred * dvar
    return dcentred - dcentred.sum(axis=0) / n, (dout * centred * inverse).sum(axis=0), dout.sum(axis=0)


def marks(judge: Judge, **functions: Any) -> dict[str, float | None]:
    """Return the marks of a student who writes `functions`, and everything else as the reference does."""
    session = LocalSession(exchanged(judge.namespace, functions))
    wanted = [suite for suite in judge.suites if suite.exercise.startswith("batchnorm")]
    return {suite.exercise: judge.grade_exercise(suite, session).score for suite in wanted}


def test_pair_with_a_cache_of_its_own(judge: Judge) -> None:
    """A backward pass that reads its own forward pass's cache earns full marks, however that cache looks."""
    assert marks(judge, batchnorm_forward=forward, batchnorm_backward=backward)["batchnorm_backward"] == 4


def test_backward_beside_a_wrong_forward(judge: Judge) -> None:
    """A right backward pass earns full marks when the forward pass returns nothing."""
    assert marks(judge, batchnorm_forward=lambda *args: None) == {"batchnorm_forward": 0, "batchnorm_backward": 4}


def test_half_a_forward_pass(judge: Judge) -> None:
    """A forward pass that knows training mode only, and keeps no statistics, earns about half of the marks."""
    assert marks(judge, batchnorm_forward=forward)["batchnorm_forward"] == pytest.approx(2, abs=0.7)
