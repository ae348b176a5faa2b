"""What this machine has: what is missing is passed over with a reason, but where CI=true it fails."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox import isolation


def ci() -> bool:
    """Whether a machine runs the tests that is meant to have everything."""
    return os.environ.get("CI") == "true"


def missing(reason: str) -> None:
    """Skip the test, or fail it in CI, with the reason."""
    if ci():
        pytest.fail(f"{reason} With CI=true nothing may be missing.", pytrace=False)
    pytest.skip(reason)


def strongest() -> str:
    """Return the name of the strongest level of isolation that works here, "bubblewrap" where none does."""
    try:
        return isolation.choose().name
    except isolation.IsolationError:
        return isolation.LEVELS[0].name


def need(name: str) -> None:
    """Go on only where this level of isolation works."""
    (level,) = (level for level in isolation.LEVELS if level.name == name)
    reason = isolation.why_not(level)
    if reason:
        missing(f"Isolation level {name!r} does not work here: {reason}")
