"""Finds at what a check looks: it must notice when a piece of what the reference does is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from zeromean.checking.probes import Step

from autograder.judge.reference import Reference
from autograder.judge.student import LocalSession, Student

Piece = tuple[int | None, Any]


def looked_at(run: Callable[[Student], None], reference: Reference, position: int, step: Step) -> Step:
    """Return the step at `position` with the pieces at which the check `run` looks."""
    if step.raises:
        return step
    parts = tuple(range(len(step.returns) - step.has_cache))
    if step.only_prepares:
        return replace(step, parts=parts)

    def noticed(piece: Piece) -> bool:
        session = _Disturbed(reference.namespace, position, piece)
        try:
            run(Student(session, reference))
        except Exception:
            return True
        finally:
            session.restore()
        return False

    names = list(step.after)
    left = [(name, key) for name, data in step.after.items() for key in _keys(data)]
    return replace(
        step,
        parts=tuple(part for part in parts if noticed((None, part))),
        left=tuple((name, key) for name, key in left if noticed((names.index(name), key))),
    )


class _Disturbed(LocalSession):
    """The reference, but one piece of one call is wrong: part `key` of the result, or `key` of an argument."""

    def __init__(self, namespace: dict[str, Any], position: int, piece: Piece) -> None:
        super().__init__(namespace)
        self._countdown, self._piece = position, piece
        self._before: tuple[Any, Any, Any] | None = None

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = super().call(name, args, kwargs)
        self._countdown -= 1
        if self._countdown != -1:
            return result
        argument, key = self._piece
        if argument is None:
            return _with_part(result, key)
        target = [*args, *kwargs.values()][argument]
        place = ... if key is None else key
        self._before = (target, place, target[place] if key is not None else target.copy())
        target[place] = _disturbed(target[place])
        return result

    def restore(self) -> None:
        """Undo what was done to an argument: it may belong to the suite's module."""
        if self._before:
            target, place, value = self._before
            target[place] = value


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
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind in "fiu"):
        wave = 1 + np.sin(np.arange(np.size(value)).reshape(np.shape(value)))
        other = np.asarray(np.nan_to_num(value) * 1.5 + 1 + wave)
        return other.astype(int if np.asarray(value).dtype.kind in "iu" else float)[()]  # also in another precision
    return value
