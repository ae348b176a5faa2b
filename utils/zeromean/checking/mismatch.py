"""Says in one sentence how what came differs from what was expected: shape first, then type, then values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

_KINDS = {"f": "floating-point numbers", "i": "integers", "u": "integers", "b": "True/False"}


def describe_mismatch(
    got: Any, expected: Any, what: str = "out", *, rtol: float = 1e-9, atol: float = 1e-9
) -> str | None:
    """Describe how `got` differs from `expected`, or return None if they agree.

    Parameters
    ----------
    got, expected : array, number, bool, str, None, or a tuple, list or dict of these
        Compared recursively. A list may stand for a tuple, and a 0-d array for a number. NaN agrees with NaN,
        and an infinity with itself; float32 and float64 are both floating-point numbers.
    what : str
        What is compared, as the reader knows it: ``"dx"``, ``"bn_param['running_mean']"``.
    rtol, atol : float
        Two numbers agree when ``|got - expected| <= atol + rtol * |expected|``.

    Returns
    -------
    str or None
        One sentence without a full stop, such as "dx: 12 of 20 entries differ; the worst is dx[3, 1]: got
        1.25, expected 0.83".

    Examples
    --------
    >>> describe_mismatch(np.zeros((2, 3)), np.zeros((3, 2)), "dW")
    'dW has shape (2, 3), expected (3, 2): transposed?'
    >>> describe_mismatch([1.0, 2.5], [1.0, 2.0], "state")
    'state[1]: got 2.5, expected 2'
    """
    if type(got) is np.ndarray and type(expected) is np.ndarray:
        if _agree_at_once(got, expected, rtol, atol):
            return None
    elif isinstance(got, float) and isinstance(expected, float) and abs(got - expected) <= atol:
        return None
    if isinstance(expected, dict):
        return _describe_dict(got, expected, what, rtol, atol)
    if isinstance(expected, (tuple, list)):
        return _describe_sequence(got, expected, what, rtol, atol)
    if _is_number(expected):
        return _describe_numbers(got, expected, what, rtol, atol)
    if type(got) is not type(expected):
        return f"{what} is {_name(got)}, expected {_name(expected)}"
    return None if got == expected else f"{what} is {got!r}, expected {expected!r}"


def differs(got: np.ndarray, expected: np.ndarray, *, rtol: float = 1e-9, atol: float = 1e-9) -> np.ndarray:
    """Mark the entries that do not agree; both arrays have the same shape.

    Parameters
    ----------
    got, expected : ndarray of numbers or bools, same shape
    rtol, atol : float
        As in `describe_mismatch`.

    Returns
    -------
    ndarray of bool, same shape
    """
    with np.errstate(all="ignore"):
        if {got.dtype.kind, expected.dtype.kind} - set("fiuc"):
            return np.asarray(got != expected)
        close = np.abs(got - expected) <= atol + rtol * np.abs(expected)
        if not np.isfinite(expected).all() or not np.isfinite(got).all():
            same = (got == expected) | (np.isnan(got) & np.isnan(expected))
            close = np.where(np.isfinite(got) & np.isfinite(expected), close, same)
        return np.asarray(~close)


def _agree_at_once(got: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether two arrays agree in the plainest way; kept fast, because it is the common case."""
    if got.shape != expected.shape or got.dtype.kind != "f" or expected.dtype.kind != "f":
        return False
    with np.errstate(all="ignore"):
        distance = np.abs(got - expected)
        return bool((distance <= atol).all() or (distance <= atol + rtol * np.abs(expected)).all())


def _describe_dict(got: Any, expected: dict[Any, Any], what: str, rtol: float, atol: float) -> str | None:
    if not isinstance(got, dict):
        return f"{what} is {_name(got)}, expected a dict"
    for key in expected:
        if key not in got:
            return f"{what} has no {key!r}; it has {', '.join(map(repr, got)) or 'no keys at all'}"
    for key in got:
        if key not in expected:
            return f"{what} has {key!r}, which is not expected"
    pairs = ((got[key], value, f"{what}[{key!r}]") for key, value in expected.items())
    return next((m for g, e, w in pairs if (m := describe_mismatch(g, e, w, rtol=rtol, atol=atol))), None)


