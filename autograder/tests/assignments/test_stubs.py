"""A stub says all that a student needs: parameters and results with shapes, what is raised, an example that runs."""

from __future__ import annotations

import ast
import doctest
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from numpydoc.docscrape import FunctionDoc, Parameter

from autograder.authoring.course import Assignment


@pytest.fixture
def doc(solution: dict[str, Any], function: str) -> FunctionDoc:
    """Return the docstring of a function, as numpydoc reads it."""
    return FunctionDoc(solution[function])


def test_parameters_are_those_of_the_signature(solution: dict[str, Any], function: str, doc: FunctionDoc) -> None:
    """Each parameter is described, in order and with its type; arrays with their shapes."""
    assert list(names(doc["Parameters"])) == list(inspect.signature(solution[function]).parameters)
    assert [entry.name for entry in doc["Parameters"] if not complete(entry)] == []


def test_results_are_described(doc: FunctionDoc) -> None:
    """Each result has a name and a type; arrays have their shapes."""
    assert doc["Returns"]
    assert [entry for entry in doc["Returns"] if not entry.name or not complete(entry)] == []


def test_what_is_raised_is_described(assignment: Assignment, function: str, doc: FunctionDoc) -> None:
    """Each exception that the solution raises stands under "Raises", with the reason."""
    (cell,) = (cell for cell in assignment.exercises if function in cell.functions)
    (definition,) = (node for node in ast.parse(cell.source).body if getattr(node, "name", "") == function)
    raised = {ast.unparse(node.exc).partition("(")[0] for node in ast.walk(definition) if isinstance(node, ast.Raise)}
    assert raised <= {entry.type for entry in doc["Raises"] if entry.desc}


def test_example_runs(solution: dict[str, Any], function: str) -> None:
    """The example gives what it says."""
    (test,) = doctest.DocTestFinder(recurse=False).find(solution[function], function, globs=solution)
    assert test.examples, f"{function} has no example"
    assert doctest.DocTestRunner().run(test).failed == 0


def names(entries: list[Parameter]) -> Iterator[str]:
    """Yield the names of entries such as ``gamma, beta : ndarray``."""
    for entry in entries:
        yield from (name.strip() for name in entry.name.split(","))


def complete(entry: Parameter) -> bool:
    """Whether an entry has a type, and a shape if it is an array."""
    return bool(entry.type) and ("ndarray" not in entry.type or "shape (" in entry.type)
