"""Finds text of a student's that stands in no question's cell: the question it may answer is left to a person."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile

from autograder.authoring.course import Cell
from autograder.gradebook.answers import Answer, SortedCells, normal, parsed, same
from autograder.gradebook.submission import Piece

FEW_WORDS, WORDS = 4, 12  # of what is no Python; of comments beside code, and of a prediction
LONGEST_SHOWN = 20_000
FOUND = "*This question's own cell holds no answer. The notebook also says, elsewhere:*"


def place_texts(questions: Sequence[Cell], cells: SortedCells, answers: dict[str, Answer]) -> None:
    """Give each question without an answer the text right below its cell, or else all text that has no place."""
    empty = [question for question in questions if same(answers[question.id].source, cells.stubs[question.name])]
    for question in empty:
        texts = _below(question.name, cells)
        if texts:
            cells.take(texts)
            sentence = f"Question {question.name} was answered in another cell below it; that text was read."
            answers[question.id] = _with(answers[question.id], [(p, said(p)) for p in texts], sentence)
    rest = [] if not empty else list(_unplaced(cells))
    for question in empty:
        here = [item for item in rest if item[0] not in answers[question.id].shown]
        here += _mentions(question, questions, cells)
        if here and same(answers[question.id].source, cells.stubs[question.name]):
            sentence = f"Question {question.name} has no answer in its cell, but other cells hold text; look at it."
            answers[question.id] = _with(answers[question.id], here, sentence, f"\n\n{FOUND}")


def said(piece: Piece) -> str:
    """Return what a cell says in words: a text, comments, strings, or what is no Python at all; nothing for code."""
    source = piece.source.strip()
    if piece.cell_type != "code":
        return source if re.search(r"\w", source) or piece.attachments else ""
    comments = [line for line in source.splitlines() if re.match(r"\s*#.*\w", line)]
    tree = parsed(source)
    if tree is None:
        code = re.search(r"^\s*(def|class|import|from|for|while|if|return|[%!@])", source, re.MULTILINE)
        text = "" if code or len(source.split()) < FEW_WORDS else source
    elif all(map(_is_words, tree.body)):
        text = source if comments or tree.body else ""
    else:
        text = "\n".join(comments) if len(" ".join(comments).split()) >= WORDS else ""
    return _fenced(text) if text else ""


def _is_words(node: ast.stmt) -> bool:
    """Whether a statement is a string, gives a name to one, or prints one."""
    value = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print" and value.args:
        value = value.args[0]
    return isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))


def _fenced(text: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall(r"`{3,}", text)), default=2))
    return f"{fence}\n{text}\n{fence}"


def _below(name: str, cells: SortedCells) -> list[Piece]:
    """Return the cells with text between a question and the next cell of the instructor's."""
    if not cells.named[name]:
        return []
    start = cells.named[name][-1].position
    after = [piece.position for group in cells.named.values() for piece in group if piece.position > start]
    return [p for p in _own(cells) if start < p.position < min(after, default=p.position + 1) and said(p)]


def _own(cells: SortedCells) -> list[Piece]:
    """Return the cells of the student's own that are no copy of one of the instructor's."""
    released = {normal(source) for source in cells.stubs.values()}
    return [piece for piece in cells.loose if normal(piece.source) not in released]


def _unplaced(cells: SortedCells) -> Iterable[tuple[Piece, str]]:
    """Yield what is said in cells of the student's own, in locked cells that were edited, and in long predictions."""
    stubs = {piece.position: cells.stubs[name] for name, group in cells.named.items() for piece in group}
    for piece in sorted([*_own(cells), *cells.others], key=lambda piece: piece.position):
        before = {line.strip() for line in stubs.get(piece.position, "").splitlines()}
        added = "\n".join(line for line in piece.source.splitlines() if line.strip() not in before)
        text = said(replace(piece, source=added))
        if text and (piece in cells.loose or piece.cell_type != "code" or len(text.split()) >= WORDS):
            yield piece, text


def _mentions(question: Cell, questions: Sequence[Cell], cells: SortedCells) -> list[tuple[Piece, str]]:
    """Return the cells of others, or of answers, into which a question was merged: they repeat its first line."""
    opening = cells.stubs[question.name].strip().split("\n")[0].strip()
    others = [piece for other in questions if other is not question for piece in cells.written(other.name)]
    found = [(piece, piece.source) for piece in others if opening and opening in piece.source]
    exported = [(piece, _commented(piece.source, opening)) for group in cells.placed.values() for piece in group]
    stub = cells.stubs[question.name]
    return found + [(piece, text) for piece, text in exported if text and not same(text, stub)]


def _commented(source: str, opening: str) -> str:
    """Return the text that begins with a line and stands in comments, as an export of a notebook holds it."""
    lines = source.splitlines()
    start = next((n for n, line in enumerate(lines) if opening and line.lstrip("# ") == opening), len(lines))
    below = takewhile(lambda line: line.startswith("#") and not re.match(r"# (%%|In\[)", line), lines[start:])
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in below)


def _with(answer: Answer, texts: Sequence[tuple[Piece, str]], sentence: str, heading: str = "") -> Answer:
    """Add texts to an answer, whose own cell keeps its place."""
    source = "\n\n".join([answer.source + heading, *(text for _, text in texts)])
    cut = source if len(source) <= LONGEST_SHOWN else f"{source[:LONGEST_SHOWN]}\n\n(The rest was cut.)"
    shown = (*answer.shown, *(piece for piece, _ in texts))
    return replace(answer, source=cut, shown=shown, repairs=(*answer.repairs, sentence))