def _describe_sequence(
    got: Any, expected: tuple[Any, ...] | list[Any], what: str, rtol: float, atol: float
) -> str | None:
    if not isinstance(got, (tuple, list)):
        return f"{what} is {_name(got)}, expected a {type(expected).__name__} of {len(expected)}"
    if len(got) != len(expected):
        return f"{what} has {len(got)} {'part' if len(got) == 1 else 'parts'}, expected {len(expected)}"
    pairs = ((g, e, f"{what}[{i}]") for i, (g, e) in enumerate(zip(got, expected, strict=True)))
    return next((m for g, e, w in pairs if (m := describe_mismatch(g, e, w, rtol=rtol, atol=atol))), None)


def _describe_numbers(got: Any, expected: Any, what: str, rtol: float, atol: float) -> str | None:
    if not _is_number(got):
        wanted = _name(expected) if np.ndim(expected) else "a number"
        return f"{what} is {_name(got)}, expected {wanted}"
    g, e = np.asarray(got), np.asarray(expected)
    if g.shape != e.shape:
        if not isinstance(got, np.ndarray):
            return f"{what} is {_name(got)}, expected {_name(expected)}"
        return f"{what} has shape {g.shape}, expected {e.shape or 'a single number'}{_shape_idea(g.shape, e.shape)}"
    if not _kind_agrees(g, e):
        return f"{what} holds {_kind(g)} ({g.dtype}), expected {_kind(e)}"
    wrong = differs(g, e, rtol=rtol, atol=atol)
    return _describe_values(g, e, wrong, what) if wrong.any() else None


def _describe_values(got: np.ndarray, expected: np.ndarray, wrong: np.ndarray, what: str) -> str:
    """Say how many entries are wrong, and show the worst; NaN and infinities come before all else."""
    for test, name in ((np.isnan, "nan"), (np.isinf, "infinite")):
        strange = wrong & test(got)
        if got.ndim and strange.any():
            first = _worst(strange)
            count = f"{np.count_nonzero(strange)} of {got.size} {_entries(got.size)} {_are(strange)} {name}"
            return f"{what}: {count}; the first is {what}{list(first)}, expected {_digits(expected[first])}"
    with np.errstate(all="ignore"):
        size = wrong if got.dtype.kind not in "fiuc" else np.where(wrong, np.abs(got - expected), -1.0)
    index = _worst(np.nan_to_num(size, nan=np.inf))
    values = _pair(got[index], expected[index])
    if not got.ndim:
        return f"{what}: {values}"
    verb = "differs" if np.count_nonzero(wrong) == 1 else "differ"
    count = f"{np.count_nonzero(wrong)} of {got.size} {_entries(got.size)} {verb}"
    return f"{what}: {count}; the worst is {what}{list(index)}: {values}"


def _worst(size: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(size)), size.shape))


def _entries(count: int) -> str:
    return "entry" if count == 1 else "entries"


def _are(mask: np.ndarray) -> str:
    return "is" if np.count_nonzero(mask) == 1 else "are"


def _pair(got: Any, expected: Any) -> str:
    """Print two numbers with just enough digits that they look different."""
    if not isinstance(got, np.number):
        return f"got {got}, expected {expected}"
    for digits in range(4, 18):
        left, right = _digits(got, digits), _digits(expected, digits)
        if left != right:
            break
    return f"got {left}, expected {right}"


def _digits(value: Any, digits: int = 4) -> str:
    number = value.item()
    try:
        return f"{number:.{digits}g}"
    except OverflowError:  # an integer that is larger than any float
        return f"{Decimal(number).normalize():.{digits}g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic, float, int, complex)) and not isinstance(value, np.str_)


def _kind_agrees(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the dtypes are of one kind; a single number may be an integer where a float is expected."""
    kinds = got.dtype.kind.replace("u", "i"), expected.dtype.kind.replace("u", "i")
    return kinds[0] == kinds[1] or (not got.ndim and set(kinds) <= {"i", "f"})


def _kind(array: np.ndarray) -> str:
    return _KINDS.get(array.dtype.kind, "something else than numbers")


def _shape_idea(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if len(got) > 1 and got == expected[::-1]:
        return ": transposed?"
    if len(got) > 1 and sorted(got) == sorted(expected):
        return ": axes in another order?"
    if [n for n in got if n != 1] == [n for n in expected if n != 1]:
        return f": an axis of length 1 too {'many' if len(got) > len(expected) else 'few'}?"
    return ""


def _name(value: Any) -> str:
    """Name a value's type in words."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, (bool, np.bool_, int, float, np.number)):
        return f"the number {_digits(np.asarray(value), 6)}" if not isinstance(value, (bool, np.bool_)) else str(value)
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
