"""The only place that decides which HTML of a student is harmless: in formgrader, in the feedback, in a report.

Nothing a student sends may run in the browser of who reads it, or fetch anything from anywhere.
"""

from __future__ import annotations

import html
import re
from collections import Counter

import nh3

LONGEST_TEXT = 100_000
MOST_WORK = 250_000  # tags times the deepest nesting: 0.1 s; what is unclosed is opened again in every paragraph
MATHML_TAGS = frozenset({
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
})  # fmt: skip
MATHML_ATTRIBUTES = frozenset({
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence",
    "form", "height", "largeop", "linebreak", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace",
    "scriptlevel", "separator", "stretchy", "voffset", "width",
})  # fmt: skip
TAGS = nh3.ALLOWED_TAGS | MATHML_TAGS
_ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {tag: set(MATHML_ATTRIBUTES) for tag in MATHML_TAGS}
_ATTRIBUTES["img"] = _ATTRIBUTES["img"] | {"style"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"(https?:|mailto:|#)[^\x00-\x20]*", re.IGNORECASE)
_SIZE_OR_WORD = re.compile(r"[#\w.%+\- ]{0,60}", re.ASCII)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_NEVER_NESTED = frozenset({
    "br", "col", "dd", "dt", "hr", "img", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
})  # fmt: skip


def clean_html(text: str) -> str:
    """Return the harmless part of a piece of HTML, MathML included; pictures must be in it, not fetched.

    What would take a browser or us too long, because it is long or thousands of elements deep, stands as written.
    """
    text = encodable(text)
    if len(text) > LONGEST_TEXT * 20 or _work(text) > MOST_WORK:
        return as_written(text)
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_harmless,
        url_schemes={"http", "https", "mailto", "data"},
        filter_style_properties={"width", "height", "max-width"},
    )


def as_written(text: str) -> str:
    """Return `text` as it was typed, in one block; what is longer than a reader would read is cut."""
    shown = f"<pre>{html.escape(encodable(text[:LONGEST_TEXT]))}</pre>"
    if len(text) <= LONGEST_TEXT:
        return shown
    return f"{shown}<p>The rest of this cell ({len(text) / 1e6:.1f} million characters) was cut.</p>"


def encodable(text: str) -> str:
    """Return `text` without the halves of characters that JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str) -> str:
    """Return `text` for a terminal: what would move it, or turn the text round, stands as its number."""
    return "".join([sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text])


def _work(text: str) -> int:
    """Estimate what a parser makes of `text`: its tags times the most elements that are open at once."""
    opened: Counter[str] = Counter()
    tags = depth = deepest = 0
    for closing, name in _TAG.findall(text):
        tags += 1
        name = name.lower()
        if name in _NEVER_NESTED:
            continue
        step = -1 if closing else 1
        if opened[name] + step >= 0:
            opened[name] += step
            depth += step
            deepest = max(deepest, depth)
    return tags * deepest


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    if tag in MATHML_TAGS:
        return value if _SIZE_OR_WORD.fullmatch(value) else None
    if attribute == "src":
        return value if _PICTURE.fullmatch(value) else None
    if attribute in ("href", "cite"):
        return value if _LINK.fullmatch(value) else None
    return value
