"""A demo as a piece of HTML that needs no kernel: the script and the style once a page, the numbers inside."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
# One ES module: what is used while a file loads stands before it.
_PARTS = (
    "numbers", "elements", "tables", "motion", "formula", "question", "address", "stored", "keys",
    "marks", "curves", "shapes", "fields", "labels", "axes", "grips", "follow", "controls", "same", "picture",
    "kernel", "page", "stage",
)  # fmt: skip
SCRIPT = "\n".join((_HERE / f"{name}.js").read_text("utf8") for name in _PARTS)
STYLE = (_HERE / "stage.css").read_text("utf8")
EXPORT = "ZEROMEAN_EXPORT"  # set in the environment: stages show themselves as HTML that needs no kernel
_BOOT = """
const text = document.querySelector('script.zm-shared').textContent;
window.zeroMean ??= import(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})));
const stage = (await window.zeroMean).default;
for (const el of document.querySelectorAll('[data-zm="NAME"]:not([data-live])')) {
  el.dataset.live = '';
  stage.fromPage(el, 'NAME');
}
"""


# The sentence steps back for the living demo; for the sentence, JupyterLab's "model not found" does.
_ASLEEP = """<style>
.jp-OutputArea:has(.zm-stage) .jp-OutputArea-child:has(.zm-asleep),
body:not(:has(.jp-OutputArea)):has(.zm-stage) .zm-asleep,
.jp-OutputArea:has(.zm-asleep) .jp-OutputArea-output.jupyter-widgets:not(:has(*)) { display: none; }
</style>
"""


def asleep(words: str) -> str:
    """Return what stands for a demo in a notebook that was opened and not run."""
    sentence = f"<b>{html.escape(words)}</b><br>This demo is asleep: run its cell to bring it alive."
    return f'{_ASLEEP}<p class="zm-asleep">{sentence}</p>'


def piece(spec: Mapping[str, Any], data: bytes) -> str:
    """Return the HTML of one demo with its script, its style and its numbers."""
    text = json.dumps(spec, ensure_ascii=False, allow_nan=False).replace("</", "<\\/")
    packed = base64.b64encode(zlib.compress(data, 9)).decode()
    name = "zm" + hashlib.sha256((text + packed).encode()).hexdigest()[:12]
    return (
        f'<div class="zm-host" data-zm="{name}"></div>\n'
        f'<style class="zm-shared">{STYLE}</style>\n'
        f'<script class="zm-shared" type="text/plain">{SCRIPT}</script>\n'
        f'<script type="application/json" id="{name}">{text}</script>\n'
        f'<script type="text/plain" id="{name}-data">{packed}</script>\n'
        f'<script type="module">{_BOOT.replace("NAME", name)}</script>\n'
    )


def share(page: str) -> str:
    """Return a page of several demos with only the first copy of the shared script and style."""
    for tag in ("style", "script"):
        shared = re.compile(rf'<{tag} [^>]*class="zm-shared"[^>]*>.*?</{tag}>\s*', re.DOTALL)
        found = [match.span() for match in shared.finditer(page)]
        for start, end in reversed(found[1:]):
            page = page[:start] + page[end:]
    return page
