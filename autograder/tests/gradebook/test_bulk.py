"""A class is graded in one go: safe to stop, to run again, and to share with the staff's own marks."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap

import pytest
import sqlalchemy as sa
from nbgrader.api import Gradebook

from autograder.authoring import course
from autograder.errors import CourseError
from autograder.gradebook import batches, job, workforce
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.grading import open_grader
from autograder.gradebook.records import Records

pytestmark = pytest.mark.slow

HALF = {"pair": "def first(x):\n    return x[0]"}
NONE = {"double": "raise SystemExit", "pair": "1 / 0"}
TABLES = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment", "zeromean_record")


@pytest.fixture
def grade(small_course, shared_grader, url):
    """Return a function that grades a class folder into the gradebook at `url`."""

    def run(folder, **options):
        options = {"jobs": 1, "progress": False, "release": small_course / "release"} | options
        return grade_class(course.load("small"), folder, url, **options)

    return run


def _counts(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        counts = {t: connection.execute(sa.text(f"SELECT count(*) FROM {t}")).scalar() for t in TABLES}
    engine.dispose()
    return counts


def _scores(url):
    with Gradebook(url, "zeromean") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions("small")}


def test_a_class_is_graded_into_nbgraders_gradebook(grade, class_folder, url):
    """Marks, open questions, late seconds and records are there; one broken notebook stops nobody."""
    folder = class_folder(ann={}, bob=HALF, eve=b"{broken", fay=NONE)
    with Gradebook(url, "zeromean") as gradebook:
        gradebook.update_or_create_assignment("small", duedate="2025-03-01 11:59:00 UTC")
    summary = grade(folder)
    assert (summary.graded, summary.unchanged, summary.left, summary.stopped) == (4, 0, 0, "")
    assert summary.look_at == ("eve",)
    assert summary.mean == 2.5
    assert _scores(url) == {"ann": 6, "bob": 4, "eve": 0, "fay": 0}
    with Gradebook(url, "zeromean") as gradebook:
        ann = gradebook.find_submission("small", "ann")
        assert (ann.needs_manual_grade, ann.max_score, ann.total_seconds_late) == (True, 7, 60)
        assert gradebook.find_grade("why", "small", "small", "eve").needs_manual_grade is False
        assert gradebook.find_comment("why", "small", "small", "eve").comment == "No response."
        assert gradebook.find_notebook("small", "small").needs_manual_grade
    with Records(url) as records:
        loaded = records.load_all("small")
    assert loaded["ann"].late_seconds == 60
    assert loaded["eve"].repairs[0].startswith("The notebook could not be read")
    for student in ("ann", "bob", "eve", "fay"):
        assert (folder / "autograded" / student / "small" / "small.ipynb").is_file()
    assert (folder / "submitted" / "eve" / "small" / "small.ipynb").read_bytes() == b"{broken"


def test_again_grades_only_what_changed(grade, class_folder, url, small_course):
    """Nothing is done twice; a new answer, a moved due date or a lost file is noticed; force does all."""
    folder = class_folder(ann={}, bob=HALF, eve={})
    grade(folder)
    before = _counts(url)
    assert (grade(folder).graded, grade(folder).unchanged) == (0, 3)
    class_folder(bob={})
    assert grade(folder).graded == 1
    assert _scores(url)["bob"] == 6
    (folder / "autograded" / "ann" / "small" / "small.ipynb").unlink()
    assert grade(folder, students=["ann", "eve"]).graded == 1
    with Gradebook(url, "zeromean") as gradebook:
        gradebook.update_or_create_assignment("small", duedate="2025-03-01 11:00:00 UTC")
        gradebook.grant_extension("small", "eve", hours=1)
    assert grade(folder).graded == 2
    assert grade(folder, force=True).graded == 3
    assert _counts(url) == before


def test_a_changed_suite_regrades_everybody(grade, class_folder, small_course, monkeypatch):
    """The fingerprint covers the suite, the engine and the released notebook."""
    folder = class_folder(ann={}, bob={})
    grade(folder)
    suite = small_course / "suites" / "small" / "test_pair.py"
    old = suite.read_text()
    try:
        suite.write_text(old + "\n# a remark\n")
        assert grade(folder).graded == 2
    finally:
        suite.write_text(old)


def test_what_the_staff_entered_survives(grade, class_folder, url):
    """Marks given by hand, extra credit and comments stay through a regrade, and are shown again."""
    folder = class_folder(ann=HALF)
    grade(folder)
    with Gradebook(url, "zeromean") as gradebook:
        gradebook.find_grade("why", "small", "small", "ann").manual_score = 0.5
        override = gradebook.find_grade("check-double", "small", "small", "ann")
        override.manual_score, override.extra_credit = 1.5, 0.25
        gradebook.find_comment("why", "small", "small", "ann").manual_comment = "Nearly."
        gradebook.db.commit()
    class_folder(ann={})
    assert grade(folder).graded == 1
    with Gradebook(url, "zeromean") as gradebook:
        double = gradebook.find_grade("check-double", "small", "small", "ann")
        assert (double.auto_score, double.manual_score, double.extra_credit) == (2, 1.5, 0.25)
        assert double.needs_manual_grade
        assert not gradebook.find_grade("check-pair", "small", "small", "ann").needs_manual_grade
        assert gradebook.find_comment("why", "small", "small", "ann").comment == "Nearly."
        assert gradebook.find_submission("small", "ann").score == 1.5 + 0.25 + 4 + 0.5


def test_killed_in_the_middle_it_goes_on_where_it_stopped(grade, class_folder, url, course_folder):
    """After kill -9 between two students, the next run finishes; nothing is lost and nothing doubled."""
    folder = class_folder(**{f"s{number}": HALF for number in range(6)})
    script = f"""
        import os, signal
        from pathlib import Path
        from autograder.authoring import course
        from autograder.gradebook import batches, bulk
        here = Path({str(course_folder)!r})
        course.SOLUTIONS, course.SUITES = here / "solutions", here / "suites"
        batches.BATCH, batches.BATCH_SECONDS, publish = 2, 99, batches.publish
        def dying(folder, submission, *rest):
            publish(folder, submission, *rest)
            if submission.student == "s3":
                os.kill(os.getpid(), signal.SIGKILL)
        batches.publish = dying
        bulk.grade_class(course.load("small"), Path({str(folder)!r}), {url!r}, jobs=1, progress=False,
                         release=here / "release")
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert _counts(url)["grade"] == 2 * 3
    summary = grade(folder)
    assert (summary.graded, summary.unchanged) == (4, 2)
    assert set(_scores(url).values()) == {4}
    assert _counts(url) == {
        "student": 6,
        "submitted_assignment": 6,
        "submitted_notebook": 6,
        "grade": 18,
        "comment": 18,
        "zeromean_record": 6,
    }


