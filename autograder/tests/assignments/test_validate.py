"""`nbgrader validate`, the button over a student's notebook, speaks with the sentences of `check(f)`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder.authoring import course
from autograder.authoring.course import BEGIN, END
from autograder.sample.students import reference_answers

pytestmark = pytest.mark.slow
NAME = course.assignments()[0]  # one of them: each run starts a kernel
RELEASED = course.ROOT / "assignments" / NAME


def validated(folder: Path, answers: dict[str, str]) -> str:
    """Return what `nbgrader validate` says of the assignment with these answers in it."""
    shutil.copytree(RELEASED, folder, dirs_exist_ok=True)
    path = folder / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.zeromean.kind == "question":
            cell.source = "Because."
        cell.source = answers.get(cell.id, cell.source)
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "nbgrader", "validate", path.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_every_stub_is_named(tmp_path):
    """A notebook as it was handed out fails at each check, in our words."""
    said = validated(tmp_path, {})
    exercises = course.load(NAME).exercises
    assert said.count("The following cell failed") == said.count("not written yet") == len(exercises)


def test_a_right_notebook_is_valid(tmp_path):
    """With every answer in it, nothing is left to say; one wrong answer is found, with what is wrong."""
    answers = reference_answers(course.load(NAME))
    assert "Success! Your notebook passes all the tests." in validated(tmp_path, answers)
    exercise = course.load(NAME).exercises[0]
    nothing = re.sub(rf"(?s){BEGIN}.*?{END}", "return None", exercise.source)
    said = validated(tmp_path, {**answers, exercise.name: nothing})
    assert f"check({exercise.name})" in said
    assert f"{exercise.name}: 0 of " in said
