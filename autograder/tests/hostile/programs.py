"""The hostile programs of `corpus/`: what each is called, its family, and the submission that carries it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
FAMILIES = ("forging", "leaking", "breaking", "corrupting", "showing")
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "pair": "def first(x):\n    return x[0]\n\n\ndef last(x):\n    return x[-1]",
}
WRONG = {
    "double": "def double(x):\n    return x",
    "pair": "def first(x):\n    return x[-1]\n\n\ndef last(x):\n    return x[0]",
}
EARNS = {"forging": 0.0, "leaking": 6.0, "breaking": 4.0, "corrupting": 0.0, "showing": 6.0}


@dataclass(frozen=True)
class Program:
    """A hostile program, numbered in its family; `name` says what it tries."""

    family: str
    number: int
    name: str
    code: str

    @property
    def student(self) -> str:
        """The student who hands it in."""
        return f"{self.family}-{self.number:02}"

    def answers(self) -> tuple[dict[str, str], str]:
        """Return the answers of the submission, and the source of a cell of the student's own above them."""
        if self.family == "forging":
            return {"double": self.code}, ""
        if self.family == "breaking":
            return {**RIGHT, "double": self.code}, ""
        return WRONG if self.family == "corrupting" else RIGHT, self.code


def programs(paths: dict[str, str]) -> list[Program]:
    """Return all programs; ``@NAME@`` in them becomes the path of that name."""
    found = []
    for family in FAMILIES:
        text = (CORPUS / f"{family}.py").read_text(encoding="utf-8")
        for name, path in paths.items():
            text = text.replace(f"@{name}@", path)
        parts = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)[1:]
        named = zip(parts[::2], parts[1::2], strict=True)
        found += [Program(family, number, name, code.strip()) for number, (name, code) in enumerate(named, start=1)]
    return found
