"""What an author of a suite imports says clearly what is wrong, of students and of authors."""

from __future__ import annotations

import re
from unittest.mock import Mock

import autograd.numpy as anp
import numpy as np
import pytest

from autograder import suite
from autograder.suite import gradients
from autograder.suite.expectations import CallFailed, CheckFailed
from autograder.suite.marking import Check, replacement_functions


def test_points_must_be_positive() -> None:
    """A check that counts nothing is refused."""
    with pytest.raises(ValueError, match=re.escape("@points needs a positive weight. Got 0.")):
        suite.points(0)


def test_a_check_needs_a_sentence() -> None:
    """A check without a docstring has nothing to tell the student."""
    with pytest.raises(ValueError, match="test_mute needs a docstring: it is the sentence that the student reads"):

        @suite.points(1)
        def test_mute() -> None:
            pass


def test_marks_are_kept_on_the_function() -> None:
    """The judge finds the weight, the visibility and the order of a check on the function itself."""

    @suite.points(2, visible=True, after="test_first")
    def test_second() -> None:
        """Comes second."""

    assert test_second.__check__ == Check(2, True, "test_first")


def test_replacements_of_one_and_of_several_functions() -> None:
    """A function stands in for one function, a class for each that it names."""

    @suite.misconception("f", hint="Not so.")
    def wrong() -> int:
        return 1

    @suite.variant("f", "g")
    class Other:
        def f() -> int:
            return 2

        def g() -> int:
            return 3

    assert wrong.__replaces__.hint == "Not so."
    assert {name: call() for name, call in replacement_functions(wrong).items()} == {"f": 1}
    assert {name: call() for name, call in replacement_functions(Other).items()} == {"f": 2, "g": 3}


def test_a_misconception_of_several_functions() -> None:
    """A class may hold a mistake that is made in several functions; the names of its mates are kept."""

    @suite.misconception("f", "g", hint="Not so.", same_as=("one", "two"))
    class Wrong:
        def f() -> int:
            return 2

        def g() -> int:
            return 3

    assert {name: call() for name, call in replacement_functions(Wrong).items()} == {"f": 2, "g": 3}
    assert Wrong.__replaces__.same_as == ("one", "two")


def test_a_replacement_names_its_functions() -> None:
    """What replaces nothing, or has no hint where one is due, is refused."""
    with pytest.raises(ValueError, match=re.escape("@misconception needs a function and a hint. Got () and 'No.'.")):
        suite.misconception(hint="No.")
    with pytest.raises(ValueError, match=re.escape("@misconception needs a function and a hint. Got ('f',) and ''.")):
        suite.misconception("f", hint="")
    with pytest.raises(ValueError, match=re.escape("@variant needs the name of a function.")):
        suite.variant()


def test_equivalent_changes_have_reasons() -> None:
    """A change that nobody can notice is written with an arrow, and says why."""
    assert suite.equivalent("f", {"a -> b": "they are equal"}).reasons == {"a -> b": "they are equal"}
    for change, reason in (("a to b", "equal"), ("a -> b", "")):
        with pytest.raises(ValueError, match=f"written `before -> after`, with a reason. Got '{change}'"):
            suite.variant("f", equivalent={change: reason})


def test_expect() -> None:
    """A condition that does not hold fails the check with its own sentence."""
    suite.expect(True, "never read")
    with pytest.raises(CheckFailed, match=r"^the sentence$"):
        suite.expect(False, "the sentence")


def test_expect_close() -> None:
    """Equal up to the tolerance passes; anything else is described."""
    suite.expect_close(np.ones(3) + 1e-12, np.ones(3))
    with pytest.raises(CheckFailed, match="dx: 1 of 3 entries differs"):
        suite.expect_close(np.array([1.0, 1.0, 2.0]), np.ones(3), "dx")
    suite.expect_close(np.array([1.01]), np.ones(1), rtol=0.1)


