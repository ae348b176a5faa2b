"""Damaged, copied, cut and hostile notebooks: each is read in the one way that is possible, and says so."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from nbformat import v4

from autograder.gradebook.answers import defined, unwritten
from autograder.gradebook.rebuild import rebuild
from autograder.gradebook.submission import LARGEST, UnreadableError, parse, pieces

WRONG = "def double(x):\n    return 3 * x"
GOOD_DOUBLE = "def double(x):\n    return x + x"
HELPER = "def helper():\n    return 1"


def _by_id(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def _place(notebook, name):
    return next(number for number, cell in enumerate(notebook.cells) if cell.id == name)


def _code(source, **metadata):
    return v4.new_code_cell(source, metadata=metadata)


def _copied(cell, source=None):
    """Copy a cell as Jupyter does: a new id, the same metadata."""
    new = copy.deepcopy(cell)
    new.id = new.id[::-1] + "9"
    new.source = cell.source if source is None else source
    return new


# --- the ways in which notebooks are damaged: each changes a good submission -------------------------------------


def _nothing(nb):
    """Leave the submission as it is."""


def _cell_deleted(nb):
    nb.cells.pop(_place(nb, "double"))


def _grade_id_lost(nb):
    _by_id(nb, "double").metadata = {}


def _grade_id_and_id_lost(nb):
    nb.cells[_place(nb, "double")] = _code(_by_id(nb, "double").source)


def _pasted_elsewhere(nb):
    nb.cells.append(_code(nb.cells.pop(_place(nb, "double")).source))


def _written_below_the_stub(nb):
    nb.cells.insert(_place(nb, "double") + 1, _code(_by_id(nb, "double").source))
    _by_id(nb, "double").source = _by_id(nb, "double").metadata.pop("stub")


def _copied_with_an_older_try(nb):
    cell = _by_id(nb, "double")
    nb.cells.insert(_place(nb, "double"), _copied(cell, WRONG))


def _copied_with_the_stub_after(nb):
    cell = _by_id(nb, "double")
    nb.cells.append(_copied(cell, cell.metadata["stub"]))


def _turned_into_text(nb):
    cell = _by_id(nb, "double")
    nb.cells[_place(nb, "double")] = v4.new_markdown_cell(cell.source, metadata=cell.metadata, id=cell.id)


def _turned_raw(nb):
    cell = _by_id(nb, "double")
    nb.cells[_place(nb, "double")] = v4.new_raw_cell(cell.source, metadata=cell.metadata, id=cell.id)


def _moved_to_the_end(nb):
    nb.cells.append(nb.cells.pop(_place(nb, "double")))


def _split_between_functions(nb):
    cell, number = _by_id(nb, "pair"), _place(nb, "pair")
    head, tail = cell.source.split("\n\n\n")
    nb.cells[number : number + 1] = [_copied(cell, head), _copied(cell, tail)]


def _split_within_a_function(nb):
    cell = _by_id(nb, "double")
    head, tail = cell.source.split("\n", 1)
    cell.source = head
    nb.cells.insert(_place(nb, "double") + 1, _code(tail))


def _merged_downward(nb):
    double, pair = _by_id(nb, "double"), nb.cells.pop(_place(nb, "pair"))
    double.source += "\n\n" + pair.source


def _merged_into_a_check(nb):
    pair = nb.cells.pop(_place(nb, "pair"))
    _by_id(nb, "check-double").source += "\n\n" + pair.source


def _written_into_one_new_cell(nb):
    sources = [_by_id(nb, name).source for name in ("double", "pair")]
    for name in ("double", "pair"):
        _by_id(nb, name).source = _by_id(nb, name).metadata["stub"]
    nb.cells.append(_code("\n\n".join(sources)))


def _exported_into_one_cell(nb):
    texts = ["# %%\n" + c.source if c.cell_type == "code" else _commented(c.source) for c in nb.cells]
    texts.append("%matplotlib inline\n" + "# a long line that says nothing\n" * 3000)
    nb.cells = [_code("\n\n".join(texts))]


def _commented(text):
    return "# %% [markdown]\n" + "\n".join(f"# {line}".strip() for line in text.split("\n"))


def _written_into_two_new_cells(nb):
    head, tail = _by_id(nb, "pair").source.split("\n\n\n")
    _by_id(nb, "pair").source = _by_id(nb, "pair").metadata["stub"]
    nb.cells += [_code(head), _code(tail)]


def _question_copied(nb):
    nb.cells.append(_copied(_by_id(nb, "why"), "**Why** is it so?\n\nA second thought."))


def _question_lost(nb):
    nb.cells.append(v4.new_markdown_cell(nb.cells.pop(_place(nb, "why")).source))


def _question_deleted(nb):
    nb.cells.pop(_place(nb, "why"))


def _question_as_code(nb):
    cell = _by_id(nb, "why")
    nb.cells[_place(nb, "why")] = v4.new_code_cell(cell.source, metadata=cell.metadata, id=cell.id)


def _locked_edited(nb):
    nb.cells[1].source = "import numpy as np\nnp.allclose = lambda *a: True"


def _flags_edited(nb):
    for cell in nb.cells:
        cell.metadata.tags = ["skip-execution"]
        cell.metadata.pop("deletable", None)
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader |= {"locked": False, "points": 100, "grade": True, "task": True}


def _grade_cell_added(nb):
    extra = {"grade": True, "grade_id": "bonus", "points": 50, "solution": False, "locked": False}
    nb.cells.append(_code("None", nbgrader=extra))


DAMAGE = [
    (_nothing, []),
    (_grade_id_lost, []),
    (_grade_id_and_id_lost, ["Exercise double had lost its cell; it was known by the functions"]),
    (_pasted_elsewhere, ["Exercise double had lost its cell", "The cell of double had been moved"]),
    (_written_below_the_stub, ["Exercise double had lost its cell"]),
    (
        _copied_with_an_older_try,
        ["Exercise double was there 2 times; the last one that is complete was graded."],
    ),
    (_copied_with_the_stub_after, ["Exercise double was there 2 times; the cell with an answer was graded."]),
    (_turned_into_text, ["Exercise double had become a text cell; it was run as code."]),
    (_turned_raw, ["Exercise double had become a text cell; it was run as code."]),
    (_moved_to_the_end, ["The cell of double had been moved; it was put back in its place."]),
    (_split_between_functions, ["Exercise pair was split into 2 cells; they were joined again."]),
    (_split_within_a_function, ["Exercise double was split into 2 cells; they were joined again."]),
    (_question_copied, ["Question why was there 2 times; all texts were kept."]),
    (_question_lost, ["Question why had lost its cell; it was known by its first line."]),
    (_question_as_code, ["Question why had become a code cell; it was read as text."]),
    (_locked_edited, ["The locked cell 'import numpy as np' was edited; the instructor's version was used."]),
    (_flags_edited, []),
    (_grade_cell_added, []),
]


@pytest.fixture
def damaged(assignment, instructor, answered):
    """Return a function that rebuilds a good submission after one kind of damage."""

    def make(damage):
        notebook = answered()
        for cell in notebook.cells:
            cell.metadata["stub"] = _by_id(instructor, cell.id).source
        damage(notebook)
        return rebuild(assignment, instructor, notebook)

    return make


@pytest.mark.parametrize(("damage", "sentences"), DAMAGE, ids=lambda value: getattr(value, "__name__", "_")[1:])
def test_reads_damaged_notebooks_and_says_what_it_mended(damaged, instructor, damage, sentences):
    """Every damage with one possible reading leaves both answers in their places, and a sentence each."""
    rebuilt = damaged(damage)
    assert len(rebuilt.repairs) == len(sentences)
    for repair, sentence in zip(rebuilt.repairs, sentences, strict=True):
        assert repair.startswith(sentence)
    notebook = rebuilt.notebook
    assert defined(_by_id(notebook, "double").source) == {"double"}
    assert "return x + x" in _by_id(notebook, "double").source
    assert defined(_by_id(notebook, "pair").source) == {"first", "last"}
    assert "Because it must be." in _by_id(notebook, "why").source
    nbformat.validate(notebook)


@pytest.mark.parametrize(("damage", "sentences"), DAMAGE, ids=lambda value: getattr(value, "__name__", "_")[1:])
def test_everything_else_is_the_instructors(damaged, instructor, damage, sentences):
    """Whatever the submission says, known cells keep the instructor's order, metadata and locked sources."""
    notebook = damaged(damage).notebook
    known = [cell for cell in notebook.cells if not cell.id.startswith("own-")]
    assert [cell.id for cell in known] == [cell.id for cell in instructor.cells]
    for cell, original in zip(known, instructor.cells, strict=True):
        assert cell.metadata == original.metadata
        assert cell.cell_type == original.cell_type
        if original.metadata.zeromean.kind not in ("exercise", "question", "scratch"):
            assert cell.source == original.source


