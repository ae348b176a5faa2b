"""The house has floors: an import only ever points down, and each outside tool has its own door."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GROUND = {"bounds", "errors", "suite", "safe", "sandbox"}
FLOORS = [*sorted(GROUND), "markup", "judge", "authoring", "gradebook", "reports", "sample", "__main__"]
STUDENTS_FLOORS = {  # each room of the students' package, and the rooms that it may look into
    "checking": set(),
    "gradients": {"checking"},
    "waiting": {"checking", "guesses"},
    "figures": {"style"},
    "style": {"fold"},
    "tables": {"fold", "words"},
    "stage": set(),
    "training": {"digits"},
    "demos": {"stage", "training", "digits", "words"},
}
DOORS = {
    "jupytext": {"autograder/authoring/course.py"},
    "latex2mathml": {"autograder/markup.py"},
    "nh3": {"autograder/safe.py"},
    "playwright": set(),
}


def _modules(folder: str) -> list[Path]:
    return [p for p in sorted((ROOT / folder).rglob("*.py")) if not {"tests", "suites"} & set(p.parts)]


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _room(path: Path, house: str = "autograder") -> str:
    return path.relative_to(ROOT / house).parts[0].removesuffix(".py")


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in ("utils", "__init__"))


def test_every_import_points_down() -> None:
    """No room imports one above it, and the two on the ground import nothing of ours."""
    for path in _modules("autograder"):
        room = _room(path)
        if room == "__init__":
            continue
        for name in _imports(path):
            parts = name.split(".")
            if parts[0] != "autograder" or len(parts) < 2 or parts[1] == room:
                continue
            assert parts[1] in FLOORS, f"{path}: imports {name}, which is on no floor"
            assert room not in GROUND, f"{path}: is on the ground floor, and imports {name}"
            assert FLOORS.index(parts[1]) < FLOORS.index(room), f"{path}: imports {name}, which is above it"


def test_no_class_name_is_used_twice() -> None:
    """A name says in which room and on which side one is."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for path in _modules("autograder"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name.lstrip("_")].append(path.relative_to(ROOT).as_posix())
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_the_students_package_knows_nothing_of_the_grader() -> None:
    """No grader reaches a student's machine."""
    for path in _modules("utils/zeromean"):
        assert not any(name.split(".")[0] == "autograder" for name in _imports(path)), path


def test_the_rooms_of_the_students_package_look_down_only() -> None:
    """Demos stand on the stage and on trained networks; a check knows neither."""
    for path in _modules("utils/zeromean"):
        room = _room(path, "utils/zeromean")
        for parts in (name.split(".") for name in _imports(path)):
            if room != "__init__" and parts[0] == "zeromean" and len(parts) > 1 and parts[1] != room:
                assert parts[1] in STUDENTS_FLOORS.get(room, set()), f"{path}: imports {'.'.join(parts)}"


def test_no_file_comes_back_to_itself() -> None:
    """No file imports one that imports it, by any way; graphlib raises CycleError with the way round."""
    files = {_module(path): path for folder in ("autograder", "utils/zeromean") for path in _modules(folder)}
    graph = {}
    for name, path in files.items():
        longest = (next((n for n in (each, each.rpartition(".")[0]) if n in files), "") for each in _imports(path))
        graph[name] = {found for found in longest if found and found != name}
    order = list(TopologicalSorter(graph).static_order())
    assert set(files) <= set(order)


def test_the_sandbox_imports_nothing_of_ours() -> None:
    """What runs beside student code can give nothing away."""
    for path in _modules("autograder/sandbox"):
        ours = {n for n in _imports(path) if n.split(".")[0] in ("autograder", "zeromean")}
        assert all(name.startswith("autograder.sandbox") for name in ours), (path, ours)


def test_each_outside_tool_has_one_door() -> None:
    """A library that we may want to exchange is imported in one place."""
    for path in _modules("autograder"):
        for name in _imports(path):
            tool = name.split(".")[0]
            if tool in DOORS:
                assert path.relative_to(ROOT).as_posix() in DOORS[tool], f"{path} imports {tool}"
