"""The records table lives beside nbgrader's own, in one transaction with the marks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa
from nbgrader.dbutil import _temp_alembic_ini

from autograder.gradebook.records import Records
from autograder.judge.record import CheckResult, ExerciseResult, Record

CHECK = CheckResult("test_a", "doubles \u2013 any number", 1, "failed", "got \ud800", "a hint", "thrice")
RECORD = Record("small", "ann", (ExerciseResult("double", 2, (CHECK,)),), "f1", "level 1", 0.5, 30.0, ("mended",))


def test_a_record_comes_back_as_it_went(url):
    """What is saved is what is loaded, whatever characters a student's error held."""
    with Records(url) as records:
        records.save(RECORD)
        assert records.load("small", "ann") == RECORD
        assert records.load("small", "bob") is None
        assert records.load("other", "ann") is None


def test_saving_again_replaces(url):
    """Saving is idempotent: one record per student and assignment, the last one."""
    with Records(url) as records:
        for fingerprint in ("f1", "f1", "f2"):
            records.save(replace(RECORD, fingerprint=fingerprint))
        records.save(replace(RECORD, student="bob"))
        found = records.load_all("small")
        assert {student: record.fingerprint for student, record in found.items()} == {"ann": "f2", "bob": "f1"}


def test_a_record_goes_down_with_its_transaction(url):
    """If the marks are not written, the record is not either."""
    with Records(url) as records:
        records.prepare()
        with records.engine.connect() as connection:
            records.save(RECORD, connection)
            connection.rollback()
        assert records.load_all("small") == {}


@pytest.fixture
def nowhere(tmp_path):
    """Return the address of a database that does not exist yet."""
    return f"sqlite:///{tmp_path}/new.db"


def test_reading_an_empty_database_writes_nothing(nowhere):
    """A report on a class that was never graded finds no records, and makes no tables."""
    with Records(nowhere) as records:
        assert records.load_all("small") == {}
        assert sa.inspect(records.engine).get_table_names() == []


def test_nbgrader_still_stamps_its_version(nowhere, monkeypatch):
    """The tables of nbgrader come first, with its version, though its programs are not on PATH; one course."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with Records(nowhere) as records:
        records.save(RECORD)
        with records.engine.connect() as connection:
            version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            courses = connection.execute(sa.text("SELECT id FROM course")).scalars().all()
    assert courses == ["zeromean"]
    with _temp_alembic_ini(nowhere) as settings:
        command = [sys.executable, "-m", "alembic", "-c", settings, "heads"]
        assert f"{version} (head)" in subprocess.run(command, check=True, capture_output=True, text=True).stdout
