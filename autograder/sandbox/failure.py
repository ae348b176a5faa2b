"""What the judge hears when a call into a student's code brings no result."""

from __future__ import annotations

from typing import Literal

Kind = Literal["raised", "timeout", "lost", "missing", "garbage"]
LONGEST_MESSAGE = 400


class StudentFailure(Exception):  # noqa: N818 - an outcome of grading, not an error of ours
    """A call that brought no result: `sentence` is for the student, `exception` names what their code raised.

    `bases` names the types that it is a kind of; `on_purpose` tells that a ``raise`` of the student's own raised it.
    """

    def __init__(
        self, sentence: str, kind: Kind, exception: str = "", bases: tuple[str, ...] = (), on_purpose: bool = False
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind: Kind = kind
        self.exception, self.bases, self.on_purpose = exception, bases, on_purpose

    @classmethod
    def raised(
        cls, function: str, exception: str, message: str, bases: tuple[str, ...] = (), on_purpose: bool = False
    ) -> StudentFailure:
        """Return the failure of a `function` that raised an `exception` (the name of its type)."""
        if exception == "NotImplementedError":
            return cls(f"`{function}` is not written yet.", "raised", exception, bases, on_purpose)
        if len(message) > LONGEST_MESSAGE:
            message = message[:LONGEST_MESSAGE] + " ..."
        said = f": {message.strip()}" if message.strip() else ""
        return cls(f"`{function}` raised {exception}{said}", "raised", exception, bases, on_purpose)

    @classmethod
    def missing(cls, function: str, kind: str = "", why: str = "") -> StudentFailure:
        """Return the failure of a `function` that the submission does not define, or binds to a `kind` of data."""
        if kind:
            return cls(f"`{function}` is no function: the notebook bound that name to a value. Got {kind}.", "missing")
        if why:
            return cls(f"`{function}` is not defined: {why}", "missing")
        return cls(f"`{function}` is not defined. Did its cell run without an error?", "missing")

    @classmethod
    def not_handed_over(cls, function: str, why: object) -> StudentFailure:
        """Return the failure of a `function` that did something to its results or arguments which no frame can say."""
        return cls(f"`{function}` returned what cannot be handed over: {why}", "garbage")

    @classmethod
    def not_given(cls, function: str, why: object) -> StudentFailure:
        """Return the failure of a `function` that should get what an earlier call returned, or left in an argument."""
        return cls(f"`{function}` was not called: an earlier call left what cannot be handed to it: {why}", "garbage")
