"""Finds the programs that a suite does not notice, among those of which nobody thought: right ones with one slip."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.bounds import Overrun, processor_time
from autograder.judge.collect import Suite, SuiteCheck
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.reference import Namespace, exchanged
from autograder.judge.slipping import mutants
from autograder.judge.student import LocalSession, Student
from autograder.sandbox.failure import StudentFailure
from autograder.suite.expectations import CheckFailed

SECONDS = 1.0  # of work, after which a call is taken for an endless loop
Functions = Mapping[str, Callable[..., Any]]
Sources = Mapping[str, str]


@dataclass(frozen=True)
class Slipped:
    """A right program with one slip: whose it is (a variant, or a function of the reference), and what was changed.

    `change` is ``before -> after``; the second place of a program that can be changed so ends in " #2". `right` and
    `source` are the function that was changed, before and after.
    """

    program: str
    change: str
    functions: Functions
    right: str
    source: str


@dataclass(frozen=True)
class Unseen:
    """What came of the slips: how many there were, and how many of them are excused; the rest are complaints."""

    tried: int
    excused: int
    complaints: tuple[str, ...]


class BrokenCheckError(Exception):
    """A check raised an exception of its own, so that nobody's mark could be decided."""


def unseen_slips(judge: Judge, suite: Suite, slips: Iterable[Slipped]) -> Unseen:
    """Try the right programs of a suite with every slip that `slipped_programs` makes."""
    tried, excused, complaints = 0, 0, []
    excuses = excuses_of(suite)
    variants = {variant.name: variant.functions for variant in suite.variants}
    checks: dict[str, list[SuiteCheck]] = {}
    for slipped in slips:
        if slipped.program not in checks:
            partners = partner_checks(judge, suite, variants.get(slipped.program, {}))
            checks[slipped.program] = [*suite.checks, *partners]
        tried += 1
        excuse = excuses.pop((slipped.program, slipped.change), None)
        what = f"{slipped.program} with the slip `{slipped.change}`"
        try:
            check = noticed_by(judge, checks[slipped.program], slipped.functions)
        except BrokenCheckError as error:
            complaints.append(f"{what} breaks {error}. A check must fail in a sentence.")
            continue
        excused += excuse is not None and not check
        if check and excuse:
            complaints.append(f"{what} is excused, but {check} notices it. Take the excuse out.")
        elif not check and not excuse:
            complaints.append(f"{what} earns full marks. Write the check that it must fail, or excuse it: equivalent=.")
    for program, change in excuses:
        complaints.append(f"{program} excuses `{change}`, which is no slip in this program. Take the excuse out.")
    return Unseen(tried, excused, tuple(complaints))


def slipped_programs(suite: Suite, reference: Sources, namespace: Namespace) -> Iterator[Slipped]:
    """Yield the reference and every variant of a suite with one slip.

    The reference's functions find the others in `namespace`; a variant is self-contained.
    """
    for function, source in reference.items():
        for change, slipped in _numbered(mutants(source), Counter()):
            functions = {function: _defined(slipped, dict(namespace))}
            yield Slipped(_of_reference(function), change, functions, source, slipped)
    for variant in suite.variants:
        seen: Counter[str] = Counter()
        for function, right in variant.functions.items():
            source = source_of(right)
            for change, slipped in _numbered(mutants(source), seen):
                functions = {**variant.functions, function: _defined(slipped, {"np": np})}
                yield Slipped(variant.name, change, functions, source, slipped)


def noticed_by(judge: Judge, checks: list[SuiteCheck], functions: Functions) -> str:
    """Return a check that a program fails; an empty text if there is none.

    The check moves to the front of the list, because the next slip is like this one.
    """
    session = BoundedSession(exchanged(judge.namespace, functions))
    for position, check in enumerate(checks):
        student = Student(session, judge.reference)
        try:
            with undisturbed():
                check.function(**fixtures(check.name, check.fixtures, student, judge.reference, seed=0))
        except CheckFailed:
            checks.insert(0, checks.pop(position))
            return check.name
        except Exception as error:
            raise BrokenCheckError(f"{check.name}: {type(error).__name__}: {error}") from error
    return ""


class BoundedSession(LocalSession):
    """Functions of this process that are stopped when they take too long: a slip can make a loop endless."""

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function `name`; whatever it raises, an end of patience too, is a `StudentFailure`."""
        try:
            with processor_time(SECONDS):
                return super().call(name, args, kwargs)
        except Overrun:
            raise StudentFailure(f"`{name}` gave no result in {SECONDS:g} s.", "timeout") from None


def fits_its_partners(judge: Judge, suite: Suite, right: Functions) -> bool:
    """Whether the backward passes of other exercises can read the cache of a right program."""
    return all(not noticed_by(judge, [*other.checks], right) for other in _partners(judge, suite, right))


def partner_checks(judge: Judge, suite: Suite, right: Functions) -> list[SuiteCheck]:
    """Return the checks of other exercises that tell whether the cache of a right program is right.

    A forward pass that returns a right `out` with a wrong cache is noticed where its backward pass is judged; a
    variant with a cache of its own fits no other exercise.
    """
    if not fits_its_partners(judge, suite, right):
        return []
    return [check for other in _partners(judge, suite, right) for check in other.checks]


def _partners(judge: Judge, suite: Suite, right: Functions) -> list[Suite]:
    backward = {name.removesuffix("_forward") + "_backward" for name in right or suite.functions}
    return [other for other in judge.suites if other is not suite and backward & set(other.functions)]


def excuses_of(suite: Suite) -> dict[tuple[str, str], str]:
    """Return the reason of each excuse, by program and change."""
    of_variants = {(v.name, change): reason for v in suite.variants for change, reason in v.equivalent.items()}
    of_reference = {
        (_of_reference(function), change): reason
        for function, reasons in suite.equivalents.items()
        for change, reason in reasons.items()
    }
    return of_variants | of_reference


def _of_reference(function: str) -> str:
    return f"the reference's {function}"


def _numbered(slips: Iterator[tuple[str, str]], seen: Counter[str]) -> Iterator[tuple[str, str]]:
    """Tell equal changes of one program apart."""
    for change, source in slips:
        seen[change] += 1
        yield change if seen[change] == 1 else f"{change} #{seen[change]}", source


def source_of(function: Callable[..., Any]) -> str:
    """Return the source of a function without its decorators."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def ") :]


def _defined(source: str, namespace: Namespace) -> Callable[..., Any]:
    """Define the one function of `source` in a namespace."""
    exec(compile(source, "<slip>", "exec"), namespace)  # noqa: S102 - our own source, changed in one place
    function: Callable[..., Any] = namespace[source[4 : source.index("(")]]
    return function


def functions_of(cell: str) -> dict[str, str]:
    """Return the source of each function that a cell defines at top level."""
    nodes = [node for node in ast.parse(cell).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.unparse(node) for node in nodes}
