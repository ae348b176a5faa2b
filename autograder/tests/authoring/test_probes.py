"""Tests of the visible checks as data: recorded from suites, replayed as a student's ``check(f)`` does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from zeromean.checking import probes as shipped
from zeromean.checking.comparisons import TOLERANCE
from zeromean.checking.outcome import Outcome
from zeromean.checking.replay import Replay

from autograder.authoring import course, probes
from autograder.authoring.judging import judge_for
from autograder.authoring.warned import KEYS_STAY, warnings_of
from autograder.judge.agreement import false_alarms
from autograder.judge.collect import Replacement
from autograder.judge.judge import Judge
from autograder.judge.reference import SuiteError, documented_results, exchanged

pytestmark = pytest.mark.slow

TOY = Path(__file__).parents[1] / "judge" / "toy"
REFERENCE = (TOY / "reference.py").read_text(encoding="utf-8")
EXERCISES = [("scale", 4.0, ("scale_forward", "scale_backward"))]


@pytest.fixture
def judge_of(tmp_path: Path) -> Callable[[str], Judge]:
    """Return a function that makes the judge of a suite whose visible checks are given as text."""

    def make(suite: str) -> Judge:
        head = "import numpy as np\nfrom autograder.suite import *\nX = np.arange(1.0, 7.0).reshape(2, 3)\n"
        start = "def start():\n    return {'mean': np.ones(3)}\n"
        (tmp_path / "test_scale.py").write_text(head + start + suite, encoding="utf-8")
        return Judge(tmp_path, [REFERENCE], EXERCISES)

    return make


def replay(judge: Judge, folder: Path, functions: Mapping[str, Any] | None = None) -> dict[str, Outcome]:
    """Ship the probes, and try all exercises on the reference with some functions exchanged."""
    path = folder / "a.checks.json"
    probes.write(judge, path)
    namespace = exchanged(judge.reference.namespace, functions or {})
    return {o.sentence: o for exercise in shipped.read(path) for o in Replay(exercise, namespace).outcomes()}


def states(outcomes: Mapping[str, Outcome]) -> list[str]:
    """Return the states alone."""
    return [outcome.state for outcome in outcomes.values()]


TWO_STEPS = '''
@points(1, visible=True)
def test_two_steps(student, rng):
    """out, and the state after two batches, the second made from the first"""
    x, state, mean = rng.normal(size=(2, 3)), start(), X.mean(axis=0)
    mean = 0.25 * np.ones(3) + 0.25 * x.mean(axis=0) + 0.5 * (x + 1).mean(axis=0)
    out, _ = student.scale_forward(x, 2.0, state)
    expect_close(out, 2 * x, rtol=1e-6)
    student.scale_forward(x + 1, 2.0, state)
    expect_close(state["mean"], mean, "state['mean']")

@points(1, visible=True)
def test_gradient(student, reference, rng):
    """the gradient"""
    dout = rng.normal(size=(2, 3))
    out, cache = student.forward_for_backward("scale_forward", X, 2.0, start())
    expect_close(student.scale_backward(dout, cache)[0], 2 * dout, "dx")

@points(1, visible=True, after="test_gradient")
def test_refuses(student, rng):
    """a factor of 0 is refused"""
    expect_raises("ValueError", student.scale_forward, rng.normal(size=(2, 3)), factor=0, state=start())

@misconception("scale_forward", hint="Adding is not scaling.")
def adds(x, factor, state):
    return shifts(x, factor, state), (factor,)

def shifts(x, factor, state):
    state["mean"] = (state["mean"] + x.mean(axis=0)) / 2
    return x + factor

@misconception("scale_backward", hint="Where is the factor?")
def passes(dout, cache):
    return dout, dout.sum(axis=0)

@misconception("scale_forward", hint="Nobody sees this one.")
def same(x, factor, state):
    if factor == 0:
        raise ValueError
    state["mean"] = (state["mean"] + x.mean(axis=0)) / 2
    return x * factor, "another cache"
'''


def test_calls_of_a_check(judge_of: Callable[[str], Judge]) -> None:
    """A call knows its inputs, what it was handed, what must raise; a check, what it asks, when, and how closely."""
    first, gradient, refuses = probes.record(judge_of(TWO_STEPS))["exercises"][0]["checks"]
    one, two = first["calls"]
    assert two["inputs"]["state"] == {"handed on by call": [0, "state", None]}
    assert [look["pieces"] for look in first["looks"]] == [[[0, "x", None]], [[0, "", 0]], [[1, "state", "mean"]]]
    edited, out, state = first["looks"]
    assert (edited["comparison"], edited["as_given"]) == ("unchanged", True)  # the next batch is made from it
    assert out["options"] == {"rtol": 1e-6, "atol": TOLERANCE}
    assert (out["when"], state["when"], state["what"]) == (0, 1, "state['mean']")
    assert "array" not in str(one["result"]) or one["result"]["tuple"][0]["array"] == ""  # out is in the look alone
    forward, backward = gradient["calls"]
    assert forward["only_prepares"]
    assert backward["inputs"]["cache"] == {"cache of call": 0}
    (refused,) = refuses["calls"]
    assert (refused["raises"], refused["positional"], refuses["after"]) == ("ValueError", 1, 1)


def test_reference_passes(judge_of: Callable[[str], Judge], tmp_path: Path) -> None:
    """The reference, and a right program with another cache, pass what was recorded."""
    judge = judge_of(TWO_STEPS)
    assert states(replay(judge, tmp_path)) == ["passed"] * 3
    (other,) = [m for m in judge.suites[0].misconceptions if m.name == "same"]
    assert states(replay(judge, tmp_path, other.functions))[:1] == ["passed"]


def test_no_more_than_is_asked(judge_of: Callable[[str], Judge], tmp_path: Path) -> None:
    """What a check does not ask about may be wrong."""
    judge = judge_of(TWO_STEPS)

    def forgets_the_state(x: Any, factor: float, state: dict[str, Any]) -> Any:
        if factor == 0:
            raise ValueError
        return x * factor, (factor,)

    def gradient_of_something_else(dout: Any, cache: Any) -> Any:
        return dout * cache[0], None

    outcomes = replay(judge, tmp_path, {"scale_forward": forgets_the_state})
    assert states(outcomes) == ["failed", "passed", "passed"]
    assert next(iter(outcomes.values())).message.startswith("After the call, state['mean']: 3 of 3 entries differ")
    assert states(replay(judge, tmp_path, {"scale_backward": gradient_of_something_else})) == ["passed"] * 3


def test_each_misconception_gives_its_hint(judge_of: Callable[[str], Judge], tmp_path: Path) -> None:
    """A misconception that shows is recognised; one that does not show is not shipped."""
    judge = judge_of(TWO_STEPS)
    adds, passes, _ = judge.suites[0].misconceptions
    assert next(iter(replay(judge, tmp_path, adds.functions).values())).hint == adds.hint
    outcomes = list(replay(judge, tmp_path, passes.functions).values())
    assert [outcome.hint for outcome in outcomes] == ["", passes.hint, ""]
    assert outcomes[2].state == "waits"
    assert "Nobody sees this one" not in (tmp_path / "a.checks.json").read_text(encoding="utf-8")


def test_toy_suite_of_the_judge(tmp_path: Path) -> None:
    """The toy suite of the judge's own tests is recorded, and its visible misconceptions are recognised."""
    judge = Judge(TOY, [REFERENCE], EXERCISES)
    assert states(replay(judge, tmp_path)) == ["passed"]
    (adds,) = [m for m in judge.suites[0].misconceptions if m.name == "adds"]
    assert [outcome.hint for outcome in replay(judge, tmp_path, adds.functions).values()] == [adds.hint]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("student.scale_forward(X, 2.0, start())", "passes whatever the student's functions return"),
        ("expect(True, 'so')", "it asks 'so' of something that was computed from what came back"),
        (
            "expect_close(student.scale_forward(X + rng.random(), 2.0, start())[0].mean(), 1.0)",
            "it looks at something that was computed from what came back, which `check(f)` cannot do. Ask about the",
        ),
        (
            "expect_close(student.scale_forward(X, 2.0, start())[0], 2 * X)",
            "test_it is visible, but calls `scale_forward` with the same values in every run: what is shipped would",
        ),
        ("expect_close(student.scale_forward(X, 2.0, start())[0], X)", "test_it fails with the reference: out: 6 of 6"),
        (
            "student.scale_forward(X, 2.0, {**start(), 'f': print})",
            "test_it is visible, but data cannot express it: the function 'print' cannot be written as data: take one",
        ),
    ],
)
def test_refused(judge_of: Callable[[str], Judge], body: str, complaint: str) -> None:
    """A visible check that data cannot express, or that checks nothing, is refused by name."""
    suite = f'@points(1, visible=True)\ndef test_it(student, rng):\n    """it"""\n    {body}\n'
    with pytest.raises(SuiteError, match="test_it") as refusal:
        probes.record(judge_of(suite))
    assert complaint in str(refusal.value)


