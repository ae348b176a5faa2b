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
    """Note, before forking, which packages are loaded."""
    _loaded.update(name.partition(".")[0] for name in sys.modules)


class ImportGuard:
    """Refuses imports of student code beyond NumPy, the standard library and `allowed`.

    A statement in a cell is refused by name. A module that is not loaded yet is refused to everyone, so that
    ``importlib`` is no way around; what is loaded already may go on loading parts of itself.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._extra = frozenset(name.partition(".")[0] for name in allowed) - ALWAYS
        self._import = builtins.__import__

    def install(self) -> None:
        """Stand before the import system."""
        builtins.__import__ = self._guarded
        sys.meta_path.insert(0, self)

    def refusal(self, name: str) -> ImportError:
        """Return the exception that says what may be imported instead."""
        names = ["NumPy", "the standard library", *sorted(self._extra)]
        listed = ", ".join(names[:-1]) + " and " + names[-1]
        return ImportError(f"{name} cannot be used here: graded code may import {listed}.", name=name)

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Refuse a module that is neither allowed nor part of what is loaded."""
        top = name.partition(".")[0]
        if not self._allows(top) and top not in _loaded:
            raise self.refusal(top)
        return None

    def _allows(self, top: str) -> bool:
        return top in ALWAYS or top in self._extra

    def _guarded(
        self,
        name: str,
        globals: Any = None,  # noqa: A002 - the names of builtins.__import__
        locals: Any = None,  # noqa: A002
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        top = name.partition(".")[0] if isinstance(name, str) else ""
        if level == 0 and type(globals) is dict and globals.get("__name__") == "__main__" and not self._allows(top):
            raise self.refusal(top)
        return self._import(name, globals, locals, fromlist, level)
