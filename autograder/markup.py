"""Markdown with formulas to HTML with MathML: no script draws the mathematics, so it needs no network.

Our own lectures are converted as they are. What a student wrote is cleaned *after* it is converted, formulas
included, and within a time: no answer can hold up a page.
"""

from __future__ import annotations

import html
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from xml.etree.ElementTree import tostring

from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

from autograder.bounds import Overrun, processor_time
from autograder.safe import LONGEST_TEXT, TAGS, as_written, clean_html, encodable

SECONDS = 1.0
_KEPT = ("text/plain", "text/html", "image/png", "image/jpeg", "image/svg+xml")
_BLOCK = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'  # pages of nbgrader load MathJax, which would act
_CHARACTER = re.compile(r"&#x[0-9A-Fa-f]{1,6};")  # as latex2mathml writes the signs that it chose itself
_ANY_TAG = re.compile(r"<[^>]*>?")
_ATTRIBUTE = r"""\s+[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)"""
_REAL_TAG = re.compile(rf"</?([a-zA-Z]\w*)(?:{_ATTRIBUTE})*\s*/?>")


def to_html(markdown: str) -> str:
    """Return Markdown of ours as HTML; formulas become MathML, except inside code."""
    return _convert(markdown, _Renderer(escape=False))


class Patience:
    """Turns what is on one page of a student into harmless HTML; past `seconds` of work, it stands as written."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds

    def html(self, markdown: str, attachments: Mapping[str, Any] | None = None) -> str:
        """Return Markdown as harmless HTML in one block, which Markdown itself leaves as it is."""
        markdown = encodable(markdown)
        renderer = _StudentsRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        if len(markdown) <= LONGEST_TEXT:
            safe = self._within(lambda: clean_html(_convert(markdown, renderer)).strip(), markdown)
        else:
            safe = as_written(markdown)
        return _BLOCK.format(re.sub(r"\n(?=[ \t]*\n)", "&#10;", safe))

    def outputs(self, outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a cell's outputs without scripts, widgets and whatever else could act."""
        cleaned = [self._output(output) for output in outputs]
        return [output for output in cleaned if output]

    def _output(self, output: dict[str, Any]) -> dict[str, Any] | None:
        if "data" not in output:
            return output
        data = {mime: value for mime, value in output["data"].items() if mime in _KEPT}
        if "text/html" in data:
            source = data["text/html"]
            data["text/html"] = _BLOCK.format(self._within(lambda: clean_html(source), source))
        elif "text/markdown" in output["data"]:
            data["text/html"] = self.html(output["data"]["text/markdown"])
        return {**output, "data": data} if data else None

    def _within(self, convert: Callable[[], str], source: str) -> str:
        """Return what `convert` makes of `source`; or `source`, when that fails, or the page's time is over.

        Nothing is begun outside the main thread, where nothing could stop it.
        """
        if self._left <= 0 or threading.current_thread() is not threading.main_thread():
            return as_written(source)
        started = time.thread_time()
        try:
            with processor_time(self._left):
                return convert()
        except (Exception, Overrun):  # a student's text can make a converter fail anywhere
            return as_written(source)
        finally:
            self._left -= time.thread_time() - started


class _Inline(MathInlineParser):  # type: ignore[misc]  # nbconvert ships no types
    """Reads ``$...$`` as a formula where no blank is inside the signs, and no word or price touches them."""

    SPECIFICATION: ClassVar = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": r"(?<![\\$\w])\$(?P<math_inline_tex>(?!\s)(?:\\(?s:.)|[^$\\])+(?<!\s))\$(?![\d$])",
    }


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert ships no types
    """nbconvert's, with formulas as MathML."""

    def inline_math(self, body: str) -> str:
        """Return ``$body$``, drawn."""
        return _formula(body, "inline", written=f"${body}$")

    def block_math(self, body: str) -> str:
        """Return ``$$body$$``, drawn."""
        return _formula(body, "block", written=f"$${body}$$")

    def latex_environment(self, name: str, body: str) -> str:
        r"""Return ``\begin{name}body\end{name}``, drawn."""
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return _formula(whole, "block", written=whole)


class _StudentsRenderer(_Renderer):
    """The same, and what only looks like HTML, or would be dropped from it, stands as it was written."""

    def inline_html(self, html: str) -> str:
        """Return a tag, or ``<b and c>`` as text."""
        return _as_html_or_text(html)

    def block_html(self, html: str) -> str:
        """Return a block of tags, or of text."""
        return _as_html_or_text(html)


def _convert(markdown: str, renderer: IPythonRenderer) -> str:
    return str(MarkdownWithMath(renderer=renderer, inline=_Inline()).render(markdown))


def _formula(latex: str, display: str, *, written: str) -> str:
    """Return a formula as MathML; one that cannot be read stays as it was written."""
    try:
        tree = convert_to_element(latex.strip(), display=display)
    except Exception:  # a student's formula can fail anywhere in the converter
        return html.escape(written)
    del tree.attrib["xmlns"]  # HTML knows what <math> is
    for element in tree.iter():
        element.text = _CHARACTER.sub(lambda sign: html.unescape(sign[0]), element.text or "")
    return tostring(tree, encoding="unicode", short_empty_elements=False)


def _as_html_or_text(text: str) -> str:
    tags = [_REAL_TAG.fullmatch(tag) for tag in _ANY_TAG.findall(text)]
    return text if all(tag and tag[1].lower() in TAGS for tag in tags) else html.escape(text, quote=False)
