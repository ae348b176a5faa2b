"""The course becomes a folder of pages, and slides, that need nothing beside them."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from autograder.authoring import course
from autograder.authoring.course import SourceError
from autograder.errors import CourseError
from autograder.reports import gallery, lecture, reveal, site

LECTURE = """# %% [markdown] slideshow={"slide_type": "slide"}
# # A small lecture
# with $x_i$, and [A4](../../assignments/a4_batch_norm/a4_batch_norm.ipynb)

# %% [markdown] slideshow={"slide_type": "slide"}
# ## A claim
# | a | b |
# |---|---|
# | 1 | 2 |
#
# **Predict.**

# %% [markdown] slideshow={"slide_type": "notes"}
# Say it slowly.

# %%
from IPython.display import HTML
from zeromean.tables import Table
HTML("<b id='demo'>alive</b>")

# %% slideshow={"slide_type": "fragment"} tags=["hide-input", "answer"]
Table(["n", "of it"], [["<i>text</i>", 6 * 7]], fold=True)

# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]
# Forty-two.

# %% tags=["show-code"]
answer = 42

# %% [markdown] slideshow={"slide_type": "skip"}
# Only in the notebook and on the page.
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> lecture.Lecture:
    """Return a small lecture that has been run."""
    source = tmp_path_factory.mktemp("lectures") / "01_small.py"
    source.write_text(LECTURE)
    return lecture.run(source)


def test_a_page_holds_text_code_and_live_output(small: lecture.Lecture, tmp_path: Path) -> None:
    """Its own HTML is kept, hidden code is hidden, no note is on it, sections are listed, tables can scroll."""
    text = site.write_page(small, tmp_path).read_text()
    assert "<title>A small lecture</title>" in text
    assert "<b id='demo'>alive</b>" in text
    assert "Say it slowly" not in text
    assert "<math" in text
    assert '<li><a href="#A-claim">A claim</a></li>' in text
    assert re.search(r'<div class="scroll" role="group" aria-label="Table"><table>', text)
    assert not re.search(r"""(src|href)=["']?https?:""", text)


def test_answers_that_follow_each_other_are_in_one_fold(small: lecture.Lecture, tmp_path: Path) -> None:
    """A reader opens table and words together, after the guess."""
    text = site.write_page(small, tmp_path).read_text()
    folds = re.findall(r'<details class="part answer">(.*?)</details>', text, re.DOTALL)
    assert len(folds) == 1
    assert "&lt;i&gt;text&lt;/i&gt;" in folds[0]
    assert "Forty-two." in folds[0]
    assert text.count("Forty-two.") == text.count("After your guess") == 1


def test_links_lead_to_pages(small: lecture.Lecture, tmp_path: Path) -> None:
    """A link to a notebook of the course leads to its page; one to nowhere is refused."""
    assert 'href="a4_batch_norm.html"' in site.write_page(small, tmp_path).read_text()
    with pytest.raises(SourceError, match=r"A lecture links to gone\.ipynb\. There is: a4"):
        lecture.linked('<a href="../x/gone.ipynb">', ["a4"])


def test_slides_hold_what_belongs_together(small: lecture.Lecture) -> None:
    """Up to the next slide all stands on one: question, code worth showing, answers on a click, notes beside it."""
    (title,), (claim,) = small.slides()
    assert (title.kind, claim.kind) == ("title", "chapter")
    assert [part.fragment for part in claim.parts] == [False, False, True, True, False]
    assert claim.notes == "<p>Say it slowly.</p>\n"
    whole = "".join(part.html for part in claim.parts)
    assert "answer</span>" in whole
    assert "import" not in whole, "code is hidden in slides unless it is tagged"
    assert "<details" not in whole, "on a slide, an answer waits for a click and not behind a fold"
    assert "Only in the notebook" not in whole


def test_an_assignment_is_a_page_and_an_archive(tmp_path: Path) -> None:
    """Its text can be read without Jupyter; notebook and checks can be taken away together."""
    for name in course.assignments():
        text = site._assignment(name, tmp_path).read_text()
        assert f'href="{name}.zip"' in text
        assert "BEGIN SOLUTION" not in text
        assert zipfile.ZipFile(tmp_path / f"{name}.zip").namelist() == [
            f"{name}/{name}.checks.json",
            f"{name}/{name}.ipynb",
        ]