def test_missing_exercise_keeps_the_stub_and_says_so(damaged, instructor):
    """A deleted cell whose functions stand nowhere else has no answer."""
    rebuilt = damaged(_cell_deleted)
    assert rebuilt.repairs == (
        "Exercise double has no answer: its cell is missing, and no other cell defines its functions.",
    )
    assert _by_id(rebuilt.notebook, "double").source == _by_id(instructor, "double").source


def test_missing_question_is_put_back_empty(damaged, instructor):
    """A deleted question comes back as it was released."""
    rebuilt = damaged(_question_deleted)
    assert rebuilt.repairs == ("Question why had lost its cell; the empty one was put back.",)
    assert _by_id(rebuilt.notebook, "why").source == _by_id(instructor, "why").source


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_merged_downward, "Exercise pair was merged into the cell of double; it was graded from there."),
        (_merged_into_a_check, "Exercise pair was merged into another cell; it was taken out."),
        (_written_into_one_new_cell, "Exercise pair was merged into the cell of double; it was graded from there."),
        (_exported_into_one_cell, "Exercise pair was merged into the cell of double; it was graded from there."),
        (
            _written_into_two_new_cells,
            "Exercise pair had lost its cell; it was known by the functions that another cell defines.",
        ),
    ],
)
def test_merged_cells_still_define_their_functions(damaged, damage, sentence):
    """An exercise merged into another cell is found there, and no stub hides it again."""
    rebuilt = damaged(damage)
    assert sentence in rebuilt.repairs
    last = {}
    for cell in rebuilt.notebook.cells:
        if cell.metadata.zeromean.kind == "exercise":
            last |= dict.fromkeys(defined(cell.source), cell.source)
    assert "return x[-1]" in last["last"]
    assert "return x + x" in last["double"]


