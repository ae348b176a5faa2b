"""A student's words in the browser of who reads them: shown, and nothing more."""

from __future__ import annotations

from pathlib import Path

from nbformat import v4

from autograder.reports.feedback import feedback_page
from autograder.tests.browser.guard import Guarded
from autograder.tests.test_markup import HOSTILE


def test_no_answer_acts_in_a_browser(guarded: Guarded, tmp_path: Path) -> None:
    """Chromium runs nothing, asks for nothing, finds no element that was not allowed, and draws the formulas."""
    acts = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    texts = [acts, *HOSTILE]
    answer = "\n\n".join(
        f"so {text} and $\\text{{{text}}}$, [x]({text})\n\n> {text}, $\\href{{{text}}}{{x}}$\n\n$$\\mbox{{{text}}}$$"
        for text in texts
    )
    question = {"zeromean": {"kind": "question"}, "nbgrader": {"grade_id": "why"}}
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell(answer + "\n\nSince $a<b$.", metadata=question)])
    path = tmp_path / "page.html"
    path.write_text(feedback_page(notebook, None, {}), encoding="utf-8")
    page = guarded.page
    page.goto(path.as_uri())
    assert page.title() == "Feedback"
    assert page.locator("main :is(script, style, img[src], iframe, object, form, svg, mglyph)").count() == 0
    assert page.locator("math").count() > 2 * len(texts)
    assert page.locator("math *").evaluate_all("all => all.every(e => e.namespaceURI.endsWith('MathML'))")
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) == {"http:"}
    assert page.get_by_text("Since").text_content() == "Since a<b."
    guarded.shoot("feedback-hostile")
