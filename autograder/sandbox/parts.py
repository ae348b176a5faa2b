"""Which files of a package in a checkout a few of its modules need, found by reading their imports."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable
from pathlib import Path


def parts(folder: Path, modules: Iterable[str]) -> tuple[set[Path], set[str]]:
    """Return the files of the package in `folder` that `modules` bring, and the other packages that these import.

    Of the package, only what is imported somewhere along the way; all of a package below it that is named itself,
    since that may look its own modules up by name; and every folder that holds no code.
    """
    named = {name for name in modules if name.partition(".")[0] == folder.name}
    todo, seen, files, others = sorted(named), set[str](), set[Path](), set[str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        if name.partition(".")[0] != folder.name:
            others.add(name.partition(".")[0])
            continue
        todo.append(name.rpartition(".")[0] or name)
        path = _file(folder, name)
        if path is None:
            continue
        files.add(path)
        if path.name == "__init__.py" and name in named - {folder.name}:
            todo += [f"{name}.{each.stem}" for each in path.parent.glob("*.py") if each.name != "__init__.py"]
        todo += _imports(path, name)
    files |= {below for below in folder.iterdir() if below.is_dir() and not any(below.rglob("*.py"))}
    return files, others


def _file(folder: Path, name: str) -> Path | None:
    path = folder.parent.joinpath(*name.split("."))
    return next((each for each in (path / "__init__.py", path.with_suffix(".py")) if each.is_file()), None)


def _imports(path: Path, name: str) -> set[str]:
    """Return all that a module imports, at once or later; of ``from a import b``, both a and a.b."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found
