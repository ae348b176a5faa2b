"""What fuzzing makes: JSON, forms of values as a hostile worker might write them, and text that wants to be markup."""

from __future__ import annotations

from itertools import chain
from typing import Any

from hypothesis import strategies as st

NAMES = (
    "n", "reached", "result", "changes", "outputs", "error", "raised", "said", "bases", "on_purpose", "missing",
    "unsent", "changed",
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from([2**63, -1, 10**40, ""])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
_DTYPES = st.sampled_from(["<f8", "<f4", "|b1", "|u1", "<i8", "<c16", "<f2", "|O", "<f16", "<U3", ""])
_SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, -1, 2**26, 2**63, True, "x", None]), max_size=5)


def _forms(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def letter(name: str, *fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(st.just(name), *fields).map(list)

    many = st.lists(inner, max_size=4)
    return st.one_of(
        letter("a", _DTYPES, _SHAPES, st.booleans() | LEAVES),
        letter("s", _DTYPES),
        letter("r", st.integers(-1, 5) | LEAVES),
        letter("b", st.integers(-1, 20) | LEAVES),
        letter("c", st.floats(), st.floats()),
        letter("g", *[st.integers(0, 2**64) | LEAVES] * 4),
        letter("h", st.integers(-1, 5) | LEAVES, LEAVES),
        many.map(lambda items: ["l", *items]),
        many.map(lambda items: ["t", *items]),
        st.lists(st.tuples(inner, inner), max_size=3).map(lambda pairs: ["d", *chain.from_iterable(pairs)]),
        st.lists(inner, max_size=3),
    )


FORMS = st.recursive(LEAVES, _forms, max_leaves=15)
HEADERS = st.dictionaries(st.sampled_from(NAMES), JSON | FORMS, max_size=6)
TEXT = st.lists(
    st.sampled_from([
        "<", ">", "</", "/>", "<!--", "-->", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg onload=a>",
        "<math>", "<style>", "<a href='javascript:x'>", "[x](javascript:x)", "![x](http://x)", "$", "$$", "\\begin{",
        "\\end{", "}", "{", "\\text{", "\\href{javascript:x}{", "`", "```", "~~~", "|", "\n", "\n\n", "    ", "#", "- ",
        "> ", "*", "**", "_", "&#x3c;", "&lt", "\x00", "\x1b[2J", "\x1b]0;x\x07", "\x9b", "\ud800", "\u202e", "🎉", "a",
        "1", "{{ 1 }}", "{% x %}", "data:text/html,", "\r", "\ue000", "]]>", "<?", "<!DOCTYPE", "\\", '"', "'", "=",
    ]) | st.text(max_size=5),
    max_size=25,
).map("".join)  # fmt: skip
