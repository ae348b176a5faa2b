"""A student's function behaves in a suite like a local one, and what it returns can be used without fear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.judge.judge import Judge
from autograder.judge.reference import Reference, SuiteError, exchanged
from autograder.judge.student import LocalSession, Student
from autograder.sandbox.failure import StudentFailure
from autograder.suite.expectations import CallFailed, CheckFailed, expect_close, expect_dtype, expect_unchanged

X, FACTOR = np.arange(6.0).reshape(2, 3), 2.0
SOURCE = """
import numpy as np

def norm(x):
    return float(np.sqrt((x ** 2).sum()))

def split(x):
    first, rest = x[:1], x[1:]
    return first, rest

def unnamed(x):
    return x + 1, x + 2

def history(steps, state=None):
    state["count"] = np.array(float(steps))
    return [1.0 / (step + 1) for step in range(steps)]
"""


def state() -> dict[str, Any]:
    """Return the state that a first call is given."""
    return {"mean": np.ones(3)}


@pytest.fixture
def scaled(judge: Judge) -> Callable[..., Student]:
    """Return a function that makes the student of `scale` with some of the functions exchanged."""

    def make(**functions: Callable[..., Any]) -> Student:
        return Student(LocalSession(exchanged(judge.namespace, functions)), judge.reference)

    return make


@pytest.fixture
def simple() -> Callable[..., Student]:
    """Return a function that makes a student of `SOURCE`, whose only function is a wrong one."""
    reference = Reference([SOURCE])

    def make(**functions: Callable[..., Any]) -> Student:
        return Student(LocalSession(exchanged(reference.namespace, functions)), reference)

    return make


def test_a_call_is_like_a_local_one(scaled: Callable[..., Student], judge: Judge) -> None:
    """Results, keywords and what happens to arguments are those of the function itself."""
    mine, theirs = state(), state()
    old = mine["mean"]
    out, cache = scaled().scale_forward(X, factor=FACTOR, state=mine)
    expected, _ = judge.reference.scale_forward(X, FACTOR, theirs)
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(mine["mean"], theirs["mean"])
    assert mine["mean"] is not old, "the function puts a new array in the dict"
    np.testing.assert_array_equal(old, np.ones(3))
    dx, count = scaled().scale_backward(dout=X, cache=cache)
    np.testing.assert_array_equal(dx, X * FACTOR)
    np.testing.assert_array_equal(count, X.sum(axis=0))


def test_calls_are_remembered_as_they_were(scaled: Callable[..., Student]) -> None:
    """A call keeps the arguments before and after, the result, and what the reference did, safe from later edits."""
    student, x, bag = scaled(), X.copy(), state()
    out, _ = student.scale_forward(x, FACTOR, bag)
    bag["mean"][:] = x[:] = out[:] = -1
    (call,) = student.calls
    np.testing.assert_array_equal(call.args[0], X)
    np.testing.assert_array_equal(call.args[2]["mean"], np.ones(3))
    for effect in (call.got, call.expected):
        np.testing.assert_array_equal(effect.result[0], X * FACTOR)
        np.testing.assert_array_equal(effect.args[2]["mean"], [1.25, 1.75, 2.25])
        np.testing.assert_array_equal(effect.held, [np.ones(3)])


def test_a_cache_of_any_layout_is_good(scaled: Callable[..., Student], judge: Judge) -> None:
    """The student's backward gets the student's cache, the reference's gets its own."""
    student = scaled(
        scale_forward=lambda x, factor, state: (factor * x, None),
        scale_backward=lambda dout, cache: (dout if cache is None else 1 / 0, dout.sum(axis=0)),
    )
    out, cache = student.scale_forward(X, FACTOR, state())
    np.testing.assert_array_equal(out, X * FACTOR)
    np.testing.assert_array_equal(student.scale_backward(X, cache)[0], X)
    np.testing.assert_array_equal(judge.reference.scale_backward(X, cache)[0], X * FACTOR)


