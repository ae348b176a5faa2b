"""The folder of a class, as it comes from a collector or from a learning platform."""

from __future__ import annotations

import datetime as dt
import re
import shutil

import pytest

from autograder.errors import UsageError
from autograder.gradebook.classroom import misnamed, publish, published, submissions


def test_reads_notebooks_and_times_in_the_order_of_names(class_folder):
    """Each submission has its bytes and its time in UTC."""
    folder = class_folder(bob=b"2", ann=b"1")
    (folder / "submitted" / "bob" / "small" / "timestamp.txt").write_text("2025-03-01T12:00:00+01:00\n")
    found = submissions(folder, "small")
    assert [(s.student, s.raw, s.remarks) for s in found] == [("ann", b"1", ()), ("bob", b"2", ())]
    assert [s.timestamp for s in found] == [dt.datetime(2025, 3, 1, 12), dt.datetime(2025, 3, 1, 11)]


def test_the_only_notebook_is_taken_whatever_its_name(class_folder):
    """A browser's "small (1).ipynb" is the submission, and that is said."""
    folder = class_folder(ann=b"1")
    path = folder / "submitted" / "ann" / "small" / "small.ipynb"
    path.rename(path.with_name("small (1).ipynb"))
    [found] = submissions(folder, "small")
    assert found.raw == b"1"
    assert found.remarks == ("The notebook was called 'small (1).ipynb'; it was taken for small.ipynb.",)


def test_a_folder_without_a_notebook_is_a_submission_without_answers(class_folder):
    """The student gets zero and a sentence, as would an empty file."""
    folder = class_folder(ann=b"1")
    here = folder / "submitted" / "ann" / "small"
    (here / "small.ipynb").unlink()
    (here / "timestamp.txt").write_text("yesterday, I think")
    [found] = submissions(folder, "small")
    assert (found.raw, found.timestamp) == (b"", None)
    assert found.remarks == (
        "There is no notebook small.ipynb in the folder that was handed in.",
        "The time in timestamp.txt could not be read; the submission counts as in time.",
    )


def test_unknown_students_and_empty_classes_are_refused(class_folder, tmp_path):
    """A misspelt name is told, instead of grading nobody."""
    folder = class_folder(ann=b"1")
    with pytest.raises(UsageError, match=r"No submission of small by bib, bob in .*class/submitted\. There are: ann\."):
        submissions(folder, "small", ["bob", "ann", "bib"])
    with pytest.raises(UsageError, match=r"No submissions of other in .*/submitted/<student>/other\."):
        submissions(folder, "other")
    assert [s.student for s in submissions(folder, "small", ["ann"])] == ["ann"]


@pytest.mark.parametrize("name", ["Small", "small (2)", "smal", "small.ipynb"])
def test_what_is_nearly_called_so_is_named(class_folder, name):
    """A folder that was renamed on its way, or a notebook beside the folder, is told instead of passed over."""
    folder = class_folder(ann=b"1", bob=b"2")
    moved = folder / "submitted" / "bob" / name
    source = folder / "submitted" / "bob" / "small"
    if name.endswith(".ipynb"):
        (source / name).rename(moved)
        shutil.rmtree(source)
    else:
        source.rename(moved)
    (sentence,) = misnamed(folder, "small")
    assert sentence.startswith(f"{moved} is not graded: it should be {source}")
    with pytest.raises(UsageError, match=re.escape(sentence)):
        submissions(folder, "small", ["bob"])
    assert misnamed(folder, "other") == misnamed(folder, "small", ["ann"]) == []


def test_publishing_replaces_whole_files(class_folder):
    """A graded notebook is there whole, with its time, also over nbgrader's read-only one."""
    folder = class_folder(ann=b"1")
    [found] = submissions(folder, "small")
    assert not published(folder, "ann", "small")
    for text in (b"one", b"two"):
        publish(folder, found, "small", text)
    here = folder / "autograded" / "ann" / "small"
    assert published(folder, "ann", "small")
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {
        "small.ipynb": b"two",
        "timestamp.txt": b"2025-03-01 12:00:00 UTC",
    }