def test_check_of_the_dtype_alone(judge_of: Callable[[str], Judge], tmp_path: Path) -> None:
    """A check that looks at the dtype only is recorded as well."""
    judge = judge_of(
        '@points(1, visible=True)\ndef test_it(student, rng):\n    """it"""\n'
        "    x, state = (X * rng.random()).astype(np.float32), start()\n"
        "    expect_dtype(student.scale_forward(x, 2.0, state)[0], np.float32)\n"
    )

    def promotes(x: Any, factor: float, state: dict[str, Any]) -> Any:
        return x.astype(float) * factor, (factor,)

    assert states(replay(judge, tmp_path)) == ["passed"]
    assert "expected float32" in replay(judge, tmp_path, {"scale_forward": promotes})["it"].message


HIDDEN = '''
@points(1, visible=True)
def test_out(student, rng):
    """out"""
    x = rng.normal(size=(2, 3))
    expect_close(student.scale_forward(x, 2.0, start())[0], 2 * x)

@points(1, after="test_out")
def test_dtype_first(student, rng):
    """float32 stays"""
    x = rng.normal(size=(2, 3)).astype(np.float32)
    out, _ = student.scale_forward(x, 2.0, start())
    expect_dtype(out, np.float32)
    expect_close(out, 2 * x)

@points(1, after="test_dtype_first")
def test_values_first(student, rng):
    """a huge batch"""
    x = 1e9 * rng.normal(size=(2, 3))
    out, _ = student.scale_forward(x, 2.0, start())
    expect_close(out, 2 * x)
    expect_unchanged(x, x, "x")

@points(1, after="test_values_first")
def test_old_mean(student, rng):
    """the state gets a new array"""
    state = start()
    with unchanged(mean=state["mean"]):
        student.scale_forward(rng.normal(size=(2, 3)), 2.0, state)
    expect_key(state, "mean")

@points(1)
def test_no_data(student, rng):
    """what cannot be written down"""
    x = rng.normal(size=(2, 3))
    with unchanged(x=x):
        student.scale_forward(x, 2.0, {**start(), "f": print})
'''
IN_FLOAT64 = """
@misconception("scale_forward", hint="Which dtype?")
def in_float64(x, factor, state):
    state["mean"] = (state["mean"] + x.mean(axis=0)) / 2
    return x.astype(float) * factor, (factor,)
"""


