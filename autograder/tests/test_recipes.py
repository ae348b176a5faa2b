"""The recipes run: each is followed to the letter in a copy of the course, which is then built, proved and tested."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.authoring.course import assignments, lectures
from autograder.tests import here
from autograder.tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "recipes"
NAME, LECTURE = "a1_first_steps", "05_gradient_descent"
LEFT_OUT = (".git", ".venv", "build", "class", "node_modules", "__pycache__", ".*_cache")
HEAD = "| | what is in it | marks |\n|---|---|---|\n"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def blocks(recipe: str) -> list[str]:
    """Return the pieces of code of a recipe, in order."""
    text = (RECIPES / recipe).read_text(encoding="utf-8")
    return re.findall(r"^```(?:python)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def block(recipe: str, start: str) -> str:
    """Return the one piece of code of a recipe that begins with `start`."""
    (found,) = (piece for piece in blocks(recipe) if piece.startswith(start))
    return found


def content() -> list[str]:
    """Return the names of the folders of assignments, lectures and demos."""
    demos = (path.parent.name for path in (ROOT / "utils" / "zeromean" / "demos").glob("*/__init__.py"))
    return [*assignments(), *(source.stem for source in lectures()), *demos]


def own(course: Path) -> dict[str, str]:
    """Return an environment in which the packages are those of the course."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ZEROMEAN_"))}
    return {**kept, "PYTHONPATH": f"{course}{os.pathsep}{course / 'utils'}"}


def run(course: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the course in its folder."""
    return subprocess.run([sys.executable, "-m", *command], cwd=course, env=own(course), capture_output=True, text=True)


def passes(course: Path, *what: str) -> None:
    """Let pytest try what there is for a thing that was added."""
    done = run(course, "pytest", "-q", "-p", "no:cacheprovider", *what)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a copy of the course without its content, to which the recipes are applied one after the other."""
    copy = tmp_path_factory.mktemp("recipes") / "course"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT, *content()))
    yield copy
    shutil.rmtree(copy)


def write(path: Path, text: str) -> None:
    """Write a file of the course, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_assignment_and_an_exercise(course: Path) -> None:
    """A source, a suite and a file of claims are all that there is to write; each that is missing is asked for."""
    source = course / "solutions" / NAME / f"{NAME}.py"
    write(source, with_exercise(block("write-an-assignment.md", "# %% [markdown]\n# # A1")))
    suite = course / "autograder" / "suites" / NAME / "test_scale_by_mean.py"
    refused = run(course, "autograder", "build")
    assert f"Exercise 'scale_by_mean' has no suite. Write {suite}" in refused.stderr
    write(suite, block("add-an-exercise.md", '"""Scaling'))
    built = run(course, "autograder", "build")
    assert built.stdout == f"Built {NAME} and 0 lectures.\n", built.stderr
    assert "3 of 3" in run(course, "autograder", "suites", NAME, "scale_by_mean").stdout
    claims = f"autograder/tests/assignments/claims/{NAME}.py"
    asked = run(course, "pytest", "-q", "autograder/tests/assignments/test_text.py").stdout
    assert f"Nobody vouches for what {NAME} says. Write {claims}" in asked
    write(course / claims, block("write-an-assignment.md", '"""What the assignment says'))
    passes(course, "autograder/tests/assignments", "--ignore=autograder/tests/assignments/test_validate.py")


def test_a_class_of_it_is_graded(course: Path) -> None:
    """The build wrote the marks of a small sample class, and graded in the sandbox everybody gets them."""
    assert (course / "autograder" / "sample" / "marks" / f"{NAME}.json").is_file()
    code = (
        "from rich.console import Console; from autograder.authoring import course; from autograder.sample import run;"
        f"assert run.grade_sample(course.load({NAME!r}), Console())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=course, env=own(course), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 22 marks are the known ones" in done.stdout


def test_a_lecture_and_a_demo(course: Path) -> None:
    """A lecture, its test, a demo and its package are all that there is to write; each that is missing is asked for."""
    write(course / "lectures" / LECTURE / f"{LECTURE}.py", block("add-a-lecture.md", "# %% [markdown] slideshow"))
    folder = course / "utils" / "zeromean" / "demos" / f"l{LECTURE}"
    for name, start in (("__init__.py", '"""Demos of'), ("parabola.py", '"""Lecture 5')):
        refused = run(course, "autograder", "build")
        assert f"shows the demo 'parabola'. Write {folder / name}." in refused.stderr
        write(folder / name, block("add-a-demo.md", start))
    built = run(course, "autograder", "build")
    assert built.stdout == f"Built {NAME} and 1 lectures.\n", built.stderr
    every, its_own = "utils/tests/lectures/test_every_lecture.py", f"utils/tests/lectures/test_{LECTURE}.py"
    asked = run(course, "pytest", "-q", f"{every}::test_somebody_vouches_for_its_numbers").stdout
    assert f"Nobody vouches for what {LECTURE} says. Write {course / its_own}" in asked
    write(course / its_own, block("add-a-lecture.md", '"""What the text'))
    passes(course, every, its_own, "utils/tests/demos/test_all.py")


def test_the_lecture_is_shown_and_its_demo_lives(course: Path) -> None:
    """The README has its row, the gallery its picture, and on the page each control of the demo moves it."""
    readme = course / "README.md"
    rows = [block("add-a-lecture.md", "| [L5 · "), block("write-an-assignment.md", "| [A1 · ")]
    text = re.sub(r"^\| \[.*\n", "", readme.read_text(encoding="utf-8"), flags=re.MULTILINE)
    write(readme, text.replace(HEAD, HEAD + "".join(rows)))
    passes(course, "autograder/tests/test_docs.py::test_the_readme_counts_right")
    picture = "autograder/tests/reports/test_site.py::test_every_demo_has_a_picture"
    assert "The demo parabola has no picture" in run(course, "pytest", picture).stdout
    if not chromium.find():
        here.missing(chromium.NONE)
    assert run(course, "autograder", "pictures").stdout == "Took 1 pictures.\n"
    passes(course, picture)
    passes(course, "autograder/tests/browser/test_lecture.py", "-k", f"{LECTURE} and page")


def with_exercise(source: str) -> str:
    """Put the exercise of the recipe, and its line of the table, where the recipes say."""
    table = "# |---|---|---|---|\n"
    assert table in source
    source = source.replace(table, table + block("add-an-exercise.md", "# | 1 | "))
    end = "# %% [markdown]\n# ## Before you hand in"
    assert end in source
    return source.replace(end, block("add-an-exercise.md", "# %% [markdown]\n# ## Scaling") + "\n" + end)
