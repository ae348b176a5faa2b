"""Submissions that try to mislead: patched libraries, forged frames, objects that are not what they seem."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest

from autograder.sandbox.pool import Handle, Session, StudentFailure

GOOD = "import numpy as np\ndef good(x):\n    return x + 1"
FORGE = (
    "import json, os, struct\n"
    "def frame(header, payload=b''):\n"
    "    text = json.dumps(header).encode()\n"
    "    return struct.pack('<4sII', b'ZMW1', len(text), len(payload)) + text + payload\n"
    "def to_all(data):\n"
    "    for fd in range(3, 64):\n"
    "        try: os.write(fd, data)\n"
    "        except OSError: pass\n"
)


@pytest.mark.parametrize(
    "patch",
    [
        "import numpy as np\nnp.allclose = np.array_equal = np.asarray = lambda *a, **k: True",
        "import numpy as np\nnp.ndarray = np.frombuffer = np.dtype = np.generic = np.testing = None",
        "import json, struct, socket, os\njson.dumps = json.loads = struct.pack = struct.unpack = None\n"
        "json.JSONEncoder.encode = json.JSONDecoder.decode = None\n"
        "socket.socket.recv = socket.socket.sendall = socket.socket.send = os.read = os.write = None",
        "import builtins\nbuiltins.isinstance = builtins.len = builtins.print = lambda *a: 0",
        "import builtins\nbuiltins.__import__ = builtins.open = builtins.type = None",
        "import sys\nsys.stdout = sys.stderr = sys.stdin = None",
        "import sys\nsys.modules.clear()",
        "import gc\nfor thing in gc.get_objects():\n"
        "    if type(thing).__name__ in ('Worker', 'Channel'): thing.__dict__.clear()",
        "import sys\nfor name, module in list(sys.modules.items()):\n"
        "    if name.startswith('autograder'): module.__dict__.clear()",
    ],
)
def test_patching(session: Session, patch: str) -> None:
    """Patches hurt whoever makes them, at most: what is lost is forked anew without the cell that did it."""
    session.run([GOOD, patch])
    for _ in range(3):
        with contextlib.suppress(StudentFailure):
            result = session.call("good", (np.arange(3.0),))
            assert type(result) is np.ndarray
            assert result.tolist() == [1.0, 2.0, 3.0]
    assert np.allclose([1], [2]) is False


@pytest.mark.parametrize(
    "data",
    [
        "b'x' * 100",
        "os.urandom(1000)",
        "struct.pack('<4sII', b'ZMW1', 2**31, 2**31)",
        "struct.pack('<4sII', b'ZMW1', 10**6, 0)",
        "frame({'n': 2, 'result': 1, 'changes': []}) * 2",
        "frame({'n': 99, 'result': 1, 'changes': []})",
        "frame([1])",
        "frame({'n': 3, 'callback': 0, 'args': ['t']})",
        "frame({})[:-1] + b'x'",
        "struct.pack('<4sII', b'ZMW1', 10**6, 0) + b'[' * 10**6",
        "struct.pack('<4sII', b'ZMW1', 10**5, 0) + b'1' * 10**5",
    ],
)
def test_forged_frames(session: Session, data: str) -> None:
    """Frames written past the worker are garbage, or answer only the call that forged them."""
    session.run([GOOD, FORGE, f"def bad():\n    to_all({data})\n    import time; time.sleep(0.2)\n    return 1"])
    assert session.call("good", (1,)) == 2
    with pytest.raises(StudentFailure) as failure:
        session.call("bad")
    assert failure.value.kind in ("garbage", "timeout", "lost")
    assert session.call("good", (1,)) == 2


def test_an_answer_in_drips(session: Session) -> None:
    """An answer must be complete in time, however lively the line is."""
    session.run([GOOD, FORGE, "import time\ndef bad():\n    to_all(struct.pack('<4sII', b'ZMW1', 10**6, 0))\n"
                 "    while True:\n        to_all(b'\\0'); time.sleep(0.05)"])  # fmt: skip
    with pytest.raises(StudentFailure, match="`bad` did not finish within 1 s") as failure:
        session.call("bad")
    assert failure.value.kind == "timeout"
    assert session.call("good", (1,)) == 2


FORGED = {
    "no such letter": ["z"],
    "no list": {"a": 1},
    "an array without bytes": ["a", "<f8", [3], True],
    "an array of negative shape": ["a", "<f8", [-1], True],
    "an array of objects": ["a", "|O", [1], True],
    "an array of endless shape": ["a", "<f8", [0, 2**40, 2**40, 2**40], True],
    "an array of many axes": ["a", "<f8", [1] * 40, True],
    "a shape of truth values": ["a", "|u1", [True], True],
    "a dtype that is a list": ["a", ["<f8"], [1], True],
    "an object that is not there": ["r", 7],
    "a dict without its last value": ["d", "a"],
    "a dict with a list for a key": ["d", ["l"], 1],
    "something without end": ["l", ["r", 1]],
    "a chain": ["l", ["l"], *(["l", ["r", number]] for number in range(2, 3000))],
    "bytes of negative number": ["b", -1],
    "a random generator out of bounds": ["g", -1, 1, 0, 0],
    "a function": ["f", 0, "x"],
    "a handle without number": ["h", "x", "y"],
}


@pytest.mark.parametrize("what", FORGED)
def test_forged_values(session: Session, what: str) -> None:
    """A value that cannot be is refused with a sentence."""
    answer = json.dumps({"n": 2, "result": FORGED[what], "changes": []})
    code = f"import time\ndef bad():\n    header = json.loads({answer!r})\n    to_all(frame(header))\n    time.sleep(9)"
    session.run([FORGE + code])
    with pytest.raises(StudentFailure, match="`bad` returned what cannot be handed over: ") as failure:
        session.call("bad")
    assert failure.value.kind == "garbage"


RESULTS = {
    "an object array": ("np.array([print, None], dtype=object)", Handle),
    "a function": ("lambda: 1", Handle),
    "a class": ("int", Handle),
    "a generator": ("(i for i in range(3))", Handle),
    "text in an array": ("np.array(['a', 'b'])", Handle),
    "a masked array": ("np.ma.masked_array([1.0, 2.0], [True, False])", np.ndarray),
    "an array subclass": ("Evil(3)", np.ndarray),
    "an array of the other byte order": ("np.arange(3, dtype='>f8')", np.ndarray),
    "a dict subclass": ("type('D', (dict,), {'items': None})(a=1)", dict),
    "a list subclass": ("type('L', (list,), {})([1])", list),
    "a named tuple": ("__import__('collections').namedtuple('P', 'x y')(1, 2)", tuple),
    "an integer enum": ("__import__('enum').IntEnum('E', 'A').A", int),
    "lone surrogates": ("'\\ud800'", str),
}
EVIL = (
    "import numpy as np\nclass Evil(np.ndarray):\n"
    "    def __array_ufunc__(self, *a, **k): return True\n"
    "    def __array_function__(self, *a, **k): return True\n"
    "    def __eq__(self, other): return True\n    __array_priority__ = 1e9\n"
)


@pytest.mark.parametrize("what", RESULTS)
def test_results_that_are_not_what_they_seem(session: Session, what: str) -> None:
    """What arrives is exactly a plain value, or a handle that says nothing."""
    code, kind = RESULTS[what]
    session.run([EVIL, f"def f():\n    return {code}"])
    assert type(session.call("f")) is kind


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = []\n    x.append(x)\n    return x", "contains itself"),
        ("x = {}\n    x['x'] = (x,)\n    return x", "contains itself"),
        ("x = 0\n    for _ in range(10**4): x = (x,)\n    return x", "nested"),
        ("x = [0]\n    for _ in range(40): x = [x, x]\n    return x", "nested"),
        ("x = [0]\n    for _ in range(25): x = [x, x]\n    return x", "too many parts"),
        ("return list(range(10**6))", "too many parts"),
        ("return np.broadcast_to(1.0, (10**6, 10**6))", "too large to hand over"),
        ("return 1 << 10**5", "too large to hand over"),
        ("return type('I', (int,), {'__int__': None, '__trunc__': None, '__index__': None})(1)", "not callable"),
        ("x.resize(9, refcheck=False)", "was turned in place into shape (9,)"),
        ("x.shape = (3, 1)", "was turned in place into shape (3, 1)"),
    ],
)
def test_results_that_cannot_be_handed_over(session: Session, code: str, words: str) -> None:
    """The sentence says what is wrong with the value; the worker is not lost over it."""
    session.run([f"import numpy as np, warnings\nwarnings.simplefilter('ignore')\ndef f(x):\n    {code}"])
    with pytest.raises(StudentFailure) as failure:
        session.call("f", (np.ones(3),))
    assert failure.value.kind == "garbage"
    assert words in failure.value.sentence
    assert session.lost == []


@pytest.mark.parametrize(
    "code",
    [
        "class E(Exception):\n    def __str__(self): raise self",
        "class E(Exception):\n    def __str__(self): return 7",
        "class E(BaseException):\n    def __str__(self): return '<script>' + 'x' * 10**7",
        "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass",
        "class E(SyntaxError):\n    msg = property(lambda self: 1 / 0)",
    ],
)
def test_exceptions_that_misbehave(session: Session, code: str) -> None:
    """Whatever is raised, the sentence is short, and the next call is answered."""
    session.run([GOOD, f"{code}\ndef f():\n    raise E"])
    with pytest.raises(StudentFailure) as failure:
        session.call("f")
    assert len(failure.value.sentence) < 1000
    assert session.call("good", (1,)) == 2
