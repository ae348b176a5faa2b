"""The student as a suite sees them: calls that behave like local ones, checked for layout, and remembered."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
from zeromean.checking.layout import ANYTHING, Cache, alike, fits, misfits_in, structure_mismatch

from autograder.judge.reference import Effect, Namespace, Reference, SuiteError, observe, without_cache
from autograder.judge.values import copied, held_arrays, references_side, size_of, students_side
from autograder.sandbox import faults
from autograder.sandbox.arguments import turned
from autograder.sandbox.failure import StudentFailure
from autograder.suite.expectations import CallFailed, CheckFailed, Misfit
from autograder.suite.gradients import key_of

LARGEST_KEY = 1000  # numbers
MOST_KEPT = 32 << 20  # bytes that the calls of one check left behind


class Answers(Protocol):
    """Where a student's functions live; a call changes its arguments in place, as a local one would."""

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the student's function `name`; `StudentFailure` when that brings no result."""


class LocalSession:
    """Functions of this process in a student's place: the reference, its variants, and known misconceptions."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function `name` of the namespace; whatever it raises is a `StudentFailure`."""
        function = self._namespace.get(name)
        if not callable(function):
            raise StudentFailure.missing(name)
        given = [(array, array.shape, array.dtype) for array in _arrays(args, kwargs)]
        try:
            with np.errstate(all="ignore"):
                result = function(*args, **kwargs)
        except (Exception, SystemExit) as error:
            kinds, meant = tuple(faults.bases(error)), faults.on_purpose(error)
            raise StudentFailure.raised(name, type(error).__name__, str(error), kinds, meant) from error
        for array, shape, dtype in given:
            if array.shape != shape or array.dtype != dtype:  # a worker would not hand it back either
                raise StudentFailure.not_handed_over(name, turned(array, shape, dtype))
        return result


@dataclass
class Call:
    """One call of a student's function: what it was given, what it did, and what the reference did."""

    function: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    expected: Effect
    got: Effect

    @cached_property
    def key(self) -> Hashable:
        """What tells this call from one with other arguments; None if they are large, or have no key."""
        if sum(array.size for array in held_arrays((self.args,), self.kwargs)) > LARGEST_KEY:
            return None
        kwargs = {name: references_side(value) for name, value in self.kwargs.items()}
        try:
            return key_of((self.function, references_side(self.args), kwargs))
        except TypeError:
            return None


