"""Keeps what took long to find out, below ``build/proof/``, until something that it was made from changes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from autograder.authoring import course


def kept(name: str, made_from: str, make: Callable[[], Any]) -> Any:
    """Return the JSON data that `make` returns, or returned when it was made from the same before."""
    path = course.ROOT / "build" / "proof" / f"{name}.json"
    if path.is_file():
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["made_from"] == made_from:
            return found["data"]
    data = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")  # a file is there as a whole or not at all
    unfinished.write_text(json.dumps({"made_from": made_from, "data": data}, indent=1), encoding="utf-8")
    unfinished.replace(path)
    return data
