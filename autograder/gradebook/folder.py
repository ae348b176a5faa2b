"""The folder that a student handed in: which notebook in it is graded, and what is said if it is not the named one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from nbformat import NotebookNode

from autograder.gradebook.answers import normal, unwritten
from autograder.gradebook.submission import LARGEST, UnreadableError, pieces

MOST_FILES, MOST_SEEN = 200, 10_000
DEEPEST = 20
_ANSWERS = ("exercise", "question")
_MAY_BE_ONE = (".ipynb", ".json", ".txt")


def notebook_in(folder: Path, blank: NotebookNode) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of the notebook to grade (none: there is none), and a sentence for all that is odd.

    The one that is named like the folder is graded, unless it holds no answer and another one does.
    """
    link = next((each for each in (folder.parent, folder) if each.is_symlink()), None)  # an archive can hold some
    if link:
        return b"", (f"The folder {link.name} is a link, which is not followed.",)
    named = folder / f"{folder.name}.ipynb"
    remarks: list[str] = []
    raw = _bytes(named, remarks)
    others = [path for path in _files(folder) if path != named]
    read = _together([path for path in others if path.suffix.lower() in _MAY_BE_ONE], remarks)
    rest = [path for path in read if path.suffix == ".ipynb"]
    if raw and (not rest or answers(raw, blank)):
        return raw, (*remarks, *_halves(folder, raw, rest, blank))
    found = {path: _bytes(path, remarks) or b"" for path in read if _may_be_one(path, blank)}
    best = max(found, key=lambda path: (answers(found[path], blank), path.suffix == ".ipynb", path.name), default=None)
    if best is not None and (raw is None or answers(found[best], blank)):
        return found[best], (*remarks, *_instead(folder, best, found, raw is None))
    if raw is None and (named.is_symlink() or not named.is_file()):
        there = ", ".join(str(path.relative_to(folder)) for path in others[:5]) or "nothing"
        remarks.append(f"There is no notebook {named.name} in the folder that was handed in; it holds {there}.")
    return raw or b"", (*remarks, *_emptiness(named, raw))


def answers(raw: bytes, blank: NotebookNode) -> int:
    """Count the cells of a file that may hold an answer: filled in, or of the student's own."""
    return len(_answered(raw, blank))


def _answered(raw: bytes, blank: NotebookNode) -> list[str]:
    """Return what the cells that may hold an answer claim to be; nothing for one of the student's own."""
    released = {normal(cell["source"]) for cell in blank["cells"]} | {""}
    kinds = {cell["id"]: cell["metadata"]["zeromean"]["kind"] for cell in blank["cells"]}
    try:
        found = [p for p in pieces(raw) if normal(p.source) not in released and not unwritten(p.source)]
    except UnreadableError:
        return []
    claimed = [next((claim for claim in piece.claims if claim in kinds), "") for piece in found]
    return [name for name in claimed if not name or kinds[name] in _ANSWERS]


def _halves(folder: Path, raw: bytes, rest: list[Path], blank: NotebookNode) -> Iterator[str]:
    """Name answers that stand in other notebooks, and not in the one that is graded."""
    here = set(_answered(raw, blank))
    for path in rest:
        more = dict.fromkeys(name for name in _answered(_bytes(path, []) or b"", blank) if name and name not in here)
        if more:
            other, names = str(path.relative_to(folder)), ", ".join(more)
            yield f"{other!r} holds answers that {folder.name}.ipynb lacks ({names}); it was not graded."


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder and of those in it, in order; nothing hidden, no links."""
    return sorted(islice(_walk(folder), MOST_SEEN))[:MOST_FILES]


def _walk(folder: Path) -> Iterator[Path]:
    """Yield files; what lies too deep, or cannot be looked at, is passed over as if it were not there."""
    waiting = [(folder, 0)]
    while waiting:
        inside, depth = waiting.pop()
        with contextlib.suppress(OSError):  # may not be opened
            for path in inside.iterdir():
                with contextlib.suppress(OSError):  # has too long a path
                    if path.name.startswith((".", "__MACOSX")) or path.is_symlink() or path.name == "timestamp.txt":
                        continue
                    if path.is_dir():
                        waiting += [(path, depth + 1)] if depth < DEEPEST else []
                    elif path.is_file():
                        yield path


def _may_be_one(path: Path, blank: NotebookNode) -> bool:
    """Whether a file is a notebook by its name, or holds answers under another one, such as ``.ipynb.txt``."""
    return path.suffix == ".ipynb" or answers(_bytes(path, []) or b"", blank) > 0


def _together(paths: list[Path], remarks: list[str]) -> list[Path]:
    """Return the files that together are no larger than one may be, so that no folder takes minutes to read."""
    left, kept = LARGEST, []
    for path in paths:
        size = path.stat().st_size if path.is_file() else 0
        if size <= left or size > LARGEST:  # one that is too large by itself is told by itself, and not read
            kept.append(path)
            left -= size if size <= LARGEST else 0
    if len(kept) < len(paths):
        remarks.append(f"{len(paths) - len(kept)} more files were not read; together up to {LARGEST // 2**20} MB are.")
    return kept


def _bytes(path: Path, remarks: list[str]) -> bytes | None:
    """Return what is in a file, if it is one that may be read; a remark says why not."""
    if path.is_symlink():
        remarks.append(f"{path.name} is a link, which is not followed.")
        return None
    try:
        if path.is_file() and path.stat().st_size > LARGEST:  # not even read: a class is held in memory
            size = path.stat().st_size / 2**20
            remarks.append(f"{path.name} has {size:.0f} MB; up to {LARGEST // 2**20} MB are read.")
            return None
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        remarks.append(f"{path.name} cannot be opened: {error.strerror}.")
        return None


def _emptiness(path: Path, raw: bytes | None) -> list[str]:
    return [f"The file {path.name} is empty."] if raw == b"" else []


def _instead(folder: Path, taken: Path, found: dict[Path, bytes], none_named: bool) -> Iterator[str]:
    name, wanted = str(taken.relative_to(folder)), f"{folder.name}.ipynb"
    if none_named:
        yield f"The notebook was called {name!r}; it was taken for {wanted}."
    else:
        yield f"{wanted} holds no answers, but {name!r} does; that one was graded."
    more = [str(path.relative_to(folder)) for path in found if path != taken and path.suffix == ".ipynb"]
    if more:
        yield f"There were other notebooks, which were not graded: {', '.join(more[:5])}."
