"""An assignment whose suite is not proved does not build, and its author is told what is missing where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.authoring import build, course, proof
from autograder.authoring.proof import Prover
from autograder.errors import UsageError
from autograder.judge.reference import SuiteError
from autograder.tests.authoring.conftest import NAME, Write

pytestmark = pytest.mark.slow

WHERE = f"autograder/suites/{NAME}/test_centre.py: "


def test_a_good_suite_builds(toy: Write, tmp_path: Path) -> None:
    """A second assignment is built like the first."""
    toy()
    build.build_assignment(NAME, tmp_path)
    assert (tmp_path / "assignments" / NAME / f"{NAME}.ipynb").is_file()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("x.mean -> x.sum", "mean = -> mean =", "sums survives: no check fails it at every seed. Write the check that"),
        ("np.sum(x, axis=0)", "np.sum(x)", "by_the_sum is rejected by test_values: out: "),
        (
            "    out = student.centre(x)\n",
            "    out = x\n",
            "the untouched stub passes test_input. A check must fail it.",
        ),
        (
            "    expect_dtype(out, np.float32)\n",
            "",
            "with the slip `x - mean -> (x - mean).astype(float)` earns full m",
        ),
        (
            '@variant("centre")\ndef plain',
            '@variant("centre", equivalent={"x -> y": "?"})\ndef plain',
            "plain excuses `x ",
        ),
        (
            '@variant("centre")\ndef plain',
            '@variant("centre", equivalent={"x - mean -> x + mean": "?"})\ndef plain',
            "plain with the slip `x - mean -> x + mean` is excused, but test_values notices it. Take the excuse out.",
        ),
        (
            '"sums": (',
            '"other": ("axis=0 -> axis=None", "Again?"), "sums": (',
            "other is shown the hint of one_mean. Let a check tell it apart, or say same_as='one_mean'.",
        ),
        (
            '    "edits": ("return x - mean -> x -= mean; return x", "Whose array is that?"),\n',
            "",
            "no wrong program is caught by test_input. Write the one that needs it.",
        ),
        (
            '@variant("centre")\ndef by_the_sum',
            "def by_the_sum",
            "a suite needs two variants, right programs written dif",
        ),
        (
            '    """x keeps its values, and float32 stays float32"""\n',
            '    """x keeps its values, and float32 stays float32"""\n    expect(rng.uniform() < 0.9, "bad luck")\n',
            "reference is rejected by test_input: bad luck. It is a matter of luck.",
        ),
    ],
)
def test_a_suite_that_is_not_proved_does_not_build(toy: Write, tmp_path: Path, old: str, new: str, says: str) -> None:
    """A survivor, a rejected variant, a free mark, an unseen slip, and all else: each stops the build by name."""
    toy(old, new)
    with pytest.raises(SuiteError) as refusal:
        build.build_assignment(NAME, tmp_path)
    assert says in str(refusal.value)
    assert "test_centre.py" in str(refusal.value)
    assert not (tmp_path / "assignments" / NAME).exists()


def test_a_long_list_is_cut(toy: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal says how many faults there are and which command shows them all."""
    monkeypatch.setattr(proof, "MOST_TOLD", 2)
    toy("    expect_dtype(out, np.float32)\n", "")
    with pytest.raises(SuiteError) as refusal:
        proof.refuse_unproved(course.load(NAME), Prover(course.load(NAME)).judge)
    first, *told, more = str(refusal.value).splitlines()
    assert first == f"{NAME} is not proved (`autograder suites {NAME}` shows all of it):"
    assert len(told) == 2
    assert all(line.startswith(WHERE) for line in told)
    assert more.startswith("... and ")


def test_what_was_proved_is_kept(toy: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof is read again until the suite or the reference changes, and says the same."""
    toy()
    (first,) = Prover(course.load(NAME)).proofs()
    with monkeypatch.context() as patch:
        patch.setattr(Prover, "_prove", None)
        assert Prover(course.load(NAME)).proofs() == [first]
    before = proof.fingerprint(course.load(NAME), "centre")
    toy("One mean for all?", "One mean for all of them?")
    assert proof.fingerprint(course.load(NAME), "centre") != before
    (kept,) = tmp_path.glob("build/proof/*/*.json")
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "made_from": "something else"}))
    (again,) = Prover(course.load(NAME)).proofs()
    assert again == first


def test_an_exercise_that_is_not_there(toy: Write) -> None:
    """The message says which exercises there are."""
    toy()
    with pytest.raises(UsageError, match=r"There is no exercise 'center' in a1_toy\. Did you mean centre\?"):
        proof.prove(course.load(NAME), "center")


def test_a_visible_check_that_data_cannot_tell_does_not_build(toy: Write, tmp_path: Path) -> None:
    """A property of the answer, where check(f) would ask for equality, is refused before anything is built."""
    toy(
        "    expect_close(student.centre(x), expected)\n",
        "    expect(abs(student.centre(x).mean()) < 1e-9, 'the mean is not 0')\n",
    )
    with pytest.raises(SuiteError, match="test_values is visible, but data cannot express it"):
        build.build_assignment(NAME, tmp_path)
    assert not (tmp_path / "assignments" / NAME).exists()
