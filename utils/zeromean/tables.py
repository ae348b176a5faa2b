"""Tables in a notebook: HTML where it can be shown, aligned words where it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from zeromean.fold import folded
from zeromean.words import set_numbers


@dataclass(frozen=True)
class Table:
    """A small table; as the last line of a cell it shows itself.

    Attributes
    ----------
    head : sequence of str
        The names of the columns.
    rows : iterable of sequences
        One sequence per row, as long as `head`; the first entry names the row. Numbers come as words; what a
        program prints as 4.2e-09 is shown as 4.2×10⁻⁹.
    fold : bool
        Whether the table answers a prediction, and is opened only after a guess.

    Examples
    --------
    >>> Table(["rate", "accuracy"], [["0.1", "97 %"], ["3", "96 %"]])
    rate  accuracy
    0.1   97 %
    3     96 %
    """

    head: Sequence[str]
    rows: Iterable[Sequence[object]]
    fold: bool = False

    def __post_init__(self) -> None:
        if not all(self.head):
            raise ValueError(f"Every column of a table has a name. Got {list(self.head)}.")
        object.__setattr__(self, "rows", [[str(word) for word in row] for row in self.rows])
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(f"A row has {len(row)} entries under {len(self.head)} columns: {row}")

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{escape(word)}</th>' for word in self.head)
        body = "".join(
            f'<tr><th scope="row">{_set(name)}</th>' + "".join(f"<td>{_set(word)}</td>" for word in rest) + "</tr>"
            for name, *rest in self.rows
        )
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return folded(table) if self.fold else table

    def __repr__(self) -> str:
        lines = [list(self.head), *([str(word) for word in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = ("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) for line in lines)
        return "\n".join(line.rstrip() for line in padded)


def _set(word: object) -> str:
    return escape(set_numbers(str(word)))
