"""Tests of values as data, and of fingerprints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean.checking import probes
from zeromean.checking.compare import compare
from zeromean.checking.encoding import DataError, decode, encode
from zeromean.checking.fingerprints import difference_of_prints, explains, fingerprint, raised_print
from zeromean.checking.probes import Step
from zeromean.checking.replay import Replay

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


def test_not_data() -> None:
    """A function is no data."""
    with pytest.raises(DataError, match="a function cannot be written as data"):
        encode({"activation": lambda x: x})


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


def step_of(result: Any, **changes: Any) -> Step:
    """Return a step `f` that takes x and returns `result`."""
    names = ("out", "dx")[: len(result)] if isinstance(result, tuple) else ("out",)
    return Step("f", {"x": encode(1.0)}, 1, names, encode(result), parts=tuple(range(len(names))), **changes)


def test_dtype_of_single_precision() -> None:
    """Where float32 is expected, float64 is wrong, and the tolerance is that of float32."""
    expected = np.array([1.0, 2.0], np.float32)
    assert compare(step_of(expected), expected * np.float32(1.00001), {}) is None
    difference = compare(step_of(expected), expected.astype(float), {})
    assert difference is not None
    assert difference.message == "out has dtype float64, expected float32: keep the dtype of the input."


def test_argument_that_should_stay(center: dict[str, Any]) -> None:
    """An argument that a check watches must stay as it is."""
    data = encode({"mean": np.zeros(2)})
    step = Step("f", {"state": data}, 1, ("out",), encode(1.0), {"state": data}, left=(("state", "mean"),))
    difference = compare(step, 1.0, {"state": {"mean": np.ones(2)}})
    assert difference is not None
    assert difference.message == "f changed state['mean'], which it was given. It should stay as it is."


def replay(checks: tuple[probes.Check, ...], **functions: Any) -> list[tuple[str, str]]:
    """Return state and message of each check."""
    exercise = probes.Exercise("e", {}, checks, ())
    return [(o.state, o.message) for o in Replay(exercise, functions, seconds=0.05).outcomes()]


def test_must_raise() -> None:
    """A call that must raise is content with the class or one below it, and with nothing else."""
    check = probes.Check("refuses", 1, (Step("f", {"x": encode(0.0)}, 1, raises="ArithmeticError"),))
    assert replay((check,), f=lambda x: 1 / x) == [("passed", "")]
    missing = "f returned a result; here it should raise ArithmeticError."

    def f(x: float) -> float:
        return x

    assert replay((check,), f=f) == [("failed", missing)]

    def f(x: float) -> float:  # type: ignore[no-redef]
        raise KeyError("a")

    assert replay((check,), f=f) == [("failed", "f raised KeyError: 'a'. Here it should raise ArithmeticError.")]


def test_waiting() -> None:
    """A check that needs another waits for it; after an endless loop a function is not called again."""

    def f(x: float) -> float:
        while True:
            pass

    first = probes.Check("first", 1, (step_of(1.0),))
    assert replay((first, first, probes.Check("last", 1, (step_of(1.0),), after=0)), f=f) == [
        ("failed", "f was stopped after 0.05 seconds: does a loop never end?"),
        ("waits", "This is tried as soon as f comes to an end."),
        ("waits", 'This is tried as soon as "first" passes.'),
    ]