def test_an_answer_in_words_that_was_exported_into_a_cell_of_code_is_shown(damaged, instructor):
    """Text in the comments of a cell that holds the whole notebook stays open for a person; an empty one is no text."""
    assert "Because it must be." in _by_id(damaged(_exported_into_one_cell).notebook, "why").source

    def blank(nb):
        _by_id(nb, "why").source = _by_id(instructor, "why").source
        _exported_into_one_cell(nb)

    assert _by_id(damaged(blank).notebook, "why").source == _by_id(instructor, "why").source


def test_own_cells_stay_after_the_cell_they_followed(assignment, instructor, answered):
    """Cells the student added, code or text, keep their place; they lose metadata, and raw ones become text."""
    notebook = answered()
    notebook.cells.insert(_place(notebook, "pair"), _code(HELPER, tags=["skip-execution"]))
    notebook.cells.insert(0, v4.new_raw_cell("<b>mine</b>"))
    rebuilt = rebuild(assignment, instructor, notebook).notebook
    own = [cell for cell in rebuilt.cells if cell.metadata.zeromean.kind == "own"]
    assert [(cell.cell_type, cell.source) for cell in own] == [("markdown", "<b>mine</b>"), ("code", HELPER)]
    assert rebuilt.cells[0].source == "<b>mine</b>"
    assert rebuilt.cells[_place(rebuilt, "pair") - 1].source == HELPER
    assert own[1].metadata == {"zeromean": {"kind": "own"}}


def test_changed_copy_of_a_locked_cell_is_the_students_own(assignment, instructor, answered):
    """Who copies the import cell to start a cell of their own has not edited it."""
    notebook = answered()
    notebook.cells.insert(2, _copied(notebook.cells[1], HELPER))
    rebuilt = rebuild(assignment, instructor, notebook)
    assert rebuilt.repairs == ()
    assert rebuilt.notebook.cells[2].source == HELPER


def test_a_copy_of_a_stub_cannot_undo_an_answer(assignment, instructor, answered):
    """A stub pasted below the answer is dropped, because running it would hide the answer."""
    notebook = answered()
    notebook.cells.append(_code(_by_id(instructor, "double").source))
    sources = [cell.source for cell in rebuild(assignment, instructor, notebook).notebook.cells]
    assert _by_id(instructor, "double").source not in sources


def test_scratch_cell_is_the_students_and_may_become_text(assignment, instructor, answered):
    """A prediction written as text stays text; a second copy is an own cell."""
    notebook = answered()
    number = next(n for n, c in enumerate(notebook.cells) if c.id.startswith("scratch"))
    scratch = notebook.cells[number]
    notebook.cells[number] = v4.new_markdown_cell("I think it grows.", metadata=scratch.metadata, id=scratch.id)
    rebuilt = rebuild(assignment, instructor, notebook)
    cell = _by_id(rebuilt.notebook, scratch.id)
    assert (cell.cell_type, cell.source, rebuilt.repairs) == ("markdown", "I think it grows.", ())
    nbformat.validate(rebuilt.notebook)


