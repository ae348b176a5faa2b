"""Frames between the judge and a worker: a JSON header, then raw array bytes. Never pickle; nothing is trusted.

A frame is ``ZMW1``, two lengths, the header, the payload. What the header says of values is in ``values.py``.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

_HEAD = struct.Struct("<4sII")
_MAGIC = b"ZMW1"
_SMALL = 1 << 16
MAX_HEADER = 6 << 20  # 200,000 numbers of the most digits take 5; of empty dicts, the judge makes 150 MB of it
MAX_PAYLOAD = 64 << 20


class WireError(Exception):
    """What arrived is not a frame, or not a value; or a value cannot be sent. The message is one sentence."""


class Channel:
    """One end of a connected stream socket, speaking frames.

    Its methods are bound when it is made, so that student code which patches ``json`` or ``socket`` later does
    not reach them.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._read, self._read_into, self._write, self._wait = sock.recv, sock.recv_into, sock.sendall, sock.settimeout
        self._encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
        self._decode = json.JSONDecoder().raw_decode
        self._now, self._pack, self._unpack = time.monotonic, _HEAD.pack, _HEAD.unpack_from

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def send(self, header: dict[str, Any], buffers: Sequence[bytes] = (), seconds: float | None = None) -> None:
        """Send one frame; TimeoutError if the other side does not take it within `seconds`."""
        text = self._encode(header).encode("ascii")
        size = sum(map(len, buffers))
        if len(text) > MAX_HEADER or size > MAX_PAYLOAD:
            raise WireError(f"{(len(text) + size) >> 20} MB are too much to hand over.")
        self._wait(seconds)
        head = self._pack(_MAGIC, len(text), size)
        if size < _SMALL:
            self._write(b"".join((head, text, *buffers)))
        else:
            self._write(head + text)
            for buffer in buffers:
                self._write(buffer)

    def receive(self, seconds: float | None = None) -> tuple[dict[str, Any], memoryview]:
        """Return the header and payload of the next frame.

        Raises TimeoutError when it is not complete within `seconds`, EOFError when the other side is gone, and
        WireError when what arrives is not a frame.
        """
        until = None if seconds is None else self._now() + seconds
        if seconds is not None and seconds <= 0:
            raise TimeoutError
        self._wait(seconds)
        data: bytes | bytearray = self._read_or_end(_SMALL)
        if len(data) < _HEAD.size:
            data = self._rest(data, _HEAD.size, until)
        magic, header_size, payload_size = self._unpack(data)
        if magic != _MAGIC or header_size > MAX_HEADER or payload_size > MAX_PAYLOAD:
            raise WireError("what arrived is not a frame.")
        start = _HEAD.size + header_size
        if len(data) < start + payload_size:
            data = self._rest(data, start + payload_size, until)
        if len(data) > start + payload_size:
            raise WireError("more arrived than was announced.")
        view = memoryview(data)
        return self._header(view[_HEAD.size : start]), view[start:]

    def _read_or_end(self, most: int) -> bytes:
        data = self._read(most)
        if not data:
            raise EOFError
        return data

    def _rest(self, data: bytes | bytearray, size: int, until: float | None) -> bytearray:
        """Return `data` and what follows it, up to `size` bytes."""
        whole, there = bytearray(size), len(data)
        whole[:there] = data
        view = memoryview(whole)
        while there < size:
            if until is not None:
                left = until - self._now()
                if left <= 0:
                    raise TimeoutError
                self._wait(left)
            count = self._read_into(view[there:])
            if not count:
                raise EOFError
            there += count
        return whole

    def _header(self, text: memoryview) -> dict[str, Any]:
        try:
            header, _ = self._decode(str(text, "ascii"))
        except (ValueError, RecursionError):
            raise WireError("the header of a frame is not JSON.") from None
        if type(header) is not dict:
            raise WireError("the header of a frame is not a JSON object.")
        return header
