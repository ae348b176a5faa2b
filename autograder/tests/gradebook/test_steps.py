"""The stock ``nbgrader`` command, with our steps in its lists, on a class with broken and hostile notebooks."""

from __future__ import annotations

import copy
import csv
import json
import os
import shutil
import subprocess
import sys
import warnings

import nbformat
import pytest
import sqlalchemy as sa
from nbconvert.exporters import HTMLExporter
from nbformat import v4
from nbgrader.api import Gradebook
from nbgrader.apps import AutogradeApp, ExportApp, GenerateFeedbackApp
from nbgrader.preprocessors import Execute
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config, PyFileConfigLoader

from autograder.authoring import course
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.ledger import Ledger
from autograder.gradebook.records import Records
from autograder.gradebook.steps import started
from autograder.gradebook.steps.run_and_judge import RunAndJudge

pytestmark = pytest.mark.slow

EVIL = "<script>alert('mine')</script><img src=x onerror=alert(2)>"
CONFIG = """
from pathlib import Path
from autograder.authoring import course
course.SOLUTIONS, course.SUITES = Path({root!r}, "solutions"), Path({root!r}, "suites")
load_subconfig("nbgrader_config.py", path={ours!r})
c.CourseDirectory.root = {here!r}
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = {root!r} + "/release"
"""
ROWS = {
    "student": "SELECT id, first_name, last_name, email FROM student",
    "assignment": "SELECT name, duedate, course_id FROM assignment",
    "notebook": "SELECT name, kernelspec FROM notebook",
    "base_cell": "SELECT name, type FROM base_cell",
    "grade_cells": "SELECT b.name, max_score, cell_type FROM grade_cells g JOIN base_cell b ON b.id = g.id",
    "solution_cells": "SELECT b.name FROM solution_cells s JOIN base_cell b ON b.id = s.id",
    "source_cell": "SELECT name, cell_type, locked, source, checksum FROM source_cell",
    "submitted_assignment": "SELECT student_id, timestamp, extension FROM submitted_assignment",
    "submitted_notebook": """SELECT s.student_id, n.flagged, n.late_submission_penalty
        FROM submitted_notebook n JOIN submitted_assignment s ON s.id = n.assignment_id""",
    "grade": """SELECT s.student_id, b.name, auto_score, manual_score, extra_credit, needs_manual_grade
        FROM grade g JOIN base_cell b ON b.id = g.cell_id JOIN submitted_notebook n ON n.id = g.notebook_id
        JOIN submitted_assignment s ON s.id = n.assignment_id""",
    "comment": """SELECT s.student_id, b.name, auto_comment, manual_comment
        FROM comment c JOIN base_cell b ON b.id = c.cell_id JOIN submitted_notebook n ON n.id = c.notebook_id
        JOIN submitted_assignment s ON s.id = n.assignment_id""",
    "records": "SELECT assignment, student, fingerprint FROM zeromean_record",
    "version": "SELECT version_num FROM alembic_version",
}


