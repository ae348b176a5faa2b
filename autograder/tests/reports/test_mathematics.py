"""Formulas in Markdown become MathML, and nothing else does."""

from __future__ import annotations

import pytest

from autograder.reports.mathematics import to_html


@pytest.mark.parametrize(
    ("markdown", "holds"),
    [
        (r"the mean $\mu$ of x", 'the mean <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">'),
        ("$$a\n= b$$", 'display="block"'),
        (r"$\frac{1}{N}\sum_i x_i$ and **bold**", "<strong>bold</strong>"),
    ],
)
def test_formulas_are_drawn_by_the_browser(markdown: str, holds: str) -> None:
    """Inline and displayed formulas come out as MathML, beside ordinary Markdown."""
    html = to_html(markdown)
    assert holds in html
    assert "$" not in html


@pytest.mark.parametrize(
    "markdown", ["`$x$` in code", "```\n$x$ = 1\n```", "it costs $5 or $6", r"an escaped \$ sign$"]
)
def test_what_is_no_formula_is_left_alone(markdown: str) -> None:
    """Code, prices and escaped signs keep their dollars."""
    assert "<math" not in to_html(markdown)
    assert "$" in to_html(markdown)


def test_underscores_in_formulas_are_not_emphasis() -> None:
    """Markdown never sees the inside of a formula."""
    assert "<em>" not in to_html(r"$x_i$ and $y_i$")
