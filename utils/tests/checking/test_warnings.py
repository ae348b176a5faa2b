"""What costs marks though every visible check passes is said in a row of its own, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean import check, progress
from zeromean.checking import progress as module
from zeromean.checking.check import NotYet
from zeromean.checking.encoding import encode
from zeromean.checking.handing import CACHE_PART, cache_of
from zeromean.checking.outcome import Outcome
from zeromean.checking.probes import Look, Piece, VisibleCheck, VisibleExercise
from zeromean.checking.replay import Replay
from zeromean.checking.report import COSTS, Report, as_html

from .conftest import BACKWARD, DOUT, DX, FORWARD, PREPARES, X, as_data, exercise
from .test_progress import OUTLINE

SINGLE = replace(FORWARD, inputs={**FORWARD.inputs, "x": encode(X.astype(np.float32))})
PLANTED = replace(FORWARD, inputs={**FORWARD.inputs, "state": encode({"mean": np.ones(4), "mode": "train"})})


def asks(sentence: str, *calls: Any, **look: Any) -> VisibleCheck:
    """Return a warning that asks one question after its last call."""
    pieces = look.pop("pieces")
    return VisibleCheck(sentence, 1, calls, (Look(pieces=pieces, when=len(calls) - 1, **look),), after=0)


DTYPE = asks(
    "dtype", SINGLE, comparison="of_dtype", pieces=(Piece(0, "", 0),), what="out", options={"dtype": "float32"}
)
STAYS = asks("stays", FORWARD, comparison="unchanged", pieces=(Piece(0, "x", None),), what="x", as_given=True)
OLD = asks(
    "old mean",
    PLANTED,
    comparison="unchanged",
    pieces=(Piece(0, "state", "mean", True),),
    what="mean",
    as_given=True,
)
KEYS = asks(
    "keys",
    PLANTED,
    comparison="has_key",
    pieces=(Piece(0, "state", None),),
    what="the dict that was given",
    options={"key": "mode"},
)
SERVES = asks(
    "serves",
    PREPARES,
    comparison="serves",
    pieces=(Piece(0, "", CACHE_PART),),
    what="cache",
    expected=encode((DOUT, (DX,))),
    options={"backward": "center_backward"},
)
TWICE = asks(
    "twice",
    PREPARES,
    BACKWARD,
    replace(BACKWARD, inputs={"dout": encode(DOUT), "cache": cache_of(0)}),
    comparison="same_again",
    pieces=(Piece(2, "", 0), Piece(1, "", 0)),
    what="dx",
)
WARNINGS = (DTYPE, STAYS, OLD, KEYS, SERVES, TWICE)


def warned(functions: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the sentence and the message of each warning."""
    replay = Replay(replace(exercise(), warnings=WARNINGS), functions)
    return [(one.sentence, one.message) for one in replay.warnings(replay.outcomes())]


def written(body: str) -> Callable[..., Any]:
    """Return a `center_forward` with this body."""
    made: dict[str, Any] = {"np": np}
    exec(f"def center_forward(x, state):\n    {body}", made)
    return made["center_forward"]  # type: ignore[no-any-return]


def test_nothing_to_warn_of(center: dict[str, Any]) -> None:
    """A right program is warned of nothing."""
    assert warned(center) == []


@pytest.mark.parametrize(
    ("body", "sentence", "message"),
    [
        (
            "state['mean'] = x.mean(axis=0); return (x - state['mean']).astype(float), x.shape",
            "dtype",
            "out has dtype float64, expected float32.",
        ),
        (
            "state['mean'] = x.mean(axis=0); x -= state['mean']; return x, x.shape",
            "stays",
            "Your function changed `x`, an array it was given. Work on a copy.",
        ),
        (
            "state['mean'][:] = x.mean(axis=0); return x - x.mean(axis=0), x.shape",
            "old mean",
            "Your function changed `mean`, an array it was given. Work on a copy.",
        ),
        (
            "state.clear(); state['mean'] = x.mean(axis=0); return x - state['mean'], x.shape",
            "keys",
            "After the call, 'mode' is missing in the dict that was given.",
        ),
    ],
)
def test_what_a_forward_pass_does_beside(center: dict[str, Any], body: str, sentence: str, message: str) -> None:
    """Another dtype, an argument or an old array that was edited, and a key that is gone are each told."""
    assert warned({**center, "center_forward": written(body)}) == [(sentence, message)]