def _hostile(notebook):
    """Turn a submission with wrong answers into one that asks for full marks in every way we know."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "remove-cell"]
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"locked": False, "points": 1000.0, "checksum": "0"}
        if cell.id.startswith("check-"):
            cell.source = "100.0"
            cell.outputs = [v4.new_output("execute_result", {"text/plain": "1000.0"}, execution_count=1)]
    bonus = {"grade": True, "solution": False, "locked": False, "task": False, "points": 99.0}
    bonus |= {"grade_id": "bonus", "schema_version": 3, "cell_type": "code"}
    notebook.cells.append(v4.new_code_cell("1", metadata={"nbgrader": bonus}))
    notebook.cells.append(copy.deepcopy(notebook.cells[2]))
    notebook.cells.append(v4.new_raw_cell(EVIL, metadata={"format": "text/html"}))
    notebook.cells.append(v4.new_markdown_cell(EVIL))
    show = f"from IPython.display import HTML, display\ndisplay(HTML({EVIL!r}))\nprint({EVIL!r})"
    notebook.cells.append(v4.new_code_cell(show, outputs=[v4.new_output("stream", text="x" * 3_000_000)]))
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {"x": EVIL}}}
    notebook.metadata["zeromean"] = {"repairs": [EVIL], "made_from": "me"}
    notebook.cells[-1]["attachments"] = {"a.svg": {"image/svg+xml": EVIL}}
    return notebook


@pytest.fixture(scope="module")
def submitted(tmp_path_factory, instructor):
    """Return a class folder with seven submissions of every kind, one of which has another name."""
    folder = tmp_path_factory.mktemp("class")
    right = copy.deepcopy(instructor)
    answers = {
        "double": "def double(x):\n    return 2 * x",
        "why": f"**Why** is it so?\n\nBecause $a<b$. {EVIL}",
    }
    for cell in right.cells:
        cell.source = answers.get(cell.id, cell.source)
    wrong = copy.deepcopy(instructor)
    for cell in wrong.cells:
        cell.source = {"double": "def double(x):\n    return x + 2"}.get(cell.id, cell.source)
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"metadata": {}, "cells": [
        {"cell_type": "code", "input": answers["double"], "language": "python", "outputs": []}
    ]}]}  # fmt: skip
    given = {
        "ann": right,
        "bob": wrong,
        "eve": b"{broken",
        "mal": _hostile(wrong),
        "nia": right,
        "old": old,
        "zoe": instructor,
    }
    for student, what in given.items():
        path = folder / "submitted" / student / "small" / {"nia": "my small (1).ipynb"}.get(student, "small.ipynb")
        path.parent.mkdir(parents=True)
        path.write_bytes(what if isinstance(what, bytes) else json.dumps(what).encode())
        (path.parent / "timestamp.txt").write_text("2025-03-01 12:00:00 UTC")
    return folder


@pytest.fixture(scope="module")
def nbgrader(submitted, course_folder, instructor, reopen, tmp_path_factory, empty_gradebook):
    """Return a function that runs an nbgrader command in a course of its own, over a copy of the class."""
    here = tmp_path_factory.mktemp("nbgrader")
    shutil.copytree(submitted, here / "class")
    url = f"sqlite:///{shutil.copy(empty_gradebook, here / 'class' / 'gradebook.db')}"
    with Ledger(url, "small", instructor):
        pass
    text = CONFIG.format(root=str(course_folder), ours=str(course.ROOT), here=str(here))
    (here / "nbgrader_config.py").write_text(text)

    def run(app, *arguments):
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbgrader's own, about its own database
            patch.chdir(here)
            patch.setenv("ZEROMEAN_CLASS", str(here / "class"))
            for name in ("SOLUTIONS", "SUITES"):
                patch.setattr(course, name, getattr(course, name))  # the configuration file sets them
            patch.setattr(started, "open_grader", reopen)
            command = app()
            command.initialize(list(arguments))
            command.start()

    run.here, run.folder, run.url = here, here / "class", url
    return run


@pytest.fixture(scope="module")
def autograded(nbgrader):
    """Run ``nbgrader autograde`` once."""
    nbgrader(AutogradeApp, "small")
    return nbgrader


def _read(folder, student):
    return nbformat.read(folder / "autograded" / student / "small" / "small.ipynb", as_version=4)


def _rows(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {name: sorted(map(tuple, connection.execute(sa.text(q))), key=str) for name, q in ROWS.items()}
    engine.dispose()
    return found


def test_stock_autograde_shows_our_marks(autograded):
    """Every submission gets the marks of the judge, the broken and the hostile ones too."""
    with Gradebook(autograded.url, "zeromean") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions("small")}
        maximum = gradebook.find_submission("small", "mal").max_score
        held = gradebook.find_submission("small", "ann").needs_manual_grade
    assert scores == {"ann": 2, "bob": 0, "eve": 0, "mal": 0, "nia": 2, "old": 2, "zoe": 0}
    assert (maximum, held) == (7, True)


def test_bulk_writes_the_same_rows_and_notebooks(autograded, submitted, shared_grader, small_course, url, tmp_path):
    """Our own command leaves the gradebook and the notebooks as the stock command does."""
    folder = tmp_path / "class"
    shutil.copytree(submitted, folder)
    grade_class(course.load("small"), folder, url, jobs=1, progress=False, release=small_course / "release")
    assert _rows(url) == _rows(autograded.url)
    for student in ("ann", "bob", "eve", "mal", "nia", "old", "zoe"):
        assert _read(folder, student) == _read(autograded.folder, student)
    with Records(url) as mine, Records(autograded.url) as theirs:
        for student, record in mine.load_all("small").items():
            other = theirs.load("small", student)
            assert (record.exercises, record.repairs) == (other.exercises, other.repairs)


def test_bulk_after_stock_has_nothing_to_do(autograded, shared_grader, small_course, tmp_path):
    """A submission that the stock command graded is not graded again."""
    folder = tmp_path / "class"
    shutil.copytree(autograded.folder, folder)
    url = f"sqlite:///{folder}/gradebook.db"
    summary = grade_class(course.load("small"), folder, url, jobs=1, progress=False, release=small_course / "release")
    assert (summary.graded, summary.unchanged) == (0, 7)


def test_no_execute_keeps_the_marks_that_stand(autograded, nbgrader):
    """With --no-execute nothing runs, and the last record still decides."""
    before = _rows(nbgrader.url)
    nbgrader(AutogradeApp, "small", "--student", "ann", "--force", "--no-execute")
    assert _rows(nbgrader.url) == before
    assert not any(cell.get("outputs") for cell in _read(nbgrader.folder, "ann").cells)
    nbgrader(AutogradeApp, "small", "--student", "ann", "--force")
    assert any(cell.get("outputs") for cell in _read(nbgrader.folder, "ann").cells)


def test_stock_feedback_shows_results_and_nothing_that_acts(autograded, nbgrader):
    """The page has sentences, hints and marks; what the student wrote is text."""
    nbgrader(GenerateFeedbackApp, "small")
    pages = {path.parents[1].name: path.read_text() for path in nbgrader.folder.glob("feedback/*/small/small.html")}
    assert len(pages) == 7
    assert "You add two." in pages["bob"]
    assert "doubles a few numbers" in pages["ann"]
    assert "The notebook could not be read" in pages["eve"]
    for page in pages.values():
        assert "<script>alert('mine')" not in page
        assert "<img src=x" not in page
        assert 'onerror="' not in page


def test_formgrader_page_cannot_act(autograded):
    """What formgrader serves into the instructor's browser is cleaned as it is shown."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.ROOT)).load_config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    resources = {"base_url": "", "notebook_id": "small", "index": 0, "total": 1}
    for student in ("ann", "mal"):
        page, _ = exporter.from_notebook_node(_read(autograded.folder, student), dict(resources))
        assert "<script>alert('mine')" not in page
        assert "<img src=x" not in page
        assert "check-double" in page
    assert "Hint: You add two." in page


