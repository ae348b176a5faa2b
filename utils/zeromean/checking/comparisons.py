"""The ways in which a check can look at what came back, by name: the grade and ``check(f)`` ask the same question.

Each takes what came, what was expected (None where the question needs no answer to compare with), the name by which
the student knows it, and its own options; it returns what is wrong in one sentence without a full stop, or "".
An answer that is not unique has a question of its own: a whitening is one up to turns, an initializer up to its draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zeromean.checking.mismatch import describe_mismatch

TOLERANCE = 1e-9
SIGMAS = 5.0


def close(got: Any, expected: Any, what: str, *, rtol: float = TOLERANCE, atol: float = TOLERANCE) -> str:
    """Ask whether every entry is within ``atol + rtol*|expected|``, in the shape that is expected."""
    return describe_mismatch(got, expected, what, rtol=rtol, atol=atol) or ""


def unchanged(now: Any, before: Any, what: str) -> str:
    """Ask whether an array that was handed over is, to the last bit, what it was."""
    if np.array_equal(now, before, equal_nan=True):
        return ""
    return f"your function changed `{what}`, an array it was given. Work on a copy."


def of_dtype(got: Any, expected: Any, what: str, *, dtype: str, unless: Any = None) -> str:
    """Ask for the dtype alone; what still holds the values `unless` was not made by the call, and may have any."""
    if unless is not None and np.array_equal(got, unless):
        return ""
    mine, right = np.asarray(got).dtype, np.dtype(dtype)
    return "" if mine == right else f"{what} has dtype {mine}, expected {right}."


def has_key(got: Any, expected: Any, what: str, *, key: Any) -> str:
    """Ask whether a dict that was handed over still has one of its keys, or has it now."""
    return "" if key in got else f"after the call, {key!r} is missing in {what}"


def same_again(got: Any, expected: Any, what: str, *, atol: float = 1e-7) -> str:
    """Ask of a pair whether the result of a second call, given the same, is that of the first."""
    now, then = got
    message = close(now, then, what, rtol=atol, atol=atol)
    return f"In a second call, {message}. Does the first one edit something in the cache?" if message else ""


def up_to_sign(got: Any, expected: Any, what: str, *, rtol: float = TOLERANCE, atol: float = TOLERANCE) -> str:
    """Ask whether every column is what is expected or its opposite: eigenvectors have no sign of their own."""
    mine, right = np.asarray(got), np.asarray(expected)
    if mine.shape != right.shape or right.ndim != 2:
        return close(got, expected, what)
    signs = np.where((mine * right).sum(axis=0) < 0, -1.0, 1.0)
    message = close(mine * signs, right, what, rtol=rtol, atol=atol)
    return f"{message} (the sign of a column does not matter)" if message else ""


def whitened(got: Any, expected: Any, what: str, *, atol: float = 1e-6) -> str:
    """Ask whether the rows have mean 0 and, as covariance, `expected` or else the identity: turns do not matter."""
    rows = np.asarray(got)
    if rows.ndim != 2:
        return f"{what} has shape {rows.shape}, expected one example per row"
    mean = rows.mean(axis=0)
    wanted = np.eye(rows.shape[1]) if expected is None else expected
    message = close(mean, np.zeros_like(mean), f"the mean of {what} over the examples", rtol=0, atol=atol)
    return message or close((rows - mean).T @ (rows - mean) / len(rows), wanted, f"the covariance of {what}", atol=atol)


def orthogonal(got: Any, expected: Any, what: str, *, scale: float = 1.0, atol: float = TOLERANCE) -> str:
    """Ask whether the rows or the columns of a matrix, whichever are fewer, are orthogonal and of length `scale`."""
    matrix = np.asarray(got)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        return f"{what} is not a matrix of finite numbers"
    side, gram = ("rows", matrix @ matrix.T) if len(matrix) <= matrix.shape[1] else ("columns", matrix.T @ matrix)
    lengths = np.sqrt(gram.diagonal())
    off = int(np.abs(lengths - scale).argmax())
    if abs(lengths[off] - scale) > atol:
        return f"the {side} of {what} should have length {scale:.4g}; that of number {off} is {lengths[off]:.4g}"
    worst = np.abs(gram - np.diag(gram.diagonal())).max(initial=0.0)
    return "" if worst <= atol else f"the {side} of {what} are not orthogonal: two have the product {worst:.3g}"


def moments(got: Any, expected: Any, what: str, *, std: float, mean: float = 0.0, kurtosis: float = 3.0) -> str:
    """Ask whether independent draws have this mean, spread and shape, each within five standard errors."""
    draws = np.asarray(got, dtype=float).ravel()
    if not np.isfinite(draws).all():
        return f"{what} holds numbers that are not finite"
    n, deviations = draws.size, draws - draws.mean()
    spread = float(np.sqrt((deviations**2).mean()))
    if abs(spread / std - 1) > SIGMAS * np.sqrt((kurtosis - 1) / (4 * n)):
        return f"{what} has standard deviation {spread:.4g}, expected {std:.4g}"
    if abs(draws.mean() - mean) > SIGMAS * std / np.sqrt(n):
        return f"{what} has mean {draws.mean():.3g}, expected {mean:.3g}"
    shape = float((deviations**4).mean() / spread**4)
    if abs(shape - kurtosis) > SIGMAS * np.sqrt(24 / n):
        return f"{what} has kurtosis {shape:.2f}, expected {kurtosis:.2f}: are its draws those of the distribution?"
    return ""


def same_affine_map(got: Any, expected: Any, what: str, *, inputs: Any, atol: float = 1e-7) -> str:
    """Ask whether (c, U, V, d) map rows h as ``(h - c) U V + d``, whatever U is, to what is expected."""
    shift, turn, weights, bias = (np.asarray(part) for part in got)
    with np.errstate(all="ignore"):
        return close((inputs - shift) @ turn @ weights + bias, expected, what, atol=atol)


def drawn_from(got: Any, expected: Any, what: str) -> str:
    """Ask whether a random generator has moved on from the state that it had, `expected`."""
    if got.bit_generator.state != expected.bit_generator.state:
        return ""
    return f"no number was drawn from `{what}`, the random generator that was handed over"


_PLAIN = (close, unchanged, of_dtype, has_key, same_again)
_PROPERTIES = (up_to_sign, whitened, orthogonal, moments, same_affine_map, drawn_from)
COMPARISONS: dict[str, Callable[..., str]] = {rule.__name__: rule for rule in (*_PLAIN, *_PROPERTIES)}
