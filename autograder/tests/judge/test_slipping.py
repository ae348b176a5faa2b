"""The slips of a tired hand: each kind is made, and a program differs from the right one in one place."""

from __future__ import annotations

import ast
import textwrap

import pytest

from autograder.judge.slipping import mutants

SOURCE = textwrap.dedent('''\
    def f(x, gamma, axes=(0, 2)):
        """Do something."""
        n = len(x)
        if n < 2 and x.ndim == 2:
            raise ValueError(f"too few: {n + 0}")
        mean, var = x.mean(axis=(0, 2), keepdims=True), x.var(axis=0)
        centred = x - mean
        out = 0.5 * centred[:, None] / np.sqrt(var)
        out += gamma.reshape(-1, 1)
        room = np.empty_like(x)
        return out, -gamma, (x, n)
    ''')
CHANGES = dict(mutants(SOURCE))


@pytest.mark.parametrize(
    "change",
    [
        "0 -> 1",
        "2 -> 3",
        "0.5 -> 1.5",
        "n < 2 -> n <= 2",
        "n < 2 and x.ndim == 2 -> n < 2 or x.ndim == 2",
        "raise ValueError(f'too few: {n + 0}') -> pass",
        "x.mean -> x.sum",
        "x.var -> x.std",
        "axis=(0, 2) -> axis=(2,)",
        "x.mean(axis=(0, 2), keepdims=True) -> x.mean(keepdims=True)",
        "x.mean(axis=(0, 2), keepdims=True) -> x.mean(axis=(0, 2))",
        "x - mean -> x + mean",
        "x - mean -> x",
        "centred = x - mean -> centred = -(x - mean)",
        "centred = x - mean -> centred = 2 * (x - mean)",
        "centred = x - mean -> x -= mean; centred = x",
        "centred[:, None] -> centred[None, :]",
        "np.sqrt(var) -> var",
        "var -> centred",
        "out += gamma.reshape(-1, 1) -> pass",
        "-gamma -> gamma",
        "return (out, -gamma, (x, n)) -> return (-gamma, out, (x, n))",
        "return (out, -gamma, (x, n)) -> return (out, (x, n), -gamma)",
        "out -> out.astype(float)",
        "x -> x.astype(float)",
    ],
)
def test_each_kind_of_slip_is_made(change: str) -> None:
    """Sign, factor, axis, term, index, name, dtype, copy and order: each can slip."""
    assert change in CHANGES


def test_a_slip_changes_one_place() -> None:
    """What follows the arrow stands in the program in place of what precedes it."""
    right = ast.unparse(ast.parse(SOURCE))
    assert CHANGES["x - mean -> x + mean"] == right.replace("x - mean", "x + mean")
    assert CHANGES["x -> x.astype(float)"] == right.replace("n = len", "x = x.astype(float)\n    n = len")
    assert all(source != right for source in CHANGES.values())


def test_messages_and_layouts_do_not_slip() -> None:
    """Nobody grades the words of an exception, the -1 of a reshape, or whose shape it is that two arrays have."""
    assert "n + 0 -> n - 0" not in CHANGES
    assert "1 -> 2" in CHANGES  # of reshape(-1, 1), the second
    assert sum(change == "1 -> 2" for change, _ in mutants(SOURCE)) == 1
    assert not any("len(gamma)" in change or "gamma.ndim" in change for change in CHANGES)
    assert "room = np.empty_like(x) -> room = -np.empty_like(x)" not in CHANGES
