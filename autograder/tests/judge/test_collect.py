"""A suite that could not judge anybody is refused with the name of the file or check, and the fix."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.judge.collect import collect
from autograder.judge.judge import Judge
from autograder.judge.reference import SuiteError

HEAD = """
from autograder.suite import misconception, points, variant

@points(1)
def test_first(student):
    '''comes first'''
"""

TABLE = """
from autograder.suite import equivalent, slips, variant

@variant('scale_backward', equivalent={'a -> b': 'c'})
def right(dout, cache):
    return dout * cache[0], dout.sum(axis=0)

WRONG = slips(right, {
    'one': ('axis=0 -> axis=1', 'Over what do you sum?'),
    'two': ('dout * cache[0] -> dout', 'Where is the factor?'),
}, same_as={'two': 'one'})
SAME = equivalent('scale_forward', {'x -> y': 'z'})
"""

BAD = [
    ("x = 1", "has no check. Write a function test_... with @points(weight) above it."),
    ("def test_bare(student): ...", "test_bare does not say what it counts. Put @points(weight) above it."),
    ("import nowhere", "test_scale.py, line 1: ModuleNotFoundError: No module named 'nowhere'"),
    ("x = 1\ndef test_open(:", "test_scale.py, line 2: SyntaxError: invalid syntax"),
    (
        HEAD + TABLE.replace("axis=0 -> axis=1", "axis=7 -> axis=1"),
        "ValueError: one: cannot edit 'axis=7 -> axis=1' in right. Write `before -> after`.",
    ),
    (
        HEAD + "@points(1)\ndef test_second(students):\n    '''comes second'''",
        "test_second asks for 'students'. A check may ask for student, reference, rng.",
    ),
    (
        HEAD + "@points(1, after='test_frist')\ndef test_second():\n    '''comes second'''",
        "test_second comes after 'test_frist', which is no check above it. Above it: test_first.",
    ),
    (
        HEAD + "@points(1, after='test_second')\ndef test_second():\n    '''comes second'''",
        "test_second comes after 'test_second', which is no check above it. Above it: test_first.",
    ),
    (
        HEAD + "@points(1)\ndef second():\n    '''comes second'''",
        "second has @points but is not tried. Call it test_second.",
    ),
    (
        HEAD + "@misconception('scale_forward', hint='No.')\ndef tests_nothing(): ...",
        "pytest takes tests_nothing for a check. Its name must not begin with `test`.",
    ),
    (
        HEAD + "@variant('scale_froward')\ndef same(): ...",
        "scale, same: The reference has no function 'scale_froward'. It has: scale_backward, scale_forward, shifted.",
    ),
    (
        HEAD + TABLE.replace("'scale_forward', {'x", "'scale', {'x"),
        "scale, equivalent: The reference has no function 'scale'. It has: scale_backward, scale_forward, shifted.",
    ),
    (
        HEAD + TABLE.replace("'two': 'one'", "'two': 'three'"),
        "two is the same as 'three', which is not here. Mend the name.",
    ),
    (HEAD + TABLE + "one = variant('scale_forward')(lambda: 0)", "there are two programs called one. Rename one."),
]


@pytest.mark.parametrize(("suite", "message"), BAD)
def test_bad_suites_are_refused(suite: str, message: str, judge_of: Callable[[str], Judge]) -> None:
    """Each way to get a suite wrong has a sentence that says what to do."""
    with pytest.raises(SuiteError, match=re.escape(message)):
        judge_of(suite)


def test_an_exercise_needs_a_suite(tmp_path: Path) -> None:
    """An exercise without a file is refused, with the path to write."""
    with pytest.raises(SuiteError, match=r"Exercise 'scale' has no suite\. Write .*test_scale\.py, or take"):
        collect(tmp_path, [("scale", 1.0, ["scale_forward"])])


def test_an_exercise_needs_its_functions(tmp_path: Path) -> None:
    """A function that the reference lacks is an error of the source."""
    (tmp_path / "test_scale.py").write_text(HEAD)
    with pytest.raises(SuiteError, match=r"scale, exercise: The reference has no function 'nowhere'\. It has: \."):
        Judge(tmp_path, ["x = 1"], [("scale", 1.0, ["nowhere"])])


def test_everything_is_found_in_the_order_of_the_file(judge: Judge) -> None:
    """Checks, misconceptions and variants are those of the toy suite, checks with their sentences."""
    (suite,) = judge.suites
    assert [check.name for check in suite.checks] == [
        "test_values",
        "test_state",
        "test_float32",
        "test_zero_factor",
        "test_gradient",
    ]
    assert suite.checks[0].sentence == "every entry is multiplied by the factor"
    assert suite.checks[0].fixtures == ("student", "reference", "rng")
    assert suite.checks[2].mark.after == "test_values"
    assert suite.misconceptions[0].name == "adds"
    assert [variant.name for variant in suite.variants] == ["CacheOfAnotherLayout"]


def test_collecting_is_silent(judge_of: Callable[[str], Judge], capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed while pytest collects, even inside another run of pytest."""
    judge_of(HEAD)
    assert capfd.readouterr() == ("", "")


def test_tables_and_equivalents_are_found(judge_of: Callable[[str], Judge]) -> None:
    """A table gives its misconceptions, each with its mates; harmless changes are kept with their function."""
    (suite,) = judge_of(HEAD + TABLE).suites
    assert [(wrong.name, wrong.hint, wrong.same_as) for wrong in suite.misconceptions] == [
        ("one", "Over what do you sum?", ()),
        ("two", "Where is the factor?", ("one",)),
    ]
    assert suite.variants[0].equivalent == {"a -> b": "c"}
    assert suite.equivalents == {"scale_forward": {"x -> y": "z"}}
