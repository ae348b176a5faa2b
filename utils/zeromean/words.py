"""Numbers in words that Python makes, written as the page of a demo writes its own."""

from __future__ import annotations

import re

_PRINTED = re.compile(r"(?<![\w.=+-])([-+]?)(\d(?:\.\d+)?)(e[-+]\d+)(?!\w)")
_HYPHEN = re.compile(r"(?<![\w.)=-])-(?=\d)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write(number: float, digits: int = 3) -> str:
    """Return a finite number with so many digits, as in the page's `.3g`: 0.25, −4, 4.2×10⁻⁹."""
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    plain = -3 <= int(exponent) < max(digits, 4) or float(mantissa) == 0
    said = f"{float(f'{mantissa}e{exponent}'):.12g}" if plain else f"{float(mantissa):g}×10"
    return said.replace("-", "−") + ("" if plain else str(int(exponent)).translate(_RAISED))


def set_numbers(words: str) -> str:
    """Return words in which numbers stand as a program prints them, 4.2e-09 or -3, with the numbers set."""

    def as_set(found: re.Match[str]) -> str:
        sign, mantissa, exponent = found.groups()
        return sign + write(float(mantissa + exponent), len(mantissa.replace(".", "")))

    return _HYPHEN.sub("−", _PRINTED.sub(as_set, words))


def place(x: float, y: float) -> str:
    """Return the coordinates of a place, with a true minus."""
    return f"{x:.1f}, {y:.1f}".replace("-", "−")
