"""Writes down what came of the visible checks: as HTML for a notebook, and as text for everything else."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zeromean import errormap
from zeromean.replay import Outcome

_WORDS = {"passed": "passed", "failed": "not yet right", "unwritten": "to do", "waits": "waits"}
_SIGNS = {"passed": "✓", "failed": "✗", "unwritten": "○", "waits": "…"}
LAST_LINE = (
    "Visible checks only: hidden ones test other shapes and numbers, edge cases, and what your function does to "
    "its arguments, when this is graded."
)

_STYLE = """
.zm-check{--zm-good:#00634a;--zm-bad:#a63c00;--zm-quiet:#5c5f66;--zm-fill:#d55e00;--zm-line:#8a8f98;
color:var(--jp-content-font-color0,#111);font:15px/1.5 var(--jp-content-font-family,system-ui,sans-serif);
max-width:46rem;padding:2px 0 4px}
[data-jp-theme-light="false"] .zm-check,.vscode-dark .zm-check{--zm-good:#4fd1a5;--zm-bad:#ff9d5c;
--zm-quiet:#b4b8bf;--zm-fill:#ff8a3d;--zm-line:#8a8f98}
.zm-check .zm-head{font-size:1.1em;font-weight:600;margin:0 0 6px}
.zm-check code{font-family:var(--jp-code-font-family,monospace);font-size:.93em;background:none;padding:0;color:inherit}
.zm-check ul{list-style:none;margin:0;padding:0}
.zm-check li{margin:0;padding:7px 0 7px 12px;border-left:4px solid;border-color:var(--zm-quiet)}
.zm-check li+li{margin-top:4px}
.zm-check li.zm-passed{border-color:var(--zm-good)}.zm-check li.zm-failed{border-color:var(--zm-bad)}
.zm-check .zm-state{display:inline-block;min-width:8.2em;font-weight:600;color:var(--zm-quiet)}
.zm-check .zm-passed .zm-state{color:var(--zm-good)}.zm-check .zm-failed .zm-state{color:var(--zm-bad)}
.zm-check .zm-more{margin:4px 0 0 8.2em}
.zm-check .zm-more>*{margin:4px 0}
.zm-check .zm-hint{padding:6px 10px;border-radius:4px;background:var(--jp-layout-color2,#eee)}
.zm-check .zm-line{white-space:pre-wrap}
.zm-check .zm-quiet{color:var(--zm-quiet);font-size:.93em;margin:8px 0 0}
.zm-check .zm-map{display:block;max-width:100%;height:auto;overflow:visible}
.zm-map text{fill:var(--jp-content-font-color0,#111);font:12px var(--jp-content-font-family,system-ui,sans-serif)}
.zm-map .zm-tick{font-size:11px;fill:var(--zm-quiet)}
.zm-map .zm-0{fill:none;stroke:var(--zm-line);stroke-width:.6}
.zm-map .zm-1,.zm-map .zm-2,.zm-map .zm-3,.zm-map .zm-4{fill:var(--zm-fill)}
.zm-map .zm-1{fill-opacity:.35}.zm-map .zm-2{fill-opacity:.65}
.zm-map .zm-4{stroke:var(--jp-content-font-color0,#111);stroke-width:2.5}
""".replace("\n", "")


@dataclass(frozen=True)
class Report:
    """The outcomes of the checks of one exercise, under the names of the functions that were checked."""

    names: Sequence[str]
    outcomes: Sequence[Outcome]
    notes: Sequence[str] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(outcome.state == "passed" for outcome in self.outcomes)

    @property
    def headline(self) -> str:
        """One line: how many of the checks passed."""
        names, count = " and ".join(self.names), len(self.outcomes)
        good = sum(outcome.state == "passed" for outcome in self.outcomes)
        if good == 0 and all(outcome.state == "unwritten" for outcome in self.outcomes):
            return f"{names}: not written yet. {count} visible {_checks(count)} will try it."
        if good == count:
            return f"{names}: {f'all {count}' if count > 1 else 'the'} visible {_checks(count)} passed."
        return f"{names}: {good} of {count} visible {_checks(count)} passed."


def as_text(reports: Iterable[Report]) -> str:
    """Write the reports for a terminal."""
    lines = []
    for report in reports:
        lines.append(report.headline)
        for outcome, (message, extra) in zip(report.outcomes, _messages(report), strict=True):
            lines.append(f"  {_SIGNS[outcome.state]} {_WORDS[outcome.state]:<14} {outcome.sentence}")
            details = [message, outcome.line, *([f"Hint: {outcome.hint}"] if outcome.hint and extra else [])]
            if outcome.wrong and extra:
                details += [errormap.sentence(outcome.wrong), *errormap.text(outcome.wrong).splitlines()]
            lines += [f"      {detail}" for detail in details if detail]
        lines += [f"  {note}" for note in report.notes]
    return "\n".join([*lines, LAST_LINE])


def as_html(reports: Iterable[Report]) -> str:
    """Write the reports for a notebook; it follows JupyterLab's theme, and needs no script."""
    body = "".join(_section(report) for report in reports)
    return f'<div class="zm-check"><style>{_STYLE}</style>{body}<p class="zm-quiet">{LAST_LINE}</p></div>'


def _section(report: Report) -> str:
    names, _, rest = report.headline.partition(":")
    head = " and ".join(f"<code>{html.escape(name)}</code>" for name in names.split(" and "))
    items = "".join(
        _item(outcome, message, extra)
        for outcome, (message, extra) in zip(report.outcomes, _messages(report), strict=True)
    )
    notes = "".join(f'<p class="zm-quiet">{html.escape(note)}</p>' for note in report.notes)
    return f'<p class="zm-head">{head}:{html.escape(rest)}</p><ul>{items}</ul>{notes}'


def _item(outcome: Outcome, message: str, extra: bool) -> str:
    sign = f'<span aria-hidden="true">{_SIGNS[outcome.state]}</span>'
    state = f'<span class="zm-state">{sign} {_WORDS[outcome.state]}</span> '
    parts = [f"<div>{html.escape(message)}</div>"] if message else []
    if outcome.line:
        parts.append(f'<div class="zm-line"><code>{html.escape(outcome.line)}</code></div>')
    if outcome.hint and extra:
        parts.append(f'<div class="zm-hint"><strong>Hint.</strong> {html.escape(outcome.hint)}</div>')
    if outcome.wrong and extra:
        parts.append(f"<div>{html.escape(errormap.sentence(outcome.wrong))}</div>{errormap.svg(outcome.wrong)}")
    more = f'<div class="zm-more">{"".join(parts)}</div>' if parts else ""
    return f'<li class="zm-{outcome.state}">{state}{html.escape(outcome.sentence)}{more}</li>'


def _messages(report: Report) -> list[tuple[str, bool]]:
    """Return the message of each outcome, and whether it is new: the same thing is explained once."""
    seen: dict[tuple[str, str], str] = {}
    found = []
    for outcome in report.outcomes:
        key = (outcome.message, outcome.line)
        again = bool(outcome.message) and key in seen
        found.append(("The same as above." if again else outcome.message, not again))
        seen[key] = outcome.sentence
    return found


def _checks(count: int) -> str:
    return "check" if count == 1 else "checks"
