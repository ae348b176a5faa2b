"""Answers as their own cells defined them, with the names that they could see then: no later cell can undo them."""

from __future__ import annotations

import builtins
import dis
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import CodeType, FunctionType
from typing import Any, cast

import numpy as np

from autograder.sandbox.plain import copied, same

_NONE = object()
_BUILT_IN = frozenset(vars(builtins))  # a later `sum = 0` is no name that an answer had waited for
_END = ""  # stands for the names as the last cell left them


@dataclass
class _Home:
    """A function, what its cell could see, and copies of the plain data that it uses, which may be edited in place."""

    function: Any
    seen: dict[str, Any]
    copies: dict[str, Any]
    settings: tuple[dict[str, Any], list[Any]]
    view: dict[str, Any] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


class Kept:
    """The names of a submission, which are put into the shell's namespace for the answer that is called.

    Where its cell did not know a name, an answer gets what the notebook made of it later, also if that was deleted in
    the end; and it gets the other answers as their own cells defined them. What calls bind stays for later calls.
    """

    def __init__(self) -> None:
        self._homes: dict[str, _Home] = {}
        self._ever: dict[str, Any] = {}
        self._rebound: dict[str, Any] = {}
        self._placed: dict[str, Any] = {}
        self._end: dict[str, Any] | None = None
        self._end_settings = _settings()
        self._here: str | None = None

    def before_cell(self, names: dict[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
        """Put the notebook's own names back into `names`; return what those in `wanted` mean now."""
        if self._end is not None:
            self._enter(_END, names)
            self._end, self._here = None, None
        return {name: names.get(name, _NONE) for name in wanted}

    def after_cell(self, names: dict[str, Any], before: Mapping[str, Any]) -> None:
        """Keep each of the functions in `before` that the cell defined anew."""
        self._ever.update(names)
        settings = _settings()
        for name, old in before.items():
            function = names.get(name)
            if callable(function) and function is not old:
                plain = {used: copied(names[used]) for used in reached(function, names)}
                copies = {used: copy for used, copy in plain.items() if copy is not None}
                self._homes[name] = _Home(function, dict(names), copies, settings)

    def function(self, name: str, names: dict[str, Any]) -> Any:
        """Return the function of a name, and put into `names` what it may see; without one, what the name means."""
        home = self._homes.get(name)
        self._enter(name if home else _END, names)
        return home.function if home else names.get(name)

    def changed(self, names: dict[str, Any]) -> dict[str, list[str]]:
        """Return by answer the names it uses, its own included, that meant something else when the notebook ended."""
        self._enter(_END, names)
        return {name: home.changed for name, home in self._homes.items() if home.changed}

    def _enter(self, place: str, names: dict[str, Any]) -> None:
        if self._here == place:
            return
        if self._end is None:
            self._end, self._end_settings = dict(names), _settings()
            self._look_back(self._end)
        elif self._here is not None:
            old = self._placed
            self._rebound |= {key: value for key, value in names.items() if value is not old.get(key, _NONE)}
        self._placed = {**(self._homes[place].view if place else self._end), **self._rebound}
        names.clear()
        names.update(self._placed)
        errors, filters = self._homes[place].settings if place else self._end_settings
        np.seterr(**errors)
        cast("list[Any]", warnings.filters)[:] = filters
        self._here = place

    def _look_back(self, end: dict[str, Any]) -> None:
        """Find out for each answer what was changed after its cell, and what it is to see."""
        answers = {name: home.function for name, home in self._homes.items()}
        later = {name: value for name, value in (self._ever | end).items() if name not in _BUILT_IN}
        shared: list[tuple[Any, Any]] = []
        for name, home in self._homes.items():
            edited = {used: copy for used, copy in home.copies.items() if not same(home.seen[used], copy)}
            for used, copy in edited.items():  # answers that shared an object go on sharing it
                original = home.seen[used]
                twin = next((c for o, c in shared if o is original and same(c, copy)), None)
                edited[used] = copy if twin is None else twin
                shared.append((original, edited[used]))
            home.view = {**later, **home.seen, **answers, **edited}
            other = {key for key, value in home.seen.items() if end.get(key, _NONE) is not value} - answers.keys()
            uses = reached(home.function, home.seen) if other else set()
            again = [name] if end.get(name, _NONE) is not home.function else []
            home.changed = again + sorted(uses & other | edited.keys())


def _settings() -> tuple[dict[str, Any], list[Any]]:
    """Return how NumPy and Python treat what they warn of now."""
    return dict(np.geterr()), list(warnings.filters)


def reached(function: Any, names: Mapping[str, Any]) -> set[str]:
    """Return the names that a function looks up in `names`, itself or by the functions and classes it finds there."""
    found: set[str] = set()
    waiting = [function]
    while waiting:
        for name in _looked_up(waiting.pop()):
            if name in names and name not in found:
                found.add(name)
                waiting.append(names[name])
    return found


def _looked_up(value: Any) -> Iterator[str]:
    for code in _codes(value):
        for step in dis.get_instructions(code):
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                yield step.argval


def _codes(value: Any) -> Iterator[CodeType]:
    """Yield the code of a function, of what it encloses or wraps, or of the methods of a class."""
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if type(one) is CodeType:
            yield one
            waiting += one.co_consts
        elif type(one) is FunctionType:
            waiting += [one.__code__, *(cell.cell_contents for cell in one.__closure__ or () if _filled(cell))]
            waiting.append(one.__dict__.get("__wrapped__"))
        elif type(one) is partial:
            waiting.append(one.func)
        elif type(one).__name__ == "_lru_cache_wrapper":
            waiting.append(one.__wrapped__)
        elif issubclass(type(one), type) and one.__module__ == "__main__":
            waiting += vars(one).values()


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - an empty one raises
    except ValueError:
        return False
    return True
