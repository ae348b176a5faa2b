"""What students receive gives nothing away: each kind of leak, planted, stops the build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import notebooks, release
from autograder.authoring.course import Assignment, parse
from autograder.errors import CourseError
from autograder.judge.judge import Judge

SOURCE = '''# %%
import numpy as np

# %% exercise="double" points=2
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * np.asarray(x)
    ### END SOLUTION

# %% check="double"
check(double)
'''
SUITE = '''
from autograder.suite import points, expect_close, misconception, variant

@points(1)
def test_doubles_values(student, rng):
    """each number is doubled"""
    x = rng.normal(size=3)
    expect_close(student.double(x), x + x)

@misconception("double", hint="You squared.")
def squares_instead(x):
    return x * x
'''
Built = tuple[Assignment, Judge, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a toy assignment, its judge, and the folder of its release made by nbgrader."""
    tmp_path = tmp_path_factory.mktemp("release")
    assignment = parse(SOURCE, "toy")
    suite = tmp_path / "suite"
    suite.mkdir()
    (suite / "test_double.py").write_text(SUITE)
    judge = Judge(suite, assignment.reference_cells, [("double", 2.0, ("double",))])
    notebooks.write(notebooks.source_notebook(assignment), tmp_path / "source" / "toy" / "toy.ipynb")
    release.generate("toy", tmp_path / "source", tmp_path / "release")
    return assignment, judge, tmp_path / "release" / "toy"


@pytest.fixture
def built(made: Built, tmp_path: Path) -> Built:
    """Return the same with a copy of the release, to be spoilt."""
    return made[0], made[1], Path(shutil.copytree(made[2], tmp_path / "toy"))


def test_a_clean_release_passes(built: Built) -> None:
    """Nothing is found where nothing is."""
    release.refuse_leaks(*built)


def test_the_stub_stands_where_the_solution_was(built: Built) -> None:
    """The stub of nbgrader stands between signature and end."""
    notebook = nbformat.read(built[2] / "toy.ipynb", as_version=4)
    assert "raise NotImplementedError()" in notebook.cells[1].source


def _source(text: str) -> Callable[[nbformat.NotebookNode], None]:
    def plant(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[1].source += f"\n# {text}"

    return plant


def _output(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="2.0")]


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        (_source("return 2 * np.asarray(x)"), "the solution line 'return 2"),
        (_source("see test_doubles_values"), "the suite's name 'test_doubles_values'"),
        (_source("squares_instead"), "the suite's name 'squares_instead'"),
        (_source("BEGIN SOLUTION"), "the staff's word 'BEGIN SOLUTION'"),
        (_output, "cell double has an output"),
    ],
)
def test_a_planted_leak_stops_the_build(
    built: Built, plant: Callable[[nbformat.NotebookNode], None], says: str
) -> None:
    """Each kind of leak is named, with the cell it is in."""
    path = built[2] / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    plant(notebook)
    nbformat.write(notebook, path)
    with pytest.raises(release.LeakError, match=says):
        release.refuse_leaks(*built)


def test_a_leak_in_the_file_beside_the_notebook_is_found(built: Built) -> None:
    """Whatever is handed out is searched, not only the notebook."""
    (built[2] / "toy.checks.json").write_text('{"code": "return 2 * np.asarray(x)"}')
    with pytest.raises(release.LeakError, match=r"in toy\.checks\.json"):
        release.refuse_leaks(*built)


def test_a_check_that_the_stub_passes_stops_the_build(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks for an untouched notebook are a fault of the suite."""
    assignment, judge, folder = built
    suite = judge.suites[0]
    free = replace(suite.checks[0], function=lambda student, rng: None)
    monkeypatch.setattr(judge, "suites", (replace(suite, checks=(free,)),))
    with pytest.raises(release.LeakError, match="the untouched release passes test_doubles_values of double"):
        release.refuse_leaks(assignment, judge, folder)


def test_a_notebook_that_nbgrader_refuses_is_named(tmp_path: Path) -> None:
    """The message carries nbgrader's own words."""
    (tmp_path / "source" / "toy").mkdir(parents=True)
    (tmp_path / "source" / "toy" / "toy.ipynb").write_text("not json")
    with pytest.raises(CourseError, match="nbgrader could not generate toy"):
        release.generate("toy", tmp_path / "source", tmp_path / "release")
