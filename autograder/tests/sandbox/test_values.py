"""Values: what goes in comes out, as exactly the same; what cannot be is refused with a sentence."""

from __future__ import annotations

import json
import math
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest

from autograder.sandbox import values
from autograder.sandbox.reader import Reader
from autograder.sandbox.wire import WireError
from autograder.sandbox.writer import Writer


def refuse(value: Any) -> list[Any]:
    """Stand in for the side that says what to do with other things."""
    return ["opaque", type(value).__name__]


def through(value: Any) -> Any:
    """Write a value, and read it as the other side does."""
    writer = Writer(refuse)
    form = json.loads(json.dumps(writer.value(value)))
    reader = Reader(memoryview(b"".join(writer.buffers)), {"opaque": lambda form: form[1]})
    result = reader.value(form)
    reader.finish()
    assert len(reader.known) == len(writer.known)
    return result


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -1, 2**200, 0.1, -0.0, 1e300, math.inf, "", "é\n\0", b"", b"\xff\0", 1 + 2j, [], (), {},
        [1, [2, (3, {})]], {"a": 1, 2: "b", None: 0, (1, "x"): [1], 0.5: True}, ((),), [[]] * 3,
    ],
    ids=repr,
)  # fmt: skip
def test_plain_values(value: Any) -> None:
    """What is no array comes out equal, and of the same type."""
    result = through(value)
    assert repr(result) == repr(value)
    assert type(result) is type(value)


@pytest.mark.parametrize("code", "?bhilqBHILQefdgFDG")
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 1, 1)])
def test_arrays(code: str, shape: tuple[int, ...]) -> None:
    """An array of numbers keeps dtype, shape and bits, and is writeable, contiguous and its own."""
    array = np.array([0, 1] * 3)[: math.prod(shape)].reshape(shape).astype(code)
    result = through(array)
    assert type(result) is np.ndarray
    assert (result.dtype, result.shape) == (array.dtype, array.shape)
    assert result.tobytes() == array.tobytes()
    assert result.flags.writeable
    assert result.flags.owndata
    assert result.flags.c_contiguous


def test_other_layouts() -> None:
    """Transposed, strided, reversed and byte-swapped arrays arrive as their values."""
    x = np.arange(12.0).reshape(3, 4)
    for array in (x.T, x[:, ::2], x[::-1], np.asfortranarray(x), x.astype(">f4"), np.broadcast_to(x[0], (2, 4))):
        assert through(array).tolist() == array.tolist()
        assert through(array).dtype.isnative


def test_read_only() -> None:
    """An array that may not be written to may not be on the other side either."""
    x = np.ones(2)
    x.flags.writeable = False
    assert not through(x).flags.writeable


@pytest.mark.parametrize("number", [np.float32(0.1), np.float64(0.1), np.int8(-3), np.bool_(True), np.complex64(1j)])
def test_scalars(number: np.generic) -> None:
    """A NumPy number stays one."""
    assert type(through(number)) is type(number)
    assert through(number) == number


def test_the_same_object_stays_the_same() -> None:
    """What occurs twice is sent once, and is one object again."""
    x, inner = np.ones(3), [1]
    a, b, (c,), d, e = through([x, x, (x,), inner, {"inner": inner}])
    assert a is b is c
    assert e["inner"] is d
    assert a is not x


def test_subclasses_become_their_bases() -> None:
    """What inherits from a plain type arrives as that type."""
    point = namedtuple("point", "x y")
    matrix = np.ma.masked_array([1.0, 2.0], [True, False])
    assert through([point(1, 2), OrderedDict(a=1), np.str_("x")]) == [(1, 2), {"a": 1}, "x"]
    assert type(through(point(1, 2))) is tuple
    assert type(through(matrix)) is np.ndarray


def test_a_random_generator_goes_on() -> None:
    """A generator draws on the other side what it would draw here."""
    rng = np.random.default_rng(3)
    rng.integers(5, dtype=np.int32)
    assert through(rng).random(4).tolist() == rng.random(4).tolist()


@pytest.mark.parametrize(
    "value",
    [print, object(), np.array([None]), np.array(["a"]), np.datetime64("2020"), {1}, range(3), np.random.PCG64(1)],
    ids=lambda value: type(value).__name__,
)
def test_other_things_are_opaque(value: Any) -> None:
    """What has no form is left to the side that sends it."""
    assert through(value) == type(value).__name__
    assert through(np.random.Generator(np.random.MT19937(1))) == "Generator"


