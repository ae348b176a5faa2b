"""A wrong program may be written as edits of a right one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from autograder.suite import variant
from autograder.suite.slips import slip, slips


@variant("double")
def right(x: float) -> float:
    """Return twice x."""
    return 2 * x


@variant("double", "halve")
class Pair:
    """Two functions that belong together."""

    def double(x: float) -> float:  # noqa: N805 - as in a suite
        """Return twice x."""
        return 2 * x

    def halve(x: float) -> float:  # noqa: N805 - as in a suite
        """Return half of x."""
        return x / 2


def wrong_with(*edits: str) -> Callable[..., Any]:
    """Return the program that comes of the edits."""

    @slip(right, *edits)
    def wrong() -> None:
        """Your double seems
        to be something else.
        """  # noqa: D205 - a hint may take two lines

    return wrong


def test_edits_are_applied() -> None:
    """The program does what its edited source says, and its docstring is the hint of a misconception."""
    wrong = wrong_with("2 * x -> 3 * x", "3 * x -> 3 * x + 1")
    assert wrong(2) == 7
    assert wrong.__replaces__.functions == ("double",)
    assert wrong.__replaces__.hint == "Your double seems to be something else."


def test_source_can_be_read() -> None:
    """The sample class hands in the source, which starts at the function's name."""
    assert inspect.getsource(wrong_with("2 * x -> 3 * x")).splitlines()[0] == "def wrong(x: float) -> float:"


@pytest.mark.parametrize("edit", ["4 * x -> 3 * x", "2 * x", "2*x -> 3*x"])
def test_edits_that_do_not_fit_are_refused(edit: str) -> None:
    """An edit that finds nothing to change would make a right program pass for a wrong one."""
    with pytest.raises(ValueError, match=r"wrong: cannot edit '.*' in right\. Write `before -> after`\."):
        wrong_with(edit)


def test_a_table_of_slips() -> None:
    """A table defines a misconception in each entry: edits first, then the hint."""
    table = slips(
        right,
        {"triple": ("2 -> 3", "Three is not two."), "squared": ("2 * x -> x * x", "Twice is\n not squared.")},
        same_as={"squared": "triple"},
    )
    assert [wrong(5) for wrong in table.values()] == [15, 25]
    assert table["squared"].__name__ == "squared"
    assert table["squared"].__replaces__.hint == "Twice is not squared."
    assert (table["triple"].__replaces__.same_as, table["squared"].__replaces__.same_as) == ((), ("triple",))


def test_a_slip_in_several_functions() -> None:
    """A class of functions is edited as a whole, and each function of it can be read."""
    wrong = slips(Pair, {"by_three": ("2 * x -> 3 * x", "x / 2 -> x / 3", "Why three?")})["by_three"]
    assert (wrong.double(2), wrong.halve(6)) == (6, 2)
    assert wrong.__replaces__.functions == ("double", "halve")
    assert inspect.getsource(wrong.halve).splitlines()[-1].strip() == "return x / 3"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("No edit.",), r"wrong needs its edits `before -> after`, then its hint\. Got \('No edit\.',\)\."),
        (("2 -> 3",), r"wrong needs its edits `before -> after`, then its hint\. Got \('2 -> 3',\)\."),
        (("2 -> 3", "3 -> 4"), "wrong needs its edits `before -> after`, then its hint"),
    ],
)
def test_rows_without_edit_or_hint_are_refused(row: tuple[str, ...], message: str) -> None:
    """A row is at least one edit and a sentence."""
    with pytest.raises(ValueError, match=message):
        slips(right, {"wrong": row})


def test_mates_must_be_in_the_table() -> None:
    """A misspelled name in `same_as` is refused."""
    with pytest.raises(ValueError, match=r"same_as speaks of 'tripel', which is not in this table\. Mend the name\."):
        slips(right, {"triple": ("2 -> 3", "Three is not two.")}, same_as={"tripel": ""})
