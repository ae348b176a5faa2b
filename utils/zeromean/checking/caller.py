"""Calls a student's function and reports what happened in words: never a stack trace, never for ever."""

from __future__ import annotations

import io
import linecache
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from dis import opname
from types import FrameType, FunctionType, TracebackType
from typing import Any, Literal

SECONDS = 3.0
Function = Callable[..., Any]


@dataclass(frozen=True)
class Trouble:
    """Why a call gave no result; ``line`` is the student's own line, ``errors`` the classes of the exception."""

    kind: Literal["unwritten", "raised", "too slow"]
    sentence: str
    line: str = ""
    errors: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Answer:
    """What a call gave: a result or trouble, and what it said on the way."""

    result: Any
    trouble: Trouble | None
    notes: tuple[str, ...]


class _TooSlow(BaseException):
    """Raised inside the student's function when its time is over; no `except Exception` holds it."""


class _Listener(io.TextIOBase):
    """Takes what is printed, counts the lines, and keeps the first."""

    def __init__(self) -> None:
        self.lines, self.first = 0, ""

    def write(self, text: str) -> int:
        if not self.lines:
            self.first += text.partition("\n")[0][: 80 - len(self.first)]
        self.lines += text.count("\n")
        return len(text)


def call(
    name: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], seconds: float = SECONDS
) -> Answer:
    """Call a function, known as `name`, which may change its arguments; stop it after `seconds` where possible."""
    printed, result, trouble = _Listener(), None, None
    own = _StudentsOwn(name, function)
    with warnings.catch_warnings(record=True) as warned, redirect_stdout(printed), redirect_stderr(printed):
        warnings.simplefilter("always")
        try:
            with _time_limit(seconds):
                result = function(*args, **kwargs)
        except _TooSlow as error:
            sentence = f"{name} was stopped after {seconds:g} seconds: does a loop never end?"
            trouble = Trouble("too slow", sentence, own.where(error.__traceback__).line)
        except (Exception, SystemExit) as error:
            trouble = _trouble(error, own)
    return Answer(result, trouble, _notes(own, printed, warned))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `_TooSlow` when the time is over; does nothing on Windows, and outside the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


@dataclass(frozen=True)
class _Place:
    """The innermost function of the student's own that was running, its line, and whether its own `raise` raised."""

    name: str = ""
    line: str = ""
    raised: bool = False


class _StudentsOwn:
    """A function under the name that the notebook gives it: a lambda, a partial and a wrapper have none themselves."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self.inner = name, innermost(function)

    def where(self, traceback: TracebackType | None) -> _Place:
        """Find where in the student's own code an exception passed."""
        place = _Place()
        while traceback is not None:
            frame = traceback.tb_frame
            if frame.f_globals is getattr(self.inner, "__globals__", None):
                name = frame.f_code.co_name
                text = linecache.getline(frame.f_code.co_filename, traceback.tb_lineno, frame.f_globals).strip()
                line = f"line {traceback.tb_lineno}: {text}" if text else f"line {traceback.tb_lineno}"
                place = _Place("" if name == getattr(self.inner, "__name__", name) else name, line, _raises(traceback))
            else:
                place = _Place(place.name, place.line)
            traceback = traceback.tb_next
        return place


def innermost(function: Any) -> Any:
    """Return the function inside partials and wrappers: the one that the student wrote."""
    while (inside := getattr(function, "__wrapped__", None) or getattr(function, "func", None)) is not None:
        function = inside
    return function


def _raises(traceback: TracebackType) -> bool:
    """Whether it was a ``raise`` that was running in a frame, not a call of something that raised."""
    return opname[traceback.tb_frame.f_code.co_code[traceback.tb_lasti]] == "RAISE_VARARGS"


def _trouble(error: BaseException, own: _StudentsOwn) -> Trouble:
    """Say what was raised; only a NotImplementedError of the student's own lines means that something is to do."""
    place, text = own.where(error.__traceback__), f"{error}".partition("\n")[0][:300].strip()
    errors = tuple(c.__name__ for c in type(error).__mro__)
    if isinstance(error, NotImplementedError) and place.raised:
        calls = f"{own.name} calls {place.name}, which" if place.name else own.name
        return Trouble("unwritten", f"{calls} is not written yet.", errors=errors)
    who = f"{place.name}, called by {own.name}," if place.name else own.name
    sentence = f"{who} raised {type(error).__name__}" + (f": {text}" if text else "")
    return Trouble("raised", sentence, place.line, errors, text)


def _notes(own: _StudentsOwn, printed: _Listener, warned: list[warnings.WarningMessage]) -> tuple[str, ...]:
    notes, name = [], own.name
    if printed.first or printed.lines:
        more = f" (and {printed.lines - 1} more lines)" if printed.lines > 2 else ""
        notes.append(f"{name} printed: {printed.first}{more}")
    file = own.inner.__code__.co_filename if isinstance(own.inner, FunctionType) else ""
    for warning in warned[:3]:
        where = f" (line {warning.lineno}: {_text(warning)})" if warning.filename == file else ""
        notes.append(f"{name} caused a {warning.category.__name__}: {warning.message}{where}")
    return tuple(dict.fromkeys(notes))


def _text(warning: warnings.WarningMessage) -> str:
    return linecache.getline(warning.filename, warning.lineno).strip()
