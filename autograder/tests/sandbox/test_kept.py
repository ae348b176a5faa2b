"""A function is called as its own cell defined it, with what its names meant then, whatever later cells do."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.kept import reached
from autograder.sandbox.plain import LARGEST, MOST, copied, same
from autograder.sandbox.pool import Session, StudentFailure

TOP = "import numpy as np\nfrom functools import partial, wraps\nK = 3\nPARTS = {'k': [3]}\nA = np.full(2, 3.0)"
ANSWERS = {
    "with a warning": "def f(x):\n    np.ones(2) / (0 * x)\n    return K * np.sum(x)",
    "plain": "def f(x):\n    return K * np.sum(x)",
    "built in": "def f(x):\n    return K * sum(x)",
    "helped": "def h(x):\n    return K * x\ndef f(x):\n    return np.sum(h(x))",
    "data edited in place": "def f(x):\n    return PARTS['k'][0] * np.sum(x)",
    "array edited in place": "def f(x):\n    return np.sum(A[0] * x)",
    "a class": "class C:\n    def m(self, x):\n        return K * np.sum(x)\ndef f(x):\n    return C().m(x)",
    "decorated": "def d(g):\n    return wraps(g)(lambda x: K * g(x))\n@d\ndef f(x):\n    return np.sum(x)",
    "partial": "def g(k, x):\n    return K * k * np.sum(x)\nf = partial(g, 1)",
    "closure": "def make():\n    def g(x):\n        return K * np.sum(x)\n    return g\nf = make()",
    "lambda": "f = lambda x: K * np.sum(x)",
}  # fmt: skip
LATER = {
    "nothing": "pass",
    "an experiment": "def f(x):\n    return 0",
    "a constant": "K = 0",
    "in place": "PARTS['k'][0] = 0\nPARTS.clear()\nA[:] = 0",
    "data bound anew": "PARTS, A = {'k': [0]}, np.zeros(2)",
    "the module deleted": "del np, K",
    "the module bound anew": "np = None\nsum = max = None",
    "all deleted": "%reset -f",
    "helpers bound anew": "def h(x):\n    return 0 * x\nclass C:\n    m = None\ng = make = d = None",
    "the function deleted": "f = None\ndel f",
    "an error": "K = 0\n1 / 0",
    "warnings made errors": "np.seterr(all='raise')\nimport warnings\nwarnings.simplefilter('error')",
}


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_later_cell_undoes_an_answer(session: Session, answer: str, later: str) -> None:
    """Whatever way an answer is written, and whatever is done below it, it is worth what it was worth."""
    session.run([TOP])
    session.run([ANSWERS[answer]], keep=["f"])
    session.run([LATER[later]])
    for _ in range(2):
        assert session.call("f", (np.ones(2),)) == 6


def test_what_was_changed_is_named(session: Session) -> None:
    """Only names that the function uses are named, and itself if it was defined again."""
    session.run([TOP + "\nother = 1"])
    session.run([ANSWERS["helped"]], keep=["f"])
    session.run(["def g(x):\n    return len(PARTS)"], keep=["g"])
    assert session.changed() == {}
    session.run(["K = other = 0\nPARTS['new'] = 1\ndef f(x):\n    return 0"])
    assert session.changed() == {"f": ["f", "K"], "g": ["PARTS"]}


def test_what_the_cell_did_not_know_comes_from_later_cells(session: Session) -> None:
    """A helper or an import that stands below is found, also if it was deleted at the end."""
    session.run(["def f(x):\n    return helper(math.floor(x))"], keep=["f"])
    session.run(["import math\ndef helper(x):\n    return x + 1", "del math"])
    assert session.call("f", (1.5,)) == 2


def test_answers_see_each_other_as_their_own_cells_defined_them(session: Session) -> None:
    """An experiment with an earlier function does not reach a later exercise that calls it."""
    session.run(["def f(x):\n    return x + 1"], keep=["f"])
    session.run(["def f(x):\n    return 0"])
    session.run(["def g(x):\n    return f(f(x))"], keep=["g"])
    assert (session.call("g", (1,)), session.call("f", (1,))) == (3, 2)


def test_what_calls_bind_stays_for_other_calls(session: Session) -> None:
    """A forward pass may leave something in a global name for the backward pass, bound or edited in place."""
    session.run(["kept, seen = None, []"])
    session.run(["def f(x):\n    global kept\n    kept = x\n    seen.append(x)"], keep=["f"])
    session.run(["def g():\n    return kept, len(seen)"], keep=["g"])
    session.run(["kept = 'an experiment'"])
    session.call("f", (5,))
    assert session.call("g") == (5, 1)
    session.call("f", (7,))
    assert session.call("g") == (7, 2)


def test_cells_after_calls_see_the_notebook(session: Session) -> None:
    """A cell that is run after calls finds the names as cells left them, and calls' own."""
    session.run(["K = 1"])
    session.run(["def f():\n    global made\n    made = 1\n    return K"], keep=["f"])
    session.run(["K = 2"])
    assert session.call("f") == 1
    assert session.run(["K + made"])[0].outputs[0]["data"]["text/plain"] == "3"
    assert session.call("f") == 1


def test_a_cell_that_does_not_define_its_function_keeps_nothing(session: Session) -> None:
    """What stood under the name before is not taken for the cell's; the notebook's own is called."""
    session.run(["def f():\n    return 1"])
    session.run(["1 / 0\ndef f():\n    return 2"], keep=["f"])
    assert session.call("f") == 1
    session.run(["f = 3"])
    with pytest.raises(StudentFailure, match=r"`f` is no function: the notebook bound that .*\. Got int\."):
        session.call("f")


def test_a_lost_worker_keeps_the_same(session: Session) -> None:
    """What is run again after a loss is kept again."""
    session.run(["import os\ndef f(x):\n    return os._exit(0) if x else 1"], keep=["f"])
    session.run(["def f(x):\n    return 2"])
    with pytest.raises(StudentFailure):
        session.call("f", (1,))
    assert session.call("f", (0,)) == 1


def test_names_that_are_only_attributes_are_not_reached() -> None:
    """`x.mean` does not use a global `mean`; an empty closure and a loop of functions do no harm."""
    names: dict[str, object] = {"mean": 1, "np": np}
    exec("def f(x):\n    return np.abs(x.mean()), g\ndef g():\n    return f", names)

    def outer() -> object:
        def inner() -> object:
            return late

        if names is None:
            late = 1
        return inner

    assert reached(names["f"], names) == {"np", "f", "g"}
    assert reached(outer(), names) == set()


def test_only_small_plain_data_are_copied() -> None:
    """What is large, deep or no plain data is not copied, and counts as unchanged only if it is equal."""
    a = np.arange(3.0)
    value = {"a": [a, {1, 2}], "f": len}
    copy = copied(value)
    assert same(value, copy)
    a[0] = 7
    assert not same(value, copy)
    assert copied(np.zeros(LARGEST)) is copied([0] * (MOST + 1)) is copied(3) is copied(object()) is None
    assert not same([1], [1.0])
    assert not same([object()], [object()])
