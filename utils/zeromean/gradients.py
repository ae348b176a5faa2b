"""``check_gradient``: holds a derived gradient against trials, and says of each entry how it knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zeromean.checking.looks import framed

Array = NDArray[Any]
LABELS = {
    "agree": ("=", "the trial says the same"),
    "disagree": ("×", "the trial says something else"),
    "kink": ("^", "the slopes on the two sides differ, however small the step, and yours lies between them"),
    "too small": ("~", "gradient and trial are below the rounding noise of the trial: it cannot tell"),
    "zero": ("0", "a step up and a step down give the same value: the gradient is 0 by symmetry, and so is yours"),
}
MOST_DRAWN = 32  # rows and columns of the map
_COLOURS = {"agree": "#009E73", "disagree": "#D55E00", "kink": "#E69F00", "too small": "#999999", "zero": "#56B4E9"}


@dataclass(frozen=True)
class Verdict:
    """What was found about one entry.

    Attributes
    ----------
    label : str
        One of ``agree``, ``disagree``, ``kink``, ``too small`` and ``zero``.
    given, tried, noise : float
        The gradient that was handed over, the one that was tried, and how far rounding alone may move the latter.
    why : str
        How we know, in words and numbers.
    """

    label: str
    given: float
    tried: float
    noise: float
    why: str


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradient` found; as the last line of a cell it shows a map.

    Attributes
    ----------
    shape : tuple of int
        The shape of what was differentiated.
    verdicts : tuple of Verdict
        One for each entry, in the order of memory.
    """

    shape: tuple[int, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def labels(self) -> Array:
        """The label of each entry, in the shape of `x`."""
        return np.array([verdict.label for verdict in self.verdicts]).reshape(self.shape)

    @property
    def right(self) -> bool:
        """Whether no entry disagrees."""
        return all(verdict.label != "disagree" for verdict in self.verdicts)

    def __repr__(self) -> str:
        signs = [[LABELS[v.label][0] for v in row] for row in self._rows()]
        return "\n".join([self._summary(), *(" ".join(row) for row in signs), *self._reasons()])

    def _repr_html_(self) -> str:
        cell = '<td title="{}" style="background:{};color:#111;text-align:center;min-width:1.4em;padding:0">{}</td>'
        rows = "".join(
            "<tr>" + "".join(cell.format(escape(v.why), _COLOURS[v.label], LABELS[v.label][0]) for v in row) + "</tr>"
            for row in self._rows()
        )
        reasons = "".join(f"<div>{escape(reason)}</div>" for reason in self._reasons())
        table = f'<table role="img" aria-label="{escape(self._summary())}">{rows}</table>'
        return framed(f'<div class="zm-head"><strong>{escape(self._summary())}</strong></div>{table}{reasons}')

    def _rows(self) -> list[tuple[Verdict, ...]]:
        width = self.shape[-1] if self.shape else 1
        starts = range(0, len(self.verdicts), max(width, 1))
        return [self.verdicts[start : start + min(width, MOST_DRAWN)] for start in list(starts)[:MOST_DRAWN]]

    def _summary(self) -> str:
        counts = Counter(verdict.label for verdict in self.verdicts)
        listed = ", ".join(f"{counts[label]} {label}" for label in LABELS if counts[label])
        entries = "1 entry" if len(self.verdicts) == 1 else f"{len(self.verdicts)} entries"
        return f"{entries}: {listed}."

    def _reasons(self) -> list[str]:
        """Say of each label that occurs what it means, with the entry that shows it best."""
        lines = []
        for label, (sign, meaning) in LABELS.items():
            found = [(abs(v.given - v.tried), i) for i, v in enumerate(self.verdicts) if v.label == label]
            if found:
                place = max(found)[1]
                index = ", ".join(map(str, np.unravel_index(place, self.shape))) if self.shape else ""
                lines.append(f"{sign} {label}: {meaning}. E.g. entry [{index}]: {self.verdicts[place].why}.")
        return lines


def check_gradient(f: Callable[[Array], Any], x: Array, df: Array, dout: Any = 1.0) -> GradientReport:
    """Compare a derived gradient with trials, entry by entry, and say which entries a trial can judge.

    Each entry is moved by two steps, h and h/2, to both sides. Where the slopes of the sides stay apart as the step
    shrinks, there is a kink, and any value between the two is accepted. What rounding alone can do is computed from the
    precision in which `f` answers, so that noise is not taken for a mistake; nor is a zero by symmetry, whose relative
    error means nothing.

    Parameters
    ----------
    f : callable
        Takes an array like `x` and returns a number or an array. It must not change what it is given.
    x : ndarray, shape (...), float
        Where the gradient was derived. Best in float64, and with numbers around 1.
    df : ndarray, shape of `x`
        What you derived: the gradient of ``sum(f(x) * dout)`` with respect to `x`.
    dout : ndarray, shape of what `f` returns, or number
        The upstream gradient.

    Returns
    -------
    report : GradientReport

    Raises
    ------
    ValueError
        If `df` has another shape than `x`, or `x` holds no floating-point numbers.

    Examples
    --------
    >>> check_gradient(lambda x: np.abs(x), np.array([2.0, 0.0]), np.array([1.0, 0.0]))
    2 entries: 1 agree, 1 kink.
    = ^
    = agree: the trial says the same. E.g. entry [0]: given 1, tried 1.
    ^ kink: the slopes on the two sides differ, however small the step, and yours lies between them. \
E.g. entry [1]: slope -1 below, 1 above; given 0.
    """
    x, df = np.asarray(x), np.asarray(df, dtype=float)
    if df.shape != x.shape:
        raise ValueError(f"A gradient has the shape of what it belongs to, {x.shape}. Got {df.shape}.")
    if x.dtype.kind != "f":
        raise ValueError(f"Whole numbers cannot move a little: x must hold floating-point numbers. Got {x.dtype}.")
    answer = np.asarray(f(x.copy()))
    precise = answer.dtype.kind != "f" or min(answer.dtype.itemsize, x.dtype.itemsize) >= 8
    eps, width = (2.0**-52, 1e-3) if precise else (2.0**-23, 2e-2)
    rounding = 8 * eps * float(np.abs(np.asarray(answer, dtype=float) * dout).sum())

    def along(index: tuple[int, ...], step: float) -> float:
        at = x.copy()
        at[index] += step
        return float((np.asarray(f(at), dtype=float) * dout).sum())

    here = float((np.asarray(answer, dtype=float) * dout).sum())
    verdicts = []
    for index in np.ndindex(x.shape):
        h = _step(float(x[index]), width, x.dtype)
        values = [along(index, k * h / 2) - here for k in (-2, -1, 1, 2)]
        verdicts.append(_judge(values, h, float(df[index]), rounding, 1e-6 if precise else 1e-2))
    return GradientReport(x.shape, tuple(verdicts))


def _step(at: float, width: float, dtype: Any) -> float:
    """Return a step that suits the size of an entry, and by whose half the entry can really be moved."""
    half = width * max(1.0, abs(at)) / 2
    return 2 * float(dtype.type(at + half) - dtype.type(at))


def _judge(values: list[float], h: float, given: float, rounding: float, near: float) -> Verdict:
    """Judge one entry by the changes of the sum at -h, -h/2, h/2 and h."""
    far_down, down, up, far_up = values
    noise = 4 * rounding / h
    wide, narrow = (far_up - far_down) / (2 * h), (up - down) / h
    tried = (4 * narrow - wide) / 3  # the errors of order h**2 of the two cancel
    bend, closer_bend = (far_up + far_down) / h, (up + down) / (h / 2)
    size = max(abs(given), abs(tried))

    def verdict(label: str, why: str = "") -> Verdict:
        return Verdict(label, given, tried, noise, why or f"given {given:.6g}, tried {tried:.6g}")

    if abs(closer_bend - bend / 2) > 1e-5 * max(abs(far_up), abs(far_down)) / h + 4 * noise:  # it should halve
        slopes = np.diff([far_down, down, 0.0, up, far_up]) / (h / 2)
        why = f"slope {slopes[0]:.4g} below, {slopes[-1]:.4g} above; given {given:.4g}"
        slack = near * size + 2 * noise
        between = slopes.min() - slack <= given <= slopes.max() + slack
        return verdict("kink" if between else "disagree", why)
    if max(abs(wide), abs(narrow), abs(given)) <= noise:
        if given == 0 and all(value == 0 for value in values):
            return verdict("zero", "nothing changes at all when this entry moves")
        if abs(bend) > 4 * noise:
            return verdict("zero", f"both ways the value changes by {far_up:.2g}")
        return verdict("too small", f"given {given:.2g}, tried {tried:.2g}, rounding noise {noise:.1g}")
    if abs(given - tried) <= near * size + noise:
        return verdict("agree")
    return verdict("disagree")
