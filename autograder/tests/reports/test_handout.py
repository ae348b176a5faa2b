"""A student who has only the archive can install the package, open an assignment, and be told what is right."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from autograder.authoring import course
from autograder.authoring.course import BEGIN, END
from autograder.reports import handout, site

CHECK = """
import pathlib, sys
import zeromean.stage.export
assert pathlib.Path(zeromean.__file__).is_relative_to(sys.prefix), zeromean.__file__
print(check({name}))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an unpacked archive; its pages are tested elsewhere."""
    folder = tmp_path_factory.mktemp("handout")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "write_site", lambda pages: pages.mkdir(parents=True))
        archive = handout.write(folder)
    with zipfile.ZipFile(archive) as files:
        files.extractall(folder)
    return folder / handout.NAME


def test_what_is_in_it(unpacked: Path) -> None:
    """How to start, the package, exact versions, and each assignment with its checks; nothing of the grader."""
    start = (unpacked / "START.html").read_text()
    wheel = next(unpacked.glob("*.whl"))
    assert start.count(wheel.name) == 2
    for name in course.assignments():
        assert f".venv/bin/jupyter lab assignments/{name}/{name}.ipynb" in start
        assert {path.name for path in (unpacked / "assignments" / name).iterdir()} == {
            f"{name}.ipynb",
            f"{name}.checks.json",
        }
    names = zipfile.ZipFile(wheel).namelist()
    assert "zeromean/stage/stage.css" in names
    assert not any("tests" in name or "autograder" in name for name in names)


def test_only_what_students_need_is_pinned(unpacked: Path) -> None:
    """Each line is an exact version; JupyterLab and NumPy are among them, nbgrader is not."""
    lines = (unpacked / "constraints.txt").read_text().splitlines()
    assert all(re.match(r"[A-Za-z0-9._-]+==\S+", line) for line in lines)
    names = {line.partition("==")[0].lower() for line in lines}
    assert {"jupyterlab", "numpy", "anywidget", "autograd", "matplotlib"} <= names
    assert not {"nbgrader", "pytest", "voila", "jupytext"} & names


@pytest.mark.slow
def test_a_solved_exercise_is_told_so(unpacked: Path, tmp_path: Path) -> None:
    """In an environment with the wheel and no other file of ours, `check` finds its data and agrees."""
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    place = next((tmp_path / "venv").glob("lib/*/site-packages"))
    others = sysconfig.get_path("purelib")  # NumPy and the rest as they are here: a test asks no network
    (place / "others.py").write_text(f"import sys; sys.path.append({others!r})\n")
    (place / "others.pth").write_text("import others\n")
    with zipfile.ZipFile(next(unpacked.glob("*.whl"))) as files:
        files.extractall(place)
    for name in course.assignments():
        one = course.load(name)
        solved = "\n\n".join(one.reference_cells)
        solved = solved.replace(BEGIN, "").replace(END, "")
        script = tmp_path / f"{name}.py"
        script.write_text(solved + CHECK.format(name=one.exercises[0].functions[0]))
        where = unpacked / "assignments" / name
        done = subprocess.run([python, script], cwd=where, capture_output=True, text=True)
        assert re.search("visible checks? passed", done.stdout), done.stdout + done.stderr
