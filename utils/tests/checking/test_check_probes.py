"""Tests of values as data, and of fingerprints."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.checking import probes
from zeromean.checking.compare import leaves
from zeromean.checking.encoding import DataError, decode, encode
from zeromean.checking.fingerprints import difference_of_prints, explains, fingerprint, raised_print
from zeromean.checking.functions import FUNCTIONS, Stretched
from zeromean.checking.handing import handed_on
from zeromean.checking.layout import fits
from zeromean.checking.probes import Look, Piece, Probe, VisibleCheck
from zeromean.checking.replay import Replay
from zeromean.checking.trial import NOT_THE_CACHE

from .conftest import FORWARD, OUT, X, exercise, look

VALUES: list[Any] = [
    None,
    True,
    3,
    0.1,
    float("inf"),
    "train",
    np.float32(1.5),
    np.arange(6.0).reshape(2, 3)[:, ::2],
    np.zeros((0, 2), np.float32),
    np.array(3),
    (1, [2.0, (np.array([True]),)]),
    {"mean": np.ones(2), 1: None},
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_round_trip(value: Any) -> None:
    """What is written is read back, with types, shapes and dtypes."""
    again = decode(json.loads(json.dumps(encode(value), allow_nan=False)))
    np.testing.assert_equal(again, value)
    assert type(again) is type(value)
    if isinstance(value, (np.ndarray, np.generic)):
        assert again.dtype == value.dtype
        assert np.shape(again) == np.shape(value)


def test_functions_have_names() -> None:
    """A function of the table is read back as the same object; any other is refused, and the table is named."""
    for function in FUNCTIONS.values():
        assert decode(json.loads(json.dumps(encode(function)))) is function
    stretched = Stretched("relu", 2.0, -1.0)
    assert decode(json.loads(json.dumps(encode(stretched)))) == stretched
    np.testing.assert_array_equal(stretched(np.array([0.0, 2.0])), [0, 3])
    with pytest.raises(DataError, match="the function '<lambda>' cannot be written as data: take one of zeromean") as e:
        encode({"activation": lambda x: x})
    assert "sum of squares, sum of cubes" in str(e.value)


def test_generators_go_on_where_they_were() -> None:
    """A generator is read back in its state; one of another kind is refused."""
    rng = np.random.default_rng(3)
    rng.integers(9, dtype=np.uint32)
    again = decode(json.loads(json.dumps(encode(rng))))
    assert again.bit_generator.state == rng.bit_generator.state
    assert again.normal(size=3).tolist() == rng.normal(size=3).tolist()
    with pytest.raises(DataError, match="a generator of kind MT19937 cannot be written as data: take default_rng"):
        encode(np.random.Generator(np.random.MT19937(0)))
    with pytest.raises(DataError, match="a set cannot be written as data"):
        encode({1})


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_layout_alone(value: Any) -> None:
    """A layout has the shapes and dtypes of a value, and none of its numbers."""
    again = decode(json.loads(json.dumps(encode(value, layout_only=True))))
    assert fits(again, value)
    assert all(not array.any() for _, array in leaves(again, ""))


def test_fingerprints_of_mistakes() -> None:
    """A mistake is told from the right answer and from other mistakes by what it changes."""
    x = np.arange(6.0).reshape(2, 3)
    right, wrong = fingerprint((x, 1e6 * x)), fingerprint((x + 1, 1e6 * x))
    mistake = difference_of_prints(wrong, right)
    assert mistake[1][1] is None
    assert explains(mistake, right, fingerprint((x + 1 + 1e-9, 1e6 * x)))
    assert not explains(mistake, right, fingerprint((x + 2, 1e6 * x)))
    assert not explains(mistake, right, fingerprint((x + 1, 1e6 * x + 10)))
    assert not explains(mistake, right, None)
    assert difference_of_prints(right, right) is None
    assert explains(None, right, right)
    assert not explains(None, right, wrong)


def test_fingerprints_see_structure() -> None:
    """Another shape, dtype, NaN or length is another structure."""
    x = np.ones((2, 3))
    others = [x.T, x.astype(np.float32), np.where(x > 0, np.nan, x), (x,), None, {"a": x}]
    prints = [fingerprint(other)[0] for other in [x, *others]]
    assert len(set(prints)) == len(prints)
    assert difference_of_prints(fingerprint(x.T), fingerprint(x)) == fingerprint(x.T)


def test_raised_prints_know_the_shapes() -> None:
    """Two broadcasting errors are the same if they speak of the same shapes."""
    one = raised_print("ValueError", "could not be broadcast together with shapes (2,3) (4,)")
    assert one == raised_print("ValueError", "shapes (4,) and (2,3)")
    assert one != raised_print("ValueError", "shapes (4,) and (3,2)")


def test_unchanged_file_is_read_once(assignment: Path) -> None:
    """The file is read again only after it changed."""
    first = probes.read(assignment)
    assert probes.read(assignment) is first
    assignment.touch()
    assert probes.read(assignment) == first


def probe_of(result: Any, **changes: Any) -> Probe:
    """Return a probe of `f`, which takes x and returns one thing."""
    return Probe("f", {"x": encode(1.0)}, 1, ("out",), encode(result, layout_only=True), **changes)


def check_of(probe: Probe, expected: Any = None, **changes: Any) -> VisibleCheck:
    """Return a check of one call, which asks whether the result is close to what is expected."""
    looks = () if expected is None else (look(0, "", 0, "out", expected),)
    return VisibleCheck("it", 1, (probe,), looks, **changes)


def replay(*checks: VisibleCheck, **functions: Any) -> list[tuple[str, str]]:
    """Return state and message of each check."""
    exercise = probes.VisibleExercise("e", {}, checks, ())
    return [(o.state, o.message) for o in Replay(exercise, functions, seconds=0.05).outcomes()]


def test_tolerance_is_the_checks_own() -> None:
    """What a check lets pass when it grades, it lets pass here, and nothing more."""
    one = replace(look(0, "", 0, "out", 1.0), options={"rtol": 0.0, "atol": 1e-3})
    check = VisibleCheck("it", 1, (probe_of(1.0),), (one,))
    assert replay(check, f=lambda x: 1.0009) == [("passed", "")]
    assert replay(check, f=lambda x: 1.0011)[0][0] == "failed"
    assert replay(check_of(probe_of(1.0), 1.0), f=lambda x: 1.00000001)[0][0] == "failed"


def test_argument_that_should_stay() -> None:
    """An array that a check watches must stay as it was, to the last bit."""
    probe = Probe("f", {"x": encode(np.ones(2))}, 1, ("out",), 0.0, {"x": encode(np.ones(2), layout_only=True)})
    asks = Look("unchanged", (Piece(0, "x", None),), 0, "x", as_given=True)

    def edits(x: Any) -> float:
        x += 1e-15
        return 1.0

    check = VisibleCheck("it", 1, (probe,), (asks,))
    assert replay(check, f=edits) == [("failed", "Your function changed `x`, an array it was given. Work on a copy.")]
    assert replay(check, f=lambda x: float(x.sum())) == [("passed", "")]


def test_what_has_no_place_fails_the_questions_about_it(center: dict[str, Any]) -> None:
    """A state of another shape fails the check that looks at it, and the calls to which it is handed on, no other."""

    def keeps_an_axis(x: Any, state: Any) -> Any:
        state["mean"] = x.mean(axis=0, keepdims=True)
        return x - state["mean"], x.shape

    first, second, *_ = exercise().checks
    again = replace(FORWARD, inputs={"x": encode(X), "state": handed_on(0, "state", None)})
    twice = replace(first, calls=(FORWARD, again), looks=(look(1, "", 0, "out", OUT),))
    outcomes = replay(first, second, twice, **{**center, "center_forward": keeps_an_axis})
    said = "after `center_forward`, state['mean'] has shape (1, 4), expected (4,): an axis of length 1 too many?"
    assert outcomes == [("passed", ""), ("failed", said), ("failed", said)]
    assert [state for state, _ in replay(first, second, twice, **center)] == ["passed"] * 3


def test_state_is_handed_on_by_the_student() -> None:
    """A second step starts from what the student's first one left, with what the suite changed in between."""
    state = {"dict": [["rate", 1.0], ["w", 0.0]]}

    def step(state: dict[str, Any]) -> float:
        state["mine"] = state.get("mine", 0) + state["rate"]
        return float(state["mine"])

    layout = encode({"rate": 1.0, "w": 0.0}, layout_only=True)
    one = Probe("f", {"state": state}, 1, ("out",), 0.0, {"state": layout})
    then = handed_on(0, "state", None, but=[["rate", 10.0]], without=["w"])
    two = Probe("f", {"state": then}, 1, ("out",), 0.0, {"state": {"dict": [["rate", 0.0]]}})
    check = VisibleCheck("it", 1, (one, two), (look(0, "", 0, "out", 1.0), look(1, "", 0, "out", 11.0)))
    assert replay(check, f=step) == [("passed", "")]
    assert replay(check, f=lambda state: state["rate"])[0][0] == "failed"


