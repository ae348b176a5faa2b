"""The suites of A4 catch every known wrong program, say why, and accept every right one."""

from __future__ import annotations

import pytest

from autograder.judge.judge import Judge
from autograder.judge.mutation import KillTable, kill_table
from autograder.judge.reference import exchanged
from autograder.judge.student import LocalSession

MATES = {
    "cache_edited": {""},  # the harm shows in the second call, when the cache is no longer the one recorded
    "one_pass_variance_made_positive": {"one_pass_variance"},
    "one_pass_variance_cut_at_zero": {"one_pass_variance"},
    "sign_of_the_inverse_root": {"variance_path_added"},
    "staged_variance_without_n": {"variance_path_summed"},
    "staged_mean_without_n": {"mean_path_summed"},
}
SEEDS = range(2, 12)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table(judge: Judge) -> KillTable:
    """Return the kill table of A4."""
    return kill_table(judge)


def test_every_misconception_is_caught(table: KillTable) -> None:
    """No wrong program earns full marks, and there are as many as the syllabus asks for, and more."""
    assert {found.exercise: found.survivors for found in table.exercises if found.survivors} == {}
    assert sum(len(found.rows) for found in table.exercises) >= 57


def test_every_variant_is_accepted(table: KillTable) -> None:
    """Programs that are right in another way earn full marks, and each exercise has at least two."""
    assert [found.complaints for found in table.exercises if found.rejected] == []
    assert min(found.variants for found in table.exercises) >= 2


def test_every_check_catches_something(table: KillTable) -> None:
    """A check that no wrong program fails is not needed."""
    assert {found.exercise: found.idle for found in table.exercises if found.idle} == {}


def test_hints_name_the_right_idea(table: KillTable) -> None:
    """The hint shown for a misconception is its own, or that of another with the same effect and idea."""
    wrong = {
        row.name: row.shown
        for found in table.exercises
        for row in found.rows
        if not set(row.shown or ("",)) <= {row.name, *MATES.get(row.name, ())}
    }
    assert wrong == {}


def test_right_programs_pass_at_other_seeds(judge: Judge) -> None:
    """No check is a matter of luck: other random numbers, the same full marks."""
    for suite in judge.suites:
        for functions in [{}, *(variant.functions for variant in suite.variants)]:
            session = LocalSession(exchanged(judge.namespace, functions))
            for seed in SEEDS:
                result = judge.grade_exercise(suite, session, seed)
                assert result.score == suite.points, [check for check in result.checks if check.message]
