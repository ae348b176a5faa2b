"""Tests of ``check(f)`` as a student meets it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zeromean import check
from zeromean.checking import probes
from zeromean.checking.check import NotYet
from zeromean.checking.probes import Mistake
from zeromean.checking.replay import Replay

Said = Callable[..., str]


@pytest.fixture
def said(assignment: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Return a function that runs ``check`` and returns the report, and the error's line after it."""

    def run(*functions: Any) -> str:
        try:
            check(*functions)
        except NotYet as failure:
            return capsys.readouterr().out + "".join(failure._render_traceback_())
        return capsys.readouterr().out

    return run


def namespace(**functions: str) -> dict[str, Any]:
    """Run a student's cell and return its functions."""
    made: dict[str, Any] = {"np": np}
    for name, body in functions.items():
        arguments = {"center_forward": "x, state", "center_backward": "dout, cache"}.get(name, "x")
        exec(f"def {name}({arguments}):\n    {body}\n", made)
    return made


RIGHT = {
    "center_forward": "state['mean'] = x.mean(axis=0); return x - x.mean(axis=0), x.shape",
    "center_backward": "return dout - dout.mean(axis=0)",
}


RIGHT_ONES = {name: made for name, made in namespace(**RIGHT).items() if name.startswith("center")}


def forward(body: str) -> Any:
    """Return a `center_forward` with this body, in a namespace with a right `center_backward`."""
    return namespace(**{**RIGHT, "center_forward": body})["center_forward"]


def backward(body: str) -> Any:
    """Return a `center_backward` with this body, in a namespace with a right `center_forward`."""
    return namespace(**{**RIGHT, "center_backward": body})["center_backward"]


def test_all_right(said: Said) -> None:
    """A right answer is told so, and that hidden checks follow; nothing is raised."""
    report = said(forward(RIGHT["center_forward"]))
    assert report.startswith("center_forward: all 3 visible checks passed.\n")
    assert report.count("✓ passed") == 3
    assert report.splitlines()[-1].startswith("Visible checks only. Grading tries the same with other numbers")


def test_stub_is_calm(said: Said) -> None:
    """A stub is not an error: the sentences of the checks tell what is to be done."""
    report = said(forward("raise NotImplementedError()"))
    assert "○ to do     each feature loses its mean\n      center_forward is not written yet." in report
    assert "✓ passed    the gradient knows the mean" in report
    assert "Traceback" not in report


def test_everything_unwritten(said: Said) -> None:
    """With nothing written, one line says so."""
    report = said(*[namespace(**dict.fromkeys(RIGHT, "raise NotImplementedError()"))[name] for name in RIGHT])
    assert report.startswith("center_forward and center_backward: not written yet. 3 visible checks will try it.\n")


def test_wrong_values(said: Said) -> None:
    """A wrong array is described, with what its wrong entries have in common, and a map."""
    report = said(forward("state['mean'] = x.mean(axis=0); x = x - x.mean(axis=0); x[:, 1] += 1; return x, x.shape"))
    assert "out: 3 of 12 entries differ; the worst is out[" in report
    assert "All that is wrong is in column 1." in report
    assert " . x . ." in report
    assert report.endswith("center_forward: 2 of 3 visible checks passed.")


def test_hint_of_a_mistake(said: Said) -> None:
    """A well-known mistake is recognised."""
    assert "Hint: The mean moves too." in said(backward("return dout.copy()"))
    assert "Hint" not in said(backward("return 2 * dout"))


def test_hint_of_a_mistake_beside_another(said: Said) -> None:
    """A mistake in the other function of the exercise does not keep the hint back."""
    both = namespace(center_forward="state['mean'] = x[0]; return x + 1, x.shape", center_backward="return dout.copy()")
    assert "Hint: The mean moves too." in said(both["center_forward"], both["center_backward"])


def test_no_hint_of_what_fits_one_check_by_chance(assignment: Path) -> None:
    """A mistake must explain most of the checks that failed about its function."""
    (exercise,) = probes.read(assignment)
    (mistake,), last = exercise.mistakes, exercise.checks[2]
    again = replace(exercise, checks=(*exercise.checks, last), mistakes=(with_print(mistake, None),))
    wrong = namespace(**{**RIGHT, "center_backward": "return dout.copy()"})
    assert [outcome.hint for outcome in Replay(again, wrong).outcomes()] == [""] * 4
    agreeing = replace(again, mistakes=(with_print(mistake, mistake.prints[2, 1]),))
    assert [bool(outcome.hint) for outcome in Replay(agreeing, wrong).outcomes()] == [False, False, True, True]