def test_cache_that_only_the_forward_pass_got_wrong(center: dict[str, Any]) -> None:
    """A backward pass that is right for the cache that the stub describes passes, and a note says where to look."""

    def forward(x: Any, state: Any) -> Any:
        state["mean"] = x.mean(axis=0)
        return x - x.mean(axis=0), None

    def backward(dout: Any, cache: Any) -> Any:
        return dout - dout.sum(axis=0) / cache[0]

    functions = {**center, "center_forward": forward, "center_backward": backward}
    assert replay(exercise().checks[2], **functions) == [("passed", NOT_THE_CACHE)]
    functions["center_backward"] = lambda dout, cache: 2 * dout / cache[0]
    assert replay(exercise().checks[2], **functions)[0][0] == "failed"


def test_must_raise() -> None:
    """A call that must raise is content with the class or one below it, and with nothing else."""
    check = VisibleCheck("refuses", 1, (Probe("f", {"x": encode(0.0)}, 1, raises="ArithmeticError"),))
    assert replay(check, f=lambda x: 1 / x) == [("passed", "")]
    missing = "f returned a result; here it should raise ArithmeticError."

    def f(x: float) -> float:
        return x

    assert replay(check, f=f) == [("failed", missing)]

    def f(x: float) -> float:  # type: ignore[no-redef]
        raise KeyError("a")

    assert replay(check, f=f) == [("failed", "f raised KeyError: 'a'. Here it should raise ArithmeticError.")]


def test_waiting() -> None:
    """A check that needs another waits for it; after an endless loop a function is not called again."""

    def f(x: float) -> float:
        while True:
            pass

    first = replace(check_of(probe_of(1.0), 1.0), sentence="first")
    assert replay(first, first, replace(first, after=0), f=f) == [
        ("failed", "f was stopped after 0.05 seconds: does a loop never end?"),
        ("waits", "This is tried as soon as f comes to an end."),
        ("waits", 'This is tried as soon as "first" passes.'),
    ]