def test_stock_export_has_the_marks(autograded, nbgrader):
    """``nbgrader export`` writes our marks."""
    nbgrader(ExportApp, "--to", str(nbgrader.folder / "grades.csv"))
    with (nbgrader.folder / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"ann": 2, "bob": 0, "eve": 0, "mal": 0, "nia": 2, "old": 2, "zoe": 0}


def test_the_command_itself(submitted, nbgrader, empty_gradebook, instructor, tmp_path):
    """A shell that types ``nbgrader autograde``, with nothing prepared, gets the same marks."""
    shutil.copytree(submitted / "submitted" / "ann", tmp_path / "submitted" / "ann")
    url = f"sqlite:///{shutil.copy(empty_gradebook, tmp_path / 'gradebook.db')}"
    with Ledger(url, "small", instructor):
        pass
    environment = {**os.environ, "ZEROMEAN_CLASS": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "nbgrader", "autograde", "small"]
    ended = subprocess.run(command, cwd=nbgrader.here, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    with Records(url) as records:
        assert [exercise.score for exercise in records.load("small", "ann").exercises] == [2, 0]


def test_a_fault_of_ours_is_no_zero_under_another_name(autograded, nbgrader, monkeypatch):
    """If we fail on a notebook that nbgrader does not know by its name, the mark is open; the next run gives it."""
    with monkeypatch.context() as patch:
        patch.setattr(RunAndJudge, "preprocess", lambda *_: 1 / 0)
        with pytest.raises(SystemExit):
            nbgrader(AutogradeApp, "small", "--student", "nia", "--force")
    with Gradebook(nbgrader.url, "zeromean") as gradebook:
        grades = gradebook.find_submission_notebook("small", "small", "nia").grades
        assert {grade.auto_score for grade in grades} == {None}
    nbgrader(AutogradeApp, "small", "--student", "nia", "--force")
    with Gradebook(nbgrader.url, "zeromean") as gradebook:
        assert gradebook.find_submission("small", "nia").score == 2


def test_settings_of_execute_hold():
    """The step is nbgrader's Execute for every setting: on or off, and how long a cell may take."""
    config = Config()
    config.Execute.enabled = False
    config.Execute.timeout = 77
    step = RunAndJudge(config=config)
    assert isinstance(step, Execute)
    assert (step.enabled, step.timeout, RunAndJudge().timeout) == (False, 77, 10)


def test_the_class_folder_comes_from_the_environment(monkeypatch):
    """Folder and gradebook are set by two variables; without them, they are ``class/`` in the course."""
    for name in ("ZEROMEAN_CLASS", "ZEROMEAN_DB"):
        monkeypatch.delenv(name, raising=False)
    directory = PyFileConfigLoader("nbgrader_config.py", path=str(course.ROOT)).load_config().CourseDirectory
    assert directory.db_url == f"sqlite:///{course.ROOT}/class/gradebook.db"
    assert directory.submitted_directory == f"{course.ROOT}/class/submitted"
    monkeypatch.setenv("ZEROMEAN_CLASS", "/elsewhere")
    monkeypatch.setenv("ZEROMEAN_DB", "sqlite:////db")
    directory = PyFileConfigLoader("nbgrader_config.py", path=str(course.ROOT)).load_config().CourseDirectory
    assert directory.feedback_directory == "/elsewhere/feedback"
    assert directory.db_url == "sqlite:////db"
    assert directory.course_id == "zeromean"
