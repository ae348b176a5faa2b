"""The text of an assignment, and how numbers stand in it."""

from __future__ import annotations

import re

import numpy as np

from autograder.authoring.course import Assignment

MINUS = "\N{MINUS SIGN}"
KINDS = ("text", "question", "figure")


class Text:
    """What an assignment says; called with a sentence, it remembers that somebody vouches for the numbers in it."""

    def __init__(self, assignment: Assignment) -> None:
        self.source = "\n".join(cell.source for cell in assignment.cells if cell.kind in KINDS)
        self.words = _on_one_line(self.source)
        self.vouched_for: list[tuple[int, int]] = []

    def __call__(self, sentence: str) -> None:
        """Fail unless the text holds `sentence`, however its lines are broken."""
        found = [match.span() for match in re.finditer(re.escape(_on_one_line(sentence)), self.words)]
        assert found, f"The text does not say: {sentence}"
        self.vouched_for += found

    @property
    def formulas(self) -> list[str]:
        """The displayed formulas, in order."""
        return re.findall(r"\$\$(.+?)\$\$", self.source, re.DOTALL)

    def percentages_of_nobody(self) -> list[str]:
        """Return the percentages for which nobody vouched so far, with the words before them."""
        return [
            self.words[max(0, number.start() - 40) : number.end()]
            for number in re.finditer(r"\d[\d.]* ?%", self.words)
            if not any(start <= number.start() and number.end() <= end for start, end in self.vouched_for)
        ]


def listing(*values: float | np.ndarray) -> str:
    """Return numbers as the tables of a text show them."""
    numbers = np.concatenate([np.ravel(value) for value in values])
    return ", ".join(f"{round(n, 6) + 0.0:g}".replace("-", MINUS) for n in numbers)


def column(*values: float) -> np.ndarray:
    """Return one feature, one example per row."""
    return np.array(values, dtype=float)[:, None]


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
