"""Results at arguments that are easily taken for something else: zeros, axes of length 1, equal sizes, huge offsets."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from zeromean.checking.comparisons import TOLERANCE

from autograder.suite.contract.ordered import Flaw, ordered
from autograder.suite.expectations import expect_close, expect_dtype, expect_key
from autograder.suite.gradients import gradients_of

Cases = Callable[[np.random.Generator], Iterator[tuple[Any, ...]]]
SINGLE = 1e-4  # of a result in float32
SQUEEZED = """
    result = right({args})
    parts = result if isinstance(result, tuple) else (result,)
    parts = tuple(part.squeeze() if isinstance(part, np.ndarray) else part for part in parts)
    return parts if isinstance(result, tuple) else parts[0]
"""


def agrees(
    function: str,
    cases: Cases,
    *,
    sentence: str,
    points: float,
    after: str | None = None,
    tolerance: float = TOLERANCE,
    squeeze: bool = False,
) -> Callable[..., None]:
    """Order the check that a function does with the arguments of each case what the reference does.

    Compared are the results, a cache apart, and what every dict among the arguments holds afterwards, values and
    dtypes. Other checks, with oracles of their own, say what is right in general.

    Parameters
    ----------
    function : str
        What is called.
    cases : function of a Generator
        Yields the arguments of each call.
    sentence, points, after
        As for any check.
    tolerance : float
        Relative and absolute, for results in float64.
    squeeze : bool
        Whether the cases have axes of length 1, and a version that squeezes them away must fail.
    """

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for args in cases(rng):
            mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
            expected, got = getattr(reference, function)(*theirs), getattr(student, function)(*mine)
            names = reference.result_names(function)
            if function.endswith("_forward") and isinstance(expected, tuple):
                expected, got, names = expected[:-1], got[:-1], names[:-1]
            _compare(got, expected, names, tolerance)
            for left, right in zip(mine, theirs, strict=True):
                if isinstance(right, dict):
                    _compare_dicts(left, right, tolerance)

    return ordered(check, sentence, points, after, flaws=_squeezed(function) if squeeze else ())


def agrees_back(
    pair: str, cases: Cases, *, sentence: str, points: float, after: str | None = None, squeeze: bool = False
) -> Callable[..., None]:
    """Order the check that ``<pair>_backward`` gives the reference's gradients in each case.

    A case is the arguments of ``<pair>_forward``, as a tuple, and the upstream gradient; see `agrees` for the rest.
    """
    function = f"{pair}_backward"

    def check(student: Any, reference: Any, rng: np.random.Generator) -> None:
        for forward, dout in cases(rng):
            expected = gradients_of(reference, pair, forward, dout)
            _compare(gradients_of(student, pair, forward, dout), expected, reference.result_names(function), TOLERANCE)

    return ordered(check, sentence, points, after, flaws=_squeezed(function) if squeeze else ())


def given_zero(
    function: str, cases: Cases, name: str, *, points: float, after: str | None = None, default: float | None = None
) -> Callable[..., None]:
    """Order the check that a setting `name` that is given as 0 counts as given.

    It is a key of the last argument, a dict; or, with a `default`, a parameter of its own, given last.
    """
    if default is None:
        body = f"""
    settings = [{{args}}][-1]
    dropped = not settings.get({name!r}, 1)
    if dropped:
        del settings[{name!r}]
    result = right({{args}})
    if dropped:
        settings[{name!r}] = 0.0
    return result
"""
    else:
        body = f"{name} = {name} or {default}\nreturn right({{args}})"

    def zeroed(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
        for args in cases(rng):
            yield (*args[:-1], {**args[-1], name: 0.0}) if default is None else (*args, 0.0)

    check = agrees(function, zeroed, sentence=f"{name} = 0 is taken as given", points=points, after=after)
    hint = f"{name} = 0 seems to count as missing. What does `or` make of a 0?"
    check.__flaws__ = (Flaw(f"{function}_without_{name}_0", hint, {function: body}),)  # type: ignore[attr-defined]
    return check


def _squeezed(function: str) -> Sequence[Flaw]:
    hint = "You seem to squeeze away every axis of length 1. What is left of the shape when there is one feature?"
    return (Flaw(f"{function}_squeezed", hint, {function: SQUEEZED}),)


def _compare(got: Any, expected: Any, names: Sequence[str], tolerance: float) -> None:
    many = isinstance(expected, tuple)
    wanted, mine = (expected, got) if many else ((expected,), (got,))
    labels = names if len(names) == len(wanted) else [f"result {i + 1}" for i in range(len(wanted))]
    for part, right, name in zip(mine, wanted, labels, strict=True):
        _compare_one(part, right, name, tolerance)


def _compare_dicts(left: dict[str, Any], right: dict[str, Any], tolerance: float) -> None:
    for key, value in right.items():
        expect_key(left, key)
        _compare_one(left[key], value, f"[{key!r}]", tolerance)


def _compare_one(part: Any, right: Any, name: str, tolerance: float) -> None:
    single = isinstance(right, np.ndarray) and right.dtype == np.float32
    near = max(tolerance, SINGLE) if single else tolerance
    expect_close(part, right, name, rtol=near, atol=near)
    if isinstance(right, np.ndarray):
        expect_dtype(part, right.dtype, name)
