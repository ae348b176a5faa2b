"""Reads the sources of the course: one assignment is one file, ``solutions/<name>/<name>.py``."""

from __future__ import annotations

import ast
import functools
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from autograder.errors import CourseError, UsageError, meant

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions"
LECTURES = ROOT / "lectures"
SUITES = ROOT / "autograder" / "suites"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"

Kind = Literal["text", "code", "figure", "exercise", "check", "question", "scratch"]
_OPTIONS: dict[str, frozenset[str]] = {
    "exercise": frozenset({"exercise", "points", "minutes"}),
    "check": frozenset({"check"}),
    "question": frozenset({"question", "points", "minutes"}),
    "figure": frozenset({"figure"}),
    "scratch": frozenset({"scratch"}),
    "stages": frozenset({"stages"}),
    "given": frozenset({"given"}),
    "plain": frozenset(),
}


class SourceError(CourseError):
    """A source that cannot be built; the message names the file, the cell and the fix."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source.

    ``text`` and ``code`` are locked; a ``figure`` is locked code that only illustrates, so grading skips it, and
    students see it folded; an ``exercise`` is filled in and graded by the suite of its name; a
    ``check`` runs the visible checks; a ``question`` is answered in words and marked by hand; ``scratch`` is code
    that the student may change. A scratch cell with `stages` has a solution: the named steps of a derivation.
    Locked code that hands out answers of other assignments names their exercises in `given`.
    """

    kind: Kind
    source: str
    id: str
    name: str = ""
    points: float = 0.0
    minutes: int = 0
    stages: str = ""
    given: tuple[str, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that an exercise defines at top level, in order; private ones left out."""
        body = ast.parse(self.source).body
        return tuple(n.name for n in body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_"))


@dataclass(frozen=True)
class Assignment:
    """An assignment as its author wrote it, solutions included; `suite` is the folder of its hidden checks."""

    name: str
    cells: tuple[Cell, ...]
    suite: Path = field(repr=False)

    @property
    def exercises(self) -> tuple[Cell, ...]:
        """The exercise cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "exercise")

    @property
    def questions(self) -> tuple[Cell, ...]:
        """The questions that a person marks, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "question")

    @property
    def reference_cells(self) -> tuple[str, ...]:
        """The code that defines the reference solution: locked code and exercises, in order."""
        return tuple(cell.source for cell in self.cells if cell.kind in ("code", "exercise"))

    def notebook_in(self, release: Path) -> Path:
        """Return where its notebook is in a folder of releases, such as ``assignments``."""
        return release / self.name / f"{self.name}.ipynb"

    def checks_in(self, release: Path) -> Path:
        """Return where its visible checks are in a folder of releases."""
        return release / self.name / f"{self.name}.checks.json"


def assignments() -> list[str]:
    """Return the names of all assignments, in course order."""
    return sorted(path.parent.name for path in SOLUTIONS.glob("*/*.py") if path.stem == path.parent.name)


def lectures() -> list[Path]:
    """Return the sources of all lectures, in course order."""
    return sorted(path for path in LECTURES.glob("*/*.py") if path.stem == path.parent.name)


def read_cells(source: Path) -> list[Any]:
    """Read the cells of a lecture or an assignment as they are written, with all that their header lines say."""
    text = source.read_text(encoding="utf-8")
    _refuse_bare_markdown(text, source.stem)
    return _read(text)


def load(name: str) -> Assignment:
    """Read ``solutions/<name>/<name>.py``.

    Raises
    ------
    UsageError
        If there is no such assignment.
    SourceError
        If its source holds something that is not understood.
    """
    refuse_unknown(name)
    return parse((SOLUTIONS / name / f"{name}.py").read_text(encoding="utf-8"), name)


def refuse_unknown(name: str) -> None:
    """Raise `UsageError` if there is no assignment of this name."""
    if name not in assignments():
        raise UsageError(f"There is no assignment {name!r}. {meant(name, assignments())}")


def parse(text: str, name: str) -> Assignment:
    """Read the text of a source in jupytext's percent format; the same text is read once."""
    return Assignment(name, _cells(text, name), SUITES / name)


