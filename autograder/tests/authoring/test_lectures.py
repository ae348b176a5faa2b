"""A lecture's cells say what they are for; the notebook closes what must not be seen at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.authoring import lectures
from autograder.authoring.course import SourceError


def write(tmp_path: Path, text: str) -> Path:
    """Return the source of a lecture that holds `text`."""
    path = tmp_path / "01_small.py"
    path.write_text(text)
    return path


def test_answers_and_notes_are_closed_in_the_notebook(tmp_path: Path) -> None:
    """An answer opens after a guess, a note says whom it is for, and code that only draws is hidden."""
    source = write(
        tmp_path,
        '# %% [markdown] slideshow={"slide_type": "notes"}\n# Ask.\n\n'
        '# %% [markdown] slideshow={"slide_type": "fragment"} tags=["answer"]\n# It is $x$.\n\n'
        '# %% tags=["hide-input"]\n1 + 1\n\n# %%\n2 + 2\n',
    )
    note, answer, hidden, plain = lectures.for_readers(lectures.cells(source)).cells
    assert note.source.startswith('<details class="zm-fold">\n<summary>Note for the speaker</summary>\n\nAsk.')
    assert "<summary>After your guess</summary>\n\nIt is $x$.\n\n</details>" in answer.source
    assert hidden.metadata.jupyter == {"source_hidden": True}
    assert "jupyter" not in plain.metadata


def test_unknown_words_are_refused(tmp_path: Path) -> None:
    """A tag or a slide type that nobody knows would silently do nothing."""
    with pytest.raises(SourceError, match=r"01_small, cell 1: unknown tag 'answr'. Known tags: answer, hide-input"):
        lectures.cells(write(tmp_path, '# %% tags=["answr"]\n1\n'))
    with pytest.raises(SourceError, match=r"unknown slide type 'sub'. Known: slide, subslide"):
        lectures.cells(write(tmp_path, '# %% slideshow={"slide_type": "sub"}\n1\n'))


def test_a_demo_that_is_not_written_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the package of the lecture's demos, then the demo, each by the name of its file."""
    monkeypatch.setattr(lectures, "DEMOS", tmp_path)
    source = write(tmp_path, "# %%\nfrom zeromean.demos.l01_small import dice\n\ndice.demo()\n")
    for name in ("__init__.py", "dice.py"):
        path = tmp_path / "l01_small" / name
        with pytest.raises(
            SourceError, match=rf"01_small, cell 1 shows the demo 'dice'\. Write {re.escape(str(path))}\."
        ):
            lectures.cells(source)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert len(lectures.cells(source)) == 1


def test_a_demo_is_shown_by_the_name_of_its_file(tmp_path: Path) -> None:
    """Under another name the gallery, the walk and the picture of the lecture would not find it."""
    source = write(tmp_path, "# %%\nfrom zeromean.demos.l06_batch_norm import whitening as w\n\nw.demo()\n")
    with pytest.raises(SourceError, match=r"01_small, cell 1 shows a demo as 'w'\. Call it by the name of its file\."):
        lectures.cells(source)