DEEP: Any = ()
for _ in range(values.MAX_DEPTH + 2):
    DEEP = (DEEP,)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (DEEP, "a value is too deeply nested, contains itself, or has too many parts."),
        ([0] * values.MAX_NODES + [""], "a value is too deeply nested, contains itself, or has too many parts."),
        (1 << values.MAX_INT_BITS, "an integer of 4097 bits is too large to hand over."),
        (np.broadcast_to(0.0, (1 << 14, 1 << 14)), "an array is too large to hand over: 2048 MB, at most 64."),
        ([np.zeros(1 << 22), np.zeros(1 << 22), 1j, "x"], "a text is too large to hand over: 64 MB, at most 64."),
    ],
    ids=["deep", "long", "wide", "large", "together"],
)
def test_what_cannot_be_written(value: Any, sentence: str) -> None:
    """The bounds are those of memory and patience, and the sentence names them."""
    with pytest.raises(WireError) as error:
        Writer(refuse).value(value)
    assert str(error.value) == sentence


ARRAY = "an array has a dtype or shape that cannot be."


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "a value has no known form."),
        ([], "a value has no known form."),
        ([1], "a value has no known form."),
        (["?"], "a value has no known form."),
        (["a", "<f8"], ARRAY),
        (["a", "<f8", [1, "x"], True], ARRAY),
        (["a", "<f8", [-1], True], ARRAY),
        (["a", "<f8", [True], True], ARRAY),
        (["a", "<f8", 3, True], ARRAY),
        (["a", "<f8", [0] + [1 << 27] * 3, True], ARRAY),
        (["a", "|u1", [1] * 65, True], ARRAY),
        (["a", "|O", [1], True], ARRAY),
        (["a", [], [1], True], ARRAY),
        (["a", "<f8", [2], True], "fewer bytes arrived than the values take."),
        (["s", "|O"], "a number has a dtype that cannot be."),
        (["s", 1], "a value of the form 's' has wrong fields."),
        (["b", -1], "a number of bytes is negative."),
        (["b", True], "a value of the form 'b' has wrong fields."),
        (["c", 1, 2], "a value of the form 'c' has wrong fields."),
        (1 << values.MAX_INT_BITS, "a value has no known form."),
        (["r", 0], "a value refers to an object that does not exist."),
        (["r", -1], "a value refers to an object that does not exist."),
        (["d", 1], "a dict has a key without a value."),
        (["d", ["l"], 1], "a dict has a key that cannot be one."),
        (["g", 0, 0, 2, 0], "a random generator has a state that cannot be."),
        (["g", 0], "a value of the form 'g' has wrong fields."),
        (None, "more bytes arrived than the values take."),
    ],
    ids=repr,
)
def test_what_cannot_be_read(form: Any, sentence: str) -> None:
    """Whatever a header says, a value comes out or a sentence."""

    def read() -> None:
        reader = Reader(memoryview(b"12345678"), {})
        reader.value(form)
        reader.finish()

    with pytest.raises(WireError) as error:
        read()
    assert str(error.value) == sentence


def test_a_form_that_goes_too_deep() -> None:
    """Depth is bounded when reading, too."""
    form: Any = ["t"]
    for _ in range(100):
        form = ["t", form]
    with pytest.raises(WireError, match="no known form"):
        Reader(memoryview(b""), {}).value(form)


def test_truth_values_are_zero_or_one() -> None:
    """A byte that no honest program sends does not make a strange truth value."""
    array = Reader(memoryview(b"\x02\x00\xff"), {}).value(["a", "|b1", [3], True])
    assert array.view(np.uint8).tolist() == [1, 0, 1]


def test_knots() -> None:
    """A value that contains itself, or spells out without end, is refused; one that is only shared is not."""
    knot: list[Any] = []
    knot.append({"x": (knot,)})
    explosive: list[Any] = []
    for _ in range(30):
        explosive = [explosive, explosive]
    chain: list[Any] = []
    for _ in range(100):
        chain = [chain]
    for value in (knot, explosive, chain):
        with pytest.raises(WireError, match="a value contains itself, is too deeply nested, or has too many parts"):
            values.refuse_knots(value)
    values.refuse_knots([[1]] * 3)
