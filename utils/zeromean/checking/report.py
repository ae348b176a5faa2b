"""Writes down what came of the visible checks: as HTML for a notebook, and as text for everything else."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zeromean.checking import errormap
from zeromean.checking.last import TELLS
from zeromean.checking.looks import framed, words
from zeromean.checking.outcome import FailedCall, Outcome
from zeromean.checking.replay import RIGHT_EXAMPLE, nothing_written

WORDS = {
    "passed": "passed",
    "warned": "warning",
    "failed": "not yet",
    "unwritten": "to do",
    "waits": "not tried",
    "example": "example",
}
SIGNS = {"passed": "✓", "warned": "!", "failed": "✗", "unwritten": "○", "waits": "…", "example": "»"}
COSTS = "The grade takes marks for this."
LAST_LINE = (
    "Visible checks only. Grading tries the same with other numbers, and hidden checks beside: other shapes, edge "
    "cases, and what your function does to its arguments."
)


@dataclass(frozen=True)
class Report:
    """The outcomes of the checks of one exercise, under the names of the functions that were checked.

    ``warnings`` are what costs marks all the same, and ``examples`` what those of the docstrings gave.
    """

    names: Sequence[str]
    outcomes: Sequence[Outcome]
    notes: Sequence[str] = ()
    warnings: Sequence[Outcome] = ()
    examples: Sequence[Outcome] = ()

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(outcome.state == "passed" for outcome in self.outcomes)

    @property
    def unwritten(self) -> bool:
        """Whether nothing is written yet."""
        return nothing_written(self.outcomes)

    @property
    def failed_call(self) -> FailedCall | None:
        """The first call that failed a check, or that a warning is about."""
        return next((found.call for found in (*self.outcomes, *self.warnings) if found.call), None)

    @property
    def rows(self) -> list[Outcome]:
        """What is shown: an example that is right says something only where a check does not pass."""
        examples = [one for one in self.examples if one.message != RIGHT_EXAMPLE or not self.passed]
        warnings = [replace(one, message=f"{one.message} {COSTS}") for one in self.warnings]
        return [*self.outcomes, *warnings, *(() if self.unwritten else examples)]

    @property
    def beside(self) -> list[str]:
        """The notes that no row says already."""
        said = {outcome.message for outcome in (*self.outcomes, *self.warnings)}
        return [note for note in self.notes if note not in said]

    @property
    def headline(self) -> str:
        """One line: how many of the checks passed, and whether something costs marks all the same."""
        names, count = " and ".join(self.names), len(self.outcomes)
        good = sum(outcome.state == "passed" for outcome in self.outcomes)
        if self.unwritten:
            return f"{names}: not written yet. {count} visible {_checks(count)} will try it."
        warned = len(self.warnings)
        but = f", with {warned if warned > 1 else 'one'} warning{'s'[: warned != 1]}" if warned else ""
        if good == count:
            return f"{names}: {f'all {count}' if count > 1 else 'the'} visible {_checks(count)} passed{but}."
        return f"{names}: {good} of {count} visible {_checks(count)} passed{but}."


def as_text(reports: Sequence[Report], so_far: str = "") -> str:
    """Write the reports for a terminal, and below them how far the whole assignment is."""
    lines = []
    for report in reports:
        lines.append(report.headline)
        for outcome in said_once(report):
            lines.append(f"  {SIGNS[outcome.state]} {WORDS[outcome.state]:<9} {outcome.sentence}")
            details = [outcome.message, outcome.line, f"Hint: {outcome.hint}" if outcome.hint else ""]
            if outcome.wrong:
                details.append(errormap.pattern(outcome.wrong))
                if errormap.worth_drawing(outcome.wrong):
                    details += errormap.text(outcome.wrong).splitlines()
            lines += [f"      {detail}" for detail in details if detail]
        lines += [f"  {note}" for note in report.beside]
    return "\n".join([*lines, *_closing(reports), *([so_far] if so_far else [])])


def as_html(reports: Sequence[Report], so_far: str = "") -> str:
    """Write the reports for a notebook, and below them how far the whole assignment is."""
    body = "".join(_section(report) for report in reports)
    far = f'<div class="zm-quiet"><strong>{html.escape(so_far)}</strong></div>' if so_far else ""
    closing = "".join(f'<div class="zm-quiet">{line}</div>' for line in _closing(reports))
    return framed(f"{body}{closing}{far}")


def _closing(reports: Sequence[Report]) -> list[str]:
    """Return the lines below all reports: where the failed call is at hand, and what else grading tries."""
    return [*([TELLS] if any(report.failed_call for report in reports) else []), LAST_LINE]


def said_once(report: Report) -> list[Outcome]:
    """Explain the same trouble once: in the headline, or at the first check that meets it.

    An exception is the same if it comes from the same line, whatever shapes its text speaks of.
    """
    seen = {(f"{name} is not written yet.", "") for name in report.names if report.unwritten}
    found = []
    for outcome in report.rows:
        key = (outcome.error or outcome.message, outcome.line)
        if outcome.message and key in seen:
            again = "The same as above." if outcome.state == "failed" else ""
            outcome = Outcome(outcome.sentence, outcome.state, again)
        seen.add(key)
        found.append(outcome)
    return found


def _section(report: Report) -> str:
    names, _, rest = report.headline.partition(":")
    head = " and ".join(f'<span class="zm-code">{html.escape(name)}</span>' for name in names.split(" and "))
    items = "".join(map(_item, said_once(report)))
    notes = "".join(f'<div class="zm-quiet">{words(note)}</div>' for note in report.beside)
    title = f'<div class="zm-head"><strong>{head}:{html.escape(rest)}</strong></div>'
    return f'{title}<div role="list">{items}</div>{notes}'


def _item(outcome: Outcome) -> str:
    sign = f'<span aria-hidden="true">{SIGNS[outcome.state]}</span>'
    state = f'<div class="zm-state">{sign} {WORDS[outcome.state]}</div>'
    parts = [f"<div>{words(outcome.message)}</div>"] if outcome.message else []
    if outcome.line:
        parts.append(f'<div class="zm-line zm-code">{html.escape(outcome.line)}</div>')
    if outcome.hint:
        parts.append(f'<div class="zm-hint"><strong>Hint.</strong> {words(outcome.hint)}</div>')
    if outcome.wrong:
        parts += [f"<div>{words(shared)}</div>"] if (shared := errormap.pattern(outcome.wrong)) else []
        if errormap.worth_drawing(outcome.wrong):
            legend = f'<span class="zm-legend">{errormap.legend(outcome.wrong)}</span>'
            parts.append(f'<div class="zm-figure">{errormap.svg(outcome.wrong)}{legend}</div>')
    more = f'<div class="zm-more">{"".join(parts)}</div>' if parts else ""
    sentence = f"<div>{words(outcome.sentence)}</div>"
    return f'<div role="listitem" class="zm-item zm-{outcome.state}">{state}{sentence}{more}</div>'


def _checks(count: int) -> str:
    return "check" if count == 1 else "checks"
