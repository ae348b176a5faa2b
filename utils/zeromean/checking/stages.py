"""``stages("f", steps)``: compares the named steps of a derivation in order, and stops at the first wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from zeromean.checking import outline
from zeromean.checking.encoding import decode
from zeromean.checking.looks import framed, show
from zeromean.checking.mismatch import describe_mismatch
from zeromean.checking.probes import ProbesError
from zeromean.checking.report import SIGNS, WORDS

Row = tuple[str, str, str]  # state, name, what is said


def stages(exercise: str, steps: Mapping[str, Any]) -> None:
    """Compare the steps of your derivation with what they should be, in the order in which they are asked for.

    Only the first wrong step is explained: those after it are made of it.

    Parameters
    ----------
    exercise : str
        The exercise to which the derivation belongs, such as ``"batchnorm_backward"``.
    steps : dict
        What you computed, by name; None for what is still to do.

    Raises
    ------
    ValueError
        If there are no steps of that name.
    """
    try:
        known = {name: expected for each in outline.here() for name, expected in each.stages.items()}
    except ProbesError as error:
        show(framed(f"<div>{escape(str(error))}</div>"), str(error))
        return
    if exercise not in known:
        near = difflib.get_close_matches(exercise, known, 1) or sorted(known)
        raise ValueError(f"There are no stages of {exercise!r}. There are: {', '.join(near) or 'none'}.")
    rows = compared(known[exercise], steps)
    right = sum(state == "passed" for state, _, _ in rows)
    sentence = f"{right} of {len(rows)} steps passed."
    plain = "\n".join([sentence, *(f"  {SIGNS[s]} {WORDS[s]:<10} {name} {said}" for s, name, said in rows)])
    show(_as_html(sentence, rows), plain)


def compared(expected: list[list[Any]], steps: Mapping[str, Any]) -> list[Row]:
    """Return a row a step: all up to the first wrong one are judged, the rest wait for it."""
    rows: list[Row] = []
    wrong = ""
    for name, data in expected:
        mine = steps.get(name)
        if mine is None:
            rows.append(("unwritten", name, ""))
        elif wrong:
            rows.append(("waits", name, f"is tried as soon as {wrong} passes"))
        else:
            message = describe_mismatch(_numbers(mine), decode(data), name, rtol=1e-6, atol=1e-9)
            wrong = name if message else ""
            rows.append(("failed", name, _without(name, message)) if message else ("passed", name, ""))
    return rows


def _without(name: str, message: str) -> str:
    """Return a message whose first word, the name, stands before it already."""
    return f"{message.removeprefix(name).lstrip(': ')}."


def _numbers(value: Any) -> Any:
    return np.asarray(value, dtype=float) if isinstance(value, (list, int, float)) else value


def _as_html(sentence: str, rows: list[Row]) -> str:
    items = "".join(
        f'<div role="listitem" class="zm-item zm-{state}">'
        f'<div class="zm-state"><span aria-hidden="true">{SIGNS[state]}</span> {WORDS[state]}</div>'
        f'<div><span class="zm-code">{escape(name)}</span> {escape(said)}</div></div>'
        for state, name, said in rows
    )
    return framed(f'<div class="zm-head"><strong>{escape(sentence)}</strong></div><div role="list">{items}</div>')