def test_what_hidden_checks_ask_without_an_answer(judge_of: Callable[[str], Judge]) -> None:
    """A hidden check that begins with a question of dtype or of what stays is shipped as that question, and no more."""
    judge = judge_of(HIDDEN)
    found = [(check.name, said) for check, said in warnings_of(judge, judge.suites[0])]
    assert [name for name, _ in found] == ["test_dtype_first", "test_old_mean", "test_old_mean"]
    dtype, stays, keys = (said for _, said in found)
    assert [look.comparison for look in dtype.looks] == ["of_dtype"]
    assert (dtype.sentence, dtype.after, stays.after) == ("float32 stays", 0, 0)
    assert (stays.looks[0].pieces[0].given, stays.looks[0].as_given) == (True, True)
    assert (keys.sentence, keys.looks[0].options) == (KEYS_STAY, {"key": "mean"})
    assert all(look.expected is None for said in (dtype, stays, keys) for look in said.looks)


def test_names_of_results() -> None:
    """The names of results come from the "Returns" section."""

    def function() -> None:
        """Do it.

        Returns
        -------
        dx : ndarray
            Gradient: of x.
        dgamma, dbeta : ndarray

        Raises
        ------
        ValueError : never
        """

    assert documented_results(function) == ("dx", "dgamma", "dbeta")
    assert documented_results(lambda: None) == ()


