"""What is true of every test, and what is said at the very end of a run, where a reader looks."""

from __future__ import annotations

import gc
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
    """Say that the browser tests did not run, where they did not."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NONE in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"The {len(skipped)} browser tests did not run. {NONE}", yellow=True)