@pytest.fixture
def opened_anew(monkeypatch, shared_grader):
    """Let each process open a grader of its own, as it does outside of tests."""
    monkeypatch.setattr(job, "open_grader", open_grader)


def test_several_processes_give_the_same_marks(grade, opened_anew, class_folder, url, tmp_path, monkeypatch):
    """Two processes, each with a judge and a zygote, write what one would have written, and leave nothing."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    folder = class_folder(ann={}, bob=HALF, eve=b"", fay=NONE)
    summary = grade(folder, jobs=2)
    assert (summary.graded, summary.left, summary.stopped) == (4, 0, "")
    assert _scores(url) == {"ann": 6, "bob": 4, "eve": 0, "fay": 0}
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.fixture
def deadly_suite(small_course, tmp_path, monkeypatch):
    """Return a function that puts code into the suite which may end the process that runs it."""

    def put(code):
        suites = shutil.copytree(small_course / "suites", tmp_path / "suites")
        path = suites / "small" / "test_double.py"
        path.write_text(path.read_text() + textwrap.dedent(code))
        monkeypatch.setattr(course, "SUITES", suites)

    return put


def test_a_process_that_dies_costs_nobody_else_anything(grade, opened_anew, class_folder, url, deadly_suite):
    """A submission that ends the grading process itself is held for a person; all others are graded."""
    deadly_suite("""
        @points(1)
        def test_deadly(student):
            \"\"\"does no harm\"\"\"
            if student.double(1.0) == 13.0:
                import os
                os._exit(3)
    """)
    bad = {"double": "def double(x):\n    return 13.0"}
    summary = grade(class_folder(ann={}, bob=bad, eve={}, fay={}), jobs=2)
    assert (summary.graded, summary.held) == (4, ("bob",))
    assert _scores(url) == {"ann": 6, "bob": 0, "eve": 6, "fay": 6}
    with Gradebook(url, "zeromean") as gradebook:
        assert gradebook.find_grade("check-double", "small", "small", "bob").auto_score is None
        assert gradebook.find_grade("why", "small", "small", "bob").needs_manual_grade
    with Records(url) as records:
        said = records.load("small", "bob").exercises[0].checks[0].detail
    assert said == "The grading process ended without a word, or did not end, twice, on this submission."


def test_a_process_that_hangs_is_ended(grade, opened_anew, class_folder, url, deadly_suite, monkeypatch):
    """A process that waits for ever, which no bound on processor time ends, costs one submission too."""
    deadly_suite("""
        @points(1)
        def test_deadly(student):
            \"\"\"does no harm\"\"\"
            if student.double(1.0) == 13.0:
                import time
                time.sleep(1e6)
    """)
    monkeypatch.setattr(workforce, "MOST_SECONDS", 3.0)
    summary = grade(class_folder(ann={}, bob={"double": "def double(x):\n    return 13.0"}), jobs=2)
    assert (summary.graded, summary.held) == (2, ("bob",))
    assert _scores(url) == {"ann": 6, "bob": 0}


def test_processes_that_cannot_begin_end_the_run(grade, opened_anew, class_folder, deadly_suite):
    """Where every process would die, nobody's mark is held for it: the run ends with a sentence."""
    deadly_suite("import os\nos._exit(3)")
    with pytest.raises(CourseError, match=r"A grading process died before it began\. What it said stands above\."):
        grade(class_folder(ann={}, bob={}), jobs=2)


