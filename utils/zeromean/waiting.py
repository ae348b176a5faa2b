"""Cells that wait: for a prediction, for a function that is not written yet, or for a check that does not pass yet."""

from __future__ import annotations

import ast
import html
import inspect
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
from executing import Source
from IPython.display import display

from zeromean.checking.progress import passes
from zeromean.guesses import short, verdict

_later: list[list[str]] = []  # what is told below the figures of the cells that are running


class NotPredictedError(Exception):
    """A prediction is still None; `names` are the variables, if they are known."""

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        super().__init__(_request(names))


@contextmanager
def when_ready() -> Iterator[None]:
    """Run the lines of a cell that shows; where they cannot run yet, say so in one sentence instead of a traceback."""
    texts: list[str] = []
    _later.append(texts)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
        for text in texts:
            _tell(text)
    except NotPredictedError as request:
        _say(str(request))
    except NotImplementedError as error:
        _say(f"This cell has something to show as soon as {_culprit(error)} is written.")
    except NameError as error:
        _say(f"Run the cells above first: {error}.")
    except Exception as error:  # whatever a half-finished function does, the page stays calm
        _say(
            f"This cannot be shown yet: {_culprit(error)} stopped with {type(error).__name__}: {error}. "
            "The check below the function says more."
        )
    finally:
        _later.remove(texts)


def reveal(*rows: tuple[str, Any, Any], then: str = "") -> None:
    """Set predictions beside what happened, and say how near each was.

    Parameters
    ----------
    *rows : tuple (str, object, object)
        What it is about, what was predicted, and what was computed.
    then : str
        What is to be said about it, in Markdown; it is told below the figures of the cell, to those only who have
        made a guess.

    Raises
    ------
    NotPredictedError
        If a prediction is None. Inside `when_ready` this becomes a sentence that names the variables.
    """
    if any(predicted is None for _, predicted, _ in rows):
        raise NotPredictedError(_unguessed(inspect.currentframe(), rows))
    cells = [(what, short(mine), short(computed), verdict(mine, computed)) for what, mine, computed in rows]
    head = ("about", "you predicted", "computed", "how near")
    table = "".join(
        f'<tr><th scope="row" style="text-align:left">{html.escape(what)}</th>'
        f"<td>{html.escape(mine)}</td><td><b>{html.escape(computed)}</b></td><td>{html.escape(near)}</td></tr>"
        for what, mine, computed, near in cells
    )
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    plain = "\n".join(f"{what}: predicted {mine}, computed {right} ({near})" for what, mine, right, near in cells)
    display({"text/html": f"<table><tr>{titles}</tr>{table}</table>", "text/plain": plain}, raw=True)
    if then and _later:
        _later[-1].append(then)
    elif then:
        _tell(then)


def once_passed(function: Callable[..., Any], text: str) -> None:
    """Tell something, in Markdown, to those whose visible checks of `function` pass; ask the others to come back."""
    name = getattr(function, "__name__", "the function")
    if passes(function):
        _tell(text)
    else:
        _say(f"What belongs here is told as soon as check({name}) passes. Then run this cell again.")


def _request(names: tuple[str, ...]) -> str:
    if not names:
        return "First make a guess: put it in place of None in the cell under “Predict”. Run that cell, then this one."
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return (
        f"First make a guess: put it in place of None for {listed}, in the cell under “Predict” above. "
        "Run that cell, then this one. A wrong guess costs nothing."
    )


def _unguessed(frame: FrameType | None, rows: tuple[tuple[str, Any, Any], ...]) -> tuple[str, ...]:
    """Return the names of the variables that stand for missing predictions, read from the call in the cell."""
    caller = frame.f_back if frame else None
    call = Source.executing(caller).node if caller else None
    if not isinstance(call, ast.Call):
        return ()
    found = [arg.elts[1] for arg in call.args if isinstance(arg, ast.Tuple) and len(arg.elts) == 3]
    missing = [node for node, row in zip(found, rows, strict=False) if row[1] is None]
    return tuple(node.id for node in missing if isinstance(node, ast.Name))


def _culprit(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    name = [frame.name for frame in frames if "site-packages" not in frame.filename][-1]  # not NumPy's own
    return "the function" if name.startswith("<") else name


def _say(sentence: str) -> None:
    style = "opacity:0.8;border-left:4px solid #999;padding:0.3em 0.8em"  # in light and dark themes
    text = f'<p style="{style}">{html.escape(sentence)}</p>'
    display({"text/html": text, "text/plain": sentence}, raw=True)


def _tell(text: str) -> None:
    """Show a piece of Markdown, formulas and all."""
    text = inspect.cleandoc(text)
    display({"text/markdown": text, "text/plain": text}, raw=True)