@pytest.fixture(scope="module", params=course.assignments())
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Judge, Path]:
    """Return the judge of each assignment of the course, and its probes."""
    judge = judge_for(course.load(request.param))
    path = tmp_path_factory.mktemp("real") / "a.checks.json"
    probes.write(judge, path)
    return judge, path


Tried = Iterator[tuple[Replacement, tuple[Outcome, ...]]]


def tried(judge: Judge, path: Path, kind: str) -> Tried:
    """Try every replacement of a kind on the visible checks of its exercise."""
    for exercise, suite in zip(shipped.read(path), judge.suites, strict=True):
        for replacement in getattr(suite, kind):
            namespace = exchanged(judge.reference.namespace, replacement.functions)
            yield replacement, Replay(exercise, namespace).outcomes()


def test_right_programs_pass(real: tuple[Judge, Path]) -> None:
    """Every correct variant of every exercise passes the visible checks, as the reference does."""
    judge, path = real
    for exercise in shipped.read(path):
        assert {o.state for o in Replay(exercise, judge.reference.namespace).outcomes()} == {"passed"}
    for variant, outcomes in tried(judge, path, "variants"):
        assert {o.sentence: o.message for o in outcomes if o.state != "passed"} == {}, variant.name


def test_no_false_alarm(real: tuple[Judge, Path]) -> None:
    """Of no known program, right or wrong, does check(f) warn what the grade takes no marks for."""
    judge, path = real
    for exercise, suite in zip(shipped.read(path), judge.suites, strict=True):
        asked = [check for check, _ in warnings_of(judge, suite)]
        assert list(false_alarms(judge, suite, exercise, asked)) == []


def test_false_alarm_is_noticed(judge_of: Callable[[str], Judge], tmp_path: Path) -> None:
    """A warning that a hidden check does not stand behind is named, with the program."""
    judge = judge_of(HIDDEN + IN_FLOAT64)
    suite = judge.suites[0]
    probes.write(judge, tmp_path / "a.checks.json")
    (exercise,) = shipped.read(tmp_path / "a.checks.json")
    asked = [check for check, _ in warnings_of(judge, suite)]
    assert list(false_alarms(judge, suite, exercise, asked)) == []
    (said,) = false_alarms(judge, suite, exercise, [suite.checks[0], *asked[1:]])
    assert said.startswith("of in_float64, check(f) warns `out has dtype float64, expected float32.`, and the grade")


def test_what_is_warned_of(real: tuple[Judge, Path]) -> None:
    """Of the misconceptions that pass every visible check, some are warned of, and at most 4 in 10 of all are not."""
    judge, path = real
    silent, told, known = 0, 0, 0
    for exercise, suite in zip(shipped.read(path), judge.suites, strict=True):
        for program in suite.misconceptions:
            replay = Replay(exercise, exchanged(judge.namespace, program.functions))
            outcomes = replay.outcomes()
            warnings = replay.warnings(outcomes)
            known += 1
            silent += not _failed(outcomes) and not warnings
            told += not _failed(outcomes) and bool(warnings)
    assert told > 0
    assert silent <= 0.4 * known


def test_visible_misconceptions_are_recognised(real: tuple[Judge, Path]) -> None:
    """Of the misconceptions that fail a visible check, at least nine in ten get their own hint."""
    failed = [(wrong, outcomes) for wrong, outcomes in tried(*real, "misconceptions") if _failed(outcomes)]
    recognised = [wrong for wrong, outcomes in failed if wrong.hint in {outcome.hint for outcome in outcomes}]
    assert len(recognised) >= 0.9 * len(failed) > 0


def _failed(outcomes: tuple[Outcome, ...]) -> bool:
    return any(outcome.state == "failed" for outcome in outcomes)


def test_nothing_leaks(real: tuple[Judge, Path]) -> None:
    """What is shipped names no misconception and no variant, and is the same at every build."""
    judge, path = real
    text = path.read_text(encoding="utf-8")
    for suite in judge.suites:
        for replacement in (*suite.misconceptions, *suite.variants):
            assert f'"{replacement.name}"' not in text
    assert "def " not in text
    assert json.loads(text) == json.loads(json.dumps(probes.record(judge)))
