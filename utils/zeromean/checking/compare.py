"""Compares what a student's call gave with what a check asks of it, part by part."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zeromean.checking.comparisons import COMPARISONS
from zeromean.checking.encoding import decode
from zeromean.checking.layout import structure_mismatch
from zeromean.checking.mismatch import differs
from zeromean.checking.probes import Look, Probe


@dataclass(frozen=True)
class Wrong:
    """A wrong array beside the right one, of the same shape: what the map shows.

    `given` are the arguments of the call that brought it, as they were before; `others`, what else it should bring.
    """

    what: str
    got: np.ndarray
    expected: np.ndarray
    wrong: np.ndarray
    given: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """The first thing that is wrong with a call, in words, and the array to show if it is one."""

    message: str
    wrong: Wrong | None = None


def refuse_signature(
    name: str, function: Callable[..., Any], parameters: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """Say how the parameters of a function differ from those of the stub, if it cannot be called as it should be."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ""
    mine, names = list(signature.parameters), [p.partition("=")[0] for p in parameters]
    given = len(args)
    permuted = mine[:given] != names[:given] and sorted(mine) == sorted(names)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        permuted = True
    if not permuted:
        return ""
    return (
        f"{name} has the parameters ({', '.join(mine)}), expected ({', '.join(parameters)}). "
        "Take the first line of the stub again."
    )


def closed(message: str) -> str:
    """End a message with a full stop, if it has no mark of its own."""
    return message if message.endswith((".", "?", "!")) else f"{message}."


def sentence(message: str) -> str:
    """Write what a question found as a sentence: names of arrays stay as they are."""
    starts = message.startswith(("your ", "after the "))
    return closed(message[:1].upper() + message[1:] if starts else message)


def refuse_layout(probe: Probe, result: Any, parts: Sequence[Any]) -> str:
    """Say how a result as a whole is laid out otherwise than the reference's, whose `parts` are given."""
    name, count = probe.function, len(parts) + probe.has_cache
    if result is None and parts[0] is not None:
        return f"{name} returned None. Is there a `return` at its end?"
    if not is_several(probe):
        return structure_mismatch(result, parts[0], probe.returns[0]) or ""
    wanted = f"expected {count} values: {', '.join(probe.returns)}"
    if not isinstance(result, (tuple, list)):
        kind = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else repr(type(result).__name__)
        return f"{name} returned one thing ({kind}), {wanted}."
    if len(result) != count:
        return f"{name} returned {len(result)} value{'s'[: len(result) != 1]}, {wanted}."
    return structure_mismatch(result[0], parts[0], probe.returns[0]) or "" if len(parts) == 1 else ""


def is_several(probe: Probe) -> bool:
    """Whether the reference returns a tuple."""
    return probe.has_cache or (isinstance(probe.result, dict) and "tuple" in probe.result)


def asked(look: Look, got: Any, expected: Any, *, left: bool) -> Difference | None:
    """Ask a check's question about what came back, or about what was `left` in an argument."""
    options = {name: decode(value) for name, value in look.options.items()}
    with np.errstate(all="ignore"):
        message = COMPARISONS[look.comparison](got, expected, look.what, **options)
    if not message:
        return None
    if look.comparison != "close":
        return Difference(sentence(message))
    wrong = first_wrong(got, expected, look.what, **options)
    return Difference(closed(f"After the call, {message}" if left else message), wrong)


def exact(value: Any) -> Any:
    """Put plain arrays in place of arrays of a special kind, as they arrive where marks are given."""
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        return np.array(value, subok=False)
    if type(value) in (tuple, list):
        return type(value)(exact(part) for part in value)
    return value


def first_wrong(got: Any, expected: Any, what: str, **options: float) -> Wrong | None:
    """Return the first wrong array or number of a wrong result, if it has the right shape."""
    for (name, mine), (_, right) in zip(leaves(got, what), leaves(expected, what), strict=False):
        if mine.shape != right.shape or not {mine.dtype.kind, right.dtype.kind} <= set("fiu"):
            return None
        if (mask := differs(mine, right, **options)).any():
            return Wrong(name, mine, right, mask)
    return None


def leaves(value: Any, what: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array and every number inside `value`, each as an array with the name by which a reader knows it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{what}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from leaves(item, f"{what}[{i}]")
    else:
        yield what, np.asarray(value)