def test_expect_close_hands_on_what_is_wrong() -> None:
    """The judge gets the wrong array beside the right one, with its name and where it is wrong; of a shape, nothing."""
    right = np.arange(1.0, 7).reshape(2, 3) / 7
    with pytest.raises(CheckFailed) as failed:
        suite.expect_close(right + np.array([0, 1, 0]), right, "dx")
    assert failed.value.wrong is not None
    assert failed.value.wrong.what == "dx"
    assert failed.value.wrong.wrong.tolist() == [[False, True, False]] * 2
    with pytest.raises(CheckFailed) as failed:
        suite.expect_close(right.T, right, "dx")
    assert failed.value.wrong is None


def test_expect_unchanged() -> None:
    """An argument that was edited is named; NaN is equal to itself."""
    suite.expect_unchanged(np.array([np.nan]), np.array([np.nan]), "x")
    with pytest.raises(CheckFailed, match="your function changed `x`, an array it was given"):
        suite.expect_unchanged(np.ones(2), np.zeros(2), "x")


def test_expect_dtype() -> None:
    """Another dtype is named together with the one expected."""
    suite.expect_dtype(np.ones(2, np.float32), "float32")
    with pytest.raises(CheckFailed, match=re.escape("out has dtype float64, expected float32.")):
        suite.expect_dtype(np.ones(2), np.float32)


def _raise(error: Exception) -> None:
    raise error


def test_expect_raises() -> None:
    """The exception asked for passes; another one, or a result, is described; a fault of ours goes through."""
    suite.expect_raises("ValueError", _raise, CallFailed("`f` raised ValueError: no", "ValueError"))
    suite.expect_raises("ValueError", _raise, CallFailed("`f` raised NoSuchMode", "NoSuchMode", "ValueError"))
    with pytest.raises(CheckFailed, match=r"^a ValueError should be raised here\. Instead: `f` raised KeyError"):
        suite.expect_raises("ValueError", _raise, CallFailed("`f` raised KeyError: 'mode'", "KeyError"))
    with pytest.raises(CheckFailed, match=r"^a ValueError should be raised here, but a result was returned\.$"):
        suite.expect_raises("ValueError", max, 1, 2)
    with pytest.raises(ZeroDivisionError):
        suite.expect_raises("ValueError", _raise, ZeroDivisionError())


def test_vjp_is_the_exact_gradient() -> None:
    """The pulled-back gradient of each argument is exact, also where a finite difference would cancel."""
    x, w, dout = np.array([[1e4 + 1.0, 2.0]]), np.array([[3.0], [5.0]]), np.array([[7.0]])
    dx, dw = suite.vjp(anp.dot, x, w, dout=dout)
    np.testing.assert_array_equal(dx, dout @ w.T)
    np.testing.assert_array_equal(dw, x.T @ dout)


def test_gradients_are_kept_for_the_same_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function of the same numbers is pulled back once, and any other, given or closed over, anew."""
    monkeypatch.setattr(gradients, "_GRADIENTS", {})
    made = Mock(side_effect=anp.multiply)

    def gradient(by: dict[str, list[float]], x: float) -> float:
        (dx,) = suite.vjp(lambda x: made(by["factors"][0], x), np.array([x]), dout=np.ones(1))
        return float(dx[0])

    answers = [gradient({"factors": [by]}, x) for by, x in ((2.0, 1.0), (2.0, 1.0), (3.0, 1.0), (3.0, 5.0))]
    assert answers == [2.0, 2.0, 3.0, 3.0]
    assert made.call_count == 3
    with pytest.raises(ValueError, match="read-only"):
        suite.vjp(anp.sin, np.zeros(1), dout=np.ones(1))[0][0] = 1


def test_gradients_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded, and a question without a key is answered each time."""
    monkeypatch.setattr(gradients, "_GRADIENTS", {})
    monkeypatch.setattr(gradients, "MOST_GRADIENTS", 2)
    for x in (1.0, 2.0, 3.0):
        suite.vjp(lambda x: anp.sin(x), np.array([x]), dout=np.ones(1))
    assert len(gradients._GRADIENTS) == 1
    nameless = np.random.default_rng(0)
    (dx,) = suite.vjp(lambda x: x * nameless.integers(2, 3), np.ones(1), dout=np.ones(1))
    assert (dx[0], len(gradients._GRADIENTS)) == (2.0, 1)