def test_forward_for_backward_takes_a_right_forward(scaled: Callable[..., Student]) -> None:
    """The cache of the student's own forward is used when its `out` is right; arguments stay as they are."""
    student = scaled(scale_forward=lambda x, factor, state: [x * factor, "own"])
    bag = state()
    out, cache = student.forward_for_backward("scale_forward", X, FACTOR, state=bag)
    np.testing.assert_array_equal(out, X * FACTOR)
    assert (cache.student, cache.reference) == ("own", (FACTOR,))
    np.testing.assert_array_equal(bag["mean"], np.ones(3))
    assert student.calls == [], "what only prepares a check is no sign of a misconception"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, factor, state: (x + factor, "own"),
        lambda x, factor, state: (x.T * factor, "own"),
        lambda x, factor, state: x * factor,
        lambda x, factor, state: None,
        lambda x, factor, state: 1 / 0,
    ],
)
def test_forward_for_backward_replaces_a_wrong_forward(wrong: Any, scaled: Callable[..., Student]) -> None:
    """A wrong forward costs nothing in the backward check: the reference stands in."""
    out, cache = scaled(scale_forward=wrong).forward_for_backward("scale_forward", X, FACTOR, state())
    np.testing.assert_array_equal(out, X * FACTOR)
    assert cache.student == cache.reference == (FACTOR,)


def test_forward_for_backward_needs_a_cache(simple: Callable[..., Student]) -> None:
    """A suite that asks for the cache of a function without one is told so."""
    with pytest.raises(SuiteError, match=r"`norm` returns no \(out, cache\)\. Name a function that does\."):
        simple().forward_for_backward("norm", X)


def test_the_reference_has_the_same_interface(judge: Judge) -> None:
    """What a suite asks of the student it can ask of the reference."""
    out, cache = judge.reference.forward_for_backward("scale_forward", X, FACTOR, state())
    np.testing.assert_array_equal(out, X * FACTOR)
    assert cache == (FACTOR,)


FORWARD = [
    (lambda x, f, state: None, "`scale_forward` returned None. Is its `return` missing?"),
    (lambda x, f, state: x * f, "`scale_forward` should return 2 values (out, cache), but returned one."),
    (
        lambda x, f, state: {"out": x * f},
        "`scale_forward` should return 2 values (out, cache), but returned one object of type dict.",
    ),
    (lambda x, f, state: (x, f, state), "`scale_forward` should return 2 values (out, cache), but returned 3."),
    (lambda x, f, state: ((x * f).tolist(), f), "out is a list of 2, expected an array"),
    (lambda x, f, state: ((x * f)[0], f), "out has shape (3,), expected (2, 3)"),
    (lambda x, f, state: ((x * f).astype(object), f), "out holds something else than numbers"),
    (lambda x, f, state: (x.astype(int), f), "out holds integers (int64), expected floating-point numbers"),
]


@pytest.mark.parametrize(("wrong", "message"), FORWARD)
def test_another_layout_fails_the_check(wrong: Any, message: str, scaled: Callable[..., Student]) -> None:
    """What a suite could stumble over is refused with a sentence before the suite sees it."""
    with pytest.raises(CheckFailed) as failure:
        scaled(scale_forward=wrong).scale_forward(X, FACTOR, state=state())
    assert str(failure.value).startswith(message)


LEFT = [
    (lambda x, f, state: (state.clear(), (x, f))[1], "after `scale_forward`, state has no 'mean'; it has no keys"),
    (lambda x, f, state: (state.update(mean=x), (x, f))[1], "after `scale_forward`, state['mean'] has shape (2, 3)"),
]


