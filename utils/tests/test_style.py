"""A figure suits a light page and a dark one, and says what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import matplotlib as mpl
import pytest
from zeromean import style


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """Collect what is displayed."""
    mpl.use("Agg")
    found: list[dict[str, str]] = []
    monkeypatch.setattr(style, "display", lambda content, raw: found.append(content))
    with mpl.rc_context():
        style.use()
        yield found


def draw(**options: bool) -> None:
    """Show a figure with a black and a blue line."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots()
    axis.plot([0, 1], [0, 1], color=style.BLACK, label="black")
    axis.plot([0, 1], [1, 0], color=style.BLUE)
    axis.legend()
    style.show(figure, 'a "cross"', **options)


def test_what_is_black_takes_the_colour_of_the_text(shown: list[dict[str, str]]) -> None:
    """On a page nothing is painted behind a figure, and its ink is that of the words around it."""
    draw()
    page = shown[0]["text/html"]
    assert 'role="img" aria-label="a &quot;cross&quot;"' in page
    assert "currentColor" in page
    assert style.BLUE.lower() in page
    assert style.BLACK not in page
    assert "#ffffff" not in page
    assert style.BLACK in shown[0]["image/svg+xml"], "as a picture of its own it has no page to follow"


def test_two_figures_on_a_page_share_no_name(shown: list[dict[str, str]]) -> None:
    """A clip or a marker of one figure is never taken for that of another."""
    draw()
    draw()
    one, other = (set(re.findall(r'id="([^"]*)"', each["text/html"])) for each in shown)
    assert one
    assert not one & other
    assert "<style" not in shown[0]["text/html"]


def test_a_figure_that_answers_waits_for_a_guess(shown: list[dict[str, str]]) -> None:
    """Folded, it stands behind a click."""
    draw(fold=True)
    assert shown[0]["text/html"].startswith('<details class="zm-fold">')


def test_a_figure_without_words_is_refused() -> None:
    """Who cannot see it needs the words."""
    with pytest.raises(ValueError, match="one sentence that says what the figure shows"):
        style.show(mpl.figure.Figure(), " ")
