"""A lecture becomes one page or one set of slides that needs nothing beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.reports import site

LECTURE = """# %% [markdown] slideshow={"slide_type": "slide"}
# # A small lecture
# with $x_i$

# %% slideshow={"slide_type": "subslide"}
from IPython.display import HTML
HTML("<b id='demo'>alive</b>")

# %% tags=["hide-input"]
print("<i>text</i>", 6 * 7)

# %% [markdown] slideshow={"slide_type": "notes"}
# Say it slowly.

# %% [markdown] slideshow={"slide_type": "skip"}
# Only in the notebook and on the page.
"""


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    """Return the source of a lecture of five cells."""
    source = tmp_path / "01_small" / "01_small.py"
    source.parent.mkdir()
    source.write_text(LECTURE)
    return source


def test_a_page_holds_text_code_and_live_output(lecture: Path, tmp_path: Path) -> None:
    """The lecture was run, its own HTML is kept, printed text is escaped, and hidden code is hidden."""
    text = site.write_lecture(lecture, tmp_path / "site", slides=False).read_text()
    assert "<title>A small lecture</title>" in text
    assert "<b id='demo'>alive</b>" in text
    assert "&lt;i&gt;text&lt;/i&gt; 42" in text
    assert ">print<" not in text
    assert "<math" in text
    assert not re.search(r"""(src|href)=["']?https?:""", text)


def test_slides_go_across_and_down(lecture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One column of two slides; notes are for the speaker, and skipped cells are left out."""
    files = {name.rsplit("/", 1)[-1]: "" for name in site.REVEAL_FILES}
    monkeypatch.setattr(site, "reveal_assets", lambda folder: files)
    text = site.write_lecture(lecture, tmp_path / "site", slides=True).read_text()
    assert text.count("<section>") == 3
    assert '<aside class="notes"><p>Say it slowly.</p>' in text
    assert "Only in the notebook" not in text


def test_slides_without_npm_name_the_way_out(lecture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where reveal.js cannot be fetched, what to install or to take instead is said before a lecture is run."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(site, "run", lambda notebook, folder: pytest.fail("the lecture was run"))
    with pytest.raises(CourseError, match=r"Install Node\.js, or take `make site`"):
        site.write_lecture(lecture, tmp_path, slides=True)


def test_npm_s_refusal_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words of npm are in the message."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(CourseError, match="no such package"):
        site.reveal_assets(tmp_path / "reveal")
