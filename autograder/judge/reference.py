"""The reference solution: run once, asked at every call, and rebuilt with one function exchanged."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import numpy as np
from numpydoc.docscrape import NumpyDocString
from zeromean.checking.layout import ANYTHING, Cache

from autograder.errors import CourseError
from autograder.judge.values import copied, held_arrays, references_side
from autograder.sandbox import faults

Namespace = dict[str, Any]


class SuiteError(CourseError):
    """A suite or reference that cannot judge anyone; the message names the file or function, and the fix."""


@dataclass(slots=True)
class Effect:
    """All that a call did: what it returned or raised, and what it left in its arguments.

    `held` are the arrays that dicts and lists among the arguments held before the call: a function that puts a
    new array in a dict leaves the old one as it was; one that edits in place does not. The cache, that a
    ``*_forward`` returns last, is kept apart from `result`. `raised` names the type of an exception, then its bases;
    `on_purpose` tells whether a ``raise`` raised it.
    """

    result: Any = None
    cache: Any = None
    raised: tuple[str, ...] = ()
    said: str = ""
    on_purpose: bool = False
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    held: list[np.ndarray] = field(default_factory=list)

    @property
    def has_cache(self) -> bool:
        """Whether the function returned ``(out, cache)``."""
        return isinstance(self.result, tuple) and bool(self.result) and self.result[-1] is ANYTHING


def without_cache(function: str, result: Any) -> tuple[Any, Any]:
    """Split what `function` returned into a result whose cache is `ANYTHING`, and the cache."""
    if function.endswith("_forward") and isinstance(result, (tuple, list)) and len(result) > 1:
        return (*result[:-1], ANYTHING), result[-1]
    return result, None


def observe(function: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: Namespace) -> Effect:
    """Call a trusted `function`, known as `name`, on copies of the arguments."""
    is_cache = [type(arg) is Cache for arg in args]
    args = copied(references_side(args))
    kwargs = {key: copied(references_side(value)) for key, value in kwargs.items()}
    held = held_arrays(tuple(arg for arg, cache in zip(args, is_cache, strict=True) if not cache), kwargs)
    try:
        result, cache = without_cache(name, function(*args, **kwargs))
    except Exception as error:
        kinds, meant = tuple(faults.bases(error)), faults.on_purpose(error)
        return Effect(None, None, kinds, str(error).strip(), meant, args, kwargs, held)
    return Effect(result, cache, args=args, kwargs=kwargs, held=held)


class Reference:
    """The reference's functions as attributes, with the interface of `Student`.

    Parameters
    ----------
    cells : sequence of str
        The code that defines them, run once here in a fresh namespace.

    Raises
    ------
    SuiteError
        If a cell raises.
    """

    def __init__(self, cells: Sequence[str]) -> None:
        self.namespace = _run(cells)
        self._returned = _returned_names(cells)
        self._result_names: dict[str, tuple[str, ...]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = self.function(name)
        return lambda *args, **kwargs: function(*references_side(args), **kwargs)

    def function(self, name: str) -> Callable[..., Any]:
        """Return the function called `name`; AttributeError says what there is."""
        function = self.namespace.get(name)
        if isinstance(function, FunctionType):
            return function
        known = sorted(key for key, value in self.namespace.items() if isinstance(value, FunctionType))
        raise AttributeError(f"The reference has no function {name!r}. It has: {', '.join(known)}.")

    def result_names(self, name: str) -> tuple[str, ...]:
        """Return what the values are called that `name` returns, such as ``("out", "cache")``, if the reference says.

        The docstring's section "Returns" comes first: it is what the student reads. It is read once: that takes as long
        as several calls, and contracts ask at each.
        """
        if name not in self._result_names:
            self._result_names[name] = documented_results(self.function(name)) or self._returned.get(name, ())
        return self._result_names[name]

    def forward_for_backward(self, name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Return the reference's ``(out, cache)``; the arguments stay as they are."""
        effect = observe(self.function(name), name, args, kwargs)
        return (*effect.result[:-1], effect.cache)


def documented_results(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names in the "Returns" section of a numpydoc docstring, in order."""
    entries = [entry.name for entry in NumpyDocString(inspect.getdoc(function) or "")["Returns"]]
    return tuple(name.strip() for entry in entries if entry for name in entry.split(","))


def exchanged(namespace: Namespace, functions: Mapping[str, Callable[..., Any]]) -> Namespace:
    """Copy a namespace with some functions exchanged, so that its other functions call the new ones."""
    copy: Namespace = dict(namespace)
    for name, value in namespace.items():
        if isinstance(value, FunctionType) and value.__globals__ is namespace:
            twin = FunctionType(value.__code__, copy, value.__name__, value.__defaults__, value.__closure__)
            twin.__kwdefaults__ = value.__kwdefaults__
            copy[name] = twin
    copy.update(functions)
    return copy


def _run(cells: Sequence[str]) -> Namespace:
    namespace: Namespace = {"__name__": "__main__"}
    for number, cell in enumerate(cells, start=1):
        try:
            exec(compile(cell, f"<reference cell {number}>", "exec"), namespace)  # noqa: S102 - our own source
        except Exception as error:
            first = cell.strip().partition("\n")[0]
            raise SuiteError(
                f"Cell {number} of the reference (`{first}`) raised {type(error).__name__}: {error}. Mend the source."
            ) from error
    return namespace


def _returned_names(cells: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Map each function to the names in the ``return`` at its end, if all of these are plain names."""
    names: dict[str, tuple[str, ...]] = {}
    for cell in cells:
        for definition in ast.parse(cell).body:
            if isinstance(definition, ast.FunctionDef) and isinstance(definition.body[-1], ast.Return):
                value = definition.body[-1].value
                parts = value.elts if isinstance(value, ast.Tuple) else [value]
                known = [part.id for part in parts if isinstance(part, ast.Name)]
                if definition.name.endswith("_forward") and len(parts) > 1:
                    known = [*known[: len(parts) - 1], "cache"]
                names[definition.name] = tuple(known) if len(known) == len(parts) else ()
    return names
