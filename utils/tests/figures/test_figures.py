"""The figures of A4 say what they show, and every figure is found by its name alone."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import numpy as np
import pytest
from zeromean import figures


def test_alternative_text_comes_from_the_numbers(monkeypatch):
    """Who cannot see a figure is told what was drawn, not what should have been."""
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("zeromean.style.display", lambda content, raw: shown.append(content))
    outs = {1: np.full((4, 1), 5.0), 2: np.tile([2.0, 8.0], (4, 1))}
    figures.small_batches(outs, gamma=3.0, beta=5.0)
    assert shown[0]["text/plain"].endswith("N = 1: 5 to 5; N = 2: 2 to 8.")


def test_no_two_assignments_share_the_name_of_a_figure():
    """``figures.name`` means one figure."""
    names: list[str] = []
    for module in pkgutil.iter_modules(figures.__path__, "zeromean.figures."):
        found = vars(import_module(module.name)).items()
        names += [name for name, value in found if getattr(value, "__module__", "") == module.name and name[0] != "_"]
    assert len(names) == len(set(names)) > 8


def test_a_figure_that_nobody_has_is_named():
    """A wrong name is said, as for any module."""
    with pytest.raises(AttributeError, match="No assignment has a figure 'nowhere'"):
        figures.nowhere  # noqa: B018 - asking is the test