def with_print(mistake: Mistake, shown: Any) -> Mistake:
    """Return a mistake that also shows in the second call of a fourth check."""
    return replace(mistake, prints={**mistake.prints, (3, 1): shown})


def test_wrong_argument_afterwards(said: Said) -> None:
    """What a call must leave in a dict is compared as well."""
    report = said(forward("state['mean'] = 2 * x.mean(axis=0); return x - x.mean(axis=0), x.shape"))
    assert "After the call, state['mean']: 4 of 4 entries differ; the worst is state['mean'][1]: got 10" in report
    assert "Every entry is 2 times what it should be." in report


def test_missing_key_afterwards(said: Said) -> None:
    """A key that is gone is named."""
    assert "after `center_forward`, state has no 'mean'; it has no keys at all." in said(
        forward("state.clear(); return x - x.mean(0), x.shape")
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("x - x.mean(axis=0)", "center_forward returned None. Is there a `return` at its end?"),
        ("return x", "returned one thing (an array of shape (3, 4)), expected 2 values: out, cache."),
        ("return [1]", "center_forward returned 1 value, expected 2 values: out, cache."),
        ("return x, x, x", "center_forward returned 3 values, expected 2 values: out, cache."),
        ("return 'x'", "center_forward returned one thing ('str'), expected 2 values: out, cache."),
        ("return x.tolist(), 1", "out is a list of 3, expected an array of shape (3, 4)."),
        ("return x.T, 1", "out has shape (4, 3), expected (3, 4): transposed?"),
        ("return x.astype(int), 1", "out holds integers (int64), expected floating-point numbers."),
        ("y = x + 1\n    return y @ y, 1", "center_forward raised ValueError: matmul"),
        ("y = x + 1\n    return y @ y, 1", "line 3"),
        ("raise SystemExit", "center_forward raised SystemExit"),
    ],
)
def test_trouble(said: Said, body: str, message: str) -> None:
    """Whatever a function does instead is said in words."""
    report = said(forward(body))
    assert message in report
    assert "?." not in report
    assert "Traceback" not in report


def test_same_trouble_once(said: Said) -> None:
    """The same trouble in every check is explained once."""
    report = said(forward("return 1 / 0"))
    assert report.count("ZeroDivisionError") == 1
    assert report.count("The same as above.") == 1


def test_same_exception_once_whatever_it_speaks_of(said: Said) -> None:
    """An exception of one line is told once, though its text speaks of other values each time."""
    report = said(forward("n = state.get('n', 0) + x[0, 0]\n    raise KeyError(id(state))"))
    assert report.count("KeyError") == 1
    assert report.count("The same as above.") == 1


def test_other_parameters(said: Said) -> None:
    """A function with other parameters, or with the same in another order, is not called."""
    wrong = "center_forward has the parameters ({}), expected (x, state). Take the first line of the stub again."
    made = namespace(**RIGHT)
    exec("def center_forward(x): return x, 1", made)
    assert wrong.format("x") in said(made["center_forward"])
    exec("def center_forward(state, x): return x, 1", made)
    assert wrong.format("state, x") in said(made["center_forward"])


def test_what_it_does_beside_its_work(said: Said) -> None:
    """Prints, warnings and edited arguments are noted, each once."""
    report = said(forward("print('a'); print('b'); print('c'); x -= x.mean(axis=0); np.log(-1); return x, x.shape"))
    assert report.count("center_forward printed: a (and 2 more lines)") == 1
    assert report.count("center_forward caused a RuntimeWarning: invalid value encountered in log") == 1
    assert report.count("Your function changed `x`, an array it was given. Work on a copy.") == 1


def test_calls_do_not_disturb_each_other(said: Said) -> None:
    """Every check gets arguments of its own, whatever earlier calls did to theirs."""
    assert "all 3" in said(forward("state['mean'] = m = x.mean(axis=0); out = x - m; x[:] = 0; return out, 1"))


def test_wrong_forward_leaves_the_backward_alone(said: Said) -> None:
    """The backward pass is tried with the right cache when the forward pass is wrong."""
    report = said(forward("return x, None"))
    assert "✓ passed    the gradient knows the mean" in report


def test_missing_partner(said: Said) -> None:
    """A function that the notebook does not define yet is to do."""
    made = namespace(center_forward=RIGHT["center_forward"])
    assert "center_backward is not defined yet. Run the cell that defines it." in said(made["center_forward"])


def test_not_a_function(said: Said) -> None:
    """A result in place of a function is refused with the reason."""
    assert said() == "check() needs your function: check(f)."
    assert said(np.zeros(2)).startswith("check() needs the function itself, without parentheses: check(f). Got a")


