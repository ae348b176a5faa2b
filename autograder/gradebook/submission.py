"""Reads what a student handed in, whatever state it is in, and keeps only what may count."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat

LARGEST = 200 * 2**20  # bytes of the file; plots in it can be large
LONGEST = 4 * 2**20  # characters that the student wrote
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_OTHERS = {
    b"pk\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"rar!": "a rar archive",
    b"%pdf": "a PDF",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"version https://git-lfs": "a pointer of Git LFS, without what it points to",
}


class UnreadableError(ValueError):
    """A submitted file that no one can read as a notebook; the message says why."""


@dataclass(frozen=True)
class Piece:
    """One submitted cell: its text, where it stood, and the names it claims (its grade_id and its id)."""

    position: int
    cell_type: str
    source: str
    claims: tuple[str, ...] = ()
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def pieces(submitted: Mapping[str, Any] | bytes) -> list[Piece]:
    """Return the cells of a submission; its outputs, flags, points and tags are left behind.

    Raises
    ------
    UnreadableError
        If the file is not a notebook of any version.
    """
    notebook = parse(submitted) if isinstance(submitted, bytes) else submitted
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    found = [_piece(position, cell) for position, cell in enumerate(cells)]
    written = sum(len(piece.source) for piece in found)
    if written > LONGEST:
        raise UnreadableError(
            f"it holds {written / 2**20:.0f} MB of text and code; up to {LONGEST // 2**20} MB are read"
        )
    return found


def parse(raw: bytes) -> dict[str, Any]:
    """Read a notebook of any version, upgraded to version 4; what a notebook need not have is not asked for."""
    raw = raw.rstrip(b"\0") if raw.endswith(bytes(2)) else raw  # a full disk; UTF-16 ends in one of them
    if not raw.strip():
        raise UnreadableError("the file is empty")
    if len(raw) > LARGEST:
        raise UnreadableError(f"the file has {len(raw) / 2**20:.0f} MB; up to {LARGEST // 2**20} MB are read")
    data: Any = _json(raw)
    if not isinstance(data, dict):
        raise UnreadableError("the file is JSON, but not a notebook")
    if "worksheets" in data or data.get("nbformat") in (1, 2, 3):
        data = _upgrade(data)
    if not isinstance(data.get("cells"), list):
        raise UnreadableError("the file is JSON, but has no list of cells")
    return dict(data)


def _json(raw: bytes) -> Any:
    try:
        try:
            return json.loads(raw, strict=False)  # line ends within strings have one reading
        except UnicodeDecodeError:
            return json.loads(raw.decode("utf-8", "replace"), strict=False)
    except RecursionError:
        raise UnreadableError("the file is nested too deeply") from None
    except ValueError as error:
        raise UnreadableError(_what_else(raw) or f"the file is not JSON: {error}") from None


def _what_else(raw: bytes) -> str:
    """Say what a file is that is no JSON, if its first bytes or lines tell."""
    start = raw.lstrip()[:40].lower()
    found = next((words for mark, words in _OTHERS.items() if start.startswith(mark)), "")
    conflict = re.search(rb"^(<{7}|>{7}) ", raw, re.MULTILINE)
    if conflict and not found:
        line = raw.count(b"\n", 0, conflict.start()) + 1
        found = f"a merge that was left half done: line {line} begins with {conflict[1].decode()}"
    return f"the file is no notebook but {found}" if found else ""


def _upgrade(data: dict[str, Any]) -> dict[str, Any]:
    version = data.get("nbformat", 3)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # nbformat warns of ids that old versions cannot have
            upgraded: dict[str, Any] = nbformat.convert(nbformat.from_dict({**data, "nbformat": version}), 4)
    except Exception as error:  # a damaged old notebook can fail anywhere in nbformat
        raise UnreadableError(f"the file is a damaged notebook of version {version} ({error!r})") from None
    return upgraded


def _piece(position: int, cell: dict[str, Any]) -> Piece:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    claims = tuple(name for name in (grade_id, cell.get("id")) if isinstance(name, str))
    cell_type = "code" if cell.get("cell_type") == "code" else "markdown"
    return Piece(position, cell_type, _text(_lines(cell.get("source"))), claims, _pictures(cell.get("attachments")))


def _lines(source: Any) -> Any:
    """Give lines their ends back where all have lost theirs: no other reading of several lines is a program."""
    lines = [line for line in source if isinstance(line, str)] if isinstance(source, list) else []
    lost = len(lines) > 1 and not any(line.endswith("\n") for line in lines[:-1])
    return "\n".join(lines) if lost else source


def _text(source: Any) -> str:
    lines = source if isinstance(source, list) else [source]
    text = "".join([line for line in lines if isinstance(line, str)]).replace("\r\n", "\n")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Return the pictures pasted into a text cell, so that a drawn answer reaches who marks it."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        if isinstance(bundle, dict):
            pictures = {mime: _text(data) for mime, data in bundle.items() if mime in PICTURES}
            kept |= {_text(name): pictures} if pictures else {}
    return kept
