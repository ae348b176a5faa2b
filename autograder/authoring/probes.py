"""Records the visible checks of an assignment as data, so that ``check(f)`` needs no code of ours.

Each visible check is run once with the reference through a student that remembers every call. What is shipped are
inputs, results and fingerprints of misconceptions; a check's own comparisons become "equal to the reference".
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from zeromean import probes
from zeromean.probes import CACHE_OF, FORMAT, DataError, Step, difference_of_prints, encode, fingerprint, raised_print

from autograder.judge.collect import Suite, SuiteCheck
from autograder.judge.judge import Judge, fixtures, undisturbed
from autograder.judge.reference import Effect, Reference, SuiteError, exchanged, observe
from autograder.judge.student import Call, LocalSession, Student
from autograder.judge.values import ANYTHING, Cache
from autograder.suite import CheckFailed

# What another processor rounds differently must not change the file, and is far below what a student is allowed.
_BITS = {"f8": (30, 40), "f4": (16, 20), "f2": (8, 10)}


@dataclass(frozen=True)
class _Recorded:
    """A step as data, and the call behind it, which misconceptions make again."""

    step: Step
    call: Call


class _Recorder(Student):
    """The reference in a student's place; remembers every call, and which argument came from which result."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(LocalSession(judge.reference.namespace), judge.reference)
        self.recorded: list[_Recorded] = []
        self._trusted = judge.reference
        self._caches: list[tuple[int, Cache]] = []

    def forward_for_backward(self, name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        expected = observe(self._trusted.function(name), name, args, kwargs)
        result = super().forward_for_backward(name, *args, **kwargs)
        self._remember(Call(name, args, kwargs, expected, expected), result, only_prepares=True)
        return result

    def _call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        try:
            result = super()._call(name, *args, **kwargs)
        except CheckFailed:
            self._remember(self.calls[-1], None)
            raise
        self._remember(self.calls[-1], result)
        return result

    def _remember(self, call: Call, result: Any, *, only_prepares: bool = False) -> None:
        if isinstance(result, tuple) and result and type(result[-1]) is Cache:
            self._caches.append((len(self.recorded), result[-1]))
        step = self._step(call)
        self.recorded.append(_Recorded(replace(step, only_prepares=only_prepares), call))

    def _step(self, call: Call) -> Step:
        function = self._trusted.function(call.function)
        inputs = {name: self._encode(value) for name, value in _named(function, call.args, call.kwargs).items()}
        positional, effect = len(call.args), call.expected
        if effect.raised:
            return Step(call.function, inputs, positional, raises=effect.raised)
        left = {
            name: None if type(value) is Cache else _left(inputs[name], after)
            for (name, value), after in zip(
                _named(function, call.args, call.kwargs).items(),
                _named(function, effect.args, effect.kwargs).values(),
                strict=True,
            )
        }
        result, has_cache = _whole(effect)
        names = _result_names(self._trusted, call.function, result)
        return Step(call.function, inputs, positional, names, encode(_steady(result)), left, "", has_cache)

    def _encode(self, value: Any) -> Any:
        """Encode an argument; the cache of an earlier step becomes a reference to it."""
        if type(value) is Cache:
            return {CACHE_OF: next(step for step, cache in self._caches if cache is value)}
        return encode(value)


def record(judge: Judge) -> dict[str, Any]:
    """Return the visible checks of all exercises as JSON data, the same at every build.

    SuiteError names a visible check that data cannot express.
    """
    return {"format": FORMAT, "exercises": [_exercise(judge, suite) for suite in judge.suites]}


def write(judge: Judge, path: Path) -> None:
    """Write `record` to a file."""
    path.write_text(json.dumps(record(judge), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _exercise(judge: Judge, suite: Suite) -> dict[str, Any]:
    visible = [check for check in suite.checks if check.mark.visible]
    runs = [_run(judge, check) for check in visible]
    names = [check.name for check in visible]
    checks = [
        probes.Check(
            check.sentence,
            check.mark.weight,
            tuple(recorded.step for recorded in run),
            names.index(check.mark.after) if check.mark.after in names else None,
        )
        for check, run in zip(visible, runs, strict=True)
    ]
    functions = {
        name: [_parameter(p) for p in inspect.signature(judge.reference.function(name)).parameters.values()]
        for name in suite.functions
    }
    mistakes = _mistakes(judge, suite, runs)
    return {
        "name": suite.exercise,
        "functions": functions,
        "checks": [asdict(check) for check in checks],
        "mistakes": mistakes,
    }


def _run(judge: Judge, check: SuiteCheck) -> list[_Recorded]:
    """Run one visible check with the reference; return its steps, and at what in each of them it looks."""
    recorder = _Recorder(judge)
    try:
        _try(judge, check, recorder)
    except CheckFailed as failure:
        raise SuiteError(f"{check.name} fails with the reference: {failure} Mend the check.") from failure
    except DataError as error:
        raise SuiteError(
            f"{check.name} is visible, but data cannot express it: {error}. Give the student's functions arrays, "
            "numbers, strings, and tuples, lists or dicts of these, or take visible=True away."
        ) from error
    run = [
        replace(recorded, step=_looked_at(judge, check, position, recorded.step))
        for position, recorded in enumerate(recorder.recorded)
    ]
    if not any(r.step.raises or r.step.left or (r.step.parts and not r.step.only_prepares) for r in run):
        raise SuiteError(
            f"{check.name} is visible, but passes whatever the student's functions return. Compare what they return "
            "with the reference, or take visible=True away."
        )
    return run


def _try(judge: Judge, check: SuiteCheck, student: Student) -> None:
    with undisturbed():
        check.function(**fixtures(check.name, check.fixtures, student, judge.reference, 0))


def _looked_at(judge: Judge, check: SuiteCheck, position: int, step: Step) -> Step:
    """Find at which parts of a call a check looks: at those that cannot be disturbed without its notice."""
    if step.raises:
        return step
    parts = tuple(range(len(step.returns) - step.has_cache))
    if step.only_prepares:
        return replace(step, parts=parts)

    def noticed(piece: Piece) -> bool:
        try:
            _try(judge, check, Student(_Disturbed(judge.reference.namespace, position, piece), judge.reference))
        except CheckFailed:
            return True
        return False

    left = [(name, key) for name, data in step.after.items() for key in _keys(data)]
    names = list(step.after)
    return replace(
        step,
        parts=tuple(part for part in parts if noticed((None, part))),
        left=tuple((name, key) for name, key in left if noticed((names.index(name), key))),
    )


Piece = tuple[int | None, Any]


class _Disturbed(LocalSession):
    """The reference, but one piece of one call is wrong: part `key` of the result, or `key` of an argument."""

    def __init__(self, namespace: dict[str, Any], position: int, piece: Piece) -> None:
        super().__init__(namespace)
        self._countdown, self._piece = position, piece

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = super().call(name, args, kwargs)
        self._countdown -= 1
        if self._countdown != -1:
            return result
        argument, key = self._piece
        if argument is None:
            return _with_part(result, key)
        target = [*args, *kwargs.values()][argument]
        if key is not None:
            target[key] = _disturbed(target[key])
        else:
            target[...] = _disturbed(target)
        return result


def _keys(data: Any) -> list[Any]:
    """Return the pieces of an argument that a call can change: an array as a whole (None), a dict by its keys."""
    if not isinstance(data, dict):
        return []
    return [key for key, _ in data["dict"]] if "dict" in data else [None] if data.get("shape") else []


def _with_part(result: Any, part: int) -> Any:
    if not isinstance(result, tuple):
        return _disturbed(result)
    return tuple(_disturbed(value) if i == part else value for i, value in enumerate(result))


def _disturbed(value: Any) -> Any:
    """Return a value of the same layout that nobody can take for the same."""
    if isinstance(value, (tuple, list)):
        return type(value)(_disturbed(item) for item in value)
    if isinstance(value, dict):
        return {key: _disturbed(item) for key, item in value.items()}
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, (bool, np.bool_)) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
        return np.logical_not(value)
    if isinstance(value, (int, np.integer)):
        return value + 1
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind in "fiu"):
        wave = 1 + np.sin(np.arange(np.size(value)).reshape(np.shape(value)))
        return (np.nan_to_num(value) * 1.5 + 1 + wave).astype(np.asarray(value).dtype)[()]
    return value


def _mistakes(judge: Judge, suite: Suite, runs: Sequence[Sequence[_Recorded]]) -> list[dict[str, Any]]:
    """Return the hint and the fingerprints of every misconception that shows on the visible calls."""
    found = []
    for misconception in suite.misconceptions:
        namespace = exchanged(judge.reference.namespace, misconception.functions)
        prints = [
            [check, step, _print(namespace, run[step])]
            for check, run in enumerate(runs)
            for step in _relevant(run, set(misconception.functions))
        ]
        if any(shown is not None for _, _, shown in prints):
            found.append({"hint": misconception.hint, "prints": prints})
    return found


def _relevant(run: Sequence[_Recorded], functions: set[str]) -> list[int]:
    """Return the steps by which a misconception is recognised, as the judge chooses them."""
    calls = [i for i, recorded in enumerate(run) if not recorded.step.only_prepares]
    return [i for i in calls if run[i].step.function in functions] or calls


def _print(namespace: dict[str, Any], recorded: _Recorded) -> Any:
    """Return the fingerprint of a call made with a misconception, or None where it does what is right."""
    step, call = recorded.step, recorded.call
    function = namespace[step.function]
    with undisturbed():
        effect = observe(function, step.function, call.args, call.kwargs)
    if effect.raised:
        shown = raised_print(effect.raised)
    else:
        left = dict(zip(step.inputs, [*effect.args, *effect.kwargs.values()], strict=True))
        shown = fingerprint(step.seen(_whole(effect)[0], left))
    return difference_of_prints(shown, step.right_print())


def _whole(effect: Effect) -> tuple[Any, bool]:
    """Put a result and its cache together again, and say whether it has one."""
    result = effect.result
    if isinstance(result, tuple) and result and result[-1] is ANYTHING:
        return (*result[:-1], effect.cache), True
    return result, False


def _named(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by parameter: those without a name first."""
    names = list(inspect.signature(function).parameters)
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _parameter(parameter: inspect.Parameter) -> str:
    return str(parameter.replace(annotation=inspect.Parameter.empty))


def _left(before: Any, after: Any) -> Any:
    """Encode what a call left in an argument: exactly when it is what was given."""
    encoded = encode(after)
    return encoded if encoded == before else encode(_steady(after))


def _result_names(reference: Reference, function: str, result: Any) -> tuple[str, ...]:
    """Return the names of the parts of a result: as documented, or else as in the code."""
    count = len(result) if isinstance(result, tuple) else 1
    for names in (documented_results(reference.function(function)), reference.result_names(function)):
        if len(names) == count:
            return names
    return ("the result",) if count == 1 else tuple(f"result {i + 1}" for i in range(count))


def documented_results(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names in the "Returns" section of a numpydoc docstring, in order."""
    text = inspect.getdoc(function) or ""
    section = re.search(r"^Returns\n-+\n(.*?)(?=^\w[^\n]*\n---|\Z)", text, re.DOTALL | re.MULTILINE)
    entries = re.findall(r"^(\w+(?:, *\w+)*) *:", section[1] if section else "", re.MULTILINE)
    return tuple(name.strip() for entry in entries for name in entry.split(","))


def _steady(value: Any) -> Any:
    """Drop the last bits of every float in a result."""
    if isinstance(value, (tuple, list)):
        return type(value)(_steady(item) for item in value)
    if isinstance(value, dict):
        return {key: _steady(item) for key, item in value.items()}
    if isinstance(value, float) and not isinstance(value, np.floating):
        return float(_steady(np.float64(value)))
    if not isinstance(value, (np.ndarray, np.floating)) or value.dtype.kind != "f":
        return value
    relative, absolute = _BITS[value.dtype.str[1:]]
    with np.errstate(all="ignore"):
        mantissa, exponent = np.frexp(np.rint(np.ldexp(value, absolute)) / 2.0**absolute)
        rounded = np.ldexp(np.rint(mantissa * 2.0**relative) / 2.0**relative, exponent).astype(value.dtype)
    return np.where(np.isfinite(value) & np.isfinite(rounded), rounded, value)[()]
