"""The codec of arguments: values arrive as they were, changes happen to the judge's objects, forms are safe to read."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.sandbox.arguments import Arguments, refill
from autograder.sandbox.reader import Reader
from autograder.sandbox.values import refuse_knots
from autograder.sandbox.wire import WireError
from autograder.sandbox.writer import Writer
from autograder.tests.fuzz.stored import stored
from autograder.tests.fuzz.strategies import FORMS

ARRAYS = st.sampled_from("?bhilBHILefdFD").flatmap(
    lambda code: npst.arrays(np.dtype(code), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=5), st.binary(max_size=5),
    st.complex_numbers(), ARRAYS,
)  # fmt: skip
KEYS = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=10,
)


def sent(value: Any, known: list[Any] | None = None) -> tuple[Any, Reader]:
    """Return a value as it arrives, and its reader."""
    writer = Writer(lambda other: pytest.fail(f"{other!r} has no form"), known or ())
    form = json.loads(json.dumps(writer.value(value)))
    reader = Reader(memoryview(b"".join(writer.buffers)), {}, known or ())
    return reader.value(form), reader


def same(one: Any, other: Any) -> bool:
    """Whether two values are alike to the last bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(map(repr, one)) == list(map(repr, other)) and all(map(same, one.values(), other.values()))
    return repr(one) == repr(other)


@given(VALUES)
def test_a_value_arrives_as_it_was(value: Any) -> None:
    """Kinds, dtypes, shapes and bits are those that were sent."""
    arrived, reader = sent(value)
    reader.finish()
    refuse_knots(arrived)
    assert same(arrived, value)


def edit(thing: Any, value: Any) -> None:
    """Change a thing in place, as student code might."""
    if isinstance(thing, np.ndarray):
        thing[...] = 1
    elif isinstance(thing, list):
        thing.append(value)
    elif isinstance(thing, dict):
        thing["new"] = value
        thing.pop(next(iter(thing)))


@given(st.lists(VALUES, max_size=3), st.data())
def test_a_change_happens_to_the_judges_own_objects(values: list[Any], data: st.DataObject) -> None:
    """After any edits in place, what the judge holds is what the worker holds."""
    writer = Writer(lambda other: pytest.fail(f"{other!r} has no form"))
    form = json.loads(json.dumps(writer.value(values)))
    reader = Reader(memoryview(b"".join(writer.buffers)), {})
    theirs = reader.value(form)
    given_ = Arguments(reader)
    for number in data.draw(st.lists(st.integers(0, len(given_.known) - 1), max_size=3)):
        edit(given_.known[number], data.draw(PLAIN))
    back = Writer(lambda other: pytest.fail(f"{other!r} has no form"), given_.known)
    changes = json.loads(json.dumps(given_.changes(back)))
    refill(writer.known, changes, Reader(memoryview(b"".join(back.buffers)), {}, writer.known))
    assert same(values, theirs)


def read(form: Any, payload: bytes, changes: Any) -> None:
    """Read a form, and apply changes to three objects of the judge's."""
    known: list[Any] = [[1.0], {"a": 1}, np.ones(2)]
    reader = Reader(memoryview(payload), {"h": lambda form: form[1]}, known)
    with contextlib.suppress(WireError):
        refuse_knots(reader.value(form))
        refill(known, changes, reader)
        reader.finish()


CHANGES = st.lists(st.tuples(st.integers(-1, 3), FORMS).map(list) | FORMS, max_size=3) | FORMS


@given(FORMS, st.binary(max_size=64), CHANGES)
def test_a_form_is_a_value_or_refused(form: Any, payload: bytes, changes: Any) -> None:
    """Whatever a header says of values and changes, a value comes out, or a sentence."""
    heard = json.loads(json.dumps([form, changes]))
    read(heard[0], payload, heard[1])


@pytest.mark.parametrize("case", stored("forms"))
def test_stored_forms(case: list[Any]) -> None:
    """So it is with what was kept."""
    read(case[0], b"12345678", case[1])
