"""What a demo is made of: controls, pictures, presets, a question, a goal. Plain data; `stage.py` shows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy.typing as npt

Params = Mapping[str, Any]
Arrays = Mapping[str, Any]
Compute = Callable[[Params], "Arrays | Iterator[Arrays]"]
Mark = dict[str, Any]
GRIPS = ("vermilion", "purple", "ink")


@dataclass(frozen=True)
class Slider:
    """A native range input over a list of values; `play` adds play and step buttons, `words` are shown for them."""

    name: str
    label: str
    values: Sequence[float] | npt.NDArray[Any]
    start: float
    unit: str = ""
    fmt: str = ".3g"
    play: bool = False
    words: Sequence[str] = ()
    kind: str = field(default="slider", init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(v.item() if hasattr(v, "item") else v for v in self.values))
        position(self, self.start)
        if self.words and len(self.words) != len(self.values):
            raise ValueError(f"{self.name!r} has {len(self.values)} values. Got {len(self.words)} words for them")


@dataclass(frozen=True)
class Choice:
    """One of a few named settings, shown as a select."""

    name: str
    label: str
    values: Sequence[str]
    start: str
    kind: str = field(default="choice", init=False)

    def __post_init__(self) -> None:
        position(self, self.start)


@dataclass(frozen=True)
class Check:
    """A setting that is on or off."""

    name: str
    label: str
    start: bool = False
    values: Sequence[bool] = field(default=(False, True), init=False)
    kind: str = field(default="check", init=False)


Control = Slider | Choice | Check


def position(control: Control, value: Any) -> int:
    """Return where `value` stands among the control's values; a value that is not there is refused."""
    known: Any
    for index, known in enumerate(control.values):
        both_numbers = not isinstance(known, str | bool) and not isinstance(value, str | bool)
        if known == value or (both_numbers and math.isclose(known, value, rel_tol=1e-6, abs_tol=1e-12)):
            return index
    listed = ", ".join(str(v) for v in control.values[:6])
    more = ", ..." if len(control.values) > 6 else ""
    raise ValueError(f"{control.name!r} cannot be {value!r}. Its {len(control.values)} values: {listed}{more}")


@dataclass(frozen=True)
class Axis:
    """One axis with fixed ends, so that the picture moves and not the frame; `lo > hi` turns it round.

    An end may also be the name of a number that `compute` returns, where one frame cannot serve every setting.
    """

    label: str
    lo: float | str
    hi: float | str
    log: bool = False
    ticks: Mapping[int, str] | Mapping[float, str] | None = None

    def __post_init__(self) -> None:
        ends = [end for end in (self.lo, self.hi) if not isinstance(end, str)]
        if self.log and min(ends, default=1) <= 0:
            raise ValueError(f"The log axis {self.label!r} needs ends above 0. Got {self.lo} and {self.hi}")
        if self.lo == self.hi:
            raise ValueError(f"The axis {self.label!r} needs two different ends. Got {self.lo} twice")


@dataclass(frozen=True)
class Handle:
    """A grip on the picture. `x`, `y`: a control's name, a number, or an array's name; or `along` a path.

    With `along`, `path` gives one (x, y) for each value of that control, and the hand slides on the path; `along` two
    controls, for each value of the first all values of the second. Without a colour it takes one that no mark has.
    `around` (width, height): a frame around a box of that size, in the numbers of the axes, whose words it leaves free.
    """

    label: str
    x: str | float = 0.0
    y: str | float = 0.0
    along: str | Sequence[str] = ()
    path: Sequence[tuple[float, float]] = ()
    color: str = ""
    around: Sequence[float] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "along", (self.along,) if isinstance(self.along, str) else tuple(self.along))


@dataclass(frozen=True)
class View:
    """One picture: marks on two axes, and `alt`, a sentence with the numbers in it, as in `{std_last:.2f}`.

    `size`: "large" for the picture that is the idea, beside which the small ones stand; "wide" for a row of its own.
    Below `least` pixels of width the picture scrolls instead of shrinking.
    """

    title: str
    x: Axis
    y: Axis
    marks: Sequence[Mark]
    alt: str
    handles: Sequence[Handle] = ()
    ratio: float = 0.62
    size: Literal["small", "large", "wide"] = "small"
    least: int = 0
    equal: bool = False
    frame: bool = True

    def __post_init__(self) -> None:
        if self.size not in ("small", "large", "wide"):
            raise ValueError(f"The size of {self.title!r} is small, large or wide. Got {self.size!r}")
        free = [color for color in GRIPS if color not in {mark["color"] for mark in self.marks}]
        grips = [replace(h, color=h.color or (free or GRIPS)[0]) for h in self.handles]
        object.__setattr__(self, "handles", tuple(grips))


@dataclass(frozen=True)
class Preset:
    """A named setting, named after what goes wrong there; `at` lists the controls that it moves."""

    name: str
    at: Params
    note: str = ""


@dataclass(frozen=True)
class Prediction:
    """A question that is asked before anything is shown; `at` is the setting that answers it."""

    question: str
    choices: Sequence[str]
    answer: int
    because: str
    at: Params = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.answer < len(self.choices):
            count = len(self.choices)
            raise ValueError(f"`answer` counts from 0 and must be below {count}, the choices. Got {self.answer}")


@dataclass(frozen=True)
class Goal:
    """Something to reach; the lamp lights when the number that `reached` names is not 0."""

    text: str
    reached: str


@dataclass(frozen=True)
class Action:
    """A button that asks the kernel for more arrays, named in `gives`; hidden where there is no kernel.

    A `run` that yields shows its progress: each frame is drawn, over what `compute` returned under the same names.
    """

    label: str
    run: Compute
    gives: Sequence[str]
