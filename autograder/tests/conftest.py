"""What is said at the very end of a run, where a reader looks."""

from __future__ import annotations

import pytest

from autograder.tests.browser.chromium import NONE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say that the browser tests did not run, where they did not."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NONE in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"The {len(skipped)} browser tests did not run. {NONE}", yellow=True)
