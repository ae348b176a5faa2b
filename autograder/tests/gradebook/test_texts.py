"""Answers in words count wherever they stand: what cannot be told apart is left to a person, and shown."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from nbformat import v4

from autograder.gradebook.answers import Answer, SortedCells
from autograder.gradebook.marks import marks
from autograder.gradebook.rebuild import rebuild
from autograder.gradebook.submission import Piece
from autograder.gradebook.texts import FOUND, LONGEST_SHOWN, place_texts, said

TEXT = "Because the mean is subtracted, which takes the constant away again."
BELOW = "Question why was answered in another cell below it; that text was read."
ELSEWHERE = "Question why has no answer in its cell, but other cells hold text; look at it."


def _code(text):
    return v4.new_code_cell(text)


def _words(text):
    return v4.new_markdown_cell(text)


def _place(notebook, name):
    return next(number for number, cell in enumerate(notebook.cells) if cell.id == name)


CELLS = {
    "text": _words(TEXT),
    "raw": v4.new_raw_cell(TEXT),
    "one word": _words("No"),
    "comments": _code(f"# {TEXT}"),
    "a string": _code(f'"""{TEXT}"""'),
    "a name": _code(f"answer = {TEXT!r}"),
    "printed": _code(f"# my answer\nprint({TEXT!r})"),
    "prose as code": _code(TEXT),
    "comments beside code": _code(f"# {TEXT}\n# And so on, as we saw.\nx = 1"),
    "a picture": v4.new_markdown_cell("![](attachment:a.png)", attachments={"a.png": {"image/png": "iVBORw0KGgo="}}),
}


def _below(notebook, cell):
    notebook.cells.insert(_place(notebook, "why") + 1, cell)


def _on_top(notebook, cell):
    notebook.cells.insert(0, cell)


def _instead(notebook, cell):
    notebook.cells[_place(notebook, "why")] = cell


@pytest.fixture
def open_question(assignment, instructor, grader, as_bytes):
    """Return a function that grades a notebook; the mark of its question must be open, and its cell is returned."""

    def check(notebook):
        graded = grader.grade(as_bytes(notebook), "ann")
        assert marks(graded.notebook, graded.record).scores["why"] is None
        assert graded.record.needs_person
        return next(cell for cell in graded.notebook.cells if cell.id == "why"), graded.record.repairs

    return check


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize(("put", "sentence"), [(_below, BELOW), (_on_top, ELSEWHERE), (_instead, ELSEWHERE)])
def test_text_in_another_cell_keeps_the_question_open(answered, instructor, open_question, kind, put, sentence):
    """Whatever cell holds the text, and wherever it stands, the question is a person's, and its cell shows the text."""
    notebook = answered(why=next(cell.source for cell in instructor.cells if cell.id == "why"))
    put(notebook, copy.deepcopy(CELLS[kind]))
    cell, repairs = open_question(notebook)
    assert sentence in repairs
    for line in CELLS[kind].source.splitlines():
        assert line in cell.source or "x = 1" in line
    assert (FOUND in cell.source) == (sentence == ELSEWHERE)
    assert ("attachments" in cell) == (kind == "a picture")


def test_text_in_a_locked_cell_is_shown(answered, instructor, open_question):
    """What was added to a heading, or to a check, is the student's; what stood there before is not shown again."""
    for name in (instructor.cells[0].id, "check-double"):
        notebook = answered(why=next(cell.source for cell in instructor.cells if cell.id == "why"))
        cell = notebook.cells[_place(notebook, name)]
        was, cell.source = cell.source, f"{cell.source}\n# {TEXT} And that is all there is to say."
        shown, repairs = open_question(notebook)
        assert ELSEWHERE in repairs
        assert TEXT in shown.source
        assert was not in shown.source


def test_text_in_place_of_a_prediction_is_shown(answered, instructor, open_question):
    """A long text in the scratch cell may be the answer."""
    notebook = answered(why=next(cell.source for cell in instructor.cells if cell.id == "why"))
    scratch = next(cell for cell in notebook.cells if cell.id.startswith("scratch"))
    scratch.source = f"prediction = {TEXT + ' It is so.'!r}"
    assert TEXT in open_question(notebook)[0].source


@pytest.mark.parametrize(
    "source", ["", "---", "x = 1", "# todo\nx = 1", "def f(:\n    return 1", "print(x)", "%time f()"]
)
def test_code_and_nothing_are_no_text(answered, instructor, assignment, grader, as_bytes, source):
    """An experiment does not hold a question that was left as it was."""
    notebook = answered(why=next(cell.source for cell in instructor.cells if cell.id == "why"))
    notebook.cells.append(_code(source))
    graded = grader.grade(as_bytes(notebook), "ann")
    assert marks(graded.notebook, graded.record).scores["why"] == 0
    assert graded.record.repairs == ()


def test_copies_of_our_own_texts_are_no_answers(instructor, assignment, as_bytes):
    """A notebook that lost all ids and metadata, and holds no answer, has none."""
    notebook = copy.deepcopy(instructor)
    for cell in notebook.cells:
        cell.metadata = {}
        cell.id = f"x{cell.id}"[:60]
    rebuilt = rebuild(assignment, instructor, as_bytes(notebook)).notebook
    assert rebuilt.cells[_place(rebuilt, "why")].source == next(
        cell.source for cell in instructor.cells if cell.id == "why"
    )


def test_text_beside_an_answer_stays_where_it_is(answered, assignment, instructor):
    """Where the question's own cell holds an answer, other texts are just the student's."""
    notebook = answered()
    _below(notebook, _words(TEXT))
    rebuilt = rebuild(assignment, instructor, notebook)
    assert rebuilt.repairs == ()
    assert rebuilt.notebook.cells[-1].source == TEXT


def test_long_text_is_cut_and_fences_are_kept_whole():
    """Code that shows a fence cannot end its own."""
    assert said(Piece(0, "code", "# ```` x")) == "`````\n# ```` x\n`````"


def test_what_is_shown_has_a_bound(answered, instructor, open_question):
    """A megabyte of text does not make a page that nobody can open."""
    notebook = answered(why=next(cell.source for cell in instructor.cells if cell.id == "why"))
    _on_top(notebook, _words("word " * 200_000))
    shown = open_question(notebook)[0].source
    assert len(shown) < LONGEST_SHOWN + 50
    assert shown.endswith("(The rest was cut.)")


def test_a_question_merged_into_another_is_shown_its_cell(assignment, answered):
    """Who merged two questions' cells answered both there."""
    second = replace(assignment.questions[0], id="how", name="how")
    answers = {q.id: Answer(stub, (), ()) for q, stub in ((assignment.questions[0], "Why?"), (second, "How?"))}
    merged = Piece(3, "markdown", f"Why?\n\n{TEXT}\n\nHow?\n\nLike so.")
    cells = SortedCells({"why": "Why?", "how": "How?"}, {"why": [merged], "how": []}, [], [])
    answers["why"] = Answer(merged.source, (merged,), ())
    place_texts((assignment.questions[0], second), cells, answers)
    assert "Like so." in answers["how"].source
    assert answers["why"].source == merged.source
