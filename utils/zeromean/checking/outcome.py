"""What came of one check, and the call that decided it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from zeromean.checking.compare import Wrong

State = Literal["passed", "warned", "failed", "unwritten", "waits", "example"]


@dataclass(frozen=True)
class FailedCall:
    """One call that a check did not accept: its arguments as they were before, and what of it was wrong.

    ``got`` and ``expected`` belong to the piece called ``what``; where the call raised, ``error`` says what.
    """

    function: str
    given: dict[str, Any]
    positional: int
    what: str = ""
    got: Any = None
    expected: Any = None
    error: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one check; ``line`` is the student's own line that raised ``error``. A pass may have a note.

    ``call`` is the one that failed it, if there was one; ``asked`` tells whether that call came to its end, and what
    it brought was the wrong answer to a question of the check.
    """

    sentence: str
    state: State
    message: str = ""
    line: str = ""
    hint: str = ""
    wrong: Wrong | None = None
    error: str = ""
    call: FailedCall | None = field(default=None, compare=False)
    asked: bool = False