class Student:
    """The student's functions as attributes.

    Each call is also put to the reference, on a copy of the same arguments. A result that is laid out in another way
    (shape, number of values, kind of numbers) fails the check, so that a suite may unpack and index what it gets; where
    one of several values does not fit, only the checks that use it fail. The cache of a ``*_forward`` may be laid out
    in any way; what a suite receives stands for both the student's and the reference's.

    `calls` are kept for who asks what idea is behind them; those of a check that left too much behind are not.
    `own_caches` tells whether a suite got a cache that the student made; with ``trust_caches=False`` it gets the
    reference's in its place, and all else stays the same.
    """

    def __init__(self, session: Answers, reference: Reference, *, trust_caches: bool = True) -> None:
        self.calls: list[Call] = []
        self.own_caches = False
        self._kept = 0
        self._own_keys: set[Hashable] = set()  # that the student put into a dict, and the reference does not
        self._trust_caches = trust_caches
        self._session = session
        self._reference = reference

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self._reference.function(name)
        return partial(self._call, name)

    def with_trusted_caches(self) -> Student:
        """Return the same student, for whom every cache is the reference's."""
        return Student(self._session, self._reference, trust_caches=False)

    def forward_for_backward(self, name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Return the student's ``(out, cache)`` if their `out` is right, else the reference's; never fail.

        The arguments stay as they are.
        """
        expected = observe(self._reference.function(name), name, args, kwargs)
        if not expected.has_cache:
            raise SuiteError(f"forward_for_backward: `{name}` returns no (out, cache). Name a function that does.")
        trusted = (*expected.result[:-1], Cache(copied(expected.cache), expected.cache))
        try:
            result = self._session.call(name, *_for_student(copied(args), copied(kwargs)))
        except StudentFailure:
            return trusted
        got, cache = without_cache(name, result)
        return (*got[:-1], self._cache(cache, expected)) if alike(got, expected.result) else trusted

    def _cache(self, own: Any, expected: Effect) -> Cache:
        """Return what stands for a cache that the student made, or for the reference's if theirs is not to be used."""
        if not self._trust_caches:
            return Cache(copied(expected.cache), expected.cache)
        self.own_caches = True
        return Cache(own, expected.cache)

    def _call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            for part in (value, *value.values()) if type(value) is dict else (value,):
                if type(part) is Misfit:
                    part.fail()
        expected = observe(self._reference.function(name), name, args, kwargs)
        call = Call(name, copied(args), copied(kwargs), expected, Effect())
        self.calls.append(call)
        held = held_arrays(args, kwargs)
        try:
            result = self._session.call(name, *_for_student(args, kwargs))
        except StudentFailure as failure:
            kinds = (failure.exception, *failure.bases) if failure.exception else ()
            raised = kinds or (failure.kind,)
            self._keep(call, Effect(raised=raised, said=failure.sentence, on_purpose=failure.on_purpose))
            raise CallFailed(failure.sentence, *kinds) from None
        visible, cache = without_cache(name, result)
        self._keep(call, Effect(copied(visible), args=copied(args), kwargs=copied(kwargs), held=copied(held)))
        self._refuse_other_layout(call, visible, args, kwargs)
        if isinstance(expected.result, tuple):
            visible = self._with_misfits(name, visible, expected.result)
        if expected.has_cache:
            return (*visible[:-1], self._cache(cache, expected))
        return visible

    def _keep(self, call: Call, got: Effect) -> None:
        """Remember what a call did; once all calls are too large to keep, none is: a part of them could mislead."""
        call.got = got
        self._kept += size_of((got.result, got.args, got.kwargs, got.held))
        if self._kept > MOST_KEPT:
            self.calls.clear()

    def _refuse_other_layout(self, call: Call, result: Any, args: tuple[Any, ...], kwargs: Namespace) -> None:
        """Fail the check if the call returned something, or left something in its arguments, that has no place.

        Of a dict that it was given, only what has no place fails, and only the checks that look at it or hand it on.
        """
        name, expected = call.function, call.expected
        if expected.raised:
            raise CheckFailed(f"`{name}` should raise {expected.raised[0]} here, but it returned a result.")
        message = self._result_mismatch(name, result, expected.result)
        if message:
            raise CheckFailed(message)
        by_name = ((kwargs[key], expected.kwargs[key]) for key in kwargs)
        for mine, theirs in (*zip(args, expected.args, strict=True), *by_name):
            if type(mine) is dict and type(theirs) is dict:
                self._own_keys |= mine.keys() - theirs.keys()
        if fits(args, expected.args) and fits(kwargs, expected.kwargs):
            return
        parameters = [*inspect.signature(self._reference.function(name)).parameters]
        given = dict(zip(parameters, args, strict=False)) | kwargs
        wanted = dict(zip(parameters, expected.args, strict=False)) | expected.kwargs
        for parameter, value in given.items():
            if type(value) is dict and type(wanted[parameter]) is dict:
                left = misfits_in(value, wanted[parameter], parameter)
                value |= {k: Misfit(f"after `{name}`, {said}") for k, said in left.items() if k not in self._own_keys}
            elif message := structure_mismatch(value, wanted[parameter], parameter):
                raise CheckFailed(f"after `{name}`, {message}")

    def _result_mismatch(self, name: str, result: Any, expected: Any) -> str | None:
        if fits(result, expected):
            return None
        if result is None and expected is not None:
            return f"`{name}` returned None. Is its `return` missing?"
        names = self._reference.result_names(name)
        if type(expected) is not tuple:
            return structure_mismatch(result, expected, names[0] if len(names) == 1 else f"the result of `{name}`")
        count, named = len(expected), len(names) == len(expected)
        if not isinstance(result, (tuple, list)) or len(result) != count:
            wanted = f"{count} values ({', '.join(names)})" if named else f"{count} values"
            returned = len(result) if isinstance(result, (tuple, list)) else f"one{_of_type(result)}"
            return f"`{name}` should return {wanted}, but returned {returned}."
        return None

    def _with_misfits(self, name: str, result: Any, expected: tuple[Any, ...]) -> tuple[Any, ...]:
        """Put a `Misfit` in place of each of several returned values that is not laid out as it should be."""
        if fits(result, expected):
            return tuple(result)
        names, count = self._reference.result_names(name), len(expected)
        labels = names if len(names) == count else [f"value {number} of `{name}`" for number in range(1, count + 1)]
        wrong = [*map(structure_mismatch, result, expected, labels)]
        if sum(part is not ANYTHING for part in expected) == 1:
            raise CheckFailed(next(filter(None, wrong)))
        return tuple(Misfit(message) if message else part for part, message in zip(result, wrong, strict=True))


def _of_type(value: Any) -> str:
    """Name the type of one value in the place of several where it tells what went wrong: a coroutine, a dict."""
    kind = getattr(value, "type_name", "dict" if isinstance(value, dict) else "")
    return f" object of type {kind}" if kind else ""


def _arrays(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[np.ndarray]:
    """List all arrays among the arguments of a call, and inside them."""
    own = [value for value in (*args, *kwargs.values()) if type(value) is np.ndarray]
    return own + held_arrays(args, kwargs)


def _for_student(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return students_side(args), {key: students_side(value) for key, value in kwargs.items()}
