"""The folder of a class: who handed in what and when, and where the graded notebook goes."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring import course
from autograder.errors import UsageError, meant
from autograder.gradebook.folder import notebook_in
from autograder.gradebook.timestamps import LARGEST, read_time
from autograder.safe import encodable, printable

NEARLY = 0.8


@dataclass(frozen=True)
class Submission:
    """What one student handed in: the bytes of the notebook (none: there is none), and what is odd about it."""

    student: str
    folder: Path
    raw: bytes
    timestamp: dt.datetime | None
    remarks: tuple[str, ...] = ()

    def without_bytes(self) -> Submission:
        """Return all but the bytes: a class may be large, and they are read again where they are graded."""
        return replace(self, raw=b"")


def submissions(
    class_folder: Path, assignment: str, blank: NotebookNode, students: Collection[str] = ()
) -> Iterator[Submission]:
    """Return the submissions of an assignment, in the order of the students' names, each read when it is asked for.

    `blank` is what they were given.

    Raises
    ------
    UsageError
        If there are none, or none by one of `students`.
    """
    folders = sorted(path for path in class_folder.glob(f"submitted/*/{assignment}") if path.is_dir())
    found = {path.parent.name: path for path in folders if _writable(path.parent.name)}
    missing = sorted(set(students) - set(found))
    hints = misnamed(class_folder, assignment, missing)
    if missing:
        hints = hints or [meant(missing[0], sorted(found))]
        said = f"No submission of {assignment} by {', '.join(missing)} in {class_folder}/submitted."
        raise UsageError(" ".join([said, *hints]))
    if not found:
        said = f"No submissions of {assignment} in {class_folder}/submitted/<student>/{assignment}."
        raise UsageError(" ".join([said, *hints]))
    return (read(student, path, blank) for student, path in found.items() if not students or student in students)


def misnamed(class_folder: Path, assignment: str, students: Collection[str] = ()) -> list[str]:
    """Return a sentence for each student (of `students`) who handed in nothing, but something nearly of that name.

    And for each folder whose own name no file of ours can hold.
    """
    sentences = []
    for folder in sorted(class_folder.glob("submitted/*")):
        if not _writable(folder.name):
            sentences.append(printable(f"{folder} is not graded: its name is not written in UTF-8. Rename it."))
            continue
        if (students and folder.name not in students) or not folder.is_dir() or (folder / assignment).is_dir():
            continue
        for path in sorted(folder.iterdir()):
            in_its_place = path.name == assignment  # a file: folders of that name were passed over above
            if in_its_place or (path.name not in course.assignments() and _alike(path.stem, assignment)):
                right = f"{folder / assignment}{'/' * path.is_file()}"
                sentences.append(printable(f"{path} is not graded: it should be {right}."))
    return sentences


def _writable(name: str) -> bool:
    """Whether a name can be written down: a folder of an old archive may have one that is not UTF-8."""
    return encodable(name) == name


def _alike(name: str, assignment: str) -> bool:
    """Whether two names differ by little more than case, spaces, signs and a copy's number."""
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (name, assignment))
    return difflib.SequenceMatcher(a=one, b=other).ratio() > NEARLY


def read(student: str, folder: Path, blank: NotebookNode) -> Submission:
    """Read what a student left in a folder, which is named after the assignment; `blank` is what they were given."""
    raw, remarks = notebook_in(folder, blank)
    timestamp, odd = read_time(folder)
    return Submission(student, folder, raw, timestamp, tuple(map(encodable, filter(None, (*remarks, odd)))))


def publish(class_folder: Path, submission: Submission, assignment: str, notebook: bytes) -> None:
    """Put a graded notebook where nbgrader keeps them, whole or not at all, with its timestamp."""
    folder = class_folder / "autograded" / submission.student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    timestamp = submission.folder / "timestamp.txt"
    if timestamp.is_file() and not timestamp.is_symlink():
        with timestamp.open("rb") as file:
            _write(folder / timestamp.name, file.read(LARGEST))
    _write(folder / f"{assignment}.ipynb", notebook)


def published(class_folder: Path, student: str, assignment: str) -> bool:
    """Whether there is a graded notebook."""
    return (class_folder / "autograded" / student / assignment / f"{assignment}.ipynb").is_file()


def _write(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.write_bytes(data)
    new.chmod(0o444)  # as nbgrader leaves them
    new.replace(path)
