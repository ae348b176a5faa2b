"""The inputs that are kept: what was found once, and what stands at a border. A line of JSON each, in `corpus/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"


def stored(name: str) -> list[Any]:
    """Return the inputs of one target; a text of bytes is written as Latin-1."""
    lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
