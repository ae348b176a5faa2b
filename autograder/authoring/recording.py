"""Remembers what a visible check does with the reference: its calls, and the questions that it asks about them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from zeromean.checking.encoding import DataError, encode
from zeromean.checking.handing import CACHE_PART, cache_of, handed_on, source_of
from zeromean.checking.layout import Cache
from zeromean.checking.probes import Look, Piece, Probe

from autograder.judge.reference import Effect, Reference, documented_results, observe
from autograder.judge.student import Call, LocalSession, Student
from autograder.suite.expectations import CheckFailed
from autograder.suite.listening import Question

# What another processor rounds differently must not change the file; 40 bits are a thousandth of a check's tolerance.
_BITS = {"f8": (40, 40), "f4": (18, 20), "f2": (8, 10)}
_OBJECTS = (np.ndarray, dict, list, np.random.Generator)


@dataclass
class _Live:
    """The objects of one call as the suite holds them, and what they were when the call was over."""

    arguments: dict[str, Any]
    held: dict[str, dict[Any, Any]]
    left: dict[str, Any]
    returned: Any = None
    parts: list[Any] = field(default_factory=list)
    gave: list[Any] = field(default_factory=list)
    cache: Any = None


class Recorder(Student):
    """The reference in a student's place; remembers every call, every question, and where each argument came from."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(LocalSession(reference.namespace), reference)
        self.probes: list[Probe] = []
        self.looks: list[Look] = []
        self._trusted = reference
        self._live: list[_Live] = []
        self._awaited = ""
        self._held: dict[str, dict[Any, Any]] = {}

    def hear(self, question: Question) -> None:
        """Write down a question that the check asks, and about which pieces of what came back."""
        if question.comparison == "raises":
            self._awaited = question.expected
            return
        handed = self._handed_over(question.got) if question.comparison == "unchanged" else []
        for pieces in handed or [self._pieces(question)]:
            self.looks.append(self._look(question, pieces))

    def _look(self, question: Question, pieces: tuple[Piece, ...]) -> Look:
        if question.comparison == "serves":
            self._ship_cache(pieces[0].call, question.got)
        look = Look(
            question.comparison,
            pieces,
            len(self._live) - 1,
            question.what,
            options={name: encode(value) for name, value in question.options.items()},
        )
        as_given = question.comparison in ("unchanged", "drawn_from") and self._was_given(pieces[0], question.expected)
        return replace(look, as_given=True) if as_given else replace(look, expected=encode(steady(question.expected)))

    def forward_for_backward(self, name: str, /, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Do what a student's proxy does, and remember that the call only prepares another."""
        inputs = self._inputs(name, args, kwargs)
        expected = observe(self._trusted.function(name), name, args, kwargs)
        result = super().forward_for_backward(name, *args, **kwargs)
        self._remember(Call(name, args, kwargs, expected, expected), inputs, result, only_prepares=True)
        return result

    def _call(self, name: str, /, *args: Any, **kwargs: Any) -> Any:
        inputs = self._inputs(name, args, kwargs)
        result: Any = None
        try:
            result = super()._call(name, *args, **kwargs)
        except CheckFailed:
            self._remember(replace(self.calls[-1], args=args, kwargs=kwargs), inputs, None)
            raise
        self._remember(replace(self.calls[-1], args=args, kwargs=kwargs), inputs, result)
        return result

    def _remember(self, call: Call, inputs: dict[str, Any], result: Any, *, only_prepares: bool = False) -> None:
        arguments, effect = self._named(call.function, call.args, call.kwargs), call.expected
        objects = {name: value for name, value in arguments.items() if type(value) is not Cache}
        left = {name: encode(value, layout_only=True) for name, value in objects.items()}
        probe = Probe(call.function, inputs, len(call.args), left=left, only_prepares=only_prepares)
        live = _Live(arguments, self._held, {name: _written(value) for name, value in objects.items()}, result)
        if effect.raised:
            probe = replace(probe, raises=self._awaited or effect.raised[0])
        else:
            live.parts, live.cache = _apart(result, effect)
            live.gave = [_written(part) for part in live.parts]
            probe = self._with_result(probe, live, effect)
        self._awaited = ""
        self._live.append(live)
        self.probes.append(probe)

    def _with_result(self, probe: Probe, live: _Live, effect: Effect) -> Probe:
        whole = tuple(live.parts) if isinstance(effect.result, tuple) else live.parts[0]
        result = encode(steady(whole)) if probe.only_prepares else encode(whole, layout_only=True)
        names = _result_names(self._trusted, probe.function, len(live.parts) + effect.has_cache)
        kept = tuple(
            name
            for name, value in live.arguments.items()
            if isinstance(value, np.ndarray) and live.left[name] == probe.inputs[name]
        )
        return replace(probe, result=result, returns=names, kept=kept, has_cache=effect.has_cache)

    def _named(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by parameter: those without a name first."""
        names = list(inspect.signature(self._trusted.function(function)).parameters)
        return {**dict(zip(names, args, strict=False)), **kwargs}

    def _inputs(self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        arguments = self._named(function, args, kwargs)
        self._held = {name: dict(value) for name, value in arguments.items() if isinstance(value, dict)}
        return {name: self._input(value) for name, value in arguments.items()}

    def _input(self, value: Any) -> Any:
        """Write down an argument: as it is, or as where it came from."""
        if type(value) is Cache:
            position = next(i for i, live in enumerate(self._live) if live.cache is value)
            self._ship_cache(position, value)
            return cache_of(position)
        for position in reversed(range(len(self._live) if isinstance(value, _OBJECTS) else 0)):
            live = self._live[position]
            for name, thing in live.arguments.items():
                if thing is value:
                    kept = name in self.probes[position].kept  # as good as new, or else the check notices
                    return encode(value) if kept else _handed(position, name, None, live.left[name], value)
            for part, thing in enumerate(live.parts):
                if thing is value:
                    return _handed(position, "", part, live.gave[part], value)
        return encode(value)

    def _ship_cache(self, position: int, cache: Cache) -> None:
        self.probes[position] = replace(self.probes[position], cache=encode(steady(cache.reference)))

    def _pieces(self, question: Question) -> tuple[Piece, ...]:
        """Find out about which pieces a question is asked."""
        asked = question.got
        for position, live in enumerate(self._live):
            if isinstance(asked, tuple) and asked is live.returned:
                return tuple(Piece(position, "", part) for part in range(len(live.parts)))
        found = [self._piece(thing) for thing in (asked if isinstance(asked, tuple) else (asked,))]
        pieces = tuple(piece for piece in found if piece is not None)
        if question.comparison == "condition" or not pieces or len(pieces) < len(found):
            said = f"it asks {question.what!r} of" if question.comparison == "condition" else "it looks at"
            raise DataError(
                f"{said} something that was computed from what came back, which `check(f)` cannot do. Ask about the "
                "results and arguments themselves, with expect_close or an expect_... of autograder/suite/properties.py"
            )
        return pieces

    def _piece(self, thing: Any) -> Piece | None:
        for position in reversed(range(len(self._live))):
            for argument, key, value in _within(self._live[position]):
                if value is thing:
                    return Piece(position, argument, key)
        return None

    def _handed_over(self, thing: Any) -> list[tuple[Piece, ...]]:
        """Find every call that was handed a thing, by itself or in a dict, and may have changed it."""
        found: list[tuple[Piece, ...]] = []
        for position, (live, probe) in enumerate(zip(self._live, self.probes, strict=True)):
            if not probe.only_prepares:
                held = [(name, key, value) for name, items in live.held.items() for key, value in items.items()]
                found += [(Piece(position, name, key, True),) for name, key, value in held if value is thing]
                found += [(Piece(position, name, None),) for name, value in live.arguments.items() if value is thing]
        return found

    def _was_given(self, piece: Piece, expected: Any) -> bool:
        """Whether a piece is compared with what it was before the call, which the data holds already."""
        if piece.given:  # and the reference left it alone
            return bool(_written(self._live[piece.call].held[piece.argument][piece.key]) == encode(expected))
        data = self.probes[piece.call].inputs.get(piece.argument)
        if not piece.argument or source_of(data) is not None:
            return False
        if piece.key is not None and data is not None:
            data = next((item for key, item in data["dict"] if key == encode(piece.key)), None)
        return bool(data == encode(expected))


def _within(live: _Live) -> Iterator[tuple[str, Any, Any]]:
    """Yield every piece of a call: the parts of its result, its arguments, and what is in dicts among these."""
    for part, value in enumerate(live.parts):
        yield "", part, value
    if live.cache is not None:
        yield "", CACHE_PART, live.cache
    for name, value in live.arguments.items():
        yield name, None, value
        if isinstance(value, dict):
            for key, item in value.items():
                yield name, key, item


def _apart(result: Any, effect: Effect) -> tuple[list[Any], Any]:
    """Return the parts of a result without its cache, and the cache."""
    if not isinstance(effect.result, tuple):
        return [result], None
    parts = list(result)
    return (parts[:-1], parts[-1]) if effect.has_cache else (parts, None)


def _handed(call: int, argument: str, key: Any, before: Any, value: Any) -> Any:
    """Write down where an argument came from; what the suite did to a dict in between goes with it."""
    now = encode(value)
    if now == before:
        return handed_on(call, argument, key)
    if not isinstance(value, dict) or before is None:
        return now
    old, new = ({repr(name): (name, item) for name, item in data} for data in (before["dict"], now["dict"]))
    but = [[name, item] for name, item in now["dict"] if old.get(repr(name), (None, None))[1] != item]
    without = [name for known, (name, _) in old.items() if known not in new]
    return handed_on(call, argument, key, but, without)


def _written(value: Any) -> Any:
    """Encode a value to tell whether it changed; None if that cannot be."""
    try:
        return encode(value)
    except DataError:
        return None


def _result_names(reference: Reference, function: str, count: int) -> tuple[str, ...]:
    """Return the names of the parts of a result: as documented, or else as in the code."""
    for names in (documented_results(reference.function(function)), reference.result_names(function)):
        if len(names) == count:
            return names
    return ("the result",) if count == 1 else tuple(f"result {i + 1}" for i in range(count))


def steady(value: Any) -> Any:
    """Drop the last bits of every float, so that the file does not depend on the machine that built it."""
    if isinstance(value, (tuple, list)):
        return type(value)(steady(item) for item in value)
    if isinstance(value, dict):
        return {key: steady(item) for key, item in value.items()}
    if isinstance(value, float) and not isinstance(value, np.floating):
        return float(steady(np.float64(value)))
    if not isinstance(value, (np.ndarray, np.floating)) or value.dtype.kind != "f":
        return value
    relative, absolute = _BITS[value.dtype.str[1:]]
    with np.errstate(all="ignore"):
        mantissa, exponent = np.frexp(np.rint(np.ldexp(value, absolute)) / 2.0**absolute)
        rounded = np.ldexp(np.rint(mantissa * 2.0**relative) / 2.0**relative, exponent).astype(value.dtype)
    return np.where(np.isfinite(value) & np.isfinite(rounded), rounded, value)[()]


def varies(one: list[Probe], other: list[Probe]) -> Callable[[int], bool]:
    """Return whether call `i` of a check is given other values with another seed."""
    differs: list[bool] = []
    for mine, theirs in zip(one, other, strict=True):
        fresh = any(theirs.inputs.get(name) != data for name, data in mine.inputs.items() if source_of(data) is None)
        handed = [source_of(data) for data in mine.inputs.values()]
        differs.append(fresh or any(differs[source] for source in handed if source is not None))
    return lambda call: differs[call]
