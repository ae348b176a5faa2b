"""What nbgrader's own tests ask for, with our configuration in the place of theirs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.tests.apps.conftest import *  # noqa: F403 - the fixtures of nbgrader's tests

HERE = Path(__file__).resolve().parent
OURS = """
c = get_config()
load_subconfig("nbgrader_config.py", path={root!r})
for place in ("source", "release", "submitted", "autograded", "feedback"):
    setattr(c.CourseDirectory, place + "_directory", place)
c.CourseDirectory.root = {course!r}
c.RebuildNotebook.others = True
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect those to fail, or leave them out, that are listed, for the reason given; all are for `make test`."""
    listed = tomllib.loads((HERE / "exceptions.toml").read_text())
    marks = {
        "cannot": lambda why: pytest.mark.xfail(reason=why, strict=True),
        "left_out": lambda why: pytest.mark.skip(why),
    }
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.filterwarnings("default"))  # their code, their warnings
            for kind, mark in marks.items():
                if item.name.partition("[")[0] in listed[kind]:
                    item.add_marker(mark(listed[kind][item.name.partition("[")[0]]))


@pytest.fixture
def temp_cwd(course_dir, tmp_path, monkeypatch):
    """Go to an empty folder with our configuration, for the course that a test lays out."""
    monkeypatch.setenv("ZEROMEAN_CLASS", str(tmp_path / "class"))
    monkeypatch.delenv("ZEROMEAN_DB", raising=False)
    monkeypatch.setattr(CourseDirectory, "get_existing_timestamp", CourseDirectory.get_existing_timestamp)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    (tmp_path / "nbgrader_config.py").write_text(OURS.format(root=str(HERE.parents[2]), course=course_dir))
    return str(tmp_path)