@pytest.mark.parametrize(("wrong", "message"), LEFT)
def test_what_has_no_place_in_a_dict_fails_what_looks_at_it(
    wrong: Any, message: str, scaled: Callable[..., Student]
) -> None:
    """A key that is gone, or another shape, fails who asks for it and who hands it on; the result stays good."""
    student, left = scaled(scale_forward=wrong), state()
    out, _ = student.scale_forward(X, FACTOR, state=left)
    assert out.shape == X.shape
    for use in (
        lambda: expect_close(left["mean"], np.zeros(3)),
        lambda: expect_unchanged(left["mean"], np.zeros(3), "mean"),
        lambda: expect_dtype(left["mean"], float),
        lambda: student.scale_forward(X, FACTOR, state=left),
    ):
        with pytest.raises(CheckFailed) as failure:
            use()
        assert str(failure.value).startswith(message)


SIMPLE = [
    ("norm", (X,), lambda x: x, "the result of `norm` has shape (2, 3), expected a single number"),
    ("norm", (X,), lambda x: None, "`norm` returned None. Is its `return` missing?"),
    ("norm", (X,), lambda x: "3", "the result of `norm` is a str, expected a number"),
    ("split", (X,), lambda x: [x[:1]], "`split` should return 2 values (first, rest), but returned 1."),
    ("history", (3, {}), lambda n, state: [1.0], "the result of `history` has 1 part, expected 3"),
    ("history", (3, {}), lambda n, state: [1.0, 2.0, None], "the result of `history`[2] is None, expected a number"),
]


@pytest.mark.parametrize(("name", "args", "wrong", "message"), SIMPLE)
def test_layouts_of_other_results(
    name: str, args: Any, wrong: Any, message: str, simple: Callable[..., Student]
) -> None:
    """Numbers, named and unnamed tuples, and lists have sentences of their own."""
    with pytest.raises(CheckFailed) as failure:
        getattr(simple(**{name: wrong}), name)(*args)
    assert str(failure.value) == message


USES: list[Callable[[Any], Any]] = [
    lambda part: part + 1,
    lambda part: 2 * part,
    lambda part: part[0],
    lambda part: part.shape,
    lambda part: np.asarray(part),
    lambda part: np.ones(3) * part,
    lambda part: expect_close(part, np.ones(3)),
]


@pytest.mark.parametrize("use", USES)
def test_one_of_several_values_spoils_only_the_checks_that_use_it(
    use: Callable[[Any], Any], simple: Callable[..., Student]
) -> None:
    """A value of the wrong shape fails whoever touches it, with the sentence; its neighbours are as good as ever."""
    first, rest = simple(split=lambda x: (x, x[1:])).split(X)
    np.testing.assert_array_equal(rest, X[1:])
    with pytest.raises(CheckFailed, match=r"first has shape \(2, 3\), expected \(1, 3\)"):
        use(first)


def test_a_spoilt_value_cannot_be_handed_back(simple: Callable[..., Student]) -> None:
    """A call with a value that does not fit fails before it is made."""
    student = simple(unnamed=lambda x: (x, x[0]))
    _, second = student.unnamed(X)
    with pytest.raises(CheckFailed, match="value 2 of `unnamed` has shape"):
        student.norm(second)


def test_numbers_may_come_as_any_number(simple: Callable[..., Student]) -> None:
    """NaN, an integer or a 0-d array in place of a float is a matter of values."""
    for value in (np.nan, 3, np.array(3.0), np.float32(3)):
        assert simple(norm=lambda x, value=value: value).norm(X) is value


