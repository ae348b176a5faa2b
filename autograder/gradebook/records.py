"""The table of records: what was decided about each submission, beside the marks in the same database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from nbgrader import api
from nbgrader.api import Gradebook

from autograder.gradebook.alembic import version_of_a_new_gradebook
from autograder.judge.record import Record

COURSE = "zeromean"
_METADATA = sa.MetaData()
_TABLE = sa.Table(
    "zeromean_record",
    _METADATA,
    sa.Column("assignment", sa.String(128), primary_key=True),
    sa.Column("student", sa.String(128), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)


def open_gradebook(db_url: str) -> Gradebook:
    """Open nbgrader's gradebook, made first if there is none."""
    api.get_alembic_version = version_of_a_new_gradebook
    return Gradebook(db_url, COURSE)


class Records:
    """The records in the gradebook at `db_url`; a context manager."""

    def __init__(self, db_url: str) -> None:
        self._db_url = db_url
        self.engine = sa.create_engine(db_url)

    def __enter__(self) -> Records:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.engine.dispose()

    def prepare(self) -> None:
        """Make the table; nbgrader's own come first, because it stamps its version on an empty database only."""
        inspector = sa.inspect(self.engine)
        if not inspector.has_table("alembic_version"):
            open_gradebook(self._db_url).close()
        _METADATA.create_all(self.engine)

    def save(self, record: Record, connection: sa.Connection | None = None) -> None:
        """Store a record in place of an older one; in the transaction of `connection`, where one is given."""
        if connection is None:
            self.prepare()
            with self.engine.begin() as own:
                return self.save(record, own)
        row = {"assignment": record.assignment, "student": record.student}
        connection.execute(sa.delete(_TABLE).filter_by(**row))
        data = json.dumps(record, default=vars)  # as `to_json`, which copies all first
        connection.execute(sa.insert(_TABLE).values(**row, fingerprint=record.fingerprint, data=data))
        return None

    def load_all(self, assignment: str) -> dict[str, Record]:
        """Return the records of an assignment by student, in the order of their names."""
        return {record.student: record for record in self.each(assignment)}

    def each(self, assignment: str) -> Iterator[Record]:
        """Yield the records of an assignment in the order of the students' names, one at a time in memory."""
        query = sa.select(_TABLE.c.data).filter_by(assignment=assignment).order_by(_TABLE.c.student)
        for row in self._rows(query):
            yield Record.from_json(json.loads(row.data))

    def load(self, assignment: str, student: str) -> Record | None:
        """Return the record of one submission, if there is one."""
        query = sa.select(_TABLE.c.data).filter_by(assignment=assignment, student=student)
        return next((Record.from_json(json.loads(row.data)) for row in self._rows(query)), None)

    def _rows(self, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
        if not sa.inspect(self.engine).has_table(_TABLE.name):
            return
        with self.engine.connect() as connection:
            yield from connection.execution_options(yield_per=100).execute(query)
