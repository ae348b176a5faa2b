from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from zeromean.training import stored


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers keep four digits, arrays become lists, and what is not a number becomes null."""
    monkeypatch.setattr(stored, "DATA", tmp_path)
    stored.write("x", [{"a": np.array([1.23456789, np.nan]), "b": np.inf, "c": [2, [3.0]], "d": "e"}])
    assert stored.read("x") == [{"a": [1.235, None], "b": None, "c": [2, [3.0]], "d": "e"}]
    assert '"a": [1.235, null]' in (tmp_path / "x.json").read_text(encoding="utf-8")


def test_results_never_computed_name_the_command() -> None:
    """Who asks for results that are not there learns how to get them."""
    with pytest.raises(FileNotFoundError, match=r"nothing.json is missing. Compute it with: python -m zeromean"):
        stored.read("nothing")


def test_runs_are_looked_up_by_their_settings() -> None:
    """A list of runs becomes a table by the keys that tell them apart."""
    runs = [{"norm": "batch", "lr": 0.1, "loss": 1}, {"norm": "none", "lr": 0.1, "loss": 2}]
    assert stored.table(runs, "norm", "lr")["none", 0.1]["loss"] == 2
