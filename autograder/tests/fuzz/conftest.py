"""How long to fuzz: a few seconds a property, the same ones each time; with ``--hypothesis-profile long``, minutes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
_SAME = {"deadline": None, "database": None, "suppress_health_check": _SLOW}
settings.register_profile("short", max_examples=60, derandomize=True, **_SAME)
settings.register_profile("long", max_examples=5_000, print_blob=True, **_SAME)


def pytest_configure(config: pytest.Config) -> None:
    """Be short unless a profile is asked for."""
    settings.load_profile(config.getoption("hypothesis_profile") or "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave fuzzing to `make test`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
