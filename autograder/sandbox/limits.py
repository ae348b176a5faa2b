"""What a submission may use before its worker is ended."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; walls are seconds of wall time, ``cpu`` is seconds of processor time.

    A worker that does not answer within ``cell_wall`` or ``call_wall`` is lost; a function that did so ``tries``
    times is not tried again. Once a submission has wasted ``patience`` seconds, each further try gets at most
    ``hurry_wall``, and one is enough: when everything loops, it still costs a bounded time. ``total_wall`` bounds all
    cells and calls together, with what is run again after a loss, however slow each is. ``losses`` bounds how often a
    worker is replaced. ``memory_mb`` comes on top of what the zygote has. Processes cannot be started, and threads are
    bounded by memory; where nothing is isolated, ``processes`` (threads too) may be started beside those that the user
    has, and root is free of that bound.
    """

    cell_wall: float = 10.0
    call_wall: float = 3.0
    total_wall: float = 60.0
    patience: float = 6.0
    hurry_wall: float = 0.75
    tries: int = 3
    losses: int = 20
    cpu: int = 120
    memory_mb: int = 1024
    output_bytes: int = 2 * MB
    file_mb: int = 16
    scratch_mb: int = 64
    scratch_files: int = 256
    open_files: int = 64
    processes: int = 64
