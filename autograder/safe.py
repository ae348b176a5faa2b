"""Makes what a student wrote or displayed safe to look at: in formgrader, in the feedback, in a report.

Nothing a student sends may run in the browser of who reads it, or fetch anything from anywhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

LONGEST_TEXT = 100_000
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_KEPT = ("text/plain", "text/html", "image/png", "image/jpeg", "image/svg+xml")
_MATH_THAT_ACTS = re.compile(r"\\(?=(href|require|style|class|cssId|unicode)\b)")
_ATTRIBUTES = deepcopy(nh3.ALLOWED_ATTRIBUTES)
_ATTRIBUTES["img"] |= {"style"}


def clean_html(text: str) -> str:
    """Return the harmless part of a piece of HTML; pictures must be in it, not fetched."""
    return nh3.clean(
        text,
        attributes=_ATTRIBUTES,
        attribute_filter=_harmless,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"width", "height", "max-width"},
    )


def clean_outputs(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a cell's outputs without scripts, widgets and whatever else could act."""
    cleaned = [_clean_output(output) for output in outputs]
    return [output for output in cleaned if output]


def markdown_as_html(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """Return Markdown as harmless HTML in one block, which Markdown itself leaves as it is."""
    if len(source) > LONGEST_TEXT:
        cut = html.escape(source[:LONGEST_TEXT])
        rendered = f"<pre>{cut}</pre><p>The rest of this cell ({len(source) / 1e6:.1f} million characters) was cut.</p>"
    else:
        renderer = IPythonRenderer(escape=False, attachments=dict(attachments or {}), exclude_anchor_links=True)
        rendered = str(MarkdownWithMath(renderer=renderer).render(source))
    safe = _MATH_THAT_ACTS.sub("", clean_html(rendered)).strip()
    return "<div>" + re.sub(r"\n(?=[ \t]*\n)", "&#10;", safe) + "</div>"


def _clean_output(output: dict[str, Any]) -> dict[str, Any] | None:
    if "data" not in output:
        return output
    data = {mime: value for mime, value in output["data"].items() if mime in _KEPT}
    if "text/html" in data:
        data["text/html"] = clean_html(data["text/html"])
    elif "text/markdown" in output["data"]:
        data["text/html"] = markdown_as_html(output["data"]["text/markdown"])
    return {**output, "data": data} if data else None


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if _PICTURE.fullmatch(value) else None
    if attribute in ("href", "cite"):
        return None if value.strip().lower().startswith("data:") else value
    return value
