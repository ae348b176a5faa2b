"""Finds the answer to each exercise and question among the cells of a submission, however it was damaged."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from autograder.authoring.course import Cell
from autograder.gradebook.submission import Piece

_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
LONGEST_PARSED = 300_000  # a whole notebook in one cell has some 100,000
LONGEST_TRANSFORMED = 50_000  # IPython's own reading takes a time that grows with the square
_MACHINE_LINE = re.compile(r"^([ \t]*)[%!?].*", re.MULTILINE)
OTHER_LANGUAGES = frozenset({
    "%%bash", "%%sh", "%%script", "%%perl", "%%ruby", "%%html", "%%HTML", "%%svg", "%%SVG", "%%latex", "%%markdown",
    "%%javascript", "%%js", "%%writefile", "%%file", "%%cmd", "%%system", "%%sx", "%%!",
})  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """The source to grade, the pieces it was taken from, and a sentence for each thing that was mended.

    `shown` are pieces from elsewhere that are shown with it.
    """

    source: str
    pieces: tuple[Piece, ...] = ()
    repairs: tuple[str, ...] = ()
    shown: tuple[Piece, ...] = ()


@dataclass
class SortedCells:
    """The submitted cells, sorted: by the instructor's cell that they are, and those that are none.

    `others` are scratch cells and edited locked ones, into which an exercise may have been merged. `placed` are cells
    that were none, by the exercise in whose place they stand now.
    """

    stubs: dict[str, str]
    named: dict[str, list[Piece]]
    loose: list[Piece]
    others: list[Piece]
    placed: dict[str, list[Piece]] = field(default_factory=dict)

    def written(self, name: str) -> list[Piece]:
        """Return the cells of this name that hold something of the student's."""
        return [p for p in self.named[name] if p.source.strip() and not same(p.source, self.stubs[name])]

    def take(self, taken: Iterable[Piece]) -> None:
        """Take loose cells out: they are part of an answer now."""
        positions = {piece.position for piece in taken}
        self.loose = [piece for piece in self.loose if piece.position not in positions]


def code_answer(exercise: Cell, cells: SortedCells) -> Answer:
    """Return what to run for an exercise: one reading of the submission, or the stub."""
    own, written = cells.named[exercise.name], cells.written(exercise.name)
    if not written:
        return _elsewhere(exercise, cells)
    if len({piece.source for piece in written}) > 1:
        answer = _one_of(exercise, written, cells)
    else:
        answer = _continued(exercise.name, written[0], cells)
        if len(own) > 1:
            sentence = f"Exercise {exercise.name} was there {len(own)} times; the cell with an answer was graded."
            answer = Answer(answer.source, answer.pieces, (*answer.repairs, sentence))
    if any(piece.cell_type != "code" for piece in answer.pieces):
        sentence = f"Exercise {exercise.name} had become a text cell; it was run as code."
        return Answer(answer.source, answer.pieces, (*answer.repairs, sentence))
    return answer


def text_answer(question: Cell, cells: SortedCells) -> Answer:
    """Return the text to mark for a question; of several texts none is dropped, for a person reads them."""
    own, written = cells.named[question.name], cells.written(question.name)
    stub = cells.stubs[question.name]
    repairs = []
    if not own:
        written = [p for p in cells.loose if _first_line(p.source) == _first_line(stub) and not same(p.source, stub)]
        cells.take(written)
        fate = "it was known by its first line" if written else "the empty one was put back"
        repairs.append(f"Question {question.name} had lost its cell; {fate}.")
    texts = list(dict.fromkeys(piece.source for piece in written))
    if len(texts) > 1:
        repairs.append(f"Question {question.name} was there {len(texts)} times; all texts were kept.")
    if any(piece.cell_type == "code" for piece in written):
        repairs.append(f"Question {question.name} had become a code cell; it was read as text.")
    return Answer("\n\n".join(texts) or stub, tuple(written or own[:1]), tuple(repairs))


def same(one: str, other: str) -> bool:
    """Whether two sources differ in nothing but blanks at the ends of lines."""
    return one == other or normal(one) == normal(other)


def normal(source: str) -> str:
    """Return a source without the blanks that editors add and take away."""
    return "\n".join([line.rstrip() for line in source.strip().split("\n")])


@lru_cache(maxsize=256)
def defined(source: str) -> frozenset[str]:
    """Return the names that a cell binds at top level; none if it is not Python."""
    tree = parsed(source)
    if tree is None:
        return frozenset()
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return frozenset(names)


def unwritten(source: str) -> bool:
    """Whether a cell defines functions, and all that they do is to raise NotImplementedError: a stub of any release."""
    tree = parsed(source) if "NotImplementedError" in source else None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    return bool(functions) and all(_only_raises(function) for function in functions)


def _only_raises(function: ast.FunctionDef) -> bool:
    body = [node for node in function.body if not isinstance(node, ast.Expr)]
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.unparse(body[0])


