"""Submissions that let a library do the backward pass: it is neither loaded, nor importable, nor there to be read."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
import zeromean

from autograder.authoring import course
from autograder.gradebook.grading import DRAWN, preload
from autograder.sandbox.pool import Session, Zygote
from autograder.tests import here
from autograder.tests.hostile.conftest import QUICK

AUTOGRAD = Path(str(importlib.util.find_spec("autograd").origin))  # type: ignore[union-attr]
OURS = Path(zeromean.__file__).parent
UNGUARDED = """
import builtins, sys
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "ImportGuard"]
builtins.__import__ = builtins.__import__.__self__._import
"""
LOADED = """
import importlib.util
spec = importlib.util.spec_from_file_location({name!r}, {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
"""
ATTACKS = {
    "a statement": "from autograd import grad",
    "importlib": "import importlib\nimportlib.import_module('autograd').grad",
    "__import__": "__import__('autograd').grad",
    "exec": "exec('from autograd import grad', {'__name__': 'numpy'})",
    "sys.modules": "import sys\nsys.modules['autograd']",
    "any name in sys.modules": "import sys\n"
    "[m for m in sys.modules if f'{m}.'.startswith(('autograd.', 'zeromean.training.'))][0]",
    "without the guard": f"{UNGUARDED}\nimport importlib\nimportlib.import_module('autograd').grad",
    "without the guard, a part": f"{UNGUARDED}\nimport autograd.differential_operators",
    "its path": LOADED.format(name="autograd", path=str(AUTOGRAD)),
    "a part's path": LOADED.format(name="autograd.core", path=str(AUTOGRAD.parent / "core.py")),
    "its text": f"open({str(AUTOGRAD.parent / 'core.py')!r}).read()",
    "runpy": f"import runpy\nrunpy.run_path({str(AUTOGRAD)!r})",
    "PathFinder": "from importlib.machinery import PathFinder\n"
    f"PathFinder.find_spec('autograd', [{str(AUTOGRAD.parents[1])!r}]).loader.load_module('autograd').grad",
    "the networks": "from zeromean.training import nets",
    "the networks, by importlib": "import importlib\nimportlib.import_module('zeromean.training.nets')",
    "the networks, without the guard": f"{UNGUARDED}\nimport zeromean.training.nets",
    "the networks' path": LOADED.format(name="nets", path=str(OURS / "training" / "nets.py")),
    "the rules' text": f"open({str(OURS / 'training' / 'rules.py')!r}).read()",
    "the demos": "import zeromean.demos.l06_batch_norm.bn_graph",
    "the demos' text": f"open({str(OURS / 'demos' / 'l06_batch_norm' / 'bn_graph.py')!r}).read()",
    "an attribute": "import zeromean\nzeromean.training.nets",
}


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "seccomp"])
def level(request: pytest.FixtureRequest) -> str:
    """Return a level of isolation that this machine has."""
    here.need(request.param)
    return str(request.param)


@pytest.fixture(scope="module", params=course.assignments())
def zygote_of_an_assignment(request: pytest.FixtureRequest, level: str) -> Iterator[Zygote]:
    """Return what the workers of an assignment are forked from."""
    with Zygote(QUICK, preload(course.load(request.param)), level) as zygote:
        yield zygote


@pytest.fixture
def graded(zygote_of_an_assignment: Zygote) -> Iterator[Session]:
    """Return a session as a submission is graded in."""
    zygote = zygote_of_an_assignment
    with Session(zygote, [*zygote.preload, *DRAWN]) as session:
        yield session


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_way_leads_to_a_derivative(graded: Session, attack: str) -> None:
    """Statements, importers, paths and texts: each ends in an error, at each level, in each assignment."""
    (outcome,) = graded.run([ATTACKS[attack]])
    assert outcome.error is not None, attack
    (after,) = graded.run(["import numpy as np\nfrom zeromean import check"])
    assert after.error is None, after.error


def test_it_is_the_walls_that_hold(graded: Session, level: str) -> None:
    """The attack without the guard does get rid of it: another library, which answers nothing, can then be had."""
    (outcome,) = graded.run([f"{UNGUARDED}\nimport psutil"])
    assert (outcome.error is None) == (level != "seccomp"), outcome.error


def test_what_is_refused_is_named_with_its_package(graded: Session) -> None:
    """Of the students' package, the sentence names the module; of another, the package."""
    said = [str(outcome.error) for outcome in graded.run(["from zeromean import training", "import autograd.numpy"])]
    assert "zeromean.training cannot be used here: graded code may import NumPy, the standard library, " in said[0]
    assert "autograd cannot be used here: graded code may import " in said[1]


@pytest.mark.parametrize("name", course.assignments())
def test_no_assignment_loads_what_derives(name: str) -> None:
    """The locked code of no assignment brings autograd, nor the networks and demos that need it."""
    from autograder.sandbox.launch import masked, readable

    modules = preload(course.load(name))
    assert AUTOGRAD.parent.resolve() in masked(modules)
    read = readable(modules)
    for hidden in ("training/nets.py", "training/rules.py", "demos/__init__.py", "stage/stage.py"):
        path = (OURS / hidden).resolve()
        assert path.is_file()
        assert not any(path == each or each in path.parents for each in read), hidden


def test_locked_code_that_needs_it_gets_it(level: str) -> None:
    """An assignment may train a network in a locked cell: then, and only then, it is there."""
    modules = ["zeromean", "zeromean.training.nets"]
    with Zygote(QUICK, modules, level) as zygote, Session(zygote, modules) as session:
        locked, other = session.run(["from zeromean.training import nets\nnets.loss_and_grad", "import zeromean.demos"])
    assert locked.error is None
    assert "zeromean.demos cannot be used here" in str(other.error)
