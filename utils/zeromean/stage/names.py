"""What a description may say: only names that are given, and only numbers that the sliders can show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from zeromean.stage.marks import COLORS

NAMED = ("x", "y", "z", "dx", "dy", "low", "high", "words", "fill", "w", "h")  # of a mark, where a word names numbers


def check_names(spec: Mapping[str, Any], known: set[str], given: set[str]) -> None:
    """Refuse a description that uses a name which neither `compute` nor a control or an action gives."""
    names = {c["name"] for c in spec["controls"]}
    for view in spec["views"]:
        for mark in view["marks"]:
            strings = [mark[k] for k in NAMED if isinstance(mark.get(k), str)]
            _missing(strings, known | given, f"The view {view['title']!r}")
        ends = [view[axis][end] for axis in ("x", "y") for end in ("lo", "hi")]
        _missing([end for end in ends if isinstance(end, str)], known, f"An axis of {view['title']!r}")
        for handle in view["handles"]:
            used = [handle[k] for k in ("x", "y") if isinstance(handle[k], str)]
            _missing(used, known, f"The handle {handle['label']!r}")
            _missing(handle["along"], names, f"The handle {handle['label']!r}")
            if not {*used, *handle["along"]} & names:
                raise ValueError(f"The handle {handle['label']!r} moves no control; it could move {', '.join(names)}")
        _missing(_fields(view["alt"]), known, f"The alt text of {view['title']!r}")
    _missing(_fields(spec["readout"]), known, "The read-out")
    _missing(_fields(spec["formula"]), known, "The formula")
    _missing(re.findall(r"\[(\w+):", spec["formula"]), set(COLORS), "The formula")
    if spec["prediction"]:
        _missing(_fields(spec["prediction"]["because"]), known, "The prediction")
    if spec["goal"]:
        _missing([spec["goal"]["reached"]], known, "The goal")


def check_units(spec: Mapping[str, Any]) -> None:
    """Refuse a question that says 45° of a setting whose slider stands at 44°."""
    if not spec["prediction"]:
        return
    question, at = spec["prediction"]["question"], spec["prediction"]["at"]
    for control in spec["controls"]:
        unit = control.get("unit")
        for said in re.findall(rf"(\d+(?:\.\d+)?)\s*{re.escape(unit)}", question) if unit else ():
            shown = control["values"][at.get(control["name"], control["start"])]
            if float(said) != shown:
                raise ValueError(f"The question says {said} {unit}, but {control['name']!r} then shows {shown} {unit}")


def _fields(template: str) -> list[str]:
    """Return the names in a sentence with `{name:.3g}` in it."""
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def _missing(used: Sequence[str], known: set[str], who: str) -> None:
    """Refuse the first used name that nobody gives."""
    for name in used:
        if name not in known:
            raise ValueError(f"{who} uses {name!r}, which is not there. There are: {', '.join(sorted(known))}")
