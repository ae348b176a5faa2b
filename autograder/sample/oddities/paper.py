"""A submitted notebook under change, and how an odd one is entered in the class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from nbformat import NotebookNode, v4

Change = Callable[["Paper"], None]


@dataclass
class Paper:
    """A submitted notebook under change; `stubs` are the sources of the untouched exercises.

    What is `written` as an answer is remembered, since it decides about the marks.
    """

    notebook: NotebookNode
    stubs: dict[str, str]
    raw: bytes | None = None
    late_hours: float = 0.0
    written: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The exercises, in order."""
        return list(self.stubs)

    def some(self, number: int) -> str:
        """Return the exercise at a position, counted around if there are fewer."""
        return self.names[number % len(self.names)]

    def cell(self, name: str) -> NotebookNode:
        """Return the cell with nbgrader id `name`."""
        return next(c for c in self.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)

    def answer(self, name: str, source: str) -> None:
        """Write `source` into the exercise `name`."""
        self.written[name] = self.cell(name).source = dedent(source).strip()

    def give_up(self, *names: str) -> None:
        """Put the untouched stubs back."""
        for name in names:
            self.cell(name).source = self.stubs[name]

    def insert_after(self, name: str, cell: NotebookNode) -> None:
        """Add a cell behind the exercise `name`."""
        self.notebook.cells.insert(self.notebook.cells.index(self.cell(name)) + 1, cell)

    def add_code(self, name: str, source: str) -> None:
        """Add a code cell of the student's own behind the exercise `name`."""
        self.insert_after(name, v4.new_code_cell(dedent(source).strip()))

    def prepend(self, name: str, line: str) -> None:
        """Put `line` above the answer to the exercise `name`."""
        self.cell(name).source = f"{line}\n\n{self.cell(name).source}"


Lost = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Oddity:
    """An odd submission: how it comes about, and which of the exercises it earns nothing for.

    What the others earn is what their answers deserve; an answer may call one that is lost.
    """

    change: Change
    lost: Lost


class Oddities(dict[str, Oddity]):
    """The odd submissions of a class, by name."""

    def enter(self, *lost: str | int, but: Lost | None = None) -> Callable[[Change], Change]:
        """Enter a function under its name; it earns nothing for `lost` (names or positions), or what `but` picks."""

        def mark(change: Change) -> Change:
            self[change.__name__] = Oddity(change, but or _these(lost))
            return change

        return mark


def _these(lost: Sequence[str | int]) -> Lost:
    return lambda names: [name if isinstance(name, str) else names[name % len(names)] for name in lost]
