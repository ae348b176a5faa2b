"""Whatever a student's cell printed is shown, and cannot run."""

from __future__ import annotations

import pytest
from nbformat import v4

from autograder.reports.feedback import feedback_page
from autograder.reports.page import safe_output
from autograder.tests.hostile.pages import faults

EVIL = "<b>bold</b><script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>"


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": EVIL},
        {"output_type": "error", "ename": "E", "evalue": EVIL, "traceback": [EVIL]},
        {"output_type": "display_data", "data": {"text/html": EVIL, "text/plain": "x"}},
        {"output_type": "display_data", "data": {"text/plain": EVIL}},
        {"output_type": "display_data", "data": {"image/png": '"><script>alert(1)</script>', "text/plain": "x"}},
        {"output_type": "display_data", "data": {"image/svg+xml": f"<svg onload='alert(1)'>{EVIL}</svg>"}},
        {"output_type": "display_data", "data": {"image/png": "aaaa", "text/plain": '" onerror="alert(1)'}},
    ],
)
def test_nothing_of_a_students_output_can_run(output: dict[str, object]) -> None:
    """No script, handler or script address survives, whatever the kind of output."""
    text = str(safe_output(output))
    assert "<script" not in text
    assert "javascript:" not in text.replace("&#39;javascript:", "")
    assert ' onerror="' not in text
    assert "onload" not in text
    assert "<img src=x" not in text


def test_figures_are_kept_as_pictures() -> None:
    """A PNG becomes an image with its text as alternative."""
    text = str(safe_output({"output_type": "display_data", "data": {"image/png": "QUJD\n", "text/plain": "<Figure>"}}))
    assert text == '<img src="data:image/png;base64,QUJD" alt="&lt;Figure&gt;">'


def test_colour_codes_of_terminals_are_dropped() -> None:
    """A traceback reads as text."""
    text = str(safe_output({"output_type": "stream", "name": "stderr", "text": "\x1b[31mred\x1b[0m"}))
    assert text == '<pre class="output stderr">red</pre>'


def test_signs_that_move_a_terminal_are_shown_or_dropped() -> None:
    """A page that is read with `less`, or printed by a script, does nothing to the terminal."""
    text = "\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x00\x9bc\x08\x1bd\te\r\n"
    output = {"output_type": "stream", "name": "stdout", "text": text}
    notebook = v4.new_notebook(cells=[v4.new_code_cell("x", outputs=[output])])
    page = feedback_page(notebook, None, {})
    assert "ab\ufffd\ufffdc\ufffd\ufffdd\te\r\n</pre>" in page
    assert faults(page) == []