def test_unknown_function(said: Said) -> None:
    """A function without checks is told which have some."""
    made = namespace(centre_forward="return x", other="return x")
    assert said(made["centre_forward"]).endswith("of centre_forward. Did you mean center_forward?")
    assert said(made["other"]).endswith("of other. There are checks for center_forward, center_backward.")


def test_no_probes(said: Said, tmp_path: Path) -> None:
    """Outside the assignment's folder, one sentence says what to do; two levels down, the file is found."""
    deep = tmp_path / "one" / "two" / "three"
    deep.mkdir(parents=True)
    os.chdir(deep.parent)
    assert "all 3" in said(forward(RIGHT["center_forward"]))
    os.chdir(deep)
    told = said(forward(RIGHT["center_forward"]))
    assert "There is no *.checks.json in" in told
    assert "set jupyter.notebookFileRoot to ${fileDirname} and restart the kernel" in told


def test_damaged_probes(said: Said, assignment: Path) -> None:
    """A damaged file, or one for another version, is told apart."""
    assignment.write_text("{", encoding="utf-8")
    assert said(forward("return")) == "a0_center.checks.json is damaged. Copy it from the assignment again."
    assignment.write_text('{"format": 99, "exercises": []}', encoding="utf-8")
    assert "has format 99, and this zeromean reads format" in said(forward("return"))


def test_display_in_a_notebook(assignment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is IPython, one display carries both HTML and text."""
    import IPython

    shown: list[Any] = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    check(forward(RIGHT["center_forward"]))
    assert set(shown[0]) == {"text/html", "text/plain"}
    assert len(shown) == 1


def test_names_are_those_of_the_notebook(said: Said, assignment: Path) -> None:
    """A lambda, a partial and a wrapper are known by the name that the notebook gives them, as in a grade."""
    code = """
import functools
def shifted(by, x, state):
    state["mean"] = x.mean(axis=0)
    return x - x.mean(axis=0) + by, x.shape
def traced(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)
    return inner
center_backward = lambda dout, cache: dout - dout.mean(axis=0)
center_forward = functools.partial(shifted, 0.0)
check(center_forward)
center_forward = traced(functools.partial(shifted, 0.0))
check(center_forward)
check(center_backward)
"""
    exec(code, {"check": check, "np": np})
    with pytest.raises(NotYet, match="center_backward: 2 of 3 visible checks passed"):
        exec("center_backward = lambda dout, cache: dout\ncheck(center_backward)", {"check": check, **RIGHT_ONES})
    with pytest.raises(NotYet, match="There is no visible check of partial"):
        exec("import functools\nf = functools.partial(print)\ncheck(f)", {"check": check})


def test_only_the_students_own_raise_means_to_do(said: Said) -> None:
    """A NotImplementedError that comes out of something else is an error like any other."""
    report = said(forward("return np.random.SeedSequence(1).spawn(1)[0].missing"))
    assert "AttributeError" in report
    report = said(forward("import abc; import numbers; return numbers.Real.__float__(1)"))
    assert "center_forward raised NotImplementedError" in report
    assert "is not written yet" not in report


def with_example(body: str) -> Any:
    """Return a `center_forward` with an example in its docstring."""
    example = ">>> center_forward(np.array([[1.0], [3.0]]), {})[0].ravel()\n    array([-1.,  1.])"
    return forward(f'"""Centre.\n\n    {example}\n    """\n    {body}')


def test_example_of_the_docstring(said: Said) -> None:
    """The example is run by value, for information: always if it is wrong, and if it is right beside what fails."""
    assert "example" not in said(with_example(RIGHT["center_forward"]))
    report = said(with_example("state['mean'] = x.mean(axis=0); return 2 * (x - state['mean']), x.shape"))
    assert "  » example   the example of center_forward's docstring\n" in report
    assert "gives something else: the result: 2 of 2 entries differ; the worst is the result[0]: got -2" in report
    report = said(with_example("state['mean'] = 0 * x[0]; return x - x.mean(axis=0), x.shape"))
    assert "the example of center_forward's docstring\n      It gives what it says." in report
    body = "assert len(x) > 2; state['mean'] = x.mean(axis=0); return x - x.mean(axis=0), x.shape"
    assert "raises AssertionError" in said(with_example(body))


def test_example_is_stopped_and_waits_for_what_is_written(said: Said) -> None:
    """An example that never ends is stopped like any call; one of a stub says nothing."""
    assert "example" not in said(with_example("raise NotImplementedError"))
    assert "example" not in said(with_example("while len(x) == 2: pass\n    return x, x.shape"))
