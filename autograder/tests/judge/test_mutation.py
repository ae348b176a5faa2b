"""The table that proves a suite tells a good suite from a bad one."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from autograder.judge.judge import Judge
from autograder.judge.mutation import ExerciseTable, KillTable, kill_table

pytestmark = pytest.mark.slow

BAD_SUITE = """
import numpy as np
from autograder.suite import expect_close, misconception, points, variant

@points(1)
def test_gradient(student, reference):
    '''is the gradient'''
    dout = np.ones((1, 1))
    got = student.scale_backward(dout, (2.0,))
    expect_close(got[0], reference.scale_backward(dout, (2.0,))[0], "dx")

@points(1)
def test_idle(student):
    '''is never needed, and the stub gets through'''

@points(1)
def test_state(student):
    '''trusts what it should not'''
    state = {"mean": np.zeros(1)}
    student.scale_forward(np.ones((1, 1)), 2.0, state)
    {0.5: "right"}[state["mean"].item()]

@misconception("scale_backward", hint="Not caught.")
def only_the_sum_is_wrong(dout, cache):
    return dout * cache[0], dout.sum(axis=0) + 1

@misconception("scale_backward", hint="Caught, under the name of another.")
def doubles(dout, cache):
    return dout * cache[0] * 2, dout.sum(axis=0)

@misconception("scale_backward", hint="The same again.")
def doubles_again(dout, cache):
    return dout * cache[0] * 2, dout.sum(axis=0)

@misconception("scale_forward", hint="Breaks a check.")
def forgets_the_state(x, factor, state):
    return x * factor, (factor,)

@variant("scale_backward")
def not_the_same(dout, cache):
    return dout * 3, dout.sum(axis=0)

@variant("scale_backward")
def the_same(dout, cache):
    return cache[0] * dout, np.ones(len(dout)) @ dout
"""


def table_of(judge: Judge) -> ExerciseTable:
    """Return the table of the one exercise."""
    (table,) = kill_table(judge).exercises
    return table


def text_of(table: KillTable) -> str:
    """Return what people read."""
    console = Console(file=io.StringIO(), width=150)
    table.print(console)
    return console.file.getvalue()


def test_the_toy_suite_is_good(judge: Judge) -> None:
    """Every misconception is caught by a named check and shown its own hint; both right programs pass."""
    table = kill_table(judge)
    assert table.ok
    assert table.to_json() == {
        "exercises": {"scale": {"misconceptions": 8, "survivors": [], "variants": 1, "rejected": []}}
    }
    rows = {row.name: row for row in table.exercises[0].rows}
    assert rows["edits_the_state"].caught_by == ("test_state",)
    assert rows["promotes"].caught_by == ("test_float32",)
    assert all(row.diagnosed for row in rows.values())
    assert table.exercises[0].idle == ()
    assert "scale: 8 of 8 misconceptions caught" in text_of(table)


def test_a_bad_suite_is_not(judge_of: Callable[[str], Judge]) -> None:
    """What gets through, what breaks a check, and what is refused in spite of being right: all are named."""
    judge = judge_of(BAD_SUITE)
    table = kill_table(judge)
    assert not table.ok
    assert table.to_json()["exercises"]["scale"] == {
        "misconceptions": 4,
        "survivors": ["only_the_sum_is_wrong", "forgets_the_state", "stub"],
        "variants": 2,
        "rejected": ["not_the_same"],
    }
    (exercise,) = table.exercises
    assert exercise.stub_passes == ("test_idle",)
    assert exercise.idle == ("test_idle", "test_state")
    rows = {row.name: row for row in exercise.rows}
    assert (rows["doubles_again"].diagnosed, rows["doubles_again"].shown) == (False, ("doubles",))
    assert rows["forgets_the_state"].errors == ("test_state: KeyError: 0.0",)


def test_what_people_read_of_a_bad_suite(judge_of: Callable[[str], Judge]) -> None:
    """Each fault is a sentence, with brackets and all."""
    text = text_of(kill_table(judge_of(BAD_SUITE)))
    for line in (
        "scale: 2 of 4 misconceptions caught",
        "only_the_sum_is_wrong │ SURVIVES  │ no",
        "as doubles",
        "Right programs accepted: 2 of 3 (the reference and its variants).",
        "not_the_same is rejected by test_gradient: dx: 1 of 1 entry differs; the worst is dx[0, 0]: got 3, expected",
        "forgets_the_state breaks: test_state: KeyError: 0.0",
        "the untouched stub gets through test_idle",
        "Remark: no misconception is caught by test_idle. Who needs it?",
    ):
        assert line in text


def test_a_reference_that_fails_its_own_suite(judge_of: Callable[[str], Judge]) -> None:
    """A check that no program can pass shows as the reference being rejected."""
    judge = judge_of(
        "from autograder.suite import expect, points\n"
        "@points(1)\ndef test_never(student):\n    '''cannot pass'''\n    expect(False, 'never')\n"
    )
    assert table_of(judge).rejected == ("reference",)


def test_a_misconception_that_only_lacks_a_name_proves_nothing(judge_of: Callable[[str], Judge]) -> None:
    """A wrong program that fails because its own module lacks a name is a fault of the suite."""
    judge = judge_of(
        "import numpy as np\n"
        "from autograder.suite import misconception, points\n"
        "@points(1)\ndef test_runs(student):\n"
        "    '''runs'''\n    student.scale_backward(np.ones((1, 1)), (2.0,))\n"
        "@misconception('scale_backward', hint='No.')\ndef wrong(dout, cache):\n    return forgotten(dout)\n"
    )
    table = table_of(judge)
    assert table.survivors == ("wrong",)
    assert table.rows[0].errors == ("test_runs: `scale_backward` raised NameError: name 'forgotten' is not defined.",)


def test_one_seed_is_not_enough(judge_of: Callable[[str], Judge]) -> None:
    """A misconception that is caught at one seed only survives: luck must not decide."""
    judge = judge_of(
        "import numpy as np\n"
        "from autograder.suite import expect, misconception, points\n"
        "seen = []\n"
        "@points(1)\ndef test_luck(student, rng):\n"
        "    '''fails at every second try'''\n"
        "    student.scale_backward(np.ones((1, 1)), (2.0,))\n"
        "    seen.append(1)\n    expect(len(seen) % 2, 'bad luck')\n"
        "@misconception('scale_backward', hint='No.')\ndef wrong(dout, cache):\n    return dout, dout[0]\n"
    )
    assert table_of(judge).survivors == ("wrong",)
