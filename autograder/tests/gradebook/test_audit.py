"""A mark can be explained, and comes out the same whenever, wherever in the class and by however many it is judged."""

from __future__ import annotations

import os
import random
import shutil

import pytest
from nbgrader.api import Gradebook

from autograder.authoring import course
from autograder.errors import UsageError
from autograder.gradebook import audit, bulk, job
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.grading import open_grader, sha256
from autograder.gradebook.records import Records

pytestmark = pytest.mark.slow

HALF = {"pair": "def first(x):\n    return x[0]"}
ADDS = {"double": "def double(x):\n    return x + 2"}
SNOOPS = {"double": "try:\n    open('/etc/passwd')\nexcept OSError:\n    pass\ndef double(x):\n    return 2 * x"}
CLASS = {
    "ann": {},
    "bob": HALF,
    "cem": ADDS,
    "dot": SNOOPS,
    "eve": b"{broken",
    "fay": {"double": "import random\ndef double(x):\n    return random.random() * x", "pair": "1 / 0"},
    "gus": {"double": "import os\nos._exit(3)"},
    "hal": {"double": "seen = []\ndef double(x):\n    seen.append(1)\n    return len(seen) * x"},
}
ROUNDS = int(os.environ.get("ZEROMEAN_ROUNDS", "3"))  # ten, when one wants to be sure


@pytest.fixture
def graded(small_course, shared_grader, reopen, class_folder, url, monkeypatch):
    """Hand in and grade a class; return its folder, the address of its gradebook and its release."""
    monkeypatch.setattr(audit, "open_grader", reopen)
    folder, release = class_folder(**CLASS), small_course / "release"
    grade_class(course.load("small"), folder, url, jobs=1, progress=False, release=release)
    return folder, url, release


@pytest.fixture
def explain(graded):
    """Return a function that explains the mark of a student's exercise."""
    folder, url, release = graded
    return lambda student, exercise="double", name=None: audit.explain(folder, url, student, exercise, name, release)


@pytest.fixture
def replay(graded):
    """Return a function that judges a student's submission again."""
    folder, url, release = graded
    return lambda student, exercise=None: audit.replay(folder, url, student, exercise, "small", release)


def test_the_record_says_what_it_was_made_from(graded, small_course):
    """Hashes of notebook, suite and engine, the seed, the level and the time are kept with each mark."""
    folder, url, _ = graded
    with Records(url) as records:
        found = records.load_all("small")
    for student, record in found.items():
        raw = (folder / "submitted" / student / "small" / "small.ipynb").read_bytes()
        assert record.origin.submission == sha256(raw)
        assert record.origin.at.endswith("+00:00")
        assert (record.origin.seed, record.origin.level) == (0, record.isolation.split(", ")[1].split(":")[0])
    assert len({(record.origin.suite, record.origin.engine) for record in found.values()}) == 1


def test_a_mark_is_explained_on_one_screen(explain, url):
    """Marks, each check with its weight, message and hint, what was odd, and where it came from."""
    lines = explain("cem").text().splitlines()
    assert lines[0] == "cem, double (small): 0 of 2 marks"
    assert lines[1] == "Checks that weigh 0 of 4 passed: 2 x 0/4 marks."
    assert lines[3] == "✗ not yet (3): doubles a few numbers"
    assert "    Hint (added): You add two." in lines
    assert "– not tried (1): keeps zero <at> zero" in lines
    assert lines[-1] == "Nothing of it has changed since."
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 2 * audit.WIDTH
    assert "It reached out of the sandbox in vain: it tried to open '/etc/passwd'." in explain("dot").text()
    assert "The notebook could not be read" in explain("eve").text()


def test_what_a_person_gave_is_said(explain, url):
    """A mark that was changed in formgrader is what counts, and is named beside ours."""
    assert "A person" not in explain("ann").text()
    with Gradebook(url, "zeromean") as gradebook:
        gradebook.find_grade("check-double", "small", "small", "ann").manual_score = 1.5
        gradebook.db.commit()
    assert "A person gave 1.5, and that counts." in explain("ann").text()
    assert explain("ann").to_json()["by_hand"] == 1.5


