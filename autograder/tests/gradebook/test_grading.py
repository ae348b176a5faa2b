"""A submission is rebuilt, run, judged and put on record."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace

import nbformat
import pytest
from nbformat import v4

from autograder.authoring import course
from autograder.errors import UsageError
from autograder.gradebook.grading import made_from, open_grader, preload, undecided
from autograder.gradebook.marks import auto_score, marks


def _cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def test_right_answers_get_all_marks(grader, answered, as_bytes):
    """Right answers earn every mark; the record says from what and how it was made."""
    raw = as_bytes(answered())
    graded = grader.grade(raw, "ann", ("a remark",))
    record = graded.record
    assert [exercise.score for exercise in record.exercises] == [2, 4]
    assert (record.assignment, record.student, record.repairs) == ("small", "ann", ("a remark",))
    assert record.fingerprint == made_from(grader.basis, raw, ("a remark",))
    assert record.isolation.startswith("level ")
    assert record.seconds > 0
    assert record.peak_mb > 1
    nbformat.validate(graded.notebook)


def test_partial_marks_hints_and_skipped_checks(grader, answered, as_bytes):
    """A wrong answer earns its share, and the check cell says in words what came of each check."""
    wrong = {"double": "def double(x):\n    return x + 2", "pair": "def first(x):\n    return x[0]"}
    graded = grader.grade(as_bytes(answered(**wrong)), "bob")
    assert [exercise.score for exercise in graded.record.exercises] == [0, 2]
    [output] = _cell(graded.notebook, "check-double").outputs
    assert "0 of 2 marks" in output.data["text/plain"]
    assert "Hint: You add two." in output.data["text/plain"]
    assert "not tried: keeps zero <at> zero" in output.data["text/plain"]
    assert "keeps zero &lt;at&gt; zero" in output.data["text/html"]


def test_student_outputs_are_kept_and_ours_not_run(grader, answered, as_bytes):
    """What a student prints and draws stays; figures and checks of ours are not run again."""
    notebook = answered(double="print('hello')\ndef double(x):\n    return 2 * x\ndouble(2)")
    drawing = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    notebook.cells.insert(3, v4.new_code_cell(drawing))
    graded = grader.grade(as_bytes(notebook), "ann").notebook
    shown = _cell(graded, "double").outputs
    assert shown[0].text == "hello\n"
    assert shown[1].data == {"text/plain": "4"}
    own = next(cell for cell in graded.cells if cell.source == drawing)
    assert any("image/png" in output.get("data", {}) for output in own.outputs)
    assert not next(cell for cell in graded.cells if cell.id.startswith("figure")).outputs


def test_scripts_in_outputs_are_dropped(grader, answered, as_bytes):
    """Displayed JavaScript and HTML that acts do not reach the graded notebook."""
    evil = (
        "from IPython.display import HTML, Javascript, display\n"
        "display(Javascript('alert(1)'), HTML('<b>fine</b><script>alert(2)</script><img src=x onerror=alert(3)>'))"
    )
    graded = grader.grade(as_bytes(answered(double=evil)), "eve").notebook
    text = json.dumps(graded.cells[2].outputs)
    assert "<b>fine</b>" in text
    assert "alert(1)" not in text.replace("display(Javascript('alert(1)')", "")
    assert "<script" not in text
    assert "onerror" not in text


def test_repairs_stand_on_top_of_the_graded_notebook(grader, as_bytes):
    """What was mended, lost or odd is said at the top, in text that cannot act."""
    graded = grader.grade(b"<script>", "eve", ("called <b>x_y</b>",))
    assert [exercise.score for exercise in graded.record.exercises] == [0, 0]
    top = graded.notebook.cells[0]
    assert top.id == "notes"
    assert "The notebook could not be read: the file is not JSON" in top.source
    assert "&lt;b&gt;x\\_y&lt;/b&gt;" in top.source


def test_lost_workers_are_on_record(grader, answered, as_bytes):
    """A worker that ends itself costs the checks it was in, and the record says so."""
    graded = grader.grade(as_bytes(answered(double="import os\ndef double(x):\n    os._exit(0)")), "eve")
    assert [exercise.score for exercise in graded.record.exercises] == [0, 4]
    assert graded.record.lost_workers
    assert graded.notebook.cells[0].id == "notes"


def test_a_notebook_without_end_is_not_run_to_the_end(grader, answered, as_bytes, monkeypatch):
    """Many slow cells cannot hold up the class; the record says that time was up, and every check why it failed."""
    monkeypatch.setattr(grader.zygote, "limits", replace(grader.zygote.limits, total_wall=0.0))
    record = grader.grade(as_bytes(answered()), "eve").record
    used_up = "he notebook used up the 0 s that all its cells and calls may take together"
    assert record.notes == (f"T{used_up}; what came after was not run.",)
    assert record.score == 0
    assert record.exercises[1].checks[0].message == f"`first` was not run: t{used_up}."


def test_who_sleeps_just_below_every_limit_is_bounded(grader, answered, as_bytes, monkeypatch):
    """No cell and no call is too long, but all together: they end at the total, and at most one short call later."""
    limits = replace(grader.zygote.limits, cell_wall=1.0, call_wall=0.6, total_wall=2.0, hurry_wall=0.2)
    monkeypatch.setattr(grader.zygote, "limits", limits)
    naps = answered(
        double="import time\ntime.sleep(0.8)\ndef double(x):\n    time.sleep(0.5)\n    return 2 * x",
        pair="def first(x):\n    time.sleep(0.5)\n    return x[0]\ndef last(x):\n    time.sleep(0.5)\n    return x[-1]",
    )
    naps.cells.extend(v4.new_code_cell("time.sleep(0.8)") for _ in range(20))
    started, work = time.monotonic(), time.process_time()
    record = grader.grade(as_bytes(naps), "eve").record
    judges_own = time.process_time() - work
    assert record.notes[0].startswith("The notebook used up the 2 s that all its cells and calls may take together")
    assert 2.0 <= record.seconds <= time.monotonic() - started
    busy = max(1.0, os.getloadavg()[0])
    assert record.seconds < limits.total_wall + limits.hurry_wall + busy * (judges_own + 0.5)


def test_our_own_failure_holds_every_mark(assignment, instructor):
    """Where the grader itself fails, nobody gets zero: a person decides, and sees why."""
    graded = undecided(assignment, instructor, "ann", "Traceback: our bug")
    found = marks(graded.notebook, graded.record)
    assert found.scores == {"check-double": None, "check-pair": None, "why": None}
    assert "our bug" in _cell(graded.notebook, "check-pair").outputs[0].data["text/plain"]
    assert graded.record.fingerprint == ""
    assert graded.record.needs_person


def test_questions_are_for_people_unless_untouched(grader, answered, as_bytes, instructor):
    """An answered question stays open; an untouched one is zero, with nbgrader's own comment."""
    notebook = grader.grade(as_bytes(answered()), "ann")
    found = marks(notebook.notebook, notebook.record)
    assert found.scores == {"check-double": 2.0, "check-pair": 4.0, "why": None}
    assert found.comments == {"double": None, "pair": None, "why": None}
    untouched = grader.grade(as_bytes(instructor), "bob")
    found = marks(untouched.notebook, untouched.record)
    assert found.scores == {"check-double": 0.0, "check-pair": 0.0, "why": 0.0}
    assert set(found.comments.values()) == {"No response."}
    assert auto_score(_cell(untouched.notebook, "why"), None) is None


