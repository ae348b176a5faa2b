"""Marks functions of a suite: what is a check and how it counts, what is a right program, what a wrong one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

ARROW = " -> "
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
    """Which of the student's functions a variant or misconception stands in for, and what else is known of it.

    A misconception carries a hint, and the names of those that do the same; a variant, the changes that change nothing.
    """

    functions: tuple[str, ...]
    hint: str | None = None
    same_as: tuple[str, ...] = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Equivalents:
    """Changes of the reference's function `function` that change nothing, and why."""

    function: str
    reasons: Mapping[str, str]


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


def misconception(
    *functions: str, hint: str, same_as: str | tuple[str, ...] = ()
) -> Callable[[Replacement], Replacement]:
    """Mark a wrong version of the student's functions; for several at once, decorate a class of them.

    Parameters
    ----------
    *functions : str
        The functions whose place it takes.
    hint : str
        The sentence for a student who has this idea: it names the idea, never the fix.
    same_as : str or tuple of str
        Misconceptions of the same suite with the same effect, whose hints are as right as this one. An empty string
        stands for no hint at all, where nothing that comes back can show the idea.

    Raises
    ------
    ValueError
        If there is no function or no hint.
    """
    if not functions or not hint:
        raise ValueError(f"@misconception needs a function and a hint. Got {functions!r} and {hint!r}.")

    def mark(wrong: Replacement) -> Replacement:
        mates = (same_as,) if isinstance(same_as, str) else tuple(same_as)
        wrong.__replaces__ = Replaces(functions, hint, mates)  # type: ignore[union-attr]
        return wrong

    return mark


def variant(*functions: str, equivalent: Mapping[str, str] | None = None) -> Callable[[Replacement], Replacement]:
    """Mark a correct version written differently; for several functions at once, decorate a class of them.

    Parameters
    ----------
    *functions : str
        The functions whose place it takes.
    equivalent : mapping of str to str, optional
        Changes ``"before -> after"`` of one expression that change nothing that could be noticed, each with its
        reason. The proof of a suite makes every small change of a variant, and asks that a check notices.

    Raises
    ------
    ValueError
        If there is no function, or a change has no arrow or no reason.
    """
    if not functions:
        raise ValueError("@variant needs the name of a function.")
    reasons = _reasons(equivalent or {})

    def mark(right: Replacement) -> Replacement:
        right.__replaces__ = Replaces(functions, equivalent=reasons)  # type: ignore[union-attr]
        return right

    return mark


def equivalent(function: str, reasons: Mapping[str, str]) -> Equivalents:
    """Say which changes of the reference's own function change nothing; give it a name in the suite.

    Parameters
    ----------
    function : str
        The function of the reference.
    reasons : mapping of str to str
        ``"before -> after"``, and why nobody can notice.

    Raises
    ------
    ValueError
        If a change has no arrow or no reason.

    Examples
    --------
    >>> HARMLESS = equivalent("double", {"x * 2 -> 2 * x": "multiplication commutes"})
    >>> HARMLESS.function
    'double'
    """
    return Equivalents(function, _reasons(reasons))


def _reasons(changes: Mapping[str, str]) -> dict[str, str]:
    for change, reason in changes.items():
        if ARROW not in change or not reason:
            raise ValueError(f"An equivalent change is written `before{ARROW}after`, with a reason. Got {change!r}.")
    return dict(changes)


def replacement_functions(replacement: Callable[..., Any] | type) -> dict[str, Callable[..., Any]]:
    """Return the functions, by name, that a variant or misconception puts in place of the reference's."""
    names: tuple[str, ...] = replacement.__replaces__.functions  # type: ignore[union-attr]
    if inspect.isclass(replacement):
        return {name: getattr(replacement, name) for name in names}
    return {names[0]: replacement}
