"""Grades the class of the hostile corpus, as whoever starts it, and prints what came of it: for `test_corpus.py`."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from autograder.authoring import course
from autograder.gradebook import grading
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.records import Records, open_gradebook
from autograder.reports import class_report, feedback
from autograder.sandbox.limits import Limits
from autograder.tests import orphans

QUICK = {
    "cell_wall": 2.0, "call_wall": 0.6, "patience": 3.0, "hurry_wall": 0.5, "total_wall": 10.0, "memory_mb": 300,
    "scratch_mb": 16, "file_mb": 4,
}  # fmt: skip


def main() -> None:
    """Grade, write all pages, and say what each student got and what is left running."""
    root, level, secret = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    orphans.adopt()
    course.ROOT, course.SOLUTIONS, course.SUITES = root, root / "solutions", root / "suites"
    grading.Limits = partial(Limits, **QUICK)
    held = [path.open() for path in (root / "held").iterdir()]  # a file whose name is a secret
    url = f"sqlite:///{root}/class/gradebook.db"
    with open_gradebook(url) as gradebook:
        gradebook.update_or_create_student(secret)
    summary = grade_class(
        course.load("small"), root / "class", url, jobs=1, progress=False, isolation=level, release=root / "release"
    )
    with Records(url) as kept:
        records = kept.load_all("small")
    written = feedback.write_class("small", root / "class", url)
    class_report.write(list(records.values()), root / "class" / "reports")
    left = orphans.left_running()
    for file in held:
        file.close()
    print(  # noqa: T201 - the answer
        json.dumps({
            "summary": summary.to_json(),
            "records": {student: record.to_json() for student, record in records.items()},
            "scores": {student: record.score for student, record in records.items()},
            "unwritten": dict(written.failed),
            "left": left,
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
