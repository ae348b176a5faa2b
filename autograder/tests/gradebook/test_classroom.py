"""The folder of a class, as it comes from a collector or from a learning platform."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil

import pytest

from autograder.errors import UsageError
from autograder.gradebook.classroom import misnamed, publish, published, submissions


def test_reads_notebooks_and_times_in_the_order_of_names(class_folder, instructor):
    """Each submission has its bytes and its time in UTC."""
    folder = class_folder(bob=b"2", ann=b"1")
    (folder / "submitted" / "bob" / "small" / "timestamp.txt").write_text("2025-03-01T12:00:00+01:00\n")
    found = list(submissions(folder, "small", instructor))
    assert [(s.student, s.raw, s.remarks) for s in found] == [("ann", b"1", ()), ("bob", b"2", ())]
    assert [s.timestamp for s in found] == [dt.datetime(2025, 3, 1, 12), dt.datetime(2025, 3, 1, 11)]


def test_unknown_students_and_empty_classes_are_refused(class_folder, instructor, tmp_path):
    """A misspelt name is told, instead of grading nobody."""
    folder = class_folder(ann=b"1")
    with pytest.raises(UsageError, match=r"No submission of small by bib, bob in .*class/submitted\. There are: ann\."):
        submissions(folder, "small", instructor, ["bob", "ann", "bib"])
    with pytest.raises(UsageError, match=r"No submissions of other in .*/submitted/<student>/other\."):
        submissions(folder, "other", instructor)
    assert [s.student for s in submissions(folder, "small", instructor, ["ann"])] == ["ann"]


@pytest.mark.parametrize("name", ["Small", "small (2)", "smal", "small.ipynb"])
def test_what_is_nearly_called_so_is_named(class_folder, instructor, name):
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
        submissions(folder, "small", instructor, ["bob"])
    assert misnamed(folder, "other") == misnamed(folder, "small", ["ann"]) == []


def test_a_name_that_cannot_be_written_down_stops_nobody(class_folder, instructor):
    """A folder from an old archive, whose name is not UTF-8, is told; a file of such a name can be spoken of."""
    folder = class_folder(ann=b"1")
    (folder / "submitted" / os.fsdecode(b"b\xfcb") / "small").mkdir(parents=True)
    assert [s.student for s in submissions(folder, "small", instructor)] == ["ann"]
    assert misnamed(folder, "small") == [
        rf"{folder}/submitted/b\udcfcb is not graded: its name is not written in UTF-8. Rename it."
    ]
    (folder / "submitted/ann/small/small.ipynb").rename(folder / "submitted/ann/small" / os.fsdecode(b"\xfc.bin"))
    [found] = submissions(folder, "small", instructor)
    assert found.remarks[0].endswith("; it holds ?.bin.")


def test_names_do_not_move_a_terminal(class_folder):
    """What a file is called reaches the teacher's terminal as text."""
    folder = class_folder(ann=b"1")
    (folder / "submitted/ann/small").rename(folder / "submitted/ann/\x1b[2Ksmall\u202e")
    (sentence,) = misnamed(folder, "small")
    assert "/\\x1b[2Ksmall\\u202e is not graded" in sentence
    assert sentence.isprintable()


def test_publishing_replaces_whole_files(class_folder, instructor):
    """A graded notebook is there whole, with its time, also over nbgrader's read-only one."""
    folder = class_folder(ann=b"1")
    [found] = submissions(folder, "small", instructor)
    assert not published(folder, "ann", "small")
    for text in (b"one", b"two"):
        publish(folder, found, "small", text)
    here = folder / "autograded" / "ann" / "small"
    assert published(folder, "ann", "small")
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {
        "small.ipynb": b"two",
        "timestamp.txt": b"2025-03-01 12:00:00 UTC",
    }


def test_a_time_behind_a_link_is_not_published(class_folder, instructor, tmp_path):
    """A link called timestamp.txt takes nothing of the machine into the graded folder, and is told."""
    folder = class_folder(ann=b"1")
    (tmp_path / "secret").write_text("2025-03-01 12:00:00 UTC")
    time = folder / "submitted" / "ann" / "small" / "timestamp.txt"
    time.unlink()
    time.symlink_to(tmp_path / "secret")
    [found] = submissions(folder, "small", instructor)
    assert found.timestamp is None
    assert found.remarks == (
        "The time in timestamp.txt is a link, which is not followed; the submission counts as in time.",
    )
    publish(folder, found, "small", b"one")
    assert [path.name for path in (folder / "autograded" / "ann" / "small").iterdir()] == ["small.ipynb"]


def test_a_time_as_long_as_a_book_is_read_in_part(class_folder, instructor):
    """What is no time costs no more than what is one."""
    folder = class_folder(ann=b"1")
    with (folder / "submitted" / "ann" / "small" / "timestamp.txt").open("wb") as file:
        file.truncate(300 << 30)
    [found] = submissions(folder, "small", instructor)
    assert "has no single reading" in found.remarks[0]
    publish(folder, found, "small", b"one")
    assert (folder / "autograded" / "ann" / "small" / "timestamp.txt").stat().st_size == 4096