def test_a_held_mark_is_explained(small_course, class_folder, url, monkeypatch, reopen):
    """Where we ourselves failed, the last line of our traceback is there for the staff."""
    monkeypatch.setattr(job, "open_grader", reopen)
    monkeypatch.setattr("autograder.gradebook.grading.rebuild", lambda *_: 1 / 0)
    folder, release = class_folder(ann={}), small_course / "release"
    grade_class(course.load("small"), folder, url, jobs=1, progress=False, release=release)
    said = audit.explain(folder, url, "ann", "double", None, release).text()
    assert "A check of ours failed, so the mark is held for a person." in said
    assert "    ZeroDivisionError: division by zero" in said
    assert "What it was made from was not put down: run `autograder grade small --force`." in said


def test_a_replay_is_the_same_and_writes_nothing(replay, graded):
    """Right, wrong, broken, random, dying and snooping: judged again, all is as it was, to the last sentence."""
    before = {path: path.stat().st_mtime_ns for path in graded[0].rglob("*")}
    for student in CLASS:
        assert (replay(student).differences, replay(student).changed) == ((), ())
    assert {path: path.stat().st_mtime_ns for path in graded[0].rglob("*")} == before


def test_a_replay_that_differs_says_where(replay, class_folder):
    """A new submission in the place of the old one is judged, and told: what came out otherwise, and why it may."""
    class_folder(ann=HALF, cem={})
    said = replay("ann").text()
    assert "pair: 4 of 4 marks then, 2 of 4 marks now." in said
    assert "    returns the last: passed then, not yet now." in said
    assert "Since then the submission changed." in said
    assert replay("ann", "double").differences == ()
    assert replay("cem").differences[0] == "double: 0 of 2 marks then, 2 of 2 marks now."


def test_a_submission_that_is_gone(replay, explain, graded):
    """It cannot be judged again, and the message says where it was; its mark can be explained."""
    shutil.rmtree(graded[0] / "submitted" / "ann")
    with pytest.raises(UsageError, match=r"The submission of ann is no longer in .*/submitted/ann/small\."):
        replay("ann")
    assert "Since then the submission changed." in explain("ann").text()


def test_names_that_are_not_there(explain, graded):
    """An unknown exercise or student comes with the near ones."""
    with pytest.raises(UsageError, match=r"There is no exercise 'doble' in small\. Did you mean double\?"):
        explain("ann", "doble", "small")
    with pytest.raises(UsageError, match=r"No submission of small by ana is graded\. Did you mean ann\?"):
        explain("ana")
    with pytest.raises(UsageError, match=r"Nothing of 'ana' is graded yet\."):
        audit.meant_by(None, None, graded[1], "ana")
    assert audit.meant_by(None, None, graded[1], "ann") == audit.meant_by("pair", None, graded[1], "ann") == ["small"]


def test_an_exercise_of_two_assignments_must_be_named(explain, small_course):
    """Two assignments may have an exercise of one name."""
    twin = small_course / "solutions" / "twin"
    shutil.copytree(small_course / "solutions" / "small", twin)
    (twin / "small.py").rename(twin / "twin.py")
    try:
        with pytest.raises(UsageError, match=r"small and twin have an exercise double\. Name one: --assignment\."):
            explain("ann")
        assert explain("ann", "double", "small").exercise.points == 2
    finally:
        shutil.rmtree(twin)


def test_an_exercise_that_came_later(explain, graded):
    """An exercise that is new since the class was graded has no mark to explain."""
    _, url, _ = graded
    with Records(url) as records:
        old = records.load("small", "ann")
        records.save(type(old).from_json({**old.to_json(), "exercises": old.to_json()["exercises"][1:]}))
    with pytest.raises(UsageError, match=r"double was not graded yet for ann\. Run `autograder grade small` first\."):
        explain("ann")


def test_the_same_class_gives_the_same_records(small_course, class_folder, url, monkeypatch):
    """However often, in whatever order and by however many processes a class is graded, every record is the same."""
    monkeypatch.setattr(job, "open_grader", open_grader)
    read, shuffled = bulk.submissions, random.Random(1)
    monkeypatch.setattr(bulk, "submissions", lambda *which: shuffled.sample(list(read(*which)), len(CLASS)))
    folder, found = class_folder(**CLASS), []
    for number in range(ROUNDS):
        options = {"jobs": 1 + number % 3, "force": True, "progress": False, "release": small_course / "release"}
        summary = grade_class(course.load("small"), folder, url, **options)
        with Records(url) as records:
            found.append({student: record.decided() for student, record in records.load_all("small").items()})
        assert summary.reached_out == ("dot",)
    assert set(found[0]) == set(CLASS)
    assert all(each == found[0] for each in found)
