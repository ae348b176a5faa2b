"""Says what simple step leads from the right number to the wrong one; a single number says less than an array."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import permutations

import numpy as np

NEAR = 1e-9
LARGEST = 12  # of numerator and denominator of a simple factor
Step = tuple[float, str]


def step_to(got: float, expected: float) -> str:
    """Say how a number is made from the right one; of a small whole number any step could be, so "" of that."""
    whole = expected == round(expected)
    if got == 0 or (whole and abs(expected) <= LARGEST):
        return ""
    return ("" if whole else _first(got, _steps(expected))) or _times(got / expected)


def step_by(got: float, expected: float, given: Mapping[str, np.ndarray]) -> str:
    """Say which arguments lead from the right number to the wrong one: one that is missing, or in another's place."""
    single = {
        name: array.item() for name, array in given.items() if array.size == 1 and abs(array.item()) not in (0, 1)
    }
    if expected == 0 or got == 0:
        return ""
    return (
        _first(got, _steps_of_one(expected, single))
        or _first(got, ((expected * n, says) for n, says in _lengths(given, "times")))
        or _first(got, ((expected / n, says) for n, says in _lengths(given, "a part of")))
        or _first(got, _steps_of_two(expected, single))
    )


def _steps(right: float) -> Iterator[Step]:
    yield 1 / right, "It is one over what it should be."
    yield 1 - right, "It is one minus what it should be."
    yield right**2, "It is the square of what it should be."
    yield right + 1, "It is one more than it should be."
    yield right - 1, "It is one less than it should be."
    if right > 0:
        yield math.sqrt(right), "It is the root of what it should be."
        yield math.log(right), "It is the logarithm of what it should be."
    if right < 100:
        yield math.exp(right), "What it should be is its logarithm."


def _times(ratio: float) -> str:
    """Name a factor that is a fraction of small whole numbers."""
    if not 1 / LARGEST <= abs(ratio) <= LARGEST:
        return ""
    fraction = Fraction(ratio).limit_denominator(LARGEST)
    if abs(fraction.numerator) > LARGEST or abs(ratio / float(fraction) - 1) > NEAR:
        return ""
    return f"It is {'minus' if fraction == -1 else f'{fraction} times'} what it should be."


def _steps_of_one(right: float, single: Mapping[str, float]) -> Iterator[Step]:
    for name, value in single.items():
        yield right * value, f"It is multiplied by `{name}` once too often."
        yield right / value, f"It lacks the factor `{name}`, or is divided by it once too often."
        yield value / right, f"It is `{name}` divided by what it should be."
        yield value**2 / right, f"It is `{name}` divided by what it should be multiplied by."
        yield value - right, f"It is `{name}` minus what it should be."
        yield right - value, f"It is too small by just `{name}`."
        yield right + value, f"It is too large by just `{name}`."
        yield right * value**2, f"It is multiplied by `{name}` where it should be divided by it."
        yield right / value**2, f"It is divided by `{name}` where it should be multiplied by it."


def _steps_of_two(right: float, single: Mapping[str, float]) -> Iterator[Step]:
    for one, other in permutations(single, 2):
        yield right * single[one] / single[other], f"It has `{one}` where `{other}` should be."


def _lengths(given: Mapping[str, np.ndarray], how: str) -> Iterator[Step]:
    for name, array in given.items():
        for length in dict.fromkeys((*array.shape, array.size)):
            if length > 1:
                factor = f"{length} times" if how == "times" else f"1/{length} of"
                axis = f"an axis of length {length}" if length in array.shape else f"{length} entries"
                yield length, f"It is {factor} what it should be, and `{name}` has {axis}."


def _first(got: float, steps: Iterator[Step]) -> str:
    return next((says for number, says in steps if abs(got - number) <= NEAR * abs(number)), "")
