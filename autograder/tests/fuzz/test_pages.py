"""Whatever a student writes and whatever a cell shows, the feedback page is written, and harmless."""

from __future__ import annotations

import copy
import functools
import json
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.judge.record import CheckResult, ExerciseResult, Record
from autograder.markup import Patience
from autograder.reports import class_report
from autograder.reports.feedback import Given, feedback_page
from autograder.reports.page import render
from autograder.sandbox.outputs import checked
from autograder.tests.fuzz.stored import stored
from autograder.tests.fuzz.strategies import JSON, TEXT
from autograder.tests.gradebook.laid_out import released
from autograder.tests.hostile.pages import faults

MIMES = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/svg+xml", "image/jpeg", "x/y")
OUTPUTS = st.lists(
    JSON
    | st.fixed_dictionaries({"output_type": st.just("stream"), "name": st.sampled_from(["stdout", "stderr", "x"]),
                             "parts": st.lists(TEXT, max_size=3) | JSON})
    | st.fixed_dictionaries({"output_type": st.just("error"), "ename": TEXT | JSON, "evalue": TEXT | JSON,
                             "traceback": st.lists(TEXT | JSON, max_size=3) | JSON})
    | st.fixed_dictionaries({"output_type": st.sampled_from(["display_data", "execute_result"]), "metadata": JSON,
                             "data": st.dictionaries(st.sampled_from(MIMES), TEXT | JSON, max_size=3) | JSON,
                             "execution_count": JSON}),
    max_size=4,
)  # fmt: skip
RECORD_TEXTS = st.fixed_dictionaries(dict.fromkeys(("sentence", "message", "hint", "detail", "note"), TEXT))


@functools.cache
def release() -> nbformat.NotebookNode:
    """Return the release of the small course."""
    return released()


def record_of(texts: dict[str, str]) -> Record:
    """Return a record in which all that may come from a student is one of these texts."""
    check = CheckResult("test_x", texts["sentence"], 1, "failed", texts["message"], texts["hint"], "", texts["detail"])
    held = CheckResult("test_y", texts["sentence"], 1, "error", texts["message"])
    exercises = (ExerciseResult("double", 2, (check,)), ExerciseResult("pair", 4, (held,)))
    told = (texts["note"],)
    return Record("small", texts["note"], exercises, "", texts["note"], 0.0, 0.0, told, told, 0.0, told, told)


def written(items: Any, answer: str, texts: dict[str, str]) -> None:
    """Write the page and the report of a submission, and look at them."""
    notebook = copy.deepcopy(release())
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = nbformat.from_dict(Patience().outputs(checked(json.loads(json.dumps(items)))))
        elif cell.metadata.zeromean.kind == "question":
            cell.source = answer
    record = record_of(texts)
    page = feedback_page(notebook, record, {"why": Given(comment=answer)})
    report = render("class_report.html.j2", report=class_report.summarize([record]), words=class_report.WORDS)
    assert faults(page) == []
    assert faults(report) == []
    page.encode("utf-8")


@given(OUTPUTS, TEXT, RECORD_TEXTS)
def test_a_page_is_written_and_harmless(items: Any, answer: str, texts: dict[str, str]) -> None:
    """Outputs, answers, messages and comments of any form can neither act nor fail the page."""
    written(items, answer, texts)


@pytest.mark.parametrize("case", stored("pages"))
def test_stored_pages(case: list[Any]) -> None:
    """So it is with what was kept."""
    written(case[0], case[1], dict.fromkeys(("sentence", "message", "hint", "detail", "note"), case[1]))
