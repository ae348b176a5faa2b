"""Results that take too long to compute in front of a class: small JSON files, each written by the demo it serves."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"


def read(name: str) -> Any:
    """Return what is stored under `name`.

    Raises
    ------
    FileNotFoundError
        If it was never computed; the message is the command that does it.
    """
    path = DATA / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing. Compute it with: python -m zeromean.demos.<lecture>.{name}")
    return json.loads(path.read_text(encoding="utf-8"))


def table(runs: list[dict[str, Any]], *keys: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return stored runs by the values of their `keys`, to look one up."""
    return {tuple(run[key] for key in keys): run for run in runs}


def write(name: str, results: Any) -> None:
    """Store numbers, lists and dicts under `name`: four significant digits, NaN and infinity as null."""
    lines = json.dumps(_plain(results), indent=1, allow_nan=False)
    (DATA / f"{name}.json").write_text(_compact(lines) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.4g}") if math.isfinite(value) else None
    return value


def _compact(text: str) -> str:
    """Put every list of plain numbers on one line."""
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)