def test_cache_of_no_use(center: dict[str, Any]) -> None:
    """A cache of another kind is told of if the student's backward pass cannot work with it, or is not there."""
    center["center_forward"] = written("state['mean'] = x.mean(axis=0); return x - x.mean(axis=0), {'n': len(x)}")
    assert warned(center) == []
    center["center_backward"] = lambda dout, cache: dout - dout.sum(axis=0) / cache[0]
    ((_, message),) = [one for one in warned(center) if one[0] == "serves"]
    assert message.startswith("cache is a dict, expected a tuple of 2. ")
    assert message.endswith("Nor does your center_backward get right gradients from this cache.")
    del center["center_backward"]
    ((_, message),) = [one for one in warned(center) if one[0] == "serves"]
    assert message.endswith("It is of use only if your center_backward, still to be written, reads it in this way.")


def test_second_backward_pass(center: dict[str, Any]) -> None:
    """A backward pass that spoils its cache gives something else the second time."""

    def forward(x: Any, state: Any) -> Any:
        state["mean"] = x.mean(axis=0)
        return x - x.mean(axis=0), [1.0]

    def backward(dout: Any, cache: Any) -> Any:
        cache[0] *= 2
        return (dout - dout.mean(axis=0)) * cache[0] / 2

    said = dict(warned({**center, "center_forward": forward, "center_backward": backward}))
    assert said["twice"].startswith("In a second call, dx: 12 of 12 entries differ; the worst is dx[")
    assert said["twice"].endswith("Does the first one edit something in the cache?")


def test_no_warning_before_its_check_passes(center: dict[str, Any]) -> None:
    """While the visible check before it does not pass, a warning would cost nothing more; nor is a crash a warning."""
    assert warned({**center, "center_forward": written("x -= 1; return x, x.shape")}) == []
    single_only = "assert x.dtype == float; state.update(mean=x.mean(axis=0)); return x - x.mean(axis=0), x.shape"
    assert warned({**center, "center_forward": written(single_only)}) == []


@pytest.fixture
def warning(assignment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the small assignment an outline, and its exercise the warnings."""
    made: VisibleExercise = replace(exercise(), warnings=WARNINGS)
    data = {**as_data(made), "mistakes": []}
    stored = json.loads(assignment.read_text(encoding="utf-8"))
    assignment.write_text(json.dumps(stored | {"exercises": [data], "outline": OUTLINE}), encoding="utf-8")
    monkeypatch.setattr(module, "_passed", {})
    return assignment


EDITS = "state['mean'] = x.mean(axis=0)\n    x -= state['mean']\n    return x, x.shape"


def run(line: str, functions: dict[str, Any]) -> None:
    """Run a line as a notebook would."""
    exec(line, {**functions, "check": check, "progress": progress, "guess": 1})


def test_row_headline_and_progress(warning: Path, center: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """A warning is a row and in the headline; the exercise passes all the same; progress() says so."""
    functions = {**center, "center_forward": written(EDITS)}
    run("check(center_forward, center_backward)", functions)
    said = capsys.readouterr().out
    assert said.startswith("center_forward and center_backward: all 3 visible checks passed, with one warning.\n")
    assert "  ! warning   stays\n      Your function changed `x`, an array it was given. Work on a copy. " in said
    assert said.count(COSTS) == 1
    assert said.count("Your function changed `x`") == 1  # the note below would say the same
    run("progress()", functions)
    said = capsys.readouterr().out
    assert "  ! passed, with a warning center_forward, center_backward" in said
    assert "4 marks in reach, when what check warns of is mended" in said
    assert said.startswith("1 of 1 exercises passes its visible checks, worth 4 of 4 marks.")


def test_two_warnings_beside_a_failure(
    warning: Path, center: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings stand beside what does not pass yet."""
    body = "state['mean'] = 0.0 * x.mean(axis=0)\n    x -= x.mean(axis=0)\n    return x.astype(float), x.shape"
    with pytest.raises(NotYet, match=r"2 of 3 visible checks passed, with 2 warnings\."):
        run("check(center_forward, center_backward)", {**center, "center_forward": written(body)})
    assert capsys.readouterr().out.count("! warning") == 2


def test_amber_in_html() -> None:
    """In a notebook a warning has a class of its own, and its state is a word."""
    html = as_html([Report(["f"], [Outcome("a", "passed")], (), [Outcome("b", "warned", "c.")])])
    assert 'class="zm-item zm-warned"' in html
    assert '<span aria-hidden="true">!</span> warning' in html
    assert "all" not in html.split("zm-head")[2].split("</strong>")[0]
    assert "the visible check passed, with one warning." in html
