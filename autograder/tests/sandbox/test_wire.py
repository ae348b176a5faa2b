"""Frames: what is sent arrives, and what is no frame is refused with a sentence."""

from __future__ import annotations

import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator

import pytest

from autograder.sandbox import wire
from autograder.sandbox.wire import Channel, WireError


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Channel]]:
    """Return a raw socket, and a channel on its other end."""
    raw, other = socket.socketpair()
    with raw, other:
        yield raw, Channel(other)


def frame(text: bytes, payload: bytes = b"") -> bytes:
    """Return a frame whose header need not be right."""
    return struct.pack("<4sII", b"ZMW1", len(text), len(payload)) + text + payload


@pytest.mark.parametrize("size", [0, 1, 1000, 1 << 16, 3_000_001])
def test_what_is_sent_arrives(size: int) -> None:
    """A header and buffers of any size come out as they went in."""
    left, right = socket.socketpair()
    with left, right:
        buffers = [b"x" * size, b"y" * 3]
        sender = threading.Thread(target=Channel(left).send, args=({"a": [1, None, 0.1, "é"]}, buffers))
        sender.start()
        header, payload = Channel(right).receive(5.0)
        sender.join()
    assert header == {"a": [1, None, 0.1, "é"]}
    assert bytes(payload) == b"".join(buffers)


def test_numbers_arrive_exactly(ends: tuple[socket.socket, Channel]) -> None:
    """Floats are the same to the last bit, infinities and NaN included."""
    raw, channel = ends
    numbers = [0.1, -0.0, 1e-320, 1.7976931348623157e308, float("inf"), float("-inf")]
    Channel(raw).send({"numbers": numbers, "nan": float("nan")})
    header, _ = channel.receive(1.0)
    assert list(map(repr, header["numbers"])) == list(map(repr, numbers))
    assert header["nan"] != header["nan"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"GET / HTTP/1.0\r\n\r\n", "what arrived is not a frame."),
        (struct.pack("<4sII", b"ZMW1", wire.MAX_HEADER + 1, 0), "what arrived is not a frame."),
        (struct.pack("<4sII", b"ZMW1", 2, wire.MAX_PAYLOAD + 1), "what arrived is not a frame."),
        (frame(b"{}") + b"{", "more arrived than was announced."),
        (frame(b"{"), "the header of a frame is not JSON."),
        (frame("{'ü'}".encode()), "the header of a frame is not JSON."),
        (frame(b"[" * 100_000), "the header of a frame is not JSON."),
        (frame(b"9" * 5000), "the header of a frame is not JSON."),
        (frame(b"[]"), "the header of a frame is not a JSON object."),
    ],
)
def test_what_is_no_frame(ends: tuple[socket.socket, Channel], data: bytes, sentence: str) -> None:
    """Garbage is refused, and the sentence says how it was recognised."""
    raw, channel = ends
    raw.sendall(data)
    with pytest.raises(WireError) as error:
        channel.receive(1.0)
    assert str(error.value) == sentence


def test_the_longest_header_takes_little_memory(ends: tuple[socket.socket, Channel]) -> None:
    """Of what a header can hold, empty dicts take most; a judge that reads them grows by less than 300 MB."""
    raw, channel = ends
    text = b'{"a":[' + b",".join([b"{}"] * ((wire.MAX_HEADER - 10) // 3)) + b"]}"
    sender = threading.Thread(target=raw.sendall, args=(frame(text),))
    sender.start()
    tracemalloc.start()
    header, _ = channel.receive(30.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sender.join()
    assert len(header["a"]) > 2_000_000
    assert peak < 300 << 20


@pytest.mark.parametrize("data", [b"", b"ZMW", frame(b"{}")[:-1], frame(b"{}", b"xyz")[:-1]])
def test_an_end_in_the_middle(ends: tuple[socket.socket, Channel], data: bytes) -> None:
    """A line that is closed before a frame is complete has ended, wherever that was."""
    raw, channel = ends
    raw.sendall(data)
    raw.shutdown(socket.SHUT_RDWR)
    with pytest.raises(EOFError):
        channel.receive(1.0)


@pytest.mark.parametrize("data", [b"", b"Z", frame(b"{}")[:-1]])
def test_nothing_more(ends: tuple[socket.socket, Channel], data: bytes) -> None:
    """A frame that is not complete in time is a timeout."""
    raw, channel = ends
    raw.sendall(data)
    with pytest.raises(TimeoutError):
        channel.receive(0.05)


def test_drops(ends: tuple[socket.socket, Channel]) -> None:
    """The time is for the whole frame, not for each piece of it."""
    raw, channel = ends
    raw.sendall(struct.pack("<4sII", b"ZMW1", 1_000_000, 0))
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.01):
            raw.sendall(b"\0")

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError):
        channel.receive(0.1)
    stop.set()
    thread.join()


def test_nobody_listens(ends: tuple[socket.socket, Channel]) -> None:
    """Sending has a time limit too."""
    with pytest.raises(TimeoutError):
        ends[1].send({}, [b"x" * (1 << 22)], 0.05)


def test_too_much(ends: tuple[socket.socket, Channel]) -> None:
    """What is too large is not sent at all."""
    with pytest.raises(WireError, match="128 MB are too much to hand over"):
        ends[1].send({}, [b"x" * (1 << 20)] * 128 + [b"x"])