@functools.cache
def _cells(text: str, name: str) -> tuple[Cell, ...]:
    _refuse_bare_markdown(text, name)
    seen: dict[str, int] = {}
    cells = tuple(_cell(raw, number, name, seen) for number, raw in enumerate(_read(text), start=1))
    _refuse_orphans(cells, name)
    return cells


def _read(text: str) -> list[Any]:
    import jupytext  # here, because it loads half of Jupyter, and most commands read no source

    return list(jupytext.reads(text, fmt="py:percent").cells)


def _cell(raw: Any, number: int, assignment: str, seen: dict[str, int]) -> Cell:
    where = f"{assignment}, cell {number}"
    options = {k: v for k, v in raw.metadata.items() if k not in ("lines_to_next_cell", "jupyter", "covers")}
    key = next((k for k in _OPTIONS if k in options), "plain")
    unknown = set(options) - _OPTIONS[key]
    if unknown:
        known = sorted(frozenset().union(*_OPTIONS.values()))
        raise SourceError(f"{where}: unknown option {sorted(unknown)[0]!r}. Known options: {', '.join(known)}.")
    if key in ("exercise", "question", "stages"):
        _refuse_bad_solution(raw.source, where)
    if key in ("exercise", "question") and not _positive(options.get("points")):
        raise SourceError(f"{where}: {key} {options[key]!r} needs points=N with N > 0.")
    wanted = "markdown" if key == "question" else "code"
    if key != "plain" and raw.cell_type != wanted:
        raise SourceError(f"{where}: {key} is a {wanted} cell. Got {raw.cell_type}.")
    kinds = {"plain": "text" if raw.cell_type == "markdown" else "code", "stages": "scratch", "given": "code"}
    kind: Any = kinds.get(key, key)
    label = str(options.get(key, "")) if key in ("exercise", "check", "question") else ""
    return Cell(
        kind,
        raw.source,
        _cell_id(kind, label, raw.source, seen),
        label,
        float(options.get("points", 0)),
        int(options.get("minutes", 0)),
        str(options.get("stages", "")),
        tuple(str(options.get("given", "")).replace(",", " ").split()),
    )


def _positive(number: Any) -> bool:
    return isinstance(number, (int, float)) and number > 0


def _cell_id(kind: str, label: str, source: str, seen: dict[str, int]) -> str:
    """Return an id that does not change when cells are inserted around this one."""
    if label:
        return label if kind != "check" else f"check-{label}"
    return content_id(kind, source, seen)


def content_id(kind: str, source: str, seen: dict[str, int]) -> str:
    """Return an id made of what a cell says, so that inserting another leaves it alone."""
    stem = f"{kind}-{hashlib.sha256(source.encode()).hexdigest()[:10]}"
    seen[stem] = seen.get(stem, 0) + 1
    return stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"


def _refuse_bare_markdown(text: str, name: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"#\s*%%\s+(markdown|md)\b", line):
            raise SourceError(f"{name}, line {number}: write `# %% [markdown]`; without brackets it is a code cell.")


def _refuse_bad_solution(source: str, where: str) -> None:
    begins, ends = source.count(BEGIN), source.count(END)
    if begins == 0 or begins != ends:
        raise SourceError(f"{where}: {begins} `{BEGIN}` and {ends} `{END}`. Mark what the student must write.")


def _refuse_orphans(cells: tuple[Cell, ...], name: str) -> None:
    exercises = [cell.name for cell in cells if cell.kind == "exercise"]
    labels = [cell.id for cell in cells if cell.name]
    for label in labels:
        if labels.count(label) > 1:
            raise SourceError(f"{name}: two cells are called {label!r}. Give each its own name.")
    checks = [cell.name for cell in cells if cell.kind == "check"]
    for check in checks:
        if check not in exercises:
            raise SourceError(f"{name}: check {check!r} has no exercise of that name. Add one, or mend the name.")
    for stages in (cell.stages for cell in cells if cell.stages):
        if stages not in exercises:
            raise SourceError(f"{name}: stages {stages!r} have no exercise of that name. Add one, or mend the name.")
    for exercise in exercises:
        if exercise not in checks:
            raise SourceError(f'{name}: exercise {exercise!r} has no check cell. Add `# %% check="{exercise}"`.')
