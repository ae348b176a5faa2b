"""What a student wrote is shown, and nothing in it can act or fetch."""

from __future__ import annotations

import time

import pytest
from nbconvert.filters import markdown2html

from autograder.gradebook.results import as_html, as_text, plain
from autograder.judge.record import CheckResult, ExerciseResult
from autograder.markup import Patience
from autograder.safe import clean_html
from autograder.tests.strict import read

BLOCK = '<div class="tex2jax_ignore mathjax_ignore">'

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import url(http://evil.example/)</style>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<img src='http://evil.example/seen.png'>",
    "<b style='background:url(http://evil.example/)'>x</b>",
    "<form action='http://evil.example/'><button>x</button></form>",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/seen.png)",
    "$$\\href{javascript:alert(1)}{x}$$",
    "```\n</code></pre><script>alert(1)</script>\n```",
]


@pytest.mark.parametrize("text", EVIL)
def test_nothing_acts_or_fetches(text):
    """Scripts, handlers, frames, remote pictures and acting mathematics are gone, in HTML and in Markdown."""
    rendered = Patience().html(text)
    for cleaned in (clean_html(text), rendered, markdown2html(rendered)):
        read(cleaned)


@pytest.mark.parametrize("unit", ["<b title={}>", "<ul><li>", "<b></p>", "<x{}>", "<math><mrow>"])
def test_what_is_too_deep_stands_as_written(unit):
    """Thousands of open elements are text: a parser opens them again in every paragraph, and a page would not come."""
    text = "".join(unit.format(n) for n in range(4_000)) + "<p>" * 4_000
    started = time.thread_time()
    cleaned = clean_html(text)
    assert time.thread_time() - started < 1
    assert read(cleaned).text == text


def test_a_wide_table_is_no_deep_one():
    """A table of ten thousand cells is shown, with or without the ends that HTML does not ask for."""
    for end in ("</td>", ""):
        assert clean_html("<table>" + ("<tr>" + f"<td>1{end}" * 20) * 500 + "</table>").count("<td>1</td>") == 10_000


def test_what_is_harmless_stays():
    """Tables, mathematics, code, and pictures that are in the text itself are kept."""
    picture = '<img alt="a curve" style="width:300px;max-width:100%" src="data:image/png;base64,iVBORw0KGgo=">'
    assert clean_html(picture) == picture
    rendered = Patience().html("So $a<b$, `x < y`:\n\n| a |\n|---|\n| 1 |\n\n```\none\n\n\ntwo\n```")
    for part in ("<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "<code>x &lt; y</code>", "<table>", "one&#10;&#10;\ntwo"):
        assert part in rendered


def test_rendered_text_is_left_alone_by_markdown():
    """A page that renders a cleaned cell as Markdown shows just the cleaned HTML."""
    for text in (*EVIL, "# Head\n\n- a\n\n      code\n\n$$\na\n\nb\n$$", "<div>\n\n*x*\n\n</div>"):
        cleaned = Patience().html(text)
        assert markdown2html(cleaned).strip() == cleaned


def test_pasted_pictures_are_shown():
    """A picture pasted into an answer is part of the page."""
    pictures = {"a.png": {"image/png": "iVBORw0KGgo="}}
    assert '<img src="data:image/png;base64,iVBORw0KGgo="' in Patience().html("![a](attachment:a.png)", pictures)


def test_a_text_without_end_is_cut():
    """A text cell of megabytes cannot hold up the page, and says that it was cut."""
    rendered = Patience().html("*" * 2_000_000)
    assert len(rendered) < 110_000
    assert "The rest of this cell (2.0 million characters) was cut." in rendered


def test_outputs_keep_what_can_be_shown_without_acting():
    """Streams, text, figures and clean HTML stay; scripts, widgets and PDFs go; Markdown becomes HTML."""
    data = {
        "text/plain": "x",
        "text/html": "<b>x</b><script>1</script>",
        "image/png": "iVBORw0KGgo=",
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": "{}",
    }
    stream = {"output_type": "stream", "name": "stdout", "text": "<script>"}
    only_script = {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "1"}}
    marked = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/markdown": "*x*<script>1</script>"},
    }
    rich = {"output_type": "display_data", "metadata": {}, "data": data}
    cleaned = Patience().outputs([stream, only_script, rich, marked])
    assert cleaned[0] == stream
    assert cleaned[1]["data"] == {"text/plain": "x", "text/html": f"{BLOCK}<b>x</b></div>", "image/png": "iVBORw0KGgo="}
    assert cleaned[2]["data"] == {"text/html": f"{BLOCK}<p><em>x</em>&lt;script&gt;1&lt;/script&gt;</p></div>"}


CHECKS = (
    CheckResult("a", "keeps `x` < 1", 1, "passed"),
    CheckResult("b", "is <fast>", 1, "failed", "got <script>\nexpected 2.", "think of `N`.", "slip"),
    CheckResult("c", "is fair", 1, "error", "A person will look at it.", detail="Traceback: hidden"),
    CheckResult("d", "is last", 1, "skipped", "This is tried as soon as `is fair` passes."),
)


def test_results_say_what_came_of_each_check():
    """Sentences, messages and hints are escaped; names in backquotes are set as code."""
    shown = as_html(ExerciseResult("double", 4, CHECKS[:2]), staff=False)
    assert "2 of 4 marks" in shown
    assert "<b>\u2713 passed</b> keeps <code>x</code> &lt; 1" in shown
    assert "got &lt;script&gt;<br>expected 2." in shown
    assert "Hint: think of <code>N</code>." in shown
    assert "slip" not in shown
    text = as_text(ExerciseResult("double", 1, CHECKS[:1]), staff=False)
    assert text == "1 of 1 mark\n\u2713 passed: keeps `x` < 1"


def test_only_the_staff_see_why_a_check_is_undecided():
    """The traceback of a suite is in the staff's notebook, never in the feedback."""
    exercise = ExerciseResult("double", 4, CHECKS)
    assert "Undecided: a person will decide about 4 marks." in as_text(exercise, staff=False)
    assert "hidden" in as_html(exercise, staff=True)
    assert "hidden" not in as_html(exercise, staff=False) + as_text(exercise, staff=False)


def test_plain_sentences_cannot_act_in_markdown():
    """A student's words in a note are not Markdown and not HTML."""
    assert markdown2html(plain("<b> *x* [a](b) $y$ `z`")).strip() == ("<p>&lt;b&gt; *x* [a](b) $y$ `z`</p>")
