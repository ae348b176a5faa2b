"""The folder of a student: which notebook is graded, and what is said of all else that lies in it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from autograder.gradebook.folder import answers, notebook_in


@pytest.fixture
def handed_in(tmp_path, instructor, as_bytes, answered):
    """Return a function that writes files into a folder: "right", "blank", or bytes; it returns what is graded."""
    texts = {"right": as_bytes(answered()), "blank": as_bytes(instructor), "some": as_bytes(answered(pair="", why=""))}

    def make(**files):
        folder = tmp_path / "small"
        folder.mkdir(exist_ok=True)
        for name, what in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(texts.get(what, what) if isinstance(what, str) else what)
        raw, remarks = notebook_in(folder, instructor)
        return next((name for name, text in texts.items() if text == raw), raw), remarks

    return make


NAMED = "small.ipynb"
CALLED = "The notebook was called '{}'; it was taken for small.ipynb."
NOTHING = "There is no notebook small.ipynb in the folder that was handed in; it holds {}."


@pytest.mark.parametrize(
    ("files", "graded", "said"),
    [
        ({NAMED: "right", "small.checks.json": b"{}"}, "right", []),
        ({NAMED: "right", "other.ipynb": "right"}, "right", []),
        ({NAMED: "right", "other.ipynb": "some"}, "right", []),
        (
            {NAMED: "some", "part 2/other.ipynb": "right"},
            "some",
            ["'part 2/other.ipynb' holds answers that small.ipynb lacks (pair, why); it was not graded."],
        ),
        ({NAMED: "blank", ".ipynb_checkpoints/small-checkpoint.ipynb": "right"}, "blank", []),
        ({NAMED: "blank", "a.txt": b"x"}, "blank", []),
        (
            {NAMED: "blank", "small-Copy1.ipynb": "right"},
            "right",
            ["small.ipynb holds no answers, but 'small-Copy1.ipynb' does; that one was graded."],
        ),
        (
            {NAMED: b"{cut", "small-Copy1.ipynb": "some", "small-Copy2.ipynb": "right"},
            "right",
            [
                "small.ipynb holds no answers, but 'small-Copy2.ipynb' does; that one was graded.",
                "There were other notebooks, which were not graded: small-Copy1.ipynb.",
            ],
        ),
        (
            {"small (1).ipynb": "right"},
            "right",
            [CALLED.format("small (1).ipynb")],
        ),
        ({"sub/small.ipynb": "right"}, "right", [CALLED.format("sub/small.ipynb")]),
        ({"small.ipynb.txt": "right"}, "right", [CALLED.format("small.ipynb.txt")]),
        ({"small.IPYNB": "right"}, "right", [CALLED.format("small.IPYNB")]),
        (
            {"small.zip": b"PK", "small.checks.json": b"{}"},
            b"",
            [NOTHING.format("small.checks.json, small.zip")],
        ),
        ({}, b"", [NOTHING.format("nothing")]),
        ({NAMED: b""}, b"", ["The file small.ipynb is empty."]),
        ({NAMED: b"", "small-Copy1.ipynb": "blank"}, b"", ["The file small.ipynb is empty."]),
    ],
)  # fmt: skip
def test_the_notebook_with_the_answers_is_graded(handed_in, files, graded, said):
    """The named notebook counts, unless it has no answer and another has; all that is odd is said."""
    assert handed_in(**files) == (graded, tuple(said))


def test_links_are_not_followed(handed_in, tmp_path):
    """A link to a file of the grading machine, or of somebody else, is no submission."""
    (tmp_path / "secret.ipynb").write_bytes(b"{}")
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / NAMED).symlink_to(tmp_path / "secret.ipynb")
    (tmp_path / "small" / "x.ipynb").symlink_to(tmp_path / "secret.ipynb")
    raw, (link, nothing) = handed_in()
    assert (raw, link) == (b"", "small.ipynb is a link, which is not followed.")
    assert nothing.endswith("it holds nothing.")


def test_a_folder_that_is_a_link_is_not_followed(tmp_path, instructor, as_bytes, answered):
    """Nobody hands in the work of somebody else by pointing at it."""
    theirs = tmp_path / "ann" / "small"
    theirs.mkdir(parents=True)
    (theirs / NAMED).write_bytes(as_bytes(answered()))
    (tmp_path / "small").symlink_to(theirs)
    (tmp_path / "bob").symlink_to(tmp_path / "ann")
    for folder, link in ((tmp_path / "small", "small"), (tmp_path / "bob" / "small", "bob")):
        said = f"The folder {link} is a link, which is not followed."
        assert notebook_in(folder, instructor) == (b"", (said,))


def test_many_large_files_are_not_all_read(handed_in, monkeypatch):
    """Files beside the notebook are read up to the size that one may have, together; what is left is told."""
    monkeypatch.setattr("autograder.gradebook.folder.LARGEST", 3 << 20)
    more = {f"copy {n}.ipynb": b" " * (2 << 20) for n in range(3)}
    assert handed_in(**{NAMED: "right"}, **more) == (
        "right",
        ("2 more files were not read; together up to 3 MB are.",),
    )


def test_a_pipe_is_no_notebook(handed_in, tmp_path):
    """What is no file is not waited for."""
    (tmp_path / "small").mkdir()
    os.mkfifo(tmp_path / "small" / NAMED)
    assert handed_in()[0] == b""


@pytest.mark.parametrize(("name", "depth"), [("d", 1500), ("d" * 250, 30)])
def test_a_folder_without_a_bottom_stops_nobody(handed_in, tmp_path, name, depth):
    """Folders in folders, deeper than Python counts or longer than a path may be, are passed over."""
    handed_in(**{NAMED: "right"})
    inside = os.open(tmp_path / "small", os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=inside)
        deeper = os.open(name, os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = deeper
    os.close(inside)
    try:
        assert handed_in() == ("right", ())
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "small"], check=True)  # which pytest could not


def test_a_file_that_cannot_be_opened_is_told(handed_in, monkeypatch):
    """One unreadable file does not end the run."""

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert handed_in(**{NAMED: "right"}) == (b"", ("small.ipynb cannot be opened: Permission denied.",))


def test_a_file_that_is_too_large_is_not_read(handed_in, tmp_path, monkeypatch):
    """Its size is told; another notebook beside it is graded."""
    (tmp_path / "small").mkdir()
    with (tmp_path / "small" / NAMED).open("wb") as file:
        file.truncate(300 << 30)
    said = "small.ipynb has 307200 MB; up to 200 MB are read."
    assert handed_in() == (b"", (said,))
    assert handed_in(**{"small-Copy1.ipynb": "right"}) == ("right", (said, CALLED.format("small-Copy1.ipynb")))


def test_a_blank_notebook_has_no_answers(instructor, as_bytes, answered):
    """Locked cells that were edited are no answers; a cell of the student's own may be one."""
    notebook = json.loads(as_bytes(instructor))
    notebook["cells"][0]["source"] = "# Mine"
    assert answers(as_bytes(notebook), instructor) == 0
    notebook["cells"].append({"cell_type": "code", "source": "x = 1"})
    assert answers(as_bytes(notebook), instructor) == 1
    assert answers(as_bytes(answered()), instructor) == 3
    assert answers(b"garbage", instructor) == 0
