"""Writes down what has been graded, some at a time: notebooks in their folders, marks and records in the gradebook."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from sqlalchemy.exc import OperationalError

from autograder.gradebook.classroom import publish
from autograder.gradebook.job import Done
from autograder.gradebook.ledger import Entry, Ledger
from autograder.gradebook.marks import Marks, marks

BATCH = 20
BATCH_SECONDS = 1.0


class Batches:
    """Writes results down in batches: first the notebooks, then all marks and records in one transaction."""

    def __init__(self, ledger: Ledger, class_folder: Path, late: dict[str, float]) -> None:
        self.written = 0
        self._ledger, self._class_folder, self._late = ledger, class_folder, late
        self._pending: list[Done] = []
        self._since = time.monotonic()

    def take_all(self, results: Iterator[Done]) -> str:
        """Write down everything that comes; return why it ended early, or nothing."""
        try:
            for done in results:
                self._pending.append(done)
                if len(self._pending) >= BATCH or time.monotonic() - self._since > BATCH_SECONDS:
                    self._write()
            self._write()
        except KeyboardInterrupt:
            self._write()
            return f"Stopped by Ctrl-C. {self._safe}"
        except (OSError, OperationalError) as error:
            if not _disk_full(error):
                raise
            return f"The disk is full. {self._safe.replace('Run', 'Make room and run')}"
        return ""

    @property
    def _safe(self) -> str:
        are = "submission is" if self.written == 1 else "submissions are"
        return f"{self.written} {are} graded and safe. Run the same command again to go on."

    def _write(self) -> None:
        for done in self._pending:
            publish(self._class_folder, done.submission, self._ledger.assignment, done.notebook)
        entries = [
            Entry(replace(d.record, late_seconds=self._late[d.record.student]), _marks(d), d.submission.timestamp)
            for d in self._pending
        ]
        if entries:
            with self._ledger.engine.begin() as connection:
                self._ledger.write(connection, entries)
        self.written += len(self._pending)
        self._pending, self._since = [], time.monotonic()


def _marks(done: Done) -> Marks:
    """Return what nbgrader keeps of a result; made here, so that no process that grades needs to load nbgrader."""
    return marks(nbformat.from_dict(json.loads(done.notebook)), done.record)


def _disk_full(error: Exception) -> bool:
    full = (errno.ENOSPC, errno.EDQUOT)
    return getattr(error, "errno", None) in full or "disk is full" in str(error)
