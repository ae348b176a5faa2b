"""Marks functions of a suite: what is a check and how it counts, what is a right program, what a wrong one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
Replacement = TypeVar("Replacement", bound=Callable[..., Any] | type)


@dataclass(frozen=True)
class Check:
    """How a check counts: its share of the exercise's marks, and what must pass before it is tried."""

    weight: float
    visible: bool = False
    after: str | None = None


@dataclass(frozen=True)
class Replaces:
    """Which of the student's functions a variant or misconception stands in for, and the hint it carries."""

    functions: tuple[str, ...]
    hint: str | None = None


def points(weight: float, *, visible: bool = False, after: str | None = None) -> Callable[[F], F]:
    """Mark a test function as a check.

    Parameters
    ----------
    weight : float
        Its share of the exercise's marks, relative to the other checks of the file. Positive.
    visible : bool
        Whether the student's ``check(f)`` tries it too. A visible check may only call the student's functions
        and compare what they return with `reference`, because it is recorded and shipped as data.
    after : str, optional
        The name of a check that must pass first; otherwise this one is skipped, and earns nothing.

    Raises
    ------
    ValueError
        If `weight` is not positive, or the function has no docstring for the student to read.
    """
    if weight <= 0:
        raise ValueError(f"@points needs a positive weight. Got {weight!r}.")

    def mark(function: F) -> F:
        if not inspect.getdoc(function):
            raise ValueError(f"{function.__name__} needs a docstring: it is the sentence that the student reads.")
        function.__check__ = Check(weight, visible, after)  # type: ignore[attr-defined]
        return function

    return mark


def misconception(function: str, hint: str) -> Callable[[F], F]:
    """Mark a wrong version of the student's function `function`; `hint` names the idea, never the fix."""

    def mark(wrong: F) -> F:
        wrong.__replaces__ = Replaces((function,), hint)  # type: ignore[attr-defined]
        return wrong

    return mark


def variant(*functions: str) -> Callable[[Replacement], Replacement]:
    """Mark a correct version written differently; for several functions at once, decorate a class of them."""

    def mark(right: Replacement) -> Replacement:
        right.__replaces__ = Replaces(functions)  # type: ignore[union-attr]
        return right

    return mark


def replacement_functions(replacement: Callable[..., Any] | type) -> dict[str, Callable[..., Any]]:
    """Return the functions, by name, that a variant or misconception puts in place of the reference's."""
    names: tuple[str, ...] = replacement.__replaces__.functions  # type: ignore[union-attr]
    if inspect.isclass(replacement):
        return {name: getattr(replacement, name) for name in names}
    return {names[0]: replacement}
