"""The linter of the JavaScript finds what it is there for, at the line of the file."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from autograder.tests import here

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "lint_javascript.py"


@pytest.fixture(scope="module")
def lint() -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("lint_javascript", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_lines_keep_their_file(lint: ModuleType) -> None:
    """Every line of the joined module is known by its file and number."""
    text, origins = lint.module()
    lines = text.split("\n")
    assert len(origins) == len(lines)
    for line, (path, number) in zip(lines, origins, strict=True):
        assert path.read_text("utf-8").split("\n")[number - 1] == line


def test_names_that_are_not_there_or_not_needed(lint: ModuleType) -> None:
    """An undeclared name, an unused one and an unused parameter are each told with file and line."""
    reason = lint.biome()
    if reason:
        here.missing(reason)
    path = lint.ROOT / "slip.js"
    text = "const one = 1;\nexport default (two) => three();\n"
    found = sorted(lint.complaints(text, [(path, 10), (path, 20)]))
    assert [each.split(": ")[:2] for each in found] == [
        ["slip.js:10", "lint/correctness/noUnusedVariables"],
        ["slip.js:20", "lint/correctness/noUndeclaredVariables"],
        ["slip.js:20", "lint/correctness/noUnusedFunctionParameters"],
    ]


def test_long_lines(lint: ModuleType) -> None:
    """A line of 121 characters is one too many."""
    path = lint.ROOT / "build" / "long.js"
    path.parent.mkdir(exist_ok=True)
    path.write_text("x" * 120 + "\n" + "x" * 121 + "\n")
    assert list(lint.too_long(path)) == ["build/long.js:2: the line has 121 characters; 120 fit."]
    path.unlink()


def test_without_npm_it_is_said_and_in_ci_it_fails(lint: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """At a desk without Node.js the rest goes on; CI must have it."""
    monkeypatch.setattr(lint, "BIOME", Path("nowhere"))
    monkeypatch.setenv("PATH", "")
    for ci in ("", "true"):
        monkeypatch.setenv("CI", ci)
        assert lint.main() == (ci == "true")
        assert "only half linted: there is no npm. Install Node.js" in capsys.readouterr().err
