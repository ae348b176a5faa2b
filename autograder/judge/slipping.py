"""Which slips there are: what a tired hand might write in place of one statement or expression of a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
NAMES = {"mean": "sum", "sum": "mean", "var": "std", "minimum": "maximum", "maximum": "minimum", "ones": "zeros"}
EMPTY = {"empty", "empty_like", "zeros", "zeros_like"}  # nothing that could be negative, or twice as large
LAYOUT = {"dtype", "shape", "size", "ndim"}  # which two arrays of a function often have in common
New = ast.AST | list[ast.stmt]


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield every slip in the one function of `source`: ``before -> after``, and the source that comes of it."""
    tree = ast.parse(source)
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    scope = _Scope.of(function)
    for place in list(_places(tree)):
        before = ast.unparse(place.node)
        for new in _slips(place.node, scope):
            after = _text(new)
            if after != before:
                yield f"{before} -> {after}", _with(place, new, tree)
    for parameter in scope.parameters[:1]:
        first = _Slot(function.body, 1 if ast.get_docstring(function) else 0)
        cast = ast.parse(f"{parameter} = {parameter}.astype(float)").body[0]
        yield f"{parameter} -> {parameter}.astype(float)", _with(first, [cast, first.node], tree)


@dataclass(frozen=True)
class _Scope:
    """What a function gives values to, its parameters first, in the order of the text; and what it returns."""

    parameters: tuple[str, ...]
    names: tuple[str, ...]
    returned: tuple[ast.expr, ...]

    @classmethod
    def of(cls, function: ast.FunctionDef) -> _Scope:
        returns = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
        returned = [part for value in returns for part in (value.elts if isinstance(value, ast.Tuple) else [value])]
        parameters = tuple(arg.arg for arg in (*function.args.posonlyargs, *function.args.args))
        names = [n for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        stored = [n.id for n in sorted(names, key=lambda n: (n.lineno, n.col_offset))]
        arrays = tuple(part for part in returned if not isinstance(part, ast.Tuple))
        return cls(parameters, tuple(dict.fromkeys((*parameters, *stored))), arrays)

    def neighbour(self, name: str) -> str | None:
        """Return the name that comes after `name`, and the first one after the last."""
        if name not in self.names or len(self.names) < 2:
            return None
        return self.names[(self.names.index(name) + 1) % len(self.names)]


@dataclass(frozen=True)
class _Slot:
    """Where a node stands in its tree: in a list (by position), or in a field of another node (by name)."""

    holder: Any
    key: Any

    @property
    def node(self) -> Any:
        return self.holder[self.key] if isinstance(self.holder, list) else getattr(self.holder, self.key)


def _places(holder: ast.AST) -> Iterator[_Slot]:
    """Yield the place of every node in which a slip can matter: not in a message, not in the -1 of a reshape."""
    for place in _children(holder):
        unimportant = isinstance(place.node, ast.Name) and _is_layout(holder)
        if not unimportant and not (isinstance(holder, ast.UnaryOp) and isinstance(place.node, ast.Constant)):
            yield place
        if not isinstance(place.node, ast.Raise):
            yield from _places(place.node)


def _children(holder: ast.AST) -> Iterator[_Slot]:
    for field, value in ast.iter_fields(holder):
        if isinstance(value, ast.AST):
            yield _Slot(holder, field)
        elif isinstance(value, list):
            yield from (_Slot(value, i) for i, part in enumerate(value) if isinstance(part, ast.AST))


def _is_layout(holder: ast.AST) -> bool:
    """Whether a node asks for no more than the layout of what it holds."""
    match holder:
        case ast.Attribute(_, name):
            return name in LAYOUT
        case ast.Call(ast.Name("len")) | ast.Call(ast.Attribute(_, "empty_like" | "zeros_like" | "ones_like")):
            return True
    return False


def _with(place: _Slot, new: New, tree: ast.AST) -> str:
    """Return the source of a tree with something else in one place; the tree stays as it is."""
    old = place.node
    if isinstance(place.holder, list):
        several = new if isinstance(new, list) else [new]
        place.holder[place.key : place.key + 1] = several
        source = ast.unparse(tree)
        place.holder[place.key : place.key + len(several)] = [old]
    else:
        setattr(place.holder, place.key, new)
        source = ast.unparse(tree)
        setattr(place.holder, place.key, old)
    return source


def _text(new: New) -> str:
    return "; ".join(map(ast.unparse, new)) if isinstance(new, list) else ast.unparse(new)


def _slips(node: ast.AST, scope: _Scope) -> Iterator[New]:
    """Yield what may stand in place of `node`."""
    yield from _slips_of_statement(node, scope) if isinstance(node, ast.stmt) else _slips_of_expression(node, scope)
    if isinstance(node, ast.expr) and any(node is part for part in scope.returned):
        yield ast.Call(ast.Attribute(node, "astype", ast.Load()), [ast.Name("float", ast.Load())], [])


def _slips_of_statement(node: ast.AST, scope: _Scope) -> Iterator[New]:
    match node:
        case ast.Return(ast.Tuple(parts)):
            for first in range(len(parts) - 1):
                yield ast.Return(_swapped(parts, first))
        case ast.Assign(targets, ast.Tuple([_, _, *_] as parts)):
            yield _assigned(targets, _swapped(parts, 0))
        case ast.AugAssign() | ast.Raise() | ast.Assign([ast.Subscript()]):
            yield ast.Pass()
        case ast.Assign([ast.Name()], ast.Call(ast.Attribute(_, name))) if name in EMPTY:
            return
        case ast.Assign([ast.Name()] as targets, ast.BinOp() | ast.Call() as value):
            yield _assigned(targets, ast.UnaryOp(ast.USub(), value))
            yield _assigned(targets, ast.BinOp(ast.Constant(2), ast.Mult(), value))
            if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id in scope.parameters:
                edited = ast.AugAssign(ast.Name(value.left.id, ast.Store()), value.op, value.right)
                yield [edited, _assigned(targets, value.left)]


def _assigned(targets: list[ast.expr], value: ast.expr) -> ast.Assign:
    return ast.Assign(targets, value, lineno=0)  # a number that `unparse` asks for


def _slips_of_expression(node: ast.AST, scope: _Scope) -> Iterator[New]:
    match node:
        case ast.Attribute(value, name, ast.Load()) if name in NAMES:
            yield ast.Attribute(value, NAMES[name], ast.Load())
        case ast.Name(name, ast.Load()) if other := scope.neighbour(name):
            yield ast.Name(other, ast.Load())
        case ast.keyword("axis", ast.Tuple(parts)):
            for part in parts:
                yield ast.keyword("axis", ast.Tuple([other for other in parts if other is not part], ast.Load()))
        case ast.Subscript(array, ast.Tuple([_, _, *_] as parts)):
            yield ast.Subscript(array, _swapped(parts, 0), node.ctx)
        case ast.Call():
            yield from _slips_of_call(node)
        case _:
            yield from _slips_of_arithmetic(node)


def _slips_of_arithmetic(node: ast.AST) -> Iterator[New]:
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
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)


def _slips_of_call(call: ast.Call) -> Iterator[New]:
    """Yield the call without one of its keywords, or what it is called with."""
    for keyword in call.keywords:
        yield ast.Call(call.func, call.args, [other for other in call.keywords if other is not keyword])
    if call.args and not call.keywords and not isinstance(call.args[0], ast.Starred):
        yield call.args[0]


def _swapped(parts: list[ast.expr], first: int) -> ast.Tuple:
    other = [*parts[:first], parts[first + 1], parts[first], *parts[first + 2 :]]
    return ast.Tuple(other, ast.Load())