def test_an_assignment_that_was_not_built_is_refused(small_course, tmp_path):
    """The message names the file and the command."""
    with (
        pytest.raises(UsageError, match=r"There is no released notebook .*small\.ipynb\. Run `make build`\."),
        open_grader(course.load("small"), release=tmp_path),
    ):
        pass


def test_preload_is_what_locked_cells_import(assignment):
    """The zygote loads what every submission will import, and no name that is no module."""
    assert preload(assignment) == ["IPython.display", "matplotlib.pyplot", "numpy", "zeromean"]


def test_a_cell_that_does_not_finish_costs_what_is_below_its_answer(grader, answered, as_bytes, monkeypatch):
    """A training below the answer, in its cell, is ended; the answer keeps its marks, and the cell is named."""
    monkeypatch.setattr(grader.zygote, "limits", replace(grader.zygote.limits, cell_wall=0.5))
    slow = "# my answer\nTWO, made = 2, list(range(3))\ndef double(x):\n    return TWO * x\nwhile True: pass"
    record = grader.grade(as_bytes(answered(double=slow)), "ann").record
    assert [exercise.score for exercise in record.exercises] == [2, 4]
    assert record.repairs == ("The cell of double did not finish; only what it defines was taken.",)
    said = "The cell `# my answer` did not finish within 0.5 s. Take out or shorten what runs long in it."
    assert record.lost_workers == (said,)


@pytest.mark.parametrize(
    "top",
    [
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "import torch, pandas as pd",
        "import os\nos.chdir('/content')",
        "data = np.load('/content/data.npy')",
        "%%time\nfrom zeromean import figures",
    ],
)
def test_an_error_above_an_answer_in_its_cell_costs_nothing(grader, answered, as_bytes, top):
    """What another machine had and this one has not is passed over; the answer that does without keeps its marks."""
    source = f"{top}\nTWO = 2\ndef double(x):\n    return TWO * x"
    record = grader.grade(as_bytes(answered(double=source)), "ann").record
    assert [exercise.score for exercise in record.exercises] == [2, 4]
    said = "The cell of double ended in an error above the answer; only what it defines was taken."
    assert record.repairs == (said,)


def test_an_error_below_an_answer_mends_nothing(grader, answered, as_bytes):
    """A failing test of the student's own below the answer needs no word."""
    record = grader.grade(as_bytes(answered(double="def double(x):\n    return 2 * x\nassert False")), "ann").record
    assert ([exercise.score for exercise in record.exercises], record.repairs) == ([2, 4], ())


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def double(x):\n    return \u201c2\u201d", "its cell ended in SyntaxError: invalid character"),
        ("<<<<<<< HEAD\ndef double(x):\n    return 2 * x", "its cell ended in SyntaxError: invalid syntax (line 1: `<"),
        ("import numba\n@numba.njit\ndef double(x):\n    return 2 * x", "its cell ended in ImportError: numba cannot"),
        ("def Double(x):\n    return 2 * x", "its cell defines `Double`."),
        ("class Layer:\n    def double(x):\n        return 2 * x", "its cell defines `Layer`."),
    ],
)
def test_a_function_that_is_not_there_says_why(grader, answered, as_bytes, source, why):
    """The check names what ended the cell, with the line, or what the cell defines instead."""
    record = grader.grade(as_bytes(answered(double=source)), "ann").record
    assert [exercise.score for exercise in record.exercises] == [0, 4]
    assert record.exercises[0].checks[0].message.startswith(f"`double` is not defined: {why}")


def test_a_function_that_its_own_cell_deletes_is_asked_about(grader, answered, as_bytes):
    """Where neither an error nor another name explains it, the sentence asks."""
    record = grader.grade(as_bytes(answered(double="def double(x):\n    return 2 * x\ndel double")), "ann").record
    assert record.exercises[0].checks[0].message == "`double` is not defined. Did its cell run without an error?"