def test_a_fault_of_ours_holds_the_marks_and_is_tried_again(grade, class_folder, url, monkeypatch):
    """Where grading itself raises, the mark is open; the next run tries again by itself."""
    folder = class_folder(ann={}, bob={})
    with monkeypatch.context() as patch:
        patch.setattr("autograder.gradebook.grading.rebuild", lambda *_: 1 / 0)
        assert grade(folder).held == ("ann", "bob")
    assert _scores(url) == {"ann": 0, "bob": 0}
    assert grade(folder).graded == 2
    assert _scores(url) == {"ann": 6, "bob": 6}


def test_ctrl_c_ends_cleanly_with_a_sentence(grade, class_folder, url, monkeypatch):
    """What was graded before Ctrl-C is written down, and the sentence says how to go on."""
    folder = class_folder(ann={}, bob={}, eve={})
    real = workforce.grade_one

    def interrupted(grader, submission):
        if submission.student == "eve":
            raise KeyboardInterrupt
        return real(grader, submission)

    with monkeypatch.context() as patch:
        patch.setattr(workforce, "grade_one", interrupted)
        summary = grade(folder)
    assert summary.stopped == (
        "Stopped by Ctrl-C. 2 submissions are graded and safe. Run the same command again to go on."
    )
    assert (summary.graded, summary.left) == (2, 1)
    assert (grade(folder).graded, len(_scores(url))) == (1, 3)


def test_a_full_disk_is_said_and_the_run_resumed(grade, class_folder, url, monkeypatch):
    """Neither a half notebook nor half a row is left behind."""
    folder = class_folder(ann={}, bob={})
    real = batches.publish

    def full(folder, submission, *rest):
        if submission.student == "bob":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(folder, submission, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "publish", full)
        patch.setattr(batches, "BATCH", 1)
        summary = grade(folder)
    assert summary.stopped == (
        "The disk is full. 1 submission is graded and safe. Make room and run the same command again to go on."
    )
    assert _counts(url)["submitted_assignment"] == 1
    assert grade(folder).graded == 1


def test_other_trouble_with_the_disk_is_not_hidden(grade, class_folder, monkeypatch):
    """Only a full disk is explained away; anything else stops the run as what it is."""

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(batches, "publish", refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        grade(class_folder(ann={}))


def test_a_process_that_cannot_start_says_why(grade, opened_anew, class_folder):
    """A level of isolation that does not exist is the message, with one process and with two."""
    folder = class_folder(ann={}, bob={})
    for jobs in (1, 2):
        with pytest.raises(RuntimeError, match="There is no isolation level 'magic'"):
            grade(folder, jobs=jobs, isolation="magic")


def test_cells_added_after_grading_are_refused_by_nbgrader(grade, class_folder, url, tmp_path, instructor):
    """The rule of nbgrader holds: the cells of a graded assignment are fixed."""
    from autograder.gradebook.ledger import Ledger

    grade(class_folder(ann={}))
    changed = instructor.copy()
    changed["cells"] = [cell for cell in instructor.cells if cell.id != "why"]
    with pytest.raises(
        CourseError, match=r"Cannot add or remove cells for notebook 'small'.* Grade the new version into"
    ):
        Ledger(url, "small", changed)
