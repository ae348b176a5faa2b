"""Small random slips in a right program, of which nobody thought when the checks were written."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
NAMES = {"mean": "sum", "sum": "mean", "var": "std", "minimum": "maximum", "maximum": "minimum", "ones": "zeros"}


@dataclass(frozen=True)
class Mutant:
    """A program with one slip: what was changed into what, and the source that came of it."""

    change: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every program that differs from `source` by one slip."""
    tree = ast.parse(textwrap.dedent(source))
    for position, node in enumerate(ast.walk(tree)):
        for new in _slips(node):
            slipped = copy.deepcopy(tree)
            _Exchange(list(ast.walk(slipped))[position], new).visit(slipped)
            before, after = ast.unparse(node), ast.unparse(ast.fix_missing_locations(new))
            if before != after:
                yield Mutant(f"{before} -> {after}", ast.unparse(slipped))


def source_of(function: Callable[..., Any]) -> str:
    """Return the source of a function without its decorators."""
    source = textwrap.dedent(inspect.getsource(function))
    return source[source.index("def ") :]


def _slips(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a tired hand might write in place of `node`."""
    yield from _slips_of_statement(node) if isinstance(node, ast.stmt) else _slips_of_expression(node)


def _slips_of_statement(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Return(ast.Tuple([first, second, *rest])):
            yield ast.Return(ast.Tuple([second, first, *rest], ast.Load()))
        case ast.Assign(targets, ast.Tuple([first, second, *rest])):
            yield ast.Assign(targets, ast.Tuple([second, first, *rest], ast.Load()))
        case ast.AugAssign() | ast.Raise() | ast.Assign([ast.Subscript()]):
            yield ast.Pass()


def _slips_of_expression(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, op, right):
            yield from (left, right)
            yield ast.BinOp(left, OPERATORS.get(type(op), ast.Add)(), right)
        case ast.Compare(left, [op], [right]) if type(op) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(op)]()], [right])
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            yield ast.Constant(value + 1 if isinstance(value, int) else 3 * value)
        case ast.Attribute(value, name, ast.Load()) if name in NAMES:
            yield ast.Attribute(value, NAMES[name], ast.Load())
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.Call():
            yield from _slips_of_call(node)


def _slips_of_call(call: ast.Call) -> Iterator[ast.AST]:
    """Yield the call without one of its keywords, or what it is called with."""
    for keyword in call.keywords:
        yield ast.Call(call.func, call.args, [other for other in call.keywords if other is not keyword])
    if call.args and not call.keywords and not isinstance(call.args[0], ast.Starred):
        yield call.args[0]


class _Exchange(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else super().visit(node)