def definitions(source: str) -> list[str]:
    """Return the definitions of a cell, each by itself, without what runs on its own: calls for their effect, loops."""
    tree = parsed(source)
    return [ast.unparse(node) for node in (tree.body if tree else ()) if isinstance(node, _DEFINES)]


def _one_of(exercise: Cell, written: list[Piece], cells: SortedCells) -> Answer:
    """Read several cells of one name: parts of a split cell, or copies, of which one whole one counts."""
    name, wanted = exercise.name, set(exercise.functions)
    joined = "\n".join(piece.source for piece in written)
    whole = [piece for piece in written if wanted <= defined(piece.source)]
    broken = not all(_stands_alone(piece.source) for piece in written)
    if (broken or not whole) and wanted <= defined(joined):
        sentence = f"Exercise {name} was split into {len(written)} cells; they were joined again."
        return Answer(joined, tuple(written), (sentence,))
    check = next((piece.position for piece in cells.named.get(f"check-{name}", ())), None)
    before = [piece for piece in whole if check is not None and piece.position < check]
    last = (before or whole or written)[-1]
    which = "the last one that is complete" if whole else "the last one"
    if before and before[-1] is not whole[-1]:
        which = "the one in its place"
    return Answer(last.source, (last,), (f"Exercise {name} was there {len(written)} times; {which} was graded.",))


def _continued(name: str, first: Piece, cells: SortedCells) -> Answer:
    """Join the loose cells right after `first` that begin in the middle of a function."""
    source, parts = first.source, [first]
    following = {piece.position: piece for piece in cells.loose}
    while (piece := following.get(parts[-1].position + 1)) and _indented(piece.source):
        joined = f"{source}\n{piece.source}"
        if parsed(joined) is None:
            break
        source, parts = joined, [*parts, piece]
    if len(parts) == 1:
        return Answer(source, (first,))
    cells.take(parts)
    return Answer(
        source, tuple(parts), (f"Exercise {name} was split into {len(parts)} cells; they were joined again.",)
    )


def _elsewhere(exercise: Cell, cells: SortedCells) -> Answer:
    """Look for the functions of an exercise that has no answer in a cell of its own."""
    wanted = set(exercise.functions)
    name, own, stub = exercise.name, cells.named[exercise.name], cells.stubs[exercise.name]
    some = [piece for piece in cells.loose if any(_defines(piece, {function}) for function in wanted)]
    together = wanted <= frozenset().union(*(defined(piece.source) for piece in some))
    found = [piece for piece in some if _defines(piece, wanted)][-1:] or (some if together or not own else [])
    if found:
        cells.take(found)
        cells.placed[name] = found
        sentence = f"Exercise {name} had lost its cell; it was known by the functions that another cell defines."
        return Answer("\n".join(piece.source for piece in found), tuple(found), (sentence,))
    for piece in cells.others:
        if _defines(piece, wanted):
            sentence = f"Exercise {name} was merged into another cell; it was taken out."
            return Answer(piece.source, (), (sentence,))
    for other in (key for key in cells.named if key != name):
        if any(_defines(piece, wanted) for piece in (*cells.placed.get(other, ()), *cells.written(other))):
            sentence = f"Exercise {name} was merged into the cell of {other}; it was graded from there."
            return Answer(f"# The answer stands in the cell of {other}.", (), (sentence,))
    missing = f"Exercise {name} has no answer: its cell is missing, and no other cell defines its functions."
    return Answer(stub, tuple(own[:1]), () if own else (missing,))


def _defines(piece: Piece, names: set[str]) -> bool:
    """Whether a piece binds all of `names`; what does not even mention them is not parsed."""
    return all(name in piece.source for name in names) and names <= defined(piece.source)


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0].strip()


def _stands_alone(source: str) -> bool:
    """Whether a cell is Python by itself; IPython would run an indented rest, but it belongs to a function."""
    return not _indented(source) and parsed(source) is not None


def _indented(source: str) -> bool:
    return source.lstrip("\n").startswith((" ", "\t"))


def parsed(source: str) -> ast.Module | None:
    """Parse a cell as IPython reads it; None if it is not Python."""
    if len(source) > LONGEST_PARSED:
        return None
    if source.lstrip().startswith("%%"):
        magic, _, below = source.lstrip().partition("\n")
        if magic.split()[0] in OTHER_LANGUAGES:
            return None
        source = below
    for read in (str, _as_python):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of what a student wrote, nobody here can mend anything
                return ast.parse(read(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _as_python(source: str) -> str:
    """Return what IPython makes of a cell; of a very long one, without the lines that talk to the machine."""
    if len(source) > LONGEST_TRANSFORMED:
        return _MACHINE_LINE.sub(r"\1pass", source)
    return str(TransformerManager().transform_cell(source))
