"""A small assignment as data: one exercise, `center`, with three visible checks and one well-known mistake."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.checking.encoding import encode
from zeromean.checking.fingerprints import difference_of_prints, fingerprint
from zeromean.checking.handing import cache_of
from zeromean.checking.probes import FORMAT, Look, Piece, Probe, VisibleCheck, VisibleExercise

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


def look(call: int, argument: str, key: Any, what: str, expected: Any) -> Look:
    """Return the question whether a piece is close to what is expected."""
    return Look("close", (Piece(call, argument, key),), call, what, encode(expected))


FORWARD = Probe(
    "center_forward",
    inputs={"x": encode(X), "state": encode({"mean": np.zeros(4)})},
    positional=2,
    returns=("out", "cache"),
    result=encode((OUT,), layout_only=True),
    left={"x": encode(X, layout_only=True), "state": encode({"mean": MEAN}, layout_only=True)},
    kept=("x",),
    has_cache=True,
)
PREPARES = replace(FORWARD, result=encode((OUT,)), cache=encode(X.shape), only_prepares=True)
BACKWARD = Probe(
    "center_backward",
    inputs={"dout": encode(DOUT), "cache": cache_of(0)},
    positional=2,
    returns=("dx",),
    result=encode(DX, layout_only=True),
    left={"dout": encode(DOUT, layout_only=True)},
    kept=("dout",),
)


def exercise() -> VisibleExercise:
    """Return the exercise."""
    left = {"x": X, "state": {"mean": MEAN}}
    rights = (fingerprint(((OUT,), left)),)
    checks = (
        VisibleCheck("each feature loses its mean", 1, (FORWARD,), (look(0, "", 0, "out", OUT),), rights=rights),
        VisibleCheck(
            "the mean is remembered",
            1,
            (FORWARD,),
            (look(0, "state", "mean", "state['mean']", MEAN),),
            rights=rights,
        ),
        VisibleCheck(
            "the gradient knows the mean",
            2,
            (PREPARES, BACKWARD),
            (look(1, "", 0, "dx", DX),),
            rights=(None, fingerprint((DX, {"dout": DOUT}))),
        ),
    )
    functions = {"center_forward": ["x", "state"], "center_backward": ["dout", "cache"]}
    return VisibleExercise("center", functions, checks)


def mistakes(made: VisibleExercise) -> list[dict[str, Any]]:
    """Return the mistake of passing `dout` through, as fingerprints of the last check."""
    shown = fingerprint((DOUT, {"dout": DOUT}))
    return [{"hint": "The mean moves too.", "prints": [[2, 1, difference_of_prints(shown, made.checks[2].rights[1])]]}]


def as_data(made: VisibleExercise) -> dict[str, Any]:
    """Return an exercise as it is written to a file."""
    data = asdict(made)
    for check in (*data["checks"], *data["warnings"]):
        for question in check["looks"]:
            question["pieces"] = [list(piece.values()) for piece in question["pieces"]]
    return data


@pytest.fixture
def center() -> dict[str, Any]:
    """Return right functions by name."""
    return {"center_forward": center_forward, "center_backward": center_backward}


@pytest.fixture
def assignment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the probes into an assignment's folder, go there, and return the file."""
    made = exercise()
    data = {**as_data(made), "mistakes": mistakes(made)}
    path = tmp_path / "a0_center.checks.json"
    path.write_text(json.dumps({"format": FORMAT, "exercises": [data]}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path
