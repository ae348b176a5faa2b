"""Lets pytest try a suite: on the reference itself, or with ``--submission PATH`` on a notebook in the sandbox."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.authoring import course
from autograder.gradebook.grading import preload, released
from autograder.gradebook.rebuild import rebuild
from autograder.judge.attempt import attempt
from autograder.judge.clues import clue
from autograder.judge.collect import sentence_of
from autograder.judge.judge import fixtures, generator, sentence, skip_sentence, undisturbed
from autograder.judge.reference import Reference
from autograder.judge.student import Answers, LocalSession, Student
from autograder.sandbox.host import Zygote
from autograder.sandbox.limits import Limits
from autograder.sandbox.pool import Session
from autograder.suite.expectations import CheckFailed

ASSIGNMENTS = course.ROOT / "assignments"
NOT_PASSED = pytest.StashKey[dict[str, str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask whom to try, and with which random numbers."""
    parser.addoption("--submission", type=Path, help="a student's notebook; without it, the reference is tried")
    parser.addoption("--seed", type=int, default=0, help="another seed gives every check other random numbers")


@cache
def reference_of(assignment: str) -> Reference:
    """Run the reference solution of an assignment, once."""
    return Reference(course.load(assignment).reference_cells)


@contextmanager
def submitted(name: str, path: Path) -> Iterator[Session]:
    """Run a submission in the sandbox, rebuilt as for grading."""
    assignment = course.load(name)
    instructor = released(assignment, ASSIGNMENTS)
    cells = rebuild(assignment, instructor, path.read_bytes()).notebook.cells
    code = [c.source for c in cells if c.cell_type == "code" and c.metadata.zeromean.kind not in ("figure", "check")]
    with Zygote(Limits(), preload(assignment)) as zygote, Session(zygote, preload(assignment)) as session:
        session.run(code)
        yield session


@pytest.fixture(scope="session")
def session_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Answers]]:
    """Return the function that gives the one session in which an assignment is tried."""
    path = request.config.getoption("--submission")
    with ExitStack() as stack:

        @cache
        def start(assignment: str) -> Answers:
            if path is None:
                return LocalSession(reference_of(assignment).namespace)
            return stack.enter_context(submitted(assignment, path))

        yield start


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Reference:
    """Return the reference solution of the assignment whose folder the suite is in."""
    return reference_of(request.path.parent.name)


@pytest.fixture
def student(request: pytest.FixtureRequest, reference: Reference, session_of: Callable[[str], Answers]) -> Student:
    """Return the student's functions."""
    return Student(session_of(request.path.parent.name), reference)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return the random numbers of the check."""
    return generator(request.node.name, request.config.getoption("--seed"))


@pytest.fixture(autouse=True)
def nothing_matters_but_the_result() -> Iterator[None]:
    """Ignore warnings, as the judge does."""
    with undisturbed():
        yield


def pytest_runtest_setup(item: pytest.Function) -> None:
    """Skip a check that waits for another one."""
    after = item.function.__check__.after
    sentence = item.parent.stash.get(NOT_PASSED, {}).get(after)
    if sentence:
        pytest.skip(skip_sentence(sentence))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Try a check as the judge does, which asks whose fault it is that a backward pass fails."""
    given = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    if "student" not in given:
        return None
    seed, reference = pyfuncitem.config.getoption("--seed"), reference_of(pyfuncitem.path.parent.name)

    def check(student: Student) -> None:
        pyfuncitem.obj(**fixtures(pyfuncitem.name, given, student, reference, seed))

    tried = attempt(check, given["student"])
    if isinstance(tried.failure, CheckFailed):
        more = clue(tried.failure, tried.calls, reference)
        raise CheckFailed(f"{sentence(str(tried.failure))} {more}".rstrip()) from tried.failure
    if tried.failure:
        raise tried.failure
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which checks did not pass."""
    report = yield
    if not report.passed:
        item.parent.stash.setdefault(NOT_PASSED, {})[item.name] = sentence_of(item.function)
    return report
