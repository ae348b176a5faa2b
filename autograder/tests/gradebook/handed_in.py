"""Every kind of broken or odd hand-in, and what it gets: the rows of docs/policy.md, in order."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

Files = dict[str, bytes | Path]  # a path is where a link points
GRADED, REPAIRED, ZERO, HELD = "graded as it is", "repaired, and said", "zero, with a sentence", "held for a person"
NAMED = "small.ipynb"


@dataclass(frozen=True)
class Kind:
    """A row of the policy, and how a good submission (its notebook as JSON) is turned into files of that kind.

    `earns` is what its exercises get, of 6.
    """

    row: str
    gets: str
    files: Callable[[Any], Files]
    earns: float


KINDS: list[Kind] = []


def kind(row: str, gets: str, earns: float | None = None) -> Callable[[Callable[[Any], Any]], None]:
    """Enter a row; the function changes the notebook in place, or returns the bytes of the file, or all files."""

    def enter(change: Callable[[Any], Any]) -> None:
        def files(notebook: Any) -> Files:
            made = change(notebook)
            if isinstance(made, dict):
                return made
            return {NAMED: json.dumps(notebook).encode() if made is None else made}

        KINDS.append(Kind(row, gets, files, (0 if gets == ZERO else 6) if earns is None else earns))

    return enter


def _raw(notebook: Any) -> bytes:
    return json.dumps(notebook, ensure_ascii=False).encode()


def _without(notebook: Any, *keys: str) -> None:
    for key in keys:
        notebook.pop(key)


def _place(notebook: Any, name: str) -> int:
    return next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == name)


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def _stub(notebook: Any, *names: str) -> dict[str, str]:
    """Take the answers out of cells, as if they had been left alone; return them."""
    taken = {}
    for name in names:
        cell = notebook["cells"][_place(notebook, name)]
        taken[name], cell["source"] = cell["source"], notebook["metadata"]["stubs"][name]
    return taken


# ---- the file ------------------------------------------------------------------------------------------------------

kind("UTF-8 with a byte order mark", GRADED)(lambda nb: b"\xef\xbb\xbf" + _raw(nb))
kind("UTF-16", GRADED)(lambda nb: json.dumps(nb).encode("utf-16"))
kind("Latin-1, or bytes that are no text, inside a string", GRADED)(
    lambda nb: _raw(nb).replace(b"must be", b"must \xe9\xff be")
)
kind("Null bytes behind the end, as a full disk leaves them", GRADED)(lambda nb: _raw(nb) + bytes(1000))
kind("Windows line ends", GRADED)(
    lambda nb: json.dumps(nb, indent=1).replace("\n", "\r\n").replace("\\n", "\\r\\n").encode()
)
kind("Empty", ZERO)(lambda nb: b"")
kind("Malformed: no JSON", ZERO)(lambda nb: b"%PDF-1.7")
kind("Cut off", ZERO)(lambda nb: _raw(nb)[: len(_raw(nb)) // 2])
kind("JSON, but no notebook", ZERO)(lambda nb: b"[1, 2]")
kind("JSON 100,000 levels deep", ZERO)(lambda nb: b"[" * 100_000)
kind("More than 4 MB of text and code", ZERO)(lambda nb: nb["cells"].append(_code("#" * (5 << 20))))
kind("A file of more than 200 MB", ZERO)(lambda nb: _raw(nb) + b" " * (200 << 20))
kind("A notebook without cells", ZERO)(lambda nb: nb.update(cells=[]))


@kind("Blank: as it was handed out", GRADED, earns=0)
def _untouched(nb: Any) -> None:
    _stub(nb, "double", "pair", "why")


# ---- its form ------------------------------------------------------------------------------------------------------


@kind("Notebook format 1", REPAIRED)
def _version_1(nb: Any) -> bytes:
    cells = [{"cell_type": "code", "code": cell["source"]} for cell in nb["cells"] if cell["cell_type"] == "code"]
    return json.dumps({"nbformat": 1, "cells": cells}).encode()


@kind("Notebook format 2", REPAIRED)
def _version_2(nb: Any) -> bytes:
    cells = [cell["source"] for cell in nb["cells"] if cell["cell_type"] == "code"]
    old = [{"cell_type": "code", "input": source, "language": "python", "outputs": []} for source in cells]
    return json.dumps({"nbformat": 2, "metadata": {}, "worksheets": [{"cells": old}]}).encode()


@kind("Notebook format 3", REPAIRED)
def _version_3(nb: Any) -> bytes:
    cells = [_code(cell["source"]) for cell in nb["cells"] if cell["cell_type"] == "code"]
    old = [{"cell_type": "code", "input": cell["source"], "language": "python", "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": old, "metadata": {}}]}).encode()


kind("A future format 5", GRADED)(lambda nb: nb.update(nbformat=5, nbformat_minor=9))
kind("No format at all", GRADED)(lambda nb: _without(nb, "nbformat", "nbformat_minor"))


@kind("Wrong types: `metadata: null`, cells that are numbers, outputs that are text", GRADED)
def _wrong_types(nb: Any) -> None:
    nb["metadata"] = None
    nb["cells"] += [7, None, [], {"source": 3, "metadata": "x", "cell_type": []}]
    nb["cells"][1]["outputs"] = "text"


kind("Halves of characters (lone surrogates)", GRADED)(lambda nb: nb["cells"].append(_code("x = '\ud800'")))
kind("Null characters in a cell", GRADED)(lambda nb: nb["cells"].append(_code("x = 1\0")))


@kind("Lines of a cell without their ends, as some programs write notebooks", GRADED)
def _lines_without_ends(nb: Any) -> None:
    for cell in nb["cells"]:
        cell["source"] = cell["source"].split("\n")


kind("Odd characters: emoji, right-to-left, zero width", GRADED)(
    lambda nb: nb["cells"].append(_code("# 🎉 \u202e \u200b\nx = 1"))
)
kind("Another kernel or language in the metadata", GRADED)(
    lambda nb: nb["metadata"].update(kernelspec={"name": "ir", "language": "R"}, language_info={"name": "R"})
)
kind("Widgets and megabytes of output", GRADED)(
    lambda nb: nb["metadata"].update(widgets={"application/vnd.jupyter.widget-state+json": {"state": "x" * 2**20}})
)


# ---- its cells -----------------------------------------------------------------------------------------------------


@kind("Changed points, flags and tags", GRADED)
def _flags(nb: Any) -> None:
    for cell in nb["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(points=100, locked=False, grade=True, task=True)


@kind("Changed ids of cells", GRADED)
def _ids(nb: Any) -> None:
    for number, cell in enumerate(nb["cells"]):
        cell["id"] = f"x{number}"


@kind("All ids and metadata lost", REPAIRED)
def _lost(nb: Any) -> None:
    for cell in nb["cells"]:
        cell["metadata"] = {}
        cell.pop("id")


@kind("A missing exercise", ZERO)
def _missing(nb: Any) -> None:
    nb["cells"] = [cell for cell in nb["cells"] if cell["id"] not in ("double", "pair")]


kind("A doubled cell", REPAIRED)(lambda nb: nb["cells"].append(copy.deepcopy(nb["cells"][_place(nb, "double")])))
kind("A moved cell", REPAIRED)(lambda nb: nb["cells"].append(nb["cells"].pop(_place(nb, "double"))))


@kind("A cell that was split", REPAIRED)
def _split(nb: Any) -> None:
    number = _place(nb, "double")
    head, tail = nb["cells"][number]["source"].split("\n", 1)
    nb["cells"][number]["source"] = head
    nb["cells"].insert(number + 1, _code(tail))


@kind("Cells that were merged", REPAIRED)
def _merged(nb: Any) -> None:
    pair = nb["cells"].pop(_place(nb, "pair"))
    nb["cells"][_place(nb, "double")]["source"] += "\n\n" + pair["source"]


@kind("Several answers, or the whole notebook, in one cell", REPAIRED)
def _one_cell(nb: Any) -> None:
    code = "\n\n".join(cell["source"] for cell in nb["cells"] if cell["cell_type"] == "code")
    nb["cells"] = [_code(code), nb["cells"][_place(nb, "why")]]


kind("A cell that was turned into text", REPAIRED)(
    lambda nb: nb["cells"][_place(nb, "double")].update(cell_type="markdown")
)
kind("A locked cell that was edited", REPAIRED)(lambda nb: nb["cells"][1].update(source="import numpy as np\nnp = 3"))


@kind("Answers in cells of the student's own, below `%%time` or another magic", REPAIRED)
def _elsewhere(nb: Any) -> None:
    nb["cells"] += [_code(f"%%time\n{source}") for source in _stub(nb, "double", "pair").values()]


@kind("An answer in words that stands in no question's cell", HELD)
def _text(nb: Any) -> None:
    nb["cells"].insert(0, {"cell_type": "markdown", "source": _stub(nb, "why")["why"][-20:], "metadata": {}})


kind("3,000 cells", GRADED)(lambda nb: nb["cells"].extend(_code("") for _ in range(3000)))


# ---- what its code does --------------------------------------------------------------------------------------------

kind("Experiments below an answer: defined again, `del np`, `%reset`", GRADED)(
    lambda nb: nb["cells"].append(_code("def double(x): return 0\ndel np\n%reset -f"))
)
kind("Lines for the machine: `!pip`, `%load_ext`, `%matplotlib widget`", GRADED)(
    lambda nb: nb["cells"].insert(0, _code("!pip install x\n%load_ext autoreload\n%matplotlib widget"))
)
kind("`input()`, an error, `quit()` in a cell", GRADED)(
    lambda nb: nb["cells"].extend([_code("input()"), _code("1 / 0"), _code("quit()")])
)
kind("An error above an answer in its cell: an import, a file or a folder of another machine", REPAIRED)(
    lambda nb: nb["cells"][_place(nb, "double")].update(
        source="from google.colab import drive\n" + nb["cells"][_place(nb, "double")]["source"]
    )
)
kind("A cell of an answer that does not come to an end", REPAIRED)(
    lambda nb: nb["cells"][_place(nb, "double")].update(
        source=nb["cells"][_place(nb, "double")]["source"] + "\nwhile True: pass"
    )
)


# ---- the folder ----------------------------------------------------------------------------------------------------

kind("Another name for the notebook", REPAIRED)(lambda nb: {"small (1).ipynb": _raw(nb)})
kind("A folder within the folder", REPAIRED)(lambda nb: {"my work/small.ipynb": _raw(nb)})
kind("Another ending: `.ipynb.txt`, `.IPYNB`, `.json`", REPAIRED)(lambda nb: {"small.ipynb.txt": _raw(nb)})
kind("The blank original beside the solved copy", REPAIRED)(
    lambda nb: {"small-Copy1.ipynb": _raw(nb), NAMED: _blank(nb)}
)
kind("An archive, a PDF, nothing", ZERO)(lambda nb: {"small.zip": b"PK\x03\x04"})
kind("A link in place of the notebook", ZERO)(
    lambda nb: {NAMED: Path("../elsewhere.ipynb"), "../elsewhere.ipynb": _raw(nb)}
)
kind("Hidden files, data and pictures beside it", GRADED)(
    lambda nb: {
        NAMED: _raw(nb),
        ".ipynb_checkpoints/small-checkpoint.ipynb": b"{",
        ".DS_Store": b"\0",
        "data.csv": b"1",
    }
)
kind("Late, by a time with one reading", GRADED)(
    lambda nb: {NAMED: _raw(nb), "timestamp.txt": "2026-03-01 12:00:00 UTC".encode("utf-16")}
)
kind("A time that is blank, forged or has more readings", REPAIRED)(
    lambda nb: {NAMED: _raw(nb), "timestamp.txt": b"03/01/2026 noon"}
)


def _blank(nb: Any) -> bytes:
    blank = copy.deepcopy(nb)
    _stub(blank, "double", "pair", "why")
    return _raw(blank)


def as_json(notebook: nbformat.NotebookNode) -> Any:
    """Return a notebook as plain JSON."""
    return json.loads(json.dumps(notebook))
