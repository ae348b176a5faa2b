"""The assignments of the course: what they say and how they are judged is tested here, for each of them alike."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.authoring import course
from autograder.authoring.course import Assignment
from autograder.authoring.proof import Prover
from autograder.judge.reference import Reference
from autograder.tests.assignments.notebook import Notebook, run_all
from autograder.tests.assignments.text import Text

CLAIMS = Path(__file__).parent / "claims"
GIVEN = {"solution", "says", "notebook", "prover"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try each assignment; each of its exercises, functions, formulas and claims, where a test asks for one."""
    every = course.assignments()
    kinds: dict[str, Callable[[str], list[Any]]] = {
        "exercise": lambda name: [cell.name for cell in course.load(name).exercises],
        "function": lambda name: [f for cell in course.load(name).exercises for f in cell.functions],
        "formula": lambda name: list(claims_of(name).FORMULAS) if has_claims(name) else [],
        "claim": lambda name: list(claims_in(claims_of(name))) if has_claims(name) else [],
    }
    for kind, listed in kinds.items():
        if kind in metafunc.fixturenames:
            found = [(name, entry) for name in every for entry in listed(name)]
            ids = [f"{name}-{entry}" if kind != "formula" else None for name, entry in found]
            metafunc.parametrize(("name", kind), found, ids=ids, scope="session")
            return
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", every, scope="session")


def has_claims(name: str) -> bool:
    """Whether there is a file that vouches for what an assignment says."""
    return (CLAIMS / f"{name}.py").is_file()


def claims_of(name: str) -> ModuleType:
    """Return the file that vouches for what an assignment says."""
    return importlib.import_module(f"autograder.tests.assignments.claims.{name}")


def claims_in(module: ModuleType) -> Iterator[str]:
    """Yield the functions that ask for a solution, a text, a notebook or a judge, and for nothing else, formulas left out."""
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            wanted = wants(value)
            if wanted and wanted <= GIVEN and value not in module.FORMULAS.values():
                yield name


def wants(function: Callable[..., Any]) -> set[str]:
    """Return the names of what a claim asks for."""
    return set(inspect.signature(function).parameters)


@functools.cache
def _solution(name: str) -> dict[str, Any]:
    return Reference(course.load(name).reference_cells).namespace


@functools.cache
def _text(name: str) -> Text:
    return Text(course.load(name))


@functools.cache
def _notebook(name: str, solved: bool, predicted: bool) -> Notebook:
    return run_all(course.load(name), solved=solved, predicted=predicted)


@functools.cache
def _prover(name: str) -> Prover:
    return Prover(course.load(name))


@pytest.fixture
def assignment(name: str) -> Assignment:
    """Return the assignment called `name`."""
    return course.load(name)


@pytest.fixture
def prover(name: str) -> Prover:
    """Return what proves the suites of an assignment; its judge is made once, if something is to be proved."""
    return _prover(name)


@pytest.fixture
def solution(name: str) -> dict[str, Any]:
    """Return the names that the reference solution defines."""
    return dict(_solution(name))


@pytest.fixture
def says(name: str) -> Text:
    """Return the text of the assignment."""
    return _text(name)


@pytest.fixture
def notebook(name: str) -> Notebook:
    """Return the notebook, solved and with every prediction made."""
    return _notebook(name, True, True)


@pytest.fixture
def untouched(name: str) -> Notebook:
    """Return the notebook as it was handed out."""
    return _notebook(name, False, False)


@pytest.fixture
def unpredicted(name: str) -> Notebook:
    """Return the notebook solved, without a guess."""
    return _notebook(name, True, False)
