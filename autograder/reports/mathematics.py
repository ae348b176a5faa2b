"""Markdown with formulas to HTML with MathML: no script draws the mathematics, so it needs no network."""

from __future__ import annotations

import re
from collections.abc import Callable

from latex2mathml.converter import convert
from nbconvert.filters import markdown2html

_CODE = r"(?P<code>```.*?```|`[^`\n]+`)"
_BLOCK = r"\$\$(?P<block>.+?)\$\$"
_INLINE = r"(?<![\\\w])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$])?)\$(?!\d)"
_CODE_OR_MATH = re.compile(f"{_CODE}|{_BLOCK}|{_INLINE}", re.S)
_MARK = "\ue000{}\ue001"  # private-use characters: Markdown leaves them alone


def to_html(markdown: str, *, clean: Callable[[str], str] = str) -> str:
    """Return `markdown` as HTML; ``$...$`` and ``$$...$$`` become MathML, except inside code.

    `clean` sees the HTML before the formulas are put in. A formula that cannot be read stays as it was written.
    """
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        latex, display = (match["block"], "block") if match["block"] else (match["inline"], "inline")
        try:
            formulas.append(convert(latex.strip(), display=display))
        except Exception:  # a student's formula can fail anywhere in the converter
            return match[0]
        return _MARK.format(len(formulas) - 1)

    body = clean(markdown2html(_CODE_OR_MATH.sub(keep, markdown)))
    return re.sub("\ue000(\\d+)\ue001", lambda match: formulas[int(match[1])], body)
