"""What a submission may use before its worker is ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; seconds are wall time unless named otherwise.

    ``call_wall`` and ``cell_wall`` end a worker that does not answer. When a submission has lost ``patience``
    seconds in that way, each further try gets at most ``hurry_wall``, so that a submission in which everything
    loops costs a bounded time. Processes cannot be started at all; threads are bounded by memory.
    """

    cell_wall: float = 10.0
    call_wall: float = 3.0
    patience: float = 6.0
    hurry_wall: float = 1.0
    tries: int = 3
    losses: int = 20
    cpu: int = 120
    memory_mb: int = 1024
    output_bytes: int = 4 * MB
    file_mb: int = 16
    scratch_mb: int = 64
    scratch_files: int = 256
    open_files: int = 64

    def to_json(self) -> str:
        """Return the text that `from_json` reads on the other side."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Limits:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
