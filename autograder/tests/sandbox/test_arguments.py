"""Arguments of a call change here as they would in a local call; functions and random generators go along."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.sandbox.arguments import refill
from autograder.sandbox.pool import Handle, Session, StudentFailure
from autograder.sandbox.reader import Reader
from autograder.sandbox.wire import WireError

CHANGES = {
    "edit an array": "x[0] = 7; x *= 2",
    "replace an array in a dict": "d['x'] = d['x'] + 1",
    "edit an array in a dict": "d['x'] += 1",
    "keep the old one": "d['old'] = d['x']; d['x'] = x * 3",
    "add, change and remove": "d['new'] = 1; d['n'] = 2; del d['gone']",
    "swap": "d['x'], items[0] = items[0], d['x']",
    "lengthen and shorten a list": "items.append(x); items.append(4); items.pop(0)",
    "sort a list": "items.sort(key=lambda item: 0 if isinstance(item, int) else 1)",
    "empty": "d.clear(); items.clear()",
    "nest": "d['inner'] = {'x': x, 'list': [d['x']]}",
    "edit what is nested": "d['deep']['y'][0] = -1; d['deep']['k'] = x",
    "nothing": "x + 1; dict(d); list(items)",
    "the same bytes": "x[...] = x.copy(); d['n'] = d['n']",
}


def arguments() -> tuple[Any, ...]:
    """Return an array, a dict and a list that share arrays."""
    x, y = np.arange(3.0), np.ones((2, 2), np.float32)
    return x, {"x": y, "n": 1, "gone": None, "deep": {"y": y}}, [y, 3, x]


@pytest.mark.parametrize("change", CHANGES)
def test_as_a_local_call(session: Session, change: str) -> None:
    """Values, and which object is which, are afterwards what a local call leaves."""
    source = f"def f(x, d, items):\n    {CHANGES[change]}\n    return x, d, items, [x]"
    session.run(["import numpy as np\n" + source])
    space: dict[str, Any] = {"np": np}
    exec(source, space)
    ours, theirs = arguments(), arguments()
    y, same = ours[1]["x"], theirs[1]["x"]
    result, expected = session.call("f", ours), space["f"](*theirs)
    for got, want in ((ours, theirs), (result, expected)):
        assert repr(got) == repr(want)
        assert identities(got) == identities(want)
    assert stayed(ours, y) == stayed(theirs, same)
    assert result[0] is ours[0]
    assert result[1] is ours[1]


def stayed(arguments: tuple[Any, ...], y: np.ndarray) -> list[bool]:
    """Return where the array that was in the dict and first in the list still is."""
    _, d, items = arguments
    return [d.get("x") is y, *(item is y for item in items)]


def identities(value: Any) -> list[int]:
    """Return, for each object on a walk through `value`, when it was met first."""
    seen: dict[int, int] = {}
    order: list[int] = []

    def walk(value: Any) -> None:
        if isinstance(value, (np.ndarray, list, dict)):
            order.append(seen.setdefault(id(value), len(seen)))
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
            walk(part)

    walk(value)
    return order


def test_a_read_only_array(session: Session) -> None:
    """Writing to an array that may not be written to raises where the student does it."""
    session.run(["def f(x):\n    x[0] = 1"])
    x = np.zeros(2)
    x.flags.writeable = False
    with pytest.raises(StudentFailure, match="ValueError: assignment destination is read-only"):
        session.call("f", (x,))


def test_keywords_and_defaults(session: Session) -> None:
    """Keywords arrive as keywords, and arrays among them come back changed."""
    session.run(["def f(a, *rest, b=2, **more):\n    more['x'][0] = 9\n    return a, rest, b, sorted(more)"])
    x = np.zeros(2)
    assert session.call("f", (1, 2, 3), {"b": 4, "x": x}) == (1, (2, 3), 4, ["x"])
    assert x.tolist() == [9, 0]


def test_a_random_generator(session: Session) -> None:
    """A generator given to a call goes on here from where the call left it."""
    session.run(["def f(rng):\n    return rng.random(3)"])
    rng, same = np.random.default_rng(1), np.random.default_rng(1)
    assert session.call("f", (rng,)).tolist() == same.random(3).tolist()
    assert rng.random() == same.random()


def test_functions_as_arguments(session: Session) -> None:
    """A function of ours can be an argument, alone or in a dict, and is called here."""
    session.run(["def f(g, x, more):\n    return g(x) + more['h'](x, 2) + sum(g(x * k) for k in range(50))"])
    asked: list[Any] = []

    def g(x: np.ndarray) -> np.ndarray:
        asked.append(x)
        return x + 1

    result = session.call("f", (g, np.ones(2), {"h": lambda x, n: x * n}))
    assert result.tolist() == [4.0 + 1225 + 50] * 2
    assert len(asked) == 51


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("return g([1, 2])", "`f` raised TypeError: can only concatenate list"),
        ("return g(object())", "`f` raised TypeError: this function takes numbers and arrays. Got object."),
        ("try:\n        g('x')\n    except TypeError:\n        return 1 / 0", "`f` raised ZeroDivisionError"),
        ("return h()", "`f` raised RuntimeError: our own fault"),
    ],
)
def test_a_function_that_raises(session: Session, code: str, sentence: str) -> None:
    """What one of our functions raises is raised in the student's code."""

    class OddError(Exception):
        pass

    def h() -> None:
        raise OddError("our own fault")

    session.run([f"def f(g, h):\n    {code}"])
    with pytest.raises(StudentFailure) as failure:
        session.call("f", (lambda x: x + 1, h))
    assert failure.value.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "left", ["{i: 0 for i in range(9000)}", "np.zeros(600_000)", "'x' * (5 << 20)", "[[b'x' * (5 << 20)]]"]
)
def test_what_is_left_in_an_argument_is_bounded(session: Session, left: str) -> None:
    """What a call leaves in a dict comes back at each step after it, so it may be no large thing."""
    session.run([f"import numpy as np\ndef f(state):\n    state['kept'] = {left}\ndef g(x): return x"])
    with pytest.raises(StudentFailure, match="too much in it; at most 4 MB, or 16,384 parts, go back"):
        session.call("f", ({},))
    assert session.call("g", (1,)) == 1


