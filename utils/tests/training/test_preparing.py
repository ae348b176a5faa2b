"""Six ways to prepare data: what each promises of the data that it was found from."""

from __future__ import annotations

import numpy as np
import pytest
from zeromean.training import preparing

X = np.random.default_rng(0).normal(size=(200, 4)) @ np.random.default_rng(1).normal(size=(4, 4)) + [3, 0, -1, 100]


def prepared(kind: str, x: np.ndarray, eps: float = 0.0) -> np.ndarray:
    """Return the data after one preparation."""
    shift, matrix = preparing.fit(kind, x, eps)
    found: np.ndarray = (x - shift) @ matrix
    return found


@pytest.mark.parametrize("kind", ["centred", "both", "decorrelated", "whitened"])
def test_mean(kind: str) -> None:
    """What is centred has mean 0."""
    np.testing.assert_allclose(prepared(kind, X).mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("kind", ["scaled", "both", "whitened"])
def test_spread(kind: str) -> None:
    """What is scaled has standard deviation 1."""
    np.testing.assert_allclose(prepared(kind, X).std(axis=0), 1, rtol=1e-9)


@pytest.mark.parametrize("kind", ["decorrelated", "whitened"])
def test_correlation(kind: str) -> None:
    """What is decorrelated has a diagonal covariance; whitening by a symmetric matrix stays near."""
    covariance = np.cov(prepared(kind, X).T)
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-9)
    matrix = preparing.fit("whitened", X)[1]
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)


def test_eps() -> None:
    """With eps, a direction of variance l is whitened to l / (l + eps)."""
    before, after = (np.linalg.eigvalsh(np.cov(x.T, bias=True)) for x in (X, prepared("whitened", X, 0.5)))
    np.testing.assert_allclose(after, np.sort(before / (before + 0.5)), rtol=1e-9)


@pytest.mark.parametrize("kind", preparing.KINDS)
def test_what_never_varies_stays(kind: str) -> None:
    """A constant feature gives no NaN, and fewer examples than features neither."""
    dead = np.hstack([X, np.full((len(X), 1), 7.0)])
    assert np.isfinite(prepared(kind, dead)).all()
    assert np.isfinite(prepared(kind, X[:3])).all()


def test_unknown_kind() -> None:
    """A kind that does not exist is refused, and those that exist are named."""
    with pytest.raises(ValueError, match=r"kind is one of raw, centred, .*\. Got 'white'\."):
        preparing.fit("white", X)
