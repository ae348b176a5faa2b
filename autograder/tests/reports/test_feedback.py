"""A student's page says what came of each exercise; one that fails costs nobody else theirs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbformat import NotebookNode, v4

import autograder.__main__
from autograder.authoring import course
from autograder.gradebook.records import Records, open_gradebook
from autograder.reports.feedback import feedback_page, write_class
from autograder.tests.reports.records import GOOD, WAITING, WRONG, record
from autograder.tests.strict import read

pytestmark = pytest.mark.slow


def _notebook(*answers: str) -> NotebookNode:
    cells = [
        v4.new_markdown_cell(answer, metadata={"zeromean": {"kind": "question"}, "nbgrader": {"grade_id": f"why_{n}"}})
        for n, answer in enumerate(answers)
    ]
    return v4.new_notebook(cells=cells)


def _answer(page: str) -> str:
    begin = page.index('<div class="tex2jax_ignore')
    return page[begin : page.index("</div>", begin) + len("</div>")]


@pytest.fixture
def class_(tmp_path: Path) -> tuple[Path, str]:
    """Return the folder of a class of three, one of whom has a file that is no notebook, and its database."""
    database = f"sqlite:///{tmp_path}/gradebook.db"
    with open_gradebook(database), Records(database) as records:
        records.prepare()
    for student, text in {
        "ada": json.dumps(_notebook("$a<b$")),
        "ben": "[]",
        "cem": json.dumps(_notebook("\ue0007\ue001 \ud800")),
    }.items():
        folder = tmp_path / "autograded" / student / "a4"
        folder.mkdir(parents=True)
        (folder / "a4.ipynb").write_text(text, encoding="utf-8")
    return tmp_path, database


def test_a_page_that_fails_is_named_and_the_others_are_written(class_: tuple[Path, str]) -> None:
    """The result counts the pages, names who has none, and says why."""
    written = write_class("a4", *class_)
    assert [page.parts[-3] for page in written.pages] == ["ada", "cem"]
    assert all(page.is_file() for page in written.pages)
    said = written.sentence()
    assert said.startswith(f"Wrote 2 pages of feedback into {class_[0] / 'feedback'}. 1 could not be written: ben (")
    assert "\ue0007\ue001 ?" in written.pages[1].read_text(encoding="utf-8")


def _command(folder: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("ZEROMEAN_CLASS", str(folder))
    monkeypatch.setenv("ZEROMEAN_DB", database)
    monkeypatch.setattr(course, "assignments", lambda: ["a4"])
    return CliRunner().invoke(autograder.__main__.main, ["feedback", "a4"])


def test_the_command_fails_when_a_page_did(class_: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sentence names the student, and its exit status tells a script."""
    done = _command(*class_, monkeypatch)
    assert done.exit_code == 1
    assert "1 could not be written: ben (" in " ".join(done.output.split())
    (class_[0] / "autograded" / "ben" / "a4" / "a4.ipynb").unlink()
    done = _command(*class_, monkeypatch)
    assert done.exit_code == 0, done.output
    assert "Wrote 2 pages of feedback into" in done.output


def test_an_answer_cannot_act_on_the_page() -> None:
    """What a student's formula, tag or link holds is read, and does nothing."""
    answer = r"$\text{<script>document.title='owned'</script>}$ <img src=x onerror=alert(1)> [x](javascript:a)"
    page = feedback_page(_notebook(answer), None, {})
    assert "<script" not in page
    assert read(_answer(page)).text.startswith("<script>document.title='owned'</script>")


def test_one_page_has_one_time_however_many_answers_are_slow() -> None:
    """Eight answers that would each take more than a page may do not take eight times as long."""
    slow = r"\begin{aaaa} " * 7_600
    started = time.thread_time()
    page = feedback_page(_notebook(*[slow] * 8), None, {})
    assert time.thread_time() - started < 3
    assert page.count("<pre>") == 8


def test_it_is_called_as_the_assignment_is() -> None:
    """The heading of our text is that of the page; a heading in an answer is not. No backtick is shown."""
    answer = _notebook("# I am the title").cells[0]
    text = v4.new_markdown_cell("# A4 · Batch <normalization>", metadata={"zeromean": {"kind": "text"}})
    exercise = v4.new_code_cell("", metadata={"zeromean": {"kind": "exercise", "name": "batchnorm_backward"}})
    exercise.metadata["nbgrader"] = {"grade_id": "batchnorm_backward"}
    notebook = v4.new_notebook(cells=[answer, text, exercise])
    page = feedback_page(notebook, record("ben", GOOD, WRONG, WAITING), {})
    assert "<h1>A4 · Batch &lt;normalization&gt;</h1>" in page
    assert "This is tried as soon as “dx agrees” passes." in page