def test_outputs_and_widgets_of_the_submission_are_left_behind(assignment, instructor, answered, as_bytes):
    """Twenty megabytes of submitted output and widget state do not reach the notebook that is run."""
    notebook = answered()
    notebook.metadata["widgets"] = {"state": "x" * 10**6}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [v4.new_output("stream", text="x" * 4 * 10**6)]
    assert len(json.dumps(rebuild(assignment, instructor, as_bytes(notebook)).notebook)) < 20_000


def test_pictures_pasted_into_an_answer_are_kept_and_nothing_else(assignment, instructor, answered):
    """A drawn answer reaches who marks it; an attachment that can hold a script does not."""
    notebook = answered()
    _by_id(notebook, "why")["attachments"] = {
        "a.png": {"image/png": "iVBORw0KGgo="},
        "b.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"},
        "c": "garbage",
    }
    cell = _by_id(rebuild(assignment, instructor, notebook).notebook, "why")
    assert cell.attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}


def _as_version_3(answers):
    cells = [{"cell_type": "code", "input": [s], "language": "python", "outputs": []} for s in answers]
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def test_a_notebook_of_version_3_is_upgraded(assignment, instructor, as_bytes):
    """An old notebook has no ids at all: its answers are known by their functions."""
    raw = as_bytes(_as_version_3([WRONG, "def first(x):\n    return 1\ndef last(x):\n    return 2"]))
    rebuilt = rebuild(assignment, instructor, raw)
    assert _by_id(rebuilt.notebook, "double").source == WRONG
    assert "return 2" in _by_id(rebuilt.notebook, "pair").source


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"{", "the file is not JSON: Expecting property name"),
        (b"PK\x03\x04\xff\xfe", "the file is no notebook but a zip archive"),
        (b"\x1f\x8b\x08\x00", "the file is no notebook but a gzip archive"),
        (b"\n<!DOCTYPE html><html>", "the file is no notebook but a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "the file is no notebook but a pointer of Git LFS"),
        (
            b'{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n]}',
            "the file is no notebook but a merge that was left half done: line 2 begins with <<<<<<<",
        ),
        (b"[" * 100_000, "the file is nested too deeply"),
        (b"[1]", "the file is JSON, but not a notebook"),
        (b"{}", "the file is JSON, but has no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "the file is JSON, but has no list of cells"),
        (b'{"nbformat": 3, "worksheets": 7}', "the file is a damaged notebook of version 3"),
    ],
)
def test_unreadable_files_leave_stubs_and_one_sentence(assignment, instructor, raw, reason):
    """A file that is no notebook costs that student the marks, and nobody else anything."""
    rebuilt = rebuild(assignment, instructor, raw)
    assert [cell.source for cell in rebuilt.notebook.cells] == [cell.source for cell in instructor.cells]
    assert len(rebuilt.repairs) == 1
    assert rebuilt.repairs[0].startswith(f"The notebook could not be read: {reason}")
    assert rebuilt.repairs[0].endswith("The file was kept as it was handed in.")


def test_line_ends_within_a_string_are_read():
    """JSON that was wrapped or written by hand, with line ends and tabs in its strings, has one reading."""
    raw = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "def f():\n\treturn 1"}]}'
    assert pieces(raw)[0].source == "def f():\n\treturn 1"


def test_a_file_of_hundreds_of_megabytes_is_refused(monkeypatch):
    """The limit on a file's size is stated with the file's own."""
    monkeypatch.setattr("autograder.gradebook.submission.LARGEST", 10)
    with pytest.raises(UnreadableError, match=r"the file has 1 MB; up to 0 MB are read"):
        parse(b"x" * 2**20)
    assert LARGEST > 10**8


def test_megabytes_of_code_are_refused():
    """What would take minutes to read is not read, and the message gives the limit."""
    raw = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x" * 5 * 2**20}]}).encode()
    with pytest.raises(UnreadableError, match=r"it holds 5 MB of text and code; up to 4 MB are read"):
        pieces(raw)


def test_a_notebook_without_cells_says_so(assignment, instructor):
    """An empty notebook is readable, and has no answers."""
    rebuilt = rebuild(assignment, instructor, b'{"nbformat": 4, "cells": []}')
    assert rebuilt.repairs == ("The notebook has no cells.",)


