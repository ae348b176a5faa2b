"""Collects a suite once, with pytest, so that authors and the judge see the same checks in the same order."""

from __future__ import annotations

import inspect
import os
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.judge.reference import SuiteError
from autograder.suite.contract.ordered import flawed
from autograder.suite.marking import Check, Equivalents, replacement_functions
from autograder.suite.slips import Slips

FIXTURES = ("student", "reference", "rng")


@dataclass(frozen=True)
class SuiteCheck:
    """One check of a suite: the function, the sentence the student reads, and how it counts."""

    name: str
    sentence: str
    mark: Check
    function: Callable[..., None]
    fixtures: tuple[str, ...]


@dataclass(frozen=True)
class Replacement:
    """A variant (no hint) or a misconception: the functions it puts in place of the reference's.

    `same_as` names the misconceptions whose hints are as right; `equivalent`, the changes that change nothing.
    """

    name: str
    functions: dict[str, Callable[..., Any]]
    hint: str
    same_as: tuple[str, ...] = ()
    equivalent: Mapping[str, str] = field(default_factory=dict)

    @property
    def shows(self) -> bool:
        """Whether single calls can show a misconception: not what is kept from call to call."""
        return "" not in self.same_as


@dataclass(frozen=True)
class Suite:
    """The suite of one exercise, in the order of its file.

    `equivalents` holds, for functions of the reference, the changes that change nothing, and why.
    """

    exercise: str
    points: float
    functions: tuple[str, ...]
    checks: tuple[SuiteCheck, ...]
    misconceptions: tuple[Replacement, ...]
    variants: tuple[Replacement, ...]
    equivalents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def collect(folder: Path, exercises: Iterable[tuple[str, float, Sequence[str]]]) -> tuple[Suite, ...]:
    """Read ``test_<exercise>.py`` of each exercise; SuiteError if one could not judge anybody."""
    wanted = [(name, points, functions, folder / f"test_{name}.py") for name, points, functions in exercises]
    for name, _, _, path in wanted:
        if not path.is_file():
            raise SuiteError(f"Exercise {name!r} has no suite. Write {path}, or take the exercise out of the source.")
    items = _collected([path for *_, path in wanted])
    return tuple(_suite(*entry, items) for entry in wanted)


class _Items:
    """A pytest plugin that keeps what was collected, and what could not be."""

    def __init__(self) -> None:
        self.items: list[pytest.Function] = []
        self.faults: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        self.items = list(items)

    def pytest_exception_interact(self, node: pytest.Collector, call: pytest.CallInfo[Any]) -> None:
        assert call.excinfo is not None
        error = call.excinfo.value
        self.faults.append(_fault(node.path, error.__cause__ or error))


def _fault(path: Path, error: BaseException) -> str:
    """Say in a sentence what stopped the reading of a suite, and at which of its lines."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
    said = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        lines, said = [error.lineno], error.msg
    where = f"{path}, line {lines[-1]}" if lines else str(path)
    return f"{where}: {type(error).__name__}: {said}"


def _collected(paths: Sequence[Path]) -> list[pytest.Function]:
    """Let pytest collect `paths`, alone and silent, whatever else it may be running in this process.

    With the file system's root as pytest's root, a module's name is its whole path: no two suites share one.
    """
    found = _Items()
    root = ["-c", os.devnull, f"--rootdir={Path.cwd().anchor}"]
    options = ["--collect-only", "--import-mode=importlib", "--noconftest", "--disable-plugin-autoload"]
    without = [f"-pno:{plugin}" for plugin in ("terminal", "cacheprovider", "faulthandler", "logging", "assertion")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.main([*root, *options, *without, *map(str, paths)], plugins=[found])
    if found.faults:
        raise SuiteError("A suite cannot be read. " + "\n".join(found.faults))
    return found.items


def _suite(name: str, points: float, functions: Sequence[str], path: Path, items: Sequence[pytest.Function]) -> Suite:
    mine = [item for item in items if item.path == path.resolve()]
    if not mine:
        raise SuiteError(f"{path} has no check. Write a function test_... with @points(weight) above it.")
    checks = tuple(_check(item, path) for item in mine)
    _refuse_bad_order(checks, path)
    module = mine[0].module
    _refuse_uncollected(module, checks, path)
    replacements = _replacements(module, path)
    return Suite(
        name,
        points,
        tuple(functions),
        checks,
        tuple(r for r in replacements if r.hint),
        tuple(r for r in replacements if not r.hint),
        {found.function: found.reasons for found in vars(module).values() if isinstance(found, Equivalents)},
    )


def _check(item: pytest.Function, path: Path) -> SuiteCheck:
    function = item.function
    mark = getattr(function, "__check__", None)
    if hasattr(function, "__replaces__"):
        raise SuiteError(f"{path}: pytest takes {item.name} for a check. Its name must not begin with `test`.")
    if mark is None:
        raise SuiteError(f"{path}: {item.name} does not say what it counts. Put @points(weight) above it.")
    fixtures = tuple(inspect.signature(function).parameters)
    for fixture in fixtures:
        if fixture not in FIXTURES:
            raise SuiteError(f"{path}: {item.name} asks for {fixture!r}. A check may ask for {', '.join(FIXTURES)}.")
    return SuiteCheck(item.name, sentence_of(function), mark, function, fixtures)


def sentence_of(check: Callable[..., None]) -> str:
    """Return the sentence of a check that the student reads: its docstring, on one line."""
    return " ".join((check.__doc__ or "").split())


def _refuse_bad_order(checks: Sequence[SuiteCheck], path: Path) -> None:
    for number, check in enumerate(checks):
        above = [other.name for other in checks[:number]]
        if check.mark.after is not None and check.mark.after not in above:
            raise SuiteError(
                f"{path}: {check.name} comes after {check.mark.after!r}, which is no check above it. "
                f"Above it: {', '.join(above) or 'none'}."
            )


def _refuse_uncollected(module: ModuleType, checks: Sequence[SuiteCheck], path: Path) -> None:
    names = {check.name for check in checks}
    for name, value in vars(module).items():
        if hasattr(value, "__check__") and name not in names:
            raise SuiteError(f"{path}: {name} has @points but is not tried. Call it test_{name}.")


def _replacements(module: ModuleType, path: Path) -> list[Replacement]:
    found = {}
    for name, value in _marked(module, path):
        if name in found:
            raise SuiteError(f"{path}: there are two programs called {name}. Rename one.")
        mark = value.__replaces__
        found[name] = Replacement(name, replacement_functions(value), mark.hint or "", mark.same_as, mark.equivalent)
    _refuse_unknown_mates(found, path)
    return list(found.values())


def _marked_here(module: ModuleType) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in vars(module).items() if hasattr(value, "__replaces__"))


def _marked(module: ModuleType, path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the variants and misconceptions of a suite by name: of its module, its tables, and its contracts."""
    yield from _marked_here(module)
    for value in vars(module).values():
        if isinstance(value, Slips):
            yield from value.items()
    variants = [value for _, value in _marked_here(module) if value.__replaces__.hint is None]
    for check in vars(module).values():
        for flaw in getattr(check, "__flaws__", ()):
            try:
                yield flaw.name, flawed(flaw, variants, module.__name__)
            except ValueError as error:
                raise SuiteError(f"{path}: {error}") from None


def _refuse_unknown_mates(found: Mapping[str, Replacement], path: Path) -> None:
    for replacement in found.values():
        for mate in filter(None, replacement.same_as):
            if mate not in found:
                raise SuiteError(
                    f"{path}: {replacement.name} is the same as {mate!r}, which is not here. Mend the name."
                )
