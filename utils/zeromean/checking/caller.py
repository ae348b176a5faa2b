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
from types import FrameType, FunctionType, TracebackType
from typing import Any, Literal

SECONDS = 3.0


@dataclass(frozen=True)
class Trouble:
    """Why a call gave no result; ``line`` is the student's own line, ``errors`` the classes of the exception."""

    kind: Literal["unwritten", "raised", "too slow"]
    sentence: str
    line: str = ""
    errors: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True)
class Call:
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


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], seconds: float = SECONDS) -> Call:
    """Call `function`, which may change its arguments, and stop it after `seconds` where that is possible."""
    name = function.__name__
    printed, result, trouble = _Listener(), None, None
    with warnings.catch_warnings(record=True) as warned, redirect_stdout(printed), redirect_stderr(printed):
        warnings.simplefilter("always")
        try:
            with _time_limit(seconds):
                result = function(*args, **kwargs)
        except _TooSlow as error:
            sentence = f"{name} was stopped after {seconds:g} seconds: does a loop never end?"
            trouble = Trouble("too slow", sentence, _where(error.__traceback__, function)[1])
        except NotImplementedError as error:
            trouble = _unwritten(error, function)
        except (Exception, SystemExit) as error:
            trouble = _raised(error, function)
    return Call(result, trouble, _notes(name, function, printed, warned))


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


def _unwritten(error: NotImplementedError, function: Callable[..., Any]) -> Trouble:
    name, _ = _where(error.__traceback__, function)
    if name in ("", function.__name__):
        return Trouble("unwritten", f"{function.__name__} is not written yet.", errors=("NotImplementedError",))
    sentence = f"{function.__name__} calls {name}, which is not written yet."
    return Trouble("unwritten", sentence, errors=("NotImplementedError",))


def _raised(error: BaseException, function: Callable[..., Any]) -> Trouble:
    text = f"{error}".partition("\n")[0][:300]
    name, line = _where(error.__traceback__, function)
    who = function.__name__ if name in ("", function.__name__) else f"{name}, called by {function.__name__},"
    sentence = f"{who} raised {type(error).__name__}" + (f": {text}" if text else "")
    return Trouble("raised", sentence, line, tuple(c.__name__ for c in type(error).__mro__), text)


def _where(traceback: TracebackType | None, function: Callable[..., Any]) -> tuple[str, str]:
    """Return the innermost function of the student's own that was running, and its line with the line's number."""
    name = line = ""
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is getattr(function, "__globals__", None):
            name = frame.f_code.co_name
            text = linecache.getline(frame.f_code.co_filename, traceback.tb_lineno, frame.f_globals).strip()
            line = f"line {traceback.tb_lineno}: {text}" if text else f"line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return name, line


def _notes(
    name: str, function: Callable[..., Any], printed: _Listener, warned: list[warnings.WarningMessage]
) -> tuple[str, ...]:
    notes = []
    if printed.first or printed.lines:
        more = f" (and {printed.lines - 1} more lines)" if printed.lines > 2 else ""
        notes.append(f"{name} printed: {printed.first}{more}")
    file = function.__code__.co_filename if isinstance(function, FunctionType) else ""
    for warning in warned[:3]:
        where = f" (line {warning.lineno}: {_text(warning)})" if warning.filename == file else ""
        notes.append(f"{name} caused a {warning.category.__name__}: {warning.message}{where}")
    return tuple(dict.fromkeys(notes))


def _text(warning: warnings.WarningMessage) -> str:
    return linecache.getline(warning.filename, warning.lineno).strip()
