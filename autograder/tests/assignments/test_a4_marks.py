"""Half an answer of A4 earns about half of its marks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.authoring.proof import Prover
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

Cache = tuple[np.ndarray, ...]


def forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict[str, Any]) -> tuple[np.ndarray, Cache]:
    """Normalize a batch, keeping no running statistics: half of what is asked for."""
    centred = x - x.mean(axis=0)
    std = np.sqrt(np.mean(centred**2, axis=0) + bn_param.get("eps", 1e-5))
    return gamma * centred / std + beta, (centred / std, gamma, std)


def test_half_a_forward_pass(provers: dict[str, Prover]) -> None:
    """A forward pass that knows training mode only, and keeps no statistics, earns about half of the marks."""
    judge = provers["a4_batch_norm"].judge
    session = LocalSession(exchanged(judge.namespace, {"batchnorm_forward": forward}))
    (suite,) = (suite for suite in judge.suites if suite.exercise == "batchnorm_forward")
    assert judge.grade_exercise(suite, session).score == pytest.approx(2, abs=0.7)
