"""What the judge hears when a call into a student's code brings no result."""

from __future__ import annotations

from typing import Literal

Kind = Literal["raised", "timeout", "lost", "missing", "garbage"]
LONGEST_MESSAGE = 400


class StudentFailure(Exception):  # noqa: N818 - an outcome of grading, not an error of ours
    """A call that brought no result: `sentence` is for the student, `exception` names what their code raised."""

    def __init__(self, sentence: str, kind: Kind, exception: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind: Kind = kind
        self.exception = exception

    @classmethod
    def raised(cls, function: str, exception: str, message: str) -> StudentFailure:
        """Return the failure of a `function` that raised an `exception` (the name of its type)."""
        if exception == "NotImplementedError":
            return cls(f"`{function}` is not written yet.", "raised", exception)
        if len(message) > LONGEST_MESSAGE:
            message = message[:LONGEST_MESSAGE] + " ..."
        said = f": {message}" if message else ""
        return cls(f"`{function}` raised {exception}{said}", "raised", exception)

    @classmethod
    def missing(cls, function: str) -> StudentFailure:
        """Return the failure of a `function` that the submission does not define."""
        return cls(f"`{function}` is not defined. Did its cell run without an error?", "missing")
