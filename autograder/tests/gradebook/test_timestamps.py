"""A time with one reading counts; any other is told."""

from __future__ import annotations

import codecs
import datetime as dt

import pytest
from nbgrader.coursedir import CourseDirectory

from autograder.gradebook.bulk import grade_class
from autograder.gradebook.timestamps import let_nbgrader_read_times, read_time

pytestmark = pytest.mark.slow

NOON = dt.datetime(2026, 3, 1, 12)
READ = {
    "2026-03-01 12:00:00 UTC": NOON,
    "2026-03-01 12:00:00.000000 UTC": NOON,
    "2026-03-01T12:00:00Z": NOON,
    "2026-03-01 12:00 GMT\n": NOON,
    "2026-03-01T14:30:00+02:30": NOON,
    "2026-03-01 07:00:00 -0500": NOON,
    "2026-03-01 12:00:00.250000123 UTC": NOON.replace(microsecond=250_000),
    "2026-03-01 12:00:00.5 UTC": NOON.replace(microsecond=500_000),
    "2026-03-01 04:00:00.000000 America/Los_Angeles": NOON,
    "2026-03-01 09:00 America/Argentina/Buenos_Aires": NOON,
}
ODD = [
    "Montag, 2. November 2026, 10:00", "03/01/2026 12:00 UTC", "01.03.2026 12:00 UTC", "2026-03-01", "1772366400",
    "2026-13-01 12:00:00 UTC", "2026-03-01 25:00:00 UTC", "2026-03-01 12:00:00 PST", "2026-03-01 12:00:00 +99:00",
    "0000-00-00 00:00:00 UTC", "2026-03-01 12:00:00 UTC or so", "x" * 10_000, "0001-01-01 00:00:00 +14:00",
    "2026-10-25 02:30:00 Europe/Paris", "2026-03-29 02:30:00 Europe/Paris", "2026-03-01 12:00:00 Europe/Atlantis",
]  # fmt: skip
ENCODINGS = {
    "utf-8": str.encode,
    "utf-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be with a mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}


def _written(folder, raw):
    (folder / "timestamp.txt").write_bytes(raw)
    return read_time(folder)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", READ)
def test_times_with_one_reading_count(tmp_path, text, encoding):
    """Nbgrader's form and ISO 8601, in UTC or with an offset, as any system writes files."""
    assert _written(tmp_path, ENCODINGS[encoding](text)) == (READ[text], "")


@pytest.mark.parametrize("text", ODD)
def test_times_with_more_readings_or_none_are_told(tmp_path, text):
    """What could be two days, has no hour or names a zone that is two is not guessed at; it is quoted, in part."""
    time, said = _written(tmp_path, text.encode())
    assert time is None
    assert said.startswith("The time in timestamp.txt has no single reading; the submission counts as in time. Got ")
    assert len(said) < 150


@pytest.mark.parametrize(
    ("raw", "time", "said"),
    [
        (b" \n", None, "is missing: the file is blank; the submission counts as in time."),
        (b"\xff\xfe\xff", None, "could not be read; the submission counts as in time."),
        (b"2026-03-01 12:00:00 \xe9", None, "could not be read; the submission counts as in time."),
        (b"2026-03-01 12:00", NOON, "names no time zone; it was read as UTC. Got '2026-03-01 12:00'."),
        (b"1970-01-01 00:00 UTC", dt.datetime(1970, 1, 1), "cannot be right; it was counted as it stands. Got '19"),
        (b"9999-01-01 00:00 UTC", dt.datetime(9999, 1, 1), "cannot be right; it was counted as it stands. Got '99"),
    ],
)
def test_blank_damaged_and_forged_times_are_told(tmp_path, raw, time, said):
    """A time that cannot be read or cannot be right is counted as it stands, or as in time, and told."""
    found, sentence = _written(tmp_path, raw)
    assert found == time
    assert sentence.startswith(f"The time in timestamp.txt {said}")


def test_no_time_is_in_time(tmp_path):
    """Without the file nothing is said: not every collector writes one."""
    assert read_time(tmp_path) == (None, "")


def test_nbgrader_reads_times_alike(tmp_path, monkeypatch):
    """Its own commands ended for the whole class at the first odd time."""
    monkeypatch.setattr(CourseDirectory, "get_existing_timestamp", None)
    let_nbgrader_read_times()
    for raw, time in ((b"Montag", None), ("2026-03-01 12:00 UTC".encode("utf-16"), NOON)):
        (tmp_path / "timestamp.txt").write_bytes(raw)
        assert CourseDirectory().get_existing_timestamp(str(tmp_path)) == time


def test_odd_times_are_in_the_summary_and_go_away_with_the_oddity(
    class_folder, url, shared_grader, small_course, assignment
):
    """Who handed in when is not certain is named, until the file is put right: then it is graded again."""
    folder = class_folder(ann={}, bob={})
    time = folder / "submitted" / "bob" / "small" / "timestamp.txt"
    time.write_text("tomorrow")
    options = {"jobs": 1, "progress": False, "release": small_course / "release"}
    summary = grade_class(assignment, folder, url, **options)
    assert (summary.odd_times, summary.look_at) == (("bob",), ("bob",))
    assert summary.sentence().endswith("When bob handed in is not certain; see timestamp.txt.")
    time.write_text("2025-03-01 12:00:00 UTC")
    summary = grade_class(assignment, folder, url, **options)
    assert (summary.odd_times, summary.graded) == ((), 1)
