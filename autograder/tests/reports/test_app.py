"""What the app is made of: a notebook for each demo and lecture, without what is not for its readers."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.authoring import course
from autograder.errors import CourseError
from autograder.reports import app, gallery


def test_a_lecture_comes_without_notes_and_dead_links(tmp_path: Path) -> None:
    """What only the speaker reads is left out, and so are links to notebooks that the app does not serve."""
    for source in course.lectures():
        card = app._lecture(source, tmp_path)
        text = (tmp_path / f"{card.name}.ipynb").read_text(encoding="utf-8")
        assert "**Say:**" in source.read_text(encoding="utf-8")
        assert "**Say:**" not in text
        assert "](../" not in text
        assert card.picture


def test_a_demo_s_notebook_shows_it(tmp_path: Path) -> None:
    """Two cells: what it is about, and the demo; Voilà shows its title in the window."""
    module = next(name for name in gallery.modules() if name.endswith("bn_graph"))
    card = app._demo(module, tmp_path)
    notebook = nbformat.read(tmp_path / "bn_graph.ipynb", as_version=4)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code"]
    assert notebook.cells[1].source.endswith("bn_graph.demo()")
    assert notebook.metadata.title == card.title


def test_without_voila_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to type instead is said, and nothing is written."""
    monkeypatch.setattr(app, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="Type `make demos`, which installs it, or take `make site`"):
        app.serve(tmp_path / "app", [])
    assert not (tmp_path / "app").exists()
