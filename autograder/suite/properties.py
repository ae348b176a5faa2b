"""What a check asks of an answer that is not unique: a property, by name, in place of equality with one answer.

Each is shipped by its name when the check is visible, so ``check(f)`` asks the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from zeromean.checking.comparisons import COMPARISONS, TOLERANCE

from autograder.suite.expectations import CheckFailed, Misfit
from autograder.suite.listening import tell


def expect_up_to_sign(
    got: Any, expected: Any, what: str = "out", *, rtol: float = TOLERANCE, atol: float = TOLERANCE
) -> None:
    """Fail unless each column of the matrix `got` (D, K) is that of `expected` or its opposite."""
    _expect("up_to_sign", got, expected, what, rtol=rtol, atol=atol)


def expect_whitened(got: Any, what: str = "out", *, covariance: Any = None, atol: float = 1e-6) -> None:
    """Fail unless the rows of `got` (N, D) have mean 0 and this `covariance` (D, D), the identity if None."""
    _expect("whitened", got, covariance, what, atol=atol)


def expect_orthogonal(got: Any, what: str = "out", *, scale: float = 1.0, atol: float = TOLERANCE) -> None:
    """Fail unless the rows or columns of `got`, whichever are fewer, are orthogonal and of length `scale`."""
    _expect("orthogonal", got, None, what, scale=scale, atol=atol)


def expect_moments(got: Any, std: float, what: str = "out", *, mean: float = 0.0, kurtosis: float = 3.0) -> None:
    """Fail unless the independent draws `got` have this spread, mean and kurtosis, within five standard errors each."""
    _expect("moments", got, None, what, std=float(std), mean=float(mean), kurtosis=float(kurtosis))


def expect_same_affine_map(
    parts: tuple[Any, Any, Any, Any],
    inputs: np.ndarray,
    expected: np.ndarray,
    what: str = "the map",
    *,
    atol: float = 1e-7,
) -> None:
    """Fail unless (c, U, V, d) map the rows h of `inputs` as ``(h - c) U V + d`` to the rows of `expected`."""
    _expect("same_affine_map", parts, expected, what, inputs=inputs, atol=atol)


def expect_drawn_from(rng: np.random.Generator, before: np.random.Generator, what: str = "rng") -> None:
    """Fail unless numbers were drawn from `rng`, which was in the state of the copy `before`."""
    _expect("drawn_from", rng, before, what)


def _expect(comparison: str, got: Any, expected: Any, what: str, **options: Any) -> None:
    tell(comparison, got, expected, what, **options)
    for part in got if isinstance(got, tuple) else (got,):
        if isinstance(part, Misfit):
            part.fail()
    with np.errstate(all="ignore"):
        message = COMPARISONS[comparison](got, expected, what, **options)
    if message:
        raise CheckFailed(message)
