"""A small assignment as data: one exercise, `center`, with three visible checks and one well-known mistake."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.checking.encoding import CACHE_OF, encode
from zeromean.checking.fingerprints import difference_of_prints, fingerprint
from zeromean.checking.probes import FORMAT, Check, Exercise, Step

X = np.array([[1.0, 8.0, 3.0, 2.0], [4.0, 5.0, 0.5, 1.0], [2.5, 2.0, 7.0, 6.0]])
DOUT = np.array([[0.3, -1.0, 2.0, 0.1], [1.5, 0.2, -0.7, 0.9], [-0.4, 0.6, 1.1, -2.0]])
MEAN = X.mean(axis=0)
OUT, DX = X - MEAN, DOUT - DOUT.mean(axis=0)


def center_forward(x: Any, state: Any) -> Any:
    """Do what is right."""
    state["mean"] = x.mean(axis=0)
    return x - x.mean(axis=0), x.shape


def center_backward(dout: Any, cache: Any) -> Any:
    """Do what is right."""
    return dout - dout.mean(axis=0)


def forward_step(**changes: Any) -> Step:
    """Return the recorded call of `center_forward`."""
    before, after = {"mean": np.zeros(4)}, {"mean": MEAN}
    step = Step(
        "center_forward",
        inputs={"x": encode(X), "state": encode(before)},
        positional=2,
        returns=("out", "cache"),
        result=encode((OUT, X.shape)),
        after={"x": encode(X), "state": encode(after)},
        has_cache=True,
        parts=(0,),
    )
    return Step(**{**vars(step), **changes})


def exercise() -> Exercise:
    """Return the exercise."""
    backward = Step(
        "center_backward",
        inputs={"dout": encode(DOUT), "cache": {CACHE_OF: 0}},
        positional=2,
        returns=("dx",),
        result=encode(DX),
        after={"dout": encode(DOUT), "cache": None},
        parts=(0,),
    )
    checks = (
        Check("each feature loses its mean", 1, (forward_step(),)),
        Check("the mean is remembered", 1, (forward_step(parts=(), left=(("state", "mean"),)),)),
        Check("the gradient knows the mean", 2, (forward_step(only_prepares=True), backward)),
    )
    functions = {"center_forward": ["x", "state"], "center_backward": ["dout", "cache"]}
    return Exercise("center", functions, checks, ())


def mistakes(made: Exercise) -> list[dict[str, Any]]:
    """Return the mistake of passing `dout` through, as fingerprints of the last check."""
    step = made.checks[2].steps[1]
    shown = fingerprint(step.seen(DOUT, {"dout": DOUT, "cache": None}))
    return [{"hint": "The mean moves too.", "prints": [[2, 1, difference_of_prints(shown, step.right_print())]]}]


@pytest.fixture
def center() -> dict[str, Any]:
    """Return right functions by name."""
    return {"center_forward": center_forward, "center_backward": center_backward}


@pytest.fixture
def assignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the probes into an assignment's folder, go there, and return the file."""
    made = exercise()
    data = {**asdict(made), "mistakes": mistakes(made)}
    path = tmp_path / "a0_center.checks.json"
    path.write_text(json.dumps({"format": FORMAT, "exercises": [data]}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path