def test_every_demo_has_a_sentence_and_can_be_found() -> None:
    """The gallery lists each demo of the package once, those of later lectures too."""
    names = [name.rsplit(".", 1)[-1] for name in gallery.modules()]
    assert "activation_theatre" in names
    assert len(names) == len(set(names))
    card, _ = gallery.make("zeromean.demos.l06_batch_norm.bn_graph")
    assert card.sentence.startswith("Batch norm as a graph")
    assert card.group == "L6 · Batch normalization"
    assert card.title


def test_every_demo_has_a_picture() -> None:
    """The gallery shows it; one that is missing is asked for."""
    for name in (module.rsplit(".", 1)[-1] for module in gallery.modules()):
        path = gallery.PICTURES / f"{name}.png"
        assert path.is_file(), f"The demo {name} has no picture {path}. Take it: autograder pictures"


def test_a_demo_without_a_sentence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gallery has nothing to say of it."""
    monkeypatch.setattr("zeromean.demos.l06_batch_norm.bn_graph.__doc__", None)
    with pytest.raises(SourceError, match=r"bn_graph\.py has no docstring\. Its first sentences stand in the gallery"):
        gallery.make("zeromean.demos.l06_batch_norm.bn_graph")


def test_a_cell_that_stops_is_named(tmp_path: Path) -> None:
    """A lecture that cannot be run ends with a sentence: which cell, and why."""
    source = tmp_path / "01_small.py"
    source.write_text("# %% [markdown]\n# # A title\n\n# %%\n1 / 0\n\n# %% [markdown]\n# More.\n")
    with pytest.raises(SourceError, match=r"^01_small, cell 2 stops: ZeroDivisionError: division by zero$"):
        lecture.run(source)


def test_a_cell_that_warns_is_named(tmp_path: Path) -> None:
    """What a library warns of would stand on the page: it is told to the author instead."""
    source = tmp_path / "01_small.py"
    source.write_text("# %% [markdown]\n# # A title\n\n# %%\nimport numpy as np\nnp.log(np.zeros(1))\n")
    with pytest.raises(SourceError, match=r"^01_small, cell 2 warns: .*RuntimeWarning: divide by zero.* Mend it"):
        lecture.run(source)


def test_lectures_lead_to_their_neighbours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page ends with the lecture before and the one after; the first and the last have one of them."""
    for number in (1, 2, 4):
        source = tmp_path / f"0{number}_any" / f"0{number}_any.py"
        source.parent.mkdir()
        source.write_text(f"# %% [markdown]\n# # L{number} · Any\n")
    monkeypatch.setattr(course, "LECTURES", tmp_path)
    assert site.around("01_any") == [("After", "02_any", "L2 · Any")]
    assert site.around("02_any") == [("Before", "01_any", "L1 · Any"), ("After", "04_any", "L4 · Any")]
    assert site.around("04_any") == [("Before", "02_any", "L2 · Any")]


def test_slides_without_npm_name_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reveal.js cannot be fetched, what to install or to take instead is said before a lecture is run."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(lecture, "run", lambda source: pytest.fail("the lecture was run"))
    with pytest.raises(CourseError, match=r"Install Node\.js, or take `make site`"):
        site.write_slides(tmp_path / "any.py", tmp_path)


def test_npm_s_refusal_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of npm are in the message."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(CourseError, match="no such package"):
        reveal.assets(tmp_path / "reveal")


def test_another_reveal_than_ours_is_not_unpacked(tmp_path: Path) -> None:
    """What arrives is known by its hash, not by its name."""
    archive = tmp_path / "reveal.tgz"
    archive.write_bytes(b"something else")
    with pytest.raises(CourseError, match=r"npm brought another reveal\.js@4\.6\.1 than the one we know"):
        reveal.unpack(archive, tmp_path / "reveal")
    assert not (tmp_path / "reveal").exists()
