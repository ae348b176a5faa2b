"""Formulas in Markdown become MathML, and nothing that a student writes in them can act, fetch, or hold up a page."""

from __future__ import annotations

import contextlib
import functools
import threading
import time

import latex2mathml.converter
import pytest
from latex2mathml import commands

from autograder.markup import Patience, to_html
from autograder.safe import clean_html
from autograder.tests.strict import read

HOSTILE = [
    "<script>a()</script>",
    "<img src=x onerror=a()>",
    "</math><script>a()</script>",
    "<mglyph><style><img src=x onerror=a()></style>",
    '" onclick="a()',
    "javascript:a()",
    "data:text/html,a",
    "http://evil.example/",
    "url(//evil.example)",
    "&lt;script&gt;a()",
    "&#x3c;script&#x3e;",
    "\ue0000\ue001",
    "a\x00b\x01\x1b[31m",
    "\ud800",
    "1em;background:red",
]


def _macros() -> list[str]:
    """Return every macro that latex2mathml knows by name, and some that it does not."""
    names = {r"\cssId", r"\require", r"\unknown", r"\begin", r"\html", r"\htmlClass", r"\url", r"\includegraphics"}
    for value in vars(commands).values():
        names |= {value} if isinstance(value, str) else set()
        names |= set(value) if isinstance(value, (dict, tuple, frozenset)) else set()
    return sorted(name for name in names if name.startswith("\\") and name[1:].strip("*").isalpha())


MACROS = _macros()
FORMS = (
    "{0}{{{1}}}{{{1}}}",
    "{0}[{1}]{{{1}}}{{{1}}}{{{1}}}",
    "{0}{{1em}}{{{1}}}",
    "{0}|{1}|",
    r"\begin{{{2}}}{{{1}}}a\end{{{2}}}",
)


def _formulas(macro: str, text: str) -> list[str]:
    return [form.format(macro, text, macro[1:]) for form in FORMS]


@functools.cache
def _macros_that_take_text() -> list[str]:
    """Return those that put what they are given into the page in one piece, as text or as an attribute."""
    found = []
    for macro in MACROS:
        for formula in _formulas(macro, "zqj"):
            with contextlib.suppress(Exception):  # not how it is written
                found += [macro] * ("zqj" in latex2mathml.converter.convert(formula))
    return sorted(set(found))


def _look_at(macro: str, text: str) -> None:
    html = Patience(60).html("\n\n".join(f"so ${formula}$." for formula in _formulas(macro, text)))
    assert "<p>" in html, macro  # converted, not given up
    assert not read(html).addresses or text.startswith("http"), macro
    body = html.partition(">")[2].rpartition("<")[0].replace("&#10;", "\n")
    assert clean_html(body) == body, macro


@pytest.mark.parametrize("text", HOSTILE)
def test_no_macro_that_takes_text_carries_anything_that_acts(text: str) -> None:
    """Each of them, fed with each text in each form, gives known elements and attributes and no address."""
    macros = _macros_that_take_text()
    assert len(macros) > 25
    assert {r"\text", r"\href", r"\operatorname", r"\color", r"\style", r"\class", r"\tag", r"\mbox"} <= set(macros)
    for macro in macros:
        _look_at(macro, text)


def test_no_other_macro_does() -> None:
    """Those that read their arguments as formulas, and those that are unknown, are held to the same."""
    assert len(MACROS) > 250
    for macro in MACROS:
        _look_at(macro, "<img src=a: onx=b>")


@pytest.mark.parametrize(
    ("markdown", "reads"),
    [
        (r"if $a<b$ then **so**", "if a<b then so"),
        (r"$\text{a<b}$ and $\text{<script>alert(1)</script>}$", "a<b and <script>alert(1)</script>"),
        ("where a<b and c>d holds", "where a<b and c>d holds"),
        ("<b and c>d", "<b and c>d"),
        ("write <script>alert(1)</script> here", "write <script>alert(1)</script> here"),
        ("an <input> and a <b>tag</b>", "an <input> and a tag"),
        (r"$\left(x<y$ is not finished", r"$\left(x<y$ is not finished"),
        ("![gone](attachment:gone.png) *text*", "![gone](attachment:gone.png) *text*"),
        (r"$\href{javascript:alert(1)}{x}$", "x"),
        ("\ue0005\ue001 and $x$", "\ue0005\ue001 and x"),
        ("half \ud800 of $x$", "half ? of x"),
    ],
)
def test_a_sentence_stays_as_it_was_written(markdown: str, reads: str) -> None:
    """Signs of comparison, tags that are none, unfinished formulas and odd characters are read as they were typed."""
    assert read(Patience().html(markdown)).text.strip() == reads


