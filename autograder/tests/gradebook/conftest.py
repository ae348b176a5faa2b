"""A small course for the tests of this room: two exercises, a scratch cell, a figure and a question."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

from autograder.authoring import course
from autograder.authoring.course import Assignment, parse
from autograder.authoring.notebooks import source_notebook
from autograder.gradebook import job
from autograder.gradebook.grading import Grader, basis, open_grader
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

SUITES = {
    "double": '''\
from autograder.suite import expect_close, misconception, points


@points(3, visible=True)
def test_doubles(student, reference, rng):
    """doubles a few numbers"""
    x = rng.standard_normal(3)
    expect_close(student.double(x), reference.double(x))


@points(1, after="test_doubles")
def test_keeps_zero(student, reference, rng):
    """keeps zero <at> zero"""
    expect_close(student.double(rng.standard_normal(2) * 0), reference.double(rng.standard_normal(2) * 0))


@misconception("double", hint="You add two.")
def added(x):
    return x + 2
''',
    "pair": '''\
from autograder.suite import expect, points


@points(1)
def test_first(student, reference, rng):
    """returns the first"""
    expect(student.first([1.0, 2.0]) == 1.0, "wrong first")


@points(1)
def test_last(student, reference, rng):
    """returns the last"""
    expect(student.last([1.0, 2.0]) == 2.0, "wrong last")
''',
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


@pytest.fixture(scope="session")
def course_folder(tmp_path_factory: pytest.TempPathFactory, instructor: NotebookNode) -> Path:
    """Return a folder with the small course: its source, its suites, its release."""
    root = tmp_path_factory.mktemp("course")
    files = {f"suites/small/test_{name}.py": text for name, text in SUITES.items()}
    files |= {"solutions/small/small.py": SOURCE, "release/small/small.ipynb": json.dumps(instructor)}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def small_course(course_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the small course in the place of the real one."""
    monkeypatch.setattr(course, "SOLUTIONS", course_folder / "solutions")
    monkeypatch.setattr(course, "SUITES", course_folder / "suites")
    return course_folder


@pytest.fixture(scope="session")
def grader(course_folder: Path) -> Iterator[Grader]:
    """Return the grader of the small course: one judge and one zygote for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(course, "SOLUTIONS", course_folder / "solutions")
        patch.setattr(course, "SUITES", course_folder / "suites")
        opening = open_grader(course.load("small"), release=course_folder / "release")
        opened = opening.__enter__()
    yield opened
    opening.__exit__(None, None, None)


@pytest.fixture(scope="session")
def reopen(grader: Grader) -> Callable[..., AbstractContextManager[Grader]]:
    """Return a stand-in for `open_grader` that hands out the grader that is open, as if opened now."""

    def handed_out(assignment: Assignment, *, release: Path, **_options: object) -> AbstractContextManager[Grader]:
        return nullcontext(replace(grader, basis=basis(assignment, release)))

    return handed_out


@pytest.fixture
def shared_grader(reopen: object, small_course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bulk grading in this process use the grader that is open."""
    monkeypatch.setattr(job, "open_grader", reopen)


@pytest.fixture
def class_folder(tmp_path: Path, answered: Callable[..., NotebookNode]) -> Callable[..., Path]:
    """Return a function that hands in notebooks: answers, a notebook or bytes by student."""

    def make(**students: object) -> Path:
        for student, what in students.items():
            folder = tmp_path / "class" / "submitted" / student / "small"
            folder.mkdir(parents=True, exist_ok=True)
            given = answered(**what) if isinstance(what, dict) and "cells" not in what else what
            raw = given if isinstance(given, bytes) else json.dumps(given).encode()
            (folder / "small.ipynb").write_bytes(raw)
            (folder / "timestamp.txt").write_text("2025-03-01 12:00:00 UTC")
        return tmp_path / "class"

    return make
