"""Whatever a worker sends, the judge hears an answer, a failure of the student's, or a lost worker; nothing else."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.exchange import Exchange, Lost
from autograder.sandbox.failure import StudentFailure
from autograder.sandbox.wire import Channel, WireError
from autograder.tests.fuzz.stored import stored
from autograder.tests.fuzz.strategies import HEADERS, JSON

SIZES = st.sampled_from([0, 1, 2, 12, 100, 6 << 20, (6 << 20) + 1, 64 << 20, 2**32 - 1])


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Return what may arrive: garbage, or frames with right or wrong lengths, cut or with more behind them."""
    data = b""
    for _ in range(draw(st.integers(1, 2))):
        text = draw(st.binary(max_size=30) | JSON.map(lambda value: json.dumps(value).encode()))
        payload = draw(st.binary(max_size=30))
        sizes = (draw(SIZES), draw(SIZES)) if draw(st.booleans()) else (len(text), len(payload))
        magic = b"ZMW1" if draw(st.integers(0, 9)) else draw(st.binary(min_size=4, max_size=4))
        data += struct.pack("<4sII", magic, *sizes) + text + payload
    cut = draw(st.integers(0, len(data)))
    return data[:cut] if draw(st.booleans()) else data


def received(data: bytes) -> None:
    """Let a channel read what arrives before the line is closed."""
    raw, other = socket.socketpair()
    with raw, other:
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        try:
            header, payload = Channel(other).receive(2.0)
        except (WireError, EOFError):
            return
    assert type(header) is dict
    assert type(payload) is memoryview


@given(streams() | st.binary(max_size=200))
def test_a_stream_is_frames_or_refused(data: bytes) -> None:
    """The decoder returns a header and a payload, or says that this is none, or that the line has ended."""
    received(data)


@pytest.mark.parametrize("text", stored("frames"))
def test_stored_streams(text: str) -> None:
    """So it is with what was kept."""
    received(text.encode("latin-1"))


class _Line:
    """Stands for the line to a worker that answers what it likes."""

    def __init__(self, answers: list[dict[str, Any]], payload: bytes) -> None:
        self._answers, self._payload, self._number = answers, payload, 0

    def send(self, header: dict[str, Any], _buffers: object, _seconds: object) -> None:
        json.dumps(header)
        self._number = header["n"]

    def receive(self, _seconds: float) -> tuple[dict[str, Any], memoryview]:
        if not self._answers:
            raise EOFError
        return {"n": self._number, **self._answers.pop(0)}, memoryview(self._payload)


def asked(answers: list[dict[str, Any]], payload: bytes) -> None:
    """Ask for all that a judge asks for, and let JSON carry the answers."""
    heard = json.loads(json.dumps(answers))
    for ask in (
        lambda exchange: exchange.run(1, "x = 1", ["x"], 1.0),
        lambda exchange: exchange.changed(1.0),
        lambda exchange: exchange.call("f", ([1.0], {"a": [2]}, abs), {"b": (3,)}, 1.0),
    ):
        reached: dict[str, None] = {}
        exchange = Exchange(SimpleNamespace(channel=_Line(list(heard), payload)), 1, reached)  # type: ignore[arg-type]
        with contextlib.suppress(Lost, StudentFailure):
            ask(exchange)
        assert all(type(deed) is str for deed in reached)


CALLBACKS = st.fixed_dictionaries({"callback": st.integers(-1, 2) | JSON, "args": JSON | st.just(["t", 1.0])})


@given(st.lists(HEADERS | CALLBACKS, min_size=1, max_size=2), st.binary(max_size=40))
def test_an_answer_is_taken_or_refused(answers: list[dict[str, Any]], payload: bytes) -> None:
    """Outputs, changes, results, exceptions and calls back of any form are taken or refused."""
    asked(answers, payload)


@pytest.mark.parametrize("answers", stored("answers"))
def test_stored_answers(answers: list[dict[str, Any]]) -> None:
    """So it is with what was kept."""
    asked(answers, b"12345678")