def test_links_lead_to_the_web_or_stay() -> None:
    """Addresses of the web, of mail and of places in the page are kept; a relative one could lead anywhere."""
    markdown = "[a](https://x.example/) [b](mailto:a@b) [c](#d) [e](data:text/html,x) [f](file:///etc) [g](//x) [h](y)"
    assert read(Patience().html(markdown)).addresses == ["https://x.example/", "mailto:a@b", "#d"]


SLOW = {
    "emphasis": "*a **b " * 14_000,
    "unclosed environments in a formula": "$$" + r"\begin{a}" * 11_000 + "$$",
    "unclosed environments": r"\begin{aaaa} " * 7_600,
    "braces": "$" + "{" * 90_000 + "x" + "}" * 9_000 + "$",
    "roots": "$" + r"\sqrt{" * 15_000 + "$",
    "a long sum": "$" + "x+" * 49_000 + "$",
    "links": "[" * 99_000,
    "quotes": "> " * 49_000 + "x",
    "bold tags": "".join(f"<b title={n}>" for n in range(3_000)) + "<p>" * 15_000,
    "lists": "<ul><li>" * 12_000,
    "dollars": "$x " * 33_000,
    "backquotes": "".join("`" * (n % 400) + " " for n in range(480)),
    "a table": "|a" * 20_000 + "|\n" + "|-" * 20_000 + "|\n",
}


@pytest.mark.parametrize("name", SLOW)
def test_no_text_holds_up_a_page(name: str) -> None:
    """What would take long stands as written after the page's time; the rest of the page still comes."""
    patience = Patience()
    started = time.thread_time()
    first, second = patience.html(SLOW[name]), patience.html("*short*")
    assert time.thread_time() - started < 2.5
    assert len(read(first).text) > 1_000
    assert read(second).text in ("short\n", "short", "*short*")


def test_a_page_has_one_time_for_all_its_texts() -> None:
    """A hundred slow answers cost what one costs; those that are too late stand as written."""
    patience = Patience(0.3)
    started = time.thread_time()
    pages = [patience.html(SLOW["emphasis"]) for _ in range(20)]
    assert time.thread_time() - started < 1.5
    assert pages[-1].startswith('<div class="tex2jax_ignore mathjax_ignore"><pre>*a **b')


def test_where_nothing_can_stop_it_text_stands_as_written() -> None:
    """Outside the main thread no signal arrives, so nothing is begun that may not end."""
    made: list[str] = []
    thread = threading.Thread(target=lambda: made.append(Patience().html("*a*")))
    thread.start()
    thread.join()
    assert read(made[0]).text == "*a*"


@pytest.mark.parametrize(
    ("markdown", "holds"),
    [
        (r"the mean $\mu$ of x", 'the mean <math display="inline">'),
        ("$$a\n= b$$", 'display="block"'),
        (r"\begin{align}a&=b\end{align}", 'display="block"'),
        (r"$\frac{1}{N}\sum_i x_i$ and **bold**", "<strong>bold</strong>"),
        ("a list\n\n- of $x$\n- and\n  $y$", "<li>"),
    ],
)
def test_formulas_are_drawn_by_the_browser(markdown: str, holds: str) -> None:
    """Inline and displayed formulas come out as MathML, beside ordinary Markdown; lectures and answers alike."""
    for html in (to_html(markdown), Patience().html(markdown)):
        assert holds in html
        assert "$" not in html
        assert "<math" in html


@pytest.mark.parametrize(
    "markdown",
    ["`$x$` in code", "```\n$x$ = 1\n```", "it costs $5 or $6", "from $5-$6", "US$5 and A$6$", r"an escaped \$ sign$"],
)
def test_what_is_no_formula_is_left_alone(markdown: str) -> None:
    """Code, prices and escaped signs keep their dollars."""
    assert "<math" not in to_html(markdown)
    assert "$" in to_html(markdown)


def test_underscores_in_formulas_are_not_emphasis() -> None:
    """Markdown never sees the inside of a formula."""
    assert "<em>" not in to_html(r"$x_i$ and $y_i$")


def test_our_own_html_is_left_alone() -> None:
    """A lecture may hold any tag."""
    assert '<video src="x.mp4"></video>' in to_html('<video src="x.mp4"></video>')
