"""Which modules student code may import, and what it hears when it asks for another one."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

ALWAYS = frozenset({"numpy", *sys.stdlib_module_names})


_loaded: set[str] = set()


def remember_loaded() -> None:
    """Note, before forking, which modules are loaded."""
    _loaded.update(sys.modules)


class ImportGuard:
    """Refuses imports of student code beyond NumPy, the standard library and `allowed`.

    `allowed` names modules, which brings the packages they lie in and nothing else of those; ``name.*`` stands for a
    whole package. A statement in a cell is refused by name. A module that is not loaded yet is refused to everyone, so
    that ``importlib`` is no way around; what is loaded already, and is no package of which only modules are allowed,
    may go on loading parts of itself. This is a sentence and a hurdle; the walls are elsewhere (`launch.readable`).
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        names = set(allowed)
        whole = {name.removesuffix(".*") for name in names if name.endswith(".*")} - ALWAYS
        self._free = ALWAYS | whole
        self._modules = {name for name in names if _top(name) not in self._free}
        self._named = sorted(whole | self._modules)
        self._partly = {_top(name) for name in self._modules}
        self._import = builtins.__import__

    def install(self) -> None:
        """Stand before the import system."""
        builtins.__import__ = self._guarded
        sys.meta_path.insert(0, self)

    def refusal(self, name: str) -> ImportError:
        """Return the exception that says what may be imported instead."""
        names = ["NumPy", "the standard library", *self._named]
        listed = ", ".join(names[:-1]) + " and " + names[-1]
        return ImportError(f"{name} cannot be used here: graded code may import {listed}.", name=name)

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Refuse a module that is neither allowed nor part of what is loaded."""
        if not self._allows(name) and (_top(name) in self._partly or _top(name) not in _loaded):
            raise self.refusal(self._words(name))
        return None

    def _allows(self, name: str) -> bool:
        if _top(name) in self._free:
            return True
        here = name in _loaded and _top(name) in self._partly
        return here or any(name == module or module.startswith(f"{name}.") for module in self._modules)

    def _words(self, name: str) -> str:
        """Return what is refused, in words: a module of a package that is allowed in part, or a package."""
        return name if _top(name) in self._partly else _top(name)

    def _guarded(
        self,
        name: str,
        globals: Any = None,  # noqa: A002 - the names of builtins.__import__
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        asked = name if isinstance(name, str) else ""
        if level == 0 and type(globals) is dict and globals.get("__name__") == "__main__" and not self._allows(asked):
            raise self.refusal(self._words(asked))
        return self._import(name, globals, locals, fromlist, level)


def _top(name: str) -> str:
    return name.partition(".")[0]
