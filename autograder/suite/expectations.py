"""What a check expects of what came back, and how it fails: in a sentence that the student reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from zeromean.checking import comparisons
from zeromean.checking.compare import Wrong, first_wrong
from zeromean.checking.comparisons import TOLERANCE

from autograder.suite.listening import tell


class CheckFailed(Exception):  # noqa: N818 - an outcome of grading, not an error of ours
    """What the student returned is not what was asked for; the message is read by the student.

    `wrong` is the array that is, if it is one: what it has in common with the right one, the judge says.
    """

    def __init__(self, message: str = "", wrong: Wrong | None = None) -> None:
        super().__init__(message)
        self.wrong = wrong


class WrongCache(CheckFailed):
    """What a forward pass keeps for its backward pass is of no use: the one fault that is the cache's own."""


class CallFailed(CheckFailed):
    """A call of the student's function brought no result; `exceptions` names what it raised, and that type's bases."""

    def __init__(self, message: str, *exceptions: str) -> None:
        super().__init__(message)
        self.exceptions = exceptions


class Misfit:
    """Stands for one of several returned values that has the wrong shape or type.

    Whatever a check does with it fails that check, with the sentence; checks that need only the other values go on.
    """

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def fail(self, *_: Any, **__: Any) -> Any:
        """Fail the check."""
        raise CheckFailed(self._sentence)

    def __getattr__(self, name: str) -> Any:
        return self.fail()


for _used in ("array", "getitem", "len", "iter", "float", "bool", "neg", "abs", "eq", "lt", "gt"):
    setattr(Misfit, f"__{_used}__", Misfit.fail)
for _used in ("add", "sub", "mul", "truediv", "pow", "matmul"):
    setattr(Misfit, f"__{_used}__", Misfit.fail)
    setattr(Misfit, f"__r{_used}__", Misfit.fail)


def expect(condition: bool, message: str) -> None:
    """Fail the check with `message` unless `condition` holds; a visible check cannot ask so, see `properties`."""
    tell("condition", None, None, message)
    if not condition:
        raise CheckFailed(message)


def expect_close(
    got: Any, expected: Any, what: str = "out", *, rtol: float = TOLERANCE, atol: float = TOLERANCE
) -> None:
    """Fail unless `got` has the shape of `expected` and every entry within ``atol + rtol*|expected|``."""
    tell("close", got, expected, what, rtol=rtol, atol=atol)
    if isinstance(got, Misfit):
        got.fail()
    if message := comparisons.close(got, expected, what, rtol=rtol, atol=atol):
        raise CheckFailed(message, first_wrong(got, expected, what, rtol=rtol, atol=atol))


def expect_unchanged(now: Any, before: np.ndarray, what: str) -> None:
    """Fail if an array that was handed to the student's function is no longer what it was."""
    tell("unchanged", now, before, what)
    if isinstance(now, Misfit):
        now.fail()
    if message := comparisons.unchanged(now, before, what):
        raise CheckFailed(message)


@contextmanager
def unchanged(**arrays: np.ndarray) -> Iterator[None]:
    """Fail if one of the arrays, each known by its name, is another after the block than before."""
    before = {name: array.copy() for name, array in arrays.items()}
    yield
    for name, array in arrays.items():
        expect_unchanged(array, before[name], name)


def expect_dtype(got: Any, dtype: Any, what: str = "out", *, unless: np.ndarray | None = None) -> None:
    """Fail unless the array `got` has the dtype asked for, or still holds the values `unless` that it had before."""
    options = {"dtype": np.dtype(dtype).name} | ({} if unless is None else {"unless": unless})
    tell("of_dtype", got, None, what, **options)
    if isinstance(got, Misfit):
        got.fail()
    if message := comparisons.of_dtype(got, None, what, **options):
        raise CheckFailed(message)


def expect_key(left: dict[Any, Any], key: Any, what: str = "the dict that was given") -> None:
    """Fail if a dict that was handed over has no such key after the call."""
    tell("has_key", left, None, what, key=key)
    if message := comparisons.has_key(left, None, what, key=key):
        raise CheckFailed(f"{message}.")


def expect_raises(exception: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless ``call(*args, **kwargs)`` raises a type named `exception`, such as "ValueError", or a kind of it."""
    tell("raises", None, exception, "")
    try:
        call(*args, **kwargs)
    except CallFailed as failure:
        if exception not in failure.exceptions:
            raise CheckFailed(f"a {exception} should be raised here. Instead: {failure}") from None
    else:
        raise CheckFailed(f"a {exception} should be raised here, but a result was returned.")
