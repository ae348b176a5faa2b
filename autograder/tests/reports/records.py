"""Records of a small made-up class, for the tests of the reports."""

from __future__ import annotations

from autograder.judge.record import CheckResult, ExerciseResult, Record

GOOD = CheckResult("test_values", "the column means are beta", 1, "passed")
WRONG = CheckResult(
    "test_gradient",
    "dx agrees with the exact gradient",
    3,
    "failed",
    message="dx: 20 of 20 entries differ; the worst is dx[3, 1]: got <1.25>, expected 0.83",
    hint="Your dx is what you get when the variance is held constant.",
    misconception="variance_held_constant",
)
WAITING = CheckResult(
    "test_square",
    "it also works on square batches",
    1,
    "skipped",
    message="This is tried as soon as `dx agrees` passes.",
)
BROKEN = CheckResult("test_ours", "our own check", 1, "error", message="ZeroDivisionError in test_ours, line 9")


def record(student: str, *checks: CheckResult, **more: object) -> Record:
    """Return a record of one exercise of four marks with these checks."""
    exercise = ExerciseResult("batchnorm_backward", 4.0, checks)
    defaults: dict[str, object] = {"fingerprint": "f", "isolation": "bubblewrap", "seconds": 0.02, "peak_mb": 61.0}
    return Record("a4_batch_norm", student, (exercise,), **{**defaults, **more})  # type: ignore[arg-type]


CLASS = [
    record("ada", GOOD),
    record("ben", GOOD, WRONG, WAITING),
    record("cem", GOOD, WRONG, WAITING, late_seconds=7200.0),
    record("dot", GOOD, BROKEN),
    record("eve", GOOD, repairs=("batchnorm_backward was there twice; the later one was graded.",)),
]