def test_strange_cells_do_no_harm():
    """Cells of any JSON shape, half a surrogate and Windows line ends come out as clean text."""
    cells = [7, None, {}, {"source": 3}, {"source": ["a\r\n", 5, "b"], "metadata": []}, {"source": "\ud800"}]
    cells += [{"source": "x", "metadata": {"nbgrader": {"grade_id": ["double"]}}, "id": {}}]
    raw = json.dumps({"nbformat": 99, "cells": cells}).encode()
    assert [piece.source for piece in pieces(raw)] == ["", "", "a\nb", "?", "x"]
    assert all(piece.claims == () for piece in pieces(raw))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("%matplotlib inline\ndef f():\n    g = 1", {"f"}),
        ("if True:\n    def f(): pass\nelse:\n    f = h = None", {"f", "h"}),
        ("f = lambda x: (y := x)", {"f"}),
        ("def f(:", set()),
        ("\0", set()),
        ("(" * 300_000, set()),
        ("-" * 45_000 + "1", set()),
    ],
)
def test_defined_reads_cells_as_ipython_does(source, names):
    """Magics, conditions and lambdas are read; what is not Python defines _nothing, and does no harm."""
    assert defined(source) == names


@pytest.mark.parametrize("magic", ["%%time", "%%capture kept", "%%prun -q", "%%timeit -n 1", "\n%%time", "%%memit"])
@pytest.mark.parametrize("place", ["below the stub", "its own cell", "lost its id"])
def test_answers_below_a_magic_are_found(assignment, instructor, answered, magic, place):
    """A cell magic is no wall: the answer below it is known by its functions, and no stub follows it."""
    notebook, answer = answered(), f"{magic}\n%config X.y = 1\n{GOOD_DOUBLE}"
    number = _place(notebook, "double")
    if place == "its own cell":
        notebook.cells[number].source = answer
    elif place == "lost its id":
        notebook.cells[number] = _code(answer)
    else:
        notebook.cells[number].source = _by_id(instructor, "double").source
        notebook.cells.insert(number + 1, _code(answer))
    rebuilt = rebuild(assignment, instructor, notebook)
    assert _by_id(rebuilt.notebook, "double").source == answer
    assert len(rebuilt.repairs) == (place != "its own cell")


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile double.py", "%%html"])
def test_what_stands_below_another_language_is_no_answer(magic):
    """Text for a shell or a file defines nothing."""
    assert defined(f"{magic}\n{GOOD_DOUBLE}") == frozenset()


@pytest.mark.parametrize("copied", [WRONG, GOOD_DOUBLE])
def test_a_copy_pasted_below_the_check_is_not_taken_for_the_original(assignment, instructor, answered, copied):
    """Of two cells of one name, that in its place is graded; the other may be an experiment, and is spoken of."""
    notebook = answered(double=GOOD_DOUBLE)
    notebook.cells.append(_copied(_by_id(notebook, "double"), f"{copied}  # a copy"))
    rebuilt = rebuild(assignment, instructor, notebook)
    assert _by_id(rebuilt.notebook, "double").source == GOOD_DOUBLE
    assert rebuilt.repairs == ("Exercise double was there 2 times; the one in its place was graded.",)


def test_an_unfinished_cell_in_its_place_yields_to_the_copy_that_is_whole(assignment, instructor, answered):
    """Who went on in a copy below the check is graded by the copy."""
    notebook = answered(double="x = 1  # later")
    notebook.cells.append(_copied(_by_id(notebook, "double"), GOOD_DOUBLE))
    rebuilt = rebuild(assignment, instructor, notebook)
    assert _by_id(rebuilt.notebook, "double").source == GOOD_DOUBLE
    assert rebuilt.repairs[0] == "Exercise double was there 2 times; the last one that is complete was graded."


@pytest.mark.parametrize(
    ("body", "blank"),
    [
        ("raise NotImplementedError", True),
        ('"""Older words."""\n    raise NotImplementedError("Write it.")', True),
        ("return x  # NotImplementedError", False),
        ("if x: raise NotImplementedError", False),
        ("x = 1\n    raise NotImplementedError", False),
    ],
)
def test_a_stub_of_another_release_is_known(body, blank):
    """A function that only raises NotImplementedError was not written, whatever its docstring says."""
    assert unwritten(f"import numpy as np\ndef f(x):\n    {body}") is blank
