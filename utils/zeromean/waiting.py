"""Cells that wait: for a prediction, or for a function that is not written yet."""

from __future__ import annotations

import html
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from IPython.display import display


class NotPredictedError(Exception):
    """A prediction is still None."""


@contextmanager
def when_ready() -> Iterator[None]:
    """Run the lines of a figure; where they cannot run yet, say so in one calm sentence instead of a traceback."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    except NotPredictedError:
        _say("Write your prediction in the cell above and run it. Then run this cell again.")
    except NotImplementedError as error:
        _say(f"The figure will be here when {_culprit(error)} is written.")
    except NameError as error:
        _say(f"Run the cells above first: {error}.")
    except Exception as error:  # whatever a half-finished function does, the page stays calm
        _say(
            f"The figure cannot be drawn yet: {_culprit(error)} stopped with {type(error).__name__}: {error}. "
            "The check below the function says more."
        )


def _culprit(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    name = [frame.name for frame in frames if "site-packages" not in frame.filename][-1]  # not NumPy's own
    return "the function" if name.startswith("<") else name


def _say(sentence: str) -> None:
    style = "opacity:0.8;border-left:4px solid #999;padding:0.3em 0.8em"  # in light and dark themes
    text = f'<p style="{style}">{html.escape(sentence)}</p>'
    display({"text/html": text, "text/plain": sentence}, raw=True)


def reveal(*rows: tuple[str, Any, Any]) -> None:
    """Set predictions beside what happened.

    Parameters
    ----------
    *rows : tuple (str, object, object)
        What it is about, what was predicted, and what was computed.

    Raises
    ------
    NotPredictedError
        If a prediction is None. Inside `when_ready` this becomes a sentence.
    """
    if any(predicted is None for _, predicted, _ in rows):
        raise NotPredictedError
    cells = [(what, _short(predicted), _short(computed)) for what, predicted, computed in rows]
    head = ("", "you predicted", "computed")
    table = "".join(
        f'<tr><th scope="row" style="text-align:left">{html.escape(what)}</th>'
        f"<td>{html.escape(predicted)}</td><td><b>{html.escape(computed)}</b></td></tr>"
        for what, predicted, computed in cells
    )
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    plain = "\n".join(f"{what}: predicted {guess}, computed {computed}" for what, guess, computed in cells)
    display({"text/html": f"<table><tr>{titles}</tr>{table}</table>", "text/plain": plain}, raw=True)


def _short(value: Any) -> str:
    """Return numbers to three digits, and everything else as it prints."""
    if isinstance(value, str | bool):
        return str(value)
    try:
        numbers: list[float] = np.asarray(value, dtype=float).ravel().tolist()
    except (TypeError, ValueError):
        return str(value)
    return ", ".join(_digits(number) for number in numbers)


def _digits(number: float) -> str:
    number = round(number, 9) + 0.0  # no -0, and no 1e-17 where 0 is meant
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e9 else f"{number:.3g}"
