"""What is true of every test, and what is said at the very end of a run, where a reader looks."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator

import pytest

from autograder.tests.browser.chromium import NONE


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    """Take back what libraries hang on the garbage collector: where a bound ends something there, nothing is ended."""
    before = gc.callbacks[:]
    yield
    gc.callbacks[:] = before


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the browser tests did not run, where they did not, and where one stood still and was run again."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NONE in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"The {len(skipped)} browser tests did not run. {NONE}", yellow=True)
    for report in terminalreporter.stats.get("rerun", []):
        where = re.findall(r"^\S+\.py:\d+", str(report.longrepr), re.MULTILINE)
        terminalreporter.write_line(f"{report.nodeid} stood still and was run again: {' > '.join(where)}", yellow=True)
