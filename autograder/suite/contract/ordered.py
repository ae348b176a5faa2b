"""Makes the check that a line orders, and the wrong programs that come with it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.suite.marking import Check, misconception, replacement_functions
from autograder.suite.slips import Program, compiled, source_of


@dataclass(frozen=True)
class Flaw:
    """A wrong program made of any right one: `body` stands around a call ``right({args})`` of the right function.

    Of several functions, each has its own body; they stand in one module, so that they may share a global name.
    """

    name: str
    hint: str
    bodies: dict[str, str]
    same_as: str | tuple[str, ...] = ()


def ordered(
    check: Callable[..., None],
    sentence: str,
    points: float,
    after: str | None,
    visible: bool = False,
    flaws: Sequence[Flaw] = (),
) -> Callable[..., None]:
    """Mark `check` as a check of a suite that says `sentence`, and give it the flaws that it must catch."""
    if points <= 0:
        raise ValueError(f"A check needs a positive weight. Got {points!r}.")
    check.__doc__ = sentence
    check.__check__ = Check(points, visible, after)  # type: ignore[attr-defined]
    check.__flaws__ = tuple(flaws)  # type: ignore[attr-defined]
    return check


def flawed(flaw: Flaw, variants: Sequence[Program], module: str) -> Program:
    """Put a flaw around a right program of its functions: the first of the suite's variants that has them all.

    Raises
    ------
    ValueError
        If the suite has no such variant.
    """
    right = next((found for v in variants if set(flaw.bodies) <= set(found := replacement_functions(v))), None)
    if right is None:
        names = ", ".join(map(repr, flaw.bodies))
        raise ValueError(f"{flaw.name} needs a right program to stand around. Write a @variant({names}).")
    if len(flaw.bodies) == 1:
        (source,) = (_around(right[function], flaw.name, body) for function, body in flaw.bodies.items())
    else:
        parts = [_around(right[function], function, body) for function, body in flaw.bodies.items()]
        source = f"class {flaw.name}:\n" + "\n".join(textwrap.indent(part, "    ") for part in parts)
    program = compiled(flaw.name, source, f"<{module}.{flaw.name}>")
    return misconception(*flaw.bodies, hint=flaw.hint, same_as=flaw.same_as)(program)


def _around(right: Callable[..., Any], name: str, body: str) -> str:
    """Return the source of a function `name` that has the body of a flaw around a right one."""
    signature = inspect.signature(right)
    inner = source_of(right).replace(f"def {right.__name__}(", "def right(", 1)
    text = textwrap.dedent(body).strip().replace("{args}", ", ".join(signature.parameters))
    return f"def {name}{signature}:\n{textwrap.indent(inner, '    ')}\n{textwrap.indent(text, '    ')}\n"
