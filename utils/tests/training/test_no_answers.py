"""The students' package differentiates by machine: no backward pass derived by hand is in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import zeromean

MODULES = sorted(Path(zeromean.__file__).parent.rglob("*.py"))
BACKWARD = re.compile(r"(^|_)(backwards?|backprop\w*|bprop)(_|$)", re.IGNORECASE)
DIFFERENTIATES = re.compile(r"(^|_)(grads?|gradients?|derivatives?|jacobians?|vjp|jvp|hessians?)(_|$)", re.IGNORECASE)
UPSTREAM = re.compile(r"d(out|scores|loss|xhat|gamma|beta|mu|mean|var|std|[hzwWbvV])\d?")

CHECKER = {"gradients.py": ["check_gradient", "dout"]}  # it judges what others derive: docs/decisions/26


def by_hand(source: str) -> list[str]:
    """Return the names in a module that a backward pass derived by hand would have.

    A function that is called after a gradient must take it from autograd, from the networks' own function that
    does, or from finite differences of nothing but values: so its module imports one of the first two.
    """
    tree = ast.parse(source)
    imported = {
        alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    by_machine = any(name.startswith("autograd") or name.startswith("zeromean.training.nets") for name in imported)
    found = []
    for node in ast.walk(tree):
        name = _name(node)
        says_so = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and DIFFERENTIATES.search(name)
        if BACKWARD.search(name) or UPSTREAM.fullmatch(name) or (says_so and not by_machine):
            found.append(name)
    return found


def _name(node: ast.AST) -> str:
    """Return the name that a node brings into the world: a function's, a parameter's, a variable's."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nothing_is_differentiated_by_hand(path: Path) -> None:
    """No ``f_backward``, no upstream gradient, no gradient from anywhere but autograd."""
    assert by_hand(path.read_text(encoding="utf-8")) == CHECKER.get(path.name, [])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def batchnorm_backward(d, cache): ...", ["batchnorm_backward"]),
        ("backward = 1", ["backward"]),
        ("def step(dout): ...", ["dout"]),
        ("dgamma = (g * xhat).sum(axis=0)", ["dgamma"]),
        ("def relu_grad(x): return x > 0", ["relu_grad"]),
        ("from autograd import grad\ndef gradients(x): return grad(f)(x)", []),
        ("from zeromean.training import nets\ndef gradients(x): return nets.loss_and_grad(x)[1]", []),
        ("def adagrad(w, g): ...", []),
    ],
)
def test_a_planted_derivative_is_found(source: str, found: list[str]) -> None:
    """The search finds each kind, and lets autograd's gradients and the names of update rules pass."""
    assert by_hand(source) == found
