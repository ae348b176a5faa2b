"""How everything that ``check`` and its kin show looks in a notebook: it follows the theme, and needs no script."""

from __future__ import annotations

import html
import re
import sys

STYLE = """
.zm-check{--zm-good:#00634a;--zm-bad:#a63c00;--zm-warn:#7a5600;--zm-quiet:#5c5f66;--zm-fill:#d55e00;--zm-line:#8a8f98;
--zm-text:var(--jp-content-font-color0,#111);--zm-font:var(--jp-content-font-family,system-ui,sans-serif);
color:var(--zm-text);font:15px/1.5 var(--zm-font);max-width:54rem;padding:2px 0 4px}
[data-jp-theme-light="false"] .zm-check,.vscode-dark .zm-check{--zm-good:#4fd1a5;--zm-bad:#ff9d5c;--zm-warn:#f0c552;
--zm-quiet:#b4b8bf;--zm-fill:#ff8a3d}
.zm-check .zm-head{font-size:1.1em;margin:0 0 8px}
.zm-check .zm-code{font-family:var(--jp-code-font-family,monospace);font-size:.95em}
.zm-check .zm-item{display:grid;grid-template-columns:8.9em minmax(0,1fr);column-gap:.5em;
overflow-wrap:anywhere;padding:6px 0 6px 12px;margin:0 0 4px;
border-left:4px solid var(--zm-quiet)}
.zm-check .zm-item.zm-passed{border-color:var(--zm-good)}.zm-check .zm-item.zm-failed{border-color:var(--zm-bad)}
.zm-check .zm-item.zm-warned{border-color:#e69f00}
.zm-check .zm-state{font-weight:600;color:var(--zm-quiet)}
.zm-check .zm-warned .zm-state{color:var(--zm-warn)}
.zm-check .zm-passed .zm-state{color:var(--zm-good)}.zm-check .zm-failed .zm-state{color:var(--zm-bad)}
.zm-check .zm-more{grid-column:2}
.zm-check .zm-more>div{margin:5px 0 0}
.zm-check .zm-hint,.zm-check .zm-line{padding:5px 10px;border-radius:4px;background:var(--jp-layout-color2,#eee)}
.zm-check .zm-line{white-space:pre-wrap}
.zm-check .zm-quiet{color:var(--zm-quiet);font-size:.93em;margin:8px 0 0}
.zm-check .zm-figure{display:flex;gap:16px;align-items:flex-end;flex-wrap:wrap}
.zm-check .zm-legend{color:var(--zm-quiet);font-size:.87em;max-width:14em}
.zm-check .zm-map{max-width:100%;height:auto;overflow:visible}
.zm-check a{color:var(--jp-content-link-color,inherit)}
@media (max-width:34rem){.zm-check .zm-item{grid-template-columns:minmax(0,1fr)}.zm-check .zm-more{grid-column:1}}
.zm-map text{fill:var(--zm-text);font:12px var(--zm-font)}
.zm-map .zm-tick{font-size:11px;fill:var(--zm-quiet)}
.zm-map .zm-0{fill:none;stroke:var(--zm-line);stroke-width:.7}
.zm-map .zm-1,.zm-map .zm-2,.zm-map .zm-3,.zm-map .zm-4{fill:var(--zm-fill)}
.zm-map .zm-1{fill-opacity:.35}.zm-map .zm-2{fill-opacity:.65}
.zm-map .zm-4{stroke:var(--zm-text);stroke-width:2.5}
""".replace("\n", "")


def words(text: str) -> str:
    """Return a text as HTML: what it puts between backticks is code."""
    return re.sub(r"`([^`]+)`", r'<span class="zm-code">\1</span>', html.escape(text))


def framed(body: str) -> str:
    """Return HTML in the look of a check."""
    return f'<div class="zm-check"><style>{STYLE}</style>{body}</div>'


def show(rich: str, plain: str) -> None:
    """Display HTML in a notebook, with the text for whatever shows none; print the text elsewhere."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from IPython.display import display

        display({"text/html": rich, "text/plain": plain}, raw=True)
    else:
        sys.stdout.write(plain + "\n")
