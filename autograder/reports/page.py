"""Fills our templates: every value is escaped unless a function here has made it safe."""

from __future__ import annotations

import base64
import functools
import html
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.safe import clean_html, encodable

TEMPLATES = Path(__file__).parent / "templates"
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_UNSEEN = dict.fromkeys({*range(32), 127, *range(0x80, 0xA0)} - {9, 10, 13}, "\ufffd")


def render(template: str, **values: Any) -> str:
    """Return `template` filled with `values`, style sheet included, as one self-contained page.

    Control characters, which would act on a terminal, become a sign that can be seen.
    """
    return encodable(_environment().get_template(template).render(**values)).translate(_UNSEEN)


def safe_output(output: dict[str, Any]) -> Markup:
    """Return one output of a student's cell as harmless HTML: text, a picture, or cleaned markup.

    Scripts, event handlers, styles and addresses outside the page are dropped; pictures become ``<img>`` of
    their own bytes, which cannot run anything.
    """
    kind = output["output_type"]
    if kind == "stream":
        return _text(output["text"], "stderr" if output.get("name") == "stderr" else "stdout")
    if kind == "error":
        return _text("\n".join(output.get("traceback") or [f"{output['ename']}: {output['evalue']}"]), "error")
    data = output.get("data", {})
    for mime in _IMAGES:
        if mime in data:
            return _picture(mime, data[mime], str(data.get("text/plain", "figure")))
    if "text/html" in data:
        return Markup(clean_html(_joined(data["text/html"])))  # noqa: S704 - cleaned
    return _text(_joined(data.get("text/plain", "")), "result")


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["quoted"] = lambda words: re.sub(r"`([^`]*)`", r"“\1”", words)
    environment.filters["safe_output"] = safe_output
    environment.filters["number"] = lambda value: f"{value:g}" if value is not None else "held"
    return environment


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _text(text: str | list[str], css: str) -> Markup:
    return Markup('<pre class="output {}">{}</pre>').format(css, _ANSI.sub("", _joined(text)))


def _picture(mime: str, data: str | list[str], alt: str) -> Markup:
    text = _joined(data)
    if mime == "image/svg+xml":
        text = base64.b64encode(text.encode()).decode()
    if not re.fullmatch(r"[A-Za-z0-9+/=\s]*", text):
        return _text("(a picture that could not be read)", "error")
    return Markup('<img src="data:{};base64,{}" alt="{}">').format(mime, "".join(text.split()), html.unescape(alt))
