"""Hands wrong programs in as a student would, and finds whether they are noticed, and whether the idea is named.

What a machine can say of a hint: it is *doubtful* if, with other numbers, its misconception does what the program does
on less than half of the calls that go wrong, and edits no line that the program's slip is in. Two ideas that do the
same everywhere are one for a machine, and whether the words of a hint fit is left to a reader.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from zeromean.checking import errormap
from zeromean.checking.outcome import Outcome
from zeromean.checking.probes import VisibleExercise
from zeromean.checking.replay import Replay

from autograder.bounds import Overrun
from autograder.judge.collect import Replacement, Suite
from autograder.judge.hints import ENOUGH
from autograder.judge.judge import Judge, undisturbed
from autograder.judge.reference import exchanged
from autograder.judge.student import Call
from autograder.judge.unseen import SECONDS, BoundedSession, Functions, Slipped, noticed_by, partner_checks, source_of

SEED, OTHER_SEED = 0, 1
PLACES = re.compile(r" (So is what `\w+` leaves in `[^`]+`\.|What `\w+` leaves in .+ is right: look at .+\.)$")
BARE = re.compile(r": got \S+, expected \S+$")
Edit = tuple[str, str]


@dataclass(frozen=True)
class Diagnosis:
    """What a wrong program's author hears: by the grade, by ``check(f)`` (or its warnings), and which ideas are named.

    `says` is the first message; `telling`, whether some message says more than which numbers differ: a shape, a dtype,
    an exception, an argument that changed, or what all wrong entries share. `doubtful` are those of `hints` whose
    misconception is something else.
    """

    rejected: bool
    visible: bool
    hints: tuple[str, ...]
    doubtful: tuple[str, ...]
    telling: bool
    says: str

    @property
    def named(self) -> bool:
        """Whether the idea is named, by a hint or by what a message says of the wrong entries."""
        return bool(self.hints) or self.telling


class Diagnoser:
    """Diagnoses programs that take the place of one exercise's functions."""

    def __init__(self, judge: Judge, suite: Suite, shipped: VisibleExercise) -> None:
        self._judge, self._suite, self._shipped = judge, suite, shipped
        self._wrong = {wrong.name: wrong for wrong in suite.misconceptions}
        self._by_hint = {wrong.hint: wrong.name for wrong in reversed(suite.misconceptions)}

    def of(self, functions: Functions, edited: Edit | None = None, right: Functions | None = None) -> Diagnosis:
        """Diagnose a program; `edited` is the function that was changed in a `right` program, before and after."""
        namespace = exchanged(self._judge.namespace, functions)
        graded = self._judge.grade_exercise(self._suite, BoundedSession(namespace), SEED).checks
        replay = Replay(self._shipped, namespace, seconds=SECONDS)
        with undisturbed():
            tried = replay.outcomes()
            tried = (*tried, *replay.warnings(tried))
        told = [check.message for check in graded if check.outcome == "failed"]
        seen = [outcome for outcome in tried if outcome.state in ("failed", "unwritten", "warned")]
        if not told and not seen:
            others = partner_checks(self._judge, self._suite, right or {})
            told = ["Noticed by the backward pass."] if noticed_by(self._judge, others, functions) else []
        names = [check.misconception for check in graded] + [self._by_hint.get(outcome.hint, "") for outcome in seen]
        hints = tuple(dict.fromkeys(filter(None, names)))
        doubtful = self._doubtful(hints, functions, edited)
        telling = any(map(_tells, told)) or any(map(_shows, seen))
        return Diagnosis(bool(told), bool(seen), hints, doubtful, telling, [*told, *(o.message for o in seen), ""][0])

    def of_slip(self, slipped: Slipped) -> Diagnosis:
        """Diagnose a right program with one slip."""
        variant = next((v for v in self._suite.variants if v.name == slipped.program), None)
        right = variant.functions if variant else {}
        return self.of(slipped.functions, (slipped.right, slipped.source), right)

    def _doubtful(self, hints: Sequence[str], functions: Functions, edited: Edit | None) -> tuple[str, ...]:
        calls = self._other_calls(functions) if hints else []
        suspects = self._judge.suspects[self._suite.exercise]
        return tuple(
            name
            for name in hints
            if suspects.share(name, calls) < ENOUGH and not (edited and _same_line(self._wrong[name], edited))
        )

    def _other_calls(self, functions: Functions) -> list[Call]:
        """Return what a program does in every check, when the numbers are others than those of the grade."""
        session, calls = BoundedSession(exchanged(self._judge.namespace, functions)), []
        for check in self._suite.checks:
            with suppress(Overrun):
                calls += self._judge.attempted(check, session, OTHER_SEED).calls
        return calls


def _tells(message: str) -> bool:
    """Whether a message says in what way something is wrong: more than which numbers differ, or in which place."""
    return not BARE.search(PLACES.sub("", message))


def _shows(outcome: Outcome) -> bool:
    return _tells(outcome.message) or bool(outcome.wrong and errormap.pattern(outcome.wrong))


def _same_line(wrong: Replacement, edited: Edit) -> bool:
    """Whether a misconception changes, in the same right program, a line that was edited."""
    right = _lines(edited[0])
    edited_lines = _changed(right, _lines(edited[1]))
    for function in wrong.functions.values():
        lines = _lines(source_of(function))
        changed = _changed(right, lines)
        if len(changed) <= len(right) / 2 and changed & edited_lines:
            return True
    return False


def _lines(source: str) -> list[str]:
    """Return the statements of a function, without its name and docstring."""
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    body = function.body[1 if ast.get_docstring(function) else 0 :]
    return [line for statement in body for line in ast.unparse(statement).splitlines()]


def _changed(right: list[str], wrong: list[str]) -> set[int]:
    """Return which lines of `right` are others, or gone, in `wrong`, or have something new before them."""
    codes = difflib.SequenceMatcher(None, right, wrong, autojunk=False).get_opcodes()
    return {line for kind, i, j, _, _ in codes if kind != "equal" for line in range(i, max(j, i + 1))}
