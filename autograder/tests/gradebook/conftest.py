"""A small course for the tests of this room: two exercises, a scratch cell, a figure and a question."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

from autograder.authoring.course import Assignment, parse
from autograder.authoring.notebooks import source_notebook
from autograder.gradebook.records import open_gradebook

SOURCE = '''\
# %% [markdown]
# # A small assignment

# %%
import numpy as np

# %% exercise="double" points=2
def double(x):
    """Return twice `x`."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% check="double"
check(double)

# %% scratch=true
prediction = None

# %% exercise="pair" points=4
def first(x):
    """Return the first."""
    ### BEGIN SOLUTION
    return x[0]
    ### END SOLUTION


def last(x):
    """Return the last."""
    ### BEGIN SOLUTION
    return x[-1]
    ### END SOLUTION

# %% check="pair"
check(first, last)

# %% figure=true
raise RuntimeError("a figure is not drawn when graded")

# %% [markdown] question="why" points=1
# **Why** is it so?
#
# ### BEGIN SOLUTION
# Because.
# ### END SOLUTION
'''

GOOD = {
    "double": "def double(x):\n    return x + x",
    "pair": "def first(x):\n    return x[0]\n\n\ndef last(x):\n    return x[-1]",
    "why": "**Why** is it so?\n\nBecause it must be.",
}


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    """Return the small assignment."""
    return parse(SOURCE, "small")


@pytest.fixture(scope="session")
def instructor(assignment: Assignment) -> NotebookNode:
    """Return its release, made by nbgrader's own steps."""
    notebook = source_notebook(assignment)
    for step in (LockCells(), ClearSolutions(), ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a gradebook that nbgrader has just made; making one takes it a second."""
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    open_gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def url(tmp_path: Path, empty_gradebook: Path) -> str:
    """Return the address of an empty gradebook."""
    return f"sqlite:///{shutil.copy(empty_gradebook, tmp_path / 'gradebook.db')}"


@pytest.fixture
def answered(instructor: NotebookNode) -> Callable[..., NotebookNode]:
    """Return a function that makes a submission: good answers, or those given by name."""

    def make(**answers: str) -> NotebookNode:
        notebook = copy.deepcopy(instructor)
        for cell in notebook.cells:
            cell.source = {**GOOD, **answers}.get(cell.id, cell.source)
        return notebook

    return make


@pytest.fixture(scope="session")
def as_bytes() -> Callable[[object], bytes]:
    """Return a function that writes a notebook as a student's Jupyter would."""
    return lambda notebook: json.dumps(notebook).encode()
