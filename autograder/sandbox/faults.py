"""Says what went wrong in student code: type, message, and the student's own lines; never a line of ours."""

from __future__ import annotations

import dis
import traceback
from collections.abc import Iterator
from types import TracebackType

MAX_MESSAGE = 200
MAX_LINE = 80
MAX_BASES = 20


class Cells:
    """The source of every cell that ran, by the file name it was compiled under."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def add(self, filename: str, source: str) -> None:
        """Remember the source of a cell."""
        self._lines[filename] = source.splitlines()

    def line(self, filename: str | None, number: int | None) -> str:
        """Return one line of a cell, stripped; nothing if there is none."""
        lines = self._lines.get(filename or "", [])
        return lines[number - 1].strip() if number and 0 < number <= len(lines) else ""

    def frames(self, tb: TracebackType | None) -> Iterator[tuple[str, str, int]]:
        """Yield (cell, function, line number) for the frames that are the student's, outermost first."""
        for frame, number in traceback.walk_tb(tb):
            code = frame.f_code
            if code.co_filename in self._lines:
                yield code.co_filename, code.co_name, number


def message(error: BaseException) -> str:
    """Return what an exception says, whatever its ``__str__`` does."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        return "(its message cannot be shown)"
    text = text.strip()
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " ..."


def bases(error: BaseException) -> list[str]:
    """Name the types that an exception is a kind of, its own first."""
    return [kind.__name__ for kind in type(error).__mro__[:MAX_BASES] if issubclass(kind, BaseException)]


def on_purpose(error: BaseException) -> bool:
    """Whether a ``raise`` raised an exception, rather than an operation that could not be done."""
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    return tb is not None and tb.tb_frame.f_code.co_code[tb.tb_lasti] == dis.opmap["RAISE_VARARGS"]


def sentence(error: BaseException, cells: Cells) -> str:
    """Return one line: the exception, and where in the student's code it left off."""
    return f"{type(error).__name__}: {message(error)} {place(error, cells)}".strip()


def place(error: BaseException, cells: Cells) -> str:
    """Return the last line of the student's that the exception came through, in brackets; nothing if there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        where = [(error.filename, "<cell>", error.lineno or 0)]
    else:
        where = list(cells.frames(error.__traceback__))[-1:]
    for filename, function, number in where:
        inside = "" if function.startswith("<") else f"in your {function}, "
        line = cells.line(filename, number)
        return f"({inside}line {number}: `{line if len(line) <= MAX_LINE else line[:MAX_LINE] + ' ...'}`)"
    return ""


def trace(error: BaseException, cells: Cells) -> list[str]:
    """Return the lines of a traceback that holds only frames of the student's cells."""
    if isinstance(error, SyntaxError) and error.filename:
        lines = [f"{error.filename}, line {error.lineno}", f"    {cells.line(error.filename, error.lineno)}"]
    else:
        lines = []
        for filename, function, number in list(cells.frames(error.__traceback__))[-20:]:
            lines.append(f"{filename}, line {number}" + ("" if function.startswith("<") else f", in {function}"))
            lines.append(f"    {cells.line(filename, number)}")
    return [*lines, f"{type(error).__name__}: {message(error)}"]