def raising(error: BaseException) -> Callable[..., Any]:
    """Return a function that only raises."""

    def function(*args: Any, **kwargs: Any) -> Any:
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "message", "exception"),
    [
        (NotImplementedError(), "`scale_forward` is not written yet.", "NotImplementedError"),
        (KeyError("mode"), "`scale_forward` raised KeyError: 'mode'", "KeyError"),
        (ZeroDivisionError(), "`scale_forward` raised ZeroDivisionError", "ZeroDivisionError"),
        (SystemExit(0), "`scale_forward` raised SystemExit: 0", "SystemExit"),
        (ValueError("long " * 100), "`scale_forward` raised ValueError: " + "long " * 80 + " ...", "ValueError"),
    ],
)
def test_what_the_code_raises_fails_the_check(
    error: BaseException, message: str, exception: str, scaled: Callable[..., Student]
) -> None:
    """The student reads what their code raised, and the suite can ask for its type."""
    with pytest.raises(CallFailed) as failure:
        scaled(scale_forward=raising(error)).scale_forward(X, FACTOR, state())
    assert str(failure.value) == message
    assert failure.value.exceptions[0] == exception
    assert "BaseException" in failure.value.exceptions


def test_a_missing_function_fails_the_check(judge: Judge) -> None:
    """A function that the submission does not define has its own sentence, and no exception type."""
    with pytest.raises(CallFailed) as failure:
        Student(LocalSession({}), judge.reference).scale_forward(X, FACTOR, state())
    assert str(failure.value) == "`scale_forward` is not defined. Did its cell run without an error?"
    assert failure.value.exceptions == ()


def test_what_the_student_keeps_in_a_dict_may_grow(scaled: Callable[..., Student], judge: Judge) -> None:
    """A key of the student's own is theirs: a list that is longer after each call is in nobody's way."""

    def diary(x: Any, factor: Any, state: Any) -> Any:
        state["seen"] = [*state.get("seen", []), x.shape]
        return judge.reference.scale_forward(x, factor, state)

    student, kept = scaled(scale_forward=diary), state()
    for _ in range(3):
        student.scale_forward(X, FACTOR, state=kept)
    assert len(kept["seen"]) == 3


def test_an_array_that_is_turned_in_place_fails_as_in_a_worker(scaled: Callable[..., Student]) -> None:
    """A function that reshapes what it was given is told so by its own process as by another."""

    def flattening(x: Any, factor: Any, state: Any) -> None:
        x.shape = (x.size,)

    with pytest.raises(CallFailed, match=r"was turned in place into shape \(6,\) and dtype float64"):
        scaled(scale_forward=flattening).scale_forward(X.copy(), FACTOR, state())


def test_any_other_failure_of_a_session_fails_the_check(judge: Judge) -> None:
    """A timeout, or a worker that is gone, is the student's failure, and is remembered as what it was."""

    class Slow:
        def call(self, name: str, args: Any, kwargs: Any) -> Any:
            raise StudentFailure("`scale_forward` took longer than 3 s.", "timeout")

    student = Student(Slow(), judge.reference)
    with pytest.raises(CallFailed, match=r"^`scale_forward` took longer than 3 s\.$"):
        student.scale_forward(X, FACTOR, state())
    assert student.calls[0].got.raised == ("timeout",)


def test_a_result_in_place_of_an_exception_fails_the_check(scaled: Callable[..., Student]) -> None:
    """Where the reference refuses its arguments, so must the student."""
    lenient = scaled(scale_forward=lambda x, factor, state: (x, None))
    with pytest.raises(CheckFailed, match="`scale_forward` should raise ValueError here, but it returned a result"):
        lenient.scale_forward(X, 0, state())


def test_a_name_that_the_reference_lacks_is_our_fault(scaled: Callable[..., Student]) -> None:
    """A misspelt name in a suite is an error of the suite, and lists the names there are."""
    with pytest.raises(AttributeError, match=r"no function 'scale_foward'. It has: scale_backward, scale_forward, sh"):
        scaled().scale_foward(X)


def test_numpys_error_state_is_ours(scaled: Callable[..., Student]) -> None:
    """A function that changes how NumPy reports errors changes it for itself alone."""

    def meddles(dout: Any, cache: Any) -> Any:
        np.seterr(all="raise")
        return dout, dout[0]

    before = np.geterr()
    scaled(scale_backward=meddles).scale_backward(X, (FACTOR,))
    assert np.geterr() == before
