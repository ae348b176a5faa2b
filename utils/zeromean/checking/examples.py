"""Runs the examples of a function's own docstring, and compares what comes by value, not by how it is printed."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from zeromean.checking.caller import innermost
from zeromean.checking.mismatch import describe_mismatch

DIGITS = 1e-6  # an example prints no more
_PRINTED = {
    "array": np.array,
    "nan": np.nan,
    "inf": np.inf,
    **{f"float{n}": getattr(np, f"float{n}") for n in (32, 64)},
}


def wrong_example(function: Callable[..., Any], names: Mapping[str, Any]) -> str | None:
    """Say what is wrong with the examples of a docstring, in the first line that gives something else.

    Parameters
    ----------
    function : function
        The one whose examples are run; under its own name, and those of `names`, it is what they call.
    names : mapping
        What else they may use, such as ``np``; it is not changed.

    Returns
    -------
    str or None
        Nothing ("") if all is as the docstring says; None if it has no example, or meets what is not written yet.
    """
    found = doctest.DocTestParser().get_examples(inspect.getdoc(innermost(function)) or "")
    here: dict[str, Any] = {"np": np, getattr(function, "__name__", ""): function, **names}
    for example in found:
        source = example.source.strip()
        try:
            with redirect_stdout(StringIO()):
                value = _run(source, here)
        except NotImplementedError:
            return None
        except Exception as error:
            return "" if example.exc_msg else f"`{source}` raises {type(error).__name__}: {error}".strip()
        if example.want and (message := _other(value, example.want)):
            return f"`{source}` gives something else: {message}"
    return "" if found else None


def _run(source: str, names: dict[str, Any]) -> Any:
    try:
        return eval(compile(source, "<example>", "eval"), names)  # noqa: S307 - a docstring of this notebook
    except SyntaxError:
        exec(compile(source, "<example>", "exec"), names)  # noqa: S102 - as above
        return None


def _other(value: Any, want: str) -> str:
    """Say how a value differs from what a docstring prints for it."""
    try:
        expected = eval(want, {"__builtins__": {}}, dict(_PRINTED))  # noqa: S307 - as above
    except Exception:  # what is printed is no expression: compare as doctest does
        same = doctest.OutputChecker().check_output(want, f"{value!r}\n", doctest.NORMALIZE_WHITESPACE)
        return "" if same else f"{value!r}, where the docstring says {want.strip()}"
    return describe_mismatch(value, expected, "the result", rtol=DIGITS, atol=DIGITS) or ""