def test_a_long_history_is_kept(session: Session) -> None:
    """Ten numbers of each of a thousand steps, which a student notes in the state, are no large thing."""
    session.run(["def f(state):\n    state.setdefault('history', []).extend([0.5] * 10)"])
    state = {"history": [0.5] * 9_990}
    session.call("f", (state,))
    assert len(state["history"]) == 10_000


def test_what_cannot_be_handed_back(session: Session) -> None:
    """A result that fills a frame by itself fits no frame with more in it: a failure of the student's, not ours."""
    session.run(["import numpy as np\ndef f(): return np.zeros((64 << 20) - 64, np.uint8)\ndef g(a, b): return 1"])
    with pytest.raises(StudentFailure, match="`g` was not called: an earlier call left what cannot be handed to it"):
        session.call("g", (session.call("f"), np.ones(100)))
    assert session.call("g", (1, 2)) == 1
    assert session.lost == []


def test_a_function_kept_for_later(session: Session) -> None:
    """A function of ours works only as long as the call that brought it."""
    session.run(["def keep(g):\n    global kept\n    kept = g", "def use():\n    return kept(1)"])
    session.call("keep", (abs,))
    with pytest.raises(StudentFailure, match="abs was an argument of a call that is over"):
        session.call("use")


def test_handles(session: Session) -> None:
    """What only the worker can hold goes back to it, as the same object, and is forgotten after a while."""
    session.run(["class C: pass", "def make():\n    return {'c': C()}", "def same(a, b):\n    return a is b"])
    one, other = session.call("make")["c"], session.call("make")["c"]
    assert isinstance(one, Handle)
    assert one.type_name == "C"
    assert session.call("same", (one, one)) is True
    assert session.call("same", (one, other)) is False
    for _ in range(300):
        session.call("make")
    with pytest.raises(StudentFailure, match="an object that an earlier call returned is forgotten; 256 are kept"):
        session.call("same", (one, other))


def test_a_handle_of_a_lost_worker(session: Session) -> None:
    """A handle is no good in the worker that comes after."""
    session.run(["class C: pass", "def make():\n    return C()", "def use(c):\n    import os\n    os._exit(1)"])
    handle = session.call("make")
    with pytest.raises(StudentFailure, match="exit code 1"):
        session.call("use", (handle,))
    with pytest.raises(StudentFailure, match="the C that an earlier call returned was lost") as failure:
        session.call("use", (handle,))
    assert failure.value.kind == "lost"


def test_what_cannot_be_an_argument(session: Session) -> None:
    """A suite that hands over what cannot be is told so, as its own fault."""
    with pytest.raises(TypeError, match="A set cannot be handed to a student's function"):
        session.call("f", ({1},))
    session.run(["def f(g):\n    return g(1)"])
    with pytest.raises(StudentFailure, match="`f` raised TypeError: A set cannot be handed"):
        session.call("f", (lambda x: {x},))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "the changes of the arguments are not a list."),
        ([1], "a change of an argument has wrong fields."),
        ([[True, ["l"]]], "a change of an argument has wrong fields."),
        ([[9, ["l"]]], "a change of an argument that was not given."),
        ([[-1, ["l"]]], "a change of an argument that was not given."),
        ([[0, ["d"]]], "an argument changed into something of another kind."),
        ([[0, ["l", ["r", 2]]], [2, ["d", 1, ["r", 0]]]], "a value contains itself, is too deeply nested, or has too"),
        ([[1, ["a", "|u1", [2], True]]], "an array that was given with shape (2,) and dtype float64 was"),
    ],
    ids=repr,
)
def test_changes_that_cannot_be(changes: Any, sentence: str) -> None:
    """Forged changes are refused with a sentence."""
    known = [[], np.zeros(2), {}]
    with pytest.raises(WireError) as error:
        refill(known, changes, Reader(memoryview(b"xx"), {}, known))
    assert str(error.value).startswith(sentence)


def test_a_forged_change_of_a_read_only_array() -> None:
    """What may not be written to here is not."""
    x = np.zeros(2, np.uint8)
    x.flags.writeable = False
    with pytest.raises(WireError, match="an array that was given as read-only was changed"):
        refill([x], [[0, ["a", "|u1", [2], True]]], Reader(memoryview(b"xx"), {}, [x]))
