"""The dtype of the data is that of all that is computed from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.suite.contract.ordered import Flaw, ordered
from autograder.suite.expectations import Misfit, expect_dtype
from autograder.suite.gradients import gradients_of

Cases = Callable[[np.random.Generator], Iterator[tuple[Any, ...]]]
AS_FLOAT64 = """
    result = right({args})
    parts = result if isinstance(result, tuple) else (result,)
    parts = tuple(part.astype(float) if isinstance(part, np.ndarray) else part for part in parts)
    return parts if isinstance(result, tuple) else parts[0]
"""
AS_WIDEST = """
    wide = np.result_type(*(part for part in {among} if isinstance(part, np.ndarray) and part.dtype.kind == "f"))
    result = right({args})
    parts = result if isinstance(result, tuple) else (result,)
    parts = tuple(part.astype(wide) if isinstance(part, np.ndarray) else part for part in parts)
    return parts if isinstance(result, tuple) else parts[0]
"""


def keeps_dtype(
    function: str, cases: Cases, *, points: float, after: str | None = None, mixed: bool = True, sentence: str = ""
) -> Callable[..., None]:
    """Order the check that float32 data give float32 results, also in a dict that is filled.

    Parameters
    ----------
    function : str
        Its first argument is the data, whose dtype decides.
    cases : function of a Generator
        Yields the arguments of each call, in float64; arrays in dicts count too.
    mixed : bool
        Whether all other arrays are tried in float64 as well, besides in float32.
    points, after, sentence
        As for any check; the sentence has a default.
    """

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for args in cases(rng):
            first = _cast(args[0], np.float32)
            for rest in [_cast(args[1:], np.float32), *([_cast(args[1:], np.float64)] if mixed else [])]:
                _expect(getattr(student, function)(first.copy(), *rest), reference.result_names(function))
                for given, before in zip(rest, args[1:], strict=True):
                    if isinstance(given, dict):
                        _expect_new(given, before)

    flaws = [_in_float64(function), *([_widest(function, "[{args}]")] if mixed else [])]
    also = ", whatever the dtype of the other arrays" if mixed else ""
    return ordered(check, sentence or f"float32 data give float32 results{also}", points, after, flaws=flaws)


def keeps_dtype_back(pair: str, cases: Cases, *, points: float, after: str, mixed: bool = True) -> Callable[..., None]:
    """Order the check that ``<pair>_backward`` gives float32 gradients for a float32 `dout`, whatever the cache holds.

    A case is the arguments of ``<pair>_forward``, as a tuple, and the upstream gradient; ``mixed=False`` is for a cache
    without arrays.
    """
    backward = f"{pair}_backward"

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for args, dout in cases(rng):
            for forward in (_cast(args, np.float32), (_cast(args[0], np.float32), *args[1:]), args):
                got = gradients_of(student, pair, forward, dout.astype(np.float32))
                _expect(got, reference.result_names(backward))

    widest = _widest(backward, "[dout, *(cache if isinstance(cache, tuple) else (cache,))]")
    flaws = [_in_float64(backward), *([widest] if mixed else [])]
    sentence = "a float32 dout gives float32 gradients, whatever the dtype of what the cache holds"
    return ordered(check, sentence, points, after, flaws=flaws)


def _in_float64(function: str) -> Flaw:
    hint = "What you return is float64, whatever comes in. Which line changes the dtype, and which one could mend it?"
    return Flaw(f"{function}_in_float64", hint, {function: AS_FLOAT64})


def _widest(function: str, among: str) -> Flaw:
    hint = "Your result seems to take the dtype of the widest array that comes in. Whose does the stub name?"
    return Flaw(f"{function}_in_the_widest_dtype", hint, {function: AS_WIDEST.replace("{among}", among)})


def _expect(result: Any, names: Sequence[str]) -> None:
    parts = result if isinstance(result, tuple) else (result,)
    labels = names if len(names) == len(parts) else [f"result {i + 1}" for i in range(len(parts))]
    for part, name in zip(parts, labels, strict=True):
        if isinstance(part, (np.ndarray, Misfit)):
            expect_dtype(part, np.float32, name)


def _expect_new(given: dict[str, Any], before: dict[str, Any]) -> None:
    """Look at the arrays that a call put into a dict; those that it left there may be what they were."""
    for key, part in given.items():
        if isinstance(part, np.ndarray):
            expect_dtype(part, np.float32, f"{key!r} in the dict", unless=before.get(key))


def _cast(value: Any, dtype: type) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(dtype) if value.dtype.kind == "f" else value.copy()
    if isinstance(value, dict):
        return {key: _cast(part, dtype) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_cast(part, dtype) for part in value)
    return value
