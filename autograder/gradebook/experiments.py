"""Which cell an answer is judged by, and what is said when later cells changed what it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.authoring.course import Assignment
from autograder.gradebook.answers import defined
from autograder.judge.record import ExerciseResult


def home_cells(assignment: Assignment, cells: Sequence[tuple[str, str]]) -> dict[int, list[str]]:
    """Return by position in `cells`, (id, source) each, the functions that are judged as that cell defines them.

    A function's home is the cell of its exercise; if that does not define it, the last one that does.
    """
    homes: dict[int, list[str]] = {}
    for exercise in assignment.exercises:
        for function in exercise.functions:
            there = [n for n, (_, source) in enumerate(cells) if function in source and function in defined(source)]
            own = [n for n in there if cells[n][0] == exercise.id]
            for position in (own or there)[-1:]:
                homes.setdefault(position, []).append(function)
    return homes


def said_of(
    assignment: Assignment, changed: Mapping[str, Sequence[str]], results: Sequence[ExerciseResult]
) -> tuple[list[str], list[str]]:
    """Return sentences about answers that later cells changed: those that a person should look at, and the others.

    Where the answer earned all its marks, no other reading could have earned more, and nobody is asked.
    """
    functions = {exercise.name: exercise.functions for exercise in assignment.exercises}
    ask: list[str] = []
    tell: list[str] = []
    for result in results:
        for function in functions[result.name]:
            sentence = _sentence(function, changed.get(function, ()))
            if sentence:
                (tell if result.score == result.points else ask).append(sentence)
    return ask, tell


def _sentence(function: str, changed: Sequence[str]) -> str:
    if not changed:
        return ""
    others = [f"`{name}`" for name in changed if name != function]
    what = " and ".join(filter(None, [f"`{function}` itself" * (function in changed), ", ".join(others)]))
    return f"`{function}` was judged as its own cell defined it: a later cell changed or deleted {what}."
